//! The account of Harvest in which leave is booked: typed in a dialog, checked with Harvest, then
//! saved. Its access token is encrypted before it is kept anywhere.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::form::mark;
use super::save::CHANGED_MEANWHILE;
use super::{admins_only, tell};
use crate::clients::blocks::{Input, SlackBlock, SlackModalView, modal, section};
use crate::clients::harvest::Harvest;
use crate::gateway::{Ack, Cx, ViewState, ViewSubmission};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::leave::views;
use crate::platform::config::{HarvestAccount, Secret, TimeOffTasks};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::Integrations;
use crate::tenant::integrations::HarvestLink;
use crate::tenant::store::{self, Actor};
use crate::workspace::integrations::{check_harvest, save_harvest, turn_harvest_off};

/// The name of the dialog; also what it is submitted as.
pub const HARVEST: &str = "settings.harvest";

const TOKEN: &str = "harvest_token";
const ACCOUNT: &str = "harvest_account";
const PROJECT: &str = "harvest_project";
const VACATION: &str = "harvest_vacation_task";
const SICK: &str = "harvest_sick_task";
const OFF: &str = "harvest_off";
const DISCONNECT: &str = "disconnect";

/// The dialog. Nothing that is stored is shown but the account's id: an access token is not shown
/// again.
pub(super) fn view(integrations: &Integrations) -> SlackModalView {
    let own = integrations.own_harvest();
    let environment = integrations.environment_harvest().map(Harvest::account_id);
    let mut blocks: Vec<SlackBlock> = vec![section(
        "Make a personal access token at <https://id.getharvest.com/developers>, as an administrator of your Harvest account. It is kept encrypted and never shown again.",
    )];
    match (own, environment) {
        (Some(own), environment) => {
            let account = own.account_id;
            blocks.push(section(&format!("Leave is booked in account {account}.")));
            let (what, then) = match environment {
                None => ("Book no more leave in Harvest", String::new()),
                Some(environment) => (
                    "Book no more leave in this account",
                    format!(
                        "Leave is booked in account {environment} again then, which whoever runs timeoff has set. "
                    ),
                ),
            };
            blocks.push(
                Input::checkboxes(OFF, "Disconnect", &[(DISCONNECT, what)], &[])
                    .optional()
                    .hint(&format!(
                        "{then}What is booked already stays. Leave the other fields empty."
                    ))
                    .block(),
            );
        }
        (None, Some(environment)) => blocks.push(section(&format!(
            "Leave is booked in account {environment}, which whoever runs timeoff has set: only they can switch it off. An account that you connect here takes its place."
        ))),
        (None, None) => {}
    }
    for (field, label, hint) in [
        (TOKEN, "Access token", ""),
        (ACCOUNT, "Account id", "Shown beside the token."),
        (
            PROJECT,
            "Project id",
            "The project that time off is booked on: the number in the address of its page.",
        ),
        (VACATION, "Task id for vacation", ""),
        (SICK, "Task id for sick leave", ""),
    ] {
        let input = Input::line(field, label, None);
        // Whoever disconnects leaves them empty.
        let input = if own.is_some() {
            input.optional()
        } else {
            input
        };
        let input = if hint.is_empty() {
            input
        } else {
            input.hint(hint)
        };
        blocks.push(input.block());
    }
    modal(HARVEST, "Harvest", Some("Save"), &marked(own), blocks)
}

/// What the dialog remembers of the workspace's own account.
fn marked(own: Option<&HarvestLink>) -> String {
    mark(&own.map_or(Value::Null, |own| of(own.account_id, own.tasks)))
}

fn of(account: u64, tasks: TimeOffTasks) -> Value {
    json!([account, tasks.project, tasks.vacation, tasks.sick])
}

/// Job: checks an account with Harvest, and saves it if it is good.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckHarvest {
    /// Who typed it, and is told what came of it.
    pub user: SlackUserId,
    /// Encrypted.
    pub access_token: String,
    /// The account.
    pub account_id: u64,
    /// The project.
    pub project: u64,
    /// Its task for vacation.
    pub vacation: u64,
    /// Its task for sick leave.
    pub sick: u64,
    /// The mark of the account in whose place it comes.
    #[serde(default)]
    pub instead_of: Option<String>,
}

impl Work for CheckHarvest {
    const KIND: &'static str = "settings.check_harvest";
    // A repeat would look, and save the same.
    const POLICY: Policy = Policy::UpTo(3);
}

/// The dialog was submitted.
pub async fn submitted(
    cx: &mut Cx,
    services: &Services,
    submission: ViewSubmission,
) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return Ok(Ack::Show(Box::new(views::notice("Not saved", why))));
    }
    // Nobody else changes it until this is decided.
    if store::settings_to_change(&mut cx.tx).await?.is_none() {
        return Ok(Ack::Done);
    }
    let present = marked(Integrations::of(&mut cx.tx, services).await?.own_harvest());
    let state = &submission.view.state;
    let shown = &submission.view.private_metadata;
    if !shown.is_empty() && *shown != present {
        let field = if state.has(OFF) { OFF } else { TOKEN };
        let why = CHANGED_MEANWHILE.to_owned();
        return Ok(Ack::FieldErrors(vec![(field.to_owned(), why)]));
    }
    if state.ticked(OFF, DISCONNECT) {
        let actor = Actor::Person(&submission.user);
        if turn_harvest_off(&mut cx.tx, actor).await? {
            return Ok(Ack::Done);
        }
        let why = "This workspace has no account of its own any more: somebody else has disconnected it. Nothing was changed.";
        return Ok(Ack::FieldErrors(vec![(OFF.to_owned(), why.to_owned())]));
    }
    let mut wrong = Vec::new();
    let token = state.text(TOKEN).unwrap_or_default();
    if token.is_empty() {
        wrong.push((TOKEN.to_owned(), "Please give an access token.".to_owned()));
    }
    let mut number = |field: &str| {
        number(state, field).unwrap_or_else(|| {
            let why = "Please give an id: a number.";
            wrong.push((field.to_owned(), why.to_owned()));
            0
        })
    };
    let check = CheckHarvest {
        user: submission.user.clone(),
        access_token: services.keyring.encrypt(token),
        account_id: number(ACCOUNT),
        project: number(PROJECT),
        vacation: number(VACATION),
        sick: number(SICK),
        instead_of: Some(present),
    };
    if !wrong.is_empty() {
        return Ok(Ack::FieldErrors(wrong));
    }
    cx.enqueue(&check).await?;
    Ok(Ack::Done)
}

/// An id as PostgreSQL and Harvest have them.
fn number(state: &ViewState, field: &str) -> Option<u64> {
    let id: i64 = state.text(field)?.parse().ok()?;
    u64::try_from(id).ok().filter(|id| *id > 0)
}

/// Runs [`CheckHarvest`].
pub async fn check(services: &Services, job: &Job) -> Result<(), JobError> {
    let work: CheckHarvest = job.work()?;
    let token = services
        .keyring
        .decrypt(&work.access_token)
        .map_err(|error| JobError::for_good(error.to_string()))?;
    let tasks = TimeOffTasks {
        project: work.project,
        vacation: work.vacation,
        sick: work.sick,
    };
    let account = HarvestAccount {
        access_token: Secret::new(token),
        account_id: work.account_id,
        tasks,
    };
    let checked = match check_harvest(&services.outside, account).await {
        Ok(checked) => checked,
        Err(refused) => {
            let text = format!("Harvest is not connected, and nothing was changed. {refused}");
            return tell(services, job, &work.user, &text).await;
        }
    };
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    // The right may be gone since the dialog was sent.
    let is_admin = store::person(&mut tx, &work.user)
        .await?
        .is_some_and(|person| person.is_admin && person.active);
    if !is_admin {
        return Ok(());
    }
    if store::settings_to_change(&mut tx).await?.is_none() {
        return Ok(());
    }
    let integrations = Integrations::of(&mut tx, services).await?;
    let present = marked(integrations.own_harvest());
    // A repeat finds what it saved.
    let ours = mark(&of(work.account_id, tasks));
    if work.instead_of.as_ref().is_some_and(|it| *it != present) && present != ours {
        tx.rollback().await?;
        let text = "Somebody else changed the account of Harvest while I looked at yours, so I left it as it is now. My Home tab shows it, and you can change it there.";
        return tell(services, job, &work.user, text).await;
    }
    let actor = Actor::Person(&work.user);
    save_harvest(&mut tx, &services.keyring, &checked, actor).await?;
    tx.commit().await?;
    let text = format!(
        "Harvest is connected: leave is booked on the project “{}”, as “{}” and “{}”.",
        checked.project, checked.vacation, checked.sick
    );
    tell(services, job, &work.user, &text).await
}

/// Tells the admin that nothing came of it.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let CheckHarvest { user, .. } = job.work()?;
    let text = "Harvest could not be checked, so nothing was changed. Please try again later, from my Home tab.";
    views::tell_opener(tx, job, user, None, text).await
}
