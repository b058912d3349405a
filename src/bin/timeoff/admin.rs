//! `timeoff admin …`: looking at a workspace and changing it.

use std::io::IsTerminal;

use clap::Subcommand;
use jiff::civil::Date;
use serde_json::{Map, Value};
use timeoff::clients::harvest::User;
use timeoff::leave::balance::Allowance;
use timeoff::leave::days::Holiday;
use timeoff::leave::model::{LeaveType, Portion, leave_type_name};
use timeoff::leave::store::{self as leave, OwnAllowance};
use timeoff::leave::words::counted;
use timeoff::platform::db::TenantTx;
use timeoff::platform::ids::SlackUserId;
use timeoff::tenant::store::{self as tenant, Actor, Audit, PersonChange};
use timeoff::tenant::{Person, Settings, check_approvers};
use timeoff::workspace::harvest_users::match_by_email;
use timeoff::workspace::people::follow_limit;

use crate::columns::columns;
use crate::import;
use crate::integrations::{self, HarvestArguments};
use crate::settings::changed_settings;
use crate::{Failure, begin, chosen};

#[derive(Subcommand)]
pub enum Admin {
    /// Show the settings, or change some: timeoff admin settings approvers=U012AB3CD,U045EF6GH
    Settings {
        /// NAME=VALUE pairs; a list is written with commas, nothing after = clears a value.
        changes: Vec<String>,
    },
    /// List the people.
    People,
    /// Change what Slack does not know of a person. An empty text clears a value.
    Person {
        /// Slack's user id.
        user: String,
        /// Who approves this person's leave: a user id.
        #[arg(long)]
        approver: Option<String>,
        /// Whose leave this person sees beside their own.
        #[arg(long)]
        team: Option<String>,
        /// Whose public holidays hold.
        #[arg(long)]
        location: Option<String>,
        /// Whether the person may ask for leave.
        #[arg(long)]
        active: Option<bool>,
        /// Who the person is in Harvest; an empty text: nobody.
        #[arg(long)]
        harvest_id: Option<String>,
        /// How much of a kind of leave the person has a year: TYPE=DAYS, TYPE=none for no limit, TYPE= for
        /// what everybody has. May be given several times.
        #[arg(long, value_name = "TYPE=DAYS")]
        allowance: Vec<String>,
    },
    /// Have the people read from Slack, and see how far that is.
    ImportPeople,
    /// Find everybody in Harvest by their email address.
    HarvestUsers,
    /// Show the calendar in which leave appears, or name another: an id, or off.
    Calendar {
        /// From “Integrate calendar” in the calendar's settings; off: none.
        id: Option<String>,
    },
    /// Show the account of Harvest in which leave is booked, or connect one.
    Harvest(HarvestArguments),
    /// Import public holidays: lines of YYYY-MM-DD,NAME or YYYY-MM-DD,NAME,morning|afternoon on standard input.
    Holidays {
        /// The place that they hold for.
        #[arg(long, default_value = "default")]
        location: String,
    },
    /// Set the working week from a day on, for the workspace or one person.
    Week {
        /// Monday to Sunday, seven letters: F full, a morning, p afternoon, - off. Such as FFFFF--
        #[arg(allow_hyphen_values = true)]
        days: String,
        /// A person; without it, the workspace's week.
        #[arg(long)]
        user: Option<String>,
        /// The first day on which it holds.
        #[arg(long, default_value = "2000-01-01")]
        from: Date,
        /// The work of a whole day in minutes.
        #[arg(long, default_value_t = 480)]
        minutes: u32,
        /// The working hours: begin, where the halves meet, end.
        #[arg(long, default_value = "11:00,15:00,19:00")]
        hours: String,
    },
    /// Add a leave type, or change one.
    LeaveType {
        /// Its key, such as parental.
        key: String,
        /// The name that people read.
        #[arg(long)]
        name: String,
        /// Whether an approver decides.
        #[arg(long, default_value_t = true, action = clap::ArgAction::Set)]
        needs_approval: bool,
        /// How many days of it everybody has a leave year, such as 25 or 12.5; none: no limit. Without it,
        /// what was set before stays.
        #[arg(long, value_name = "DAYS")]
        allowance: Option<String>,
    },
}

pub async fn run(workspace: Option<String>, what: Admin) -> Result<(), Failure> {
    let (db, workspace) = chosen(workspace).await?;
    // Nobody is asked while a transaction is open.
    let harvest_users = match &what {
        Admin::Calendar { id } => {
            return integrations::calendar(&db, &workspace, id.as_deref()).await;
        }
        Admin::ImportPeople => return import::run(&db, &workspace).await,
        Admin::Harvest(arguments) => {
            return integrations::harvest(&db, &workspace, arguments).await;
        }
        Admin::HarvestUsers => {
            let harvest = integrations::account_of(&db, &workspace).await?;
            harvest.users().await?
        }
        _ => Vec::new(),
    };
    let (mut tx, found) = begin(&db, &workspace).await?;
    let changed = change(&mut tx, found.settings, what, &harvest_users).await?;
    if let Some(Changed {
        subject,
        action,
        mut detail,
    }) = changed
    {
        detail.insert("by".to_owned(), "command line".into());
        let entry = Audit {
            actor: Actor::System,
            subject,
            action,
            from: None,
            to: None,
            detail: Value::Object(detail),
        };
        tenant::audit(&mut tx, &entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What the audit log says of a command.
struct Changed {
    subject: String,
    action: &'static str,
    detail: Map<String, Value>,
}

impl Changed {
    fn new(subject: impl Into<String>, action: &'static str) -> Self {
        Self {
            subject: subject.into(),
            action,
            detail: Map::new(),
        }
    }
}

/// Does one admin command; returns what the audit log should say, if something changed.
async fn change(
    tx: &mut TenantTx,
    settings: Settings,
    what: Admin,
    harvest_users: &[User],
) -> Result<Option<Changed>, Failure> {
    match what {
        Admin::Settings { changes } if changes.is_empty() => {
            println!("{}", serde_json::to_string_pretty(&settings)?);
            Ok(None)
        }
        Admin::Settings { changes } => {
            // Read again, so that nobody changes them in the meantime.
            let from = tenant::settings_to_change(tx).await?.unwrap_or(settings);
            let to = changed_settings(&from, &changes)?;
            if let Some(wrong) = check_approvers(tx, &from, &to).await? {
                let unknown: Vec<&str> = wrong.unknown.iter().map(SlackUserId::as_str).collect();
                let unknown = format!(
                    "I do not know {}: an app, a guest from elsewhere, or somebody new (`timeoff admin import-people` reads everybody from Slack).",
                    unknown.join(", ")
                );
                return Err(wrong.because(unknown).into());
            }
            let changed = tenant::change_settings(tx, &from, &to).await?;
            let read_again = follow_limit(tx, "command-line", &from, &to, None).await?;
            println!("{}", serde_json::to_string_pretty(&to)?);
            if read_again.is_some() {
                eprintln!(
                    "The people are read from Slack again while timeoff runs. `timeoff admin import-people` shows how far that is."
                );
            }
            Ok(Some(Changed {
                detail: changed,
                ..Changed::new("settings", "changed")
            }))
        }
        Admin::People => {
            let people = tenant::active_people(tx).await?;
            if people.is_empty() {
                println!("Nobody yet. The people are read from Slack while timeoff runs.");
            } else {
                print!("{}", table(&people));
            }
            Ok(None)
        }
        Admin::Person {
            user,
            approver,
            team,
            location,
            active,
            harvest_id,
            allowance,
        } => {
            let user = SlackUserId::parse(user)?;
            let nothing = [&approver, &team, &location, &harvest_id]
                .iter()
                .all(|value| value.is_none());
            if nothing && active.is_none() && allowance.is_empty() {
                return Err(
                    "Say what to change: --approver, --team, --location, --active, --harvest-id or --allowance."
                        .into(),
                );
            }
            if let Some(id) = approver.as_deref().filter(|id| !id.is_empty()) {
                known(tx, &SlackUserId::parse(id)?).await?;
            }
            let change = PersonChange {
                location: location.as_deref(),
                team: team.as_deref(),
                approver: approver.as_deref(),
                active,
            };
            known(tx, &user).await?;
            tenant::change_person(tx, &user, &change).await?;
            if let Some(id) = harvest_id {
                tenant::set_harvest_user(tx, &user, harvest_id_of(&id)?).await?;
            }
            for allowance in &allowance {
                let (leave_type, own) = own_allowance(allowance)?;
                if !leave::set_own_allowance(tx, &user, leave_type, own).await? {
                    return Err(format!("There is no leave type “{leave_type}”.").into());
                }
            }
            println!("Saved.");
            Ok(Some(Changed::new(format!("person:{user}"), "changed")))
        }
        Admin::HarvestUsers => {
            let matched = match_by_email(tx, harvest_users, Actor::System).await?;
            print!("{matched}");
            // Each person's entry is written already.
            Ok(None)
        }
        // They have a transaction of their own.
        Admin::Calendar { .. } | Admin::Harvest(_) | Admin::ImportPeople => Ok(None),
        Admin::Holidays { location } => {
            if std::io::stdin().is_terminal() {
                eprintln!("Type or paste the lines, then press Ctrl-D.");
            }
            let text = std::io::read_to_string(std::io::stdin())?;
            let mut count = 0;
            for (number, line) in text
                .lines()
                .enumerate()
                .filter(|(_, line)| !line.trim().is_empty())
            {
                let (day, holiday) = holiday(line)
                    .map_err(|error| format!("Line {}: {error}. Nothing was saved.", number + 1))?;
                leave::save_holiday(tx, &location, day, &holiday).await?;
                count += 1;
            }
            if count == 0 {
                return Err("There was no public holiday on standard input.".into());
            }
            let holidays = counted(count, "public holiday", "public holidays");
            println!("Saved {holidays} for “{location}”.");
            Ok(Some(Changed::new(
                format!("holidays:{location}"),
                "imported",
            )))
        }
        Admin::Week {
            days,
            user,
            from,
            minutes,
            hours,
        } => {
            let user = user.map(SlackUserId::parse).transpose()?;
            if let Some(user) = &user {
                known(tx, user).await?;
            }
            let week = timeoff::leave::days::WorkingWeek::parse(&days, from, minutes, &hours)?;
            if week.days.iter().all(Option::is_none) {
                return Err(
                    "A week has at least one working day, or nobody could ask for leave.".into(),
                );
            }
            leave::save_working_week(tx, user.as_ref(), &week).await?;
            println!("Saved. It holds from {from} on.");
            Ok(Some(Changed::new("week", "changed")))
        }
        Admin::LeaveType {
            key,
            name,
            needs_approval,
            allowance,
        } => {
            let name = check_leave_type(&key, &name)?;
            let allowance = allowance.as_deref().map(days_a_year).transpose()?;
            leave::save_leave_type(
                tx,
                &LeaveType {
                    key: key.clone(),
                    name,
                    needs_approval,
                },
            )
            .await?;
            if let Some(allowance) = allowance {
                leave::set_allowance(tx, &key, allowance).await?;
            }
            println!("Saved.");
            Ok(Some(Changed::new(format!("leave_type:{key}"), "changed")))
        }
    }
}

/// A Harvest id as it is typed; an empty text clears it.
fn harvest_id_of(text: &str) -> Result<Option<u64>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(id @ 1..=0x7fff_ffff_ffff_ffff) => Ok(Some(id)),
        _ => Err(format!("“{text}” is no Harvest id: those are numbers.").into()),
    }
}

/// A number of days a year; `none` is no limit.
fn days_a_year(text: &str) -> Result<Option<Allowance>, Failure> {
    if text == "none" {
        return Ok(None);
    }
    Ok(Some(text.parse()?))
}

/// `vacation=28`, `vacation=none`, `vacation=`: a leave type, and what a person has of it instead of
/// what everybody has.
fn own_allowance(text: &str) -> Result<(&str, Option<OwnAllowance>), Failure> {
    let (leave_type, days) = text
        .split_once('=')
        .ok_or_else(|| format!("“{text}” is not TYPE=DAYS, such as vacation=28."))?;
    let own = match days {
        "" => None,
        days => Some(days_a_year(days)?.map_or(OwnAllowance::NoLimit, OwnAllowance::Days)),
    };
    Ok((leave_type, own))
}

/// Refuses a person who is not in the directory.
async fn known(tx: &mut TenantTx, user: &SlackUserId) -> Result<(), Failure> {
    match tenant::person(tx, user).await? {
        Some(_) => Ok(()),
        None => Err(format!(
            "{user} is not in the workspace's people. `timeoff admin people` lists them."
        )
        .into()),
    }
}

/// The people, in columns as wide as their longest value.
fn table(people: &[Person]) -> String {
    let mut rows = vec![
        [
            "USER",
            "NAME",
            "TIME ZONE",
            "TEAM",
            "PLACE",
            "APPROVER",
            "HARVEST",
            "ADMIN",
        ]
        .map(str::to_owned),
    ];
    rows.extend(people.iter().map(|person| {
        [
            person.user.to_string(),
            person.name.clone(),
            person.zone.iana_name().unwrap_or("UTC").to_owned(),
            person.team.clone().unwrap_or_default(),
            person.location.clone().unwrap_or_default(),
            person
                .approver
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            person
                .harvest_user
                .map(|id| id.to_string())
                .unwrap_or_default(),
            if person.is_admin { "yes" } else { "" }.to_owned(),
        ]
    }));
    columns(&rows)
}

/// A leave type becomes an option of a menu, for which Slack has limits.
fn check_leave_type(key: &str, name: &str) -> Result<String, Failure> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if key.is_empty() || key.len() > 40 || !key.chars().all(fits) {
        return Err(
            format!("“{key}” cannot be a key: up to 40 small letters, digits and _ can.").into(),
        );
    }
    Ok(leave_type_name(name)?)
}

fn holiday(line: &str) -> Result<(Date, Holiday), String> {
    let mut fields = line.split(',').map(str::trim);
    let day = fields.next().unwrap_or_default();
    let day: Date = day
        .parse()
        .map_err(|_| format!("“{day}” is not a date such as 2026-12-25"))?;
    let name = fields
        .next()
        .filter(|name| !name.is_empty())
        .ok_or("the name is missing")?;
    let portion = match fields.next() {
        None | Some("" | "full") => Portion::Full,
        Some("morning") => Portion::HalfAm,
        Some("afternoon") => Portion::HalfPm,
        Some(other) => return Err(format!("“{other}” is neither morning nor afternoon")),
    };
    if let Some(more) = fields.next() {
        return Err(format!(
            "“{more}” is one field too many; a name cannot hold a comma"
        ));
    }
    Ok((
        day,
        Holiday {
            portion,
            name: name.to_owned(),
        },
    ))
}
