//! What the clock starts: once a minute, in every workspace.

use std::time::{Duration, Instant};

use serde::Serialize;
use tracing::{error, info};

use crate::admin;
use crate::jobs::{self, Runner};
use crate::leave::{self, channel, reminders, sync};
use crate::services::Services;
use crate::tenant::store;

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

/// One round within `time`: abandoned jobs, interrupted syncs, unanswered proposals, reminders, and
/// forgetting what is old. A failure in one workspace is logged and does not stop the others.
pub async fn round(services: &Services, runner: &Runner, time: Duration) -> Round {
    let begun = Instant::now();
    let mut round = Round::default();
    match services.db.is_migrated().await {
        Ok(true) => {}
        Ok(false) => {
            info!("the schema is older than this version; waiting for its migration");
            round.waiting_for_migration = true;
            return round;
        }
        Err(error) => {
            error!(%error, "cannot look at the schema");
            round.failures += 1;
            return round;
        }
    }
    match runner.sweep().await {
        Ok(abandoned) => round.abandoned_jobs = abandoned,
        Err(error) => {
            error!(%error, "cannot take back abandoned jobs");
            round.failures += 1;
        }
    }
    match store::workspace_ids(&services.db).await {
        Ok(workspaces) => {
            for workspace in workspaces {
                if time.saturating_sub(begun.elapsed()) < ENOUGH {
                    round.workspaces_left += 1;
                    continue;
                }
                round.workspaces += 1;
                let steps = [
                    (
                        "cannot end what was interrupted",
                        sync::recover(services, &workspace).await,
                    ),
                    (
                        "cannot end unanswered proposals",
                        channel::expire(services, &workspace).await,
                    ),
                    (
                        "cannot send reminders",
                        reminders::remind(services, &workspace).await,
                    ),
                ];
                let counts = [
                    &mut round.interrupted_syncs,
                    &mut round.expired_proposals,
                    &mut round.reminders,
                ];
                for ((what, result), count) in steps.into_iter().zip(counts) {
                    match result {
                        Ok(done) => *count += done,
                        Err(error) => {
                            error!(%workspace, %error, "{what}");
                            round.failures += 1;
                        }
                    }
                }
            }
        }
        Err(error) => {
            error!(%error, "cannot list the workspaces");
            round.failures += 1;
        }
    }
    let now = services.clock.now();
    if let Err(error) = jobs::forget_old(&services.db, now).await {
        error!(%error, "cannot forget what is old");
        round.failures += 1;
    }
    if let Err(error) = admin::store::forget_old(&services.db, now).await {
        error!(%error, "cannot forget old nonces");
        round.failures += 1;
    }
    runner.wake();
    round
}

/// Fills in what the alarms look at.
pub async fn measure(services: &Services, round: &mut Round) -> Result<(), sqlx::Error> {
    round.oldest_waiting_job = jobs::oldest_waiting(&services.db, services.clock.now()).await?;
    round.failed_syncs = leave::store::failed_syncs(&services.db).await?;
    Ok(())
}
