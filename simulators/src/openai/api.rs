//! `POST /v1/responses`. <https://developers.openai.com/api/reference/resources/responses/methods/create>

use axum::extract::{Request, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

use super::OpenAi;
use super::error::ApiError;
use super::request;
use super::state::{Say, State};
use super::{response, schema};
use crate::service::{Core, Incoming, bearer};

pub(super) fn router(core: Core<OpenAi>) -> Router {
    Router::new()
        .route("/v1/responses", post(create))
        .fallback(|| async {
            ApiError {
                status: StatusCode::NOT_FOUND,
                ..ApiError::bad_request("Invalid URL")
            }
        })
        .with_state(core)
}

async fn create(Extract(core): Extract<Core<OpenAi>>, request: Request) -> Response {
    core.call(
        "responses.create",
        request,
        |state, incoming| match respond(state, incoming) {
            Ok(body) => Json(body).into_response(),
            Err(error) => error.into_response(),
        },
    )
    .await
}

fn respond(state: &mut State, incoming: &Incoming<'_>) -> Result<Value, ApiError> {
    match bearer(incoming.headers) {
        None | Some("") => return Err(ApiError::no_key()),
        Some(key) if key != state.config.api_key => return Err(ApiError::wrong_key(key)),
        Some(_) => {}
    }
    let request = request::Request::read(&incoming.call.body, &state.config.models)?;
    let say = state.script.pop_front();
    let say = say.ok_or_else(|| ApiError::unscripted("Nobody said what the model answers."))?;
    if let (Say::Answer(answer), Some(form)) = (&say, request.schema)
        && let Err(why) = schema::fits(answer, form, form)
    {
        return Err(ApiError::unscripted(format!(
            "The model cannot answer that, because of its form: {why}."
        )));
    }
    let input = state.asked.count_input(&request);
    let number = state.asked.next_number();
    Ok(response::body(
        &request,
        &say,
        &input,
        number,
        incoming.clock.now(),
    ))
}
