//! All SQL of workspaces, people, posted messages and the audit log.

mod enterprise;
mod installation;
mod look_ups;
mod members;
mod user_tokens;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::{Map, Value, json};

pub use enterprise::{
    Listed, NewEnterprise, UnreadEnterprise, enterprise_of, enterprise_was_read,
    enterprises_to_read, forget_enterprises, join_enterprise, leave_enterprise, pause_enterprise,
    read_enterprise_again, rename_workspace, save_enterprise,
};
pub(super) use enterprise::{enterprise_secrets, replace_enterprise_secret};
pub(super) use look_ups::{Claim, answered, claim_look_up, release_look_up};
pub use members::{Adds, Saved, note_told, save_member, save_members, who_left};

pub use installation::{
    Found, Granted, Installation, Paused, delete_paused, encrypted_bot_token, end_promises,
    ended_statuses, find_installation, granted, pause, paused, paused_workspace_ids, redeem_state,
    save_install, tell_of_scopes,
};
pub use user_tokens::{UserToken, erase_user_token, save_user_token, user_token};

use super::model::{Person, Settings, Workspace, zone};
use crate::clients::slack::Posted;
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::{ChannelId, SlackUserId, WorkspaceId};

/// A row of `person`, before it becomes a [`Person`].
struct PersonRow {
    user_id: SlackUserId,
    name: String,
    time_zone: String,
    location: Option<String>,
    team: Option<String>,
    approver_id: Option<SlackUserId>,
    harvest_user_id: Option<i64>,
    is_admin: bool,
    is_owner: bool,
    active: bool,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            user: row.user_id,
            name: row.name,
            zone: zone(&row.time_zone),
            location: row.location,
            team: row.team,
            approver: row.approver_id,
            harvest_user: row.harvest_user_id.and_then(|id| u64::try_from(id).ok()),
            is_admin: row.is_admin,
            is_owner: row.is_owner,
            active: row.active,
        }
    }
}

/// Settings as stored; what this version cannot read is logged and has its default.
pub fn read_settings(stored: Value, workspace: &WorkspaceId) -> Settings {
    serde_json::from_value(stored).unwrap_or_else(|error| {
        tracing::error!(%workspace, %error, "stored settings are unreadable, the defaults are used");
        Settings::default()
    })
}

/// The workspace of the transaction, if the app is installed there. One that removed the app is as
/// if it had never been.
pub async fn workspace(tx: &mut TenantTx) -> Result<Option<Workspace>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT workspace_id AS "id: WorkspaceId", name, bot_user_id AS "bot: SlackUserId", settings
           FROM workspace WHERE paused_at IS NULL"#
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Workspace {
        settings: read_settings(row.settings, &row.id),
        id: row.id,
        name: row.name,
        bot: row.bot,
    }))
}

/// The settings, held against other changes until the transaction ends. `None`: not installed.
pub async fn settings_to_change(tx: &mut TenantTx) -> Result<Option<Settings>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT workspace_id AS "id: WorkspaceId", settings FROM workspace FOR NO KEY UPDATE"#
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| read_settings(row.settings, &row.id)))
}

/// Writes those settings in which `to` differs from `from`, and leaves the others to whoever
/// changes them. Returns what changed: name → `{"from": …, "to": …}`.
pub async fn change_settings(
    tx: &mut TenantTx,
    from: &Settings,
    to: &Settings,
) -> Result<Map<String, Value>, sqlx::Error> {
    let (from, mut to) = (from.by_name(), to.by_name());
    to.retain(|name, value| from.get(name) != Some(value));
    if to.is_empty() {
        return Ok(to);
    }
    let changed = to
        .iter()
        .map(|(name, value)| (name.clone(), json!({"from": from.get(name), "to": value})))
        .collect();
    sqlx::query!(
        "UPDATE workspace SET settings = settings || $1",
        Value::Object(to)
    )
    .execute(tx.conn())
    .await?;
    Ok(changed)
}

/// Every workspace that has the app, for the schedule.
pub async fn workspace_ids(db: &Db) -> Result<Vec<WorkspaceId>, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT workspace_ids AS "id!: WorkspaceId" FROM workspace_ids()"#)
        .fetch_all(&db.across_workspaces().await?)
        .await
}

/// One person, active or not.
pub async fn person(tx: &mut TenantTx, user: &SlackUserId) -> Result<Option<Person>, sqlx::Error> {
    let row = sqlx::query_as!(
        PersonRow,
        r#"SELECT user_id AS "user_id: _", name, time_zone, location, team, approver_id AS "approver_id: _", harvest_user_id, is_admin, is_owner, active
           FROM person WHERE user_id = $1"#,
        user.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Person::from))
}

/// Everybody who is active, by name.
pub async fn active_people(tx: &mut TenantTx) -> Result<Vec<Person>, sqlx::Error> {
    let rows = sqlx::query_as!(
        PersonRow,
        r#"SELECT user_id AS "user_id: _", name, time_zone, location, team, approver_id AS "approver_id: _", harvest_user_id, is_admin, is_owner, active
           FROM person WHERE active ORDER BY name, user_id"#
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Person::from).collect())
}

/// What an admin sets for a person; `None` leaves a field as it is, an empty text clears it.
#[derive(Debug, Default)]
pub struct PersonChange<'a> {
    /// Place of the public holidays.
    pub location: Option<&'a str>,
    /// Team.
    pub team: Option<&'a str>,
    /// Approver's user id.
    pub approver: Option<&'a str>,
    /// Active or not.
    pub active: Option<bool>,
}

/// Changes what an admin sets for a person. `false`: no such person.
pub async fn change_person(
    tx: &mut TenantTx,
    user: &SlackUserId,
    change: &PersonChange<'_>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE person SET
             location = CASE WHEN $2::text IS NULL THEN location ELSE nullif($2, '') END,
             team = CASE WHEN $3::text IS NULL THEN team ELSE nullif($3, '') END,
             approver_id = CASE WHEN $4::text IS NULL THEN approver_id ELSE nullif($4, '') END,
             switched_off = coalesce(NOT $5, switched_off)
         WHERE user_id = $1",
        user.as_str(),
        change.location,
        change.team,
        change.approver,
        change.active,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Says who a person is in Harvest; `None`: nobody. `false`: no such person.
pub async fn set_harvest_user(
    tx: &mut TenantTx,
    user: &SlackUserId,
    harvest_user: Option<u64>,
) -> Result<bool, sqlx::Error> {
    let id = harvest_user
        .map(i64::try_from)
        .transpose()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    let done = sqlx::query!(
        "UPDATE person SET harvest_user_id = $2 WHERE user_id = $1",
        user.as_str(),
        id
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The addresses of everybody who is active and has one.
pub async fn emails(tx: &mut TenantTx) -> Result<Vec<(SlackUserId, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user: SlackUserId", email AS "email!" FROM person WHERE active AND email <> '' ORDER BY user_id"#
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.user, row.email)).collect())
}

/// Until when a person wants no reminders.
pub async fn snoozed_until(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    let until = sqlx::query_scalar!(
        "SELECT reminders_snoozed_until FROM person WHERE user_id = $1",
        user.as_str()
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(until.flatten().map(jiff_sqlx::Timestamp::to_jiff))
}

/// Holds a person's reminders back until an instant.
pub async fn snooze(
    tx: &mut TenantTx,
    user: &SlackUserId,
    until: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE person SET reminders_snoozed_until = $2 WHERE user_id = $1",
        user.as_str(),
        until.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Where the message with this key was posted.
pub async fn posted_message(tx: &mut TenantTx, key: &str) -> Result<Option<Posted>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT channel_id AS "channel: ChannelId", ts FROM posted_message WHERE key = $1"#,
        key
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Posted {
        channel: row.channel,
        ts: row.ts,
    }))
}

/// The keys of posted messages that begin with a text.
pub async fn posted_keys(tx: &mut TenantTx, begin: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT key FROM posted_message WHERE starts_with(key, $1) ORDER BY key",
        begin
    )
    .fetch_all(tx.conn())
    .await
}

/// Forgets where every message was posted, for a Slack that has forgotten them itself.
pub async fn forget_posted_messages(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM posted_message")
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Remembers where the message with this key was posted.
pub async fn save_posted_message(
    tx: &mut TenantTx,
    key: &str,
    at: &Posted,
) -> Result<(), sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    sqlx::query!(
        "INSERT INTO posted_message (workspace_id, key, channel_id, ts) VALUES ($1, $2, $3, $4)
         ON CONFLICT (workspace_id, key) DO UPDATE SET channel_id = excluded.channel_id, ts = excluded.ts",
        workspace,
        key,
        at.channel.as_str(),
        at.ts,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets where the message with this key was posted: it stays as it is from now on.
pub async fn forget_posted_message(tx: &mut TenantTx, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM posted_message WHERE key = $1", key)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Who acts, for the audit log.
#[derive(Debug, Clone, Copy)]
pub enum Actor<'a> {
    /// A person.
    Person(&'a SlackUserId),
    /// A program, by the key that it signs with.
    ApiKey {
        /// The key's id, which stays its own.
        id: &'a str,
        /// What people call it.
        name: &'a str,
    },
    /// The app by itself.
    System,
}

/// One entry of the audit log.
#[derive(Debug)]
pub struct Audit<'a> {
    /// Who.
    pub actor: Actor<'a>,
    /// To what, such as `action:12`.
    pub subject: String,
    /// What.
    pub action: &'a str,
    /// The state left, if it is a change of state.
    pub from: Option<&'a str>,
    /// The state reached.
    pub to: Option<&'a str>,
    /// More, never the reason for leave.
    pub detail: Value,
}

/// Appends to the audit log, with the transaction's instant.
pub async fn audit(tx: &mut TenantTx, entry: &Audit<'_>) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let actor = match entry.actor {
        Actor::Person(user) => user.as_str().to_owned(),
        Actor::ApiKey { id, name } => format!("{id} ({name})"),
        Actor::System => "timeoff".to_owned(),
    };
    sqlx::query!(
        "INSERT INTO audit_log (workspace_id, at, actor, subject, action, from_state, to_state, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        workspace,
        now.to_sqlx() as _,
        actor,
        entry.subject,
        entry.action,
        entry.from,
        entry.to,
        entry.detail,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
