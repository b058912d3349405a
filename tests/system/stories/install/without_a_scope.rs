//! One permission is missing, each in its turn: what needs it is off and says so, and the rest goes on.

use insta::assert_snapshot;
use jiff::SignedDuration;
use simulators::slack::{Channel, Fault, Member};
use timeoff::platform::config::Secret;
use timeoff::platform::ids::ChannelId;
use timeoff::routes::bot_scopes;
use timeoff::workspace::install::install_token;

use super::permissions::house_without;
use crate::support::{House, OTHER, TEAM, latest};

impl House {
    /// The first workspace has the app with fewer scopes from now on; the people are known.
    async fn loses(&self, scopes: &[&str]) {
        let left: Vec<&str> = bot_scopes()
            .into_iter()
            .filter(|scope| !scopes.contains(scope))
            .collect();
        self.slack.revoke_token(TEAM);
        let token = self.slack.install_app(TEAM, &left);
        install_token(&self.app.services, &Secret::new(token))
            .await
            .expect("installed again");
        self.settle().await;
    }
}

#[tokio::test]
async fn without_any_one_of_them_leave_is_asked_for_and_decided_on() {
    for scope in bot_scopes() {
        let house = House::with_neighbours().await;
        house.loses(&[scope]).await;
        let (asha, ben) = (house.asha(), house.ben());
        if scope == "commands" {
            house.opens_home(&asha).await;
            house.presses_home(&asha, "Request time off").await;
        } else {
            house.types(&asha, "/timeoff").await;
        }
        house.fills(&asha, "First day", "2026-03-05").await;
        assert_eq!(house.submits(&asha).await, "", "without {scope}");
        if scope == "chat:write" {
            // Nobody can be written to, so Home is where it goes on.
            assert_eq!(format!("{}{}", asha.dm(), ben.dm()), "");
            let waits = house.opens_home(&asha).await;
            assert!(waits.contains("waiting for approval"), "{waits}");
            house.opens_home(&ben).await;
            house.presses_home(&ben, "Approve").await;
        } else {
            house.presses(&ben, "Approve").await;
            assert!(asha.dm().contains("Approved by @ben"), "without {scope}");
        }
        assert_eq!(
            house.records().await,
            "2026-03-05 full 480 min 2026 completed",
            "without {scope}"
        );
        let home = house.opens_home(&house.carla()).await;
        assert!(
            home.contains(&format!("What is missing: `{scope}`")),
            "without {scope}: {home}"
        );
        let next_door = house.slack.person(OTHER, "U_CARLA");
        let home = house.opens_home(&next_door).await;
        assert!(!home.contains("What is missing"), "{home}");
    }
}

#[tokio::test]
async fn a_leave_channel_that_may_not_be_read_is_told_when_it_is_chosen() {
    let house = House::with_neighbours().await;
    house.loses(&["channels:history", "groups:history"]).await;
    house.slack.add_channel(
        TEAM,
        Channel::new("C_AWAY", "away")
            .private()
            .members(["U_CARLA"]),
    );
    house.slack.add_app_to_channel(TEAM, "C_AWAY");
    let carla = house.carla();
    let mut told = Vec::new();
    for channel in ["#general", "#away"] {
        house.changes(&carla, "Leave channel").await;
        house.saves(&carla, &[("Leave channel", channel)]).await;
        told.push(latest(&carla));
    }
    assert_snapshot!(told.join("\n"), @"
    timeoff: Your choice of #general is saved, but I cannot hear what people write there yet: I was not given the permission. My Home tab says which one is missing, and how to give it.
    timeoff: Your choice of #away is saved, but I cannot hear what people write there yet: I was not given the permission. My Home tab says which one is missing, and how to give it.
    ");
    // Next door the same channel is read.
    let next_door = house.slack.person(OTHER, "U_CARLA");
    house.changes(&next_door, "Leave channel").await;
    house
        .saves(&next_door, &[("Leave channel", "#general")])
        .await;
    assert_eq!(next_door.dm(), "");
}

#[tokio::test]
async fn a_channel_that_may_not_be_looked_at_is_joined_all_the_same() {
    let house = House::open().await;
    house.loses(&["channels:read"]).await;
    let carla = house.carla();
    house.changes(&carla, "Leave channel").await;
    house.saves(&carla, &[("Leave channel", "#general")]).await;
    carla.says("#general", "on leave tomorrow").await;
    house.settle().await;
    assert!(carla.channel("#general").contains("did I read you right?"));
    assert_eq!(carla.dm(), "");
    house.changes(&carla, "Approvals").await;
    house
        .saves(&carla, &[("Approvers' channel", "#general")])
        .await;
    assert_snapshot!(carla.dm(), @"timeoff: Your choice of #general is saved, but I cannot see who its members are yet: I was not given the permission. My Home tab says which one is missing, and how to give it.");
}

#[tokio::test]
async fn a_channel_that_may_not_be_joined_is_left_to_whoever_is_in_it() {
    let house = House::open().await;
    house.loses(&["channels:join"]).await;
    let carla = house.carla();
    house.changes(&carla, "Leave channel").await;
    house.saves(&carla, &[("Leave channel", "#general")]).await;
    assert_snapshot!(carla.dm(), @"timeoff: Your choice of #general is saved, but I cannot hear what people write there yet: I have no permission to join channels by myself. Please write `/invite @timeoff` in #general.");
}

#[tokio::test]
async fn who_approves_is_told_where_a_channel_of_approvers_may_not_be_seen() {
    let house = House::open().await;
    house
        .settings(|settings| {
            settings.approvers.clear();
            settings.approver_channel = ChannelId::parse("C_GENERAL").ok();
        })
        .await;
    house.loses(&["channels:read", "groups:read"]).await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @carla.
      [Cancel request]
    ");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      ~ Nobody else is off then.
      ~ You are asked because the approvers' channel cannot be read (is the app still in it, with the permission to look?).
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn whoever_is_not_known_is_told_whom_to_ask() {
    let house = house_without(&["users:read"], true).await;
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    house.pass(SignedDuration::from_mins(1));
    house.types(&asha, "/timeoff").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    ");
}

#[tokio::test]
async fn harvest_without_addresses_is_told() {
    let house = House::with_services().await;
    house.loses(&["users:read.email"]).await;
    house
        .slack
        .add_person(TEAM, Member::new("U_NIA", "nia").email("nia@example.com"));
    let nia = house.slack.person(TEAM, "U_NIA");
    house.types(&nia, "/timeoff").await;
    house.is_granted(&nia, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(nia.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      ✓ Calendar · Harvest: skipped, you have no Harvest id
      [Cancel leave]
    ");
}

#[tokio::test]
async fn a_message_that_cannot_be_looked_for_rather_comes_twice_than_never() {
    for scope in ["im:history", "im:write"] {
        let house = House::open().await;
        house.loses(&[scope]).await;
        house
            .slack
            .fault("chat.postMessage", Fault::LoseAnswer, Some(2));
        house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
        house.at("2026-03-02T09:01:00Z").await;
        house.at("2026-03-02T09:02:00Z").await;
        house.presses(&house.ben(), "Approve").await;
        assert_eq!(
            house.records().await,
            "2026-03-05 full 480 min 2026 completed",
            "without {scope}"
        );
    }
}

#[tokio::test]
async fn a_silent_channel_and_an_unknown_command_are_what_people_see() {
    let house = House::with_neighbours().await;
    house.loses(&["channels:history"]).await;
    house.writes(&house.asha(), "on leave tomorrow").await;
    assert!(
        !house
            .asha()
            .channel("#leave")
            .contains("did I read you right?")
    );
    let next_door = house.slack.person(OTHER, "U_ASHA");
    house.writes(&next_door, "on leave tomorrow").await;
    assert!(
        next_door
            .channel("#leave")
            .contains("did I read you right?")
    );
}
