//! What programs read of leave, and how they retry it.

use serde_json::Value;
use simulators::service::Fault;

use crate::support::{House, Key, code};

/// The ids and states of a list, newest first.
async fn listed(house: &House, key: &Key, query: &str) -> String {
    let page = house.get(key, &format!("/api/leaves?{query}")).await;
    let lines = page["leaves"].as_array().expect("a list").iter();
    let mut lines: Vec<String> = lines
        .map(|leave| {
            format!("{} {} {}", leave["id"], leave["user"]["id"], leave["state"]).replace('"', "")
        })
        .collect();
    if let Some(cursor) = page["next_cursor"].as_str() {
        lines.push(format!("next: {cursor}"));
    }
    lines.join(", ")
}

/// Asha's leave of two days that Ben approved, and that Harvest did not take. Its id.
pub async fn failed_leave(house: &House) -> i64 {
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    let fields = [
        ("First day", "2026-03-09"),
        ("Last day", "2026-03-10"),
        ("Reason", "Moving house"),
    ];
    house.takes(&house.asha(), "/timeoff", &fields).await;
    house
        .value("SELECT max(action_id) FROM pending_action")
        .await
}

#[tokio::test]
async fn leave_is_told_whole_to_a_key() {
    let house = House::with_services().await;
    let key = house.key("payroll").await;
    let id = failed_leave(&house).await;
    let leave = house.get(&key, &format!("/api/leaves/{id}")).await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&leave).unwrap(), @r#"
    {
      "created_at": "2026-03-02T09:00:00Z",
      "days": [
        {
          "date": "2026-03-09",
          "minutes": 480,
          "portion": "full",
          "state": "failed"
        },
        {
          "date": "2026-03-10",
          "minutes": 480,
          "portion": "full",
          "state": "failed"
        }
      ],
      "decided_by": "U_BEN",
      "first_day": "2026-03-09",
      "id": 1,
      "last_day": "2026-03-10",
      "leave_type": "vacation",
      "note": null,
      "reason": "Moving house",
      "services": {
        "calendar": {
          "reason": null,
          "state": "done"
        },
        "harvest": {
          "reason": "Harvest answered 500: There was a server error.",
          "state": "failed"
        }
      },
      "state": "failed",
      "user": {
        "id": "U_ASHA",
        "name": "Asha Rao"
      }
    }
    "#);
    let page = house.get(&key, "/api/leaves").await;
    assert_eq!(page["leaves"], Value::from(vec![leave]));
    assert_eq!(page["next_cursor"], Value::Null);
}

#[tokio::test]
async fn lists_are_filtered_and_cut_into_pages() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    house
        .is_away(&house.asha(), "2026-03-02", "2026-03-03")
        .await;
    house
        .is_away(&house.dev(), "2026-03-05", "2026-03-06")
        .await;
    house.asks(&house.asha(), "2026-03-16", "2026-03-17").await;
    house.asks(&house.carla(), "2026-04-01", "2026-04-01").await;
    house.presses(&house.ben(), "Approve").await;
    house
        .execute("INSERT INTO service_entry (workspace_id, action_id, service, first_day, last_day, portion, entry_key, state, calls, error, changed_at)
                  SELECT workspace_id, action_id, 'calendar', first_day, last_day, 'full', 'k' || action_id, 'remove_failed', 1, 'Calendar is down', changed_at
                  FROM pending_action WHERE user_id = 'U_DEV'")
        .await;
    let mut said = Vec::new();
    for query in [
        "",
        "state=completed",
        "state=pending",
        "state=failed",
        "failed_service=calendar",
        "failed_service=harvest",
        "user=U_ASHA",
        "user=U_ASHA&state=completed",
        "user=U_NOBODY",
        "leave_type=vacation&user=U_DEV",
        "leave_type=sick",
        "from=2026-03-06",
        "to=2026-03-05",
        "from=2026-03-04&to=2026-03-16",
        "limit=2",
        "limit=2&cursor=3",
        "limit=3",
        "limit=4",
        "cursor=1",
    ] {
        said.push(format!("{query}: {}", listed(&house, &key, query).await));
    }
    insta::assert_snapshot!(said.join("\n"), @"
    : 4 U_CARLA completed, 3 U_ASHA pending, 2 U_DEV failed, 1 U_ASHA completed
    state=completed: 4 U_CARLA completed, 1 U_ASHA completed
    state=pending: 3 U_ASHA pending
    state=failed: 2 U_DEV failed
    failed_service=calendar: 2 U_DEV failed
    failed_service=harvest: 
    user=U_ASHA: 3 U_ASHA pending, 1 U_ASHA completed
    user=U_ASHA&state=completed: 1 U_ASHA completed
    user=U_NOBODY: 
    leave_type=vacation&user=U_DEV: 2 U_DEV failed
    leave_type=sick: 
    from=2026-03-06: 4 U_CARLA completed, 3 U_ASHA pending, 2 U_DEV failed
    to=2026-03-05: 2 U_DEV failed, 1 U_ASHA completed
    from=2026-03-04&to=2026-03-16: 3 U_ASHA pending, 2 U_DEV failed
    limit=2: 4 U_CARLA completed, 3 U_ASHA pending, next: 3
    limit=2&cursor=3: 2 U_DEV failed, 1 U_ASHA completed
    limit=3: 4 U_CARLA completed, 3 U_ASHA pending, 2 U_DEV failed, next: 2
    limit=4: 4 U_CARLA completed, 3 U_ASHA pending, 2 U_DEV failed, 1 U_ASHA completed
    cursor=1:
    ");
}

#[tokio::test]
async fn what_its_author_has_not_confirmed_is_not_leave_yet() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    house.asks(&house.asha(), "2026-03-16", "2026-03-17").await;
    house
        .execute("UPDATE pending_action SET awaits = 'author'")
        .await;
    assert_eq!(listed(&house, &key, "").await, "");
    for (method, path) in [("GET", "/api/leaves/1"), ("POST", "/api/leaves/1/retry")] {
        let reply = house.call(&house.signed(&key, method, path, "")).await;
        assert_eq!(code(&reply), "404 not_found");
    }
}

#[tokio::test]
async fn a_retry_is_promised_with_its_answer_and_does_what_failed() {
    let house = House::with_services().await;
    let key = house.key("payroll").await;
    let id = failed_leave(&house).await;
    assert_eq!(
        listed(&house, &key, "state=failed").await,
        format!("{id} U_ASHA failed")
    );
    assert_eq!(
        listed(&house, &key, "failed_service=calendar").await,
        "",
        "Harvest is what failed"
    );
    let path = format!("/api/leaves/{id}/retry");
    let retry = || house.signed(&key, "POST", &path, "");

    house.stop_workers();
    let reply = house.call(&retry()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    let answer: Value = serde_json::from_str(&reply.body).expect("JSON");
    assert_eq!(answer["state"], "processing");
    assert_eq!(answer["services"]["harvest"]["state"], "under_way");
    assert_eq!(answer["services"]["calendar"]["state"], "done");
    assert_eq!(answer, house.get(&key, &format!("/api/leaves/{id}")).await);
    // Twice is once: the second is told so.
    let again = house.call(&retry()).await;
    assert_eq!(code(&again), "409 not_failed");
    insta::assert_snapshot!(again.body, @r#"{"error":{"code":"not_failed","message":"This leave is being tried again already."}}"#);

    house.start_workers();
    house.settle().await;
    let leave = house.get(&key, &format!("/api/leaves/{id}")).await;
    insta::assert_snapshot!(format!("{} {}", leave["state"], leave["services"]), @r#""completed" {"calendar":{"reason":null,"state":"done"},"harvest":{"reason":null,"state":"done"}}"#);
    insta::assert_snapshot!(house.outside(), @"
    2026-03-09 to 2026-03-11: Leave - Asha Rao
    ---
    2026-03-09 Asha Rao: 8 h Vacation
    2026-03-10 Asha Rao: 8 h Vacation
    ");
    assert_eq!(house.calendar().calls("events.insert").len(), 1);
    let done = house.call(&retry()).await;
    assert_eq!(code(&done), "409 not_failed");

    let trail: String = house
        .value("SELECT string_agg(actor || ' ' || action, ', ' ORDER BY audit_id) FROM audit_log WHERE action = 'retried'")
        .await;
    assert_eq!(trail, format!("{} (payroll) retried", key.id));
    let correlated: i64 = house
        .value("SELECT count(*) FROM job WHERE kind = 'leave.sync' AND correlation_id LIKE 'api:key_%'")
        .await;
    assert_eq!(correlated, 1);
}

#[tokio::test]
async fn what_could_not_be_removed_is_failed_and_retried_too() {
    let house = House::with_services().await;
    let key = house.key("payroll").await;
    house
        .is_granted(&house.asha(), "2026-03-09", "2026-03-10")
        .await;
    house
        .calendar()
        .fault("events.delete", Fault::ServerError, Some(1));
    house.presses(&house.asha(), "Cancel leave").await;
    let mut seen = vec![house.get(&key, "/api/leaves/1").await];
    let reply = house
        .call(&house.signed(&key, "POST", "/api/leaves/1/retry", ""))
        .await;
    assert_eq!(code(&reply), "200");
    house.settle().await;
    seen.push(house.get(&key, "/api/leaves/1").await);
    let seen: Vec<String> = seen
        .iter()
        .map(|leave| format!("{} {}", leave["state"], leave["services"]))
        .collect();
    insta::assert_snapshot!(seen.join("\n"), @r#"
    "failed" {"calendar":{"reason":"Google Calendar answered 500: Backend Error","state":"failed"},"harvest":{"reason":null,"state":"removed"}}
    "cancelled" {"calendar":{"reason":null,"state":"removed"},"harvest":{"reason":null,"state":"removed"}}
    "#);
    insta::assert_snapshot!(house.outside(), @"---");
}

#[tokio::test]
async fn only_failed_leave_is_retried() {
    let house = House::open().await;
    let key = house.key("payroll").await;
    house.asks(&house.asha(), "2026-03-16", "2026-03-17").await;
    house
        .is_away(&house.dev(), "2026-03-05", "2026-03-06")
        .await;
    let mut said = Vec::new();
    for id in [1, 2, 3] {
        let path = format!("/api/leaves/{id}/retry");
        let reply = house.call(&house.signed(&key, "POST", &path, "")).await;
        said.push(format!("{} {}", reply.status, reply.body));
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    409 {"error":{"code":"not_failed","message":"This leave was never approved."}}
    409 {"error":{"code":"not_failed","message":"Nothing of this leave has failed: all of it is as it should be."}}
    404 {"error":{"code":"not_found","message":"There is no leave with this id in the workspace of this key."}}
    "#);
    let jobs: i64 = house
        .value("SELECT count(*) FROM job WHERE correlation_id LIKE 'api:%'")
        .await;
    assert_eq!(jobs, 0);
}

#[tokio::test]
async fn of_two_retries_at_once_one_begins() {
    let house = House::with_services().await;
    let key = house.key("payroll").await;
    let id = failed_leave(&house).await;
    house.stop_workers();
    let path = format!("/api/leaves/{id}/retry");
    let requests: Vec<_> = (0..6)
        .map(|_| house.signed(&key, "POST", &path, ""))
        .collect();
    let replies =
        futures_util::future::join_all(requests.iter().map(|request| house.call(request))).await;
    let mut codes: Vec<String> = replies.iter().map(code).collect();
    codes.sort();
    let mut expected = vec!["409 not_failed"; 6];
    expected[0] = "200";
    assert_eq!(codes, expected);
}
