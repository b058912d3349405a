//! The settings in the Home tab of admins: each value is checked when it is saved.

use insta::assert_snapshot;
use serde_json::{Value, json};
use simulators::slack::{Fault, Person};
use timeoff::platform::ids::ChannelId;

use crate::invariants::payloads;
use crate::support::{House, OTHER, id};

impl House {
    /// `admin` opens a dialog of the settings and sees it.
    pub async fn changes(&self, admin: &Person, group: &str) -> String {
        admin.opens_home().await;
        self.settle().await;
        admin
            .press_home_beside(&format!("*{group}*"), "Change")
            .await;
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
    assert_snapshot!(carla.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    == Settings ==
    *Leave channel*
    #leave. A question of mine lapses after 1 hour.
    I listen for “leave”, “ooo”, “wfh”, “sick”, “vacation”, “pto” and “day off”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” is not posted.
    Approved leave is not announced.
    People are reminded of their own leave the day before.  [Change]
    *Data*
    Kept for 30 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    Off. This timeoff has no Google account.
    *Harvest*
    Off.  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
    assert_snapshot!(other_carla.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    *Nobody has an approver yet.* All requests go to the workspace's admins. Choose approvers for everybody below, under “Approvals”; whoever runs timeoff can choose one for a single person: `timeoff admin person USER --approver USER`.
    == Settings ==
    *Leave channel*
    None: people ask with `/timeoff` or here.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    The workspace's admins decide.
    Nobody is reminded; the admins are asked too after 5 working days.
    An only approver may approve their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone Europe/Berlin; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” in #general every day at 09:00 and every Monday at 08:30.
    Approved leave is announced in #general.
    People are not reminded of their own leave.  [Change]
    *Data*
    Kept for 1 day after the app is removed, then deleted.  [Change]
    *Google Calendar*
    Off. This timeoff has no Google account.
    *Harvest*
    Off.  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
    assert!(
        !house.asha().home().contains("Settings"),
        "{}",
        house.asha().home()
    );
}

#[tokio::test]
async fn the_leave_channel_and_its_words_are_changed() {
    let house = House::with_neighbours().await;
    let (asha, carla) = (house.asha(), house.carla());
    assert_snapshot!(house.changes(&carla, "Leave channel").await, @"
    # Leave channel
    Leave channel (optional): (#leave) ‹People write there that they are away. Leave it empty and no channel is read.›
    Words that I listen for: (leave, ooo, wfh, sick, vacation, pto, day off) ‹With commas between them. A message with none of them is not for me.›
    Minutes until “did I read you right?” lapses: (60)
    Who can ask for leave: (Everyone in the workspace) ‹A change reads the people from Slack again.›
    [Save] [Cancel]
    ");
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
    assert!(
        asha.channel("#general").contains("Tue 3 March"),
        "{}",
        asha.channel("#general")
    );
    let before = asha.channel("#leave");
    house.writes(&asha, "on leave tomorrow").await;
    assert!(!asha.channel("#leave").contains("timeoff"), "{before}");
    assert_eq!(carla.dm(), "", "nothing to say");
    assert_snapshot!(house.changes_noted().await, @r#"T1 U_CARLA settings {"leave_channel": {"to": "C_GENERAL", "from": "C_LEAVE"}, "trigger_words": {"to": ["holiday", "sabbatical"], "from": ["leave", "ooo", "wfh", "sick", "vacation", "pto", "day off"]}, "question_expires_minutes": {"to": 90, "from": 60}}"#);
    assert_snapshot!(carla.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    == Settings ==
    *Leave channel*
    #general. A question of mine lapses after 90 minutes.
    I listen for “holiday” and “sabbatical”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” is not posted.
    Approved leave is not announced.
    People are reminded of their own leave the day before.  [Change]
    *Data*
    Kept for 30 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    Off. This timeoff has no Google account.
    *Harvest*
    Off.  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
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
                ("Approvers", "@ben, @timeoff"),
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
            &[(
                "Half days among them",
                "Monday: mornings only, Monday: afternoons only",
            )],
        ),
        ("Working time", &[("Work ends at", "14:00")]),
        (
            "Working time",
            &[("The two halves of a day meet at", "10:00")],
        ),
        (
            "Data",
            &[(
                "Days for which data is kept after the app is removed",
                "3651",
            )],
        ),
    ] {
        house.changes(&carla, group).await;
        let left = house.saves(&carla, fields).await;
        said.push(format!("== {group} ==\n{}", refused(&left)));
        if group == "Leave channel" {
            assert!(left.contains("leave, …"), "what was typed stays:\n{left}");
        }
        carla.modal().close().await;
    }
    assert_snapshot!(said.join("\n"), @"
    == Leave channel ==
    Words that I listen for: Please give up to 50 words or short phrases of up to 40 characters, with commas between them, such as leave, day off.
    Minutes until “did I read you right?” lapses: Please give a number of minutes, 1 to 10080 (a week).
    Who can ask for leave: Please choose everyone, or set a leave channel whose members are meant (everyone, leave_channel).
    == Approvals ==
    Remind approvers after so many working days (optional): Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
    Ask the admins too after so many working days: Please give a number of working days, 1 to 90.
    == Approvals ==
    Remind approvers after so many working days (optional): Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
    == Working time ==
    Time zone: Please give a time zone by its name, such as Europe/Madrid.
    Place of the public holidays: Please name the place of the public holidays, in up to 60 characters.
    The most working days of one request: Please give a number of working days, 1 to 366.
    Half days among them (optional): A half day must be one of the days of work.
    == Working time ==
    Days of work: Please complete this required field.
    == Working time ==
    Hours of a whole day: Please give a number of hours, up to 24, such as 7.5.
    == Working time ==
    Half days among them (optional): A day is either mornings only or afternoons only. For a whole day, choose neither.
    == Working time ==
    Work ends at: Please choose a later time than the one before.
    == Working time ==
    The two halves of a day meet at: Please choose a later time than the one before.
    == Data ==
    Days for which data is kept after the app is removed: Please give a number of days, 1 to 3650.
    ");
    assert_eq!(house.changes_noted().await, "", "nothing was saved");
}

#[tokio::test]
async fn approvers_are_changed_and_the_next_request_goes_to_them() {
    let house = House::with_neighbours().await;
    let (asha, carla, dev) = (house.asha(), house.carla(), house.dev());
    assert_snapshot!(house.changes(&carla, "Approvals").await, @"
    # Approvals
    Approvers (optional): (@ben) ‹They decide for everybody who has no approver of their own. With nobody here, the workspace's admins do.›
    Approvers' channel (optional): (‹Choose a channel›) ‹Whoever is in it decides too.›
    Own leave (optional): [ ] An only approver may approve their own leave
    Remind approvers after so many working days (optional): (1, 3) ‹With commas between them, such as 1, 3. Empty: no reminders.›
    Ask the admins too after so many working days: (5)
    [Save] [Cancel]
    ");
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
    assert_snapshot!(house.changes_noted().await, @r#"T1 U_CARLA settings {"approvers": {"to": ["U_DEV"], "from": ["U_BEN"]}, "self_approval": {"to": true, "from": false}, "remind_after_days": {"to": [], "from": [1, 3]}, "escalate_after_days": {"to": 2, "from": 5}}"#);
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
    assert_snapshot!(refused(&left), @"Approvers (optional): Dev Patel is not active any more. Please choose somebody else.");
    assert_eq!(
        house.saves(&carla, &[("Approvers", "@ben, @asha")]).await,
        ""
    );
    assert_snapshot!(house.changes_noted().await, @r#"T1 U_CARLA settings {"approvers": {"to": ["U_BEN", "U_ASHA"], "from": ["U_BEN"]}}"#);
}

#[tokio::test]
async fn an_approver_whom_the_directory_does_not_know_is_refused_until_they_are_read() {
    let house = House::with_neighbours().await;
    let carla = house.carla();
    house
        .execute("DELETE FROM person WHERE user_id = 'U_DEV'")
        .await;
    house.changes(&carla, "Approvals").await;
    let left = house.saves(&carla, &[("Approvers", "@ben, @dev")]).await;
    assert_snapshot!(refused(&left), @"Approvers (optional): I do not know one of them: an app, somebody from another workspace, or somebody whom I have not read from Slack yet. “Read people from Slack again” in my Home tab does that.");
    house
        .presses_home(&carla, "Read people from Slack again")
        .await;
    assert_eq!(house.submits(&carla).await, "");
    assert_snapshot!(house.changes_noted().await, @r#"T1 U_CARLA settings {"approvers": {"to": ["U_BEN", "U_DEV"], "from": ["U_BEN"]}}"#);
}

#[tokio::test]
async fn working_time_is_changed_from_a_day_on() {
    let house = House::with_neighbours().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.takes(&asha, "/timeoff 2026-03-06", &[]).await;
    assert_snapshot!(house.changes(&carla, "Working time").await, @"
    # Working time
    Time zone: (UTC) ‹A name such as Europe/Madrid, or its city. Each person's own days follow their Slack profile.›
    Place of the public holidays: (default) ‹For everybody who has no place of their own. The holidays of a place are imported by an operator.›
    The leave year begins in: (January)
    The most working days of one request: (60)
    ---
    *The working week*
    Days of work: [x] Mon  [x] Tue  [x] Wed  [x] Thu  [x] Fri  [ ] Sat  [ ] Sun
    Half days among them (optional): (‹Choose any›)
    Hours of a whole day: (8) ‹Half a day is half of them.›
    Work begins at: (11:00)
    The two halves of a day meet at: (15:00)
    Work ends at: (19:00)
    A changed week holds from: (2026-03-02)
    ~ Leave that is booked already keeps the days that it has: a changed week counts for what is asked for from now on. People with a week of their own keep it.
    [Save] [Cancel]
    ");
    let left = house
        .saves(
            &carla,
            &[
                ("Time zone", "madrid"),
                ("The leave year begins in", "April"),
                ("Days of work", "Mon, Tue, Wed, Thu, Fri, Sat"),
                (
                    "Half days among them",
                    "Friday: mornings only, Saturday: afternoons only",
                ),
                ("Hours of a whole day", "7.5"),
                ("Work begins at", "09:00"),
                ("The two halves of a day meet at", "13:00"),
                ("Work ends at", "17:30"),
                ("A changed week holds from", "2026-03-09"),
            ],
        )
        .await;
    assert_eq!(left, "");
    assert_snapshot!(house.changes_noted().await, @r#"
    T1 U_CARLA settings {"zone": {"to": "Europe/Madrid", "from": "UTC"}, "leave_year_starts": {"to": 4, "from": 1}}
    T1 U_CARLA week {"to": "FFFFap- 450 09:00:00 13:00:00 17:30:00", "from": "FFFFF-- 480 11:00:00 15:00:00 19:00:00", "holds_from": "2026-03-09"}
    "#);
    // Booked leave keeps its day; what is asked for then is counted anew.
    let minutes: i32 = house.value("SELECT minutes FROM leave_record").await;
    assert_eq!(minutes, 480);
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-12 to 2026-03-15", &[]).await, @"
    *2 working days*: Thu 12 – Sun 15 March
    Not counted: Fri 13 March, afternoon (you do not work then), Sat 14 March, morning (you do not work then) and Sun 15 March (weekend)
    Nobody else is off then.
    ");
    let other = house.slack.person(OTHER, "U_ASHA");
    assert_snapshot!(house.summary(&other, "/timeoff 2026-03-12 to 2026-03-15", &[]).await, @"
    *2 working days*: Thu 12 – Sun 15 March
    Not counted: Sat 14 – Sun 15 March (weekend)
    Nobody else is off then.
    ");
    asha.modal().close().await;
    assert_snapshot!(house.changes(&carla, "Working time").await, @"
    # Working time
    Time zone: (Europe/Madrid) ‹A name such as Europe/Madrid, or its city. Each person's own days follow their Slack profile.›
    Place of the public holidays: (default) ‹For everybody who has no place of their own. The holidays of a place are imported by an operator.›
    The leave year begins in: (April)
    The most working days of one request: (60)
    ---
    *The working week*
    Days of work: [x] Mon  [x] Tue  [x] Wed  [x] Thu  [x] Fri  [ ] Sat  [ ] Sun
    Half days among them (optional): (‹Choose any›)
    Hours of a whole day: (8) ‹Half a day is half of them.›
    Work begins at: (11:00)
    The two halves of a day meet at: (15:00)
    Work ends at: (19:00)
    A changed week holds from: (2026-03-02)
    ~ Leave that is booked already keeps the days that it has: a changed week counts for what is asked for from now on. People with a week of their own keep it.
    ~ From Mon 9 March on another week is planned: Mon to Thu, Fri in the morning and Sat in the afternoon, 7.5 hours a day, 09:00 to 17:30, halved at 13:00.
    [Save] [Cancel]
    ");
    // Nothing touched, nothing changed.
    assert_eq!(house.submits(&carla).await, "");
    let weeks: i64 = house.value("SELECT count(*) FROM working_pattern").await;
    assert_eq!(weeks, 1);
}

#[tokio::test]
async fn messages_and_data_are_changed() {
    let house = House::with_neighbours().await;
    let carla = house.carla();
    assert_snapshot!(house.changes(&carla, "Messages").await, @"
    # Messages
    Channel for “who is off” (optional): (‹Choose a channel›) ‹Leave it empty and no digest is posted.›
    Every day at (optional): (09:00) ‹In the workspace's time zone. Empty: no daily digest.›
    Every week at (optional): (‹Choose a time›) ‹Empty: no weekly digest.›
    Day of the weekly digest: (Monday)
    Channel in which approved leave is announced (optional): (‹Choose a channel›) ‹Who is away and when, never why. Leave it empty and nothing is announced.›
    Reminder (optional): [x] Remind people of their own leave the day before
    [Save] [Cancel]
    ");
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
    assert_snapshot!(house.changes(&carla, "Data").await, @"
    # Data
    Days for which data is kept after the app is removed: (30) ‹Whoever adds the app again within this time finds everything as it was.›
    [Save] [Cancel]
    ");
    let label = "Days for which data is kept after the app is removed";
    assert_eq!(house.saves(&carla, &[(label, "90")]).await, "");
    assert_snapshot!(house.changes_noted().await, @r#"
    T1 U_CARLA settings {"digest_channel": {"to": "C_GENERAL", "from": null}, "daily_digest_at": {"to": null, "from": "09:00:00"}, "weekly_digest_at": {"to": "08:15:00", "from": null}, "weekly_digest_on": {"to": "friday", "from": "monday"}, "remind_day_before": {"to": false, "from": true}, "announcement_channel": {"to": "C_GENERAL", "from": null}}
    T1 U_CARLA settings {"retention_days": {"to": 90, "from": 30}}
    "#);
    assert_snapshot!(carla.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ---
    == For admins ==
    ~ You see this because you are an admin of this workspace.
    == Settings ==
    *Leave channel*
    #leave. A question of mine lapses after 1 hour.
    I listen for “leave”, “ooo”, “wfh”, “sick”, “vacation”, “pto” and “day off”.
    Everyone in the workspace can ask for leave.  [Change]
    *Approvals*
    @ben decides.
    Reminders after 1 and 3 working days; the admins are asked too after 5 working days.
    Nobody approves their own leave.  [Change]
    *Leave types*
    Vacation and Sick leave (noted without asking)  [Change]
    *Working time*
    Mon to Fri, 8 hours a day, 11:00 to 19:00, halved at 15:00.
    Time zone UTC; public holidays of “default”.
    The leave year begins in January; one request takes up to 60 working days.  [Change]
    *Messages*
    “Who is off” in #general every Friday at 08:15.
    Approved leave is announced in #general.
    People are not reminded of their own leave.  [Change]
    *Data*
    Kept for 90 days after the app is removed, then deleted.  [Change]
    *Google Calendar*
    Off. This timeoff has no Google account.
    *Harvest*
    Off.  [Change]
    *OpenAI*
    Off: my own rules read the leave channel. Whoever runs timeoff can switch it on.
    [Read people from Slack again]
    ~ As of Mon 2 March, 10:00.
    ");
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
    assert_eq!(
        house
            .saves(&ben, &[(days, "9"), ("Approvers", "@dev")])
            .await,
        ""
    );
    // Another field of the same dialog: both changes hold.
    house
        .fills(
            &carla,
            "Remind approvers after so many working days",
            "2, 4",
        )
        .await;
    // The same field: nothing is overwritten unseen.
    house.fills(&carla, "Approvers", "@asha").await;
    assert_snapshot!(refused(&house.submits(&carla).await), @"Approvers (optional): Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.");
    carla.modal().close().await;
    house.changes(&carla, "Approvals").await;
    let reminders = ("Remind approvers after so many working days", "2, 4");
    assert_eq!(house.saves(&carla, &[reminders]).await, "");
    assert_snapshot!(house.changes_noted().await, @r#"
    T1 U_BEN settings {"approvers": {"to": ["U_DEV"], "from": ["U_BEN"]}, "escalate_after_days": {"to": 9, "from": 5}}
    T1 U_CARLA settings {"remind_after_days": {"to": [2, 4], "from": [1, 3]}}
    "#);
}

#[tokio::test]
async fn a_week_that_somebody_else_planned_meanwhile_is_not_overwritten() {
    let house = House::with_neighbours().await;
    let (ben, carla) = (house.ben(), house.carla());
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id = 'U_BEN'")
        .await;
    house.changes(&carla, "Working time").await;
    house.changes(&ben, "Working time").await;
    let from = ("A changed week holds from", "2026-03-09");
    let four_days = [("Days of work", "Mon, Tue, Wed, Thu"), from];
    assert_eq!(house.saves(&ben, &four_days).await, "");
    let left = house
        .saves(&carla, &[("Hours of a whole day", "7"), from])
        .await;
    assert_snapshot!(refused(&left), @"A changed week holds from: Somebody else changed this while the dialog was open. Please close it and open it again to see the new value.");
    assert_snapshot!(house.changes_noted().await, @r#"T1 U_BEN week {"to": "FFFF--- 480 11:00:00 15:00:00 19:00:00", "from": "FFFFF-- 480 11:00:00 15:00:00 19:00:00", "holds_from": "2026-03-09"}"#);
    // Who has seen it may change it.
    carla.modal().close().await;
    house.changes(&carla, "Working time").await;
    let seven = [("Hours of a whole day", "7"), from];
    assert_eq!(house.saves(&carla, &seven).await, "");
    let weeks: String = house
        .value("SELECT string_agg(concat_ws(' ', workspace_id, from_day, full_day_minutes), ', ') FROM working_pattern")
        .await;
    assert_eq!(weeks, "T1 2026-03-09 420");
}

#[tokio::test]
async fn a_planned_week_is_given_up_for_the_present_one() {
    let house = House::open().await;
    let carla = house.carla();
    house.week(None, "FFFF---", "2026-03-09").await;
    // The week of the dialog is the present one. On the planned one's day it takes its place.
    house.changes(&carla, "Working time").await;
    let from = ("A changed week holds from", "2026-03-09");
    assert_eq!(house.saves(&carla, &[from]).await, "");
    assert_snapshot!(house.changes_noted().await, @r#"T1 U_CARLA week {"to": "FFFFF-- 480 11:00:00 15:00:00 19:00:00", "from": "FFFF--- 480 11:00:00 15:00:00 19:00:00", "holds_from": "2026-03-09"}"#);
    // Sent again, it changes nothing.
    house.changes(&carla, "Working time").await;
    assert_eq!(house.saves(&carla, &[from]).await, "");
    let noted: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE subject = 'week'")
        .await;
    assert_eq!(noted, 1);
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
        .fills(
            &carla,
            "Days for which data is kept after the app is removed",
            "60",
        )
        .await;
    house
        .execute("UPDATE person SET is_admin = false WHERE user_id = 'U_CARLA'")
        .await;
    // The dialog was open: the right counts when it is sent.
    assert_snapshot!(house.submits(&carla).await, @"
    # Not saved
    Only admins of this workspace can change how timeoff works here. Nothing was changed.
    [Close]
    ");
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
    assert_snapshot!(carla.dm(), @"timeoff: Only admins of this workspace can change how timeoff works here. Nothing was changed.");
    assert_eq!(house.changes_noted().await, "");
}

#[tokio::test]
async fn a_dialog_that_does_not_open_is_told() {
    let house = House::open().await;
    let carla = house.carla();
    carla.opens_home().await;
    house.settle().await;
    house.slack.fault(
        "views.open",
        Fault::Error("expired_trigger_id".to_owned()),
        Some(1),
    );
    carla.press_home_beside("*Messages*", "Change").await;
    house.settle().await;
    assert!(carla.find_modal().is_none());
    assert_snapshot!(carla.dm(), @"timeoff: Slack did not confirm that the dialog opened, and nothing was changed. If you do not see it, please press the button once more.");
}

#[tokio::test]
async fn somebody_who_approves_still_does_after_the_list_changed() {
    let house = House::open().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house
        .settings(|settings| settings.approvers = vec![id("U_DEV")])
        .await;
    house
        .execute("UPDATE person SET in_slack = false WHERE user_id = 'U_BEN'")
        .await;
    // Whoever was asked has left: the new list is asked instead.
    house.round().await;
    assert!(
        house.dev().dm().contains("asks for"),
        "{}",
        house.dev().dm()
    );
    assert_eq!(carla.dm(), "");
}

/// What the app answers to the open dialog, with a value in one field that its element never has.
async fn answers_to(house: &House, field: &str, key: &str, value: &Value) -> Value {
    let request = house.carla().modal().submit_request();
    let mut fields = form_urlencoded::parse(request.body.as_bytes());
    let (_, payload) = fields.next().expect("a payload");
    let mut payload: Value = serde_json::from_str(&payload).unwrap();
    let block = payload["view"]["state"]["values"][field]
        .as_object_mut()
        .expect(field);
    for element in block.values_mut() {
        element[key] = value.clone();
    }
    let body = payloads::interaction(&payload);
    let request = payloads::signed(&house.slack, &request.path, body);
    serde_json::from_str(&house.sends(&request).await.body).expect("an answer")
}

#[tokio::test]
async fn a_value_that_no_picker_has_is_refused_beside_its_field() {
    let house = House::with_neighbours().await;
    let carla = house.carla();
    let month = json!({"text": {"type": "plain_text", "text": "Smarch"}, "value": "13"});
    let day = json!({"text": {"type": "plain_text", "text": "Someday"}, "value": "someday"});
    for (group, field, key, value) in [
        (
            "Working time",
            "leave_year_starts",
            "selected_option",
            month,
        ),
        (
            "Approvals",
            "approver_channel",
            "selected_conversation",
            json!("x"),
        ),
        (
            "Leave channel",
            "leave_channel",
            "selected_conversation",
            json!("x"),
        ),
        (
            "Messages",
            "digest_channel",
            "selected_conversation",
            json!("x"),
        ),
        (
            "Messages",
            "daily_digest_at",
            "selected_time",
            json!("25:00"),
        ),
        (
            "Messages",
            "weekly_digest_at",
            "selected_time",
            json!("25:00"),
        ),
        ("Messages", "weekly_digest_on", "selected_option", day),
        (
            "Messages",
            "announcement_channel",
            "selected_conversation",
            json!("x"),
        ),
    ] {
        house.changes(&carla, group).await;
        let answer = answers_to(&house, field, key, &value).await;
        assert_eq!(answer["response_action"], "errors", "{field}: {answer}");
        let beside: Vec<&String> = answer["errors"].as_object().unwrap().keys().collect();
        assert_eq!(beside, [field], "{answer}");
        carla.modal().close().await;
    }
    assert_eq!(house.changes_noted().await, "", "nothing was saved");
}
