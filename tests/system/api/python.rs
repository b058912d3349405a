//! A client that was written elsewhere: the Python package `http-message-signatures`.

use std::path::Path;

use serde_json::{Value, json};
use timeoff::admin::keys::KeyFile;

use super::leaves::failed_leave;
use crate::support::python::{run, script};
use crate::support::{House, Key, Reply, Request, code};

/// A request that Python signs; `changes` go over what it is told to sign.
async fn signed(
    house: &House,
    key: &Key,
    method: &str,
    path: &str,
    body: &str,
    changes: Value,
) -> Request {
    let mut wanted = json!({
        "method": method,
        "url": format!("{}{path}", house.url),
        "headers": {},
        "body": body,
        "private_key": KeyFile::write(&key.id, &key.private).expect("a key"),
        "key_id": key.id,
        "created": house.now().as_second(),
        "nonce": timeoff::admin::keys::new_nonce().expect("random"),
        "cover": ["@method", "@target-uri"],
    });
    for (name, value) in changes.as_object().expect("an object") {
        wanted[name] = value.clone();
    }
    let script = script("api/sign.py");
    let script = script.to_str().expect("a path");
    let (done, said, trouble) = run(&[script], &[], wanted.to_string()).await;
    assert!(done, "{said}{trouble}");
    let headers: Value = serde_json::from_str(&said).expect("JSON");
    let mut request = Request::new(method, path, body);
    for (name, value) in headers.as_object().expect("an object") {
        request.set(&name.to_lowercase(), value.as_str().expect("a text"));
    }
    request
}

#[tokio::test]
async fn what_it_signs_is_accepted() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    let mut replies: Vec<Reply> = Vec::new();
    for (method, path, body, changes) in [
        ("GET", "/api/leaves", "", json!({})),
        (
            "GET",
            "/api/leaves?state=failed&from=2026-03-01&user=U_ASHA",
            "",
            json!({}),
        ),
        ("POST", "/api/leaves/7/retry", "", json!({})),
        (
            "POST",
            "/api/leaves/7/retry",
            "{\"why\": \"Ärger\"}",
            json!({}),
        ),
        (
            "GET",
            "/api/leaves",
            "",
            json!({"include_alg": false, "label": "sig1", "tag": "timeoff"}),
        ),
        (
            "GET",
            "/api/leaves",
            "",
            json!({"expires": house.now().as_second() + 60}),
        ),
        (
            "GET",
            "/api/leaves?limit=3",
            "",
            json!({"cover": ["@target-uri", "@method", "@authority", "@scheme", "@path", "@query", "@request-target", "date"],
                   "headers": {"Date": "Mon, 02 Mar 2026 09:00:00 GMT"}}),
        ),
    ] {
        let request = signed(&house, &key, method, path, body, changes).await;
        replies.push(house.call(&request).await);
    }
    let codes: Vec<String> = replies.iter().map(code).collect();
    assert_eq!(
        codes,
        [
            "200",
            "200",
            "404 not_found",
            "404 not_found",
            "200",
            "200",
            "200"
        ]
    );
}

#[tokio::test]
async fn each_way_to_be_wrong_has_its_own_code() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    let now = house.now().as_second();
    let post = |changes| signed(&house, &key, "POST", "/api/leaves/7/retry", "{}", changes);

    let mut changed = post(json!({})).await;
    changed.body[1] = b']';
    let mut elsewhere = post(json!({})).await;
    elsewhere.path = "/api/leaves/8/retry".to_owned();
    let reused = post(json!({"nonce": "once"})).await;
    assert_eq!(code(&house.call(&reused).await), "404 not_found");
    let mut codes = Vec::new();
    for (what, request) in [
        ("a changed byte of the body", changed),
        ("a changed byte of the path", elsewhere),
        (
            "made six minutes ago",
            post(json!({"created": now - 360})).await,
        ),
        (
            "made in six minutes",
            post(json!({"created": now + 360})).await,
        ),
        ("ended by itself", post(json!({"expires": now - 1})).await),
        ("a nonce for the second time", reused),
        (
            "another request with that nonce",
            post(json!({"nonce": "once"})).await,
        ),
        ("no nonce", post(json!({"nonce": null})).await),
        (
            "an unknown key",
            post(json!({"key_id": "key_nobody"})).await,
        ),
        (
            "without the method",
            post(json!({"cover": ["@target-uri"]})).await,
        ),
        (
            "without the target",
            post(json!({"cover": ["@method", "@authority", "@path"]})).await,
        ),
        ("without the digest", {
            let mut request =
                signed(&house, &key, "POST", "/api/leaves/7/retry", "", json!({})).await;
            request.body = b"{}".to_vec();
            request
        }),
    ] {
        codes.push(format!("{what}: {}", code(&house.call(&request).await)));
    }
    insta::assert_snapshot!(codes.join("\n"), @"
    a changed byte of the body: 401 digest_mismatch
    a changed byte of the path: 401 signature_invalid
    made six minutes ago: 401 signature_expired
    made in six minutes: 401 signature_expired
    ended by itself: 401 signature_expired
    a nonce for the second time: 401 nonce_reused
    another request with that nonce: 401 nonce_reused
    no nonce: 401 nonce_missing
    an unknown key: 401 key_unknown
    without the method: 401 component_missing
    without the target: 401 component_missing
    without the digest: 401 digest_missing
    ");
}

#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let house = House::with_services().await;
    failed_leave(&house).await;
    // The example signs with the clock of the machine.
    house.clocks(&jiff::Timestamp::now().to_string());
    let key = house.key("payroll").await;
    let text = include_str!("../../../docs/api.md");
    let (_, rest) = text.split_once("```python\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.pem", key.id));
    std::fs::write(&file, KeyFile::write(&key.id, &key.private).expect("a key")).expect("written");
    let variables = [
        ("TIMEOFF_URL", house.url.as_str()),
        ("TIMEOFF_KEY_FILE", file.to_str().expect("a path")),
        ("TIMEOFF_KEY_ID", key.id.as_str()),
    ];
    let (done, said, trouble) = run(&["-"], &variables, example.to_owned()).await;
    std::fs::remove_file(&file).expect("removed");
    assert!(done, "{said}{trouble}");
    insta::assert_snapshot!(said.trim(), @"
    Failed: 1
    Asha Rao 2026-03-09 processing
    ");
}
