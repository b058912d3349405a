//! The people directory follows Slack, and keeps what an admin said.

use simulators::slack::Member;
use timeoff::tenant::store::{self, PersonChange};

use crate::support::{House, TEAM, id};

#[tokio::test]
async fn somebody_who_joins_can_ask_at_once() {
    let house = House::open().await;
    let eve = Member::new("U_EVE", "eve").real_name("Eve Stone");
    house
        .slack
        .join_workspace(TEAM, eve.tz("Europe/Paris"))
        .await;
    house.settle().await;
    let people: String = house
        .value("SELECT name || ', ' || time_zone FROM person WHERE user_id = 'U_EVE'")
        .await;
    assert_eq!(people, "Eve Stone, Europe/Paris");
}

#[tokio::test]
async fn a_changed_profile_is_taken_over() {
    let house = House::open().await;
    house
        .slack
        .change_person(TEAM, "U_ASHA", |asha| {
            asha.real_name("Asha Rao-Iyer").tz("Europe/Lisbon")
        })
        .await;
    house.settle().await;
    let asha: String = house
        .value("SELECT name || ', ' || time_zone FROM person WHERE user_id = 'U_ASHA'")
        .await;
    assert_eq!(asha, "Asha Rao-Iyer, Europe/Lisbon");
}

#[tokio::test]
async fn whom_an_admin_switched_off_stays_off_when_their_profile_changes() {
    let house = House::open().await;
    let mut tx = house.tx().await;
    let off = PersonChange {
        active: Some(false),
        ..PersonChange::default()
    };
    assert!(
        store::change_person(&mut tx, &id("U_DEV"), &off)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    house
        .slack
        .change_person(TEAM, "U_DEV", |dev| dev.title("Still here"))
        .await;
    house.settle().await;
    let mut tx = house.tx().await;
    let dev = store::person(&mut tx, &id("U_DEV")).await.unwrap().unwrap();
    assert!(!dev.active);
}

#[tokio::test]
async fn whoever_leaves_slack_is_inactive_and_back_when_they_come_back() {
    let house = House::open().await;
    for (deleted, active) in [(true, false), (false, true)] {
        let envelope = serde_json::json!({"type": "user_change", "user": {
            "id": "U_DEV", "name": "dev", "deleted": deleted, "profile": {"real_name": "Dev Patel"},
        }});
        house.slack.send_event(TEAM, envelope).await;
        house.settle().await;
        let now: bool = house
            .value("SELECT active FROM person WHERE user_id = 'U_DEV'")
            .await;
        assert_eq!(now, active);
    }
}

/// All that is kept of Dev next door, as text.
async fn dev_next_door(house: &House) -> String {
    house
        .value("SELECT to_jsonb(person)::text FROM person WHERE workspace_id = 'T2' AND user_id = 'U_DEV'")
        .await
}

#[tokio::test]
async fn joining_changing_and_leaving_are_of_one_workspace() {
    let house = House::with_neighbours().await;
    let before = dev_next_door(&house).await;
    let eve = Member::new("U_EVE", "eve").email("eve@paper.example");
    house.slack.join_workspace(TEAM, eve).await;
    house
        .slack
        .change_person(TEAM, "U_DEV", |dev| {
            dev.real_name("Dev Shah").email("dev.shah@paper.example")
        })
        .await;
    house.settle().await;
    let theirs: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, user_id, email), ', ' ORDER BY user_id) FROM person WHERE user_id = 'U_EVE' OR (workspace_id = 'T1' AND user_id = 'U_DEV')")
        .await;
    assert_eq!(
        theirs,
        "T1 U_DEV dev.shah@paper.example, T1 U_EVE eve@paper.example"
    );
    house
        .slack
        .change_person(TEAM, "U_DEV", Member::deactivated)
        .await;
    house.settle().await;
    let active: bool = house
        .value("SELECT active FROM person WHERE workspace_id = 'T1' AND user_id = 'U_DEV'")
        .await;
    assert!(!active);
    assert_eq!(dev_next_door(&house).await, before);
}

#[tokio::test]
async fn a_changed_profile_alone_is_taken_over() {
    let house = House::with_neighbours().await;
    let before = dev_next_door(&house).await;
    let event = serde_json::json!({"type": "user_profile_changed", "user": {
        "id": "U_DEV", "name": "dev", "tz": "Europe/Lisbon",
        "profile": {"real_name": "Dev Shah", "email": "dev.shah@paper.example"},
    }});
    house.slack.send_event(TEAM, event).await;
    house.settle().await;
    let dev: String = house
        .value("SELECT concat_ws(', ', name, email, time_zone) FROM person WHERE workspace_id = 'T1' AND user_id = 'U_DEV'")
        .await;
    assert_eq!(dev, "Dev Shah, dev.shah@paper.example, Europe/Lisbon");
    assert_eq!(dev_next_door(&house).await, before);
}
