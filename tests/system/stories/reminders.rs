//! An approver who does not answer is reminded in their working hours (11:00 to 19:00), in their
//! own zone.

use insta::assert_snapshot;
use timeoff::leave::model::Portion;
use timeoff::schedule;
use timeoff::tenant::store::PersonChange;

use crate::support::{House, Plan, id, latest, messages};

/// How often Ben was rung at after each of these moments.
async fn counts(house: &House, moments: &[&str]) -> String {
    let mut seen = Vec::new();
    for moment in moments {
        house.at(moment).await;
        seen.push(format!("{moment} {}", house.rings(&house.ben())));
    }
    seen.join("\n")
}

#[tokio::test]
async fn an_approver_is_reminded_after_one_and_three_working_days() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    let seen = counts(
        &house,
        &[
            "2026-03-02T19:00:00Z",
            "2026-03-03T10:59:00Z",
            "2026-03-03T11:00:00Z",
            "2026-03-03T18:00:00Z",
            "2026-03-04T12:00:00Z",
            "2026-03-05T10:59:00Z",
            "2026-03-05T11:00:00Z",
            "2026-03-06T12:00:00Z",
            "2026-03-09T10:59:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-02T19:00:00Z 1
    2026-03-03T10:59:00Z 1
    2026-03-03T11:00:00Z 2
    2026-03-03T18:00:00Z 2
    2026-03-04T12:00:00Z 2
    2026-03-05T10:59:00Z 2
    2026-03-05T11:00:00Z 3
    2026-03-06T12:00:00Z 3
    2026-03-09T10:59:00Z 3
    ");
    assert_snapshot!(latest(&house.ben()), @"
    timeoff: :bell: *1 request waits for your decision*
      @asha asks for *Vacation, Fri 20 March*, 1 working day. Waiting since Mon 2 March.
      ~ Nobody else is off then.
      [Approve] [Deny]
      [Snooze until my next working day]
    ");
}

#[tokio::test]
async fn a_newer_reminder_takes_the_place_of_the_older_one() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    let first = house.ben().last_message("@app");
    house.at("2026-03-05T11:00:00Z").await;
    assert_ne!(
        house.ben().last_message("@app"),
        first,
        "a new one, because an edit rings no bell"
    );
    assert_eq!(messages(&house.ben()), 2, "and the older one is gone");
}

#[tokio::test]
async fn one_message_holds_all_that_waits_and_comes_once_a_day() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-02T16:00:00Z").await;
    house.types(&dev, "/timeoff 2026-03-19").await;
    house.fills(&dev, "Last day", "2026-03-20").await;
    house.fills(&dev, "Reason", "A wedding").await;
    assert_eq!(house.submits(&dev).await, "");
    house.at("2026-03-03T09:00:00Z").await;
    house.asks(&asha, "2026-03-25", "2026-03-25").await;
    house.at("2026-03-03T11:00:00Z").await;
    assert_eq!(messages(&ben), 4);
    assert_snapshot!(latest(&ben), @"
    timeoff: :bell: *3 requests wait for your decision*
      @asha asks for *Vacation, Fri 20 March*, 1 working day. Waiting since Mon 2 March.
      ~ Also off then: Dev Patel Fri 20 March (not decided yet)
      [Approve] [Deny]
      @dev asks for *Vacation, Thu 19 – Fri 20 March*, 2 working days. Waiting since Mon 2 March.
      > A wedding
      ~ Also off then: Asha Rao Fri 20 March (not decided yet)
      [Approve] [Deny]
      @asha asks for *Vacation, Wed 25 March*, 1 working day. Waiting since Tue 3 March.
      ~ Nobody else is off then.
      [Approve] [Deny]
      [Snooze until my next working day]
    ");
    house.at("2026-03-03T16:00:00Z").await;
    house.at("2026-03-03T18:59:00Z").await;
    assert_eq!(
        messages(&ben),
        4,
        "what is due later that day was in it already"
    );
}

#[tokio::test]
async fn a_reminder_is_never_repeated_however_often_the_schedule_runs() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    let posts = house.slack.calls("chat.postMessage").len();
    for minute in 0..120 {
        house
            .at(&format!(
                "2026-03-03T{}:{:02}:00Z",
                11 + minute / 60,
                minute % 60
            ))
            .await;
    }
    assert_eq!(house.slack.calls("chat.postMessage").len(), posts);
}

#[tokio::test]
async fn two_rounds_of_the_schedule_at_one_moment_send_one_reminder() {
    let house = House::build(Plan {
        connections: 4,
        ..Plan::default()
    })
    .await;
    for day in ["2026-03-17", "2026-03-18", "2026-03-19"] {
        house.asks(&house.asha(), day, day).await;
    }
    house.clocks("2026-03-05T11:00:00Z");
    let (services, runner) = (&house.app.services, &house.app.runner);
    let round = || schedule::round(services, runner, std::time::Duration::from_mins(1));
    futures_util::future::join_all((0..4).map(|_| round())).await;
    house.settle().await;
    assert_eq!(messages(&house.ben()), 4, "three requests and one reminder");
}

#[tokio::test]
async fn weekends_and_holidays_of_the_approver_do_not_count() {
    let house = House::open().await;
    house
        .holiday("london", "2026-03-09", Portion::Full, "Founders' Day")
        .await;
    let in_london = PersonChange {
        location: Some("london"),
        ..PersonChange::default()
    };
    house.sets("U_BEN", in_london).await;

    house.at("2026-03-06T12:30:00Z").await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    let seen = counts(
        &house,
        &[
            "2026-03-07T12:30:00Z",
            "2026-03-09T12:30:00Z",
            "2026-03-10T12:29:00Z",
            "2026-03-10T12:30:00Z",
            "2026-03-12T12:30:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-07T12:30:00Z 1
    2026-03-09T12:30:00Z 1
    2026-03-10T12:29:00Z 1
    2026-03-10T12:30:00Z 2
    2026-03-12T12:30:00Z 3
    ");
}

#[tokio::test]
async fn the_time_of_day_stays_when_summer_time_begins() {
    let house = House::open().await;
    house.at("2026-03-27T13:00:00Z").await;
    house.asks(&house.asha(), "2026-04-20", "2026-04-20").await;
    // 13:00 in London is 12:00 in UTC from Sunday on.
    let seen = counts(&house, &["2026-03-30T11:59:00Z", "2026-03-30T12:00:00Z"]).await;
    assert_snapshot!(seen, @"
    2026-03-30T11:59:00Z 1
    2026-03-30T12:00:00Z 2
    ");
}

#[tokio::test]
async fn the_approvers_zone_counts_not_the_requesters() {
    let house = House::open().await;
    house
        .settings(|settings| settings.approvers = vec![id("U_ASHA")])
        .await;
    house.asks(&house.dev(), "2026-03-20", "2026-03-20").await;
    // Asked at 14:30 in Kolkata, which is 9:00 in UTC.
    house.at("2026-03-03T08:59:00Z").await;
    assert_eq!(house.rings(&house.asha()), 1);
    house.at("2026-03-03T09:00:00Z").await;
    assert_eq!(house.rings(&house.asha()), 2);
}

#[tokio::test]
async fn a_reminder_that_is_found_late_waits_for_working_hours() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    // The schedule stood still from before Tuesday's reminder until Wednesday night.
    let seen = counts(
        &house,
        &[
            "2026-03-04T23:00:00Z",
            "2026-03-05T10:59:00Z",
            "2026-03-05T11:00:00Z",
            "2026-03-05T18:00:00Z",
            "2026-03-06T11:00:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-04T23:00:00Z 1
    2026-03-05T10:59:00Z 1
    2026-03-05T11:00:00Z 2
    2026-03-05T18:00:00Z 2
    2026-03-06T11:00:00Z 3
    ");
}

#[tokio::test]
async fn approve_in_the_reminder_works_and_the_reminder_follows() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-19", "2026-03-19").await;
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    let reminder = ben.last_message("@app").unwrap();
    ben.press_on(&reminder, "Approve").await;
    house.settle().await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 19 March*
      1 working day
      :white_check_mark: Approved by you.
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      ~ Nobody else is off then.
      [Approve] [Deny]
    timeoff: :bell: *1 request waits for your decision*
      @asha asks for *Vacation, Fri 20 March*, 1 working day. Waiting since Mon 2 March.
      ~ Nobody else is off then.
      [Approve] [Deny]
      [Snooze until my next working day]
    ");
    ben.press_on(&reminder, "Deny").await;
    house.settle().await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(ben.text_of(&reminder), @"timeoff: :white_check_mark: All decided. Nothing waits for you.");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 19 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    timeoff: *Vacation, Fri 20 March*
      1 working day
      :x: Denied by @ben.
    ");

    house.asks(&asha, "2026-03-23", "2026-03-23").await;
    house.presses(&asha, "Cancel request").await;
    assert_snapshot!(ben.text_of(&reminder), @"timeoff: :white_check_mark: All decided. Nothing waits for you.");
    house.at("2026-03-05T11:00:00Z").await;
    assert_eq!(house.rings(&ben), 4, "nothing waits, nobody is reminded");
}

#[tokio::test]
async fn a_reminder_shows_when_a_request_was_cancelled() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-19", "2026-03-19").await;
    house.at("2026-03-03T11:00:00Z").await;
    house.presses(&asha, "Cancel request").await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 19 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: :white_check_mark: All decided. Nothing waits for you.
    ");
}

#[tokio::test]
async fn snooze_holds_reminders_back_until_the_next_working_day_and_then_one_comes() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.at("2026-03-05T12:00:00Z").await;
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-06T12:00:00Z").await;
    assert_eq!(house.rings(&ben), 2);
    house
        .presses(&ben, "Snooze until my next working day")
        .await;
    assert_snapshot!(latest(&ben), @"timeoff (only you can see this): Fine. I will remind you on Mon 9 March of what still waits then.");
    let seen = counts(
        &house,
        &[
            "2026-03-07T12:00:00Z",
            "2026-03-09T10:59:00Z",
            "2026-03-09T11:00:00Z",
            "2026-03-09T18:00:00Z",
            "2026-03-10T11:59:00Z",
            "2026-03-10T12:00:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-07T12:00:00Z 2
    2026-03-09T10:59:00Z 2
    2026-03-09T11:00:00Z 3
    2026-03-09T18:00:00Z 3
    2026-03-10T11:59:00Z 3
    2026-03-10T12:00:00Z 4
    ");
    let newest: String = house
        .value("SELECT (remind_at IS NULL)::text || ' ' || reminders_sent FROM approval")
        .await;
    assert_eq!(
        newest, "true 2",
        "snoozed or not, the plan of two reminders is kept"
    );
}

#[tokio::test]
async fn a_snoozed_approver_is_not_reminded_of_another_request_either() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-02T13:00:00Z").await;
    house.asks(&house.dev(), "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    house
        .presses(&ben, "Snooze until my next working day")
        .await;
    let before = house.rings(&ben);
    house.at("2026-03-03T13:00:00Z").await;
    assert_eq!(house.rings(&ben), before);
    house.at("2026-03-04T11:00:00Z").await;
    assert!(latest(&ben).contains("2 requests wait"));
}

#[tokio::test]
async fn snooze_with_nothing_that_waits_says_so() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    let snooze = ben.press_request("Snooze until my next working day");
    house.presses(&ben, "Approve").await;
    house.sends(&snooze).await;
    assert_snapshot!(latest(&ben), @"timeoff (only you can see this): Nothing waits for you.");
}

#[tokio::test]
async fn a_long_queue_fits_into_one_reminder() {
    let house = House::open().await;
    let asha = house.asha();
    for day in (1..=30).filter(|day| {
        jiff::civil::date(2026, 6, *day)
            .weekday()
            .to_monday_zero_offset()
            < 5
    }) {
        house
            .types(&asha, &format!("/timeoff 2026-06-{day:02}"))
            .await;
        house.fills(&asha, "Reason", &"<reason> ".repeat(55)).await;
        assert_eq!(house.submits(&asha).await, "");
    }
    house.at("2026-03-03T11:00:00Z").await;
    let reminder = latest(&house.ben());
    assert!(
        reminder.contains("requests wait for your decision"),
        "{reminder}"
    );
    assert!(
        reminder.contains("each in its own message above"),
        "{reminder}"
    );
}

#[tokio::test]
async fn without_reminders_in_the_settings_nobody_is_reminded_but_the_admins_are_asked() {
    let house = House::open().await;
    house
        .settings(|settings| settings.remind_after_days.clear())
        .await;
    house.asks(&house.asha(), "2026-03-20", "2026-03-20").await;
    let seen = counts(
        &house,
        &[
            "2026-03-03T11:00:00Z",
            "2026-03-05T11:00:00Z",
            "2026-03-09T11:00:00Z",
            "2026-03-10T11:00:00Z",
        ],
    )
    .await;
    assert_snapshot!(seen, @"
    2026-03-03T11:00:00Z 1
    2026-03-05T11:00:00Z 1
    2026-03-09T11:00:00Z 1
    2026-03-10T11:00:00Z 1
    ");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: @asha asks for *Vacation, Fri 20 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because @ben has not decided since Mon 2 March.
      [Approve] [Deny]
    ");
}
