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
    assert_snapshot!(error.error_message, @r#"the schema is older than this version: send {"command": "migrate"}"#);
    assert_eq!(cloud.round().await["waiting_for_migration"], true);

    let migrated = cloud.asks("migrate").await;
    assert_eq!(migrated.response()["installed"], "T1");
    assert_eq!(migrated.response()["migrated"][0], 1);
    let again = cloud.asks("migrate").await;
    assert_eq!(
        again.response()["migrated"].as_array().map(Vec::len),
        Some(0)
    );
    assert_snapshot!(shown(cloud.asks("health").await.response()), @r#"
    {
      "database": "ok",
      "schema": "up to date"
    }
    "#);
    let mut round = cloud.round().await;
    for varying in ["oldest_waiting_job", "jobs"] {
        assert!(round[varying].is_number());
        round[varying] = "[varies]".into();
    }
    assert_snapshot!(shown(&round), @r#"
    {
      "abandoned_jobs": 0,
      "days_before": 0,
      "deleted_workspaces": 0,
      "digests": 0,
      "expired_proposals": 0,
      "failed_syncs": 0,
      "failures": 0,
      "greetings": 0,
      "interrupted_syncs": 0,
      "jobs": "[varies]",
      "missing_permissions": 0,
      "oldest_waiting_job": "[varies]",
      "organizations": 0,
      "reminders": 0,
      "statuses": 0,
      "waiting_for_migration": false,
      "workspaces": 1,
      "workspaces_left": 0
    }
    "#);
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
    assert_snapshot!(shown(check.response()).replace(&cloud.path, "/timeoff/STAGE"), @r#"
    {
      "found": [
        "DB_OWNER_PASSWORD",
        "SLACK_API_URL",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "TOKEN_ENCRYPTION_KEYS"
      ],
      "path": "/timeoff/STAGE/schedule",
      "problems": []
    }
    "#);
    cloud.put("TOKEN_ENCRYPTION_KEYS", "planted-nonsense").await;
    let check = cloud.asks("secrets-check").await;
    assert_snapshot!(shown(&check.response()["problems"]), @r#"
    [
      "TOKEN_ENCRYPTION_KEYS is malformed: key 1 of the list is not a Fernet key (32 bytes, URL-safe base64)"
    ]
    "#);
    let migrate = cloud.asks("migrate").await;
    assert_snapshot!(migrate.error().expect("cannot start").error_message, @"
    The configuration is not complete:
      - TOKEN_ENCRYPTION_KEYS is malformed: key 1 of the list is not a Fernet key (32 bytes, URL-safe base64)
    ");
    let unknown = cloud.asks("dance").await;
    assert_snapshot!(unknown.error().expect("unknown").error_message, @"unknown command; there are migrate, health and secrets-check");
    assert!(!cloud.log().contains("planted-nonsense"));
}

#[tokio::test]
async fn rounds_tell_the_alarms_what_waits_and_that_they_went_well() {
    let cloud = Cloud::open().await;
    let metrics_of_a_round = async || {
        cloud.schedule.clear_log().expect("cleared");
        let round = cloud.round().await;
        let log = cloud.schedule.log().expect("a log");
        let metrics = log.into_iter().filter(|line| line.contains("_aws"));
        (round, metrics.collect::<Vec<_>>().join("\n"))
    };
    let (_, metrics) = metrics_of_a_round().await;
    for metric in ["ScheduleRuns", "FailedSyncs", "OldestWaitingJob"] {
        assert!(metrics.contains(metric), "{metrics}");
    }
    // A step that fails: the others go on, and the alarm hears of no round.
    cloud
        .execute("ALTER TABLE channel_reply RENAME TO gone")
        .await;
    let (round, metrics) = metrics_of_a_round().await;
    assert_eq!(
        (&round["failures"], &round["workspaces_left"]),
        (&1.into(), &1.into())
    );
    assert!(metrics.contains("OldestWaitingJob"), "{metrics}");
    assert!(!metrics.contains("ScheduleRuns"), "{metrics}");
}
