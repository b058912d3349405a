//! The operator's command, as it is typed.

mod allowances;
mod api;
mod parse;
mod refused_token;

use insta::assert_snapshot;
use timeoff::platform::crypto::Keyring;

use crate::support::{Database, House, timeoff};

mod harvest;
mod integrations;

/// Runs a command with only the database configured, as for `migrate` and `admin`.
async fn with_database(house: &House, arguments: &[&str], input: &str) -> String {
    timeoff(arguments, &[("DATABASE_URL", &house.database.url)], input)
        .await
        .screen()
}

async fn admin(house: &House, arguments: &[&str]) -> String {
    let arguments: Vec<&str> = ["admin"].iter().chain(arguments).copied().collect();
    with_database(house, &arguments, "").await
}

#[tokio::test]
async fn without_words_it_says_what_it_can_do() {
    let said = timeoff(&[], &[], "").await;
    assert!(!said.success);
    assert_snapshot!(said.err, @"
    A Slack time-off system: ask with /timeoff, approve with a button

    Usage: timeoff <COMMAND>

    Commands:
      all      Migrate the database, install the workspace of SLACK_BOT_TOKEN, serve Slack and run jobs
      migrate  Bring the database's schema up to date
      parse    Show what a message in the leave channel means
      keys     Keys for secrets at rest, and for programs that use the signed API
      secrets  Secrets of a deployment, in Parameter Store
      admin    Look at and change a workspace, until it has its pages
      help     Print this message or the help of the given subcommand(s)

    Options:
      -h, --help     Print help
      -V, --version  Print version
    ");
    let help = timeoff(&["admin", "--help"], &[], "").await;
    assert!(help.success);
    assert_snapshot!(help.out, @"
    Look at and change a workspace, until it has its pages

    Usage: timeoff admin [OPTIONS] <COMMAND>

    Commands:
      settings       Show the settings, or change some: timeoff admin settings approvers=U012AB3CD,U045EF6GH
      people         List the people
      person         Change what Slack does not know of a person. An empty text clears a value
      import-people  Have the people read from Slack, and see how far that is
      harvest-users  Find everybody in Harvest by their email address
      calendar       Show the calendar in which leave appears, or name another: an id, or off
      harvest        Show the account of Harvest in which leave is booked, or connect one
      holidays       Import public holidays: lines of YYYY-MM-DD,NAME or YYYY-MM-DD,NAME,morning|afternoon on standard input
      week           Set the working week from a day on, for the workspace or one person
      leave-type     Add a leave type, or change one
      leaves         List everybody's leave, newest first, through the signed API
      retry          Enter failed leave into the calendar and Harvest again, and wait for the outcome
      help           Print this message or the help of the given subcommand(s)

    Options:
          --workspace <WORKSPACE>  Slack's team id; may be left out when there is only one workspace
      -h, --help                   Print help
    ");
    assert_snapshot!(timeoff(&["admin", "week", "--help"], &[], "").await.out, @"
    Set the working week from a day on, for the workspace or one person

    Usage: timeoff admin week [OPTIONS] <DAYS>

    Arguments:
      <DAYS>  Monday to Sunday, seven letters: F full, a morning, p afternoon, - off. Such as FFFFF--

    Options:
          --user <USER>            A person; without it, the workspace's week
          --workspace <WORKSPACE>  Slack's team id; may be left out when there is only one workspace
          --from <FROM>            The first day on which it holds [default: 2000-01-01]
          --minutes <MINUTES>      The work of a whole day in minutes [default: 480]
          --hours <HOURS>          The working hours: begin, where the halves meet, end [default: 11:00,15:00,19:00]
      -h, --help                   Print help
    ");
    assert_snapshot!(timeoff(&["holidays"], &[], "").await.screen(), @"
    error: unrecognized subcommand 'holidays'

    Usage: timeoff <COMMAND>

    For more information, try '--help'.
    (failed)
    ");
}

#[tokio::test]
async fn one_message_names_everything_that_is_missing() {
    assert_snapshot!(timeoff(&["all"], &[], "").await.screen(), @"
    The configuration is not complete:
      - DATABASE_URL is missing: the PostgreSQL database, as postgres://user:password@host/name
      - SLACK_SIGNING_SECRET is missing: from “Basic Information” of the Slack app
      - TOKEN_ENCRYPTION_KEYS is missing: make one with `timeoff keys generate`
    (failed)
    ");
    assert_snapshot!(timeoff(&["migrate"], &[], "").await.screen(), @"
    The configuration is not complete:
      - DATABASE_URL is missing: the PostgreSQL database, as postgres://user:password@host/name
    (failed)
    ");
    assert_snapshot!(timeoff(&["admin", "people"], &[("DATABASE_URL", "mysql://root:secret@db/x")], "").await.screen(), @"
    The configuration is not complete:
      - DATABASE_URL is malformed: it must begin with postgres://
    (failed)
    ");
    assert_snapshot!(timeoff(&["admin", "people"], &[("DATABASE_URL", "postgres://root:sec/ret@db:port/x")], "").await.screen(), @"
    The configuration is not complete:
      - DATABASE_URL is malformed: its form is postgres://user:password@host:port/name, with special characters percent-encoded
    (failed)
    ");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_its_password() {
    let url = "postgres://somebody:planted@127.0.0.1:1/nowhere";
    for arguments in [&["migrate"][..], &["admin", "people"]] {
        let said = timeoff(arguments, &[("DATABASE_URL", url)], "").await;
        assert!(
            !said.success && !said.screen().contains("planted"),
            "{}",
            said.screen()
        );
        assert!(
            said.err.starts_with("cannot reach the database: "),
            "{}",
            said.screen()
        );
    }
    let key = Keyring::generate_key();
    let all = [
        ("DATABASE_URL", url),
        ("SLACK_SIGNING_SECRET", "planted"),
        ("TOKEN_ENCRYPTION_KEYS", &key),
    ];
    let said = timeoff(&["all"], &all, "").await;
    assert!(
        !said.success && !said.screen().contains("planted") && !said.screen().contains(&key),
        "{}",
        said.screen()
    );
}

#[tokio::test]
async fn an_empty_database_is_migrated_first() {
    let database = Database::empty().await;
    let variables = [("DATABASE_URL", database.url.as_str())];
    assert_snapshot!(timeoff(&["admin", "people"], &variables, "").await.screen(), @"
    The database is not up to date. Run `timeoff migrate` first.
    (failed)
    ");
    assert_snapshot!(timeoff(&["migrate"], &variables, "").await.screen(), @"The database is up to date.");
    assert_snapshot!(timeoff(&["migrate"], &variables, "").await.screen(), @"The database is up to date.");
    assert_snapshot!(timeoff(&["admin", "people"], &variables, "").await.screen(), @"
    No workspace is installed yet.
    (failed)
    ");
}

#[tokio::test]
async fn a_new_key_is_a_key() {
    let said = timeoff(&["keys", "generate"], &[], "").await;
    assert!(said.success);
    Keyring::parse(said.out.trim()).expect("a key");
    let other = timeoff(&["keys", "generate"], &[], "").await;
    assert_ne!(said.out, other.out);
}

#[tokio::test]
async fn the_address_is_taken_or_malformed() {
    let house = House::open().await;
    let key = Keyring::generate_key();
    let taken = house.url.trim_start_matches("http://");
    for (listen, why) in [
        (taken, format!("Cannot listen on {taken}: ")),
        (
            "nowhere",
            "The configuration is not complete:\n  - LISTEN is malformed".to_owned(),
        ),
        (
            "no.such.host.invalid:80",
            "Cannot listen on no.such.host.invalid:80: ".to_owned(),
        ),
    ] {
        let variables = [
            ("DATABASE_URL", house.database.url.as_str()),
            ("SLACK_SIGNING_SECRET", "s"),
            ("TOKEN_ENCRYPTION_KEYS", &key),
            ("LISTEN", listen),
        ];
        let said = timeoff(&["all"], &variables, "").await;
        assert!(
            !said.success && said.err.starts_with(&why),
            "{}",
            said.screen()
        );
    }
}

#[tokio::test]
async fn the_people_are_listed() {
    let house = House::open().await;
    house
        .execute(
            "UPDATE person SET team = 'Köln', approver_id = 'U_CARLA' WHERE user_id = 'U_ASHA'",
        )
        .await;
    assert_snapshot!(admin(&house, &["people"]).await, @"
    USER     NAME          TIME ZONE      TEAM  PLACE  APPROVER  HARVEST  ADMIN
    U_ASHA   Asha Rao      Asia/Kolkata   Köln         U_CARLA
    U_BEN    Ben Okafor    Europe/London
    U_CARLA  Carla Mendes  Europe/Madrid                                  yes
    U_DEV    Dev Patel     Europe/London
    ");
    house.execute("DELETE FROM person").await;
    assert_snapshot!(admin(&house, &["people"]).await, @"Nobody yet. The people are read from Slack while timeoff runs.");
}

#[tokio::test]
async fn settings_are_shown_and_changed() {
    let house = House::open().await;
    assert_snapshot!(admin(&house, &["settings"]).await, @r#"
    {
      "location": "default",
      "leave_year_starts": 1,
      "longest_leave_days": 60,
      "approvers": [
        "U_BEN"
      ],
      "approver_channel": null,
      "self_approval": false,
      "remind_after_days": [
        1,
        3
      ],
      "escalate_after_days": 5,
      "requests_per_minute": 30,
      "leave_channel": "C_LEAVE",
      "trigger_words": [
        "leave",
        "ooo",
        "wfh",
        "sick",
        "vacation",
        "pto",
        "day off"
      ],
      "question_expires_minutes": 60,
      "zone": "UTC",
      "people_from": "everyone",
      "calendar_id": null,
      "digest_channel": null,
      "daily_digest_at": "09:00:00",
      "weekly_digest_at": null,
      "weekly_digest_on": "monday",
      "announcement_channel": null,
      "remind_day_before": true,
      "retention_days": 30
    }
    "#);
    let said = admin(
        &house,
        &[
            "settings",
            "approvers=U_BEN, U_CARLA",
            "remind_after_days=[2, 4]",
            "approver_channel=C_GENERAL",
            "self_approval=true",
            "location=2026",
            "longest_leave_days=20",
        ],
    )
    .await;
    assert_snapshot!(said, @r#"
    {
      "location": "2026",
      "leave_year_starts": 1,
      "longest_leave_days": 20,
      "approvers": [
        "U_BEN",
        "U_CARLA"
      ],
      "approver_channel": "C_GENERAL",
      "self_approval": true,
      "remind_after_days": [
        2,
        4
      ],
      "escalate_after_days": 5,
      "requests_per_minute": 30,
      "leave_channel": "C_LEAVE",
      "trigger_words": [
        "leave",
        "ooo",
        "wfh",
        "sick",
        "vacation",
        "pto",
        "day off"
      ],
      "question_expires_minutes": 60,
      "zone": "UTC",
      "people_from": "everyone",
      "calendar_id": null,
      "digest_channel": null,
      "daily_digest_at": "09:00:00",
      "weekly_digest_at": null,
      "weekly_digest_on": "monday",
      "announcement_channel": null,
      "remind_day_before": true,
      "retention_days": 30
    }
    "#);
    let said = admin(
        &house,
        &[
            "settings",
            "approvers=",
            "approver_channel=",
            "remind_after_days=1",
        ],
    )
    .await;
    assert!(
        said.contains("\"approvers\": []") && said.contains("\"approver_channel\": null"),
        "{said}"
    );
    let audited: i64 = house.value("SELECT count(*) FROM audit_log WHERE subject = 'settings' AND detail->>'by' = 'command line'").await;
    assert_eq!(audited, 2);
}

#[tokio::test]
async fn wrong_settings_are_refused_and_nothing_is_saved() {
    let house = House::open().await;
    let mut said = Vec::new();
    for wrong in [
        "longest_leave_days",
        "longest_leave_days=many",
        "longest_leave_days=0",
        "longest_leave_days=70000",
        "self_approval=perhaps",
        "approvers=ben",
        "approvers=U_NOBODY",
        "approvers=[1]",
        "approver_channel=general",
        "remind_after_days=soon",
        "remind_after_days=3,1",
        "colour=blue",
        "location=",
        "requests_per_minute=-1",
    ] {
        said.push(admin(&house, &["settings", "escalate_after_days=9", wrong]).await);
    }
    assert_snapshot!(said.join("\n"), @"
    “longest_leave_days” is not NAME=VALUE
    (failed)
    longest_leave_days: Please give a number of working days, 1 to 366.
    (failed)
    longest_leave_days: Please give a number of working days, 1 to 366.
    (failed)
    longest_leave_days: Please give a number of working days, 1 to 366.
    (failed)
    self_approval: Please choose true or false.
    (failed)
    approvers: Please choose people by their user ids, such as U012AB3CD,U045EF6GH.
    (failed)
    approvers: I do not know U_NOBODY: an app, a guest from elsewhere, or somebody new (`timeoff admin import-people` reads everybody from Slack).
    (failed)
    approvers: Please choose people by their user ids, such as U012AB3CD,U045EF6GH.
    (failed)
    approver_channel: Please choose a channel, such as C012AB3CD, or none.
    (failed)
    remind_after_days: Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
    (failed)
    remind_after_days: Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
    (failed)
    There is no setting “colour”. `timeoff admin settings` lists them.
    (failed)
    location: Please name the place of the public holidays, in up to 60 characters.
    (failed)
    requests_per_minute: Please give a number, 1 to 10000.
    (failed)
    ");
    let kept: bool = house
        .value("SELECT NOT settings @> '{\"escalate_after_days\": 9}' FROM workspace")
        .await;
    assert!(kept);
}

#[tokio::test]
async fn a_person_is_changed() {
    let house = House::open().await;
    let mut said = Vec::new();
    for arguments in [
        &[
            "U_ASHA",
            "--approver",
            "U_CARLA",
            "--team",
            "design",
            "--location",
            "india",
        ][..],
        &["U_ASHA", "--team", ""],
        &["U_DEV", "--active", "false"],
        &["U_ASHA"],
        &["U_NOBODY", "--team", "x"],
        &["asha", "--team", "x"],
        &["U_ASHA", "--approver", "U_NOBODY"],
        &["U_ASHA", "--approver", "carla"],
        &["U_ASHA", "--active", "maybe"],
    ] {
        let arguments: Vec<&str> = ["person"].iter().chain(arguments).copied().collect();
        said.push(admin(&house, &arguments).await);
    }
    assert_snapshot!(said.join("\n"), @"
    Saved.
    Saved.
    Saved.
    Say what to change: --approver, --team, --location, --active, --harvest-id or --allowance.
    (failed)
    U_NOBODY is not in the workspace's people. `timeoff admin people` lists them.
    (failed)
    “asha” is not a Slack user id
    (failed)
    U_NOBODY is not in the workspace's people. `timeoff admin people` lists them.
    (failed)
    “carla” is not a Slack user id
    (failed)
    error: invalid value 'maybe' for '--active <ACTIVE>'
      [possible values: true, false]

    For more information, try '--help'.
    (failed)
    ");
    let row: String = house.value("SELECT concat_ws('/', approver_id, coalesce(team, '-'), location) FROM person WHERE user_id = 'U_ASHA'").await;
    assert_eq!(row, "U_CARLA/-/india");
}

#[tokio::test]
async fn public_holidays_are_imported_or_none_of_them() {
    let house = House::open().await;
    let import = |input: &'static str| {
        with_database(&house, &["admin", "holidays", "--location", "india"], input)
    };
    let mut said = Vec::new();
    for input in [
        "2026-03-04,Holi\n",
        "2026-12-24, Christmas Eve, afternoon\n\n2026-12-25,Christmas Day\r\n",
        "2026-08-15,Independence Day\n2026-02-30,Nothing\n",
        "2026-08-15\n",
        "2026-08-15,Independence Day,evening\n",
        "2026-08-15,Independence Day,morning,really\n",
        "",
    ] {
        said.push(import(input).await);
    }
    assert_snapshot!(said.join("\n"), @"
    Saved 1 public holiday for “india”.
    Saved 2 public holidays for “india”.
    Line 2: “2026-02-30” is not a date such as 2026-12-25. Nothing was saved.
    (failed)
    Line 1: the name is missing. Nothing was saved.
    (failed)
    Line 1: “evening” is neither morning nor afternoon. Nothing was saved.
    (failed)
    Line 1: “really” is one field too many; a name cannot hold a comma. Nothing was saved.
    (failed)
    There was no public holiday on standard input.
    (failed)
    ");
    let days: String = house
        .value("SELECT string_agg(day || ' ' || portion, ', ' ORDER BY day) FROM public_holiday")
        .await;
    assert_eq!(days, "2026-03-04 full, 2026-12-24 half_pm, 2026-12-25 full");
}

#[tokio::test]
async fn working_weeks_and_leave_types_are_set() {
    let house = House::open().await;
    let mut said = Vec::new();
    for arguments in [
        &["week", "FFFFa--"][..],
        &[
            "week",
            "--FFFFF",
            "--user",
            "U_ASHA",
            "--from",
            "2026-04-01",
            "--minutes",
            "450",
            "--hours",
            "08:30,12:00,16:30",
        ],
        &["week", "FFFFF"],
        &["week", "FFFFF--", "--user", "U_NOBODY"],
        &["week", "FFFFF--", "--from", "soon"],
        &["week", "FFFFF--", "--minutes", "0"],
        &["week", "FFFFF--", "--hours", "19:00,11:00,15:00"],
        &["leave-type", "parental", "--name", "Parental leave"],
        &[
            "leave-type",
            "parental",
            "--name",
            "Parental leave",
            "--needs-approval",
            "false",
        ],
        &["leave-type", "Parental Leave", "--name", "x"],
        &["leave-type", "empty", "--name", " "],
        &["leave-type", "parental"],
    ] {
        said.push(admin(&house, arguments).await);
    }
    assert_snapshot!(said.join("\n"), @"
    Saved. It holds from 2000-01-01 on.
    Saved. It holds from 2026-04-01 on.
    a week is seven letters from Monday to Sunday: F full, a morning, p afternoon, - off; such as FFFFF--
    (failed)
    U_NOBODY is not in the workspace's people. `timeoff admin people` lists them.
    (failed)
    error: invalid value 'soon' for '--from <FROM>': failed to parse four digit integer as year: invalid digit, expected 0-9 but got s

    For more information, try '--help'.
    (failed)
    a whole day has 2 to 1440 minutes
    (failed)
    hours are three times in order, begin, middle and end; such as 11:00,15:00,19:00
    (failed)
    Saved.
    Saved.
    “Parental Leave” cannot be a key: up to 40 small letters, digits and _ can.
    (failed)
    The name must have 1 to 75 characters.
    (failed)
    error: the following required arguments were not provided:
      --name <NAME>

    Usage: timeoff admin leave-type --name <NAME> <KEY>

    For more information, try '--help'.
    (failed)
    ");
    let kept: String = house.value("SELECT string_agg(user_id || array_to_string(week, ' '), '; ' ORDER BY user_id) FROM working_pattern").await;
    assert_eq!(
        kept,
        "full full full full half_am off off; U_ASHAoff off full full full full full"
    );
    house.types(&house.asha(), "/timeoff").await;
    assert!(
        house
            .asha()
            .modal()
            .json()
            .to_string()
            .contains("Parental leave")
    );
}

#[tokio::test]
async fn a_workspace_is_chosen_where_there_are_several() {
    let house = House::open().await;
    assert_snapshot!(admin(&house, &["--workspace", "T9", "people"]).await, @"
    timeoff is not installed in T9.
    (failed)
    ");
    assert_snapshot!(admin(&house, &["--workspace", "paper", "people"]).await, @"
    “paper” is not a Slack team id
    (failed)
    ");
    house.execute("INSERT INTO workspace SELECT 'T2', NULL, 'Other', bot_user_id, bot_token, '{}', installed_at FROM workspace").await;
    assert_snapshot!(admin(&house, &["people"]).await, @"
    There are several workspaces; choose one with --workspace: T1, T2
    (failed)
    ");
    assert!(
        admin(&house, &["people", "--workspace", "T1"])
            .await
            .contains("Asha Rao")
    );
    assert_snapshot!(admin(&house, &["people", "--workspace", "T2"]).await, @"Nobody yet. The people are read from Slack while timeoff runs.");
}
