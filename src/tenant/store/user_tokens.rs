//! All SQL of the tokens that people gave the app for their own profile.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use super::{Actor, Audit, audit};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// A token for one person's own profile.
#[derive(Debug, Clone)]
pub struct UserToken {
    /// Encrypted.
    pub encrypted: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When the person consented.
    pub granted_at: Timestamp,
}

/// Keeps a person's token in place of any before.
pub async fn save_user_token(
    tx: &mut TenantTx,
    user: &SlackUserId,
    encrypted_token: &str,
    scopes: &[String],
) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO user_token (workspace_id, user_id, token, scopes, granted_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET token = excluded.token, scopes = excluded.scopes, granted_at = excluded.granted_at",
        workspace,
        user.as_str(),
        encrypted_token,
        scopes,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A person's token, if they gave one.
pub async fn user_token(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Option<UserToken>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT token, scopes, granted_at FROM user_token WHERE user_id = $1",
        user.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| UserToken {
        encrypted: row.token,
        scopes: row.scopes,
        granted_at: row.granted_at.to_jiff(),
    }))
}

/// Erases a person's token that was given by an instant, and notes that; `false`: there is none.
pub async fn erase_user_token(
    tx: &mut TenantTx,
    user: &SlackUserId,
    given_by: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "DELETE FROM user_token WHERE user_id = $1 AND date_trunc('second', granted_at) <= $2",
        user.as_str(),
        given_by.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let entry = Audit {
        actor: Actor::System,
        subject: format!("person:{user}"),
        action: "status_ended",
        from: None,
        to: None,
        detail: serde_json::json!({}),
    };
    audit(tx, &entry).await?;
    Ok(true)
}
