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
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :leftwards_arrow_with_hook: Cancelled; nothing was asked for.
    ");
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
    assert_snapshot!(ben.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: @asha, did I read you right?
          *Tue 3 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
      ↳ timeoff (only you can see this): This is for @asha to answer: it is about their leave.
      ↳ timeoff (only you can see this): This is for @asha to answer: it is about their leave.
      ↳ timeoff (only you can see this): This is for @asha to answer: it is about their leave.
    ");
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
    assert_snapshot!(asha.modal().text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-03)
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Tue 3 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    house.fills(&asha, "Last day", "2026-03-04").await;
    house.fills(&asha, "Reason", "Moving house").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 – Wed 4 March* · Vacation · 2 working days
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 3 – Wed 4 March*
      2 working days
      > Moving house
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn one_of_several_periods_can_be_edited_and_the_rest_confirmed() {
    let house = proposed("on leave on 5th, 9th and 11th").await;
    let asha = house.asha();
    house.presses_in_leave(&asha, "Edit").await;
    house.fills(&asha, "Part of the day", "Morning").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on 5th, 9th and 11th
      ↳ timeoff: *Thu 5 March, morning* · Vacation · half a working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
          *Mon 9 March* · Vacation · 1 working day
          :question: Waiting for your Confirm.  [Edit]
          *Wed 11 March* · Vacation · 1 working day
          :question: Waiting for your Confirm.  [Edit]
          [Confirm] [Cancel]
    ");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on 5th, 9th and 11th
      ↳ timeoff: *Thu 5 March, morning* · Vacation · half a working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
          *Mon 9 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
          *Wed 11 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
    ");
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
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
      ↳ timeoff (only you can see this): Nothing was changed: this was confirmed already.
    ");
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
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on 5th, 9th and 11th
      ↳ timeoff: @asha, did I read you right?
          *Thu 5 March* · Vacation · 1 working day  [Edit]
          *Mon 9 March* · Vacation · 1 working day  [Edit]
          *Wed 11 March* · Vacation · 1 working day  [Edit]
          ~ Confirm asks your approver.
          [Confirm] [Cancel]
      ↳ timeoff (only you can see this): Nothing was sent. You already have leave then: Vacation, Mon 9 March (waiting for approval). Please choose other days, or cancel that first.
    ");
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
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :x: Denied by @ben.
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: Your request was denied: Vacation, Tue 3 March. The approver says:
      > The launch is tomorrow
    ");
}

#[tokio::test]
async fn approved_leave_is_taken_back_in_the_thread() {
    let house = proposed("On leave tomorrow").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.presses_in_leave(&asha, "Confirm").await;
    house.presses(&ben, "Approve").await;
    house.presses_in_leave(&ben, "Cancel leave").await;
    house.presses_in_leave(&asha, "Cancel leave").await;
    assert_snapshot!(ben.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :leftwards_arrow_with_hook: Cancelled. You are expected at work.
      ↳ timeoff (only you can see this): Only the person whose leave it is can cancel it.
    ");
}

#[tokio::test]
async fn what_is_proposed_is_nobodys_leave_yet() {
    let house = proposed("On leave today").await;
    let asha = house.asha();
    house.types(&asha, "/timeoff who").await;
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      Nobody.
      *Off this week, Mon 2 – Sun 8 March*
      Nobody.
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");
}

#[tokio::test]
async fn a_kind_that_is_chosen_in_the_form_is_not_told_to_the_channel() {
    let house = proposed("On leave tomorrow").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.presses_in_leave(&asha, "Edit").await;
    house.fills(&asha, "Leave type", "Sick leave").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(ben.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · 1 working day
          :white_check_mark: You are off then.
          [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha is away: *Sick leave, Tue 3 March*
      1 working day
      :information_source: No approval needed.
    ");
}
