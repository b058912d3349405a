//! What arrives → who handles it. The one table.

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::admin::problem::{self, Problem};
use crate::admin::{Api, leaves};
use crate::gateway::{
    Ack, Cx, Event, EventKind, Handling, InstallationChange, Routes, SlackRequest,
};
use crate::jobs::{Dispatch, Job, JobError, Work};
use crate::leave::announcement::{self, Announce};
use crate::leave::approvals::{self, AskForNote};
use crate::leave::asking;
use crate::leave::channel::{self, ReadMessage};
use crate::leave::day_before::{self, RemindDayBefore};
use crate::leave::digest::{self, PostDigest, RefreshDigest};
use crate::leave::follow::{self, FollowLeave};
use crate::leave::form::{self, OpenForm, UpdateForm};
use crate::leave::reminders;
use crate::leave::request;
use crate::leave::status::{self, EndStatus, FollowStatus};
use crate::leave::sync;
use crate::leave::work::{
    AskApprovers, RefreshReminder, RemindApprover, ShowApproval, ShowFailedSync, ShowReply,
    ShowRequest, SyncLeave,
};
use crate::leave::{cancel, command, views};
use crate::platform::db::TenantTx;
use crate::platform::ids::EnterpriseId;
use crate::services::Services;
use crate::tenant::Workspace;
use crate::tenant::home::{PublishHome, follow};
use crate::tenant::messages::{self, TellPrivately};
use crate::workspace::home;
use crate::workspace::install::consent::{self, Consent};
pub use crate::workspace::install::scopes::bot_scopes;
use crate::workspace::install::{orgs, removed};
use crate::workspace::people::{self, ImportPeople, ImportPerson, ResumeImport, ShowImport};
use crate::workspace::settings::calendar::{self, CheckCalendar};
use crate::workspace::settings::harvest::{self, CheckHarvest};
use crate::workspace::settings::leave_types::{self, OpenLeaveType, ShowLeaveTypes};
use crate::workspace::settings::{self, EnterChannel, OpenSettings};
use crate::workspace::setup::{self, Greet, ShowSetup};

/// The paths that Slack posts to; each takes every kind of request.
pub const SLACK_PATHS: [&str; 3] = ["/slack/events", "/slack/interactivity", "/slack/commands"];

/// The slash command.
pub const COMMAND: &str = "/timeoff";

/// The pages on the way to Slack's consent and back.
pub fn consent() -> Router<Consent> {
    Router::new()
        .route("/slack/install", get(consent::install_page))
        .route("/slack/status", get(consent::status_page))
        .route("/slack/oauth_redirect", get(consent::redirected))
}

/// The signed API: path and method → who answers.
pub fn api() -> Router<Api> {
    Router::new()
        .route("/api/leaves", get(leaves::list))
        .route("/api/leaves/{id}", get(leaves::one))
        .route("/api/leaves/{id}/retry", post(leaves::retry))
        .route("/api", any(async || Problem::NoSuchPath))
        .route("/api/{*path}", any(async || Problem::NoSuchPath))
        .method_not_allowed_fallback(async || Problem::Method)
        .layer(middleware::from_fn(problem::in_time))
}

/// The table of requests and jobs.
#[derive(Clone)]
pub struct Table {
    /// What handlers of jobs work with.
    pub services: Services,
}

/// Binds a handler to its request.
macro_rules! to {
    ($handler:path, $request:expr) => {{
        let request = $request;
        Some(handling(move |cx| $handler(cx, request).boxed()))
    }};
}

fn of_installation(event: Event, change: InstallationChange) -> Handling {
    Handling::OfInstallation(Box::new(move |tx| {
        removed::changed(tx, event, change).boxed()
    }))
}

/// The same for a handler that looks at what is configured.
macro_rules! to_with {
    ($handler:path, $services:expr, $request:expr) => {{
        let (services, request) = ($services.clone(), $request);
        Some(handling(move |cx| {
            async move { $handler(cx, &services, request).await }.boxed()
        }))
    }};
}

/// The same for what can be pressed in the Home tab, which shows the outcome.
macro_rules! at_home {
    ($handler:path, $action:expr) => {{
        let action = $action;
        let user = home::is_pressed_in(&action).then(|| action.user.clone());
        Some(handling(move |cx| {
            async move {
                let ack = $handler(cx, action).await?;
                if let Some(user) = user {
                    home::show_outcome(cx, &user).await?;
                }
                Ok(ack)
            }
            .boxed()
        }))
    }};
}

fn handling<F>(handle: F) -> Handling
where
    F: for<'c> FnOnce(&'c mut Cx) -> BoxFuture<'c, Result<Ack, sqlx::Error>> + Send + 'static,
{
    Handling::InWorkspace(Box::new(handle))
}

impl Routes for Table {
    fn find(&self, request: SlackRequest) -> Option<Handling> {
        match request {
            SlackRequest::Command(command) => match command.command.as_str() {
                COMMAND => to!(timeoff, command),
                _ => None,
            },
            SlackRequest::Action(action) => match action.action_id.as_str() {
                views::REQUEST => to!(form::open_from_button, action),
                views::APPROVE => at_home!(approvals::approve, action),
                views::DENY => at_home!(approvals::deny, action),
                views::CANCEL => at_home!(cancel::cancel, action),
                views::RETRY => at_home!(sync::retry_pressed, action),
                home::REFRESH => to!(home::refresh, action),
                home::PREVIOUS | home::NEXT => to!(home::turn, action),
                views::SNOOZE => to!(reminders::snooze, action),
                status::STOP => at_home!(status::stop, action),
                people::IMPORT => to!(people::import_pressed, action),
                channel::CONFIRM => to!(channel::confirm, action),
                channel::EDIT => to!(channel::edit, action),
                channel::CANCEL => to!(channel::cancel, action),
                channel::YES => to!(channel::yes, action),
                channel::KEEP => to!(channel::keep, action),
                form::FIRST_DAY | form::LAST_DAY | form::PORTION | form::HALF_ENDS => {
                    to!(form::changed, action)
                }
                settings::OPEN => to!(settings::pressed, action),
                leave_types::CHANGE => to!(leave_types::pressed, action),
                setup::LEAVE_CHANNEL => to_with!(setup::leave_channel, self.services, action),
                setup::APPROVERS => to_with!(setup::approvers, self.services, action),
                setup::ZONE => to_with!(setup::zone, self.services, action),
                setup::SKIP => to_with!(setup::skip, self.services, action),
                setup::CONTINUE => to!(setup::go_on, action),
                _ => None,
            },
            SlackRequest::Submission(submission) => match submission.view.callback_id.as_str() {
                form::FORM => to!(form::submitted, submission),
                views::DENIAL => to!(approvals::denied, submission),
                settings::FORM => to_with!(save_and_refresh, self.services, submission),
                calendar::CALENDAR => {
                    to_with!(name_calendar_and_refresh, self.services, submission)
                }
                harvest::HARVEST => {
                    to_with!(connect_harvest_and_refresh, self.services, submission)
                }
                leave_types::FORM => to!(save_leave_type_and_refresh, submission),
                _ => None,
            },
            // Nothing is kept for an open dialog, so nothing is to be done when it closes.
            SlackRequest::Closed(_) => None,
            SlackRequest::Event(event) => match event.kind.clone() {
                EventKind::AppHomeOpened(opened) => to!(home::opened, opened),
                EventKind::DirectMessage(message) => to!(home::written_to, message),
                EventKind::ChannelMessage(message) => to!(channel::heard, message),
                EventKind::MemberChanged(member) => to!(people::changed, *member),
                EventKind::JoinedChannel(joined) => to!(people::joined, joined),
                EventKind::Installation(change) => Some(of_installation(event, change)),
            },
        }
    }

    fn adopt<'t>(
        &'t self,
        tx: &'t mut TenantTx,
        org: &'t EnterpriseId,
        correlation_id: &'t str,
    ) -> BoxFuture<'t, Result<Option<Workspace>, sqlx::Error>> {
        orgs::adopt(tx, org, correlation_id).boxed()
    }
}

/// Every kind of job.
const KINDS: [&str; 33] = [
    OpenForm::KIND,
    UpdateForm::KIND,
    ShowRequest::KIND,
    ReadMessage::KIND,
    ShowReply::KIND,
    AskApprovers::KIND,
    ShowApproval::KIND,
    AskForNote::KIND,
    SyncLeave::KIND,
    ShowFailedSync::KIND,
    FollowLeave::KIND,
    Announce::KIND,
    PostDigest::KIND,
    RefreshDigest::KIND,
    RemindDayBefore::KIND,
    FollowStatus::KIND,
    EndStatus::KIND,
    RemindApprover::KIND,
    RefreshReminder::KIND,
    TellPrivately::KIND,
    ImportPeople::KIND,
    ResumeImport::KIND,
    ImportPerson::KIND,
    ShowImport::KIND,
    PublishHome::KIND,
    OpenSettings::KIND,
    EnterChannel::KIND,
    OpenLeaveType::KIND,
    ShowLeaveTypes::KIND,
    CheckCalendar::KIND,
    CheckHarvest::KIND,
    Greet::KIND,
    ShowSetup::KIND,
];

impl Dispatch for Table {
    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn run<'a>(&'a self, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        let services = &self.services;
        match job.kind.as_str() {
            OpenForm::KIND => form::open(services, job).boxed(),
            UpdateForm::KIND => form::update(services, job).boxed(),
            ShowRequest::KIND => request::show(services, job).boxed(),
            ReadMessage::KIND => channel::read(services, job).boxed(),
            ShowReply::KIND => channel::show(services, job).boxed(),
            AskApprovers::KIND => asking::ask(services, job).boxed(),
            ShowApproval::KIND => asking::show(services, job).boxed(),
            AskForNote::KIND => approvals::ask_for_note(services, job).boxed(),
            SyncLeave::KIND => sync::run(services, job).boxed(),
            ShowFailedSync::KIND => sync::show_failed(services, job).boxed(),
            FollowLeave::KIND => follow::run(services, job).boxed(),
            Announce::KIND => announcement::announce(services, job).boxed(),
            PostDigest::KIND => digest::post(services, job).boxed(),
            RefreshDigest::KIND => digest::refresh(services, job).boxed(),
            RemindDayBefore::KIND => day_before::run(services, job).boxed(),
            FollowStatus::KIND => status::run(services, job).boxed(),
            EndStatus::KIND => status::end(services, job).boxed(),
            RemindApprover::KIND => reminders::send(services, job).boxed(),
            RefreshReminder::KIND => reminders::refresh(services, job).boxed(),
            TellPrivately::KIND => messages::tell_privately(services, job).boxed(),
            ImportPeople::KIND => people::import(services, job).boxed(),
            ResumeImport::KIND => people::resume(services, job).boxed(),
            ImportPerson::KIND => people::import_one(services, job).boxed(),
            ShowImport::KIND => people::show_import(services, job).boxed(),
            PublishHome::KIND => home::publish(services, job).boxed(),
            OpenSettings::KIND => settings::open(services, job).boxed(),
            EnterChannel::KIND => settings::enter(services, job).boxed(),
            OpenLeaveType::KIND => leave_types::open(services, job).boxed(),
            ShowLeaveTypes::KIND => leave_types::show(services, job).boxed(),
            CheckCalendar::KIND => check_calendar_and_refresh(services, job).boxed(),
            CheckHarvest::KIND => check_harvest_and_refresh(services, job).boxed(),
            Greet::KIND => setup::greet(services, job).boxed(),
            ShowSetup::KIND => setup::show(services, job).boxed(),
            unknown => {
                let error = JobError::for_good(format!("no handler for jobs of kind {unknown}"));
                async move { Err(error) }.boxed()
            }
        }
    }

    fn gave_up<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        job: &'a Job,
    ) -> BoxFuture<'a, Result<(), JobError>> {
        match job.kind.as_str() {
            OpenForm::KIND => form::gave_up(tx, job).boxed(),
            AskForNote::KIND => approvals::note_gave_up(tx, job).boxed(),
            AskApprovers::KIND => asking::ask_gave_up(tx, job).boxed(),
            ReadMessage::KIND => channel::read_gave_up(tx, job).boxed(),
            ShowReply::KIND => channel::show_gave_up(tx, job).boxed(),
            ShowApproval::KIND => asking::show_gave_up(tx, job).boxed(),
            ImportPeople::KIND => people::gave_up(tx, job).boxed(),
            SyncLeave::KIND => sync::gave_up(tx, &self.services, job).boxed(),
            FollowStatus::KIND => status::gave_up(tx, job).boxed(),
            EndStatus::KIND => status::end_gave_up(tx, job).boxed(),
            TellPrivately::KIND => messages::tell_gave_up(tx, job).boxed(),
            OpenSettings::KIND => settings::gave_up(tx, job).boxed(),
            EnterChannel::KIND => settings::entering_gave_up(tx, job).boxed(),
            OpenLeaveType::KIND => leave_types::gave_up(tx, job).boxed(),
            CheckCalendar::KIND => calendar::gave_up(tx, job).boxed(),
            CheckHarvest::KIND => harvest::gave_up(tx, job).boxed(),
            // Nobody waits for these, or Slack itself is what failed; the log has it.
            _ => async { Ok(()) }.boxed(),
        }
    }
}

/// A command of somebody whom the directory does not know has them looked up.
async fn timeoff(cx: &mut Cx, command: crate::gateway::SlashCommand) -> Result<Ack, sqlx::Error> {
    if cx.person.is_none() {
        return people::stranger(cx, command).await;
    }
    command::timeoff(cx, command).await
}

/// The Home tab and the set-up show the settings, so they follow when these change.
async fn save_and_refresh(
    cx: &mut Cx,
    services: &Services,
    submission: crate::gateway::ViewSubmission,
) -> Result<Ack, sqlx::Error> {
    let user = submission.user.clone();
    let ack = settings::submitted(cx, submission.clone()).await?;
    if matches!(ack, Ack::Done) {
        setup::follow(cx, services, Some(&submission)).await?;
    }
    // Whoever is no admin any more sees the settings no longer.
    if !matches!(ack, Ack::FieldErrors(_)) {
        home::show_outcome(cx, &user).await?;
    }
    Ok(ack)
}

/// The same where a calendar is named, or none any more.
async fn name_calendar_and_refresh(
    cx: &mut Cx,
    services: &Services,
    submission: crate::gateway::ViewSubmission,
) -> Result<Ack, sqlx::Error> {
    let user = submission.user.clone();
    let ack = calendar::submitted(cx, submission).await?;
    if matches!(ack, Ack::Done) {
        setup::follow(cx, services, None).await?;
    }
    if !matches!(ack, Ack::FieldErrors(_)) {
        home::show_outcome(cx, &user).await?;
    }
    Ok(ack)
}

/// The same for Harvest.
async fn connect_harvest_and_refresh(
    cx: &mut Cx,
    services: &Services,
    submission: crate::gateway::ViewSubmission,
) -> Result<Ack, sqlx::Error> {
    let user = submission.user.clone();
    let ack = harvest::submitted(cx, services, submission).await?;
    if !matches!(ack, Ack::FieldErrors(_)) {
        home::show_outcome(cx, &user).await?;
    }
    Ok(ack)
}

/// The same once a calendar was looked at.
async fn check_calendar_and_refresh(services: &Services, job: &Job) -> Result<(), JobError> {
    calendar::check(services, job).await?;
    let CheckCalendar { user, .. } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    setup::calendar_checked(&mut tx, services, job, &user).await?;
    follow(&mut tx, &job.correlation_id, &[user]).await?;
    Ok(tx.commit().await?)
}

/// The same once an account of Harvest was looked at.
async fn check_harvest_and_refresh(services: &Services, job: &Job) -> Result<(), JobError> {
    harvest::check(services, job).await?;
    let CheckHarvest { user, .. } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    follow(&mut tx, &job.correlation_id, &[user]).await?;
    Ok(tx.commit().await?)
}

/// The same for a leave type.
async fn save_leave_type_and_refresh(
    cx: &mut Cx,
    submission: crate::gateway::ViewSubmission,
) -> Result<Ack, sqlx::Error> {
    let user = submission.user.clone();
    let ack = leave_types::submitted(cx, submission).await?;
    if !matches!(ack, Ack::FieldErrors(_)) {
        home::show_outcome(cx, &user).await?;
    }
    Ok(ack)
}
