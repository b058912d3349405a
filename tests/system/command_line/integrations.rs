//! Where a workspace's leave goes, and reading its people, from the command line.

use insta::assert_snapshot;
use simulators::google_calendar::AccessRole;
use simulators::harvest::HarvestSim;
use simulators::slack::{Fault, Member};
use timeoff::platform::crypto::Keyring;

use crate::support::{House, OTHER, TEAM, logs, timeoff};

/// Runs `timeoff admin --workspace … …` with what the operator has in the environment.
async fn admin(house: &House, workspace: &str, arguments: &[&str], input: &str) -> String {
    let key = Keyring::generate_key();
    let environment = house.outside.environment();
    let mut variables: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    variables.push(("DATABASE_URL", &house.database.url));
    variables.push(("TOKEN_ENCRYPTION_KEYS", &key));
    let arguments: Vec<&str> = ["admin", "--workspace", workspace]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    timeoff(&arguments, &variables, input).await.screen()
}

#[tokio::test]
async fn a_calendar_is_checked_named_and_turned_off() {
    let house = House::with_services_and_neighbours().await;
    // The command has the real time, by which Google's tokens are good.
    house.clocks(&jiff::Timestamp::now().to_string());
    let calendar = "c_second@group.calendar.google.com";
    house.calendar().share(calendar, Some(AccessRole::Writer));
    let ours = house.calendar().calendar_id();
    let mut told = Vec::new();
    for (workspace, arguments) in [
        (OTHER, vec!["calendar"]),
        (OTHER, vec!["calendar", "unknown@example.com"]),
        (OTHER, vec!["calendar", &ours]),
        (OTHER, vec!["calendar", calendar]),
        (TEAM, vec!["calendar"]),
        (TEAM, vec!["calendar", calendar]),
        (OTHER, vec!["calendar", "off"]),
        (TEAM, vec!["calendar", calendar]),
        (TEAM, vec!["settings", "calendar_id=mine@example.com"]),
    ] {
        let said = admin(&house, workspace, &arguments, "").await;
        told.push(format!("{workspace} {}\n{said}", arguments.join(" ")));
    }
    assert_snapshot!(told.join("\n\n"), @"");
}

#[tokio::test]
async fn harvest_is_connected_with_a_token_from_standard_input() {
    let house = House::with_services_and_neighbours().await;
    logs::plant_secret("second-pretend-token");
    house.harvest().add_account("second-pretend-token", 200_002);
    let ids =
        [HarvestSim::PROJECT, HarvestSim::VACATION, HarvestSim::SICK].map(|id| id.to_string());
    let connect = [
        "harvest",
        "--account",
        "200002",
        "--project",
        &ids[0],
        "--vacation-task",
        &ids[1],
        "--sick-task",
        &ids[2],
    ];
    let mut told = Vec::new();
    for (arguments, input) in [
        (&["harvest"][..], ""),
        (&connect[..3], ""),
        (&connect[..], "stolen\n"),
        (&connect[..], "second-pretend-token\n"),
        (&["harvest", "--off"][..], ""),
    ] {
        let said = admin(&house, OTHER, arguments, input).await;
        assert!(!said.contains("pretend-token"), "{said}");
        told.push(format!("{}\n{said}", arguments.join(" ")));
    }
    assert_snapshot!(told.join("\n\n"), @"");
    assert_snapshot!(admin(&house, TEAM, &["harvest"], "").await, @"");
}

#[tokio::test]
async fn people_are_read_while_one_looks_on() {
    let house = House::with_neighbours().await;
    for number in 0..3 {
        let user = format!("U_NEW{number}");
        house
            .slack
            .add_person(TEAM, Member::new(&user, &user.to_lowercase()));
    }
    // The command has the real time.
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    house.clocks(&later.to_string());
    let command = ["import-people"];
    let said = admin(&house, TEAM, &command, "").await;
    // How much is seen on the way is a matter of time.
    assert_snapshot!(said.lines().last().unwrap_or_default(), @"Done: 7 people in Slack: 3 new.");
    let missing = Fault::Error("missing_scope".to_owned());
    house.slack.fault("users.list", missing, Some(1));
    let said = admin(&house, TEAM, &command, "").await;
    let last: Vec<&str> = said.lines().rev().take(3).collect();
    assert_snapshot!(last.join("\n"), @"
    (failed)
    It can be asked for again.
    Reading people from Slack stopped after 0 people. Slack did not let me go on. What was read is kept, and the next reading goes on from there.
    ");
    let said = admin(&house, TEAM, &command, "").await;
    assert_snapshot!(said.lines().next().unwrap_or_default(), @"Going on where an earlier reading stopped.");
    let theirs: i64 = house
        .value("SELECT count(*) FROM people_import WHERE workspace_id = 'T2' AND page > 4")
        .await;
    assert_eq!(theirs, 0);
}
