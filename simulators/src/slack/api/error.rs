//! How the Web API says no.

use serde_json::{Map, Value, json};

use super::super::blocks::Problem;

/// `{"ok": false, "error": code, …}`.
#[derive(Debug)]
pub(crate) struct ApiError {
    code: String,
    extra: Map<String, Value>,
}

impl ApiError {
    pub fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            extra: Map::new(),
        }
    }

    pub fn code(&self) -> &str {
        &self.code
    }

    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.extra.insert(key.to_owned(), value);
        self
    }

    pub fn missing_scope(needed: &str, provided: &[String]) -> Self {
        Self::new("missing_scope")
            .with("needed", json!(needed))
            .with("provided", json!(provided.join(",")))
    }

    pub fn invalid_arguments(messages: impl IntoIterator<Item = String>) -> Self {
        Self::new("invalid_arguments").with_messages(messages)
    }

    /// Blocks of messages are refused as `invalid_blocks`, views as `invalid_arguments`.
    pub fn invalid_blocks(problems: &[Problem]) -> Self {
        let errors: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Self::new("invalid_blocks")
            .with("errors", json!(errors))
            .with_messages(errors)
    }

    fn with_messages(self, messages: impl IntoIterator<Item = String>) -> Self {
        let messages: Vec<String> = messages
            .into_iter()
            .map(|message| format!("[ERROR] {message}"))
            .collect();
        self.with("response_metadata", json!({"messages": messages}))
    }
}

pub(super) fn to_json(result: Result<Value, ApiError>) -> Value {
    match result {
        Ok(mut value) => {
            if let Some(map) = value.as_object_mut() {
                map.insert("ok".to_owned(), json!(true));
            }
            value
        }
        Err(error) => {
            let mut map = error.extra;
            map.insert("ok".to_owned(), json!(false));
            map.insert("error".to_owned(), json!(error.code));
            Value::Object(map)
        }
    }
}
