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
