//! Taking leave back.

use insta::assert_snapshot;

use crate::support::{House, Plan};

#[tokio::test]
async fn cancel_lets_choose_one() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .takes(&asha, "/timeoff 2026-03-05 to 2026-03-06", &[])
        .await;
    house.asks(&asha, "2026-03-09", "2026-03-09").await;
    house.types(&asha, "/timeoff cancel").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): *Which leave do you want to cancel?*
      *Vacation, Thu 5 – Fri 6 March*
      2 working days, approved  [Cancel leave]
      *Vacation, Mon 9 March*
      1 working day, waiting for approval  [Cancel request]
    ");
    house.presses(&asha, "Cancel request").await;
    assert_snapshot!(asha.channel("#general"), @"timeoff (only you can see this): Cancelled: Vacation, Mon 9 March.");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    timeoff: *Vacation, Mon 9 March*
      1 working day
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by you.
    timeoff: @asha asks for *Vacation, Mon 9 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 completed
    2026-03-06 full 480 min 2026 completed
    2026-03-09 full 480 min 2026 cancelled
    ");
}

#[tokio::test]
async fn cancel_asks_before_it_is_done() {
    let house = House::open().await;
    let asha = house.asha();
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    house.asks(&asha, "2026-03-09", "2026-03-09").await;
    let questions: Vec<String> = house
        .slack
        .calls("*")
        .iter()
        .filter(|call| {
            call["args"]["channel"]
                .as_str()
                .is_some_and(|channel| channel.starts_with('D'))
                || call["args"]["channel"] == "U_ASHA"
        })
        .filter_map(|call| {
            let confirm = &call["args"]["blocks"].as_array()?.last()?["elements"][0]["confirm"];
            Some(format!(
                "{}\n{}\n[{}] [{}]",
                confirm["title"]["text"].as_str()?,
                confirm["text"]["text"].as_str()?,
                confirm["confirm"]["text"].as_str()?,
                confirm["deny"]["text"].as_str()?
            ))
        })
        .collect();
    let mut questions = questions;
    questions.dedup();
    assert_snapshot!(questions.join("\n\n"), @"
    Cancel this leave?
    The request for Vacation, Thu 5 March will not be decided any more.
    [Yes, cancel] [Keep it]

    Cancel this leave?
    Vacation, Thu 5 March: what is left of it becomes normal working time, and your approver is told.
    [Yes, cancel] [Keep it]

    Cancel this leave?
    The request for Vacation, Mon 9 March will not be decided any more.
    [Yes, cancel] [Keep it]
    ");
}

#[tokio::test]
async fn cancel_with_nothing_to_cancel_says_so() {
    let house = House::open().await;
    let asha = house.asha();
    house.takes(&asha, "/timeoff 2026-02-02", &[]).await;
    house.types(&asha, "/timeoff cancel").await;
    assert_snapshot!(asha.channel("#general"), @"timeoff (only you can see this): You have no leave that could be cancelled. `/timeoff list` shows what you took.");
}

#[tokio::test]
async fn approved_leave_is_cancelled_and_the_approver_is_told_by_a_new_message() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .takes(
            &asha,
            "/timeoff 2026-03-05 to 2026-03-06",
            &[("Reason", "A secret")],
        )
        .await;
    house.slack.clear_calls();
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
      ~ Your reason, seen only by your approvers and people admins: A secret
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Fri 6 March*
      2 working days
      > A secret
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: @asha cancelled leave: Vacation, Thu 5 – Fri 6 March. They will be at work.
    ");
    assert_eq!(
        house.slack.calls("chat.postMessage").len(),
        1,
        "one new message, for Ben"
    );
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 cancelled
    2026-03-06 full 480 min 2026 cancelled
    ");
    let history: String = house.value("SELECT string_agg(concat_ws(' ', actor, action, from_state, to_state), E'\\n' ORDER BY audit_id) FROM audit_log WHERE subject LIKE 'action:%'").await;
    assert_snapshot!(history, @"
    U_ASHA requested pending
    U_BEN confirmed pending confirmed
    timeoff processing confirmed processing
    timeoff completed processing completed
    U_ASHA cancelled completed cancelled
    ");
}

#[tokio::test]
async fn cancelled_sick_leave_is_told_to_whoever_heard_of_it() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    assert_eq!(
        house
            .is_told(&asha, "/timeoff tomorrow", &[("Leave type", "Sick leave")])
            .await,
        ""
    );
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha is away: *Sick leave, Tue 3 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: @asha cancelled leave: Sick leave, Tue 3 March. They will be at work.
    ");
}

#[tokio::test]
async fn leave_that_has_begun_ends_early_and_the_days_taken_stay() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .takes(
            &asha,
            "/timeoff 2026-03-05 to 2026-03-11",
            &[(
                "Half days",
                "The first day begins at midday, The last day ends at midday",
            )],
        )
        .await;
    house.at("2026-03-09T06:00:00Z").await;
    house.types(&asha, "/timeoff cancel").await;
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.channel("#general"), @"timeoff (only you can see this): Your leave ends early: Vacation, Thu 5 (from midday) – Fri 6 March. From today on you are at work.");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 (from midday) – Fri 6 March*
      1½ working days
      :white_check_mark: Approved by @ben.
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 (from midday) – Fri 6 March*
      1½ working days
      :white_check_mark: Approved by you.
    timeoff: @asha is back early: Vacation, Thu 5 (from midday) – Fri 6 March, instead of Thu 5 (from midday) – Wed 11 March (until midday).
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 half_pm 240 min 2026 completed
    2026-03-06 full 480 min 2026 completed
    2026-03-09 full 480 min 2026 cancelled
    2026-03-10 full 480 min 2026 cancelled
    2026-03-11 half_am 240 min 2026 cancelled
    ");
    house.asks(&asha, "2026-03-09", "2026-03-10").await;
}

#[tokio::test]
async fn leave_that_begins_today_is_cancelled_whole() {
    let house = House::open().await;
    let asha = house.asha();
    // From Saturday on, so that nothing was taken before today.
    house
        .takes(&asha, "/timeoff 2026-02-28 to 2026-03-03", &[])
        .await;
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Sat 28 February – Tue 3 March*
      2 working days
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-02 full 480 min 2026 cancelled
    2026-03-03 full 480 min 2026 cancelled
    ");
}

#[tokio::test]
async fn ending_early_and_the_schedule_of_the_day_are_the_persons_own() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .takes(&asha, "/timeoff 2026-03-02 to 2026-03-04", &[])
        .await;
    // Still Monday in London, Tuesday in Kolkata: Monday was taken.
    house.at("2026-03-02T20:00:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(house.records().await, @"
    2026-03-02 full 480 min 2026 completed
    2026-03-03 full 480 min 2026 cancelled
    2026-03-04 full 480 min 2026 cancelled
    ");
    let history: String = house.value("SELECT concat_ws(' ', actor, action, from_state, to_state, detail) FROM audit_log ORDER BY audit_id DESC LIMIT 1").await;
    assert_snapshot!(history, @r#"U_ASHA ended_early completed completed {"last_day": "2026-03-02", "last_day_before": "2026-03-04"}"#);
}

#[tokio::test]
async fn leave_that_began_at_midday_yesterday_ends_as_an_afternoon() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .takes(
            &asha,
            "/timeoff 2026-03-05 to 2026-03-06",
            &[("Half days", "The first day begins at midday")],
        )
        .await;
    house.at("2026-03-06T06:00:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March, afternoon*
      half a working day
      :white_check_mark: Approved by @ben.
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 half_pm 240 min 2026 completed
    2026-03-06 full 480 min 2026 cancelled
    ");
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
      ---
      == Past, denied and cancelled ==
      • Vacation, Thu 5 March, afternoon, half a working day, approved
    ");
}

#[tokio::test]
async fn leave_that_is_over_cannot_be_cancelled() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .takes(&asha, "/timeoff 2026-03-02 to 2026-03-03", &[])
        .await;
    house.at("2026-03-04T06:00:00Z").await;
    house.slack.clear_calls();
    // The button is still in the message from before.
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Mon 2 – Tue 3 March*
      2 working days
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    timeoff (only you can see this): This leave is over. If you did not take it, please ask a people admin to correct it.
    ");
    assert!(house.slack.calls("chat.postMessage").is_empty());
    assert!(!ben.dm().contains("cancelled"));
    assert_snapshot!(house.records().await, @"
    2026-03-02 full 480 min 2026 completed
    2026-03-03 full 480 min 2026 completed
    ");
}

#[tokio::test]
async fn a_request_that_nobody_decided_can_be_cancelled_after_its_days() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-02", "2026-03-03").await;
    house.at("2026-03-05T06:00:00Z").await;
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      *Vacation, Mon 2 – Tue 3 March*
      2 working days, waiting for approval  [Cancel request]
    ");
    house.types(&asha, "/timeoff cancel").await;
    house.presses(&asha, "Cancel request").await;
    assert_snapshot!(house.records().await, @"
    2026-03-02 full 480 min 2026 cancelled
    2026-03-03 full 480 min 2026 cancelled
    ");
}

#[tokio::test]
async fn a_second_press_changes_nothing_and_says_so() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    house.types(&asha, "/timeoff cancel").await;
    let list = asha.last_message("#general").unwrap();
    house.types(&asha, "/timeoff list").await;
    asha.press_on(&list, "Cancel leave").await;
    house.settle().await;
    house.slack.clear_calls();
    // The other list is as it was.
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): Cancelled: Vacation, Thu 5 March.
    timeoff (only you can see this): Nothing was changed: Vacation, Thu 5 March is cancelled already.
    ");
    assert!(
        house.slack.calls("chat.postMessage").is_empty(),
        "Ben is told once"
    );
    assert_eq!(ben.dm().matches("cancelled leave").count(), 1);
}

#[tokio::test]
async fn a_double_click_cancels_once() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    let press = asha.press_request("Cancel leave");
    let (one, other) = tokio::join!(house.slack.send(&press), house.slack.send(&press));
    assert_eq!((one.unwrap().status, other.unwrap().status), (200, 200));
    house.settle().await;
    assert_eq!(ben.dm().matches("cancelled leave").count(), 1);
}

#[tokio::test]
async fn nobody_cancels_somebody_elses_leave() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    house.asks(&dev, "2026-03-05", "2026-03-05").await;
    // Dev's press, with the number of Asha's leave in it.
    let press = dev.press_request("Cancel request");
    let (own, hers): (i64, i64) = (
        house
            .value("SELECT action_id FROM pending_action WHERE user_id = 'U_DEV'")
            .await,
        house
            .value("SELECT action_id FROM pending_action WHERE user_id = 'U_ASHA'")
            .await,
    );
    let button = |id: i64| format!("%22value%22%3A%22{id}%22");
    house
        .sends(&house.forged(&press, &button(own), &button(hers)))
        .await;
    assert_snapshot!(dev.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    timeoff (only you can see this): Only the person whose leave it is can cancel it.
    ");
    for nonsense in ["999999", "x", "", "99999999999999999999"] {
        let press = dev.press_request("Cancel request");
        let forged = house.forged(
            &press,
            &button(own),
            &format!("%22value%22%3A%22{nonsense}%22"),
        );
        assert_eq!(house.sends(&forged).await.status, 200);
    }
    assert_eq!(
        house
            .value::<String>("SELECT state FROM pending_action WHERE user_id = 'U_ASHA'")
            .await,
        "completed"
    );
    assert_eq!(
        dev.dm()
            .matches("This leave does not exist any more.")
            .count(),
        4
    );
}

#[tokio::test]
async fn of_cancel_and_approve_at_the_same_moment_one_wins() {
    let house = House::build(Plan {
        connections: 4,
        ..Plan::default()
    })
    .await;
    let (asha, ben) = (house.asha(), house.ben());
    let mut day = jiff::civil::date(2026, 3, 3);
    for race in 1..=20 {
        house.asks(&asha, &day.to_string(), &day.to_string()).await;
        let (cancel, approve) = (
            asha.press_request("Cancel request"),
            ben.press_request("Approve"),
        );
        let (one, other) = tokio::join!(house.slack.send(&cancel), house.slack.send(&approve));
        assert_eq!((one.unwrap().status, other.unwrap().status), (200, 200));
        house.settle().await;
        // Approved leave can be cancelled too, so either way it ends cancelled; Ben knows.
        let cancelled: i64 = house
            .value("SELECT count(*) FROM pending_action WHERE state = 'cancelled'")
            .await;
        assert_eq!(
            usize::try_from(cancelled),
            Ok(race),
            "{}\n{}",
            asha.dm(),
            ben.dm()
        );
        let told = ben.dm().matches("@asha cancelled this").count();
        assert_eq!(told, race, "{}", ben.dm());
        day = day.tomorrow().unwrap();
        while [jiff::civil::Weekday::Saturday, jiff::civil::Weekday::Sunday]
            .contains(&day.weekday())
        {
            day = day.tomorrow().unwrap();
        }
        // Sixty seconds between two requests keep the rate limit out of it.
        house.pass(jiff::SignedDuration::from_mins(1));
    }
}
