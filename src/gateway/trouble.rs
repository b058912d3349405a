//! What is answered when our side failed.
//!
//! Slack counts errors and switches off apps that answer too many of them, and a person who reads
//! "that didn't work" does not know what to do. So the answer is 200 with words, wherever words
//! can be promised; only what Slack sends again by itself, or marks at the button, may get an
//! error, and only while the database is away.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use tracing::{Instrument, error};

use super::receive::{ephemeral, instead};
use super::{EventKind, Gateway, SlackRequest, observe};
use crate::clients::blocks::{modal, section};
use crate::clients::slack::Message;
use crate::jobs::{self, JobError};
use crate::platform::ids::SlackUserId;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store;

const TROUBLE: &str =
    "Sorry, something went wrong on our side and nothing was saved. Please try again in a minute.";

/// A promise that takes longer than this would make Slack wait too long for its answer.
const PROMISE: Duration = Duration::from_millis(800);

/// What failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The database cannot be reached: nothing can be promised either.
    DatabaseAway,
    /// A handler panicked, or a statement was refused.
    Ours,
}

impl Cause {
    pub(super) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(_) => Self::Ours,
            _ => Self::DatabaseAway,
        }
    }
}

impl Gateway {
    /// The answer when our side failed.
    pub(super) async fn trouble(
        &self,
        request: SlackRequest,
        cause: Cause,
        correlation_id: &str,
    ) -> Response {
        observe::failed(self.apology(request, cause, correlation_id).await)
    }

    async fn apology(&self, request: SlackRequest, cause: Cause, correlation_id: &str) -> Response {
        let tell = |user, place| self.tell_later(&request, cause, user, place, correlation_id);
        match &request {
            SlackRequest::Command(command) => ephemeral(&Message::plain(TROUBLE), &command.team_id),
            SlackRequest::Submission(submission) => {
                if let Some(field) = submission.view.state.any_field() {
                    let errors = json!({"response_action": "errors", "errors": {field: TROUBLE}});
                    return Json(errors).into_response();
                }
                let notice = modal("notice", "Not saved", None, "", vec![section(TROUBLE)]);
                instead(notice, &submission.team)
            }
            SlackRequest::Action(action) => {
                if let Some(url) = action.response_url.clone() {
                    // The database may be the trouble, so this answer is not a job.
                    let slack = self.services.slack.clone();
                    let team = action.team.clone();
                    let telling = async move {
                        let trouble = Message::plain(TROUBLE);
                        if let Err(error) = slack.respond(&team, &url, &trouble, false).await {
                            error!(%error, "could not tell the person of the trouble");
                        }
                    };
                    self.services.background.spawn(telling.in_current_span());
                    return StatusCode::OK.into_response();
                }
                // In a dialog or Home tab there is no place for words beside the button.
                tell(&action.user, Privately::Dm).await
            }
            SlackRequest::Closed(_) => StatusCode::OK.into_response(),
            SlackRequest::Event(event) => match &event.kind {
                EventKind::DirectMessage(message) => tell(&message.user, Privately::Dm).await,
                EventKind::ChannelMessage(message) => {
                    let place = Privately::InChannel {
                        channel: message.channel.clone(),
                        thread_ts: message.thread_ts.clone(),
                    };
                    tell(&message.user, place).await
                }
                // Nobody waits. What fails while the database is there fails again when it is sent again.
                EventKind::AppHomeOpened(_)
                | EventKind::MemberChanged(_)
                | EventKind::JoinedChannel(_)
                | EventKind::Installation(_) => {
                    if cause == Cause::DatabaseAway {
                        StatusCode::SERVICE_UNAVAILABLE.into_response()
                    } else {
                        StatusCode::OK.into_response()
                    }
                }
            },
        }
    }

    /// 200 once it is promised that the person is told; otherwise an error, upon which Slack sends
    /// an event again and marks a button.
    async fn tell_later(
        &self,
        request: &SlackRequest,
        cause: Cause,
        user: &SlackUserId,
        place: Privately,
        correlation_id: &str,
    ) -> Response {
        if cause == Cause::DatabaseAway {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let promise = self.promise_words(request, user, place, correlation_id);
        match tokio::time::timeout(PROMISE, promise).await {
            Ok(Ok(())) => {
                self.runner.wake_for(correlation_id);
                StatusCode::OK.into_response()
            }
            Ok(Err(error)) => {
                error!(%error, "could not promise to tell the person of the trouble");
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            }
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    async fn promise_words(
        &self,
        request: &SlackRequest,
        user: &SlackUserId,
        place: Privately,
        correlation_id: &str,
    ) -> Result<(), JobError> {
        let db = &self.services.db;
        let mut tx = db.begin(request.team(), self.services.clock.now()).await?;
        if store::workspace(&mut tx).await?.is_none() {
            return Ok(());
        }
        let words = TellPrivately {
            user: user.clone(),
            place,
            message: Message::plain(TROUBLE),
        };
        jobs::enqueue(&mut tx, correlation_id, &words).await?;
        tx.commit().await?;
        Ok(())
    }
}
