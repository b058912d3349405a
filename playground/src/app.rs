//! The app, as the playground starts it: the one place that knows how.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result};
use timeoff::app::App as Timeoff;
use timeoff::leave::store as leave;
use timeoff::leave::sync;
use timeoff::leave::work::refresh_messages;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::Config;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::{Db, Server};
use timeoff::platform::ids::{ChannelId, SlackUserId};
use timeoff::tenant::Integrations;
use timeoff::tenant::store::{self as tenant, Actor};
use timeoff::workspace::harvest_users::match_by_email;
use timeoff::workspace::setup;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// How long the app may take to get to know the people.
const ARRIVAL: Duration = Duration::from_secs(30);

/// What the app needs to know.
#[derive(Debug)]
pub struct Settings {
    /// The embedded PostgreSQL.
    pub database_url: String,
    /// The pretend Slack's Web API.
    pub slack_api_url: String,
    /// Signs what the pretend Slack sends.
    pub signing_secret: String,
    /// The app's token in the pretend workspace.
    pub bot_token: String,
    /// Encrypts the token at rest.
    pub token_key: String,
    /// Variables of the services beside Slack.
    pub services: Vec<(&'static str, String)>,
    /// Who approves leave, until an admin chooses otherwise.
    pub approver: String,
    /// Where people write that they are away, until an admin chooses otherwise.
    pub leave_channel: String,
}

/// A new key for [`Settings::token_key`].
pub fn new_token_key() -> String {
    Keyring::generate_key()
}

/// The running app.
#[derive(Debug)]
pub struct App {
    url: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl App {
    /// Migrates the database, listens on a free localhost port, runs jobs, and installs itself in the workspace.
    pub async fn start(settings: Settings) -> Result<Self> {
        Db::migrate(&Server::from_url(&settings.database_url)?).await?;
        let config = Config::read(|name| {
            let value = match name {
                "DATABASE_URL" => &settings.database_url,
                // The embedded database serves one.
                "DATABASE_CONNECTIONS" => "1",
                "SLACK_API_URL" => &settings.slack_api_url,
                "SLACK_SIGNING_SECRET" => &settings.signing_secret,
                "SLACK_BOT_TOKEN" => &settings.bot_token,
                "TOKEN_ENCRYPTION_KEYS" => &settings.token_key,
                other => {
                    let mut services = settings.services.iter();
                    return services
                        .find(|(name, _)| *name == other)
                        .map(|(_, value)| value.clone());
                }
            };
            Some(value.to_owned())
        })?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let timeoff = Timeoff::new(config, Clock::System)?;
        let (stop, stopping) = watch::channel(false);
        let app = Self {
            url,
            stop,
            serving: tokio::spawn(timeoff.clone().serve(listener, stopping)),
        };
        if let Err(error) = arrive(&timeoff, &settings).await {
            if let Err(error) = app.stop().await {
                tracing::warn!(%error, "the app did not stop cleanly");
            }
            return Err(error);
        }
        Ok(app)
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Finishes the work in hand and stops.
    pub async fn stop(self) -> Result<()> {
        // An error would mean that it has stopped already.
        let _ = self.stop.send(true);
        self.serving.await??;
        Ok(())
    }
}

/// Installs the app, lets it get to know the people and their time sheets, and says who decides
/// and where people write.
async fn arrive(timeoff: &Timeoff, chosen: &Settings) -> Result<()> {
    let identity = timeoff.install().await?.context("there is no bot token")?;
    let db = &timeoff.services.db;
    let now = || timeoff.services.clock.now();
    let approver = SlackUserId::parse(&chosen.approver)?;
    let leave_channel = ChannelId::parse(&chosen.leave_channel)?;
    // Not until nothing is left to do: a start after a hard stop has abandoned work, which the
    // app takes up by itself within a minute or two.
    let acquainted = async {
        loop {
            let mut tx = db.begin(&identity.team_id, now()).await?;
            let known = tenant::person(&mut tx, &approver).await?.is_some();
            tx.rollback().await?;
            if known {
                return Ok::<_, anyhow::Error>(());
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(ARRIVAL, acquainted)
        .await
        .context("the app does not get to know the people")??;

    // Asked before there is a transaction: the database has one connection.
    let mut tx = db.begin(&identity.team_id, now()).await?;
    let integrations = Integrations::of(&mut tx, &timeoff.services).await?;
    tx.rollback().await?;
    let time_sheets = match integrations.harvest {
        Some(link) => link.client?.users().await?,
        None => Vec::new(),
    };
    let mut tx = db.begin(&identity.team_id, now()).await?;
    match_by_email(&mut tx, &time_sheets, Actor::System).await?;
    let stored = tenant::settings_to_change(&mut tx)
        .await?
        .context("the workspace is not installed")?;
    let mut settings = stored.clone();
    if settings.approvers.is_empty() {
        settings.approvers = vec![approver];
    }
    settings.leave_channel.get_or_insert(leave_channel);
    tenant::change_settings(&mut tx, &stored, &settings).await?;
    // Everything is chosen, so nobody needs to be asked.
    setup::store::note_done(&mut tx).await?;
    // The pretend Slack forgets its messages when it stops, the database forgets nothing: what
    // still matters is posted anew, so that it can be decided and cancelled.
    tenant::forget_posted_messages(&mut tx).await?;
    for person in tenant::active_people(&mut tx).await? {
        for action in leave::upcoming(&mut tx, &person.user, person.today(now())).await? {
            refresh_messages(&mut tx, "playground", action.id).await?;
            sync::tell_admins(&mut tx, "playground", action.id).await?;
        }
    }
    tx.commit().await?;
    timeoff.runner.wake();
    Ok(())
}
