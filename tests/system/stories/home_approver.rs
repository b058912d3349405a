//! What waits for an approver, in the Home tab.

use insta::assert_snapshot;

use crate::support::{House, OTHER};

#[tokio::test]
async fn an_approver_decides_in_home_and_every_tab_follows() {
    let house = House::with_neighbours().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    let other_ben = house.slack.person(OTHER, "U_BEN");
    assert_snapshot!(house.opens_home(&ben).await, @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    == Waiting for you ==
    Nothing waits for your decision.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 09:00.
    ");
    house.opens_home(&asha).await;
    house.opens_home(&other_ben).await;
    house.is_away(&dev, "2026-03-05", "2026-03-06").await;
    house
        .is_told(&asha, "/timeoff 2026-03-05", &[("Reason", "Moving house")])
        .await;
    // The tab was open: nobody has refreshed it.
    assert_snapshot!(ben.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    == Waiting for you ==
    @asha asks for *Vacation, Thu 5 March*, 1 working day. Waiting since Mon 2 March.
    > Moving house
    ~ Also off then: Dev Patel Thu 5 March
    [Approve] [Deny]
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    • Dev Patel: Thu 5 – Fri 6 March
    ~ As of Mon 2 March, 09:00.
    ");
    assert!(!asha.home().contains("Moving house"), "{}", asha.home());
    house.presses_home(&ben, "Approve").await;
    assert_snapshot!(ben.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    == Waiting for you ==
    Nothing waits for your decision.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Thu 5 March
    • Dev Patel: Thu 5 – Fri 6 March
    ~ As of Mon 2 March, 09:00.
    ");
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    *Vacation, Thu 5 March*
    1 working day, approved  [Cancel leave]
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Thu 5 March
    • Dev Patel: Thu 5 – Fri 6 March
    ~ As of Mon 2 March, 14:30.
    ");
    assert_snapshot!(other_ben.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    == Waiting for you ==
    Nothing waits for your decision.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 09:00.
    ");
    assert!(!house.opens_home(&dev).await.contains("Moving house"));
}

#[tokio::test]
async fn denying_in_home_asks_for_a_note() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.opens_home(&asha).await;
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.opens_home(&ben).await;
    house.presses_home(&ben, "Deny").await;
    house.fills(&ben, "Note", "Next week works better").await;
    assert_eq!(house.submits(&ben).await, "");
    assert!(
        ben.home().contains("Nothing waits for your decision."),
        "{}",
        ben.home()
    );
    assert!(asha.home().contains("Nothing planned."), "{}", asha.home());
    assert!(
        asha.dm().contains("Next week works better"),
        "{}",
        asha.dm()
    );
}

#[tokio::test]
async fn who_presses_late_in_home_is_told_and_sees_how_it_stands() {
    let house = House::open().await;
    let (asha, ben, carla) = (house.asha(), house.ben(), house.carla());
    house
        .settings(|settings| settings.approvers.push(crate::support::id("U_CARLA")))
        .await;
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.opens_home(&ben).await;
    house.opens_home(&carla).await;
    // Both press at the same moment: neither tab has heard of the other.
    house.stop_workers();
    ben.press_home("Approve").await;
    carla.press_home("Deny").await;
    house.start_workers();
    house.settle().await;
    assert!(carla.find_modal().is_none());
    assert!(
        carla
            .dm()
            .contains("Nothing was changed: Vacation, Thu 5 March was already approved by @ben."),
        "{}",
        carla.dm()
    );
    for person in [&ben, &carla] {
        let home = person.home();
        assert!(home.contains("Nothing waits for your decision."), "{home}");
    }
    assert!(asha.toasts().is_empty() && ben.toasts().is_empty() && carla.toasts().is_empty());
}

#[tokio::test]
async fn a_team_shows_its_own_people_to_its_approver() {
    use timeoff::tenant::store::PersonChange;
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    for user in ["U_ASHA", "U_BEN"] {
        let change = PersonChange {
            team: Some("design"),
            ..PersonChange::default()
        };
        house.sets(user, change).await;
    }
    house.is_away(&dev, "2026-03-05", "2026-03-05").await;
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    let home = house.opens_home(&ben).await;
    assert!(home.contains("Nobody else is off then."), "{home}");
    let change = PersonChange {
        team: Some("design"),
        ..PersonChange::default()
    };
    house.sets("U_DEV", change).await;
    let home = house.opens_home(&ben).await;
    assert!(
        home.contains("Also off then: Dev Patel Thu 5 March"),
        "{home}"
    );
}
