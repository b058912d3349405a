//! Who is off, told to a channel: daily and weekly.
//!
//! `due.rs` says when (pure), `content.rs` what. A digest is taken on by writing its row together
//! with the job that posts it, so that there is one of it however many schedules look; the job
//! finds its own message again by the message's key. While it is still news, it follows when leave
//! is booked or cancelled.

mod content;
mod due;

use jiff::civil::Time;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::notified::{Digest, DigestKind, Posting};
use super::{posting, store};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, WorkspaceId};
use crate::services::Services;
use crate::tenant::model::zone;
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Settings};
use due::Due;

const CORRELATION: &str = "schedule";

/// Job: posts a digest.
#[derive(Debug, Serialize, Deserialize)]
pub struct PostDigest {
    /// Which.
    #[serde(flatten)]
    pub digest: Digest,
    /// When it is too late for it.
    pub until: Timestamp,
}

impl Work for PostDigest {
    const KIND: &'static str = "leave.post_digest";
    // For as long as it is news: `until` ends it.
    const POLICY: Policy = Policy::UpTo(200);

    fn lane(&self) -> Option<String> {
        Some(key(self.digest))
    }
}

/// Job: brings a digest up to date, if it was posted.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshDigest {
    /// Which.
    #[serde(flatten)]
    pub digest: Digest,
}

impl Work for RefreshDigest {
    const KIND: &'static str = "leave.refresh_digest";
    const POLICY: Policy = Policy::UpTo(8);

    fn lane(&self) -> Option<String> {
        Some(key(self.digest))
    }
}

fn key(digest: Digest) -> String {
    format!("digest:{}:{}", digest.kind.as_str(), digest.day)
}

/// One round of the schedule for a workspace: takes on the digests that are due. Returns how many.
pub async fn send(services: &Services, workspace: &WorkspaceId) -> Result<usize, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(0);
    };
    let settings = &workspace.settings;
    if settings.digest_channel.is_none()
        || (settings.daily_digest_at.is_none() && settings.weekly_digest_at.is_none())
    {
        return Ok(0);
    }
    let mut promised = 0;
    for due in due_now(&mut tx, settings).await? {
        promised += usize::from(take_on(&mut tx, settings, &due).await?);
    }
    tx.commit().await?;
    Ok(promised)
}

/// The digests whose time it is and that nobody took on.
async fn due_now(tx: &mut TenantTx, settings: &Settings) -> Result<Vec<Due>, sqlx::Error> {
    let (now, zone) = (tx.now(), zone(&settings.zone));
    let today = now.to_zoned(zone.clone()).date();
    let calendar = store::calendars(tx, settings, today, today)
        .await?
        .of_workspace();
    let week = calendar.week_on(today);
    let daily = |at: Time| due::daily(now, &zone, at, week.ends_at);
    let weekly = |at: Time| {
        let weekday = settings.weekly_digest_on.into();
        due::weekly(now, &zone, at, weekday, &week)
    };
    let mut due: Vec<Due> = [
        settings.daily_digest_at.and_then(daily),
        settings.weekly_digest_at.and_then(weekly),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !due.is_empty() {
        let taken = store::digests_since(tx, today.saturating_sub(7.days())).await?;
        due.retain(|due| !due::is_taken(due.digest, &taken));
    }
    Ok(due)
}

/// Takes a digest on, if nobody else does at this moment. `false`: nothing is posted.
async fn take_on(tx: &mut TenantTx, settings: &Settings, due: &Due) -> Result<bool, sqlx::Error> {
    let reads = match due.digest.kind {
        DigestKind::Daily => content::somebody_works(tx, settings, due.today).await?,
        DigestKind::Weekly => {
            let chosen = due.today.weekday() == settings.weekly_digest_on.into();
            let free = {
                let calendar = store::calendars(tx, settings, due.today, due.today).await?;
                let week = calendar.of_workspace().week_on(due.today);
                week.works(due.today).is_none()
            };
            // Whoever chose a Sunday wants it on a Sunday. A Monday that is a holiday waits for
            // the Tuesday.
            let wanted = chosen && free;
            if !wanted && !content::somebody_works(tx, settings, due.today).await? {
                return Ok(false);
            }
            true
        }
    };
    // A day without work is taken on too, and stays silent.
    if !store::claim_digest(tx, due.digest).await? || !reads {
        return Ok(false);
    }
    let post = PostDigest {
        digest: due.digest,
        until: due.until,
    };
    jobs::enqueue(tx, CORRELATION, &post).await?;
    Ok(true)
}

/// Promises that the digests that are still news show leave as it is now.
pub(super) async fn follow(
    tx: &mut TenantTx,
    correlation_id: &str,
    settings: &Settings,
) -> Result<(), sqlx::Error> {
    let today = tx.now().to_zoned(zone(&settings.zone)).date();
    // A week lasts until six days after its first.
    for digest in store::digests_since(tx, today.saturating_sub(6.days())).await? {
        if digest.kind == DigestKind::Weekly || digest.day == today {
            jobs::enqueue(tx, correlation_id, &RefreshDigest { digest }).await?;
        }
    }
    Ok(())
}

/// What a digest says now, and the channel that it belongs into.
async fn written(
    services: &Services,
    job: &Job,
    digest: Digest,
) -> Result<Option<(content::Content, Option<ChannelId>)>, JobError> {
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(None);
    };
    let content = content::content(&mut tx, &workspace.settings, digest).await?;
    tx.rollback().await?;
    Ok(Some((content, workspace.settings.digest_channel)))
}

/// Runs [`PostDigest`].
pub async fn post(services: &Services, job: &Job) -> Result<(), JobError> {
    let PostDigest { digest, until } = job.work()?;
    let Some((content, channel)) = written(services, job, digest).await? else {
        return Ok(());
    };
    let Some(channel) = channel else {
        return Ok(());
    };
    let late = services.clock.now() >= until;
    posting::post(
        services,
        job,
        Posting::Digest,
        &channel,
        &key(digest),
        &content.message,
        content.empty || late,
    )
    .await
}

/// Runs [`RefreshDigest`].
pub async fn refresh(services: &Services, job: &Job) -> Result<(), JobError> {
    let RefreshDigest { digest } = job.work()?;
    let Some((content, _)) = written(services, job, digest).await? else {
        return Ok(());
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    messenger
        .update(&key(digest), &content.message, false)
        .await
}
