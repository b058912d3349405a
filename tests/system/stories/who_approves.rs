//! Who is asked, in which order, and what they are told about it.

use insta::assert_snapshot;
use simulators::slack::{Channel, Fault};
use timeoff::platform::ids::ChannelId;
use timeoff::tenant::store::PersonChange;

use crate::support::{House, TEAM, id, latest};

fn own_approver(user: &str) -> PersonChange<'_> {
    PersonChange {
        approver: Some(user),
        ..PersonChange::default()
    }
}

fn inactive() -> PersonChange<'static> {
    PersonChange {
        active: Some(false),
        ..PersonChange::default()
    }
}

/// Who has buttons to decide with.
fn asked(house: &House) -> String {
    let people = [
        ("Asha", house.asha()),
        ("Ben", house.ben()),
        ("Carla", house.carla()),
        ("Dev", house.dev()),
    ];
    let asked: Vec<&str> = people
        .iter()
        .filter(|(_, person)| person.dm().contains("[Approve] [Deny]"))
        .map(|(name, _)| *name)
        .collect();
    asked.join(", ")
}

async fn with_channel(house: &House) {
    house.slack.add_channel(
        TEAM,
        Channel::new("C_BOSSES", "bosses").members(["U_BEN", "U_DEV"]),
    );
    house.slack.add_app_to_channel(TEAM, "C_BOSSES");
    house
        .settings(|settings| {
            settings.approvers.clear();
            settings.approver_channel = ChannelId::parse("C_BOSSES").ok();
        })
        .await;
}

#[tokio::test]
async fn a_persons_own_approver_comes_first() {
    let house = House::open().await;
    house.sets("U_ASHA", own_approver("U_DEV")).await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Dev");
}

#[tokio::test]
async fn the_workspaces_list_is_asked_where_nobody_has_an_own_approver() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Ben");
}

#[tokio::test]
async fn the_members_of_the_approvers_channel_are_asked_but_no_bot() {
    let house = House::open().await;
    with_channel(&house).await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Ben, Dev");
    assert_snapshot!(latest(&house.asha()), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben and @dev.
      [Cancel request]
    ");
    let waiting: i64 = house.value("SELECT count(*) FROM approval").await;
    assert_eq!(waiting, 2);
}

#[tokio::test]
async fn list_and_channel_together_ask_everybody_of_both_once() {
    let house = House::open().await;
    with_channel(&house).await;
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_CARLA")])
        .await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Ben, Carla, Dev");
    assert_eq!(house.rings(&house.ben()), 1);
}

#[tokio::test]
async fn the_admins_are_asked_where_no_approver_is_chosen() {
    let house = House::open().await;
    house.settings(|settings| settings.approvers.clear()).await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Carla");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn nobody_is_asked_about_their_own_leave() {
    let house = House::open().await;
    house.asks(&house.ben(), "2026-03-05", "2026-03-05").await;
    assert_eq!(
        asked(&house),
        "Carla",
        "the only approver's leave goes to the admins"
    );
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_DEV")])
        .await;
    house.presses(&house.carla(), "Approve").await;
    house.asks(&house.dev(), "2026-03-06", "2026-03-06").await;
    assert_eq!(asked(&house), "Ben");
}

#[tokio::test]
async fn self_approval_is_only_for_somebody_who_is_the_only_approver() {
    let house = House::open().await;
    house
        .settings(|settings| {
            settings.self_approval = true;
            settings.approvers = vec![id("U_BEN"), id("U_DEV")];
        })
        .await;
    house.asks(&house.ben(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Dev");
}

#[tokio::test]
async fn an_approver_on_leave_is_passed_over_for_the_next_in_line_and_the_message_says_so() {
    let house = House::open().await;
    house
        .is_away(&house.ben(), "2026-03-02", "2026-03-06")
        .await;
    house.asks(&house.asha(), "2026-03-10", "2026-03-10").await;
    assert_eq!(asked(&house), "Carla");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: @asha asks for *Vacation, Tue 10 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because @ben is on leave until Fri 6 March.
      [Approve] [Deny]
    ");
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @carla.
      [Cancel request]
    ");
}

#[tokio::test]
async fn of_several_approvers_those_on_leave_are_passed_over() {
    let house = House::open().await;
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_DEV")])
        .await;
    house
        .is_away(&house.ben(), "2026-03-02", "2026-03-02")
        .await;
    house.asks(&house.asha(), "2026-03-10", "2026-03-10").await;
    assert_eq!(asked(&house), "Dev");
    assert_snapshot!(house.dev().dm(), @"
    timeoff: @asha asks for *Vacation, Tue 10 March*
      1 working day
      ~ Nobody else is off then.
      ~ Not asked: @ben is on leave today.
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn when_everybody_is_on_leave_the_first_in_line_is_asked_all_the_same() {
    let house = House::open().await;
    house
        .is_away(&house.ben(), "2026-03-02", "2026-03-06")
        .await;
    house
        .is_away(&house.carla(), "2026-03-02", "2026-03-03")
        .await;
    house.asks(&house.asha(), "2026-03-10", "2026-03-10").await;
    assert_eq!(asked(&house), "Ben");
    assert_snapshot!(house.ben().dm(), @"
    timeoff: @asha asks for *Vacation, Tue 10 March*
      1 working day
      ~ Nobody else is off then.
      ~ Everybody who can decide is on leave, so you are asked all the same.
      [Approve] [Deny]
    ");
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben (on leave until Fri 6 March).
      [Cancel request]
    ");
}

#[tokio::test]
async fn where_an_approver_goes_on_leave_after_being_asked_the_next_in_line_are_asked_too() {
    let house = House::open().await;
    let (ben, carla) = (house.ben(), house.carla());
    house.asks(&house.asha(), "2026-03-10", "2026-03-10").await;
    house.is_away(&ben, "2026-03-03", "2026-03-04").await;
    house.at("2026-03-03T10:59:00Z").await;
    assert_eq!(asked(&house), "Ben");
    house.at("2026-03-03T11:00:00Z").await;
    assert_eq!(asked(&house), "Ben, Carla");
    assert_snapshot!(carla.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 10 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because @ben is on leave until Wed 4 March.
      [Approve] [Deny]
    ");
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben (on leave until Wed 4 March) and @carla.
      [Cancel request]
    ");
    assert_eq!(house.rings(&ben), 1, "nobody is reminded on leave");
    house.at("2026-03-05T11:00:00Z").await;
    assert_eq!(house.rings(&ben), 2, "but on the day after");
}

#[tokio::test]
async fn where_an_approver_leaves_the_company_the_next_in_line_are_asked_at_once() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-10", "2026-03-10").await;
    house.sets("U_BEN", inactive()).await;
    house.round().await;
    assert_eq!(
        asked(&house),
        "Ben, Carla",
        "Slack shows Ben nothing any more"
    );
    for _ in 0..3 {
        house.round().await;
    }
    assert_eq!(house.rings(&house.carla()), 1);
    house.presses(&house.carla(), "Approve").await;
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :white_check_mark: Approved by @carla.
      [Cancel leave]
    ");
}

#[tokio::test]
async fn where_the_only_approver_leaves_and_nobody_is_left_the_requester_is_told_once() {
    let house = House::open().await;
    let carla = house.carla();
    house.asks(&carla, "2026-03-10", "2026-03-10").await;
    house.sets("U_BEN", inactive()).await;
    for minute in 1..9 {
        house.at(&format!("2026-03-02T09:0{minute}:00Z")).await;
    }
    assert_snapshot!(carla.dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :hourglass_flowing_sand: Waiting for approval.
      [Cancel request]
    timeoff: I found nobody who can approve your request for Vacation, Tue 10 March. It is kept, and I look again every hour. Please ask a workspace admin to choose an approver.
    ");
    house
        .settings(|settings| settings.approvers = vec![id("U_DEV")])
        .await;
    house.at("2026-03-02T10:02:00Z").await;
    assert!(house.dev().dm().contains("[Approve] [Deny]"));
}

#[tokio::test]
async fn when_nobody_can_approve_the_requester_is_told_and_a_later_approver_is_asked_within_an_hour()
 {
    let house = House::open().await;
    let carla = house.carla();
    house.settings(|settings| settings.approvers.clear()).await;
    house.asks(&carla, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for approval.
      [Cancel request]
    timeoff: I found nobody who can approve your request for Vacation, Thu 5 March. It is kept, and I look again every hour. Please ask a workspace admin to choose an approver.
    ");
    assert_eq!(asked(&house), "");

    for hour in 10..15 {
        house.at(&format!("2026-03-02T{hour}:00:00Z")).await;
        house.round().await;
    }
    assert_eq!(house.rings(&carla), 2, "told once, not every hour");
    house
        .settings(|settings| settings.approvers = vec![id("U_DEV")])
        .await;
    house.at("2026-03-02T15:00:00Z").await;
    assert_eq!(asked(&house), "Dev");
    house.presses(&house.dev(), "Approve").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @dev.
      [Cancel leave]
    timeoff: I found nobody who can approve your request for Vacation, Thu 5 March. It is kept, and I look again every hour. Please ask a workspace admin to choose an approver.
    ");
}

#[tokio::test]
async fn a_channel_that_cannot_be_read_stops_no_request() {
    let house = House::open().await;
    with_channel(&house).await;
    house.slack.fault(
        "conversations.members",
        Fault::Error("channel_not_found".into()),
        None,
    );
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "Carla");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because the approvers' channel cannot be read (is the app still in it, with the permission to look?).
      [Approve] [Deny]
    ");

    house
        .settings(|settings| settings.approvers = vec![id("U_BEN")])
        .await;
    house.asks(&house.asha(), "2026-03-06", "2026-03-06").await;
    assert_eq!(asked(&house), "Ben, Carla");
    assert!(!house.ben().dm().contains("You are asked because"));
}

#[tokio::test]
async fn a_channel_that_slack_cannot_show_for_a_moment_is_read_again() {
    let house = House::open().await;
    with_channel(&house).await;
    house
        .slack
        .fault("conversations.members", Fault::RateLimited(20), Some(1));
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_eq!(asked(&house), "");
    house.at("2026-03-02T09:00:21Z").await;
    assert_eq!(asked(&house), "Ben, Dev");
}
