//! The set-up: a greeting with a few choices, which can be left and taken up again.

use insta::assert_snapshot;
use timeoff::workspace::setup;

use crate::support::{House, OTHER, Plan, TEAM, id};

impl House {
    /// A house in which nothing is chosen yet, and nobody was greeted.
    pub async fn unset() -> Self {
        Self::build(Plan {
            is_new: true,
            ..Plan::default()
        })
        .await
    }

    /// `user` installs the app, or installs it again.
    pub async fn installed_by(&self, team: &str, user: &str, is_back: bool) {
        let mut tx = self.tx_in(team).await;
        setup::greet_installer(&mut tx, "install", &id(user), is_back, None)
            .await
            .expect("promised");
        tx.commit().await.expect("committed");
        self.settle().await;
    }

    /// Whether the set-up of a workspace is finished.
    pub async fn is_set_up(&self, team: &str) -> bool {
        let mut tx = self.tx_in(team).await;
        setup::store::is_done(&mut tx)
            .await
            .expect("readable")
            .expect("installed")
    }
}

#[tokio::test]
async fn the_installer_sets_the_workspace_up() {
    let house = House::unset().await;
    house.new_neighbours_move_in().await;
    let (asha, carla) = (house.asha(), house.carla());
    let other_carla = house.slack.person(OTHER, "U_CARLA");
    house.installed_by(TEAM, "U_CARLA", false).await;
    house.installed_by(OTHER, "U_CARLA", false).await;
    assert_snapshot!(carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Three short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      *1. Leave channel*
      Where do people write that they are away? I go into a public channel by myself, read along, and answer whoever writes “on leave tomorrow”.  (‹Choose a channel›)
      [Skip]
      *2. Approvers*
      Who decides on requests? With nobody chosen, the admins of this workspace do.  (‹Choose people›)
      [Skip]
      *3. Time zone*
      When is it morning for your team? It decides when a digest is posted. Each person's own days follow their Slack profile.
      [Use Europe/Madrid] [Another time zone] [Skip]
      ~ 0 of 3 done.
    ");
    carla.picks("Leave channel", "#leave").await;
    house.settle().await;
    assert_snapshot!(carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Three short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      :white_check_mark: *1. Leave channel*
      #leave  (#leave)
      *2. Approvers*
      Who decides on requests? With nobody chosen, the admins of this workspace do.  (‹Choose people›)
      [Skip]
      *3. Time zone*
      When is it morning for your team? It decides when a digest is posted. Each person's own days follow their Slack profile.
      [Use Europe/Madrid] [Another time zone] [Skip]
      ~ 1 of 3 done.
    ");
    assert!(
        !other_carla.dm().contains("white_check_mark"),
        "{}",
        other_carla.dm()
    );

    // It is left here. Home says what is open, and takes it up again.
    carla.opens_home().await;
    house.settle().await;
    let begins: Vec<String> = carla
        .home()
        .lines()
        .skip_while(|line| !line.contains("Finish setting up"))
        .take(3)
        .map(str::to_owned)
        .collect();
    assert_snapshot!(begins.join("\n"), @"
    *Finish setting up* (1 of 3)
    Still open: approvers and time zone.  [Continue in Messages]
    == Settings ==
    ");
    carla
        .press_home_beside("Finish setting up", "Continue in Messages")
        .await;
    house.settle().await;
    assert_eq!(
        carla.dm().matches("Welcome to timeoff").count(),
        1,
        "{}",
        carla.dm()
    );

    carla.picks("Approvers", "@ben").await;
    house.settle().await;
    house.presses(&carla, "Use Europe/Madrid").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Three short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      :white_check_mark: *1. Leave channel*
      #leave
      :white_check_mark: *2. Approvers*
      @ben
      :white_check_mark: *3. Time zone*
      Europe/Madrid
      ~ The set-up is finished. My Home tab has all settings.
    timeoff: :tada: All set. Write “on leave tomorrow” in #leave, and I answer in a thread. Or type `/timeoff` anywhere.
      Everything else has a sensible start. My Home tab has all settings whenever you want to change something.
    ");
    assert!(house.is_set_up(TEAM).await);
    carla.opens_home().await;
    house.settle().await;
    assert!(!carla.home().contains("Finish setting up"));
    assert_snapshot!(house.changes_noted().await, @r#"
    T1 U_CARLA settings {"leave_channel": {"to": "C_LEAVE", "from": null}}
    T1 U_CARLA settings {"approvers": {"to": ["U_BEN"], "from": []}}
    T1 U_CARLA settings {"zone": {"to": "Europe/Madrid", "from": "UTC"}}
    "#);

    // It works: what the last message says is so.
    house.writes(&asha, "on leave tomorrow").await;
    house.presses_in_leave(&asha, "Confirm").await;
    assert!(
        house.ben().dm().contains("asks for"),
        "{}",
        house.ben().dm()
    );

    // Next door nothing is chosen, and other things are.
    assert!(!house.is_set_up(OTHER).await);
    house.presses(&other_carla, "Skip").await;
    house.presses(&other_carla, "Skip").await;
    house.presses(&other_carla, "Another time zone").await;
    assert_snapshot!(other_carla.modal().text(), @"
    # Time zone
    Time zone: (UTC) ‹A name such as Europe/Madrid, or its city. Each person's own days follow their Slack profile.›
    [Save] [Cancel]
    ");
    assert_snapshot!(house.saves(&other_carla, &[("Time zone", "Gotham")]).await, @"
    # Time zone
    Time zone: (Gotham) ‹A name such as Europe/Madrid, or its city. Each person's own days follow their Slack profile.›
      ! Please give a time zone by its name, such as Europe/Madrid.
    [Save] [Cancel]
    ");
    assert_eq!(
        house
            .saves(&other_carla, &[("Time zone", "new york")])
            .await,
        ""
    );
    assert_snapshot!(other_carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Three short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      :fast_forward: *1. Leave channel*
      None: people ask with `/timeoff`.
      :fast_forward: *2. Approvers*
      The admins of this workspace decide.
      :white_check_mark: *3. Time zone*
      America/New_York
      ~ The set-up is finished. My Home tab has all settings.
    timeoff: :tada: All set. Type `/timeoff` anywhere to ask for time off.
      Everything else has a sensible start. My Home tab has all settings whenever you want to change something.
    ");
    assert!(house.is_set_up(OTHER).await);
}

#[tokio::test]
async fn without_an_installer_the_admins_are_asked_once() {
    let house = House::unset().await;
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_BEN'")
        .await;
    let (ben, carla, dev) = (house.ben(), house.carla(), house.dev());
    assert_eq!(carla.dm(), "");
    house.round().await;
    assert!(carla.dm().contains("Hello Carla Mendes!"), "{}", carla.dm());
    assert!(ben.dm().contains("Hello Ben Okafor!"), "{}", ben.dm());
    assert_eq!(dev.dm(), "");
    // Each sees what the other chose.
    carla.picks("Approvers", "@dev, @asha").await;
    house.settle().await;
    assert!(
        ben.dm().contains("@dev and @asha") || ben.dm().contains("@asha and @dev"),
        "{}",
        ben.dm()
    );
    // Not again at the next start, nor the next round.
    let before = (ben.dm(), carla.dm());
    house.app.install().await.expect("installed");
    house.settle().await;
    house.at("2026-03-02T09:05:00Z").await;
    assert_eq!((ben.dm(), carla.dm()), before);
}

#[tokio::test]
async fn a_workspace_that_an_operator_set_up_is_left_in_peace() {
    let house = House::unset().await;
    house
        .settings(|settings| {
            settings.approvers = vec![id("U_BEN")];
            settings.leave_channel = timeoff::platform::ids::ChannelId::parse("C_LEAVE").ok();
            settings.zone = "Europe/Madrid".to_owned();
        })
        .await;
    house.round().await;
    assert_eq!(house.carla().dm(), "");
    assert!(house.is_set_up(TEAM).await);
}

#[tokio::test]
async fn what_is_changed_in_home_counts_for_the_set_up() {
    let house = House::unset().await;
    let carla = house.carla();
    house.round().await;
    house.changes(&carla, "Leave channel").await;
    assert_eq!(
        house.saves(&carla, &[("Leave channel", "#leave")]).await,
        ""
    );
    assert!(
        carla.dm().contains(":white_check_mark: *1. Leave channel*"),
        "{}",
        carla.dm()
    );
    house.changes(&carla, "Approvals").await;
    assert_eq!(house.saves(&carla, &[("Approvers", "@ben")]).await, "");
    house.changes(&carla, "Working time").await;
    assert_eq!(
        house.saves(&carla, &[("Time zone", "Europe/Madrid")]).await,
        ""
    );
    assert!(house.is_set_up(TEAM).await);
    assert_eq!(carla.dm().matches("All set").count(), 1);
}

#[tokio::test]
async fn who_comes_back_is_welcomed_and_not_asked_again() {
    let house = House::with_neighbours().await;
    house.installed_by(TEAM, "U_CARLA", true).await;
    assert_snapshot!(house.carla().dm(), @"timeoff: Welcome back! Everything is as it was: your settings, your people and their leave.");
    assert_eq!(house.slack.person(OTHER, "U_CARLA").dm(), "");
}

#[tokio::test]
async fn who_comes_back_in_the_middle_goes_on() {
    let house = House::unset().await;
    let carla = house.carla();
    house.installed_by(TEAM, "U_CARLA", false).await;
    carla.picks("Leave channel", "#leave").await;
    house.settle().await;
    house.installed_by(TEAM, "U_CARLA", true).await;
    assert_eq!(
        carla.dm().matches("Welcome to timeoff").count(),
        1,
        "{}",
        carla.dm()
    );
    assert!(carla.dm().contains("1 of 3 done"), "{}", carla.dm());
}

#[tokio::test]
async fn an_installer_who_is_no_admin_has_the_admins_asked() {
    let house = House::unset().await;
    house.installed_by(TEAM, "U_ASHA", false).await;
    house.round().await;
    assert_snapshot!(house.asha().dm(), @"timeoff: Thank you for bringing me here! Only admins of this workspace can set me up, so I ask them now. You hear from me as soon as you ask for time off with `/timeoff`.");
    assert!(house.carla().dm().contains("Welcome to timeoff"));
}
