//! Block Kit's rules, checked as Slack checks them before it takes a message or a view.
//!
//! The limits are those of <https://docs.slack.dev/reference/block-kit/blocks> and of the pages
//! of each element and composition object. The words of the refusals are the ones that Slack
//! sends in `response_metadata.messages`.

mod elements;
mod objects;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, fmt};

use serde_json::{Map, Value};

/// Where the blocks are to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Message,
    Modal,
    Home,
}

/// One reason for a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    message: String,
    pointer: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [json-pointer:{}]", self.message, self.pointer)
    }
}

/// Checks the blocks of a message.
pub(crate) fn check_message_blocks(blocks: &Value) -> Vec<Problem> {
    let mut checker = Checker::new(Surface::Message);
    checker.blocks(blocks, "/blocks");
    checker.problems
}

/// Checks a modal or Home view.
///
/// <https://docs.slack.dev/reference/views>
pub(crate) fn check_view(view: &Value) -> Vec<Problem> {
    let surface = match view["type"].as_str() {
        Some("modal") => Surface::Modal,
        Some("home") => Surface::Home,
        other => {
            let mut checker = Checker::new(Surface::Modal);
            match (view.is_object(), other) {
                (false, _) => checker.refuse("must provide an object", "/view"),
                (true, None) => checker.refuse("missing required field: type", "/view"),
                (true, Some(kind)) => {
                    checker.refuse(format!("unsupported type: {kind}"), "/view/type");
                }
            }
            return checker.problems;
        }
    };
    let mut checker = Checker::new(surface);
    let (required, optional): (&[&str], &[&str]) = if surface == Surface::Modal {
        (
            &["type", "title", "blocks"],
            &[
                "close",
                "submit",
                "private_metadata",
                "callback_id",
                "clear_on_close",
                "notify_on_close",
                "external_id",
                "submit_disabled",
            ],
        )
    } else {
        (
            &["type", "blocks"],
            &["private_metadata", "callback_id", "external_id"],
        )
    };
    if let Some(map) = checker.object(view, "/view", required, optional) {
        for (key, max) in [("title", 24), ("submit", 24), ("close", 24)] {
            checker.plain_text(map, key, "/view", max);
        }
        checker.string(map, "private_metadata", "/view", 0, 3000);
        checker.string(map, "callback_id", "/view", 0, 255);
        checker.string(map, "external_id", "/view", 0, 255);
        checker.boolean(map, "clear_on_close", "/view");
        checker.boolean(map, "notify_on_close", "/view");
        if let Some(blocks) = map.get("blocks") {
            checker.blocks(blocks, "/view/blocks");
            if surface == Surface::Modal && !map.contains_key("submit") {
                checker.inputs_need_submit(blocks);
            }
        }
    }
    checker.problems
}

struct Checker {
    surface: Surface,
    problems: Vec<Problem>,
    block_ids: HashSet<String>,
    focused: bool,
}

impl Checker {
    fn new(surface: Surface) -> Self {
        Self {
            surface,
            problems: Vec::new(),
            block_ids: HashSet::new(),
            focused: false,
        }
    }

    fn refuse(&mut self, message: impl Into<String>, pointer: impl Into<String>) {
        self.problems.push(Problem {
            message: message.into(),
            pointer: pointer.into(),
        });
    }

    fn inputs_need_submit(&mut self, blocks: &Value) {
        for (index, block) in blocks.as_array().into_iter().flatten().enumerate() {
            if block["type"] == "input" {
                self.refuse(
                    "must define `submit` to use an `input` block in modals",
                    format!("/view/blocks/{index}/input"),
                );
            }
        }
    }

    fn blocks(&mut self, blocks: &Value, pointer: &str) {
        let Some(blocks) = blocks.as_array() else {
            self.refuse("must provide an array", pointer);
            return;
        };
        let max = if self.surface == Surface::Message {
            50
        } else {
            100
        };
        if blocks.len() > max {
            self.refuse(format!("no more than {max} items allowed"), pointer);
        }
        for (index, block) in blocks.iter().enumerate() {
            self.block(block, &format!("{pointer}/{index}"));
        }
    }

    fn block(&mut self, block: &Value, at: &str) {
        let Some(kind) = self.kind(block, at) else {
            return;
        };
        self.block_id(block, at);
        match kind {
            "section" => self.section(block, at),
            "divider" => {
                self.object(block, at, &["type"], &["block_id"]);
            }
            "header" => {
                if let Some(map) = self.object(block, at, &["type", "text"], &["block_id", "level"])
                {
                    self.plain_text(map, "text", at, 150);
                }
            }
            "context" => self.context(block, at),
            "actions" => self.actions(block, at),
            "input" => self.input(block, at),
            "image" => {
                if let Some(map) = self.object(
                    block,
                    at,
                    &["type", "alt_text"],
                    &["block_id", "image_url", "slack_file", "title"],
                ) {
                    self.string(map, "alt_text", at, 0, 2000);
                    self.string(map, "image_url", at, 1, 3000);
                    self.plain_text(map, "title", at, 2000);
                    if !map.contains_key("image_url") && !map.contains_key("slack_file") {
                        self.refuse("must define either `image_url` or `slack_file`", at);
                    }
                }
            }
            "markdown" if self.surface == Surface::Message => {
                if let Some(map) = self.object(block, at, &["type", "text"], &["block_id"]) {
                    self.string(map, "text", at, 1, 12_000);
                }
            }
            "rich_text" => {
                self.object(block, at, &["type", "elements"], &["block_id"]);
            }
            // Known to Slack and not used by the app: taken without a look inside.
            "video" => {}
            "table" | "context_actions" | "file" | "alert" | "card" | "carousel" | "container"
            | "plan" | "task_card" | "data_table" | "data_visualization"
                if self.surface == Surface::Message => {}
            other => self.refuse(format!("unsupported type: {other}"), format!("{at}/type")),
        }
    }

    fn block_id(&mut self, block: &Value, at: &str) {
        let Some(map) = block.as_object() else { return };
        self.string(map, "block_id", at, 0, 255);
        if let Some(id) = map.get("block_id").and_then(Value::as_str)
            && !self.block_ids.insert(id.to_owned())
        {
            self.refuse(
                format!("`block_id` \"{id}\" already exists"),
                format!("{at}/block_id"),
            );
        }
    }

    fn section(&mut self, block: &Value, at: &str) {
        let Some(map) = self.object(
            block,
            at,
            &["type"],
            &["block_id", "text", "fields", "accessory", "expand"],
        ) else {
            return;
        };
        if !map.contains_key("text") && !map.contains_key("fields") {
            self.refuse(
                "must define either `text` or `fields`",
                format!("{at}/type"),
            );
        }
        self.any_text(map, "text", at, 3000);
        self.boolean(map, "expand", at);
        if let Some(fields) = map.get("fields") {
            let at = format!("{at}/fields");
            for (index, field) in self.items(fields, &at, 1, 10).iter().enumerate() {
                self.text_object(field, &format!("{at}/{index}"), false, 2000);
            }
        }
        if let Some(accessory) = map.get("accessory") {
            let mut action_ids = HashSet::new();
            self.element(
                accessory,
                &format!("{at}/accessory"),
                elements::Place::Section,
                &mut action_ids,
            );
        }
    }

    fn context(&mut self, block: &Value, at: &str) {
        let Some(map) = self.object(block, at, &["type", "elements"], &["block_id"]) else {
            return;
        };
        let Some(list) = map.get("elements") else {
            return;
        };
        let at = format!("{at}/elements");
        for (index, element) in self.items(list, &at, 1, 10).iter().enumerate() {
            let at = format!("{at}/{index}");
            if element["type"] == "image" {
                self.element(element, &at, elements::Place::Context, &mut HashSet::new());
            } else {
                self.text_object(element, &at, false, 2000);
            }
        }
    }

    fn actions(&mut self, block: &Value, at: &str) {
        let Some(map) = self.object(block, at, &["type", "elements"], &["block_id"]) else {
            return;
        };
        let Some(list) = map.get("elements") else {
            return;
        };
        let at = format!("{at}/elements");
        let mut action_ids = HashSet::new();
        for (index, element) in self.items(list, &at, 1, 25).iter().enumerate() {
            self.element(
                element,
                &format!("{at}/{index}"),
                elements::Place::Actions,
                &mut action_ids,
            );
        }
    }

    fn input(&mut self, block: &Value, at: &str) {
        let Some(map) = self.object(
            block,
            at,
            &["type", "label", "element"],
            &["block_id", "hint", "optional", "dispatch_action"],
        ) else {
            return;
        };
        self.plain_text(map, "label", at, 2000);
        self.plain_text(map, "hint", at, 2000);
        self.boolean(map, "optional", at);
        self.boolean(map, "dispatch_action", at);
        if let Some(element) = map.get("element") {
            self.element(
                element,
                &format!("{at}/element"),
                elements::Place::Input,
                &mut HashSet::new(),
            );
        }
    }

    /// The `type` of a block or element.
    fn kind<'a>(&mut self, value: &'a Value, at: &str) -> Option<&'a str> {
        let Some(map) = value.as_object() else {
            self.refuse("must provide an object", at);
            return None;
        };
        match map.get("type") {
            None => {
                self.refuse("missing required field: type", at);
                None
            }
            Some(Value::String(kind)) => Some(kind),
            Some(_) => {
                self.refuse("must provide a string", format!("{at}/type"));
                None
            }
        }
    }

    /// An object with these fields and no others.
    fn object<'a>(
        &mut self,
        value: &'a Value,
        at: &str,
        required: &[&str],
        optional: &[&str],
    ) -> Option<&'a Map<String, Value>> {
        let Some(map) = value.as_object() else {
            self.refuse("must provide an object", at);
            return None;
        };
        for key in required {
            if !map.contains_key(*key) {
                self.refuse(format!("missing required field: {key}"), at);
            }
        }
        for key in map.keys() {
            if !required.contains(&key.as_str()) && !optional.contains(&key.as_str()) {
                self.refuse(format!("invalid additional property: {key}"), at);
            }
        }
        Some(map)
    }

    /// The items of an array of `min` to `max` of them.
    fn items<'a>(&mut self, value: &'a Value, at: &str, min: usize, max: usize) -> &'a [Value] {
        let Some(items) = value.as_array() else {
            self.refuse("must provide an array", at);
            return &[];
        };
        if items.len() < min {
            self.refuse(format!("must provide at least {min} items"), at);
        }
        if items.len() > max {
            self.refuse(format!("no more than {max} items allowed"), at);
        }
        items
    }

    fn length(&mut self, text: &str, at: &str, min: usize, max: usize) {
        let length = text.chars().count();
        if length < min {
            self.refuse(format!("must be more than {} characters", min - 1), at);
        }
        if length > max {
            self.refuse(format!("must be less than {} characters", max + 1), at);
        }
    }

    fn string(&mut self, map: &Map<String, Value>, key: &str, at: &str, min: usize, max: usize) {
        let at = format!("{at}/{key}");
        match map.get(key) {
            None => {}
            Some(Value::String(text)) => self.length(text, &at, min, max),
            Some(_) => self.refuse("must provide a string", at),
        }
    }

    fn boolean(&mut self, map: &Map<String, Value>, key: &str, at: &str) {
        if map.get(key).is_some_and(|value| !value.is_boolean()) {
            self.refuse("must provide a boolean", format!("{at}/{key}"));
        }
    }

    fn one_of(&mut self, map: &Map<String, Value>, key: &str, at: &str, allowed: &[&str]) {
        if let Some(value) = map.get(key)
            && !value.as_str().is_some_and(|value| allowed.contains(&value))
        {
            self.refuse("must be a valid enum value", format!("{at}/{key}"));
        }
    }
}
