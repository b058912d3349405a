//! Leave at other services. Every change names the state that it leaves.

use std::collections::HashMap;

use jiff_sqlx::ToSqlx;

use crate::leave::entries::{
    Entry, EntryState, Service, ServiceOutcome, SkipReason, Slot, outcomes,
};
use crate::leave::model::{LeaveRecord, Portion, RecordState, forbidden};
use crate::platform::db::{Db, TenantTx};

/// The days of an action in order, given-back ones too.
pub async fn records(tx: &mut TenantTx, action_id: i64) -> Result<Vec<LeaveRecord>, sqlx::Error> {
    let mut found = records_of(tx, &[action_id]).await?;
    Ok(found.remove(&action_id).unwrap_or_default())
}

/// The same of several actions, by action.
pub async fn records_of(
    tx: &mut TenantTx,
    action_ids: &[i64],
) -> Result<HashMap<i64, Vec<LeaveRecord>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT action_id, day, portion AS "portion: Portion", minutes, state AS "state: RecordState" FROM leave_record
           WHERE action_id = ANY($1) ORDER BY day, portion"#,
        action_ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(by_action(rows.into_iter().map(|row| {
        let record = LeaveRecord {
            day: row.day.to_jiff(),
            portion: row.portion,
            minutes: u32::try_from(row.minutes).unwrap_or_default(),
            state: row.state,
        };
        (row.action_id, record)
    })))
}

fn by_action<T>(rows: impl Iterator<Item = (i64, T)>) -> HashMap<i64, Vec<T>> {
    let mut found: HashMap<i64, Vec<T>> = HashMap::new();
    for (action_id, row) in rows {
        found.entry(action_id).or_default().push(row);
    }
    found
}

/// All that an action has, had or should have at other services: by service and day.
pub async fn entries(tx: &mut TenantTx, action_id: i64) -> Result<Vec<Entry>, sqlx::Error> {
    let mut found = entries_of(tx, &[action_id]).await?;
    Ok(found.remove(&action_id).unwrap_or_default())
}

async fn entries_of(
    tx: &mut TenantTx,
    action_ids: &[i64],
) -> Result<HashMap<i64, Vec<Entry>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT action_id, service AS "service: Service", first_day, last_day, portion AS "portion: Portion", entry_key, generation,
                  remote_id, place, state AS "state: EntryState", calls, error
           FROM service_entry WHERE action_id = ANY($1) ORDER BY service, first_day, last_day, portion"#,
        action_ids
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(by_action(rows.into_iter().map(|row| {
        let entry = Entry {
            slot: Slot {
                service: row.service,
                first: row.first_day.to_jiff(),
                last: row.last_day.to_jiff(),
                portion: row.portion,
            },
            key: row.entry_key,
            generation: row.generation,
            remote_id: row.remote_id,
            place: row.place,
            state: row.state,
            calls: row.calls,
            error: row.error,
        };
        (row.action_id, entry)
    })))
}

/// The services that an action was left out of.
pub async fn skips(
    tx: &mut TenantTx,
    action_id: i64,
) -> Result<Vec<(Service, SkipReason)>, sqlx::Error> {
    let mut found = skips_of(tx, &[action_id]).await?;
    Ok(found.remove(&action_id).unwrap_or_default())
}

async fn skips_of(
    tx: &mut TenantTx,
    action_ids: &[i64],
) -> Result<HashMap<i64, Vec<(Service, SkipReason)>>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT action_id, service AS "service: Service", why AS "why: SkipReason" FROM service_skip
           WHERE action_id = ANY($1) ORDER BY service"#,
        action_ids
    )
    .fetch_all(tx.conn())
    .await?;
    let skips = rows.into_iter();
    Ok(by_action(
        skips.map(|row| (row.action_id, (row.service, row.why))),
    ))
}

/// How an action stands at each service, for messages, pages and the API.
pub async fn service_outcomes(
    tx: &mut TenantTx,
    action_id: i64,
) -> Result<Vec<ServiceOutcome>, sqlx::Error> {
    let mut found = service_outcomes_of(tx, &[action_id]).await?;
    Ok(found.remove(&action_id).unwrap_or_default())
}

/// The same of several actions, by action.
pub async fn service_outcomes_of(
    tx: &mut TenantTx,
    action_ids: &[i64],
) -> Result<HashMap<i64, Vec<ServiceOutcome>>, sqlx::Error> {
    let mut entries = entries_of(tx, action_ids).await?;
    let mut skips = skips_of(tx, action_ids).await?;
    let stand = |id: &i64| {
        let entries = entries.remove(id).unwrap_or_default();
        let skips = skips.remove(id).unwrap_or_default();
        (*id, outcomes(&entries, &skips))
    };
    Ok(action_ids.iter().map(stand).collect())
}

/// Notes that an action is left out of a service.
pub async fn skip_service(
    tx: &mut TenantTx,
    action_id: i64,
    service: Service,
    why: SkipReason,
) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO service_skip (workspace_id, action_id, service, why, skipped_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        workspace,
        action_id,
        service.as_str(),
        why.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds an entry that should be there: waiting, or with an error that it shares failed at once.
/// One that was removed is wanted again, under its next id.
pub async fn add_entry(
    tx: &mut TenantTx,
    action_id: i64,
    entry: &Entry,
) -> Result<(), sqlx::Error> {
    debug_assert!(matches!(
        entry.state,
        EntryState::Waiting | EntryState::Failed
    ));
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO service_entry AS e (workspace_id, action_id, service, first_day, last_day, portion, entry_key, generation, state, error, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (workspace_id, action_id, service, first_day, last_day, portion) DO UPDATE SET
             state = 'waiting', error = NULL, entry_key = excluded.entry_key, generation = excluded.generation,
             remote_id = NULL, place = NULL, calls = 0, changed_at = excluded.changed_at
         WHERE e.state = 'removed'",
        workspace,
        action_id,
        entry.slot.service.as_str(),
        entry.slot.first.to_sqlx() as _,
        entry.slot.last.to_sqlx() as _,
        entry.slot.portion.as_str(),
        entry.key,
        entry.generation,
        entry.state.as_str(),
        entry.error,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// What an entry becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes<'a> {
    /// Its creation begins, in this calendar or account; `None`: there is none to begin in.
    Calling(Option<&'a str>),
    /// It is there, with the service's own id if that gives one.
    Done(Option<&'a str>),
    /// It is not known to be there, for this reason.
    Failed(&'a str),
    /// To be created under the next id: this key and generation.
    NextId(&'a str, i32),
    /// It is not where it was sent before: to be created in this calendar or account.
    Moves(&'a str),
    /// It should go.
    Unwanted,
    /// Its removal begins.
    Removing,
    /// It is gone.
    Removed,
    /// It is not known to be gone, for this reason.
    RemoveFailed(&'a str),
}

impl Becomes<'_> {
    fn state(self) -> EntryState {
        match self {
            Self::Calling(_) => EntryState::Calling,
            Self::Done(_) => EntryState::Done,
            Self::Failed(_) => EntryState::Failed,
            Self::NextId(..) | Self::Moves(_) => EntryState::Waiting,
            Self::Unwanted => EntryState::Unwanted,
            Self::Removing => EntryState::Removing,
            Self::Removed => EntryState::Removed,
            Self::RemoveFailed(_) => EntryState::RemoveFailed,
        }
    }
}

/// Changes an entry, if it still is as it is known. `false`: somebody was first. A change that
/// [`EntryState::may_become`] does not know is an error.
pub async fn change_entry(
    tx: &mut TenantTx,
    action_id: i64,
    entry: &Entry,
    becomes: Becomes<'_>,
) -> Result<bool, sqlx::Error> {
    let next = becomes.state();
    if !entry.state.may_become(next) {
        return Err(forbidden(entry.state.as_str(), next.as_str()));
    }
    let now = tx.now();
    let error = match becomes {
        Becomes::Failed(why) | Becomes::RemoveFailed(why) => Some(why),
        _ => None,
    };
    let remote_id = match becomes {
        Becomes::Done(remote_id) => remote_id,
        _ => None,
    };
    let (key, generation) = match becomes {
        Becomes::NextId(key, generation) => (Some(key), Some(generation)),
        _ => (None, None),
    };
    let place = match becomes {
        Becomes::Calling(place) => place,
        Becomes::Moves(place) => Some(place),
        _ => None,
    };
    let done = sqlx::query!(
        "UPDATE service_entry SET state = $7, error = $8, remote_id = coalesce($9, remote_id), entry_key = coalesce($10, entry_key),
             generation = coalesce($11, generation), calls = calls + $12, changed_at = $13, place = coalesce($14, place)
         WHERE action_id = $1 AND service = $2 AND first_day = $3 AND last_day = $4 AND portion = $5 AND state = $6",
        action_id,
        entry.slot.service.as_str(),
        entry.slot.first.to_sqlx() as _,
        entry.slot.last.to_sqlx() as _,
        entry.slot.portion.as_str(),
        entry.state.as_str(),
        next.as_str(),
        error,
        remote_id,
        key,
        generation,
        i32::from(next == EntryState::Calling),
        now.to_sqlx() as _,
        place,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends what is between two states because nobody works on it any more: entries that a call was
/// sent for may be there or gone, the others were not touched.
pub async fn interrupt_entries(
    tx: &mut TenantTx,
    action_id: i64,
    sent: &str,
    not_sent: &str,
) -> Result<u64, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE service_entry SET
             state = CASE WHEN state IN ('waiting', 'calling') THEN 'failed' ELSE 'remove_failed' END,
             error = CASE WHEN state IN ('calling', 'removing') THEN $2 ELSE $3 END, changed_at = $4
         WHERE action_id = $1 AND state IN ('waiting', 'calling', 'unwanted', 'removing')",
        action_id,
        sent,
        not_sent,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Ends the calls that a worker left in the middle; what was not sent keeps waiting. Returns how
/// many those are.
pub async fn interrupt_calls(
    tx: &mut TenantTx,
    action_id: i64,
    why: &str,
) -> Result<u64, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE service_entry SET state = CASE state WHEN 'calling' THEN 'failed' ELSE 'remove_failed' END, error = $2, changed_at = $3
         WHERE action_id = $1 AND state IN ('calling', 'removing')",
        action_id,
        why,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// Puts everything that failed back to be tried once more. Returns how much that is.
pub async fn retry_entries(tx: &mut TenantTx, action_id: i64) -> Result<u64, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE service_entry SET state = CASE state WHEN 'failed' THEN 'waiting' ELSE 'unwanted' END, error = NULL, changed_at = $2
         WHERE action_id = $1 AND state IN ('failed', 'remove_failed')",
        action_id,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() > 0 {
        change_records(tx, action_id, RecordState::Failed, RecordState::Confirmed).await?;
    }
    Ok(done.rows_affected())
}

/// Puts back what could not be removed, because somebody gives days of this leave back now: that
/// is a person's word, as good as a retry.
pub async fn remove_again(tx: &mut TenantTx, action_id: i64) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query!(
        "UPDATE service_entry SET state = 'unwanted', error = NULL, changed_at = $2 WHERE action_id = $1 AND state = 'remove_failed'",
        action_id,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn change_records(
    tx: &mut TenantTx,
    action_id: i64,
    from: RecordState,
    to: RecordState,
) -> Result<(), sqlx::Error> {
    if !from.may_become(to) {
        return Err(forbidden(from.as_str(), to.as_str()));
    }
    let now = tx.now();
    sqlx::query!(
        "UPDATE leave_record SET state = $3, changed_at = $4 WHERE action_id = $1 AND state = $2",
        action_id,
        from.as_str(),
        to.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives the days of an action the state that its entries have come to: `failed` where an entry
/// of the day is not as it should be, else `completed`.
pub async fn settle_records(tx: &mut TenantTx, action_id: i64) -> Result<(), sqlx::Error> {
    heal_records(tx, action_id).await?;
    let now = tx.now();
    sqlx::query!(
        "UPDATE leave_record r SET state = 'failed', changed_at = $3
         WHERE r.action_id = $1 AND r.state = ANY($2) AND EXISTS (
             SELECT FROM service_entry e
             WHERE e.workspace_id = r.workspace_id AND e.action_id = r.action_id AND e.state IN ('failed', 'remove_failed')
               AND r.day BETWEEN e.first_day AND e.last_day)",
        action_id,
        &RecordState::Failed.predecessors(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    change_records(
        tx,
        action_id,
        RecordState::Confirmed,
        RecordState::Completed,
    )
    .await
}

/// Takes `failed` from the days of which no entry is failed any more: also what a person changed
/// later, and not only a retry, may have put them in order.
async fn heal_records(tx: &mut TenantTx, action_id: i64) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query!(
        "UPDATE leave_record r SET state = 'confirmed', changed_at = $2
         WHERE r.action_id = $1 AND r.state = 'failed' AND NOT EXISTS (
             SELECT FROM service_entry e
             WHERE e.workspace_id = r.workspace_id AND e.action_id = r.action_id AND e.state IN ('failed', 'remove_failed')
               AND r.day BETWEEN e.first_day AND e.last_day)",
        action_id,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Actions that are on their way to other services, or whose entries are, although no job of
/// theirs is promised: whoever worked on them is gone for good.
pub async fn stranded(tx: &mut TenantTx, job_kind: &str) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT s.action_id AS "action_id!" FROM (
             SELECT action_id FROM pending_action WHERE state IN ('confirmed', 'processing')
             UNION SELECT action_id FROM service_entry WHERE state IN ('waiting', 'calling', 'unwanted', 'removing')) s
           WHERE NOT EXISTS (
             SELECT FROM job j WHERE j.kind = $1 AND j.state IN ('queued', 'running') AND j.payload ->> 'action_id' = s.action_id::text)
           ORDER BY s.action_id"#,
        job_kind,
    )
    .fetch_all(tx.conn())
    .await
}

/// How many requests, in every workspace together, have leave that waits for a person to send it
/// to a service again.
pub async fn failed_syncs(db: &Db) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT failed_syncs() AS "count!""#)
        .fetch_one(&db.across_workspaces().await?)
        .await
}
