//! What was measured, and the table of it.

use std::fmt::Write as _;
use std::time::Duration;

/// What was measured of one candidate.
#[derive(Default)]
pub struct Figures {
    /// From the start of the process until the ack.
    pub cold: Vec<Duration>,
    /// From the start of the process until it is frozen.
    pub free_after_cold: Vec<Duration>,
    /// From the request until the ack.
    pub warm: Vec<Duration>,
    /// From the request until it is frozen.
    pub free_after_warm: Vec<Duration>,
    /// Bytes.
    pub peak_memory: u64,
    /// Bytes.
    pub package: u64,
}

/// The value that `percent` of 100 do not exceed.
pub fn percentile(all: &[Duration], percent: usize) -> Duration {
    let mut sorted = all.to_vec();
    sorted.sort();
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

/// A row of the table: what, how it is read, and what it should be. The aims are for full speed.
type Row = (&'static str, fn(&Figures) -> f64, &'static str);

const ROWS: [Row; 8] = [
    ("cold start to ack, p50 ms", |of| ms(&of.cold, 50), "≤ 26"),
    ("p90 ms", |of| ms(&of.cold, 90), ""),
    (
        "cold start to free, p50 ms",
        |of| ms(&of.free_after_cold, 50),
        "",
    ),
    ("warm ack, p50 ms", |of| ms(&of.warm, 50), "≤ Bolt"),
    ("p90 ms", |of| ms(&of.warm, 90), ""),
    ("warm to free, p50 ms", |of| ms(&of.free_after_warm, 50), ""),
    ("peak memory, MB", |of| mb(of.peak_memory), "≤ 20"),
    ("package (zip), MB", |of| mb(of.package), "≤ 8"),
];

fn ms(all: &[Duration], percent: usize) -> f64 {
    percentile(all, percent).as_secs_f64() * 1e3
}

#[allow(clippy::cast_precision_loss)] // megabytes, far below 2^52 bytes
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// Two digits that say something, or all before the point.
fn short(value: f64) -> String {
    match value {
        value if value >= 10.0 => format!("{value:.0}"),
        value if value >= 1.0 => format!("{value:.1}"),
        value if value >= 0.1 => format!("{value:.2}"),
        value => format!("{value:.3}"),
    }
}

/// In Markdown: the floor, timeoff, and Bolt, and timeoff's ratios to both.
pub fn table([floor, timeoff, bolt]: &[Figures; 3], aims: bool) -> String {
    let mut table = "| | floor | timeoff | Bolt | × floor | × Bolt |".to_owned();
    table += if aims { " aim |\n" } else { "\n" };
    table += "|---|---|---|---|---|---|";
    table += if aims { "---|\n" } else { "\n" };
    for (what, read, aim) in ROWS {
        let values = [read(floor), read(timeoff), read(bolt)];
        let [floor, timeoff, bolt] = values;
        let cells = values.map(short).join(" | ");
        let ratios = format!("{} | {}", short(timeoff / floor), short(timeoff / bolt));
        let aim = if aims {
            format!(" {aim} |")
        } else {
            String::new()
        };
        // Writing to a string never fails.
        let _ = writeln!(table, "| {what} | {cells} | {ratios} |{aim}");
    }
    table
}
