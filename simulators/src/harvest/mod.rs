//! A simulated Harvest: one account with people, projects, tasks and a time sheet.
//!
//! The app calls [`HarvestSim::api_url`]; people look at the page that [`HarvestSim::serve`] shows
//! at `/`.

mod api;
mod error;
mod lists;
mod state;

use std::fmt;
use std::time::Duration;

use axum::response::Response;
use jiff::civil::Date;
use serde_json::Value;

use crate::clock::Clock;
use crate::service::{Core, Service, Shown, common_methods};
use state::State;

/// How the simulated Harvest is set up. It has one project for time off with two tasks.
#[derive(Clone, Debug)]
pub struct HarvestConfig {
    /// The access token, which belongs to [`HarvestSim::OWNER`].
    pub access_token: String,
    /// The account's id.
    pub account_id: u64,
    /// How many calls it takes in how much time; Harvest's own limit is 100 in 15 seconds.
    ///
    /// <https://help.getharvest.com/api-v2/introduction/overview/general/#rate-limiting>
    pub rate_limit: Option<(usize, Duration)>,
    /// The time.
    pub clock: Clock,
}

impl Default for HarvestConfig {
    fn default() -> Self {
        Self {
            access_token: "pretend-harvest-token".to_owned(),
            account_id: 100_001,
            rate_limit: None,
            clock: Clock::system(),
        }
    }
}

/// A person with a time sheet.
#[derive(Clone, Debug)]
pub struct HarvestUser {
    pub(crate) id: u64,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) is_active: bool,
}

impl HarvestUser {
    /// A person; what follows the first space is the last name.
    pub fn new(id: u64, name: &str, email: &str) -> Self {
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        Self {
            id,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            email: email.to_owned(),
            is_active: true,
        }
    }

    /// Somebody who has left.
    #[must_use]
    pub fn inactive(mut self) -> Self {
        self.is_active = false;
        self
    }

    fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
            .trim()
            .to_owned()
    }
}

/// A time entry as people see it in the time sheet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeEntry {
    /// The day.
    pub date: Date,
    /// Whose it is.
    pub person: String,
    /// On which task.
    pub task: String,
    /// How long, in hundredths of an hour: Harvest keeps two decimals.
    pub centihours: u32,
    /// What is noted.
    pub notes: Option<String>,
    /// What it stands for.
    pub reference: Option<String>,
    /// Its id.
    pub id: u64,
}

/// Without the ids, fit for a snapshot.
impl fmt::Display for TimeEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hours = f64::from(self.centihours) / 100.0;
        write!(f, "{} {}: {hours} h {}", self.date, self.person, self.task)?;
        match &self.notes {
            Some(notes) => write!(f, " ({notes})"),
            None => Ok(()),
        }
    }
}

/// The simulated Harvest. Clones share their state.
#[derive(Clone)]
pub struct HarvestSim {
    core: Core<Harvest>,
}

struct Harvest;

impl Service for Harvest {
    const NAME: &'static str = "Harvest";
    type State = State;

    fn trouble(status: axum::http::StatusCode) -> Response {
        error::trouble(status)
    }
}

impl Shown for Harvest {
    const PAGE: &'static str = "time-sheet.html";

    fn shown(state: &State) -> Value {
        state.shown()
    }

    fn delete_by_hand(state: &mut State, id: &str, _clock: &Clock) -> bool {
        id.parse().is_ok_and(|id| state.delete(id).is_ok())
    }
}

common_methods!(HarvestSim);

impl HarvestSim {
    /// The user whose access token it is: an administrator without a time sheet of their own.
    pub const OWNER: u64 = 9_000_001;
    /// The project that time off is booked on.
    pub const PROJECT: u64 = 14_308_069;
    /// Its task for vacation.
    pub const VACATION: u64 = 8_083_365;
    /// Its task for sick leave.
    pub const SICK: u64 = 8_083_366;

    /// An account with nobody but the owner of the access token.
    pub fn new(config: HarvestConfig) -> Self {
        let clock = config.clock.clone();
        Self {
            core: Core::new(State::new(config), clock),
        }
    }

    /// What the user of a token may do in the account: `administrator` to begin with.
    ///
    /// <https://help.getharvest.com/api-v2/users-api/users/users/#the-user-object>
    pub fn set_owner_role(&self, role: &str) {
        self.core
            .change(|state| role.clone_into(&mut state.owner_role));
    }

    /// Another account at the same address, with the same project and tasks, its own people and
    /// time sheet, and its own token.
    pub fn add_account(&self, access_token: &str, account_id: u64) {
        self.core
            .change(|state| state.add_account(access_token, account_id));
    }

    /// Adds a person to an account.
    pub fn add_user_in(&self, account_id: u64, user: HarvestUser) {
        self.core.change(|state| {
            if let Some(account) = state.account(account_id) {
                account.users.push(user);
            }
        });
    }

    /// The time sheet of an account: by day, person and task.
    pub fn entries_in(&self, account_id: u64) -> Vec<TimeEntry> {
        let look = |state: &mut State| state.account(account_id).map(|it| it.visible());
        self.core.change(look).unwrap_or_default()
    }

    /// Adds a person.
    pub fn add_user(&self, user: HarvestUser) {
        self.core.change(|state| state.users.push(user));
    }

    /// An administrator deactivates a person, or takes them back.
    pub fn set_user_active(&self, id: u64, active: bool) {
        self.core.change(|state| {
            for user in state.users.iter_mut().filter(|user| user.id == id) {
                user.is_active = active;
            }
        });
    }

    /// An administrator archives a task of the project, or takes it back.
    pub fn set_task_active(&self, id: u64, active: bool) {
        self.core.change(|state| {
            for task in state.tasks.iter_mut().filter(|task| task.id == id) {
                task.is_active = active;
            }
        });
    }

    /// An administrator archives the project, or takes it back.
    pub fn set_project_active(&self, active: bool) {
        self.core.change(|state| state.project_active = active);
    }

    /// The API and the page as a router. [`Self::serve`] adds to it what a router alone cannot
    /// do: closing a connection without an answer.
    pub fn router(&self) -> axum::Router {
        api::router(self.core.clone()).merge(self.core.page())
    }

    /// The base URL of the API, what `https://api.harvestapp.com/v2` is for the real one.
    pub fn api_url(&self) -> String {
        format!("{}/v2", self.core.base_url())
    }

    /// The access token.
    pub fn access_token(&self) -> String {
        self.core.look(|state| state.config.access_token.clone())
    }

    /// The account's id.
    pub fn account_id(&self) -> u64 {
        self.core.look(|state| state.config.account_id)
    }

    /// The environment variables that make the app use this account.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("HARVEST_ACCESS_TOKEN", self.access_token()),
            ("HARVEST_ACCOUNT_ID", self.account_id().to_string()),
            ("HARVEST_PROJECT_ID", Self::PROJECT.to_string()),
            ("HARVEST_VACATION_TASK_ID", Self::VACATION.to_string()),
            ("HARVEST_SICK_TASK_ID", Self::SICK.to_string()),
            ("HARVEST_API_URL", self.api_url()),
        ]
    }

    /// The time sheet: by day, person and task.
    pub fn entries(&self) -> Vec<TimeEntry> {
        self.core.look(State::visible)
    }

    /// Somebody deletes an entry in Harvest. `false`: there is none with that id.
    pub fn delete_by_hand(&self, id: u64) -> bool {
        self.core.change(|state| state.delete(id).is_ok())
    }
}
