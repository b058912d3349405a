//! Who was asked to decide, and when they are reminded.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// Somebody who was asked to decide.
#[derive(Debug, Clone)]
pub struct Approval {
    /// What about.
    pub action_id: i64,
    /// Who.
    pub approver: SlackUserId,
    /// Why this person, if it is not plain.
    pub why: Option<String>,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// How often they were reminded.
    pub reminders_sent: i32,
}

/// Asks a person, once. `false`: they were asked before.
pub async fn add_approval(
    tx: &mut TenantTx,
    action_id: i64,
    approver: &SlackUserId,
    why: Option<&str>,
    remind_at: Option<Timestamp>,
) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO approval (workspace_id, action_id, approver_id, why, asked_at, remind_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT DO NOTHING",
        workspace,
        action_id,
        approver.as_str(),
        why,
        now.to_sqlx() as _,
        remind_at.map(ToSqlx::to_sqlx) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Everybody who was asked about an action.
pub async fn approvals(tx: &mut TenantTx, action_id: i64) -> Result<Vec<Approval>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT action_id, approver_id AS "approver: SlackUserId", why, asked_at, reminders_sent FROM approval
           WHERE action_id = $1 ORDER BY asked_at, approver_id"#,
        action_id
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Approval {
            action_id: row.action_id,
            approver: row.approver,
            why: row.why,
            asked_at: row.asked_at.to_jiff(),
            reminders_sent: row.reminders_sent,
        })
        .collect())
}

/// Everybody who has a reminder due.
pub async fn approvers_to_remind(tx: &mut TenantTx) -> Result<Vec<SlackUserId>, sqlx::Error> {
    let now = tx.now();
    sqlx::query_scalar!(
        r#"SELECT DISTINCT p.approver_id AS "approver: SlackUserId"
           FROM approval p JOIN pending_action a ON a.workspace_id = p.workspace_id AND a.action_id = p.action_id
           WHERE p.remind_at <= $1 AND a.state = 'pending' ORDER BY p.approver_id"#,
        now.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await
}

/// An approver's undecided approvals whose reminder is due before an instant, if one of them is
/// due now. Held for this transaction: another one that looks at the same moment finds none.
pub async fn reminders_due(
    tx: &mut TenantTx,
    approver: &SlackUserId,
    before: Timestamp,
) -> Result<Vec<Approval>, sqlx::Error> {
    let now = tx.now();
    let rows = sqlx::query!(
        r#"SELECT p.action_id, p.approver_id AS "approver: SlackUserId", p.why, p.asked_at, p.reminders_sent, p.remind_at <= $2 AS "due!"
           FROM approval p JOIN pending_action a ON a.workspace_id = p.workspace_id AND a.action_id = p.action_id
           WHERE p.approver_id = $1 AND p.remind_at < greatest($3, $2 + interval '1 microsecond') AND a.state = 'pending'
           ORDER BY p.asked_at, p.action_id
           FOR UPDATE OF p SKIP LOCKED"#,
        approver.as_str(),
        now.to_sqlx() as _,
        before.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    if !rows.iter().any(|row| row.due) {
        return Ok(Vec::new());
    }
    Ok(rows
        .into_iter()
        .map(|row| Approval {
            action_id: row.action_id,
            approver: row.approver,
            why: row.why,
            asked_at: row.asked_at.to_jiff(),
            reminders_sent: row.reminders_sent,
        })
        .collect())
}

/// Notes when an approver is to be reminded next, and how often they have been.
pub async fn set_reminder(
    tx: &mut TenantTx,
    approval: &Approval,
    reminders_sent: i32,
    remind_at: Option<Timestamp>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE approval SET reminders_sent = $3, remind_at = $4 WHERE action_id = $1 AND approver_id = $2",
        approval.action_id,
        approval.approver.as_str(),
        reminders_sent,
        remind_at.map(ToSqlx::to_sqlx) as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves an approver's reminders that are due earlier to an instant.
pub async fn postpone_reminders(
    tx: &mut TenantTx,
    approver: &SlackUserId,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE approval p SET remind_at = $2 FROM pending_action a
         WHERE a.workspace_id = p.workspace_id AND a.action_id = p.action_id AND a.state = 'pending'
           AND p.approver_id = $1 AND p.remind_at < $2",
        approver.as_str(),
        until.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Has an approver reminded at an instant of all that waits for them, whenever it was due.
pub async fn remind_of_all(
    tx: &mut TenantTx,
    approver: &SlackUserId,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE approval p SET remind_at = $2 FROM pending_action a
         WHERE a.workspace_id = p.workspace_id AND a.action_id = p.action_id AND a.state = 'pending'
           AND p.approver_id = $1",
        approver.as_str(),
        at.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Has everybody who was asked about an action reminded at the next occasion.
pub async fn remind_everybody(tx: &mut TenantTx, action_id: i64) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query!(
        "UPDATE approval SET remind_at = least(remind_at, $2) WHERE action_id = $1",
        action_id,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
