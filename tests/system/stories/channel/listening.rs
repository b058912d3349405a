//! What is read, and what is left alone.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::House;

fn replies(house: &House) -> usize {
    let posts = house.slack.calls("chat.postMessage");
    let in_channel = |call: &&Value| call["channel"] == "C_LEAVE";
    let whispers = house.slack.calls("chat.postEphemeral").len();
    posts.iter().filter(in_channel).count() + whispers
}

#[tokio::test]
async fn talk_gets_no_answer() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    for text in [
        // No trigger word.
        "I will be away on Friday",
        // Leaves are no leave.
        "the leaves are falling on Friday",
        // A trigger word, and not leave.
        "WFH today",
        "my manager is on leave next week",
        "how many days of leave do I have?",
        "so sick of this flaky bug",
    ] {
        house.writes(&asha, text).await;
    }
    let said = house.writes(&ben, "lunch?").await;
    house
        .replies(&asha, &said, "no, Dev is on leave today")
        .await;
    assert_eq!(replies(&house), 0);
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM channel_reply")
            .await,
        0
    );
}

#[tokio::test]
async fn only_the_leave_channel_is_read() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.add_app_to_channel("T1", "C_GENERAL");
    asha.says("#general", "on leave tomorrow").await;
    house.settle().await;
    assert_eq!(house.slack.calls("chat.postMessage").len(), 0);
    house
        .settings(|settings| settings.leave_channel = None)
        .await;
    house.writes(&asha, "on leave tomorrow").await;
    assert_eq!(replies(&house), 0);
    let kept = "SELECT count(*) FROM seen_request WHERE key LIKE 'event:%'";
    assert_eq!(
        house.value::<i64>(kept).await,
        0,
        "what is said elsewhere leaves no trace"
    );
}

#[tokio::test]
async fn the_trigger_words_are_a_setting() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .settings(|settings| settings.trigger_words = vec!["urlaub".to_owned(), "away".to_owned()])
        .await;
    house.writes(&asha, "on leave tomorrow").await;
    assert_eq!(replies(&house), 0);
    house.writes(&asha, "Away tomorrow, on leave").await;
    assert_eq!(replies(&house), 1);
}

#[tokio::test]
async fn edits_and_bots_are_not_read() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "hello").await;
    asha.edits(&said, "on leave tomorrow").await;
    house.settle().await;
    let body = r#"{"type":"event_callback","team_id":"T1","event_id":"EvBot","event":{"type":"message","channel_type":"channel","channel":"C_LEAVE","bot_id":"B1","user":"U_DEV","text":"on leave tomorrow","ts":"1772442000.000900"}}"#;
    assert_eq!(
        house.post("/slack/events", body.as_bytes()).await.status,
        200
    );
    let body = r#"{"type":"event_callback","team_id":"T1","event_id":"EvJoin","event":{"type":"message","subtype":"channel_join","channel_type":"channel","channel":"C_LEAVE","user":"U_DEV","text":"on leave tomorrow","ts":"1772442000.000901"}}"#;
    assert_eq!(
        house.post("/slack/events", body.as_bytes()).await.status,
        200
    );
    house.settle().await;
    assert_eq!(replies(&house), 0);
}

#[tokio::test]
async fn the_same_message_is_answered_once() {
    let house = House::open().await;
    let body = |event: &str| {
        format!(
            r#"{{"type":"event_callback","team_id":"T1","event_id":"{event}","event":{{"type":"message","channel_type":"channel","channel":"C_LEAVE","user":"U_ASHA","text":"on leave tomorrow","ts":"1772442000.000900"}}}}"#
        )
    };
    for event in ["Ev1", "Ev1", "Ev2"] {
        house.post("/slack/events", body(event).as_bytes()).await;
        house.settle().await;
    }
    let kept = house
        .value::<i64>("SELECT count(*) FROM pending_action")
        .await;
    assert_eq!(kept, 1);
}

#[tokio::test]
async fn talk_takes_no_token_and_a_flood_of_requests_is_held_back() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .settings(|settings| settings.requests_per_minute = 2)
        .await;
    for _ in 0..5 {
        house.writes(&ben, "lunch?").await;
    }
    house.writes(&asha, "on leave tomorrow").await;
    house.writes(&asha, "on leave on Friday").await;
    assert_eq!(replies(&house), 2);
    house.writes(&asha, "on leave on Monday").await;
    assert_snapshot!(asha.text_of(&asha.last_message("#leave").expect("a message")), @"timeoff (only you can see this): That was a lot at once. Please wait 30 seconds and try again; nothing was changed.");
}
