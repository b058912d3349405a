//! Invariant 4: a sync that is killed at any step is never repeated by itself and never left in
//! the middle, and one retry by a person heals it: one event, one entry a day. The real command,
//! killed with SIGKILL; in 25 rounds 4 leaves each are at the step at that moment: 100 in all.

use std::time::Duration;

use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, Zoned};
use simulators::harvest::HarvestUser;
use simulators::service::Fault;
use simulators::slack::Clock;
use timeoff::leave::days;
use timeoff::leave::model::{LeaveSpan, Portion};
use timeoff::leave::store::{self, Inserted, NewAction};
use timeoff::leave::{cancel, request, sync};
use timeoff::platform::clock;
use timeoff::platform::db::{Db, TenantTx};
use timeoff::platform::ids::WorkspaceId;
use timeoff::tenant::Settings;
use timeoff::tenant::store::{self as tenant, Actor};

use super::crash::Site;
use crate::support::{Outside, Server, TEAM, id};

const PEOPLE: [&str; 4] = ["U_ASHA", "U_BEN", "U_CARLA", "U_DEV"];
/// The step has not come yet, or it is over.
const FOREVER: Duration = Duration::from_mins(10);

/// Where the process is when it is killed.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// It is about to commit a change of these rows.
    Committing(&'static str),
    /// The call of this method was carried out, and its answer is on the way.
    Answered(&'static str),
    /// It said that it calls this method, and the call was never carried out.
    NotCarriedOut(&'static str),
}

struct Town {
    site: Site,
    outside: Outside,
    week: i64,
}

impl Town {
    async fn open() -> Self {
        let outside = Outside::both(&Clock::system());
        outside.start().await;
        let harvest = outside.harvest.as_ref().expect("Harvest");
        harvest.add_user(HarvestUser::new(74, "Dev Patel", "dev@example.com"));
        let site = Site::open_with(outside.environment()).await;
        Self {
            site,
            outside,
            week: 0,
        }
    }

    async fn start(&self) -> Server {
        let server = self.site.start().await;
        self.site
            .execute("UPDATE person SET harvest_user_id = array_position(ARRAY['U_ASHA', 'U_BEN', 'U_CARLA', 'U_DEV'], user_id) + 70")
            .await;
        server
    }

    /// A way to the database beside the process, to be closed before that is killed: what it
    /// leaves there is watched.
    fn db(&self) -> Db {
        Db::connect_lazy(self.site.database.server(), 1)
    }

    /// Everybody has three days of leave confirmed, in a week of their own.
    async fn confirm(&mut self) -> Vec<i64> {
        let mut wednesday = Zoned::now().date().saturating_add(14.days());
        while wednesday.weekday() != Weekday::Wednesday {
            wednesday = wednesday.saturating_add(1.day());
        }
        wednesday = wednesday.saturating_add((7 * self.week).days());
        self.week += 1;
        let span = LeaveSpan::new(wednesday, wednesday.saturating_add(2.days()), Portion::Full)
            .expect("in order");
        let mut actions = Vec::new();
        let db = self.db();
        for person in PEOPLE {
            let mut tx = begin(&db).await;
            let user = id(person);
            let known = tenant::person(&mut tx, &user).await.expect("readable");
            let known = known.expect("a person");
            let settings = Settings::default();
            let calendar =
                store::calendar(&mut tx, &known, &settings, span.first(), span.last()).await;
            let types = store::leave_types(&mut tx).await.expect("types");
            let new = NewAction {
                user: &user,
                leave_type: &types[0],
                span,
                reason: None,
                days: &days::count(&calendar.expect("a calendar"), &span),
            };
            let inserted = store::insert_action(&mut tx, &new).await.expect("written");
            let Inserted::Whole(action) = inserted else {
                panic!("{person} has leave then already");
            };
            let confirmed = request::confirm(&mut tx, "chaos", action, Actor::System).await;
            assert!(confirmed.expect("confirmed"));
            tx.commit().await.expect("committed");
            actions.push(action);
        }
        db.close().await;
        actions
    }

    /// A person retries what failed; how many leaves that were.
    async fn retry(&self) -> usize {
        let actions: Vec<i64> =
            sqlx::query_scalar("SELECT action_id FROM pending_action ORDER BY action_id")
                .fetch_all(&self.site.database.owner)
                .await
                .expect("readable");
        let mut started = 0;
        let db = self.db();
        for action in actions {
            let mut tx = begin(&db).await;
            let carla = id("U_CARLA");
            let retried = sync::retry(&mut tx, "chaos", action, Actor::Person(&carla)).await;
            started += usize::from(retried.expect("the database answers") == sync::Retry::Started);
            tx.commit().await.expect("committed");
        }
        db.close().await;
        started
    }

    /// Days of these leaves are given back: the middle one, or all.
    async fn give_back(&self, actions: &[i64], all: bool) {
        let db = self.db();
        for &action in actions {
            let mut tx = begin(&db).await;
            let leave = store::action(&mut tx, action).await.expect("readable");
            let leave = leave.expect("a leave");
            let days: Vec<Date> = leave
                .span
                .dates()
                .filter(|day| all || day.weekday() == Weekday::Thursday)
                .collect();
            let actor = Actor::Person(&leave.user);
            let given = cancel::cancel_days(&mut tx, "chaos", leave.id, &days, actor).await;
            assert_ne!(given.expect("given back"), store::GivenBack::Nothing);
            tx.commit().await.expect("committed");
        }
        db.close().await;
    }

    async fn settled(&self) {
        self.site
            .until("SELECT count(*) = 0 FROM job WHERE state IN ('queued', 'running')")
            .await;
    }

    fn fault(&self, method: &'static str, fault: Fault) {
        let harvest = self.outside.harvest.as_ref().expect("Harvest");
        let calendar = self.outside.calendar.as_ref().expect("a calendar");
        if method.starts_with("events") {
            calendar.fault(method, fault, None);
        } else {
            harvest.fault(method, fault, None);
        }
    }

    fn calls(&self, method: &'static str) -> usize {
        let harvest = self.outside.harvest.as_ref().expect("Harvest");
        let calendar = self.outside.calendar.as_ref().expect("a calendar");
        calendar.calls(method).len() + harvest.calls(method).len()
    }

    fn clear_faults(&self) {
        self.outside
            .calendar
            .as_ref()
            .expect("a calendar")
            .clear_faults();
        self.outside
            .harvest
            .as_ref()
            .expect("Harvest")
            .clear_faults();
    }

    /// Kills the process when all four leaves are at a step on the way that `begin` sends them,
    /// and starts it again after their leases are over.
    async fn killed_at<F>(&mut self, mut server: Server, step: Step, begin: F) -> Server
    where
        F: AsyncFnOnce(&mut Self),
    {
        match step {
            Step::Committing(what) => {
                let lock = self.site.hold(what).await;
                begin(self).await;
                self.site.until_held_by(PEOPLE.len()).await;
                server.kill();
                self.site.release(lock, table_of(what)).await;
            }
            Step::Answered(method) => {
                let before = self.calls(method);
                self.fault(method, Fault::Slow(FOREVER));
                begin(self).await;
                self.until_called(method, before + PEOPLE.len()).await;
                server.kill();
            }
            Step::NotCarriedOut(method) => {
                self.fault(method, Fault::Down);
                let what = "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'failed')";
                let lock = self.site.hold(what).await;
                begin(self).await;
                self.site.until_held_by(PEOPLE.len()).await;
                server.kill();
                self.site.release(lock, table_of(what)).await;
            }
        }
        self.clear_faults();
        drop(server);
        let server = self.site.start_after_a_while().await;
        self.nothing_is_in_the_middle(step).await;
        server
    }

    async fn until_called(&self, method: &'static str, times: usize) {
        let waiting = async {
            while self.calls(method) < times {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), waiting)
            .await
            .unwrap_or_else(|_| panic!("{method} is not called {times} times"));
    }

    async fn nothing_is_in_the_middle(&self, step: Step) {
        let open: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM pending_action WHERE state IN ('confirmed', 'processing'))
                  + (SELECT count(*) FROM service_entry WHERE state IN ('waiting', 'calling', 'unwanted', 'removing'))
                  + (SELECT count(*) FROM leave_record WHERE state = 'confirmed')",
        )
        .fetch_one(&self.site.database.owner)
        .await
        .expect("readable");
        assert_eq!(open, 0, "something is left in the middle after {step:?}");
    }

    /// After a retry: exactly the leave that there is, once, at both services.
    async fn healed(&self, step: Step) {
        self.retry().await;
        self.settled().await;
        self.nothing_is_in_the_middle(step).await;
        assert_eq!(
            self.retry().await,
            0,
            "something still fails after {step:?}"
        );
        let days: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT p.name, r.day::text, r.state = 'completed' FROM leave_record r JOIN person p USING (workspace_id, user_id)
             WHERE r.state <> 'cancelled' ORDER BY p.name, r.day",
        )
        .fetch_all(&self.site.database.owner)
        .await
        .expect("readable");
        assert!(days.iter().all(|(_, _, completed)| *completed), "{step:?}");

        let harvest = self.outside.harvest.as_ref().expect("Harvest");
        let mut entered: Vec<(String, String)> = harvest
            .entries()
            .into_iter()
            .map(|entry| (entry.person, entry.date.to_string()))
            .collect();
        entered.sort();
        let expected: Vec<(String, String)> = days
            .iter()
            .map(|(name, day, _)| (name.clone(), day.clone()))
            .collect();
        assert_eq!(entered, expected, "the time sheet after {step:?}");

        // Days in a row are one event, which ends the day after.
        let mut events: Vec<(String, Date, Date)> = Vec::new();
        for (name, day, _) in &days {
            let day: Date = day.parse().expect("a date");
            let title = format!("Leave - {name}");
            match events.last_mut() {
                Some((last, _, end)) if *last == title && *end == day => {
                    *end = end.saturating_add(1.day());
                }
                _ => events.push((title, day, day.saturating_add(1.day()))),
            }
        }
        let calendar = self.outside.calendar.as_ref().expect("a calendar");
        let mut shown: Vec<(String, Date, Date)> = calendar
            .events()
            .into_iter()
            .map(|event| {
                let date = |text: &str| text.parse().expect("a date");
                (event.summary.clone(), date(&event.start), date(&event.end))
            })
            .collect();
        shown.sort();
        assert_eq!(shown, events, "the calendar after {step:?}");
    }
}

async fn begin(db: &Db) -> TenantTx {
    let team = WorkspaceId::parse(TEAM).expect("a team id");
    let now = clock::Clock::System.now();
    db.begin(&team, now).await.expect("the database answers")
}

fn table_of(what: &str) -> &str {
    what.split_whitespace().nth(2).expect("UPDATE ON table")
}

#[tokio::test]
async fn killed_while_leave_is_entered() {
    let mut town = Town::open().await;
    let mut server = town.start().await;
    for step in [
        Step::Committing("UPDATE ON pending_action FOR EACH ROW WHEN (NEW.state = 'processing')"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'calling' AND NEW.service = 'calendar')",
        ),
        Step::NotCarriedOut("events.insert"),
        Step::Answered("events.insert"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.service = 'calendar')",
        ),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'calling' AND NEW.service = 'harvest')",
        ),
        Step::NotCarriedOut("time_entries.create"),
        Step::Answered("time_entries.create"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.service = 'harvest')",
        ),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'calling' AND extract(isodow FROM NEW.first_day) = 5)",
        ),
        Step::Committing("UPDATE ON pending_action FOR EACH ROW WHEN (NEW.state = 'completed')"),
        Step::Committing(
            "UPDATE ON job FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.kind = 'leave.sync')",
        ),
    ] {
        server = town
            .killed_at(server, step, async |town| {
                town.confirm().await;
            })
            .await;
        town.healed(step).await;
    }
}

#[tokio::test]
async fn killed_while_a_person_retries() {
    let mut town = Town::open().await;
    let mut server = town.start().await;
    for step in [
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'calling' AND NEW.service = 'calendar')",
        ),
        Step::Answered("events.get"),
        Step::Answered("events.insert"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.service = 'calendar')",
        ),
        Step::Answered("time_entries.create"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.service = 'harvest')",
        ),
    ] {
        town.fault("events.insert", Fault::ServerError);
        town.fault("time_entries.create", Fault::ServerError);
        town.confirm().await;
        town.settled().await;
        town.clear_faults();
        server = town
            .killed_at(server, step, async |town| {
                assert_eq!(town.retry().await, PEOPLE.len());
            })
            .await;
        town.healed(step).await;
    }
}

#[tokio::test]
async fn killed_while_leave_is_removed_or_split() {
    let mut town = Town::open().await;
    let mut server = town.start().await;
    let whole = [
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'removing' AND NEW.service = 'calendar')",
        ),
        Step::Answered("events.delete"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'removed' AND NEW.service = 'calendar')",
        ),
        Step::Answered("time_entries.delete"),
    ];
    let middle = [
        Step::Answered("events.insert"),
        Step::Committing(
            "UPDATE ON service_entry FOR EACH ROW WHEN (NEW.state = 'done' AND NEW.service = 'calendar')",
        ),
        Step::Answered("events.delete"),
    ];
    let rounds = whole.map(|step| (step, true)).into_iter();
    for (step, all) in rounds.chain(middle.map(|step| (step, false))) {
        let actions = town.confirm().await;
        town.settled().await;
        server = town
            .killed_at(server, step, async |town| {
                town.give_back(&actions, all).await;
            })
            .await;
        town.healed(step).await;
    }
}
