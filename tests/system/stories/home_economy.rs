//! What a Home tab costs: the statements of the job that publishes it, and the calls to Slack.

use insta::assert_snapshot;
use jiff::SignedDuration;
use simulators::service::Fault;
use timeoff::leave::store;

use crate::support::{House, OTHER, Statements};

const KIND: &str = "home.publish";

/// What it cost since the last time: each statement, and each call to Slack.
fn cost(house: &House, statements: &Statements) -> String {
    // The end of a transaction may be logged a moment after what it did.
    let asked = statements.of(KIND);
    let asked: Vec<&str> = asked.lines().filter(|line| *line != "COMMIT").collect();
    let asked = asked.join("\n");
    let queries = asked
        .lines()
        .filter(|line| line.starts_with("SELECT") || line.starts_with("WITH"))
        .count();
    let calls = house.slack.calls("*");
    let calls: Vec<&str> = calls
        .iter()
        .filter_map(|call| call["method"].as_str())
        .collect();
    house.slack.clear_calls();
    format!("{asked}\n= {queries} queries; Slack: {}", calls.join(", "))
}

#[tokio::test]
async fn a_view_is_built_once_and_an_unchanged_one_costs_one_query() {
    let statements = Statements::keep();
    let house = House::with_neighbours().await;
    let (asha, dev) = (house.asha(), house.dev());
    let mut tx = house.tx().await;
    let allowance = "25".parse().expect("an allowance");
    store::set_allowance(&mut tx, "vacation", Some(allowance))
        .await
        .expect("saved");
    tx.commit().await.expect("committed");
    house.slack.clear_calls();
    statements.of(KIND);

    house.opens_home(&asha).await;
    assert_snapshot!(cost(&house, &statements), @"
    WITH me AS (SELECT
    SELECT … FROM pending_action
    SELECT … FROM leave_type
    SELECT … FROM leave_record
    SELECT … FROM leave_record
    ROLLBACK
    INSERT INTO home_view (workspace_id,
    UPDATE job SET state
    = 5 queries; Slack: views.publish
    ");
    house.pass(SignedDuration::from_secs(61));
    house.presses_home(&asha, "Refresh").await;
    assert_snapshot!(cost(&house, &statements), @"
    WITH me AS (SELECT
    ROLLBACK
    UPDATE job SET state
    = 1 queries; Slack: views.publish
    ");
    house.pass(SignedDuration::from_secs(61));
    house.is_away(&dev, "2026-03-04", "2026-03-05").await;
    house.presses_home(&asha, "Refresh").await;
    assert_snapshot!(cost(&house, &statements), @"
    WITH me AS (SELECT
    SELECT … FROM pending_action
    SELECT … FROM leave_type
    SELECT … FROM leave_record
    SELECT … FROM leave_record
    SELECT … FROM working_pattern
    ROLLBACK
    INSERT INTO home_view (workspace_id,
    UPDATE job SET state
    = 6 queries; Slack: views.publish
    ");
    // What happens next door is nothing new here.
    house.pass(SignedDuration::from_secs(61));
    house
        .asks(
            &house.slack.person(OTHER, "U_ASHA"),
            "2026-03-05",
            "2026-03-06",
        )
        .await;
    house.slack.clear_calls();
    house.presses_home(&asha, "Refresh").await;
    assert_snapshot!(cost(&house, &statements), @"
    WITH me AS (SELECT
    ROLLBACK
    UPDATE job SET state
    = 1 queries; Slack: views.publish
    ");
}

#[tokio::test]
async fn the_fullest_view_asks_for_nothing_twice_either() {
    let statements = Statements::keep();
    let house = House::with_services().await;
    let (asha, carla, dev) = (house.asha(), house.carla(), house.dev());
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    house.is_granted(&asha, "2026-03-06", "2026-03-06").await;
    house.settings(|settings| settings.approvers.clear()).await;
    for (person, day) in [
        (&asha, "2026-03-10"),
        (&dev, "2026-03-11"),
        (&dev, "2026-03-12"),
    ] {
        house.asks(person, day, day).await;
    }
    house.slack.clear_calls();
    statements.of(KIND);
    house.opens_home(&carla).await;
    assert_snapshot!(cost(&house, &statements), @"
    WITH me AS (SELECT
    SELECT … FROM pending_action
    SELECT … FROM leave_type
    SELECT … FROM pending_action
    SELECT … FROM leave_record
    SELECT … FROM working_pattern
    SELECT … FROM person
    SELECT … FROM harvest_account
    SELECT … FROM working_pattern
    SELECT … FROM leave_type
    SELECT … FROM pending_action
    SELECT … FROM service_entry
    SELECT … FROM service_skip
    ROLLBACK
    INSERT INTO home_view (workspace_id,
    UPDATE job SET state
    = 13 queries; Slack: views.publish
    ");
    house.opens_home(&carla).await;
    assert_snapshot!(cost(&house, &statements), @"
    WITH me AS (SELECT
    ROLLBACK
    UPDATE job SET state
    = 1 queries; Slack: views.publish
    ");
}

#[tokio::test]
async fn who_refreshes_again_too_soon_is_asked_to_wait_unless_there_is_something_new() {
    let house = House::with_neighbours().await;
    let (asha, other) = (house.asha(), house.slack.person(OTHER, "U_ASHA"));
    house.opens_home(&asha).await;
    house.opens_home(&other).await;
    house.pass(SignedDuration::from_secs(18));
    assert_snapshot!(house.presses_home(&asha, "Refresh").await, @"
    ~ :hourglass_flowing_sand: No new data. Wait 42 seconds before refreshing again.
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 14:30.
    ");
    // Pressing again does not make the time longer.
    house.pass(SignedDuration::from_secs(41));
    assert_snapshot!(first_line(&house.presses_home(&asha, "Refresh").await), @"~ :hourglass_flowing_sand: No new data. Wait 1 second before refreshing again.");
    house.pass(SignedDuration::from_secs(1));
    assert_snapshot!(first_line(&house.presses_home(&asha, "Refresh").await), @"== Your time off ==");
    house.pass(SignedDuration::from_secs(5));
    assert_snapshot!(first_line(&house.presses_home(&asha, "Refresh").await), @"~ :hourglass_flowing_sand: No new data. Wait 55 seconds before refreshing again.");
    // Something new is shown at once, and begins the time anew.
    house
        .is_away(&house.dev(), "2026-03-04", "2026-03-04")
        .await;
    let seen = house.presses_home(&asha, "Refresh").await;
    assert!(
        seen.starts_with("== Your time off ==") && seen.contains("Dev Patel: Wed 4 March"),
        "{seen}"
    );
    house.pass(SignedDuration::from_secs(10));
    assert_snapshot!(first_line(&house.presses_home(&asha, "Refresh").await), @"~ :hourglass_flowing_sand: No new data. Wait 50 seconds before refreshing again.");
    // Opening is never told to wait.
    assert_snapshot!(first_line(&house.opens_home(&asha).await), @"== Your time off ==");
    // Next door the time is its own, and nobody is off.
    assert_snapshot!(house.presses_home(&other, "Refresh").await, @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 14:31.
    ");
}

fn first_line(home: &str) -> String {
    home.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_view_that_slack_did_not_take_is_built_again() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.fault(
        "views.publish",
        simulators::slack::Fault::Error("internal_error".to_owned()),
        Some(1),
    );
    asha.opens_home().await;
    house
        .until(|| !house.slack.calls("views.publish").is_empty())
        .await;
    let kept: i64 = house
        .value("SELECT count(*) FROM home_view WHERE hash IS NOT NULL")
        .await;
    assert_eq!(kept, 0);
    house.pass(SignedDuration::from_secs(5));
    house.settle().await;
    assert!(asha.home().contains("Your time off"), "{}", asha.home());
}

#[tokio::test]
async fn many_changes_at_once_publish_a_tab_once() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.opens_home(&asha).await;
    house.opens_home(&ben).await;
    for day in ["2026-03-05", "2026-03-06"] {
        house.asks(&asha, day, day).await;
    }
    house.stop_workers();
    house.slack.clear_calls();
    ben.press("Deny").await;
    house.slack.settle().await;
    let queued = "SELECT count(*) FROM job WHERE kind = 'home.publish' AND state = 'queued'";
    assert_eq!(
        house.value::<i64>(queued).await,
        0,
        "nothing has changed yet"
    );
    for _ in 0..3 {
        house
            .execute("UPDATE home_view SET opened_at = opened_at")
            .await;
        let mut tx = house.tx().await;
        timeoff::leave::work::refresh_messages(&mut tx, "test", 1)
            .await
            .expect("promised");
        tx.commit().await.expect("committed");
    }
    assert_eq!(
        house.value::<i64>(queued).await,
        2,
        "one for Asha, one for Ben"
    );
    house.start_workers();
    house.settle().await;
}

#[tokio::test]
async fn only_those_who_looked_lately_are_kept_up_to_date() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.opens_home(&asha).await;
    house.at("2026-03-09T09:00:00Z").await;
    house.slack.clear_calls();
    house.asks(&asha, "2026-03-12", "2026-03-12").await;
    assert_eq!(house.slack.calls("views.publish").len(), 0, "a week ago");
    house.opens_home(&asha).await;
    house.slack.clear_calls();
    house.presses(&ben, "Approve").await;
    assert_eq!(
        house.slack.calls("views.publish").len(),
        1,
        "Ben never looked"
    );
    assert!(
        asha.home().contains("1 working day, approved"),
        "{}",
        asha.home()
    );
    house.at("2026-04-09T10:00:00Z").await;
    let kept: i64 = house.value("SELECT count(*) FROM home_view").await;
    assert_eq!(kept, 0, "after a month it is forgotten");
}
