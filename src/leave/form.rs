//! The form of `/timeoff`: opening it, keeping its summary true while it is open, submitting it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::days::{self, LeaveDay};
use super::model::{LeaveSpan, LeaveType, Portion};
use super::policy::{self, Field, Problem};
use super::request::{self, Draft};
use super::visibility::Viewer;
use super::{overview, store, views, words};
use crate::clients::blocks::{Input, SlackBlock, SlackModalView, escape, modal, named_section};
use crate::gateway::{Ack, BlockAction, Cx, ViewState, ViewSubmission};
use crate::jobs::{Job, JobError, Policy, Work};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::store as directory;
use crate::tenant::{Messenger, Person, Settings};

/// The dialog, as `routes.rs` knows it.
pub const FORM: &str = "leave.form";
/// The fields; also the action ids of their changes.
pub const LEAVE_TYPE: &str = "leave_type";
/// The first day.
pub const FIRST_DAY: &str = "first_day";
/// The last day.
pub const LAST_DAY: &str = "last_day";
/// The part of each day.
pub const PORTION: &str = "portion";
/// Half days at the two ends.
pub const HALF_ENDS: &str = "half_ends";
/// The reason.
pub const REASON: &str = "reason";
const STARTS_MIDDAY: &str = "starts_midday";
const ENDS_MIDDAY: &str = "ends_midday";

/// What is filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filled {
    /// The leave type's key.
    pub leave_type: Option<String>,
    /// The first day.
    pub first: Option<Date>,
    /// The last day; `None`: a single day.
    pub last: Option<Date>,
    /// The part of each day, by [`Portion::as_str`].
    pub portion: Option<String>,
    /// The first day begins at midday.
    pub starts_midday: bool,
    /// The last day ends at midday.
    pub ends_midday: bool,
}

impl Filled {
    fn read(state: &ViewState) -> Self {
        let date = |name| state.date(name).and_then(|text| text.parse().ok());
        Self {
            leave_type: state.choice(LEAVE_TYPE).map(str::to_owned),
            first: date(FIRST_DAY),
            last: date(LAST_DAY),
            portion: state.choice(PORTION).map(str::to_owned),
            starts_midday: state.ticked(HALF_ENDS, STARTS_MIDDAY),
            ends_midday: state.ticked(HALF_ENDS, ENDS_MIDDAY),
        }
    }

    fn portion(&self) -> Portion {
        self.portion
            .as_deref()
            .and_then(Portion::parse)
            .unwrap_or(Portion::Full)
    }

    /// These days of this leave type.
    pub fn with(leave_type: &str, span: &LeaveSpan) -> Self {
        Self {
            leave_type: Some(leave_type.to_owned()),
            first: Some(span.first()),
            last: Some(span.last()).filter(|last| *last != span.first()),
            portion: Some(span.portion().as_str().to_owned()),
            starts_midday: span.starts_midday(),
            ends_midday: span.ends_midday(),
        }
    }

    /// The span, or what is wrong with it.
    fn span(&self) -> Result<LeaveSpan, Problem> {
        let first = self
            .first
            .ok_or_else(|| Problem::new(Field::FirstDay, "Please choose the first day."))?;
        let last = self.last.unwrap_or(first);
        let span = LeaveSpan::new(first, last, self.portion())
            .map_err(|_| Problem::new(Field::LastDay, "The last day is before the first day. Please choose a later one, or leave it empty for a single day."))?;
        Ok(span.with_half_ends(self.starts_midday, self.ends_midday))
    }

    fn is_range(&self) -> bool {
        matches!((self.first, self.last), (Some(first), Some(last)) if first < last)
    }
}

/// Job: opens the form.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenForm {
    /// For whom.
    pub user: SlackUserId,
    /// Good for 3 seconds from the command or press.
    pub trigger_id: String,
    /// For the answer if the form cannot be opened.
    pub response_url: Option<url::Url>,
    /// What is filled in already.
    pub filled: Filled,
    /// The proposal in the leave channel that is edited with it.
    #[serde(default)]
    pub proposed: Option<i64>,
}

impl Work for OpenForm {
    const KIND: &'static str = "leave.open_form";
    // The trigger is dead before a second attempt.
    const POLICY: Policy = Policy::NeverAgain;
}

/// Runs [`OpenForm`].
pub async fn open(services: &Services, job: &Job) -> Result<(), JobError> {
    let OpenForm {
        user,
        trigger_id,
        filled,
        proposed,
        ..
    } = job.work()?;
    let Some(view) = view(services, job, &user, &filled, proposed).await? else {
        return Ok(());
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    services
        .slack
        .open_view(messenger.bot(), &trigger_id, &view)
        .await?;
    Ok(())
}

/// Tells the person that the form did not open.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let open: OpenForm = job.work()?;
    let text =
        "Slack did not confirm that the form opened. If you do not see it, please try once more.";
    views::tell_opener(tx, job, open.user, open.response_url, text).await
}

/// “Request time off” was pressed.
pub async fn open_from_button(cx: &mut Cx, pressed: BlockAction) -> Result<Ack, sqlx::Error> {
    if let Err(why) = request::requester(cx) {
        return request::tell_presser(cx, &pressed, why.to_owned()).await;
    }
    let open = OpenForm {
        user: pressed.user,
        trigger_id: pressed.trigger_id,
        response_url: pressed.response_url,
        filled: Filled::default(),
        proposed: None,
    };
    cx.enqueue(&open).await?;
    Ok(Ack::Done)
}

/// Job: shows what the chosen days mean, in the open form.
#[derive(Debug, Serialize, Deserialize)]
pub struct UpdateForm {
    /// Who fills it.
    pub user: SlackUserId,
    /// The open dialog.
    pub view_id: String,
    /// What is chosen.
    pub filled: Filled,
    /// The proposal that is edited.
    #[serde(default)]
    pub proposed: Option<i64>,
}

impl Work for UpdateForm {
    const KIND: &'static str = "leave.update_form";
    // The next change of the form brings the next update.
    const POLICY: Policy = Policy::NeverAgain;

    /// In order, so that the last choice is what stays.
    fn lane(&self) -> Option<String> {
        Some(format!("view:{}", self.view_id))
    }
}

/// A field of the form changed.
pub async fn changed(cx: &mut Cx, action: BlockAction) -> Result<Ack, sqlx::Error> {
    if let Some(view) = action.view {
        cx.enqueue(&UpdateForm {
            user: action.user,
            view_id: view.id,
            filled: Filled::read(&view.state),
            proposed: view.private_metadata.parse().ok(),
        })
        .await?;
    }
    Ok(Ack::Done)
}

/// Runs [`UpdateForm`].
pub async fn update(services: &Services, job: &Job) -> Result<(), JobError> {
    let UpdateForm {
        user,
        view_id,
        filled,
        proposed,
    } = job.work()?;
    let Some(view) = view(services, job, &user, &filled, proposed).await? else {
        return Ok(());
    };
    let messenger = Messenger::of(services, &job.workspace).await?;
    match services
        .slack
        .update_view(messenger.bot(), &view_id, &view)
        .await
    {
        // The person closed it in the meantime.
        Err(error) if error.code == "not_found" => Ok(()),
        result => Ok(result?),
    }
}

/// The form was submitted.
pub async fn submitted(cx: &mut Cx, submission: ViewSubmission) -> Result<Ack, sqlx::Error> {
    let state = &submission.view.state;
    let filled = Filled::read(state);
    let span = match filled.span() {
        Ok(span) => span,
        Err(problem) => return Ok(field_error(problem)),
    };
    let draft = Draft {
        leave_type: filled.leave_type.as_deref().unwrap_or_default(),
        span,
        reason: state.text(REASON),
        proposed: submission.view.private_metadata.parse().ok(),
    };
    match request::submit(cx, &draft).await? {
        Ok(_) => Ok(Ack::Done),
        Err(problem) => Ok(field_error(problem)),
    }
}

fn field_error(problem: Problem) -> Ack {
    let block = match problem.field {
        Field::LeaveType => LEAVE_TYPE,
        Field::FirstDay => FIRST_DAY,
        Field::LastDay => LAST_DAY,
        Field::Portion => PORTION,
        Field::Reason => REASON,
    };
    Ack::FieldErrors(vec![(block.to_owned(), problem.message)])
}

async fn view(
    services: &Services,
    job: &Job,
    user: &SlackUserId,
    filled: &Filled,
    proposed: Option<i64>,
) -> Result<Option<SlackModalView>, JobError> {
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let (Some(workspace), Some(person)) = (
        directory::workspace(&mut tx).await?,
        directory::person(&mut tx, user).await?,
    ) else {
        return Ok(None);
    };
    let types = store::leave_types(&mut tx).await?;
    if types.is_empty() {
        let text = "There is no kind of leave to choose from yet. Please ask a people admin.";
        return Ok(Some(views::notice("Request time off", text)));
    }
    let summary = summary(&mut tx, &person, &workspace.settings, filled, proposed).await?;
    tx.rollback().await?;
    Ok(Some(build(&types, filled, &summary, proposed)))
}

/// What the choice costs, which days do not count, and who else is off.
async fn summary(
    tx: &mut TenantTx,
    person: &Person,
    settings: &Settings,
    filled: &Filled,
    proposed: Option<i64>,
) -> Result<String, sqlx::Error> {
    let today = person.today(tx.now());
    let wrong = |problem: Problem| format!(":warning: {}", escape(&problem.message));
    let span = match filled.span() {
        Ok(span) => span,
        Err(_) if filled.first.is_none() => {
            return Ok(
                "Choose a day to see how many working days that is and who else is off.".to_owned(),
            );
        }
        Err(problem) => return Ok(wrong(problem)),
    };
    let calendars = store::calendars(tx, settings, span.first(), span.last()).await?;
    let days = match policy::check(
        &calendars.of(person),
        &span,
        today,
        settings.longest_leave_days,
    ) {
        Ok(days) => days,
        Err(problem) => return Ok(wrong(problem)),
    };
    let mut taken = store::overlapping(tx, &person.user, &days).await?;
    if let Some(proposed) = proposed {
        let proposal = store::action(tx, proposed).await?;
        let superseded = request::superseded(tx, proposal.as_ref()).await?;
        taken.retain(|other| superseded.iter().all(|earlier| earlier.id != other.id));
    }
    if !taken.is_empty() {
        return Ok(wrong(policy::overlap(&taken, today)));
    }
    let mut lines = count(&span, &days, today);
    lines.extend(leave_years(&days, settings.leave_year_starts));
    let viewer = Viewer::Colleague;
    let also_off = overview::also_off(tx, person, &span, &calendars, viewer, today).await?;
    lines.push(others(&also_off, person.team.as_deref()));
    Ok(lines.join("\n"))
}

fn count(span: &LeaveSpan, days: &[LeaveDay], today: Date) -> Vec<String> {
    let amount = words::working_days(days::total(days).half_days);
    let mut lines = vec![format!("*{amount}*: {}", words::span(span, today))];
    let off = words::days_off(days, today);
    if !off.is_empty() {
        lines.push(escape(&format!(
            "Not counted: {}",
            words::list(&words::few(&off, 4))
        )));
    }
    lines
}

/// How the days fall into leave years; nothing where all are in one.
fn leave_years(days: &[LeaveDay], starts_in: i8) -> Option<String> {
    let mut years: Vec<(i16, u32)> = Vec::new();
    for (day, portion, _) in policy::leave_days(days) {
        match years.last_mut() {
            Some((year, half_days)) if *year == day.leave_year => {
                *half_days += portion.half_days();
            }
            _ => years.push((day.leave_year, portion.half_days())),
        }
    }
    if years.len() < 2 {
        return None;
    }
    let years: Vec<String> = years
        .into_iter()
        .map(|(year, half_days)| {
            let amount = words::working_days(half_days);
            format!("{amount} in {}", words::leave_year(year, starts_in))
        })
        .collect();
    Some(format!("By leave year: {}", words::list(&years)))
}

fn others(also_off: &[String], team: Option<&str>) -> String {
    match (also_off, team) {
        ([], Some(_)) => "Nobody else in your team is off then.".to_owned(),
        ([], None) => "Nobody else is off then.".to_owned(),
        (some, _) => format!("Also off then: {}", words::few(some, 8).join("; ")),
    }
}

fn build(
    types: &[LeaveType],
    filled: &Filled,
    summary: &str,
    proposed: Option<i64>,
) -> SlackModalView {
    let choices: Vec<(&str, &str)> = types
        .iter()
        .map(|kind| (kind.key.as_str(), kind.name.as_str()))
        .collect();
    let chosen = filled
        .leave_type
        .as_deref()
        .or_else(|| choices.first().map(|(key, _)| *key));
    let range = filled.is_range();
    // The same words for a day and for a range: an option that changes under a choice made
    // before it is not reliably kept by Slack's clients.
    let portions = [
        ("full", "Whole day"),
        ("half_am", "Morning"),
        ("half_pm", "Afternoon"),
    ];
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    let mut blocks: Vec<SlackBlock> = vec![
        Input::select(LEAVE_TYPE, "Leave type", &choices, chosen).block(),
        Input::date(FIRST_DAY, "First day", text(filled.first))
            .tells_changes()
            .block(),
        Input::date(LAST_DAY, "Last day", text(filled.last))
            .optional()
            .tells_changes()
            .hint("Leave it empty for a single day.")
            .block(),
        Input::select(
            PORTION,
            "Part of the day",
            &portions,
            Some(filled.portion().as_str()),
        )
        .tells_changes()
        .block(),
    ];
    if range && filled.portion() == Portion::Full {
        let ends = [
            (STARTS_MIDDAY, "The first day begins at midday"),
            (ENDS_MIDDAY, "The last day ends at midday"),
        ];
        let ticked: Vec<&str> = [
            (filled.starts_midday, STARTS_MIDDAY),
            (filled.ends_midday, ENDS_MIDDAY),
        ]
        .iter()
        .filter(|(on, _)| *on)
        .map(|(_, name)| *name)
        .collect();
        blocks.push(
            Input::checkboxes(HALF_ENDS, "Half days", &ends, &ticked)
                .optional()
                .tells_changes()
                .block(),
        );
    }
    blocks.push(named_section("summary", summary));
    blocks.push(
        Input::text(REASON, "Reason", "Only if you want to say it", None)
            .optional()
            .hint("Only your approvers and people admins see it, never your colleagues. Up to 500 characters.")
            .block(),
    );
    let metadata = proposed.map(|id| id.to_string()).unwrap_or_default();
    modal(
        FORM,
        "Request time off",
        Some("Send request"),
        &metadata,
        blocks,
    )
}
