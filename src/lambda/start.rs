//! Before the first request.

use std::sync::Arc;

use aws_config::SdkConfig;
use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tracing::{error, warn};

use crate::app::App;
use crate::platform::aws;
use crate::platform::clock::Clock;
use crate::platform::config::{Config, ConfigError, DatabaseConfig, Secret};
use crate::platform::db::{AskAgain, Db, Server};
use crate::platform::metrics;
use crate::platform::parameters::{Parameters, ParametersError};
use crate::platform::telemetry::{self, LogFormat, Telemetry};

/// What is logged unless `RUST_LOG` says otherwise.
const LOGGED: &str = "timeoff=info,warn";

/// Why the function cannot start. Lambda starts it anew for the next request.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error(
        "TIMEOFF_SSM_PATH is missing: where this function's parameters are, such as /timeoff/prod/api"
    )]
    NoPath,
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("cannot connect to the database: {0}")]
    Database(#[from] sqlx::Error),
}

/// A function that is ready for its first request.
pub(super) struct Started {
    pub app: App,
    pub telemetry: Telemetry,
    /// The database as the user who owns the schema.
    pub owner: Server,
}

/// Where this function's parameters are.
pub(super) fn path() -> Result<String, StartError> {
    std::env::var("TIMEOFF_SSM_PATH")
        .ok()
        .filter(|path| !path.trim_matches('/').is_empty())
        .ok_or(StartError::NoPath)
}

/// Starts, and the logs with it: those of a failure too.
pub(super) async fn start() -> Result<Started, StartError> {
    let started = wire().await;
    if let Err(error) = &started {
        telemetry::start(LogFormat::Json, LOGGED);
        error!(%error, "cannot start");
    }
    started
}

/// Reads the parameters and wires the app, with its one connection on the way.
async fn wire() -> Result<Started, StartError> {
    let path = path()?;
    let aws = aws::of_function();
    // With IAM the environment says all that a connection needs: it is made meanwhile.
    let early = match DatabaseConfig::from_env() {
        Ok(database) => Some(connect(Server::new(&database, Some(&aws), None)?)),
        Err(_) => None,
    };
    let parameters = Parameters::load(&aws, &path).await?;
    let config = Config::read(|variable| parameters.or_environment(variable))?;
    let telemetry = telemetry::start_with(LogFormat::Json, LOGGED, config.otlp.as_ref());
    metrics::start(&std::env::var("TIMEOFF_STAGE").unwrap_or_else(|_| "local".to_owned()));
    let owner = Server::new(&config.database_owner, Some(&aws), None)?;
    let connecting = match early {
        Some(connecting) => connecting,
        None => connect(Server::new(
            &config.database,
            Some(&aws),
            Some(ask_again(&aws, &path)),
        )?),
    };
    let app = App::with_database(config, connecting.into_db(), Clock::System);
    Ok(Started {
        app,
        telemetry,
        owner,
    })
}

/// How to learn of a password that was changed while the function was running.
fn ask_again(aws: &SdkConfig, path: &str) -> AskAgain {
    let (aws, path) = (aws.clone(), path.to_owned());
    Arc::new(move || {
        let (aws, path) = (aws.clone(), path.clone());
        async move {
            match Parameters::load(&aws, &path).await {
                Ok(parameters) => parameters.or_environment("DB_PASSWORD").map(Secret::new),
                Err(error) => {
                    error!(%error, "cannot ask for the database's password anew");
                    None
                }
            }
        }
        .boxed()
    })
}

/// An environment works on one request at a time, so one connection is enough. It is made at once,
/// for the first request to find it.
fn connect(server: Server) -> Connecting {
    let db = Db::connect_lazy(server, 1);
    let warm = db.clone();
    Connecting {
        db,
        first: tokio::spawn(async move { warm.warm_up().await }),
    }
}

struct Connecting {
    db: Db,
    first: JoinHandle<Result<(), sqlx::Error>>,
}

impl Connecting {
    /// The database; should its first connection fail, the log says so.
    fn into_db(self) -> Db {
        tokio::spawn(async move {
            if let Ok(Err(error)) = self.first.await {
                warn!(%error, "no connection to the database yet");
            }
        });
        self.db
    }
}
