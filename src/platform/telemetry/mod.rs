//! Logs and traces: what the app did, for an operator. Neither holds what people wrote, nor a
//! secret.
//!
//! A span of ours is part of both: its fields stand on every log line within it, and a collector
//! gets it as a span of the trace. So a request's correlation id is on all of its lines, and on
//! those of its jobs.

mod json;
mod text;
mod traces;

use std::sync::Arc;
use std::time::Duration;

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Filter, Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

pub use json::JsonLines;
pub use traces::{Part, join};

use super::config::OtlpConfig;
use traces::Traces;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For a terminal.
    Text,
    /// For a log service.
    Json,
}

/// What has been started. Cheap to clone.
#[derive(Clone, Default)]
pub struct Telemetry {
    traces: Option<Arc<Traces>>,
}

/// Starts logging to standard error, where it does not mix with what a command prints; Lambda
/// takes both. `RUST_LOG` chooses what; without it `fallback` does. A second call does nothing.
pub fn start(format: LogFormat, fallback: &str) {
    start_with(format, fallback, None);
}

/// Starts logging, as [`start`] does, and traces, if there is a collector for them. Nothing is
/// connected yet.
pub fn start_with(format: LogFormat, fallback: &str, otlp: Option<&OtlpConfig>) -> Telemetry {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(fallback));
    let log = match format {
        LogFormat::Text => text::layer().with_filter(for_log(filter)).boxed(),
        LogFormat::Json => JsonLines::new(std::io::stderr)
            .with_filter(for_log(filter))
            .boxed(),
    };
    let mut layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = vec![log];
    let traces = otlp.map(|config| {
        let (traces, tracer) = Traces::new(config);
        let layer = traces::layer(tracer)
            .with_filter(filter_fn(|it| is_own(it) && *it.level() <= Level::INFO));
        layers.push(layer.boxed());
        Arc::new(traces)
    });
    match tracing_subscriber::registry().with(layers).try_init() {
        Ok(()) => {
            traces::switch(traces.is_some());
            Telemetry { traces }
        }
        // There is a subscriber already, and these spans would never reach us.
        Err(_) => Telemetry::default(),
    }
}

impl Telemetry {
    /// Sends the spans that ended to the collector, within this time: what does not arrive by
    /// then is lost. Never fails; trouble is logged once, until it is over.
    pub async fn flush(&self, within: Duration) {
        if let Some(traces) = &self.traces {
            traces.send(within).await;
        }
    }

    /// Sends what ended again and again, for a process that is never frozen. Does not return.
    pub async fn flush_every(self, pause: Duration) {
        loop {
            tokio::time::sleep(pause).await;
            self.flush(pause).await;
        }
    }

    /// Whether there is a collector.
    pub fn has_collector(&self) -> bool {
        self.traces.is_some()
    }
}

/// What reaches the log. Our spans do, whatever the level asked for: a warning without the
/// correlation id of its request would be of little use.
pub fn for_log<S>(chosen: EnvFilter) -> impl Filter<S> + Send + Sync + 'static
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a> + 'static,
{
    filter_fn(|it: &Metadata<'_>| it.is_span() && is_own(it))
        .or(chosen)
        .and(filter_fn(|it: &Metadata<'_>| !tells_too_much(it)))
}

fn is_own(it: &Metadata<'_>) -> bool {
    let of = it.target();
    of == "timeoff" || of.starts_with("timeoff::")
}

/// Below `info` the Slack library logs the bodies that it sends and receives, with what people
/// wrote. No setting of `RUST_LOG` brings them into a log.
fn tells_too_much(it: &Metadata<'_>) -> bool {
    it.target().starts_with("slack_morphism") && *it.level() > Level::INFO
}
