//! Invariant 3: nothing happens twice.

use jiff::SignedDuration;
use simulators::slack::SignedRequest;

use super::payloads::{self, interaction, signed};
use crate::support::{House, Plan, id};

const COPIES: usize = 50;

/// A house that can do many things at once.
async fn busy_house() -> House {
    House::build(Plan {
        connections: 8,
        workers: 4,
        ..Plan::default()
    })
    .await
}

/// Sends copies at the same moment; all are acknowledged, and exactly one is answered with words
/// if the request is one that gets words.
async fn send_copies(house: &House, request: SignedRequest) {
    let replies = house.post_at_once(&vec![request; COPIES]).await;
    assert_eq!(replies.len(), COPIES);
    for reply in replies {
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    house.settle().await;
}

#[tokio::test]
async fn fifty_copies_of_a_direct_message_get_one_answer() {
    let house = busy_house().await;
    let event = payloads::written_to("Ev1", "U_ASHA", "hello").to_string();
    send_copies(&house, signed(&house.slack, "/slack/events", event)).await;
    assert_eq!(house.slack.calls("chat.postMessage").len(), 1);
    assert_eq!(
        house.asha().dm().matches("Here is what I can do").count(),
        1
    );
    assert!(!house.asha().dm().contains("wait"), "{}", house.asha().dm());
}

#[tokio::test]
async fn fifty_copies_of_an_opened_home_tab_publish_it_once() {
    let house = busy_house().await;
    let event = payloads::home_opened("Ev1", "U_ASHA").to_string();
    send_copies(&house, signed(&house.slack, "/slack/events", event)).await;
    assert_eq!(house.slack.calls("views.publish").len(), 1);
    assert_eq!(house.slack.calls("chat.postMessage").len(), 0);
}

#[tokio::test]
async fn fifty_copies_of_a_command_open_one_form() {
    let house = busy_house().await;
    let asha = house.asha();
    send_copies(&house, asha.command_request("#general", "/timeoff")).await;
    assert_eq!(house.slack.calls("views.open").len(), 1);
    assert!(asha.find_modal().is_some());
    assert!(!asha.channel("#general").contains("wait"));
}

#[tokio::test]
async fn fifty_copies_of_a_submitted_form_ask_once() {
    let house = busy_house().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-05").await;
    send_copies(&house, asha.modal().submit_request()).await;
    let asked: i64 = house.value("SELECT count(*) FROM pending_action").await;
    assert_eq!(asked, 1);
    assert_eq!(
        house.asha().dm().matches("Vacation").count(),
        1,
        "{}",
        house.asha().dm()
    );
    assert_eq!(
        house.ben().dm().matches("asks for").count(),
        1,
        "{}",
        house.ben().dm()
    );
}

#[tokio::test]
async fn fifty_copies_of_a_press_decide_once() {
    let house = busy_house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    send_copies(&house, ben.press_request("Approve")).await;
    let decided: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE from_state = 'pending'")
        .await;
    assert_eq!(decided, 1);
    assert!(!ben.dm().contains("already"), "{}", ben.dm());
    assert_eq!(asha.dm().matches("Approved").count(), 1, "{}", asha.dm());
}

#[tokio::test]
async fn another_press_on_the_same_button_is_not_a_copy() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let (first, second) = (ben.press_request("Approve"), ben.press_request("Approve"));
    for request in [first, second] {
        house.slack.send(&request).await.expect("an answer");
    }
    house.settle().await;
    assert!(ben.dm().contains("already approved by you"), "{}", ben.dm());
}

#[tokio::test]
async fn a_form_that_was_refused_is_not_a_copy_when_it_comes_again() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-07").await;
    assert_ne!(house.submits(&asha).await, "", "a Saturday is refused");
    house.fills(&asha, "First day", "2026-03-06").await;
    assert_eq!(house.submits(&asha).await, "");
    let asked: i64 = house.value("SELECT count(*) FROM pending_action").await;
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_request_is_remembered_for_a_day_and_then_forgotten() {
    let house = House::open().await;
    let event = payloads::home_opened("Ev1", "U_ASHA").to_string();
    let send = || async {
        assert_eq!(
            house.post("/slack/events", event.as_bytes()).await.status,
            200
        );
        house.settle().await;
        house.slack.calls("views.publish").len()
    };
    assert_eq!(send().await, 1);
    house.pass(SignedDuration::from_hours(24) - SignedDuration::from_secs(1));
    assert_eq!(send().await, 1, "still remembered");
    house.pass(SignedDuration::from_secs(1));
    assert_eq!(send().await, 2, "forgotten");
    // Nothing is kept of it either, once the schedule has been there.
    house.pass(SignedDuration::from_hours(25));
    house.round().await;
    let kept: i64 = house
        .value("SELECT (SELECT count(*) FROM seen_request) + (SELECT count(*) FROM rate_bucket)")
        .await;
    assert_eq!(kept, 0);
}

#[tokio::test]
async fn the_schedule_keeps_what_is_not_old() {
    let house = House::open().await;
    house.types(&house.asha(), "/timeoff help").await;
    house.pass(SignedDuration::from_hours(23));
    house.round().await;
    let marks: i64 = house.value("SELECT count(*) FROM seen_request").await;
    assert_eq!(marks, 1);
    let jobs: i64 = house.value("SELECT count(*) FROM job").await;
    assert!(jobs > 0);
    house.pass(SignedDuration::from_hours(24 * 7));
    house.round().await;
    let jobs: i64 = house.value("SELECT count(*) FROM job").await;
    assert_eq!(jobs, 0, "what ended a week ago is gone");
}

/// 200 requests of Asha's that wait for Ben and Carla.
const WAITING: &str = "
    WITH action AS (
        INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at)
        SELECT 'T1', 'U_ASHA', 'vacation', day, day, 'full', 'pending', 'approver', '2026-03-02 09:00Z', '2026-03-02 09:00Z'
        FROM (SELECT date '2026-03-03' + n AS day FROM generate_series(0, 199) n) days
        RETURNING action_id, first_day),
    record AS (
        INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
        SELECT 'T1', action_id, 'U_ASHA', 'vacation', first_day, 'full', 480, 2026, 'pending', '2026-03-02 09:00Z' FROM action)
    INSERT INTO approval (workspace_id, action_id, approver_id, asked_at)
    SELECT 'T1', action_id, approver, '2026-03-02 09:00Z' FROM action, (VALUES ('U_BEN'), ('U_CARLA')) asked (approver)";

#[tokio::test]
async fn two_approvers_press_at_the_same_moment_two_hundred_times_and_each_time_one_decides() {
    let house = busy_house().await;
    house
        .settings(|settings| settings.requests_per_minute = 10_000)
        .await;
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_CARLA")])
        .await;
    house.execute(WAITING).await;
    let actions: Vec<i64> = sqlx::query_scalar("SELECT action_id FROM pending_action ORDER BY 1")
        .fetch_all(&house.database.owner)
        .await
        .expect("readable");
    assert_eq!(actions.len(), 200);
    for action in &actions {
        let approve = |who: &str| {
            interaction(&payloads::press(
                who,
                "leave.approve",
                &action.to_string(),
                &format!("{action}.1"),
            ))
        };
        let deny = |who: &str| {
            interaction(&payloads::denies(
                who,
                &format!("V{action}"),
                *action,
                "We need you that day",
            ))
        };
        // Both approve, or one denies; sometimes Carla's request is the first on the wire.
        let mut bodies = match action % 4 {
            0 => [approve("U_BEN"), deny("U_CARLA")],
            1 => [deny("U_BEN"), approve("U_CARLA")],
            _ => [approve("U_BEN"), approve("U_CARLA")],
        };
        if action % 2 == 0 {
            bodies.reverse();
        }
        let replies = house
            .post_at_once(&bodies.map(|body| signed(&house.slack, "/slack/interactivity", body)))
            .await;
        assert!(
            replies.iter().all(|reply| reply.status == 200),
            "{replies:?}"
        );
    }
    house.settle().await;

    // One decision each, by one person, and the leave follows it.
    let decided: i64 = house
        .value("SELECT count(*) FROM (SELECT subject FROM audit_log WHERE from_state = 'pending' AND subject LIKE 'action:%' GROUP BY subject HAVING count(*) = 1) once")
        .await;
    assert_eq!(decided, 200);
    let odd: i64 = house
        .value(
            "SELECT count(*) FROM pending_action a JOIN leave_record r USING (workspace_id, action_id)
             JOIN audit_log l ON l.subject = 'action:' || a.action_id AND l.from_state = 'pending'
             WHERE a.decided_by IS DISTINCT FROM l.actor
                OR (a.state, l.to_state, r.state) NOT IN (('completed', 'confirmed', 'completed'), ('denied', 'denied', 'cancelled'))",
        )
        .await;
    assert_eq!(odd, 0, "audit log, request and records disagree");

    // And everybody reads the same decision.
    let [asha, ben, carla] = [house.asha().dm(), house.ben().dm(), house.carla().dm()];
    let deciders: Vec<(String, String)> =
        sqlx::query_as("SELECT state, decided_by FROM pending_action")
            .fetch_all(&house.database.owner)
            .await
            .expect("readable");
    let by = |state: &str, who: &str| {
        deciders
            .iter()
            .filter(|(s, by)| s == state && by == who)
            .count()
    };
    assert!(
        by("completed", "U_BEN") > 0 && by("completed", "U_CARLA") > 0,
        "a race that somebody always wins is none"
    );
    for (state, word) in [("completed", "Approved"), ("denied", "Denied")] {
        let (bens, carlas) = (by(state, "U_BEN"), by(state, "U_CARLA"));
        assert_eq!(
            asha.matches(&format!("{word} by @ben")).count(),
            bens,
            "{asha}"
        );
        assert_eq!(asha.matches(&format!("{word} by @carla")).count(), carlas);
        assert_eq!(ben.matches(&format!("{word} by you.")).count(), bens);
        assert_eq!(ben.matches(&format!("{word} by @carla")).count(), carlas);
        assert_eq!(carla.matches(&format!("{word} by you.")).count(), carlas);
        assert_eq!(carla.matches(&format!("{word} by @ben")).count(), bens);
    }
    for dm in [&asha, &ben, &carla] {
        assert!(
            !dm.contains("[Approve]") && !dm.contains("Waiting for"),
            "something still waits: {dm}"
        );
    }
}
