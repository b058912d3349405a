//! What the web page asks of the server.

use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{Reply, Setup, setup};

impl Setup {
    async fn get(&self, path: &str) -> Value {
        let url = self.sim.api_url().replace("/api", path);
        let answer = self.http().get(url).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn act(&self, act: Value) -> Value {
        let url = self.sim.api_url().replace("/api", "/sim/act");
        let mut body = json!({"team": "T1", "as": "U_ASHA"});
        if let (Some(body), Value::Object(act)) = (body.as_object_mut(), act) {
            body.extend(act);
        }
        let (status, text) = self.post(&url, &body).await;
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["id"].as_str())
        .collect()
}

#[tokio::test]
async fn the_state_is_what_one_person_may_see() {
    let it = setup().await;
    let anyone = it.get("/sim/state").await;
    assert_eq!(anyone["team"], json!({"id": "T1", "name": "Acme"}));
    assert_eq!(anyone["me"], Value::Null);
    assert_eq!(ids(&anyone["people"]), ["U_ASHA", "U_BEN", "U0BOT1"]);

    let asha = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(asha["me"]["real_name"], "Asha Rao");
    assert_eq!(ids(&asha["channels"]), ["C_GENERAL"]);
    assert_eq!(asha["dms"][0]["with"], "U0BOT1");
    assert_eq!(asha["app"]["commands"][0]["command"], "/timeoff");
    let ben = it.get("/sim/state?team=T1&as=U_BEN").await;
    assert_eq!(ids(&ben["channels"]), ["C_GENERAL", "C_LEADS"]);
    let url = it
        .sim
        .api_url()
        .replace("/api", "/sim/messages?team=T1&as=U_ASHA&channel=C_LEADS");
    assert_eq!(it.http().get(url).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn messages_are_read() {
    let it = setup().await;
    let ben = it.sim.person("T1", "U_BEN");
    let message = ben.says("#general", "hello").await;
    ben.replies(&message, "is anybody there?").await;
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(state["channels"][0]["unread"], 2);
    it.act(json!({"do": "read", "channel": "C_GENERAL"})).await;
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(state["channels"][0]["unread"], 0);

    let path = "/sim/messages?team=T1&as=U_ASHA&channel=C_GENERAL";
    let top = it.get(path).await;
    assert_eq!(top["messages"][0]["text"], "hello");
    assert_eq!(top["messages"][0]["reply_count"], 1);
    assert_eq!(top["messages"][1], Value::Null);
    let thread = it.get(&format!("{path}&thread={}", message.ts)).await;
    assert_eq!(thread["messages"][1]["text"], "is anybody there?");
}

#[tokio::test]
async fn a_modal_is_worked_with() {
    let it = setup().await;
    it.open(json!({
        "type": "modal",
        "title": {"type": "plain_text", "text": "T"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {"type": "input", "block_id": "who", "label": {"type": "plain_text", "text": "Who"},
             "element": {"type": "multi_users_select", "action_id": "who"}},
            {"type": "input", "block_id": "how", "label": {"type": "plain_text", "text": "How"},
             "element": {"type": "radio_buttons", "action_id": "how", "options": [
                {"text": {"type": "plain_text", "text": "Full day"}, "value": "full"},
                {"text": {"type": "plain_text", "text": "Morning"}, "value": "am"}]}},
        ],
    }))
    .await;
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    let view = state["modals"][0]["id"].clone();
    let submit = |state: Value| it.act(json!({"do": "submit", "view_id": view, "state": state}));

    let answer = submit(json!({"who": {"who": []}, "how": {"how": "am"}})).await;
    assert_eq!(
        answer,
        json!({"ok": false, "error": null, "errors": {"who": "Please complete this required field."}})
    );
    let answer = submit(json!({"how": {"how": "pm"}})).await;
    assert_eq!(answer["error"], "\"pm\" is no value of this radio_buttons");

    it.app.will(Reply::ok(
        json!({"response_action": "errors", "errors": {"how": "Not today"}}),
    ));
    let chosen = json!({"who": {"who": ["U_BEN"]}, "how": {"how": "am"}});
    let answer = submit(chosen.clone()).await;
    assert_eq!(answer["errors"], json!({"how": "Not today"}));
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(state["modals"][0]["errors"], json!({"how": "Not today"}));

    it.app.will(Reply::status(500));
    let answer = submit(chosen.clone()).await;
    assert_eq!(
        answer["error"],
        "We had some trouble connecting. Try again?"
    );
    assert_eq!(submit(chosen).await["ok"], true);
    let values = it.app.last().body["view"]["state"]["values"].clone();
    assert_eq!(values["who"]["who"]["selected_users"], json!(["U_BEN"]));
    assert_eq!(values["how"]["how"]["selected_option"]["value"], "am");
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(state["modals"], json!([]));
}

#[tokio::test]
async fn the_home_tab_is_worked_with() {
    let it = setup().await;
    it.act(json!({"do": "home"})).await;
    assert_eq!(it.app.events("app_home_opened").len(), 1);
    it.call(
        "views.publish",
        json!({"user_id": "U_ASHA", "view": {"type": "home", "blocks": [
            {"type": "actions", "block_id": "do", "elements": [
                {"type": "overflow", "action_id": "more", "options": [
                    {"text": {"type": "plain_text", "text": "Cancel"}, "value": "cancel:7"}]},
            ]},
        ]}}),
    )
    .await;
    let answer = it
        .act(json!({"do": "home_action", "block_id": "do", "action_id": "more", "value": "cancel:7"}))
        .await;
    assert_eq!(answer["ok"], true, "{answer}");
    let body = it.app.last().body;
    assert_eq!(body["actions"][0]["selected_option"]["value"], "cancel:7");
    assert_eq!(body["view"]["type"], "home");
}

#[tokio::test]
async fn faults_are_set_and_toasts_dismissed() {
    let it = setup().await;
    let url = it.sim.api_url().replace("/api", "/sim/faults");
    let fault = json!({"method": "app", "kind": "drop", "value": "", "times": 1});
    it.post(&url, &fault).await;
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(state["faults"], json!([fault]));
    let answer = it
        .act(json!({"do": "message", "channel": "C_GENERAL", "text": "/timeoff tomorrow"}))
        .await;
    assert_eq!(answer["ok"], false);
    let answer = it
        .act(json!({"do": "message", "channel": "C_GENERAL", "text": "/lunch"}))
        .await;
    assert_eq!(answer["error"], "/lunch is not a valid command.");
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    let toast = &state["toasts"][0];
    assert_eq!(
        toast["text"],
        "/timeoff failed with the error “dispatch_failed”"
    );
    it.act(json!({"do": "dismiss", "toast": toast["id"]})).await;
    let state = it.get("/sim/state?team=T1&as=U_ASHA").await;
    assert_eq!(state["toasts"], json!([]));
}

#[tokio::test]
async fn changes_are_told_to_whom_they_concern() {
    let it = setup().await;
    let url = it
        .sim
        .api_url()
        .replace("/api", "/sim/events?team=T1&as=U_ASHA");
    let mut events = it.http().get(url).send().await.unwrap();
    it.call(
        "chat.postMessage",
        json!({"channel": "C_GENERAL", "text": "hi"}),
    )
    .await;
    let chunk = tokio::time::timeout(Duration::from_secs(5), events.chunk())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&chunk),
        "data: {\"changed\":[\"messages:C_GENERAL\",\"state\"]}\n\n"
    );
}

#[tokio::test]
async fn the_page_is_served() {
    let it = setup().await;
    let base = it.sim.api_url().replace("/api", "");
    let page = it.http().get(&base).send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let missing = it
        .http()
        .get(format!("{base}/assets/none.js"))
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
}
