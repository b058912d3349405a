//! Two doors before the handler: the rate limit and the memory of what came already.

use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;

use super::Wait;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// How long a request is remembered: longer than Slack retries.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);
/// A flood gets one notice in this time.
const NOTICE_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Takes one token from a bucket that holds `per_minute` and refills evenly; without one, says how
/// long to wait. One statement: the update happens only if a whole token is there, so that no two
/// requests share one.
pub(super) async fn take_token(
    tx: &mut TenantTx,
    bucket: &str,
    per_minute: u32,
) -> Result<Option<Wait>, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let row = sqlx::query!(
        r#"WITH took AS (
             INSERT INTO rate_bucket AS b (workspace_id, channel_id, tokens, refilled_at)
             VALUES ($1, $2, $4::float8 - 1, $3)
             ON CONFLICT (workspace_id, channel_id) DO UPDATE SET
                 tokens = least($4, b.tokens + greatest(0, extract(epoch FROM $3 - b.refilled_at)::float8) * $4 / 60) - 1,
                 refilled_at = greatest(b.refilled_at, $3)
             WHERE least($4, b.tokens + greatest(0, extract(epoch FROM $3 - b.refilled_at)::float8) * $4 / 60) >= 1
             RETURNING 1)
           SELECT EXISTS (SELECT FROM took) AS "granted!",
                  (SELECT (1 - least($4, b.tokens + greatest(0, extract(epoch FROM $3 - b.refilled_at)::float8) * $4 / 60)) * 60 / $4
                   FROM rate_bucket b WHERE b.channel_id = $2) AS wait"#,
        workspace,
        bucket,
        now.to_sqlx() as _,
        f64::from(per_minute),
    )
    .fetch_one(tx.conn())
    .await?;
    if row.granted {
        return Ok(None);
    }
    #[allow(clippy::cast_possible_truncation)] // at most a minute, so far within range
    let seconds = row.wait.unwrap_or(1.0).ceil().clamp(1.0, 60.0) as i64;
    Ok(Some(Wait {
        bucket: bucket.to_owned(),
        seconds,
    }))
}

/// Whether this person should be told to wait; `true` at most once a minute for a bucket.
pub(super) async fn notice_is_due(
    tx: &mut TenantTx,
    bucket: &str,
    user: &SlackUserId,
) -> Result<bool, sqlx::Error> {
    mark(tx, &format!("told:{bucket}:{user}"), NOTICE_EVERY).await
}

/// Marks a request as seen; `false` if it was seen within a day. Of two copies at the same
/// moment the second waits here for the first one's commit.
pub(super) async fn first_time(tx: &mut TenantTx, key: &str) -> Result<bool, sqlx::Error> {
    mark(tx, key, REMEMBERED).await
}

async fn mark(tx: &mut TenantTx, key: &str, lasts: SignedDuration) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let forgotten = now - lasts;
    let done = sqlx::query!(
        "INSERT INTO seen_request (workspace_id, key, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, key) DO UPDATE SET seen_at = excluded.seen_at WHERE seen_request.seen_at <= $4",
        workspace,
        key,
        now.to_sqlx() as _,
        forgotten.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
