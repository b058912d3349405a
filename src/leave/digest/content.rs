//! What a digest says: who is off, as any colleague may know it.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::clients::blocks::{SlackBlock, context, escape, header, section, shorten};
use crate::clients::slack::Message;
use crate::leave::days::PersonCalendar;
use crate::leave::model::Portion;
use crate::leave::notified::{Digest, DigestKind};
use crate::leave::overview::{self, AHEAD, away_on, by_person, in_words, stretches};
use crate::leave::store::{self, Absence, Calendars};
use crate::leave::visibility::{Viewer, sight};
use crate::leave::words;
use crate::platform::db::TenantTx;
use crate::tenant::{Person, Settings, store as directory};

/// How many days ahead a daily digest looks for leave that begins.
const SOON: i64 = 7;
/// How many people each part names: names, dates and Slack's 3000 characters of a section then
/// stay far below the 50 blocks of a message.
const NAMED: usize = 60;
const NAMED_LATER: usize = 20;
/// A section's limit is 3000 characters.
const SECTION: usize = 2800;
/// The longest name in characters; Slack allows more.
const NAME: usize = 60;

/// Everything that a digest is made of.
struct Known {
    absences: Vec<Absence>,
    calendars: Calendars,
    people: Vec<Person>,
}

impl Known {
    async fn load(
        tx: &mut TenantTx,
        settings: &Settings,
        first: Date,
    ) -> Result<Self, sqlx::Error> {
        let last = first.saturating_add(AHEAD.days());
        let mut absences = store::absences(tx, first, last, None).await?;
        absences.retain(|absence| sight(Viewer::Colleague, absence.state).is_some());
        for absence in &mut absences {
            absence.name = shorten(&absence.name, NAME);
        }
        Ok(Self {
            absences,
            calendars: store::calendars(tx, settings, first, last).await?,
            people: directory::active_people(tx).await?,
        })
    }

    /// Whether anybody works on a day, as the workspace's week and everybody's own calendar have it.
    fn somebody_works(&self, day: Date) -> bool {
        let works = |person| self.calendars.of(person).works_on(day);
        self.calendars
            .of_workspace()
            .week_on(day)
            .works(day)
            .is_some()
            && self.people.iter().any(works)
    }

    /// The public holidays of a day where people are: “Holi”, “Holi (India), morning”.
    fn holidays(&self, day: Date, settings: &Settings) -> Vec<String> {
        let here = |location: &str| {
            self.people
                .iter()
                .any(|person| person.location.as_deref().unwrap_or(&settings.location) == location)
        };
        self.calendars
            .holidays_on(day)
            .filter(|(location, _)| here(location))
            .map(|(location, holiday)| {
                let place = if location == settings.location {
                    String::new()
                } else {
                    format!(" ({})", escape(&shorten(location, NAME)))
                };
                let part = match holiday.portion {
                    Portion::Full => "",
                    Portion::HalfAm => ", morning",
                    Portion::HalfPm => ", afternoon",
                };
                format!("{}{place}{part}", escape(&shorten(&holiday.name, NAME)))
            })
            .collect()
    }
}

/// Whether anybody in the workspace works on a day.
pub(super) async fn somebody_works(
    tx: &mut TenantTx,
    settings: &Settings,
    day: Date,
) -> Result<bool, sqlx::Error> {
    Ok(Known::load(tx, settings, day).await?.somebody_works(day))
}

/// A digest, and whether it says anything: what says nothing is not posted, and only what was
/// posted is brought up to date.
pub(super) struct Content {
    pub message: Message,
    pub empty: bool,
}

/// What a digest says at this moment.
pub(super) async fn content(
    tx: &mut TenantTx,
    settings: &Settings,
    digest: Digest,
) -> Result<Content, sqlx::Error> {
    let known = Known::load(tx, settings, digest.day).await?;
    Ok(match digest.kind {
        DigestKind::Daily => daily(&known, settings, digest.day),
        DigestKind::Weekly => weekly(&known, settings, digest.day),
    })
}

fn next_working_day(calendar: &PersonCalendar, after: Date) -> Date {
    let tomorrow = after.saturating_add(1.day());
    tomorrow
        .series(1.day())
        .take(14)
        .find(|day| calendar.works_on(*day))
        .unwrap_or(tomorrow)
}

fn daily(known: &Known, settings: &Settings, today: Date) -> Content {
    let next = next_working_day(&known.calendars.of_workspace(), today);
    let off_today = away_on(&known.absences, &known.calendars, today);
    // Who is off today already and stays so is named above.
    let (mut next_only, mut soon) = (Vec::new(), Vec::new());
    for (person, days) in by_person(&known.absences) {
        let whole = overview::whole_days_away(&known.absences, &person.user);
        let calendar = known.calendars.of_absent(person);
        let end = overview::end_of_absence(&whole, &calendar, today);
        let stays = whole.contains(&today) && end >= next;
        if !stays {
            next_only.extend(days.iter().map(|absence| (*absence).clone()));
        }
        let begins: Vec<_> = stretches(&days, &calendar)
            .into_iter()
            .filter(|(first, ..)| next < *first && *first <= today.saturating_add(SOON.days()))
            .collect();
        if !begins.is_empty() {
            let days = in_words(begins, today);
            soon.push(format!("{}, {days}", escape(&person.name)));
        }
    }
    let off_next = away_on(&next_only, &known.calendars, next);
    let holidays = known.holidays(today, settings);

    let mut blocks = part(
        &format!("Off today, {}", words::day(today, today)),
        &off_today,
        NAMED,
        Some("Nobody."),
    );
    let when = if next == today.saturating_add(1.day()) {
        format!("tomorrow, {}", words::day(next, today))
    } else {
        format!("on {}", words::day(next, today))
    };
    let also = if off_today.is_empty() {
        "Off"
    } else {
        "Also off"
    };
    blocks.extend(part(
        &format!("{also} {when}"),
        &off_next,
        NAMED_LATER,
        None,
    ));
    blocks.extend(part("Soon", &soon, NAMED_LATER, None));
    if !holidays.is_empty() {
        blocks.push(context(&format!(
            "Public holiday today: {}",
            words::list(&words::few(&holidays, 8))
        )));
    }
    Content {
        message: Message {
            text: in_short("Off today", &known.absences, today),
            blocks,
        },
        empty: off_today.is_empty() && off_next.is_empty() && holidays.is_empty(),
    }
}

fn weekly(known: &Known, settings: &Settings, first: Date) -> Content {
    let last = first.saturating_add(6.days());
    let next_last = last.saturating_add(7.days());
    let (mut off, mut begins) = (Vec::new(), Vec::new());
    for (person, days) in by_person(&known.absences) {
        let calendar = known.calendars.of_absent(person);
        let (this, later): (Vec<_>, Vec<_>) = stretches(&days, &calendar)
            .into_iter()
            .partition(|(begin, ..)| *begin <= last);
        let later: Vec<_> = later
            .into_iter()
            .filter(|(begin, ..)| *begin <= next_last)
            .collect();
        let line = |stretches| format!("{}: {}", escape(&person.name), in_words(stretches, first));
        if !this.is_empty() {
            off.push(line(this));
        }
        if !later.is_empty() {
            begins.push(line(later));
        }
    }
    let holidays: Vec<String> = first
        .series(1.day())
        .take(7)
        .flat_map(|day| {
            let on = words::day(day, first);
            known
                .holidays(day, settings)
                .into_iter()
                .map(move |holiday| format!("{on}: {holiday}"))
        })
        .collect();
    let week = words::range(first, last, first);
    let mut blocks = vec![header(&format!("Off in the week of {week}"))];
    blocks.extend(lines("", &off, NAMED, Some("Nobody.")));
    blocks.extend(part("From the week after", &begins, NAMED_LATER, None));
    if !holidays.is_empty() {
        blocks.push(context(&format!(
            "Public holidays: {}",
            words::few(&holidays, 10).join("; ")
        )));
    }
    let this_week: Vec<Absence> = known
        .absences
        .iter()
        .filter(|absence| absence.day <= last)
        .cloned()
        .collect();
    let text = match by_person(&this_week).len() {
        0 => format!("Nobody is off in the week of {week}"),
        1 => format!("1 person is off in the week of {week}"),
        many => format!("{many} people are off in the week of {week}"),
    };
    Content {
        message: Message { text, blocks },
        // That nobody is off in a whole week is worth knowing.
        empty: false,
    }
}

/// The line of a notification: “Off today: Asha Rao, Ben Okafor and 3 more”.
fn in_short(what: &str, absences: &[Absence], day: Date) -> String {
    let names: Vec<String> = by_person(absences)
        .into_iter()
        .filter(|(_, days)| days.iter().any(|absence| absence.day == day))
        .map(|(person, _)| escape(&person.name))
        .collect();
    if names.is_empty() {
        return format!("{what}: nobody");
    }
    format!("{what}: {}", words::list(&words::few(&names, 5)))
}

/// A titled list; nothing at all without entries, unless there is a word for that.
fn part(title: &str, entries: &[String], shown: usize, nobody: Option<&str>) -> Vec<SlackBlock> {
    lines(&format!("*{title}*"), entries, shown, nobody)
}

/// A list in as many sections as it takes; what is not shown is counted.
fn lines(title: &str, entries: &[String], shown: usize, nobody: Option<&str>) -> Vec<SlackBlock> {
    let mut texts = vec![title.to_owned()];
    let mut add = |line: String| match texts.last_mut() {
        Some(text) if text.is_empty() => *text = line,
        Some(text) if text.chars().count() + line.chars().count() < SECTION => {
            text.push('\n');
            text.push_str(&line);
        }
        _ => texts.push(line),
    };
    match nobody {
        Some(nobody) if entries.is_empty() => add(nobody.to_owned()),
        None if entries.is_empty() => return Vec::new(),
        _ => {}
    }
    for entry in entries.iter().take(shown) {
        add(format!("• {entry}"));
    }
    if entries.len() > shown {
        add(format!(
            "…and {} more. My Home tab shows everybody.",
            entries.len() - shown
        ));
    }
    texts.iter().map(|text| section(text)).collect()
}
