//! Requests: the ack first, the work after it, and what comes between.

use std::time::Duration;

use simulators::lambda::End;
use simulators::slack::Fault;

use super::cloud::{Cloud, Plan};
use crate::support::TEAM;

const SLACK_WAITS: Duration = Duration::from_secs(3);

#[tokio::test]
async fn the_ack_comes_first_and_the_work_after_it() {
    let cloud = Cloud::open().await;
    let asha = cloud.slack.person(TEAM, "U_ASHA");
    let slow = Duration::from_millis(700);
    cloud.slack.fault("views.open", Fault::Slow(slow), Some(1));
    asha.types("#general", "/timeoff").await;
    let [ref only] = cloud.settle().await[..] else {
        panic!("one request");
    };
    assert!(only.is_cold());
    let times = only.when_free().await;
    assert!(times.response < SLACK_WAITS, "{times:?}");
    assert!(times.after >= slow, "the work came after it: {times:?}");
    assert_eq!(times.end, End::Free);
    assert!(asha.find_modal().is_some());
    assert_eq!(asha.toasts(), Vec::<String>::new());
}

#[tokio::test]
async fn a_request_goes_its_whole_way_through_the_functions() {
    let cloud = Cloud::open().await;
    let (asha, ben) = (
        cloud.slack.person(TEAM, "U_ASHA"),
        cloud.slack.person(TEAM, "U_BEN"),
    );
    cloud.fills_form(&asha).await;
    asha.modal().submit().await;
    cloud.settle().await;
    assert!(ben.dm().contains("asks for"), "{}", ben.dm());
    ben.press("Approve").await;
    cloud.settle().await;
    assert!(asha.dm().contains("Approved"), "{}", asha.dm());
    assert_eq!(
        cloud
            .count("SELECT count(*) FROM leave_record WHERE state = 'completed'")
            .await,
        1
    );
    // One connection an environment, whatever came at once.
    let environments = i64::try_from(cloud.api.environments().len()).expect("a few");
    assert_eq!(cloud.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'timeoff_api'").await, environments);
}

#[tokio::test]
async fn killed_after_the_ack_the_schedule_finishes_it() {
    let cloud = Cloud::open().await;
    let (asha, ben) = (
        cloud.slack.person(TEAM, "U_ASHA"),
        cloud.slack.person(TEAM, "U_BEN"),
    );
    cloud.fills_form(&asha).await;
    // The work after the ack stands still at Slack; the environment dies there.
    cloud.slack.fault(
        "chat.postMessage",
        Fault::Slow(Duration::from_secs(20)),
        Some(2),
    );
    asha.modal().submit().await;
    assert_eq!(
        cloud
            .count("SELECT count(*) FROM pending_action WHERE state = 'pending'")
            .await,
        1
    );
    cloud.api.kill();
    cloud.gateway.settle().await;
    // The lease of a job runs out after a minute.
    cloud
        .execute("UPDATE job SET lease_until = now() - interval '1 second' WHERE state = 'running'")
        .await;
    let mut round = cloud.round().await;
    for _ in 0..5 {
        if cloud
            .count("SELECT count(*) FROM job WHERE state IN ('queued', 'running')")
            .await
            == 0
        {
            break;
        }
        cloud
            .execute("UPDATE job SET run_at = now() WHERE state = 'queued'")
            .await;
        round = cloud.round().await;
    }
    assert_eq!(round["failures"], 0, "{round}");
    assert_eq!(ben.dm().matches("asks for").count(), 1, "{}", ben.dm());
    assert_eq!(asha.dm().matches("Vacation").count(), 1, "{}", asha.dm());
}

#[tokio::test]
async fn after_a_long_freeze_with_dead_connections_the_next_request_works() {
    let cloud = Cloud::open().await;
    let dev = cloud.slack.person(TEAM, "U_DEV");
    dev.types("#general", "/timeoff who").await;
    let before = cloud.settle().await;
    let environment = before[0].environment().expect("there").clone();
    assert!(environment.is_frozen());
    for end in ["cut", "stalled"] {
        match end {
            "cut" => cloud.rds.cut_all(),
            _ => cloud.rds.stall_all(),
        }
        dev.types("#general", "/timeoff who").await;
        let after = cloud.settle().await;
        assert!(!after[0].is_cold(), "the same environment");
        assert!(
            after[0].response_time < SLACK_WAITS,
            "{end}: {:?}",
            after[0]
        );
        let said = dev.last_message("#general").expect("an answer");
        let said = dev.text_of(&said);
        assert!(!said.contains("went wrong"), "{end}: {said}");
    }
    assert_eq!(cloud.api.environments().len(), 1);
}

#[tokio::test]
async fn each_connection_logs_in_with_a_token_of_its_own() {
    let cloud = Cloud::open().await;
    let dev = cloud.slack.person(TEAM, "U_DEV");
    for _ in 0..3 {
        dev.types("#general", "/timeoff who").await;
        cloud.settle().await;
        cloud.rds.cut_all();
        // Tokens of one second are alike.
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
    let seen = cloud.rds.tokens_seen();
    assert_eq!(seen.presented, seen.distinct, "{seen:?}");
    assert_eq!(seen.presented, seen.accepted, "{:?}", cloud.rds.refusals());
    assert!(seen.presented >= 3, "{seen:?}");
}

#[tokio::test]
async fn what_does_not_fit_before_the_deadline_is_left_for_the_schedule() {
    // A job may take 40 seconds: with 30 in all, none is begun.
    let cloud = Cloud::with(Plan {
        api_timeout: Some(Duration::from_secs(30)),
        ..Plan::default()
    })
    .await;
    let asha = cloud.slack.person(TEAM, "U_ASHA");
    asha.types("#general", "/timeoff").await;
    cloud.settle().await;
    assert!(asha.find_modal().is_none());
    assert!(
        cloud
            .count("SELECT count(*) FROM job WHERE state = 'queued' AND kind = 'leave.open_form'")
            .await
            == 1
    );
    assert!(
        cloud.log().contains("the schedule takes the rest"),
        "{}",
        cloud.log()
    );
}
