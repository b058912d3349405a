//! Log lines for a terminal.

use std::fmt;

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::{FormatFields, Writer};
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

/// Text on standard error.
pub(super) fn layer<S>() -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_subscriber::fmt::layer()
        .fmt_fields(ForPeople)
        .with_writer(std::io::stderr)
}

/// Fields as usual, without those that only mean something to the traces.
struct ForPeople;

impl<'w> FormatFields<'w> for ForPeople {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut line = Line {
            writer,
            begun: false,
            result: Ok(()),
        };
        fields.record(&mut line);
        line.result
    }
}

struct Line<'w> {
    writer: Writer<'w>,
    begun: bool,
    result: fmt::Result,
}

impl Visit for Line<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.record_debug(field, &format_args!("{value}"));
        } else {
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let name = field.name();
        if name.starts_with("otel.") || name.starts_with("log.") || self.result.is_err() {
            return;
        }
        let space = if self.begun { " " } else { "" };
        self.begun = true;
        self.result = match name {
            "message" => write!(self.writer, "{space}{value:?}"),
            name => write!(
                self.writer,
                "{space}{}={value:?}",
                name.strip_prefix("r#").unwrap_or(name)
            ),
        };
    }
}
