//! Somebody who is in two workspaces of an organization: what they press belongs to the workspace that
//! showed it, although Slack names the same one beside them everywhere.

use insta::assert_snapshot;
use simulators::slack::Member;

use super::installs_with;
use super::orgs::{LABS, WORKS, house_with_an_organization};
use crate::support::{House, latest};

/// Lena is an admin in both; Slack calls Labs her own, and shows her the bot's messages and Home tab
/// there, whichever workspace they come from.
async fn house() -> House {
    let house = house_with_an_organization().await;
    let lena = Member::new("W_LENA", "lena").real_name("lena");
    house.slack.add_person(WORKS, lena.admin());
    house.slack.add_to_channel(WORKS, "C_WORKS", "W_LENA");
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.slack.grant_access("E1", WORKS).await;
    house.settle().await;
    for _ in 0..3 {
        house.round().await;
        house.settle().await;
    }
    house
}

/// Each request and its workspace.
async fn requests(house: &House) -> String {
    house
        .value("SELECT coalesce(string_agg(concat_ws(' ', workspace_id, user_id, first_day, state), ', ' ORDER BY first_day), '') FROM pending_action")
        .await
}

#[tokio::test]
async fn a_form_asks_in_the_workspace_that_opened_it() {
    let house = house().await;
    let lena = house.slack.person(WORKS, "W_LENA");
    house.types(&lena, "/timeoff").await;
    // A change of the form comes back as a press in it.
    house.fills(&lena, "First day", "2026-03-05").await;
    assert_eq!(house.submits(&lena).await, "");
    assert_eq!(requests(&house).await, "T8 W_LENA 2026-03-05 pending");
    let will = house.slack.person(WORKS, "W_WILL");
    assert!(will.dm().contains("@lena asks for"), "{}", will.dm());
}

#[tokio::test]
async fn a_decision_is_one_about_the_request_that_was_shown() {
    let house = house().await;
    let (will, lena) = (
        house.slack.person(WORKS, "W_WILL"),
        house.slack.person(LABS, "W_LENA"),
    );
    house.asks(&will, "2026-03-05", "2026-03-06").await;
    house.presses(&lena, "Deny").await;
    house.fills(&lena, "Note", "Stocktaking").await;
    assert_eq!(house.submits(&lena).await, "");
    assert_eq!(requests(&house).await, "T8 W_WILL 2026-03-05 denied");
    house.asks(&will, "2026-03-10", "2026-03-10").await;
    house.presses(&lena, "Approve").await;
    assert_snapshot!(latest(&will), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :white_check_mark: Approved by @lena.
      [Cancel leave]
    ");
    assert_eq!(
        requests(&house).await,
        "T8 W_WILL 2026-03-05 denied, T8 W_WILL 2026-03-10 completed"
    );
}

#[tokio::test]
async fn leave_is_cancelled_from_the_list_of_the_workspace_that_shows_it() {
    let house = house().await;
    let lena = house.slack.person(WORKS, "W_LENA");
    house.types(&lena, "/timeoff sick today").await;
    assert_eq!(house.submits(&lena).await, "");
    house.types(&lena, "/timeoff list").await;
    lena.press_in("#general", "Cancel leave").await;
    house.settle().await;
    assert_eq!(requests(&house).await, "T8 W_LENA 2026-03-02 cancelled");
}

#[tokio::test]
async fn home_and_settings_are_those_of_the_workspace_that_shows_them() {
    let house = house().await;
    let lena = house.slack.person(WORKS, "W_LENA");
    house.opens_home(&lena).await;
    let lena = house.slack.person(LABS, "W_LENA");
    lena.press_home_beside("*Approvals*", "Change").await;
    house.settle().await;
    let own_leave = [("Own leave", "An only approver may approve their own leave")];
    assert_eq!(house.saves(&lena, &own_leave).await, "");
    let own: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, settings->'self_approval'), ', ' ORDER BY workspace_id) FROM workspace WHERE workspace_id <> 'T1'")
        .await;
    assert_eq!(own, "T7, T8 true");
    lena.press_home("Request time off").await;
    house.settle().await;
    house.fills(&lena, "First day", "2026-03-05").await;
    assert_eq!(house.submits(&lena).await, "");
    assert_eq!(requests(&house).await, "T8 W_LENA 2026-03-05 pending");
}
