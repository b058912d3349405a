//! What every feature may use: made once by [`crate::app`], cheap to clone.

use std::sync::Arc;

use tokio_util::task::TaskTracker;

use crate::clients::google_calendar::GoogleCalendar;
use crate::clients::harvest::Harvest;
use crate::clients::openai::OpenAi;
use crate::clients::slack::{OauthApp, SlackApi, SlackError};
use crate::jobs::JobError;
use crate::platform::clock::Clock;
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
    /// The calendar of leave, if there is one.
    pub calendar: Option<GoogleCalendar>,
    /// Where leave is booked as time, if anywhere.
    pub harvest: Option<Harvest>,
    /// A model that may be asked, if there is one. Without it everything works by built-in rules.
    pub openai: Option<OpenAi>,
    /// What nobody waits for and no job promises, such as telling a person of trouble while the
    /// database is away. Waited for before the process rests or ends.
    pub background: TaskTracker,
}

impl From<SlackError> for JobError {
    fn from(error: SlackError) -> Self {
        Self {
            why: error.to_string(),
            again: error.again,
        }
    }
}
