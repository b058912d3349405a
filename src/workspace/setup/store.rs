//! All SQL of the set-up.

use jiff_sqlx::ToSqlx;

use super::progress::Step;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// What was said of a step: that it is right as it is (`done`), or not wanted (`skipped`).
pub(super) struct Answer {
    pub step: String,
    pub state: String,
}

/// Whether the set-up is finished. `None`: there is no such workspace.
pub async fn is_done(tx: &mut TenantTx) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT setup_done_at IS NOT NULL AS "done!" FROM workspace"#)
        .fetch_optional(tx.conn())
        .await
}

/// What was said of the steps.
pub(super) async fn answers(tx: &mut TenantTx) -> Result<Vec<Answer>, sqlx::Error> {
    sqlx::query_as!(Answer, "SELECT step, state FROM setup_step")
        .fetch_all(tx.conn())
        .await
}

/// Notes what somebody says of a step.
pub(super) async fn answer(
    tx: &mut TenantTx,
    step: Step,
    state: &str,
    user: &SlackUserId,
) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO setup_step (workspace_id, step, state, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, step) DO UPDATE SET state = excluded.state, changed_by = excluded.changed_by, changed_at = excluded.changed_at",
        workspace,
        step.as_str(),
        state,
        user.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes that the set-up is finished. `false`: it was already.
pub async fn note_done(tx: &mut TenantTx) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE workspace SET setup_done_at = $1, setup_asked_at = coalesce(setup_asked_at, $1) WHERE setup_done_at IS NULL",
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that somebody is asked to set the workspace up. `false`: somebody was already, or it is
/// set up.
pub(super) async fn note_asked(tx: &mut TenantTx) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let asked = sqlx::query!(
        "UPDATE workspace SET setup_asked_at = $1 WHERE setup_asked_at IS NULL AND setup_done_at IS NULL",
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(asked.rows_affected() == 1)
}

/// Whoever was asked cannot do it: somebody else is to be asked.
pub(super) async fn ask_others(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE workspace SET setup_asked_at = NULL WHERE setup_done_at IS NULL")
        .execute(tx.conn())
        .await?;
    Ok(())
}
