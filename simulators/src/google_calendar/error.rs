//! Google's errors. <https://developers.google.com/workspace/calendar/api/guides/errors>

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// An error of the Calendar API.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    domain: &'static str,
    reason: &'static str,
    message: String,
}

impl ApiError {
    fn new(status: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            domain: "global",
            reason,
            message: message.into(),
        }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    pub fn required(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "required", message)
    }

    pub fn parse_error() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parseError", "Parse Error")
    }

    pub fn empty_range() -> Self {
        Self {
            domain: "calendar",
            ..Self::new(
                StatusCode::BAD_REQUEST,
                "timeRangeEmpty",
                "The specified time range is empty.",
            )
        }
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "authError", "Invalid Credentials")
    }

    pub fn guests() -> Self {
        Self {
            domain: "calendar",
            ..Self::new(
                StatusCode::FORBIDDEN,
                "forbiddenForServiceAccounts",
                "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority.",
            )
        }
    }

    /// <https://developers.google.com/workspace/calendar/api/guides/errors#403_calendar_usage_limits_exceeded>
    pub fn no_writer() -> Self {
        Self {
            domain: "calendar",
            ..Self::new(
                StatusCode::FORBIDDEN,
                "requiredAccessLevel",
                "You need to have writer access to this calendar.",
            )
        }
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "notFound", "Not Found")
    }

    pub fn duplicate() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "duplicate",
            "The requested identifier already exists.",
        )
    }

    pub fn deleted() -> Self {
        Self::new(StatusCode::GONE, "deleted", "Resource has been deleted")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = json!({"error": {
            "errors": [{"domain": self.domain, "reason": self.reason, "message": self.message}],
            "code": self.status.as_u16(),
            "message": self.message,
        }});
        (self.status, Json(body)).into_response()
    }
}

pub(super) fn trouble(status: StatusCode) -> Response {
    let error = if status == StatusCode::TOO_MANY_REQUESTS {
        ApiError {
            domain: "usageLimits",
            ..ApiError::new(status, "rateLimitExceeded", "Rate Limit Exceeded")
        }
    } else {
        ApiError::new(status, "backendError", "Backend Error")
    };
    error.into_response()
}
