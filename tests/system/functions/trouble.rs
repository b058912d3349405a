//! What fails around the functions.

use std::time::Duration;

use insta::assert_snapshot;
use serde_json::json;

use super::cloud::{Cloud, Plan};
use crate::support::TEAM;

#[tokio::test]
async fn parameter_store_is_down_at_the_start_and_the_next_start_works() {
    let cloud = Cloud::open().await;
    let health = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/api/health", "rawQueryString": "", "headers": {},
        "requestContext": {"http": {"method": "GET", "path": "/api/health", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""}, "requestId": "r1", "stage": "$default", "timeEpoch": 0},
        "isBase64Encoded": false
    });
    cloud.store.cut();
    let failed = cloud.api.invoke(&health).await;
    assert!(failed.error().is_some(), "{failed:?}");
    failed.when_free().await;
    let log = cloud.api.log().expect("a log").join("\n");
    assert!(
        log.contains("Cannot read the parameters under /timeoff/"),
        "{log}"
    );
    cloud.store.mend();
    let works = cloud.api.invoke(&health).await;
    assert_eq!(works.response()["statusCode"], 200, "{works:?}");
}

#[tokio::test]
async fn the_database_is_down_and_the_person_is_told_and_nothing_is_half_done() {
    let cloud = Cloud::open().await;
    let (asha, dev) = (
        cloud.slack.person(TEAM, "U_ASHA"),
        cloud.slack.person(TEAM, "U_DEV"),
    );
    cloud.fills_form(&asha).await;
    for down in ["refused", "silent"] {
        match down {
            "refused" => cloud.rds.refuse(true),
            _ => cloud.rds.ignore(true),
        }
        cloud.rds.cut_all();
        // A new environment and a warm one.
        dev.types("#general", "/timeoff who").await;
        let said = dev.last_message("#general").expect("a word");
        insta::allow_duplicates! {
            assert_snapshot!(dev.text_of(&said), @"timeoff (only you can see this): Sorry, something went wrong on our side and nothing was saved. Please try again in a minute.");
        }
        asha.modal().submit().await;
        assert!(
            asha.modal().text().contains("nothing was saved"),
            "{}",
            asha.modal().text()
        );
        assert_eq!(
            (asha.toasts(), dev.toasts()),
            (Vec::<String>::new(), Vec::new()),
            "{down}"
        );
        cloud.rds.refuse(false);
        cloud.rds.ignore(false);
        cloud.settle().await;
    }
    assert_eq!(cloud.count("SELECT count(*) FROM pending_action").await, 0);
    asha.modal().submit().await;
    cloud.settle().await;
    assert_eq!(cloud.count("SELECT count(*) FROM pending_action").await, 1);
}

#[tokio::test]
async fn a_database_that_cannot_prove_its_name_is_not_talked_to() {
    let cloud = Cloud::build(Plan {
        // The roots of Amazon, from which this server's certificate does not come.
        variables: vec![("DB_ROOT_CERT", String::new())],
        ..Plan::default()
    })
    .await;
    let refused = cloud.asks("migrate").await;
    let error = refused.error().expect("refused");
    assert!(
        error.error_message.contains("UnknownIssuer")
            || error.error_message.contains("certificate"),
        "{error:?}"
    );
    assert_eq!(
        cloud.rds.tokens_seen().presented,
        0,
        "no token went to a stranger"
    );
}

#[tokio::test]
async fn a_password_that_was_changed_is_read_anew_within_the_request() {
    let cloud = Cloud::build(Plan {
        variables: vec![
            ("DB_AUTH", "password".to_owned()),
            ("DB_USER", "timeoff_app_user".to_owned()),
        ],
        ..Plan::default()
    })
    .await;
    cloud
        .rds
        .add_password_user("timeoff_app_user", "the-first", "postgres");
    cloud.put("DB_PASSWORD", "the-first").await;
    assert!(
        cloud.asks("migrate").await.error().is_none(),
        "{}",
        cloud.log()
    );
    cloud.round().await;
    let dev = cloud.slack.person(TEAM, "U_DEV");
    dev.types("#general", "/timeoff who").await;
    cloud.settle().await;
    cloud.rds.set_password("timeoff_app_user", "the-second");
    cloud.put("DB_PASSWORD", "the-second").await;
    cloud.rds.cut_all();
    dev.types("#general", "/timeoff who").await;
    let after = cloud.settle().await;
    assert!(!after[0].is_cold(), "the same environment");
    assert!(after[0].response_time < Duration::from_secs(3));
    let said = dev.last_message("#general").expect("an answer");
    let said = dev.text_of(&said);
    assert!(!said.contains("went wrong"), "{said}");
    assert_eq!(cloud.rds.refusals().len(), 1, "{:?}", cloud.rds.refusals());
}
