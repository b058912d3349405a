//! Invariant 1: before the ack comes one transaction and no other call. Invariant 6: one
//! connection is enough.

use std::time::{Duration, Instant};

use simulators::slack::{Fault, SignedRequest};

use super::payloads::{self, form, interaction, signed};
use crate::support::House;

/// One of everything that Slack sends, for a house in which request 1 waits for Ben.
fn one_of_each(house: &House) -> Vec<(&'static str, SignedRequest)> {
    let payload = |payload| signed(&house.slack, "/slack/interactivity", interaction(&payload));
    let command = |text: &str| {
        signed(
            &house.slack,
            "/slack/commands",
            form(&payloads::command(
                "U_ASHA",
                "C_GENERAL",
                text,
                &format!("t.{text}"),
            )),
        )
    };
    let event = |event: serde_json::Value| signed(&house.slack, "/slack/events", event.to_string());
    vec![
        ("the form", command("")),
        ("help", command("help")),
        ("list", command("list")),
        ("who", command("who")),
        ("cancel", command("cancel")),
        ("home", event(payloads::home_opened("Ev1", "U_ASHA"))),
        (
            "a message",
            event(payloads::written_to("Ev2", "U_ASHA", "hello")),
        ),
        (
            "a member",
            event(payloads::event(
                "Ev3",
                &serde_json::json!({"type": "team_join"}),
            )),
        ),
        (
            "a change in the form",
            payload(payloads::chooses("U_ASHA", "V1", "1.1")),
        ),
        (
            "a submission",
            payload(payloads::asks_for(
                "U_ASHA",
                "V2",
                jiff::civil::date(2026, 3, 12),
            )),
        ),
        (
            "deny",
            payload(payloads::press("U_BEN", "leave.deny", "1", "1.2")),
        ),
        (
            "a press of somebody else",
            payload(payloads::press("U_DEV", "leave.approve", "1", "1.3")),
        ),
        (
            "snooze",
            payload(payloads::press("U_BEN", "leave.snooze", "tomorrow", "1.4")),
        ),
        (
            "approve",
            payload(payloads::press("U_BEN", "leave.approve", "1", "1.5")),
        ),
        (
            "a second decision",
            payload(payloads::denies("U_BEN", "V3", 1, "")),
        ),
        (
            "cancelling",
            payload(payloads::press("U_ASHA", "leave.cancel", "1", "1.6")),
        ),
        ("a closed dialog", payload(payloads::closes("U_ASHA", "V1"))),
    ]
}

async fn house_with_a_request() -> House {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    let waiting: i64 = house.value("SELECT action_id FROM pending_action").await;
    assert_eq!(waiting, 1);
    house
}

#[tokio::test]
async fn no_call_to_slack_comes_before_the_ack() {
    let house = house_with_a_request().await;
    // Without workers nothing runs after the ack, so every call would be one before it.
    house.stop_workers();
    house.slack.clear_calls();
    for (what, request) in one_of_each(&house) {
        let answer = house
            .slack
            .send(&request)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(answer.status, 200, "{what}");
    }
    assert_eq!(house.slack.calls("*"), Vec::<serde_json::Value>::new());
    let promised: i64 = house
        .value("SELECT count(*) FROM job WHERE state = 'queued'")
        .await;
    assert!(promised > 10, "the work is promised: {promised}");
    house.start_workers();
    house.settle().await;
    assert!(!house.slack.calls("*").is_empty());
}

#[tokio::test]
async fn the_ack_comes_while_slack_never_answers() {
    let house = house_with_a_request().await;
    house
        .slack
        .fault("*", Fault::Slow(Duration::from_mins(10)), None);
    house
        .slack
        .fault("response_url", Fault::Slow(Duration::from_mins(10)), None);
    for (what, request) in one_of_each(&house) {
        // The workers and the only connection are free or not: the ack does not wait for Slack.
        let asked = Instant::now();
        let answer = house
            .slack
            .send(&request)
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(answer.status, 200, "{what}");
        assert!(
            asked.elapsed() < Duration::from_secs(2),
            "{what} took {:?}",
            asked.elapsed()
        );
    }
    assert!(!house.slack.calls("*").is_empty(), "the workers did call");
}

#[tokio::test]
async fn the_ack_comes_while_slack_is_down_and_the_work_is_done_later() {
    let house = house_with_a_request().await;
    house.slack.fault("*", Fault::Drop, None);
    let approve = signed(
        &house.slack,
        "/slack/interactivity",
        interaction(&payloads::press("U_BEN", "leave.approve", "1", "1.1")),
    );
    assert_eq!(
        house.slack.send(&approve).await.expect("an ack").status,
        200
    );
    house.settle().await;
    assert!(house.asha().dm().contains("Waiting for"), "Slack is down");
    house.slack.clear_faults();
    house.pass(jiff::SignedDuration::from_mins(5));
    house.round().await;
    assert!(
        house.asha().dm().contains("Approved by @ben"),
        "{}",
        house.asha().dm()
    );
}

#[tokio::test]
async fn twenty_requests_and_their_jobs_come_to_an_end_with_one_connection() {
    let house = house_with_a_request().await;
    let mut requests: Vec<SignedRequest> = one_of_each(&house)
        .into_iter()
        .map(|(_, request)| request)
        .collect();
    for number in 0..10 {
        let event = payloads::home_opened(
            &format!("EvHome{number}"),
            ["U_ASHA", "U_BEN", "U_CARLA"][number % 3],
        );
        requests.push(signed(&house.slack, "/slack/events", event.to_string()));
    }
    assert!(requests.len() >= 20);
    // The schedule is a third party that wants the connection.
    let round = house.round();
    let (replies, ()) = tokio::join!(house.post_at_once(&requests), round);
    assert!(
        replies.iter().all(|reply| reply.status == 200),
        "{replies:?}"
    );
    house.settle().await;
    // What is left waits for its next attempt: nobody is at the response URLs of these requests.
    let open: i64 = house.value("SELECT count(*) FROM job WHERE state = 'running' OR (state = 'queued' AND kind <> 'workspace.tell_privately')").await;
    assert_eq!(open, 0);
    let connections: i64 = house.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'timeoff'").await;
    assert_eq!(connections, 1);
}
