//! Workspaces with the same people, channels and ids. What tells them apart is what must never be
//! seen in another: their names, their people's names, their kind of leave, and their days.

use std::time::{Duration, Instant};

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};
use simulators::slack::{
    Channel, Clock as SlackClock, Member, SlackSim, SlackSimConfig, Workspace,
};
use timeoff::app::App;
use timeoff::leave::model::LeaveType;
use timeoff::leave::store as leave;
use timeoff::leave::words;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::Secret;
use timeoff::platform::ids::{ChannelId, WorkspaceId};
use timeoff::routes::bot_scopes;
use timeoff::tenant::store as tenant;
use timeoff::workspace::install::install_token;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Size;
use crate::support::{Database, MONDAY, config, id, logs};

/// Who decides, in every workspace.
pub const APPROVERS: [&str; 2] = ["UP00", "UP01"];
/// The first person who asks for leave: those before decide or look after people.
pub const FIRST_ASKER: usize = 3;
/// Where people write that they are away.
pub const LEAVE: &str = "C_LEAVE";
/// Days that belong to one workspace alone.
pub const DAYS: usize = 2;

/// Zones of the people, by turns. It is the same date in all of them on [`MONDAY`].
const ZONES: [&str; 4] = [
    "Europe/London",
    "Asia/Kolkata",
    "America/New_York",
    "Etc/UTC",
];

/// The app and everything around it.
pub struct Town {
    pub size: Size,
    pub slack: SlackSim,
    pub app: App,
    pub database: Database,
    pub url: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
    ticking: JoinHandle<()>,
}

/// Slack's id of a workspace.
pub fn team(workspace: usize) -> String {
    format!("T{:03}", workspace + 1)
}

/// Stands in every name of a workspace, and in no other's.
pub fn mark(workspace: usize) -> String {
    format!("W{:03}", workspace + 1)
}

/// Somebody's id, which is the same in every workspace.
pub fn user(person: usize) -> String {
    format!("UP{person:02}")
}

/// Somebody's name.
pub fn name(workspace: usize, person: usize) -> String {
    format!("Person {person:02} of {}", mark(workspace))
}

/// A working day that only people of this workspace ask for.
pub fn day(workspace: usize, number: usize) -> Date {
    let at = workspace * DAYS + number;
    let (weeks, weekday) = (at / 5, at % 5);
    date(2026, 3, 9) + i64::try_from(weeks * 7 + weekday).expect("few").days()
}

/// The same as messages name it.
pub fn in_words(day: Date) -> String {
    words::day(day, date(2026, 3, 2))
}

/// Whose day this is.
pub fn owner_of(day: Date, size: Size) -> Option<usize> {
    (0..size.workspaces).find(|workspace| (0..DAYS).any(|it| self::day(*workspace, it) == day))
}

impl Town {
    /// Builds the workspaces and installs the app in each.
    pub async fn build(size: Size) -> Self {
        logs::keep();
        let monday: Timestamp = MONDAY.parse().expect("a timestamp");
        let (clock, slack_clock) = (Clock::manual(monday), SlackClock::manual(monday));
        let slack = SlackSim::new(SlackSimConfig {
            clock: slack_clock.clone(),
            deadline: Duration::from_mins(1),
            // How late a form opens is measured; here it still opens.
            trigger_life: Duration::from_hours(1),
            overhears: Some(logs::plant_words),
            ..SlackSimConfig::default()
        });
        logs::plant_secret(slack.signing_secret());
        let tokens: Vec<String> = (0..size.workspaces)
            .map(|workspace| move_in(&slack, workspace, size.people))
            .collect();
        slack.start().await.expect("Slack listens");
        let database = Database::migrated().await;
        let token = tokens.first().expect("a workspace");
        let config = config(&database.url, &slack, token, size.connections, &[]);
        let app = App::new(config, clock.clone()).expect("the app is wired");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        slack.set_app_url(&url);
        let (stop, stopping) = watch::channel(false);
        let serving = tokio::spawn(app.clone().serve(listener, stopping));
        let ticking = tokio::spawn(tick(monday, clock, slack_clock));
        let town = Self {
            size,
            slack,
            app,
            database,
            url,
            stop,
            serving,
            ticking,
        };
        for (workspace, token) in tokens.into_iter().enumerate() {
            town.install(workspace, token).await;
        }
        town.until_done(Duration::from_mins(5)).await;
        town.slack.clear_calls();
        town
    }

    /// The code's own way in, and the settings that its admin would choose.
    async fn install(&self, workspace: usize, token: String) {
        logs::plant_secret(&token);
        install_token(&self.app.services, &Secret::new(token))
            .await
            .expect("installed");
        let team = WorkspaceId::parse(team(workspace)).expect("a team id");
        let now = self.app.services.clock.now();
        let begun = self.app.services.db.begin(&team, now).await;
        let mut tx = begun.expect("the database answers");
        let stored = tenant::settings_to_change(&mut tx).await.expect("readable");
        let stored = stored.expect("installed");
        let mut settings = stored.clone();
        settings.approvers = APPROVERS.map(id).to_vec();
        settings.leave_channel = ChannelId::parse(LEAVE).ok();
        // Nobody here is one to slow down.
        settings.requests_per_minute = 10_000;
        settings.check().expect("good settings");
        tenant::change_settings(&mut tx, &stored, &settings)
            .await
            .expect("saved");
        let vacation = LeaveType {
            key: "vacation".to_owned(),
            name: format!("Vacation {}", mark(workspace)),
            needs_approval: true,
        };
        leave::save_leave_type(&mut tx, &vacation)
            .await
            .expect("saved");
        tx.commit().await.expect("committed");
    }

    /// Waits until every job has ended, and Slack has nothing more to say.
    pub async fn until_done(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            self.slack.settle().await;
            let open: i64 =
                sqlx::query_scalar("SELECT count(*) FROM job WHERE state IN ('queued', 'running')")
                    .fetch_one(&self.database.owner)
                    .await
                    .expect("the database answers");
            if open == 0 {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    }

    /// Ends the app.
    pub async fn close(self) {
        self.stop.send_replace(true);
        self.serving
            .await
            .expect("the app ends")
            .expect("the app ends well");
        self.ticking.abort();
    }
}

/// Lets the time pass as it does.
async fn tick(monday: Timestamp, clock: Clock, slack_clock: SlackClock) {
    let begun = Instant::now();
    loop {
        let passed = SignedDuration::try_from(begun.elapsed()).expect("not long");
        clock.set(monday + passed);
        slack_clock.set(monday + passed);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A workspace with its people and channels, and the app's token there.
fn move_in(slack: &SlackSim, workspace: usize, people: usize) -> String {
    let (team, mark) = (team(workspace), mark(workspace));
    slack.add_workspace(Workspace::new(&team, &format!("Company {mark}")));
    for person in 0..people {
        let handle = format!("p{person:02}.{}", mark.to_lowercase());
        let mut member = Member::new(&user(person), &handle)
            .real_name(&name(workspace, person))
            .tz(ZONES[person % ZONES.len()]);
        if person == APPROVERS.len() {
            member = member.admin();
        }
        slack.add_person(&team, member);
    }
    for (channel, name) in [("C_GENERAL", "general"), (LEAVE, "leave")] {
        let members: Vec<String> = (0..people).map(user).collect();
        slack.add_channel(&team, Channel::new(channel, name).members(members));
    }
    let scopes: Vec<&str> = bot_scopes().into_iter().collect();
    let token = slack.install_app(&team, &scopes);
    for channel in ["C_GENERAL", LEAVE] {
        slack.add_app_to_channel(&team, channel);
    }
    token
}
