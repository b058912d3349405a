//! Everything wired once: configuration → clients → gateway, jobs and the local server.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::task::TaskTracker;
use tracing::error;

use crate::admin::Api;
use crate::clients::http::Http;
use crate::clients::openai::OpenAi;
use crate::clients::slack::{Identity, OauthApp, SlackApi};
use crate::gateway::{BODY_LIMIT, Gateway, observe, receive};
use crate::jobs::Runner;
use crate::platform::clock::Clock;
use crate::platform::config::{Config, Secret};
use crate::platform::db::{Db, Server};
use crate::routes::{self, SLACK_PATHS, Table};
use crate::schedule;
use crate::services::{Outside, Services};
use crate::workspace::install::consent::Consent;
use crate::workspace::install::{self, InstallError};

/// How many jobs run at once in the local server.
const WORKERS: usize = 4;
/// How often the schedule runs in the local server.
const SCHEDULE: Duration = Duration::from_mins(1);

/// What became of the workspace of `SLACK_BOT_TOKEN` when the app started.
#[derive(Debug)]
pub enum AtStart {
    /// It is installed.
    Installed(Identity),
    /// There is no such token.
    NoToken,
    /// Slack or the database is away; trying again later can help.
    NotNow(InstallError),
    /// Slack refuses the token. That is its workspace's trouble; others are served.
    Refused(InstallError),
}

/// What an operator does about a token that Slack refuses.
pub const TOKEN_IS_REFUSED: &str = "All other workspaces are served. Install the app in that workspace again and set its new SLACK_BOT_TOKEN, or take SLACK_BOT_TOKEN out.";

/// The app, not yet listening.
#[derive(Clone)]
pub struct App {
    /// What features use.
    pub services: Services,
    /// What runs the jobs.
    pub runner: Runner,
    gateway: Gateway,
    api: Api,
    consent: Consent,
    bot_token: Option<Secret>,
}

impl App {
    /// Wires the app. Nothing is connected yet. A database that is logged in to with IAM needs
    /// [`App::with_database`].
    pub fn new(config: Config, clock: Clock) -> Result<Self, sqlx::Error> {
        let server = Server::new(&config.database, None, None)?;
        let db = Db::connect_lazy(server, config.database_connections);
        Ok(Self::with_database(config, db, clock))
    }

    /// Wires the app to a database that is there already.
    pub fn with_database(config: Config, db: Db, clock: Clock) -> Self {
        // A second installation of the provider is refused, which is fine: it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Http::new(config.service_time_limits);
        let services = Services {
            db,
            clock: clock.clone(),
            keyring: Arc::new(config.keyring),
            slack: SlackApi::new(&config.slack_api_url),
            oauth: config
                .oauth
                .map(|it| Arc::new(OauthApp::new(it, &config.slack_api_url))),
            outside: Outside::new(config.google_calendar, config.harvest, &http, &clock),
            openai: config.openai.map(OpenAi::new),
            background: TaskTracker::new(),
        };
        let table = Arc::new(Table {
            services: services.clone(),
        });
        let runner = Runner::new(services.db.clone(), clock, table.clone());
        let api = Api {
            services: services.clone(),
            runner: runner.clone(),
            public_url: Arc::new(config.public_url),
        };
        let consent = Consent {
            services: services.clone(),
            runner: runner.clone(),
            scopes: routes::bot_scopes(),
        };
        let gateway = Gateway {
            services: services.clone(),
            signing_secret: Arc::new(config.slack_signing_secret),
            routes: table,
            runner: runner.clone(),
        };
        Self {
            services,
            runner,
            gateway,
            api,
            consent,
            bot_token: config.slack_bot_token,
        }
    }

    /// The HTTP routes.
    pub fn router(&self) -> Router {
        let mut router = Router::new().route("/api/health", get(|| async { StatusCode::OK }));
        for path in SLACK_PATHS {
            router = router.route(path, post(receive));
        }
        router
            .with_state(self.gateway.clone())
            .merge(routes::consent().with_state(self.consent.clone()))
            .merge(routes::api().with_state(self.api.clone()))
            .layer(DefaultBodyLimit::max(BODY_LIMIT))
            .layer(middleware::from_fn(observe::request))
    }

    /// Installs the workspace of `SLACK_BOT_TOKEN`, if there is one.
    pub async fn install(&self) -> Result<Option<Identity>, InstallError> {
        let Some(token) = &self.bot_token else {
            return Ok(None);
        };
        let identity = install::install_token(&self.services, token).await?;
        self.runner.wake();
        Ok(Some(identity))
    }

    /// The same when the app starts.
    ///
    /// # Errors
    /// Slack refuses the token, and there is nothing else to serve.
    pub async fn install_at_start(&self) -> Result<AtStart, InstallError> {
        let error = match self.install().await {
            Ok(Some(identity)) => return Ok(AtStart::Installed(identity)),
            Ok(None) => return Ok(AtStart::NoToken),
            Err(error) if error.may_pass() => return Ok(AtStart::NotNow(error)),
            Err(error) => error,
        };
        let Some(token) = &self.bot_token else {
            return Ok(AtStart::NoToken);
        };
        match install::serves_without(&self.services, token).await {
            Ok(true) => Ok(AtStart::Refused(error)),
            Ok(false) => Err(error),
            Err(database) => Ok(AtStart::NotNow(database.into())),
        }
    }

    /// Serves requests, runs jobs and keeps the schedule until `stop` turns true; then finishes
    /// what is in hand.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: watch::Receiver<bool>,
    ) -> std::io::Result<()> {
        let mut background = JoinSet::new();
        for _ in 0..WORKERS {
            background.spawn(self.runner.clone().work(stop.clone()));
        }
        background.spawn(keep_schedule(
            self.services.clone(),
            self.runner.clone(),
            stop.clone(),
        ));
        let mut stopping = stop;
        let served = axum::serve(listener, self.router())
            .with_graceful_shutdown(async move {
                // An error means that the sender is gone, which also means to stop.
                let _ = stopping.wait_for(|stop| *stop).await;
            })
            .await;
        while let Some(ended) = background.join_next().await {
            if let Err(error) = ended {
                error!(%error, "a background task failed");
            }
        }
        self.services.background.close();
        self.services.background.wait().await;
        self.services.db.close().await;
        served
    }
}

async fn keep_schedule(services: Services, runner: Runner, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        schedule::round(&services, &runner, SCHEDULE).await;
        tokio::select! {
            () = tokio::time::sleep(SCHEDULE) => {}
            _ = stop.changed() => {}
        }
    }
}
