//! Invariant 9 for the machines: what Slack is answered while the database is away. What people
//! read then is in `stories/trouble.rs`.

use super::payloads::{self, signed};
use crate::support::{Cable, House, Plan, server};

#[tokio::test]
async fn an_event_while_the_database_is_away_is_sent_again_and_then_done_once() {
    let cable = Cable::to(&server()).await;
    let house = House::build(Plan {
        cable: Some(cable),
        ..Plan::default()
    })
    .await;
    let cable = house.cable.as_ref().expect("a cable");
    let envelope = payloads::written_to("Ev1", "U_ASHA", "hello");
    let send = |retry| {
        let request = house.slack.event_request(&envelope, retry);
        let slack = house.slack.clone();
        async move {
            slack
                .send(&request)
                .await
                .expect("an answer in time")
                .status
        }
    };
    cable.cut();
    assert_eq!(send(None).await, 503);
    cable.mend();
    cable.freeze();
    assert_eq!(send(Some((1, "http_error"))).await, 503);
    cable.mend();
    assert_eq!(send(Some((2, "http_error"))).await, 200);
    assert_eq!(send(Some((3, "http_timeout"))).await, 200);
    house.settle().await;
    assert_eq!(
        house.asha().dm().matches("Here is what I can do").count(),
        1,
        "{}",
        house.asha().dm()
    );
}

#[tokio::test]
async fn a_forged_or_unknown_request_needs_no_database() {
    let cable = Cable::to(&server()).await;
    let house = House::build(Plan {
        cable: Some(cable),
        ..Plan::default()
    })
    .await;
    house.cable.as_ref().expect("a cable").cut();
    assert!(house.slack.verify_url().await);
    let unknown =
        payloads::event("Ev1", &serde_json::json!({"type": "from_the_future"})).to_string();
    assert_eq!(
        house.post("/slack/events", unknown.as_bytes()).await.status,
        200
    );
    assert_eq!(house.post("/slack/events", b"{").await.status, 400);
    let mut forged = signed(&house.slack, "/slack/events", unknown);
    forged.body.push(' ');
    assert_eq!(
        house.slack.send(&forged).await.expect("an answer").status,
        401
    );
}
