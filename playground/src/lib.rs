//! The whole system on a laptop: an embedded PostgreSQL, a pretend Slack, Google Calendar and
//! Harvest with pages for the browser, and the app.
//!
//! [`start`] starts them in this order and gives the addresses; [`Playground::stop`] stops them in the reverse one. The
//! command (`cargo run -p playground`) and the browser test both use it.

pub mod app;
pub mod company;
pub mod database;
pub mod folder;
pub mod services;

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use simulators::slack::{SlackSim, SlackSimConfig};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use app::App;
use database::Database;
use folder::DataFolder;
use services::PretendServices;

/// The page's port when nothing else is asked for.
pub const PAGE_PORT: u16 = 4400;

/// How many ports after the wanted one are tried when it is taken.
const NEXT_PORTS: u16 = 20;

/// What a playground can be told.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where data stays between two starts.
    pub data: PathBuf,
    /// Start with an empty database.
    pub reset: bool,
    /// The page's port; when it is taken, the next free one. 0 is any free port.
    pub port: u16,
    /// Hears, in a few words, what is going on.
    pub progress: fn(&str),
}

/// A running playground.
#[derive(Debug)]
pub struct Playground {
    page_url: String,
    app: App,
    database: Database,
    slack: PretendSlack,
    services: PretendServices,
    // Given up last, so that a next playground finds everything at rest.
    _folder: DataFolder,
}

/// Starts everything. What was started is stopped again when a later step fails.
pub async fn start(options: Options) -> Result<Playground> {
    let say = options.progress;

    let mut folder = DataFolder::take(&options.data)?;
    if options.reset {
        say("Clearing the data folder");
        folder.clear()?;
    }
    let returning = folder.database().exists();
    say(if returning {
        "Opening the database"
    } else {
        "Making a database (the first start takes a moment longer)"
    });
    let database = Database::open(&folder.database()).await?;

    say("Opening the pretend Slack, calendar and time sheet");
    let slack = PretendSlack::open(options.port).await?;
    let next = if options.port == 0 {
        0
    } else {
        slack.port.saturating_add(1)
    };
    let services = PretendServices::open(next, &folder).await?;
    slack.sim.set_links(services.link(&slack.url));

    say("Starting the app");
    let token_key = folder.key(app::new_token_key)?;
    let app = Box::pin(start_app(&slack, &services, database.url(), token_key)).await;
    let app = match app {
        Ok(app) => app,
        Err(error) => {
            if let Err(error) = database.stop().await {
                tracing::warn!(%error, "the database did not stop cleanly");
            }
            return Err(error.context("the app did not start"));
        }
    };
    slack.sim.set_app_url(app.url());
    slack
        .sim
        .set_install_url(&format!("{}/slack/install", app.url()));

    folder.note_page(&slack.url)?;
    Ok(Playground {
        page_url: slack.url.clone(),
        app,
        database,
        slack,
        services,
        _folder: folder,
    })
}

/// Starts the app, in the first workspace and in whichever other one added it before.
async fn start_app(
    slack: &PretendSlack,
    services: &PretendServices,
    database_url: String,
    token_key: String,
) -> Result<App> {
    let ready = app::Ready::new(app::Settings {
        database_url,
        slack_api_url: slack.sim.api_url(),
        signing_secret: slack.sim.signing_secret().to_owned(),
        bot_token: slack.bot_token.clone(),
        client: slack.client.clone(),
        services: services.environment(),
        token_key,
        approver: company::BEN.to_owned(),
        leave_channel: company::LEAVE.to_owned(),
    })
    .await?;
    let mut others = Vec::new();
    if let Some(known) = ready.installed_in(company::NEIGHBOURS).await? {
        company::neighbours_come_back(&slack.sim, &known.token, &known.channels);
        others.push(company::NEIGHBOURS);
    }
    Box::pin(ready.start(&others)).await
}

impl Playground {
    /// The pretend Slack's page.
    pub fn page_url(&self) -> &str {
        &self.page_url
    }

    /// The pretend Google Calendar and Harvest.
    pub fn services(&self) -> &PretendServices {
        &self.services
    }

    /// Where the app listens.
    pub fn app_url(&self) -> &str {
        self.app.url()
    }

    /// The embedded database; the app holds its only connection.
    pub fn database_url(&self) -> String {
        self.database.url()
    }

    /// The pretend Slack, for tests.
    pub fn slack(&self) -> &SlackSim {
        &self.slack.sim
    }

    /// Stops everything; the data stays.
    pub async fn stop(self) -> Result<()> {
        // No more requests, then no more work, then no more database.
        drop(self.slack);
        let app = self.app.stop().await;
        drop(self.services);
        self.database.stop().await?;
        app
    }
}

/// The pretend Slack on its port, until it is dropped.
struct PretendSlack {
    sim: SlackSim,
    url: String,
    port: u16,
    bot_token: String,
    /// The app's name and password at this Slack.
    client: (String, String),
    server: JoinHandle<()>,
}

impl PretendSlack {
    async fn open(port: u16) -> Result<Self> {
        let config = SlackSimConfig::default();
        let client = (
            config.app.client_id.clone(),
            config.app.client_secret.clone(),
        );
        let sim = SlackSim::new(config);
        let bot_token = company::move_in(&sim);
        company::neighbours_move_in(&sim);
        let (address, server) = sim.serve(free_port(port).await?)?;
        Ok(Self {
            sim,
            url: format!("http://{address}"),
            port: address.port(),
            bot_token,
            client,
            server,
        })
    }
}

impl Drop for PretendSlack {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl std::fmt::Debug for PretendSlack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PretendSlack")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Listens on the wanted port or the next free one.
async fn free_port(wanted: u16) -> Result<TcpListener> {
    let last = if wanted == 0 {
        wanted
    } else {
        wanted.saturating_add(NEXT_PORTS)
    };
    for port in wanted..=last {
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(error).with_context(|| format!("cannot listen on port {port}"));
            }
        }
    }
    anyhow::bail!("the ports {wanted} to {last} are all taken; choose another with --port N")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_gives_the_next_free_one() {
        let first = free_port(0).await.unwrap();
        let taken = first.local_addr().unwrap().port();
        let second = free_port(taken).await.unwrap();
        let next = second.local_addr().unwrap().port();
        assert!(next > taken && next <= taken + NEXT_PORTS, "{taken} {next}");
    }
}
