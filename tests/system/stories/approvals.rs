//! What an approver sees, and the first decision.

use insta::assert_snapshot;

use crate::support::{House, id, latest, messages};

#[tokio::test]
async fn an_approver_sees_dates_working_days_reason_and_who_else_is_off() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house
        .is_away(&house.carla(), "2026-03-05", "2026-03-06")
        .await;
    house.asks(&dev, "2026-03-09", "2026-03-09").await;

    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-05").await;
    house.fills(&asha, "Last day", "2026-03-09").await;
    house
        .fills(&asha, "Reason", "Moving *house* & <!channel>\nsecond line")
        .await;
    assert_eq!(house.submits(&asha).await, "");

    assert_snapshot!(latest(&ben), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Mon 9 March*
      3 working days
      > Moving *house* & <!channel>
      > second line
      ~ Also off then: Carla Mendes Thu 5 – Fri 6 March; Dev Patel Mon 9 March (not decided yet)
      [Approve] [Deny]
    ");
    assert_snapshot!(latest(&asha), @"
    timeoff: *Vacation, Thu 5 – Mon 9 March*
      3 working days
      :hourglass_flowing_sand: Waiting for @ben.
      ~ Your reason, seen only by your approvers and people admins: Moving *house* & <!channel>
      second line
      [Cancel request]
    ");
    assert_snapshot!(
        house.slack.calls("chat.postMessage").iter().filter(|call| call["channel"] == "U_BEN")
            .map(|call| call["text"].to_string()).collect::<Vec<_>>().join("\n"),
        @r#"
    "<@U_DEV> asks for Vacation, Mon 9 March (1 working day)"
    "<@U_ASHA> asks for Vacation, Thu 5 – Mon 9 March (3 working days)"
    "#
    );
    assert!(
        !dev.dm().contains("house"),
        "the reason is not for colleagues"
    );
}

#[tokio::test]
async fn the_first_decision_wins_and_the_others_see_who_decided() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_DEV")])
        .await;
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(latest(&asha), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben and @dev.
      [Cancel request]
    ");
    assert!(ben.dm().contains("[Approve] [Deny]") && dev.dm().contains("[Approve] [Deny]"));

    house.presses(&dev, "Approve").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @dev.
      [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @dev.
    ");
    assert_snapshot!(dev.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by you.
    ");
}

#[tokio::test]
async fn leave_that_needs_no_approval_is_noted_and_the_approver_is_told() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.types(&asha, "/timeoff today").await;
    house.fills(&asha, "Leave type", "Sick leave").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Sick leave, Mon 2 March*
      1 working day
      :white_check_mark: Noted; no approval needed.
      [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha is away: *Sick leave, Mon 2 March*
      1 working day
      :information_source: No approval needed.
    ");
    let states: String = house
        .value("SELECT string_agg(day || ' ' || portion || ' ' || state, ', ') FROM leave_record")
        .await;
    assert_eq!(states, "2026-03-02 full completed");

    house.at("2026-03-20T12:00:00Z").await;
    assert_eq!(messages(&ben), 1, "nothing waits, so nobody is reminded");
}

#[tokio::test]
async fn approved_leave_becomes_a_record_for_each_working_day() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let records = "SELECT string_agg(day || ' ' || state, ', ' ORDER BY day) FROM leave_record";
    house.asks(&asha, "2026-03-06", "2026-03-10").await;
    assert_eq!(
        house.value::<String>(records).await,
        "2026-03-06 pending, 2026-03-09 pending, 2026-03-10 pending"
    );
    house.presses(&ben, "Approve").await;
    assert_eq!(
        house.value::<String>(records).await,
        "2026-03-06 completed, 2026-03-09 completed, 2026-03-10 completed"
    );
    house.presses(&asha, "Cancel leave").await;
    assert_eq!(
        house.value::<String>(records).await,
        "2026-03-06 cancelled, 2026-03-09 cancelled, 2026-03-10 cancelled"
    );
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Fri 6 – Tue 10 March*
      3 working days
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: @asha cancelled leave: Vacation, Fri 6 – Tue 10 March. They will be at work.
    ");
}

#[tokio::test]
async fn an_only_approver_decides_on_their_own_leave_where_that_is_allowed() {
    let house = House::open().await;
    let ben = house.ben();
    house
        .settings(|settings| settings.self_approval = true)
        .await;
    house.asks(&ben, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Approve").await;
    assert_snapshot!(ben.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by you.
      [Cancel leave]
    timeoff: @ben asks for *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by you.
    ");
}
