//! What the functions write: JSON lines with the request's name on each, and no secret.

use serde_json::Value;

use super::cloud::{Cloud, OWNER_PASSWORD};
use crate::support::TEAM;

#[tokio::test]
async fn every_line_is_json_and_names_its_request_and_none_holds_a_secret() {
    let cloud = Cloud::open().await;
    let asha = cloud.slack.person(TEAM, "U_ASHA");
    cloud.api.clear_log().expect("cleared");
    asha.says("#leave", "on leave tomorrow, planted reason")
        .await;
    let invocations = cloud.settle().await;
    assert!(!invocations.is_empty());
    asha.types("#general", "/timeoff").await;
    cloud.settle().await;
    let log = cloud.api.log().expect("a log");
    let lines: Vec<Value> = log
        .iter()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .collect();
    let (metrics, events): (Vec<&Value>, Vec<&Value>) =
        lines.iter().partition(|line| line.get("_aws").is_some());
    assert!(!metrics.is_empty() && !events.is_empty(), "{log:?}");
    for event in &events {
        assert!(event["correlation_id"].is_string(), "{event}");
    }
    // Jobs of an event of Slack's carry its id; those of a command, API Gateway's.
    let of_jobs: Vec<&str> = events
        .iter()
        .filter(|event| event["kind"].is_string())
        .filter_map(|event| event["correlation_id"].as_str())
        .collect();
    assert!(of_jobs.iter().any(|id| id.starts_with("Ev")), "{of_jobs:?}");
    assert!(of_jobs.iter().any(|id| id.len() == 36), "{of_jobs:?}");
    let all = cloud.log();
    for secret in [
        OWNER_PASSWORD,
        cloud.slack.signing_secret(),
        "xoxb-",
        "planted",
        "X-Amz-Signature",
    ] {
        assert!(!all.contains(secret), "{secret} is in the log");
    }
}
