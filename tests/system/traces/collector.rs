//! A collector of traces, and what arrived there.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use prost::Message as _;
use timeoff::platform::config::OtlpConfig;
use timeoff::platform::telemetry::{self, LogFormat, Telemetry};
use tokio::net::TcpListener;

/// The secret that the collector knows us by.
pub const KEY: &str = "PLANTED-write-token";

/// A span, in words.
#[derive(Debug, Clone)]
pub struct Span {
    pub name: String,
    pub kind: i32,
    pub trace: Vec<u8>,
    pub id: Vec<u8>,
    pub parent: Vec<u8>,
    pub failed: bool,
    pub attributes: BTreeMap<String, String>,
}

#[derive(Clone)]
pub struct Collector {
    pub url: String,
    answers_after: Duration,
    requests: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    pub async fn start() -> Self {
        Self::slow(Duration::ZERO).await
    }

    /// One that takes its time.
    pub async fn slow(answers_after: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let collector = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            answers_after,
            requests: Arc::default(),
        };
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(collector.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        collector
    }

    /// Starts telemetry that sends its traces here.
    pub fn telemetry(&self) -> Telemetry {
        start(&self.url)
    }

    /// What has arrived so far, in the order of its ends.
    pub fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().unwrap();
        let resources = requests.iter().flat_map(|it| &it.resource_spans);
        let spans = resources
            .flat_map(|it| &it.scope_spans)
            .flat_map(|it| &it.spans);
        spans
            .map(|span| Span {
                name: span.name.clone(),
                kind: span.kind,
                trace: span.trace_id.clone(),
                id: span.span_id.clone(),
                parent: span.parent_span_id.clone(),
                failed: span.status.as_ref().is_some_and(|it| it.code == 2),
                attributes: in_words(&span.attributes),
            })
            .collect()
    }

    /// What the app says of itself.
    pub fn resource(&self) -> BTreeMap<String, String> {
        let requests = self.requests.lock().unwrap();
        let resource = requests[0].resource_spans[0].resource.as_ref();
        in_words(&resource.unwrap().attributes)
    }

    /// Everything that arrived, for a search.
    pub fn everything(&self) -> String {
        format!("{:?}", self.requests.lock().unwrap())
    }

    /// The newest trace whose first span has this name and does not stand alone. Each span is a line,
    /// below what it is part of. Waits until those have ended too, which the work in hand is part of.
    pub async fn tree(&self, telemetry: &Telemetry, name: &str) -> String {
        let complete = async {
            loop {
                telemetry.flush(Duration::from_secs(10)).await;
                if let Some(lines) = self.lines(name) {
                    return lines.join("\n");
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        let complete = tokio::time::timeout(Duration::from_secs(10), complete).await;
        complete.unwrap_or_else(|_| panic!("no whole {name} among {:#?}", self.spans()))
    }

    fn lines(&self, name: &str) -> Option<Vec<String>> {
        let spans = self.spans();
        let ids: HashSet<&[u8]> = spans.iter().map(|it| it.id.as_slice()).collect();
        assert_eq!(ids.len(), spans.len(), "an id is there twice: {spans:#?}");
        let is_first = |it: &&Span| {
            let alone = spans.iter().all(|other| other.parent != it.id);
            it.name == name && it.parent.is_empty() && !alone
        };
        let first = spans.iter().rev().find(is_first)?;
        let whole = spans.iter().filter(|it| it.trace == first.trace).count();
        Some(below(&spans, first, 0)).filter(|lines| lines.len() == whole)
    }
}

fn below(spans: &[Span], of: &Span, depth: usize) -> Vec<String> {
    let kind = ["", "internal", "server", "client", "producer", "consumer"]
        [usize::try_from(of.kind).unwrap()];
    let failed = if of.failed { " failed" } else { "" };
    let mut lines = vec![format!(
        "{}{} ({kind}){failed}",
        "  ".repeat(depth),
        of.name
    )];
    let mut parts: Vec<Vec<String>> = spans
        .iter()
        .filter(|it| it.parent == of.id)
        .map(|it| below(spans, it, depth + 1))
        .collect();
    // Workers take turns as they like.
    parts.sort();
    lines.extend(parts.concat());
    lines
}

fn in_words(attributes: &[KeyValue]) -> BTreeMap<String, String> {
    let words = attributes.iter().map(|it| {
        let value = match it.value.as_ref().and_then(|it| it.value.as_ref()) {
            Some(Value::StringValue(text)) => text.clone(),
            Some(Value::IntValue(number)) => number.to_string(),
            Some(Value::DoubleValue(number)) => number.to_string(),
            Some(Value::BoolValue(yes)) => yes.to_string(),
            other => format!("{other:?}"),
        };
        (it.key.clone(), value)
    });
    words.collect()
}

async fn take(State(collector): State<Collector>, headers: HeaderMap, body: Bytes) -> StatusCode {
    tokio::time::sleep(collector.answers_after).await;
    if headers["authorization"] != KEY || headers["content-type"] != "application/x-protobuf" {
        return StatusCode::UNAUTHORIZED;
    }
    match ExportTraceServiceRequest::decode(body) {
        Ok(request) => {
            collector.requests.lock().unwrap().push(request);
            StatusCode::OK
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
}

/// Starts telemetry with a collector at `url`, whether there is one or not.
pub fn start(url: &str) -> Telemetry {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", KEY.parse().unwrap());
    let config = OtlpConfig {
        traces_url: format!("{url}/v1/traces").parse().unwrap(),
        headers,
        stage: Some("staging".to_owned()),
    };
    let telemetry = telemetry::start_with(LogFormat::Json, "timeoff=info,warn", Some(&config));
    assert!(
        telemetry.has_collector(),
        "each test is a process of its own"
    );
    telemetry
}
