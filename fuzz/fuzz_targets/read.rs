//! Any text and thread can be read: nothing panics, and days come sorted.

#![no_main]

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use timeoff::leave::understanding::{Message, read};

fuzz_target!(|data: (&str, &str, i16, u16)| {
    let (text, earlier, year, day) = data;
    let today = Date::new(year.clamp(1, 9998), 1, 1)
        .unwrap_or(date(2026, 1, 1))
        .saturating_add(jiff::Span::new().days(i64::from(day % 365)));
    let reading = read(&Message {
        text,
        today,
        zone: &TimeZone::UTC,
        thread: &[earlier.to_owned()],
    });
    assert!(reading.days.windows(2).all(|two| two[0].date < two[1].date));
    assert!(reading.days.iter().all(|day| day.date.year() >= today.year()));
});
