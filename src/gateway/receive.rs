//! The way of a request, from bytes to the ack.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use futures_util::FutureExt;
use serde_json::json;
use tracing::{debug, error, info, warn};

use super::trouble::Cause;
use super::{
    Ack, Cx, Event, EventKind, Handling, Parsed, Routes, SlackRequest, Wait, admit, observe, parse,
    verify,
};
use crate::clients::blocks::{SlackModalView, SlackView, modal, section};
use crate::clients::slack::{Message, marked_view};
use crate::jobs::Runner;
use crate::platform::config::Secret;
use crate::platform::ids::WorkspaceId;
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store;

/// What the gateway needs.
#[derive(Clone)]
pub struct Gateway {
    /// Database, clock, Slack.
    pub services: Services,
    /// Slack's signing secret.
    pub signing_secret: Arc<Secret>,
    /// Who handles what.
    pub routes: Arc<dyn Routes>,
    /// Woken after each commit.
    pub runner: Runner,
}

/// Slack waits 3 seconds for the answer; a database that takes longer than this is in trouble,
/// and the person is better told so by us than by Slack. A commit that was cut off may still
/// have happened: the same request sent again does no harm.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// How API Gateway names a request, where it came through one; log lines and jobs carry it.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

/// `POST /slack/…`: one function for every path and kind.
pub async fn receive(
    State(gateway): State<Gateway>,
    request_id: Option<Extension<RequestId>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let now = gateway.services.clock.now();
    let signed = verify::verify(
        gateway.signing_secret.expose(),
        now,
        header("x-slack-request-timestamp"),
        header("x-slack-signature"),
        &body,
    );
    if let Err(refused) = signed {
        warn!(%refused, "request refused");
        return (StatusCode::UNAUTHORIZED, refused.to_string()).into_response();
    }
    let request = match parse(&body) {
        Ok(Parsed::Verification(challenge)) => return challenge.into_response(),
        Ok(Parsed::Request(request)) => *request,
        Ok(Parsed::Unknown) => {
            debug!("nothing that we know; ignored");
            return StatusCode::OK.into_response();
        }
        Err(malformed) => {
            warn!(%malformed, "request refused");
            return (StatusCode::BAD_REQUEST, malformed.to_string()).into_response();
        }
    };
    let retry = header("x-slack-retry-num").is_some_and(|number| number != "0");
    let (correlation_id, again) = match (&request, request_id) {
        (SlackRequest::Event(event), _) => (event.event_id.clone(), retry),
        // Each delivery has a name of its own.
        (_, Some(Extension(RequestId(id)))) => (id, false),
        (other, None) => (other.dedupe_key(), retry),
    };
    observe::identify(request.team(), &correlation_id, again);
    gateway.answer(request, correlation_id).await
}

impl Gateway {
    async fn answer(&self, request: SlackRequest, correlation_id: String) -> Response {
        let Some(handling) = self.routes.find(request.clone()) else {
            debug!("nobody handles this; ignored");
            return StatusCode::OK.into_response();
        };
        let team = request.team().clone();
        // A panic in one request must not take the connection, or a second request, with it.
        let admitted =
            tokio::time::timeout(TIME_LIMIT, self.admit(&request, handling, &correlation_id));
        let ack = match AssertUnwindSafe(admitted).catch_unwind().await {
            Ok(Ok(Ok(ack))) => ack,
            Ok(Ok(Err(error))) => {
                error!(%error, "request failed");
                let cause = Cause::of(&error);
                return self.trouble(request, cause, &correlation_id).await;
            }
            Ok(Err(_)) => {
                error!("the database did not answer in time");
                return self
                    .trouble(request, Cause::DatabaseAway, &correlation_id)
                    .await;
            }
            Err(_) => {
                error!("request panicked");
                return self.trouble(request, Cause::Ours, &correlation_id).await;
            }
        };
        self.runner.wake_for(&correlation_id);
        match ack {
            Ack::Done | Ack::Wait(_) => StatusCode::OK.into_response(),
            Ack::Reply(message) => ephemeral(&message, &team),
            Ack::FieldErrors(errors) => {
                let errors: serde_json::Map<String, serde_json::Value> = errors
                    .into_iter()
                    .map(|(field, text)| (field, text.into()))
                    .collect();
                Json(json!({"response_action": "errors", "errors": errors})).into_response()
            }
            Ack::Show(view) => instead(*view, &team),
        }
    }

    /// The one transaction before the ack.
    async fn admit(
        &self,
        request: &SlackRequest,
        handling: Handling,
        correlation_id: &str,
    ) -> Result<Ack, sqlx::Error> {
        let mut tx = self
            .services
            .db
            .begin(request.team(), self.services.clock.now())
            .await?;
        let handling = match handling {
            Handling::InWorkspace(handling) => handling,
            Handling::OfInstallation(handling) => {
                handling(&mut tx).await?;
                tx.commit().await?;
                return Ok(Ack::Done);
            }
        };
        let mut found = store::workspace(&mut tx).await?;
        if let (None, Some(org)) = (&found, request.org()) {
            found = self.routes.adopt(&mut tx, org, correlation_id).await?;
        }
        let Some(workspace) = found else {
            info!("not installed in this workspace");
            return Ok(match request {
                SlackRequest::Command(_) => Ack::Reply(Message::plain(
                    "timeoff is not installed in this workspace. Please ask a workspace admin to add it.",
                )),
                _ => Ack::Done,
            });
        };
        if !request.concerns(&workspace.settings) {
            // Nothing was changed, unless a workspace has just been taken in.
            tx.commit().await?;
            return Ok(Ack::Done);
        }
        // A copy takes no token: whoever sent something once did not send a lot.
        if !admit::first_time(&mut tx, &request.dedupe_key()).await? {
            debug!("seen before; acknowledged again");
            tx.rollback().await?;
            return Ok(Ack::Done);
        }
        let wait = match request.bucket() {
            Some(bucket) => {
                admit::take_token(&mut tx, &bucket, workspace.settings.requests_per_minute).await?
            }
            None => None,
        };
        let person = match request.user() {
            Some(user) => store::person(&mut tx, user).await?,
            None => None,
        };
        let mut cx = Cx {
            tx,
            workspace,
            person,
            correlation_id: correlation_id.to_owned(),
        };
        let ack = match wait {
            Some(wait) => Ack::Wait(wait),
            None => handling(&mut cx).await?,
        };
        match ack {
            Ack::Wait(wait) => return ask_to_wait(cx, request, &wait).await,
            // The person corrects the form and sends it again: this try leaves no trace.
            Ack::FieldErrors(_) => cx.tx.rollback().await?,
            _ => cx.tx.commit().await?,
        }
        Ok(ack)
    }
}

/// Tells the person to wait. What is not committed here is as if the request had never come.
async fn ask_to_wait(
    mut cx: Cx,
    request: &SlackRequest,
    Wait { bucket, seconds }: &Wait,
) -> Result<Ack, sqlx::Error> {
    info!(seconds, "over the rate limit");
    let unit = if *seconds == 1 { "second" } else { "seconds" };
    let text = format!(
        "That was a lot at once. Please wait {seconds} {unit} and try again; nothing was changed."
    );
    let place = match request {
        SlackRequest::Command(_) => return Ok(Ack::Reply(Message::plain(text))),
        SlackRequest::Submission(submission) => {
            // Beside a field, so that what was typed stays.
            return Ok(match submission.view.state.any_field() {
                Some(field) => Ack::FieldErrors(vec![(field.to_owned(), text)]),
                None => Ack::Show(Box::new(modal(
                    "notice",
                    "Please wait",
                    None,
                    "",
                    vec![section(&text)],
                ))),
            });
        }
        SlackRequest::Action(action) => match &action.response_url {
            Some(url) => Privately::Respond {
                url: url.clone(),
                replace: false,
            },
            None => Privately::Dm,
        },
        SlackRequest::Event(Event {
            kind: EventKind::ChannelMessage(message),
            ..
        }) => Privately::InChannel {
            channel: message.channel.clone(),
            thread_ts: message.thread_ts.clone(),
        },
        SlackRequest::Closed(_) | SlackRequest::Event(_) => Privately::Dm,
    };
    if let Some(user) = request.user()
        && admit::notice_is_due(&mut cx.tx, bucket, user).await?
    {
        cx.enqueue(&TellPrivately {
            user: user.clone(),
            place,
            message: Message::plain(text),
        })
        .await?;
    }
    cx.tx.commit().await?;
    Ok(Ack::Done)
}

/// A command's answer in the body of the response.
/// <https://docs.slack.dev/interactivity/implementing-slash-commands#responding_to_commands>
pub(super) fn ephemeral(message: &Message, workspace: &WorkspaceId) -> Response {
    let mut body = json!({"response_type": "ephemeral", "text": message.text});
    if !message.blocks.is_empty() {
        body["blocks"] = message.marked_blocks(workspace);
    }
    Json(body).into_response()
}

/// Another view in the place of the one that was submitted.
/// <https://docs.slack.dev/surfaces/modals/#updating_response>
pub(super) fn instead(view: SlackModalView, workspace: &WorkspaceId) -> Response {
    let view = marked_view(&SlackView::Modal(view), workspace);
    Json(json!({"response_action": "update", "view": view})).into_response()
}
