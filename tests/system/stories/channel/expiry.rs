//! Nobody answers.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn after_an_hour_the_buttons_go() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "On leave tomorrow").await;
    house.at("2026-03-02T09:59:00Z").await;
    assert!(asha.channel("#leave").contains("[Confirm]"));
    house.at("2026-03-02T10:00:00Z").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :zzz: Expired without an answer; nothing was asked for. Write again, or use `/timeoff`.
    ");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "expired");
}

#[tokio::test]
async fn the_hour_is_a_setting() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .settings(|settings| settings.question_expires_minutes = 24 * 60)
        .await;
    house.writes(&asha, "On leave tomorrow").await;
    house.at("2026-03-03T08:59:00Z").await;
    assert!(asha.channel("#leave").contains("[Confirm]"));
    house.at("2026-03-03T09:00:00Z").await;
    assert!(!asha.channel("#leave").contains("[Confirm]"));
}

#[tokio::test]
async fn a_press_after_its_time_and_before_the_schedule_is_too_late() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "On leave tomorrow").await;
    house.clocks("2026-03-02T10:00:30Z");
    house.presses_in_leave(&asha, "Confirm").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: On leave tomorrow
      ↳ timeoff: *Tue 3 March* · Vacation · 1 working day
          :zzz: Expired without an answer; nothing was asked for. Write again, or use `/timeoff`.
      ↳ timeoff (only you can see this): The time to answer is over, so nothing was sent. Please write again, or use `/timeoff`.
    ");
    let records: i64 = house.value("SELECT count(*) FROM leave_record").await;
    assert_eq!(records, 0);
}

#[tokio::test]
async fn what_waits_for_an_approver_does_not_expire() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "On leave on Friday").await;
    house.presses_in_leave(&asha, "Confirm").await;
    house.at("2026-03-02T12:00:00Z").await;
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "pending");
}
