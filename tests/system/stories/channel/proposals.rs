//! A request in the leave channel gets a reply that says how it was read.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn on_leave_tomorrow_is_enough() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "On leave tomorrow").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: @asha, did I read you right?
          *Tue 3 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 3 March*
      1 working day
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :white_check_mark: Approved by @ben.
          [Cancel leave]
    ");
    assert_eq!(asha.dm(), "", "the thread is the one place that follows it");
}

#[tokio::test]
async fn sick_leave_is_recorded_without_an_approver() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "Fever, sick leave today").await;
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: Fever, sick leave today
      ↳ timeoff: *Mon 2 March* · Sick leave · 1 working day
          :white_check_mark: Noted; no approval needed.
          [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha is away: *Sick leave, Mon 2 March*
      1 working day
      :information_source: No approval needed.
    ");
}

#[tokio::test]
async fn several_periods_are_proposed_at_once_and_each_has_its_edit() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .writes(
            &asha,
            "sick today, vacation on Friday and leave on 11th morning",
        )
        .await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: sick today, vacation on Friday and leave on 11th morning
      ↳ timeoff: @asha, did I read you right?
          *Mon 2 March* · Sick leave · 1 working day  [Edit]
          *Fri 6 March* · Vacation · 1 working day  [Edit]
          *Wed 11 March, morning* · Vacation · half a working day  [Edit]
          ~ Confirm asks your approver for Vacation and records Sick leave.
          [Confirm] [Cancel]
    ");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: sick today, vacation on Friday and leave on 11th morning
      ↳ timeoff: *Mon 2 March* · Sick leave · 1 working day
          :white_check_mark: Noted; no approval needed.
          [Cancel leave]
          *Fri 6 March* · Vacation · 1 working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
          *Wed 11 March, morning* · Vacation · half a working day
          :hourglass_flowing_sand: Waiting for @ben.
          [Cancel request]
    ");
}

#[tokio::test]
async fn a_weekend_day_is_named_and_not_counted() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "on leave Saturday and Monday").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave Saturday and Monday
      ↳ timeoff: @asha, did I read you right?
          *Mon 9 March* · Vacation · 1 working day
          :warning: I am not quite sure that I read this right. Please look at the days.
          :warning: No work then anyway, so not counted: Sat 7 March (weekend).
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn a_weekend_alone_is_nothing_to_ask_for() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "on leave on Saturday").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on Saturday
      ↳ timeoff: Sat 7 March is a weekend, so there is nothing to ask for. Another day? Write it here.
    ");
}

#[tokio::test]
async fn days_on_which_nobody_works_are_named_and_another_may_be_written() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .execute("INSERT INTO public_holiday (workspace_id, location, day, name) VALUES ('T1', 'default', '2026-03-09', 'Holi')")
        .await;
    house.writes(&asha, "on leave on Saturday to Monday").await;
    let said = house.writes(&asha, "on leave on the 9th").await;
    house.replies(&asha, &said, "the 10th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on Saturday to Monday
      ↳ timeoff: No work on Sat 7 March (weekend) and Mon 9 March (Holi), so there is nothing to ask for. Another day? Write it here.
    asha: on leave on the 9th
      ↳ timeoff: Mon 9 March is a public holiday (Holi), so there is nothing to ask for. Another day? Write it here.
      ↳ asha: the 10th
      ↳ timeoff: @asha, did I read you right?
          *Tue 10 March* · Vacation · 1 working day
          :warning: I am not quite sure that I read this right. Please look at the days.
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn a_question_about_days_that_passed_says_so() {
    let house = House::open().await;
    let asha = house.asha();
    house.at("2026-03-04T09:00:00Z").await;
    house
        .writes(&asha, "was on leave on 2 March and 3 March")
        .await;
    assert_snapshot!(last_reply(&house), @"
    timeoff: @asha, did I read you right?
      *Mon 2 – Tue 3 March* · Vacation · 2 working days
      ~ This begins in the past (Mon 2 March).
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
    house.writes(&asha, "on leave today").await;
    assert_snapshot!(last_reply(&house), @"
    timeoff: @asha, did I read you right?
      *Wed 4 March* · Vacation · 1 working day
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn own_leave_is_left_out_and_named() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-04", "2026-03-04").await;
    house.writes(&asha, "on leave 3rd to 5th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 3rd to 5th
      ↳ timeoff: @asha, did I read you right?
          *Tue 3 March* · Vacation · 1 working day  [Edit]
          *Thu 5 March* · Vacation · 1 working day  [Edit]
          :warning: You already have leave then, so left out: Wed 4 March.
          ~ Confirm asks your approver.
          [Confirm] [Cancel]
    ");
    house.writes(&asha, "on leave on the 4th").await;
    assert_snapshot!(last_reply(&house), @"timeoff: You already have leave then, so left out: Wed 4 March. So there is nothing to ask for.");
}

#[tokio::test]
async fn days_before_january_are_dropped_and_named() {
    let house = House::open().await;
    let asha = house.asha();
    house.at("2026-01-05T09:00:00Z").await;
    house
        .writes(
            &asha,
            "was on leave on 31 December 2025 and 2 January 2026, pls add",
        )
        .await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: was on leave on 31 December 2025 and 2 January 2026, pls add
      ↳ timeoff: @asha, did I read you right?
          *Fri 2 January* · Vacation · 1 working day
          :warning: Before this year, so left out: Wed 31 December 2025. For earlier days, please ask a people admin.
          ~ This begins in the past (Fri 2 January).
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn too_much_at_once_is_refused_with_the_limit() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .settings(|settings| settings.longest_leave_days = 3)
        .await;
    house.writes(&asha, "on leave 9th to 13th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 9th to 13th
      ↳ timeoff: That is 5 working days; one request may take up to 3. Please split it, or ask a people admin.
    ");
}

#[tokio::test]
async fn a_public_holiday_is_named_and_a_request_spans_it() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .execute("INSERT INTO public_holiday (workspace_id, location, day, name) VALUES ('T1', 'default', '2026-03-04', 'Holi')")
        .await;
    house.writes(&asha, "on leave 3rd to 5th").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave 3rd to 5th
      ↳ timeoff: @asha, did I read you right?
          *Tue 3 – Thu 5 March* · Vacation · 2 working days
          :warning: No work then anyway, so not counted: Wed 4 March (Holi).
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn the_day_is_the_authors_own() {
    // 20:00 in UTC is already Tuesday in Kolkata.
    let house = House::open().await;
    house.at("2026-03-02T20:00:00Z").await;
    house.writes(&house.asha(), "on leave today").await;
    house.writes(&house.ben(), "on leave today").await;
    assert_snapshot!(house.asha().channel("#leave"), @"
    asha: on leave today
      ↳ timeoff: @asha, did I read you right?
          *Tue 3 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ben: on leave today
      ↳ timeoff: @ben, did I read you right?
          *Mon 2 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
}

fn last_reply(house: &House) -> String {
    let asha = house.asha();
    let last = asha.last_message("#leave").expect("a message");
    asha.text_of(&last)
}

#[tokio::test]
async fn more_stretches_than_a_reply_can_show_are_refused() {
    let house = House::open().await;
    let asha = house.asha();
    let days: Vec<String> = (0..12)
        .map(|week| {
            let first = jiff::civil::date(2026, 3, 3);
            let day = first.saturating_add(jiff::Span::new().weeks(week));
            day.to_string()
        })
        .collect();
    house
        .writes(&asha, &format!("on leave on {}", days.join(", ")))
        .await;
    let last = asha.last_message("#leave").expect("a reply");
    assert_snapshot!(asha.text_of(&last), @"timeoff: That makes 12 separate requests, and one message can make up to 10. Please write them in several messages, or use `/timeoff`.");
}

#[tokio::test]
async fn what_was_proposed_before_new_year_can_be_confirmed_after_it() {
    let house = House::open().await;
    let asha = house.asha();
    // 23:50 in Kolkata.
    house.at("2026-12-31T18:20:00Z").await;
    house.writes(&asha, "sick today").await;
    house.clocks("2026-12-31T18:35:00Z");
    house.presses_in_leave(&asha, "Confirm").await;
    let days: String = house
        .value("SELECT string_agg(day::text, ' ') FROM leave_record")
        .await;
    assert_eq!(days, "2026-12-31");
}
