//! The Calendar API. <https://developers.google.com/workspace/calendar/api/v3/reference>

use axum::extract::{Path, Request, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::ApiError;
use super::event::Event;
use super::state::State;
use super::{AccessRole, GoogleCalendar, sign_in};
use crate::service::{Core, Incoming, bearer};

type Sim = Extract<Core<GoogleCalendar>>;

pub(super) fn router(core: Core<GoogleCalendar>) -> Router {
    Router::new()
        .route("/token", post(token))
        .route(
            "/calendar/v3/calendars/{calendar}/events",
            get(list).post(insert),
        )
        .route(
            "/calendar/v3/calendars/{calendar}/events/{id}",
            get(read).delete(remove),
        )
        .with_state(core)
}

async fn token(Extract(core): Sim, request: Request) -> Response {
    core.call("token", request, |state, incoming| {
        sign_in::token(state, incoming).unwrap_or_else(IntoResponse::into_response)
    })
    .await
}

async fn insert(Extract(core): Sim, Path(calendar): Path<String>, request: Request) -> Response {
    core.call("events.insert", request, |state, incoming| {
        answer(state, incoming, &calendar, |state| {
            send_updates(incoming)?;
            let zone = state.config.zone.clone();
            let event = Event::parse(&incoming.call.body, &zone, incoming.clock.now())?;
            let account = state.config.account.clone();
            let event = state.writable(&calendar)?.insert(event)?;
            let event = event.to_json(&calendar, &account);
            Ok(Json(event).into_response())
        })
    })
    .await
}

async fn read(
    Extract(core): Sim,
    Path((calendar, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    core.call("events.get", request, |state, incoming| {
        answer(state, incoming, &calendar, |state| {
            let account = state.config.account.clone();
            let event = state.calendar(&calendar)?.0.event(&id)?;
            Ok(Json(event.to_json(&calendar, &account)).into_response())
        })
    })
    .await
}

async fn remove(
    Extract(core): Sim,
    Path((calendar, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    core.call("events.delete", request, |state, incoming| {
        answer(state, incoming, &calendar, |state| {
            send_updates(incoming)?;
            let now = incoming.clock.now();
            state.writable(&calendar)?.cancel(&id, now)?;
            Ok(StatusCode::NO_CONTENT.into_response())
        })
    })
    .await
}

async fn list(Extract(core): Sim, Path(calendar): Path<String>, request: Request) -> Response {
    core.call("events.list", request, |state, incoming| {
        answer(state, incoming, &calendar, |state| {
            Ok(Json(page(state, &calendar, incoming)?).into_response())
        })
    })
    .await
}

/// Who is let in, and to which calendar.
fn answer(
    state: &mut State,
    incoming: &Incoming<'_>,
    calendar: &str,
    act: impl FnOnce(&mut State) -> Result<Response, ApiError>,
) -> Response {
    let now = incoming.clock.now();
    let known = bearer(incoming.headers)
        .and_then(|token| state.tokens.get(token))
        .is_some_and(|expires| *expires > now);
    let result = if known {
        state.calendar(calendar).map(drop).and_then(|()| act(state))
    } else {
        Err(ApiError::unauthorized())
    };
    result.unwrap_or_else(IntoResponse::into_response)
}

fn send_updates(incoming: &Incoming<'_>) -> Result<(), ApiError> {
    match incoming.call.query.get("sendUpdates").map(String::as_str) {
        None | Some("all" | "externalOnly" | "none") => Ok(()),
        Some(_) => Err(ApiError::invalid("Invalid value for sendUpdates.")),
    }
}

/// One page of `events.list`; the page token is the number of events before it.
fn page(state: &mut State, calendar: &str, incoming: &Incoming<'_>) -> Result<Value, ApiError> {
    let query = |name: &str| incoming.call.query.get(name).map(String::as_str);
    let time = |name: &str| {
        query(name)
            .map(str::parse::<Timestamp>)
            .transpose()
            .map_err(|_| ApiError::invalid(format!("Invalid value for {name}.")))
    };
    let number = |name: &str, usual: usize| {
        query(name)
            .map_or(Ok(usual), str::parse)
            .map_err(|_| ApiError::invalid(format!("Invalid value for {name}.")))
    };
    let (from, to) = (time("timeMin")?, time("timeMax")?);
    if from.is_some_and(|from| to.is_some_and(|to| to <= from)) {
        return Err(ApiError::empty_range());
    }
    let (zone, account) = (state.config.zone.clone(), state.config.account.clone());
    let zone = &zone;
    let (found_in, role) = state.calendar(calendar)?;
    // Words of it that are looked for anywhere in an event; here in its title.
    let words: Vec<String> = query("q")
        .unwrap_or_default()
        .split_whitespace()
        .map(str::to_lowercase)
        .collect();
    let has_words = |event: &Event| {
        let title = event.summary.to_lowercase();
        words.iter().all(|word| title.contains(word))
    };
    let deleted_too = query("showDeleted") == Some("true");
    let mut found: Vec<&Event> = found_in
        .events
        .values()
        .filter(|it| has_words(it))
        .filter(|it| deleted_too || !it.cancelled)
        // An event that ends at timeMin, or begins at timeMax, is not among them.
        .filter(|it| from.is_none_or(|from| it.end.instant(zone) > from))
        .filter(|it| to.is_none_or(|to| it.start.instant(zone) < to))
        .collect();
    found.sort_by_key(|it| it.start.instant(zone));
    let (skip, take) = (
        number("pageToken", 0)?,
        number("maxResults", 250)?.clamp(1, 2500),
    );
    let items: Vec<Value> = found
        .iter()
        .skip(skip)
        .take(take)
        .map(|it| {
            let mut json = it.to_json(calendar, &account);
            if role == AccessRole::FreeBusyReader
                && let Some(json) = json.as_object_mut()
            {
                json.remove("summary");
                json.remove("creator");
            }
            json
        })
        .collect();
    let mut body = json!({
        "kind": "calendar#events",
        "summary": calendar,
        "timeZone": zone,
        "accessRole": role.as_str(),
        "items": items,
    });
    if skip + take < found.len() {
        body["nextPageToken"] = json!((skip + take).to_string());
    }
    Ok(body)
}
