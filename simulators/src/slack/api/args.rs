//! Arguments of a call: JSON, form or query.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default)]
pub(crate) struct Args {
    values: Map<String, Value>,
    is_json: bool,
    /// What stood in the URL, which methods that take no JSON still read.
    query: Map<String, Value>,
}

impl Args {
    pub fn read(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Self {
        let query = pairs(query.unwrap_or_default().as_bytes());
        let is_json = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.starts_with("application/json"));
        let mut values = query.clone();
        if is_json {
            if let Ok(Value::Object(map)) = serde_json::from_slice(body) {
                values.extend(map);
            }
        } else {
            values.extend(pairs(body));
        }
        Self {
            values,
            is_json,
            query,
        }
    }

    /// A token in a JSON body does not count.
    pub fn form_token(&self) -> Option<String> {
        let from = if self.is_json {
            &self.query
        } else {
            &self.values
        };
        from.get("token")?.as_str().map(str::to_owned)
    }

    /// As a method sees it that does not take JSON.
    pub fn without_json(self) -> Self {
        if self.is_json {
            Self {
                values: self.query.clone(),
                ..self
            }
        } else {
            self
        }
    }

    pub fn string(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Null => None,
            Value::Array(items) => Some(
                items
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(","),
            ),
            other => Some(other.to_string()),
        }
    }

    pub fn boolean(&self, name: &str) -> bool {
        matches!(self.string(name).as_deref(), Some("true" | "1"))
    }

    /// A structured argument, which forms (and also some JSON bodies) carry as JSON in a string.
    /// An error when it is a string without JSON in it.
    pub fn structure(&self, name: &str) -> Option<Result<Value, serde_json::Error>> {
        match self.values.get(name)? {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(serde_json::from_str(text)),
            other => Some(Ok(other.clone())),
        }
    }

    /// For the log of calls: structured arguments as structures, no token.
    pub fn to_json(&self) -> Value {
        let mut values = self.values.clone();
        values.remove("token");
        for name in ["blocks", "view", "metadata", "attachments", "profile"] {
            if let Some(Ok(value)) = self.structure(name) {
                values.insert(name.to_owned(), value);
            }
        }
        Value::Object(values)
    }
}

fn pairs(encoded: &[u8]) -> Map<String, Value> {
    form_urlencoded::parse(encoded)
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}
