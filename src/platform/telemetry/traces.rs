//! Traces for an OpenTelemetry collector, over OTLP/HTTP.
//!
//! Spans that ended wait in memory until [`Traces::send`] is called: after a response, never
//! before it. No thread and no timer of their own send them, because a Lambda environment is frozen
//! between two requests.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::transform::common::tonic::ResourceAttributesWithSchema;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, SdkTracer, SdkTracerProvider, Span as SdkSpan, SpanData,
    SpanProcessor,
};
use prost::Message as _;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use sha2::{Digest, Sha256};
use tracing::{Span, Subscriber, info, warn};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use crate::platform::config::OtlpConfig;

/// So many spans wait at most; a request with its jobs has some dozens.
const MOST_WAITING: usize = 4096;
/// A collector that takes longer to be connected to is down.
const CONNECT: Duration = Duration::from_secs(2);

/// Whether anybody collects traces.
static ON: AtomicBool = AtomicBool::new(false);

pub(super) fn switch(on: bool) {
    ON.store(on, Ordering::Relaxed);
}

/// The spans that wait, and where they go.
pub(super) struct Traces {
    waiting: Arc<Waiting>,
    resource: ResourceAttributesWithSchema,
    url: Url,
    headers: HeaderMap,
    client: OnceLock<reqwest::Client>,
    in_trouble: AtomicBool,
    // Once it is dropped, no span is recorded any more.
    _provider: SdkTracerProvider,
}

impl Traces {
    pub(super) fn new(config: &OtlpConfig) -> (Self, SdkTracer) {
        let mut about = vec![
            KeyValue::new("service.name", "timeoff"),
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
        ];
        if let Some(stage) = &config.stage {
            about.push(KeyValue::new("deployment.environment.name", stage.clone()));
        }
        let resource = Resource::builder_empty().with_attributes(about).build();
        let waiting = Arc::new(Waiting::default());
        let provider = SdkTracerProvider::builder()
            .with_span_processor(Keep(waiting.clone()))
            .with_id_generator(Ids)
            .with_resource(resource.clone())
            .build();
        let tracer = provider.tracer("timeoff");
        let traces = Self {
            waiting,
            resource: (&resource).into(),
            url: config.traces_url.clone(),
            headers: config.headers.clone(),
            client: OnceLock::new(),
            in_trouble: AtomicBool::new(false),
            _provider: provider,
        };
        (traces, tracer)
    }

    /// Sends what waits. What cannot be sent is lost: it must not grow, and the next request must
    /// not wait for it.
    pub(super) async fn send(&self, within: Duration) {
        let (spans, mut lost) = self.waiting.take();
        if spans.is_empty() {
            return;
        }
        let count = spans.len();
        let sent = tokio::time::timeout(within, self.post(spans)).await;
        let trouble = match sent {
            Ok(Ok(0)) => None,
            Ok(Ok(refused)) => Some(("the collector refused some".to_owned(), refused)),
            Ok(Err(error)) => Some((error, count)),
            Err(_) => Some((
                format!("no answer within {} s", within.as_secs_f32()),
                count,
            )),
        };
        match trouble {
            None => {
                if self.in_trouble.swap(false, Ordering::Relaxed) {
                    info!("traces arrive again");
                }
            }
            Some((error, refused)) => {
                lost += refused;
                if !self.in_trouble.swap(true, Ordering::Relaxed) {
                    warn!(
                        error,
                        lost, "traces do not arrive; not said again until they do"
                    );
                }
            }
        }
    }

    /// How many spans the collector refused.
    async fn post(&self, spans: Vec<SpanData>) -> Result<usize, String> {
        let request = ExportTraceServiceRequest {
            resource_spans: group_spans_by_resource_and_scope(spans, &self.resource),
        };
        let answer = self
            .client()?
            .post(self.url.clone())
            .headers(self.headers.clone())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(request.encode_to_vec())
            .send()
            .await
            .map_err(|error| described(&error))?;
        if !answer.status().is_success() {
            return Err(format!(
                "the collector answered {}",
                answer.status().as_u16()
            ));
        }
        let body = answer.bytes().await.map_err(|error| described(&error))?;
        // Some answer with an empty body, or with JSON: they took everything.
        let partly = ExportTraceServiceResponse::decode(body)
            .ok()
            .and_then(|it| it.partial_success);
        Ok(partly.map_or(0, |it| {
            usize::try_from(it.rejected_spans).unwrap_or_default()
        }))
    }

    fn client(&self) -> Result<&reqwest::Client, String> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // A second installation of the provider is refused, which is fine: it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            // A connection does not outlive a frozen environment.
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| described(&error))?;
        Ok(self.client.get_or_init(|| client))
    }
}

fn described(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if error.is_connect() {
        format!("no connection: {cause}")
    } else {
        cause.to_string()
    }
}

/// Makes our spans part of the traces.
pub(super) fn layer<S>(tracer: SdkTracer) -> OpenTelemetryLayer<S, SdkTracer>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        // A request is put into its trace once its correlation id is known: not before it is read.
        .with_context_activation(false)
        .with_tracked_inactivity(false)
        .with_location(false)
        .with_threads(false)
}

#[derive(Debug, Default)]
struct Waiting {
    spans: Mutex<Vec<SpanData>>,
    lost: AtomicUsize,
}

impl Waiting {
    fn take(&self) -> (Vec<SpanData>, usize) {
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        (
            std::mem::take(&mut *spans),
            self.lost.swap(0, Ordering::Relaxed),
        )
    }
}

/// Keeps each span that ended.
#[derive(Debug)]
struct Keep(Arc<Waiting>);

impl SpanProcessor for Keep {
    fn on_start(&self, _span: &mut SdkSpan, _context: &Context) {}

    fn on_end(&self, span: SpanData) {
        let mut spans = self.0.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() < MOST_WAITING {
            spans.push(span);
        } else {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// What a span is in the trace of its correlation id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The request that everything else follows from.
    Cause,
    /// What follows from it: a job, or the same request sent again.
    Consequence,
}

/// Puts a span that has not begun to do anything into the trace of a correlation id.
///
/// The ids of the trace and of its first span are derived from the correlation id, so that a request
/// and its jobs find one another, in other processes and minutes later, without anything kept in the
/// job table. Costs nothing while nobody collects traces.
pub fn join(span: &Span, correlation_id: &str, part: Part) {
    if !ON.load(Ordering::Relaxed) {
        return;
    }
    let digest = Sha256::digest(correlation_id.as_bytes());
    let (mut trace, mut first) = ([0; 16], [0; 8]);
    trace.copy_from_slice(&digest[..16]);
    first.copy_from_slice(&digest[16..24]);
    let ids = (TraceId::from_bytes(trace), SpanId::from_bytes(first));
    match part {
        Part::Cause => {
            NEXT.set(Some(ids));
            // Begins the span, here and now, with these ids.
            let _ = span.context();
            NEXT.set(None);
        }
        Part::Consequence => {
            let cause = SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, TraceState::NONE);
            // A span that has begun already stays where it is.
            let _ = span.set_parent(Context::new().with_remote_span_context(cause));
        }
    }
}

thread_local! {
    /// The ids of the span that [`join`] is about to begin on this thread.
    static NEXT: Cell<Option<(TraceId, SpanId)>> = const { Cell::new(None) };
}

/// Random ids, but for a span that [`join`] begins.
#[derive(Debug)]
struct Ids;

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        NEXT.get()
            .map_or_else(|| RandomIdGenerator::default().new_trace_id(), |ids| ids.0)
    }

    fn new_span_id(&self) -> SpanId {
        NEXT.get()
            .map_or_else(|| RandomIdGenerator::default().new_span_id(), |ids| ids.1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use opentelemetry::trace::{Span as _, Tracer as _};
    use tokio::net::TcpListener;
    use tracing::instrument::WithSubscriber as _;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;
    use crate::platform::telemetry::JsonLines;

    const LONG: Duration = Duration::from_secs(10);

    fn to(url: &str) -> (Traces, SdkTracer) {
        Traces::new(&OtlpConfig {
            traces_url: url.parse().unwrap(),
            headers: HeaderMap::new(),
            stage: None,
        })
    }

    /// The log lines of the work.
    async fn logged(work: impl Future<Output = ()>) -> Vec<String> {
        let (file, path) = {
            let path =
                std::env::temp_dir().join(format!("timeoff-traces-{}", SpanId::from_bytes(rand())));
            (std::fs::File::create(&path).unwrap(), path)
        };
        let layer = JsonLines::new(Arc::new(file));
        work.with_subscriber(tracing_subscriber::registry().with(layer))
            .await;
        let lines = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        let own = lines.lines().filter(|line| line.contains("timeoff::"));
        own.map(str::to_owned).collect()
    }

    fn rand() -> [u8; 8] {
        RandomIdGenerator::default().new_span_id().to_bytes()
    }

    #[tokio::test]
    async fn trouble_is_told_once_and_its_end_too() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let (traces, tracer) = to(&format!("http://{address}/v1/traces"));
        let lines = logged(async {
            traces.send(LONG).await;
            for _ in 0..3 {
                tracer.start("lost").end();
                traces.send(LONG).await;
            }
            let listener = TcpListener::bind(address).await.unwrap();
            let router = axum::Router::new().route("/v1/traces", axum::routing::post(async || ""));
            tokio::spawn(async move { axum::serve(listener, router).await });
            for _ in 0..2 {
                tracer.start("arrives").end();
                traces.send(LONG).await;
            }
        })
        .await;
        let [trouble, over] = lines.as_slice() else {
            panic!("{lines:#?}");
        };
        assert!(
            trouble.contains("\"level\":\"WARN\"") && trouble.contains("Connection refused"),
            "{trouble}"
        );
        assert!(over.contains("traces arrive again"), "{over}");
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_status() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (traces, tracer) = to(&format!("http://{}/", listener.local_addr().unwrap()));
        tokio::spawn(async move { axum::serve(listener, axum::Router::new()).await });
        let lines = logged(async {
            tracer.start("refused").end();
            traces.send(LONG).await;
        })
        .await;
        assert!(lines[0].contains("the collector answered 404"), "{lines:?}");
    }

    #[tokio::test]
    async fn nobody_waits_longer_than_was_asked_for() {
        // It takes connections and never answers.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (traces, tracer) = to(&format!("http://{}/", listener.local_addr().unwrap()));
        let begun = Instant::now();
        let lines = logged(async {
            tracer.start("late").end();
            traces.send(Duration::from_millis(100)).await;
        })
        .await;
        assert!(begun.elapsed() < LONG, "{:?}", begun.elapsed());
        assert!(lines[0].contains("no answer within 0.1 s"), "{lines:?}");
    }

    #[tokio::test]
    async fn what_nobody_fetches_does_not_grow_without_end() {
        let (traces, tracer) = to("http://127.0.0.1:1/");
        for _ in 0..MOST_WAITING + 3 {
            tracer.start("many").end();
        }
        let (spans, lost) = traces.waiting.take();
        assert_eq!((spans.len(), lost), (MOST_WAITING, 3));
        assert_eq!(traces.waiting.take().1, 0);
    }
}
