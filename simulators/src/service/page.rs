//! The page's server side: `GET /sim/state` (everything it shows), `/sim/events` (server-sent: look
//! again), `POST /sim/faults`, `/sim/delete`.

use std::convert::Infallible;

use axum::extract::State as Extract;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::Entry;
use super::{Core, Fault, Shown};
use crate::assets;

impl<S: Shown> Core<S> {
    /// The page and what it asks for.
    pub fn page(&self) -> Router {
        assets::router(S::PAGE)
            .route("/sim/state", get(state::<S>))
            .route("/sim/events", get(events::<S>))
            .route("/sim/faults", post(faults::<S>))
            .route("/sim/delete", post(delete::<S>))
            .with_state(self.clone())
    }
}

async fn state<S: Shown>(Extract(core): Extract<Core<S>>) -> Json<Value> {
    let held = core.held();
    Json(json!({
        "shown": S::shown(&held.state),
        "faults": held.faults.to_json(),
        "links": held.links,
    }))
}

async fn events<S: Shown>(
    Extract(core): Extract<Core<S>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = core.shared.changes.subscribe();
    let stream = stream::unfold(receiver, |mut receiver| async move {
        receiver.changed().await.ok()?;
        let version = *receiver.borrow_and_update();
        Some((Ok(Event::default().data(version.to_string())), receiver))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

#[derive(Deserialize)]
struct FaultForm {
    /// A kind of [`Fault`], or anything else for none.
    kind: String,
}

async fn faults<S: Shown>(
    Extract(core): Extract<Core<S>>,
    Json(form): Json<FaultForm>,
) -> StatusCode {
    core.set_page_fault(Fault::parse(&form.kind).map(|fault| Entry {
        method: "*".to_owned(),
        fault,
        times: None,
    }));
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct DeleteForm {
    id: String,
}

async fn delete<S: Shown>(
    Extract(core): Extract<Core<S>>,
    Json(form): Json<DeleteForm>,
) -> StatusCode {
    let clock = core.clock().clone();
    if core.change(|state| S::delete_by_hand(state, &form.id, &clock)) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
