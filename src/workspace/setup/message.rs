//! The message of the set-up.

use super::choose::{APPROVERS, LEAVE_CHANNEL, SKIP, ZONE};
use super::progress::{Progress, Standing, Step};
use crate::clients::blocks::{
    SlackBlock, actions, button, choose_channel, choose_people, context, divider, escape, header,
    primary, section, section_with_menu,
};
use crate::clients::slack::Message;
use crate::leave::words;
use crate::platform::ids::{ChannelId, SlackUserId};
use crate::tenant::{Person, Settings};
use crate::workspace::settings::{CALENDAR, Form, OPEN};

/// Where the app is tried, once it is set up.
pub(super) fn how_to_try(settings: &Settings) -> String {
    let first = match &settings.leave_channel {
        Some(channel) => format!(
            "Write “on leave tomorrow” in <#{channel}>, and I answer in a thread. Or type `/timeoff` anywhere."
        ),
        None => "Type `/timeoff` anywhere to ask for time off.".to_owned(),
    };
    format!(
        ":tada: All set. {first}\nEverything else has a sensible start. My Home tab has all settings whenever you want to change something."
    )
}

/// The message, for one admin. `note`: what they should know first.
pub(super) fn message(reader: &Person, settings: &Settings, progress: &Progress) -> Message {
    let text = "Let us set up timeoff";
    let mut blocks = vec![
        header("Welcome to timeoff"),
        section(&format!(
            "Hello {}! I take requests for time off to the people who approve them, and show who is away. {} and your team can begin. Each is saved as you make it. You can stop at any time and go on later, here or in my Home tab.",
            escape(&reader.name),
            if progress.steps.len() == 4 {
                "Four short choices"
            } else {
                "Three short choices"
            },
        )),
        divider(),
    ];
    for (index, (step, standing)) in progress.steps.iter().enumerate() {
        let title = format!("{}. {}", index + 1, step.title());
        blocks.extend(shown(*step, *standing, &title, reader, settings, progress));
    }
    let (dealt_with, all) = (progress.dealt_with(), progress.steps.len());
    blocks.push(context(&if progress.is_done {
        "The set-up is finished. My Home tab has all settings.".to_owned()
    } else {
        format!("{dealt_with} of {all} done.")
    }));
    Message {
        text: text.to_owned(),
        blocks,
    }
}

/// One step: how it stands, and the controls to choose.
fn shown(
    step: Step,
    standing: Standing,
    title: &str,
    reader: &Person,
    settings: &Settings,
    progress: &Progress,
) -> Vec<SlackBlock> {
    let text = match standing {
        Standing::Open => format!("*{title}*\n{}", question(step)),
        Standing::Chosen => format!(
            ":white_check_mark: *{title}*\n{}",
            choice(step, settings, progress)
        ),
        Standing::Skipped => format!(":fast_forward: *{title}*\n{}", without(step)),
    };
    // What is finished is changed in Home: a message of long ago is no place for it.
    if progress.is_done {
        return vec![section(&text)];
    }
    let skip = (standing == Standing::Open).then(|| button(SKIP, "Skip", step.as_str()));
    let name = format!("setup_{}", step.as_str());
    let mut buttons = Vec::new();
    let mut blocks = match step {
        Step::LeaveChannel => {
            let chosen = settings.leave_channel.as_ref().map(ChannelId::as_str);
            let menu = choose_channel(LEAVE_CHANNEL, "Choose a channel", chosen);
            vec![section_with_menu(&name, &text, menu)]
        }
        Step::Approvers => {
            let chosen = settings.approvers.iter().map(ToString::to_string).collect();
            let menu = choose_people(APPROVERS, "Choose people", chosen);
            vec![section_with_menu(&name, &text, menu)]
        }
        Step::Zone => {
            let own = reader.zone.iana_name().unwrap_or("UTC");
            if standing == Standing::Open {
                buttons.push(primary(button(ZONE, &format!("Use {own}"), own)));
            }
            buttons.push(button(OPEN, "Another time zone", Form::Zone.key()));
            vec![section(&text)]
        }
        Step::Calendar => {
            let label = if standing == Standing::Chosen {
                "Change the calendar"
            } else {
                "Connect a calendar"
            };
            buttons.push(button(OPEN, label, CALENDAR));
            vec![section(&text)]
        }
    };
    buttons.extend(skip);
    if !buttons.is_empty() {
        blocks.push(actions(&format!("{name}_buttons"), buttons));
    }
    blocks
}

fn question(step: Step) -> &'static str {
    match step {
        Step::LeaveChannel => {
            "Where do people write that they are away? I go into a public channel by myself, read along, and answer whoever writes “on leave tomorrow”."
        }
        Step::Approvers => {
            "Who decides on requests? With nobody chosen, the admins of this workspace do."
        }
        Step::Zone => {
            "When is it morning for your team? It decides when a digest is posted. Each person's own days follow their Slack profile."
        }
        Step::Calendar => "Shall approved leave appear in a Google calendar?",
    }
}

fn choice(step: Step, settings: &Settings, progress: &Progress) -> String {
    match step {
        Step::LeaveChannel => settings
            .leave_channel
            .as_ref()
            .map(|channel| format!("<#{channel}>"))
            .unwrap_or_default(),
        Step::Approvers => {
            let mut who: Vec<String> = settings
                .approvers
                .iter()
                .map(SlackUserId::mention)
                .collect();
            who = words::few(&who, 8);
            if let Some(channel) = &settings.approver_channel {
                who.push(format!("the members of <#{channel}>"));
            }
            words::list(&who)
        }
        Step::Zone => escape(&settings.zone),
        Step::Calendar => progress.calendar.as_deref().map(escape).unwrap_or_default(),
    }
}

/// What holds where a step is skipped.
fn without(step: Step) -> &'static str {
    match step {
        Step::LeaveChannel => "None: people ask with `/timeoff`.",
        Step::Approvers => "The admins of this workspace decide.",
        Step::Zone => "UTC, until you choose another.",
        Step::Calendar => "None for now.",
    }
}
