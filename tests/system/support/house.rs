//! A running app in a simulated workspace, with people in it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use simulators::slack::{
    AppConfig, Channel, Clock as SlackClock, Member, Person, Shown, SignedRequest, SlackSim,
    SlackSimConfig, Workspace, signature,
};
use timeoff::app::App;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::{Config, Secret};
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::TenantTx;
use timeoff::platform::ids::{ChannelId, SlackUserId, WorkspaceId};
use timeoff::routes::bot_scopes;
use timeoff::schedule::{self, Round};
use timeoff::tenant::{Settings, store as tenant};
use timeoff::workspace::install::install_token;
use timeoff::workspace::setup;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::outside::{Outside, SHORT};
use super::{Cable, Database, Reply, logs, post};

/// The workspace of the stories.
pub const TEAM: &str = "T1";
/// Another workspace, in which the people and channels have the same ids.
pub const OTHER: &str = "T2";
/// Monday, 2 March 2026: 14:30 for Asha, 9:00 for Ben and Dev, 10:00 for Carla.
pub const MONDAY: &str = "2026-03-02T09:00:00Z";

/// Signs the requests of the simulated Slack.
const SIGNING_SECRET: &str = "c1a0-planted-signing-secret-7be2";

/// Tells Slack that it is the app that brings a code.
const CLIENT_SECRET: &str = "5f0d-planted-client-secret-91aa";

/// How a house is built.
pub struct Plan {
    /// Connections of the app's pool. One is enough: so it is one for every story.
    pub connections: u32,
    /// Workers that run jobs.
    pub workers: usize,
    /// How long Slack waits for an answer.
    pub deadline: Duration,
    /// A way to the database that the test can cut.
    pub cable: Option<Cable>,
    /// Google Calendar and Harvest, if there are any.
    pub outside: Outside,
    /// Nothing is chosen yet, and nobody was asked to.
    pub is_new: bool,
    /// Whether workspaces can install the app by themselves.
    pub oauth: bool,
    /// The bot scopes of the first workspace; `None`: all that the app needs.
    pub scopes: Option<Vec<&'static str>>,
    /// The keys of stored secrets, as in the environment; `None`: one of its own.
    pub keys: Option<String>,
    /// Where people reach the app, if that is not where it listens.
    pub public_url: Option<&'static str>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            connections: 1,
            workers: 2,
            deadline: Duration::from_secs(3),
            cable: None,
            outside: Outside::default(),
            is_new: false,
            oauth: false,
            scopes: None,
            keys: None,
            public_url: None,
        }
    }
}

/// A running app, Slack around it, and a database.
pub struct House {
    pub slack: SlackSim,
    pub app: App,
    pub database: Database,
    clock: Clock,
    slack_clock: SlackClock,
    stop: watch::Sender<bool>,
    workers: usize,
    /// Where the app listens.
    pub url: String,
    /// The way to the database, if the plan had one.
    pub cable: Option<Cable>,
    /// Google Calendar and Harvest, if the plan had them.
    pub outside: Outside,
}

fn member(id: &str, name: &str, zone: &str) -> Member {
    let handle = name.split(' ').next().unwrap_or(name).to_lowercase();
    Member::new(id, &handle)
        .real_name(name)
        .email(&format!("{handle}@example.com"))
        .tz(zone)
}

/// A Slack with one workspace: Asha asks, Ben approves, Carla is the admin, Dev is a colleague.
pub fn slack_with_people(config: SlackSimConfig) -> (SlackSim, String) {
    logs::keep();
    let slack = SlackSim::new(SlackSimConfig {
        signing_secret: SIGNING_SECRET.to_owned(),
        overhears: Some(logs::plant_words),
        ..config
    });
    logs::plant_secret(SIGNING_SECRET);
    move_in(&slack, Workspace::new(TEAM, "Paper & Co"));
    let scopes: Vec<&str> = bot_scopes().into_iter().collect();
    let token = install_in_slack(&slack, TEAM, &scopes);
    (slack, token)
}

/// Four people and two channels, with the same ids and names in every workspace.
fn move_in(slack: &SlackSim, workspace: Workspace) {
    let team = workspace.id().to_owned();
    slack.add_workspace(workspace);
    for person in [
        member("U_ASHA", "Asha Rao", "Asia/Kolkata"),
        member("U_BEN", "Ben Okafor", "Europe/London"),
        member("U_CARLA", "Carla Mendes", "Europe/Madrid").admin(),
        member("U_DEV", "Dev Patel", "Europe/London"),
    ] {
        slack.add_person(&team, person);
    }
    for (channel, name) in [("C_GENERAL", "general"), ("C_LEAVE", "leave")] {
        slack.add_channel(
            &team,
            Channel::new(channel, name).members(["U_ASHA", "U_BEN", "U_CARLA", "U_DEV"]),
        );
    }
}

/// Slack's side of an installation, with the scopes of the manifest: what the app would need beyond
/// them fails, as it does at Slack.
fn install_in_slack(slack: &SlackSim, team: &str, scopes: &[&str]) -> String {
    let token = slack.install_app(team, scopes);
    slack.add_app_to_channel(team, "C_LEAVE");
    token
}

impl House {
    /// A house with Ben as the workspace's approver, on [`MONDAY`].
    pub async fn open() -> Self {
        Self::build(Plan::default()).await
    }

    pub async fn build(plan: Plan) -> Self {
        let now: Timestamp = MONDAY.parse().expect("a timestamp");
        let (clock, slack_clock) = (Clock::manual(now), SlackClock::manual(now));
        logs::plant_secret(CLIENT_SECRET);
        let (slack, mut token) = slack_with_people(SlackSimConfig {
            app: AppConfig {
                client_secret: CLIENT_SECRET.to_owned(),
                ..AppConfig::default()
            },
            clock: slack_clock.clone(),
            deadline: plan.deadline,
            retry_delays: vec![Duration::ZERO; 3],
            ..SlackSimConfig::default()
        });
        slack.start().await.expect("Slack listens");
        if let Some(scopes) = &plan.scopes {
            slack.revoke_token(TEAM);
            token = slack.install_app(TEAM, scopes);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let database = Database::migrated().await;
        let database_url = match &plan.cable {
            Some(cable) => cable.through(&database.url),
            None => database.url.clone(),
        };
        plan.outside.start().await;
        let mut variables = plan.outside.environment();
        if plan.oauth {
            variables.extend([
                ("SLACK_CLIENT_ID", "1111.2222".to_owned()),
                ("SLACK_CLIENT_SECRET", CLIENT_SECRET.to_owned()),
                ("PUBLIC_URL", plan.public_url.unwrap_or(&url).to_owned()),
            ]);
        }
        if let Some(keys) = &plan.keys {
            keys.split(',').for_each(logs::plant_secret);
            variables.push(("TOKEN_ENCRYPTION_KEYS", keys.clone()));
        }
        let mut config = config(&database_url, &slack, &token, plan.connections, &variables);
        config.service_time_limits = SHORT;
        let app = App::new(config, clock.clone()).expect("the app is wired");
        slack.set_app_url(&url);
        let router = app.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (stop, _) = watch::channel(false);
        let house = Self {
            slack,
            app,
            database,
            clock,
            slack_clock,
            stop,
            workers: plan.workers,
            url,
            cable: plan.cable,
            outside: plan.outside,
        };
        house.start_workers();
        Box::pin(house.app.install())
            .await
            .expect("the workspace is installed");
        house.settle().await;
        if !plan.is_new {
            house.choose_settings(TEAM).await;
        }
        house
    }

    /// A house with a second workspace, [`OTHER`], that has the same people, channels and settings.
    pub async fn with_neighbours() -> Self {
        let house = Self::open().await;
        house.neighbours_move_in().await;
        house
    }

    /// A house in which workspaces can install the app by themselves.
    pub async fn with_oauth() -> Self {
        Self::build(Plan {
            oauth: true,
            ..Plan::default()
        })
        .await
    }

    /// The second workspace is there, and does not have the app yet.
    pub fn neighbours_without_the_app(&self) {
        move_in(&self.slack, Workspace::new(OTHER, "Ink & Sons"));
    }

    /// The second workspace comes aboard.
    pub async fn neighbours_move_in(&self) {
        move_in(&self.slack, Workspace::new(OTHER, "Ink & Sons"));
        let scopes: Vec<&str> = bot_scopes().into_iter().collect();
        let token = install_in_slack(&self.slack, OTHER, &scopes);
        logs::plant_secret(&token);
        install_token(&self.app.services, &Secret::new(token))
            .await
            .expect("the second workspace is installed");
        // It came by itself: what the environment has stays the first one's.
        self.execute("UPDATE workspace SET from_token = workspace_id = 'T1'")
            .await;
        self.settle().await;
        self.choose_settings(OTHER).await;
    }

    /// The second workspace comes aboard, with nothing chosen yet.
    pub async fn new_neighbours_move_in(&self) {
        self.neighbours_move_in().await;
        self.execute("UPDATE workspace SET settings = '{}', setup_done_at = NULL, setup_asked_at = NULL WHERE workspace_id = 'T2'")
            .await;
    }

    async fn choose_settings(&self, team: &str) {
        self.settings_in(team, |settings| {
            settings.approvers = vec![id("U_BEN")];
            settings.leave_channel = ChannelId::parse("C_LEAVE").ok();
        })
        .await;
        let mut tx = self.tx_in(team).await;
        setup::store::note_done(&mut tx).await.expect("noted");
        tx.commit().await.expect("committed");
    }

    pub fn asha(&self) -> Person {
        self.slack.person(TEAM, "U_ASHA")
    }

    pub fn ben(&self) -> Person {
        self.slack.person(TEAM, "U_BEN")
    }

    pub fn carla(&self) -> Person {
        self.slack.person(TEAM, "U_CARLA")
    }

    pub fn dev(&self) -> Person {
        self.slack.person(TEAM, "U_DEV")
    }

    /// Waits until every promised job that can run by now is done. A job whose lane waits for
    /// another attempt cannot.
    pub async fn settle(&self) {
        let runnable = "SELECT count(*) FROM job j WHERE j.state = 'running' OR (j.state = 'queued' AND j.run_at <= $1::timestamptz
            AND EXISTS (SELECT FROM workspace w WHERE w.workspace_id = j.workspace_id AND w.paused_at IS NULL)
            AND NOT EXISTS (SELECT FROM job o WHERE o.workspace_id = j.workspace_id AND o.lane = j.lane AND o.state = 'queued' AND o.job_id < j.job_id))";
        let waiting = async {
            loop {
                self.slack.settle().await;
                let jobs: i64 = sqlx::query_scalar(runnable)
                    .bind(self.clock.now().to_string())
                    .fetch_one(&self.database.owner)
                    .await
                    .expect("the database answers");
                if jobs == 0 {
                    return;
                }
                self.app.runner.wake();
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .expect("jobs come to an end");
    }

    /// Makes it another time, for the app and for Slack, and lets the schedule do its round.
    pub async fn at(&self, time: &str) {
        self.clocks(time);
        self.round().await;
    }

    /// Makes it another time; the schedule has not noticed yet.
    pub fn clocks(&self, time: &str) {
        let now: Timestamp = time.parse().expect("a timestamp");
        self.clock.set(now);
        self.slack_clock.set(now);
        self.outside.clocks(now);
    }

    /// One round of the schedule, at the present time.
    pub async fn round(&self) {
        schedule::round(&self.app.services, &self.app.runner, Duration::from_mins(1)).await;
        self.settle().await;
    }

    /// Several schedules do their round at the same moment.
    pub async fn rounds_at_once(&self) -> Vec<Round> {
        let (services, runner) = (&self.app.services, &self.app.runner);
        let round = || schedule::round(services, runner, Duration::from_mins(1));
        let rounds = futures_util::future::join_all((0..6).map(|_| round())).await;
        self.settle().await;
        rounds
    }

    /// From now on no job is begun.
    pub fn stop_workers(&self) {
        self.stop.send_replace(true);
    }

    /// Jobs are run.
    pub fn start_workers(&self) {
        self.stop.send_replace(false);
        for _ in 0..self.workers {
            tokio::spawn(self.app.runner.clone().work(self.stop.subscribe()));
        }
    }

    /// Moves the clocks without a round of the schedule.
    pub fn pass(&self, time: SignedDuration) {
        let now = self.clock.now() + time;
        self.clock.set(now);
        self.slack_clock.set(now);
        self.outside.clocks(now);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Posts bytes to the app, signed now.
    pub async fn post(&self, path: &str, body: &[u8]) -> Reply {
        let sent = self.slack.clock().now().as_second();
        let signature = signature(self.slack.signing_secret(), sent, body);
        let sent = sent.to_string();
        let headers = [
            ("X-Slack-Request-Timestamp", sent.as_bytes()),
            ("X-Slack-Signature", signature.as_bytes()),
        ];
        post(&self.url, path, &headers, body).await
    }

    /// Posts many requests at the same moment.
    pub async fn post_at_once(&self, requests: &[SignedRequest]) -> Vec<Reply> {
        let posts = requests.iter().map(|request| async move {
            let headers: Vec<(&str, &[u8])> = request
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_bytes()))
                .collect();
            post(&self.url, &request.path, &headers, request.body.as_bytes()).await
        });
        futures_util::future::join_all(posts).await
    }

    /// A transaction of the workspace, as the app has it.
    pub async fn tx(&self) -> TenantTx {
        self.tx_in(TEAM).await
    }

    /// A transaction of a workspace, as the app has it.
    pub async fn tx_in(&self, team: &str) -> TenantTx {
        let team = WorkspaceId::parse(team).expect("a team id");
        self.app
            .services
            .db
            .begin(&team, self.clock.now())
            .await
            .expect("the database answers")
    }

    /// Changes the workspace's settings.
    pub async fn settings(&self, change: impl FnOnce(&mut Settings)) {
        self.settings_in(TEAM, change).await;
    }

    /// Changes a workspace's settings.
    pub async fn settings_in(&self, team: &str, change: impl FnOnce(&mut Settings)) {
        let mut tx = self.tx_in(team).await;
        let stored = tenant::settings_to_change(&mut tx)
            .await
            .expect("readable")
            .expect("installed");
        let mut settings = stored.clone();
        change(&mut settings);
        settings.check().expect("good settings");
        tenant::change_settings(&mut tx, &stored, &settings)
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
    }

    /// `person` types a command or message in #general; everything that follows is done.
    pub async fn types(&self, person: &Person, text: &str) {
        person.types("#general", text).await;
        self.settle().await;
    }

    /// `person` writes in #leave and sees the thread of it, with all that follows.
    pub async fn writes(&self, person: &Person, text: &str) -> Shown {
        let written = person.says("#leave", text).await;
        self.settle().await;
        written
    }

    /// `person` writes in the thread of a message.
    pub async fn replies(&self, person: &Person, to: &Shown, text: &str) {
        person.replies(to, text).await;
        self.settle().await;
    }

    /// `person` presses a button in #leave; everything that follows is done.
    pub async fn presses_in_leave(&self, person: &Person, button: &str) {
        person.press_in("#leave", button).await;
        self.settle().await;
    }

    /// `person` presses a button; everything that follows is done.
    pub async fn presses(&self, person: &Person, button: &str) {
        person.press(button).await;
        self.settle().await;
    }

    /// `person` opens the Home tab and sees this.
    pub async fn opens_home(&self, person: &Person) -> String {
        person.opens_home().await;
        self.settle().await;
        person.home()
    }

    /// `person` presses a button in the Home tab and sees this.
    pub async fn presses_home(&self, person: &Person, button: &str) -> String {
        person.press_home(button).await;
        self.settle().await;
        person.home()
    }

    /// `person` fills a field of the open dialog; its update is there.
    pub async fn fills(&self, person: &Person, label: &str, value: &str) {
        person.modal().fill(label, value).await;
        self.settle().await;
    }

    /// `person` submits the open dialog and sees this: nothing when it closed, else its text.
    pub async fn submits(&self, person: &Person) -> String {
        person.modal().submit().await;
        self.settle().await;
        person
            .find_modal()
            .map(|form| form.text())
            .unwrap_or_default()
    }

    /// Asks for days off with the form, from typing the command to sending it.
    pub async fn asks(&self, person: &Person, first: &str, last: &str) {
        self.types(person, "/timeoff").await;
        self.fills(person, "First day", first).await;
        if last != first {
            self.fills(person, "Last day", last).await;
        }
        let left = self.submits(person).await;
        assert_eq!(left, "", "the form should have closed");
    }

    /// One value of the database, read as its owner.
    pub async fn value<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        sqlx::query_scalar(sql)
            .fetch_one(&self.database.owner)
            .await
            .expect(sql)
    }

    /// Runs a statement as the database's owner.
    pub async fn execute(&self, sql: &'static str) {
        sqlx::query(sql)
            .execute(&self.database.owner)
            .await
            .expect(sql);
    }
}

pub fn id(user: &str) -> SlackUserId {
    SlackUserId::parse(user).expect("a user id")
}

/// The app's configuration for a simulated Slack, and more variables.
pub fn config(
    database_url: &str,
    slack: &SlackSim,
    token: &str,
    connections: u32,
    more: &[(&'static str, String)],
) -> Config {
    let key = Keyring::generate_key();
    logs::plant_secret(&key);
    logs::plant_secret(token);
    for (name, value) in more {
        logs::plant_variable(name, value);
    }
    Config::read(|name| match name {
        "DATABASE_URL" => Some(database_url.to_owned()),
        "DATABASE_CONNECTIONS" => Some(connections.to_string()),
        "SLACK_SIGNING_SECRET" => Some(slack.signing_secret().to_owned()),
        "SLACK_BOT_TOKEN" => Some(token.to_owned()),
        "SLACK_API_URL" => Some(slack.api_url()),
        _ => more
            .iter()
            .find(|(variable, _)| *variable == name)
            .map(|(_, value)| value.clone())
            .or_else(|| (name == "TOKEN_ENCRYPTION_KEYS").then(|| key.clone())),
    })
    .expect("a complete configuration")
}
