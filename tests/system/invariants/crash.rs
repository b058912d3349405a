//! Invariant 2: nothing acknowledged is lost, whenever the process is killed. The real command,
//! killed with SIGKILL.

use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Zoned};
use simulators::slack::{Fault, Person, SlackSim, SlackSimConfig, Submitted};
use sqlx::{AssertSqlSafe, Executor};
use timeoff::platform::crypto::Keyring;

use super::payloads;
use crate::support::{Database, Server, TEAM, slack_with_people};

/// A Slack and a database; the process between them comes and goes.
pub(super) struct Site {
    pub(super) slack: SlackSim,
    pub(super) database: Database,
    variables: Vec<(&'static str, String)>,
}

impl Site {
    async fn open() -> Self {
        Self::open_with(Vec::new()).await
    }

    /// The same with more variables for the process.
    pub(super) async fn open_with(more: Vec<(&'static str, String)>) -> Self {
        let (slack, token) = slack_with_people(SlackSimConfig {
            retry_delays: Vec::new(),
            ..SlackSimConfig::default()
        });
        slack.start().await.expect("Slack listens");
        let database = Database::migrated().await;
        let mut variables = vec![
            ("DATABASE_URL", database.url.clone()),
            ("SLACK_SIGNING_SECRET", slack.signing_secret().to_owned()),
            ("SLACK_BOT_TOKEN", token),
            ("SLACK_API_URL", slack.api_url()),
            ("TOKEN_ENCRYPTION_KEYS", Keyring::generate_key()),
        ];
        variables.extend(more);
        Self {
            slack,
            database,
            variables,
        }
    }

    /// Starts the process, and waits until the workspace's people are known.
    pub(super) async fn start(&self) -> Server {
        let variables: Vec<(&str, &str)> = self
            .variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let server = Server::start(&variables).await;
        self.slack.set_app_url(&server.url);
        self.until("SELECT count(*) = 4 FROM person").await;
        self.execute("UPDATE workspace SET settings = '{\"approvers\": [\"U_BEN\"], \"requests_per_minute\": 10000}', setup_done_at = now()").await;
        server
    }

    /// Starts it again, later than any lease of its predecessor.
    pub(super) async fn start_after_a_while(&self) -> Server {
        self.until_gone().await;
        self.execute(
            "UPDATE job SET lease_until = now() - interval '1 second' WHERE state = 'running'",
        )
        .await;
        let server = self.start().await;
        self.until("SELECT count(*) = 0 FROM job WHERE state IN ('queued', 'running')")
            .await;
        server
    }

    pub(super) async fn execute(&self, sql: &'static str) {
        self.database.owner.execute(sql).await.expect(sql);
    }

    /// Waits for a condition in the database.
    pub(super) async fn until(&self, sql: &'static str) {
        self.until_true(sql).await;
    }

    async fn until_true(&self, sql: &str) {
        let waiting = async {
            while !sqlx::query_scalar::<_, bool>(AssertSqlSafe(sql.to_owned()))
                .fetch_one(&self.database.owner)
                .await
                .expect(sql)
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .is_err()
        {
            let jobs: Vec<String> =
                sqlx::query_scalar("SELECT to_jsonb(j)::text FROM job j WHERE state <> 'done'")
                    .fetch_all(&self.database.owner)
                    .await
                    .unwrap_or_default();
            panic!("after 30 s not yet: {sql}\n{}", jobs.join("\n"));
        }
    }

    async fn until_called(&self, method: &str, times: usize) {
        let waiting = async {
            while self.slack.calls(method).len() < times {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .unwrap_or_else(|_| panic!("{method} is not called {times} times"));
    }

    /// Waits until PostgreSQL has noticed that the process is dead: until then its last statement
    /// may still be carried out.
    async fn until_gone(&self) {
        self.until("SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'timeoff'").await;
    }

    /// From now on every process stops at this statement's rows, until [`Site::release`].
    pub(super) async fn hold(&self, what: &str) -> sqlx::pool::PoolConnection<sqlx::Postgres> {
        self.execute(
            "CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NEW; END $$",
        )
        .await;
        self.database
            .owner
            .execute(AssertSqlSafe(format!(
                "CREATE TRIGGER hold BEFORE {what} EXECUTE FUNCTION hold()"
            )))
            .await
            .expect(what);
        let mut lock = self.database.owner.acquire().await.expect("a connection");
        lock.execute("SELECT pg_advisory_lock(77)")
            .await
            .expect("a lock");
        lock
    }

    async fn until_held(&self) {
        self.until_held_by(1).await;
    }

    /// Waits until so many statements have stopped.
    pub(super) async fn until_held_by(&self, statements: usize) {
        self.until_true(&format!("SELECT count(*) >= {statements} FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")).await;
    }

    pub(super) async fn release(
        &self,
        mut lock: sqlx::pool::PoolConnection<sqlx::Postgres>,
        table: &str,
    ) {
        lock.execute("SELECT pg_advisory_unlock(77)")
            .await
            .expect("unlocked");
        self.until_gone().await;
        self.database
            .owner
            .execute(AssertSqlSafe(format!("DROP TRIGGER hold ON {table}")))
            .await
            .expect("dropped");
    }

    fn person(&self, id: &str) -> Person {
        self.slack.person(TEAM, id)
    }

    /// Asha has the form open and filled.
    async fn filled_form(&self) -> Person {
        let asha = self.person("U_ASHA");
        asha.types("#general", "/timeoff").await;
        let waiting = async {
            while asha.find_modal().is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .expect("the form opens");
        asha.modal().fill("First day", &soon().to_string()).await;
        self.until("SELECT count(*) = 0 FROM job WHERE state IN ('queued', 'running')")
            .await;
        asha
    }

    /// The request was made once, and each person has one message about it.
    async fn asked_once(&self) {
        let asked: i64 = sqlx::query_scalar("SELECT count(*) FROM pending_action")
            .fetch_one(&self.database.owner)
            .await
            .expect("readable");
        assert_eq!(asked, 1);
        let (asha, ben) = (self.person("U_ASHA").dm(), self.person("U_BEN").dm());
        assert_eq!(asha.matches("Vacation").count(), 1, "{asha}");
        assert!(asha.contains("Waiting for @ben"), "{asha}");
        assert_eq!(ben.matches("asks for").count(), 1, "{ben}");
        let failed: i64 = sqlx::query_scalar("SELECT count(*) FROM job WHERE state = 'failed'")
            .fetch_one(&self.database.owner)
            .await
            .expect("readable");
        assert_eq!(failed, 0);
    }
}

/// A working day in two weeks; the process has the machine's clock.
fn soon() -> Date {
    let mut day = Zoned::now().date().saturating_add(14.days());
    while matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
        day = day.saturating_add(1.day());
    }
    day
}

#[tokio::test]
async fn killed_between_the_ack_and_the_job() {
    let site = Site::open().await;
    let mut server = site.start().await;
    let asha = site.filled_form().await;
    // From here on no worker gets a job.
    site.execute("REVOKE EXECUTE ON FUNCTION claim_job(timestamptz, interval, text[], text) FROM timeoff_app")
        .await;
    assert_eq!(
        asha.modal().submit().await,
        Submitted::Closed,
        "acknowledged"
    );
    server.kill();
    assert_eq!(asha.dm(), "");
    site.execute(
        "GRANT EXECUTE ON FUNCTION claim_job(timestamptz, interval, text[], text) TO timeoff_app",
    )
    .await;
    let _server = site.start_after_a_while().await;
    site.asked_once().await;
}

#[tokio::test]
async fn killed_after_slack_posted_and_before_its_answer_arrived() {
    let site = Site::open().await;
    let mut server = site.start().await;
    let asha = site.filled_form().await;
    site.slack.fault(
        "chat.postMessage",
        Fault::Slow(Duration::from_mins(10)),
        None,
    );
    assert_eq!(asha.modal().submit().await, Submitted::Closed);
    // Asha's message and Ben's are both posted, and the app knows of neither.
    site.until_called("chat.postMessage", 2).await;
    server.kill();
    site.slack.clear_faults();
    let noted: i64 = sqlx::query_scalar("SELECT count(*) FROM posted_message")
        .fetch_one(&site.database.owner)
        .await
        .expect("readable");
    assert_eq!(noted, 0);
    let _server = site.start_after_a_while().await;
    site.asked_once().await;
    assert_eq!(
        site.slack.calls("chat.postMessage").len(),
        2,
        "posted again"
    );
}

#[tokio::test]
async fn killed_after_slacks_answer_and_before_it_was_noted() {
    let site = Site::open().await;
    let mut server = site.start().await;
    let asha = site.filled_form().await;
    let lock = site.hold("INSERT ON posted_message FOR EACH ROW").await;
    assert_eq!(asha.modal().submit().await, Submitted::Closed);
    site.until_called("chat.postMessage", 2).await;
    site.until_held().await;
    server.kill();
    site.release(lock, "posted_message").await;
    let _server = site.start_after_a_while().await;
    site.asked_once().await;
    assert_eq!(
        site.slack.calls("chat.postMessage").len(),
        2,
        "posted again"
    );
}

#[tokio::test]
async fn killed_after_the_message_was_noted_and_before_the_job_was_done() {
    let site = Site::open().await;
    let mut server = site.start().await;
    let asha = site.filled_form().await;
    let lock = site.hold("UPDATE ON job FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.kind IN ('leave.show_request', 'leave.show_approval'))").await;
    assert_eq!(asha.modal().submit().await, Submitted::Closed);
    site.until("SELECT count(*) = 2 FROM posted_message").await;
    site.until_held().await;
    server.kill();
    site.release(lock, "job").await;
    let _server = site.start_after_a_while().await;
    site.asked_once().await;
    assert_eq!(
        site.slack.calls("chat.postMessage").len(),
        2,
        "posted again"
    );
}

#[tokio::test]
async fn killed_before_the_ack_nothing_is_saved_and_the_second_try_counts() {
    let site = Site::open().await;
    let mut server = site.start().await;
    let asha = site.filled_form().await;
    let lock = site.hold("INSERT ON pending_action FOR EACH ROW").await;
    let form = asha.modal();
    let submitted = tokio::spawn(async move { form.submit().await });
    site.until_held().await;
    server.kill();
    assert_eq!(
        submitted.await.expect("answered"),
        Submitted::Trouble,
        "Slack says so, and the form stays"
    );
    site.release(lock, "pending_action").await;
    let _server = site.start_after_a_while().await;
    assert_eq!(asha.modal().submit().await, Submitted::Closed);
    site.until("SELECT count(*) = 0 FROM job WHERE state IN ('queued', 'running')")
        .await;
    site.asked_once().await;
}

#[tokio::test]
async fn a_form_that_was_being_opened_is_not_opened_again_and_the_person_is_told() {
    let site = Site::open().await;
    let mut server = site.start().await;
    site.slack
        .fault("views.open", Fault::Slow(Duration::from_mins(10)), None);
    let asha = site.person("U_ASHA");
    asha.types("#general", "/timeoff").await;
    site.until_called("views.open", 1).await;
    server.kill();
    site.slack.clear_faults();
    let _server = site.start_after_a_while().await;
    assert_eq!(site.slack.calls("views.open").len(), 1);
    let said = asha.last_message("#general").expect("a word");
    assert!(
        asha.text_of(&said)
            .contains("did not confirm that the form opened"),
        "{}",
        asha.text_of(&said)
    );
}

#[tokio::test]
async fn whatever_was_acknowledged_before_a_kill_at_any_moment_is_done_once() {
    let site = Site::open().await;
    let mut sent = 0;
    for round in 0..6_u64 {
        let mut server = if round == 0 {
            site.start().await
        } else {
            site.start_after_a_while().await
        };
        let requests: Vec<_> = (0..6)
            .map(|number| payloads::written_to(&format!("Ev{round}.{number}"), "U_ASHA", "hello"))
            .collect();
        sent += requests.len();
        let slack = site.slack.clone();
        let first = requests.clone();
        let sending = tokio::spawn(async move {
            let attempts = first
                .iter()
                .map(|envelope| slack.event_request(envelope, None));
            futures_util::future::join_all(attempts.map(|request| {
                let slack = slack.clone();
                async move {
                    slack
                        .send(&request)
                        .await
                        .is_ok_and(|answer| answer.status == 200)
                }
            }))
            .await
        });
        // Somewhere between the first byte and the last message.
        tokio::time::sleep(Duration::from_millis(round * 12)).await;
        server.kill();
        let acknowledged = sending.await.expect("sent");
        // What was not acknowledged comes again, as Slack does it; copies of the rest too.
        let server = site.start_after_a_while().await;
        for (number, envelope) in requests.iter().enumerate() {
            if !acknowledged[number] || number % 2 == 0 {
                let again = site
                    .slack
                    .event_request(envelope, Some((1, "connection_failed")));
                assert_eq!(
                    site.slack.send(&again).await.expect("an answer").status,
                    200
                );
            }
        }
        site.until("SELECT count(*) = 0 FROM job WHERE state IN ('queued', 'running')")
            .await;
        assert!(server.terminate().await, "ended well");
    }
    let dm = site.person("U_ASHA").dm();
    assert_eq!(dm.matches("Here is what I can do").count(), sent, "{dm}");
}

#[tokio::test]
async fn told_to_stop_the_process_finishes_what_is_in_hand() {
    let site = Site::open().await;
    let server = site.start().await;
    let asha = site.filled_form().await;
    site.slack.fault(
        "chat.postMessage",
        Fault::Slow(Duration::from_secs(1)),
        Some(2),
    );
    assert_eq!(asha.modal().submit().await, Submitted::Closed);
    site.until_called("chat.postMessage", 1).await;
    assert!(server.terminate().await, "ended well");
    let running: i64 = sqlx::query_scalar("SELECT count(*) FROM job WHERE state = 'running'")
        .fetch_one(&site.database.owner)
        .await
        .expect("readable");
    assert_eq!(running, 0, "a job was dropped");
    // And the rest is not lost.
    let _server = site.start_after_a_while().await;
    site.asked_once().await;
}
