//! What the app said in the leave channel, and where that stands.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};

use crate::leave::model::{OwnDay, Portion, ReplyKind, ReplyState, forbidden};
use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, SlackUserId};

/// A message in the leave channel, as far as it is kept: where it is, not what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Who wrote it.
    pub user: SlackUserId,
    /// The channel.
    pub channel: ChannelId,
    /// The first message of its thread; its own id where it begins one.
    pub thread_ts: String,
    /// Its id in the channel.
    pub ts: String,
}

impl Heard {
    /// When it was sent: Slack's message ids are seconds since 1970 with a fraction.
    /// <https://docs.slack.dev/messaging/retrieving-messages/#finding_a_message>
    pub fn sent_at(&self) -> Option<Timestamp> {
        let seconds = self.ts.split('.').next()?.parse().ok()?;
        Timestamp::from_second(seconds).ok()
    }
}

/// What is said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReply {
    /// The kind.
    pub kind: ReplyKind,
    /// A question's words, a proposal's warnings.
    pub notes: Vec<String>,
    /// The days that a cancellation takes back.
    pub days: Vec<Date>,
    /// The undecided requests that a proposal takes the place of.
    pub replaces: Vec<i64>,
    /// From then on it is not open any more.
    pub expires_at: Timestamp,
}

/// A reply as it stands.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The row.
    pub id: i64,
    /// The message that it answers.
    pub to: Heard,
    /// What it is.
    pub kind: ReplyKind,
    /// Where it stands.
    pub state: ReplyState,
    /// A question's words, a proposal's warnings.
    pub notes: Vec<String>,
    /// The days that a cancellation takes back.
    pub days: Vec<Date>,
    /// From then on it is not open any more.
    pub expires_at: Timestamp,
}

struct ReplyRow {
    reply_id: i64,
    user_id: SlackUserId,
    channel_id: ChannelId,
    thread_ts: String,
    message_ts: String,
    kind: ReplyKind,
    state: ReplyState,
    notes: Vec<String>,
    days: Vec<jiff_sqlx::Date>,
    expires_at: jiff_sqlx::Timestamp,
}

impl From<ReplyRow> for Reply {
    fn from(row: ReplyRow) -> Self {
        Self {
            id: row.reply_id,
            to: Heard {
                user: row.user_id,
                channel: row.channel_id,
                thread_ts: row.thread_ts,
                ts: row.message_ts,
            },
            kind: row.kind,
            state: row.state,
            notes: row.notes,
            days: row.days.into_iter().map(jiff_sqlx::Date::to_jiff).collect(),
            expires_at: row.expires_at.to_jiff(),
        }
    }
}

macro_rules! select_replies {
    ($condition:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ReplyRow,
            r#"SELECT reply_id, user_id AS "user_id: SlackUserId", channel_id AS "channel_id: ChannelId", thread_ts, message_ts,
                      kind AS "kind: ReplyKind", state AS "state: ReplyState", notes, days, expires_at
               FROM channel_reply "#
                + $condition
            $(, $argument)*
        )
    };
}

/// Writes a reply down; `None`: this message has been answered.
pub async fn insert_reply(
    tx: &mut TenantTx,
    to: &Heard,
    new: &NewReply,
) -> Result<Option<i64>, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let days: Vec<_> = new.days.iter().map(|day| day.to_sqlx()).collect();
    sqlx::query_scalar!(
        "INSERT INTO channel_reply (workspace_id, user_id, channel_id, thread_ts, message_ts, kind, state, notes, days, replaces,
             created_at, changed_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $11, $9, $9, $10)
         ON CONFLICT (workspace_id, channel_id, message_ts) DO NOTHING RETURNING reply_id",
        workspace,
        to.user.as_str(),
        to.channel.as_str(),
        to.thread_ts,
        to.ts,
        new.kind.as_str(),
        &new.notes,
        &days as _,
        now.to_sqlx() as _,
        new.expires_at.to_sqlx() as _,
        &new.replaces,
    )
    .fetch_optional(tx.conn())
    .await
}

/// One reply.
pub async fn reply(tx: &mut TenantTx, id: i64) -> Result<Option<Reply>, sqlx::Error> {
    let row = select_replies!("WHERE reply_id = $1", id)
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(Reply::from))
}

/// The reply to a message.
pub async fn reply_to(tx: &mut TenantTx, heard: &Heard) -> Result<Option<Reply>, sqlx::Error> {
    let row = select_replies!(
        "WHERE channel_id = $1 AND message_ts = $2",
        heard.channel.as_str(),
        heard.ts
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(Reply::from))
}

/// What was said to one person in a thread, oldest first.
pub async fn replies_in_thread(
    tx: &mut TenantTx,
    heard: &Heard,
) -> Result<Vec<Reply>, sqlx::Error> {
    let rows = select_replies!(
        "WHERE channel_id = $1 AND thread_ts = $2 AND user_id = $3 ORDER BY reply_id",
        heard.channel.as_str(),
        heard.thread_ts,
        heard.user.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Reply::from).collect())
}

/// Whether a person's thread came to its end: something in it was decided, or taken back with a
/// reply, and nothing waits for an answer any more.
pub async fn thread_is_finished(tx: &mut TenantTx, heard: &Heard) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(bool_or(a.state IN ('confirmed', 'processing', 'completed', 'denied')
                                   OR (r.kind = 'cancellation' AND r.state = 'confirmed'))
                           AND NOT coalesce(bool_or(a.state = 'pending'), false), false) AS "finished!"
           FROM channel_reply r LEFT JOIN pending_action a ON a.workspace_id = r.workspace_id AND a.reply_id = r.reply_id
           WHERE r.channel_id = $1 AND r.thread_ts = $2 AND r.user_id = $3"#,
        heard.channel.as_str(),
        heard.thread_ts,
        heard.user.as_str(),
    )
    .fetch_one(tx.conn())
    .await
}

/// The undecided requests that came from a person's thread.
pub async fn undecided_in_thread(
    tx: &mut TenantTx,
    heard: &Heard,
) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT a.action_id FROM pending_action a JOIN channel_reply r ON r.workspace_id = a.workspace_id AND r.reply_id = a.reply_id
         WHERE r.channel_id = $1 AND r.thread_ts = $2 AND r.user_id = $3 AND a.state = 'pending' AND a.awaits = 'approver'",
        heard.channel.as_str(),
        heard.thread_ts,
        heard.user.as_str(),
    )
    .fetch_all(tx.conn())
    .await
}

/// The days of leave that came from a person's thread, asked for or approved, in order.
pub async fn leave_days_of_thread(
    tx: &mut TenantTx,
    heard: &Heard,
) -> Result<Vec<Date>, sqlx::Error> {
    let days: Vec<jiff_sqlx::Date> = sqlx::query_scalar!(
        r#"SELECT DISTINCT l.day AS "day: jiff_sqlx::Date" FROM leave_record l
           JOIN pending_action a ON a.workspace_id = l.workspace_id AND a.action_id = l.action_id
           JOIN channel_reply r ON r.workspace_id = a.workspace_id AND r.reply_id = a.reply_id
           WHERE r.channel_id = $1 AND r.thread_ts = $2 AND r.user_id = $3 AND l.state <> 'cancelled' ORDER BY 1"#,
        heard.channel.as_str(),
        heard.thread_ts,
        heard.user.as_str(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(days.into_iter().map(jiff_sqlx::Date::to_jiff).collect())
}

/// The replies that say how an action stands because what they propose was to take its place:
/// open ones, and those that were dropped.
pub async fn replies_beside(tx: &mut TenantTx, action: i64) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT n.reply_id FROM pending_action a
         JOIN channel_reply r ON r.workspace_id = a.workspace_id AND r.reply_id = a.reply_id
         JOIN channel_reply n ON n.workspace_id = r.workspace_id AND n.channel_id = r.channel_id AND n.thread_ts = r.thread_ts
             AND n.user_id = r.user_id
         WHERE a.action_id = $1 AND $1 = ANY (n.replaces) AND n.state IN ('open', 'cancelled', 'expired') ORDER BY n.reply_id",
        action,
    )
    .fetch_all(tx.conn())
    .await
}

/// Changes where a reply stands, if it still is where the change begins. `false`: somebody was
/// first.
pub async fn change_reply(
    tx: &mut TenantTx,
    id: i64,
    from: ReplyState,
    to: ReplyState,
) -> Result<bool, sqlx::Error> {
    if !from.may_become(to) {
        return Err(forbidden(from.as_str(), to.as_str()));
    }
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE channel_reply SET state = $3, changed_at = $4 WHERE reply_id = $1 AND state = $2",
        id,
        from.as_str(),
        to.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Holds a reply until the transaction ends, so that of an answer and its end only one happens.
pub async fn hold_reply(tx: &mut TenantTx, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT reply_id FROM channel_reply WHERE reply_id = $1 FOR UPDATE",
        id
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(())
}

/// Notes which days a cancellation really took back.
pub async fn save_cancelled_days(
    tx: &mut TenantTx,
    id: i64,
    days: &[Date],
) -> Result<(), sqlx::Error> {
    let days: Vec<_> = days.iter().map(|day| day.to_sqlx()).collect();
    sqlx::query!(
        "UPDATE channel_reply SET days = $2 WHERE reply_id = $1",
        id,
        &days as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A reply is confirmed once nothing in it awaits its author.
pub async fn confirm_if_answered(tx: &mut TenantTx, id: i64) -> Result<(), sqlx::Error> {
    let now = tx.now();
    sqlx::query!(
        "UPDATE channel_reply r SET state = 'confirmed', changed_at = $2
         WHERE r.reply_id = $1 AND r.state = 'open' AND NOT EXISTS (
             SELECT FROM pending_action a WHERE a.workspace_id = r.workspace_id AND a.reply_id = r.reply_id
               AND a.state = 'pending' AND a.awaits = 'author')",
        id,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Open replies whose time is over.
pub async fn overdue_replies(tx: &mut TenantTx) -> Result<Vec<Reply>, sqlx::Error> {
    let now = tx.now();
    let rows = select_replies!(
        "WHERE state = 'open' AND expires_at <= $1 ORDER BY reply_id",
        now.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Reply::from).collect())
}

/// A person's own days of leave between two dates, in order.
pub async fn own_days(
    tx: &mut TenantTx,
    user: &SlackUserId,
    first: Date,
    last: Date,
) -> Result<Vec<OwnDay>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT action_id, day, portion AS "portion: Portion", state <> 'pending' AS "decided!" FROM leave_record
           WHERE user_id = $1 AND day BETWEEN $2 AND $3 AND state <> 'cancelled' ORDER BY day, portion"#,
        user.as_str(),
        first.to_sqlx() as _,
        last.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| OwnDay {
            action: row.action_id,
            day: row.day.to_jiff(),
            portion: row.portion,
            decided: row.decided,
        })
        .collect())
}
