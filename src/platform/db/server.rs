//! How a connection is made: where to, over which TLS, and with what to log in.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, RwLock};

use aws_config::SdkConfig;
use aws_sdk_rds::auth_token::{AuthTokenGenerator, Config as TokenConfig};
use futures_util::future::BoxFuture;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::relay::Relay;
use crate::platform::aws;
use crate::platform::config::{DatabaseConfig, DatabaseServer, Login, Secret};

/// The authorities of Amazon RDS in every region.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html>
const RDS_AUTHORITIES: &[u8] = include_bytes!("../../../infra/rds/global-bundle.pem");

/// Asks for the password anew, after the one at hand was refused.
pub type AskAgain = Arc<dyn Fn() -> BoxFuture<'static, Option<Secret>> + Send + Sync>;

/// Where connections go. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    base: PgConnectOptions,
    login: Arc<LoginWith>,
    // Lives as long as somebody may connect.
    _relay: Option<Arc<Relay>>,
}

enum LoginWith {
    /// Everything is in the URL.
    Url,
    Password {
        password: RwLock<Secret>,
        again: Option<AskAgain>,
    },
    Iam {
        aws: Box<SdkConfig>,
        signer: AuthTokenGenerator,
    },
}

impl Server {
    /// The server of a configuration. A user of IAM signs tokens with the credentials in `aws`;
    /// `again` is asked when a password is refused.
    pub fn new(
        config: &DatabaseConfig,
        aws: Option<&SdkConfig>,
        again: Option<AskAgain>,
    ) -> Result<Self, sqlx::Error> {
        match config {
            DatabaseConfig::Url(url) => Self::from_url(url.expose()),
            DatabaseConfig::Server(server) => Self::from_parts(server, aws, again),
        }
    }

    /// The server of a configuration, for a command that a person runs: with IAM, as whoever the
    /// AWS command line would be.
    pub async fn of_person(config: &DatabaseConfig) -> Result<Self, sqlx::Error> {
        let iam =
            matches!(config, DatabaseConfig::Server(server) if matches!(server.login, Login::Iam));
        let aws = if iam {
            Some(aws::of_person().await)
        } else {
            None
        };
        Self::new(config, aws.as_ref(), None)
    }

    /// The server of a URL, which holds everything.
    pub fn from_url(url: &str) -> Result<Self, sqlx::Error> {
        Ok(Self {
            base: PgConnectOptions::from_str(url)?.application_name("timeoff"),
            login: Arc::new(LoginWith::Url),
            _relay: None,
        })
    }

    fn from_parts(
        server: &DatabaseServer,
        aws: Option<&SdkConfig>,
        again: Option<AskAgain>,
    ) -> Result<Self, sqlx::Error> {
        let relay = Relay::to(&server.host, server.port)?;
        // Not the library's own defaults: those look into the environment and the home folder.
        let mut base = PgConnectOptions::new_without_pgpass()
            // The name that the certificate must carry; the way there is the relay's.
            .host(&server.host)
            .port(server.port)
            .socket(relay.folder())
            .database(&server.name)
            .username(&server.user)
            .application_name("timeoff")
            .ssl_mode(PgSslMode::VerifyFull);
        base = match &server.root_certificate {
            Some(file) => base.ssl_root_cert(PathBuf::from(file)),
            None => base.ssl_root_cert_from_pem(RDS_AUTHORITIES.to_vec()),
        };
        let login = match &server.login {
            Login::Password(password) => LoginWith::Password {
                password: RwLock::new(password.clone()),
                again,
            },
            Login::Iam => {
                let unsure = "DB_AUTH=iam needs AWS credentials and a region (AWS_REGION)";
                let aws = aws.filter(|aws| aws.region().is_some());
                LoginWith::Iam {
                    aws: Box::new(
                        aws.ok_or_else(|| sqlx::Error::Configuration(unsure.into()))?
                            .clone(),
                    ),
                    signer: AuthTokenGenerator::new(
                        TokenConfig::builder()
                            .hostname(&server.host)
                            .port(u64::from(server.port))
                            .username(&server.user)
                            .build()
                            .map_err(sqlx::Error::Configuration)?,
                    ),
                }
            }
        };
        Ok(Self {
            base,
            login: Arc::new(login),
            _relay: Some(Arc::new(relay)),
        })
    }

    /// Whether what to log in with changes with time.
    pub(super) fn login_ages(&self) -> bool {
        !matches!(*self.login, LoginWith::Url)
    }

    /// What to connect with now. With IAM that is a token signed now, good for 15 minutes.
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html>
    pub async fn options(&self) -> Result<PgConnectOptions, sqlx::Error> {
        let base = self.base.clone();
        match &*self.login {
            LoginWith::Url => Ok(base),
            LoginWith::Password { password, .. } => {
                let password = password.read().map_err(|_| poisoned())?;
                Ok(base.password(password.expose()))
            }
            LoginWith::Iam { aws, signer } => {
                let token = signer
                    .auth_token(aws)
                    .await
                    .map_err(sqlx::Error::Configuration)?;
                Ok(base.password(token.as_str()))
            }
        }
    }

    /// What to connect with before the first token is signed.
    pub(super) fn base(&self) -> PgConnectOptions {
        self.base.clone()
    }

    /// Asks for the password anew. `false`: there is nobody to ask, or it is the same as before.
    pub(super) async fn ask_again(&self) -> bool {
        let LoginWith::Password {
            password,
            again: Some(again),
        } = &*self.login
        else {
            return false;
        };
        let Some(new) = again().await else {
            return false;
        };
        let Ok(mut password) = password.write() else {
            return false;
        };
        let changed = password.expose() != new.expose();
        *password = new;
        changed
    }
}

fn poisoned() -> sqlx::Error {
    sqlx::Error::Configuration("the database's password is being changed by a lost task".into())
}
