//! The buttons of a reply.

use insta::assert_snapshot;

use crate::support::House;

async fn proposed(text: &str) -> House {
    let house = House::open().await;
    house.writes(&house.asha(), text).await;
    house
}

#[tokio::test]
async fn cancel_drops_the_proposal() {
    let house = proposed("On leave tomorrow").await;
    let asha = house.asha();
    house.presses_in_leave(&asha, "Cancel").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "cancelled");
    let records: i64 = house.value("SELECT count(*) FROM leave_record").await;
    assert_eq!(records, 0);
}

#[tokio::test]
async fn only_the_authors_press_counts() {
    let house = proposed("On leave tomorrow").await;
    let ben = house.ben();
    for button in ["Confirm", "Edit", "Cancel"] {
        house.presses_in_leave(&ben, button).await;
    }
    assert_snapshot!(ben.channel("#leave"), @"");
    assert!(ben.find_modal().is_none());
    let state: String = house
        .value("SELECT state || ' ' || awaits FROM pending_action")
        .await;
    assert_eq!(state, "pending author");
}

#[tokio::test]
async fn edit_opens_the_form_filled_in_and_sends_what_is_changed() {
    let house = proposed("On leave tomorrow").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.presses_in_leave(&asha, "Edit").await;
    assert_snapshot!(asha.modal().text(), @"");
    house.fills(&asha, "Last day", "2026-03-04").await;
    house.fills(&asha, "Reason", "Moving house").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_snapshot!(ben.dm(), @"");
}

#[tokio::test]
async fn one_of_several_periods_can_be_edited_and_the_rest_confirmed() {
    let house = proposed("on leave on 5th, 9th and 11th").await;
    let asha = house.asha();
    house.presses_in_leave(&asha, "Edit").await;
    house.fills(&asha, "Part of the day", "Morning").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.channel("#leave"), @"");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn a_second_press_does_nothing_and_says_so() {
    let house = proposed("On leave tomorrow").await;
    let asha = house.asha();
    let requests = [asha.press_request("Confirm"), asha.press_request("Cancel")];
    for request in &requests {
        house.post_at_once(std::slice::from_ref(request)).await;
        house.settle().await;
    }
    let requested: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE action = 'requested'")
        .await;
    assert_eq!(requested, 1);
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn of_two_presses_at_once_one_counts() {
    let house = proposed("On leave tomorrow").await;
    let asha = house.asha();
    let confirm = asha.press_request("Confirm");
    let cancel = asha.press_request("Cancel");
    house.post_at_once(&[confirm, cancel]).await;
    house.settle().await;
    let end: String = house
        .value("SELECT a.state || ' ' || a.awaits || ' ' || r.state FROM pending_action a JOIN channel_reply r USING (reply_id)")
        .await;
    assert!(
        ["pending approver confirmed", "cancelled author cancelled"].contains(&end.as_str()),
        "{end}"
    );
}

#[tokio::test]
async fn leave_taken_in_the_meantime_is_named_and_nothing_is_sent() {
    let house = proposed("on leave on 5th, 9th and 11th").await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-09", "2026-03-09").await;
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    let waiting: i64 = house
        .value("SELECT count(*) FROM pending_action WHERE awaits = 'approver'")
        .await;
    assert_eq!(waiting, 1, "only what the form sent");
}

#[tokio::test]
async fn a_denial_is_public_and_its_note_is_not() {
    let house = proposed("On leave tomorrow").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.presses_in_leave(&asha, "Confirm").await;
    house.presses(&ben, "Deny").await;
    house.fills(&ben, "Note", "The launch is tomorrow").await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_snapshot!(asha.dm(), @"");
}

#[tokio::test]
async fn approved_leave_is_taken_back_in_the_thread() {
    let house = proposed("On leave tomorrow").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.presses_in_leave(&asha, "Confirm").await;
    house.presses(&ben, "Approve").await;
    house.presses_in_leave(&ben, "Cancel leave").await;
    house.presses_in_leave(&asha, "Cancel leave").await;
    assert_snapshot!(ben.channel("#leave"), @"");
}

#[tokio::test]
async fn what_is_proposed_is_nobodys_leave_yet() {
    let house = proposed("On leave today").await;
    let asha = house.asha();
    house.types(&asha, "/timeoff who").await;
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"");
}
