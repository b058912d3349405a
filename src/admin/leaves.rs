//! `GET /api/leaves`, `GET /api/leaves/{id}`, `POST /api/leaves/{id}/retry`.

use axum::extract::{Path, RawQuery, State};
use axum::response::Json;

use super::caller::Caller;
use super::json::{LeaveJson, PageJson};
use super::problem::Problem;
use super::{Api, query};
use crate::leave::store;
use crate::leave::sync::{self, Retry};

/// A page of leave, newest first.
pub async fn list(
    RawQuery(query): RawQuery,
    mut caller: Caller,
) -> Result<Json<PageJson>, Problem> {
    let (filter, limit) = query::parse(query.as_deref().unwrap_or_default())?;
    let page = store::leaves(&mut caller.tx, &filter, limit).await?;
    Ok(Json(PageJson::of(&page)))
}

/// One leave.
pub async fn one(Path(id): Path<String>, mut caller: Caller) -> Result<Json<LeaveJson>, Problem> {
    let leave = match query::number(&id) {
        Some(id) => store::leave(&mut caller.tx, id).await?,
        None => None,
    };
    leave
        .map(|leave| Json(LeaveJson::of(&leave)))
        .ok_or(Problem::NoSuchLeave)
}

/// Tries again what failed of a leave. The work itself is a job: the answer is the leave as it
/// stands now that the job is promised.
pub async fn retry(
    State(api): State<Api>,
    Path(id): Path<String>,
    caller: Caller,
) -> Result<Json<LeaveJson>, Problem> {
    let Caller {
        mut tx,
        correlation_id,
        key,
    } = caller;
    let id = query::number(&id).ok_or(Problem::NoSuchLeave)?;
    // What its author has not confirmed is not leave yet.
    if store::leave(&mut tx, id).await?.is_none() {
        return Err(Problem::NoSuchLeave);
    }
    match sync::retry(&mut tx, &correlation_id, id, key.actor()).await? {
        Retry::Started => {}
        Retry::NotFound => return Err(Problem::NoSuchLeave),
        Retry::NotFailed(why) => return Err(Problem::NotFailed(why)),
    }
    let leave = store::leave(&mut tx, id).await?;
    tx.commit().await?;
    api.runner.wake();
    leave
        .map(|leave| Json(LeaveJson::of(&leave)))
        .ok_or(Problem::NoSuchLeave)
}
