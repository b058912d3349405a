//! The API, version 2. <https://help.getharvest.com/api-v2/>

use axum::extract::{Path, Request, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};

use super::error::{ApiError, trouble};
use super::state::State;
use super::{Harvest, HarvestSim, lists};
use crate::service::{Core, Incoming, bearer, header};

type Sim = Extract<Core<Harvest>>;

pub(super) fn router(core: Core<Harvest>) -> Router {
    Router::new()
        .route("/v2/time_entries", get(entries).post(create))
        .route("/v2/time_entries/{id}", delete(remove))
        .route("/v2/users", get(users))
        .route("/v2/users/me", get(me))
        .route("/v2/projects/{id}", get(project))
        .route("/v2/projects/{id}/task_assignments", get(task_assignments))
        .with_state(core)
}

async fn entries(Extract(core): Sim, request: Request) -> Response {
    core.call("time_entries.list", request, |state, incoming| {
        answer(state, incoming, |state| {
            let items = lists::time_entries(state, incoming.call)?;
            Ok(Json(lists::page(incoming.call, "time_entries", &items)?).into_response())
        })
    })
    .await
}

async fn create(Extract(core): Sim, request: Request) -> Response {
    core.call("time_entries.create", request, |state, incoming| {
        answer(state, incoming, |state| {
            let now = incoming.clock.now();
            let entry = state.create(&incoming.call.body, now)?.clone();
            let body = lists::entry_json(state, &entry);
            Ok((StatusCode::CREATED, Json(body)).into_response())
        })
    })
    .await
}

async fn remove(Extract(core): Sim, Path(id): Path<String>, request: Request) -> Response {
    core.call("time_entries.delete", request, |state, incoming| {
        answer(state, incoming, |state| {
            state.delete(id.parse().map_err(|_| ApiError::not_found())?)?;
            Ok(StatusCode::OK.into_response())
        })
    })
    .await
}

async fn users(Extract(core): Sim, request: Request) -> Response {
    core.call("users.list", request, |state, incoming| {
        answer(state, incoming, |state| {
            let items = lists::users(state, incoming.call);
            Ok(Json(lists::page(incoming.call, "users", &items)?).into_response())
        })
    })
    .await
}

async fn me(Extract(core): Sim, request: Request) -> Response {
    core.call("users.me", request, |state, incoming| {
        answer(state, incoming, |state| {
            let user = state.user(HarvestSim::OWNER);
            let user = user.ok_or_else(ApiError::not_found)?;
            Ok(Json(lists::user_json(state, user)).into_response())
        })
    })
    .await
}

/// Projects and their tasks are seen by who runs them.
fn project_of(state: &State, id: &str) -> Result<(), ApiError> {
    if state.owner_role == "member" {
        return Err(ApiError::forbidden());
    }
    if id.parse() == Ok(HarvestSim::PROJECT) {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}

async fn project(Extract(core): Sim, Path(id): Path<String>, request: Request) -> Response {
    core.call("projects.get", request, |state, incoming| {
        answer(state, incoming, |state| {
            project_of(state, &id)?;
            Ok(Json(lists::project_json(state)).into_response())
        })
    })
    .await
}

async fn task_assignments(
    Extract(core): Sim,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    core.call("task_assignments.list", request, |state, incoming| {
        answer(state, incoming, |state| {
            project_of(state, &id)?;
            let items = lists::task_assignments(state);
            Ok(Json(lists::page(incoming.call, "task_assignments", &items)?).into_response())
        })
    })
    .await
}

/// Who is let in, and how often.
fn answer(
    state: &mut State,
    incoming: &Incoming<'_>,
    act: impl FnOnce(&mut State) -> Result<Response, ApiError>,
) -> Response {
    let header = |name: &str| header(incoming.headers, name);
    let account = header("harvest-account-id").and_then(|id| id.parse().ok());
    let token = bearer(incoming.headers);
    let account = account
        .and_then(|id| state.account(id))
        .filter(|account| token == Some(account.config.access_token.as_str()));
    if header("user-agent").is_none_or(str::is_empty) {
        return ApiError::bad_request("The User-Agent header is missing").into_response();
    }
    let Some(state) = account else {
        return ApiError::unauthorized().into_response();
    };
    let result = if let Some(seconds) = state.overrun(incoming.clock.now()) {
        let mut response = trouble(StatusCode::TOO_MANY_REQUESTS);
        response.headers_mut().insert("retry-after", seconds.into());
        return response;
    } else {
        act(state)
    };
    result.unwrap_or_else(IntoResponse::into_response)
}
