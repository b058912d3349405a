//! The way to Slack's page and back, as it should be.

use std::time::Duration;

use insta::assert_snapshot;
use simulators::slack::Fault;
use timeoff::routes::bot_scopes;

use super::{installs, shown};
use crate::support::browser::Browser;
use crate::support::{House, OTHER, TEAM};

#[tokio::test]
async fn a_workspace_installs_the_app_and_uses_it_at_once() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let dev = house.slack.person(OTHER, "U_DEV");
    let page = installs(&house, OTHER, "U_CARLA").await;
    assert_snapshot!(page, @"
    200
    ✓ timeoff is in Ink & Sons
    What happens next:
    • timeoff reads who is in the workspace; with many people that takes a few minutes.
    • An admin of the workspace gets a direct message from timeoff with what is left to choose: who approves, and which channel is read. If you are one, it comes to you.
    • Everybody can already ask with `/timeoff`.
    Open timeoff in Slack → SLACK/app_redirect?app=A0TIMEOFF&team=T2
    ");

    // Kept encrypted, with who installed it and what it may do.
    let kept: Vec<String> = house
        .value("SELECT array_agg(format('%s by %s, %s scopes, %s', workspace_id, installer_id, cardinality(scopes), from_token) ORDER BY workspace_id) FROM workspace")
        .await;
    let all = bot_scopes().len();
    assert_eq!(
        kept,
        [
            format!("T1 by , {all} scopes, t"),
            format!("T2 by U_CARLA, {all} scopes, f")
        ]
    );
    let clear: i64 = house
        .value("SELECT count(*) FROM workspace WHERE bot_token LIKE '%xox%'")
        .await;
    assert_eq!(clear, 0);
    let token = house.slack.bot_token(OTHER).expect("installed");
    let encrypted: String = house
        .value("SELECT bot_token FROM workspace WHERE workspace_id = 'T2'")
        .await;
    let decrypted = house.app.services.keyring.decrypt(&encrypted);
    assert_eq!(decrypted.as_deref(), Ok(token.as_str()));

    // Its people are known, and nothing of it is seen next door.
    house.types(&dev, "/timeoff sick today").await;
    house.submits(&dev).await;
    house.types(&dev, "/timeoff list").await;
    assert_snapshot!(dev.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      *Sick leave, Mon 2 March*
      1 working day, approved  [Cancel leave]
    ");
    house.types(&house.dev(), "/timeoff list").await;
    assert_snapshot!(house.dev().channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");
}

#[tokio::test]
async fn going_to_slack_writes_nothing_and_ties_the_way_to_the_browser() {
    let house = House::with_oauth().await;
    let before: String = house.value(EVERYTHING).await;
    let mut browser = Browser::default();
    // Whatever is asked for, Slack's page is where it leads, and back to us from there.
    let page = browser
        .get(&format!(
            "{}/slack/install?redirect_uri=https://evil.test&state=mine&scope=admin",
            house.url
        ))
        .await;
    assert_eq!(page.status, 302);
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let location = page.location().replace(&house.url, "APP");
    let (address, state) = location.split_once("&state=").expect("a state");
    let slack = house.slack.api_url();
    let address = address.replace(slack.trim_end_matches("/api"), "SLACK");
    assert!(state.len() > 100 && !state.contains("mine"), "{state}");
    assert_eq!(
        address,
        format!(
            "SLACK/oauth/v2/authorize?client_id=1111.2222&scope={}&user_scope=&redirect_uri=http%3A%2F%2F{}%2Fslack%2Foauth_redirect",
            form_urlencoded::byte_serialize(
                bot_scopes()
                    .into_iter()
                    .collect::<Vec<_>>()
                    .join(",")
                    .as_bytes()
            )
            .collect::<String>(),
            house.url.trim_start_matches("http://").replace(':', "%3A"),
        )
    );
    let cookie = page.header("set-cookie").expect("a cookie");
    let (_, rules) = cookie.split_once("; ").expect("rules");
    assert_eq!(rules, "Max-Age=600; Path=/slack; HttpOnly; SameSite=Lax");
    let after: String = house.value(EVERYTHING).await;
    assert_eq!(before, after);
}

/// How much there is.
const EVERYTHING: &str = "SELECT concat((SELECT count(*) FROM oauth_state), (SELECT count(*) FROM job), (SELECT count(*) FROM workspace), (SELECT count(*) FROM audit_log), (SELECT count(*) FROM seen_request))";

#[tokio::test]
async fn pages_load_nothing_and_tell_no_other_page_where_they_were() {
    let house = House::with_oauth().await;
    let mut browser = Browser::default();
    let page = browser
        .get(&format!("{}/slack/oauth_redirect", house.url))
        .await;
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert!(!page.html.contains("<script") && !page.html.contains("src="));
}

#[tokio::test]
async fn two_windows_that_come_back_at_once_install_once() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let back = browser.consents(&begin, OTHER, "U_CARLA", "").await;
    let (mut one, mut other) = (browser.clone(), browser.clone());
    let (one, other) = tokio::join!(one.get(&back), other.get(&back));
    house.settle().await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 1);
    let installed: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE workspace_id = 'T2' AND action = 'installed'")
        .await;
    assert_eq!(installed, 1);
}

#[tokio::test]
async fn two_windows_of_one_browser_do_not_disturb_each_other() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let first = browser.consents(&begin, OTHER, "U_CARLA", "").await;
    let second = browser.consents(&begin, TEAM, "U_CARLA", "").await;
    assert_eq!(browser.get(&first).await.status, 200);
    assert_eq!(browser.get(&second).await.status, 200);
    house.settle().await;
}

/// The process may die there as well: Slack has given the token, and nothing is kept of it.
#[tokio::test]
async fn what_fails_between_slack_and_the_database_is_begun_again() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    house.execute("ALTER TABLE leave_type RENAME TO away").await;
    assert_snapshot!(installs(&house, OTHER, "U_CARLA").await, @"
    503
    ! Something went wrong on our side
    timeoff could not save that. Please try again in a minute; nothing is there twice then.
    Try again → APP/slack/install
    ");
    let kept: i64 = house
        .value("SELECT count(*) FROM workspace WHERE workspace_id = 'T2'")
        .await;
    assert_eq!(kept, 0);
    house.execute("ALTER TABLE away RENAME TO leave_type").await;
    let page = installs(&house, OTHER, "U_CARLA").await;
    assert!(page.starts_with("200"), "{page}");
}

#[tokio::test]
async fn people_arrive_once_slack_has_time_for_them() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    house
        .slack
        .fault("users.list", Fault::RateLimited(30), Some(1));
    let page = installs(&house, OTHER, "U_CARLA").await;
    assert!(page.starts_with("200"), "{page}");
    let people = "SELECT count(*) FROM person WHERE workspace_id = 'T2'";
    // Whoever is greeted was looked up alone.
    assert_eq!(house.value::<i64>(people).await, 1);
    house.pass(jiff::SignedDuration::try_from(Duration::from_secs(31)).expect("a time"));
    house.settle().await;
    assert_eq!(house.value::<i64>(people).await, 4);
}

#[tokio::test]
async fn installing_again_while_installed_keeps_everything() {
    let house = House::with_oauth().await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    let page = installs(&house, TEAM, "U_CARLA").await;
    assert!(page.contains("timeoff is in Paper & Co"), "{page}");
    house.presses(&house.ben(), "Approve").await;
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
    // It is still the workspace that the environment's integrations belong to.
    let from_token: bool = house.value("SELECT from_token FROM workspace").await;
    assert!(from_token);
}

#[tokio::test]
async fn without_a_client_id_nothing_can_be_installed() {
    let house = House::open().await;
    for path in [
        "/slack/install",
        "/slack/status",
        "/slack/oauth_redirect?code=x",
    ] {
        let page = Browser::default()
            .get(&format!("{}{path}", house.url))
            .await;
        assert_eq!(page.status, 404, "{path}");
        if path == "/slack/install" {
            assert_snapshot!(shown(&house, &page), @"
            404
            – timeoff cannot be added from here
            Whoever runs it has not prepared that.
            If that is you: set `SLACK_CLIENT_ID`, `SLACK_CLIENT_SECRET` and `PUBLIC_URL`.
            ");
        }
    }
}
