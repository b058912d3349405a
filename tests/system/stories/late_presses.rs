//! Presses that come too late, twice, or from somebody who may not: nothing changes, and that
//! person alone is told.

use insta::assert_snapshot;
use simulators::slack::{Person, SignedRequest};
use timeoff::tenant::store::PersonChange;

use crate::support::{House, TEAM, id, latest, messages};

/// Who decided and how, and how often something was written about it.
async fn decision(house: &House) -> String {
    house
        .value(
            "SELECT state || ' by ' || coalesce(decided_by, 'nobody') || ', ' ||
                    (SELECT count(*) FROM audit_log WHERE subject LIKE 'action:%') || ' entries' FROM pending_action",
        )
        .await
}

/// The same press, as if `person` had made it, answered where they typed last.
fn forged(house: &House, press: &SignedRequest, person: &Person) -> SignedRequest {
    let field = |body: &str, name: &str| {
        let mut fields = form_urlencoded::parse(body.as_bytes());
        let found = fields.find(|(key, _)| key == name).expect("the field");
        found.1.into_owned()
    };
    let mut payload: serde_json::Value =
        serde_json::from_str(&field(&press.body, "payload")).expect("JSON");
    let own = person.command_request("#general", "/timeoff");
    payload["user"]["id"] = person.id().into();
    payload["response_url"] = field(&own.body, "response_url").into();
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload.to_string())
        .finish();
    house
        .slack
        .signed(&press.path, "application/x-www-form-urlencoded", body)
}

#[tokio::test]
async fn somebody_who_was_never_asked_decides_nothing() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let before = (asha.dm(), ben.dm(), decision(&house).await);
    for button in ["Approve", "Deny"] {
        let press = ben.press_request(button);
        for person in [&dev, &asha, &house.carla()] {
            house.sends(&forged(&house, &press, person)).await;
            assert!(person.find_modal().is_none());
        }
    }
    assert_eq!((asha.dm(), ben.dm(), decision(&house).await), before);
    assert_snapshot!(dev.channel("#general"), @"
    timeoff (only you can see this): You cannot decide on this request: somebody else approves it.
    timeoff (only you can see this): You cannot decide on this request: somebody else approves it.
    ");
    assert_eq!(ben.channel("#general"), "", "only the presser is told");
}

#[tokio::test]
async fn an_approver_who_was_switched_off_decides_nothing() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let off = PersonChange {
        active: Some(false),
        ..PersonChange::default()
    };
    house.sets("U_BEN", off).await;
    house.presses(&ben, "Approve").await;
    assert_eq!(decision(&house).await, "pending by nobody, 1 entries");
    assert_snapshot!(latest(&ben), @"timeoff (only you can see this): Your account is switched off for time off, so you cannot decide. Please ask a workspace admin.");
}

#[tokio::test]
async fn a_press_with_a_value_that_is_no_request_is_answered() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let press = ben.press_request("Approve");
    let value: i64 = house.value("SELECT action_id FROM pending_action").await;
    let value = format!("%22value%22%3A%22{value}%22");
    for odd in ["", "999999", "abc", "-1", "99999999999999999999"] {
        let body = press
            .body
            .replace(&value, &format!("%22value%22%3A%22{odd}%22"));
        let body = body.replace("action_ts%22%3A%22", &format!("action_ts%22%3A%22{odd}"));
        assert_ne!(body, press.body);
        let request = house
            .slack
            .signed(&press.path, "application/x-www-form-urlencoded", body);
        house.sends(&request).await;
    }
    assert_eq!(decision(&house).await, "pending by nobody, 1 entries");
    assert_eq!(
        ben.dm()
            .matches("This request does not exist any more.")
            .count(),
        5,
        "{}",
        ben.dm()
    );
}

#[tokio::test]
async fn a_second_press_changes_nothing() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let (again, deny) = (ben.press_request("Approve"), ben.press_request("Deny"));
    house.presses(&ben, "Approve").await;
    let before = (asha.dm(), decision(&house).await);
    house.sends(&again).await;
    house.sends(&deny).await;
    assert!(ben.find_modal().is_none());
    assert_eq!((asha.dm(), decision(&house).await), before);
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by you.
    timeoff (only you can see this): Nothing was changed: Vacation, Thu 5 March was already approved by you.
    timeoff (only you can see this): Nothing was changed: Vacation, Thu 5 March was already approved by you.
    ");
}

#[tokio::test]
async fn one_press_delivered_twice_is_answered_once() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let press = ben.press_request("Approve");
    house.sends(&press).await;
    house.sends(&press).await;
    assert_eq!(messages(&ben), 1);
    assert_eq!(decision(&house).await, "completed by U_BEN, 4 entries");
}

#[tokio::test]
async fn a_press_after_a_colleagues_decision_changes_nothing_and_says_who_decided() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house
        .settings(|settings| settings.approvers = vec![id("U_BEN"), id("U_DEV")])
        .await;
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let late = dev.press_request("Approve");
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    let before = (asha.dm(), ben.dm(), decision(&house).await);
    house.sends(&late).await;
    assert_eq!((asha.dm(), ben.dm(), decision(&house).await), before);
    assert_snapshot!(dev.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :x: Denied by @ben.
    timeoff (only you can see this): Nothing was changed: Vacation, Thu 5 March was already denied by @ben.
    ");
}

#[tokio::test]
async fn a_press_on_a_cancelled_request_changes_nothing() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let late = ben.press_request("Approve");
    house.presses(&asha, "Cancel request").await;
    house.sends(&late).await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff (only you can see this): Nothing was changed: @asha cancelled Vacation, Thu 5 March.
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
    ");
    assert_eq!(decision(&house).await, "cancelled by U_ASHA, 2 entries");
}

#[tokio::test]
async fn a_press_on_an_expired_request_changes_nothing() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house
        .execute("UPDATE pending_action SET state = 'expired'")
        .await;
    house.presses(&ben, "Approve").await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :zzz: Expired without an answer.
    timeoff (only you can see this): Nothing was changed: Vacation, Thu 5 March has expired.
    ");
    assert_eq!(decision(&house).await, "expired by nobody, 1 entries");
}

#[tokio::test]
async fn a_press_on_leave_that_needs_no_approval_changes_nothing() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house.asks(&dev, "2026-03-05", "2026-03-05").await;
    let press = ben.press_request("Deny");
    house.types(&asha, "/timeoff today").await;
    house.fills(&asha, "Leave type", "Sick leave").await;
    assert_eq!(house.submits(&asha).await, "");
    let ids: Vec<i64> = house
        .value("SELECT array_agg(action_id ORDER BY action_id) FROM pending_action")
        .await;
    let value = |id: i64| format!("%22value%22%3A%22{id}%22");
    let body = press.body.replace(&value(ids[0]), &value(ids[1]));
    house
        .sends(
            &house
                .slack
                .signed(&press.path, "application/x-www-form-urlencoded", body),
        )
        .await;
    assert!(ben.find_modal().is_none());
    assert_snapshot!(latest(&ben), @"timeoff (only you can see this): Nothing was changed: Sick leave, Mon 2 March needs no approval.");
}

#[tokio::test]
async fn another_workspaces_request_does_not_exist_here() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let body = ben
        .press_request("Approve")
        .body
        .replace(&format!("%22{TEAM}%22"), "%22T999%22");
    house
        .sends(&house.slack.signed(
            "/slack/interactivity",
            "application/x-www-form-urlencoded",
            body,
        ))
        .await;
    assert_eq!(decision(&house).await, "pending by nobody, 1 entries");
}
