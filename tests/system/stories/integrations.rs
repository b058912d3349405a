//! Each workspace has a calendar and an account of Harvest of its own, or none.

use insta::assert_snapshot;
use simulators::google_calendar::AccessRole;
use simulators::harvest::{HarvestSim, HarvestUser};
use simulators::service::Fault;
use simulators::slack::Person;
use timeoff::platform::config::{HarvestAccount, Secret, TimeOffTasks};
use timeoff::platform::ids::WorkspaceId;
use timeoff::tenant::integrations::take_environment;
use timeoff::tenant::store::{Actor, set_harvest_user};
use timeoff::workspace::integrations::{
    self, Refused, calendar::NamedBy, check_calendar, check_harvest, save_calendar, save_harvest,
};

use crate::support::{House, OTHER, TEAM, id, logs};

const FIRST: &str = "time-off@group.calendar.google.com";
const SECOND: &str = "c_second@group.calendar.google.com";

fn team(id: &str) -> WorkspaceId {
    WorkspaceId::parse(id).expect("a team id")
}

/// Carla names a calendar in a workspace, as with the dialog.
async fn names(house: &House, workspace: &str, calendar: &str) -> String {
    let result = try_to_name(house, workspace, calendar).await;
    result.map_or_else(|refused| refused.words, |()| "saved".to_owned())
}

async fn try_to_name(house: &House, workspace: &str, calendar: &str) -> Result<(), Refused> {
    let outside = &house.app.services.outside;
    let mut tx = house.tx_in(workspace).await;
    let present = integrations::state(&mut tx, outside, None).await.unwrap();
    tx.rollback().await.unwrap();
    let present = present.calendar_id.as_deref();
    let by = NamedBy::Admin;
    let checked = check_calendar(outside, &team(workspace), calendar, present, by).await?;
    let carla = id("U_CARLA");
    let mut tx = house.tx_in(workspace).await;
    save_calendar(&mut tx, outside, &checked, Actor::Person(&carla))
        .await
        .expect("the database answers")?;
    tx.commit().await.unwrap();
    checked.tidy().await.expect("the proof goes");
    Ok(())
}

/// A calendar of the neighbours, shared with the app, with the event that shows whose it is.
fn is_theirs(house: &House, calendar: &str) {
    house.calendar().share(calendar, Some(AccessRole::Writer));
    house
        .calendar()
        .make_by_hand("carla@ink.example", calendar, "timeoff T2", None);
}

fn events(house: &House, calendar: &str) -> String {
    let events = house.calendar().events_in(calendar);
    let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

async fn state(house: &House, workspace: &str) -> String {
    let services = &house.app.services;
    let mut tx = house.tx_in(workspace).await;
    let state = integrations::state(&mut tx, &services.outside, Some(&services.keyring))
        .await
        .unwrap();
    format!(
        "Google Calendar: {}\nHarvest: {}",
        state.calendar, state.harvest
    )
}

/// Two days off in a workspace, approved there.
async fn takes(house: &House, workspace: &str, first: &str, last: &str) -> Person {
    let asha = house.slack.person(workspace, "U_ASHA");
    house.asks(&asha, first, last).await;
    house
        .presses(&house.slack.person(workspace, "U_BEN"), "Approve")
        .await;
    asha
}

#[tokio::test]
async fn what_the_environment_has_belongs_to_the_workspace_of_the_token_alone() {
    let house = House::with_services_and_neighbours().await;
    house.calendar().clear_calls();
    house.harvest().clear_calls();
    let theirs = takes(&house, OTHER, "2026-03-05", "2026-03-06").await;
    assert_snapshot!(theirs.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
    assert_eq!(house.outside(), "\n---\n");
    assert!(house.calendar().calls("*").is_empty() && house.harvest().calls("*").is_empty());
    assert_snapshot!(state(&house, OTHER).await, @"
    Google Calendar: off. Share a calendar with timeoff@pretend-project.iam.gserviceaccount.com (“Make changes to events”), then name it.
    Harvest: off.
    ");

    let ours = takes(&house, TEAM, "2026-03-05", "2026-03-06").await;
    assert_snapshot!(ours.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar · ✓ Harvest
      [Cancel leave]
    ");
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    2026-03-06 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(state(&house, TEAM).await, @"
    Google Calendar: on, leave appears in time-off@group.calendar.google.com (set by whoever runs timeoff).
    Harvest: on, leave is booked in account 100001 (set by whoever runs timeoff).
    ");
}

#[tokio::test]
async fn the_environment_follows_the_token_to_another_workspace() {
    let house = House::with_services_and_neighbours().await;
    let mut tx = house.tx_in(OTHER).await;
    take_environment(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    takes(&house, TEAM, "2026-03-05", "2026-03-05").await;
    assert_eq!(house.outside(), "\n---\n");
    takes(&house, OTHER, "2026-03-05", "2026-03-05").await;
    assert_eq!(house.calendar().events().len(), 1);
}

#[tokio::test]
async fn leave_lands_in_the_calendar_of_its_own_workspace() {
    let house = House::with_services_and_neighbours().await;
    is_theirs(&house, SECOND);
    assert_eq!(names(&house, OTHER, SECOND).await, "saved");
    takes(&house, OTHER, "2026-03-05", "2026-03-06").await;
    takes(&house, TEAM, "2026-03-09", "2026-03-10").await;
    assert_snapshot!(events(&house, FIRST), @"2026-03-09 to 2026-03-11: Leave - Asha Rao");
    assert_snapshot!(events(&house, SECOND), @"2026-03-05 to 2026-03-07: Leave - Asha Rao");
    let log: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, actor, action, detail), E'\\n') FROM audit_log WHERE subject = 'integrations'")
        .await;
    assert_snapshot!(log, @r#"T2 U_CARLA calendar_set {"calendar_id": "c_second@group.calendar.google.com"}"#);
}

#[tokio::test]
async fn nobody_can_name_a_calendar_that_is_not_theirs() {
    let house = House::with_services_and_neighbours().await;
    // Of the workspace of the token, by guessing; and one that was shared, but not claimed yet.
    house
        .calendar()
        .share("boss@paper.example", Some(AccessRole::Writer));
    assert_snapshot!(names(&house, OTHER, FIRST).await, @"To show that this calendar is yours, please add an event with the title “timeoff T2” to it, on any day, and save again. The event is removed then.");
    let told = names(&house, OTHER, "boss@paper.example").await;
    // An invitation appears in the calendar of whoever is invited, and a person's name in the title of their leave.
    house.calendar().make_by_hand(
        "mallory@ink.example",
        "mallory@ink.example",
        "timeoff T2",
        Some("boss@paper.example"),
    );
    assert_eq!(names(&house, OTHER, "Boss@paper.example").await, told);
    // The title of another workspace's.
    house.calendar().make_by_hand(
        "boss@paper.example",
        "boss@paper.example",
        "timeoff T1",
        None,
    );
    assert_eq!(names(&house, OTHER, "boss@paper.example").await, told);
    assert_snapshot!(state(&house, OTHER).await, @"
    Google Calendar: off. Share a calendar with timeoff@pretend-project.iam.gserviceaccount.com (“Make changes to events”), then name it.
    Harvest: off.
    ");
    assert_eq!(names(&house, TEAM, "boss@paper.example").await, "saved");
    assert_eq!(
        events(&house, "boss@paper.example"),
        "2026-03-02 to 2026-03-03: timeoff T2 (busy)"
    );
}

#[tokio::test]
async fn a_calendar_shows_the_leave_of_one_workspace() {
    let house = House::with_services_and_neighbours().await;
    is_theirs(&house, SECOND);
    assert_eq!(names(&house, OTHER, SECOND).await, "saved");
    // Somebody who may change both.
    for (title, calendar) in [("timeoff T1", SECOND), ("timeoff T2", FIRST)] {
        house
            .calendar()
            .make_by_hand("both@example.com", calendar, title, None);
    }
    assert_snapshot!(names(&house, TEAM, &SECOND.to_uppercase()).await, @"Another workspace shows its leave in this calendar. Please choose another one, or make a new calendar for this workspace.");
    assert_snapshot!(names(&house, OTHER, FIRST).await, @"Another workspace shows its leave in this calendar. Please choose another one, or make a new calendar for this workspace.");
    // Named again by those who have it, it needs no second proof.
    assert_eq!(names(&house, OTHER, SECOND).await, "saved");
    let mut tx = house.tx_in(OTHER).await;
    integrations::turn_calendar_off(&mut tx, Actor::System)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(names(&house, TEAM, SECOND).await, "saved");
}

#[tokio::test]
async fn each_trouble_with_a_calendar_is_told_with_what_to_do() {
    let house = House::with_services_and_neighbours().await;
    let sim = house.calendar();
    sim.share("free@example.com", Some(AccessRole::FreeBusyReader));
    sim.share("read@example.com", Some(AccessRole::Reader));
    sim.share("write@example.com", Some(AccessRole::Writer));
    let mut told = Vec::new();
    for calendar in [
        "primary",
        "https://calendar.google.com/calendar/u/0",
        "unknown@example.com",
        "free@example.com",
        "read@example.com",
        "write@example.com",
    ] {
        let words = names(&house, OTHER, calendar).await;
        told.push(format!("{calendar}: {words}"));
    }
    sim.fault("events.list", Fault::ServerError, Some(1));
    told.push(names(&house, OTHER, "write@example.com").await);
    assert_snapshot!(told.join("\n"), @"
    primary: This is not a calendar's id. Google Calendar shows it in the calendar's settings under “Integrate calendar”; it looks like team@group.calendar.google.com.
    https://calendar.google.com/calendar/u/0: This is not a calendar's id. Google Calendar shows it in the calendar's settings under “Integrate calendar”; it looks like team@group.calendar.google.com.
    unknown@example.com: Google shows no such calendar. Please share it with timeoff@pretend-project.iam.gserviceaccount.com (in the calendar's settings, “Share with specific people”, with “Make changes to events”) and check the id.
    free@example.com: The calendar is shared, but not for writing. Please give timeoff@pretend-project.iam.gserviceaccount.com the permission “Make changes to events”.
    read@example.com: The calendar is shared, but not for writing. Please give timeoff@pretend-project.iam.gserviceaccount.com the permission “Make changes to events”.
    write@example.com: To show that this calendar is yours, please add an event with the title “timeoff T2” to it, on any day, and save again. The event is removed then.
    This could not be checked, so nothing was saved: Google Calendar answered 500: Backend Error. Please try again later.
    ");
    let nothing: i64 = house
        .value("SELECT count(*) FROM workspace WHERE settings ->> 'calendar_id' IS NOT NULL")
        .await;
    assert_eq!(nothing, 0);
}

#[tokio::test]
async fn leave_that_is_taken_back_goes_from_the_calendar_in_which_it_is() {
    let house = House::with_services().await;
    let asha = takes(&house, TEAM, "2026-03-05", "2026-03-06").await;
    is_theirs(&house, SECOND);
    house
        .calendar()
        .make_by_hand("carla@paper.example", SECOND, "timeoff T1", None);
    assert_eq!(names(&house, TEAM, SECOND).await, "saved");
    assert_eq!(events(&house, FIRST).lines().count(), 1);
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
      ✓ Calendar: removed · ✓ Harvest: removed
    ");
    assert_eq!(events(&house, FIRST), "");
    takes(&house, TEAM, "2026-03-12", "2026-03-13").await;
    assert_eq!(events(&house, FIRST), "");
    assert_eq!(
        house.calendar().events_in(SECOND).len(),
        2,
        "the leave, and the neighbours' proof, which is theirs"
    );
}

#[tokio::test]
async fn what_was_sent_before_places_were_noted_is_in_the_calendar_of_the_environment() {
    let house = House::with_services().await;
    let asha = takes(&house, TEAM, "2026-03-05", "2026-03-06").await;
    house.execute("UPDATE service_entry SET place = NULL").await;
    house
        .calendar()
        .make_by_hand("carla@paper.example", SECOND, "timeoff T1", None);
    house.calendar().share(SECOND, Some(AccessRole::Writer));
    assert_eq!(names(&house, TEAM, SECOND).await, "saved");
    house.presses(&asha, "Cancel leave").await;
    assert_eq!(house.outside(), "\n---\n");
}

#[tokio::test]
async fn what_failed_is_tried_again_in_the_calendar_of_now_unless_it_is_in_the_other() {
    for lost in [false, true] {
        let house = House::with_services().await;
        let fault = if lost {
            Fault::LoseAnswer
        } else {
            Fault::ServerError
        };
        house.calendar().fault("events.insert", fault, Some(1));
        takes(&house, TEAM, "2026-03-05", "2026-03-06").await;
        house
            .calendar()
            .make_by_hand("carla@paper.example", SECOND, "timeoff T1", None);
        house.calendar().share(SECOND, Some(AccessRole::Writer));
        assert_eq!(names(&house, TEAM, SECOND).await, "saved");
        house.presses(&house.carla(), "Retry").await;
        let (first, second) = (events(&house, FIRST), events(&house, SECOND));
        let leave = "2026-03-05 to 2026-03-07: Leave - Asha Rao";
        if lost {
            assert_eq!((first.as_str(), second.as_str()), (leave, ""));
        } else {
            assert_eq!((first.as_str(), second.as_str()), ("", leave));
        }
    }
}

#[tokio::test]
async fn without_a_calendar_any_more_what_failed_stays_failed_and_is_told() {
    let house = House::with_services_and_neighbours().await;
    is_theirs(&house, SECOND);
    assert_eq!(names(&house, OTHER, SECOND).await, "saved");
    house
        .calendar()
        .fault("events.insert", Fault::ServerError, Some(1));
    takes(&house, OTHER, "2026-03-05", "2026-03-06").await;
    let mut tx = house.tx_in(OTHER).await;
    integrations::turn_calendar_off(&mut tx, Actor::System)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let carla = house.slack.person(OTHER, "U_CARLA");
    house.presses(&carla, "Retry").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 – Fri 6 March*
      ✗ Calendar, Thu 5 – Fri 6 March not entered: Calendar is switched off
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    assert_eq!(house.carla().dm(), "");
}

const ACCOUNT: u64 = 200_002;
const TOKEN: &str = "second-pretend-token";

/// Another account of Harvest, with Asha in it.
fn open_account(house: &House) {
    logs::plant_secret(TOKEN);
    house.harvest().add_account(TOKEN, ACCOUNT);
    let asha = HarvestUser::new(81, "Ásta Jónsdóttir", "asha@example.com");
    house.harvest().add_user_in(ACCOUNT, asha);
}

fn account() -> HarvestAccount {
    HarvestAccount {
        access_token: Secret::new(TOKEN),
        account_id: ACCOUNT,
        tasks: TimeOffTasks {
            project: HarvestSim::PROJECT,
            vacation: HarvestSim::VACATION,
            sick: HarvestSim::SICK,
        },
    }
}

/// Carla connects the account in a workspace, and people are found there by their address.
async fn connects(house: &House, workspace: &str) {
    let services = &house.app.services;
    let checked = check_harvest(&services.outside, account()).await;
    let checked = checked.map_err(|refused| refused.words).expect("good");
    let carla = id("U_CARLA");
    let mut tx = house.tx_in(workspace).await;
    save_harvest(&mut tx, &services.keyring, &checked, Actor::Person(&carla))
        .await
        .unwrap();
    set_harvest_user(&mut tx, &id("U_ASHA"), Some(81))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

fn time_sheet(house: &House, account: u64) -> String {
    let entries = house.harvest().entries_in(account);
    let lines: Vec<String> = entries.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

#[tokio::test]
async fn leave_is_booked_in_the_account_of_its_own_workspace() {
    let house = House::with_services_and_neighbours().await;
    open_account(&house);
    connects(&house, OTHER).await;
    let theirs = takes(&house, OTHER, "2026-03-05", "2026-03-06").await;
    takes(&house, TEAM, "2026-03-09", "2026-03-10").await;
    assert_snapshot!(time_sheet(&house, ACCOUNT), @"
    2026-03-05 Ásta Jónsdóttir: 8 h Vacation
    2026-03-06 Ásta Jónsdóttir: 8 h Vacation
    ");
    assert_snapshot!(time_sheet(&house, house.harvest().account_id()), @"
    2026-03-09 Asha Rao: 8 h Vacation
    2026-03-10 Asha Rao: 8 h Vacation
    ");
    house.presses(&theirs, "Cancel leave").await;
    assert_eq!(time_sheet(&house, ACCOUNT), "");
    assert_snapshot!(state(&house, OTHER).await, @"
    Google Calendar: off. Share a calendar with timeoff@pretend-project.iam.gserviceaccount.com (“Make changes to events”), then name it.
    Harvest: on, leave is booked in account 200002.
    ");
    assert_snapshot!(state(&house, TEAM).await, @"
    Google Calendar: on, leave appears in time-off@group.calendar.google.com (set by whoever runs timeoff).
    Harvest: on, leave is booked in account 100001 (set by whoever runs timeoff).
    ");
}

#[tokio::test]
async fn what_is_booked_in_an_account_that_is_not_connected_any_more_is_left_to_a_person() {
    let house = House::with_services_and_neighbours().await;
    open_account(&house);
    connects(&house, OTHER).await;
    let asha = takes(&house, OTHER, "2026-03-05", "2026-03-06").await;
    let mut tx = house.tx_in(OTHER).await;
    assert!(
        integrations::turn_harvest_off(&mut tx, Actor::System)
            .await
            .unwrap()
    );
    assert!(
        !integrations::turn_harvest_off(&mut tx, Actor::System)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    house.presses(&asha, "Cancel leave").await;
    let carla = house.slack.person(OTHER, "U_CARLA");
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 – Fri 6 March*
      ✗ Harvest, Thu 5 – Fri 6 March not removed: it is in Harvest's account 200002, which is not connected any more; please delete it there by hand
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    // Connected again, it can be removed.
    connects(&house, OTHER).await;
    house.presses(&carla, "Retry").await;
    assert_eq!(time_sheet(&house, ACCOUNT), "");
}

#[tokio::test]
async fn a_token_that_cannot_be_read_any_more_fails_with_words() {
    let house = House::with_services_and_neighbours().await;
    open_account(&house);
    connects(&house, OTHER).await;
    house
        .execute("UPDATE harvest_account SET access_token = 'gAAAAA-of-another-key'")
        .await;
    takes(&house, OTHER, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(house.slack.person(OTHER, "U_CARLA").dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 March*
      ✗ Harvest, Thu 5 March not entered: a stored secret cannot be decrypted with any key of TOKEN_ENCRYPTION_KEYS: connect Harvest again
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    assert_snapshot!(state(&house, OTHER).await, @"
    Google Calendar: off. Share a calendar with timeoff@pretend-project.iam.gserviceaccount.com (“Make changes to events”), then name it.
    Harvest: broken: the access token of account 200002 cannot be read any more. Please connect it again.
    ");
}

#[tokio::test]
async fn each_trouble_with_harvest_is_told_beside_its_field() {
    let house = House::with_services().await;
    let outside = &house.app.services.outside;
    let check = async |change: fn(&mut HarvestAccount)| {
        let mut ours = outside.harvest_account.clone().expect("an account");
        change(&mut ours);
        match check_harvest(outside, ours).await {
            Ok(good) => format!("{}: {}, {}", good.project, good.vacation, good.sick),
            Err(Refused { field, words }) => format!("{field:?}: {words}"),
        }
    };
    let mut told = vec![check(|_| {}).await];
    told.push(check(|it| it.access_token = Secret::new("two words")).await);
    told.push(check(|it| it.access_token = Secret::new("stolen")).await);
    told.push(check(|it| it.account_id = 1).await);
    told.push(check(|it| it.tasks.project = 1).await);
    told.push(check(|it| it.tasks.vacation = 1).await);
    house.harvest().set_task_active(HarvestSim::SICK, false);
    told.push(check(|_| {}).await);
    house.harvest().set_project_active(false);
    told.push(check(|_| {}).await);
    house.harvest().set_owner_role("member");
    told.push(check(|_| {}).await);
    house.harvest().fault("users.me", Fault::Down, Some(1));
    told.push(check(|_| {}).await);
    assert_snapshot!(told.join("\n"), @"
    Time off: Vacation, Sick leave
    HarvestToken: This is not an access token. Make one at https://id.getharvest.com/developers, “Create new personal access token”.
    HarvestToken: Harvest does not take this token together with this account id. Both are shown at https://id.getharvest.com/developers.
    HarvestToken: Harvest does not take this token together with this account id. Both are shown at https://id.getharvest.com/developers.
    HarvestProject: Harvest has no such project in this account. Its id is the number in the address of the project's page.
    HarvestVacationTask: The project has no such task on which time can be booked. It has: 8083366 (Sick leave), 8083365 (Vacation).
    HarvestSickTask: The project has no such task on which time can be booked. It has: 8083365 (Vacation).
    HarvestProject: This project is archived in Harvest.
    HarvestToken: The token belongs to Harvest Administrator, who may not book time for other people. It must be an administrator's in Harvest.
    HarvestToken: This could not be checked, so nothing was saved: Harvest closed the connection before it answered. Please try again later.
    ");
}

#[tokio::test]
async fn the_token_of_harvest_is_encrypted_and_in_no_log() {
    let house = House::with_services_and_neighbours().await;
    open_account(&house);
    connects(&house, OTHER).await;
    let stored: String = house
        .value("SELECT access_token FROM harvest_account")
        .await;
    assert!(!stored.contains("pretend"), "{stored}");
    let opened = house.app.services.keyring.decrypt(&stored);
    assert_eq!(opened.as_deref(), Ok(TOKEN));
    let log: String = house
        .value("SELECT concat_ws(' ', workspace_id, actor, action, detail) FROM audit_log WHERE subject = 'integrations'")
        .await;
    assert_snapshot!(log, @r#"T2 U_CARLA harvest_connected {"account_id": 200002, "project_id": 14308069, "sick_task_id": 8083366, "vacation_task_id": 8083365}"#);
}
