//! What a Home tab is made from, seen in one query; and what was made of it last.

use jiff::{Timestamp, ToSpan};
use jiff_sqlx::ToSqlx;

use super::paging::Pages;
use crate::clients::blocks::SlackBlock;
use crate::leave::overview;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::model::{Person, Settings, zone};
use crate::tenant::store::read_settings;

/// All that decides what a person's Home tab shows.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools)] // each is what one query saw
pub(super) struct Look {
    /// The workspace's settings.
    pub settings: Settings,
    /// The encrypted bot token.
    pub token: Option<String>,
    /// What the token may do; `None`: Slack has not said.
    pub scopes: Option<Vec<String>>,
    /// Installed by `SLACK_BOT_TOKEN`.
    pub from_token: bool,
    /// Whether the set-up was finished.
    pub is_set_up: bool,
    /// Whether the person's status in Slack follows their leave.
    pub status_is_on: bool,
    /// Whose tab it is; `None`: somebody whom the directory does not know.
    pub person: Option<Person>,
    /// Whether anything waits for their decision.
    pub waits: bool,
    /// Whether anything is likely to, some day.
    pub approves: bool,
    /// Whether leave failed at another service, for admins.
    pub failed: bool,
    /// Everything else that the view depends on, as a text that changes with it.
    pub seen: String,
    /// Which pages of its lists were shown last.
    pub pages: Pages,
    /// The view that was built last.
    pub cached: Option<Cached>,
    /// When they were last shown the newest, or pressed Refresh and were.
    pub fresh_at: Option<Timestamp>,
}

/// A view as it was built.
#[derive(Debug)]
pub(super) struct Cached {
    /// Of what.
    pub hash: String,
    /// The view.
    pub blocks: Vec<SlackBlock>,
}

/// Looks at all that decides a view: the workspace, its token, the person, what was built last, and
/// the rows of which the view is made, as hashes. Rows of days reach a day further than the view,
/// because everybody's today is within a day of the date in UTC. `None`: the app is not installed.
///
/// Whatever a view comes to show must be in here, or it goes stale. Large tables are read one by one:
/// joined, they would take seconds where the planner knows nothing of them yet.
pub(super) async fn look(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Option<Look>, sqlx::Error> {
    let utc = tx.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (first, last) = (
        utc.saturating_sub(1.day()),
        overview::horizon(utc).saturating_add(1.day()),
    );
    let row = sqlx::query!(
        r#"WITH me AS (SELECT * FROM person WHERE user_id = $1),
             waiting AS (
               SELECT a.first_day, a.last_day, (a, p.asked_at)::text AS row
               FROM approval p
               JOIN pending_action a ON a.workspace_id = p.workspace_id AND a.action_id = p.action_id
               WHERE p.approver_id = $1 AND a.state = 'pending' AND a.awaits = 'approver'),
             failed AS (
               SELECT DISTINCT workspace_id, action_id FROM service_entry
               WHERE state IN ('failed', 'remove_failed') AND (SELECT is_admin FROM me))
           SELECT w.settings, coalesce(w.bot_token, e.bot_token) AS "token?",
             CASE WHEN w.bot_token IS NULL THEN e.scopes ELSE w.scopes END AS "scopes?", w.from_token, w.setup_done_at IS NOT NULL AS "is_set_up!",
             EXISTS (SELECT FROM user_token t WHERE t.user_id = $1)
               AND NOT EXISTS (SELECT FROM leave_status s WHERE s.user_id = $1 AND s.state = 'ending') AS "status_is_on!",
             me.user_id AS "user_id?: SlackUserId", me.name AS "name?", me.time_zone AS "time_zone?", me.location AS "location?", me.team AS "team?",
             me.approver_id AS "approver_id?: SlackUserId", me.harvest_user_id AS "harvest_user_id?", me.is_admin AS "is_admin?", me.is_owner AS "is_owner?", me.active AS "active?",
             h.hash AS "hash?", h.pages AS "pages?", h.blocks AS "blocks?", greatest(h.refreshed_at, h.published_at) AS "fresh_at?",
             EXISTS (SELECT FROM waiting) AS "waits!",
             EXISTS (SELECT FROM approval WHERE approver_id = $1) OR EXISTS (SELECT FROM person WHERE approver_id = $1 AND active)
               OR coalesce(w.settings -> 'approvers' ? $1, false) AS "approves!",
             EXISTS (SELECT FROM failed) AS "failed!",
             concat_ws('/', md5((to_jsonb(w) - 'bot_token')::text), md5(e.scopes::text),
               -- When people work, which says what one absence is.
               (SELECT coalesce(md5(string_agg(p::text, '' ORDER BY p.user_id, p.from_day)), '-') FROM working_pattern p),
               (SELECT coalesce(md5(string_agg(h::text, '' ORDER BY h.location, h.day, h.portion)), '-') FROM public_holiday h
                WHERE h.day BETWEEN least($2, (SELECT min(first_day) FROM waiting)) AND greatest($3, (SELECT max(last_day) FROM waiting))),
               -- For admins: Harvest, how far the set-up is.
               (SELECT md5((to_jsonb(a) - 'access_token')::text) FROM harvest_account a),
               (SELECT coalesce(md5(string_agg(s::text, '' ORDER BY s.step)), '-') FROM setup_step s),
               -- Kinds of leave and allowances.
               (SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t.leave_type)), '-') FROM leave_type t),
               (SELECT coalesce(md5(string_agg(o::text, '' ORDER BY o.leave_type)), '-') FROM person_allowance o WHERE o.user_id = $1),
               -- Their own leave.
               (SELECT coalesce(md5(string_agg(a::text, '' ORDER BY a.action_id)), '-') FROM pending_action a
                WHERE a.user_id = $1 AND a.awaits = 'approver' AND (a.state = 'pending' OR a.last_day >= $2)),
               (SELECT coalesce(md5(string_agg(r::text, '' ORDER BY r.record_id)), '-') FROM leave_record r
                WHERE r.user_id = $1 AND (r.leave_year >= $4 OR r.day >= $2)),
               -- Who is off, as colleagues may know it: days are decided when their request is.
               (SELECT coalesce(md5(string_agg((r.user_id, r.day, r.portion)::text, '' ORDER BY r.record_id)), '-') FROM leave_record r
                WHERE r.day BETWEEN $2 AND $3 AND r.state NOT IN ('pending', 'cancelled')),
               -- What waits for them, and who else is off around then.
               (SELECT coalesce(md5(string_agg(w.row, '' ORDER BY w.row)), '-') FROM waiting w),
               (SELECT coalesce(md5(string_agg((r.user_id, r.day, r.portion, r.state = 'pending')::text, '' ORDER BY r.record_id)), '-') FROM leave_record r
                WHERE r.state <> 'cancelled' AND r.day BETWEEN (SELECT min(first_day) FROM waiting) AND (SELECT max(last_day) FROM waiting)),
               -- Who everybody is; for admins, who has which approver.
               (SELECT coalesce(md5(string_agg((p.user_id, p.name, p.team, p.location, p.active,
                    CASE WHEN (SELECT is_admin FROM me) THEN (p.approver_id, p.is_admin)::text END)::text, '' ORDER BY p.user_id)), '-') FROM person p),
               -- What failed, for admins.
               (SELECT coalesce(md5(string_agg((a, e)::text, '' ORDER BY e.action_id, e.entry_key, e.first_day)), '-')
                FROM failed f
                JOIN service_entry e ON e.workspace_id = f.workspace_id AND e.action_id = f.action_id
                JOIN pending_action a ON a.workspace_id = e.workspace_id AND a.action_id = e.action_id),
               (SELECT coalesce(md5(string_agg(r::text, '' ORDER BY r.record_id)), '-')
                FROM failed f JOIN leave_record r ON r.workspace_id = f.workspace_id AND r.action_id = f.action_id)) AS "seen!"
           FROM workspace w LEFT JOIN enterprise e ON e.enterprise_id = w.enterprise_id LEFT JOIN me ON true
             LEFT JOIN home_view h ON h.workspace_id = w.workspace_id AND h.user_id = $1
           WHERE w.paused_at IS NULL"#,
        user.as_str(),
        first.to_sqlx() as _,
        last.to_sqlx() as _,
        i32::from(utc.year()) - 1,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| {
        let person = row.user_id.map(|user| Person {
            user,
            name: row.name.unwrap_or_default(),
            zone: zone(row.time_zone.as_deref().unwrap_or_default()),
            location: row.location,
            team: row.team,
            approver: row.approver_id,
            harvest_user: row.harvest_user_id.and_then(|id| u64::try_from(id).ok()),
            is_admin: row.is_admin.unwrap_or_default(),
            is_owner: row.is_owner.unwrap_or_default(),
            active: row.active.unwrap_or_default(),
        });
        // What another version built may be unreadable, and is built anew.
        let blocks = row
            .blocks
            .and_then(|blocks| serde_json::from_value(blocks).ok());
        Look {
            settings: read_settings(row.settings, tx.workspace()),
            token: row.token,
            scopes: row.scopes,
            from_token: row.from_token,
            is_set_up: row.is_set_up,
            status_is_on: row.status_is_on,
            person,
            waits: row.waits,
            approves: row.approves,
            failed: row.failed,
            seen: row.seen,
            pages: row
                .pages
                .and_then(|pages| serde_json::from_value(pages).ok())
                .unwrap_or_default(),
            cached: row
                .hash
                .zip(blocks)
                .map(|(hash, blocks)| Cached { hash, blocks }),
            fresh_at: row.fresh_at.map(jiff_sqlx::Timestamp::to_jiff),
        }
    }))
}

/// Keeps a view that was built and published.
pub(super) async fn save(
    tx: &mut TenantTx,
    user: &SlackUserId,
    hash: &str,
    pages: &Pages,
    blocks: &[SlackBlock],
) -> Result<(), sqlx::Error> {
    let json = |value: serde_json::Result<serde_json::Value>| {
        value.map_err(|error| sqlx::Error::Encode(error.into()))
    };
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO home_view (workspace_id, user_id, opened_at, published_at, hash, pages, blocks) VALUES ($1, $2, $3, $3, $4, $5, $6)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET published_at = excluded.published_at, hash = excluded.hash,
             pages = excluded.pages, blocks = excluded.blocks",
        workspace,
        user.as_str(),
        now.to_sqlx() as _,
        hash,
        json(serde_json::to_value(pages))?,
        json(serde_json::to_value(blocks))?,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
