//! Somebody will be at work after all.

use insta::assert_snapshot;

use crate::support::House;

async fn with_approved_leave(first: &str, last: &str) -> House {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, first, last).await;
    house.presses(&ben, "Approve").await;
    house
}

#[tokio::test]
async fn days_are_taken_back_after_a_question() {
    let house = with_approved_leave("2026-03-09", "2026-03-13").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "cancel my leave on the 11th").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_snapshot!(asha.dm(), @"");
    assert_snapshot!(ben.dm(), @"");
    let days: String = house
        .value("SELECT string_agg(extract(day FROM day)::text, ' ' ORDER BY day) FROM leave_record WHERE state <> 'cancelled'")
        .await;
    assert_eq!(days, "9 10 12 13");
}

#[tokio::test]
async fn keep_it_keeps_it() {
    let house = with_approved_leave("2026-03-11", "2026-03-11").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "cancel my leave on the 11th").await;
    house.presses_in_leave(&ben, "Yes, cancel").await;
    house.presses_in_leave(&asha, "Keep it").await;
    assert_snapshot!(ben.channel("#leave"), @"");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "completed");
}

#[tokio::test]
async fn without_days_the_person_chooses_from_a_list_that_only_they_see() {
    let house = with_approved_leave("2026-03-11", "2026-03-12").await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "pls cancel my leave").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_snapshot!(ben.channel("#leave"), @"");
    house.presses_in_leave(&asha, "Cancel leave").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "cancelled");
}

#[tokio::test]
async fn nothing_to_cancel_is_said_so() {
    let house = House::open().await;
    let asha = house.asha();
    house.writes(&asha, "cancel my leave on Friday").await;
    house.writes(&asha, "please cancel my leave").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}

#[tokio::test]
async fn days_that_are_over_stay() {
    let house = with_approved_leave("2026-03-02", "2026-03-05").await;
    let asha = house.asha();
    house.at("2026-03-04T06:00:00Z").await;
    house.writes(&asha, "cancel my leave from 3rd to 5th").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    house.presses_in_leave(&asha, "Yes, cancel").await;
    let days: String = house
        .value("SELECT string_agg(extract(day FROM day)::text, ' ' ORDER BY day) FROM leave_record WHERE state <> 'cancelled'")
        .await;
    assert_eq!(days, "2 3");
}

#[tokio::test]
async fn a_proposal_that_was_not_sent_is_dropped_without_a_question() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave on 10th and 11th").await;
    house.replies(&asha, &said, "cancel the 11th").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    house.replies(&asha, &said, "cancel it").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    let states: String = house
        .value("SELECT string_agg(state, ' ') FROM pending_action")
        .await;
    assert_eq!(states, "cancelled cancelled");
}

#[tokio::test]
async fn the_question_expires_and_the_leave_stays() {
    let house = with_approved_leave("2026-03-11", "2026-03-11").await;
    let asha = house.asha();
    house.writes(&asha, "cancel my leave on the 11th").await;
    house.at("2026-03-02T10:30:00Z").await;
    assert_snapshot!(asha.channel("#leave"), @"");
}
