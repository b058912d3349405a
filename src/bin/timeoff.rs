//! The operator's command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jiff::civil::Date;
use timeoff::app::App;
use timeoff::leave::days::Holiday;
use timeoff::leave::model::{LeaveType, Portion};
use timeoff::leave::store as leave;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::Config;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::{Db, TenantTx};
use timeoff::platform::ids::{SlackUserId, WorkspaceId};
use timeoff::platform::telemetry::{self, LogFormat};
use timeoff::tenant::Settings;
use timeoff::tenant::store::{self as tenant, Actor, Audit, PersonChange};
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
    /// Show the settings, or change some: timeoff admin settings approvers='["U012AB3CD"]'
    Settings {
        /// NAME=VALUE pairs; the value as JSON, or plain text.
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
            Db::migrate(Config::from_env()?.database_url.expose()).await?;
            println!("The database is up to date.");
            Ok(())
        }
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
    match app.install().await? {
        Some(identity) => println!("Installed in {} ({}).", identity.team, identity.team_id),
        None => println!("No SLACK_BOT_TOKEN: serving the workspaces that are installed already."),
    }
    println!(
        "Listening on http://{address}. Point Slack's request URLs at /slack/events, /slack/interactivity and /slack/commands there."
    );
    served.await??;
    Ok(())
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
    let config = Config::from_env()?;
    let db = Db::connect_lazy(config.database_url.expose(), 1)?;
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
            let settings = changed_settings(&settings, &changes)?;
            tenant::save_settings(tx, &settings).await?;
            println!("{}", serde_json::to_string_pretty(&settings)?);
            Ok(Some(("settings".to_owned(), "changed")))
        }
        Admin::People => {
            for person in tenant::active_people(tx).await? {
                let admin = if person.is_admin { "admin" } else { "" };
                let zone = person.zone.iana_name().unwrap_or("UTC");
                println!(
                    "{:<14} {:<24} {:<20} {:<10} {admin}",
                    person.user.as_str(),
                    person.name,
                    zone,
                    person.team.unwrap_or_default()
                );
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
            if let Some(id) = approver.as_deref().filter(|id| !id.is_empty())
                && tenant::person(tx, &SlackUserId::parse(id)?)
                    .await?
                    .is_none()
            {
                return Err(format!("The approver {id} is not in the workspace's people.").into());
            }
            let change = PersonChange {
                location: location.as_deref(),
                team: team.as_deref(),
                approver: approver.as_deref(),
                active,
            };
            if !tenant::change_person(tx, &user, &change).await? {
                return Err(format!("{user} is not in the workspace's people.").into());
            }
            println!("Saved.");
            Ok(Some((format!("person:{user}"), "changed")))
        }
        Admin::Holidays { location } => {
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
            println!("Saved {count} public holidays for “{location}”.");
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
            let week = timeoff::leave::days::WorkingWeek::parse(&days, from, minutes, &hours)?;
            leave::save_working_week(tx, user.as_ref(), &week).await?;
            println!("Saved. It holds from {from} on.");
            Ok(Some(("week".to_owned(), "changed")))
        }
        Admin::LeaveType {
            key,
            name,
            needs_approval,
        } => {
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

fn changed_settings(settings: &Settings, changes: &[String]) -> Result<Settings, Failure> {
    let mut json = serde_json::to_value(settings)?;
    for change in changes {
        let (name, value) = change
            .split_once('=')
            .ok_or_else(|| format!("“{change}” is not NAME=VALUE"))?;
        let slot = json.get_mut(name).ok_or_else(|| {
            format!("There is no setting “{name}”. `timeoff admin settings` lists them.")
        })?;
        *slot = serde_json::from_str(value).unwrap_or_else(|_| value.into());
    }
    let settings: Settings = serde_json::from_value(json)?;
    settings.check()?;
    Ok(settings)
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
    Ok((
        day,
        Holiday {
            portion,
            name: name.to_owned(),
        },
    ))
}
