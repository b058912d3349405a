//! The Runtime API: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::refused::Refused;
use super::sandbox::Lifecycle;
use super::{FunctionError, MOST_BYTES};
use crate::service::header;

/// Read this much of an answer that is too large, so that its sender hears what is wrong with it.
const READ_AT_MOST: usize = 64 << 20;

pub(super) fn router() -> Router<Lifecycle> {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route(
            "/2018-06-01/runtime/invocation/{id}/response",
            post(response),
        )
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
}

/// 202, as for everything that Lambda takes note of.
pub(super) fn accepted() -> Response {
    (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response()
}

async fn next(State(lifecycle): State<Lifecycle>) -> Result<Response, Refused> {
    lifecycle.change(super::state::State::runtime_asks)?;
    let work = lifecycle
        .wait_to_take(super::state::State::runtime_takes)
        .await;
    let headers = [
        ("lambda-runtime-aws-request-id", work.request_id),
        ("lambda-runtime-deadline-ms", work.deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", work.arn),
        ("lambda-runtime-trace-id", work.trace),
        ("content-type", "application/json".to_owned()),
    ];
    let headers: HeaderMap = headers
        .into_iter()
        .filter_map(|(name, value)| {
            let value = HeaderValue::from_str(&value).ok()?;
            Some((HeaderName::from_static(name), value))
        })
        .collect();
    Ok((headers, work.event).into_response())
}

async fn response(
    State(lifecycle): State<Lifecycle>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let mode = header(request.headers(), "lambda-runtime-function-response-mode");
    if mode.is_some_and(|mode| !mode.is_empty()) {
        return Err(Refused::response_mode());
    }
    let body = body(request).await;
    if body.len() > MOST_BYTES {
        let too_large = FunctionError::new(
            "Function.ResponseSizeTooLarge",
            format!(
                "Response payload size exceeded maximum allowed payload size ({MOST_BYTES} bytes)."
            ),
        );
        lifecycle.change(|state| state.answers(&id, Err(too_large)))?;
        return Err(Refused::too_large());
    }
    let result = if body.is_empty() {
        Ok(Value::Null)
    } else {
        serde_json::from_slice(&body).map_err(|error| {
            FunctionError::new(
                "Runtime.InvalidResponse",
                format!("the answer is no JSON: {error}"),
            )
        })
    };
    lifecycle.change(|state| state.answers(&id, result))?;
    Ok(accepted())
}

async fn error(
    State(lifecycle): State<Lifecycle>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let error = reported(request, "lambda-runtime-function-error-type").await;
    lifecycle.change(|state| state.answers(&id, Err(error)))?;
    Ok(accepted())
}

async fn init_error(State(lifecycle): State<Lifecycle>, request: Request) -> Response {
    let error = reported(request, "lambda-runtime-function-error-type").await;
    lifecycle.change(|state| state.failed.get_or_insert(error).clone());
    accepted()
}

async fn body(request: Request) -> Bytes {
    to_bytes(request.into_body(), READ_AT_MOST)
        .await
        .unwrap_or_default()
}

/// The error that a body or, failing that, a header tells.
pub(super) async fn reported(request: Request, kind_header: &str) -> FunctionError {
    let kind = header(request.headers(), kind_header).map(str::to_owned);
    let body: Value = serde_json::from_slice(&body(request).await).unwrap_or_default();
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let trace = body["stackTrace"].as_array().into_iter().flatten();
    FunctionError {
        error_type: text("errorType")
            .or(kind)
            .unwrap_or_else(|| "Runtime.Unknown".to_owned()),
        error_message: text("errorMessage").unwrap_or_default(),
        // Python sends text, others send frames.
        stack_trace: trace
            .map(|line| {
                line.as_str()
                    .map_or_else(|| line.to_string(), str::to_owned)
            })
            .collect(),
    }
}
