//! What nobody decides goes to the admins, and never expires.

use insta::assert_snapshot;

use crate::support::{House, id, latest};

#[tokio::test]
async fn silence_goes_to_the_admins_who_read_why_and_the_first_approver_can_still_decide() {
    let house = House::open().await;
    let (asha, ben, carla) = (house.asha(), house.ben(), house.carla());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-09T10:59:00Z").await;
    assert_eq!(carla.dm(), "");
    house.at("2026-03-09T11:00:00Z").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because @ben has not decided since Mon 2 March.
      [Approve] [Deny]
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Fri 20 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben and @carla.
      [Cancel request]
    ");
    house.round().await;
    assert_eq!(house.rings(&carla), 1);

    ben.press("Approve").await;
    house.settle().await;
    assert_snapshot!(carla.dm(), @"
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      :white_check_mark: Approved by @ben.
    ");
    assert_snapshot!(latest(&asha), @"
    timeoff: *Vacation, Fri 20 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
}

#[tokio::test]
async fn an_admin_who_was_asked_too_can_decide() {
    let house = House::open().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-09T11:00:00Z").await;
    house.presses(&carla, "Approve").await;
    assert!(asha.dm().contains("Approved by @carla"));
}

#[tokio::test]
async fn several_silent_approvers_are_named_once_each() {
    let house = House::open().await;
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_DEV")])
        .await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    house.at("2026-03-09T11:00:00Z").await;
    assert_eq!(house.rings(&house.carla()), 1);
    assert_snapshot!(house.carla().dm(), @"
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because @ben and @dev have not decided since Mon 2 March.
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn the_admins_are_asked_in_time_also_when_reminders_come_later_or_are_snoozed() {
    let house = House::open().await;
    house
        .settings(|settings| {
            settings.remind_after_days = vec![1, 3, 10];
            settings.escalate_after_days = 2;
        })
        .await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    house
        .presses(&house.ben(), "Snooze until my next working day")
        .await;
    house.at("2026-03-04T10:59:00Z").await;
    assert_eq!(house.rings(&house.carla()), 0);
    house.at("2026-03-04T11:00:00Z").await;
    assert_eq!(house.rings(&house.carla()), 1);
}

#[tokio::test]
async fn an_admin_is_never_asked_about_their_own_leave_and_the_only_admin_no_second_time() {
    let house = House::open().await;
    let carla = house.carla();
    house.asks(&carla, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-09T11:00:00Z").await;
    assert!(!carla.dm().contains("[Approve]"));
    house.settings(|settings| settings.approvers.clear()).await;
    house.asks(&house.asha(), "2026-03-25", "2026-03-25").await;
    house.at("2026-03-20T11:00:00Z").await;
    let asked: i64 = house
        .value("SELECT count(*) FROM approval WHERE approver_id = 'U_CARLA'")
        .await;
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn when_the_first_day_passes_both_sides_are_told_once_and_it_can_still_be_decided() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-03", "2026-03-04").await;
    house.at("2026-03-03T11:00:00Z").await;
    let before = house.rings(&asha);
    // Midnight in Kolkata, and the beginning of the working day there.
    house.at("2026-03-03T18:30:00Z").await;
    house.at("2026-03-04T05:29:00Z").await;
    assert_eq!(house.rings(&asha), before, "nobody is told at night");
    house.at("2026-03-04T05:30:00Z").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 3 – Wed 4 March*
      2 working days
      :hourglass_flowing_sand: Waiting for @ben. Its first day has passed; it can still be decided.
      [Cancel request]
    timeoff: Nobody has decided on your request for Vacation, Tue 3 – Wed 4 March yet, and its first day has passed. It can still be decided; a word to your approver may help.
    ");
    house.at("2026-03-04T11:00:00Z").await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 3 – Wed 4 March*
      2 working days
      ~ Nobody else is off then.
      ~ :warning: The first day has passed. You can still decide.
      [Approve] [Deny]
    timeoff: :bell: *1 request waits for your decision*
      @asha asks for *Vacation, Tue 3 – Wed 4 March*, 2 working days. Waiting since Mon 2 March.
      :warning: The first day has passed. You can still decide.
      ~ Nobody else is off then.
      [Approve] [Deny]
      [Snooze until my next working day]
    ");
    for minute in 10..40 {
        house.at(&format!("2026-03-04T12:{minute}:00Z")).await;
    }
    assert_eq!(house.rings(&asha), before + 1);
    assert_eq!(
        house.rings(&ben),
        3,
        "asked, reminded on Tuesday, told on Wednesday"
    );
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 3 – Wed 4 March*
      2 working days
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    timeoff: Nobody has decided on your request for Vacation, Tue 3 – Wed 4 March yet, and its first day has passed. It can still be decided; a word to your approver may help.
    ");
}

#[tokio::test]
async fn who_asks_for_days_that_have_passed_is_not_told_that_they_have() {
    let house = House::open().await;
    house.at("2026-03-11T12:00:00Z").await;
    house.asks(&house.asha(), "2026-03-09", "2026-03-09").await;
    house.at("2026-03-12T11:59:00Z").await;
    assert_eq!(house.rings(&house.asha()), 1);
    assert_eq!(house.rings(&house.ben()), 1);
}

#[tokio::test]
async fn nothing_expires_by_itself() {
    let house = House::open().await;
    let (asha, ben, carla) = (house.asha(), house.ben(), house.carla());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    let mut day: jiff::civil::Date = "2026-03-02".parse().unwrap();
    for _ in 0..60 {
        day = day.tomorrow().unwrap();
        for time in ["06:00", "11:00", "12:00", "17:00"] {
            house.at(&format!("{day}T{time}:00Z")).await;
        }
    }
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "pending");
    assert_eq!(
        (house.rings(&asha), house.rings(&ben), house.rings(&carla)),
        (2, 4, 4),
        "and nobody is flooded"
    );
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Fri 20 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben and @carla. Its first day has passed; it can still be decided.
      [Cancel request]
    timeoff: Nobody has decided on your request for Vacation, Fri 20 March yet, and its first day has passed. It can still be decided; a word to your approver may help.
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      ~ Nobody else is off then.
      ~ :warning: The first day has passed. You can still decide.
      [Approve] [Deny]
    timeoff: :bell: *1 request waits for your decision*
      @asha asks for *Vacation, Fri 20 March*, 1 working day. Waiting since Mon 2 March.
      :warning: The first day has passed. You can still decide.
      ~ Nobody else is off then.
      [Approve] [Deny]
      [Snooze until my next working day]
    ");
    assert_snapshot!(carla.dm(), @"
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because @ben has not decided since Mon 2 March.
      ~ :warning: The first day has passed. You can still decide.
      [Approve] [Deny]
    timeoff: :bell: *1 request waits for your decision*
      @asha asks for *Vacation, Fri 20 March*, 1 working day. Waiting since Mon 2 March.
      :warning: The first day has passed. You can still decide.
      ~ Nobody else is off then.
      [Approve] [Deny]
      [Snooze until my next working day]
    ");
    house.presses(&ben, "Approve").await;
    assert!(asha.dm().contains("Approved by @ben"));
}

#[tokio::test]
async fn a_request_that_nobody_decided_can_be_withdrawn_after_its_days() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-03", "2026-03-03").await;
    house.at("2026-03-10T12:00:00Z").await;
    house.presses(&asha, "Cancel request").await;
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "cancelled");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 3 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: :white_check_mark: All decided. Nothing waits for you.
    ");
}
