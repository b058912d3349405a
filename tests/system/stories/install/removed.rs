//! The app is removed: everything rests, comes back with it, or is deleted in the end.

use insta::assert_snapshot;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::installs;
use crate::migrations::tables;
use crate::support::{House, OTHER, TEAM};

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
