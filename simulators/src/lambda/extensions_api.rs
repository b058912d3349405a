//! The Extensions API: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>.

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::refused::Refused;
use super::runtime_api::{accepted, reported};
use super::sandbox::Lifecycle;
use super::{ACCOUNT, random};
use crate::service::header;

const IDENTIFIER: &str = "lambda-extension-identifier";
const ERROR_TYPE: &str = "lambda-extension-function-error-type";

pub(super) fn router() -> Router<Lifecycle> {
    Router::new()
        .route("/2020-01-01/extension/register", post(register))
        .route("/2020-01-01/extension/event/next", get(next))
        .route("/2020-01-01/extension/init/error", post(failed))
        .route("/2020-01-01/extension/exit/error", post(failed))
}

#[derive(Deserialize)]
struct Registration {
    #[serde(default)]
    events: Vec<String>,
}

async fn register(
    State(lifecycle): State<Lifecycle>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, Refused> {
    let name = header(&headers, "lambda-extension-name").unwrap_or_default();
    if name.is_empty() {
        return Err(Refused::no_name());
    }
    let registration: Registration =
        serde_json::from_slice(&body).map_err(|error| Refused::request_format(&error))?;
    let id = random::uuid();
    lifecycle.change(|state| state.register(id.clone(), name, &registration.events))?;
    let mut about = json!({
        "functionName": lifecycle.function,
        "functionVersion": super::VERSION,
        "handler": lifecycle.handler,
    });
    let features = header(&headers, "lambda-extension-accept-feature").unwrap_or_default();
    if features.split(',').any(|it| it.trim() == "accountId") {
        about["accountId"] = ACCOUNT.into();
    }
    Ok(([(IDENTIFIER, id)], Json(about)).into_response())
}

async fn next(State(lifecycle): State<Lifecycle>, headers: HeaderMap) -> Result<Response, Refused> {
    let id = identifier(&headers)?;
    lifecycle.change(|state| state.extension_asks(&id))?;
    let work = lifecycle
        .wait_to_take(|state| state.extension_takes(&id))
        .await;
    let event = json!({
        "eventType": "INVOKE",
        "deadlineMs": work.deadline_ms,
        "requestId": work.request_id,
        "invokedFunctionArn": work.arn,
        "tracing": {"type": "X-Amzn-Trace-Id", "value": work.trace},
    });
    Ok(([(IDENTIFIER, id)], Json(event)).into_response())
}

/// An extension that cannot start, or ends: the environment ends with it.
async fn failed(State(lifecycle): State<Lifecycle>, request: Request) -> Result<Response, Refused> {
    let id = identifier(request.headers())?;
    if header(request.headers(), ERROR_TYPE).is_none() {
        return Err(Refused::no_error_type());
    }
    let error = reported(request, ERROR_TYPE).await;
    lifecycle.change(|state| {
        state.extension(&id)?;
        state.failed.get_or_insert(error);
        Ok(())
    })?;
    Ok(accepted())
}

fn identifier(headers: &HeaderMap) -> Result<String, Refused> {
    let id = header(headers, IDENTIFIER).ok_or_else(Refused::no_identifier)?;
    Ok(id.to_owned())
}
