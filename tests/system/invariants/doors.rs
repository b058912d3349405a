//! Invariant 8 and the gateway's doors: what comes in, what is refused, what is ignored.

use serde_json::{Value, json};
use simulators::slack::signature;

use super::payloads::{self, form, interaction};
use crate::support::{House, Reply, post};

const PATHS: [&str; 3] = ["/slack/events", "/slack/interactivity", "/slack/commands"];

fn ok(body: &str) -> Reply {
    Reply {
        status: 200,
        body: body.to_owned(),
    }
}

/// Posts with headers of our choice.
async fn post_signed(house: &House, sent: Option<&str>, signed: Option<&str>, body: &str) -> Reply {
    let mut headers: Vec<(&str, &[u8])> = Vec::new();
    if let Some(sent) = sent {
        headers.push(("X-Slack-Request-Timestamp", sent.as_bytes()));
    }
    if let Some(signed) = signed {
        headers.push(("X-Slack-Signature", signed.as_bytes()));
    }
    post(&house.url, "/slack/events", &headers, body.as_bytes()).await
}

#[tokio::test]
async fn each_path_takes_every_kind_of_request() {
    let house = House::open().await;
    for (number, path) in PATHS.iter().enumerate() {
        let id = |kind: &str| format!("{kind}{number}");
        let verification = json!({"type": "url_verification", "challenge": "c", "token": "t"});
        assert_eq!(
            house.post(path, verification.to_string().as_bytes()).await,
            ok("c")
        );

        let event = payloads::home_opened(&id("Ev"), "U_ASHA").to_string();
        assert_eq!(house.post(path, event.as_bytes()).await, ok(""));

        let trigger = id("trigger");
        let command = form(&payloads::command("U_ASHA", "C_GENERAL", "help", &trigger));
        let reply = house.post(path, command.as_bytes()).await;
        assert_eq!(reply.status, 200);
        assert!(reply.body.contains("Here is what I can do"), "{reply:?}");

        let day = jiff::civil::date(2026, 3, 9 + i8::try_from(number).unwrap());
        for payload in [
            payloads::asks_for("U_ASHA", &id("V"), day),
            payloads::chooses("U_ASHA", &id("W"), &id("1.")),
            payloads::press("U_ASHA", "leave.request", "home", &id("2.")),
            payloads::closes("U_ASHA", &id("V")),
        ] {
            let reply = house.post(path, interaction(&payload).as_bytes()).await;
            assert_eq!(reply, ok(""), "{payload}");
        }
        house.settle().await;
    }
    assert!(house.asha().home().contains("Your time off"));
    let asked: i64 = house.value("SELECT count(*) FROM pending_action").await;
    assert_eq!(asked, 3);
}

#[tokio::test]
async fn a_missing_or_wrong_signature_is_refused() {
    let house = House::open().await;
    let body = payloads::home_opened("Ev1", "U_ASHA").to_string();
    let now = house.now().as_second();
    let sent = now.to_string();
    let good = signature(house.slack.signing_secret(), now, body.as_bytes());
    let foreign = signature("another secret", now, body.as_bytes());
    let other_time = signature(house.slack.signing_secret(), now - 1, body.as_bytes());
    let other_body = signature(house.slack.signing_secret(), now, b"{}");
    let upper = good.to_uppercase();
    let with_space = format!("{good} ");
    for (sent, signed) in [
        (None, None),
        (None, Some(good.as_str())),
        (Some(sent.as_str()), None),
        (Some(""), Some(good.as_str())),
        (Some("yesterday"), Some(good.as_str())),
        (Some("99999999999999999999999"), Some(good.as_str())),
        (Some(sent.as_str()), Some("")),
        (Some(sent.as_str()), Some("v0=")),
        (Some(sent.as_str()), Some(&good[..40])),
        (Some(sent.as_str()), Some(&good[3..])),
        (Some(sent.as_str()), Some(&foreign)),
        (Some(sent.as_str()), Some(&other_time)),
        (Some(sent.as_str()), Some(&other_body)),
        (Some(sent.as_str()), Some("v0=äöü")),
        (Some("17\u{e9}"), Some(good.as_str())),
    ] {
        let reply = post_signed(&house, sent, signed, &body).await;
        assert_eq!(reply.status, 401, "{sent:?} {signed:?}: {reply:?}");
        assert!(!reply.body.is_empty());
    }
    // Refused before it is read: what is malformed and unsigned is unsigned.
    assert_eq!(
        post_signed(&house, Some(&sent), None, "no request")
            .await
            .status,
        401
    );
    assert_eq!(
        post_signed(
            &house,
            None,
            None,
            r#"{"type":"url_verification","challenge":"c"}"#
        )
        .await
        .status,
        401
    );
    house.settle().await;
    assert_eq!(house.asha().home(), "", "nothing was done");
    // HTTP takes the space away, and hexadecimal digits have no case that matters.
    assert_eq!(
        post_signed(&house, Some(&sent), Some(&with_space), &body).await,
        ok("")
    );
    assert_eq!(
        post_signed(&house, Some(&sent), Some(&upper), &body)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_request_is_good_for_five_minutes_on_either_side() {
    let house = House::open().await;
    let now = house.now().as_second();
    for (age, status) in [
        (0, 200),
        (299, 200),
        (300, 200),
        (301, 401),
        (-300, 200),
        (-301, 401),
        (86_400, 401),
    ] {
        let body = payloads::home_opened(&format!("Ev{age}"), "U_ASHA").to_string();
        let sent = now - age;
        let signed = signature(house.slack.signing_secret(), sent, body.as_bytes());
        let reply = post_signed(&house, Some(&sent.to_string()), Some(&signed), &body).await;
        assert_eq!(reply.status, status, "{age} s old: {reply:?}");
    }
}

#[tokio::test]
async fn a_malformed_body_is_named_as_such() {
    let house = House::open().await;
    let without = |field: &str| {
        let command = payloads::command("U_ASHA", "C_GENERAL", "", "t");
        form(
            &command
                .into_iter()
                .filter(|(name, _)| *name != field)
                .collect::<Vec<_>>(),
        )
    };
    let changed = |mut payload: Value, pointer: &str, value: Value| {
        *payload.pointer_mut(pointer).expect(pointer) = value;
        payload
    };
    let press = || payloads::press("U_ASHA", "leave.request", "home", "1.1");
    let submission = || payloads::asks_for("U_ASHA", "V1", jiff::civil::date(2026, 3, 5));
    let home = || payloads::home_opened("Ev1", "U_ASHA");
    let no_team_at_all = {
        let mut payload = changed(press(), "/team", Value::Null);
        payload["user"]["team_id"] = Value::Null;
        payload
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"".to_vec()),
        ("no text", vec![0xff, 0xfe, 0x00]),
        ("words", b"hello there".to_vec()),
        ("half a JSON", home().to_string().as_bytes()[..100].to_vec()),
        ("JSON without a type", b"{}".to_vec()),
        ("a type that is no text", br#"{"type": 7}"#.to_vec()),
        (
            "deep JSON",
            format!("{{\"type\":{}", "[".repeat(200_000)).into_bytes(),
        ),
        ("no challenge", br#"{"type": "url_verification"}"#.to_vec()),
        (
            "no event",
            br#"{"type": "event_callback", "team_id": "T1", "event_id": "Ev1"}"#.to_vec(),
        ),
        (
            "an event without a type",
            br#"{"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {}}"#
                .to_vec(),
        ),
        (
            "an odd team",
            changed(home(), "/team_id", json!("nobody"))
                .to_string()
                .into_bytes(),
        ),
        (
            "no team",
            changed(
                changed(home(), "/team_id", Value::Null),
                "/authorizations",
                json!([]),
            )
            .to_string()
            .into_bytes(),
        ),
        (
            "no event id",
            changed(home(), "/event_id", Value::Null)
                .to_string()
                .into_bytes(),
        ),
        (
            "an endless event id",
            payloads::home_opened(&"é1".repeat(5000), "U_ASHA")
                .to_string()
                .into_bytes(),
        ),
        ("an empty payload", b"payload=".to_vec()),
        ("a payload that is no JSON", b"payload=hello".to_vec()),
        ("a payload that is a list", b"payload=[]".to_vec()),
        (
            "an interaction of nobody",
            interaction(&changed(press(), "/user", Value::Null)).into_bytes(),
        ),
        (
            "an interaction without a team",
            interaction(&no_team_at_all).into_bytes(),
        ),
        (
            "presses that are no list",
            interaction(&changed(press(), "/actions", json!("leave.approve"))).into_bytes(),
        ),
        (
            "an endless trigger",
            interaction(&changed(press(), "/trigger_id", json!("x".repeat(300)))).into_bytes(),
        ),
        (
            "no view",
            interaction(&changed(submission(), "/view", Value::Null)).into_bytes(),
        ),
        (
            "a view without an id",
            interaction(&changed(submission(), "/view/id", Value::Null)).into_bytes(),
        ),
        (
            "a state of another shape",
            interaction(&changed(submission(), "/view/state", json!([1]))).into_bytes(),
        ),
        ("a command without a team", without("team_id").into_bytes()),
        (
            "a command without a channel",
            without("channel_id").into_bytes(),
        ),
        ("a command of nobody", without("user_id").into_bytes()),
        (
            "a command without a trigger",
            without("trigger_id").into_bytes(),
        ),
        (
            "a command without a response URL",
            without("response_url").into_bytes(),
        ),
    ];
    for (what, body) in cases {
        let reply = house.post("/slack/events", &body).await;
        assert_eq!(reply.status, 400, "{what}: {reply:?}");
        assert!(
            reply.body.starts_with("malformed request: "),
            "{what}: {reply:?}"
        );
        assert!(
            reply.body.len() < 300,
            "{what}: the answer is as endless as the question"
        );
    }
}

#[tokio::test]
async fn a_body_of_one_megabyte_is_read_and_a_larger_one_refused() {
    let house = House::open().await;
    let padded = |id: &str, size: usize| {
        let mut event = payloads::home_opened(id, "U_ASHA");
        event["padding"] = json!("");
        let bare = event.to_string().len();
        event["padding"] = json!("x".repeat(size - bare));
        event.to_string()
    };
    let limit = 1024 * 1024;
    assert_eq!(
        house
            .post("/slack/events", padded("Ev1", limit).as_bytes())
            .await,
        ok("")
    );
    for size in [limit + 1, 10 * limit] {
        let reply = house
            .post("/slack/events", padded("Ev2", size).as_bytes())
            .await;
        assert_eq!(reply.status, 413, "{size}: {reply:?}");
        assert!(!reply.body.is_empty(), "a reason");
    }
    house.settle().await;
    let opened: i64 = house
        .value("SELECT count(*) FROM job WHERE kind = 'home.publish'")
        .await;
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn slack_can_prove_that_the_url_is_ours() {
    let house = House::open().await;
    assert!(house.slack.verify_url().await);
}

#[tokio::test]
async fn what_we_do_not_know_is_acknowledged_ignored_and_free() {
    let house = House::open().await;
    let tokens = "SELECT count(*) FROM rate_bucket";
    let before: i64 = house.value(tokens).await;
    let jobs: i64 = house.value("SELECT count(*) FROM job").await;
    let of_type =
        |kind: &str| payloads::event("Ev1", &json!({"type": kind, "user": {"odd": ["shape"]}}));
    let of_an_organization = {
        let mut event = of_type("team_access_granted");
        event["team_id"] = Value::Null;
        event["enterprise_id"] = json!("E1");
        event
    };
    let message = |more: Value| {
        let mut event = payloads::written_to("Ev2", "U_ASHA", "hello")["event"].clone();
        event
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        payloads::event("Ev2", &event)
    };
    let bodies = [
        of_type("from_the_future").to_string(),
        of_type("reaction_added").to_string(),
        of_type("app_home_opened").to_string(),
        of_an_organization.to_string(),
        message(json!({"subtype": "message_changed"})).to_string(),
        message(json!({"bot_id": "B9"})).to_string(),
        message(json!({"channel_type": "channel"})).to_string(),
        message(json!({"user": null})).to_string(),
        r#"{"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1518467820}"#
            .to_owned(),
        r#"{"type": "from_the_future"}"#.to_owned(),
        interaction(
            &json!({"type": "shortcut", "callback_id": "x", "user": {"id": "U_ASHA"}, "team": {"id": "T1"}}),
        ),
        interaction(&json!({"type": "from_the_future"})),
        interaction(&payloads::press("U_ASHA", "from.the.future", "", "1.1")),
        interaction(&{
            let mut none = payloads::press("U_ASHA", "leave.request", "", "1.1");
            none["actions"] = json!([]);
            none
        }),
        interaction(&{
            let mut other = payloads::asks_for("U_ASHA", "V1", jiff::civil::date(2026, 3, 5));
            other["view"]["callback_id"] = json!("from.the.future");
            other
        }),
        form(&[
            ("command", "/other"),
            ("team_id", "T1"),
            ("channel_id", "C_GENERAL"),
            ("user_id", "U_ASHA"),
            ("text", ""),
            ("response_url", "https://hooks.slack.com/x"),
            ("trigger_id", "t"),
        ]),
        // <https://docs.slack.dev/interactivity/implementing-slash-commands#ssl>
        form(&[("token", "deprecated"), ("ssl_check", "1")]),
    ];
    for body in bodies {
        for path in PATHS {
            assert_eq!(house.post(path, body.as_bytes()).await, ok(""), "{body}");
        }
    }
    house.settle().await;
    assert_eq!(
        house.value::<i64>(tokens).await,
        before,
        "a token was taken"
    );
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM job").await,
        jobs,
        "something was done"
    );
}

#[tokio::test]
async fn new_fields_blocks_and_elements_around_what_we_know_are_ignored() {
    let house = House::open().await;
    let mut submission = payloads::asks_for("U_ASHA", "V1", jiff::civil::date(2026, 3, 5));
    submission["from_the_future"] = json!({"deep": [1, 2, {"x": null}]});
    submission["view"]["state"]["values"]["mood"] = json!({"mood": {"type": "mood_ring", "value": null, "selected_conversation": "C1", "files": [{"id": "F1"}]}});
    assert_eq!(
        house
            .post("/slack/interactivity", interaction(&submission).as_bytes())
            .await,
        ok("")
    );

    let trigger = "t1";
    let mut command = payloads::command("U_ASHA", "C_GENERAL", "list", trigger);
    command.extend([("from_the_future", "1"), ("from_the_future", "2"), ("", "")]);
    let reply = house
        .post("/slack/commands", form(&command).as_bytes())
        .await;
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("5 March"), "{reply:?}");

    let mut press = payloads::press("U_ASHA", "leave.request", "home", "1.1");
    press["container"] = Value::Null;
    press["actions"][0]["value"] = Value::Null;
    assert_eq!(
        house
            .post("/slack/interactivity", interaction(&press).as_bytes())
            .await,
        ok("")
    );

    let mut chooses = payloads::chooses("U_ASHA", "V2", "1.2");
    chooses["view"]["state"] = Value::Null;
    assert_eq!(
        house
            .post("/slack/interactivity", interaction(&chooses).as_bytes())
            .await,
        ok("")
    );
}

#[tokio::test]
async fn payloads_of_an_organization_find_their_workspace() {
    let house = House::open().await;
    let mut command = payloads::command("U_ASHA", "C_GENERAL", "help", "t1");
    command.extend([("enterprise_id", "E1"), ("enterprise_name", "Paper Group")]);
    let reply = house
        .post("/slack/commands", form(&command).as_bytes())
        .await;
    assert!(reply.body.contains("Here is what I can do"), "{reply:?}");

    let mut event = payloads::home_opened("Ev1", "U_ASHA");
    event["enterprise_id"] = json!("E1");
    event["context_enterprise_id"] = json!("E1");
    event["authorizations"][0]["enterprise_id"] = json!("E1");
    assert_eq!(
        house
            .post("/slack/events", event.to_string().as_bytes())
            .await,
        ok("")
    );

    // The app is installed in the whole organization: no team, but the person has one.
    let mut submission = payloads::asks_for("U_ASHA", "V1", jiff::civil::date(2026, 3, 5));
    submission["team"] = Value::Null;
    submission["enterprise"] = json!({"id": "E1", "name": "Paper Group"});
    submission["is_enterprise_install"] = json!(true);
    assert_eq!(
        house
            .post("/slack/interactivity", interaction(&submission).as_bytes())
            .await,
        ok("")
    );
    house.settle().await;
    assert!(house.asha().home().contains("Your time off"));
    let asked: i64 = house.value("SELECT count(*) FROM pending_action").await;
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_retry_that_says_so_is_read_like_the_first() {
    let house = House::open().await;
    let envelope = payloads::home_opened("Ev1", "U_ASHA");
    for retry in [Some((1, "http_timeout")), Some((2, "http_error")), None] {
        let request = house.slack.event_request(&envelope, retry);
        assert_eq!(
            house.slack.send(&request).await.expect("an answer").status,
            200
        );
    }
    let jobs: i64 = house
        .value("SELECT count(*) FROM job WHERE kind = 'home.publish'")
        .await;
    assert_eq!(jobs, 1);
}

#[tokio::test]
async fn a_workspace_without_the_app_is_told_so_and_nothing_else_happens() {
    let house = House::open().await;
    let elsewhere = |body: String| body.replace("T1", "T_ELSEWHERE");
    let command = elsewhere(form(&payloads::command(
        "U_ASHA",
        "C_GENERAL",
        "list",
        "t1",
    )));
    let reply = house.post("/slack/commands", command.as_bytes()).await;
    insta::assert_snapshot!(reply.body, @r#"{"response_type":"ephemeral","text":"timeoff is not installed in this workspace. Please ask a workspace admin to add it."}"#);
    for body in [
        payloads::home_opened("Ev1", "U_ASHA").to_string(),
        payloads::written_to("Ev2", "U_ASHA", "hello").to_string(),
        interaction(&payloads::press("U_ASHA", "leave.approve", "1", "1.1")),
        interaction(&payloads::asks_for(
            "U_ASHA",
            "V1",
            jiff::civil::date(2026, 3, 5),
        )),
    ] {
        assert_eq!(
            house
                .post("/slack/events", elsewhere(body).as_bytes())
                .await,
            ok("")
        );
    }
    let rows: i64 = house
        .value("SELECT (SELECT count(*) FROM job WHERE workspace_id <> 'T1') + (SELECT count(*) FROM seen_request WHERE workspace_id <> 'T1')")
        .await;
    assert_eq!(rows, 0);
}

#[tokio::test]
async fn only_posts_are_taken() {
    let house = House::open().await;
    for path in PATHS {
        let reply = get(&house.url, path).await;
        assert!(reply.starts_with("HTTP/1.1 405"), "{path}: {reply}");
    }
    assert!(
        get(&house.url, "/api/health")
            .await
            .starts_with("HTTP/1.1 200")
    );
    assert_eq!(house.post("/slack/elsewhere", b"{}").await.status, 404);
}

async fn get(url: &str, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = url.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address)
        .await
        .expect("the app listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.expect("an answer");
    reply
}
