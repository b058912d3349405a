//! What is written in a thread is read with what came before.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn a_question_is_asked_and_its_answer_understood() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "planning some leave soon").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: planning some leave soon
      ↳ timeoff: “soon” can be many days: which ones?
    ");
    house.replies(&asha, &said, "the 5th and 6th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: planning some leave soon
      ↳ timeoff: “soon” can be many days: which ones?
      ↳ asha: the 5th and 6th
      ↳ timeoff: @asha, did I read you right?
          *Thu 5 – Fri 6 March* · Vacation · 2 working days
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn a_correction_replaces_the_proposal() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave on the 10th").await;
    house.replies(&asha, &said, "make it a half day").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on the 10th
      ↳ timeoff: *Tue 10 March* · Vacation · 1 working day
          :arrow_down: Your later message was read instead of this.
      ↳ asha: make it a half day
      ↳ timeoff: @asha, did I read you right?
          *Tue 10 March, morning* · Vacation · half a working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
    house.presses_in_leave(&asha, "Confirm").await;
    let asked: String = house
        .value("SELECT string_agg(state || ' ' || portion, ', ' ORDER BY action_id) FROM pending_action")
        .await;
    assert_eq!(asked, "cancelled full, pending half_am");
}

#[tokio::test]
async fn a_correction_after_confirming_takes_the_place_of_what_waits() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let said = house.writes(&asha, "on leave on the 10th").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "make it a half day").await;
    assert!(
        ben.dm().contains("[Approve]"),
        "until it is confirmed, the first one stands"
    );
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on the 10th
      ↳ timeoff: *Tue 10 March* · Vacation · 1 working day
          :arrow_down: Your later message was read instead of this.
      ↳ asha: make it a half day
      ↳ timeoff: *Tue 10 March, morning* · Vacation · half a working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 10 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: @asha asks for *Vacation, Tue 10 March, morning*
      half a working day
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn thanks_and_other_people_change_nothing() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let said = house.writes(&asha, "on leave on the 10th").await;
    let before = asha.channel("#leave");
    house.replies(&asha, &said, "thanks!").await;
    house.replies(&ben, &said, "make it a half day").await;
    house.replies(&ben, &said, "ok").await;
    let after = asha.channel("#leave");
    assert_eq!(before.lines().count() + 3, after.lines().count(), "{after}");
}

#[tokio::test]
async fn somebody_else_can_ask_in_the_same_thread() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    let said = house.writes(&asha, "on leave on the 10th").await;
    house
        .replies(&dev, &said, "me too, on leave on the 11th")
        .await;
    house.presses_in_leave(&dev, "Confirm").await;
    let asked: String = house
        .value("SELECT string_agg(user_id || ' ' || first_day || ' ' || awaits, ', ' ORDER BY action_id) FROM pending_action")
        .await;
    assert_eq!(asked, "U_ASHA 2026-03-10 author, U_DEV 2026-03-11 approver");
}

#[tokio::test]
async fn a_finished_thread_is_left_alone() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let said = house.writes(&asha, "on leave on the 10th").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.presses(&ben, "Approve").await;
    let before = house.slack.calls("chat.postMessage").len();
    house
        .replies(&asha, &said, "and on leave on the 11th too")
        .await;
    assert_eq!(house.slack.calls("chat.postMessage").len(), before);
}

#[tokio::test]
async fn after_an_expired_proposal_the_thread_can_go_on() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave on the 10th").await;
    house.at("2026-03-02T11:00:00Z").await;
    house.replies(&asha, &said, "the 11th too").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on the 10th
      ↳ timeoff: *Tue 10 March* · Vacation · 1 working day
          :zzz: Expired without an answer; nothing was asked for. Write again, or use `/timeoff`.
      ↳ asha: the 11th too
      ↳ timeoff: @asha, did I read you right?
          *Tue 10 – Wed 11 March* · Vacation · 2 working days
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn what_was_approved_in_the_meantime_is_not_silently_left() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let said = house.writes(&asha, "on leave on the 10th").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "move it to the 12th").await;
    house.presses(&ben, "Approve").await;
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on the 10th
      ↳ timeoff: *Tue 10 March* · Vacation · 1 working day
          :white_check_mark: Approved by @ben.
          [Cancel leave]
      ↳ asha: move it to the 12th
      ↳ timeoff: @asha, did I read you right?
          *Thu 12 March* · Vacation · 1 working day
          ~ Your leave on *Tue 10 March* was approved in the meantime, so Confirm sends nothing. Please cancel that first, or use `/timeoff`.
          [Confirm] [Edit] [Cancel]
      ↳ timeoff (only you can see this): Nothing was sent. Vacation, Tue 10 March was decided in the meantime. Please cancel that first, or use `/timeoff`.
    ");
    let days: String = house
        .value("SELECT string_agg(day::text || ' ' || state, ', ') FROM leave_record")
        .await;
    assert_eq!(days, "2026-03-10 completed");
}

#[tokio::test]
async fn a_thread_goes_on_while_one_of_its_requests_waits() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house
        .writes(&asha, "sick today, vacation on the 10th and 11th")
        .await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.replies(&asha, &said, "cancel the 11th").await;
    let last = asha.last_message("#leave").expect("a reply");
    assert_snapshot!(asha.text_of(&last), @"
    timeoff: @asha, cancel your leave on Wed 11 March?
      [Yes, cancel] [Keep it]
    ");
}
