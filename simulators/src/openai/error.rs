//! OpenAI's errors. <https://developers.openai.com/api/docs/guides/error-codes>

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

#[derive(Debug, PartialEq)]
pub(super) struct ApiError {
    pub status: StatusCode,
    pub message: String,
    pub kind: &'static str,
    pub param: Option<String>,
    pub code: Option<&'static str>,
}

impl ApiError {
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
            kind: "invalid_request_error",
            param: None,
            code: None,
        }
    }

    /// A parameter is wrong.
    pub fn parameter(param: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            param: Some(param.to_owned()),
            code: Some(code),
            ..Self::bad_request(message)
        }
    }

    pub fn missing(param: &str) -> Self {
        let message = format!("Missing required parameter: '{param}'.");
        Self::parameter(param, "missing_required_parameter", message)
    }

    pub fn invalid_type(param: &str, expected: &str) -> Self {
        let message = format!("Invalid type for '{param}': expected {expected}.");
        Self::parameter(param, "invalid_type", message)
    }

    pub fn unsupported(param: &str) -> Self {
        let message = format!("Unsupported parameter: '{param}' is not supported with this model.");
        Self::parameter(param, "unsupported_parameter", message)
    }

    /// No key at all.
    pub fn no_key() -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            ..Self::bad_request(
                "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
            )
        }
    }

    /// Another key. The message shows its beginning and its end, as the real one does.
    pub fn wrong_key(key: &str) -> Self {
        let shown: String = key.chars().take(8).collect();
        let end: String = key.chars().skip(key.chars().count().max(4) - 4).collect();
        Self {
            status: StatusCode::UNAUTHORIZED,
            code: Some("invalid_api_key"),
            ..Self::bad_request(format!(
                "Incorrect API key provided: {shown}***{end}. You can find your API key at https://platform.openai.com/account/api-keys."
            ))
        }
    }

    /// The test did not say what the model answers, or said what it cannot.
    pub fn unscripted(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_IMPLEMENTED,
            kind: "simulator_error",
            ..Self::bad_request(message)
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = json!({
            "message": self.message, "type": self.kind, "param": self.param, "code": self.code,
        });
        (self.status, Json(json!({"error": error}))).into_response()
    }
}

pub(super) fn trouble(status: StatusCode) -> Response {
    let (message, kind, code) = if status == StatusCode::TOO_MANY_REQUESTS {
        let message = "Rate limit reached for requests.";
        (message, "requests", Some("rate_limit_exceeded"))
    } else {
        let message = "The server had an error while processing your request. Sorry about that!";
        (message, "server_error", None)
    };
    ApiError {
        status,
        message: message.to_owned(),
        kind,
        param: None,
        code,
    }
    .into_response()
}
