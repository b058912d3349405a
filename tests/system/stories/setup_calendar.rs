//! A workspace's calendar and its account of Harvest, named in dialogs and checked before they are
//! saved.

use insta::assert_snapshot;
use simulators::google_calendar::AccessRole;
use timeoff::platform::config::{HarvestAccount, Secret, TimeOffTasks};
use timeoff::tenant::integrations::save_harvest;

use super::settings::refused;
use crate::support::{House, OTHER, TEAM};

const THEIRS: &str = "c_second@group.calendar.google.com";

/// The last message to a person.
fn last(dm: &str) -> String {
    dm.rsplit("timeoff: ").next().unwrap_or_default().to_owned()
}

/// The workspace has an account of Harvest of its own.
async fn has_harvest(house: &House, workspace: &str, account_id: u64) {
    let account = HarvestAccount {
        access_token: Secret::new("third-pretend-token"),
        account_id,
        tasks: TimeOffTasks {
            project: 1,
            vacation: 2,
            sick: 3,
        },
    };
    let services = &house.app.services;
    let token = services.keyring.encrypt(account.access_token.expose());
    let mut tx = house.tx_in(workspace).await;
    save_harvest(&mut tx, &account, &token).await.unwrap();
    tx.commit().await.unwrap();
}

/// The lines of a dialog that say where leave goes and how to end it.
fn where_leave_goes(dialog: &str) -> String {
    let lines = dialog.lines().filter(|line| {
        ["Leave ", "Disconnect", "With no id"]
            .iter()
            .any(|begins| line.starts_with(begins))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_whoever_runs_timeoff_has_set_cannot_be_switched_off_in_a_dialog() {
    let house = House::with_services_and_neighbours().await;
    let carla = house.carla();
    let harvest = house.changes(&carla, "Harvest").await;
    assert_snapshot!(where_leave_goes(&harvest), @"Leave is booked in account 100001, which whoever runs timeoff has set: only they can switch it off. An account that you connect here takes its place.");
    carla.modal().close().await;
    let calendar = house.changes(&carla, "Google Calendar").await;
    assert_snapshot!(where_leave_goes(&calendar), @"Leave appears in the calendar time-off@group.calendar.google.com, which whoever runs timeoff has set: only they can switch it off. A calendar that you name here takes its place.");
    // Nothing is named, so nothing is changed, and nothing is noted as if it were.
    assert_eq!(house.submits(&carla).await, "");
    let noted: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE subject = 'integrations'")
        .await;
    assert_eq!(noted, 0);
    // Next door nobody has set anything.
    let next_door = house.slack.person(OTHER, "U_CARLA");
    for group in ["Harvest", "Google Calendar"] {
        let dialog = house.changes(&next_door, group).await;
        assert_eq!(where_leave_goes(&dialog), "", "{group}");
        next_door.modal().close().await;
    }
}

#[tokio::test]
async fn an_account_of_harvest_is_disconnected_and_the_dialog_says_what_happens_then() {
    let house = House::with_services_and_neighbours().await;
    let mut said = Vec::new();
    for team in [TEAM, OTHER] {
        has_harvest(&house, team, 300_003).await;
        let carla = house.slack.person(team, "U_CARLA");
        let dialog = house.changes(&carla, "Harvest").await;
        said.push(where_leave_goes(&dialog));
        let ticked = if team == TEAM {
            "Book no more leave in this account"
        } else {
            "Book no more leave in Harvest"
        };
        assert_eq!(house.saves(&carla, &[("Disconnect", ticked)]).await, "");
        let home = house.opens_home(&carla).await;
        let stands = home
            .lines()
            .skip_while(|line| *line != "*Harvest*")
            .nth(1)
            .unwrap_or_default();
        said.push(format!("=> {stands}"));
    }
    assert_snapshot!(said.join("\n"), @"
    Leave is booked in account 300003.
    Disconnect (optional): [ ] Book no more leave in this account ‹Leave is booked in account 100001 again then, which whoever runs timeoff has set. What is booked already stays. Leave the other fields empty.›
    => On, leave is booked in account 100001 (set by whoever runs timeoff).  [Change]
    Leave is booked in account 300003.
    Disconnect (optional): [ ] Book no more leave in Harvest ‹What is booked already stays. Leave the other fields empty.›
    => Off.  [Change]
    ");
}

#[tokio::test]
async fn the_calendar_is_connected_in_the_set_up() {
    let house = House::with_services_and_neighbours().await;
    house
        .execute("UPDATE workspace SET setup_done_at = NULL, setup_asked_at = NULL WHERE workspace_id = 'T2'")
        .await;
    house
        .settings_in(OTHER, |settings| settings.zone = "Europe/Berlin".to_owned())
        .await;
    let carla = house.slack.person(OTHER, "U_CARLA");
    house.installed_by(OTHER, "U_CARLA", false).await;
    assert_snapshot!(carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Four short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      :white_check_mark: *1. Leave channel*
      #leave  (#leave)
      :white_check_mark: *2. Approvers*
      @ben  (@ben)
      :white_check_mark: *3. Time zone*
      Europe/Berlin
      [Another time zone]
      *4. Google Calendar*
      Shall approved leave appear in a Google calendar?
      [Connect a calendar] [Skip]
      ~ 3 of 4 done.
    ");
    house.presses(&carla, "Connect a calendar").await;
    assert_snapshot!(carla.modal().text(), @"
    # Google Calendar
    1. Share the calendar with `timeoff@pretend-project.iam.gserviceaccount.com`: in the calendar's settings, “Share with specific people”, with “Make changes to events”.
    2. Add an event with the title `timeoff T2` to it, on any day. It shows that the calendar is yours, and is removed again.
    3. Copy the calendar's id from its settings, “Integrate calendar”.
    Calendar id (optional): () ‹Such as team@group.calendar.google.com›
    [Save] [Cancel]
    ");
    // Not shared yet: said in words, and nothing is saved.
    assert_eq!(house.saves(&carla, &[("Calendar id", THEIRS)]).await, "");
    assert_snapshot!(last(&carla.dm()), @"Leave does not appear in this calendar yet. Google shows no such calendar. Please share it with timeoff@pretend-project.iam.gserviceaccount.com (in the calendar's settings, “Share with specific people”, with “Make changes to events”) and check the id.");
    assert!(!house.is_set_up(OTHER).await);
    // The calendar of the house next door is not to be had.
    house.presses(&carla, "Connect a calendar").await;
    let next_door = "time-off@group.calendar.google.com";
    assert_eq!(house.saves(&carla, &[("Calendar id", next_door)]).await, "");
    assert_snapshot!(last(&carla.dm()), @"Leave does not appear in this calendar yet. To show that this calendar is yours, please add an event with the title “timeoff T2” to it, on any day, and save again. The event is removed then.");

    house.calendar().share(THEIRS, Some(AccessRole::Writer));
    house
        .calendar()
        .make_by_hand("carla@ink.example", THEIRS, "timeoff T2", None);
    house.presses(&carla, "Connect a calendar").await;
    assert_eq!(house.saves(&carla, &[("Calendar id", THEIRS)]).await, "");
    assert_snapshot!(carla.dm(), @"
    timeoff: == Welcome to timeoff ==
      Hello Carla Mendes! I take requests for time off to the people who approve them, and show who is away. Four short choices and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.
      ---
      :white_check_mark: *1. Leave channel*
      #leave
      :white_check_mark: *2. Approvers*
      @ben
      :white_check_mark: *3. Time zone*
      Europe/Berlin
      :white_check_mark: *4. Google Calendar*
      c_second@group.calendar.google.com
      ~ The set-up is finished. My Home tab has all settings.
    timeoff: Leave does not appear in this calendar yet. Google shows no such calendar. Please share it with timeoff@pretend-project.iam.gserviceaccount.com (in the calendar's settings, “Share with specific people”, with “Make changes to events”) and check the id.
    timeoff: Leave does not appear in this calendar yet. To show that this calendar is yours, please add an event with the title “timeoff T2” to it, on any day, and save again. The event is removed then.
    timeoff: Approved leave appears in the calendar c_second@group.calendar.google.com from now on.
    timeoff: :tada: All set. Write “on leave tomorrow” in #leave, and I answer in a thread. Or type `/timeoff` anywhere.
      Everything else has a sensible start. My Home tab has all settings whenever you want to change something.
    ");
    assert!(house.is_set_up(OTHER).await);
    assert!(
        house.calendar().events_in(THEIRS).is_empty(),
        "the event is removed again"
    );
    assert_eq!(house.carla().dm(), "");
}

#[tokio::test]
async fn the_calendar_is_changed_and_turned_off_in_home() {
    let house = House::with_services_and_neighbours().await;
    house.calendar().share(THEIRS, Some(AccessRole::Writer));
    house
        .calendar()
        .make_by_hand("carla@paper.example", THEIRS, "timeoff T1", None);
    let carla = house.carla();
    house.changes(&carla, "Google Calendar").await;
    assert_eq!(house.saves(&carla, &[("Calendar id", THEIRS)]).await, "");
    assert!(carla.home().contains(THEIRS), "{}", carla.home());
    assert_snapshot!(house.changes(&carla, "Google Calendar").await, @"
    # Google Calendar
    1. Share the calendar with `timeoff@pretend-project.iam.gserviceaccount.com`: in the calendar's settings, “Share with specific people”, with “Make changes to events”.
    2. Add an event with the title `timeoff T1` to it, on any day. It shows that the calendar is yours, and is removed again.
    3. Copy the calendar's id from its settings, “Integrate calendar”.
    With no id, leave appears in the calendar time-off@group.calendar.google.com again, which whoever runs timeoff has set. Events that are there stay.
    Calendar id (optional): (c_second@group.calendar.google.com) ‹Such as team@group.calendar.google.com›
    [Save] [Cancel]
    ");
    assert_eq!(house.saves(&carla, &[("Calendar id", "")]).await, "");
    assert!(!carla.home().contains(THEIRS), "{}", carla.home());
    let noted: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, actor, action, detail), E'\\n' ORDER BY audit_id) FROM audit_log WHERE subject = 'integrations'")
        .await;
    assert_snapshot!(noted, @r#"
    T1 U_CARLA calendar_set {"calendar_id": "c_second@group.calendar.google.com"}
    T1 U_CARLA calendar_off {}
    "#);
}

#[tokio::test]
async fn a_calendar_is_not_saved_for_somebody_who_lost_the_right() {
    let house = House::with_services_and_neighbours().await;
    house.calendar().share(THEIRS, Some(AccessRole::Writer));
    house
        .calendar()
        .make_by_hand("carla@paper.example", THEIRS, "timeoff T1", None);
    let carla = house.carla();
    house.changes(&carla, "Google Calendar").await;
    house.fills(&carla, "Calendar id", THEIRS).await;
    house.stop_workers();
    carla.modal().submit().await;
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    house.start_workers();
    house.settle().await;
    let stored: Option<String> = house
        .value("SELECT settings ->> 'calendar_id' FROM workspace WHERE workspace_id = 'T1'")
        .await;
    assert_eq!(stored, None);
}

#[tokio::test]
async fn harvest_is_checked_before_it_is_connected_and_its_token_is_kept_encrypted() {
    let house = House::with_services_and_neighbours().await;
    let carla = house.slack.person(OTHER, "U_CARLA");
    house.changes(&carla, "Harvest").await;
    assert_snapshot!(refused(&house.submits(&carla).await), @"
    Access token: Please complete this required field.
    Account id: Please complete this required field.
    Project id: Please complete this required field.
    Task id for vacation: Please complete this required field.
    Task id for sick leave: Please complete this required field.
    ");
    let fields = [
        ("Access token", "secret-harvest-token"),
        ("Account id", "12"),
        ("Project id", "13"),
        ("Task id for vacation", "14"),
        ("Task id for sick leave", "many"),
    ];
    assert_snapshot!(refused(&house.saves(&carla, &fields).await), @"Task id for sick leave: Please give an id: a number.");
    assert_eq!(
        house
            .saves(&carla, &[("Task id for sick leave", "15")])
            .await,
        ""
    );
    assert_snapshot!(last(&carla.dm()), @"Harvest is not connected, and nothing was changed. Harvest does not take this token together with this account id. Both are shown at https://id.getharvest.com/developers.");
    let seen: i64 = house
        .value("SELECT count(*) FROM job WHERE payload::text LIKE '%secret-harvest-token%'")
        .await;
    assert_eq!(seen, 0, "never in the clear");
    assert!(carla.home().contains("*Harvest*\nOff."), "{}", carla.home());
    assert_eq!(house.slack.person(TEAM, "U_CARLA").dm(), "");
}

#[tokio::test]
async fn what_is_no_calendars_id_is_refused_beside_its_field() {
    let house = House::with_services_and_neighbours().await;
    let carla = house.carla();
    house.changes(&carla, "Google Calendar").await;
    let left = house.saves(&carla, &[("Calendar id", "my calendar")]).await;
    assert_snapshot!(super::settings::refused(&left), @"Calendar id (optional): This is not a calendar's id. Google Calendar shows it in the calendar's settings under “Integrate calendar”; it looks like team@group.calendar.google.com.");
    assert_eq!(carla.dm(), "", "nothing comes later");
    let stored: Option<String> = house
        .value("SELECT settings ->> 'calendar_id' FROM workspace WHERE workspace_id = 'T1'")
        .await;
    assert_eq!(stored, None);
}

const BENS: &str = "c_bens@group.calendar.google.com";

/// A calendar that Ben and Carla may name in the first workspace.
fn is_ours(house: &House, calendar: &str) {
    house.calendar().share(calendar, Some(AccessRole::Writer));
    house
        .calendar()
        .make_by_hand("carla@paper.example", calendar, "timeoff T1", None);
}

/// Two admins, and whatever Google and Harvest have.
async fn with_two_admins() -> House {
    let house = House::with_services_and_neighbours().await;
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_BEN'")
        .await;
    is_ours(&house, THEIRS);
    is_ours(&house, BENS);
    house
}

async fn stored_calendar(house: &House) -> Option<String> {
    house
        .value("SELECT settings ->> 'calendar_id' FROM workspace WHERE workspace_id = 'T1'")
        .await
}

#[tokio::test]
async fn a_calendar_that_somebody_else_named_meanwhile_is_not_overwritten() {
    let house = with_two_admins().await;
    let (ben, carla) = (house.ben(), house.carla());
    house.changes(&carla, "Google Calendar").await;
    house.changes(&ben, "Google Calendar").await;
    assert_eq!(house.saves(&ben, &[("Calendar id", BENS)]).await, "");
    // Carla's dialog shows no calendar still.
    assert_snapshot!(refused(&house.submits(&carla).await), @"Calendar id (optional): Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.");
    assert_eq!(stored_calendar(&house).await.as_deref(), Some(BENS));
    let left = house.saves(&carla, &[("Calendar id", THEIRS)]).await;
    assert_snapshot!(refused(&left), @"Calendar id (optional): Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.");
    assert_eq!(stored_calendar(&house).await.as_deref(), Some(BENS));
    // The same that Ben named is no trouble; opened again, neither is another one.
    assert_eq!(house.saves(&carla, &[("Calendar id", BENS)]).await, "");
    house.changes(&carla, "Google Calendar").await;
    assert_eq!(house.saves(&carla, &[("Calendar id", THEIRS)]).await, "");
    assert_eq!(stored_calendar(&house).await.as_deref(), Some(THEIRS));
}

#[tokio::test]
async fn of_two_calendars_that_are_checked_at_once_the_second_does_not_take_the_place_of_the_first()
{
    let house = with_two_admins().await;
    let (ben, carla) = (house.ben(), house.carla());
    house.changes(&carla, "Google Calendar").await;
    house.fills(&carla, "Calendar id", THEIRS).await;
    house.changes(&ben, "Google Calendar").await;
    house.fills(&ben, "Calendar id", BENS).await;
    house.stop_workers();
    ben.modal().submit().await;
    carla.modal().submit().await;
    house.start_workers();
    house.settle().await;
    let stored = stored_calendar(&house).await;
    let (first, second) = if stored.as_deref() == Some(BENS) {
        (ben, carla)
    } else {
        (carla, ben)
    };
    assert!(first.dm().contains("from now on"), "{}", first.dm());
    assert_snapshot!(last(&second.dm()), @"Somebody else changed the calendar while I looked at yours, so I left it as it is now. My Home tab shows it, and you can change it there.");
    let named: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE action = 'calendar_set'")
        .await;
    assert_eq!(named, 1);
}

#[tokio::test]
async fn an_account_of_harvest_that_somebody_else_connected_meanwhile_is_not_disconnected() {
    let house = with_two_admins().await;
    has_harvest(&house, TEAM, 300_003).await;
    let carla = house.carla();
    house.changes(&carla, "Harvest").await;
    has_harvest(&house, TEAM, 400_004).await;
    let ticked = ("Disconnect", "Book no more leave in this account");
    assert_snapshot!(refused(&house.saves(&carla, &[ticked]).await), @"Disconnect (optional): Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.");
    let accounts: i64 = house.value("SELECT account_id FROM harvest_account").await;
    assert_eq!(accounts, 400_004);
}
