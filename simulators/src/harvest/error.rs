//! Harvest's errors. Its statuses are documented, the wording of most messages is not.
//!
//! <https://help.getharvest.com/api-v2/introduction/overview/general/#http-response-codes>

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct ApiError(StatusCode, Value);

impl ApiError {
    pub fn bad_request(message: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, json!({"message": message}))
    }

    pub fn unauthorized() -> Self {
        let description = "The access token provided is expired, revoked, malformed or invalid for other reasons.";
        Self(
            StatusCode::UNAUTHORIZED,
            json!({"error": "invalid_token", "error_description": description}),
        )
    }

    pub fn forbidden() -> Self {
        Self(
            StatusCode::FORBIDDEN,
            json!({"message": "You don't have permission to perform the requested action."}),
        )
    }

    pub fn not_found() -> Self {
        Self(
            StatusCode::NOT_FOUND,
            json!({"status": 404, "error": "Not Found"}),
        )
    }

    pub fn unprocessable(message: impl Into<String>) -> Self {
        let message: String = message.into();
        Self(
            StatusCode::UNPROCESSABLE_ENTITY,
            json!({"message": message}),
        )
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

pub(super) fn trouble(status: StatusCode) -> Response {
    let message = if status == StatusCode::TOO_MANY_REQUESTS {
        "Your request has been throttled."
    } else {
        "There was a server error."
    };
    ApiError(status, json!({"message": message})).into_response()
}
