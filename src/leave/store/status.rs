//! Whose status in Slack says that they are away.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::leave::notified::{LeaveStatus, StatusState, StatusText};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// A row of `leave_status`.
struct StatusRow {
    state: StatusState,
    text: Option<String>,
    ends_at: Option<jiff_sqlx::Timestamp>,
    ours: Option<String>,
}

impl From<StatusRow> for LeaveStatus {
    fn from(row: StatusRow) -> Self {
        Self {
            state: row.state,
            wanted: row.text.zip(row.ends_at).map(|(text, ends_at)| StatusText {
                text,
                ends_at: ends_at.to_jiff(),
            }),
            ours: row.ours,
        }
    }
}

/// Everybody who let the app set their status and is still there.
pub async fn people_with_status(tx: &mut TenantTx) -> Result<Vec<SlackUserId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT t.user_id AS "user: SlackUserId" FROM user_token t
           JOIN person p ON p.workspace_id = t.workspace_id AND p.user_id = t.user_id
           WHERE p.active ORDER BY t.user_id"#
    )
    .fetch_all(tx.conn())
    .await
}

/// How somebody's status stands; `None`: the app never had to do with it.
pub async fn leave_status(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Option<LeaveStatus>, sqlx::Error> {
    let row = sqlx::query_as!(
        StatusRow,
        r#"SELECT state AS "state: StatusState", text, ends_at, ours FROM leave_status WHERE user_id = $1"#,
        user.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(LeaveStatus::from))
}

/// A status is to be set, unless it is already, or something is being done about it. `false`:
/// nothing changes.
pub async fn want_status(
    tx: &mut TenantTx,
    user: &SlackUserId,
    wanted: &StatusText,
) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO leave_status (workspace_id, user_id, state, text, ends_at, changed_at) VALUES ($1, $2, 'setting', $3, $4, $5)
         ON CONFLICT (workspace_id, user_id) DO UPDATE
         SET state = 'setting', text = excluded.text, ends_at = excluded.ends_at, look_again_at = NULL, changed_at = excluded.changed_at
         WHERE leave_status.state = 'cleared'
            OR (leave_status.state IN ('set', 'left_alone')
                AND (leave_status.text, leave_status.ends_at) IS DISTINCT FROM (excluded.text, excluded.ends_at))
            OR (leave_status.state = 'left_alone' AND leave_status.look_again_at <= excluded.changed_at)",
        workspace,
        user.as_str(),
        wanted.text,
        wanted.ends_at.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// No status is wanted (any more): one that is set is to go. `false`: nothing has to be done.
pub async fn want_no_status(tx: &mut TenantTx, user: &SlackUserId) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let left = sqlx::query_scalar!(
        "UPDATE leave_status SET state = CASE state WHEN 'set' THEN 'clearing' ELSE 'cleared' END, look_again_at = NULL, changed_at = $2
         WHERE user_id = $1 AND state IN ('set', 'left_alone') RETURNING state",
        user.as_str(),
        now.to_sqlx() as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(left.is_some_and(|state| state == StatusState::Clearing.as_str()))
}

/// What became of an attempt to set a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It is there.
    Set,
    /// The person's own stays; to be looked at again at an instant.
    LeftAlone(Timestamp),
    /// Its time is over.
    TooLate,
}

/// Notes what became of setting a status. Nothing happens if it is another that is wanted now.
pub async fn note_attempt(
    tx: &mut TenantTx,
    user: &SlackUserId,
    wanted: &StatusText,
    attempt: Attempt,
) -> Result<(), sqlx::Error> {
    let now = tx.now();
    let (state, ours, look_again_at) = match attempt {
        Attempt::Set => (StatusState::Set, Some(wanted.text.as_str()), None),
        Attempt::LeftAlone(until) => (StatusState::LeftAlone, None, Some(until)),
        Attempt::TooLate => (StatusState::Cleared, None, None),
    };
    sqlx::query!(
        "UPDATE leave_status SET state = $4, ours = coalesce($5, ours), look_again_at = $6, changed_at = $7
         WHERE user_id = $1 AND state = 'setting' AND text = $2 AND ends_at = $3",
        user.as_str(),
        wanted.text,
        wanted.ends_at.to_sqlx() as _,
        state.as_str(),
        ours,
        look_again_at.map(ToSqlx::to_sqlx) as _,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Leaves a state, if the status is in it.
pub async fn change_status(
    tx: &mut TenantTx,
    user: &SlackUserId,
    from: StatusState,
    to: StatusState,
) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query!(
        "UPDATE leave_status SET state = $3, changed_at = $4 WHERE user_id = $1 AND state = $2",
        user.as_str(),
        from.as_str(),
        to.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The person wants it no more. Until [`forget_status`] nothing else is done about it.
pub async fn end_status(tx: &mut TenantTx, user: &SlackUserId) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO leave_status (workspace_id, user_id, state, changed_at) VALUES ($1, $2, 'ending', $3)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET state = 'ending', look_again_at = NULL, changed_at = excluded.changed_at",
        workspace,
        user.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets all about somebody's status.
pub async fn forget_status(tx: &mut TenantTx, user: &SlackUserId) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM leave_status WHERE user_id = $1", user.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}
