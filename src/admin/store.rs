//! All SQL of keys and their nonces.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use super::keys::{ApiKey, KeyName};
use crate::platform::db::{Db, TenantTx, violates};
use crate::platform::ids::WorkspaceId;
use crate::tenant::store::{Actor, Audit, audit};

/// A row of `api_key`.
struct KeyRow {
    workspace_id: WorkspaceId,
    key_id: String,
    name: String,
    public_key: Vec<u8>,
    created_at: jiff_sqlx::Timestamp,
    revoked_at: Option<jiff_sqlx::Timestamp>,
    last_used_at: Option<jiff_sqlx::Timestamp>,
}

impl From<KeyRow> for ApiKey {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.key_id,
            name: row.name,
            workspace: row.workspace_id,
            public_key: row.public_key,
            created_at: row.created_at.to_jiff(),
            revoked_at: row.revoked_at.map(jiff_sqlx::Timestamp::to_jiff),
            last_used_at: row.last_used_at.map(jiff_sqlx::Timestamp::to_jiff),
        }
    }
}

/// The key that a request names, in whichever workspace. Only the signature shows that the
/// request may use it.
pub async fn find_key(db: &Db, id: &str) -> Result<Option<ApiKey>, sqlx::Error> {
    let row = sqlx::query_as!(
        KeyRow,
        r#"SELECT workspace_id AS "workspace_id!: WorkspaceId", key_id AS "key_id!", name AS "name!", public_key AS "public_key!",
                  created_at AS "created_at!: jiff_sqlx::Timestamp", revoked_at AS "revoked_at: jiff_sqlx::Timestamp",
                  last_used_at AS "last_used_at: jiff_sqlx::Timestamp"
           FROM find_api_key($1)"#,
        id
    )
    .fetch_optional(&db.across_workspaces().await?)
    .await?;
    Ok(row.map(ApiKey::from))
}

/// Every key of the workspace, the revoked ones too, oldest first.
pub async fn keys(tx: &mut TenantTx) -> Result<Vec<ApiKey>, sqlx::Error> {
    let rows = sqlx::query_as!(
        KeyRow,
        r#"SELECT workspace_id AS "workspace_id: WorkspaceId", key_id, name, public_key, created_at, revoked_at, last_used_at
           FROM api_key ORDER BY created_at, key_id"#
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(ApiKey::from).collect())
}

/// What became of a key that was to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It is.
    Yes,
    /// A key in use has this name.
    NameTaken,
    /// This public key is registered already, or was. The transaction must be taken back.
    KeyTaken,
}

/// Registers a public key.
pub async fn add_key(
    tx: &mut TenantTx,
    id: &str,
    name: &KeyName,
    public_key: &[u8],
    by: &str,
) -> Result<Registered, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let done = sqlx::query!(
        "INSERT INTO api_key (workspace_id, key_id, name, public_key, created_at) VALUES ($1, $2, $3, $4, $5)",
        workspace,
        id,
        name.as_str(),
        public_key,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await;
    match done {
        Ok(_) => {}
        Err(error) if violates(&error, "api_key_one_name") => return Ok(Registered::NameTaken),
        Err(error) if violates(&error, "api_key_workspace_id_public_key") => {
            return Ok(Registered::KeyTaken);
        }
        Err(error) => return Err(error),
    }
    audit_key(tx, id, name.as_str(), "added", by).await?;
    Ok(Registered::Yes)
}

/// Takes back the key with this name, or this id. `None`: none that is in use.
pub async fn revoke_key(
    tx: &mut TenantTx,
    name_or_id: &str,
    by: &str,
) -> Result<Option<ApiKey>, sqlx::Error> {
    let now = tx.now();
    let row = sqlx::query_as!(
        KeyRow,
        r#"UPDATE api_key SET revoked_at = $2 WHERE (name = $1 OR key_id = $1) AND revoked_at IS NULL
           RETURNING workspace_id AS "workspace_id: WorkspaceId", key_id, name, public_key, created_at, revoked_at, last_used_at"#,
        name_or_id,
        now.to_sqlx() as _,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(key) = row.map(ApiKey::from) else {
        return Ok(None);
    };
    audit_key(tx, &key.id, &key.name, "revoked", by).await?;
    Ok(Some(key))
}

async fn audit_key(
    tx: &mut TenantTx,
    id: &str,
    name: &str,
    action: &str,
    by: &str,
) -> Result<(), sqlx::Error> {
    let entry = Audit {
        actor: Actor::System,
        subject: format!("api_key:{id}"),
        action,
        from: None,
        to: None,
        detail: serde_json::json!({"name": name, "by": by}),
    };
    audit(tx, &entry).await
}

/// Notes that a key is used. `false`: it was revoked in the meantime.
pub async fn use_key(tx: &mut TenantTx, id: &str) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE api_key SET last_used_at = $2 WHERE key_id = $1 AND revoked_at IS NULL",
        id,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses a nonce up. `false`: it was used before, also by a request of the same moment, whose
/// transaction this one waits for.
pub async fn use_nonce(
    tx: &mut TenantTx,
    key_id: &str,
    nonce: &str,
    usable_until: Timestamp,
) -> Result<bool, sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    let done = sqlx::query!(
        "INSERT INTO api_nonce (workspace_id, key_id, nonce, usable_until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        workspace,
        key_id,
        nonce,
        usable_until.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets nonces whose signatures would be refused for their age.
pub async fn forget_old(db: &Db, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT forget_api_nonces($1)", now.to_sqlx() as _)
        .execute(&db.across_workspaces().await?)
        .await?;
    Ok(())
}
