//! The statements that the app sends to its database, as `sqlx` logs them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Each statement with the kind of job that sent it, or the name of the span.
#[derive(Clone, Default)]
pub struct Statements(Arc<Mutex<Vec<(String, String)>>>);

/// What a span works for.
struct For(String);

#[derive(Default)]
struct Fields {
    kind: Option<String>,
    summary: String,
    statement: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "kind" => self.kind = Some(value.to_owned()),
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Statements {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span() || metadata.target() == "sqlx::query"
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let (Some(kind), Some(span)) = (fields.kind, context.span(id)) {
            span.extensions_mut().insert(For(kind));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut scope = context.event_scope(event).into_iter().flatten();
        let job =
            scope.find_map(|span| span.extensions().get::<For>().map(|found| found.0.clone()));
        let statement = if fields.statement.is_empty() {
            fields.summary
        } else {
            fields.statement
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((job.unwrap_or_default(), statement));
    }
}

impl Statements {
    /// From now on they are kept, in this test's process. The app's log is not.
    pub fn keep() -> Self {
        let statements = Self::default();
        tracing_subscriber::registry()
            .with(statements.clone())
            .try_init()
            .expect("nobody else looks at the log of this test");
        statements
    }

    /// What jobs of a kind sent since the last time, a statement a line: how it begins, and of a
    /// query which table. The runner's own are among them, that note that the job is done.
    pub fn of(&self, kind: &str) -> String {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lines: Vec<String> = held
            .drain(..)
            .filter(|(job, _)| job == kind)
            .map(|(_, statement)| short(&statement))
            .collect();
        lines.join("\n")
    }
}

/// “SELECT … FROM person”, “UPDATE job SET state”.
fn short(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let mut depth = 0i32;
    for (place, word) in words.iter().enumerate() {
        if *word == "FROM" && depth == 0 && words[0] == "SELECT" {
            return format!("SELECT … FROM {}", words[place + 1]);
        }
        let count = |sign: char| i32::try_from(word.matches(sign).count()).unwrap_or_default();
        depth += count('(') - count(')');
    }
    words.iter().take(4).copied().collect::<Vec<_>>().join(" ")
}
