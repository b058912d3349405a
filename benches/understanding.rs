//! How long it takes to understand a message, beside the floor of only cutting it into words.
//!
//! Run it with `./scripts/bench understanding`. The ratios say more than the figures: they hold
//! when the machine is slow or busy.

use std::hint::black_box;
use std::time::{Duration, Instant};

use jiff::civil::date;
use jiff::tz::TimeZone;
use timeoff::leave::understanding::{Message, read};

const EXAMPLES: &str = include_str!("../tests/leave-language/own.jsonl");
/// Slack's longest message that people see in one piece.
const LONG: usize = 4000;
const ROUNDS: usize = 300;

fn main() {
    let texts: Vec<String> = EXAMPLES
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|example| example["text"].as_str().map(str::to_owned))
        .collect();
    let ordinary = texts
        .iter()
        .find(|text| (60..90).contains(&text.len()))
        .cloned()
        .unwrap_or_default();
    let cut = |text: String| text.chars().take(LONG).collect::<String>();
    let cases = [
        ("an ordinary message", ordinary),
        ("4,000 characters of messages", cut(texts.join(". "))),
        (
            "4,000 characters of dates",
            cut("on leave 5th to 7th Jan, 9th and ".repeat(200)),
        ),
        (
            "4,000 characters without a space",
            cut("leave5th-".repeat(1000)),
        ),
        ("4,000 characters of markup", cut("<~`*_:<@".repeat(1000))),
    ];
    println!("| text | p50 µs | p99 µs | floor µs | × floor |");
    println!("|---|---|---|---|---|");
    for (name, text) in cases {
        let floor = times(|| {
            black_box(
                black_box(&text)
                    .split_whitespace()
                    .map(str::to_lowercase)
                    .collect::<Vec<_>>(),
            );
        });
        let understood = times(|| {
            black_box(read(&Message {
                text: black_box(&text),
                today: date(2026, 5, 6),
                zone: &TimeZone::UTC,
                thread: &[],
                about_leave: false,
            }));
        });
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        println!(
            "| {name} | {:.0} | {:.0} | {:.1} | {:.0} |",
            micros(understood[ROUNDS / 2]),
            micros(understood[ROUNDS * 99 / 100]),
            micros(floor[ROUNDS / 2]),
            micros(understood[ROUNDS / 2]) / micros(floor[ROUNDS / 2]).max(0.01),
        );
    }
}

/// How long each round took, sorted.
fn times(mut run: impl FnMut()) -> Vec<Duration> {
    run();
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}
