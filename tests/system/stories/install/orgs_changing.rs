//! An organization gives the app to workspaces and takes it away while their list is being read.

use insta::assert_snapshot;
use serde_json::json;
use simulators::slack::Fault;
use timeoff::platform::ids::EnterpriseId;
use timeoff::tenant::store::{self, Listed};
use timeoff::workspace::install::orgs;

use super::installs_with;
use super::orgs::{LABS, WORKS, house_with_an_organization, tenants, with_organization};
use crate::support::{House, Plan};

const LABS_ALONE: &str = "T1 Paper & Co, 4 people, own token t, paused f
T7 Labs, 1 people, own token f, paused f";

/// A house in which the organization has the app, in one workspace, and more than one thing can happen
/// at a time.
async fn house_with_labs() -> House {
    let plan = Plan {
        oauth: true,
        connections: 4,
        ..Plan::default()
    };
    let house = with_organization(House::build(plan).await);
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.round().await;
    assert_eq!(tenants(&house).await, LABS_ALONE);
    house
}

/// Waits until something of the app waits for a row that the test holds.
async fn somebody_waits(house: &House) {
    let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')";
    while !house.value::<bool>(waits).await {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
}

/// Reads the organization's workspaces; something happens when the list is there, and the first on
/// it, Labs, is looked at.
async fn meanwhile(house: &House, happens: impl Future<Output = ()>) {
    let mut holding = house.database.owner.begin().await.expect("a transaction");
    sqlx::query("SELECT FROM workspace WHERE workspace_id = 'T7' FOR UPDATE")
        .execute(&mut *holding)
        .await
        .expect("held");
    let happens = async {
        somebody_waits(house).await;
        happens.await;
        holding.commit().await.expect("let go");
    };
    let (read, ()) = tokio::join!(orgs::read_new(&house.app.services), happens);
    assert_eq!(read.expect("read"), 1, "there was something to read");
    house.settle().await;
}

#[tokio::test]
async fn a_workspace_that_is_given_back_during_a_reading_is_read_of_next_time() {
    let house = house_with_labs().await;
    house.slack.grant_access("E1", WORKS).await;
    house.round().await;
    house.slack.revoke_access(WORKS).await;
    house.settle().await;
    let works_rests = format!("{LABS_ALONE}\nT8 Works, 1 people, own token f, paused t");
    assert_eq!(tenants(&house).await, works_rests);

    house.slack.grant_access("E1", LABS).await;
    meanwhile(&house, house.slack.grant_access("E1", WORKS)).await;
    assert_eq!(tenants(&house).await, works_rests, "the list was older");
    house.round().await;
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused f
    T8 Works, 1 people, own token f, paused f
    ");
    let asked = house.slack.calls("auth.teams.list").len();
    house.round().await;
    let calls = house.slack.calls("auth.teams.list").len();
    assert_eq!(calls, asked, "all is known");
}

#[tokio::test]
async fn a_workspace_that_is_taken_away_during_a_reading_stays_away() {
    let house = house_with_labs().await;
    house.slack.grant_access("E1", WORKS).await;
    // New, and on the list, but not there any more when it is its turn.
    meanwhile(&house, house.slack.revoke_access(WORKS)).await;
    assert_eq!(tenants(&house).await, LABS_ALONE);
    house.round().await;
    assert_eq!(tenants(&house).await, LABS_ALONE);

    // The same with one that was at work.
    house.slack.grant_access("E1", WORKS).await;
    house.round().await;
    house.slack.grant_access("E1", LABS).await;
    meanwhile(&house, house.slack.revoke_access(WORKS)).await;
    let works_rests = format!("{LABS_ALONE}\nT8 Works, 1 people, own token f, paused t");
    assert_eq!(tenants(&house).await, works_rests);
    house.round().await;
    assert_eq!(tenants(&house).await, works_rests);
}

#[tokio::test]
async fn a_workspace_that_is_just_joining_is_taken_away_once_it_has_joined() {
    let house = house_with_labs().await;
    house.slack.grant_access("E1", WORKS).await;
    let unread = store::enterprises_to_read(&house.app.services.db)
        .await
        .expect("readable");
    let org = EnterpriseId::parse("E1").expect("an id");
    let mut joining = house.tx_in(WORKS).await;
    let listed = Listed {
        name: Some("Works"),
        as_of: unread.first().expect("to be read").teams_version,
    };
    let joined = store::join_enterprise(&mut joining, &org, Some(listed)).await;
    assert!(joined.expect("asked"));
    let joins = async {
        somebody_waits(&house).await;
        joining.commit().await.expect("joined");
    };
    tokio::join!(house.slack.revoke_access(WORKS), joins);
    house.settle().await;
    let works_rests = format!("{LABS_ALONE}\nT8 Works, 0 people, own token f, paused t");
    assert_eq!(tenants(&house).await, works_rests);
    // What was read before that says nothing any more.
    let mut late = house.tx_in(WORKS).await;
    let joined = store::join_enterprise(&mut late, &org, Some(listed)).await;
    assert!(!joined.expect("asked"));
}

#[tokio::test]
async fn access_is_heard_of_when_slack_says_it_as_if_a_workspace_gave_it() {
    let house = house_with_an_organization().await;
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.round().await;
    house.slack.fault("app", Fault::Drop, Some(4));
    house.slack.grant_access("E1", WORKS).await;
    house.slack.clear_faults();
    for (kind, paused) in [("granted", "f"), ("revoked", "t")] {
        let event = json!({"type": format!("team_access_{kind}"), "team_ids": [WORKS]});
        let mut envelope = house.slack.event_envelope(LABS, &event);
        envelope["authorizations"] =
            json!([{"team_id": LABS, "enterprise_id": "E1", "is_enterprise_install": false}]);
        let sent = house.slack.send_envelope(envelope).await;
        assert_eq!(sent.status, Some(200));
        house.round().await;
        let works = format!("{LABS_ALONE}\nT8 Works, 1 people, own token f, paused {paused}");
        assert_eq!(tenants(&house).await, works, "{kind}");
    }
}
