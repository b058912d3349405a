//! Everybody is read from Slack, page by page.

use std::time::Duration;

use insta::assert_snapshot;
use jiff::SignedDuration;
use simulators::harvest::HarvestUser;
use simulators::service;
use simulators::slack::{Fault, Member, Person};
use timeoff::jobs;
use timeoff::tenant::PeopleFrom;
use timeoff::workspace::people::{Begun, ImportPerson, begin_import};

use crate::invariants::payloads;
use crate::support::{House, OTHER, Plan, TEAM, id};

/// More people, so that there are several pages of 200.
fn many(house: &House, team: &str, count: usize) {
    for number in 0..count {
        let name = format!("p{number:04}");
        let person = Member::new(&format!("U_{}", name.to_uppercase()), &name);
        let person = person.real_name(&format!("Person {number:04}"));
        house.slack.add_person(team, person.tz("Europe/Rome"));
    }
}

/// Carla presses the button that reads everybody again.
async fn asks_for_import(house: &House, team: &str) -> Begun {
    let carla = id("U_CARLA");
    let mut tx = house.tx_in(team).await;
    let begun = begin_import(&mut tx, "test", Some(&carla)).await.unwrap();
    tx.commit().await.unwrap();
    house.settle().await;
    begun
}

fn carla(house: &House, team: &str) -> Person {
    house.slack.person(team, "U_CARLA")
}

async fn people(house: &House, team: &'static str) -> i64 {
    let sql = match team {
        TEAM => "SELECT count(*) FROM person WHERE workspace_id = 'T1' AND active",
        _ => "SELECT count(*) FROM person WHERE workspace_id = 'T2' AND active",
    };
    house.value(sql).await
}

/// The cursors of the pages that were asked for, as numbers.
fn pages(house: &House) -> Vec<String> {
    let calls = house.slack.calls("users.list");
    let cursor = |call: &serde_json::Value| {
        let cursor = call["cursor"].as_str().unwrap_or_default();
        String::from_utf8(hex::decode(cursor).unwrap_or_default()).unwrap_or_default()
    };
    calls.iter().map(cursor).collect()
}

#[tokio::test]
async fn twelve_hundred_people_come_page_by_page_and_the_admin_sees_how_far_it_is() {
    let house = House::with_neighbours().await;
    many(&house, TEAM, 1200);
    many(&house, OTHER, 3);
    house.slack.clear_calls();
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Anew);
    assert_eq!(pages(&house).len(), 7, "1,206 with the app and Slackbot");
    assert_eq!(
        (people(&house, TEAM).await, people(&house, OTHER).await),
        (1204, 4)
    );
    assert_snapshot!(carla(&house, TEAM).dm(), @"timeoff: :white_check_mark: Done: 1204 people in Slack: 1200 new.");
    assert_eq!(carla(&house, OTHER).dm(), "");
    // One message that changes; the clock stands still, so once on the way.
    assert_eq!(house.slack.calls("chat.postMessage").len(), 1);
    assert!(house.slack.calls("chat.update").len() <= 2);
    asks_for_import(&house, OTHER).await;
    assert_snapshot!(carla(&house, OTHER).dm(), @"timeoff: :white_check_mark: Done: 7 people in Slack: 3 new.");
}

#[tokio::test]
async fn slack_asks_to_wait_in_the_middle_and_the_same_page_follows() {
    let house = House::open().await;
    many(&house, TEAM, 500);
    house.slack.clear_calls();
    // The third page: the first two are answered.
    house.slack.fault(
        "users.list",
        Fault::Slow(std::time::Duration::ZERO),
        Some(2),
    );
    house
        .slack
        .fault("users.list", Fault::RateLimited(30), Some(1));
    asks_for_import(&house, TEAM).await;
    assert_snapshot!(house.carla().dm(), @"timeoff: Reading people from Slack… 198 so far.");
    assert_eq!(
        people(&house, TEAM).await,
        398,
        "400 without the app and Slackbot"
    );
    house.pass(SignedDuration::from_secs(29));
    house.settle().await;
    assert_eq!(pages(&house).len(), 3);
    house.pass(SignedDuration::from_secs(1));
    house.settle().await;
    assert_eq!(pages(&house), ["", "next:200", "next:400", "next:400"]);
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 504 people in Slack: 500 new.");
}

#[tokio::test]
async fn an_import_that_stopped_goes_on_from_there() {
    let house = House::open().await;
    many(&house, TEAM, 500);
    house.slack.clear_calls();
    house.slack.fault(
        "users.list",
        Fault::Slow(std::time::Duration::ZERO),
        Some(2),
    );
    house.slack.fault(
        "users.list",
        Fault::Error("missing_scope".to_owned()),
        Some(1),
    );
    asks_for_import(&house, TEAM).await;
    assert_snapshot!(house.carla().dm(), @"timeoff: :warning: Reading people from Slack stopped after 398 people. Slack did not let me go on. I try again by myself in 6 hours. What was read is kept, and the next reading goes on from there.");
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Continued);
    assert_eq!(pages(&house), ["", "next:200", "next:400", "next:400"]);
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 504 people in Slack: 500 new.");
    // A day later it begins anew.
    house.slack.fault(
        "users.list",
        Fault::Error("missing_scope".to_owned()),
        Some(1),
    );
    asks_for_import(&house, TEAM).await;
    house.pass(SignedDuration::from_hours(25));
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Anew);
}

#[tokio::test]
async fn an_import_that_stopped_is_tried_again_hours_later_by_itself() {
    let house = House::with_neighbours().await;
    many(&house, TEAM, 500);
    let stops = || {
        let refused = Fault::Error("missing_scope".to_owned());
        house.slack.fault("users.list", refused, Some(1));
    };
    stops();
    asks_for_import(&house, TEAM).await;
    house.slack.clear_calls();
    house.pass(SignedDuration::from_mins(359));
    house.settle().await;
    assert!(pages(&house).is_empty());
    house.pass(SignedDuration::from_mins(2));
    house.settle().await;
    assert_eq!(people(&house, TEAM).await, 504);

    // Where somebody was quicker, nothing is read again.
    stops();
    asks_for_import(&house, TEAM).await;
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Continued);
    house.slack.clear_calls();
    house.pass(SignedDuration::from_hours(7));
    house.settle().await;
    assert!(pages(&house).is_empty());
}

#[tokio::test]
async fn a_worker_that_dies_loses_no_page_and_reads_none_twice() {
    let house = House::open().await;
    many(&house, TEAM, 500);
    house.slack.clear_calls();
    house.stop_workers();
    asks_to_begin(&house).await;
    for page in 0..3_i64 {
        // The job commits its page, and dies before it says that it is done.
        assert!(house.app.runner.run_next().await.unwrap(), "page {page}");
        house
            .execute("UPDATE job SET state = 'queued', finished_at = NULL WHERE job_id = (SELECT max(job_id) FROM job WHERE kind = 'workspace.import_people' AND state = 'done')")
            .await;
    }
    house.start_workers();
    house.settle().await;
    assert_eq!(pages(&house), ["", "next:200", "next:400"]);
    assert_eq!(people(&house, TEAM).await, 504);
    let ended: i64 = house
        .value(
            "SELECT count(*) FROM job WHERE kind = 'workspace.import_people' AND state <> 'done'",
        )
        .await;
    assert_eq!(ended, 0);
}

/// An import is asked for while nobody works.
async fn asks_to_begin(house: &House) {
    let mut tx = house.tx().await;
    begin_import(&mut tx, "test", None).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn two_imports_at_once_are_one() {
    let house = House::open().await;
    house.slack.clear_calls();
    house.stop_workers();
    let (carla, ben) = (id("U_CARLA"), id("U_BEN"));
    let mut begun = Vec::new();
    for watcher in [&carla, &ben, &carla] {
        let mut tx = house.tx().await;
        begun.push(begin_import(&mut tx, "test", Some(watcher)).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(begun, [Begun::Anew, Begun::Joined, Begun::Joined]);
    house.start_workers();
    house.settle().await;
    assert_eq!(pages(&house), [""]);
    assert_eq!(house.carla().dm(), house.ben().dm());
    assert_snapshot!(house.ben().dm(), @"timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone.");
}

#[tokio::test]
async fn a_cursor_that_slack_forgot_begins_the_list_anew_once() {
    let house = House::open().await;
    many(&house, TEAM, 500);
    house.slack.clear_calls();
    for times in [1, 2] {
        house.slack.fault(
            "users.list",
            Fault::Slow(std::time::Duration::ZERO),
            Some(1),
        );
        for _ in 0..times {
            house.slack.fault(
                "users.list",
                Fault::Error("invalid_cursor".to_owned()),
                Some(1),
            );
            house.slack.fault(
                "users.list",
                Fault::Slow(std::time::Duration::ZERO),
                Some(1),
            );
        }
        asks_for_import(&house, TEAM).await;
        house.slack.clear_faults();
    }
    assert_snapshot!(pages(&house).join(" | "), @" | next:200 |  | next:200 | next:400 |  | next:200 |  | next:200");
    assert_snapshot!(house.carla().dm(), @"timeoff: :warning: Reading people from Slack stopped after 198 people. Slack did not let me go on. I try again by myself in 6 hours. What was read is kept, and the next reading goes on from there.");
    assert_eq!(people(&house, TEAM).await, 504);
}

#[tokio::test]
async fn who_left_is_inactive_and_keeps_their_leave_and_who_is_back_is_active() {
    let house = House::with_neighbours().await;
    let dev = house.dev();
    house.is_granted(&dev, "2026-03-05", "2026-03-06").await;
    // Deactivated while the app was away: no event came.
    house
        .slack
        .change_person(TEAM, "U_DEV", Member::deactivated)
        .await;
    house.settle().await;
    house
        .execute("UPDATE person SET in_slack = true WHERE user_id = 'U_DEV'")
        .await;
    asks_for_import(&house, TEAM).await;
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 3 people in Slack: 1 deactivated.");
    let kept: i64 = house
        .value("SELECT count(*) FROM leave_record WHERE user_id = 'U_DEV'")
        .await;
    assert_eq!(
        (
            kept,
            people(&house, TEAM).await,
            people(&house, OTHER).await
        ),
        (2, 3, 4)
    );

    house
        .slack
        .change_person(TEAM, "U_DEV", Member::activated)
        .await;
    house.settle().await;
    house
        .execute(
            "UPDATE person SET in_slack = false WHERE user_id = 'U_DEV' AND workspace_id = 'T1'",
        )
        .await;
    asks_for_import(&house, TEAM).await;
    assert_eq!(people(&house, TEAM).await, 4);
    assert_snapshot!(latest(&house), @"timeoff: :white_check_mark: Done: 4 people in Slack: 1 back.");
}

fn latest(house: &House) -> String {
    crate::support::latest(&house.carla())
}

#[tokio::test]
async fn names_zones_owners_and_guests_are_taken_over_and_bots_and_strangers_are_not() {
    let house = House::open().await;
    for person in [
        Member::new("U_OLGA", "olga")
            .real_name("Olga Petrova")
            .owner(),
        Member::new("U_GUS", "gus").real_name("Gus Guest").guest(),
        Member::new("U_STRANGE", "strange").stranger(),
        Member::new("U_ROBOT", "robot").bot(),
        Member::new("U_LONGGONE", "longgone").deactivated(),
    ] {
        house.slack.add_person(TEAM, person);
    }
    asks_for_import(&house, TEAM).await;
    let known: String = house
        .value("SELECT string_agg(concat_ws(' ', user_id, name, time_zone, CASE WHEN is_owner THEN 'owner' END, CASE WHEN is_admin THEN 'admin' END), E'\\n' ORDER BY user_id) FROM person")
        .await;
    assert_snapshot!(known, @"
    U_ASHA Asha Rao Asia/Kolkata
    U_BEN Ben Okafor Europe/London
    U_CARLA Carla Mendes Europe/Madrid admin
    U_DEV Dev Patel Europe/London
    U_GUS Gus Guest Etc/UTC
    U_OLGA Olga Petrova Etc/UTC owner admin
    ");
}

#[tokio::test]
async fn whom_slack_leaves_out_of_its_list_has_left() {
    let house = House::open().await;
    let gone = "INSERT INTO person (workspace_id, user_id, name, time_zone) VALUES ('T1', 'U_GONE', 'Gil Gone', 'UTC')";
    house.execute(gone).await;
    asks_for_import(&house, TEAM).await;
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 4 people in Slack: 1 deactivated.");
    assert_eq!(people(&house, TEAM).await, 4);
}

#[tokio::test]
async fn limited_to_the_leave_channel_others_are_not_added_and_the_known_stay() {
    let house = House::with_neighbours().await;
    for team in [TEAM, OTHER] {
        for number in 0..250 {
            let user = format!("U_IN{number:03}");
            house
                .slack
                .add_person(team, Member::new(&user, &user.to_lowercase()));
            house.slack.add_to_channel(team, "C_LEAVE", &user);
            let user = format!("U_OUT{number:03}");
            house
                .slack
                .add_person(team, Member::new(&user, &user.to_lowercase()));
        }
    }
    // Known, and not in the channel.
    house
        .slack
        .add_person(TEAM, Member::new("U_KNOWN", "known"));
    let known = "INSERT INTO person (workspace_id, user_id, name, time_zone) VALUES ('T1', 'U_KNOWN', 'Known', 'UTC')";
    house.execute(known).await;
    house
        .settings(|settings| settings.people_from = PeopleFrom::LeaveChannel)
        .await;
    house.slack.clear_calls();
    asks_for_import(&house, TEAM).await;
    asks_for_import(&house, OTHER).await;
    assert_eq!(people(&house, TEAM).await, 4 + 250 + 1);
    assert_eq!(people(&house, OTHER).await, 4 + 500);
    assert_eq!(house.slack.calls("conversations.members").len(), 2);
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 255 people in Slack: 250 new. Only members of the leave channel are added.");
    let kept: String = house
        .value("SELECT name FROM person WHERE user_id = 'U_KNOWN'")
        .await;
    assert_eq!(kept, "known", "changed, and active as before");

    // Joining the channel is the way in; changing a profile is not.
    house
        .slack
        .change_person(TEAM, "U_OUT001", |it| it.title("New"))
        .await;
    house
        .slack
        .change_person(OTHER, "U_OUT001", |it| it.title("New"))
        .await;
    house
        .slack
        .join_workspace(TEAM, Member::new("U_NEW", "new"))
        .await;
    house.settle().await;
    assert_eq!(people(&house, TEAM).await, 255);
    house
        .slack
        .join_channel(TEAM, "C_GENERAL", "U_OUT001")
        .await;
    house.slack.join_channel(TEAM, "C_LEAVE", "U_OUT002").await;
    house.settle().await;
    assert_eq!(people(&house, TEAM).await, 256);
    let out = house.slack.person(TEAM, "U_OUT003");
    house.types(&out, "/timeoff list").await;
    assert_eq!(people(&house, TEAM).await, 257, "who asks is looked up");
}

#[tokio::test]
async fn a_leave_channel_that_cannot_be_seen_is_said() {
    let house = House::open().await;
    house
        .settings(|settings| settings.people_from = PeopleFrom::LeaveChannel)
        .await;
    let gone = Fault::Error("channel_not_found".to_owned());
    house.slack.fault("conversations.members", gone, Some(1));
    asks_for_import(&house, TEAM).await;
    assert_snapshot!(house.carla().dm(), @"timeoff: :warning: Reading people from Slack stopped after 0 people. I cannot see who is in #leave. Please invite me there (`/invite`), and read again. What was read is kept, and the next reading goes on from there.");
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Continued);
    assert_snapshot!(latest(&house), @"timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone. Only members of the leave channel are added.");
}

#[tokio::test]
async fn people_are_found_in_harvest_at_the_end() {
    let house = House::with_services_and_neighbours().await;
    house
        .harvest()
        .add_user(HarvestUser::new(75, "Dev", "someone@example.com"));
    house
        .execute("UPDATE person SET harvest_user_id = 900 WHERE user_id = 'U_BEN'")
        .await;
    asks_for_import(&house, TEAM).await;
    asks_for_import(&house, OTHER).await;
    assert_snapshot!(house.carla().dm(), @"
    timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone.
      3 found in Harvest, 1 not: Dev Patel. Their leave is not booked there. Give them the address in Harvest that they have in Slack and read again, or ask whoever runs timeoff: `timeoff admin person`.
    ");
    assert_snapshot!(carla(&house, OTHER).dm(), @"timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone.");
    let ids: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, user_id, harvest_user_id), E'\\n' ORDER BY workspace_id, user_id) FROM person WHERE harvest_user_id IS NOT NULL")
        .await;
    assert_snapshot!(ids, @"
    T1 U_ASHA 71
    T1 U_BEN 900
    T1 U_CARLA 73
    T2 U_BEN 900
    ");
    house
        .harvest()
        .fault("users.list", service::Fault::ServerError, Some(1));
    asks_for_import(&house, TEAM).await;
    assert_snapshot!(latest(&house), @"
    timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone.
      :warning: Nobody was looked for in Harvest: Harvest answered 500: There was a server error. The people are read all the same; read them again later.
    ");
}

#[tokio::test]
async fn only_an_admin_can_have_the_people_read() {
    let house = House::open().await;
    house.slack.clear_calls();
    for user in ["U_DEV", "U_CARLA"] {
        let press = payloads::press(user, "people.import", "", &format!("1.{user}"));
        let body = payloads::interaction(&press);
        house.post("/slack/interactivity", body.as_bytes()).await;
        house.settle().await;
    }
    assert_snapshot!(house.dev().dm(), @"timeoff: Only a workspace admin can have the people read from Slack.");
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone.");
    assert_eq!(pages(&house).len(), 1);
}

/// Somebody in the leave channel, somebody in #general alone and somebody in none, in both workspaces.
fn three_new(house: &House) {
    for team in [TEAM, OTHER] {
        for user in ["U_IN", "U_GEN", "U_OUT"] {
            let person = Member::new(user, &user.to_lowercase());
            house.slack.add_person(team, person);
        }
        house.slack.add_to_channel(team, "C_LEAVE", "U_IN");
        house.slack.add_to_channel(team, "C_GENERAL", "U_GEN");
    }
}

/// Who of them is known, in which workspace.
async fn known(house: &House) -> String {
    house
        .value("SELECT coalesce(string_agg(concat_ws(' ', workspace_id, user_id), ', ' ORDER BY workspace_id, user_id), '') FROM person WHERE user_id IN ('U_IN', 'U_GEN', 'U_OUT')")
        .await
}

#[tokio::test]
async fn an_admin_who_limits_the_people_has_them_read_with_that_limit() {
    let house = House::with_neighbours().await;
    three_new(&house);
    house.slack.clear_calls();
    let carla = house.carla();
    house.changes(&carla, "Leave channel").await;
    let chosen = [("Who can ask for leave", "The members of the leave channel")];
    assert_eq!(house.saves(&carla, &chosen).await, "");
    let asked = house.slack.calls("conversations.members");
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0]["channel"], "C_LEAVE");
    assert_snapshot!(latest(&house), @"timeoff: :white_check_mark: Done: 5 people in Slack: 1 new. Only members of the leave channel are added.");
    assert_eq!(known(&house).await, "T1 U_IN");
    assert_eq!(pages(&house).len(), 1, "nobody is read next door");
    assert_eq!(house.slack.person(OTHER, "U_CARLA").dm(), "");
}

#[tokio::test]
async fn a_limit_that_is_chosen_while_everybody_is_read_holds() {
    let house = House::with_neighbours().await;
    three_new(&house);
    house.slack.clear_calls();
    house.stop_workers();
    asks_to_begin(&house).await;
    house
        .settings(|settings| settings.people_from = PeopleFrom::LeaveChannel)
        .await;
    let mut begun = Vec::new();
    for _ in 0..2 {
        let mut tx = house.tx().await;
        begun.push(begin_import(&mut tx, "test", None).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(begun, [Begun::Anew, Begun::Joined]);
    house.start_workers();
    house.settle().await;
    assert_eq!(known(&house).await, "T1 U_IN");
    assert_eq!(
        pages(&house).len(),
        1,
        "the page of the first one is not read"
    );
}

#[tokio::test]
async fn another_leave_channel_is_another_limit() {
    let house = House::with_neighbours().await;
    three_new(&house);
    house
        .settings(|settings| settings.people_from = PeopleFrom::LeaveChannel)
        .await;
    house.slack.clear_calls();
    // It stops once it knows who is in the first channel.
    let refused = Fault::Error("missing_scope".to_owned());
    house.slack.fault("users.list", refused, Some(1));
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Anew);
    house.slack.add_app_to_channel(TEAM, "C_GENERAL");
    house
        .settings(|settings| {
            settings.leave_channel = timeoff::platform::ids::ChannelId::parse("C_GENERAL").ok();
        })
        .await;
    assert_eq!(asks_for_import(&house, TEAM).await, Begun::Anew);
    let asked = house.slack.calls("conversations.members");
    let asked: Vec<&str> = asked
        .iter()
        .filter_map(|call| call["channel"].as_str())
        .collect();
    assert_eq!(asked, ["C_LEAVE", "C_GENERAL"]);
    assert_eq!(known(&house).await, "T1 U_GEN");
}

#[tokio::test]
async fn the_button_in_home_reads_everybody() {
    let house = House::with_neighbours().await;
    three_new(&house);
    let carla = house.carla();
    house.opens_home(&carla).await;
    house
        .presses_home(&carla, "Read people from Slack again")
        .await;
    assert_snapshot!(house.carla().dm(), @"timeoff: :white_check_mark: Done: 7 people in Slack: 3 new.");
    assert_eq!(known(&house).await, "T1 U_GEN, T1 U_IN, T1 U_OUT");
}

#[tokio::test]
async fn an_import_keeps_the_e_mail_address() {
    let house = House::with_neighbours().await;
    for (team, address) in [(TEAM, "nia@paper.example"), (OTHER, "nia@ink.example")] {
        let nia = Member::new("U_NIA", "nia").email(address);
        house.slack.add_person(team, nia);
        asks_for_import(&house, team).await;
    }
    let kept: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, email), ', ' ORDER BY workspace_id) FROM person WHERE user_id = 'U_NIA'")
        .await;
    assert_eq!(kept, "T1 nia@paper.example, T2 nia@ink.example");
}

#[tokio::test]
async fn an_installation_waits_for_a_page_that_promises_the_next() {
    let house = House::build(Plan {
        connections: 4,
        ..Plan::default()
    })
    .await;
    // A page holds the import.
    let mut page = house.tx().await;
    sqlx::query("SELECT 1 FROM people_import FOR UPDATE")
        .execute(page.conn())
        .await
        .unwrap();
    // An installation holds the workspace, and comes to wait for the import.
    let app = house.app.clone();
    let installed = tokio::spawn(async move { app.install().await });
    let waits = async || -> i64 {
        house
            .value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
            .await
    };
    while waits().await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The page promises what comes next.
    let next = ImportPerson { user: id("U_DEV") };
    let promised = jobs::enqueue(&mut page, "test", &next);
    tokio::time::timeout(Duration::from_secs(10), promised)
        .await
        .expect("it waits for nobody")
        .expect("no deadlock");
    page.commit().await.unwrap();
    assert!(installed.await.unwrap().expect("installed").is_some());
}
