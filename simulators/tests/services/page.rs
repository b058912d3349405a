//! What the pages ask of the server, and the files that keep it all.

use serde_json::{Value, json};
use simulators::google_calendar::{GoogleCalendarConfig, GoogleCalendarSim};
use simulators::harvest::{HarvestConfig, HarvestSim, HarvestUser};
use simulators::service::Link;

use crate::{client, send};

async fn harvest() -> HarvestSim {
    let sim = HarvestSim::new(HarvestConfig::default());
    sim.add_user(HarvestUser::new(101, "Asha Rao", "asha@example.com"));
    sim.start().await.unwrap();
    sim
}

async fn book(sim: &HarvestSim) -> (u16, Value) {
    let body = json!({
        "user_id": 101, "project_id": HarvestSim::PROJECT, "task_id": HarvestSim::VACATION,
        "spent_date": "2026-03-05", "hours": 7.5, "notes": "Time off", "external_reference": {"id": "day-1"},
    });
    let request = client()
        .post(format!("{}/time_entries", sim.api_url()))
        .bearer_auth(sim.access_token())
        .header("Harvest-Account-Id", sim.account_id())
        .header("User-Agent", "tests");
    send(request.json(&body)).await
}

async fn state(page: &str) -> Value {
    send(client().get(format!("{page}/sim/state"))).await.1
}

async fn act(page: &str, path: &str, body: Value) -> u16 {
    send(client().post(format!("{page}/sim/{path}")).json(&body))
        .await
        .0
}

#[tokio::test]
async fn a_page_is_served_with_everything_that_it_needs() {
    let calendar = GoogleCalendarSim::new(GoogleCalendarConfig::default());
    calendar.start().await.unwrap();
    for (page, needs) in [
        (calendar.page_url(), "calendar.js"),
        (harvest().await.page_url(), "time-sheet.js"),
    ] {
        let html = client()
            .get(&page)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let parts: Vec<&str> = html
            .split('"')
            .filter(|part| part.starts_with("/assets/"))
            .collect();
        assert!(parts.iter().any(|part| part.ends_with(needs)), "{html}");
        for part in parts {
            let asset = client().get(format!("{page}{part}")).send().await.unwrap();
            assert_eq!(asset.status(), 200, "{part}");
        }
    }
}

#[tokio::test]
async fn the_page_shows_what_is_booked_and_lets_a_person_delete_it() {
    let sim = harvest().await;
    let page = sim.page_url();
    sim.set_links(vec![Link {
        label: "Slack".to_owned(),
        url: "http://127.0.0.1:1".to_owned(),
    }]);
    book(&sim).await;
    let id = sim.entries()[0].id;
    assert_eq!(
        state(&page).await,
        json!({
            "shown": {
                "users": [{"id": 101, "name": "Asha Rao", "email": "asha@example.com", "active": true}],
                "entries": [{"id": id, "user": 101, "date": "2026-03-05", "task": "Vacation", "centihours": 750, "notes": "Time off"}],
            },
            "faults": [],
            "links": [{"label": "Slack", "url": "http://127.0.0.1:1"}],
        })
    );
    assert_eq!(
        act(&page, "delete", json!({"id": id.to_string()})).await,
        204
    );
    assert_eq!(
        act(&page, "delete", json!({"id": id.to_string()})).await,
        404
    );
    assert_eq!(sim.entries(), []);
    // A form, which another site's page could send, is not read.
    let form = client()
        .post(format!("{page}/sim/delete"))
        .form(&[("id", "1")]);
    assert_eq!(send(form).await.0, 415);
}

#[tokio::test]
async fn the_switches_of_the_page_make_trouble_and_end_it() {
    let sim = harvest().await;
    let page = sim.page_url();
    for (kind, status) in [("500", 500), ("429", 429)] {
        assert_eq!(act(&page, "faults", json!({"kind": kind})).await, 204);
        assert_eq!(
            state(&page).await["faults"],
            json!([{"method": "*", "kind": kind, "times": null}])
        );
        assert_eq!(book(&sim).await.0, status);
    }
    for kind in ["down", "lose"] {
        act(&page, "faults", json!({"kind": kind})).await;
        let lost = client()
            .get(format!("{}/users/me", sim.api_url()))
            .send()
            .await;
        assert!(lost.is_err(), "{kind}");
    }
    assert_eq!(act(&page, "faults", json!({"kind": "none"})).await, 204);
    assert_eq!(state(&page).await["faults"], json!([]));
    assert_eq!(book(&sim).await.0, 201);
}

#[tokio::test]
async fn the_page_is_told_when_to_look_again() {
    let sim = harvest().await;
    let mut events = client()
        .get(format!("{}/sim/events", sim.page_url()))
        .send()
        .await
        .unwrap();
    book(&sim).await;
    let told = events.chunk().await.unwrap().unwrap();
    assert!(told.starts_with(b"data: "), "{told:?}");
}

#[tokio::test]
async fn a_file_keeps_what_is_known() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("time-sheet-{}.json", std::process::id()));
    let first = harvest().await;
    first.keep_in(&file).unwrap();
    book(&first).await;
    book(&first).await;
    let id = first.entries()[1].id;
    assert!(first.delete_by_hand(id));

    let second = harvest().await;
    second.keep_in(&file).unwrap();
    assert_eq!(second.entries(), first.entries());
    assert_eq!(second.entries().len(), 1);
    // Ids are not given out twice.
    book(&second).await;
    assert!(second.entries().iter().all(|entry| entry.id != id));

    std::fs::write(&file, "no JSON").unwrap();
    assert!(harvest().await.keep_in(&file).is_err());
    std::fs::remove_file(&file).unwrap();
}
