//! `/timeoff` and the words after it.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::form::{Filled, OpenForm};
use super::{overview, request};
use crate::clients::blocks::{escape, section, shorten};
use crate::clients::slack::Message;
use crate::gateway::{Ack, Cx, SlashCommand};

/// What was typed after `/timeoff`.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Form(Filled),
    Help,
    List,
    Cancel,
    Who,
    Unknown,
}

/// Handles `/timeoff …`.
pub async fn timeoff(cx: &mut Cx, command: SlashCommand) -> Result<Ack, sqlx::Error> {
    let person = match request::requester(cx) {
        Ok(person) => person,
        Err(why) => return Ok(Ack::Reply(Message::plain(why))),
    };
    let today = person.today(cx.now());
    let reply = match understand(&command.text, today) {
        Wish::Form(filled) => {
            let open = OpenForm {
                user: command.user_id,
                trigger_id: command.trigger_id,
                response_url: Some(command.response_url),
                filled,
                proposed: None,
            };
            cx.enqueue(&open).await?;
            return Ok(Ack::Done);
        }
        Wish::Help => help(""),
        Wish::List => overview::own_leave(&mut cx.tx, &person, today).await?,
        Wish::Cancel => overview::choose_what_to_cancel(&mut cx.tx, &person, today).await?,
        Wish::Who => overview::who(&mut cx.tx, today).await?,
        Wish::Unknown => help(&format!(
            "I do not know “{}”. ",
            escape(&shorten(command.text.trim(), 60))
        )),
    };
    Ok(Ack::Reply(reply))
}

/// What `/timeoff` can do, for a reply or a direct message.
pub fn help(before: &str) -> Message {
    let text = format!(
        "{before}Here is what I can do:\n\
         • `/timeoff` opens the form to ask for time off\n\
         • `/timeoff tomorrow`, `/timeoff monday to friday` or `/timeoff 2026-08-03` opens it filled in\n\
         • `/timeoff list` shows your leave, upcoming and past\n\
         • `/timeoff cancel` takes leave back, approved leave too\n\
         • `/timeoff who` shows who is off today and this week\n\
         Your reason and kind of leave are seen only by you, your approvers and people admins."
    );
    Message {
        text: text.clone(),
        blocks: vec![section(&text)],
    }
}

fn understand(text: &str, today: Date) -> Wish {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "" | "request" | "new" => Wish::Form(Filled::default()),
        "help" | "?" => Wish::Help,
        "list" | "mine" => Wish::List,
        "cancel" => Wish::Cancel,
        "who" => Wish::Who,
        other => days(other, today).map_or(Wish::Unknown, Wish::Form),
    }
}

/// A day, or two with “to” or a dash between them.
fn days(text: &str, today: Date) -> Option<Filled> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (first, last) = match words.as_slice() {
        [one] => (day(one, today, today)?, None),
        [first, "to" | "until" | "till" | "-" | "–", last] => {
            let first = day(first, today, today)?;
            // “friday to monday” is the Monday after that Friday.
            (first, Some(day(last, today, first)?))
        }
        _ => return None,
    };
    Some(Filled {
        first: Some(first),
        last,
        ..Filled::default()
    })
}

const NAMES: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// A day in one word: today, tomorrow, yesterday, a date, or a weekday: the next one, `from`
/// included.
fn day(word: &str, today: Date, from: Date) -> Option<Date> {
    match word {
        "today" => return Some(today),
        "tomorrow" => return today.checked_add(1.day()).ok(),
        "yesterday" => return today.checked_sub(1.day()).ok(),
        _ => {}
    }
    let named = NAMES
        .iter()
        .find(|(name, _)| *name == word || (word.len() == 3 && name.starts_with(word)));
    if let Some((_, weekday)) = named {
        return from
            .checked_add(i64::from(from.weekday().until(*weekday)).days())
            .ok();
    }
    // Slack's date picker knows four digits of a year.
    word.parse()
        .ok()
        .filter(|date: &Date| (1000..=9999).contains(&date.year()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_words_after_the_command_are_understood() {
        let today = date(2026, 3, 4); // a Wednesday
        let form = |first| {
            Wish::Form(Filled {
                first: Some(first),
                ..Filled::default()
            })
        };
        let range = |first, last| {
            Wish::Form(Filled {
                first: Some(first),
                last: Some(last),
                ..Filled::default()
            })
        };
        let cases = [
            ("", Wish::Form(Filled::default())),
            ("  HELP ", Wish::Help),
            ("list", Wish::List),
            ("cancel", Wish::Cancel),
            ("who", Wish::Who),
            ("today", form(today)),
            ("Tomorrow", form(date(2026, 3, 5))),
            ("wednesday", form(today)),
            ("mon", form(date(2026, 3, 9))),
            ("2026-08-03", form(date(2026, 8, 3))),
            ("yesterday", form(date(2026, 3, 3))),
            (
                "tomorrow to friday",
                range(date(2026, 3, 5), date(2026, 3, 6)),
            ),
            (
                "friday to tomorrow",
                range(date(2026, 3, 6), date(2026, 3, 5)),
            ),
            (
                "2026-08-03 to fri",
                range(date(2026, 8, 3), date(2026, 8, 7)),
            ),
            ("Fri – Mon", range(date(2026, 3, 6), date(2026, 3, 9))),
            (
                "2026-08-03   until 2026-08-07",
                range(date(2026, 8, 3), date(2026, 8, 7)),
            ),
            ("friday friday", Wish::Unknown),
            ("friday to", Wish::Unknown),
            ("-000001-01-01", Wish::Unknown),
            ("2026-02-30", Wish::Unknown),
            ("mo", Wish::Unknown),
            ("yesterday's fish", Wish::Unknown),
        ];
        for (text, wish) in cases {
            assert_eq!(understand(text, today), wish, "{text:?}");
        }
    }
}
