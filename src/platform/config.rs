//! Configuration from environment variables (`.env` is read by the commands).

mod database;
mod integrations;
mod otlp;
mod stored;

use std::fmt;

use url::Url;

pub use database::{DatabaseConfig, DatabaseServer, Login};
pub use integrations::{
    GoogleCalendarConfig, HarvestAccount, HarvestConfig, OauthConfig, OpenAiConfig, TimeLimits,
    TimeOffTasks,
};
pub use otlp::OtlpConfig;
pub use stored::{STORED, Stored};

use super::crypto::Keyring;

/// A value that must not reach a log.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, for the call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What the app needs to know before it starts.
#[derive(Debug)]
pub struct Config {
    /// `DATABASE_URL`, or `DB_HOST` and its companions.
    pub database: DatabaseConfig,
    /// The same database as the user who owns the schema.
    pub database_owner: DatabaseConfig,
    /// `DATABASE_CONNECTIONS`: the most connections at once. One is enough.
    pub database_connections: u32,
    /// `LISTEN`: where the local server listens.
    pub listen: String,
    /// `PUBLIC_URL`: where clients reach the app, if that is not what their requests say.
    pub public_url: Option<Url>,
    /// `SLACK_SIGNING_SECRET`: Slack signs its requests with it.
    pub slack_signing_secret: Secret,
    /// `SLACK_BOT_TOKEN`: installs a single workspace at start.
    pub slack_bot_token: Option<Secret>,
    /// `SLACK_CLIENT_ID` and `SLACK_CLIENT_SECRET`: without them, no workspace installs the app by
    /// itself.
    pub oauth: Option<OauthConfig>,
    /// `SLACK_API_URL`: where the Web API is.
    pub slack_api_url: String,
    /// `TOKEN_ENCRYPTION_KEYS`: Fernet keys, the newest first.
    pub keyring: Keyring,
    /// `GOOGLE_…`: without them, leave appears in no calendar of any workspace.
    pub google_calendar: Option<GoogleCalendarConfig>,
    /// `HARVEST_…`: how Harvest is called, and an account of it.
    pub harvest: HarvestConfig,
    /// `OPENAI_…`: without them, nothing leaves for a model.
    pub openai: Option<OpenAiConfig>,
    /// `OTEL_…`: without them, nobody collects traces.
    pub otlp: Option<OtlpConfig>,
    /// How long a call to Google Calendar or Harvest may take.
    pub service_time_limits: TimeLimits,
}

/// The configuration of Google Calendar and Harvest alone.
#[derive(Debug)]
pub struct OutsideConfig {
    /// `GOOGLE_…`.
    pub google_calendar: Option<GoogleCalendarConfig>,
    /// `HARVEST_…`.
    pub harvest: HarvestConfig,
    /// `TOKEN_ENCRYPTION_KEYS`, if there are any: workspaces' own accounts are encrypted.
    pub keyring: Option<Keyring>,
}

/// Everything that is missing or malformed, in one message.
#[derive(Debug, thiserror::Error)]
#[error("The configuration is not complete:\n{}", .0.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// What a command needs that deals with Google Calendar or Harvest, and nothing else.
    pub fn outside_from_env() -> Result<OutsideConfig, ConfigError> {
        let get = |name: &str| present(std::env::var(name).ok());
        let mut wrong = Vec::new();
        let google_calendar = integrations::google(&get, &mut wrong);
        let harvest = integrations::harvest(&get, &mut wrong);
        let keyring = get("TOKEN_ENCRYPTION_KEYS").and_then(|keys| keyring(&keys, &mut wrong));
        match harvest {
            Some(harvest) if wrong.is_empty() => Ok(OutsideConfig {
                google_calendar,
                harvest,
                keyring,
            }),
            _ => Err(ConfigError(wrong)),
        }
    }

    /// Reads variables from anywhere; an empty value counts as missing.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| present(variable(name));
        let mut wrong = Vec::new();
        let database = DatabaseConfig::read(&get, &mut wrong);
        let database_owner = DatabaseConfig::read_owner(&get, &mut Vec::new());
        let mut need = |name: &str, what: &str| {
            get(name).unwrap_or_else(|| {
                wrong.push(format!("{name} is missing: {what}"));
                String::new()
            })
        };

        let signing_secret = need(
            "SLACK_SIGNING_SECRET",
            "from “Basic Information” of the Slack app",
        );
        let keys = need(
            "TOKEN_ENCRYPTION_KEYS",
            "make one with `timeoff keys generate`",
        );

        let keyring = match keys.as_str() {
            "" => None,
            keys => keyring(keys, &mut wrong),
        };
        let slack_bot_token = get("SLACK_BOT_TOKEN");
        if slack_bot_token
            .as_ref()
            .is_some_and(|token| !token.starts_with("xoxb-"))
        {
            wrong.push("SLACK_BOT_TOKEN is malformed: a bot token begins with xoxb-".to_owned());
        }
        let database_connections = match get("DATABASE_CONNECTIONS").map(|n| n.parse::<u32>()) {
            None => 5,
            Some(Ok(n)) if (1..=100).contains(&n) => n,
            Some(_) => {
                wrong.push("DATABASE_CONNECTIONS is malformed: a number from 1 to 100".to_owned());
                1
            }
        };
        let slack_api_url =
            get("SLACK_API_URL").unwrap_or_else(|| "https://slack.com/api".to_owned());
        if !slack_api_url.starts_with("https://") && !slack_api_url.starts_with("http://") {
            wrong.push(
                "SLACK_API_URL is malformed: it must begin with https:// or http://".to_owned(),
            );
        }

        let listen = get("LISTEN").unwrap_or_else(|| "127.0.0.1:3000".to_owned());
        let port = listen.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        if !matches!(port, Some(Ok(_))) {
            wrong.push(
                "LISTEN is malformed: an address and a port, such as 127.0.0.1:3000".to_owned(),
            );
        }

        let public_url = get("PUBLIC_URL").and_then(|text| {
            let url = public_url(&text);
            if url.is_none() {
                wrong.push(
                    "PUBLIC_URL is malformed: where clients reach timeoff, such as https://timeoff.example.com"
                        .to_owned(),
                );
            }
            url
        });
        let oauth = integrations::oauth(&get, public_url.as_ref(), &mut wrong);
        let google_calendar = integrations::google(&get, &mut wrong);
        let harvest = integrations::harvest(&get, &mut wrong);
        let openai = integrations::openai(&get, &mut wrong);
        let otlp = otlp::otlp(&get, &mut wrong);

        match (keyring, database, database_owner, harvest) {
            (Some(keyring), Some(database), Some(database_owner), Some(harvest))
                if wrong.is_empty() =>
            {
                Ok(Self {
                    database,
                    database_owner,
                    database_connections,
                    listen,
                    public_url,
                    slack_signing_secret: Secret::new(signing_secret),
                    slack_bot_token: slack_bot_token.map(Secret::new),
                    oauth,
                    slack_api_url: slack_api_url.trim_end_matches('/').to_owned(),
                    keyring,
                    google_calendar,
                    harvest,
                    openai,
                    otlp,
                    service_time_limits: TimeLimits::default(),
                })
            }
            _ => Err(ConfigError(wrong)),
        }
    }
}

fn keyring(keys: &str, wrong: &mut Vec<String>) -> Option<Keyring> {
    Keyring::parse(keys)
        .map_err(|error| wrong.push(format!("TOKEN_ENCRYPTION_KEYS is malformed: {error}")))
        .ok()
}

/// An address without anything after its path.
fn public_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    plain.then_some(url)
}

/// A value without spaces around it; an empty one counts as missing.
fn present(value: Option<String>) -> Option<String> {
    value
        .map(|value| value.trim().to_owned())
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_names_everything_that_is_wrong() {
        let error = Config::read(|name| match name {
            "DATABASE_URL" => Some("mysql://x".into()),
            "TOKEN_ENCRYPTION_KEYS" => Some("oops".into()),
            "SLACK_CLIENT_ID" => Some("1111.2222".into()),
            "SLACK_BOT_TOKEN" | "HARVEST_ACCESS_TOKEN" => Some("secret-token".into()),
            "LISTEN" => Some("nonsense".into()),
            "PUBLIC_URL" => Some("https://me@off.example/?x".into()),
            "GOOGLE_SERVICE_ACCOUNT_JSON_BASE64" => Some("e30=".into()),
            "GOOGLE_API_URL" => Some("calendar.example.com".into()),
            "HARVEST_PROJECT_ID" => Some("Time off".into()),
            "OPENAI_API_KEY" => Some("secret\nkey".into()),
            "OPENAI_BASE_URL" => Some("localhost:11434".into()),
            "AI_MODEL" => Some("the best".into()),
            _ => None,
        })
        .unwrap_err();
        insta::assert_snapshot!(error, @"
        The configuration is not complete:
          - DATABASE_URL is malformed: it must begin with postgres://
          - SLACK_SIGNING_SECRET is missing: from “Basic Information” of the Slack app
          - TOKEN_ENCRYPTION_KEYS is malformed: key 1 of the list is not a Fernet key (32 bytes, URL-safe base64)
          - SLACK_BOT_TOKEN is malformed: a bot token begins with xoxb-
          - LISTEN is malformed: an address and a port, such as 127.0.0.1:3000
          - PUBLIC_URL is malformed: where clients reach timeoff, such as https://timeoff.example.com
          - SLACK_CLIENT_SECRET is missing for installing from Slack: shown beside the client id
          - GOOGLE_API_URL is malformed: it must begin with https:// or http://
          - GOOGLE_SERVICE_ACCOUNT_JSON_BASE64 is malformed: the key file has no client_email
          - HARVEST_ACCOUNT_ID is missing for Harvest: shown beside the access token
          - HARVEST_VACATION_TASK_ID is missing for Harvest: its task for vacation
          - HARVEST_SICK_TASK_ID is missing for Harvest: its task for sick leave
          - HARVEST_PROJECT_ID is malformed: Harvest's ids are numbers
          - OPENAI_BASE_URL is malformed: it must begin with https:// or http://
          - OPENAI_API_KEY is malformed: a key has no spaces and no special characters
          - AI_MODEL is malformed: a model's name has no spaces, such as gpt-6-luna
        ");
    }

    #[test]
    fn installing_from_slack_needs_an_address_to_come_back_to() {
        let error = Config::read(|name| match name {
            "DATABASE_URL" => Some("postgres://localhost/timeoff".into()),
            "SLACK_SIGNING_SECRET" | "SLACK_CLIENT_SECRET" => Some("planted".into()),
            "SLACK_CLIENT_ID" => Some("1111.2222".into()),
            "TOKEN_ENCRYPTION_KEYS" => Some(Keyring::generate_key()),
            _ => None,
        })
        .unwrap_err();
        insta::assert_snapshot!(error, @"
        The configuration is not complete:
          - PUBLIC_URL is missing for installing from Slack: where people reach timeoff, such as https://timeoff.example.com
        ");
    }

    #[test]
    fn a_complete_environment_is_read_and_shows_no_secret() {
        let key = Keyring::generate_key();
        let config = Config::read(|name| match name {
            "DATABASE_URL" => Some("postgres://planted@localhost/timeoff".into()),
            "SLACK_SIGNING_SECRET" => Some("planted".into()),
            "TOKEN_ENCRYPTION_KEYS" => Some(key.clone()),
            _ => None,
        })
        .unwrap();
        assert_eq!(config.listen, "127.0.0.1:3000");
        assert_eq!(config.slack_api_url, "https://slack.com/api");
        assert!(config.google_calendar.is_none() && config.harvest.account.is_none());
        assert!(config.openai.is_none());
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("planted") && !shown.contains(&key),
            "{shown}"
        );
    }
}
