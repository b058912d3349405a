//! What was told, so that it is told once: digests, channels in trouble, leave that begins.

use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use crate::leave::notified::{Digest, DigestKind, Posting};
use crate::platform::db::TenantTx;
use crate::platform::ids::ChannelId;

/// Takes a digest on. `false`: somebody has it already.
pub async fn claim_digest(tx: &mut TenantTx, digest: Digest) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO digest (workspace_id, kind, day, claimed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        workspace,
        digest.kind.as_str(),
        digest.day.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The digests of a day or later that somebody took on, weekly ones by the first day of their
/// week.
pub async fn digests_since(tx: &mut TenantTx, day: Date) -> Result<Vec<Digest>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT kind AS "kind: DigestKind", day FROM digest WHERE day >= $1 ORDER BY day, kind"#,
        day.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Digest {
            kind: row.kind,
            day: row.day.to_jiff(),
        })
        .collect())
}

/// Notes that a channel cannot be posted to. `false`: that is known already.
pub async fn note_channel_trouble(
    tx: &mut TenantTx,
    posting: Posting,
    channel: &ChannelId,
) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO channel_trouble (workspace_id, posting, channel_id, told_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, posting) DO UPDATE SET channel_id = excluded.channel_id, told_at = excluded.told_at
         WHERE channel_trouble.channel_id <> excluded.channel_id",
        workspace,
        posting.as_str(),
        channel.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that it went well.
pub async fn end_channel_trouble(tx: &mut TenantTx, posting: Posting) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM channel_trouble WHERE posting = $1",
        posting.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes that the requester of approved leave is reminded of its beginning, or need not be.
/// `false`: that was so already, or it is no approved leave any more.
pub async fn mark_day_before(tx: &mut TenantTx, action_id: i64) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE pending_action SET day_before_at = $2
         WHERE action_id = $1 AND day_before_at IS NULL AND state IN ('confirmed', 'processing', 'completed')",
        action_id,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
