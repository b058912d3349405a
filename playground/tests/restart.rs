//! The playground stops and starts again, and goes on where it was.
#![allow(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::time::Duration;

use jiff::civil::Weekday;
use playground::{Options, Playground, company};
use simulators::slack::Person;
use tokio::time::{sleep, timeout};

/// The pretend Slack forgets its messages; what waits is posted anew and can be decided.
#[tokio::test]
async fn a_request_that_waits_can_be_approved_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let monday = jiff::Zoned::now()
        .date()
        .nth_weekday(2, Weekday::Monday)
        .unwrap();
    let playground = start(data.path()).await;
    let asha = playground.slack().person(company::WORKSPACE, company::ASHA);
    asha.types("#general", &format!("/timeoff {monday}")).await;
    until("the form", || asha.find_modal().is_some()).await;
    asha.modal().submit().await;
    sees(&asha, "Waiting for").await;
    playground.stop().await.unwrap();

    let playground = start(data.path()).await;
    let asha = playground.slack().person(company::WORKSPACE, company::ASHA);
    let ben = playground.slack().person(company::WORKSPACE, company::BEN);
    sees(&ben, "[Approve]").await;
    ben.press("Approve").await;
    sees(&asha, "Approved by").await;
    playground.stop().await.unwrap();
}

async fn start(data: &Path) -> Playground {
    playground::start(Options {
        data: data.to_owned(),
        reset: false,
        port: 0,
        progress: |_| {},
    })
    .await
    .unwrap()
}

async fn sees(person: &Person, text: &str) {
    until(text, || person.dm().contains(text)).await;
}

async fn until(what: &str, there: impl Fn() -> bool) {
    let waiting = async {
        while !there() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(
        timeout(Duration::from_secs(20), waiting).await.is_ok(),
        "{what} did not appear"
    );
}
