//! The Web API refuses what Slack refuses, in Slack's words.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::slack::{Channel, Clock, Fault, Member, SlackSimConfig, Workspace};

use crate::app::{Setup, setup, setup_with};

fn modal() -> Value {
    json!({"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []})
}

fn home() -> Value {
    json!({"type": "home", "blocks": []})
}

async fn error(it: &Setup, method: &str, args: Value) -> String {
    let answer = it.call(method, args).await;
    assert_eq!(answer["ok"], false, "{answer}");
    answer["error"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn who_may_call() {
    let it = setup().await;
    let answer = it.call_as(None, "auth.test", json!({})).await;
    assert_eq!(answer["error"], "not_authed");
    let answer = it.call_as(Some("xoxb-wrong"), "auth.test", json!({})).await;
    assert_eq!(answer["error"], "invalid_auth");
    assert_eq!(
        error(&it, "chat.whisper", json!({})).await,
        "unknown_method"
    );

    let answer = it.call("auth.test", json!({})).await;
    assert_eq!(answer["team_id"], "T1");
    assert_eq!(answer["user_id"], "U0BOT1");
    assert_eq!(answer["bot_id"], "B0BOT1");
    assert_eq!(answer["url"], "https://acme.slack.com/");

    // A token in a form counts, one in JSON does not.
    let answer = it
        .http()
        .post(format!("{}/auth.test", it.sim.api_url()))
        .form(&[("token", &it.token)])
        .send()
        .await
        .unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["ok"], true);
    let answer = it
        .call_as(None, "auth.test", json!({"token": it.token}))
        .await;
    assert_eq!(answer["error"], "not_authed");

    it.sim.revoke_token("T1");
    assert_eq!(error(&it, "auth.test", json!({})).await, "token_revoked");
}

#[tokio::test]
async fn scopes() {
    let it = setup().await;
    it.sim.add_workspace(Workspace::new("T2", "Other"));
    it.sim
        .add_person("T2", Member::new("U_ASHA", "asha").email("asha@acme.test"));
    it.sim
        .add_channel("T2", Channel::new("C_GENERAL", "general"));
    let token = it.sim.install_app("T2", &["users:read", "channels:read"]);
    let call = |method: &'static str, args: Value| {
        let (it, token) = (&it, token.clone());
        async move { it.call_as(Some(&token), method, args).await }
    };
    let answer = call(
        "chat.postMessage",
        json!({"channel": "C_GENERAL", "text": "hi"}),
    )
    .await;
    assert_eq!(answer["error"], "missing_scope");
    assert_eq!(answer["needed"], "chat:write");
    assert_eq!(answer["provided"], "users:read,channels:read");
    let answer = call("users.lookupByEmail", json!({})).await;
    assert_eq!(answer["needed"], "users:read.email");

    // Without the scope for it, the address is not there.
    let answer = it
        .http()
        .get(format!("{}/users.info?user=U_ASHA", it.sim.api_url()))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["user"]["profile"]["email"], Value::Null);
    let answer = it
        .http()
        .get(format!(
            "{}/conversations.list?types=private_channel",
            it.sim.api_url()
        ))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(
        answer.json::<Value>().await.unwrap()["needed"],
        "groups:read"
    );
}

#[tokio::test]
async fn posting() {
    let it = setup().await;
    let post = |args: Value| error(&it, "chat.postMessage", args);
    assert_eq!(
        post(json!({"channel": "C_NONE", "text": "x"})).await,
        "channel_not_found"
    );
    assert_eq!(
        post(json!({"channel": "C_LEADS", "text": "x"})).await,
        "channel_not_found"
    );
    assert_eq!(post(json!({"channel": "C_GENERAL"})).await, "no_text");
    assert_eq!(post(json!({"text": "x"})).await, "invalid_arguments");
    assert_eq!(
        post(json!({"channel": "C_GENERAL", "text": "x".repeat(40_001)})).await,
        "msg_too_long"
    );
    assert_eq!(
        post(json!({"channel": "C_GENERAL", "blocks": "[{"})).await,
        "invalid_blocks_format"
    );
    it.sim.add_channel("T1", Channel::new("C_QUIET", "quiet"));
    assert_eq!(
        post(json!({"channel": "C_QUIET", "text": "x"})).await,
        "not_in_channel"
    );

    let answer = it
        .call(
            "chat.postMessage",
            json!({"channel": "C_GENERAL", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x".repeat(3001)}}]}),
        )
        .await;
    assert_eq!(answer["error"], "invalid_blocks");
    assert_eq!(
        answer["response_metadata"]["messages"],
        json!([
            "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
            "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ])
    );

    // A form carries blocks as JSON, and a channel's name will do.
    let answer = it
        .form(
            "chat.postMessage",
            &[
                ("channel", "#general"),
                ("blocks", r#"[{"type":"divider"}]"#),
                ("text", "line"),
            ],
        )
        .await;
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["channel"], "C_GENERAL");
    assert_eq!(answer["message"]["bot_id"], "B0BOT1");
    assert!(answer["message"]["blocks"][0]["block_id"].is_string());
}

#[tokio::test]
async fn changing_messages() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    let hers = asha.says("#general", "hello").await;
    let posted = it
        .call(
            "chat.postMessage",
            json!({"channel": "C_GENERAL", "text": "one"}),
        )
        .await;
    let ts = posted["ts"].clone();
    let update = |args: Value| error(&it, "chat.update", args);
    assert_eq!(
        update(json!({"channel": "C_GENERAL", "ts": hers.ts, "text": "x"})).await,
        "cant_update_message"
    );
    assert_eq!(
        update(json!({"channel": "C_GENERAL", "ts": "1.000000", "text": "x"})).await,
        "message_not_found"
    );
    assert_eq!(
        update(json!({"channel": "U_ASHA", "ts": ts, "text": "x"})).await,
        "channel_not_found"
    );
    assert_eq!(
        update(json!({"channel": "C_GENERAL", "ts": ts})).await,
        "no_text"
    );
    assert_eq!(
        update(json!({"channel": "C_GENERAL", "ts": ts, "text": "x".repeat(4001)})).await,
        "msg_too_long"
    );
    let answer = it
        .call(
            "chat.update",
            json!({"channel": "C_GENERAL", "ts": ts, "text": "two"}),
        )
        .await;
    assert_eq!(answer["text"], "two");
    assert_eq!(asha.channel("#general"), "asha: hello\ntimeoff: two");

    assert_eq!(
        error(
            &it,
            "chat.delete",
            json!({"channel": "C_GENERAL", "ts": hers.ts})
        )
        .await,
        "cant_delete_message"
    );
    let answer = it
        .call("chat.delete", json!({"channel": "C_GENERAL", "ts": ts}))
        .await;
    assert_eq!(answer["ok"], true);
    assert_eq!(asha.channel("#general"), "asha: hello");
}

#[tokio::test]
async fn ephemeral_messages() {
    let it = setup().await;
    let answer = it
        .call(
            "chat.postEphemeral",
            json!({"channel": "C_GENERAL", "user": "U_ASHA", "text": "psst"}),
        )
        .await;
    assert!(answer["message_ts"].is_string(), "{answer}");
    assert_eq!(
        error(
            &it,
            "chat.update",
            json!({"channel": "C_GENERAL", "ts": answer["message_ts"], "text": "x"})
        )
        .await,
        "message_not_found"
    );
    assert_eq!(
        error(
            &it,
            "chat.postEphemeral",
            json!({"channel": "C_GENERAL", "user": "U_NONE", "text": "psst"})
        )
        .await,
        "user_not_in_channel"
    );
    let asha = it.sim.person("T1", "U_ASHA");
    let ben = it.sim.person("T1", "U_BEN");
    assert_eq!(
        asha.channel("#general"),
        "timeoff (only you can see this): psst"
    );
    assert_eq!(ben.channel("#general"), "");
}

#[tokio::test]
async fn reading_conversations() {
    let clock = Clock::manual("2026-03-05T09:00:00Z".parse().unwrap());
    let it = setup_with(SlackSimConfig {
        clock,
        ..SlackSimConfig::default()
    })
    .await;
    let asha = it.sim.person("T1", "U_ASHA");
    let mut messages = Vec::new();
    for text in ["one", "two", "three"] {
        messages.push(asha.says("#general", text).await);
    }
    assert_eq!(messages[0].ts, "1772701200.000000");
    asha.replies(&messages[0], "a reply").await;

    let texts = |answer: &Value| -> Vec<String> {
        answer["messages"]
            .as_array()
            .unwrap_or_else(|| panic!("{answer}"))
            .iter()
            .map(|it| it["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let history = |args: Vec<(&'static str, String)>| {
        let it = &it;
        async move {
            let mut args = args;
            args.push(("channel", "C_GENERAL".to_owned()));
            let args: Vec<(&str, &str)> = args.iter().map(|(k, v)| (*k, v.as_str())).collect();
            it.form("conversations.history", &args).await
        }
    };
    let answer = history(vec![("limit", "2".to_owned())]).await;
    assert_eq!(texts(&answer), ["three", "two"]);
    assert_eq!(answer["has_more"], true);
    let cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap();
    let answer = history(vec![
        ("limit", "2".to_owned()),
        ("cursor", cursor.to_owned()),
    ])
    .await;
    assert_eq!(texts(&answer), ["one"]);
    assert_eq!(answer["messages"][0]["reply_count"], 1);
    let answer = history(vec![("cursor", "what".to_owned())]).await;
    assert_eq!(answer["error"], "invalid_cursor");

    let answer = history(vec![("oldest", messages[1].ts.clone())]).await;
    assert_eq!(texts(&answer), ["three"]);
    let answer = history(vec![
        ("oldest", messages[1].ts.clone()),
        ("inclusive", "true".to_owned()),
    ])
    .await;
    assert_eq!(texts(&answer), ["three", "two"]);

    let answer = it
        .form(
            "conversations.replies",
            &[("channel", "C_GENERAL"), ("ts", &messages[0].ts)],
        )
        .await;
    assert_eq!(texts(&answer), ["one", "a reply"]);
    // Reading methods take no JSON.
    assert_eq!(
        error(&it, "conversations.info", json!({"channel": "C_GENERAL"})).await,
        "invalid_arguments"
    );
    let answer = it
        .form("conversations.info", &[("channel", "C_LEADS")])
        .await;
    assert_eq!(answer["error"], "channel_not_found");
    it.sim.add_channel("T1", Channel::new("C_QUIET", "quiet"));
    let answer = it
        .form("conversations.history", &[("channel", "C_QUIET")])
        .await;
    assert_eq!(answer["error"], "not_in_channel");
    let answer = it
        .form(
            "conversations.members",
            &[("channel", "C_GENERAL"), ("limit", "2")],
        )
        .await;
    assert_eq!(answer["members"], json!(["U_ASHA", "U_BEN"]));
    assert_ne!(answer["response_metadata"]["next_cursor"], "");
}

#[tokio::test]
async fn metadata_is_read_only_when_asked_for() {
    let it = setup().await;
    let metadata = json!({"event_type": "leave", "event_payload": {"id": "7"}});
    it.call(
        "chat.postMessage",
        json!({"channel": "C_GENERAL", "text": "x", "metadata": metadata}),
    )
    .await;
    let answer = it
        .form("conversations.history", &[("channel", "C_GENERAL")])
        .await;
    assert_eq!(answer["messages"][0]["metadata"], Value::Null);
    let answer = it
        .form(
            "conversations.history",
            &[("channel", "C_GENERAL"), ("include_all_metadata", "true")],
        )
        .await;
    assert_eq!(answer["messages"][0]["metadata"], metadata);
}

#[tokio::test]
async fn people() {
    let it = setup().await;
    let answer = it.form("users.info", &[("user", "U_NONE")]).await;
    assert_eq!(answer["error"], "user_not_found");
    let answer = it
        .form("users.lookupByEmail", &[("email", "nobody@example.com")])
        .await;
    assert_eq!(answer["error"], "users_not_found");
    let answer = it
        .form("users.lookupByEmail", &[("email", "ASHA@example.com")])
        .await;
    assert_eq!(answer["user"]["id"], "U_ASHA");
    assert_eq!(answer["user"]["tz"], "Asia/Kolkata");
    assert_eq!(answer["user"]["tz_offset"], 19_800);

    let answer = it.form("users.list", &[("limit", "2")]).await;
    assert_eq!(answer["members"][0]["id"], "USLACKBOT");
    let cursor = answer["response_metadata"]["next_cursor"].as_str().unwrap();
    let answer = it
        .form("users.list", &[("limit", "2"), ("cursor", cursor)])
        .await;
    assert_eq!(answer["members"][0]["id"], "U_BEN");
    assert_eq!(answer["members"][0]["is_owner"], true);
    assert_eq!(answer["members"][1]["is_bot"], true);
    assert_eq!(answer["response_metadata"]["next_cursor"], "");
}

#[tokio::test]
async fn opening_conversations() {
    let it = setup().await;
    let first = it
        .call("conversations.open", json!({"users": "U_ASHA"}))
        .await;
    assert!(first["channel"]["id"].as_str().unwrap().starts_with('D'));
    let again = it
        .call("conversations.open", json!({"users": "U_ASHA"}))
        .await;
    assert_eq!(again["already_open"], true);
    assert_eq!(again["channel"]["id"], first["channel"]["id"]);
    let posted = it
        .call(
            "chat.postMessage",
            json!({"channel": "U_ASHA", "text": "hi"}),
        )
        .await;
    assert_eq!(posted["channel"], first["channel"]["id"]);
    assert_eq!(
        error(&it, "conversations.open", json!({"users": "U_NONE"})).await,
        "user_not_found"
    );
    assert_eq!(
        error(&it, "conversations.open", json!({})).await,
        "users_list_not_supplied"
    );
}

#[tokio::test]
async fn triggers() {
    let it = setup_with(SlackSimConfig {
        trigger_life: Duration::from_millis(400),
        ..SlackSimConfig::default()
    })
    .await;
    let asha = it.sim.person("T1", "U_ASHA");
    let open = |trigger: Value| {
        error(
            &it,
            "views.open",
            json!({"trigger_id": trigger, "view": modal()}),
        )
    };
    assert_eq!(open(json!("1.2.3")).await, "invalid_trigger_id");

    let answer = it.open(modal()).await;
    assert_eq!(answer["ok"], true, "{answer}");
    let trigger = it.app.last().body["trigger_id"].clone();
    assert_eq!(open(trigger).await, "exchanged_trigger_id");

    asha.types("#general", "/timeoff").await;
    let trigger = it.app.last().body["trigger_id"].clone();
    tokio::time::sleep(Duration::from_millis(450)).await;
    assert_eq!(open(trigger).await, "expired_trigger_id");
}

#[tokio::test]
async fn views() {
    let it = setup().await;
    let answer = it.open(json!({"type": "modal", "blocks": []})).await;
    assert_eq!(answer["error"], "invalid_arguments");
    assert_eq!(
        answer["response_metadata"]["messages"],
        json!(["[ERROR] missing required field: title [json-pointer:/view]"])
    );
    let mut view = modal();
    view["external_id"] = json!("leave-7");
    let opened = it.open(view.clone()).await;
    let (id, hash) = (&opened["view"]["id"], &opened["view"]["hash"]);
    for key in [
        "id",
        "team_id",
        "type",
        "hash",
        "state",
        "root_view_id",
        "app_id",
        "bot_id",
    ] {
        assert!(!opened["view"][key].is_null(), "{key} in {opened}");
    }
    assert_eq!(opened["view"]["previous_view_id"], Value::Null);

    let updated = it
        .call(
            "views.update",
            json!({"view_id": id, "hash": hash, "view": view}),
        )
        .await;
    assert_eq!(updated["ok"], true, "{updated}");
    assert_eq!(
        error(
            &it,
            "views.update",
            json!({"view_id": id, "hash": hash, "view": view})
        )
        .await,
        "hash_conflict"
    );
    let updated = it
        .call(
            "views.update",
            json!({"external_id": "leave-7", "view": view}),
        )
        .await;
    assert_eq!(updated["view"]["id"], *id);
    assert_eq!(
        error(
            &it,
            "views.update",
            json!({"view_id": "V_NONE", "view": view})
        )
        .await,
        "not_found"
    );

    assert_eq!(
        error(
            &it,
            "views.publish",
            json!({"user_id": "U_ASHA", "view": modal()})
        )
        .await,
        "invalid_arguments"
    );
    let published = it
        .call(
            "views.publish",
            json!({"user_id": "U_ASHA", "view": home()}),
        )
        .await;
    assert_eq!(published["view"]["type"], "home");
    assert_eq!(
        error(
            &it,
            "views.publish",
            json!({"user_id": "U_ASHA", "view": home(), "hash": "old"})
        )
        .await,
        "hash_conflict"
    );
}

#[tokio::test]
async fn at_most_three_modals() {
    let it = setup().await;
    let mut view = modal();
    view["blocks"] = json!([{"type": "actions", "elements": [
        {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "More"}},
    ]}]);
    it.open(view.clone()).await;
    let asha = it.sim.person("T1", "U_ASHA");
    for expected in [json!(null), json!(null), json!("push_limit_reached")] {
        asha.modal().press("More").await;
        let trigger = it.app.last().body["trigger_id"].clone();
        let answer = it
            .call("views.push", json!({"trigger_id": trigger, "view": view}))
            .await;
        assert_eq!(answer["error"], expected, "{answer}");
    }
    // A command's trigger is from no modal.
    asha.types("#general", "/timeoff").await;
    let trigger = it.app.last().body["trigger_id"].clone();
    assert_eq!(
        error(
            &it,
            "views.push",
            json!({"trigger_id": trigger, "view": view})
        )
        .await,
        "not_found"
    );
}

#[tokio::test]
async fn installing() {
    let it = setup().await;
    it.sim.add_workspace(Workspace::new("T2", "Other"));
    it.sim.add_person("T2", Member::new("U_ANA", "ana").owner());
    let code = it.sim.authorize(
        "T2",
        "U_ANA",
        &["chat:write"],
        Some("https://app.test/back"),
    );
    let access = |code: String, secret: &'static str, redirect: &'static str| {
        let it = &it;
        async move {
            it.http()
                .get(format!(
                    "{}/oauth.v2.access?code={code}&redirect_uri={redirect}",
                    it.sim.api_url()
                ))
                .basic_auth("1111.2222", Some(secret))
                .send()
                .await
                .unwrap()
                .json::<Value>()
                .await
                .unwrap()
        }
    };
    let back = "https://app.test/back";
    assert_eq!(
        access("x".into(), "client-secret", back).await["error"],
        "invalid_code"
    );
    assert_eq!(
        access(code.clone(), "wrong", back).await["error"],
        "bad_client_secret"
    );
    assert_eq!(
        access(code.clone(), "client-secret", "https://evil.test").await["error"],
        "bad_redirect_uri"
    );
    let answer = access(code.clone(), "client-secret", back).await;
    assert_eq!(answer["team"], json!({"id": "T2", "name": "Other"}));
    assert_eq!(answer["authed_user"]["id"], "U_ANA");
    let token = answer["access_token"].as_str().unwrap();
    let test = it.call_as(Some(token), "auth.test", json!({})).await;
    assert_eq!(test["user_id"], answer["bot_user_id"]);
    assert_eq!(
        access(code, "client-secret", back).await["error"],
        "code_already_used"
    );
}

#[tokio::test]
async fn faults() {
    let it = setup().await;
    it.sim
        .fault("auth.test", Fault::Error("fatal_error".to_owned()), Some(1));
    assert_eq!(error(&it, "auth.test", json!({})).await, "fatal_error");
    assert_eq!(it.call("auth.test", json!({})).await["ok"], true);

    let url = format!("{}/auth.test", it.sim.api_url());
    let call = || it.http().post(&url).bearer_auth(&it.token).send();
    it.sim.fault("*", Fault::RateLimited(7), Some(1));
    let answer = call().await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "7");
    it.sim.fault("*", Fault::ServerError, Some(1));
    assert_eq!(call().await.unwrap().status(), 500);
    it.sim.fault("*", Fault::Drop, Some(1));
    assert!(call().await.is_err());
    assert_eq!(call().await.unwrap().status(), 200);

    // The work is done, only its answer is lost.
    it.sim.fault("chat.postMessage", Fault::LoseAnswer, Some(1));
    let lost = it
        .http()
        .post(format!("{}/chat.postMessage", it.sim.api_url()))
        .bearer_auth(&it.token)
        .json(&json!({"channel": "C_GENERAL", "text": "once"}))
        .send()
        .await;
    assert!(lost.is_err());
    let asha = it.sim.person("T1", "U_ASHA");
    assert_eq!(asha.channel("#general"), "timeoff: once");
    assert_eq!(it.sim.calls("chat.postMessage").len(), 1);
}

#[tokio::test]
async fn reacting() {
    let it = setup().await;
    it.sim.install_app("T1", &["reactions:write"]);
    let token = it.sim.bot_token("T1").unwrap();
    let message = it.sim.person("T1", "U_ASHA").says("#general", "hi").await;
    let args = json!({"channel": "C_GENERAL", "timestamp": message.ts, "name": "eyes"});
    let call = |method: &'static str| it.call_as(Some(&token), method, args.clone());
    assert_eq!(call("reactions.remove").await["error"], "no_reaction");
    assert_eq!(call("reactions.add").await["ok"], true);
    assert_eq!(call("reactions.add").await["error"], "already_reacted");
    assert_eq!(call("reactions.remove").await["ok"], true);
}

#[tokio::test]
async fn signing_in() {
    let it = setup().await;
    let back = "https://app.test/back";
    let code = it.sim.authorize("T1", "U_BEN", &["openid"], Some(back));
    let form = [
        ("client_id", "1111.2222"),
        ("client_secret", "client-secret"),
        ("code", code.as_str()),
        ("redirect_uri", back),
    ];
    let answer = it.form("openid.connect.token", &form).await;
    assert_eq!(answer["token_type"], "Bearer", "{answer}");
    let token = answer["access_token"].as_str().unwrap();
    let info = it
        .call_as(Some(token), "openid.connect.userInfo", json!({}))
        .await;
    assert_eq!(info["https://slack.com/user_id"], "U_BEN");
    assert_eq!(info["https://slack.com/team_id"], "T1");
    let again = it.form("openid.connect.token", &form).await;
    assert_eq!(again["error"], "code_already_used");
}

#[tokio::test]
async fn leaving() {
    let it = setup().await;
    it.sim.uninstall_app("T1").await;
    assert_eq!(error(&it, "auth.test", json!({})).await, "token_revoked");
    // Installed anew, the app works again with its new token.
    let token = it.sim.install_app("T1", &["chat:write"]);
    let answer = it.call_as(Some(&token), "auth.test", json!({})).await;
    assert_eq!(answer["ok"], true);
}
