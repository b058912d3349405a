//! All SQL of the reading of people.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx;

use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, SlackUserId};
use crate::tenant::store::Saved;

/// How far a reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Phase {
    /// Finding out who is in the leave channel.
    Members,
    /// Reading everybody.
    People,
    /// Finding them in Harvest.
    Harvest,
    /// At its end.
    Done,
    /// Given up; it can go on.
    Stopped,
}

impl Phase {
    fn as_str(self) -> &'static str {
        match self {
            Self::Members => "members",
            Self::People => "people",
            Self::Harvest => "harvest",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    /// Whether it goes on by itself.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Members | Self::People | Self::Harvest)
    }
}

/// The limit of a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlyMembers {
    /// Nobody is added but who is in this channel.
    pub of: ChannelId,
    /// Who that is, as far as it was read.
    pub known: Vec<String>,
}

/// The reading of a workspace's people: the one under way, or the last one.
#[derive(Debug, Clone)]
pub struct Import {
    /// Which page is next, counted over all readings.
    pub page: i64,
    /// How far it is.
    pub phase: Phase,
    /// Where Slack's list goes on.
    pub cursor: String,
    /// In what it stopped.
    pub stopped_in: Option<Phase>,
    /// Why, in words.
    pub stopped_why: Option<String>,
    /// Whether the list was begun anew once.
    pub begun_anew: bool,
    /// Who alone is added; `None`: everybody is.
    pub only: Option<OnlyMembers>,
    /// When it began.
    pub begun_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Who sees its progress.
    pub watchers: Vec<String>,
    /// What it came to so far.
    pub saved: Saved,
    /// Whether people were looked for in Harvest.
    pub harvest_asked: bool,
    /// Why that was in vain, in words.
    pub harvest_error: Option<String>,
    /// When its progress was last shown.
    pub shown_at: Option<Timestamp>,
}

/// The reading of the workspace's people; `None`: there was none yet. Nobody else changes it until
/// the transaction ends.
pub(super) async fn lock_import(tx: &mut TenantTx) -> Result<Option<Import>, sqlx::Error> {
    sqlx::query!("SELECT 1 AS one FROM people_import FOR UPDATE")
        .fetch_optional(tx.conn())
        .await?;
    last_import(tx).await
}

/// The same to look at.
pub async fn last_import(tx: &mut TenantTx) -> Result<Option<Import>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT page, phase AS "phase: Phase", cursor, stopped_in AS "stopped_in: Phase", stopped_why, begun_anew, only_channel, members, begun_at, ended_at,
                  watchers, people, added, deactivated, returned, harvest_asked, harvest_error, shown_at
           FROM people_import"#
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let only = match (row.only_channel, row.members) {
        (Some(of), Some(known)) => Some(OnlyMembers {
            of: ChannelId::parse(of).map_err(|error| sqlx::Error::Decode(error.into()))?,
            known,
        }),
        _ => None,
    };
    Ok(Some(Import {
        page: row.page,
        phase: row.phase,
        cursor: row.cursor,
        stopped_in: row.stopped_in,
        stopped_why: row.stopped_why,
        begun_anew: row.begun_anew,
        only,
        begun_at: row.begun_at.to_jiff(),
        ended_at: row.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
        watchers: row.watchers,
        saved: Saved {
            people: row.people,
            added: row.added,
            deactivated: row.deactivated,
            returned: row.returned,
        },
        harvest_asked: row.harvest_asked,
        harvest_error: row.harvest_error,
        shown_at: row.shown_at.map(jiff_sqlx::Timestamp::to_jiff),
    }))
}

/// Makes sure that there is a row to lock, for a workspace that never had one.
pub(super) async fn prepare_import(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO people_import (workspace_id, phase, begun_at, ended_at) VALUES ($1, 'done', $2, $2) ON CONFLICT DO NOTHING",
        workspace,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes how far it is, if nobody else did since `page`. `false`: somebody has.
pub(super) async fn save_import(
    tx: &mut TenantTx,
    page: i64,
    import: &Import,
) -> Result<bool, sqlx::Error> {
    let saved = import.saved;
    let done = sqlx::query!(
        "UPDATE people_import SET page = $2, phase = $3, cursor = $4, stopped_in = $5, stopped_why = $6, begun_anew = $7, members = $8, only_channel = $19,
             begun_at = $9, ended_at = $10, watchers = $11, people = $12, added = $13, deactivated = $14, returned = $15,
             harvest_asked = $16, harvest_error = $17, shown_at = $18
         WHERE page = $1",
        page,
        import.page,
        import.phase.as_str(),
        import.cursor,
        import.stopped_in.map(Phase::as_str),
        import.stopped_why,
        import.begun_anew,
        import.only.as_ref().map(|it| it.known.as_slice()) as _,
        import.begun_at.to_sqlx() as _,
        import.ended_at.map(ToSqlx::to_sqlx) as _,
        &import.watchers,
        saved.people,
        saved.added,
        saved.deactivated,
        saved.returned,
        import.harvest_asked,
        import.harvest_error,
        import.shown_at.map(ToSqlx::to_sqlx) as _,
        import.only.as_ref().map(|it| it.of.as_str()),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether a page is promised to be read.
pub(super) async fn is_promised(
    tx: &mut TenantTx,
    kind: &str,
    page: i64,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM job WHERE lane = 'people' AND kind = $1 AND state IN ('queued', 'running')
               AND payload ->> 'page' = $2::bigint::text) AS "promised!""#,
        kind,
        page,
    )
    .fetch_one(tx.conn())
    .await
}

/// Who sees the progress, as ids.
pub(super) fn watchers(import: &Import) -> Vec<SlackUserId> {
    let parsed = import.watchers.iter().map(SlackUserId::parse);
    parsed.filter_map(Result::ok).collect()
}
