//! Runs jobs: claim with a lease, do, write the outcome.

use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::future::join_all;
use jiff::SignedDuration;
use tokio::sync::{Notify, watch};
use tracing::field::Empty;
use tracing::{Instrument, Span, error, info, info_span, warn};

use super::store::{self, Outcome};
use super::{Job, JobError, backoff};
use crate::platform::again::Again;
use crate::platform::clock::Clock;
use crate::platform::db::{Db, TenantTx};
use crate::platform::metrics::{self, Metric};
use crate::platform::telemetry::{self, Part};

/// A job is given up on after this long; its lease is longer, so that a job still at work is
/// never taken for abandoned.
const TIME_LIMIT: Duration = Duration::from_secs(40);
const LEASE: Duration = Duration::from_mins(1);
/// How often an idle worker looks for jobs that became due or that another process left.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What ending a job and tidying up after it may take, beyond the job's own time limit.
const MARGIN: Duration = Duration::from_secs(2);

/// Knows every kind of job. Implemented once, by `routes.rs`.
pub trait Dispatch: Send + Sync + 'static {
    /// The kinds that it can do. Jobs of other kinds are left for a version that knows them.
    fn kinds(&self) -> &'static [&'static str];
    /// Does the work of a job. Must be safe to repeat unless its policy is to never run again.
    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>>;
    /// Promises, in the transaction in which a job fails for good, that whoever waits for it is
    /// told.
    fn gave_up<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        job: &'a Job,
    ) -> BoxFuture<'a, Result<(), JobError>>;
}

/// Claims and runs jobs of every workspace.
#[derive(Clone)]
pub struct Runner {
    db: Db,
    clock: Clock,
    dispatch: Arc<dyn Dispatch>,
    wake: Arc<Notify>,
    kinds: Arc<[String]>,
    /// The request that was answered last; its jobs come first when the due jobs are run
    /// down.
    answered: Arc<Mutex<Option<String>>>,
}

/// What the workers of a [`Runner::drain`] know of one another.
#[derive(Default)]
struct Shift {
    busy: AtomicUsize,
    ran: AtomicUsize,
    late: AtomicBool,
    ended: Notify,
}

/// What became of the due jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drained {
    /// How many were run, whatever came of them.
    pub ran: usize,
    /// Whether there may be more, for which the time did not suffice.
    pub more: bool,
}

impl Runner {
    /// A runner that hands its jobs to `dispatch`.
    pub fn new(db: Db, clock: Clock, dispatch: Arc<dyn Dispatch>) -> Self {
        let kinds = dispatch.kinds().iter().map(|kind| (*kind).to_owned());
        Self {
            kinds: kinds.collect(),
            db,
            clock,
            dispatch,
            wake: Arc::new(Notify::new()),
            answered: Arc::default(),
        }
    }

    /// Says that there may be work.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Says that this request may have left work: called before each response.
    pub fn wake_for(&self, correlation_id: &str) {
        *self.answered.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(correlation_id.to_owned());
        self.wake();
    }

    /// Works until `stop` turns true, then finishes the job in hand.
    pub async fn work(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            match self.run_next().await {
                Ok(true) => {}
                Ok(false) => {
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    error!(%error, "cannot look for jobs");
                    tokio::select! {
                        () = tokio::time::sleep(LOOK_AGAIN) => {}
                        _ = stop.changed() => {}
                    }
                }
            }
        }
    }

    /// Runs what is due, up to `workers` jobs at once, and what becomes due by it, until nothing
    /// is left or a job begun now might not end within `time`. Jobs of the request that was
    /// answered last come first.
    pub async fn drain(&self, time: Duration, workers: usize) -> Result<Drained, sqlx::Error> {
        let begun = Instant::now();
        let answered = self
            .answered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let shift = Shift::default();
        let worker = || async {
            loop {
                if time.saturating_sub(begun.elapsed()) < TIME_LIMIT + MARGIN {
                    shift.late.store(true, Ordering::Relaxed);
                    return Ok(());
                }
                // Before the look, so that a job that ends in between is not missed.
                let mut ended = pin!(shift.ended.notified());
                ended.as_mut().enable();
                match self.claim(answered.as_deref()).await? {
                    Some(job) => {
                        shift.busy.fetch_add(1, Ordering::Relaxed);
                        let result = self.run_claimed(job).await;
                        shift.busy.fetch_sub(1, Ordering::Relaxed);
                        shift.ran.fetch_add(1, Ordering::Relaxed);
                        shift.ended.notify_waiters();
                        result?;
                    }
                    // What is at work may leave more work, or make way in its lane.
                    None if shift.busy.load(Ordering::Relaxed) > 0 => ended.await,
                    None => return Ok(()),
                }
            }
        };
        let results: Vec<Result<(), sqlx::Error>> = join_all((0..workers).map(|_| worker())).await;
        results.into_iter().collect::<Result<(), _>>()?;
        Ok(Drained {
            ran: shift.ran.into_inner(),
            more: shift.late.into_inner(),
        })
    }

    /// Runs one due job. `false`: there was none.
    pub async fn run_next(&self) -> Result<bool, sqlx::Error> {
        let Some(job) = self.claim(None).await? else {
            return Ok(false);
        };
        // There may be more, and this one may take long: let a sleeping colleague look too.
        self.wake.notify_one();
        self.run_claimed(job).await?;
        Ok(true)
    }

    async fn claim(&self, first_of: Option<&str>) -> Result<Option<Job>, sqlx::Error> {
        store::claim(&self.db, self.clock.now(), LEASE, &self.kinds, first_of).await
    }

    async fn run_claimed(&self, job: Job) -> Result<(), sqlx::Error> {
        self.run(&job).instrument(span(&job)).await
    }

    /// Takes back the jobs of workers that are gone, and tells the people whose job cannot run
    /// again. Returns how many those are.
    pub async fn sweep(&self) -> Result<usize, sqlx::Error> {
        let lost = store::sweep(&self.db, self.clock.now(), &self.kinds).await?;
        let mut failed = 0;
        for job in &lost {
            let ending = async {
                warn!("a job was interrupted and may not run again");
                let why = "interrupted".to_owned();
                let ended = self.finish(job, Outcome::Failed { why }).await;
                ended.inspect_err(|error| error!(%error, "cannot end an interrupted job"))
            };
            failed += usize::from(ending.instrument(span(job)).await.unwrap_or(false));
        }
        self.wake();
        Ok(failed)
    }

    async fn run(&self, job: &Job) -> Result<(), sqlx::Error> {
        // One job's panic must not take the worker with it.
        let attempt = AssertUnwindSafe(tokio::time::timeout(TIME_LIMIT, self.dispatch.run(job)))
            .catch_unwind();
        let result = match attempt.await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(JobError::for_now(format!(
                "took longer than {} s",
                TIME_LIMIT.as_secs()
            ))),
            Err(_) => Err(JobError::for_good("panicked")),
        };
        let outcome = match result {
            Ok(()) => Outcome::Done,
            Err(error) => {
                let again = error.again != Again::No && job.attempt < job.max_attempts;
                warn!(error = %error.why, again, "a job failed");
                Span::current().record("otel.status_code", "ERROR");
                if again {
                    let pause = match error.again {
                        Again::After(pause) => pause,
                        _ => backoff(job.attempt + 1),
                    };
                    let pause =
                        SignedDuration::try_from(pause).unwrap_or(SignedDuration::from_secs(300));
                    Outcome::Again {
                        at: self.clock.now() + pause,
                        why: error.why,
                    }
                } else {
                    Outcome::Failed { why: error.why }
                }
            }
        };
        let done = matches!(outcome, Outcome::Done);
        if !self.finish(job, outcome).await? {
            warn!("took longer than its lease; somebody else has it");
        } else if done {
            info!("job done");
        }
        Ok(())
    }

    /// Writes the outcome; with a failure for good, the promise to tell the person. `false`:
    /// somebody else has the job by now, and nothing is written.
    async fn finish(&self, job: &Job, outcome: Outcome) -> Result<bool, sqlx::Error> {
        let mut tx = self.db.begin(&job.workspace, self.clock.now()).await?;
        let held = store::finish(&mut tx, job, &outcome).await?;
        if held && matches!(outcome, Outcome::Failed { .. }) {
            // What cannot be told must not keep the job from ending.
            tx.savepoint().await?;
            if let Err(error) = self.dispatch.gave_up(&mut tx, job).await {
                error!(error = %error.why, "could not tell the person that a job failed");
                tx.rollback_to_savepoint().await?;
            }
        }
        tx.commit().await?;
        if held {
            match outcome {
                Outcome::Done => metrics::emit(&[(Metric::JobsDone, 1.0)]),
                Outcome::Failed { .. } => metrics::emit(&[(Metric::JobsFailed, 1.0)]),
                Outcome::Again { .. } => {}
            }
        }
        self.wake();
        Ok(held)
    }
}

/// What is done for a job, on every log line and in the trace of the request that caused it.
fn span(job: &Job) -> Span {
    let span = info_span!(
        "job",
        otel.kind = "consumer",
        otel.name = %job.kind,
        otel.status_code = Empty,
        id = job.id,
        kind = %job.kind,
        attempt = job.attempt,
        workspace = %job.workspace,
        correlation_id = %job.correlation_id,
    );
    telemetry::join(&span, &job.correlation_id, Part::Consequence);
    span
}
