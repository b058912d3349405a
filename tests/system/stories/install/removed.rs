//! The app is removed: everything rests, comes back with it, or is deleted in the end.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use jiff::Timestamp;
use serde_json::json;
use simulators::google_calendar::AccessRole;
use simulators::slack::Clock;
use sqlx::AssertSqlSafe;
use timeoff::tenant::store::{PersonChange, change_person, set_harvest_user};

use super::{installs, status};
use crate::migrations::tables;
use crate::support::{House, MONDAY, OTHER, Outside, Plan, TEAM, id};

async fn house_with_both() -> House {
    let house = House::with_oauth().await;
    house.neighbours_without_the_app();
    let page = installs(&house, OTHER, "U_CARLA").await;
    assert!(page.starts_with("200"), "{page}");
    house.slack.add_app_to_channel(OTHER, "C_LEAVE");
    house
        .settings_in(OTHER, |settings| {
            settings.approvers = vec![crate::support::id("U_BEN")];
        })
        .await;
    house
}

async fn removes(house: &House, team: &str) {
    house.slack.uninstall_app(team).await;
    house.settle().await;
}

/// How many rows a workspace has, in all tables.
async fn rows_of(house: &House, team: &str) -> i64 {
    let mut all = 0;
    for table in tables(&house.database.owner).await {
        if ["enterprise", "oauth_state"].contains(&table.as_str()) {
            continue;
        }
        all += sqlx::query_scalar::<_, i64>(AssertSqlSafe(format!(
            "SELECT count(*) FROM {table} WHERE workspace_id = '{team}'"
        )))
        .fetch_one(&house.database.owner)
        .await
        .expect("countable");
    }
    all
}

#[tokio::test]
async fn a_workspace_that_removes_the_app_rests_and_comes_back_as_it_was() {
    let house = house_with_both().await;
    let (asha, other_asha) = (house.asha(), house.slack.person(OTHER, "U_ASHA"));
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    house.asks(&other_asha, "2026-03-12", "2026-03-12").await;
    house
        .settings(|settings| settings.longest_leave_days = 17)
        .await;

    removes(&house, TEAM).await;
    let kept: Vec<String> = house
        .value("SELECT array_agg(format('%s: token %s, paused %s', workspace_id, bot_token IS NOT NULL, paused_at IS NOT NULL) ORDER BY workspace_id) FROM workspace")
        .await;
    assert_eq!(kept, ["T1: token f, paused t", "T2: token t, paused f"]);
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"timeoff (only you can see this): timeoff is not installed in this workspace. Please ask a workspace admin to add it.");
    // Nothing is done there by the clock, and no call fails for it.
    house.slack.clear_calls();
    house.at("2026-03-05T09:00:00Z").await;
    assert!(
        house
            .slack
            .calls("*")
            .iter()
            .all(|call| call["team"] == OTHER)
    );
    // The other workspace does not notice.
    house
        .presses(&house.slack.person(OTHER, "U_BEN"), "Approve")
        .await;
    assert_snapshot!(other_asha.dm(), @"
    timeoff: *Vacation, Thu 12 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");

    let page = installs(&house, TEAM, "U_CARLA").await;
    assert_snapshot!(page, @"
    200
    ✓ timeoff is in Paper & Co
    Welcome back. Settings, people and leave are as they were, and requests that were waiting go on.
    Open timeoff in Slack → SLACK/app_redirect?app=A0TIMEOFF&team=T1
    ");
    house.presses(&house.ben(), "Approve").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
    // Slack took it out of the leave channel, and it is back there by itself.
    house.writes(&asha, "on leave on 20 March").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: on leave on 20 March
      ↳ timeoff: @asha, did I read you right?
          *Fri 20 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
    let mut tx = house.tx().await;
    let workspace = timeoff::tenant::store::workspace(&mut tx)
        .await
        .expect("readable");
    let settings = workspace.expect("installed").settings;
    assert_eq!(settings.longest_leave_days, 17);
    assert_eq!(settings.approvers, [crate::support::id("U_BEN")]);
}

/// Promises wait for the app to come back; answers to what somebody did long ago do not.
#[tokio::test]
async fn what_was_promised_is_kept_if_it_still_makes_sense() {
    let house = house_with_both().await;
    house.stop_workers();
    let asha = house.asha();
    asha.types("#general", "/timeoff").await;
    house.slack.settle().await;
    house.execute("INSERT INTO job (workspace_id, kind, payload, lane, max_attempts, run_at, created_at, correlation_id)
        VALUES ('T1', 'home.publish', '{\"user\": \"U_ASHA\"}', 'home:U_ASHA', 3, '2026-03-02T09:00:00Z', '2026-03-02T09:00:00Z', 'test')").await;
    house.slack.uninstall_app(TEAM).await;
    house.slack.clear_calls();
    house.start_workers();
    house.pass(jiff::SignedDuration::from_hours(48));
    house.settle().await;
    let waiting = "SELECT count(*) FROM job WHERE workspace_id = 'T1' AND state = 'queued'";
    assert_eq!(house.value::<i64>(waiting).await, 2);
    let oldest = timeoff::jobs::oldest_waiting(&house.app.services.db, house.now()).await;
    let oldest = oldest.expect("measured");
    assert!(
        oldest <= 0.0,
        "no alarm for a workspace that rests: {oldest}"
    );

    let page = installs(&house, TEAM, "U_CARLA").await;
    assert!(page.starts_with("200"), "{page}");
    assert_eq!(house.slack.calls("views.open").len(), 0, "two days late");
    assert_eq!(house.slack.calls("views.publish").len(), 1);
    assert_snapshot!(asha.dm(), @"");
}

#[tokio::test]
async fn who_does_not_come_back_in_time_is_deleted_and_nobody_else() {
    let house = house_with_both().await;
    house
        .settings_in(OTHER, |settings| settings.retention_days = 7)
        .await;
    for team in [TEAM, OTHER] {
        let asha = house.slack.person(team, "U_ASHA");
        house.asks(&asha, "2026-03-05", "2026-03-06").await;
        house.writes(&asha, "on leave on 12 March").await;
    }
    house.presses(&house.ben(), "Approve").await;
    removes(&house, TEAM).await;
    removes(&house, OTHER).await;
    let (here, there) = (rows_of(&house, TEAM).await, rows_of(&house, OTHER).await);
    assert!(here > 15 && there > 10, "{here} {there}");

    house.at("2026-03-09T08:59:59Z").await;
    assert_ne!(rows_of(&house, OTHER).await, 0, "a second is left");
    house.at("2026-03-09T09:00:00Z").await;
    assert_eq!(rows_of(&house, OTHER).await, 0);
    house.at("2026-04-01T08:59:59Z").await;
    let left = rows_of(&house, TEAM).await;
    assert!(left > 10, "a second is left: {left}");
    house.at("2026-04-01T09:00:00Z").await;
    assert_eq!(rows_of(&house, TEAM).await, 0);

    // Whoever comes back now begins anew.
    let page = installs(&house, TEAM, "U_CARLA").await;
    assert!(page.contains("What happens next"), "{page}");
    house.types(&house.asha(), "/timeoff list").await;
    assert_snapshot!(house.asha().channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");
}

#[tokio::test]
async fn the_last_moment_before_deletion_is_early_enough_to_come_back() {
    let house = house_with_both().await;
    house.asks(&house.asha(), "2026-05-05", "2026-05-06").await;
    removes(&house, TEAM).await;
    house.clocks("2026-04-01T08:59:59Z");
    let page = installs(&house, TEAM, "U_CARLA").await;
    assert!(page.contains("Welcome back"), "{page}");
    house.at("2026-04-01T09:00:01Z").await;
    house.presses(&house.ben(), "Approve").await;
    let approved: i64 = house
        .value("SELECT count(*) FROM leave_record WHERE state = 'confirmed' OR state = 'completed'")
        .await;
    assert_eq!(approved, 2);
}

#[tokio::test]
async fn what_slack_delivers_late_does_not_undo_a_newer_installation() {
    let house = house_with_both().await;
    let late: Vec<_> = [
        json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["U0BOT1"]}}),
        json!({"type": "app_uninstalled"}),
    ]
    .iter()
    .map(|event| house.slack.event_envelope(TEAM, event))
    .collect();
    house.pass(jiff::SignedDuration::from_secs(1));
    removes(&house, TEAM).await;
    house.pass(jiff::SignedDuration::from_mins(1));
    installs(&house, TEAM, "U_CARLA").await;
    for envelope in late {
        assert!(house.slack.send_envelope(envelope).await.is_acknowledged());
    }
    let paused: i64 = house
        .value("SELECT count(*) FROM workspace WHERE paused_at IS NOT NULL")
        .await;
    assert_eq!(paused, 0);
    // Twice the same is once, and an event of now counts.
    for _ in 0..2 {
        let event = json!({"type": "app_uninstalled"});
        assert!(house.slack.send_event(TEAM, event).await.is_acknowledged());
    }
    let paused: Vec<String> = house
        .value("SELECT array_agg(workspace_id) FROM workspace WHERE paused_at IS NOT NULL")
        .await;
    assert_eq!(paused, [TEAM]);
    let noted: i64 = house
        .value("SELECT count(*) FROM audit_log WHERE action = 'removed' AND at > '2026-03-02T09:00:30Z'")
        .await;
    assert_eq!(noted, 1);
}

/// The rows of a workspace in every table that a removal must keep, without what changes with an
/// installation.
async fn kept(house: &House, team: &str) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for table in tables(&house.database.owner).await {
        let erased = [
            "enterprise",
            "oauth_state",
            "user_token",
            "job",
            "audit_log",
        ];
        if erased.contains(&table.as_str()) {
            continue;
        }
        let changing = match table.as_str() {
            "workspace" => "bot_token,installed_at,paused_at,installer_id,from_token,scopes",
            // The directory is read again.
            "person" => "told_at",
            _ => "",
        };
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!(
            "SELECT (to_jsonb(t) - string_to_array('{changing}', ','))::text FROM {table} t WHERE workspace_id = '{team}' ORDER BY 1"
        )))
        .fetch_all(&house.database.owner)
        .await
        .expect("readable");
        all.insert(table, rows);
    }
    all
}

/// A workspace that uses everything, in the middle of its set-up, beside one that has next to nothing.
async fn house_that_is_lived_in() -> House {
    const OWN: &str = "c_second@group.calendar.google.com";
    let now: Timestamp = MONDAY.parse().expect("a timestamp");
    let house = House::build(Plan {
        oauth: true,
        outside: Outside::both(&Clock::manual(now)),
        ..Plan::default()
    })
    .await;
    house.neighbours_move_in().await;
    house.calendar().share(OWN, Some(AccessRole::Writer));
    house.slack.add_app_to_channel(TEAM, "C_GENERAL");
    house
        .settings(|settings| {
            settings.calendar_id = Some(OWN.to_owned());
            settings.digest_channel = "C_GENERAL".to_owned().try_into().ok();
            "Europe/London".clone_into(&mut settings.zone);
        })
        .await;
    let variables: BTreeMap<_, _> = house.outside.environment().into_iter().collect();
    let token = &variables["HARVEST_ACCESS_TOKEN"];
    let number = |name: &str| variables[name].parse::<i64>().expect("a number");
    sqlx::query("INSERT INTO harvest_account VALUES ('T1', $1, $2, $3, $4, $5, now())")
        .bind(house.app.services.keyring.encrypt(token))
        .bind(number("HARVEST_ACCOUNT_ID"))
        .bind(number("HARVEST_PROJECT_ID"))
        .bind(number("HARVEST_VACATION_TASK_ID"))
        .bind(number("HARVEST_SICK_TASK_ID"))
        .execute(&house.database.owner)
        .await
        .expect("stored");
    for statement in [
        "INSERT INTO leave_type (workspace_id, leave_type, name, needs_approval, position) VALUES ('T1', 'study', 'Study leave', true, 3)",
        "UPDATE leave_type SET allowance = 50 WHERE workspace_id = 'T1' AND leave_type = 'vacation'",
        "INSERT INTO person_allowance VALUES ('T1', 'U_ASHA', 'vacation', 41)",
        "UPDATE workspace SET setup_done_at = NULL WHERE workspace_id = 'T1'",
        "INSERT INTO setup_step VALUES ('T1', 'zone', 'skipped', 'U_CARLA', now())",
        "UPDATE workspace SET from_token = false",
    ] {
        house.execute(statement).await;
    }
    let mut tx = house.tx().await;
    let change = PersonChange {
        team: Some("design"),
        approver: Some("U_BEN"),
        ..PersonChange::default()
    };
    assert!(
        change_person(&mut tx, &id("U_DEV"), &change)
            .await
            .expect("saved")
    );
    assert!(
        set_harvest_user(&mut tx, &id("U_ASHA"), Some(71))
            .await
            .expect("saved")
    );
    tx.commit().await.expect("committed");
    // Requests in several states.
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-05", "2026-03-06").await;
    house.asks(&asha, "2026-03-12", "2026-03-13").await;
    house.presses(&house.ben(), "Deny").await;
    if house.ben().find_modal().is_some() {
        assert_eq!(house.submits(&house.ben()).await, "");
    }
    house.is_granted(&asha, "2026-03-16", "2026-03-16").await;
    house.presses(&asha, "Cancel leave").await;
    house.asks(&asha, "2026-03-19", "2026-03-20").await;
    house
}

#[tokio::test]
async fn every_row_is_there_again_after_a_return_and_what_hangs_on_it_works() {
    let house = house_that_is_lived_in().await;
    let states: Vec<String> = house
        .value("SELECT array_agg(DISTINCT state ORDER BY state) FROM pending_action WHERE workspace_id = 'T1'")
        .await;
    assert_snapshot!(states.join(" "), @"cancelled completed denied pending");
    let before = kept(&house, TEAM).await;
    for table in [
        "harvest_account",
        "setup_step",
        "person_allowance",
        "service_entry",
        "leave_record",
        "approval",
        "posted_message",
    ] {
        assert!(!before[table].is_empty(), "nothing in {table}");
    }
    let beside = kept(&house, OTHER).await;
    house.pass(jiff::SignedDuration::from_mins(2));
    removes(&house, TEAM).await;
    let page = installs(&house, TEAM, "U_CARLA").await;
    assert!(page.contains("Welcome back"), "{page}");
    assert!(!page.contains("status"), "nobody had it on: {page}");

    // Here something is added by coming back; nothing is lost or changed.
    let growing = ["posted_message", "profile_look_up", "seen_request"];
    let after = kept(&house, TEAM).await;
    for (table, rows) in &before {
        let found = &after[table];
        match table.as_str() {
            // The readings of the directory and the buckets of requests are another story.
            "people_import" | "rate_bucket" => {}
            it if growing.contains(&it) => {
                let lost: Vec<_> = rows.iter().filter(|row| !found.contains(row)).collect();
                assert!(lost.is_empty(), "{table} lost {lost:#?}");
            }
            _ => assert_eq!(rows, found, "{table}"),
        }
    }
    assert_eq!(kept(&house, OTHER).await, beside);

    // What was waiting is decided, and goes to the workspace's own calendar and account.
    house.presses(&house.ben(), "Approve").await;
    let asha = house.asha().dm();
    let decided = asha.rsplit("timeoff: ").next().unwrap_or_default();
    assert_snapshot!(decided, @"
    *Vacation, Thu 19 – Fri 20 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar · ✓ Harvest
      [Cancel leave]
    ");
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    2026-03-19 to 2026-03-21: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    2026-03-06 Asha Rao: 8 h Vacation
    2026-03-19 Asha Rao: 8 h Vacation
    2026-03-20 Asha Rao: 8 h Vacation
    ");
    house.at("2026-03-05T09:00:00Z").await;
    assert_snapshot!(house.dev().channel("#general"), @"
    timeoff: *Off today, Thu 5 March*
      • Asha Rao, until Fri 6 March
    ");
}

#[tokio::test]
async fn whoever_showed_their_leave_as_status_is_to_allow_it_again() {
    let house = house_with_both().await;
    for team in [TEAM, OTHER] {
        status::allows(&house, team, "U_ASHA", "").await;
    }
    house.pass(jiff::SignedDuration::from_mins(1));
    removes(&house, TEAM).await;
    house.pass(jiff::SignedDuration::from_mins(1));
    assert_snapshot!(installs(&house, TEAM, "U_CARLA").await, @"
    200
    ✓ timeoff is in Paper & Co
    Welcome back. Settings, people and leave are as they were, and requests that were waiting go on.
    One thing is each person's own to give again: whoever had their leave shown as their Slack status can allow it anew in timeoff's Home tab.
    Open timeoff in Slack → SLACK/app_redirect?app=A0TIMEOFF&team=T1
    ");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: :white_check_mark: Done: 4 people in Slack: nobody new, nobody gone.
    timeoff: Welcome back! Everything is as it was: your settings, your people and their leave. One thing is each person's own to give again: whoever had their leave shown as their Slack status can allow it anew in timeoff's Home tab.
    ");

    // Nobody has done so since: there is nothing to say when it happens once more.
    house.pass(jiff::SignedDuration::from_mins(1));
    removes(&house, TEAM).await;
    house.pass(jiff::SignedDuration::from_mins(1));
    let page = installs(&house, TEAM, "U_CARLA").await;
    assert!(page.contains("Welcome back"), "{page}");
    assert!(!page.contains("Slack status"), "{page}");

    // Who took it back before the removal has nothing to allow again.
    house.slack.revoke_user_tokens(OTHER, "U_ASHA").await;
    house.settle().await;
    house.pass(jiff::SignedDuration::from_mins(1));
    removes(&house, OTHER).await;
    house.pass(jiff::SignedDuration::from_mins(1));
    let page = installs(&house, OTHER, "U_CARLA").await;
    assert!(page.contains("Welcome back"), "{page}");
    assert!(!page.contains("Slack status"), "{page}");
}
