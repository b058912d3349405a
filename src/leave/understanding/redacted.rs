//! A message as it may leave the workspace: people's ids, addresses, links and long numbers are
//! replaced by a word for what stood there. They say nothing about days.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Digits in a row from here on are a telephone's or somebody's number, not a date.
const LONG_NUMBER: usize = 9;

/// The text without its references. The `zone` is the author's: Slack's `<!date^…>` are instants.
pub(super) fn redacted(text: &str, zone: &TimeZone) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        words(before, &mut result);
        // A bracket that a person types arrives as `&lt;`: this one is Slack's.
        let Some((markup, after)) = after.split_once('>') else {
            rest = after;
            continue;
        };
        reference(markup, zone, &mut result);
        rest = after;
    }
    words(rest, &mut result);
    result
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// `<…>` without the brackets. <https://docs.slack.dev/messaging/formatting-message-text>
fn reference(markup: &str, zone: &TimeZone, result: &mut String) {
    let (target, label) = match markup.split_once('|') {
        Some((target, label)) => (target, Some(label)),
        None => (markup, None),
    };
    match target.as_bytes().first() {
        Some(b'@') => result.push_str("@someone"),
        Some(b'#') => result.push_str("#channel"),
        Some(b'!') => match target.strip_prefix("!date^") {
            Some(date) => match exact(date, zone) {
                Some(date) => result.push_str(&date),
                None => words(label.unwrap_or_default(), result),
            },
            None => result.push_str("@group"),
        },
        _ if target.starts_with("mailto:") => result.push_str("(email)"),
        _ if target.starts_with("tel:") => result.push_str("(number)"),
        _ => match label {
            Some(label) => words(label, result),
            None => result.push_str("(link)"),
        },
    }
}

/// `1771999200^{date_short}` → `2026-02-25`.
fn exact(date: &str, zone: &TimeZone) -> Option<String> {
    let seconds = date.split('^').next()?.parse().ok()?;
    let at = Timestamp::from_second(seconds).ok()?;
    Some(zone.to_datetime(at).date().to_string())
}

fn words(text: &str, result: &mut String) {
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        match stands_for(bare) {
            Some(what) => {
                result.push_str(what);
                result.push_str(&word[bare.len()..]);
            }
            None => result.push_str(word),
        }
    }
}

fn stands_for(word: &str) -> Option<&'static str> {
    let begins = |prefix: &str| {
        word.get(..prefix.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(prefix))
    };
    if word.contains("://") || begins("www.") {
        return Some("(link)");
    }
    if let Some((name, host)) = word.split_once('@')
        && !name.is_empty()
        && host.contains('.')
    {
        return Some("(email)");
    }
    let long = word
        .split(|c: char| !c.is_ascii_digit())
        .any(|digits| digits.len() >= LONG_NUMBER);
    long.then_some("(number)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kolkata() -> TimeZone {
        TimeZone::get("Asia/Kolkata").unwrap()
    }

    #[test]
    fn what_points_at_people_and_places_stays_here() {
        let zone = kolkata();
        for (text, sent) in [
            (
                "On leave <!date^1771957800^{date_short}|Feb 25>, ask <@U0PLANTED|asha> in <#C0PLANTED|payroll>",
                "On leave 2026-02-25, ask @someone in #channel",
            ),
            ("<!here> <!subteam^S0PLANTED|@ops> ooo", "@group @group ooo"),
            (
                "off <https://calendar.example.com/PLANTED|next Friday>, <https://example.com/PLANTED>",
                "off next Friday, (link)",
            ),
            (
                "sick, mail <mailto:planted@example.com|planted@example.com> or <tel:+49170PLANTED|call>",
                "sick, mail (email) or (number)",
            ),
            (
                "sick! planted@example.com, https://PLANTED.example.com www.PLANTED.com\n+491701234567",
                "sick! (email) (link) (link)\n(number)",
            ),
            (
                "<https://example.com|https://example.com/PLANTED>",
                "(link)",
            ),
            // What tells the days stays.
            (
                "5/1 &amp; 2026-01-07, 20260108 @home PR #512 5th-7th &lt;half day&gt;",
                "5/1 & 2026-01-07, 20260108 @home PR #512 5th-7th <half day>",
            ),
            ("<!date^soon^{date}|25 Feb>", "25 Feb"),
            ("half a bracket < 3 days", "half a bracket  3 days"),
            ("", ""),
        ] {
            assert_eq!(redacted(text, &zone), sent, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC*", ids in prop::collection::vec("[UWCBS][A-Z0-9]{8}", 0..4)) {
            let zone = kolkata();
            redacted(&text, &zone);
            let each: Vec<String> = ids.iter().map(|id| format!("<@{id}> <#{id}|x> off")).collect();
            let references = each.join(" ");
            let sent = redacted(&references, &zone);
            for id in ids {
                prop_assert!(!sent.contains(&id), "{}", sent);
            }
        }
    }
}
