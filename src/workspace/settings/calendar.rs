//! The calendar that shows leave: named in a dialog, checked with Google, then saved.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::form::mark;
use super::save::CHANGED_MEANWHILE;
use super::{admins_only, tell};
use crate::clients::blocks::{Input, SlackModalView, escape, modal, section};
use crate::clients::google_calendar::GoogleCalendar;
use crate::gateway::{Ack, Cx, ViewSubmission};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::leave::views;
use crate::platform::db::TenantTx;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;
use crate::tenant::Integrations;
use crate::tenant::store::{self, Actor};
use crate::workspace::integrations::calendar::{NamedBy, calendar_id, proof_title};
use crate::workspace::integrations::{check_calendar, save_calendar, turn_calendar_off};

/// The name of the dialog; also what it is submitted as.
pub const CALENDAR: &str = "settings.calendar";
const ID: &str = "calendar_id";

/// The dialog. `own`: the calendar that the workspace has set.
pub(super) fn view(
    services: &Services,
    workspace: &WorkspaceId,
    own: Option<&str>,
    integrations: &Integrations,
) -> SlackModalView {
    let Some(google) = &services.outside.google else {
        let text = "This timeoff has no Google account, so leave cannot appear in a calendar. Please ask whoever runs it.";
        return views::notice("Google Calendar", text);
    };
    let mut steps = format!(
        "1. Share the calendar with `{}`: in the calendar's settings, “Share with specific people”, with “Make changes to events”.\n2. Add an event with the title `{}` to it, on any day. It shows that the calendar is yours, and is removed again.\n3. Copy the calendar's id from its settings, “Integrate calendar”.",
        escape(google.email()),
        escape(&proof_title(workspace)),
    );
    let then = match (own, integrations.environment_calendar().map(escape)) {
        (None, None) => String::new(),
        (None, Some(environment)) => format!(
            "\nLeave appears in the calendar {environment}, which whoever runs timeoff has set: only they can switch it off. A calendar that you name here takes its place."
        ),
        (Some(_), None) => {
            "\nWith no id, leave appears in no calendar from now on. Events that are there stay."
                .to_owned()
        }
        (Some(_), Some(environment)) => format!(
            "\nWith no id, leave appears in the calendar {environment} again, which whoever runs timeoff has set. Events that are there stay."
        ),
    };
    steps.push_str(&then);
    let blocks = vec![
        section(&steps),
        Input::line(ID, "Calendar id", own)
            .optional()
            .hint("Such as team@group.calendar.google.com")
            .block(),
    ];
    modal(
        CALENDAR,
        "Google Calendar",
        Some("Save"),
        &marked(own),
        blocks,
    )
}

/// What the dialog remembers of the calendar that it showed.
fn marked(own: Option<&str>) -> String {
    mark(&Value::from(own))
}

/// Job: checks a calendar with Google, and saves it if it is good.
#[derive(Debug, Serialize, Deserialize)]
pub struct CheckCalendar {
    /// Who named it, and is told what came of it.
    pub user: SlackUserId,
    /// Its id.
    pub calendar_id: String,
    /// The mark of the calendar in whose place it comes.
    #[serde(default)]
    pub instead_of: Option<String>,
}

impl Work for CheckCalendar {
    const KIND: &'static str = "settings.check_calendar";
    // A repeat would look, find nothing changed, and save the same.
    const POLICY: Policy = Policy::UpTo(3);
}

/// The dialog was submitted.
pub async fn submitted(cx: &mut Cx, submission: ViewSubmission) -> Result<Ack, sqlx::Error> {
    if let Err(why) = admins_only(cx) {
        return Ok(Ack::Show(Box::new(views::notice("Not saved", why))));
    }
    let named = match submission.view.state.text(ID).map(calendar_id) {
        None => None,
        Some(Ok(id)) => Some(id.to_owned()),
        Some(Err(refused)) => return Ok(beside_id(refused.to_string())),
    };
    let Some(stored) = store::settings_to_change(&mut cx.tx).await? else {
        return Ok(Ack::Done);
    };
    // Two who want the same are no trouble.
    let shown = &submission.view.private_metadata;
    if !shown.is_empty()
        && *shown != marked(stored.calendar_id.as_deref())
        && named != stored.calendar_id
    {
        return Ok(beside_id(CHANGED_MEANWHILE.to_owned()));
    }
    let Some(calendar_id) = named else {
        // With none of its own there is nothing to turn off.
        if stored.calendar_id.is_some() {
            turn_calendar_off(&mut cx.tx, Actor::Person(&submission.user)).await?;
        }
        return Ok(Ack::Done);
    };
    cx.enqueue(&CheckCalendar {
        user: submission.user,
        calendar_id,
        instead_of: Some(marked(stored.calendar_id.as_deref())),
    })
    .await?;
    Ok(Ack::Done)
}

fn beside_id(why: String) -> Ack {
    Ack::FieldErrors(vec![(ID.to_owned(), why)])
}

/// Runs [`CheckCalendar`].
pub async fn check(services: &Services, job: &Job) -> Result<(), JobError> {
    let CheckCalendar {
        user,
        calendar_id,
        instead_of,
    } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let integrations = Integrations::of(&mut tx, services).await?;
    tx.rollback().await?;
    let present = integrations.calendar.as_ref().map(GoogleCalendar::id);
    let checked = check_calendar(
        &services.outside,
        &job.workspace,
        &calendar_id,
        present,
        NamedBy::Admin,
    );
    let checked = match checked.await {
        Ok(checked) => checked,
        Err(refused) => {
            let text = format!("Leave does not appear in this calendar yet. {refused}");
            return tell(services, job, &user, &text).await;
        }
    };
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    // The right may be gone since the dialog was sent.
    let is_admin = store::person(&mut tx, &user)
        .await?
        .is_some_and(|person| person.is_admin && person.active);
    if !is_admin {
        return Ok(());
    }
    let Some(stored) = store::settings_to_change(&mut tx).await? else {
        return Ok(());
    };
    // A repeat finds what it saved.
    let stored = stored.calendar_id.as_deref();
    if instead_of.is_some_and(|it| it != marked(stored)) && stored != Some(calendar_id.as_str()) {
        tx.rollback().await?;
        let text = "Somebody else changed the calendar while I looked at yours, so I left it as it is now. My Home tab shows it, and you can change it there.";
        return tell(services, job, &user, text).await;
    }
    let saved = save_calendar(&mut tx, &services.outside, &checked, Actor::Person(&user));
    if let Err(refused) = saved.await? {
        tx.rollback().await?;
        return tell(services, job, &user, &refused.to_string()).await;
    }
    tx.commit().await?;
    if let Err(error) = checked.tidy().await {
        tracing::warn!(%error, "the event that showed whose the calendar is stays in it");
    }
    let text = format!(
        "Approved leave appears in the calendar {} from now on.",
        escape(&calendar_id)
    );
    tell(services, job, &user, &text).await
}

/// Tells the admin that nothing came of it.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let CheckCalendar { user, .. } = job.work()?;
    let text = "The calendar could not be checked, so nothing was changed. Please try again later, from my Home tab.";
    views::tell_opener(tx, job, user, None, text).await
}
