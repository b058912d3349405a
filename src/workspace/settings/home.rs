//! How the settings stand, in the Home tab of admins.

use jiff::civil::Time;

use super::calendar::CALENDAR;
use super::form::Form;
use super::harvest::HARVEST;
use super::leave_types;
use super::open::OPEN;
use super::week::{Weeks, in_words};
use crate::clients::blocks::{
    SlackBlock, button, escape, header, section, section_with_button, shorten,
};
use crate::leave::model::LeaveType;
use crate::leave::store as leave;
use crate::leave::words::{self, counted};
use crate::platform::db::TenantTx;
use crate::platform::ids::{ChannelId, SlackUserId};
use crate::services::Services;
use crate::tenant::model::zone;
use crate::tenant::{Day, Integrations, PeopleFrom, Settings};
use crate::workspace::integrations::{State, state_of};

/// More than this of a list is only counted.
const SHOWN: usize = 8;

/// The settings, with the buttons that change them. For admins only.
pub async fn home_blocks(
    tx: &mut TenantTx,
    services: &Services,
    settings: &Settings,
    integrations: &Integrations,
) -> Result<Vec<SlackBlock>, sqlx::Error> {
    let today = tx.now().to_zoned(zone(&settings.zone)).date();
    Ok(view(&Stands {
        settings,
        week: in_words(&Weeks::read(tx, today).await?.current),
        types: leave::leave_types(tx).await?,
        integrations: state_of(integrations, &services.outside, true),
        has_google: services.outside.google.is_some(),
        has_openai: services.openai.is_some(),
    }))
}

/// What is told of.
pub(in crate::workspace) struct Stands<'a> {
    /// What the admins chose.
    pub settings: &'a Settings,
    /// The working week, in words.
    pub week: String,
    /// The leave types that are offered.
    pub types: Vec<LeaveType>,
    /// The calendar and Harvest.
    pub integrations: State,
    /// Whether a calendar can be chosen.
    pub has_google: bool,
    /// Whether a model reads messages too.
    pub has_openai: bool,
}

/// The blocks. Pure.
pub(in crate::workspace) fn view(stands: &Stands<'_>) -> Vec<SlackBlock> {
    let (settings, state) = (stands.settings, &stands.integrations);
    let group = |title: &str, lines: &[String], dialog: &str| {
        section_with_button(
            &format!("*{title}*\n{}", lines.join("\n")),
            button(OPEN, "Change", dialog),
        )
    };
    let form = |form: Form, lines: &[String]| group(form.title(), lines, form.key());
    let types: Vec<String> = stands
        .types
        .iter()
        .map(|it| {
            let how = if it.needs_approval {
                ""
            } else {
                " (noted without asking)"
            };
            format!("{}{how}", escape(&it.name))
        })
        .collect();
    let kinds = match words::list(&words::few(&types, SHOWN)) {
        none if none.is_empty() => ":warning: none, so nobody can ask for leave".to_owned(),
        some => some,
    };
    vec![
        header("Settings"),
        form(Form::LeaveChannel, &leave_channel(settings)),
        form(Form::Approvals, &approvals(settings)),
        group("Leave types", &[kinds], leave_types::LIST),
        form(Form::WorkingTime, &working_time(settings, &stands.week)),
        form(Form::Messages, &messages(settings)),
        form(Form::Data, &[data(settings)]),
        if stands.has_google {
            group("Google Calendar", &[capital(&state.calendar)], CALENDAR)
        } else {
            section(&format!("*Google Calendar*\n{}", capital(&state.calendar)))
        },
        group("Harvest", &[capital(&state.harvest)], HARVEST),
        section(&format!("*OpenAI*\n{}", openai(stands.has_openai))),
    ]
}

/// Words that follow a colon elsewhere stand by themselves here.
fn capital(words: &str) -> String {
    let mut characters = words.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    escape(&format!(
        "{}{}",
        first.unwrap_or_default(),
        characters.as_str()
    ))
}

fn channel(channel: &ChannelId) -> String {
    format!("<#{channel}>")
}

fn leave_channel(settings: &Settings) -> Vec<String> {
    let read = match settings.people_from {
        PeopleFrom::Everyone => "Everyone in the workspace can ask for leave.",
        PeopleFrom::LeaveChannel => "The members of the leave channel can ask for leave.",
    };
    let Some(leave) = &settings.leave_channel else {
        return vec![
            "None: people ask with `/timeoff` or here.".to_owned(),
            read.to_owned(),
        ];
    };
    let trigger: Vec<String> = settings
        .trigger_words
        .iter()
        .map(|it| format!("“{}”", escape(it)))
        .collect();
    let trigger = if trigger.is_empty() {
        ":warning: I listen for no words, so I answer nobody there.".to_owned()
    } else {
        format!(
            "I listen for {}.",
            words::list(&words::few(&trigger, SHOWN))
        )
    };
    vec![
        format!(
            "{}. A question of mine lapses after {}.",
            channel(leave),
            duration(settings.question_expires_minutes)
        ),
        shorten(&trigger, 500),
        read.to_owned(),
    ]
}

fn duration(minutes: u32) -> String {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    match minutes {
        _ if minutes.is_multiple_of(1440) => counted(number(minutes / 1440), "day", "days"),
        _ if minutes.is_multiple_of(60) => counted(number(minutes / 60), "hour", "hours"),
        _ => counted(number(minutes), "minute", "minutes"),
    }
}

fn approvals(settings: &Settings) -> Vec<String> {
    let mut who: Vec<String> = settings
        .approvers
        .iter()
        .map(SlackUserId::mention)
        .collect();
    who = words::few(&who, SHOWN);
    if let Some(channel) = &settings.approver_channel {
        who.push(format!("the members of <#{channel}>"));
    }
    let alone = who.len() == 1 && settings.approver_channel.is_none();
    let who = match (who.is_empty(), alone) {
        (true, _) => "The workspace's admins decide.".to_owned(),
        (_, true) => format!("{} decides.", words::list(&who)),
        _ => format!("{} decide.", words::list(&who)),
    };
    let reminders: Vec<String> = settings
        .remind_after_days
        .iter()
        .map(ToString::to_string)
        .collect();
    let reminded = if reminders.is_empty() {
        "Nobody is reminded".to_owned()
    } else {
        format!("Reminders after {} working days", words::list(&reminders))
    };
    let own = if settings.self_approval {
        "An only approver may approve their own leave."
    } else {
        "Nobody approves their own leave."
    };
    vec![
        who,
        format!(
            "{reminded}; the admins are asked too after {}.",
            counted(
                settings.escalate_after_days.into(),
                "working day",
                "working days"
            )
        ),
        own.to_owned(),
    ]
}

fn working_time(settings: &Settings, week: &str) -> Vec<String> {
    let month = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    .get(usize::try_from(settings.leave_year_starts - 1).unwrap_or_default())
    .copied()
    .unwrap_or("January");
    vec![
        format!("{week}."),
        format!(
            "Time zone {}; public holidays of “{}”.",
            escape(&settings.zone),
            escape(&settings.location)
        ),
        format!(
            "The leave year begins in {month}; one request takes up to {}.",
            counted(
                settings.longest_leave_days.into(),
                "working day",
                "working days"
            )
        ),
    ]
}

fn messages(settings: &Settings) -> Vec<String> {
    let time = |time: Time| time.strftime("%H:%M").to_string();
    let digest = match &settings.digest_channel {
        None => "“Who is off” is not posted.".to_owned(),
        Some(digest) => {
            let times: Vec<String> = [
                settings
                    .daily_digest_at
                    .map(|at| format!("every day at {}", time(at))),
                settings.weekly_digest_at.map(|at| {
                    format!(
                        "every {} at {}",
                        weekday(settings.weekly_digest_on),
                        time(at)
                    )
                }),
            ]
            .into_iter()
            .flatten()
            .collect();
            if times.is_empty() {
                format!(
                    ":warning: “Who is off” has the channel {} but no time, so it is not posted.",
                    channel(digest)
                )
            } else {
                format!(
                    "“Who is off” in {} {}.",
                    channel(digest),
                    words::list(&times)
                )
            }
        }
    };
    let announced = match &settings.announcement_channel {
        None => "Approved leave is not announced.".to_owned(),
        Some(to) => format!("Approved leave is announced in {}.", channel(to)),
    };
    let reminded = if settings.remind_day_before {
        "People are reminded of their own leave the day before."
    } else {
        "People are not reminded of their own leave."
    };
    vec![digest, announced, reminded.to_owned()]
}

fn weekday(day: Day) -> &'static str {
    match day {
        Day::Monday => "Monday",
        Day::Tuesday => "Tuesday",
        Day::Wednesday => "Wednesday",
        Day::Thursday => "Thursday",
        Day::Friday => "Friday",
        Day::Saturday => "Saturday",
        Day::Sunday => "Sunday",
    }
}

fn data(settings: &Settings) -> String {
    let days = counted(settings.retention_days.into(), "day", "days");
    format!("Kept for {days} after the app is removed, then deleted.")
}

fn openai(is_on: bool) -> &'static str {
    if is_on {
        "On: what my own rules do not understand for certain in the leave channel, a model of OpenAI's reads too."
    } else {
        "Off: my own rules read the leave channel. Whoever runs timeoff can switch it on."
    }
}
