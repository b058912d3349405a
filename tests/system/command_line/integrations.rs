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
    assert_snapshot!(told.join("\n\n"), @"
    T2 calendar
    Google Calendar: off. Share a calendar with timeoff@pretend-project.iam.gserviceaccount.com (“Make changes to events”), then name it.

    T2 calendar unknown@example.com
    Google shows no such calendar. Please share it with timeoff@pretend-project.iam.gserviceaccount.com (in the calendar's settings, “Share with specific people”, with “Make changes to events”) and check the id.
    (failed)

    T2 calendar time-off@group.calendar.google.com
    Another workspace shows its leave in this calendar. Please choose another one, or make a new calendar for this workspace.
    (failed)

    T2 calendar c_second@group.calendar.google.com
    Google Calendar: on, leave appears in c_second@group.calendar.google.com.
    Events that stand in another calendar stay there, and are removed there when their leave is.

    T1 calendar
    Google Calendar: on, leave appears in time-off@group.calendar.google.com (set by whoever runs timeoff).

    T1 calendar c_second@group.calendar.google.com
    Another workspace shows its leave in this calendar. Please choose another one, or make a new calendar for this workspace.
    (failed)

    T2 calendar off
    Google Calendar: off. Share a calendar with timeoff@pretend-project.iam.gserviceaccount.com (“Make changes to events”), then name it.
    Events that stand in another calendar stay there, and are removed there when their leave is.

    T1 calendar c_second@group.calendar.google.com
    Google Calendar: on, leave appears in c_second@group.calendar.google.com.
    Events that stand in another calendar stay there, and are removed there when their leave is.

    T1 settings calendar_id=mine@example.com
    The calendar is checked with Google first: `timeoff admin calendar ID`, or `timeoff admin calendar off`.
    (failed)
    ");
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
    assert_snapshot!(told.join("\n\n"), @"
    harvest
    Harvest: off.

    harvest --account 200002
    error: the following required arguments were not provided:
      --project <PROJECT>
      --vacation-task <VACATION_TASK>
      --sick-task <SICK_TASK>

    Usage: timeoff admin harvest --account <ACCOUNT> --project <PROJECT> --vacation-task <VACATION_TASK> --sick-task <SICK_TASK>

    For more information, try '--help'.
    (failed)

    harvest --account 200002 --project 14308069 --vacation-task 8083365 --sick-task 8083366
    Harvest does not take this token together with this account id. Both are shown at https://id.getharvest.com/developers.
    (failed)

    harvest --account 200002 --project 14308069 --vacation-task 8083365 --sick-task 8083366
    Leave is booked on “Time off”: Vacation for vacation, Sick leave for sick leave.
    Harvest: on, leave is booked in account 200002.

    harvest --off
    Harvest: off.
    ");
    assert_snapshot!(admin(&house, TEAM, &["harvest"], "").await, @"Harvest: on, leave is booked in account 100001 (set by whoever runs timeoff).");
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
    Reading people from Slack stopped after 0 people. Slack did not let me go on. I try again by myself in 6 hours. What was read is kept, and the next reading goes on from there.
    ");
    let said = admin(&house, TEAM, &command, "").await;
    assert_snapshot!(said.lines().next().unwrap_or_default(), @"Going on where an earlier reading stopped.");
    let theirs: i64 = house
        .value("SELECT count(*) FROM people_import WHERE workspace_id = 'T2' AND page > 4")
        .await;
    assert_eq!(theirs, 0);
}

#[tokio::test]
async fn a_limit_from_the_command_line_reads_the_people_again() {
    let house = House::with_neighbours().await;
    for team in [TEAM, OTHER] {
        for user in ["U_IN", "U_OUT"] {
            let person = Member::new(user, &user.to_lowercase());
            house.slack.add_person(team, person);
        }
        house.slack.add_to_channel(team, "C_LEAVE", "U_IN");
    }
    house.slack.clear_calls();
    // The command has the real time.
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    house.clocks(&later.to_string());
    let limit = ["settings", "people_from=leave_channel"];
    admin(&house, TEAM, &limit, "").await;
    house.settle().await;
    let known: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, user_id), ', ') FROM person WHERE user_id IN ('U_IN', 'U_OUT')")
        .await;
    assert_eq!(known, "T1 U_IN");
    // The same again is no change.
    admin(&house, TEAM, &limit, "").await;
    house.settle().await;
    assert_eq!(house.slack.calls("conversations.members").len(), 1);
}
