//! What a deployment asks the schedule function for, and its rounds.

use insta::assert_snapshot;
use serde_json::Value;
use simulators::slack::Fault;

use super::cloud::{Cloud, Plan};

/// JSON for a snapshot.
fn shown(answer: &Value) -> String {
    serde_json::to_string_pretty(answer).expect("JSON")
}

#[tokio::test]
async fn a_new_database_is_migrated_and_the_workspace_installed() {
    let cloud = Cloud::build(Plan::default()).await;
    let health = cloud.asks("health").await;
    let error = health.error().expect("not yet");
    assert_snapshot!(error.error_message, @"");
    assert_eq!(cloud.round().await["waiting_for_migration"], true);

    let migrated = cloud.asks("migrate").await;
    assert_eq!(migrated.response()["installed"], "T1");
    assert_eq!(migrated.response()["migrated"][0], 1);
    let again = cloud.asks("migrate").await;
    assert_eq!(
        again.response()["migrated"].as_array().map(Vec::len),
        Some(0)
    );
    assert_snapshot!(shown(cloud.asks("health").await.response()), @"");
    let mut round = cloud.round().await;
    for varying in ["oldest_waiting_job", "jobs"] {
        assert!(round[varying].is_number());
        round[varying] = "[varies]".into();
    }
    assert_snapshot!(shown(&round), @"");
    // The functions' own users own nothing.
    assert_eq!(cloud.count("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname IN ('timeoff_api', 'timeoff_schedule') AND c.relnamespace = 'public'::regnamespace").await, 0);
}

#[tokio::test]
async fn a_slack_that_is_down_keeps_no_new_version_out() {
    let cloud = Cloud::build(Plan::default()).await;
    cloud.slack.fault("auth.test", Fault::ServerError, Some(1));
    let migrated = cloud.asks("migrate").await;
    let answer = migrated.response();
    assert!(
        answer["installed"].is_null() && answer["not_installed"].is_string(),
        "{answer}"
    );
    assert_eq!(cloud.asks("migrate").await.response()["installed"], "T1");
}

#[tokio::test]
async fn what_is_missing_is_named_and_an_unknown_command_too() {
    let cloud = Cloud::build(Plan::default()).await;
    let check = cloud.asks("secrets-check").await;
    assert_snapshot!(shown(check.response()).replace(&cloud.path, "/timeoff/STAGE"), @"");
    cloud.put("TOKEN_ENCRYPTION_KEYS", "planted-nonsense").await;
    let check = cloud.asks("secrets-check").await;
    assert_snapshot!(shown(&check.response()["problems"]), @"");
    let migrate = cloud.asks("migrate").await;
    assert_snapshot!(migrate.error().expect("cannot start").error_message, @"");
    let unknown = cloud.asks("dance").await;
    assert_snapshot!(unknown.error().expect("unknown").error_message, @"");
    assert!(!cloud.log().contains("planted-nonsense"));
}

#[tokio::test]
async fn rounds_tell_the_alarms_what_waits() {
    let cloud = Cloud::open().await;
    cloud.round().await;
    let log = cloud.schedule.log().expect("a log");
    let metrics: Vec<&String> = log.iter().filter(|line| line.contains("_aws")).collect();
    let last = metrics.last().expect("metrics");
    for metric in ["ScheduleRuns", "FailedSyncs", "OldestWaitingJob"] {
        assert!(last.contains(metric), "{last}");
    }
}
