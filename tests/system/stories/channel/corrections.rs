//! A correction of what was asked for already: what it would change, and that dropping it leaves
//! the thread as it was.

use insta::assert_snapshot;
use simulators::slack::Person;

use crate::support::House;

fn last_reply(asha: &Person) -> String {
    let last = asha.last_message("#leave").expect("a message");
    asha.text_of(&last)
}

#[tokio::test]
async fn a_correction_dropped_with_words_leaves_the_request_and_the_thread() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave 12 March").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "make it the afternoon").await;
    house.replies(&asha, &said, "cancel it").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 12 March
      ↳ timeoff: *Thu 12 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
      ↳ asha: make it the afternoon
      ↳ timeoff: *Thu 12 March, afternoon* · Vacation · half a working day
          :leftwards_arrow_with_hook: Not changed.
          Your request for *Thu 12 March* still waits for @ben.
      ↳ asha: cancel it
    ");
    house.replies(&asha, &said, "make it the morning").await;
    assert_snapshot!(last_reply(&asha), @"
    timeoff: @asha, did I read you right?
      *Thu 12 March, morning* · Vacation · half a working day
      ~ Confirm asks your approver.
      ~ Confirm changes your request for *Thu 12 March*.
      [Confirm] [Edit] [Cancel]
    ");
    house.replies(&asha, &said, "cancel it").await;
    house.replies(&asha, &said, "cancel it").await;
    assert_snapshot!(last_reply(&asha), @"
    timeoff: @asha, cancel your leave on Thu 12 March?
      [Yes, cancel] [Keep it]
    ");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    let shown = asha.channel("#leave");
    assert!(
        !shown.contains("was read instead"),
        "no correction was confirmed: {shown}"
    );
    let states: String = house
        .value("SELECT string_agg(DISTINCT state, ' ') FROM pending_action")
        .await;
    assert_eq!(states, "cancelled");
}

#[tokio::test]
async fn a_correction_dropped_with_the_button_is_not_taken_up_again() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let said = house.writes(&asha, "on leave 12 March").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "make it the morning").await;
    house.presses_in_leave(&asha, "Cancel").await;
    house.replies(&asha, &said, "13 March too").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 12 March
      ↳ timeoff: *Thu 12 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
      ↳ asha: make it the morning
      ↳ timeoff: *Thu 12 March, morning* · Vacation · half a working day
          :leftwards_arrow_with_hook: Not changed.
          Your request for *Thu 12 March* still waits for @ben.
      ↳ asha: 13 March too
      ↳ timeoff: @asha, did I read you right?
          *Thu 12 – Fri 13 March* · Vacation · 2 working days
          ~ Confirm asks your approver.
          ~ Confirm changes your request for *Thu 12 March*.
          [Confirm] [Edit] [Cancel]
    ");
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 12 March
      ↳ timeoff: *Thu 12 March* · Vacation · 1 working day
          :white_check_mark: Approved by @ben.
          [Cancel leave]
      ↳ asha: make it the morning
      ↳ timeoff: *Thu 12 March, morning* · Vacation · half a working day
          :leftwards_arrow_with_hook: Not changed.
          Your leave on *Thu 12 March* is approved and stays as it is.
      ↳ asha: 13 March too
      ↳ timeoff: @asha, did I read you right?
          *Thu 12 – Fri 13 March* · Vacation · 2 working days
          ~ Your leave on *Thu 12 March* was approved in the meantime, so Confirm sends nothing. Please cancel that first, or use `/timeoff`.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn a_correction_that_nobody_answers_changes_nothing() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave 12 March").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "make it the morning").await;
    house.at("2026-03-02T11:00:00Z").await;
    house.replies(&asha, &said, "13 March too").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 12 March
      ↳ timeoff: *Thu 12 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
      ↳ asha: make it the morning
      ↳ timeoff: *Thu 12 March, morning* · Vacation · half a working day
          :zzz: Expired without an answer, so nothing was changed. Write again, or use `/timeoff`.
          Your request for *Thu 12 March* still waits for @ben.
      ↳ asha: 13 March too
      ↳ timeoff: @asha, did I read you right?
          *Thu 12 – Fri 13 March* · Vacation · 2 working days
          ~ Confirm asks your approver.
          ~ Confirm changes your request for *Thu 12 March*.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn a_proposal_that_was_dropped_is_not_taken_up_again() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave 12 March").await;
    house.presses_in_leave(&asha, "Cancel").await;
    house.replies(&asha, &said, "13 March too").await;
    assert_snapshot!(last_reply(&asha), @"
    timeoff: @asha, did I read you right?
      *Fri 13 March* · Vacation · 1 working day
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
    house.presses_in_leave(&asha, "Cancel").await;
    house.replies(&asha, &said, "make it the 16th").await;
    assert_snapshot!(last_reply(&asha), @"
    timeoff: @asha, did I read you right?
      *Mon 16 March* · Vacation · 1 working day
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn leave_that_was_kept_is_corrected_whole() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave 12 and 13 March").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "cancel the 13th").await;
    house.presses_in_leave(&asha, "Keep it").await;
    house.replies(&asha, &said, "the 16th too").await;
    assert_snapshot!(last_reply(&asha), @"
    timeoff: @asha, did I read you right?
      *Thu 12 – Mon 16 March* · Vacation · 3 working days
      ~ Confirm asks your approver.
      ~ Confirm changes your request for *Thu 12 – Fri 13 March*.
      [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn the_question_says_which_request_confirm_takes_back() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave 12 March").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "on leave 19 March").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 12 March
      ↳ timeoff: *Thu 12 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
      ↳ asha: on leave 19 March
      ↳ timeoff: @asha, did I read you right?
          *Thu 19 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          ~ Confirm also takes back your request for *Thu 12 March*, which still waits.
          [Confirm] [Edit] [Cancel]
    ");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 12 March
      ↳ timeoff: *Thu 12 March* · Vacation · 1 working day
          :arrow_down: Your later message was read instead of this.
      ↳ asha: on leave 19 March
      ↳ timeoff: *Thu 19 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
    ");
}
