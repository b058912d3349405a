//! The operator's command.

mod parse;

use std::fmt::Write as _;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use serde_json::Value;
use timeoff::app::App;
use timeoff::leave::days::Holiday;
use timeoff::leave::model::{LeaveType, Portion};
use timeoff::leave::store as leave;
use timeoff::leave::words::counted;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::Config;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::{Db, TenantTx};
use timeoff::platform::ids::{SlackUserId, WorkspaceId};
use timeoff::platform::telemetry::{self, LogFormat};
use timeoff::tenant::store::{self as tenant, Actor, Audit, PersonChange};
use timeoff::tenant::{Person, Settings};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// A Slack time-off system: ask with /timeoff, approve with a button.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Migrate the database, install the workspace of SLACK_BOT_TOKEN, serve Slack and run jobs.
    All,
    /// Bring the database's schema up to date.
    Migrate,
    /// Show what a message in the leave channel means.
    Parse(parse::Parse),
    /// Keys for secrets at rest.
    #[command(subcommand)]
    Keys(Keys),
    /// Look at and change a workspace, until it has its pages.
    Admin {
        /// Slack's team id; may be left out when there is only one workspace.
        #[arg(long, global = true)]
        workspace: Option<String>,
        #[command(subcommand)]
        what: Admin,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// Print a new key for TOKEN_ENCRYPTION_KEYS.
    Generate,
}

#[derive(Subcommand)]
enum Admin {
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
    },
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
    },
}

/// How long to wait before the workspace is installed again after Slack could not be reached.
const INSTALL_AGAIN: Duration = Duration::from_mins(1);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    // A missing .env is ordinary.
    let _ = dotenvy::dotenv();
    match run(Cli::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::All => all().await,
        Command::Migrate => {
            Db::migrate(Config::database_url_from_env()?.expose()).await?;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Parse(command) => parse::parse(&command),
        Command::Keys(Keys::Generate) => {
            println!("{}", Keyring::generate_key());
            Ok(())
        }
        Command::Admin { workspace, what } => admin(workspace, what).await,
    }
}

async fn all() -> Result<(), Failure> {
    telemetry::start(LogFormat::Text, "timeoff=info,warn");
    let config = Config::from_env()?;
    Db::migrate(config.database_url.expose()).await?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("Cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let app = App::new(config, Clock::System)?;
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        interrupted().await;
        // Nobody listens any more: it has stopped already.
        let _ = stop.send(true);
    });
    let served = tokio::spawn(app.clone().serve(listener, stopping));
    match app.install().await {
        Ok(Some(identity)) => println!("Installed in {} ({}).", identity.team, identity.team_id),
        Ok(None) => {
            println!("No SLACK_BOT_TOKEN: serving the workspaces that are installed already.");
        }
        // The workspace may be installed from before; its people must not wait for Slack's API.
        Err(error) if error.may_pass() => {
            eprintln!("{error}. Serving what is installed already, and trying again every minute.");
            tokio::spawn(install_later(app));
        }
        Err(error) => return Err(error.into()),
    }
    println!(
        "Listening on http://{address}. Point Slack's request URLs at /slack/events, /slack/interactivity and /slack/commands there."
    );
    served.await??;
    Ok(())
}

async fn install_later(app: App) {
    loop {
        tokio::time::sleep(INSTALL_AGAIN).await;
        match app.install().await {
            Ok(Some(identity)) => {
                return println!("Installed in {} ({}).", identity.team, identity.team_id);
            }
            Ok(None) => return,
            Err(error) => tracing::warn!(%error, "still not installed"),
        }
    }
}

async fn interrupted() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

async fn admin(workspace: Option<String>, what: Admin) -> Result<(), Failure> {
    let url = Config::database_url_from_env()?;
    Db::check(url.expose()).await?;
    let db = Db::connect_lazy(url.expose(), 1)?;
    let workspace = match workspace {
        Some(id) => WorkspaceId::parse(id)?,
        None => match tenant::workspace_ids(&db).await?.as_slice() {
            [only] => only.clone(),
            [] => return Err("No workspace is installed yet.".into()),
            several => {
                let ids: Vec<&str> = several.iter().map(WorkspaceId::as_str).collect();
                return Err(format!(
                    "There are several workspaces; choose one with --workspace: {}",
                    ids.join(", ")
                )
                .into());
            }
        },
    };
    let mut tx = db.begin(&workspace, Clock::System.now()).await?;
    let Some(found) = tenant::workspace(&mut tx).await? else {
        return Err(format!("timeoff is not installed in {workspace}.").into());
    };
    let changed = change(&mut tx, found.settings, what).await?;
    if let Some((subject, action)) = changed {
        let entry = Audit {
            actor: Actor::System,
            subject,
            action,
            from: None,
            to: None,
            detail: serde_json::json!({"by": "command line"}),
        };
        tenant::audit(&mut tx, &entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Does one admin command; returns what the audit log should say, if something changed.
async fn change(
    tx: &mut TenantTx,
    settings: Settings,
    what: Admin,
) -> Result<Option<(String, &'static str)>, Failure> {
    match what {
        Admin::Settings { changes } if changes.is_empty() => {
            println!("{}", serde_json::to_string_pretty(&settings)?);
            Ok(None)
        }
        Admin::Settings { changes } => {
            let changed = changed_settings(&settings, &changes)?;
            for user in changed
                .approvers
                .iter()
                .filter(|user| !settings.approvers.contains(user))
            {
                known(tx, user).await?;
            }
            let settings = changed;
            tenant::save_settings(tx, &settings).await?;
            println!("{}", serde_json::to_string_pretty(&settings)?);
            Ok(Some(("settings".to_owned(), "changed")))
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
        } => {
            let user = SlackUserId::parse(user)?;
            if approver.is_none() && team.is_none() && location.is_none() && active.is_none() {
                return Err(
                    "Say what to change: --approver, --team, --location or --active.".into(),
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
            println!("Saved.");
            Ok(Some((format!("person:{user}"), "changed")))
        }
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
            Ok(Some((format!("holidays:{location}"), "imported")))
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
            Ok(Some(("week".to_owned(), "changed")))
        }
        Admin::LeaveType {
            key,
            name,
            needs_approval,
        } => {
            check_leave_type(&key, &name)?;
            leave::save_leave_type(
                tx,
                &LeaveType {
                    key: key.clone(),
                    name,
                    needs_approval,
                },
            )
            .await?;
            println!("Saved.");
            Ok(Some((format!("leave_type:{key}"), "changed")))
        }
    }
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
            if person.is_admin { "yes" } else { "" }.to_owned(),
        ]
    }));
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: [usize; 7] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"))
            .collect();
        // Writing into a text cannot fail.
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}

/// A leave type becomes an option of a menu, for which Slack has limits.
fn check_leave_type(key: &str, name: &str) -> Result<(), Failure> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if key.is_empty() || key.len() > 40 || !key.chars().all(fits) {
        return Err(
            format!("“{key}” cannot be a key: up to 40 small letters, digits and _ can.").into(),
        );
    }
    if name.trim().is_empty() || name.chars().count() > 75 {
        return Err("The name must have 1 to 75 characters.".into());
    }
    Ok(())
}

fn changed_settings(settings: &Settings, changes: &[String]) -> Result<Settings, Failure> {
    let defaults = serde_json::to_value(Settings::default())?;
    let mut json = serde_json::to_value(settings)?;
    for change in changes {
        let (name, value) = change
            .split_once('=')
            .ok_or_else(|| format!("“{change}” is not NAME=VALUE"))?;
        let default = defaults.get(name).ok_or_else(|| {
            format!("There is no setting “{name}”. `timeoff admin settings` lists them.")
        })?;
        json[name] = read_setting(value.trim(), default);
        serde_json::from_value::<Settings>(json.clone())
            .map_err(|_| format!("{name} cannot be “{value}”: it is {}.", shape(default)))?;
    }
    let settings: Settings = serde_json::from_value(json)?;
    settings.check()?;
    Ok(settings)
}

/// A value as it is typed: JSON, or a text, or texts with commas where a list belongs.
fn read_setting(value: &str, default: &Value) -> Value {
    let json = || serde_json::from_str(value).ok();
    match default {
        Value::String(_) => value.into(),
        Value::Null if value.is_empty() => Value::Null,
        Value::Array(_) => json().filter(Value::is_array).unwrap_or_else(|| {
            let items = value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            items
                .map(|item| serde_json::from_str::<Value>(item).unwrap_or_else(|_| item.into()))
                .collect()
        }),
        _ => json().unwrap_or_else(|| value.into()),
    }
}

/// What a setting looks like, by its default.
fn shape(default: &Value) -> String {
    match default {
        Value::Bool(_) => "true or false".to_owned(),
        Value::Number(number) => format!("a number, such as {number}"),
        Value::Array(items) if items.is_empty() => {
            "a list of user ids, such as U012AB3CD,U045EF6GH".to_owned()
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            format!("a list, such as {}", items.join(","))
        }
        Value::Null => "a channel id, such as C012AB3CD, or nothing".to_owned(),
        _ => "a text".to_owned(),
    }
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
