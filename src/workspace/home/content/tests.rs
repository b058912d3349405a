use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::json;

use super::super::economy::VERSION;
use super::super::paging::{NEXT, turned_to};
use super::*;
use crate::leave::balance::Allowance;
use crate::leave::entries::{Failure, Outcome, Service, ServiceOutcome};
use crate::leave::model::{ActionState, Awaits, LeaveSpan, LeaveType, Portion};
use crate::platform::ids::{ChannelId, SlackUserId};
use crate::tenant::home::Why;
use crate::tenant::{Person, Settings};
use crate::workspace::install::scopes;
use crate::workspace::integrations::State;
use crate::workspace::people;
use crate::workspace::settings::home;
use crate::workspace::setup::{Progress, Standing, Step, greet};

/// Slack's limits. <https://docs.slack.dev/reference/block-kit/blocks>,
/// <https://docs.slack.dev/reference/methods/views.publish>
const BLOCKS: usize = 100;
const TEXT: usize = 3000;
const BYTES: usize = 250_000;
/// The lines that the tab has beside its content: when it was true, and that nothing is new.
const STAMP: usize = 2;

fn today() -> Date {
    date(2026, 3, 2)
}

fn user(number: usize) -> SlackUserId {
    SlackUserId::parse(format!("U{number}")).unwrap()
}

/// A person's name of 80 characters that are all longer in Slack's markup.
fn name(number: usize) -> String {
    format!("{number:&<80}")
}

fn action(number: usize, state: ActionState, reason: Option<&str>) -> PendingAction {
    let first = today().saturating_add(i64::try_from(number % 400).unwrap().days());
    PendingAction {
        id: i64::try_from(number).unwrap(),
        user: user(number),
        leave_type: LeaveType {
            key: "vacation".to_owned(),
            name: "&".repeat(75),
            needs_approval: true,
        },
        span: LeaveSpan::new(first, first.saturating_add(1.day()), Portion::Full).unwrap(),
        reason: reason.map(str::to_owned),
        state,
        awaits: Awaits::Approver,
        reply: None,
        kind_chosen_privately: false,
        created_at: "2026-03-01T09:00:00Z".parse().unwrap(),
        decided_by: None,
        note: None,
        overdue: false,
        half_days: 4,
        given_back: Vec::new(),
    }
}

fn person(number: usize) -> Person {
    Person {
        user: user(number),
        name: name(number),
        zone: TimeZone::UTC,
        location: None,
        team: None,
        approver: None,
        harvest_user: None,
        is_admin: false,
        is_owner: false,
        active: true,
    }
}

fn absence(number: usize, day: Date, portion: Portion) -> Absence {
    Absence {
        user: user(number),
        name: name(number),
        team: None,
        location: None,
        day,
        portion,
        state: ActionState::Completed,
    }
}

/// How many there are of each thing.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    balances: usize,
    upcoming: usize,
    waiting: usize,
    off: usize,
    failed: usize,
    without_approver: usize,
}

fn content(sizes: Sizes) -> Content {
    let absences = (0..sizes.off)
        .flat_map(|number| {
            // Every other day another half, so that nothing is one range.
            [0i64, 1, 2, 7, 8, 9, 14].into_iter().map(move |ahead| {
                let portion = if ahead % 2 == 0 {
                    Portion::HalfAm
                } else {
                    Portion::HalfPm
                };
                absence(number, today().saturating_add(ahead.days()), portion)
            })
        })
        .collect();
    let waiting = |number| Waiting {
        action: action(number, ActionState::Pending, Some(&"<\n".repeat(250))),
        since: "Sun 1 March".to_owned(),
        also_off: (0..30).map(name).collect(),
    };
    let failed = |number| {
        let failure = Failure {
            reason: "Harvest answered 503: <down>".repeat(20),
            missing: (0..40)
                .map(|day| {
                    let day = today().saturating_add((2 * day).days());
                    (day, day)
                })
                .collect(),
            left_over: Vec::new(),
        };
        let outcome = ServiceOutcome {
            service: Service::Harvest,
            outcome: Outcome::Failed(failure),
        };
        (action(number, ActionState::Completed, None), vec![outcome])
    };
    Content {
        today: today(),
        leave_year_starts: 4,
        status: vec![status::running()],
        balances: (0..sizes.balances)
            .map(|number| Balance {
                name: name(number),
                allowance: Allowance::of_half_days(51).unwrap(),
                leave_year: 2026,
                booked: 60,
                waiting: 7,
            })
            .collect(),
        upcoming: (0..sizes.upcoming)
            .map(|number| action(number, ActionState::Completed, None))
            .collect(),
        waiting: Some((0..sizes.waiting).map(waiting).collect()),
        absences,
        calendars: Calendars::default(),
        admin: Some(ForAdmins {
            services: true,
            failed: (0..sizes.failed).map(failed).collect(),
            without_approver: (0..sizes.without_approver).map(person).collect(),
            nobody_has_one: false,
            settings: longest_settings(),
        }),
    }
}

/// Every permission is missing, no step of the set-up is dealt with, and each setting takes as much
/// room as it can.
fn longest_settings() -> Vec<SlackBlock> {
    let long = |length: usize| "&".repeat(length);
    let channel = || ChannelId::parse(format!("C{}", "0".repeat(20))).ok();
    let scopes: Vec<String> = scopes::bot_scopes()
        .into_iter()
        .map(str::to_owned)
        .collect();
    let mut blocks = scopes::notice_with(None, true, &scopes).unwrap().blocks;
    blocks.push(greet::home_block(&Progress {
        steps: [
            Step::LeaveChannel,
            Step::Approvers,
            Step::Zone,
            Step::Calendar,
        ]
        .map(|step| (step, Standing::Open))
        .to_vec(),
        calendar: None,
        is_done: false,
    }));
    let chosen = Settings {
        location: long(80),
        approvers: (0..30).map(user).collect(),
        approver_channel: channel(),
        remind_after_days: vec![10; 10],
        leave_channel: channel(),
        trigger_words: (0..50).map(|_| long(50)).collect(),
        zone: "America/Argentina/ComodRivadavia".to_owned(),
        digest_channel: channel(),
        daily_digest_at: Some(jiff::civil::time(23, 59, 0, 0)),
        weekly_digest_at: Some(jiff::civil::time(23, 59, 0, 0)),
        announcement_channel: channel(),
        ..Settings::default()
    };
    let kind = |number: usize| LeaveType {
        key: number.to_string(),
        name: long(75),
        needs_approval: false,
    };
    blocks.extend(home::view(&home::Stands {
        settings: &chosen,
        week: long(400),
        types: (0..60).map(kind).collect(),
        integrations: State {
            calendar_id: None,
            calendar: long(400),
            harvest_is_on: true,
            harvest: long(400),
        },
        has_google: true,
        has_openai: true,
    }));
    blocks.push(actions("people", vec![people::import_button()]));
    blocks
}

/// Every text of a view, and the values of its buttons.
fn strings(value: &serde_json::Value, key: &str, found: &mut Vec<String>) {
    match value {
        serde_json::Value::Array(values) => {
            for value in values {
                strings(value, key, found);
            }
        }
        serde_json::Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    serde_json::Value::String(text) if name == key => found.push(text.clone()),
                    _ => strings(value, key, found),
                }
            }
        }
        _ => {}
    }
}

fn all(blocks: &[SlackBlock], key: &str) -> Vec<String> {
    let mut found = Vec::new();
    strings(&json!(blocks), key, &mut found);
    found
}

fn fits(blocks: &[SlackBlock]) {
    assert!(blocks.len() + STAMP <= BLOCKS, "{} blocks", blocks.len());
    let bytes = json!(blocks).to_string().len();
    assert!(bytes < BYTES / 2, "{bytes} bytes");
    for text in all(blocks, "text") {
        assert!(text.chars().count() <= TEXT, "{text}");
    }
}

/// Presses each Next until there is none, and gives every view on the way.
fn every_page(content: &Content) -> Vec<Vec<SlackBlock>> {
    let first = view(content, &Pages::default());
    let mut lists: BTreeSet<String> = BTreeSet::new();
    let mut seen = vec![first];
    let mut pages = Pages::default();
    loop {
        let shown = json!(seen.last());
        let next = shown
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|block| block["elements"].as_array())
            .flatten()
            .filter(|element| element["action_id"] == NEXT)
            .find_map(|element| turned_to(element["value"].as_str()?));
        let Some((list, page)) = next else {
            return seen;
        };
        lists.insert(list.clone());
        pages = pages.after(&Why::Turn { list, page });
        seen.push(view(content, &pages));
        assert!(seen.len() < 1000, "no end of {lists:?}");
    }
}

fn any_sizes() -> impl Strategy<Value = Sizes> {
    let size = |most| prop_oneof![Just(0usize), 1usize..8, 0usize..most];
    (size(30), size(60), size(60), size(520), size(30), size(520)).prop_map(
        |(balances, upcoming, waiting, off, failed, without_approver)| Sizes {
            balances,
            upcoming,
            waiting,
            off,
            failed,
            without_approver,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]
    #[test]
    fn every_view_fits_into_slacks_limits_and_everything_is_on_some_page(sizes in any_sizes()) {
        let content = content(sizes);
        let views = every_page(&content);
        for view in &views {
        fits(view);
    }
        let mut texts = BTreeSet::new();
        let mut buttons = BTreeSet::new();
        for view in &views {
            texts.extend(all(view, "text").iter().flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>()));
            for block in json!(view).as_array().into_iter().flatten() {
                for element in block["elements"].as_array().into_iter().flatten().chain([&block["accessory"]]) {
                    buttons.insert(format!("{} {}", element["action_id"].as_str().unwrap_or(""), element["value"].as_str().unwrap_or("")));
                }
            }
        }
        for number in 0..sizes.off {
            let name = crate::clients::blocks::escape(&name(number));
            prop_assert!(texts.contains(&format!("• {name}, in the morning")), "{number} is off today");
            prop_assert!(texts.iter().any(|line| line.starts_with(&format!("• {name}: Tue 3 March"))), "{number} is off soon");
        }
        for number in 0..sizes.without_approver {
            let name = crate::clients::blocks::escape(&name(number));
            prop_assert!(texts.contains(&format!("• {name}")), "{number} has no approver");
        }
        for number in 0..sizes.balances {
            let name = crate::clients::blocks::escape(&name(number));
            prop_assert!(texts.iter().any(|line| line.starts_with(&format!("*{name}*: "))), "balance {number}");
        }
        let pressable = |action: &str, count: usize| (0..count).all(|number| buttons.contains(&format!("{action} {number}")));
        prop_assert!(pressable(views::CANCEL, sizes.upcoming));
        prop_assert!(pressable(views::APPROVE, sizes.waiting) && pressable(views::DENY, sizes.waiting));
        prop_assert!(pressable(views::RETRY, sizes.failed));
    }
}

#[test]
fn a_company_of_500_people_fits_on_every_page() {
    let most = Sizes {
        balances: 40,
        upcoming: 40,
        waiting: 60,
        off: 500,
        failed: 40,
        without_approver: 499,
    };
    let views = every_page(&content(most));
    for view in &views {
        fits(view);
    }
    // docs/design.md says so.
    let greatest = views.iter().map(Vec::len).max().unwrap_or_default();
    assert_eq!(greatest + STAMP, 76);
    let pages = 1 + 3 + 4 + 11 + 24 + 24 + 6 + 24;
    assert_eq!(views.len(), pages);
}

/// A line for each block.
fn sketch(blocks: &[SlackBlock]) -> String {
    let line = |block: &serde_json::Value| {
        let mut texts = Vec::new();
        strings(block, "text", &mut texts);
        format!(
            "{}: {}",
            block["type"].as_str().unwrap_or_default(),
            texts.join(" | ").replace('\n', " / ")
        )
    };
    let blocks = json!(blocks);
    let lines = blocks.as_array().into_iter().flatten().map(line);
    lines.collect::<Vec<_>>().join("\n")
}

/// Whoever changes what is below also raises [`VERSION`]: else people see the old view of data that
/// has not changed, until their next day.
#[test]
fn a_view_that_looks_different_is_another_version() {
    let mut content = content(Sizes {
        balances: 1,
        upcoming: 9,
        waiting: 0,
        off: 0,
        failed: 0,
        without_approver: 1,
    });
    content.balances[0].name = "Vacation".to_owned();
    content.status = vec![crate::clients::blocks::section("*Slack status*")];
    let asked = |number, reason| {
        let mut action = action(number, ActionState::Pending, reason);
        action.leave_type.name = "Vacation".to_owned();
        action
    };
    content.upcoming.truncate(1);
    content.upcoming[0] = asked(3, None);
    content.waiting = Some(vec![Waiting {
        action: asked(1, Some("Moving house")),
        since: "Sun 1 March".to_owned(),
        also_off: vec!["Dev Patel Tue 3 March".to_owned()],
    }]);
    content.absences = vec![
        Absence {
            name: "Asha Rao".to_owned(),
            ..absence(1, today(), Portion::Full)
        },
        Absence {
            name: "Asha Rao".to_owned(),
            ..absence(1, date(2026, 3, 9), Portion::HalfPm)
        },
    ];
    if let Some(admin) = &mut content.admin {
        // Their own room shows them, and has its own tests.
        admin.settings.clear();
        admin.without_approver[0].name = "Ben Okafor".to_owned();
        let failure = Failure {
            reason: "Harvest answered 503".to_owned(),
            missing: vec![(today(), today())],
            left_over: Vec::new(),
        };
        let outcome = ServiceOutcome {
            service: Service::Harvest,
            outcome: Outcome::Failed(failure),
        };
        admin.failed = vec![(asked(2, None), vec![outcome])];
    }
    let seen = format!(
        "version {VERSION}\n{}",
        sketch(&view(&content, &Pages::default()))
    );
    insta::assert_snapshot!(seen, @"
    version 2
    header: Your time off
    actions: Request time off | Refresh
    section: *How much you have left* / *Vacation*: :warning: 4.5 days more than the 25.5 days of 2026/27 (3.5 waiting)
    section: Yes, cancel | Keep it | The request for Vacation, Thu 5 – Fri 6 March will not be decided any more. | Cancel this leave? | Cancel request | *Vacation, Thu 5 – Fri 6 March* / 2 working days, waiting for approval
    section: *Slack status*
    divider: 
    header: Waiting for you
    section: <@U1> asks for *Vacation, Tue 3 – Wed 4 March*, 2 working days. Waiting since Sun 1 March. / > Moving house
    context: Also off then: Dev Patel Tue 3 March
    actions: Approve | Deny
    divider: 
    section: *Off today, Mon 2 March* / • Asha Rao
    section: *Off in the next two weeks, until Mon 16 March* / • Asha Rao: Mon 9 March (afternoon)
    divider: 
    header: For admins
    context: You see this because you are an admin of this workspace.
    section: :warning: *Leave that is not everywhere as it should be*
    section: Retry | <@U2>: *Vacation, Wed 4 – Thu 5 March* / ✗ Harvest, Mon 2 March not entered: Harvest answered 503
    context: Retry does only what failed, and looks first for what is there.
    section: *People without an approver* / • Ben Okafor
    context: Their requests go to the workspace's admins. Choose approvers for everybody below, under “Approvals”; whoever runs timeoff can choose one for a single person: `timeoff admin person USER --approver USER`.
    ");
}
