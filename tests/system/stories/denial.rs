//! Denying, with a note or without.

use insta::assert_snapshot;

use crate::support::{House, id, latest};

#[tokio::test]
async fn deny_asks_for_a_note_and_the_requester_reads_it() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    house.presses(&ben, "Deny").await;
    assert_snapshot!(ben.modal().text(), @"
    # Deny this request?
    Asha Rao asks for *Vacation, Thu 5 – Fri 6 March*, 2 working days.
    Note (optional): (‹What could work instead?›) ‹Only the requester and the other approvers see it. Up to 500 characters.›
    [Deny] [Cancel]
    ");
    assert!(
        ben.dm().contains("[Approve] [Deny]"),
        "nothing is decided yet"
    );
    house
        .fills(
            &ben,
            "Note",
            "The launch is on *Thursday*.\nIs <next> week fine? <!channel>",
        )
        .await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :x: Denied by @ben.
      > The launch is on *Thursday*.
      > Is <next> week fine? <!channel>
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :x: Denied by you.
      > The launch is on *Thursday*.
      > Is <next> week fine? <!channel>
    ");
    let states: String = house
        .value("SELECT string_agg(DISTINCT state, ', ') FROM leave_record")
        .await;
    assert_eq!(states, "cancelled");
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
}

#[tokio::test]
async fn a_denial_needs_no_note() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    house.fills(&ben, "Note", "  \n ").await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :x: Denied by @ben.
    ");
}

#[tokio::test]
async fn a_note_that_is_too_long_is_refused_beside_its_field() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    house.fills(&ben, "Note", &"é".repeat(501)).await;
    let form = house.submits(&ben).await;
    assert_snapshot!(form.replace(&"é".repeat(501), "éé…"), @"
    # Deny this request?
    Asha Rao asks for *Vacation, Thu 5 March*, 1 working day.
    Note (optional): (éé…) ‹Only the requester and the other approvers see it. Up to 500 characters.›
      ! The note has 501 characters; up to 500 fit. Please shorten it.
    [Deny] [Cancel]
    ");
    assert!(ben.dm().contains("[Approve] [Deny]"));
    house.fills(&ben, "Note", &"é".repeat(500)).await;
    assert_eq!(house.submits(&ben).await, "");
    assert!(asha.dm().contains(&"é".repeat(500)));
}

#[tokio::test]
async fn closing_the_dialog_denies_nothing() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    ben.modal().close().await;
    house.settle().await;
    house.presses(&ben, "Approve").await;
    assert!(asha.dm().contains("Approved"));
}

#[tokio::test]
async fn a_denial_after_anothers_decision_changes_nothing_and_says_so_in_the_dialog() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_DEV")])
        .await;
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    house.fills(&ben, "Note", "No").await;
    house.presses(&dev, "Approve").await;
    assert_snapshot!(house.submits(&ben).await, @"
    # Not denied
    Nothing was changed: Vacation, Thu 5 March was already approved by @dev.
    [Close]
    ");
    assert!(asha.dm().contains("Approved by @dev"), "{}", asha.dm());
    assert!(!asha.dm().contains("> No"));
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @dev.
    ");
}

#[tokio::test]
async fn a_denial_after_the_requester_cancelled_says_so_in_the_dialog() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    house.presses(&asha, "Cancel request").await;
    assert_snapshot!(house.submits(&ben).await, @"
    # Not denied
    Nothing was changed: @asha cancelled Vacation, Thu 5 March.
    [Close]
    ");
}

#[tokio::test]
async fn a_dialog_that_slack_does_not_open_is_answered_to_the_approver_alone() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let fault = simulators::slack::Fault::Error("expired_trigger_id".into());
    house.slack.fault("views.open", fault, Some(1));
    house.presses(&ben, "Deny").await;
    assert_snapshot!(latest(&ben), @"timeoff (only you can see this): Slack did not confirm that the dialog opened, and nothing was changed. If you do not see it, please press Deny once more.");
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    assert!(asha.dm().contains("Denied"));
}
