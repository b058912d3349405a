//! Channels that an admin chooses: the app goes in, or says what is in the way.

use insta::assert_snapshot;
use simulators::slack::{Channel, Fault};

use crate::support::{House, OTHER, TEAM};

/// Carla chooses a leave channel; what the app then says to her.
async fn chooses(house: &House, channel: &str) -> String {
    let carla = house.carla();
    house.changes(&carla, "Leave channel").await;
    assert_eq!(house.saves(&carla, &[("Leave channel", channel)]).await, "");
    carla.dm()
}

#[tokio::test]
async fn a_private_channel_has_to_let_the_app_in() {
    let house = House::with_neighbours().await;
    for team in [TEAM, OTHER] {
        house
            .slack
            .add_channel(team, Channel::new("C_AWAY", "away").private().members(["U_CARLA"]));
    }
    assert_snapshot!(chooses(&house, "#away").await, @"");
    assert_eq!(house.slack.person(OTHER, "U_CARLA").dm(), "", "next door nobody chose anything");
    // Somebody lets the app in, and it hears at once.
    house.slack.add_app_to_channel(TEAM, "C_AWAY");
    let carla = house.carla();
    carla.says("#away", "on leave tomorrow").await;
    house.settle().await;
    assert!(carla.channel("#away").contains("Tue 3 March"), "{}", carla.channel("#away"));
}

#[tokio::test]
async fn a_private_channel_that_has_the_app_is_fine() {
    let house = House::open().await;
    house
        .slack
        .add_channel(TEAM, Channel::new("C_AWAY", "away").private().members(["U_CARLA"]));
    house.slack.add_app_to_channel(TEAM, "C_AWAY");
    assert_eq!(chooses(&house, "#away").await, "");
}

#[tokio::test]
async fn what_is_in_the_way_is_told() {
    for (method, error, shown) in [
        ("conversations.info", "channel_not_found", "it is private"),
        ("conversations.join", "missing_scope", "no permission to join"),
        ("conversations.join", "is_archived", "it is archived"),
        ("conversations.join", "restricted_action", "does not let me in"),
    ] {
        let house = House::open().await;
        house
            .slack
            .fault(method, Fault::Error(error.to_owned()), Some(1));
        let said = chooses(&house, "#general").await;
        assert!(said.contains("is saved") && said.contains(shown), "{error}: {said}");
    }
}

#[tokio::test]
async fn trouble_that_passes_is_tried_again() {
    let house = House::open().await;
    house
        .slack
        .fault("conversations.info", Fault::Error("internal_error".to_owned()), Some(2));
    assert_eq!(chooses(&house, "#general").await, "");
    house.at("2026-03-02T09:05:00Z").await;
    house.at("2026-03-02T09:10:00Z").await;
    let asha = house.asha();
    asha.says("#general", "on leave tomorrow").await;
    house.settle().await;
    assert!(asha.channel("#general").contains("Tue 3 March"));
}

#[tokio::test]
async fn a_slack_that_stays_away_is_told() {
    let house = House::open().await;
    house
        .slack
        .fault("conversations.info", Fault::Error("internal_error".to_owned()), None);
    chooses(&house, "#general").await;
    for minute in ["05", "15", "30", "45", "55"] {
        house.at(&format!("2026-03-02T09:{minute}:00Z")).await;
    }
    assert_snapshot!(house.carla().dm(), @"");
}

#[tokio::test]
async fn channels_to_post_in_are_joined_and_approvers_channels_only_if_private() {
    let house = House::open().await;
    let carla = house.carla();
    house
        .slack
        .add_channel(TEAM, Channel::new("C_BOSS", "bosses").private().members(["U_CARLA"]));
    house
        .slack
        .add_channel(TEAM, Channel::new("C_LEADS", "leads").members(["U_BEN"]));
    house
        .slack
        .add_channel(TEAM, Channel::new("C_NEWS", "news").members(["U_BEN"]));
    house.changes(&carla, "Messages").await;
    let fields = [
        ("Channel for “who is off”", "#news"),
        ("Channel in which approved leave is announced", "#news"),
    ];
    assert_eq!(house.saves(&carla, &fields).await, "");
    house.changes(&carla, "Approvals").await;
    assert_eq!(house.saves(&carla, &[("Approvers' channel", "#leads")]).await, "");
    let joined: Vec<String> = house
        .slack
        .calls()
        .into_iter()
        .filter(|call| call.method == "conversations.join")
        .map(|call| call.args["channel"].to_string())
        .collect();
    assert_eq!(joined, ["\"C_NEWS\""]);
    house.changes(&carla, "Approvals").await;
    assert_eq!(house.saves(&carla, &[("Approvers' channel", "#bosses")]).await, "");
    assert_snapshot!(carla.dm(), @"");
}
