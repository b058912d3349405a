//! The settings in the Home tab of admins: each value is checked when it is saved.

use insta::assert_snapshot;
use simulators::slack::{Fault, Person};
use timeoff::platform::ids::ChannelId;

use crate::support::{House, OTHER, id};

impl House {
    /// `admin` opens a dialog of the settings and sees it.
    pub async fn changes(&self, admin: &Person, group: &str) -> String {
        admin.opens_home().await;
        self.settle().await;
        admin.press_home_beside(&format!("*{group}*"), "Change").await;
        self.settle().await;
        admin.modal().text()
    }

    /// `admin` fills the open dialog and sends it; what is left of it.
    pub async fn saves(&self, admin: &Person, fields: &[(&str, &str)]) -> String {
        for (label, value) in fields {
            self.fills(admin, label, value).await;
        }
        self.submits(admin).await
    }

    /// What the audit log says of the settings, without the instants.
    pub async fn changes_noted(&self) -> String {
        self.value::<Option<String>>(
            "SELECT string_agg(format('%s %s %s %s', workspace_id, actor, subject, detail), E'\\n' ORDER BY audit_id)
             FROM audit_log WHERE action = 'changed'",
        )
        .await
        .unwrap_or_default()
    }
}

/// The lines of a dialog that something is wrong with, each with what stands beside it.
pub fn refused(form: &str) -> String {
    let lines: Vec<&str> = form.lines().collect();
    let mut shown = Vec::new();
    for pair in lines.windows(2) {
        if let Some(why) = pair[1].trim().strip_prefix("! ") {
            let label = pair[0].split(": ").next().unwrap_or_default();
            shown.push(format!("{label}: {why}"));
        }
    }
    if shown.is_empty() {
        return form.to_owned();
    }
    shown.join("\n")
}

#[tokio::test]
async fn home_shows_admins_how_the_settings_stand_and_nobody_else() {
    let house = House::with_neighbours().await;
    house
        .settings_in(OTHER, |settings| {
            settings.approvers = Vec::new();
            settings.leave_channel = None;
            settings.zone = "Europe/Berlin".to_owned();
            settings.remind_after_days = Vec::new();
            settings.digest_channel = ChannelId::parse("C_GENERAL").ok();
            settings.announcement_channel = ChannelId::parse("C_GENERAL").ok();
            settings.weekly_digest_at = Some(jiff::civil::time(8, 30, 0, 0));
            settings.remind_day_before = false;
            settings.self_approval = true;
            settings.retention_days = 1;
        })
        .await;
    let (carla, other_carla) = (house.carla(), house.slack.person(OTHER, "U_CARLA"));
    for person in [&carla, &other_carla, &house.asha()] {
        person.opens_home().await;
    }
    house.settle().await;
    assert_snapshot!(carla.home(), @"");
    assert_snapshot!(other_carla.home(), @"");
    assert!(!house.asha().home().contains("Settings"), "{}", house.asha().home());
}

#[tokio::test]
async fn the_leave_channel_and_its_words_are_changed() {
    let house = House::with_neighbours().await;
    let (asha, carla) = (house.asha(), house.carla());
    assert_snapshot!(house.changes(&carla, "Leave channel").await, @"");
    let left = house
        .saves(
            &carla,
            &[
                ("Leave channel", "#general"),
                ("Words that I listen for", "holiday,  sabbatical "),
                ("Minutes until “did I read you right?” lapses", "90"),
            ],
        )
        .await;
    assert_eq!(left, "");
    // The app went into the channel by itself, and hears it at once.
    asha.says("#general", "sabbatical tomorrow").await;
    house.settle().await;
    assert!(asha.channel("#general").contains("Tue 3 March"), "{}", asha.channel("#general"));
    let before = asha.channel("#leave");
    house.writes(&asha, "on leave tomorrow").await;
    assert!(!asha.channel("#leave").contains("timeoff"), "{before}");
    assert_eq!(carla.dm(), "", "nothing to say");
    assert_snapshot!(house.changes_noted().await, @"");
    assert_snapshot!(carla.home(), @"");
    // The same channel id is another channel next door, whose settings are as they were.
    let other = house.slack.person(OTHER, "U_ASHA");
    house.writes(&other, "on leave tomorrow").await;
    assert!(other.channel("#leave").contains("Tue 3 March"));
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_what_was_typed_stays() {
    let house = House::open().await;
    let carla = house.carla();
    let mut said = Vec::new();
    for (group, fields) in [
        (
            "Leave channel",
            &[
                ("Leave channel", ""),
                ("Words that I listen for", "leave, …"),
                ("Minutes until “did I read you right?” lapses", "0"),
                ("Who can ask for leave", "The members of the leave channel"),
            ][..],
        ),
        (
            "Approvals",
            &[
                ("Approvers", "@ben, @app"),
                ("Remind approvers after so many working days", "3, 1"),
                ("Ask the admins too after so many working days", "70000"),
            ],
        ),
        (
            "Approvals",
            &[("Remind approvers after so many working days", "soon")],
        ),
        (
            "Working time",
            &[
                ("Time zone", "Mars/Olympus"),
                ("Place of the public holidays", &"x".repeat(61)),
                ("The most working days of one request", "-5"),
                ("Half days among them", "Saturday: mornings only"),
            ],
        ),
        ("Working time", &[("Days of work", "")]),
        ("Working time", &[("Hours of a whole day", "25")]),
        (
            "Working time",
            &[("Half days among them", "Monday: mornings only, Monday: afternoons only")],
        ),
        ("Working time", &[("Work ends at", "14:00")]),
        ("Working time", &[("The two halves of a day meet at", "10:00")]),
        ("Data", &[("Days for which data is kept after the app is removed", "3651")]),
    ] {
        house.changes(&carla, group).await;
        let left = house.saves(&carla, fields).await;
        said.push(format!("== {group} ==\n{}", refused(&left)));
        if group == "Leave channel" {
            assert!(left.contains("leave, …"), "what was typed stays:\n{left}");
        }
        carla.modal().close().await;
    }
    assert_snapshot!(said.join("\n"), @"");
    assert_eq!(house.changes_noted().await, "", "nothing was saved");
}

#[tokio::test]
async fn approvers_are_changed_and_the_next_request_goes_to_them() {
    let house = House::with_neighbours().await;
    let (asha, carla, dev) = (house.asha(), house.carla(), house.dev());
    assert_snapshot!(house.changes(&carla, "Approvals").await, @"");
    let left = house
        .saves(
            &carla,
            &[
                ("Approvers", "@dev"),
                ("Own leave", "An only approver may approve their own leave"),
                ("Remind approvers after so many working days", ""),
                ("Ask the admins too after so many working days", "2"),
            ],
        )
        .await;
    assert_eq!(left, "");
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    assert!(dev.dm().contains("asks for"), "{}", dev.dm());
    assert_eq!(house.ben().dm(), "");
    assert_snapshot!(house.changes_noted().await, @"");
    let other = house.slack.person(OTHER, "U_ASHA");
    house.asks(&other, "2026-03-05", "2026-03-05").await;
    assert!(house.slack.person(OTHER, "U_BEN").dm().contains("asks for"));
}

#[tokio::test]
async fn somebody_who_left_cannot_become_an_approver() {
    let house = House::open().await;
    let carla = house.carla();
    house
        .execute("UPDATE person SET switched_off = true WHERE user_id = 'U_DEV'")
        .await;
    house.changes(&carla, "Approvals").await;
    let left = house.saves(&carla, &[("Approvers", "@ben, @dev")]).await;
    assert_snapshot!(refused(&left), @"");
    house
        .execute("DELETE FROM person WHERE user_id = 'U_DEV'")
        .await;
    assert_snapshot!(refused(&house.submits(&carla).await), @"");
    assert_eq!(house.saves(&carla, &[("Approvers", "@ben, @asha")]).await, "");
    assert_snapshot!(house.changes_noted().await, @"");
}

#[tokio::test]
async fn working_time_is_changed_from_a_day_on() {
    let house = House::with_neighbours().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.takes(&asha, "/timeoff 2026-03-06", &[]).await;
    assert_snapshot!(house.changes(&carla, "Working time").await, @"");
    let left = house
        .saves(
            &carla,
            &[
                ("Time zone", "madrid"),
                ("The leave year begins in", "April"),
                ("Days of work", "Mon, Tue, Wed, Thu, Fri, Sat"),
                ("Half days among them", "Friday: mornings only, Saturday: afternoons only"),
                ("Hours of a whole day", "7.5"),
                ("Work begins at", "09:00"),
                ("The two halves of a day meet at", "13:00"),
                ("Work ends at", "17:30"),
                ("A changed week holds from", "2026-03-09"),
            ],
        )
        .await;
    assert_eq!(left, "");
    assert_snapshot!(house.changes_noted().await, @"");
    // Booked leave keeps its day; what is asked for then is counted anew.
    let minutes: i32 = house.value("SELECT minutes FROM leave_record").await;
    assert_eq!(minutes, 480);
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-12 to 2026-03-15", &[]).await, @"");
    let other = house.slack.person(OTHER, "U_ASHA");
    assert_snapshot!(house.summary(&other, "/timeoff 2026-03-12 to 2026-03-15", &[]).await, @"");
    asha.modal().close().await;
    assert_snapshot!(house.changes(&carla, "Working time").await, @"");
    // Nothing touched, nothing changed.
    assert_eq!(house.submits(&carla).await, "");
    let weeks: i64 = house.value("SELECT count(*) FROM working_pattern").await;
    assert_eq!(weeks, 1);
}

#[tokio::test]
async fn messages_and_data_are_changed() {
    let house = House::with_neighbours().await;
    let carla = house.carla();
    assert_snapshot!(house.changes(&carla, "Messages").await, @"");
    let left = house
        .saves(
            &carla,
            &[
                ("Channel for “who is off”", "#general"),
                ("Every day at", ""),
                ("Every week at", "08:15"),
                ("Day of the weekly digest", "Friday"),
                ("Channel in which approved leave is announced", "#general"),
                ("Reminder", ""),
            ],
        )
        .await;
    assert_eq!(left, "");
    assert_snapshot!(house.changes(&carla, "Data").await, @"");
    let label = "Days for which data is kept after the app is removed";
    assert_eq!(house.saves(&carla, &[(label, "90")]).await, "");
    assert_snapshot!(house.changes_noted().await, @"");
    assert_snapshot!(carla.home(), @"");
    let stored: serde_json::Value = house
        .value("SELECT settings - 'approvers' - 'leave_channel' FROM workspace WHERE workspace_id = 'T2'")
        .await;
    assert_eq!(stored, serde_json::json!({}), "next door nothing changed");
}

#[tokio::test]
async fn two_admins_at_once_keep_each_others_changes() {
    let house = House::open().await;
    let (ben, carla) = (house.ben(), house.carla());
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_BEN'")
        .await;
    house.changes(&carla, "Approvals").await;
    house.changes(&ben, "Approvals").await;
    let days = "Ask the admins too after so many working days";
    assert_eq!(house.saves(&ben, &[(days, "9"), ("Approvers", "@dev")]).await, "");
    // Another field of the same dialog: both changes hold.
    house
        .fills(&carla, "Remind approvers after so many working days", "2, 4")
        .await;
    // The same field: nothing is overwritten unseen.
    house.fills(&carla, "Approvers", "@asha").await;
    assert_snapshot!(refused(&house.submits(&carla).await), @"");
    carla.modal().close().await;
    house.changes(&carla, "Approvals").await;
    let reminders = ("Remind approvers after so many working days", "2, 4");
    assert_eq!(house.saves(&carla, &[reminders]).await, "");
    assert_snapshot!(house.changes_noted().await, @"");
}

#[tokio::test]
async fn two_submissions_at_the_same_moment_both_hold() {
    let house = House::open().await;
    let (ben, carla) = (house.ben(), house.carla());
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_BEN'")
        .await;
    house.changes(&carla, "Approvals").await;
    house.changes(&ben, "Data").await;
    let days = "Ask the admins too after so many working days";
    house.fills(&carla, days, "9").await;
    let kept = "Days for which data is kept after the app is removed";
    house.fills(&ben, kept, "60").await;
    let requests = [carla.modal().submit_request(), ben.modal().submit_request()];
    for reply in house.post_at_once(&requests).await {
        assert_eq!(reply.status, 200);
    }
    house.settle().await;
    let both: bool = house
        .value("SELECT settings @> '{\"escalate_after_days\": 9, \"retention_days\": 60}' FROM workspace")
        .await;
    assert!(both);
}

#[tokio::test]
async fn whoever_is_no_admin_changes_nothing() {
    let house = House::open().await;
    let carla = house.carla();
    house.changes(&carla, "Data").await;
    house
        .fills(&carla, "Days for which data is kept after the app is removed", "60")
        .await;
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    // The dialog was open: the right counts when it is sent.
    assert_snapshot!(house.submits(&carla).await, @"");
    assert!(!carla.home().contains("Settings"), "{}", carla.home());
    carla.modal().close().await;

    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_CARLA'")
        .await;
    carla.opens_home().await;
    house.settle().await;
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    carla.press_home_beside("*Data*", "Change").await;
    house.settle().await;
    assert!(carla.find_modal().is_none());
    assert_snapshot!(carla.dm(), @"");
    assert_eq!(house.changes_noted().await, "");
}

#[tokio::test]
async fn a_dialog_that_does_not_open_is_told() {
    let house = House::open().await;
    let carla = house.carla();
    carla.opens_home().await;
    house.settle().await;
    house
        .slack
        .fault("views.open", Fault::Error("expired_trigger_id".to_owned()), Some(1));
    carla.press_home_beside("*Messages*", "Change").await;
    house.settle().await;
    assert!(carla.find_modal().is_none());
    assert_snapshot!(carla.dm(), @"");
}

#[tokio::test]
async fn somebody_who_approves_still_does_after_the_list_changed() {
    let house = House::open().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.settings(|settings| settings.approvers = vec![id("U_DEV")]).await;
    house
        .execute("UPDATE person SET in_slack = false WHERE user_id = 'U_BEN'")
        .await;
    // Whoever was asked has left: the new list is asked instead.
    house.round().await;
    assert!(house.dev().dm().contains("asks for"), "{}", house.dev().dm());
    assert_eq!(carla.dm(), "");
}
