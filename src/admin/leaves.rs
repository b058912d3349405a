//! `GET /api/leaves`, `GET /api/leaves/{id}`, `POST /api/leaves/{id}/retry`.

use axum::extract::{Path, RawQuery};
use axum::response::Json;

use super::caller::Caller;
use super::json::{LeaveJson, PageJson};
use super::problem::Problem;
use super::query;
use crate::leave::store;

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
