//! What a piece of work writes into the log, down to the last detail.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Level;
use tracing::instrument::WithSubscriber as _;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Write for Page {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Page {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What the work gives, and every line that it logs.
pub async fn logged<T>(work: impl Future<Output = T>) -> (T, String) {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .without_time()
        .with_ansi(false)
        .with_writer(page.clone())
        .finish();
    let given = work.with_subscriber(subscriber).await;
    let lines = page.0.lock().unwrap_or_else(PoisonError::into_inner);
    (given, String::from_utf8_lossy(&lines).into_owned())
}

/// The lines of the app's own, without how long something took.
pub fn own_lines(log: &str) -> String {
    let own = log.lines().filter(|line| line.contains(" timeoff::"));
    let timeless = own.map(|line| {
        line.split(' ')
            .map(|word| match word.split_once("latency_ms=") {
                Some((before, after)) => {
                    let digits = after.trim_start_matches(|c: char| c.is_ascii_digit());
                    format!("{before}latency_ms=…{digits}")
                }
                None => word.to_owned(),
            })
            .collect::<Vec<_>>()
            .join(" ")
    });
    timeless.collect::<Vec<_>>().join("\n")
}
