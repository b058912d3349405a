//! How Lambda refuses a call of its APIs.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::MOST_BYTES;

/// A refused call, with the words of AWS's emulator.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Refused {
    fn forbidden(kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            kind,
            message: message.into(),
        }
    }

    pub fn runtime_state(from: &str, to: &str) -> Self {
        let message = format!(
            "State transition from {from} to {to} failed for runtime. Error: State transition is not allowed"
        );
        Self::forbidden("InvalidStateTransition", message)
    }

    pub fn request_id() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "InvalidRequestID",
            message: "Invalid request ID".to_owned(),
        }
    }

    pub fn response_mode() -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            kind: "InvalidFunctionResponseMode",
            message: "Invalid function response mode".to_owned(),
        }
    }

    pub fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            kind: "RequestEntityTooLarge",
            message: format!("Exceeded maximum allowed payload size ({MOST_BYTES} bytes)."),
        }
    }

    pub fn no_name() -> Self {
        Self::forbidden("Extension.InvalidExtensionName", "Empty extension name")
    }

    pub fn request_format(error: &serde_json::Error) -> Self {
        Self::forbidden("InvalidRequestFormat", error.to_string())
    }

    pub fn event_type(event: &str) -> Self {
        let message = format!("{event}: event is not supported for internal extensions");
        Self::forbidden("Extension.InvalidEventType", message)
    }

    pub fn registration_closed() -> Self {
        Self::forbidden(
            "Extension.RegistrationClosed",
            "Extension registration closed already",
        )
    }

    pub fn name_taken() -> Self {
        Self::forbidden(
            "Extension.InvalidExtensionState",
            "Extension with this name already registered",
        )
    }

    pub fn too_many_extensions(limit: usize) -> Self {
        let message = format!("Extension limit ({limit}) reached");
        Self::forbidden("Extension.TooManyExtensions", message)
    }

    pub fn no_identifier() -> Self {
        Self::forbidden(
            "Extension.MissingExtensionIdentifier",
            "Missing Lambda-Extension-Identifier header",
        )
    }

    pub fn unknown_extension(id: &str) -> Self {
        let message = format!("Unknown extension {id}");
        Self::forbidden("Extension.UnknownExtensionIdentifier", message)
    }

    pub fn no_error_type() -> Self {
        Self::forbidden(
            "Extension.MissingHeader",
            "Lambda-Extension-Function-Error-Type not found",
        )
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({"errorMessage": self.message, "errorType": self.kind});
        (self.status, Json(body)).into_response()
    }
}
