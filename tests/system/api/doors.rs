//! Who gets in, and who does not.

use jiff::SignedDuration;
use timeoff::admin::store;

use crate::support::{Cable, House, Plan, Request, TEAM, code, server};

#[tokio::test]
async fn a_signed_request_is_answered_and_its_use_recorded() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    assert_eq!(
        house.get(&key, "/api/leaves").await["leaves"],
        serde_json::json!([])
    );
    let used: String = house
        .value("SELECT name || ' ' || (last_used_at = '2026-03-02 09:00Z')::text FROM api_key")
        .await;
    assert_eq!(used, "payroll true");
    // HEAD is GET without the body, and signed as what it is.
    let head = house.signed(&key, "HEAD", "/api/leaves", "");
    assert_eq!(house.call(&head).await.status, 200);
}

#[tokio::test]
async fn every_other_request_is_refused_with_its_own_code() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    let get = |path: &str| house.signed(&key, "GET", path, "");
    let retry = house.signed(&key, "POST", "/api/leaves/1/retry", "{}");
    let changed = |change: &dyn Fn(&mut Request)| {
        let mut request = retry.clone();
        change(&mut request);
        request
    };
    let old = house.now() - SignedDuration::from_secs(301);
    let early = house.now() + SignedDuration::from_secs(301);
    let mut stranger = key.clone();
    stranger.id = "key_nobody".to_owned();
    let mut other = key.clone();
    other.private = timeoff::admin::keys::generate().unwrap();
    let without = |component: &str| {
        changed(&|request| {
            let input = request.header("signature-input");
            let input = input.replace(&format!("\"{component}\""), "");
            request.set("signature-input", &input);
        })
    };
    let cases = [
        ("not signed", Request::new("GET", "/api/leaves", "")),
        (
            "a changed byte of the body",
            changed(&|request| request.body[0] = b'['),
        ),
        (
            "another path",
            changed(&|request| request.path = "/api/leaves/2/retry".into()),
        ),
        ("a changed query", {
            let mut request = get("/api/leaves?state=failed");
            request.path = "/api/leaves?state=denied".into();
            request
        }),
        ("another method", {
            let mut request = get("/api/leaves");
            request.method = "HEAD".into();
            request
        }),
        (
            "no digest",
            changed(&|request| request.headers.retain(|(name, _)| name != "content-digest")),
        ),
        ("digest not covered", without("content-digest")),
        ("method not covered", without("@method")),
        ("target not covered", without("@target-uri")),
        (
            "old",
            house.signed_with(&key, "GET", "/api/leaves", "", old, "n1"),
        ),
        (
            "early",
            house.signed_with(&key, "GET", "/api/leaves", "", early, "n2"),
        ),
        (
            "an unknown key",
            house.signed(&stranger, "GET", "/api/leaves", ""),
        ),
        (
            "another key",
            house.signed(&other, "GET", "/api/leaves", ""),
        ),
        (
            "two signatures",
            changed(&|request| {
                let twice = (
                    "signature".to_owned(),
                    request.header("signature").to_owned(),
                );
                request.headers.push(twice);
            }),
        ),
        (
            "garbage",
            changed(&|request| request.set("signature", "%%%")),
        ),
        (
            "for another host",
            changed(&|request| request.set("host", "elsewhere.example")),
        ),
        (
            "for two hosts",
            changed(&|request| {
                let host = ("host".to_owned(), "elsewhere.example".to_owned());
                request.headers.extend([host.clone(), host]);
            }),
        ),
    ];
    let mut codes = Vec::new();
    for (what, request) in cases {
        let (head, reply) = house.exchange(&request).await;
        codes.push(format!("{what}: {}", code(&reply)));
        assert!(
            reply.body.is_empty()
                || head
                    .to_lowercase()
                    .contains("content-type: application/json"),
            "{what}: {head}\n{}",
            reply.body
        );
    }
    insta::assert_snapshot!(codes.join("\n"), @"
    not signed: 401 signature_missing
    a changed byte of the body: 401 digest_mismatch
    another path: 401 signature_invalid
    a changed query: 401 signature_invalid
    another method: 401
    no digest: 401 digest_missing
    digest not covered: 401 component_missing
    method not covered: 401 component_missing
    target not covered: 401 component_missing
    old: 401 signature_expired
    early: 401 signature_expired
    an unknown key: 401 key_unknown
    another key: 401 signature_invalid
    two signatures: 401 signature_malformed
    garbage: 401 signature_malformed
    for another host: 401 signature_invalid
    for two hosts: 400 request_malformed
    ");
    let used: bool = house
        .value("SELECT count(last_used_at) = 0 AND NOT EXISTS (SELECT FROM api_nonce) FROM api_key")
        .await;
    assert!(used, "what is refused leaves no trace");
    // The very request is good.
    assert_eq!(code(&house.call(&retry).await), "404 not_found");
}

#[tokio::test]
async fn a_nonce_works_once_for_as_long_as_its_signature_could() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    let other = house.key("other").await;
    // Signed by a clock that is ahead: that is accepted until ten minutes from now.
    let ahead = house.now() + SignedDuration::from_mins(5);
    let request = house.signed_with(&key, "GET", "/api/leaves", "", ahead, "once");
    assert_eq!(code(&house.call(&request).await), "200");
    assert_eq!(code(&house.call(&request).await), "401 nonce_reused");
    let again = house.signed_with(&key, "GET", "/api/leaves?limit=1", "", house.now(), "once");
    assert_eq!(code(&house.call(&again).await), "401 nonce_reused");
    // The nonces of two keys have nothing to do with each other.
    let theirs = house.signed_with(&other, "GET", "/api/leaves", "", house.now(), "once");
    assert_eq!(code(&house.call(&theirs).await), "200");
    // A request that is refused for its question is one all the same.
    let wrong = house.signed(&key, "GET", "/api/leaves?colour=blue", "");
    assert_eq!(code(&house.call(&wrong).await), "400 parameter_invalid");
    assert_eq!(code(&house.call(&wrong).await), "401 nonce_reused");

    house.at("2026-03-02T09:10:00Z").await;
    assert_eq!(code(&house.call(&request).await), "401 nonce_reused");
    house.at("2026-03-02T09:10:01Z").await;
    assert_eq!(code(&house.call(&request).await), "401 signature_expired");
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM api_nonce").await,
        0,
        "forgotten"
    );
}

#[tokio::test]
async fn of_two_copies_at_the_same_moment_one_passes() {
    let house = House::build(Plan {
        connections: 8,
        ..Plan::default()
    })
    .await;
    let key = house.key("payroll").await;
    for round in 0..5 {
        let nonce = format!("round {round}");
        let request = house.signed_with(&key, "GET", "/api/leaves", "", house.now(), &nonce);
        let copies = (0..8).map(|_| house.call(&request));
        let replies = futures_util::future::join_all(copies).await;
        let mut codes: Vec<String> = replies.iter().map(code).collect();
        codes.sort();
        let mut expected = vec!["401 nonce_reused"; 8];
        expected[0] = "200";
        assert_eq!(codes, expected);
    }
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_and_its_name_is_free_again() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    house.get(&key, "/api/leaves").await;
    let mut tx = house.tx().await;
    let revoked = store::revoke_key(&mut tx, "payroll", "test").await.unwrap();
    assert_eq!(revoked.expect("it is in use").id, key.id);
    assert!(
        store::revoke_key(&mut tx, &key.id, "test")
            .await
            .unwrap()
            .is_none()
    );
    tx.commit().await.unwrap();
    let request = house.signed(&key, "GET", "/api/leaves", "");
    assert_eq!(code(&house.call(&request).await), "401 key_revoked");
    let next = house.key("payroll").await;
    house.get(&next, "/api/leaves").await;
    let trail: String = house
        .value("SELECT string_agg(action || ' ' || (detail->>'name') || ' by ' || (detail->>'by'), ', ' ORDER BY audit_id) FROM audit_log WHERE subject LIKE 'api_key:%'")
        .await;
    assert_eq!(
        trail,
        "added payroll by test, revoked payroll by test, added payroll by test"
    );
}

#[tokio::test]
async fn paths_methods_and_bodies_that_do_not_fit() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    let mut said = Vec::new();
    for (method, path) in [
        ("GET", "/api"),
        ("GET", "/api/nothing"),
        ("POST", "/api/leaves/1/retry/again"),
        ("DELETE", "/api/leaves"),
        ("POST", "/api/leaves/1"),
        ("GET", "/api/leaves/1/retry"),
    ] {
        let (head, reply) = house.exchange(&Request::new(method, path, "")).await;
        let allow = head.to_lowercase();
        let allow = allow
            .lines()
            .find(|line| line.starts_with("allow:"))
            .unwrap_or_default();
        said.push(
            format!("{method} {path}: {} {allow}", code(&reply))
                .trim_end()
                .to_owned(),
        );
    }
    insta::assert_snapshot!(said.join("\n"), @"
    GET /api: 404 not_found
    GET /api/nothing: 404 not_found
    POST /api/leaves/1/retry/again: 404 not_found
    DELETE /api/leaves: 405 method_not_allowed allow: get,head
    POST /api/leaves/1: 405 method_not_allowed allow: get,head
    GET /api/leaves/1/retry: 405 method_not_allowed allow: post
    ");
    for id in ["0", "-1", "x", "1.0", "+1", "99999999999999999999", "%31"] {
        let path = format!("/api/leaves/{id}");
        let reply = house.call(&house.signed(&key, "GET", &path, "")).await;
        assert_eq!(code(&reply), "404 not_found", "{path}");
    }
    // The largest body is read and checked; a larger one is not read.
    let limit = timeoff::gateway::BODY_LIMIT;
    for (size, expected) in [(limit, "404 not_found"), (limit + 1, "413 body_too_large")] {
        let request = house.signed(&key, "POST", "/api/leaves/1/retry", &"x".repeat(size));
        assert_eq!(code(&house.call(&request).await), expected, "{size} bytes");
    }
    // Health needs no signature.
    assert_eq!(
        house
            .call(&Request::new("GET", "/api/health", ""))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_database_that_is_away_is_said_in_the_words_of_the_api() {
    let cable = Cable::to(&server()).await;
    let house = House::build(Plan {
        cable: Some(cable),
        ..Plan::default()
    })
    .await;
    let key = house.key("payroll").await;
    let request = house.signed(&key, "GET", "/api/leaves", "");
    let cable = house.cable.as_ref().expect("a cable");
    cable.cut();
    assert_eq!(code(&house.call(&request).await), "503 unavailable");
    cable.mend();
    // The nonce was not used up.
    assert_eq!(code(&house.call(&request).await), "200");
}

#[tokio::test]
async fn a_key_sees_its_own_workspace_and_nothing_of_another() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-09", "2026-03-10").await;
    house.execute("INSERT INTO workspace SELECT 'T2', NULL, 'Other', bot_user_id, bot_token, '{}', installed_at FROM workspace").await;
    let (own, other) = (house.key(TEAM).await, house.key_of("T2", "other").await);
    let id = house.get(&own, "/api/leaves").await["leaves"][0]["id"].clone();
    assert_eq!(
        house.get(&own, &format!("/api/leaves/{id}")).await["id"],
        id
    );
    assert_eq!(
        house.get(&other, "/api/leaves").await["leaves"],
        serde_json::json!([])
    );
    for (method, path) in [
        ("GET", format!("/api/leaves/{id}")),
        ("POST", format!("/api/leaves/{id}/retry")),
    ] {
        let reply = house.call(&house.signed(&other, method, &path, "")).await;
        assert_eq!(code(&reply), "404 not_found");
    }
    // A key that is known under another workspace's id is of no use either: the id decides.
    let mut mixed = other.clone();
    mixed.id = own.id.clone();
    let reply = house
        .call(&house.signed(&mixed, "GET", "/api/leaves", ""))
        .await;
    assert_eq!(code(&reply), "401 signature_invalid");
}
