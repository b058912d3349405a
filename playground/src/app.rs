//! The app, as the playground starts it: the one place that knows how.

use anyhow::Result;

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
    /// Who approves leave.
    pub approver: String,
}

/// A new key for [`Settings::token_key`].
pub fn new_token_key() -> String {
    timeoff::platform::crypto::Keyring::generate_key()
}

/// The running app.
#[derive(Debug)]
pub struct App {
    url: String,
}

impl App {
    /// Migrates the database, installs the workspace, listens on a free localhost port and runs jobs.
    pub async fn start(_settings: Settings) -> Result<Self> {
        // The seam: `timeoff::app` goes here.
        Ok(Self {
            url: "http://127.0.0.1:9".to_owned(),
        })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Finishes the work in hand and stops.
    pub async fn stop(self) -> Result<()> {
        Ok(())
    }
}
