//! How long Slack waits for the ack: signed requests through the full router against a real
//! PostgreSQL, beside two floors measured in the same run.
//!
//! Run it with `./scripts/bench`. The ratios say more than the figures: they hold when the
//! machine is slow or busy.

#![allow(clippy::expect_used)] // a measurement that cannot go on says so

#[path = "../tests/system/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use simulators::slack::{SlackSim, SlackSimConfig, signature};
use sqlx::PgPool;
use support::{Database, config, slack_with_people};
use timeoff::app::App;
use timeoff::gateway::verify::verify;
use timeoff::platform::clock::Clock;
use timeoff::platform::ids::WorkspaceId;
use timeoff::tenant::store as tenant;
use tower::ServiceExt;

const CONNECTIONS: u32 = 16;
const WARM_UP: usize = 200;
const REQUESTS: usize = 4000;

/// A row of the table: its name, the router, the path, and the bodies by number.
type Case<'a> = (&'a str, &'a Router, &'a str, fn(usize) -> String);

#[tokio::main]
async fn main() {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let (app, slack) = furnish().await;
    let floors = Router::new()
        .route("/signature", post(signature_only))
        .route("/transaction", post(one_transaction))
        .with_state(Floor {
            secret: Arc::new(slack.signing_secret().to_owned()),
            pool: pool(&app).await,
        });
    let real = app.router();

    let cases: [Case<'_>; 5] = [
        (
            "floor: signature check",
            &floors,
            "/signature",
            command_list,
        ),
        (
            "floor: + one empty transaction",
            &floors,
            "/transaction",
            command_list,
        ),
        (
            "event: app_home_opened",
            &real,
            "/slack/events",
            home_opened,
        ),
        (
            "command: /timeoff (opens the form)",
            &real,
            "/slack/commands",
            command_form,
        ),
        (
            "command: /timeoff list",
            &real,
            "/slack/commands",
            command_list,
        ),
    ];
    println!(
        "{:<36} {:>7} {:>9} {:>9} {:>9} {:>8}",
        "request", "clients", "p50 ms", "p99 ms", "req/s", "× floor"
    );
    for clients in [1, 16] {
        let mut floor = None;
        for (name, router, path, body) in &cases {
            let figures = measure(router, path, slack.signing_secret(), *body, clients).await;
            // The second floor does what no answer can do without.
            if name.starts_with("floor: +") {
                floor = Some(figures.p50);
            }
            let ratio = floor.map_or_else(String::new, |floor| {
                format!("{:.1}", figures.p50.as_secs_f64() / floor.as_secs_f64())
            });
            println!(
                "{name:<36} {clients:>7} {:>9.3} {:>9.3} {:>9.0} {ratio:>8}",
                figures.p50.as_secs_f64() * 1e3,
                figures.p99.as_secs_f64() * 1e3,
                figures.per_second,
            );
        }
    }
}

/// An installed app with no limit in the way. No job runs: this is about the ack.
async fn furnish() -> (App, SlackSim) {
    let (slack, token) = slack_with_people(SlackSimConfig::default());
    slack.start().await.expect("Slack listens");
    let database = Database::migrated().await;
    let app = App::new(
        config(&database.url, &slack, &token, CONNECTIONS, &[]),
        Clock::System,
    )
    .expect("the app is wired");
    app.install().await.expect("the workspace is installed");
    while app.runner.run_next().await.expect("the database answers") {}
    let team = WorkspaceId::parse("T1").expect("a team id");
    let mut tx = app
        .services
        .db
        .begin(&team, app.services.clock.now())
        .await
        .expect("the database answers");
    let stored = tenant::settings_to_change(&mut tx)
        .await
        .expect("readable")
        .expect("installed");
    let mut settings = stored.clone();
    settings.requests_per_minute = 10_000;
    tenant::change_settings(&mut tx, &stored, &settings)
        .await
        .expect("saved");
    tx.commit().await.expect("committed");
    (app, slack)
}

async fn pool(app: &App) -> PgPool {
    app.services.db.across_workspaces().await.expect("a pool")
}

#[derive(Clone)]
struct Floor {
    secret: Arc<String>,
    pool: PgPool,
}

impl Floor {
    fn signed(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (timestamp, signature) = (
            header("x-slack-request-timestamp"),
            header("x-slack-signature"),
        );
        verify(&self.secret, Timestamp::now(), timestamp, signature, body).is_ok()
    }
}

async fn signature_only(
    State(floor): State<Floor>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> StatusCode {
    if floor.signed(&headers, &body) {
        StatusCode::OK
    } else {
        StatusCode::UNAUTHORIZED
    }
}

async fn one_transaction(
    State(floor): State<Floor>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> StatusCode {
    if !floor.signed(&headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let tx = floor.pool.begin().await.expect("a connection");
    tx.commit().await.expect("committed");
    StatusCode::OK
}

fn command(number: usize, text: &str) -> String {
    // Many channels, as in life: one channel's requests wait for one another at its bucket.
    format!(
        "team_id=T1&channel_id=C{}&user_id=U_ASHA&command=%2Ftimeoff&text={text}&response_url=http%3A%2F%2F127.0.0.1%2Fr&trigger_id=t{number}",
        number % 500
    )
}

fn command_form(number: usize) -> String {
    command(number, "tomorrow")
}

fn command_list(number: usize) -> String {
    command(number, "list")
}

fn home_opened(number: usize) -> String {
    let users = ["U_ASHA", "U_BEN", "U_CARLA", "U_DEV"];
    let user = users[number % users.len()];
    format!(
        r#"{{"type":"event_callback","team_id":"T1","event_id":"Ev{number}","event":{{"type":"app_home_opened","user":"{user}","tab":"home"}}}}"#
    )
}

struct Figures {
    p50: Duration,
    p99: Duration,
    per_second: f64,
}

async fn measure(
    router: &Router,
    path: &str,
    secret: &str,
    body: fn(usize) -> String,
    clients: usize,
) -> Figures {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let one = async |router: Router| {
        let body = body(NUMBER.fetch_add(1, Ordering::Relaxed));
        let timestamp = Timestamp::now().as_second();
        let request = Request::post(path)
            .header("x-slack-request-timestamp", timestamp)
            .header(
                "x-slack-signature",
                signature(secret, timestamp, body.as_bytes()),
            )
            .body(Body::from(body))
            .expect("a request");
        let begun = Instant::now();
        let response = router.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::OK);
        begun.elapsed()
    };
    for _ in 0..WARM_UP {
        one(router.clone()).await;
    }
    let begun = Instant::now();
    let each = (0..clients).map(|_| async {
        let mut took = Vec::with_capacity(REQUESTS / clients);
        for _ in 0..REQUESTS / clients {
            took.push(one(router.clone()).await);
        }
        took
    });
    let mut took: Vec<Duration> = futures_util::future::join_all(each)
        .await
        .into_iter()
        .flatten()
        .collect();
    let per_second =
        f64::from(u32::try_from(took.len()).expect("few")) / begun.elapsed().as_secs_f64();
    took.sort();
    Figures {
        p50: took[took.len() / 2],
        p99: took[took.len() * 99 / 100],
        per_second,
    }
}
