//! Harvest.

use std::time::Duration;

use serde_json::json;
use simulators::harvest::{HarvestConfig, HarvestSim, HarvestUser};
use simulators::service::Fault;
use timeoff::clients::harvest::{Entry, ExternalReference, Harvest, HarvestApi, NewEntry};
use timeoff::clients::{Deleted, ServiceError};

use super::{SLOW, configured, http};

const ASHA: u64 = 101;

async fn setup() -> (HarvestSim, Harvest) {
    setup_with(HarvestConfig::default()).await
}

async fn setup_with(config: HarvestConfig) -> (HarvestSim, Harvest) {
    let sim = HarvestSim::new(config);
    sim.add_user(HarvestUser::new(ASHA, "Asha Rao", "asha@example.com"));
    sim.add_user(HarvestUser::new(102, "Ben Okafor", "ben@example.com").inactive());
    sim.start().await.unwrap();
    let harvest = client(sim.environment());
    (sim, harvest)
}

fn client(variables: Vec<(&'static str, String)>) -> Harvest {
    let config = configured(variables).unwrap().harvest;
    let account = config.account.as_ref().unwrap();
    HarvestApi::new(&config, http()).account(account)
}

fn entry(harvest: &Harvest, reference: &str) -> NewEntry {
    let tasks = harvest.time_off_tasks();
    NewEntry {
        user_id: ASHA,
        project_id: tasks.project,
        task_id: tasks.vacation,
        spent_date: "2026-03-05".parse().unwrap(),
        hours: 8.0,
        notes: None,
        external_reference: ExternalReference {
            id: reference.to_owned(),
            group_id: Some("request-1".to_owned()),
            permalink: None,
        },
    }
}

#[tokio::test]
async fn an_entry_is_booked_and_found_by_what_it_stands_for() {
    let (sim, harvest) = setup().await;
    let booked = harvest.create(&entry(&harvest, "day-1")).await.unwrap();
    let mut half = entry(&harvest, "day-2");
    half.task_id = harvest.time_off_tasks().sick;
    half.hours = 3.75;
    half.notes = Some("Time off".to_owned());
    harvest.create(&half).await.unwrap();
    let entries: Vec<String> = sim.entries().iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(entries.join("\n"), @"
    2026-03-05 Asha Rao: 3.75 h Sick leave (Time off)
    2026-03-05 Asha Rao: 8 h Vacation
    ");

    assert_eq!(
        harvest.find_by_reference("day-1").await,
        Ok(vec![booked.clone()])
    );
    assert_eq!(harvest.find_by_reference("day-3 & more").await, Ok(vec![]));
    assert_eq!(
        sim.calls("time_entries.list")[1].query["external_reference_id"],
        "day-3 & more"
    );
    assert_eq!(
        booked,
        Entry {
            id: booked.id,
            user_id: ASHA,
            project_id: HarvestSim::PROJECT,
            task_id: HarvestSim::VACATION,
            spent_date: "2026-03-05".parse().unwrap(),
            hours: 8.0,
            external_reference: Some(ExternalReference {
                id: "day-1".to_owned(),
                group_id: Some("request-1".to_owned()),
                permalink: None,
            }),
        }
    );
    assert_eq!(
        sim.calls("time_entries.create")[0].body,
        json!({
            "user_id": ASHA,
            "project_id": HarvestSim::PROJECT,
            "task_id": HarvestSim::VACATION,
            "spent_date": "2026-03-05",
            "hours": 8.0,
            "external_reference": {"id": "day-1", "group_id": "request-1"},
        })
    );
}

#[tokio::test]
async fn what_is_gone_counts_as_deleted() {
    let (sim, harvest) = setup().await;
    let first = harvest.create(&entry(&harvest, "day-1")).await.unwrap().id;
    let second = harvest.create(&entry(&harvest, "day-2")).await.unwrap().id;
    assert_eq!(harvest.delete(first).await, Ok(Deleted::Now));
    assert_eq!(harvest.delete(first).await, Ok(Deleted::Before));
    assert!(sim.delete_by_hand(second));
    assert_eq!(harvest.delete(second).await, Ok(Deleted::Before));
    assert_eq!(sim.entries(), []);
}

#[tokio::test]
async fn everybody_is_listed_page_by_page() {
    let (sim, harvest) = setup().await;
    for id in 1000..3050 {
        let email = format!("person{id}@example.com");
        sim.add_user(HarvestUser::new(id, "Some Body", &email));
    }
    let users = harvest.users().await.unwrap();
    assert_eq!(users.len(), 2053);
    assert_eq!(sim.calls("users.list").len(), 2);
    let ben = users.iter().find(|user| user.id == 102).unwrap();
    assert_eq!(
        (ben.email.as_str(), ben.is_active),
        ("ben@example.com", false)
    );
    let asha = users.iter().find(|user| user.id == ASHA).unwrap();
    assert_eq!(
        (asha.first_name.as_str(), asha.last_name.as_str()),
        ("Asha", "Rao")
    );
    assert!(asha.is_active);
}

#[tokio::test]
async fn the_access_token_says_whose_it_is() {
    let (sim, harvest) = setup().await;
    assert_eq!(harvest.me().await.unwrap().id, HarvestSim::OWNER);
    for (variable, value) in [(0, "stolen"), (1, "4711")] {
        let mut variables = sim.environment();
        variables[variable].1 = value.to_owned();
        let error = client(variables).me().await.unwrap_err();
        assert_eq!(error.status, Some(401));
        assert_eq!(
            error.to_string(),
            "Harvest answered 401: The access token provided is expired, revoked, malformed or invalid for other reasons."
        );
    }
}

#[tokio::test]
async fn what_harvest_refuses_is_told_in_its_own_words() {
    let (sim, harvest) = setup().await;
    let good = entry(&harvest, "day-1");
    let mut told = Vec::new();
    let mut refused = async |entry: NewEntry| {
        let error = harvest.create(&entry).await.unwrap_err();
        assert!(!error.may_have_happened());
        told.push(error.to_string());
    };
    refused(NewEntry {
        user_id: 7,
        ..good.clone()
    })
    .await;
    refused(NewEntry {
        user_id: 102,
        ..good.clone()
    })
    .await;
    refused(NewEntry {
        project_id: 7,
        ..good.clone()
    })
    .await;
    refused(NewEntry {
        task_id: 7,
        ..good.clone()
    })
    .await;
    refused(NewEntry {
        hours: 24.5,
        ..good.clone()
    })
    .await;
    refused(NewEntry {
        hours: -1.0,
        ..good.clone()
    })
    .await;
    sim.set_task_active(HarvestSim::VACATION, false);
    refused(good.clone()).await;
    sim.set_project_active(false);
    refused(good).await;
    insta::assert_snapshot!(told.join("\n"), @"
    Harvest answered 422: User can't be found
    Harvest answered 422: User is not active
    Harvest answered 422: Project can't be found
    Harvest answered 422: Task is not assigned to this project
    Harvest answered 422: Hours must be less than or equal to 24
    Harvest answered 422: Hours must be greater than or equal to 0
    Harvest answered 422: Task is not active
    Harvest answered 422: Project is not active
    ");
    assert_eq!(sim.entries(), []);
}

#[tokio::test]
async fn each_trouble_is_told_and_whether_it_may_have_happened() {
    let (sim, harvest) = setup().await;
    let mut told = Vec::new();
    for fault in [
        Fault::ServerError,
        Fault::RateLimited(7),
        Fault::Slow(SLOW),
        Fault::Down,
        Fault::LoseAnswer,
    ] {
        sim.fault("time_entries.create", fault, Some(1));
        let reference = format!("{fault:?}");
        let error: ServiceError = harvest
            .create(&entry(&harvest, &reference))
            .await
            .unwrap_err();
        told.push(format!(
            "{error} (may have happened: {})",
            error.may_have_happened()
        ));
        let found = harvest.find_by_reference(&reference).await.unwrap();
        assert!(found.is_empty() || error.may_have_happened(), "{fault:?}");
        assert_eq!(
            found.len(),
            usize::from(matches!(fault, Fault::Slow(_) | Fault::LoseAnswer))
        );
    }
    insta::assert_snapshot!(told.join("\n"), @"
    Harvest answered 500: There was a server error. (may have happened: false)
    Harvest answered 429: Your request has been throttled. (may have happened: false)
    Harvest did not answer within 1 s (may have happened: true)
    Harvest closed the connection before it answered (may have happened: true)
    Harvest closed the connection before it answered (may have happened: true)
    ");
}

#[tokio::test]
async fn too_many_calls_are_refused_as_harvest_does() {
    let (_sim, harvest) = setup_with(HarvestConfig {
        rate_limit: Some((3, Duration::from_secs(15))),
        ..HarvestConfig::default()
    })
    .await;
    for _ in 0..3 {
        harvest.me().await.unwrap();
    }
    let error = harvest.me().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Harvest answered 429: Your request has been throttled."
    );
}

#[tokio::test]
async fn harvest_learns_who_calls() {
    let (sim, _) = setup().await;
    for (address, contact) in [
        (None, "timeoff"),
        (
            Some("https://off.example.com"),
            "timeoff (https://off.example.com)",
        ),
    ] {
        let mut variables = sim.environment();
        variables.extend(address.map(|it| ("PUBLIC_URL", it.to_owned())));
        client(variables).me().await.unwrap();
        assert_eq!(
            sim.calls("users.me").pop().unwrap().user_agent.as_deref(),
            Some(contact)
        );
    }
}

#[test]
fn a_token_is_never_shown() {
    let sim = HarvestSim::new(HarvestConfig::default());
    let mut variables = sim.environment();
    variables[5].1 = "https://harvest.example.com/v2".to_owned();
    let shown = format!("{:?}", configured(variables).unwrap().harvest);
    assert!(!shown.contains(&sim.access_token()), "{shown}");
}
