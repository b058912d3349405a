//! Traces: what a collector gets of a request and of all that follows from it.

mod collector;

use std::time::{Duration, Instant};

use insta::{assert_debug_snapshot, assert_snapshot};
use serde_json::json;
use simulators::service::Fault;

use simulators::slack::SlackSimConfig;
use timeoff::platform::crypto::Keyring;

use crate::support::{Database, House, Outside, Server, slack_with_people};
use collector::{Collector, KEY};

const LONG: Duration = Duration::from_secs(10);

/// Nothing that a person wrote, and nothing secret, is in any field of any span.
fn holds_nothing_private(collector: &Collector, house: &House) {
    let everything = collector.everything();
    let mut secrets = vec![
        "PLANTED".to_owned(),
        "xoxb-".to_owned(),
        "Bearer".to_owned(),
        house.slack.signing_secret().to_owned(),
    ];
    secrets.extend(
        house
            .outside
            .environment()
            .into_iter()
            .filter_map(|(name, value)| {
                (name.contains("TOKEN") || name.contains("KEY") || name.contains("JSON"))
                    .then_some(value)
            }),
    );
    for secret in secrets {
        assert!(!everything.contains(&secret), "{secret} is in {everything}");
    }
}

#[tokio::test]
async fn a_request_and_all_that_follows_are_one_trace() {
    let collector = Collector::start().await;
    let telemetry = collector.telemetry();
    let house = House::with_services().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.types(&asha, "/timeoff 2026-03-09").await;
    house.fills(&asha, "Reason", "PLANTED knee surgery").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_eq!(
        collector.spans().len(),
        0,
        "nothing is sent before it is asked for"
    );
    telemetry.flush(LONG).await;
    assert_snapshot!(collector.tree(&telemetry, "POST /slack/commands").await, @"
    POST /slack/commands (server)
      leave.open_form (consumer)
        Slack views.open (client)
        transaction (client)
        transaction (client)
        transaction (client)
      transaction (client)
    ");
    assert_snapshot!(collector.tree(&telemetry, "POST /slack/interactivity").await, @"
    POST /slack/interactivity (server)
      leave.ask_approvers (consumer)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_approval (consumer)
        Slack chat.postMessage (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_request (consumer)
        Slack chat.postMessage (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_request (consumer)
        Slack chat.update (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      transaction (client)
    ");

    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    house.presses(&ben, "Approve").await;
    telemetry.flush(LONG).await;
    assert_snapshot!(collector.tree(&telemetry, "POST /slack/interactivity").await, @"
    POST /slack/interactivity (server)
      leave.follow (consumer)
        transaction (client)
        transaction (client)
      leave.refresh_reminder (consumer)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.refresh_reminder (consumer)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_approval (consumer)
        Slack chat.update (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_approval (consumer)
        Slack chat.update (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_failed_sync (consumer)
        Slack chat.postMessage (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_request (consumer)
        Slack chat.update (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_request (consumer)
        Slack chat.update (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.sync (consumer)
        Google Calendar POST /calendars/{calendar}/events (client)
        Google Calendar POST /token (client)
        Harvest POST /time_entries (client) failed
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      transaction (client)
    ");
    let spans = collector.spans();
    let attributes = |name: &str| {
        let found = spans.iter().rev().find(|it| it.name == name);
        let mut attributes = found.unwrap_or_else(|| panic!("{name}")).attributes.clone();
        for changing in ["correlation_id", "id", "busy_ns", "idle_ns"] {
            attributes
                .entry(changing.to_owned())
                .and_modify(|it| "…".clone_into(it));
        }
        attributes
    };
    assert_debug_snapshot!(attributes("POST /slack/interactivity"), @r#"
    {
        "correlation_id": "…",
        "http.request.method": "POST",
        "http.response.status_code": "200",
        "http.route": "/slack/interactivity",
        "target": "timeoff::gateway::observe",
        "workspace": "T1",
    }
    "#);
    assert_debug_snapshot!(attributes("leave.sync"), @r#"
    {
        "attempt": "1",
        "correlation_id": "…",
        "id": "…",
        "kind": "leave.sync",
        "target": "timeoff::jobs::runner",
        "workspace": "T1",
    }
    "#);
    assert_debug_snapshot!(attributes("Harvest POST /time_entries"), @r#"
    {
        "http.request.method": "POST",
        "http.response.status_code": "500",
        "service": "Harvest",
        "target": "timeoff::clients::http",
        "url.template": "/time_entries",
    }
    "#);
    assert_debug_snapshot!(attributes("Slack chat.update"), @r#"
    {
        "slack.method": "chat.update",
        "target": "timeoff::clients::slack",
    }
    "#);
    assert_debug_snapshot!(collector.resource(), @r#"
    {
        "deployment.environment.name": "staging",
        "service.name": "timeoff",
        "service.version": "0.1.0",
    }
    "#);
    holds_nothing_private(&collector, &house);
}

#[tokio::test]
async fn a_model_is_traced_with_its_tokens_and_its_cost() {
    let collector = Collector::start().await;
    let telemetry = collector.telemetry();
    let house = House::with(Outside::model()).await;
    let openai = house.outside.openai.as_ref().expect("a model");
    openai.answers(json!({"intent": "request", "days": [
        {"date": "2026-03-09", "weekday": "Monday", "portion": "half_am", "category": "vacation"},
    ]}));
    house
        .writes(
            &house.asha(),
            "on leave Thursday and Tuesday, PLANTED thing",
        )
        .await;
    telemetry.flush(LONG).await;
    assert_snapshot!(collector.tree(&telemetry, "POST /slack/events").await, @"
    POST /slack/events (server)
      leave.read_message (consumer)
        chat gpt-6-luna (client)
          OpenAI POST /responses (client)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_reply (consumer)
        Slack chat.postMessage (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      transaction (client)
    ");
    let spans = collector.spans();
    let chat = spans
        .iter()
        .find(|it| it.name.starts_with("chat "))
        .expect("the call");
    for (name, value) in &chat.attributes {
        if name.starts_with("gen_ai.usage") || name == "cost_usd" {
            assert!(value.parse::<f64>().is_ok(), "{name} is {value}");
        }
    }
    let names: Vec<&str> = chat.attributes.keys().map(String::as_str).collect();
    assert_snapshot!(names.join("\n"), @"
    cost_usd
    gen_ai.operation.name
    gen_ai.provider.name
    gen_ai.request.model
    gen_ai.response.model
    gen_ai.usage.cache_read.input_tokens
    gen_ai.usage.input_tokens
    gen_ai.usage.output_tokens
    latency_ms
    outcome
    question
    target
    ");
    holds_nothing_private(&collector, &house);
}

#[tokio::test]
async fn a_copy_of_a_request_is_part_of_the_same_trace() {
    let collector = Collector::start().await;
    let telemetry = collector.telemetry();
    let house = House::open().await;
    // Slack does not see the answer, and sends the event again.
    house
        .slack
        .fault("app", simulators::slack::Fault::LoseAnswer, Some(1));
    house.writes(&house.asha(), "on leave on Friday").await;
    assert_snapshot!(collector.tree(&telemetry, "POST /slack/events").await, @"
    POST /slack/events (server)
      POST /slack/events (server)
        transaction (client)
      leave.read_message (consumer)
        transaction (client)
        transaction (client)
        transaction (client)
      leave.show_reply (consumer)
        Slack chat.postMessage (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
        transaction (client)
      transaction (client)
    ");
    let spans = collector.spans();
    let again = spans
        .iter()
        .filter(|it| it.attributes.contains_key("retry"));
    assert_eq!(again.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_the_same_with_several_threads() {
    let collector = Collector::start().await;
    let telemetry = collector.telemetry();
    let house = House::open().await;
    house.types(&house.asha(), "/timeoff list").await;
    telemetry.flush(LONG).await;
    assert_snapshot!(collector.tree(&telemetry, "POST /slack/commands").await, @"
    POST /slack/commands (server)
      transaction (client)
    ");
}

#[tokio::test]
async fn without_its_collector_everything_works() {
    // Nobody listens there.
    let telemetry = collector::start("http://127.0.0.1:1");
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-09", "2026-03-10").await;
    telemetry.flush(LONG).await;
    house.presses(&house.ben(), "Approve").await;
    telemetry.flush(LONG).await;
    assert!(
        house.asha().dm().contains("Approved"),
        "{}",
        house.asha().dm()
    );
}

#[tokio::test]
async fn a_collector_that_does_not_answer_is_not_waited_for() {
    let collector = Collector::slow(Duration::from_mins(1)).await;
    let telemetry = collector.telemetry();
    let house = House::open().await;
    let flushing = {
        let telemetry = telemetry.clone();
        tokio::spawn(async move {
            let begun = Instant::now();
            telemetry.flush(Duration::from_secs(1)).await;
            begun.elapsed()
        })
    };
    // Meanwhile people are served.
    house.types(&house.asha(), "/timeoff help").await;
    assert!(
        house
            .asha()
            .channel("#general")
            .contains("Here is what I can do")
    );
    let took = flushing.await.unwrap();
    assert!(
        (Duration::from_secs(1)..Duration::from_secs(5)).contains(&took),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_stopped_sends_what_it_has_first() {
    let collector = Collector::start().await;
    let (slack, token) = slack_with_people(SlackSimConfig::default());
    slack.start().await.expect("Slack listens");
    let database = Database::migrated().await;
    let server = Server::start(&[
        ("DATABASE_URL", &database.url),
        ("SLACK_SIGNING_SECRET", slack.signing_secret()),
        ("SLACK_BOT_TOKEN", &token),
        ("SLACK_API_URL", &slack.api_url()),
        ("TOKEN_ENCRYPTION_KEYS", &Keyring::generate_key()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            &format!("Authorization={KEY}"),
        ),
        ("TIMEOFF_STAGE", "laptop"),
    ])
    .await;
    let imported = async {
        let done = "SELECT count(*) FROM job WHERE state = 'done'";
        while sqlx::query_scalar::<_, i64>(done)
            .fetch_one(&database.owner)
            .await
            .unwrap()
            == 0
        {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, imported)
        .await
        .expect("people are imported");
    assert!(server.terminate().await);
    let names: Vec<String> = collector.spans().into_iter().map(|it| it.name).collect();
    assert!(
        names.iter().any(|name| name == "workspace.import_people"),
        "{names:?}"
    );
    assert_eq!(
        collector.resource()["deployment.environment.name"],
        "laptop"
    );
}
