//! Modal and Home views as Slack keeps them.
//!
//! <https://docs.slack.dev/reference/views>

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::elements;

/// What a person has chosen or typed so far: (block id, action id) → plain value.
pub(crate) type Values = BTreeMap<(String, String), Value>;

#[derive(Clone, Debug)]
pub(crate) struct View {
    pub id: String,
    pub team: String,
    pub user: String,
    pub app_id: String,
    pub bot_id: String,
    pub hash: String,
    pub previous: Option<String>,
    pub root: String,
    /// The view as the app sent it, with its blocks completed.
    pub content: Map<String, Value>,
    pub values: Values,
    /// Errors beside their fields, by block id.
    pub errors: BTreeMap<String, String>,
    /// Slack's own message at the top of a modal.
    pub trouble: Option<String>,
}

impl View {
    pub fn blocks(&self) -> &[Value] {
        self.content
            .get("blocks")
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    pub fn text(&self, key: &str) -> &str {
        self.content
            .get(key)
            .and_then(|text| text["text"].as_str())
            .unwrap_or_default()
    }

    pub fn string(&self, key: &str) -> &str {
        self.content
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    pub fn flag(&self, key: &str) -> bool {
        self.content.get(key).and_then(Value::as_bool) == Some(true)
    }

    pub fn is_home(&self) -> bool {
        self.string("type") == "home"
    }

    /// Takes over new content. What the person typed stays in the inputs that are still there.
    pub fn replace(&mut self, content: Map<String, Value>, hash: String) {
        self.content = content;
        self.hash = hash;
        self.errors.clear();
        self.trouble = None;
        let kept: Vec<(String, String)> = elements::interactive(self.blocks())
            .iter()
            .map(elements::Found::key)
            .collect();
        self.values.retain(|key, _| kept.contains(key));
    }

    /// The values in Slack's shape, `view.state`.
    pub fn state(&self) -> Value {
        json!({"values": elements::state_values(self.blocks(), &self.values)})
    }

    /// The whole view, as methods and interactions show it.
    pub fn to_json(&self) -> Value {
        let content = |key: &str, absent: Value| self.content.get(key).cloned().unwrap_or(absent);
        let mut json = json!({
            "id": self.id,
            "team_id": self.team,
            "type": self.string("type"),
            "blocks": self.blocks(),
            "private_metadata": self.string("private_metadata"),
            "callback_id": self.string("callback_id"),
            "state": self.state(),
            "hash": self.hash,
            "title": content("title", json!({"type": "plain_text", "text": "View Title", "emoji": true})),
            "clear_on_close": self.flag("clear_on_close"),
            "notify_on_close": self.flag("notify_on_close"),
            "close": content("close", Value::Null),
            "submit": content("submit", Value::Null),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": self.app_id,
            "external_id": self.string("external_id"),
            "app_installed_team_id": self.team,
            "bot_id": self.bot_id,
        });
        if self.is_home()
            && let Some(map) = json.as_object_mut()
        {
            map.remove("title");
        }
        json
    }
}
