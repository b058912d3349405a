//! All SQL of how the app got into a workspace, left it and came back.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::clients::slack::Identity;
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::tenant::Settings;

/// What is kept of an installation in one workspace.
#[derive(Debug, Clone, Copy)]
pub struct Installation<'a> {
    /// Which workspace, and the app's user in it.
    pub identity: &'a Identity,
    /// The bot token, encrypted.
    pub encrypted_token: &'a str,
    /// What the token may do; `None`: Slack did not say.
    pub scopes: Option<&'a [String]>,
    /// Who installed the app; `None`: an operator, with `SLACK_BOT_TOKEN`.
    pub installer: Option<&'a SlackUserId>,
    /// Installed by `SLACK_BOT_TOKEN`.
    pub from_token: bool,
}

/// What an installation found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// A workspace that is new to the app.
    Nothing,
    /// A workspace that has the app.
    Installed,
    /// A workspace that removed the app, with its data.
    Paused,
}

/// What an installation of the transaction's workspace would find. Nobody else changes the
/// installation until the transaction ends, but jobs can be promised meanwhile: an import that is under
/// way holds what an installation waits for, and promises its next page.
pub async fn find_installation(tx: &mut TenantTx) -> Result<Found, sqlx::Error> {
    let paused = sqlx::query_scalar!(
        r#"SELECT paused_at IS NOT NULL AS "paused!" FROM workspace FOR NO KEY UPDATE"#
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(match paused {
        None => Found::Nothing,
        Some(false) => Found::Installed,
        Some(true) => Found::Paused,
    })
}

/// Writes a workspace that installed the app, or installed it again; what it had is kept.
pub async fn save_install(
    tx: &mut TenantTx,
    installation: &Installation<'_>,
) -> Result<(), sqlx::Error> {
    let now = tx.now();
    let identity = installation.identity;
    sqlx::query!(
        "INSERT INTO workspace (workspace_id, enterprise_id, name, bot_user_id, bot_token, installed_at, scopes, installer_id, from_token)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (workspace_id) DO UPDATE SET enterprise_id = excluded.enterprise_id, name = excluded.name,
             bot_user_id = excluded.bot_user_id, bot_token = excluded.bot_token, installed_at = excluded.installed_at,
             scopes = coalesce(excluded.scopes, workspace.scopes), installer_id = coalesce(excluded.installer_id, workspace.installer_id),
             from_token = workspace.from_token OR excluded.from_token, paused_at = NULL",
        identity.team_id.as_str(),
        identity.enterprise_id,
        identity.team,
        identity.user_id.as_str(),
        installation.encrypted_token,
        now.to_sqlx() as _,
        installation.scopes as _,
        installation.installer.map(SlackUserId::as_str),
        installation.from_token,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The encrypted token that the app works with: the workspace's own, or else its organization's.
pub async fn encrypted_bot_token(tx: &mut TenantTx) -> Result<Option<String>, sqlx::Error> {
    let token = sqlx::query_scalar!(
        "SELECT coalesce(w.bot_token, e.bot_token) AS token FROM workspace w
         LEFT JOIN enterprise e ON e.enterprise_id = w.enterprise_id WHERE w.paused_at IS NULL"
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(token.flatten())
}

/// What the app may do in a workspace, and what its people know of it.
#[derive(Debug, Clone)]
pub struct Granted {
    /// The scopes of its token; `None`: Slack has not said.
    pub scopes: Option<Vec<String>>,
    /// The missing ones that its admins were told of.
    pub told: Vec<String>,
    /// Who installed the app.
    pub installer: Option<SlackUserId>,
    /// Installed by `SLACK_BOT_TOKEN`.
    pub from_token: bool,
}

/// What the app may do. `None`: it is not installed.
pub async fn granted(tx: &mut TenantTx) -> Result<Option<Granted>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT CASE WHEN w.bot_token IS NULL THEN e.scopes ELSE w.scopes END AS scopes, w.scopes_told,
                  w.installer_id AS "installer: SlackUserId", w.from_token
           FROM workspace w LEFT JOIN enterprise e ON e.enterprise_id = w.enterprise_id WHERE w.paused_at IS NULL"#
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Granted {
        scopes: row.scopes,
        told: row.scopes_told.unwrap_or_default(),
        installer: row.installer,
        from_token: row.from_token,
    }))
}

/// Notes which missing scopes the admins were told of; `false`: they were told of just these.
pub async fn tell_of_scopes(tx: &mut TenantTx, missing: &[String]) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE workspace SET scopes_told = $1 WHERE coalesce(scopes_told, '{}') <> $1",
        missing
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The app was removed from the workspace at an instant: its token and the tokens of its people are
/// erased, the rest waits. `false`: it was installed since then, or is not installed.
pub async fn pause(tx: &mut TenantTx, removed_at: Timestamp) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    // Slack tells the second in which something happened.
    let done = sqlx::query!(
        "UPDATE workspace SET paused_at = $1, bot_token = NULL
         WHERE paused_at IS NULL AND date_trunc('second', installed_at) <= $2",
        now.to_sqlx() as _,
        removed_at.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!("DELETE FROM user_token")
        .execute(tx.conn())
        .await?;
    Ok(true)
}

/// Ends the promises of these kinds that a workspace made before it removed the app: it is too late
/// for them.
pub async fn end_promises(tx: &mut TenantTx, kinds: &[&str]) -> Result<(), sqlx::Error> {
    let now = tx.now();
    let kinds: Vec<String> = kinds.iter().map(|&kind| kind.to_owned()).collect();
    sqlx::query!(
        "UPDATE job SET state = 'failed', error = 'the app had been removed meanwhile', finished_at = $1
         WHERE state = 'queued' AND kind = ANY ($2)",
        now.to_sqlx() as _,
        &kinds,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Whether somebody's leave was shown as their Slack status until the workspace removed the app: then
/// the right to set it was erased, and is theirs to give again. What was so before an earlier return
/// does not count.
pub async fn ended_statuses(tx: &mut TenantTx) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM audit_log a
             WHERE a.action = 'status_allowed'
               AND a.audit_id > coalesce((SELECT max(r.audit_id) FROM audit_log r
                   WHERE r.subject = 'workspace' AND r.action = 'installed' AND r.from_state = 'paused'), 0)
               AND NOT EXISTS (SELECT FROM audit_log e
                   WHERE e.subject = a.subject AND e.action = 'status_ended' AND e.audit_id > a.audit_id)
               AND NOT EXISTS (SELECT FROM user_token t WHERE 'person:' || t.user_id = a.subject)) AS "ended!""#
    )
    .fetch_one(tx.conn())
    .await
}

/// The workspaces that removed the app and whose data is still kept.
pub async fn paused_workspace_ids(db: &Db) -> Result<Vec<WorkspaceId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT paused_workspace_ids AS "id!: WorkspaceId" FROM paused_workspace_ids()"#
    )
    .fetch_all(&db.across_workspaces().await?)
    .await
}

/// Takes the nonce of an installation that came back from Slack; `false`: it was taken before.
pub async fn redeem_state(db: &Db, nonce: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT redeem_oauth_state($1, $2) AS "first!""#,
        nonce,
        now.to_sqlx() as _,
    )
    .fetch_one(&db.across_workspaces().await?)
    .await
}

/// A workspace that removed the app.
#[derive(Debug, Clone)]
pub struct Paused {
    /// Since when its data waits.
    pub since: Timestamp,
    /// What its admins chose, such as for how long.
    pub settings: Settings,
}

/// The workspace of the transaction, if it removed the app. Nobody installs it until the
/// transaction ends.
pub async fn paused(tx: &mut TenantTx) -> Result<Option<Paused>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT workspace_id AS "id: WorkspaceId", paused_at AS "since!", settings FROM workspace WHERE paused_at IS NOT NULL FOR UPDATE"#
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Paused {
        since: row.since.to_jiff(),
        settings: super::read_settings(row.settings, &row.id),
    }))
}

/// Deletes everything of the workspace of the transaction, which removed the app.
pub async fn delete_paused(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    // The deletion of a workspace deletes all that is its own, in an order that PostgreSQL chooses;
    // what refers to a leave type goes first, because a leave type does not take it along.
    sqlx::query!("DELETE FROM pending_action")
        .execute(tx.conn())
        .await?;
    sqlx::query!("DELETE FROM workspace WHERE paused_at IS NOT NULL")
        .execute(tx.conn())
        .await?;
    Ok(())
}
