//! A person lets the app set their status.

use insta::assert_snapshot;
use timeoff::tenant::store;

use super::shown;
use crate::support::browser::Browser;
use crate::support::{House, OTHER, TEAM, id};

async fn allows(house: &House, team: &str, user: &str, pressing: &str) -> String {
    let mut browser = Browser::default();
    let begin = format!("{}/slack/status", house.url);
    let back = browser.consents(&begin, team, user, pressing).await;
    let page = browser.get(&back).await;
    house.settle().await;
    shown(house, &page)
}

async fn token_of(house: &House, team: &str) -> Option<store::UserToken> {
    let mut tx = house.tx_in(team).await;
    store::user_token(&mut tx, &id("U_ASHA"))
        .await
        .expect("readable")
}

#[tokio::test]
async fn a_person_allows_it_for_one_workspace_and_takes_it_back() {
    let house = House::with_oauth().await;
    house.neighbours_move_in().await;
    assert_snapshot!(allows(&house, TEAM, "U_ASHA", "").await, @"
    200
    ✓ timeoff may set your status
    On days of leave it shows in Paper & Co that you are away, and clears that afterwards. It says neither what kind of leave it is nor why.
    You can take this back at any time, in timeoff's Home tab or in Slack's list of apps.
    Open timeoff in Slack → SLACK/app_redirect?app=A0TIMEOFF&team=T1
    ");
    let token = token_of(&house, TEAM).await.expect("kept");
    assert_eq!(token.scopes, ["users.profile:read", "users.profile:write"]);
    let clear = house.app.services.keyring.decrypt(&token.encrypted);
    assert!(clear.expect("encrypted").starts_with("xoxp-"));
    assert!(
        token_of(&house, OTHER).await.is_none(),
        "the same id next door is another person"
    );
    // The app itself is as it was.
    house.types(&house.asha(), "/timeoff list").await;
    assert_snapshot!(house.asha().channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");

    allows(&house, OTHER, "U_ASHA", "").await;
    house.slack.revoke_user_tokens(TEAM, "U_ASHA").await;
    house.settle().await;
    assert!(token_of(&house, TEAM).await.is_none());
    assert!(token_of(&house, OTHER).await.is_some());
    let installed: i64 = house
        .value("SELECT count(*) FROM workspace WHERE paused_at IS NULL")
        .await;
    assert_eq!(installed, 2);

    // With the app go the tokens of its people.
    house.slack.uninstall_app(OTHER).await;
    house.settle().await;
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM user_token").await,
        0
    );
}

#[tokio::test]
async fn whoever_cancels_keeps_their_status_to_themselves() {
    let house = House::with_oauth().await;
    assert_snapshot!(allows(&house, TEAM, "U_ASHA", "&press=cancel").await, @"
    403
    – You did not let timeoff in
    You pressed Cancel on Slack's page. Your status stays your own.
    Try again → APP/slack/status
    ");
}

#[tokio::test]
async fn in_a_workspace_without_the_app_nothing_is_kept() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    assert_snapshot!(allows(&house, OTHER, "U_ASHA", "").await, @"
    403
    – timeoff is not in this workspace
    It can set the status of people in workspaces that have it. Choose another workspace at the top right of Slack's page, or ask an admin of yours to add it. What you allowed was not kept.
    Try again → APP/slack/status
    Add timeoff to Slack → APP/slack/install
    ");
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM user_token").await,
        0
    );
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM workspace").await,
        1
    );
}

/// A consent to the one is none to the other.
#[tokio::test]
async fn a_way_that_began_for_the_status_does_not_install() {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let mut browser = Browser::default();
    let slack = browser
        .get(&format!("{}/slack/status", house.url))
        .await
        .location();
    let more = slack.replace("&scope=&", "&scope=chat%3Awrite&");
    assert_ne!(slack, more);
    let back = browser
        .get(&format!("{more}&team={OTHER}&user=U_ASHA"))
        .await
        .location();
    assert_snapshot!(shown(&house, &browser.get(&back).await), @"
    400
    ! Slack gave something else
    What you allowed on Slack's page is not what timeoff asked for there, so it was not kept. Your status stays your own.
    Try again → APP/slack/status
    ");
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM workspace").await,
        1
    );
}
