//! Whose profile was asked for lately.

use jiff::SignedDuration;
use jiff_sqlx::ToSqlx;

use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// One person's profile is asked for at most once in this time.
const ONCE_IN: SignedDuration = SignedDuration::from_hours(1);
/// Whoever asked this long ago and got no answer is gone.
const GONE_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Nothing is known any more of what was asked this long ago.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Whether to ask for a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tenant) enum Claim {
    /// Nobody did lately: ask.
    Ours,
    /// Somebody is asking right now.
    UnderWay,
    /// It was asked for within the hour.
    Answered,
}

/// Claims the asking for a profile. Of several at the same moment one gets it.
pub(in crate::tenant) async fn claim_look_up(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Claim, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "DELETE FROM profile_look_up WHERE asked_at < $1",
        (now - FORGOTTEN_AFTER).to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    let claimed = sqlx::query!(
        "INSERT INTO profile_look_up AS l (workspace_id, user_id, asked_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET asked_at = excluded.asked_at, answered = false
         WHERE l.asked_at <= CASE WHEN l.answered THEN $4::timestamptz ELSE $5::timestamptz END",
        workspace,
        user.as_str(),
        now.to_sqlx() as _,
        (now - ONCE_IN).to_sqlx() as _,
        (now - GONE_AFTER).to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Claim::Ours);
    }
    let answered = sqlx::query_scalar!(
        "SELECT answered FROM profile_look_up WHERE user_id = $1",
        user.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(match answered {
        Some(true) => Claim::Answered,
        _ => Claim::UnderWay,
    })
}

/// Notes that Slack has answered.
pub(in crate::tenant) async fn answered(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE profile_look_up SET answered = true WHERE user_id = $1",
        user.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Slack has not answered: somebody else may ask.
pub(in crate::tenant) async fn release_look_up(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM profile_look_up WHERE user_id = $1 AND NOT answered",
        user.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
