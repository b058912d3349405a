//! Every way in which installing can end otherwise has a page that says what happened and what to do.

use insta::assert_snapshot;
use jiff::SignedDuration;
use simulators::slack::Fault;

use super::shown;
use crate::support::browser::{Browser, Page};
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
    assert_snapshot!(shown(&house, &page), @"
    403
    – You did not let timeoff in
    You pressed Cancel on Slack's page. Nothing was installed or changed.
    If you may not add apps, Slack lets you ask an admin of your workspace on the same page.
    Try again → APP/slack/install
    ");
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
    assert_snapshot!(shown(&house, &page), @"
    400
    – Nothing was begun here
    Slack sends people to this page after they chose to add timeoff. You came by another way, or with an address that was changed. Nothing was installed.
    Add timeoff to Slack → APP/slack/install
    ");
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 0);
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn it_takes_longer_than_ten_minutes() {
    let (house, mut browser, back) = on_the_way_back("").await;
    house.pass(SignedDuration::from_mins(10));
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"
    400
    – That took more than 10 minutes
    For safety it must be done sooner. Nothing was installed or changed.
    Try again → APP/slack/install
    ");
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn it_ends_in_another_browser() {
    let (house, _, back) = on_the_way_back("").await;
    let mut other = Browser::default();
    // One with an installation of its own under way, too.
    other.get(&format!("{}/slack/install", house.url)).await;
    let mut pages = Vec::new();
    for mut browser in [Browser::default(), other] {
        pages.push(shown(&house, &browser.get(&back).await));
    }
    assert_eq!(pages[0], pages[1]);
    assert_snapshot!(pages[0], @"
    400
    – This was begun in another browser
    It must end in the browser in which it began, so that nobody can make you finish what they began. Nothing was installed or changed.
    If it was this browser: it has to accept cookies of this page.
    Try again → APP/slack/install
    ");
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 0);
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn the_page_is_loaded_again() {
    let (house, mut browser, back) = on_the_way_back("").await;
    assert_eq!(browser.get(&back).await.status, 200);
    house.settle().await;
    let page = browser.get(&back).await;
    assert_snapshot!(shown(&house, &page), @"
    409
    – This was finished already
    Each installation works once, and this page was loaded again. If `/timeoff` answers you in Slack, all is well; if it does not, please try again.
    Try again → APP/slack/install
    ");
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
    assert_snapshot!(shown(&house, &page), @"
    400
    – Slack's code has expired
    Slack gives a code that works once, for 10 minutes, and it did not take it back any more. Nothing was installed or changed.
    Try again → APP/slack/install
    ");
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn slack_is_down_or_has_no_time() {
    let mut pages = Vec::new();
    for fault in [Fault::ServerError, Fault::Drop, Fault::RateLimited(30)] {
        let (house, mut browser, back) = on_the_way_back("").await;
        house.slack.fault("oauth.v2.access", fault, Some(1));
        pages.push(shown(&house, &browser.get(&back).await));
        nothing_is_installed(&house).await;
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    assert_snapshot!(pages[0], @"
    503
    ! Slack does not answer
    You allowed it, but Slack could not be asked for the rest. Nothing was installed or changed. Please try again in a minute.
    Try again → APP/slack/install
    ");
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
    assert_snapshot!(shown(&house, &page), @"
    500
    ! timeoff is not set up correctly
    Slack does not know it by the name and password that it has. Nothing was installed or changed. Whoever runs timeoff finds the reason in its log.
    Try again → APP/slack/install
    ");
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
    assert_snapshot!(shown(&house, &page), @"
    403
    ! Slack did not allow it
    Nothing was installed or changed. Slack's reason is `invalid_team_for_non_distributed_app`.
    An admin of your workspace can say whether apps may be added there.
    Try again → APP/slack/install
    ");
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
    assert_snapshot!(shown(&house, &page), @"
    409
    – Your organization has timeoff already
    It is installed for the whole organization, so it cannot be added to one workspace by itself. An admin of the organization can give it to your workspace, or update its permissions for all.
    Update the organization's permissions → APP/slack/install
    ");
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
    assert_snapshot!(shown(&house, &page), @"
    503
    ! Something went wrong on our side
    timeoff could not save that. Please try again in a minute; nothing is there twice then.
    Try again → APP/slack/install
    ");
    // Slack's code was not used for nothing.
    assert_eq!(house.slack.calls("oauth.v2.access").len(), 0);
    nothing_is_installed(&house).await;
}

#[tokio::test]
async fn what_slack_gives_is_not_what_was_asked_for() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let slack = browser.get(&begin).await.location();
    let (before, rest) = slack.split_once("&scope=").expect("scopes");
    let (_, after) = rest.split_once("&user_scope=").expect("user scopes");
    let other = format!("{before}&scope=&user_scope=users.profile%3Aread{after}");
    let back = browser
        .get(&format!("{other}&team={OTHER}&user=U_CARLA"))
        .await
        .location();
    assert_snapshot!(shown(&house, &browser.get(&back).await), @"
    400
    ! Slack gave something else
    What you allowed on Slack's page is not what timeoff asked for there, so it was not kept. Nothing was installed or changed.
    Try again → APP/slack/install
    ");
    nothing_is_installed(&house).await;
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM user_token").await,
        0
    );
}

/// Behind another name and under a path: the browser brings the cookie back there, and by HTTPS only.
#[tokio::test]
async fn the_cookie_is_for_where_people_reach_the_app() {
    let house = House::build(Plan {
        oauth: true,
        public_url: Some("https://x.example/sub"),
        ..Plan::default()
    })
    .await;
    let attributes = |page: &Page| {
        let cookie = page.header("set-cookie").expect("a cookie");
        cookie.split_once("; ").expect("attributes").1.to_owned()
    };
    let mut browser = Browser::default();
    let page = browser.get(&format!("{}/slack/install", house.url)).await;
    assert_snapshot!(attributes(&page), @"Max-Age=600; Path=/sub/slack; HttpOnly; SameSite=Lax; Secure");
    let location = page.location();
    assert!(
        location.contains("redirect_uri=https%3A%2F%2Fx.example%2Fsub%2Fslack%2Foauth_redirect&"),
        "{location}"
    );
    // It stays there until it ends by itself: the same page once more tells that it was finished.
    let (_, state) = location.split_once("state=").expect("a state");
    let state = state.split('&').next().unwrap_or_default();
    let back = format!(
        "{}/slack/oauth_redirect?error=access_denied&state={state}",
        house.url
    );
    let page = browser.get(&back).await;
    assert_eq!(page.status, 403);
    assert_eq!(page.header("set-cookie"), None);
}
