//! Leave as somebody's Slack status, for those who let the app set it.
//!
//! `wanted.rs` says what should be seen at an instant (pure). The schedule compares that with the
//! row of the person; a change of the row is a conditional update, and the job that tells Slack is
//! promised with it. The job looks before it writes: a status that the person set is left alone,
//! and nothing but ours is taken down. As Slack takes ours down by itself when leave ends, it is
//! right even when nobody is there to do so.
//!
//! The words are the same for every kind of leave.

mod wanted;

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::model::{ActionState, Portion};
use super::notified::{LeaveStatus, StatusState, StatusText};
use super::request;
use super::store::{self, Absence, Attempt};
use crate::clients::blocks::{SlackBlock, button, confirm, section, section_with_button};
use crate::clients::slack::{Message, ProfileStatus, SlackError};
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::platform::again::Again;
use crate::platform::config::Secret;
use crate::platform::db::TenantTx;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::{self as directory, UserToken};
use crate::tenant::{Person, Settings};

const CORRELATION: &str = "schedule";

/// Beside the words, for every kind of leave.
const EMOJI: &str = ":wave:";

/// After how long somebody's own status is looked at again, if it does not end before.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(12);

/// The button that ends it.
pub const STOP: &str = "leave.status_stop";

/// Job: brings somebody's status in Slack to what it should be.
#[derive(Debug, Serialize, Deserialize)]
pub struct FollowStatus {
    /// Whose.
    pub user: SlackUserId,
}

impl Work for FollowStatus {
    const KIND: &'static str = "leave.follow_status";
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(lane(&self.user))
    }
}

/// Job: takes the app's status down, and gives back the right to set one.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndStatus {
    /// Whose.
    pub user: SlackUserId,
    /// When the right was given: one that is given anew is not given back.
    pub granted_at: Timestamp,
}

impl Work for EndStatus {
    const KIND: &'static str = "leave.end_status";
    const POLICY: Policy = Policy::UpTo(20);

    fn lane(&self) -> Option<String> {
        Some(lane(&self.user))
    }
}

fn lane(user: &SlackUserId) -> String {
    format!("status:{user}")
}

/// One round of the schedule for a workspace. Returns how many statuses are to change.
pub async fn look(services: &Services, workspace: &WorkspaceId) -> Result<usize, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(0);
    };
    let users = store::people_with_status(&mut tx).await?;
    let mut changed = 0;
    for (user, wanted) in wanted_by(&mut tx, &workspace.settings, users).await? {
        if reconcile(&mut tx, &user, wanted.as_ref()).await? {
            jobs::enqueue(&mut tx, CORRELATION, &FollowStatus { user }).await?;
            changed += 1;
        }
    }
    tx.commit().await?;
    Ok(changed)
}

/// What each of these people's statuses should say now.
async fn wanted_by(
    tx: &mut TenantTx,
    settings: &Settings,
    users: Vec<SlackUserId>,
) -> Result<Vec<(SlackUserId, Option<StatusText>)>, sqlx::Error> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now();
    let utc = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let first = utc.saturating_sub((wanted::BACK + 1).days());
    let last = utc.saturating_add((wanted::AHEAD + 1).days());
    let people = directory::active_people(tx).await?;
    let calendars = store::calendars(tx, settings, first, last).await?;
    let absences = store::absences(tx, first, last, None).await?;
    let wanted = |user: SlackUserId| {
        let person: Option<&Person> = people.iter().find(|person| person.user == user);
        let wanted = person.and_then(|person| {
            let days = days_of(&absences, &user);
            wanted::wanted(&days, &calendars.of(person), &person.zone, now)
        });
        (user, wanted)
    };
    Ok(users.into_iter().map(wanted).collect())
}

/// Somebody's days of approved leave; two halves make a day.
fn days_of(absences: &[Absence], user: &SlackUserId) -> BTreeMap<Date, Portion> {
    let mut days = BTreeMap::new();
    for absence in absences {
        if absence.user == *user && absence.state != ActionState::Pending {
            days.entry(absence.day)
                .and_modify(|portion| *portion = Portion::Full)
                .or_insert(absence.portion);
        }
    }
    days
}

/// Notes what is to be done about a status. `false`: nothing, or somebody is at it.
async fn reconcile(
    tx: &mut TenantTx,
    user: &SlackUserId,
    wanted: Option<&StatusText>,
) -> Result<bool, sqlx::Error> {
    match wanted {
        Some(wanted) => store::want_status(tx, user, wanted).await,
        None => store::want_no_status(tx, user).await,
    }
}

/// Promises that the status of somebody whose leave changed follows at once, if they want one.
pub(super) async fn follow(
    tx: &mut TenantTx,
    correlation_id: &str,
    user: &SlackUserId,
) -> Result<(), sqlx::Error> {
    if directory::user_token(tx, user).await?.is_some() {
        let user = user.clone();
        jobs::enqueue(tx, correlation_id, &FollowStatus { user }).await?;
    }
    Ok(())
}

/// Whether the app sets somebody's status.
pub async fn is_on(tx: &mut TenantTx, user: &SlackUserId) -> Result<bool, sqlx::Error> {
    let ending = store::leave_status(tx, user)
        .await?
        .is_some_and(|status| status.state == StatusState::Ending);
    Ok(!ending && directory::user_token(tx, user).await?.is_some())
}

/// What the reminder of the day before says about it.
pub(super) async fn note(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Option<String>, sqlx::Error> {
    let on = is_on(tx, user).await?;
    Ok(on.then(|| {
        "Your Slack status will say that you are away, unless you set one yourself.".to_owned()
    }))
}

/// The offer to show leave as Slack status, or the way to end that if it [`is_on`]. `link` is where
/// consent is given; without one nothing is offered.
pub fn blocks(is_on: bool, link: Option<&str>) -> Vec<SlackBlock> {
    if is_on {
        return vec![running()];
    }
    link.map(offer).into_iter().collect()
}

/// It is on, and can be stopped.
pub(crate) fn running() -> SlackBlock {
    let stop = confirm(
        button(STOP, "Stop", "stop"),
        "Stop showing your leave?",
        "Your Slack status becomes yours alone again, and I give back the right to set it.",
        "Stop",
        "Keep showing it",
    );
    section_with_button(
        "*Slack status*: while you are on leave, yours says that you are away.",
        stop,
    )
}

/// It can be had at this address.
fn offer(link: &str) -> SlackBlock {
    section(&format!(
        "<{link}|Show my leave as my Slack status>: “Away, back on …”, for as long as you are on leave; never the kind of leave, and never over a status that you set."
    ))
}

/// Stop was pressed.
pub async fn stop(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    let user = pressed.user.clone();
    let token = directory::user_token(&mut cx.tx, &user).await?;
    if let Some(token) = token {
        store::end_status(&mut cx.tx, &user).await?;
        cx.enqueue(&EndStatus {
            user,
            granted_at: token.granted_at,
        })
        .await?;
    }
    let text = "Your leave is not shown as your Slack status any more.".to_owned();
    request::tell_presser(cx, &pressed, text).await
}

/// What a job about somebody's status works with.
struct Held {
    status: LeaveStatus,
    token: UserToken,
}

/// Runs [`FollowStatus`].
pub async fn run(services: &Services, job: &Job) -> Result<(), JobError> {
    let FollowStatus { user } = job.work()?;
    let Some(Held { status, token }) = held(services, job, &user).await? else {
        return Ok(());
    };
    let secret = opened(services, &token)?;
    let done = match (status.state, &status.wanted) {
        (StatusState::Setting, Some(wanted)) => set(services, &secret, &status, wanted)
            .await
            .map(|attempt| (attempt, Some(wanted))),
        (StatusState::Clearing, _) => clear(services, &secret, &status)
            .await
            .map(|()| (Attempt::TooLate, None)),
        _ => return Ok(()),
    };
    let now = services.clock.now();
    match done {
        Ok((attempt, wanted)) => {
            let mut tx = services.db.begin(&job.workspace, now).await?;
            if let Some(wanted) = wanted {
                store::note_attempt(&mut tx, &user, wanted, attempt).await?;
            } else {
                let (from, to) = (StatusState::Clearing, StatusState::Cleared);
                store::change_status(&mut tx, &user, from, to).await?;
            }
            tx.commit().await?;
            Ok(())
        }
        Err(error) if is_dead(&error) => forget(services, job, &user, &token, &error).await,
        Err(error) => Err(error.into()),
    }
}

/// Notes what is to be done by now, and gives what it takes. `None`: nothing is to be done.
async fn held(
    services: &Services,
    job: &Job,
    user: &SlackUserId,
) -> Result<Option<Held>, JobError> {
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(None);
    };
    let Some(token) = directory::user_token(&mut tx, user).await? else {
        // Taken back elsewhere: what is left of it ends by itself.
        store::forget_status(&mut tx, user).await?;
        tx.commit().await?;
        return Ok(None);
    };
    for (user, wanted) in wanted_by(&mut tx, &workspace.settings, vec![user.clone()]).await? {
        reconcile(&mut tx, &user, wanted.as_ref()).await?;
    }
    let status = store::leave_status(&mut tx, user).await?;
    tx.commit().await?;
    Ok(status.map(|status| Held { status, token }))
}

fn opened(services: &Services, token: &UserToken) -> Result<Secret, JobError> {
    let opened = services.keyring.decrypt(&token.encrypted);
    opened
        .map(Secret::new)
        .map_err(|error| JobError::for_good(error.to_string()))
}

fn is_ours(there: &ProfileStatus, status: &LeaveStatus) -> bool {
    let wanted = status.wanted.as_ref().map(|wanted| wanted.text.as_str());
    there.emoji == EMOJI && [wanted, status.ours.as_deref()].contains(&Some(there.text.as_str()))
}

async fn set(
    services: &Services,
    token: &Secret,
    status: &LeaveStatus,
    wanted: &StatusText,
) -> Result<Attempt, SlackError> {
    let now = services.clock.now();
    if wanted.ends_at <= now {
        return Ok(Attempt::TooLate);
    }
    let there = services.slack.profile_status(token).await?;
    if !there.is_empty() && !is_ours(&there, status) {
        let look = there
            .ends_at()
            .filter(|end| *end > now)
            .map_or(now + LOOK_AGAIN, |end| end.min(now + LOOK_AGAIN));
        return Ok(Attempt::LeftAlone(look));
    }
    let ours = ProfileStatus::new(&wanted.text, EMOJI, wanted.ends_at);
    services.slack.set_profile_status(token, &ours).await?;
    Ok(Attempt::Set)
}

async fn clear(
    services: &Services,
    token: &Secret,
    status: &LeaveStatus,
) -> Result<(), SlackError> {
    let there = services.slack.profile_status(token).await?;
    if is_ours(&there, status) {
        let empty = ProfileStatus::default();
        services.slack.set_profile_status(token, &empty).await?;
    }
    Ok(())
}

/// Whether a token is of no use any more.
/// <https://docs.slack.dev/reference/methods/users.profile.set#errors>
fn is_dead(error: &SlackError) -> bool {
    [
        "account_inactive",
        "invalid_auth",
        "missing_scope",
        "not_allowed_token_type",
        "token_expired",
        "token_revoked",
    ]
    .contains(&error.code.as_str())
}

/// Forgets a token that is of no use any more, and tells the person once.
async fn forget(
    services: &Services,
    job: &Job,
    user: &SlackUserId,
    token: &UserToken,
    error: &SlackError,
) -> Result<(), JobError> {
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    if directory::erase_user_token(&mut tx, user, token.granted_at).await? {
        store::forget_status(&mut tx, user).await?;
        let text = "Slack does not let me set your status any more, so I stopped showing your leave there. My Home tab has the link to switch it on again.";
        if error.code != "account_inactive" {
            let tell = TellPrivately {
                user: user.clone(),
                place: Privately::Dm,
                message: Message::plain(text),
            };
            jobs::enqueue(&mut tx, &job.correlation_id, &tell).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Runs [`EndStatus`].
pub async fn end(services: &Services, job: &Job) -> Result<(), JobError> {
    let EndStatus { user, granted_at } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let status = store::leave_status(&mut tx, &user).await?;
    let token = directory::user_token(&mut tx, &user).await?;
    tx.rollback().await?;
    if let (Some(token), Some(status)) = (token, status)
        && token.granted_at == granted_at
    {
        let secret = opened(services, &token)?;
        let ended = async {
            clear(services, &secret, &status).await?;
            services.slack.revoke(&secret).await
        };
        match ended.await {
            Err(error) if error.again != Again::No => return Err(error.into()),
            Err(error) => tracing::warn!(%error, "a token is forgotten without being revoked"),
            Ok(()) => {}
        }
    }
    let mut tx = services.db.begin(&job.workspace, now).await?;
    ended(&mut tx, &user, granted_at).await?;
    tx.commit().await?;
    Ok(())
}

async fn ended(
    tx: &mut TenantTx,
    user: &SlackUserId,
    granted_at: Timestamp,
) -> Result<(), sqlx::Error> {
    directory::erase_user_token(tx, user, granted_at).await?;
    store::forget_status(tx, user).await
}

/// Whatever Slack says: who wants it no more is believed.
pub async fn end_gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let EndStatus { user, granted_at } = job.work()?;
    Ok(ended(tx, &user, granted_at).await?)
}

/// The schedule tries again later.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let FollowStatus { user } = job.work()?;
    let later = tx.now() + SignedDuration::from_hours(1);
    let status = store::leave_status(tx, &user).await?;
    if let Some(LeaveStatus {
        state: StatusState::Setting,
        wanted: Some(wanted),
        ..
    }) = &status
    {
        store::note_attempt(tx, &user, wanted, Attempt::LeftAlone(later)).await?;
    }
    let (from, to) = (StatusState::Clearing, StatusState::Set);
    store::change_status(tx, &user, from, to).await?;
    Ok(())
}
