//! What admins see in the Home tab.

use insta::assert_snapshot;
use simulators::service::Fault;
use timeoff::tenant::store::PersonChange;

use crate::support::{House, OTHER, id};

#[tokio::test]
async fn an_admin_retries_a_failed_sync_in_home() {
    let house = House::with_services().await;
    house.neighbours_move_in().await;
    let (asha, ben, carla) = (house.asha(), house.ben(), house.carla());
    let other_carla = house.slack.person(OTHER, "U_CARLA");
    assert_snapshot!(house.opens_home(&carla).await, @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    :white_check_mark: All leave is in the other services as it should be.
    == Settings ==
    *Leave channel*
    #leave. A question of mine lapses after 1 hour.
    I listen for “leave”, “ooo”, “wfh”, “sick”, “vacation”, “pto” and “day off”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” is not posted.
    Approved leave is not announced.
    People are reminded of their own leave the day before.  [Change]
    *Data*
    Kept for 30 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    On, leave appears in time-off@group.calendar.google.com (set by whoever runs timeoff).  [Change]
    *Harvest*
    On, leave is booked in account 100001 (set by whoever runs timeoff).  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
    house.opens_home(&other_carla).await;
    house.opens_home(&ben).await;
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    house.is_granted(&asha, "2026-03-09", "2026-03-09").await;
    // The tab was open: nobody has refreshed it.
    assert_snapshot!(carla.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Mon 9 March
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    :warning: *Leave that is not everywhere as it should be*
    @asha: *Vacation, Mon 9 March*
    ✓ Calendar
    ✗ Harvest, Mon 9 March not entered: Harvest answered 500: There was a server error.  [Retry]
    ~ Retry does only what failed, and looks first for what is there.
    == Settings ==
    *Leave channel*
    #leave. A question of mine lapses after 1 hour.
    I listen for “leave”, “ooo”, “wfh”, “sick”, “vacation”, “pto” and “day off”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” is not posted.
    Approved leave is not announced.
    People are reminded of their own leave the day before.  [Change]
    *Data*
    Kept for 30 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    On, leave appears in time-off@group.calendar.google.com (set by whoever runs timeoff).  [Change]
    *Harvest*
    On, leave is booked in account 100001 (set by whoever runs timeoff).  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
    for person in [&ben, &other_carla] {
        assert!(!person.home().contains("Retry"), "{}", person.home());
    }
    house.presses_home(&carla, "Retry").await;
    assert_snapshot!(carla.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Mon 9 March
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    :white_check_mark: All leave is in the other services as it should be.
    == Settings ==
    *Leave channel*
    #leave. A question of mine lapses after 1 hour.
    I listen for “leave”, “ooo”, “wfh”, “sick”, “vacation”, “pto” and “day off”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” is not posted.
    Approved leave is not announced.
    People are reminded of their own leave the day before.  [Change]
    *Data*
    Kept for 30 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    On, leave appears in time-off@group.calendar.google.com (set by whoever runs timeoff).  [Change]
    *Harvest*
    On, leave is booked in account 100001 (set by whoever runs timeoff).  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
    assert_snapshot!(house.outside.time_sheet(), @"2026-03-09 Asha Rao: 8 h Vacation");
}

#[tokio::test]
async fn a_retry_that_comes_too_late_is_answered() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    house.is_granted(&asha, "2026-03-09", "2026-03-09").await;
    house.opens_home(&carla).await;
    house.stop_workers();
    carla.press_home("Retry").await;
    carla.press_home("Retry").await;
    house.start_workers();
    house.settle().await;
    assert!(
        carla
            .dm()
            .contains("Nothing was changed. This leave is being tried again already."),
        "{}",
        carla.dm()
    );
    assert!(!carla.home().contains("Retry"), "{}", carla.home());
    assert_eq!(house.harvest().entries().len(), 1);
}

#[tokio::test]
async fn people_without_an_approver_are_named() {
    const NOTHING: &str = "\n~ You see this because you are an admin of this workspace.\n";
    let house = House::with_neighbours().await;
    let carla = house.carla();
    let other_carla = house.slack.person(OTHER, "U_CARLA");
    let for_admins = |home: String| match home.split_once("== For admins ==") {
        // The settings have their own stories.
        Some((_, part)) => part
            .split("== Settings ==")
            .next()
            .unwrap_or_default()
            .to_owned(),
        None => "nothing".to_owned(),
    };
    assert_eq!(for_admins(house.opens_home(&carla).await), NOTHING);
    house.settings(|settings| settings.approvers.clear()).await;
    assert_snapshot!(for_admins(house.opens_home(&carla).await), @"

    ~ You see this because you are an admin of this workspace.
    *Nobody has an approver yet.* All requests go to the workspace's admins. Choose approvers for everybody below, under “Approvals”; whoever runs timeoff can choose one for a single person: `timeoff admin person USER --approver USER`.
    ");
    for (user, approver) in [
        ("U_ASHA", "U_BEN"),
        ("U_BEN", "U_CARLA"),
        ("U_CARLA", "U_DEV"),
    ] {
        let change = PersonChange {
            approver: Some(approver),
            ..PersonChange::default()
        };
        house.sets(user, change).await;
    }
    assert_snapshot!(for_admins(house.opens_home(&carla).await), @"

    ~ You see this because you are an admin of this workspace.
    *People without an approver*
    • Dev Patel
    ~ Their requests go to the workspace's admins. Choose approvers for everybody below, under “Approvals”; whoever runs timeoff can choose one for a single person: `timeoff admin person USER --approver USER`.
    ");
    // Ben leaves, and so Asha has nobody.
    let gone = PersonChange {
        active: Some(false),
        ..PersonChange::default()
    };
    house.sets("U_BEN", gone).await;
    assert_snapshot!(for_admins(house.opens_home(&carla).await), @"

    ~ You see this because you are an admin of this workspace.
    *People without an approver*
    • Asha Rao
    • Dev Patel
    ~ Their requests go to the workspace's admins. Choose approvers for everybody below, under “Approvals”; whoever runs timeoff can choose one for a single person: `timeoff admin person USER --approver USER`.
    ");
    house
        .settings(|settings| settings.approvers = vec![id("U_CARLA"), id("U_DEV")])
        .await;
    assert_eq!(for_admins(house.opens_home(&carla).await), NOTHING);
    assert_eq!(for_admins(house.opens_home(&other_carla).await), NOTHING);
    assert_eq!(for_admins(house.opens_home(&house.dev()).await), "nothing");
}
