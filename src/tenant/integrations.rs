//! The calendar and the account of Harvest that a workspace's leave goes to.
//!
//! What the environment has belongs to the workspace of `SLACK_BOT_TOKEN` alone. Every other one
//! names its own, or has none: leave of one workspace never appears in another's calendar.

mod store;

use crate::clients::google_calendar::{GoogleAccount, GoogleCalendar};
use crate::clients::harvest::Harvest;
use crate::platform::config::{HarvestAccount, Secret, TimeOffTasks};
use crate::platform::crypto::{KeyError, Keyring};
use crate::platform::db::TenantTx;
use crate::services::{Outside, Services};
use crate::tenant::model::Settings;

pub use store::{delete_harvest, save_calendar_id, save_harvest, take_environment};

/// Where a workspace's leave goes, and where it went before.
#[derive(Clone)]
pub struct Integrations {
    /// The calendar, if there is one.
    pub calendar: Option<GoogleCalendar>,
    /// The account of Harvest, if there is one.
    pub harvest: Option<HarvestLink>,
    google: Option<GoogleAccount>,
    environment: Environment,
}

/// An account of Harvest, and whether it can be used.
#[derive(Clone)]
pub struct HarvestLink {
    /// The account's id.
    pub account_id: u64,
    /// What leave is booked on.
    pub tasks: TimeOffTasks,
    /// Who set it.
    pub set_by: SetBy,
    /// The account; an error if its access token cannot be read.
    pub client: Result<Harvest, KeyError>,
}

/// Who set an integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetBy {
    /// Whoever runs the installation, in its environment.
    Environment,
    /// The workspace's admins, or the operator for them.
    Workspace,
}

/// What the environment has.
#[derive(Clone)]
struct Environment {
    calendar_id: Option<String>,
    harvest: Option<Harvest>,
    /// Whether it is this workspace's.
    is_ours: bool,
}

impl Integrations {
    /// Reads what the transaction's workspace has, with one query. Nobody is called.
    pub async fn of(tx: &mut TenantTx, services: &Services) -> Result<Self, sqlx::Error> {
        Self::with(tx, &services.outside, Some(&services.keyring)).await
    }

    /// The same for somebody who has read the workspace already: what is left to read is Harvest.
    pub async fn of_known(
        tx: &mut TenantTx,
        services: &Services,
        settings: &Settings,
        from_token: bool,
    ) -> Result<Self, sqlx::Error> {
        let stored = store::Stored {
            from_token,
            calendar_id: settings.calendar_id.clone(),
            harvest: store::stored_harvest(tx).await?,
        };
        let keyring = Some(&*services.keyring);
        Ok(Self::made(stored, &services.outside, keyring))
    }

    /// The same as [`Integrations::of`] for a command, which may have no keys.
    pub async fn with(
        tx: &mut TenantTx,
        outside: &Outside,
        keyring: Option<&Keyring>,
    ) -> Result<Self, sqlx::Error> {
        Ok(Self::made(store::stored(tx).await?, outside, keyring))
    }

    fn made(stored: store::Stored, outside: &Outside, keyring: Option<&Keyring>) -> Self {
        let is_ours = stored.from_token;
        let calendar_id = stored
            .calendar_id
            .or_else(|| outside.calendar_id.clone().filter(|_| is_ours));
        let calendar = match (&outside.google, calendar_id) {
            (Some(google), Some(id)) => Some(google.calendar(&id)),
            _ => None,
        };
        let of_environment = outside.harvest_account.as_ref();
        let harvest = match stored.harvest {
            Some(own) => Some(HarvestLink {
                account_id: own.account_id,
                tasks: own.tasks,
                set_by: SetBy::Workspace,
                client: own
                    .open(keyring)
                    .map(|account| outside.harvest.account(&account)),
            }),
            None => of_environment
                .filter(|_| is_ours)
                .map(|account| HarvestLink {
                    account_id: account.account_id,
                    tasks: account.tasks,
                    set_by: SetBy::Environment,
                    client: Ok(outside.harvest.account(account)),
                }),
        };
        Self {
            calendar,
            harvest,
            google: outside.google.clone(),
            environment: Environment {
                calendar_id: outside.calendar_id.clone(),
                harvest: of_environment.map(|account| outside.harvest.account(account)),
                is_ours,
            },
        }
    }

    /// Who set the calendar, if there is one.
    pub fn calendar_set_by(&self) -> Option<SetBy> {
        let calendar = self.calendar.as_ref()?;
        Some(if self.environment_calendar() == Some(calendar.id()) {
            SetBy::Environment
        } else {
            SetBy::Workspace
        })
    }

    /// The calendar that the environment has for this workspace, whatever it has set since.
    pub fn environment_calendar(&self) -> Option<&str> {
        let id = self.environment.calendar_id.as_deref();
        id.filter(|_| self.environment.is_ours)
    }

    /// The account of Harvest that the environment has for this workspace, likewise.
    pub fn environment_harvest(&self) -> Option<&Harvest> {
        let harvest = self.environment.harvest.as_ref();
        harvest.filter(|_| self.environment.is_ours)
    }

    /// The account of Harvest that the workspace has set, whatever the environment has.
    pub fn own_harvest(&self) -> Option<&HarvestLink> {
        let link = self.harvest.as_ref();
        link.filter(|link| link.set_by == SetBy::Workspace)
    }

    /// A calendar to which leave was sent, whatever is set now. `None`: there is no way to it.
    pub fn calendar_at(&self, id: &str) -> Option<GoogleCalendar> {
        self.google.as_ref().map(|google| google.calendar(id))
    }

    /// An account of Harvest in which leave was booked, if it is still connected.
    pub fn harvest_at(&self, account: &str) -> Option<&Harvest> {
        let own = self.harvest.as_ref();
        let own = own.and_then(|link| link.client.as_ref().ok());
        [own, self.environment_harvest()]
            .into_iter()
            .flatten()
            .find(|harvest| harvest.account_id().to_string() == account)
    }
}

/// An account of Harvest as it is stored.
struct StoredHarvest {
    encrypted_token: String,
    account_id: u64,
    tasks: TimeOffTasks,
}

impl StoredHarvest {
    fn open(&self, keyring: Option<&Keyring>) -> Result<HarvestAccount, KeyError> {
        let token = keyring
            .ok_or(KeyError::NoKey)?
            .decrypt(&self.encrypted_token)?;
        Ok(HarvestAccount {
            access_token: Secret::new(token),
            account_id: self.account_id,
            tasks: self.tasks,
        })
    }
}
