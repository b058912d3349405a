//! The jobs themselves, with work made for the purpose.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use timeoff::jobs::{self, Dispatch, Job, JobError, Policy, Runner, Work};
use timeoff::platform::again::Again;
use timeoff::platform::clock::Clock;
use timeoff::platform::db::{Db, TenantTx};
use timeoff::platform::ids::WorkspaceId;
use tokio::sync::{Semaphore, watch};

use crate::support::{Database, House, MONDAY, OTHER};

/// Work that may be repeated.
#[derive(Debug, Serialize, Deserialize)]
struct Task {
    name: String,
    lane: Option<String>,
}

impl Work for Task {
    const KIND: &'static str = "test.task";
    const POLICY: Policy = Policy::UpTo(4);

    fn lane(&self) -> Option<String> {
        self.lane.clone()
    }
}

/// Work that may not.
#[derive(Debug, Serialize, Deserialize)]
struct OnlyOnce {
    name: String,
}

impl Work for OnlyOnce {
    const KIND: &'static str = "test.only_once";
    const POLICY: Policy = Policy::NeverAgain;
}

/// Tells that something failed.
#[derive(Debug, Serialize, Deserialize)]
struct Tell {
    about: String,
}

impl Work for Tell {
    const KIND: &'static str = "test.tell";
    const POLICY: Policy = Policy::UpTo(4);
}

/// What an attempt does.
#[derive(Clone)]
enum Act {
    Fail(Again),
    Panic,
    /// Waits for a permit, which may never come.
    Wait(Arc<Semaphore>),
}

/// Notes what is run, and fails as it is told to.
#[derive(Default)]
struct Stage {
    /// Begins and ends, in order: `+name`, `-name`.
    log: Mutex<Vec<String>>,
    acts: Mutex<HashMap<String, Vec<Act>>>,
    silent: Mutex<bool>,
}

impl Stage {
    fn note(&self, line: String) {
        self.log.lock().unwrap().push(line);
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// What the next attempts at `name` do; later ones succeed.
    fn plan(&self, name: &str, acts: impl IntoIterator<Item = Act>) {
        self.acts
            .lock()
            .unwrap()
            .insert(name.to_owned(), acts.into_iter().collect());
    }

    async fn perform(&self, name: &str) -> Result<(), JobError> {
        self.note(format!("+{name}"));
        let act = {
            let mut acts = self.acts.lock().unwrap();
            acts.get_mut(name)
                .filter(|acts| !acts.is_empty())
                .map(|acts| acts.remove(0))
        };
        // Others get a chance to run in between.
        for _ in 0..5 {
            tokio::task::yield_now().await;
        }
        match act {
            None => {}
            Some(Act::Fail(again)) => {
                return Err(JobError {
                    why: "as planned".to_owned(),
                    again,
                });
            }
            Some(Act::Panic) => panic!("as planned"),
            Some(Act::Wait(permits)) => permits.acquire().await.expect("open").forget(),
        }
        self.note(format!("-{name}"));
        Ok(())
    }
}

impl Dispatch for Stage {
    fn kinds(&self) -> &'static [&'static str] {
        &[Task::KIND, OnlyOnce::KIND, Tell::KIND]
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        async move {
            match job.kind.as_str() {
                Task::KIND => self.perform(&job.work::<Task>()?.name).await,
                OnlyOnce::KIND => self.perform(&job.work::<OnlyOnce>()?.name).await,
                Tell::KIND => {
                    self.perform(&format!("tell {}", job.work::<Tell>()?.about))
                        .await
                }
                other => Err(JobError::for_good(format!("unknown {other}"))),
            }
        }
        .boxed()
    }

    fn gave_up<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        job: &'a Job,
    ) -> BoxFuture<'a, Result<(), JobError>> {
        async move {
            if job.kind == Tell::KIND {
                return Ok(());
            }
            let about = job.payload["name"].as_str().unwrap_or_default().to_owned();
            jobs::enqueue(tx, &job.correlation_id, &Tell { about }).await?;
            if *self.silent.lock().unwrap() {
                return Err(JobError::for_good("cannot tell"));
            }
            Ok(())
        }
        .boxed()
    }
}

struct Workshop {
    database: Database,
    db: Db,
    clock: Clock,
    stage: Arc<Stage>,
    runner: Runner,
}

impl Workshop {
    async fn open(connections: u32) -> Self {
        let database = Database::migrated().await;
        sqlx::query(
            "INSERT INTO workspace (workspace_id, name, bot_user_id, bot_token, installed_at)
             SELECT team, team, 'U0BOT', '', now() FROM unnest(ARRAY['T1', 'T2']) team",
        )
        .execute(&database.owner)
        .await
        .expect("two workspaces");
        let db = Db::connect_lazy(database.server(), connections);
        let clock = Clock::manual(MONDAY.parse().expect("a time"));
        let stage = Arc::new(Stage::default());
        let runner = Runner::new(db.clone(), clock.clone(), stage.clone());
        Self {
            database,
            db,
            clock,
            stage,
            runner,
        }
    }

    async fn promise_at<W: Work>(&self, team: &str, works: &[W], at: Timestamp) {
        let team = WorkspaceId::parse(team).expect("a team");
        let mut tx = self
            .db
            .begin(&team, self.clock.now())
            .await
            .expect("a transaction");
        for work in works {
            jobs::enqueue_at(&mut tx, "test", work, at)
                .await
                .expect("promised");
        }
        tx.commit().await.expect("committed");
    }

    async fn promise<W: Work>(&self, works: &[W]) {
        self.promise_at("T1", works, self.clock.now()).await;
    }

    async fn task(&self, name: &str) {
        self.promise(&[Task {
            name: name.to_owned(),
            lane: None,
        }])
        .await;
    }

    fn pass(&self, seconds: i64) {
        self.clock
            .set(self.clock.now() + SignedDuration::from_secs(seconds));
    }

    /// Runs what is due, one after the other.
    async fn run_due(&self) -> usize {
        let mut count = 0;
        while self.runner.run_next().await.expect("the database answers") {
            count += 1;
        }
        count
    }

    /// A worker that dies in the middle of its job.
    async fn claim_and_die(&self, name: &str) {
        self.stage
            .plan(name, [Act::Wait(Arc::new(Semaphore::new(0)))]);
        let runner = self.runner.clone();
        let worker = tokio::spawn(async move { runner.run_next().await });
        until(|| self.stage.log().contains(&format!("+{name}"))).await;
        worker.abort();
        assert!(worker.await.expect_err("dead").is_cancelled());
    }

    async fn states(&self) -> Vec<(String, String, i32, Option<String>)> {
        sqlx::query_as("SELECT coalesce(payload->>'name', 'tell ' || (payload->>'about')), state, attempts, error FROM job ORDER BY job_id")
            .fetch_all(&self.database.owner)
            .await
            .expect("readable")
    }

    async fn state_of(&self, name: &str) -> (String, i32, Option<String>) {
        let all = self.states().await;
        let found = all
            .into_iter()
            .find(|(job, ..)| job == name)
            .unwrap_or_else(|| panic!("no job {name}"));
        (found.1, found.2, found.3)
    }

    /// Works with many workers until nothing is due.
    async fn work_with(&self, workers: usize) {
        let (stop, stopping) = watch::channel(false);
        let all: Vec<_> = (0..workers)
            .map(|_| tokio::spawn(self.runner.clone().work(stopping.clone())))
            .collect();
        let idle = async {
            while jobs::unfinished(&self.db, self.clock.now())
                .await
                .expect("the database answers")
                > 0
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), idle)
            .await
            .expect("jobs come to an end");
        stop.send_replace(true);
        for worker in all {
            worker.await.expect("a worker survives its jobs");
        }
    }
}

async fn until(what: impl Fn() -> bool) {
    let waiting = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waiting)
        .await
        .expect("it happens");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_workers_run_each_job_once() {
    let shop = Workshop::open(8).await;
    let tasks: Vec<Task> = (0..300)
        .map(|n| Task {
            name: format!("{n}"),
            lane: None,
        })
        .collect();
    shop.promise(&tasks[..200]).await;
    shop.promise_at("T2", &tasks[200..], shop.clock.now()).await;
    shop.work_with(8).await;
    let mut ended: Vec<String> = shop
        .stage
        .log()
        .into_iter()
        .filter(|line| line.starts_with('-'))
        .collect();
    ended.sort();
    let mut expected: Vec<String> = (0..300).map(|n| format!("-{n}")).collect();
    expected.sort();
    assert_eq!(ended, expected);
    assert!(
        shop.states()
            .await
            .iter()
            .all(|(_, state, attempts, _)| state == "done" && *attempts == 1)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn jobs_of_a_lane_run_in_order_and_never_two_at_once() {
    let shop = Workshop::open(8).await;
    let laned = |lane: usize, n: usize| Task {
        name: format!("{lane}/{n:02}"),
        lane: Some(format!("lane {lane}")),
    };
    for n in 0..15 {
        let batch: Vec<Task> = (0..6).map(|lane| laned(lane, n)).collect();
        shop.promise(&batch).await;
    }
    shop.work_with(8).await;
    for lane in 0..6 {
        let of_lane: Vec<String> = shop
            .stage
            .log()
            .into_iter()
            .filter(|line| line[1..].starts_with(&format!("{lane}/")))
            .collect();
        let expected: Vec<String> = (0..15)
            .flat_map(|n| [format!("+{lane}/{n:02}"), format!("-{lane}/{n:02}")])
            .collect();
        assert_eq!(of_lane, expected);
    }
}

#[tokio::test]
async fn a_lane_waits_for_its_first_job_even_while_that_is_to_be_tried_again() {
    let shop = Workshop::open(2).await;
    shop.stage.plan("first", [Act::Fail(Again::Yes)]);
    let laned = |name: &str| Task {
        name: name.to_owned(),
        lane: Some("lane".to_owned()),
    };
    shop.promise(&[laned("first"), laned("second")]).await;
    // The same lane of another workspace is another lane.
    shop.promise_at("T2", &[laned("elsewhere")], shop.clock.now())
        .await;
    assert_eq!(shop.run_due().await, 2);
    assert_eq!(shop.stage.log(), ["+first", "+elsewhere", "-elsewhere"]);
    shop.pass(10);
    assert_eq!(shop.run_due().await, 2);
    assert_eq!(
        shop.stage.log()[3..],
        ["+first", "-first", "+second", "-second"]
    );
}

#[tokio::test]
async fn a_job_does_not_run_before_its_time() {
    let shop = Workshop::open(2).await;
    let later = shop.clock.now() + SignedDuration::from_mins(1);
    shop.promise_at(
        "T1",
        &[Task {
            name: "later".into(),
            lane: None,
        }],
        later,
    )
    .await;
    shop.pass(59);
    assert_eq!(shop.run_due().await, 0);
    shop.pass(1);
    assert_eq!(shop.run_due().await, 1);
}

#[tokio::test]
async fn a_job_whose_worker_died_is_taken_back_after_its_lease_and_done() {
    let shop = Workshop::open(3).await;
    shop.task("job").await;
    shop.claim_and_die("job").await;
    shop.pass(59);
    assert_eq!(shop.runner.sweep().await.expect("swept"), 0);
    assert_eq!(shop.run_due().await, 0, "its lease still holds");
    shop.pass(2);
    assert_eq!(
        shop.runner.sweep().await.expect("swept"),
        0,
        "nothing is lost for good"
    );
    assert_eq!(shop.run_due().await, 1);
    assert_eq!(shop.stage.log(), ["+job", "+job", "-job"]);
    assert_eq!(shop.state_of("job").await, ("done".into(), 2, None));
}

#[tokio::test]
async fn a_job_that_may_not_run_again_ends_when_its_worker_dies_and_the_person_is_told_once() {
    let shop = Workshop::open(4).await;
    shop.promise(&[OnlyOnce {
        name: "once".into(),
    }])
    .await;
    shop.claim_and_die("once").await;
    shop.pass(61);
    // Two processes sweep at the same moment.
    let (one, other) = tokio::join!(shop.runner.sweep(), shop.runner.sweep());
    assert_eq!(one.expect("swept") + other.expect("swept"), 1);
    assert_eq!(
        shop.state_of("once").await,
        ("failed".into(), 1, Some("interrupted".into()))
    );
    assert_eq!(shop.run_due().await, 1);
    assert_eq!(shop.stage.log(), ["+once", "+tell once", "-tell once"]);
    assert_eq!(shop.runner.sweep().await.expect("swept"), 0);
}

#[tokio::test]
async fn a_job_that_keeps_dying_ends_after_its_last_attempt() {
    let shop = Workshop::open(3).await;
    shop.task("deadly").await;
    for _ in 0..4 {
        shop.stage.log.lock().unwrap().clear();
        shop.claim_and_die("deadly").await;
        shop.pass(61);
        shop.runner.sweep().await.expect("swept");
    }
    assert_eq!(
        shop.state_of("deadly").await,
        ("failed".into(), 4, Some("interrupted".into()))
    );
    assert_eq!(shop.run_due().await, 1, "the person is told");
}

#[tokio::test]
async fn a_failure_that_may_pass_is_tried_again_with_growing_pauses_and_then_told() {
    let shop = Workshop::open(2).await;
    shop.stage
        .plan("stubborn", (0..4).map(|_| Act::Fail(Again::Yes)));
    shop.task("stubborn").await;
    for pause in [0, 2, 4, 8] {
        shop.pass(pause - 1);
        assert_eq!(
            shop.run_due().await,
            0,
            "a second before {pause} s are over"
        );
        shop.pass(1);
        assert_eq!(shop.run_due().await, if pause == 8 { 2 } else { 1 });
    }
    assert_eq!(
        shop.state_of("stubborn").await,
        ("failed".into(), 4, Some("as planned".into()))
    );
    assert_eq!(
        shop.stage.log().last().map(String::as_str),
        Some("-tell stubborn")
    );
}

#[tokio::test]
async fn the_pause_that_the_other_side_asks_for_is_kept() {
    let shop = Workshop::open(2).await;
    shop.stage.plan(
        "limited",
        [Act::Fail(Again::After(Duration::from_secs(90)))],
    );
    shop.task("limited").await;
    assert_eq!(shop.run_due().await, 1);
    shop.pass(89);
    assert_eq!(shop.run_due().await, 0);
    shop.pass(1);
    assert_eq!(shop.run_due().await, 1);
    assert_eq!(shop.state_of("limited").await, ("done".into(), 2, None));
}

#[tokio::test]
async fn a_failure_that_repeats_itself_and_one_that_may_not_are_told_at_once() {
    let shop = Workshop::open(2).await;
    shop.stage.plan("hopeless", [Act::Fail(Again::No)]);
    shop.stage.plan("once", [Act::Fail(Again::Yes)]);
    shop.task("hopeless").await;
    shop.promise(&[OnlyOnce {
        name: "once".into(),
    }])
    .await;
    assert_eq!(shop.run_due().await, 4);
    assert_eq!(shop.state_of("hopeless").await.0, "failed");
    assert_eq!(shop.state_of("once").await.0, "failed");
    let told: Vec<String> = shop
        .stage
        .log()
        .into_iter()
        .filter(|line| line.starts_with("-tell"))
        .collect();
    assert_eq!(told, ["-tell hopeless", "-tell once"]);
}

#[tokio::test]
async fn a_panic_ends_its_job_and_not_its_worker() {
    let shop = Workshop::open(2).await;
    shop.stage.plan("panics", [Act::Panic]);
    shop.task("panics").await;
    shop.task("next").await;
    shop.work_with(1).await;
    assert_eq!(
        shop.state_of("panics").await,
        ("failed".into(), 1, Some("panicked".into()))
    );
    assert_eq!(shop.state_of("next").await.0, "done");
    assert_eq!(shop.state_of("tell panics").await.0, "done");
}

#[tokio::test]
async fn a_failure_that_cannot_be_told_still_ends_the_job() {
    let shop = Workshop::open(2).await;
    *shop.stage.silent.lock().unwrap() = true;
    shop.stage.plan("quiet", [Act::Fail(Again::No)]);
    shop.task("quiet").await;
    assert_eq!(shop.run_due().await, 1);
    assert_eq!(shop.state_of("quiet").await.0, "failed");
    assert_eq!(shop.states().await.len(), 1, "half a telling is none");
}

#[tokio::test]
async fn a_worker_that_comes_back_late_changes_nothing() {
    let shop = Workshop::open(4).await;
    let (late, second) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    shop.stage
        .plan("job", [Act::Wait(late.clone()), Act::Wait(second.clone())]);
    shop.task("job").await;
    let runner = shop.runner.clone();
    let first = tokio::spawn(async move { runner.run_next().await });
    until(|| shop.stage.log().len() == 1).await;
    // Its lease runs out; another worker begins anew.
    shop.pass(61);
    shop.runner.sweep().await.expect("swept");
    let runner = shop.runner.clone();
    let other = tokio::spawn(async move { runner.run_next().await });
    until(|| shop.stage.log().len() == 2).await;
    // The first one is done after all: that is no longer its to say.
    late.add_permits(1);
    assert!(first.await.expect("alive").expect("the database answers"));
    assert_eq!(
        shop.state_of("job").await,
        ("running".into(), 2, Some("interrupted".into()))
    );
    second.add_permits(1);
    assert!(other.await.expect("alive").expect("the database answers"));
    assert_eq!(shop.state_of("job").await, ("done".into(), 2, None));
}

#[tokio::test]
async fn a_slow_job_does_not_hold_up_the_others() {
    let shop = Workshop::open(4).await;
    let gate = Arc::new(Semaphore::new(0));
    shop.stage.plan("slow", [Act::Wait(gate.clone())]);
    shop.task("slow").await;
    for n in 0..20 {
        shop.task(&format!("quick {n}")).await;
    }
    let (ending, ended) = watch::channel(false);
    let workers: Vec<_> = (0..2)
        .map(|_| tokio::spawn(shop.runner.clone().work(ended.clone())))
        .collect();
    until(|| {
        shop.stage
            .log()
            .iter()
            .filter(|line| line.starts_with("-quick"))
            .count()
            == 20
    })
    .await;
    assert!(!shop.stage.log().contains(&"-slow".to_owned()));
    // Told to stop, a worker finishes what is in hand.
    ending.send_replace(true);
    gate.add_permits(1);
    for worker in workers {
        worker.await.expect("ended");
    }
    assert_eq!(shop.state_of("slow").await.0, "done");
}

#[tokio::test]
async fn jobs_that_this_version_cannot_read_fail_and_the_others_go_on() {
    let house = House::open().await;
    house
        .execute(
            "INSERT INTO job (workspace_id, kind, payload, max_attempts, run_at, created_at, correlation_id) VALUES
             ('T1', 'leave.show_request', '{\"of_another\": \"shape\"}', 5, '2026-01-01Z', '2026-01-01Z', 'x'),
             ('T1', 'leave.open_form', '{}', 1, '2026-01-01Z', '2026-01-01Z', 'x')",
        )
        .await;
    house.types(&house.asha(), "/timeoff").await;
    assert!(house.asha().find_modal().is_some());
    let errors: Vec<String> = sqlx::query_scalar(
        "SELECT error FROM job WHERE correlation_id = 'x' AND state = 'failed' ORDER BY job_id",
    )
    .fetch_all(&house.database.owner)
    .await
    .expect("readable");
    assert_eq!(errors.len(), 2);
    assert!(
        errors
            .iter()
            .all(|error| error.contains("unreadable payload")),
        "{errors:?}"
    );
}

/// Work that only a newer version knows.
#[derive(Debug, Serialize, Deserialize)]
struct FromTheFuture;

impl Work for FromTheFuture {
    const KIND: &'static str = "test.from_the_future";
    const POLICY: Policy = Policy::NeverAgain;
}

#[tokio::test]
async fn work_that_only_a_newer_version_knows_is_left_for_it() {
    let shop = Workshop::open(2).await;
    shop.promise(&[FromTheFuture]).await;
    shop.task("known").await;
    assert_eq!(shop.run_due().await, 1);
    let unknown = "SELECT state || ' ' || attempts FROM job WHERE kind = 'test.from_the_future'";
    let state = || sqlx::query_scalar::<_, String>(unknown).fetch_one(&shop.database.owner);
    assert_eq!(state().await.expect("there"), "queued 0");
    // One that died in the hands of a newer version is not ended by an older one.
    sqlx::query("UPDATE job SET state = 'running', attempts = 1, lease_until = $1::timestamptz WHERE kind = 'test.from_the_future'")
        .bind(shop.clock.now().to_string())
        .execute(&shop.database.owner)
        .await
        .expect("claimed");
    shop.pass(3600);
    assert_eq!(shop.runner.sweep().await.expect("swept"), 0);
    assert_eq!(state().await.expect("there"), "running 1");
}

#[tokio::test]
async fn what_is_due_is_run_down_with_what_becomes_due_by_it() {
    let shop = Workshop::open(1).await;
    for n in 0..10 {
        shop.task(&format!("{n}")).await;
    }
    shop.stage.plan("3", [Act::Fail(Again::No)]);
    shop.stage.plan("5", [Act::Panic]);
    let drained = shop.runner.drain(Duration::from_mins(1), 4).await;
    // Both failures are told, which is work of its own.
    let drained = drained.expect("the database answers");
    assert_eq!((drained.ran, drained.more), (12, false));
    assert_eq!(shop.run_due().await, 0);
}

#[tokio::test]
async fn a_job_that_might_not_end_in_time_is_not_begun() {
    let shop = Workshop::open(1).await;
    shop.task("late").await;
    let drained = shop.runner.drain(Duration::from_secs(41), 4).await;
    let drained = drained.expect("the database answers");
    assert_eq!((drained.ran, drained.more), (0, true));
    assert_eq!(shop.state_of("late").await, ("queued".to_owned(), 0, None));
}

#[tokio::test]
async fn the_work_of_the_request_just_answered_comes_before_older_work() {
    let shop = Workshop::open(1).await;
    shop.task("older").await;
    let team = WorkspaceId::parse("T1").expect("a team");
    let mut tx = shop.db.begin(&team, shop.clock.now()).await.expect("begun");
    let work = Task {
        name: "mine".to_owned(),
        lane: None,
    };
    jobs::enqueue(&mut tx, "request-7", &work)
        .await
        .expect("promised");
    tx.commit().await.expect("committed");
    shop.runner.wake_for("request-7");
    let drained = shop.runner.drain(Duration::from_mins(1), 1).await;
    assert_eq!(drained.expect("the database answers").ran, 2);
    assert_eq!(shop.stage.log(), ["+mine", "-mine", "+older", "-older"]);
}

#[tokio::test]
async fn where_something_was_told_is_forgotten_with_its_job() {
    let house = House::with_neighbours().await;
    house.asha().says("@app", "hello?").await;
    house
        .slack
        .person(OTHER, "U_ASHA")
        .says("@app", "hello?")
        .await;
    house.settle().await;
    let told = async || -> i64 {
        let known =
            "SELECT count(*) FROM posted_message WHERE key LIKE 'tell:%' OR channel_id = 'D_OTHER'";
        house.value(known).await
    };
    house
        .execute("INSERT INTO posted_message VALUES ('T1', 'tell:me', 'D_OTHER', '1.0'), ('T1', 'retell:7', 'D_OTHER', '1.1')")
        .await;
    assert_eq!(told().await, 4);
    house.pass(SignedDuration::from_hours(24 * 6));
    house.round().await;
    assert_eq!(told().await, 4);
    house.pass(SignedDuration::from_hours(25));
    house.round().await;
    assert_eq!(told().await, 2, "what belongs to no job stays");
}
