//! A request in the leave channel gets a reply that says how it was read.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn on_leave_tomorrow_is_enough() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "On leave tomorrow").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_snapshot!(ben.dm(), @"");
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_eq!(asha.dm(), "", "the thread is the one place that follows it");
}

#[tokio::test]
async fn sick_leave_is_recorded_without_an_approver() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "Fever, sick leave today").await;
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_snapshot!(ben.dm(), @"");
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
    assert_snapshot!(asha.channel("#leave"), @"");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn a_weekend_day_is_named_and_not_counted() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "on leave Saturday and Monday").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn a_weekend_alone_is_nothing_to_ask_for() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "on leave on Saturday").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn own_leave_is_left_out_and_named() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-04", "2026-03-04").await;
    house.writes(&asha, "on leave 3rd to 5th").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    house.writes(&asha, "on leave on the 4th").await;
    assert_snapshot!(last_reply(&house), @"");
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
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn too_much_at_once_is_refused_with_the_limit() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .settings(|settings| settings.longest_leave_days = 3)
        .await;
    house.writes(&asha, "on leave 9th to 13th").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn a_public_holiday_is_named_and_a_request_spans_it() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .execute("INSERT INTO public_holiday (workspace_id, location, day, name) VALUES ('T1', 'default', '2026-03-04', 'Holi')")
        .await;
    house.writes(&asha, "on leave 3rd to 5th").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn the_day_is_the_authors_own() {
    // 20:00 in UTC is already Tuesday in Kolkata.
    let house = House::open().await;
    house.at("2026-03-02T20:00:00Z").await;
    house.writes(&house.asha(), "on leave today").await;
    house.writes(&house.ben(), "on leave today").await;
    assert_snapshot!(house.asha().channel("#leave"), @"");
}

fn last_reply(house: &House) -> String {
    let asha = house.asha();
    let last = asha.last_message("#leave").expect("a message");
    asha.text_of(&last)
}
