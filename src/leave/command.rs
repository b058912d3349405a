//! `/timeoff` and the words after it.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::days::PersonCalendar;
use super::form::{Filled, OpenForm};
use super::periods::{self, WantedDay};
use super::understanding::{self, Intent};
use super::{overview, request};
use crate::clients::blocks::{escape, section, shorten};
use crate::clients::slack::Message;
use crate::gateway::{Ack, Cx, SlashCommand};
use crate::tenant::Person;

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
    let reply = match understand(&command.text, &person, today) {
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
        Wish::Who => overview::who(&mut cx.tx, &cx.workspace.settings, today).await?,
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
         • `/timeoff tomorrow afternoon`, `/timeoff sick today` or `/timeoff 3 to 7 August` opens it filled in\n\
         • `/timeoff list` shows your leave, upcoming and past\n\
         • `/timeoff cancel` takes leave back, approved leave too\n\
         • `/timeoff who` shows who is off today and this week\n\
         In the leave channel plain words are enough: “on leave tomorrow”, “sick today”. I answer there in the thread.\n\
         Your reason is seen only by you, your approvers and people admins. So is the kind of leave, except where you \
         write it in the leave channel."
    );
    Message {
        text: text.clone(),
        blocks: vec![section(&text)],
    }
}

fn understand(text: &str, person: &Person, today: Date) -> Wish {
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "" | "request" | "new" => Wish::Form(Filled::default()),
        "help" | "?" => Wish::Help,
        "list" | "mine" => Wish::List,
        "cancel" => Wish::Cancel,
        "who" => Wish::Who,
        other => typed_days(other, today)
            .or_else(|| understood_days(other, person, today))
            .map_or(Wish::Unknown, Wish::Form),
    }
}

/// A day, or two with “to” or a dash between them, as they were typed: what is wrong with them, the
/// form says.
fn typed_days(text: &str, today: Date) -> Option<Filled> {
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

/// Days in the words of the leave channel: “tomorrow afternoon”, “sick today”, “3 to 7 August”. The
/// form holds one stretch of days, so it is filled with the first.
fn understood_days(text: &str, person: &Person, today: Date) -> Option<Filled> {
    let text = format!("leave {text}");
    let reading = understanding::read(&understanding::Message {
        text: &text,
        today,
        zone: &person.zone,
        thread: &[],
        about_leave: false,
    });
    if reading.intent != Intent::Request {
        return None;
    }
    let wanted: Vec<WantedDay> = reading.days.iter().map(WantedDay::from).collect();
    let periods = periods::periods(&wanted, &PersonCalendar::default());
    periods
        .first()
        .map(|period| Filled::with(&period.leave_type, &period.span))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::platform::ids::SlackUserId;

    #[test]
    fn the_words_after_the_command_are_understood() {
        let today = date(2026, 3, 4); // a Wednesday
        let person = Person {
            user: SlackUserId::parse("U1").unwrap(),
            name: "Asha".to_owned(),
            zone: TimeZone::UTC,
            location: None,
            team: None,
            approver: None,
            is_admin: false,
            is_owner: false,
            active: true,
            harvest_user: None,
        };
        let told = |text: &str| match understand(text, &person, today) {
            Wish::Form(filled) => format!(
                "{} {} {} {}",
                filled.leave_type.unwrap_or_default(),
                filled.portion.unwrap_or_default(),
                filled.first.map(|day| day.to_string()).unwrap_or_default(),
                filled.last.map(|day| day.to_string()).unwrap_or_default()
            )
            .trim()
            .to_owned(),
            other => format!("{other:?}"),
        };
        let lines: Vec<String> = [
            "",
            "  HELP ",
            "list",
            "cancel",
            "who",
            "today",
            "Tomorrow",
            "wednesday",
            "mon",
            "2026-08-03",
            "yesterday",
            "tomorrow to friday",
            "Fri – Mon",
            "2026-08-03   until 2026-08-07",
            "sick today",
            "tomorrow afternoon",
            "5th and 9th",
            "10 to 12 March",
            "saturday",
            "friday to",
            "2026-02-30",
            "yesterday's fish",
        ]
        .iter()
        .map(|text| format!("{text:?}: {}", told(text)))
        .collect();
        insta::assert_snapshot!(lines.join("\n"), @r#"
        "": 
        "  HELP ": Help
        "list": List
        "cancel": Cancel
        "who": Who
        "today": 2026-03-04
        "Tomorrow": 2026-03-05
        "wednesday": 2026-03-04
        "mon": 2026-03-09
        "2026-08-03": 2026-08-03
        "yesterday": 2026-03-03
        "tomorrow to friday": 2026-03-05 2026-03-06
        "Fri – Mon": 2026-03-06 2026-03-09
        "2026-08-03   until 2026-08-07": 2026-08-03 2026-08-07
        "sick today": sick full 2026-03-04
        "tomorrow afternoon": vacation half_pm 2026-03-05
        "5th and 9th": vacation full 2026-03-05
        "10 to 12 March": vacation full 2026-03-10 2026-03-12
        "saturday": 2026-03-07
        "friday to": vacation full 2026-03-06
        "2026-02-30": Unknown
        "yesterday's fish": Unknown
        "#);
    }
}
