//! Somebody will be at work after all.

use insta::assert_snapshot;

use crate::support::House;

async fn with_approved_leave(first: &str, last: &str) -> House {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, first, last).await;
    house.presses(&ben, "Approve").await;
    house
}

#[tokio::test]
async fn days_are_taken_back_after_a_question() {
    let house = with_approved_leave("2026-03-09", "2026-03-13").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "cancel my leave on the 11th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: cancel my leave on the 11th
      ↳ timeoff: @asha, cancel your leave on Wed 11 March?
          [Yes, cancel] [Keep it]
    ");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: cancel my leave on the 11th
      ↳ timeoff: :leftwards_arrow_with_hook: Cancelled: Wed 11 March. @asha is at work then.
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Mon 9 – Fri 13 March, without Wed 11 March*
      4 working days
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Mon 9 – Fri 13 March, without Wed 11 March*
      4 working days
      :white_check_mark: Approved by you.
    timeoff: @asha gave days of leave back: Vacation, Mon 9 – Fri 13 March, without Wed 11 March, instead of Mon 9 – Fri 13 March.
    ");
    let days: String = house
        .value("SELECT string_agg(extract(day FROM day)::text, ' ' ORDER BY day) FROM leave_record WHERE state <> 'cancelled'")
        .await;
    assert_eq!(days, "9 10 12 13");
}

#[tokio::test]
async fn keep_it_keeps_it() {
    let house = with_approved_leave("2026-03-11", "2026-03-11").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "cancel my leave on the 11th").await;
    house.presses_in_leave(&ben, "Yes, cancel").await;
    house.presses_in_leave(&asha, "Keep it").await;
    assert_snapshot!(ben.channel("#leave"), @"
    asha: cancel my leave on the 11th
      ↳ timeoff: Nothing was cancelled: leave on Wed 11 March stays.
      ↳ timeoff (only you can see this): This is for @asha to answer: it is about their leave.
    ");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "completed");
}

#[tokio::test]
async fn without_days_the_person_chooses_from_a_list_that_only_they_see() {
    let house = with_approved_leave("2026-03-11", "2026-03-12").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "pls cancel my leave").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: pls cancel my leave
    timeoff (only you can see this): *Which leave do you want to cancel?*
      *Vacation, Wed 11 – Thu 12 March*
      2 working days, approved  [Cancel leave]
    ");
    assert_snapshot!(ben.channel("#leave"), @"asha: pls cancel my leave");
    house.presses_in_leave(&asha, "Cancel leave").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: pls cancel my leave
    timeoff (only you can see this): Cancelled: Vacation, Wed 11 – Thu 12 March.
    ");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "cancelled");
}

#[tokio::test]
async fn nothing_to_cancel_is_said_so() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "cancel my leave on Friday").await;
    house.writes(&asha, "please cancel my leave").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: cancel my leave on Friday
      ↳ timeoff: You have no leave on Fri 6 March, so there is nothing to cancel. `/timeoff list` shows what you have.
    asha: please cancel my leave
    timeoff (only you can see this): You have no leave that could be cancelled. `/timeoff list` shows what you took.
    ");
}

#[tokio::test]
async fn days_that_are_over_stay() {
    let house = with_approved_leave("2026-03-02", "2026-03-05").await;
    let asha = house.asha();
    house.at("2026-03-04T06:00:00Z").await;
    house.writes(&asha, "cancel my leave from 3rd to 5th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: cancel my leave from 3rd to 5th
      ↳ timeoff: @asha, cancel your leave on Wed 4 – Thu 5 March?
          :warning: Over already, so it stays: Tue 3 March. If you did not take it, please ask a people admin.
          [Yes, cancel] [Keep it]
    ");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    let days: String = house
        .value("SELECT string_agg(extract(day FROM day)::text, ' ' ORDER BY day) FROM leave_record WHERE state <> 'cancelled'")
        .await;
    assert_eq!(days, "2 3");
}

#[tokio::test]
async fn a_proposal_that_was_not_sent_is_dropped_without_a_question() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave on 10th and 11th").await;
    house.replies(&asha, &said, "cancel the 11th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on 10th and 11th
      ↳ timeoff: *Tue 10 – Wed 11 March* · Vacation · 2 working days
          :arrow_down: Your later message was read instead of this.
      ↳ asha: cancel the 11th
      ↳ timeoff: @asha, did I read you right?
          *Tue 10 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
    house.replies(&asha, &said, "cancel it").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on 10th and 11th
      ↳ timeoff: *Tue 10 – Wed 11 March* · Vacation · 2 working days
          :arrow_down: Your later message was read instead of this.
      ↳ asha: cancel the 11th
      ↳ timeoff: *Tue 10 March* · Vacation · 1 working day
          :leftwards_arrow_with_hook: Cancelled; nothing was asked for.
      ↳ asha: cancel it
    ");
    let states: String = house
        .value("SELECT string_agg(state, ' ') FROM pending_action")
        .await;
    assert_eq!(states, "cancelled cancelled");
}

#[tokio::test]
async fn the_question_expires_and_the_leave_stays() {
    let house = with_approved_leave("2026-03-11", "2026-03-11").await;
    let asha = house.asha();
    house.writes(&asha, "cancel my leave on the 11th").await;
    house.at("2026-03-02T10:30:00Z").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: cancel my leave on the 11th
      ↳ timeoff: :zzz: Expired without an answer: leave on Wed 11 March stays. Write again, or use `/timeoff cancel`.
    ");
}

#[tokio::test]
async fn a_yes_after_midnight_cancels_nothing_and_says_so() {
    let house = with_approved_leave("2026-03-04", "2026-03-04").await;
    let asha = house.asha();
    // 23:50 in Kolkata.
    house.at("2026-03-04T18:20:00Z").await;
    house.writes(&asha, "cancel my leave today").await;
    house.clocks("2026-03-04T18:35:00Z");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: cancel my leave today
      ↳ timeoff: @asha, cancel your leave on Wed 4 March?
          [Yes, cancel] [Keep it]
      ↳ timeoff (only you can see this): Nothing was cancelled: those days are over, or no leave of yours any more. `/timeoff list` shows what you have.
    ");
    let state: String = house.value("SELECT state FROM leave_record").await;
    assert_eq!(state, "completed");
}

#[tokio::test]
async fn leave_beside_the_proposal_is_not_forgotten() {
    let house = with_approved_leave("2026-03-25", "2026-03-25").await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave on the 10th and 11th").await;
    house
        .replies(&asha, &said, "cancel my leave on the 25th")
        .await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on the 10th and 11th
      ↳ timeoff: @asha, did I read you right?
          *Tue 10 – Wed 11 March* · Vacation · 2 working days
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
      ↳ asha: cancel my leave on the 25th
      ↳ timeoff: @asha, cancel your leave on Wed 25 March?
          [Yes, cancel] [Keep it]
    ");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    house
        .replies(&asha, &said, "cancel the 10th and the 25th")
        .await;
    assert_snapshot!(asha.text_of(&asha.last_message("#leave").expect("a reply")), @"
    timeoff: @asha, did I read you right?
      *Wed 11 March* · Vacation · 1 working day
      :warning: Not part of this: Wed 25 March. To cancel leave then, please write that by itself.
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn a_denied_rest_counts_only_what_was_left() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-09", "2026-03-10").await;
    house.writes(&asha, "cancel my leave on the 9th").await;
    house.presses_in_leave(&asha, "Yes, cancel").await;
    house.clocks("2026-03-02T09:05:00Z");
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :x: Denied by @ben.
    ");
}
