//! Opening a dialog of the settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::calendar::CALENDAR;
use super::form::{Form, mark};
use super::harvest::HARVEST;
use super::save::FORM;
use super::week::Weeks;
use super::{admins_only, calendar, harvest, leave_types};
use crate::clients::blocks::{SlackBlock, SlackModalView, divider, modal, section};
use crate::gateway::{Ack, BlockAction, Cx};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::leave::{request, views};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::model::zone;
use crate::tenant::{Integrations, Messenger, Settings, store};

/// Opens a dialog; the value is its name.
pub const OPEN: &str = "settings.open";

/// What a dialog of ours remembers while it is open.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Shown {
    /// Which form.
    pub form: String,
    /// What it showed, each value by its [`mark`].
    pub values: BTreeMap<String, String>,
}

/// Job: opens a dialog.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenSettings {
    /// For whom.
    pub user: SlackUserId,
    /// Which: the name of a [`Form`], or of one of the other dialogs.
    pub dialog: String,
    /// Good for 3 seconds from the press.
    pub trigger_id: String,
    /// For the answer if it cannot be opened.
    pub response_url: Option<url::Url>,
}

impl Work for OpenSettings {
    const KIND: &'static str = "settings.open";
    // The trigger is dead before a second attempt.
    const POLICY: Policy = Policy::NeverAgain;
}

/// A button that opens a dialog was pressed.
pub async fn pressed(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return request::tell_presser(cx, &pressed, why.to_owned()).await;
    }
    let open = OpenSettings {
        user: pressed.user,
        dialog: pressed.value,
        trigger_id: pressed.trigger_id,
        response_url: pressed.response_url,
    };
    cx.enqueue(&open).await?;
    Ok(Ack::Done)
}

/// Runs [`OpenSettings`].
pub async fn open(services: &Services, job: &Job) -> Result<(), JobError> {
    let open: OpenSettings = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(workspace) = store::workspace(&mut tx).await? else {
        return Ok(());
    };
    let settings = workspace.settings;
    let view = match (open.dialog.as_str(), Form::of(&open.dialog)) {
        (_, Some(form)) => view(&mut tx, form, &settings).await?,
        (CALENDAR, _) => {
            let integrations = Integrations::of(&mut tx, services).await?;
            let own = settings.calendar_id.as_deref();
            calendar::view(services, &job.workspace, own, &integrations)
        }
        (HARVEST, _) => {
            let integrations = Integrations::of(&mut tx, services).await?;
            harvest::view(&integrations)
        }
        (leave_types::LIST, _) => leave_types::list_view(&mut tx).await?,
        _ => return Ok(()),
    };
    tx.rollback().await?;
    let messenger = Messenger::of(services, &job.workspace).await?;
    services
        .slack
        .open_view(messenger.bot(), &open.trigger_id, &view)
        .await?;
    Ok(())
}

/// Tells the person that the dialog did not open.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let open: OpenSettings = job.work()?;
    let text = "Slack did not confirm that the dialog opened, and nothing was changed. If you do not see it, please press the button once more.";
    views::tell_opener(tx, job, open.user, open.response_url, text).await
}

/// A form, filled in with what is stored.
async fn view(
    tx: &mut TenantTx,
    form: Form,
    settings: &Settings,
) -> Result<SlackModalView, sqlx::Error> {
    let stored = settings.by_name();
    let null = serde_json::Value::Null;
    let mut shown = Shown {
        form: form.key().to_owned(),
        values: BTreeMap::new(),
    };
    let mut blocks: Vec<SlackBlock> = Vec::new();
    for field in form.fields() {
        let value = stored.get(field.setting).unwrap_or(&null);
        shown.values.insert(field.setting.to_owned(), mark(value));
        blocks.push(field.block(value));
    }
    if form == Form::WorkingTime {
        let today = tx.now().to_zoned(zone(&settings.zone)).date();
        let weeks = Weeks::read(tx, today).await?;
        shown.values.extend(weeks.marks());
        blocks.extend([divider(), section("*The working week*")]);
        blocks.extend(weeks.blocks());
    }
    // Short names and marks of a few characters: far below Slack's 3000.
    let metadata = serde_json::to_string(&shown).unwrap_or_default();
    Ok(modal(FORM, form.title(), Some("Save"), &metadata, blocks))
}
