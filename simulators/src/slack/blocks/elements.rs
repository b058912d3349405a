//! Block elements: buttons, menus, inputs.
//!
//! <https://docs.slack.dev/reference/block-kit/block-elements>

use std::collections::HashSet;

use jiff::civil::{Date, Time};
use serde_json::{Map, Value};

use super::{Checker, Surface};

/// The block that holds the element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Section,
    Actions,
    Context,
    Input,
}

/// Which blocks may hold which element.
fn fits(kind: &str, place: Place, surface: Surface) -> bool {
    use Place::{Actions, Context, Input, Section};
    match kind {
        "button" | "overflow" | "workflow_button" => matches!(place, Section | Actions),
        "image" => matches!(place, Section | Context),
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input"
        | "rich_text_input" => place == Input,
        "file_input" => place == Input && surface != Surface::Home,
        "datetimepicker" => matches!(place, Actions | Input),
        "checkboxes"
        | "radio_buttons"
        | "datepicker"
        | "timepicker"
        | "static_select"
        | "external_select"
        | "users_select"
        | "conversations_select"
        | "channels_select" => matches!(place, Section | Actions | Input),
        "multi_static_select"
        | "multi_external_select"
        | "multi_users_select"
        | "multi_conversations_select"
        | "multi_channels_select" => matches!(place, Section | Input),
        _ => false,
    }
}

/// The fields of each element beside `type` and `action_id`: required ones, then optional ones.
fn fields(kind: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        "button" => (
            &["text"],
            &["url", "value", "style", "confirm", "accessibility_label"],
        ),
        "workflow_button" => (
            &["text", "workflow"],
            &["style", "accessibility_label", "confirm"],
        ),
        "overflow" => (&["options"], &["confirm"]),
        "image" => (&["alt_text"], &["image_url", "slack_file"]),
        "plain_text_input" => (
            &[],
            &[
                "initial_value",
                "multiline",
                "min_length",
                "max_length",
                "dispatch_action_config",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "number_input" => (
            &["is_decimal_allowed"],
            &[
                "initial_value",
                "min_value",
                "max_value",
                "dispatch_action_config",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "email_text_input" | "url_text_input" | "rich_text_input" => (
            &[],
            &[
                "initial_value",
                "dispatch_action_config",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "file_input" => (&[], &["filetypes", "max_files"]),
        "datepicker" => (
            &[],
            &["initial_date", "confirm", "focus_on_load", "placeholder"],
        ),
        "datetimepicker" => (&[], &["initial_date_time", "confirm", "focus_on_load"]),
        "timepicker" => (
            &[],
            &[
                "initial_time",
                "confirm",
                "focus_on_load",
                "placeholder",
                "timezone",
            ],
        ),
        "checkboxes" => (
            &["options"],
            &["initial_options", "confirm", "focus_on_load"],
        ),
        "radio_buttons" => (
            &["options"],
            &["initial_option", "confirm", "focus_on_load"],
        ),
        "static_select" => (
            &[],
            &[
                "options",
                "option_groups",
                "initial_option",
                "confirm",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "external_select" => (
            &[],
            &[
                "initial_option",
                "min_query_length",
                "confirm",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "users_select" => (
            &[],
            &["initial_user", "confirm", "focus_on_load", "placeholder"],
        ),
        "conversations_select" => (
            &[],
            &[
                "initial_conversation",
                "default_to_current_conversation",
                "confirm",
                "response_url_enabled",
                "filter",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "channels_select" => (
            &[],
            &[
                "initial_channel",
                "confirm",
                "response_url_enabled",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "multi_static_select" => (
            &[],
            &[
                "options",
                "option_groups",
                "initial_options",
                "confirm",
                "max_selected_items",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "multi_external_select" => (
            &[],
            &[
                "initial_options",
                "min_query_length",
                "confirm",
                "max_selected_items",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "multi_users_select" => (
            &[],
            &[
                "initial_users",
                "confirm",
                "max_selected_items",
                "focus_on_load",
                "placeholder",
            ],
        ),
        "multi_conversations_select" => (
            &[],
            &[
                "initial_conversations",
                "default_to_current_conversation",
                "confirm",
                "max_selected_items",
                "filter",
                "focus_on_load",
                "placeholder",
            ],
        ),
        _ => (
            &[],
            &[
                "initial_channels",
                "confirm",
                "max_selected_items",
                "focus_on_load",
                "placeholder",
            ],
        ),
    }
}

impl Checker {
    pub(super) fn element(
        &mut self,
        element: &Value,
        at: &str,
        place: Place,
        action_ids: &mut HashSet<String>,
    ) {
        let Some(kind) = self.kind(element, at) else {
            return;
        };
        if !fits(kind, place, self.surface) {
            self.refuse(format!("unsupported type: {kind}"), format!("{at}/type"));
            return;
        }
        let (required, optional) = fields(kind);
        let required: Vec<&str> = ["type"].iter().chain(required).copied().collect();
        let mut optional = optional.to_vec();
        if kind != "image" {
            optional.push("action_id");
        }
        let Some(map) = self.object(element, at, &required, &optional) else {
            return;
        };
        self.string(map, "action_id", at, 1, 255);
        if let Some(id) = map.get("action_id").and_then(Value::as_str)
            && !action_ids.insert(id.to_owned())
        {
            self.refuse(
                format!("`action_id` \"{id}\" already exists"),
                format!("{at}/action_id"),
            );
        }
        self.confirm(map, at);
        self.plain_text(map, "placeholder", at, 150);
        self.focus(map, at);
        match kind {
            "button" | "workflow_button" => {
                self.plain_text(map, "text", at, 75);
                self.string(map, "value", at, 0, 2000);
                self.string(map, "url", at, 1, 3000);
                self.string(map, "accessibility_label", at, 1, 75);
                self.one_of(map, "style", at, &["primary", "danger"]);
            }
            "image" => {
                self.string(map, "alt_text", at, 0, 2000);
                self.string(map, "image_url", at, 1, 3000);
            }
            "overflow" => self.options(map, at, 5, true, true),
            "checkboxes" | "radio_buttons" => self.options(map, at, 10, false, false),
            "static_select" | "multi_static_select" => {
                match (map.get("options"), map.get("option_groups")) {
                    (Some(_), None) => self.options(map, at, 100, true, false),
                    (None, Some(groups)) => {
                        self.option_groups(groups, &format!("{at}/option_groups"));
                    }
                    _ => self.refuse("must define either `options` or `option_groups`", at),
                }
            }
            "plain_text_input" => self.text_input(map, at),
            "number_input" => {
                self.boolean(map, "is_decimal_allowed", at);
                for key in ["initial_value", "min_value", "max_value"] {
                    self.number_in_string(map, key, at);
                }
            }
            "datepicker" => {
                if let Some(date) = map.get("initial_date")
                    && !date.as_str().is_some_and(is_date)
                {
                    self.refuse(
                        "must be a valid date in the format YYYY-MM-DD",
                        format!("{at}/initial_date"),
                    );
                }
            }
            "timepicker" => {
                if let Some(time) = map.get("initial_time")
                    && !time.as_str().is_some_and(is_time)
                {
                    self.refuse(
                        "must be a valid time in the format HH:mm",
                        format!("{at}/initial_time"),
                    );
                }
            }
            "datetimepicker" => {
                if let Some(time) = map.get("initial_date_time")
                    && time.as_i64().is_none_or(|time| time < 1_000_000_000)
                {
                    self.refuse(
                        "must provide a UNIX timestamp of 10 digits",
                        format!("{at}/initial_date_time"),
                    );
                }
            }
            _ => {}
        }
        self.initial_options(map, at);
        if let Some(max) = map.get("max_selected_items")
            && max.as_i64().is_none_or(|max| max < 1)
        {
            self.refuse(
                "must be greater than or equal to 1",
                format!("{at}/max_selected_items"),
            );
        }
    }

    /// Only one element of a surface may have `focus_on_load`.
    fn focus(&mut self, map: &Map<String, Value>, at: &str) {
        self.boolean(map, "focus_on_load", at);
        if map.get("focus_on_load") == Some(&Value::Bool(true)) {
            if self.focused {
                self.refuse(
                    "only one element may have `focus_on_load`",
                    format!("{at}/focus_on_load"),
                );
            }
            self.focused = true;
        }
    }

    fn options(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        max: usize,
        plain_only: bool,
        in_overflow: bool,
    ) {
        let Some(options) = map.get("options") else {
            return;
        };
        let at = format!("{at}/options");
        for (index, option) in self.items(options, &at, 1, max).iter().enumerate() {
            self.option(option, &format!("{at}/{index}"), plain_only, in_overflow);
        }
    }

    /// What is chosen from the start must be one of the options, the whole option.
    fn initial_options(&mut self, map: &Map<String, Value>, at: &str) {
        let offered: Vec<&Value> = map
            .get("options")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .chain(
                map.get("option_groups")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(|group| group["options"].as_array())
                    .flatten(),
            )
            .collect();
        if offered.is_empty() {
            return;
        }
        let is_offered = |chosen: &Value| offered.iter().any(|option| same_option(option, chosen));
        if let Some(chosen) = map.get("initial_option")
            && !is_offered(chosen)
        {
            self.refuse(
                "must be one of the provided options",
                format!("{at}/initial_option"),
            );
        }
        if let Some(chosen) = map.get("initial_options") {
            let at = format!("{at}/initial_options");
            match chosen.as_array() {
                Some(chosen) if !chosen.is_empty() && chosen.iter().all(is_offered) => {}
                _ => self.refuse("must be one of the provided options", at),
            }
        }
    }

    fn text_input(&mut self, map: &Map<String, Value>, at: &str) {
        self.boolean(map, "multiline", at);
        self.string(map, "initial_value", at, 0, 3000);
        for (key, min) in [("min_length", 0), ("max_length", 1)] {
            match map.get(key).map(Value::as_i64) {
                Some(Some(length)) if length < min => self.refuse(
                    format!("must be greater than or equal to {min}"),
                    format!("{at}/{key}"),
                ),
                Some(Some(length)) if length > 3000 => {
                    self.refuse("must be less than or equal to 3000", format!("{at}/{key}"));
                }
                None | Some(Some(_)) => {}
                Some(None) => self.refuse("must provide an integer", format!("{at}/{key}")),
            }
        }
        if let (Some(text), Some(max)) = (
            map.get("initial_value").and_then(Value::as_str),
            map.get("max_length").and_then(Value::as_u64),
        ) && text.chars().count() as u64 > max
        {
            self.refuse(
                format!("must be less than {} characters", max + 1),
                format!("{at}/initial_value"),
            );
        }
    }

    fn number_in_string(&mut self, map: &Map<String, Value>, key: &str, at: &str) {
        if let Some(value) = map.get(key)
            && value
                .as_str()
                .is_none_or(|text| text.parse::<f64>().is_err())
        {
            self.refuse("must provide a number as a string", format!("{at}/{key}"));
        }
    }
}

/// Slack adds `emoji` and `verbatim` to text; two options are the same without them.
fn same_option(one: &Value, other: &Value) -> bool {
    one["value"] == other["value"]
        && one["text"]["text"] == other["text"]["text"]
        && one["text"]["type"] == other["text"]["type"]
        && one["description"]["text"] == other["description"]["text"]
}

fn is_date(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok()
}

fn is_time(text: &str) -> bool {
    text.len() == 5 && text.parse::<Time>().is_ok()
}
