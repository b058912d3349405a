//! Lists of leave, for admins and their programs.

use std::collections::HashMap;

use jiff_sqlx::ToSqlx;

use super::actions::actions;
use super::entries::{records_of, service_outcomes_of};
use crate::leave::entries::Service;
use crate::leave::listing::{Leave, LeaveFilter, LeavePage, LeaveState};
use crate::leave::model::PendingAction;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// The leave that a filter lets through, newest first, at most `limit` of it. What its author has
/// not confirmed is not leave yet.
pub async fn leaves(
    tx: &mut TenantTx,
    filter: &LeaveFilter,
    limit: u16,
) -> Result<LeavePage, sqlx::Error> {
    let mut found = sqlx::query!(
        r#"SELECT a.action_id, p.name, s.state AS "state!: LeaveState"
           FROM pending_action a
           JOIN person p ON p.workspace_id = a.workspace_id AND p.user_id = a.user_id
           CROSS JOIN LATERAL (
               SELECT coalesce(bool_or(e.state IN ('waiting', 'calling', 'unwanted', 'removing')), false) AS under_way,
                      array_agg(DISTINCT e.service) FILTER (WHERE e.state IN ('failed', 'remove_failed')) AS failed
               FROM service_entry e WHERE e.workspace_id = a.workspace_id AND e.action_id = a.action_id) e
           CROSS JOIN LATERAL (
               SELECT CASE WHEN a.state NOT IN ('completed', 'cancelled') THEN a.state
                           WHEN e.under_way THEN 'processing' WHEN e.failed IS NOT NULL THEN 'failed' ELSE a.state END AS state) s
           WHERE (a.awaits = 'approver' OR a.state IN ('confirmed', 'processing', 'completed'))
             AND ($1::bigint IS NULL OR a.action_id = $1)
             AND ($2::text IS NULL OR s.state = $2)
             AND ($3::text IS NULL OR a.user_id = $3)
             AND ($4::date IS NULL OR a.last_day >= $4)
             AND ($5::date IS NULL OR a.first_day <= $5)
             AND ($6::text IS NULL OR a.leave_type = $6)
             AND ($7::bigint IS NULL OR a.action_id < $7)
             AND ($8::text IS NULL OR $8 = ANY (e.failed))
           ORDER BY a.action_id DESC LIMIT $9"#,
        filter.id,
        filter.state.map(LeaveState::as_str),
        filter.user.as_ref().map(SlackUserId::as_str),
        filter.from.map(ToSqlx::to_sqlx) as _,
        filter.to.map(ToSqlx::to_sqlx) as _,
        filter.leave_type,
        filter.before,
        filter.failed_service.map(Service::as_str),
        // One more tells whether another page follows.
        i64::from(limit) + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let more = found.len() > usize::from(limit);
    found.truncate(usize::from(limit));

    let ids: Vec<i64> = found.iter().map(|row| row.action_id).collect();
    let mut known: HashMap<i64, PendingAction> = actions(tx, &ids)
        .await?
        .into_iter()
        .map(|action| (action.id, action))
        .collect();
    let mut days = records_of(tx, &ids).await?;
    let mut services = service_outcomes_of(tx, &ids).await?;
    let leaves = found.into_iter().filter_map(|row| {
        // One statement later the row is still there: nothing deletes it but its person going.
        let action = known.remove(&row.action_id)?;
        Some(Leave {
            days: days.remove(&row.action_id).unwrap_or_default(),
            services: services.remove(&row.action_id).unwrap_or_default(),
            name: row.name,
            state: row.state,
            action,
        })
    });
    Ok(LeavePage {
        leaves: leaves.collect(),
        next: ids.last().copied().filter(|_| more),
    })
}

/// One leave.
pub async fn leave(tx: &mut TenantTx, id: i64) -> Result<Option<Leave>, sqlx::Error> {
    let filter = LeaveFilter {
        id: Some(id),
        ..LeaveFilter::default()
    };
    Ok(leaves(tx, &filter, 1).await?.leaves.pop())
}
