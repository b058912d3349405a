//! Today is the person's own: Asha in Kolkata is a day ahead in the evening.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn tomorrow_is_the_persons_own() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    // Monday evening in London is Tuesday in Kolkata.
    house.at("2026-03-02T20:00:00Z").await;
    assert_snapshot!(house.summary(&asha, "/timeoff tomorrow", &[]).await, @"
    *1 working day*: Wed 4 March
    Nobody else is off then.
    ");
    assert_snapshot!(house.summary(&dev, "/timeoff tomorrow", &[]).await, @"
    *1 working day*: Tue 3 March
    Nobody else is off then.
    ");
    assert_snapshot!(house.summary(&asha, "/timeoff monday", &[]).await, @"
    *1 working day*: Mon 9 March
    Nobody else is off then.
    ");
    assert_snapshot!(house.summary(&dev, "/timeoff monday", &[]).await, @"
    *1 working day*: Mon 2 March
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn the_year_of_the_first_allowed_day_is_the_persons_own() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.at("2026-12-31T20:00:00Z").await;
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-12-31", &[]).await, @"First day: Leave can be entered from Fri 1 January 2027 on. For earlier days, please ask a people admin.");
    assert_snapshot!(house.is_told(&dev, "/timeoff 2026-12-31", &[]).await, @"");
}

#[tokio::test]
async fn leave_is_over_by_the_persons_own_day() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.takes(&asha, "/timeoff 2026-03-02", &[]).await;
    house.takes(&dev, "/timeoff 2026-03-02", &[]).await;
    house.at("2026-03-02T20:00:00Z").await;
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
      ---
      == Past, denied and cancelled ==
      • Vacation, Mon 2 March, 1 working day, approved
    ");
    house.types(&dev, "/timeoff list").await;
    assert_snapshot!(dev.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      *Vacation, Mon 2 March*
      1 working day, approved  [Cancel leave]
    ");
    house.types(&asha, "/timeoff who").await;
    assert_snapshot!(asha.text_of(&asha.last_message("#general").unwrap()), @"
    timeoff (only you can see this): *Off today, Tue 3 March*
      Nobody.
      *Off this week, Mon 2 – Sun 8 March*
      • Asha Rao: Mon 2 March
      • Dev Patel: Mon 2 March
    ");
    house.types(&dev, "/timeoff who").await;
    assert_snapshot!(dev.text_of(&dev.last_message("#general").unwrap()), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      • Asha Rao
      • Dev Patel
      *Off this week, Mon 2 – Sun 8 March*
      • Asha Rao: Mon 2 March
      • Dev Patel: Mon 2 March
    ");
}

#[tokio::test]
async fn home_shows_the_persons_own_day() {
    let house = House::open().await;
    let (asha, carla, dev) = (house.asha(), house.carla(), house.dev());
    house.takes(&carla, "/timeoff 2026-03-02", &[]).await;
    house
        .takes(&dev, "/timeoff 2026-03-03 to 2026-03-09", &[])
        .await;
    house.at("2026-03-02T20:00:00Z").await;
    asha.opens_home().await;
    dev.opens_home().await;
    house.settle().await;
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Tue 3 March*
    • Dev Patel, until Mon 9 March
    *Off in the next two weeks, until Tue 17 March*
    • Dev Patel: Wed 4 – Mon 9 March
    ~ As of Tue 3 March, 01:30.
    ");
    assert_snapshot!(dev.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    *Vacation, Tue 3 – Mon 9 March*
    5 working days, approved  [Cancel leave]
    ---
    *Off today, Mon 2 March*
    • Carla Mendes
    *Off in the next two weeks, until Mon 16 March*
    • Dev Patel: Tue 3 – Mon 9 March
    ~ As of Mon 2 March, 20:00.
    ");
}

#[tokio::test]
async fn dates_of_another_year_carry_it_for_each_reader() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    // New Year's Eve in London, New Year in Kolkata.
    house.at("2026-12-31T20:00:00Z").await;
    house.asks(&asha, "2027-01-05", "2027-01-06").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 5 – Wed 6 January*
      2 working days
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Tue 5 – Wed 6 January 2027*
      2 working days
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
}
