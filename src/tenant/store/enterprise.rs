//! All SQL of organizations (Enterprise Grid). Theirs are the functions of migrations 7 and 12, because
//! an organization is no tenant.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::{EnterpriseId, SlackUserId, WorkspaceId};
use crate::tenant::rotation::Stored;

/// An organization that installs the app.
#[derive(Debug, Clone, Copy)]
pub struct NewEnterprise<'a> {
    /// Which.
    pub id: &'a EnterpriseId,
    /// What people call it.
    pub name: &'a str,
    /// The app's user in its workspaces.
    pub bot: &'a SlackUserId,
    /// The bot token, encrypted.
    pub encrypted_token: &'a str,
    /// What the token may do.
    pub scopes: &'a [String],
    /// Who installed the app.
    pub installer: &'a SlackUserId,
}

/// An organization whose workspaces are to be read.
#[derive(Debug, Clone)]
pub struct UnreadEnterprise {
    /// Which.
    pub id: EnterpriseId,
    /// The bot token, encrypted.
    pub encrypted_token: String,
    /// When it was installed.
    pub installed_at: Timestamp,
    /// Grows with everything that Slack tells of which workspaces these are.
    pub teams_version: i64,
}

/// A workspace in the list of its organization.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// What people call it, if the list says.
    pub name: Option<&'a str>,
    /// The [`UnreadEnterprise::teams_version`] from before the list was read.
    pub as_of: i64,
}

/// Writes an organization that installed the app, or installed it again.
pub async fn save_enterprise(
    db: &Db,
    enterprise: &NewEnterprise<'_>,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT save_enterprise($1, $2, $3, $4, $5, $6, $7)",
        enterprise.id.as_str(),
        enterprise.name,
        enterprise.bot.as_str(),
        enterprise.encrypted_token,
        enterprise.scopes,
        enterprise.installer.as_str(),
        now.to_sqlx() as _,
    )
    .execute(&db.across_workspaces().await?)
    .await?;
    Ok(())
}

/// Makes the workspace of the transaction one that lives by its organization's token, if it has no
/// installation of its own. `listed`: what says so is the organization's list, which holds until
/// Slack tells of a change; otherwise the workspace itself, which revives nothing. `false`: nothing
/// changed.
pub async fn join_enterprise(
    tx: &mut TenantTx,
    enterprise: &EnterpriseId,
    listed: Option<Listed<'_>>,
) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query_scalar!(
        r#"SELECT join_enterprise($1, $2, $3, $4, $5) AS "joined!""#,
        workspace,
        listed.and_then(|it| it.name),
        enterprise.as_str(),
        listed.map(|it| it.as_of),
        now.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await
}

/// Gives the workspace of the transaction the name that its organization's list has.
pub async fn rename_workspace(tx: &mut TenantTx, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE workspace SET name = $1 WHERE name <> $1", name)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// An organization removed the app at an instant: its token is erased. The workspaces that are
/// paused by that; none if it installed the app again since then.
pub async fn pause_enterprise(
    tx: &mut TenantTx,
    enterprise: &EnterpriseId,
    removed_at: Timestamp,
) -> Result<Vec<WorkspaceId>, sqlx::Error> {
    let now = tx.now();
    sqlx::query_scalar!(
        r#"SELECT pause_enterprise AS "id!: WorkspaceId" FROM pause_enterprise($1, $2, $3)"#,
        enterprise.as_str(),
        removed_at.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await
}

/// An organization took the app away from some of its workspaces at an instant. The workspaces that
/// are paused by that: neither those that were given it back since, nor those with an installation
/// of their own.
pub async fn leave_enterprise(
    tx: &mut TenantTx,
    enterprise: &EnterpriseId,
    teams: &[WorkspaceId],
    removed_at: Timestamp,
) -> Result<Vec<WorkspaceId>, sqlx::Error> {
    let now = tx.now();
    let teams: Vec<String> = teams.iter().map(ToString::to_string).collect();
    sqlx::query_scalar!(
        r#"SELECT leave_enterprise AS "id!: WorkspaceId" FROM leave_enterprise($1, $2, $3, $4)"#,
        enterprise.as_str(),
        &teams,
        removed_at.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await
}

/// The organizations whose workspaces are to be read from Slack.
pub async fn enterprises_to_read(db: &Db) -> Result<Vec<UnreadEnterprise>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT enterprise_id AS "id!: EnterpriseId", bot_token AS "token!", installed_at AS "installed_at!", teams_version AS "teams_version!" FROM enterprises_to_read()"#
    )
    .fetch_all(&db.across_workspaces().await?)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| UnreadEnterprise {
            id: row.id,
            encrypted_token: row.token,
            installed_at: row.installed_at.to_jiff(),
            teams_version: row.teams_version,
        })
        .collect())
}

/// Notes that the workspaces of an organization were read. `false`: they are to be read again,
/// because Slack told of a change or the organization installed the app again meanwhile.
pub async fn enterprise_was_read(
    db: &Db,
    enterprise: &UnreadEnterprise,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT enterprise_was_read($1, $2, $3, $4) AS "noted!""#,
        enterprise.id.as_str(),
        enterprise.installed_at.to_sqlx() as _,
        enterprise.teams_version,
        now.to_sqlx() as _,
    )
    .fetch_one(&db.across_workspaces().await?)
    .await
}

/// Has the workspaces of an organization read again, after a reading that is under way, too.
pub async fn read_enterprise_again(
    tx: &mut TenantTx,
    enterprise: &EnterpriseId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT enterprise_was_read($1, NULL, NULL)",
        enterprise.as_str()
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets organizations of which nothing is left.
pub async fn forget_enterprises(db: &Db) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT forget_enterprises()")
        .execute(&db.across_workspaces().await?)
        .await?;
    Ok(())
}

/// The encrypted tokens of organizations, in the order of their ids.
pub(in crate::tenant) async fn enterprise_secrets(
    db: &Db,
    after: &str,
    at_most: i64,
) -> Result<Vec<Stored>, sqlx::Error> {
    sqlx::query_as!(
        Stored,
        r#"SELECT key AS "key!", secret AS "secret!" FROM enterprise_secrets($1, $2)"#,
        after,
        i32::try_from(at_most).unwrap_or(i32::MAX),
    )
    .fetch_all(&db.across_workspaces().await?)
    .await
}

/// Puts an organization's token in the place of an older form; `false`: somebody else was quicker.
pub(in crate::tenant) async fn replace_enterprise_secret(
    db: &Db,
    old: &Stored,
    new: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT replace_enterprise_secret($1, $2, $3) AS "replaced!""#,
        old.key,
        old.secret,
        new,
    )
    .fetch_one(&db.across_workspaces().await?)
    .await
}

/// The organization of the transaction's workspace, paused or not.
pub async fn enterprise_of(tx: &mut TenantTx) -> Result<Option<EnterpriseId>, sqlx::Error> {
    let org = sqlx::query_scalar!(r#"SELECT enterprise_id AS "org: EnterpriseId" FROM workspace"#)
        .fetch_optional(tx.conn())
        .await?;
    Ok(org.flatten())
}
