//! Logs and traces: what the app did, for an operator. Neither holds what people wrote, nor a
//! secret.
//!
//! A span of ours is part of both: its fields stand on every log line within it, and a collector
//! gets it as a span of the trace. So a request's correlation id is on all of its lines, and on
//! those of its jobs.

mod choice;
mod json;
mod text;
mod traces;

use std::sync::Arc;
use std::time::Duration;

use tracing_subscriber::layer::{Layer, Layered, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

pub use choice::Choice;
pub use json::JsonLines;
pub use traces::{Part, join};

use super::config::OtlpConfig;
use traces::Traces;

/// Where the layers stand: what is not chosen reaches none of them.
type Chosen = Layered<Choice, Registry>;

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
    let log = match format {
        LogFormat::Text => text::layer().boxed(),
        LogFormat::Json => JsonLines::new(std::io::stderr).boxed(),
    };
    let mut layers: Vec<Box<dyn Layer<Chosen> + Send + Sync>> = vec![log];
    let traces = otlp.map(|config| {
        let (traces, tracer) = Traces::new(config);
        layers.push(traces::layer(tracer).boxed());
        Arc::new(traces)
    });
    let chosen = tracing_subscriber::registry().with(Choice::of_environment(fallback));
    match chosen.with(layers).try_init() {
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
