//! `timeoff parse`: what a message in the leave channel would mean. It needs no configuration.

use std::fmt::Write as _;
use std::io::{BufRead, Write};

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use timeoff::leave::model::Portion;
use timeoff::leave::understanding::{
    Category, Confidence, Intent, MeantDay, Message, Reading, read,
};
use timeoff::platform::clock::Clock;

use super::Failure;

/// What to read, and how to show it.
#[derive(Args)]
pub struct Parse {
    /// The message.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    text: Option<String>,
    /// The author's date; today by default.
    #[arg(long, conflicts_with = "jsonl")]
    today: Option<Date>,
    /// The author's time zone, such as Asia/Kolkata.
    #[arg(long, default_value = "UTC")]
    tz: String,
    /// An earlier message of the author in the same thread; may be given several times, oldest first.
    #[arg(long, value_name = "TEXT", conflicts_with = "jsonl")]
    thread: Vec<String>,
    /// Show it as JSON.
    #[arg(long)]
    json: bool,
    /// Read examples from standard input, one JSON object with text, today and thread a line, and
    /// write one JSON object with intent, days and confidence for each.
    #[arg(long, conflicts_with = "json")]
    jsonl: bool,
}

/// One line of examples. What is expected of it, and whatever else it has, does not matter here.
#[derive(Deserialize)]
struct Example {
    text: String,
    today: Date,
    #[serde(default)]
    thread: Vec<String>,
}

/// The answer to one line.
#[derive(Serialize)]
struct Answer<'a> {
    intent: Intent,
    days: &'a [MeantDay],
    confidence: Confidence,
}

/// Reads one message, or the examples on standard input.
pub fn parse(command: &Parse) -> Result<(), Failure> {
    let zone = TimeZone::get(&command.tz)
        .map_err(|_| format!("There is no time zone called “{}”.", command.tz))?;
    let mut out = std::io::stdout().lock();
    let Some(text) = &command.text else {
        return lines(&zone, std::io::stdin().lock(), &mut out);
    };
    let today = match command.today {
        Some(today) => today,
        None => Clock::System.now().to_zoned(zone.clone()).date(),
    };
    let reading = read(&Message {
        text,
        today,
        zone: &zone,
        thread: &command.thread,
        about_leave: false,
    });
    if command.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&reading)?)?;
    } else {
        write!(out, "{}", show(&reading))?;
    }
    Ok(())
}

fn lines(zone: &TimeZone, input: impl BufRead, out: &mut impl Write) -> Result<(), Failure> {
    for (number, line) in input.lines().enumerate() {
        let line = line.map_err(|error| format!("Line {}: {error}.", number + 1))?;
        if line.trim().is_empty() {
            continue;
        }
        let example: Example = match serde_json::from_str(&line) {
            Ok(example) => example,
            Err(error) => {
                // What was answered before stays answered.
                out.flush()?;
                return Err(format!("Line {} is not an example: {error}.", number + 1).into());
            }
        };
        let reading = read(&Message {
            text: &example.text,
            today: example.today,
            zone,
            thread: &example.thread,
            about_leave: false,
        });
        let answer = Answer {
            intent: reading.intent,
            days: &reading.days,
            confidence: reading.confidence,
        };
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
    }
    Ok(())
}

/// A reading in words.
fn show(reading: &Reading) -> String {
    let mut text = String::new();
    let intent = match reading.intent {
        Intent::Request => "Asks for leave:",
        Intent::Cancel if reading.days.is_empty() => "Takes leave back, but does not say which.",
        Intent::Cancel => "Takes leave back:",
        Intent::Unclear => "Wants leave, but the days are not clear.",
        Intent::None => "Not about the author's leave.",
    };
    // Writing into a text cannot fail.
    let _ = writeln!(text, "{intent}");
    for day in &reading.days {
        let portion = match day.portion {
            Portion::Full => "full day",
            Portion::HalfAm => "morning",
            Portion::HalfPm => "afternoon",
        };
        let category = match day.category {
            Category::Vacation => "vacation",
            Category::Sick => "sick",
        };
        let date = day.date.strftime("%A, %-d %B %Y");
        let _ = writeln!(text, "  {date}: {portion}, {category}");
    }
    let _ = writeln!(text, "Confidence: {}", reading.confidence.as_str());
    for doubt in &reading.doubts {
        let _ = writeln!(text, "Unclear: {doubt}");
    }
    for date in &reading.dropped {
        let date = date.strftime("%A, %-d %B %Y");
        let _ = writeln!(text, "Left out: {date}, which is before this year");
    }
    text
}
