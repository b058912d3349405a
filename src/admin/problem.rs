//! What a caller of the API is told when it does not get what it wanted.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use futures_util::FutureExt;
use serde_json::json;
use tracing::{error, info};

use super::refused::Refused;
use crate::gateway::BODY_LIMIT;

/// How long a caller waits before it hears that something is wrong.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// An answer that is not the one wanted.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// 401.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// 400: a parameter that is unknown or has a value it cannot have.
    #[error("{0}")]
    Parameter(String),
    /// 400: the request names no host, or ends before its body does.
    #[error("{0}")]
    Request(&'static str),
    /// 404: nothing is at this path.
    #[error("There is nothing here. docs/api.md lists what there is.")]
    NoSuchPath,
    /// 404: no such leave that this key may see.
    #[error("There is no leave with this id in the workspace of this key.")]
    NoSuchLeave,
    /// 405.
    #[error("This path is there, but not for this method. The header Allow says for which.")]
    Method,
    /// 409: a retry of leave that has not failed.
    #[error("{0}")]
    NotFailed(&'static str),
    /// 413.
    #[error("The body is larger than {BODY_LIMIT} bytes.")]
    TooLarge,
    /// 503: our side.
    #[error(
        "Something went wrong on our side and nothing was saved. Please try again in a minute."
    )]
    Unavailable,
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::Refused(_) => StatusCode::UNAUTHORIZED,
            Self::Parameter(_) | Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::NoSuchPath | Self::NoSuchLeave => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotFailed(_) => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The word for programs.
    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refused) => refused.code(),
            Self::Parameter(_) => "parameter_invalid",
            Self::Request(_) => "request_malformed",
            Self::NoSuchPath | Self::NoSuchLeave => "not_found",
            Self::Method => "method_not_allowed",
            Self::NotFailed(_) => "not_failed",
            Self::TooLarge => "body_too_large",
            Self::Unavailable => "unavailable",
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        error!(%error, "a request of the API failed");
        Self::Unavailable
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code) = (self.status(), self.code());
        info!(status = status.as_u16(), code, "not what the caller wanted");
        let body = json!({"error": {"code": code, "message": self.to_string()}});
        (status, Json(body)).into_response()
    }
}

/// Answers in time and in JSON whatever happens behind it.
pub async fn in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(
        TIME_LIMIT,
        AssertUnwindSafe(next.run(request)).catch_unwind(),
    );
    match answer.await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            error!("a request of the API panicked");
            Problem::Unavailable.into_response()
        }
        Err(_) => {
            error!("a request of the API took too long");
            Problem::Unavailable.into_response()
        }
    }
}
