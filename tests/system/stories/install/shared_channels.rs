//! Channels that a workspace shares with another company (Slack Connect): what its people do there is
//! heard in our workspace, and makes theirs no tenant.

use insta::assert_snapshot;
use serde_json::{Value, json};
use timeoff::platform::ids::ChannelId;

use super::installs_with;
use super::orgs::{LABS, WORKS, house_with_an_organization, tenants};
use crate::support::{House, TEAM};

/// Somebody of another company's workspace wrote in a channel, as the app of `ours` is told.
fn written_by_them(house: &House, theirs: &str, ours: &str, id: &str) -> Value {
    let message = json!({
        "type": "message", "channel": "C_LEAVE", "channel_type": "channel", "user": "U_ASHA",
        "team": theirs, "user_team": theirs, "text": "on leave tomorrow",
        "ts": "1772442000.000100", "event_ts": "1772442000.000100",
    });
    let mut envelope = house.slack.event_envelope(ours, &message);
    envelope["team_id"] = theirs.into();
    envelope["enterprise_id"] = Value::Null;
    envelope["is_ext_shared_channel"] = true.into();
    envelope["event_id"] = id.into();
    envelope
}

/// Which tenants handled which of the events that are sent here.
async fn handled(house: &House) -> String {
    let rows: Vec<String> = house
        .value("SELECT coalesce(array_agg(workspace_id || ' ' || key ORDER BY key, workspace_id), '{}') FROM seen_request WHERE key LIKE 'event:Ev\\_%'")
        .await;
    rows.join("\n")
}

#[tokio::test]
async fn what_another_company_writes_in_a_shared_channel_is_heard_in_ours_alone() {
    let house = house_with_an_organization().await;
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.round().await;
    house
        .settings_in(LABS, |settings| {
            settings.leave_channel = ChannelId::parse("C_LEAVE").ok();
        })
        .await;
    let before = tenants(&house).await;
    assert_snapshot!(before, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused f
    ");

    // Of a company without the app, and of one that has it, with a leave channel of the same id.
    for (theirs, id) in [("T_STRANGE", "Ev_STRANGE"), (TEAM, "Ev_PAPER")] {
        let envelope = written_by_them(&house, theirs, LABS, id);
        let sent = house.slack.send_envelope(envelope).await;
        assert_eq!(sent.status, Some(200));
    }
    house.settle().await;
    assert_snapshot!(handled(&house).await, @"
    T7 event:Ev_PAPER
    T7 event:Ev_STRANGE
    ");
    assert_eq!(house.asha().channel("#leave"), "", "it was not said here");

    // Slack does not say through which workspace we hear it: nobody's.
    for (theirs, id) in [("T_STRANGE", "Ev_STRANGE2"), (TEAM, "Ev_PAPER2")] {
        let mut envelope = written_by_them(&house, theirs, LABS, id);
        envelope["context_team_id"] = Value::Null;
        let sent = house.slack.send_envelope(envelope).await;
        assert_eq!(sent.status, Some(200));
    }
    // One of the organization's workspaces that is not known yet is taken in by its own requests.
    let mut envelope = written_by_them(&house, "T_STRANGE", WORKS, "Ev_STRANGE3");
    envelope["authorizations"] =
        json!([{"enterprise_id": "E1", "team_id": null, "is_enterprise_install": true}]);
    let sent = house.slack.send_envelope(envelope).await;
    assert_eq!(sent.status, Some(200));
    house.settle().await;
    assert_snapshot!(handled(&house).await, @"
    T7 event:Ev_PAPER
    T7 event:Ev_STRANGE
    ");
    assert_eq!(tenants(&house).await, before);

    // A workspace with an installation of its own hears what is said in its shared channels as well.
    let envelope = written_by_them(&house, "T_STRANGE", TEAM, "Ev_OWN");
    assert_eq!(house.slack.send_envelope(envelope).await.status, Some(200));
    house.settle().await;
    assert_snapshot!(handled(&house).await, @"
    T1 event:Ev_OWN
    T7 event:Ev_PAPER
    T7 event:Ev_STRANGE
    ");
    assert_eq!(tenants(&house).await, before);
}
