//! Why a call failed, and whether repeating can help.

use serde::Deserialize;
use slack_morphism::errors::{SlackClientApiError, SlackClientError};

use crate::platform::again::Again;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[error("Slack {method}: {code}{details}")]
pub struct SlackError {
    /// The method called.
    pub method: &'static str,
    /// Slack's error code, or what happened to the connection.
    pub code: String,
    /// What Slack adds to the code, such as which block is wrong: in brackets, or nothing.
    pub details: String,
    /// Whether repeating can help.
    pub again: Again,
}

impl SlackError {
    /// An error about which no more is known than its code.
    pub(super) fn new(method: &'static str, code: impl Into<String>, again: Again) -> Self {
        Self {
            method,
            code: code.into(),
            details: String::new(),
            again,
        }
    }
}

/// Keeps what helps an operator and nothing that a message said.
pub(super) fn describe(method: &'static str, error: SlackClientError) -> SlackError {
    let mut details = String::new();
    let (code, again) = match error {
        SlackClientError::ApiError(error) => {
            let again = if is_passing(&error.code) {
                Again::Yes
            } else {
                Again::No
            };
            details = explain(&error);
            (error.code, again)
        }
        SlackClientError::RateLimitError(error) => (
            "rate limited".to_owned(),
            error.retry_after.map_or(Again::Yes, Again::After),
        ),
        SlackClientError::HttpError(error) => {
            let again = if error.status_code.is_server_error() {
                Again::Yes
            } else {
                Again::No
            };
            (format!("HTTP {}", error.status_code), again)
        }
        SlackClientError::ProtocolError(error) => (
            format!("unreadable answer: {}", error.json_error),
            Again::No,
        ),
        _ => ("connection failed".to_owned(), Again::Yes),
    };
    SlackError {
        method,
        code,
        details,
        again,
    }
}

/// Slack's own passing troubles. <https://docs.slack.dev/reference/methods/chat.postMessage#errors>
pub(super) fn is_passing(code: &str) -> bool {
    [
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "ratelimited",
        "rate_limited",
    ]
    .contains(&code)
}

/// For a refused block what is wrong with it.
fn explain(error: &SlackClientApiError) -> String {
    #[derive(Deserialize)]
    struct Body {
        response_metadata: Option<Details>,
    }
    #[derive(Deserialize)]
    struct Details {
        #[serde(default)]
        messages: Vec<String>,
    }
    let messages = error
        .http_response_body
        .as_deref()
        .and_then(|body| serde_json::from_str::<Body>(body).ok())
        .and_then(|body| body.response_metadata)
        .map(|details| details.messages)
        .unwrap_or_default();
    if messages.is_empty() {
        String::new()
    } else {
        format!(" ({})", messages.join("; "))
    }
}
