//! The requests to the app: their shape, their signature, the deadline, the retries.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::slack::{
    Channel, Clock, Fault, Member, SlackSimConfig, Submitted, Workspace, signature,
};

use crate::app::{Reply, impatient, setup, setup_with};

const LATE: Duration = Duration::from_millis(900);

fn asking() -> Value {
    json!({
        "type": "modal",
        "title": {"type": "plain_text", "text": "T"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [{
            "type": "input", "block_id": "why", "optional": true,
            "label": {"type": "plain_text", "text": "Why"},
            "element": {"type": "plain_text_input", "action_id": "why"},
        }],
    })
}

#[tokio::test]
async fn a_command_is_signed_and_complete() {
    let it = setup_with(SlackSimConfig {
        clock: Clock::manual("2026-03-05T09:00:00Z".parse().unwrap()),
        ..SlackSimConfig::default()
    })
    .await;
    let asha = it.sim.person("T1", "U_ASHA");
    asha.types("#general", "/timeoff tomorrow & more").await;
    let got = it.app.last();
    assert_eq!(got.path, "commands");
    assert_eq!(got.headers["x-slack-request-timestamp"], "1772701200");
    assert_eq!(
        got.headers["x-slack-signature"],
        signature("signing-secret", 1_772_701_200, got.raw.as_bytes())
    );
    for (key, value) in [
        ("team_id", "T1"),
        ("team_domain", "acme"),
        ("channel_id", "C_GENERAL"),
        ("channel_name", "general"),
        ("user_id", "U_ASHA"),
        ("user_name", "asha"),
        ("command", "/timeoff"),
        ("text", "tomorrow & more"),
        ("api_app_id", "A0TIMEOFF"),
        ("is_enterprise_install", "false"),
    ] {
        assert_eq!(got.body[key], value);
    }
    assert_eq!(got.body["enterprise_id"], Value::Null);
    asha.types("@app", "/timeoff").await;
    assert_eq!(it.app.last().body["channel_name"], "directmessage");
}

#[tokio::test]
async fn a_commands_answer_is_shown() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    it.app.will(Reply::ok("plain words"));
    asha.types("#general", "/timeoff").await;
    it.app.will(Reply::ok(
        json!({"response_type": "in_channel", "text": "for <@U_BEN> and all"}),
    ));
    asha.types("#general", "/timeoff").await;
    assert_eq!(
        asha.channel("#general"),
        "timeoff (only you can see this): plain words\ntimeoff: for @ben and all"
    );
    assert_eq!(
        it.sim.person("T1", "U_BEN").channel("#general"),
        "timeoff: for @ben and all"
    );
}

#[tokio::test]
async fn a_failing_command_is_told() {
    let it = impatient().await;
    let asha = it.sim.person("T1", "U_ASHA");
    it.app.will(Reply::status(500));
    asha.types("#general", "/timeoff").await;
    it.app.will(Reply::late(LATE));
    asha.types("#general", "/timeoff").await;
    it.sim.fault("app", Fault::Drop, Some(1));
    asha.types("#general", "/timeoff").await;
    assert_eq!(
        asha.toasts(),
        [
            "/timeoff failed with the error “dispatch_failed”",
            "/timeoff failed with the error “operation_timeout”",
            "/timeoff failed with the error “dispatch_failed”",
        ]
    );
}

#[tokio::test]
async fn a_failing_submission_leaves_the_modal() {
    let it = impatient().await;
    let asha = it.sim.person("T1", "U_ASHA");
    it.open(asking()).await;
    let form = asha.modal();
    form.fill("Why", "because").await;
    for (reply, problem) in [
        (Reply::status(500), None),
        (Reply::late(LATE), None),
        (Reply::ok("ok"), Some("no JSON")),
        (
            Reply::ok(json!({"response_action": "errors", "errors": {"nope": "x"}})),
            Some("no input block"),
        ),
        (
            Reply::ok(json!({"response_action": "update", "view": {"type": "modal"}})),
            Some("missing required field: title"),
        ),
    ] {
        it.app.will(reply);
        assert_eq!(form.submit().await, Submitted::Trouble);
        assert_eq!(
            form.text(),
            "# T\n! We had some trouble connecting. Try again?\n\
             Why (optional): (because)\n[Send] [Cancel]"
        );
        if let Some(problem) = problem {
            let problems = it.sim.problems();
            assert!(problems.last().unwrap().contains(problem), "{problems:?}");
        }
    }
    assert_eq!(form.submit().await, Submitted::Closed);
}

#[tokio::test]
async fn a_submission_is_answered_with_views() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    it.open(asking()).await;
    let mut next = asking();
    next["title"]["text"] = json!("Next");
    it.app
        .will(Reply::ok(json!({"response_action": "push", "view": next})));
    assert_eq!(asha.modal().submit().await, Submitted::Updated);
    let top = asha.modal();
    assert!(top.text().starts_with("# Next"));
    next["title"]["text"] = json!("Other");
    it.app.will(Reply::ok(
        json!({"response_action": "update", "view": next}),
    ));
    assert_eq!(top.submit().await, Submitted::Updated);
    assert!(top.text().starts_with("# Other"));
    // Closed, the one below shows again.
    assert_eq!(top.submit().await, Submitted::Closed);
    assert!(asha.modal().text().starts_with("# T"));
    it.app
        .will(Reply::ok(json!({"response_action": "push", "view": next})));
    asha.modal().submit().await;
    it.app.will(Reply::ok(json!({"response_action": "clear"})));
    asha.modal().submit().await;
    assert!(asha.find_modal().is_none());
}

#[tokio::test]
async fn closing_is_told_to_who_asked() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    it.open(asking()).await;
    asha.modal().close().await;
    assert_eq!(it.app.last().path, "commands");
    let mut view = asking();
    view["notify_on_close"] = json!(true);
    it.open(view).await;
    asha.modal().close().await;
    let closed = it.app.last().body;
    assert_eq!(closed["type"], "view_closed");
    assert_eq!(closed["is_cleared"], false);
}

#[tokio::test]
async fn messages_become_events() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    let message = asha.says("#general", "on leave tomorrow").await;
    let envelope = it.app.last().body;
    assert_eq!(envelope["type"], "event_callback");
    assert_eq!(envelope["team_id"], "T1");
    assert_eq!(envelope["authorizations"][0]["user_id"], "U0BOT1");
    let event = &envelope["event"];
    assert_eq!(event["type"], "message");
    assert_eq!(event["channel_type"], "channel");
    assert_eq!(event["text"], "on leave tomorrow");
    assert_eq!(event["ts"], json!(message.ts));

    asha.edits(&message, "on leave on Friday").await;
    let event = it.app.last().body["event"].clone();
    assert_eq!(event["subtype"], "message_changed");
    assert_eq!(event["message"]["text"], "on leave on Friday");
    assert_eq!(event["previous_message"]["text"], "on leave tomorrow");
    assert_eq!(
        asha.channel("#general"),
        "asha: on leave on Friday (edited)"
    );
    asha.deletes(&message).await;
    let event = it.app.last().body["event"].clone();
    assert_eq!(event["subtype"], "message_deleted");
    assert_eq!(event["deleted_ts"], json!(message.ts));

    asha.says("@app", "hello").await;
    assert_eq!(it.app.last().body["event"]["channel_type"], "im");
    // What the app says comes back to it, as its own.
    it.call(
        "chat.postMessage",
        json!({"channel": "C_GENERAL", "text": "hi"}),
    )
    .await;
    it.sim.settle().await;
    assert_eq!(it.app.last().body["event"]["bot_id"], "B0BOT1");
    // Where the app is no member it hears nothing.
    let before = it.app.got().len();
    it.sim.person("T1", "U_BEN").says("leads", "secret").await;
    assert_eq!(it.app.got().len(), before);
}

#[tokio::test]
async fn people_and_channels_become_events() {
    let it = setup().await;
    it.sim
        .join_workspace("T1", Member::new("U_CYN", "cyn"))
        .await;
    assert_eq!(
        it.app.events("team_join")[0]["event"]["user"]["id"],
        "U_CYN"
    );
    it.sim
        .change_person("T1", "U_CYN", Member::deactivated)
        .await;
    assert_eq!(
        it.app.events("user_change")[0]["event"]["user"]["deleted"],
        true
    );
    it.sim.join_channel("T1", "general", "U_CYN").await;
    let event = &it.app.events("member_joined_channel")[0]["event"];
    assert_eq!(event["channel"], "C_GENERAL");
    it.sim.person("T1", "U_ASHA").opens_home().await;
    assert_eq!(it.app.events("app_home_opened")[0]["event"]["tab"], "home");
}

#[tokio::test]
async fn events_are_retried() {
    let it = impatient().await;
    let asha = it.sim.person("T1", "U_ASHA");
    it.app.will(Reply::status(500));
    it.app.will(Reply::late(LATE));
    it.app.will(Reply::status(404));
    it.app.will(Reply::status(500));
    asha.says("#general", "hello").await;
    let seen = retries(&it, 4).await;
    let ids: Vec<&Value> = seen.iter().map(|(id, ..)| id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    let reasons: Vec<(Option<&str>, Option<&str>)> = seen
        .iter()
        .map(|(_, number, reason)| (number.as_deref(), reason.as_deref()))
        .collect();
    assert_eq!(
        reasons,
        [
            (None, None),
            (Some("1"), Some("http_error")),
            (Some("2"), Some("http_timeout")),
            (Some("3"), Some("http_error")),
        ]
    );
}

#[tokio::test]
async fn no_retry_is_honoured() {
    let it = impatient().await;
    it.app.will(Reply {
        no_retry: true,
        ..Reply::status(500)
    });
    let delivered = it.sim.send_event("T1", json!({"type": "message"})).await;
    assert_eq!(delivered.status, Some(500));
    assert_eq!(delivered.failure, Some("http_error"));
    // A retry would come at once; the next event is the second request.
    it.sim.send_event("T1", json!({"type": "other"})).await;
    assert_eq!(it.app.got().len(), 2);
}

/// The attempts so far, once there are this many.
async fn retries(
    it: &crate::app::Setup,
    count: usize,
) -> Vec<(Value, Option<String>, Option<String>)> {
    while it.sim.deliveries().len() < count {
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    it.app
        .got()
        .iter()
        .map(|got| {
            let header = |name: &str| {
                got.headers
                    .get(name)
                    .map(|value| value.to_str().unwrap_or_default().to_owned())
            };
            (
                got.body["event_id"].clone(),
                header("x-slack-retry-num"),
                header("x-slack-retry-reason"),
            )
        })
        .collect()
}

#[tokio::test]
async fn raw_requests_can_be_sent_by_the_test() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    let request = asha.command_request("#general", "/timeoff tomorrow");
    assert_eq!(request.path, "/slack/commands");
    assert!(request.body.contains("text=tomorrow"));
    let answer = it.sim.send(&request).await.unwrap();
    assert_eq!(answer.status, 200);
    let envelope = it
        .sim
        .event_envelope("T1", &json!({"type": "message", "text": "x"}));
    for _ in 0..2 {
        it.sim
            .send(&it.sim.event_request(&envelope, None))
            .await
            .unwrap();
    }
    let events = it.app.events("message");
    assert_eq!(events[0]["event_id"], events[1]["event_id"]);
    it.app.will(Reply::ok("not the challenge"));
    assert!(!it.sim.verify_url().await);
}

#[tokio::test]
async fn response_urls() {
    let clock = Clock::manual("2026-03-05T09:00:00Z".parse().unwrap());
    let it = setup_with(SlackSimConfig {
        clock: clock.clone(),
        ..SlackSimConfig::default()
    })
    .await;
    let asha = it.sim.person("T1", "U_ASHA");
    asha.types("#general", "/timeoff").await;
    let url = it.app.last().body["response_url"]
        .as_str()
        .unwrap()
        .to_owned();
    let ask = json!({"text": "Sure?", "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Sure?"}},
        {"type": "actions", "elements": [{"type": "button", "action_id": "yes", "text": {"type": "plain_text", "text": "Yes"}}]},
    ]});
    assert_eq!(it.post(&url, &ask).await, (200, "ok".to_owned()));
    assert_eq!(
        asha.channel("#general"),
        "timeoff (only you can see this): Sure?\n  [Yes]"
    );
    let (status, body) = it.post(&url, &json!({"text": ""})).await;
    assert_eq!(status, 400);
    assert!(body.contains("no_text"));

    asha.press("Yes").await;
    let pressed = it.app.last().body;
    assert_eq!(pressed["container"]["is_ephemeral"], true);
    assert_eq!(pressed["message"], Value::Null);
    let actions = pressed["response_url"].as_str().unwrap().to_owned();
    it.post(&actions, &json!({"replace_original": true, "text": "Done"}))
        .await;
    assert_eq!(
        asha.channel("#general"),
        "timeoff (only you can see this): Done"
    );
    it.post(&actions, &json!({"delete_original": "true"})).await;
    assert_eq!(asha.channel("#general"), "");

    for _ in 0..4 {
        assert_eq!(it.post(&url, &json!({"text": "again"})).await.0, 200);
    }
    let (status, body) = it.post(&url, &json!({"text": "again"})).await;
    assert_eq!((status, body.contains("used_url")), (404, true));
    clock.advance(jiff::SignedDuration::from_mins(31));
    let (status, body) = it.post(&actions, &json!({"text": "late"})).await;
    assert_eq!((status, body.contains("expired_url")), (404, true));
}

#[tokio::test]
async fn the_same_ids_in_two_workspaces_are_two_people() {
    let it = setup().await;
    it.sim
        .add_workspace(Workspace::new("T2", "Other").enterprise("E1"));
    it.sim.add_person("T2", Member::new("U_ASHA", "other-asha"));
    it.sim.add_channel(
        "T2",
        Channel::new("C_GENERAL", "general").members(["U_ASHA"]),
    );
    it.sim.install_app("T2", &["chat:write", "commands"]);
    let other = it.sim.person("T2", "U_ASHA");
    other.types("#general", "/timeoff").await;
    let body = it.app.last().body;
    assert_eq!(body["team_id"], "T2");
    assert_eq!(body["enterprise_id"], "E1");
    other.says("#general", "hello").await;
    assert_eq!(it.sim.person("T1", "U_ASHA").channel("#general"), "");
}
