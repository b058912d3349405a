//! `timeoff admin calendar` and `timeoff admin harvest`: where a workspace's leave goes.

use std::io::IsTerminal;

use clap::Args;
use timeoff::clients::harvest::Harvest;
use timeoff::clients::http::Http;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::{
    Config, HarvestAccount, OutsideConfig, Secret, TimeLimits, TimeOffTasks,
};
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::Db;
use timeoff::platform::ids::WorkspaceId;
use timeoff::services::Outside;
use timeoff::tenant::Integrations;
use timeoff::tenant::store::Actor;
use timeoff::workspace::integrations::{
    self as rules, calendar::NamedBy, check_calendar, check_harvest, save_calendar, save_harvest,
};

use crate::{Failure, begin};

#[derive(Args)]
pub struct HarvestArguments {
    /// Leave is booked no more in an account of this workspace's own.
    #[arg(long, conflicts_with_all = ["account", "project", "vacation_task", "sick_task"])]
    off: bool,
    /// The account's id, shown beside the access token, which is read from standard input.
    #[arg(long, requires_all = ["project", "vacation_task", "sick_task"])]
    account: Option<u64>,
    /// The project that time off is booked on.
    #[arg(long, requires = "account")]
    project: Option<u64>,
    /// Its task for vacation.
    #[arg(long, requires = "account")]
    vacation_task: Option<u64>,
    /// Its task for sick leave.
    #[arg(long, requires = "account")]
    sick_task: Option<u64>,
}

impl HarvestArguments {
    /// The account with its token; `None`: nothing is to be connected.
    fn account(&self) -> Result<Option<HarvestAccount>, Failure> {
        let (Some(account_id), Some(project), Some(vacation), Some(sick)) = (
            self.account,
            self.project,
            self.vacation_task,
            self.sick_task,
        ) else {
            return Ok(None);
        };
        if std::io::stdin().is_terminal() {
            eprintln!("Paste the access token, press Enter, then Ctrl-D.");
        }
        let token = std::io::read_to_string(std::io::stdin())?;
        Ok(Some(HarvestAccount {
            access_token: Secret::new(token.trim()),
            account_id,
            tasks: TimeOffTasks {
                project,
                vacation,
                sick,
            },
        }))
    }
}

/// Google and Harvest as the environment has them, and the keys for what is stored.
fn outside() -> Result<(Outside, Option<Keyring>), Failure> {
    let OutsideConfig {
        google_calendar,
        harvest,
        keyring,
    } = Config::outside_from_env()?;
    // A second installation of the provider is refused, which is fine: it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = Http::new(TimeLimits::default());
    let outside = Outside::new(google_calendar, harvest, &http, &Clock::System);
    Ok((outside, keyring))
}

/// Shows the calendar, names another, or turns it off.
pub async fn calendar(db: &Db, workspace: &WorkspaceId, id: Option<&str>) -> Result<(), Failure> {
    let (outside, keyring) = outside()?;
    match id {
        None => {}
        Some("off") => {
            let (mut tx, _) = begin(db, workspace).await?;
            rules::turn_calendar_off(&mut tx, Actor::System).await?;
            tx.commit().await?;
        }
        Some(id) => {
            let checked = check_calendar(&outside, workspace, id, None, NamedBy::Operator).await?;
            let (mut tx, _) = begin(db, workspace).await?;
            save_calendar(&mut tx, &outside, &checked, Actor::System).await??;
            tx.commit().await?;
        }
    }
    let (mut tx, _) = begin(db, workspace).await?;
    let state = rules::state(&mut tx, &outside, keyring.as_ref()).await?;
    println!("Google Calendar: {}", state.calendar);
    if id.is_some() {
        println!(
            "Events that stand in another calendar stay there, and are removed there when their leave is."
        );
    }
    Ok(())
}

/// Shows the account of Harvest, connects one, or forgets it.
pub async fn harvest(
    db: &Db,
    workspace: &WorkspaceId,
    arguments: &HarvestArguments,
) -> Result<(), Failure> {
    let (outside, keyring) = outside()?;
    if arguments.off {
        let (mut tx, _) = begin(db, workspace).await?;
        rules::turn_harvest_off(&mut tx, Actor::System).await?;
        tx.commit().await?;
    } else if let Some(account) = arguments.account()? {
        let keyring = keyring
            .as_ref()
            .ok_or("TOKEN_ENCRYPTION_KEYS is missing: the access token is stored encrypted.")?;
        let checked = check_harvest(&outside, account).await?;
        let (mut tx, _) = begin(db, workspace).await?;
        save_harvest(&mut tx, keyring, &checked, Actor::System).await?;
        tx.commit().await?;
        println!(
            "Leave is booked on “{}”: {} for vacation, {} for sick leave.",
            checked.project, checked.vacation, checked.sick
        );
    }
    let (mut tx, _) = begin(db, workspace).await?;
    let state = rules::state(&mut tx, &outside, keyring.as_ref()).await?;
    println!("Harvest: {}", state.harvest);
    Ok(())
}

/// The workspace's account of Harvest, for a command that asks there.
pub async fn account_of(db: &Db, workspace: &WorkspaceId) -> Result<Harvest, Failure> {
    let (outside, keyring) = outside()?;
    let (mut tx, _) = begin(db, workspace).await?;
    let integrations = Integrations::with(&mut tx, &outside, keyring.as_ref()).await?;
    tx.rollback().await?;
    let link = integrations.harvest.ok_or(
        "Harvest is not connected: `timeoff admin harvest --help` says how, or set the HARVEST_ variables first.",
    )?;
    Ok(link.client?)
}
