//! What arrives → who handles it. The one table.

use std::collections::BTreeSet;

use axum::Router;
use axum::middleware;
use axum::routing::{any, get, post};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::admin::problem::{self, Problem};
use crate::admin::{Api, leaves};
use crate::clients::slack::METHOD_SCOPES;
use crate::gateway::{
    Ack, Cx, Event, EventKind, HEARD, Handling, InstallationChange, Routes, SlackRequest,
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
use crate::tenant::messages::{self, TellPrivately};
use crate::workspace::home::{self, PublishHome};
use crate::workspace::install::consent::{self, Consent};
use crate::workspace::install::{orgs, removed};
use crate::workspace::people::{self, ImportPeople, ImportPerson};

/// The paths that Slack posts to; each takes every kind of request.
pub const SLACK_PATHS: [&str; 3] = ["/slack/events", "/slack/interactivity", "/slack/commands"];

/// The slash command.
pub const COMMAND: &str = "/timeoff";

/// The bot scopes that the app needs, and no other: for the methods that it calls, the events that
/// it hears, and its command (`commands`).
pub fn bot_scopes() -> BTreeSet<&'static str> {
    let methods = METHOD_SCOPES.iter().map(|(_, scopes)| *scopes);
    let events = HEARD.iter().map(|heard| heard.scopes);
    let mut all: BTreeSet<_> = methods.chain(events).flatten().copied().collect();
    all.insert("commands");
    all
}

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
                views::APPROVE => to!(approvals::approve, action),
                views::DENY => to!(approvals::deny, action),
                views::CANCEL => to!(cancel_and_refresh, action),
                views::RETRY => to!(sync::retry_pressed, action),
                views::SNOOZE => to!(reminders::snooze, action),
                status::STOP => to!(stop_status_and_refresh, action),
                channel::CONFIRM => to!(channel::confirm, action),
                channel::EDIT => to!(channel::edit, action),
                channel::CANCEL => to!(channel::cancel, action),
                channel::YES => to!(channel::yes, action),
                channel::KEEP => to!(channel::keep, action),
                form::FIRST_DAY | form::LAST_DAY | form::PORTION | form::HALF_ENDS => {
                    to!(form::changed, action)
                }
                _ => None,
            },
            SlackRequest::Submission(submission) => match submission.view.callback_id.as_str() {
                form::FORM => to!(submit_and_refresh, submission),
                views::DENIAL => to!(approvals::denied, submission),
                _ => None,
            },
            // Nothing is kept for an open dialog, so nothing is to be done when it closes.
            SlackRequest::Closed(_) => None,
            SlackRequest::Event(event) => match event.kind.clone() {
                EventKind::AppHomeOpened(opened) => to!(home::opened, opened),
                EventKind::DirectMessage(message) => to!(home::written_to, message),
                EventKind::ChannelMessage(message) => to!(channel::heard, message),
                EventKind::MemberChanged(member) => to!(people::changed, *member),
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
const KINDS: [&str; 23] = [
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
    ImportPerson::KIND,
    PublishHome::KIND,
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
            ImportPerson::KIND => people::import_one(services, job).boxed(),
            PublishHome::KIND => home::publish(services, job).boxed(),
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
            SyncLeave::KIND => sync::gave_up(tx, &self.services, job).boxed(),
            FollowStatus::KIND => status::gave_up(tx, job).boxed(),
            EndStatus::KIND => status::end_gave_up(tx, job).boxed(),
            TellPrivately::KIND => messages::tell_gave_up(tx, job).boxed(),
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

/// The Home tab shows leave, so it follows when leave is asked for, there or elsewhere: it may be
/// what the person looks at while the form is in front of it.
async fn submit_and_refresh(
    cx: &mut Cx,
    submission: crate::gateway::ViewSubmission,
) -> Result<Ack, sqlx::Error> {
    let user = submission.user.clone();
    let ack = form::submitted(cx, submission).await?;
    if matches!(ack, Ack::Done) {
        cx.enqueue(&PublishHome { user }).await?;
    }
    Ok(ack)
}

/// The Home tab shows leave, so it follows when leave is taken back there.
async fn cancel_and_refresh(
    cx: &mut Cx,
    action: crate::gateway::BlockAction,
) -> Result<Ack, sqlx::Error> {
    let at_home = action.view.is_some();
    let user = action.user.clone();
    let ack = cancel::cancel(cx, action).await?;
    if at_home {
        cx.enqueue(&PublishHome { user }).await?;
    }
    Ok(ack)
}

/// The Home tab shows whether leave is shown as Slack status, so it follows when that ends there.
async fn stop_status_and_refresh(
    cx: &mut Cx,
    action: crate::gateway::BlockAction,
) -> Result<Ack, sqlx::Error> {
    let at_home = action.view.is_some();
    let user = action.user.clone();
    let ack = status::stop(cx, action).await?;
    if at_home {
        cx.enqueue(&PublishHome { user }).await?;
    }
    Ok(ack)
}
