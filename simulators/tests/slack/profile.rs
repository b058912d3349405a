//! What an app can do with the token of a person: look at that person's profile and set the status.

use std::time::Duration;

use serde_json::{Value, json};
use simulators::slack::{Clock, SlackSimConfig};

use crate::app::{Setup, setup, setup_with};

const SCOPES: [&str; 2] = ["users.profile:read", "users.profile:write"];

async fn set(it: &Setup, token: &str, profile: Value) -> Value {
    it.call_as(
        Some(token),
        "users.profile.set",
        json!({"profile": profile}),
    )
    .await
}

#[tokio::test]
async fn a_status_is_set_seen_and_taken_down() {
    let clock = Clock::manual("2026-03-02T09:00:00Z".parse().unwrap());
    let it = setup_with(SlackSimConfig {
        clock: clock.clone(),
        ..SlackSimConfig::default()
    })
    .await;
    let asha = it.sim.person("T1", "U_ASHA");
    let token = asha.grants(&SCOPES);
    let until = 1_772_445_600; // 10:00
    let answer = set(
        &it,
        &token,
        json!({"status_text": "Away", "status_emoji": ":wave:", "status_expiration": until}),
    )
    .await;
    assert_eq!(answer["profile"]["status_text"], "Away", "{answer}");
    assert_eq!(asha.status(), ":wave: Away (until 2026-03-02T10:00:00Z)");
    let answer = it
        .call_as(Some(&token), "users.profile.get", json!({}))
        .await;
    assert_eq!(answer["profile"]["status_expiration"], until);
    assert_eq!(answer["profile"]["real_name"], "Asha Rao");
    // Everybody's list has it, and the app is told of the changed profile.
    let answer = it.form("users.info", &[("user", "U_ASHA")]).await;
    assert_eq!(answer["user"]["profile"]["status_emoji"], ":wave:");
    it.sim.settle().await;
    assert_eq!(it.app.events("user_change").len(), 1);

    clock.set("2026-03-02T10:00:00Z".parse().unwrap());
    assert_eq!(asha.status(), "");
    set(&it, &token, json!({"status_text": "Back"})).await;
    assert_eq!(asha.status(), ":speech_balloon: Back");
    set(&it, &token, json!({"status_text": "", "status_emoji": ""})).await;
    assert_eq!(asha.status(), "");
}

#[tokio::test]
async fn what_is_refused() {
    let it = setup().await;
    let ben = it.sim.person("T1", "U_BEN");
    let token = ben.grants(&SCOPES);
    let reader = ben.grants(&["users.profile:read"]);
    let error = |answer: Value| answer["error"].as_str().unwrap_or_default().to_owned();
    let away = json!({"status_text": "Away"});
    assert_eq!(
        error(set(&it, &reader, away.clone()).await),
        "missing_scope"
    );
    let bot = it.sim.install_app("T1", &["users.profile:write"]);
    assert_eq!(
        error(set(&it, &bot, away.clone()).await),
        "not_allowed_token_type"
    );
    let long = json!({"status_text": "x".repeat(101)});
    assert_eq!(
        error(set(&it, &token, long).await),
        "profile_status_set_failed_too_long"
    );
    let odd = json!({"status_emoji": "wave"});
    assert_eq!(
        error(set(&it, &token, odd).await),
        "profile_status_set_failed_not_emoji_syntax"
    );
    assert_eq!(
        error(set(&it, &token, json!("Away")).await),
        "invalid_profile"
    );
    let post = json!({"channel": "C_GENERAL", "text": "hello"});
    let post = it.call_as(Some(&token), "chat.postMessage", post).await;
    assert_eq!(error(post), "missing_scope");

    // Given back by the app, and taken back by the person.
    let answer = it.call_as(Some(&token), "auth.revoke", json!({})).await;
    assert_eq!(answer["revoked"], true);
    assert_eq!(error(set(&it, &token, away.clone()).await), "token_revoked");
    let token = ben.grants(&SCOPES);
    it.sim.revoke_user_tokens("T1", "U_BEN").await;
    assert_eq!(error(set(&it, &token, away.clone()).await), "token_revoked");
    let token = ben.grants(&SCOPES);
    it.sim
        .change_person("T1", "U_BEN", simulators::slack::Member::deactivated)
        .await;
    assert_eq!(error(set(&it, &token, away).await), "account_inactive");
    tokio::time::timeout(Duration::from_secs(5), it.sim.settle())
        .await
        .unwrap();
}
