//! Every way in which installing can end otherwise has a page that says what happened and what to do.

use insta::assert_snapshot;
use jiff::SignedDuration;
use simulators::slack::Fault;

use super::shown;
use crate::support::browser::Browser;
use crate::support::{Cable, House, OTHER, Plan, server};

/// A house, and a browser on its way back from Slack's page.
async fn on_the_way_back(pressing: &str) -> (House, Browser, String) {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let back = browser.consents(&begin, OTHER, "U_CARLA", pressing).await;
    (house, browser, back)
}

async fn nothing_is_installed(house: &House) {
    let installed: i64 = house.value("SELECT count(*) FROM workspace").await;
    assert_eq!(installed, 1);
}

#[tokio::test]
async fn somebody_presses_cancel() {
    let (house, mut browser, back) = on_the_way_back("&press=cancel").await;
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn somebody_comes_without_having_begun() {
    let (house, mut browser, back) = on_the_way_back("").await;
    for address in [
        format!("{}/slack/oauth_redirect", house.url),
        format!("{}/slack/oauth_redirect?code=abc&state=mine", house.url),
        back.replace("state=gAAAA", "state=gAAAB"),
        format!("{}/slack/oauth_redirect?error=access_denied", house.url),
        format!("{}/slack/oauth_redirect?%FF=%FF&&&=&state=%00", house.url),
    ] {
        let page = browser.get(&address).await;
        assert_eq!(page.status, 400, "{address}");
        assert_eq!(page.header("location"), None);
        assert!(page.html.contains("Nothing was begun here"), "{address}");
    }
    let page = browser
        .get(&format!("{}/slack/oauth_redirect", house.url))
        .await;
    assert_snapshot!(shown(&house, &page), @"");
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 0);
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn it_takes_longer_than_ten_minutes() {
    let (house, mut browser, back) = on_the_way_back("").await;
    house.pass(SignedDuration::from_mins(10));
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn it_ends_in_another_browser() {
    let (house, _, back) = on_the_way_back("").await;
    let mut other = Browser::default();
    // One with an installation of its own under way, too.
    other.get(&format!("{}/slack/install", house.url)).await;
    for mut browser in [Browser::default(), other] {
        let page = browser.get(&back).await;
        assert_snapshot!(shown(&house, &page), @"");
    }
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 0);
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn the_page_is_loaded_again() {
    let (house, mut browser, back) = on_the_way_back("").await;
    let mut unforgetting = browser.clone();
    assert_eq!(browser.get(&back).await.status, 200);
    house.settle().await;
    // This browser has been told to forget its cookie; one that goes back in time has not.
    assert_eq!(browser.get(&back).await.status, 400);
    let page = unforgetting.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
}

#[tokio::test]
async fn slack_does_not_take_the_code_back() {
    let (house, mut browser, back) = on_the_way_back("").await;
    house.slack.fault(
        "oauth.v2.access",
        Fault::Error("invalid_code".to_owned()),
        Some(1),
    );
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn slack_is_down_or_has_no_time() {
    for fault in [Fault::ServerError, Fault::Drop, Fault::RateLimited(30)] {
        let (house, mut browser, back) = on_the_way_back("").await;
        house.slack.fault("oauth.v2.access", fault, Some(1));
        let page = browser.get(&back).await;
        assert_snapshot!(shown(&house, &page), @"");
        nothing_is_installed(&house).await;
    }
}

#[tokio::test]
async fn slack_does_not_know_us() {
    let (house, mut browser, back) = on_the_way_back("").await;
    house.slack.fault(
        "oauth.v2.access",
        Fault::Error("bad_client_secret".to_owned()),
        Some(1),
    );
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn slack_says_no_for_a_reason_of_its_own() {
    let (house, mut browser, back) = on_the_way_back("").await;
    let (_, state) = back.split_once("state=").expect("a state");
    let page = browser
        .get(&format!(
            "{}/slack/oauth_redirect?error=invalid_team_for_non_distributed_app%3Cscript%3E&state={state}",
            house.url
        ))
        .await;
    assert_snapshot!(shown(&house, &page), @"");
    assert!(!page.html.contains("<script"));
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn the_organization_has_the_app_already() {
    let (house, mut browser, back) = on_the_way_back("").await;
    house.slack.fault(
        "oauth.v2.access",
        Fault::Error("cannot_install_an_org_installed_app".to_owned()),
        Some(1),
    );
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
}

#[tokio::test]
async fn the_database_is_away() {
    let house = House::build(Plan {
        oauth: true,
        cable: Some(Cable::to(&server()).await),
        ..Plan::default()
    })
    .await;
    house.neighbours_without_the_app();
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let back = browser.consents(&begin, OTHER, "U_CARLA", "").await;
    house.cable.as_ref().expect("a cable").cut();
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"");
    // Slack's code was not used for nothing.
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 0);
    nothing_is_installed(&house).await;
}
