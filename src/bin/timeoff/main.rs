//! The operator's command.

mod admin;
mod client;
mod columns;
mod import;
mod integrations;
mod keys;
mod leaves;
mod parse;
mod secrets;
mod settings;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use timeoff::app::{App, AtStart, TOKEN_IS_REFUSED};
use timeoff::platform::clock::Clock;
use timeoff::platform::config::{Config, DatabaseConfig};
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::{Db, Server, TenantTx};
use timeoff::platform::ids::WorkspaceId;
use timeoff::platform::telemetry::{self, LogFormat};
use timeoff::tenant::Workspace;
use timeoff::tenant::store as tenant;
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
    /// Keys for secrets at rest, and for programs that use the signed API.
    #[command(subcommand)]
    Keys(Keys),
    /// Secrets of a deployment, in Parameter Store.
    #[command(subcommand)]
    Secrets(secrets::Secrets),
    /// Look at and change a workspace, until it has its pages.
    Admin {
        /// Slack's team id; may be left out when there is only one workspace.
        #[arg(long, global = true)]
        workspace: Option<String>,
        #[command(subcommand)]
        what: AdminCommand,
    },
}

#[derive(Subcommand)]
enum Keys {
    /// Print a new key for TOKEN_ENCRYPTION_KEYS.
    Generate,
    /// Encrypt every stored secret with the first of TOKEN_ENCRYPTION_KEYS, while timeoff runs. Afterwards the other keys can be removed.
    Rotate,
    #[command(flatten)]
    Api(keys::ApiKeys),
}

#[derive(Subcommand)]
enum AdminCommand {
    #[command(flatten)]
    Here(admin::Admin),
    #[command(flatten)]
    ThroughApi(leaves::Leaves),
}

/// How long to wait before the workspace is installed again after Slack could not be reached.
const INSTALL_AGAIN: Duration = Duration::from_mins(1);

/// How often traces are sent, and how long that may take.
const FLUSH: Duration = Duration::from_secs(5);

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    // A missing .env is ordinary.
    let _ = dotenvy::dotenv();
    // One future for all commands is a large one.
    match Box::pin(run(Cli::parse().command)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::All => Box::pin(all()).await,
        Command::Migrate => {
            let owner = Server::of_person(&DatabaseConfig::owner_from_env()?).await?;
            Db::migrate(&owner).await?;
            println!("The database is up to date.");
            Ok(())
        }
        Command::Parse(command) => parse::parse(&command),
        Command::Secrets(command) => secrets::run(command).await,
        Command::Keys(Keys::Generate) => {
            println!("{}", Keyring::generate_key());
            Ok(())
        }
        Command::Keys(Keys::Rotate) => keys::rotate().await,
        Command::Keys(Keys::Api(command)) => keys::run(command).await,
        Command::Admin { workspace, what } => match what {
            AdminCommand::Here(what) => admin::run(workspace, what).await,
            AdminCommand::ThroughApi(_) if workspace.is_some() => {
                Err("The key says which workspace it is: leave --workspace out.".into())
            }
            AdminCommand::ThroughApi(command) => leaves::run(command).await,
        },
    }
}

async fn all() -> Result<(), Failure> {
    let config = Config::from_env()?;
    let telemetry =
        telemetry::start_with(LogFormat::Text, "timeoff=info,warn", config.otlp.as_ref());
    if telemetry.has_collector() {
        tokio::spawn(telemetry.clone().flush_every(FLUSH));
    }
    Db::migrate(&Server::of_person(&config.database_owner).await?).await?;
    let listener = TcpListener::bind(&config.listen)
        .await
        .map_err(|error| format!("Cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let server = Server::of_person(&config.database).await?;
    let db = Db::connect_lazy(server, config.database_connections);
    let app = App::with_database(config, db, Clock::System);
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(async move {
        interrupted().await;
        // Nobody listens any more: it has stopped already.
        let _ = stop.send(true);
    });
    let served = tokio::spawn(app.clone().serve(listener, stopping));
    match app.install_at_start().await? {
        AtStart::Installed(identity) => {
            println!("Installed in {} ({}).", identity.team, identity.team_id);
        }
        AtStart::NoToken => {
            println!("No SLACK_BOT_TOKEN: serving the workspaces that are installed already.");
        }
        // The workspace may be installed from before; its people must not wait for Slack's API.
        AtStart::NotNow(error) => {
            eprintln!("{error}. Serving what is installed already, and trying again every minute.");
            tokio::spawn(install_later(app));
        }
        // A workspace that removed the app must not take it from the others.
        AtStart::Refused(error) => tracing::error!("{error}. {TOKEN_IS_REFUSED}"),
    }
    println!(
        "Listening on http://{address}. Point Slack's request URLs at /slack/events, /slack/interactivity and /slack/commands there."
    );
    let served = served.await?;
    telemetry.flush(FLUSH).await;
    Ok(served?)
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

/// The workspace that is meant, for a command that needs no server.
async fn chosen(workspace: Option<String>) -> Result<(Db, WorkspaceId), Failure> {
    let server = Server::of_person(&DatabaseConfig::from_env()?).await?;
    Db::check(&server).await?;
    let db = Db::connect_lazy(server, 1);
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
    Ok((db, workspace))
}

async fn begin(db: &Db, workspace: &WorkspaceId) -> Result<(TenantTx, Workspace), Failure> {
    let mut tx = db.begin(workspace, Clock::System.now()).await?;
    match tenant::workspace(&mut tx).await? {
        Some(found) => Ok((tx, found)),
        None => Err(format!("timeoff is not installed in {workspace}.").into()),
    }
}
