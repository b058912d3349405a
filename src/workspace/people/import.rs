//! Reading everybody from Slack: each page is a job of its own with its own commit.
//!
//! The row `people_import` says which page is next. A job that comes late, or a second time, finds that
//! its page is not the next one any more and does nothing. So whatever interrupts an import, it goes on
//! from the page after the last that was kept. Whom it adds is settled when it begins: another limit is
//! another import, which takes the place of the one under way.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::progress::{self, ShowImport};
use super::store::{self, Import, OnlyMembers, Phase};
use crate::clients::harvest::User;
use crate::clients::slack::SlackError;
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, SlackUserId};
use crate::services::Services;
use crate::tenant::store::{self as directory, Actor, Adds, Saved};
use crate::tenant::{Integrations, Messenger, PeopleFrom, Settings};
use crate::workspace::harvest_users::match_by_email;

/// How long a stopped import can be continued; after that everybody is read from the beginning.
const CONTINUES_FOR: SignedDuration = SignedDuration::from_hours(24);
/// After how long an import that Slack did not let go on is tried again by itself.
const TRIED_AGAIN_AFTER: SignedDuration = SignedDuration::from_hours(6);
/// How often its progress is shown. <https://docs.slack.dev/apis/web-api/rate-limits#tier_t3>
const SHOWN_EVERY: SignedDuration = SignedDuration::from_secs(1);

/// Job: reads the next page of people from Slack.
#[derive(Debug, Serialize, Deserialize)]
pub struct ImportPeople {
    /// Which; `None`: an import is to begin.
    #[serde(default)]
    page: Option<i64>,
}

impl Work for ImportPeople {
    const KIND: &'static str = "workspace.import_people";
    // Of each page; Slack may ask to wait several times.
    const POLICY: Policy = Policy::UpTo(8);

    fn lane(&self) -> Option<String> {
        Some("people".to_owned())
    }
}

/// Job: tries an import again that stopped a while ago.
#[derive(Debug, Serialize, Deserialize)]
pub struct ResumeImport {
    /// Where it stopped: if it stands elsewhere now, somebody was quicker.
    page: i64,
}

impl Work for ResumeImport {
    const KIND: &'static str = "workspace.resume_import";
    const POLICY: Policy = Policy::UpTo(8);

    // Not that of the pages: it waits for hours, and they would wait behind it.
    fn lane(&self) -> Option<String> {
        Some("people:resume".to_owned())
    }
}

/// Runs [`ResumeImport`].
pub async fn resume(services: &Services, job: &Job) -> Result<(), JobError> {
    let ResumeImport { page } = job.work()?;
    let mut tx = begin(services, job).await?;
    let import = store::lock_import(&mut tx).await?;
    if import.is_some_and(|it| it.page == page && it.phase == Phase::Stopped) {
        begin_import(&mut tx, &job.correlation_id, None).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What became of the wish to read everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// From the beginning.
    Anew,
    /// From where an earlier import stopped.
    Continued,
    /// An import is under way already, and shows its progress to this person too.
    Joined,
}

/// Promises that everybody is read from Slack, and that `watcher` sees how far it is in a direct
/// message. Of several wishes at once one import comes.
pub async fn begin_import(
    tx: &mut TenantTx,
    correlation_id: &str,
    watcher: Option<&SlackUserId>,
) -> Result<Begun, sqlx::Error> {
    store::prepare_import(tx).await?;
    let Some(before) = store::lock_import(tx).await? else {
        return Err(sqlx::Error::RowNotFound);
    };
    let settings = settings(tx).await?;
    let limit = limit(&settings);
    let adds_the_same = before.only.as_ref().map(|it| &it.of) == limit;
    let goes_on = before.phase.is_under_way()
        && store::is_promised(tx, ImportPeople::KIND, before.page).await?;
    let begun = if goes_on && adds_the_same {
        Begun::Joined
    } else {
        let stopped = before
            .stopped_in
            .or(Some(before.phase))
            .filter(|phase| phase.is_under_way());
        let is_recent = before.begun_at + CONTINUES_FOR > tx.now();
        if stopped.is_some() && is_recent && adds_the_same {
            Begun::Continued
        } else {
            Begun::Anew
        }
    };
    let mut import = match begun {
        Begun::Joined => before.clone(),
        Begun::Continued => Import {
            phase: before.stopped_in.unwrap_or(before.phase),
            page: before.page + 1,
            ..before.clone()
        },
        // The next page's number: the pages of the import that it follows do not fit any more.
        Begun::Anew => {
            let mut import = anew(before.page + 1, limit, tx.now());
            if goes_on {
                // It takes its place, also in the messages of those who watch it.
                import.begun_at = before.begun_at;
                import.watchers.clone_from(&before.watchers);
            }
            import
        }
    };
    import.stopped_in = None;
    import.stopped_why = None;
    import.ended_at = None;
    if begun == Begun::Continued {
        import.watchers.clear();
    }
    if let Some(watcher) = watcher
        && !import.watchers.iter().any(|it| it == watcher.as_str())
    {
        import.watchers.push(watcher.to_string());
    }
    store::save_import(tx, before.page, &import).await?;
    if let Some(user) = watcher {
        let user = user.clone();
        jobs::enqueue(tx, correlation_id, &ShowImport { user }).await?;
    }
    if begun != Begun::Joined {
        let page = Some(import.page);
        jobs::enqueue(tx, correlation_id, &ImportPeople { page }).await?;
    }
    Ok(begun)
}

/// An import from the beginning.
fn anew(page: i64, limit: Option<&ChannelId>, begun_at: Timestamp) -> Import {
    Import {
        page,
        phase: match limit {
            Some(_) => Phase::Members,
            None => Phase::People,
        },
        cursor: String::new(),
        stopped_in: None,
        stopped_why: None,
        begun_anew: false,
        only: limit.map(|channel| OnlyMembers {
            of: channel.clone(),
            known: Vec::new(),
        }),
        begun_at,
        ended_at: None,
        watchers: Vec::new(),
        saved: Saved::default(),
        harvest_asked: false,
        harvest_error: None,
        shown_at: None,
    }
}

/// Reads everybody again if a change of the settings changes who is added; the settings are saved
/// already. `None`: it does not.
pub async fn follow_limit(
    tx: &mut TenantTx,
    correlation_id: &str,
    from: &Settings,
    to: &Settings,
    watcher: Option<&SlackUserId>,
) -> Result<Option<Begun>, sqlx::Error> {
    if limit(from) == limit(to) {
        return Ok(None);
    }
    begin_import(tx, correlation_id, watcher).await.map(Some)
}

async fn settings(tx: &mut TenantTx) -> Result<Settings, sqlx::Error> {
    let workspace = directory::workspace(tx).await?;
    Ok(workspace.map(|it| it.settings).unwrap_or_default())
}

/// The channel whose members alone are added, if there is such a limit.
fn limit(settings: &Settings) -> Option<&ChannelId> {
    match settings.people_from {
        PeopleFrom::Everyone => None,
        PeopleFrom::LeaveChannel => settings.leave_channel.as_ref(),
    }
}

/// Runs [`ImportPeople`].
pub async fn import(services: &Services, job: &Job) -> Result<(), JobError> {
    let ImportPeople { page } = job.work()?;
    let mut tx = begin(services, job).await?;
    let Some(page) = page else {
        begin_import(&mut tx, &job.correlation_id, None).await?;
        tx.commit().await?;
        return Ok(());
    };
    let import = store::last_import(&mut tx).await?;
    tx.rollback().await?;
    let Some(import) = import.filter(|it| it.page == page && it.phase.is_under_way()) else {
        // It was read before, or another import took over.
        return Ok(());
    };
    match import.phase {
        Phase::Members => read_members(services, job, import).await,
        Phase::People => read_people(services, job, import).await,
        _ => find_in_harvest(services, job, import).await,
    }
}

async fn begin(services: &Services, job: &Job) -> Result<TenantTx, sqlx::Error> {
    let now = services.clock.now();
    services.db.begin(&job.workspace, now).await
}

/// A page of those who are in the leave channel.
async fn read_members(services: &Services, job: &Job, mut import: Import) -> Result<(), JobError> {
    let Some(channel) = import.only.as_ref().map(|it| it.of.clone()) else {
        return Err(JobError::for_good(
            "an import without a limit has no members to read",
        ));
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    let read = services
        .slack
        .channel_members_page(messenger.token(), &channel, &import.cursor)
        .await;
    let (members, next) = match read {
        Ok(page) => page,
        Err(error) if is_forgotten(&error, &import) => {
            if let Some(only) = &mut import.only {
                only.known.clear();
            }
            return begin_anew(services, job, import).await;
        }
        Err(error) if error.again == Again::No => {
            tracing::warn!(%error, "cannot see who is in the leave channel");
            let why = format!(
                "I cannot see who is in <#{channel}>. Please invite me there (`/invite`), and read again."
            );
            return stop(services, job, import, why).await;
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(only) = &mut import.only {
        only.known.extend(members.iter().map(ToString::to_string));
    }
    import.cursor = next.unwrap_or_default();
    if import.cursor.is_empty() {
        import.phase = Phase::People;
    }
    keep(services, job, begin(services, job).await?, import).await
}

/// A page of everybody.
async fn read_people(services: &Services, job: &Job, mut import: Import) -> Result<(), JobError> {
    let messenger = Messenger::of(services, &job.workspace).await?;
    let read = services
        .slack
        .users_page(messenger.token(), &job.workspace, &import.cursor)
        .await;
    let page = match read {
        Ok(page) => page,
        Err(error) if is_forgotten(&error, &import) => {
            import.saved.people = 0;
            return begin_anew(services, job, import).await;
        }
        Err(error) => return Err(error.into()),
    };
    let mut tx = begin(services, job).await?;
    let only: Option<HashSet<&String>> = import.only.as_ref().map(|it| it.known.iter().collect());
    let in_channel: Vec<SlackUserId> = match &only {
        None => Vec::new(),
        Some(only) => page
            .members
            .iter()
            .filter(|member| only.contains(&member.id.to_string()))
            .map(|member| member.id.clone())
            .collect(),
    };
    let adds = match only {
        None => Adds::Everybody,
        Some(_) => Adds::Only(&in_channel),
    };
    let saved = directory::save_members(&mut tx, &page.members, adds).await?;
    directory::note_told(&mut tx, &page.unread).await?;
    let so_far = &mut import.saved;
    so_far.people += saved.people;
    so_far.added += saved.added;
    so_far.deactivated += saved.deactivated;
    so_far.returned += saved.returned;
    import.cursor = page.next.unwrap_or_default();
    if import.cursor.is_empty() {
        // A list without anybody is a mistake of Slack's.
        if import.saved.people > 0 {
            import.saved.deactivated += directory::who_left(&mut tx, import.begun_at).await?;
        }
        import.phase = Phase::Harvest;
    }
    keep(services, job, tx, import).await
}

/// The end: who is who in Harvest. An import without it is good all the same.
async fn find_in_harvest(
    services: &Services,
    job: &Job,
    mut import: Import,
) -> Result<(), JobError> {
    let mut tx = begin(services, job).await?;
    let integrations = Integrations::of(&mut tx, services).await?;
    tx.rollback().await?;
    let users: Option<Result<Vec<User>, String>> = match integrations.harvest {
        None => None,
        Some(link) => Some(match link.client {
            Ok(harvest) => harvest.users().await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }),
    };
    let mut tx = begin(services, job).await?;
    import.harvest_asked = users.is_some();
    match users {
        None => {}
        Some(Ok(users)) => drop(match_by_email(&mut tx, &users, Actor::System).await?),
        Some(Err(why)) => import.harvest_error = Some(why),
    }
    import.phase = Phase::Done;
    import.ended_at = Some(tx.now());
    keep(services, job, tx, import).await
}

/// Whether Slack no longer takes the cursor, for the first time in this import.
fn is_forgotten(error: &SlackError, import: &Import) -> bool {
    error.code == "invalid_cursor" && !import.begun_anew && !import.cursor.is_empty()
}

/// Reads the list of this phase from its beginning, once.
async fn begin_anew(services: &Services, job: &Job, mut import: Import) -> Result<(), JobError> {
    import.begun_anew = true;
    import.cursor.clear();
    keep(services, job, begin(services, job).await?, import).await
}

/// Commits what a page came to together with the promise of the next one, and shows it.
async fn keep(
    services: &Services,
    job: &Job,
    mut tx: TenantTx,
    mut import: Import,
) -> Result<(), JobError> {
    let page = import.page;
    let now = tx.now();
    import.page += 1;
    let is_due = import
        .shown_at
        .is_none_or(|shown_at| shown_at + SHOWN_EVERY <= now);
    let is_shown = is_due && import.phase.is_under_way() && !import.watchers.is_empty();
    if is_shown {
        import.shown_at = Some(now);
    }
    // Who joined meanwhile is kept.
    let Some(current) = store::lock_import(&mut tx).await? else {
        return Ok(());
    };
    import.watchers.clone_from(&current.watchers);
    if !store::save_import(&mut tx, page, &import).await? {
        tx.rollback().await?;
        return Ok(());
    }
    if import.phase.is_under_way() {
        let page = Some(import.page);
        jobs::enqueue(&mut tx, &job.correlation_id, &ImportPeople { page }).await?;
    } else {
        tell_watchers(&mut tx, &job.correlation_id, &import).await?;
    }
    tx.commit().await?;
    if is_shown {
        progress::update(services, job, &import).await;
    }
    Ok(())
}

/// Ends an import that cannot go on by itself.
async fn stop(services: &Services, job: &Job, import: Import, why: String) -> Result<(), JobError> {
    let mut tx = begin(services, job).await?;
    stop_in(&mut tx, &job.correlation_id, import, why).await?;
    tx.commit().await?;
    Ok(())
}

async fn stop_in(
    tx: &mut TenantTx,
    correlation_id: &str,
    mut import: Import,
    why: String,
) -> Result<(), sqlx::Error> {
    let page = import.page;
    import.stopped_in = Some(import.phase);
    import.phase = Phase::Stopped;
    import.stopped_why = Some(why);
    import.ended_at = Some(tx.now());
    if store::save_import(tx, page, &import).await? {
        tell_watchers(tx, correlation_id, &import).await?;
    }
    Ok(())
}

async fn tell_watchers(
    tx: &mut TenantTx,
    correlation_id: &str,
    import: &Import,
) -> Result<(), sqlx::Error> {
    for user in store::watchers(import) {
        jobs::enqueue(tx, correlation_id, &ShowImport { user }).await?;
    }
    Ok(())
}

/// Says that an import stopped, and promises to try again: where the people are not known yet,
/// nobody is there who could.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let ImportPeople { page } = job.work()?;
    let import = store::lock_import(tx).await?;
    let stopped = import.filter(|it| Some(it.page) == page && it.phase.is_under_way());
    if let Some(import) = stopped {
        let page = import.page;
        let hours = TRIED_AGAIN_AFTER.as_hours();
        let why = format!("Slack did not let me go on. I try again by myself in {hours} hours.");
        stop_in(tx, &job.correlation_id, import, why).await?;
        let again = tx.now() + TRIED_AGAIN_AFTER;
        jobs::enqueue_at(tx, &job.correlation_id, &ResumeImport { page }, again).await?;
    }
    Ok(())
}
