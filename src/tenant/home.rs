//! Whose Home tab is open: whatever changes what somebody may be looking at promises to publish
//! it anew. What the tab shows is `workspace/home/`.

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use serde::{Deserialize, Serialize};

use crate::jobs::{self, Policy, Work};
use crate::platform::db::{Db, TenantTx};
use crate::platform::ids::SlackUserId;

/// A Home tab that was opened so long ago is nobody's to keep up to date; Slack asks for it again
/// when it is opened.
const FOLLOWED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// What was shown is forgotten when nobody has looked for so long.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Whoever presses Refresh again within this time is asked to wait, if there is nothing new.
pub const COOLDOWN: SignedDuration = SignedDuration::from_secs(60);

/// Job: publishes a person's Home tab.
#[derive(Debug, Serialize, Deserialize)]
pub struct PublishHome {
    /// Whose.
    pub user: SlackUserId,
    /// What for.
    #[serde(default)]
    pub why: Why,
}

/// Why a Home tab is published.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Something that it shows has changed.
    #[default]
    Changed,
    /// It was opened: every list begins at its first page.
    Opened,
    /// The person wants to know whether there is anything new.
    Refresh {
        /// Whether they were shown the newest less than [`COOLDOWN`] ago.
        soon: bool,
    },
    /// The person turned a page.
    Turn {
        /// Of which list.
        list: String,
        /// Its new page, from 0.
        page: usize,
    },
}

impl Work for PublishHome {
    const KIND: &'static str = "home.publish";
    const POLICY: Policy = Policy::UpTo(3);

    fn lane(&self) -> Option<String> {
        Some(format!("home:{}", self.user))
    }
}

/// Notes that somebody looks at their Home tab now.
pub async fn opened(tx: &mut TenantTx, user: &SlackUserId) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query!(
        "INSERT INTO home_view (workspace_id, user_id, opened_at) VALUES ($1, $2, $3)
         ON CONFLICT (workspace_id, user_id) DO UPDATE SET opened_at = excluded.opened_at",
        workspace,
        user.as_str(),
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Notes that somebody pressed Refresh. `true`: they were shown the newest less than [`COOLDOWN`]
/// ago, and the time runs on from then.
pub async fn refresh_is_soon(tx: &mut TenantTx, user: &SlackUserId) -> Result<bool, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let soon = sqlx::query_scalar!(
        r#"WITH before AS (SELECT coalesce(greatest(refreshed_at, published_at) > $4, false) AS soon FROM home_view WHERE user_id = $2)
           INSERT INTO home_view AS h (workspace_id, user_id, opened_at, refreshed_at) VALUES ($1, $2, $3, $3)
           ON CONFLICT (workspace_id, user_id) DO UPDATE SET opened_at = excluded.opened_at,
               refreshed_at = CASE WHEN greatest(h.refreshed_at, h.published_at) > $4 THEN h.refreshed_at ELSE excluded.refreshed_at END
           RETURNING coalesce((SELECT soon FROM before), false) AS "soon!""#,
        workspace,
        user.as_str(),
        now.to_sqlx() as _,
        (now - COOLDOWN).to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(soon)
}

/// Promises that the Home tabs of these people show what has changed, of those who opened theirs
/// within some days. A promise that waits already serves.
pub async fn follow(
    tx: &mut TenantTx,
    correlation_id: &str,
    users: &[SlackUserId],
) -> Result<(), sqlx::Error> {
    let since = tx.now() - FOLLOWED;
    let wanted: Vec<String> = users.iter().map(ToString::to_string).collect();
    let open = sqlx::query_scalar!(
        r#"SELECT user_id AS "user: SlackUserId" FROM home_view WHERE user_id = ANY($1) AND opened_at > $2 ORDER BY user_id"#,
        &wanted,
        since.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    for user in open {
        let publish = PublishHome {
            user,
            why: Why::Changed,
        };
        jobs::enqueue_unless_queued(tx, correlation_id, &publish).await?;
    }
    Ok(())
}

/// Forgets, in all workspaces, what was shown to those who have not looked for long.
pub async fn forget_old(db: &Db, now: Timestamp) -> Result<(), sqlx::Error> {
    let before = now - KEPT;
    sqlx::query!("SELECT forget_homes($1)", before.to_sqlx() as _)
        .execute(&db.across_workspaces().await?)
        .await?;
    Ok(())
}
