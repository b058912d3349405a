//! All SQL of the job table.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use sqlx::postgres::types::PgInterval;

use super::{Job, Work};
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::WorkspaceId;

/// Promises `work` with the transaction's other changes, to run at once.
pub async fn enqueue<W: Work>(
    tx: &mut TenantTx,
    correlation_id: &str,
    work: &W,
) -> Result<(), sqlx::Error> {
    let now = tx.now();
    enqueue_at(tx, correlation_id, work, now).await
}

/// Promises `work` for a later instant.
pub async fn enqueue_at<W: Work>(
    tx: &mut TenantTx,
    correlation_id: &str,
    work: &W,
    run_at: Timestamp,
) -> Result<(), sqlx::Error> {
    let payload = serde_json::to_value(work).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO job (workspace_id, kind, payload, lane, max_attempts, run_at, created_at, correlation_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        workspace,
        W::KIND,
        payload,
        work.lane(),
        W::POLICY.max_attempts(),
        run_at.to_sqlx() as _,
        now.to_sqlx() as _,
        correlation_id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Promises `work`, unless a job of its kind and lane is queued already that will read the state
/// when it runs. Such a job is held for this transaction: it cannot begin before the change is
/// there to be read.
pub async fn enqueue_unless_queued<W: Work>(
    tx: &mut TenantTx,
    correlation_id: &str,
    work: &W,
) -> Result<(), sqlx::Error> {
    let payload = serde_json::to_value(work).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "WITH queued AS (
             SELECT job_id FROM job WHERE workspace_id = $1 AND lane = $4 AND kind = $2 AND state = 'queued' AND run_at <= $6
             LIMIT 1 FOR UPDATE SKIP LOCKED)
         INSERT INTO job (workspace_id, kind, payload, lane, max_attempts, run_at, created_at, correlation_id)
         SELECT $1, $2, $3, $4, $5, $6, $6, $7 WHERE NOT EXISTS (SELECT FROM queued)",
        workspace,
        W::KIND,
        payload,
        work.lane(),
        W::POLICY.max_attempts(),
        now.to_sqlx() as _,
        correlation_id,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether work of this lane is promised already and not yet done.
pub async fn is_promised<W: Work>(tx: &mut TenantTx, work: &W) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM job WHERE lane = $1 AND kind = $2 AND state IN ('queued', 'running')) AS "promised!""#,
        work.lane(),
        W::KIND,
    )
    .fetch_one(tx.conn())
    .await
}

/// Takes the oldest due job of these kinds whose lane is free; one of the request `first_of`
/// before any other.
pub(super) async fn claim(
    db: &Db,
    now: Timestamp,
    lease: Duration,
    kinds: &[String],
    first_of: Option<&str>,
) -> Result<Option<Job>, sqlx::Error> {
    let lease = PgInterval {
        months: 0,
        days: 0,
        microseconds: i64::try_from(lease.as_micros()).unwrap_or(i64::MAX),
    };
    let row = sqlx::query!(
        r#"SELECT job_id AS "job_id!", workspace_id AS "workspace_id!: WorkspaceId", kind AS "kind!", payload AS "payload!",
                  attempts AS "attempts!", max_attempts AS "max_attempts!", correlation_id AS "correlation_id!"
           FROM claim_job($1, $2, $3, $4)"#,
        now.to_sqlx() as _,
        lease,
        kinds,
        first_of,
    )
    .fetch_optional(&db.across_workspaces().await?)
    .await?;
    Ok(row.map(|row| Job {
        id: row.job_id,
        workspace: row.workspace_id,
        kind: row.kind,
        payload: row.payload,
        attempt: row.attempts,
        max_attempts: row.max_attempts,
        correlation_id: row.correlation_id,
    }))
}

/// How a job's attempt ended.
pub(super) enum Outcome {
    Done,
    Again { at: Timestamp, why: String },
    Failed { why: String },
}

/// Writes the outcome, if the attempt still holds the job. `false`: its lease ran out and
/// somebody else has it.
pub(super) async fn finish(
    tx: &mut TenantTx,
    job: &Job,
    outcome: &Outcome,
) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let (state, error, run_at, finished_at) = match outcome {
        Outcome::Done => ("done", None, None, Some(now)),
        Outcome::Again { at, why } => ("queued", Some(why), Some(*at), None),
        Outcome::Failed { why } => ("failed", Some(why), None, Some(now)),
    };
    let updated = sqlx::query!(
        "UPDATE job SET state = $3, error = $4, run_at = coalesce($5, run_at), finished_at = $6, lease_until = NULL
         WHERE job_id = $1 AND state = 'running' AND attempts = $2",
        job.id,
        job.attempt,
        state,
        error,
        run_at.map(ToSqlx::to_sqlx) as _,
        finished_at.map(ToSqlx::to_sqlx) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// Puts back the jobs whose worker is gone. Returns those of these kinds that may not run again,
/// for [`finish`] to end.
pub(super) async fn sweep(
    db: &Db,
    now: Timestamp,
    kinds: &[String],
) -> Result<Vec<Job>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT job_id AS "job_id!", workspace_id AS "workspace_id!: WorkspaceId", kind AS "kind!", payload AS "payload!",
                  attempts AS "attempts!", max_attempts AS "max_attempts!", correlation_id AS "correlation_id!"
           FROM sweep_jobs($1, $2)"#,
        now.to_sqlx() as _,
        kinds,
    )
    .fetch_all(&db.across_workspaces().await?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Job {
            id: row.job_id,
            workspace: row.workspace_id,
            kind: row.kind,
            payload: row.payload,
            attempt: row.attempts,
            max_attempts: row.max_attempts,
            correlation_id: row.correlation_id,
        })
        .collect())
}

/// How many jobs are due or running at `now`.
pub async fn unfinished(db: &Db, now: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT unfinished_jobs($1) AS "count!""#,
        now.to_sqlx() as _
    )
    .fetch_one(&db.across_workspaces().await?)
    .await
}

/// How many seconds the oldest due job of any workspace has been waiting at `now`; 0 without one.
pub async fn oldest_waiting(db: &Db, now: Timestamp) -> Result<f64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT oldest_waiting_job($1) AS "seconds!""#,
        now.to_sqlx() as _
    )
    .fetch_one(&db.across_workspaces().await?)
    .await
}

/// Forgets what Slack sent more than a day ago, and jobs that ended more than a week ago.
pub async fn forget_old(db: &Db, now: Timestamp) -> Result<(), sqlx::Error> {
    let seen_before = now - SignedDuration::from_hours(24);
    let jobs_before = now - SignedDuration::from_hours(24 * 7);
    sqlx::query!(
        "SELECT forget_old($1, $2)",
        seen_before.to_sqlx() as _,
        jobs_before.to_sqlx() as _
    )
    .execute(&db.across_workspaces().await?)
    .await?;
    Ok(())
}
