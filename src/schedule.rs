//! What the clock starts: once a minute, in every workspace.

use std::time::{Duration, Instant};

use serde::Serialize;
use tracing::{Instrument, error, info, info_span};

use crate::admin;
use crate::jobs::{self, Runner};
use crate::leave::{self, channel, day_before, digest, reminders, status, sync};
use crate::routes::bot_scopes;
use crate::services::Services;
use crate::tenant::{home, messages, store};
use crate::workspace::install::{orgs, retention, scopes};
use crate::workspace::setup;

/// A round that has less time than this left does not begin with another workspace.
const ENOUGH: Duration = Duration::from_secs(3);

/// What a round did and found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Round {
    /// The schema is older than this version: nothing was done.
    pub waiting_for_migration: bool,
    /// Interrupted jobs that may not run again, whose people are told.
    pub abandoned_jobs: usize,
    /// Leave that was on its way to a service with nobody at work on it.
    pub interrupted_syncs: usize,
    /// Proposals that nobody answered in time.
    pub expired_proposals: usize,
    /// Approvers who are reminded.
    pub reminders: usize,
    /// Admins who are asked to set their workspace up.
    pub greetings: usize,
    /// Organizations whose workspaces were read.
    pub organizations: usize,
    /// People who are told of missing permissions.
    pub missing_permissions: usize,
    /// Workspaces that removed the app and whose data was deleted.
    pub deleted_workspaces: usize,
    /// Digests of who is off that are posted.
    pub digests: usize,
    /// People who are reminded of their own leave.
    pub days_before: usize,
    /// People whose status in Slack is to change.
    pub statuses: usize,
    /// Workspaces that were looked at.
    pub workspaces: usize,
    /// Workspaces that the next round has to look at, because the time was up or something failed.
    pub workspaces_left: usize,
    /// Steps that failed; the log has the reasons.
    pub failures: usize,
    /// Jobs that were run.
    pub jobs: usize,
    /// Requests with leave that waits for a person to send it to a service again.
    pub failed_syncs: i64,
    /// How long the oldest due job has been waiting, in seconds.
    pub oldest_waiting_job: f64,
}

/// The steps of a round: each gets the time that is left, and none stops the others.
struct Steps {
    begun: Instant,
    time: Duration,
    failures: usize,
}

impl Steps {
    fn left(&self) -> Duration {
        self.time.saturating_sub(self.begun.elapsed())
    }

    /// What a step gives, unless it fails or its time is up: then the log says `what`.
    async fn take<T>(
        &mut self,
        what: &str,
        step: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Option<T> {
        match tokio::time::timeout(self.left(), step).await {
            Ok(Ok(done)) => return Some(done),
            Ok(Err(error)) => error!(%error, "{what}"),
            Err(_) => error!("{what}: the time is up"),
        }
        self.failures += 1;
        None
    }
}

/// One round within `time`: abandoned jobs, interrupted syncs, unanswered proposals, reminders,
/// digests, statuses, and forgetting what is old. A failure in one workspace is logged and does not stop the others.
pub async fn round(services: &Services, runner: &Runner, time: Duration) -> Round {
    let mut round = Round::default();
    let mut steps = Steps {
        begun: Instant::now(),
        time,
        failures: 0,
    };
    let db = &services.db;
    match steps
        .take("cannot look at the schema", db.is_migrated())
        .await
    {
        Some(true) => {}
        migrated => {
            round.waiting_for_migration = migrated.is_some();
            round.failures = steps.failures;
            if round.waiting_for_migration {
                info!("the schema is older than this version; waiting for its migration");
            }
            return round;
        }
    }
    let swept = steps.take("cannot take back abandoned jobs", runner.sweep());
    round.abandoned_jobs = swept.await.unwrap_or_default();
    let read = steps.take(
        "cannot read the workspaces of organizations",
        orgs::read_new(services),
    );
    round.organizations = read.await.unwrap_or_default();
    let wanted = bot_scopes();
    let listed = steps.take("cannot list the workspaces", store::workspace_ids(db));
    let mut listed = listed.await.unwrap_or_default();
    // Each minute another one is first, so that none is always left out when there is no time for all.
    let minute = services.clock.now().as_second().unsigned_abs() / 60;
    let first = usize::try_from(minute).unwrap_or_default() % listed.len().max(1);
    listed.rotate_left(first);
    for workspace in listed {
        if steps.left() < ENOUGH {
            round.workspaces_left += 1;
            continue;
        }
        round.workspaces += 1;
        let span = info_span!("workspace", %workspace);
        let failed = steps.failures;
        async {
            let ended = steps.take(
                "cannot end what was interrupted",
                sync::recover(services, &workspace),
            );
            round.interrupted_syncs += ended.await.unwrap_or_default();
            let expired = steps.take(
                "cannot end unanswered proposals",
                channel::expire(services, &workspace),
            );
            round.expired_proposals += expired.await.unwrap_or_default();
            let reminded = steps.take(
                "cannot send reminders",
                reminders::remind(services, &workspace),
            );
            round.reminders += reminded.await.unwrap_or_default();
            let greeted = steps.take(
                "cannot ask the admins to set the workspace up",
                setup::greet_admins(services, &workspace),
            );
            round.greetings += greeted.await.unwrap_or_default();
            let told = steps.take(
                "cannot tell of missing permissions",
                scopes::tell_missing(services, &workspace, &wanted),
            );
            round.missing_permissions += told.await.unwrap_or_default();
            let promised = steps.take("cannot send digests", digest::send(services, &workspace));
            round.digests += promised.await.unwrap_or_default();
            let reminded = steps.take(
                "cannot remind people of their leave",
                day_before::remind(services, &workspace),
            );
            round.days_before += reminded.await.unwrap_or_default();
            let changed = steps.take(
                "cannot look at statuses",
                status::look(services, &workspace),
            );
            round.statuses += changed.await.unwrap_or_default();
        }
        .instrument(span)
        .await;
        round.workspaces_left += usize::from(steps.failures > failed);
    }
    let deleted = steps.take(
        "cannot delete what removed workspaces left",
        retention::forget_removed(services),
    );
    round.deleted_workspaces = deleted.await.unwrap_or_default();
    let now = services.clock.now();
    let forgotten = steps.take("cannot forget what is old", jobs::forget_old(db, now));
    forgotten.await;
    let forgotten = steps.take(
        "cannot forget old nonces",
        admin::store::forget_old(db, now),
    );
    forgotten.await;
    // After the jobs to which it belongs.
    let forgotten = steps.take("cannot forget what was told", messages::forget_told(db));
    forgotten.await;
    let forgotten = steps.take("cannot forget old Home tabs", home::forget_old(db, now));
    forgotten.await;
    runner.wake();
    round.failures = steps.failures;
    round
}

/// Fills in what the alarms look at.
pub async fn measure(services: &Services, round: &mut Round) -> Result<(), sqlx::Error> {
    round.oldest_waiting_job = jobs::oldest_waiting(&services.db, services.clock.now()).await?;
    round.failed_syncs = leave::store::failed_syncs(&services.db).await?;
    Ok(())
}
