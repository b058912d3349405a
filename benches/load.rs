//! Two hundred workspaces at once: ten thousand requests in a mixed order from 16 clients, over HTTP
//! to the app as it runs on a server, with a real PostgreSQL and the simulated Slack.
//!
//! Run it with `./scripts/bench load`. It prints what each kind of request waited for its ack, beside
//! a floor from the same run, and ends with an error when `tests/system/load/check.rs` finds that a
//! request was lost or doubled, or that anything strayed into another workspace. The ratios say more
//! than the figures: the clients, Slack, the app and the database share the machine.

#![allow(clippy::expect_used)] // a measurement that cannot go on says so

#[path = "../tests/system/load/mod.rs"]
mod load;
#[path = "../tests/system/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod support;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use load::{Kind, Report, Size, carry_out, http_client};
use simulators::slack::signature;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use support::Database;
use timeoff::gateway::verify::verify;
use tokio::net::TcpListener;

const SIZE: Size = Size {
    workspaces: 200,
    people: 50,
    requests: 10_000,
    clients: 16,
    connections: 16,
    seed: 5,
};
/// Requests of which the floor is measured.
const FLOOR_REQUESTS: usize = 4000;
const SECRET: &str = "signing-secret";

#[tokio::main]
async fn main() -> ExitCode {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return ExitCode::SUCCESS;
    }
    let floor = floor().await;
    let report = Box::pin(carry_out(SIZE)).await;
    print(&report, floor);
    if report.violations.is_empty() {
        println!("\nNothing was lost or doubled, and nothing strayed into another workspace.");
        return ExitCode::SUCCESS;
    }
    eprintln!("\n{} things are wrong:", report.violations.len());
    for violation in report.violations.iter().take(50) {
        eprintln!("- {violation}");
    }
    ExitCode::FAILURE
}

fn print(report: &Report, mut floor: Vec<Duration>) {
    let floor_p50 = row(
        "floor: signature check and one inserted row",
        &mut floor,
        None,
    );
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let mut took = report.acks.get(&kind).cloned().unwrap_or_default();
        all.extend_from_slice(&took);
        row(kind.name(), &mut took, Some(floor_p50));
    }
    row("all", &mut all, Some(floor_p50));
    let rate = |count: usize, time: Duration| {
        f64::from(u32::try_from(count).expect("few")) / time.as_secs_f64()
    };
    let jobs = usize::try_from(report.jobs).expect("a number");
    println!(
        "\n{} requests in {:.1} s ({:.0} a second), {} of them copies; {} more that Slack sent about the app's own messages.",
        all.len(),
        report.sending.as_secs_f64(),
        rate(all.len(), report.sending),
        report.copies,
        report.by_itself,
    );
    println!(
        "{jobs} jobs, the last done after {:.1} s ({:.0} a second).",
        report.until_done.as_secs_f64(),
        rate(jobs, report.until_done),
    );
    let (forms, count) = (&report.forms, report.forms.len());
    if count > 0 {
        let late = forms.iter().filter(|took| **took > 3.0).count();
        println!(
            "A form was open {:.2} s after its command (p50; p99 {:.2} s); {late} of {count} after the 3 s for which Slack lets it open.",
            forms[count / 2],
            forms[count * 99 / 100],
        );
    }
}

/// Prints a row of the table; its p50.
fn row(name: &str, took: &mut [Duration], floor: Option<Duration>) -> Duration {
    if floor.is_none() {
        println!(
            "| request | count | p50 ms | p99 ms | max ms | × floor |\n|---|---|---|---|---|---|"
        );
    }
    took.sort();
    let (Some(p50), Some(p99), Some(max)) = (
        took.get(took.len() / 2),
        took.get(took.len() * 99 / 100),
        took.last(),
    ) else {
        return Duration::ZERO;
    };
    let millis = |time: &Duration| time.as_secs_f64() * 1e3;
    let ratio = floor.map_or_else(
        || "1.0".to_owned(),
        |floor| format!("{:.1}", p50.as_secs_f64() / floor.as_secs_f64()),
    );
    println!(
        "| {name} | {} | {:.1} | {:.1} | {:.1} | {ratio} |",
        took.len(),
        millis(p50),
        millis(p99),
        millis(max)
    );
    *p50
}

/// What no ack can do without, over HTTP like everything else, and from as many clients: the
/// signature is checked and one row is inserted and committed.
async fn floor() -> Vec<Duration> {
    let database = Database::empty().await;
    sqlx::query(
        "CREATE TABLE came (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)",
    )
    .execute(&database.owner)
    .await
    .expect("a table");
    let pool = PgPoolOptions::new()
        .max_connections(SIZE.connections)
        .connect(&database.url)
        .await
        .expect("PostgreSQL answers");
    let router = Router::new().route("/", post(insert)).with_state(pool);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let http = http_client();
    let url: Arc<str> = url.into();
    let clients: Vec<_> = (0..SIZE.clients)
        .map(|_| {
            let (http, url) = (http.clone(), url.clone());
            tokio::spawn(async move {
                let mut took = Vec::new();
                for number in 0..FLOOR_REQUESTS / SIZE.clients {
                    took.push(ask(&http, &url, number).await);
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for client in clients {
        took.extend(client.await.expect("a client works"));
    }
    serving.abort();
    took
}

async fn ask(http: &reqwest::Client, url: &str, number: usize) -> Duration {
    let body = format!(
        r#"{{"type":"event_callback","team_id":"T1","event_id":"Ev{number}","event":{{"type":"app_home_opened","user":"U1","tab":"home"}}}}"#
    );
    let now = Timestamp::now().as_second();
    let signature = signature(SECRET, now, body.as_bytes());
    let begun = Instant::now();
    let answer = http
        .post(url)
        .header("x-slack-request-timestamp", now)
        .header("x-slack-signature", signature)
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK);
    answer.bytes().await.expect("a body");
    begun.elapsed()
}

async fn insert(State(pool): State<PgPool>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (timestamp, signature) = (
        header("x-slack-request-timestamp"),
        header("x-slack-signature"),
    );
    if verify(SECRET, Timestamp::now(), timestamp, signature, &body).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    sqlx::query("INSERT INTO came (body) VALUES ($1)")
        .bind(String::from_utf8_lossy(&body).into_owned())
        .execute(&pool)
        .await
        .expect("inserted");
    StatusCode::OK
}
