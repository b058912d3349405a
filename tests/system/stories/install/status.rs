//! A person lets the app set their status.

use insta::assert_snapshot;
use timeoff::tenant::store;

use super::{orgs, shown};
use crate::support::browser::Browser;
use crate::support::{House, OTHER, TEAM, id};

pub(super) async fn allows(house: &House, team: &str, user: &str, pressing: &str) -> String {
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
    house
        .until(|| house.slack.calls("auth.revoke").len() == 1)
        .await;
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

#[tokio::test]
async fn who_chooses_the_whole_organization_is_asked_for_a_workspace() {
    let house = orgs::house_with_an_organization().await;
    let page = super::installs_with(&house, orgs::LABS, "W_LENA", "&into=org").await;
    assert!(page.starts_with("200"), "{page}");
    house.round().await;
    assert_snapshot!(allows(&house, orgs::LABS, "W_LENA", "&into=org").await, @"
    400
    – Please choose a workspace
    You chose a whole organization on Slack's page. timeoff needs to know in which workspace you are on leave. What you allowed was not kept.
    Try again → APP/slack/status
    ");
    house
        .until(|| house.slack.calls("auth.revoke").len() == 1)
        .await;
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM user_token").await,
        0
    );
    let page = allows(&house, orgs::LABS, "W_LENA", "").await;
    assert!(page.contains("it shows in Labs"), "{page}");
}

/// From the offer in the Home tab to Stop there, beside somebody next door who goes on.
#[tokio::test]
async fn a_person_switches_it_on_in_home_and_off_again() {
    let house = House::with_oauth().await;
    house.neighbours_move_in().await;
    let (asha, neighbour) = (house.asha(), house.slack.person(OTHER, "U_ASHA"));
    let about = |home: String| {
        let lines = home.lines().filter(|line| line.contains("Slack status"));
        lines
            .collect::<Vec<_>>()
            .join("\n")
            .replace(&house.url, "APP")
    };
    let offered = about(house.opens_home(&asha).await);
    assert_snapshot!(offered, @"Show my leave as my Slack status: “Away, back on …”, for as long as you are on leave; never the kind of leave, and never over a status that you set.");
    for team in [TEAM, OTHER] {
        let page = allows(&house, team, "U_ASHA", "").await;
        assert!(page.starts_with("200"), "{page}");
    }
    house.is_away(&asha, "2026-03-02", "2026-03-04").await;
    house
        .is_away_in(OTHER, &neighbour, "2026-03-02", "2026-03-05")
        .await;
    house.at("2026-03-02T09:02:00Z").await;
    assert_snapshot!(format!("{}\n{}", asha.status(), neighbour.status()), @"
    :wave: Away, back on Thu 5 March (until 2026-03-04T18:30:00Z)
    :wave: Away, back on Fri 6 March (until 2026-03-05T18:30:00Z)
    ");
    assert_snapshot!(about(house.opens_home(&asha).await), @"*Slack status*: while you are on leave, yours says that you are away.  [Stop]");
    let next_door = neighbour.status();

    let home = house.presses_home(&asha, "Stop").await;
    assert_eq!(about(home), offered);
    assert_eq!(asha.status(), "");
    assert!(token_of(&house, TEAM).await.is_none());
    assert!(token_of(&house, OTHER).await.is_some());
    house.at("2026-03-03T09:00:00Z").await;
    assert_eq!(
        (asha.status(), neighbour.status()),
        (String::new(), next_door)
    );

    // A status of one's own stays when it is stopped.
    neighbour
        .sets_status(":surfer:", "On the beach", None)
        .await;
    house.opens_home(&neighbour).await;
    house.presses_home(&neighbour, "Stop").await;
    assert_eq!(neighbour.status(), ":surfer: On the beach");
    assert!(token_of(&house, OTHER).await.is_none());
}
