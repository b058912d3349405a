//! Composition objects: text, options, confirmation dialogs.
//!
//! <https://docs.slack.dev/reference/block-kit/composition-objects>

use serde_json::{Map, Value};

use super::Checker;

impl Checker {
    /// A `plain_text` object of 1 to `max` characters, if the field is there.
    pub(super) fn plain_text(&mut self, map: &Map<String, Value>, key: &str, at: &str, max: usize) {
        if let Some(value) = map.get(key) {
            self.text_object(value, &format!("{at}/{key}"), true, max);
        }
    }

    /// A `plain_text` or `mrkdwn` object, if the field is there.
    pub(super) fn any_text(&mut self, map: &Map<String, Value>, key: &str, at: &str, max: usize) {
        if let Some(value) = map.get(key) {
            self.text_object(value, &format!("{at}/{key}"), false, max);
        }
    }

    pub(super) fn text_object(&mut self, value: &Value, at: &str, plain_only: bool, max: usize) {
        let before = self.problems.len();
        let Some(kind) = self.kind(value, at) else {
            return;
        };
        let optional: &[&str] = match kind {
            "plain_text" => &["emoji"],
            "mrkdwn" if !plain_only => &["verbatim"],
            other => {
                self.refuse(format!("unsupported type: {other}"), format!("{at}/type"));
                return;
            }
        };
        if let Some(map) = self.object(value, at, &["type", "text"], optional) {
            self.string(map, "text", at, 1, max);
            self.boolean(map, "emoji", at);
            self.boolean(map, "verbatim", at);
        }
        // Slack names the union of the two kinds of text first, and then what is wrong in it.
        if !plain_only && self.problems.len() > before {
            self.problems.insert(
                before,
                super::Problem {
                    message: "failed to match all allowed schemas".to_owned(),
                    pointer: at.to_owned(),
                },
            );
        }
    }

    /// One option of a menu. Menus take plain text only; checkboxes and radio buttons take
    /// `mrkdwn` too.
    pub(super) fn option(&mut self, option: &Value, at: &str, plain_only: bool, in_overflow: bool) {
        let optional: &[&str] = if in_overflow {
            &["description", "url"]
        } else {
            &["description"]
        };
        let Some(map) = self.object(option, at, &["text", "value"], optional) else {
            return;
        };
        if let Some(text) = map.get("text") {
            self.text_object(text, &format!("{at}/text"), plain_only, 75);
        }
        self.string(map, "value", at, 1, 150);
        if let Some(description) = map.get("description") {
            self.text_object(description, &format!("{at}/description"), plain_only, 75);
        }
        self.string(map, "url", at, 1, 3000);
    }

    pub(super) fn option_groups(&mut self, groups: &Value, at: &str) {
        for (index, group) in self.items(groups, at, 1, 100).iter().enumerate() {
            let at = format!("{at}/{index}");
            let Some(map) = self.object(group, &at, &["label", "options"], &[]) else {
                continue;
            };
            self.plain_text(map, "label", &at, 75);
            if let Some(options) = map.get("options") {
                let at = format!("{at}/options");
                for (index, option) in self.items(options, &at, 1, 100).iter().enumerate() {
                    self.option(option, &format!("{at}/{index}"), true, false);
                }
            }
        }
    }

    /// <https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object>
    pub(super) fn confirm(&mut self, map: &Map<String, Value>, at: &str) {
        let Some(confirm) = map.get("confirm") else {
            return;
        };
        let at = format!("{at}/confirm");
        let Some(map) = self.object(
            confirm,
            &at,
            &["title", "text", "confirm", "deny"],
            &["style"],
        ) else {
            return;
        };
        self.plain_text(map, "title", &at, 100);
        self.any_text(map, "text", &at, 300);
        self.plain_text(map, "confirm", &at, 30);
        self.plain_text(map, "deny", &at, 30);
        self.one_of(map, "style", &at, &["primary", "danger"]);
    }
}
