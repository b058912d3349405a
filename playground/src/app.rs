//! The app, as the playground starts it: the one place that knows how.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use timeoff::app::App as Timeoff;
use timeoff::jobs;
use timeoff::leave::store as leave;
use timeoff::leave::sync;
use timeoff::leave::work::refresh_messages;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::Config;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::{Db, Server, TenantTx};
use timeoff::platform::ids::{ChannelId, SlackUserId, WorkspaceId};
use timeoff::tenant::store::{self as tenant, Actor};
use timeoff::tenant::{Integrations, Messenger};
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
    /// The app's token in the first workspace.
    pub bot_token: String,
    /// The app's name and password at the pretend Slack, with which others install it.
    pub client: (String, String),
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

/// The app, ready to start: nothing runs yet.
pub struct Ready {
    timeoff: Timeoff,
    listener: TcpListener,
    url: String,
    settings: Settings,
}

/// What the app knows of a workspace that installed it at an earlier time. The pretend Slack forgets
/// that when it stops.
#[derive(Debug)]
pub struct Installed {
    /// Its token there.
    pub token: String,
    /// Channels that it reads, or writes to.
    pub channels: Vec<String>,
}

/// The running app.
#[derive(Debug)]
pub struct App {
    url: String,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Ready {
    /// Migrates the database, takes a free localhost port, and wires the app.
    pub async fn new(settings: Settings) -> Result<Self> {
        Db::migrate(&Server::from_url(&settings.database_url)?).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let config = Config::read(|name| {
            let value = match name {
                "DATABASE_URL" => &settings.database_url,
                // The embedded database serves one.
                "DATABASE_CONNECTIONS" => "1",
                "PUBLIC_URL" => &url,
                "SLACK_API_URL" => &settings.slack_api_url,
                "SLACK_SIGNING_SECRET" => &settings.signing_secret,
                "SLACK_BOT_TOKEN" => &settings.bot_token,
                "SLACK_CLIENT_ID" => &settings.client.0,
                "SLACK_CLIENT_SECRET" => &settings.client.1,
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
        Ok(Self {
            timeoff: Timeoff::new(config, Clock::System)?,
            listener,
            url,
            settings,
        })
    }

    /// What it knows of a workspace; `None`: it is not installed there.
    pub async fn installed_in(&self, workspace: &str) -> Result<Option<Installed>> {
        let services = &self.timeoff.services;
        let workspace = WorkspaceId::parse(workspace)?;
        let mut tx = services.db.begin(&workspace, services.clock.now()).await?;
        let known = tenant::workspace(&mut tx).await?;
        tx.rollback().await?;
        let Some(known) = known else {
            return Ok(None);
        };
        let messenger = Messenger::of(services, &workspace)
            .await
            .map_err(|error| anyhow!("no token of {workspace}: {}", error.why))?;
        let settings = known.settings;
        let channels = [
            settings.leave_channel,
            settings.approver_channel,
            settings.digest_channel,
            settings.announcement_channel,
        ];
        Ok(Some(Installed {
            token: messenger.token().expose().to_owned(),
            channels: channels.into_iter().flatten().map(String::from).collect(),
        }))
    }

    /// Serves requests, runs jobs, and installs itself in the first workspace. `others` have it
    /// already.
    pub async fn start(self, others: &[&str]) -> Result<App> {
        let (stop, stopping) = watch::channel(false);
        let timeoff = self.timeoff;
        let app = App {
            url: self.url,
            stop,
            serving: tokio::spawn(timeoff.clone().serve(self.listener, stopping)),
        };
        let arriving = async {
            arrive(&timeoff, &self.settings).await?;
            for workspace in others {
                let workspace = WorkspaceId::parse(*workspace)?;
                let db = &timeoff.services.db;
                let mut tx = db.begin(&workspace, timeoff.services.clock.now()).await?;
                post_anew(&mut tx).await?;
                tx.commit().await?;
            }
            timeoff.runner.wake();
            Ok(())
        };
        if let Err(error) = arriving.await {
            if let Err(error) = app.stop().await {
                tracing::warn!(%error, "the app did not stop cleanly");
            }
            return Err(error);
        }
        Ok(app)
    }
}

impl App {
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
    // Everything is about to be chosen. As soon as the schedule knew the admins, it would ask them.
    let mut tx = db.begin(&identity.team_id, now()).await?;
    setup::store::note_done(&mut tx).await?;
    tx.commit().await?;
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
    post_anew(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The pretend Slack forgets its messages when it stops, the database forgets nothing: what still
/// matters is posted anew, so that it can be decided and cancelled.
async fn post_anew(tx: &mut TenantTx) -> Result<()> {
    let being_set_up = setup::store::is_done(tx).await? == Some(false);
    let asked = tenant::posted_keys(tx, "setup:").await?;
    tenant::forget_posted_messages(tx).await?;
    for key in asked.iter().filter(|_| being_set_up) {
        // Other keys tell a posting of the message from the ones before it.
        if let Some(Ok(user)) = key.strip_prefix("setup:").map(SlackUserId::parse) {
            let show = setup::ShowSetup { user, anew: false };
            jobs::enqueue(tx, "playground", &show).await?;
        }
    }
    let now = tx.now();
    for person in tenant::active_people(tx).await? {
        for action in leave::upcoming(tx, &person.user, person.today(now)).await? {
            refresh_messages(tx, "playground", action.id).await?;
            sync::tell_admins(tx, "playground", action.id).await?;
        }
    }
    Ok(())
}
