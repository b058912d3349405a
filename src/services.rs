//! What every feature may use: made once by [`crate::app`], cheap to clone.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::clients::google_calendar::GoogleAccount;
use crate::clients::harvest::HarvestApi;
use crate::clients::http::Http;
use crate::clients::openai::OpenAi;
use crate::clients::slack::{OauthApp, SlackApi, SlackError};
use crate::jobs::JobError;
use crate::platform::clock::Clock;
use crate::platform::config::{GoogleCalendarConfig, HarvestAccount, HarvestConfig};
use crate::platform::crypto::Keyring;
use crate::platform::db::Db;

/// The database, the time, the keys, Slack, the services that leave is synchronized with, and the
/// model that may be asked.
#[derive(Clone)]
pub struct Services {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The keys for secrets at rest.
    pub keyring: Arc<Keyring>,
    /// Slack's Web API.
    pub slack: SlackApi,
    /// The app at Slack, if workspaces may install it by themselves. Without it there is no link for
    /// installing, for permissions, or for a person's status.
    pub oauth: Option<Arc<OauthApp>>,
    /// Google Calendar and Harvest.
    pub outside: Outside,
    /// A model that may be asked, if there is one. Without it everything works by built-in rules.
    pub openai: Option<OpenAi>,
    /// What nobody waits for and no job promises, such as telling a person of trouble while the
    /// database is away. Waited for before the process rests or ends.
    pub background: TaskTracker,
}

/// Google Calendar and Harvest, as the whole installation has them. Which calendar and which
/// account a workspace has is its own affair: [`crate::tenant::Integrations`].
#[derive(Clone)]
pub struct Outside {
    /// Who the app is for Google; `None`: no workspace has a calendar.
    pub google: Option<GoogleAccount>,
    /// The calendar of the environment, which belongs to the workspace of `SLACK_BOT_TOKEN`.
    pub calendar_id: Option<String>,
    /// The way to Harvest.
    pub harvest: HarvestApi,
    /// The account of the environment, which belongs to the workspace of `SLACK_BOT_TOKEN`.
    pub harvest_account: Option<HarvestAccount>,
}

impl Outside {
    /// Wires them. Nothing is connected yet.
    pub fn new(
        google: Option<GoogleCalendarConfig>,
        harvest: HarvestConfig,
        http: &Http,
        clock: &Clock,
    ) -> Self {
        Self {
            calendar_id: google.as_ref().and_then(|it| it.calendar_id.clone()),
            google: google.map(|it| GoogleAccount::new(it, http.clone(), clock.clone())),
            harvest: HarvestApi::new(&harvest, http.clone()),
            harvest_account: harvest.account,
        }
    }
}

impl From<SlackError> for JobError {
    fn from(error: SlackError) -> Self {
        Self {
            why: error.to_string(),
            again: error.again,
        }
    }
}
