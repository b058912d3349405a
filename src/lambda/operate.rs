//! `bin/schedule`: the round of each minute, and what a deployment asks for.

use std::time::Duration;

use futures_util::FutureExt;
use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tracing::{Instrument, error, info, info_span, warn};

use super::after_response::time_left;
use super::start::{self, StartError, Started};
use crate::app::{AtStart, TOKEN_IS_REFUSED};
use crate::jobs::Drained;
use crate::platform::aws;
use crate::platform::config::Config;
use crate::platform::db::{Db, LOGINS, make_logins};
use crate::platform::metrics::{self, Metric};
use crate::platform::parameters::Parameters;
use crate::schedule::{self, Round};

/// How many jobs run at once.
const WORKERS: usize = 4;
/// A collector that takes longer than this loses what is sent to it.
const FLUSH: Duration = Duration::from_secs(2);
/// A health check that takes longer than this is a failed one.
const HEALTHY: Duration = Duration::from_secs(10);

/// What a deployment may ask for.
#[derive(Debug, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
enum Command {
    /// Bring the schema up to date, make the functions' users, install the workspace of
    /// `SLACK_BOT_TOKEN`.
    Migrate,
    /// Say whether the database answers and has the schema of this version.
    Health,
    /// Say what is missing or malformed among the parameters.
    SecretsCheck,
}

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("unknown command; there are migrate, health and secrets-check")]
    Unknown,
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Unhealthy(String),
}

impl Failed {
    /// What the caller of the function sees as the error's type.
    fn kind(&self) -> &'static str {
        match self {
            Self::Unknown => "UnknownCommand",
            Self::Start(_) => "CannotStart",
            Self::Unhealthy(_) => "Unhealthy",
        }
    }
}

/// What `migrate` did.
#[derive(Serialize)]
struct Migrated {
    /// The versions that were new.
    #[serde(rename = "migrated")]
    versions: Vec<i64>,
    /// The workspace of `SLACK_BOT_TOKEN`.
    installed: Option<String>,
    /// Why it is not installed although there is a token: Slack could not be reached just now, or
    /// refuses it. That is no reason to keep a new version out.
    not_installed: Option<String>,
}

impl Migrated {
    fn with(versions: Vec<i64>, at_start: AtStart) -> Self {
        let (installed, not_installed) = match at_start {
            AtStart::Installed(identity) => (Some(identity.team_id.to_string()), None),
            AtStart::NoToken => (None, None),
            AtStart::NotNow(error) => {
                warn!(%error, "the workspace is not installed");
                (None, Some(error.to_string()))
            }
            AtStart::Refused(error) => {
                error!("{error}. {TOKEN_IS_REFUSED}");
                (None, Some(format!("{error}. {TOKEN_IS_REFUSED}")))
            }
        };
        Self {
            versions,
            installed,
            not_installed,
        }
    }
}

/// Answers events until Lambda ends the environment.
pub async fn schedule() -> Result<(), Error> {
    let started = OnceCell::new();
    let started = &started;
    run(service_fn(move |event: LambdaEvent<Value>| async move {
        let time = time_left(event.context.deadline);
        let correlation_id = event.context.request_id;
        let span = info_span!("event", %correlation_id);
        // Boxed: rounds and migrations nest deeper than the compiler likes to lay out.
        let answered = answer(started, event.payload, time).boxed_local();
        let answered = answered.instrument(span).await;
        if let Some(Started { telemetry, .. }) = started.get() {
            telemetry.flush(FLUSH).await;
        }
        answered.map_err(|error| {
            error!(%error, %correlation_id, "the event failed");
            Diagnostic {
                error_type: error.kind().to_owned(),
                error_message: error.to_string(),
            }
        })
    }))
    .await
}

async fn answer(
    started: &OnceCell<Started>,
    event: Value,
    time: Duration,
) -> Result<Value, Failed> {
    if event.get("command").is_none() {
        let started = started.get_or_try_init(start::start).await?;
        let round = one_round(started, time).await;
        return Ok(json!(round));
    }
    match serde_json::from_value(event).map_err(|_| Failed::Unknown)? {
        Command::SecretsCheck => secrets_check().await,
        Command::Migrate => migrate(started.get_or_try_init(start::start).await?).await,
        Command::Health => health(started.get_or_try_init(start::start).await?).await,
    }
}

async fn one_round(started: &Started, time: Duration) -> Round {
    let app = &started.app;
    app.services.db.after_freeze();
    let begun = std::time::Instant::now();
    let mut round = schedule::round(&app.services, &app.runner, time).await;
    if round.waiting_for_migration {
        return round;
    }
    let left = || time.saturating_sub(begun.elapsed());
    match timeout(left(), app.runner.drain(left(), WORKERS)).await {
        Ok(Ok(Drained { ran, .. })) => round.jobs = ran,
        Ok(Err(error)) => {
            error!(%error, "cannot run the jobs");
            round.failures += 1;
        }
        Err(_) => {
            error!("the jobs did not end in time");
            round.failures += 1;
        }
    }
    match timeout(left(), schedule::measure(&app.services, &mut round)).await {
        #[allow(clippy::cast_precision_loss)] // a count of requests, far below 2^52
        Ok(Ok(())) => metrics::emit(&[
            (Metric::FailedSyncs, round.failed_syncs as f64),
            (Metric::OldestWaitingJob, round.oldest_waiting_job),
        ]),
        Ok(Err(error)) => {
            error!(%error, "cannot measure what waits");
            round.failures += 1;
        }
        Err(_) => {
            error!("what waits could not be measured in time");
            round.failures += 1;
        }
    }
    // The alarm goes off when this is not heard: a round in which something failed does not count.
    if round.failures == 0 {
        metrics::emit(&[(Metric::ScheduleRuns, 1.0)]);
    }
    info!(
        workspaces = round.workspaces,
        jobs = round.jobs,
        failures = round.failures,
        "round done"
    );
    round
}

async fn migrate(started: &Started) -> Result<Value, Failed> {
    let unhealthy = |error: &dyn std::fmt::Display| Failed::Unhealthy(error.to_string());
    let migrated = Db::migrate(&started.owner)
        .await
        .map_err(|error| unhealthy(&error))?;
    make_logins(&started.owner, &LOGINS)
        .await
        .map_err(|error| Failed::Unhealthy(format!("cannot make the functions' users: {error}")))?;
    info!(?migrated, "the schema is up to date");
    let at_start = started.app.install_at_start().await;
    let at_start = at_start.map_err(|error| unhealthy(&error))?;
    Ok(json!(Migrated::with(migrated, at_start)))
}

async fn health(started: &Started) -> Result<Value, Failed> {
    let db = &started.app.services.db;
    db.after_freeze();
    match timeout(HEALTHY, db.is_migrated()).await {
        Ok(Ok(true)) => Ok(json!({"database": "ok", "schema": "up to date"})),
        Ok(Ok(false)) => Err(Failed::Unhealthy(
            "the schema is older than this version: send {\"command\": \"migrate\"}".to_owned(),
        )),
        Ok(Err(error)) => Err(Failed::Unhealthy(format!("the database: {error}"))),
        Err(_) => Err(Failed::Unhealthy("the database does not answer".to_owned())),
    }
}

async fn secrets_check() -> Result<Value, Failed> {
    let path = start::path()?;
    let parameters = Parameters::load(&aws::of_function(), &path)
        .await
        .map_err(StartError::from)?;
    let problems = match Config::read(|variable| parameters.or_environment(variable)) {
        Ok(_) => Vec::new(),
        Err(error) => error.0,
    };
    let found: Vec<&str> = parameters.variables().collect();
    Ok(json!({"path": path, "found": found, "problems": problems}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clients::slack::SlackError;
    use crate::platform::again::Again;
    use crate::workspace::install::InstallError;

    #[test]
    fn a_token_that_slack_refuses_is_told_and_keeps_no_new_version_out() {
        let refused = InstallError::Slack(SlackError {
            method: "auth.test",
            code: "account_inactive".to_owned(),
            details: String::new(),
            again: Again::No,
        });
        let migrated = Migrated::with(vec![13], AtStart::Refused(refused));
        insta::assert_snapshot!(json!(migrated), @r#"{"installed":null,"migrated":[13],"not_installed":"cannot install the workspace of SLACK_BOT_TOKEN: Slack auth.test: account_inactive. All other workspaces are served. Install the app in that workspace again and set its new SLACK_BOT_TOKEN, or take SLACK_BOT_TOKEN out."}"#);
    }
}
