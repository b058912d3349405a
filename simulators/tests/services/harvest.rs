//! Harvest's rules.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulators::harvest::{HarvestConfig, HarvestSim, HarvestUser};
use simulators::slack::Clock;

use crate::{client, send};

struct Setup {
    sim: HarvestSim,
    http: reqwest::Client,
}

impl Setup {
    async fn new() -> Self {
        Self::with(HarvestConfig::default()).await
    }

    async fn with(config: HarvestConfig) -> Self {
        let sim = HarvestSim::new(config);
        sim.add_user(HarvestUser::new(101, "Asha Rao", "asha@example.com"));
        sim.add_user(HarvestUser::new(102, "Ben Okafor", "ben@example.com").inactive());
        sim.start().await.unwrap();
        Self {
            sim,
            http: client(),
        }
    }

    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sim.api_url());
        self.http
            .request(method.parse().unwrap(), url)
            .bearer_auth(self.sim.access_token())
            .header("Harvest-Account-Id", self.sim.account_id())
            .header("User-Agent", "tests (tests@example.com)")
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        send(self.request("GET", path)).await
    }

    async fn create(&self, change: Value) -> (u16, Value) {
        let mut body = json!({
            "user_id": 101, "project_id": HarvestSim::PROJECT, "task_id": HarvestSim::VACATION,
            "spent_date": "2026-03-05", "hours": 8,
        });
        if let (Some(body), Value::Object(change)) = (body.as_object_mut(), change) {
            body.extend(change);
        }
        send(self.request("POST", "/time_entries").json(&body)).await
    }
}

#[tokio::test]
async fn what_harvest_refuses_is_unprocessable() {
    let it = Setup::new().await;
    let mut told = Vec::new();
    for change in [
        json!({"user_id": 7}),
        json!({"user_id": 102}),
        json!({"project_id": null}),
        json!({"project_id": 7}),
        json!({"task_id": null}),
        json!({"task_id": 7}),
        json!({"spent_date": null}),
        json!({"spent_date": "5.3.2026"}),
        json!({"hours": "eight"}),
        json!({"hours": -0.5}),
        json!({"hours": 24.01}),
        json!({"external_reference": {"group_id": "g"}}),
    ] {
        let (status, body) = it.create(change.clone()).await;
        assert_eq!(status, 422, "{change}");
        told.push(format!("{change}: {}", body["message"]));
    }
    insta::assert_snapshot!(told.join("\n"), @r#"
    {"user_id":7}: "User can't be found"
    {"user_id":102}: "User is not active"
    {"project_id":null}: "Project can't be blank"
    {"project_id":7}: "Project can't be found"
    {"task_id":null}: "Task can't be blank"
    {"task_id":7}: "Task is not assigned to this project"
    {"spent_date":null}: "Spent date can't be blank"
    {"spent_date":"5.3.2026"}: "Spent date is not a date"
    {"hours":"eight"}: "Hours is not a number"
    {"hours":-0.5}: "Hours must be greater than or equal to 0"
    {"hours":24.01}: "Hours must be less than or equal to 24"
    {"external_reference":{"group_id":"g"}}: "External reference id can't be blank"
    "#);
    it.sim.set_task_active(HarvestSim::VACATION, false);
    assert_eq!(
        it.create(json!({})).await,
        (422, json!({"message": "Task is not active"}))
    );
    assert_eq!(it.create(json!({"task_id": HarvestSim::SICK})).await.0, 201);
    it.sim.set_project_active(false);
    assert_eq!(it.create(json!({"task_id": HarvestSim::SICK})).await.0, 422);
    it.sim.set_project_active(true);
    it.sim.set_user_active(101, false);
    assert_eq!(it.create(json!({"task_id": HarvestSim::SICK})).await.0, 422);
    assert_eq!(it.sim.entries().len(), 1);
}

#[tokio::test]
async fn an_entry_is_answered_as_harvest_does() {
    let it = Setup::new().await;
    let reference = json!({"id": "day-1", "group_id": 7, "permalink": "https://off.example.com/1"});
    let (status, entry) = it
        .create(json!({"hours": 7.333, "notes": "Time off", "external_reference": reference}))
        .await;
    assert_eq!(status, 201);
    assert_eq!(entry["hours"], 7.33);
    assert_eq!(entry["user"], json!({"id": 101, "name": "Asha Rao"}));
    assert_eq!(
        entry["task"],
        json!({"id": HarvestSim::VACATION, "name": "Vacation"})
    );
    assert_eq!(entry["external_reference"]["id"], "day-1");
    assert_eq!(entry["external_reference"]["group_id"], "7");
    assert_eq!(entry["external_reference"]["service"], "off.example.com");
    let (_, running) = it.create(json!({"hours": null})).await;
    assert_eq!(
        (&running["is_running"], &running["hours"]),
        (&json!(true), &json!(0.0))
    );
    let (_, own) = it.create(json!({"user_id": null})).await;
    assert_eq!(own["user"]["id"], HarvestSim::OWNER);
    assert_eq!(
        it.sim.entries()[0].to_string(),
        "2026-03-05 Asha Rao: 0 h Vacation"
    );
    assert_eq!(it.sim.entries()[1].reference.as_deref(), Some("day-1"));
}

#[tokio::test]
async fn entries_are_found_and_come_in_pages() {
    let it = Setup::new().await;
    for day in 1..=5 {
        let reference = format!("day-{}", day % 2);
        let change = json!({"spent_date": format!("2026-03-0{day}"), "external_reference": {"id": reference}});
        assert_eq!(it.create(change).await.0, 201);
    }
    let days = |list: &Value| -> Vec<String> {
        let entries = list["time_entries"].as_array().unwrap();
        entries
            .iter()
            .map(|it| it["spent_date"].as_str().unwrap()[8..].to_owned())
            .collect()
    };
    let (_, list) = it
        .get("/time_entries?external_reference_id=day-1&user_id=101")
        .await;
    assert_eq!(days(&list), ["05", "03", "01"]);
    assert_eq!(
        (&list["total_entries"], &list["next_page"]),
        (&json!(3), &Value::Null)
    );
    let (_, list) = it.get("/time_entries?from=2026-03-02&to=2026-03-03").await;
    assert_eq!(days(&list), ["03", "02"]);
    assert_eq!(
        days(&it.get("/time_entries?external_reference_id=none").await.1),
        Vec::<String>::new()
    );
    assert_eq!(
        days(&it.get("/time_entries?task_id=1").await.1),
        Vec::<String>::new()
    );

    let (_, list) = it.get("/time_entries?per_page=2&page=2").await;
    assert_eq!(days(&list), ["03", "02"]);
    assert_eq!(
        (
            &list["previous_page"],
            &list["next_page"],
            &list["total_pages"]
        ),
        (&json!(1), &json!(3), &json!(3))
    );
    let (_, list) = it.get("/time_entries?per_page=2&page=3").await;
    assert_eq!(
        (days(&list), &list["next_page"]),
        (vec!["01".to_owned()], &Value::Null)
    );
    for wrong in [
        "per_page=0",
        "per_page=2001",
        "page=0",
        "page=x",
        "user_id=me",
        "from=today",
    ] {
        assert_eq!(
            it.get(&format!("/time_entries?{wrong}")).await.0,
            422,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn people_who_have_left_are_still_listed() {
    let it = Setup::new().await;
    let ids = |list: &Value| -> Vec<u64> {
        let users = list["users"].as_array().unwrap();
        users.iter().map(|it| it["id"].as_u64().unwrap()).collect()
    };
    assert_eq!(
        ids(&it.get("/users").await.1),
        [102, 101, HarvestSim::OWNER]
    );
    assert_eq!(
        ids(&it.get("/users?is_active=true").await.1),
        [101, HarvestSim::OWNER]
    );
    assert_eq!(ids(&it.get("/users?per_page=1&page=2").await.1), [101]);
    assert_eq!(it.get("/users/me").await.1["email"], "harvest@example.com");
}

#[tokio::test]
async fn a_deleted_entry_is_not_found_again() {
    let it = Setup::new().await;
    let id = it.create(json!({})).await.1["id"].as_u64().unwrap();
    let path = format!("/time_entries/{id}");
    assert_eq!(send(it.request("DELETE", &path)).await.0, 200);
    assert_eq!(send(it.request("DELETE", &path)).await.0, 404);
    assert_eq!(send(it.request("DELETE", "/time_entries/x")).await.0, 404);
}

#[tokio::test]
async fn only_the_token_with_its_account_and_a_name_is_let_in() {
    let it = Setup::new().await;
    let url = format!("{}/users/me", it.sim.api_url());
    for (token, account, agent, expected) in [
        ("wrong", "100001", "a (b)", 401),
        ("pretend-harvest-token", "7", "a (b)", 401),
        ("pretend-harvest-token", "100001", "", 400),
        ("pretend-harvest-token", "100001", "a (b)", 200),
    ] {
        let request = it
            .http
            .get(&url)
            .bearer_auth(token)
            .header("Harvest-Account-Id", account)
            .header("User-Agent", agent);
        assert_eq!(send(request).await.0, expected, "{token} {account} {agent}");
    }
}

#[tokio::test]
async fn more_calls_than_allowed_have_to_wait() {
    let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    let it = Setup::with(HarvestConfig {
        rate_limit: Some((100, Duration::from_secs(15))),
        clock: Clock::manual(now),
        ..HarvestConfig::default()
    })
    .await;
    for _ in 0..100 {
        assert_eq!(it.get("/users/me").await.0, 200);
    }
    it.sim.clock().advance(SignedDuration::from_secs(5));
    let response = it.request("GET", "/users/me").send().await.unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            &response.headers()["retry-after"]
        ),
        (429, &"10".parse().unwrap())
    );
    it.sim.clock().advance(SignedDuration::from_secs(10));
    assert_eq!(it.get("/users/me").await.0, 200);
}
