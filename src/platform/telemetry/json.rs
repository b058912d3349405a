//! Log lines for a log service: one JSON object an event, everything on its top level.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;

use serde::ser::{SerializeMap, Serializer as _};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::platform::clock::Clock;

/// Writes a line for each event: `timestamp`, `level`, `message`, `target`, then the fields of the
/// event and of every span around it. What is nearer to the event wins.
pub struct JsonLines<W> {
    writer: W,
}

impl<W> JsonLines<W> {
    /// Lines go to `writer`, each in one piece.
    pub fn new(writer: W) -> Self {
        Self { writer }
    }
}

/// The fields of an event, or of a span, where they are kept with it.
#[derive(Clone, Default)]
struct Fields(BTreeMap<&'static str, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        // Names for the traces alone: what kind of span, what it is called there.
        if !field.name().starts_with("otel.") {
            self.0.insert(field.name(), value.into());
        }
    }

    fn take_text(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name)? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, value.to_string());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'w> MakeWriter<'w> + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        if let Some(scope) = context.event_scope(event) {
            for span in scope.from_root() {
                if let Some(of_span) = span.extensions().get::<Fields>() {
                    fields.0.extend(of_span.0.clone());
                }
            }
        }
        event.record(&mut fields);
        let Ok(mut line) = line(event, fields) else {
            return;
        };
        line.push(b'\n');
        // There is nobody to tell that the log cannot be written.
        let _ = self
            .writer
            .make_writer_for(event.metadata())
            .write_all(&line);
    }
}

fn line(event: &Event<'_>, mut fields: Fields) -> serde_json::Result<Vec<u8>> {
    let message = fields.take_text("message").unwrap_or_default();
    // What came by the `log` crate says itself where it is from.
    let target = fields.take_text("log.target");
    for name in ["log.module_path", "log.file", "log.line"] {
        fields.0.remove(name);
    }
    let mut line = Vec::with_capacity(256);
    let mut serializer = serde_json::Serializer::new(&mut line);
    let mut map = serializer.serialize_map(None)?;
    map.serialize_entry("timestamp", &format!("{:.3}", Clock::System.now()))?;
    map.serialize_entry("level", event.metadata().level().as_str())?;
    map.serialize_entry("message", &message)?;
    map.serialize_entry(
        "target",
        target.as_deref().unwrap_or(event.metadata().target()),
    )?;
    for (name, value) in &fields.0 {
        match *name {
            // A name cannot be there twice.
            "timestamp" | "level" | "target" => {
                map.serialize_entry(&format!("field.{name}"), value)?;
            }
            name => map.serialize_entry(name.strip_prefix("r#").unwrap_or(name), value)?,
        }
    }
    map.end()?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::field::Empty;
    use tracing::{Span, info, info_span, warn};
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::platform::telemetry::Choice;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines, without their times.
    fn lines(filter: &str, work: impl FnOnce()) -> String {
        let page = Page::default();
        let to = page.clone();
        let subscriber = tracing_subscriber::registry()
            .with(Choice::of(filter))
            .with(JsonLines::new(move || to.clone()));
        tracing::subscriber::with_default(subscriber, work);
        let written = String::from_utf8(page.0.lock().unwrap().clone()).unwrap();
        let timeless = written.lines().map(|line| {
            let read: BTreeMap<String, Value> = serde_json::from_str(line).unwrap();
            let time = read["timestamp"].as_str().unwrap();
            assert!(
                time.parse::<jiff::Timestamp>().is_ok() && time.ends_with('Z'),
                "{time}"
            );
            let count = line.matches("\":").count();
            assert_eq!(count, read.len(), "a name is there twice: {line}");
            line.replace(time, "…")
        });
        timeless.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn fields_of_every_span_are_on_the_top_level() {
        let work = || {
            let request = info_span!(
                "request",
                otel.kind = "server",
                workspace = "T1",
                correlation_id = Empty,
                tries = 1
            );
            request.record("correlation_id", "Ev1");
            request.in_scope(|| {
                info!("no more \"than\" this");
                info_span!("inner", tries = 2, good = true).in_scope(|| {
                    let error = io::Error::other("broken");
                    warn!(%error, share = 0.5, level = "odd", r#type = ?Some("x"), "it failed");
                });
            });
            info!(target: "somebody::else", "not wanted");
            warn!(target: "somebody::else", tries = -1, "wanted");
        };
        insta::assert_snapshot!(lines("timeoff=info,warn", work), @r#"
        {"timestamp":"…","level":"INFO","message":"no more \"than\" this","target":"timeoff::platform::telemetry::json::tests","correlation_id":"Ev1","tries":1,"workspace":"T1"}
        {"timestamp":"…","level":"WARN","message":"it failed","target":"timeoff::platform::telemetry::json::tests","correlation_id":"Ev1","error":"broken","good":true,"field.level":"odd","share":0.5,"tries":2,"type":"Some(\"x\")","workspace":"T1"}
        {"timestamp":"…","level":"WARN","message":"wanted","target":"somebody::else","tries":-1}
        "#);
    }

    #[test]
    fn a_quiet_log_still_names_the_request() {
        let work = || {
            info_span!("request", correlation_id = "Ev1").in_scope(|| {
                info!("too small to tell");
                warn!("worth telling");
                assert!(!Span::current().is_disabled());
            });
        };
        insta::assert_snapshot!(lines("warn", work), @r#"{"timestamp":"…","level":"WARN","message":"worth telling","target":"timeoff::platform::telemetry::json::tests","correlation_id":"Ev1"}"#);
    }
}
