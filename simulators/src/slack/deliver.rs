//! Requests from Slack to the app: signed, with a deadline, and retried when they carry an event.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Fault, SlackSim, sign::signature, state::Outgoing};

/// A request that carries Slack's signature.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    /// The path at the app: `/slack/commands`.
    pub path: String,
    /// `Content-Type`, `X-Slack-Request-Timestamp`, `X-Slack-Signature`, and the retry headers of
    /// a retry.
    pub headers: Vec<(String, String)>,
    /// The raw body that is signed.
    pub body: String,
}

/// What the app answered in time.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Whether the app asked with `X-Slack-No-Retry: 1` not to be sent this again.
    pub no_retry: bool,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// The deadline passed.
    #[error("the app did not answer in time")]
    Timeout,
    /// The app could not be reached, or closed the connection.
    #[error("the app could not be reached")]
    ConnectionFailed,
}

/// How the first attempt at an event went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The id that all attempts carry. Empty when the app is not subscribed to such events.
    pub event_id: String,
    /// The app's status, when it answered.
    pub status: Option<u16>,
    /// The `X-Slack-Retry-Reason` of the retry that follows.
    pub failure: Option<&'static str>,
}

impl Delivered {
    /// Whether the app took the event.
    pub fn is_acknowledged(&self) -> bool {
        self.failure.is_none() && self.status.is_some()
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Counts a delivery as under way until it is dropped.
struct InFlight(SlackSim);

impl InFlight {
    fn new(sim: &SlackSim) -> Self {
        sim.inner.in_flight.send_modify(|count| *count += 1);
        Self(sim.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0
            .inner
            .in_flight
            .send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl SlackSim {
    /// Signs a body for one of the app's paths.
    pub fn signed(&self, path: &str, content_type: &str, body: String) -> SignedRequest {
        let timestamp = self.clock().now().as_second();
        let headers = [
            ("Content-Type", content_type.to_owned()),
            ("X-Slack-Request-Timestamp", timestamp.to_string()),
            (
                "X-Slack-Signature",
                signature(self.signing_secret(), timestamp, body.as_bytes()),
            ),
            (
                "User-Agent",
                "Slackbot 1.0 (+https://api.slack.com/robots)".to_owned(),
            ),
        ];
        SignedRequest {
            path: path.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value))
                .to_vec(),
            body,
        }
    }

    /// A signed form, which is how commands and interactions come.
    pub(crate) fn signed_form(&self, path: &str, fields: &[(&str, &str)]) -> SignedRequest {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.signed(path, FORM, body)
    }

    /// A signed interaction payload.
    pub(crate) fn signed_payload(&self, payload: &Value) -> SignedRequest {
        self.signed_form("/slack/interactivity", &[("payload", &payload.to_string())])
    }

    /// Signs a raw body and sends it to one of the app's paths.
    pub async fn post_signed(&self, path: &str, body: &str) -> Result<Answer, Unanswered> {
        let content_type = if body.trim_start().starts_with(['{', '[']) {
            "application/json"
        } else {
            FORM
        };
        let request = self.signed(path, content_type, body.to_owned());
        self.send(&request).await
    }

    /// Sends a request to the app, under the deadline and the faults of `app`.
    pub async fn send(&self, request: &SignedRequest) -> Result<Answer, Unanswered> {
        let _in_flight = InFlight::new(self);
        let (url, fault) = self.with(|state| (state.app_url.clone(), state.faults.take("app")));
        let outcome = match (&url, &fault) {
            (None, _) | (_, Some(Fault::Drop)) => Err(Unanswered::ConnectionFailed),
            (_, Some(Fault::ServerError | Fault::Error(_))) => Ok(Answer {
                status: 500,
                body: String::new(),
                no_retry: false,
            }),
            (_, Some(Fault::RateLimited(_))) => Ok(Answer {
                status: 429,
                body: String::new(),
                no_retry: false,
            }),
            (Some(url), _) => {
                let call = async {
                    let answer = self.call(url, request).await;
                    if let Some(Fault::Slow(delay)) = &fault {
                        tokio::time::sleep(*delay).await;
                    }
                    answer
                };
                match tokio::time::timeout(self.inner.config.deadline, call).await {
                    Err(_) => Err(Unanswered::Timeout),
                    Ok(_) if fault == Some(Fault::LoseAnswer) => Err(Unanswered::ConnectionFailed),
                    Ok(answer) => answer,
                }
            }
        };
        self.log_delivery(request, &outcome);
        outcome
    }

    async fn call(&self, url: &str, request: &SignedRequest) -> Result<Answer, Unanswered> {
        let mut call = self
            .inner
            .http
            .post(format!("{url}{}", request.path))
            .body(request.body.clone());
        for (name, value) in &request.headers {
            call = call.header(name, value);
        }
        let answer = call
            .send()
            .await
            .map_err(|_| Unanswered::ConnectionFailed)?;
        Ok(Answer {
            status: answer.status().as_u16(),
            no_retry: answer
                .headers()
                .get("x-slack-no-retry")
                .is_some_and(|value| value == "1"),
            body: answer
                .text()
                .await
                .map_err(|_| Unanswered::ConnectionFailed)?,
        })
    }

    fn log_delivery(&self, request: &SignedRequest, outcome: &Result<Answer, Unanswered>) {
        let header = |wanted: &str| {
            request
                .headers
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.clone())
        };
        let body: Value = serde_json::from_str(&request.body).unwrap_or_else(|_| {
            let fields: Vec<(String, String)> = form_urlencoded::parse(request.body.as_bytes())
                .into_owned()
                .collect();
            let payload = fields.iter().find(|(name, _)| name == "payload");
            match payload {
                Some((_, payload)) => serde_json::from_str(payload).unwrap_or_default(),
                None => Value::Object(
                    fields
                        .into_iter()
                        .map(|(name, value)| (name, Value::String(value)))
                        .collect(),
                ),
            }
        });
        let kind = body["event"]["type"]
            .as_str()
            .or_else(|| body["type"].as_str())
            .or_else(|| body["command"].as_str())
            .unwrap_or_default();
        let entry = json!({
            "path": request.path,
            "kind": kind,
            "event_id": body["event_id"],
            "retry_num": header("X-Slack-Retry-Num").and_then(|it| it.parse::<u32>().ok()),
            "retry_reason": header("X-Slack-Retry-Reason"),
            "status": outcome.as_ref().ok().map(|answer| answer.status),
            "failure": outcome.as_ref().err().map(ToString::to_string),
            "body": body,
        });
        self.with(|state| state.deliveries.push(entry));
    }

    /// The envelope of an event, with a new event id.
    ///
    /// <https://docs.slack.dev/apis/events-api#callback-field>
    pub fn event_envelope(&self, team: &str, event: &Value) -> Value {
        self.envelope(team, false, event)
    }

    /// `whole_org`: it happened to the organization of the workspace, and in none of its workspaces.
    fn envelope(&self, team: &str, whole_org: bool, event: &Value) -> Value {
        self.with(|state| {
            let event_id = state.next_id("Ev");
            let time = state.clock.now().as_second();
            let enterprise = state
                .team(team)
                .and_then(|team| team.workspace.enterprise_id.clone());
            let bot = state
                .team(team)
                .map(|team| team.bot_user_id().to_owned())
                .unwrap_or_default();
            let of_org = state
                .team(team)
                .and_then(|team| team.app.as_ref())
                .is_some_and(|app| app.of_org);
            let team = (!whole_org).then_some(team);
            let mut envelope = json!({
                "token": "deprecated-verification-token",
                "team_id": team,
                "context_team_id": team,
                "context_enterprise_id": enterprise,
                "api_app_id": state.app.id,
                "event": event,
                "type": "event_callback",
                "event_id": event_id,
                "event_time": time,
                "authorizations": [{
                    "enterprise_id": enterprise,
                    "team_id": team.filter(|_| !of_org),
                    "user_id": bot,
                    "is_bot": true,
                    "is_enterprise_install": of_org || whole_org,
                }],
                "is_ext_shared_channel": false,
                "event_context": format!("4-{event_id}"),
            });
            if let Some(enterprise) = enterprise {
                envelope["enterprise_id"] = json!(enterprise);
            }
            envelope
        })
    }

    /// Signs an envelope as attempt number `retry` (none: the first).
    pub fn event_request(&self, envelope: &Value, retry: Option<(usize, &str)>) -> SignedRequest {
        let mut request = self.signed("/slack/events", "application/json", envelope.to_string());
        if let Some((number, reason)) = retry {
            request
                .headers
                .push(("X-Slack-Retry-Num".to_owned(), number.to_string()));
            request
                .headers
                .push(("X-Slack-Retry-Reason".to_owned(), reason.to_owned()));
        }
        request
    }

    /// Sends an event, subscribed or not, and retries it in the background when the app does not
    /// acknowledge it.
    pub async fn send_event(&self, team: &str, event: Value) -> Delivered {
        let envelope = self.event_envelope(team, &event);
        self.send_envelope(envelope).await
    }

    /// Sends an envelope and retries it in the background when the app does not acknowledge it.
    ///
    /// <https://docs.slack.dev/apis/events-api#retries>
    pub async fn send_envelope(&self, envelope: Value) -> Delivered {
        let event_id = envelope["event_id"].as_str().unwrap_or_default().to_owned();
        let outcome = self.send(&self.event_request(&envelope, None)).await;
        let failure = failure(&outcome);
        if let Some(reason) = failure
            && !outcome.as_ref().is_ok_and(|answer| answer.no_retry)
        {
            let sim = self.clone();
            tokio::spawn(async move { sim.retry(envelope, reason).await });
        }
        Delivered {
            event_id,
            status: outcome.ok().map(|answer| answer.status),
            failure,
        }
    }

    async fn retry(&self, envelope: Value, mut reason: &'static str) {
        for (index, delay) in self.inner.config.retry_delays.iter().enumerate() {
            if *delay > Duration::ZERO {
                tokio::time::sleep(*delay).await;
            }
            let request = self.event_request(&envelope, Some((index + 1, reason)));
            let outcome = self.send(&request).await;
            match failure(&outcome) {
                None => return,
                Some(_) if outcome.as_ref().is_ok_and(|answer| answer.no_retry) => return,
                Some(next) => reason = next,
            }
        }
    }

    /// Asks the app to prove that it owns its events URL, and says whether it did.
    ///
    /// <https://docs.slack.dev/reference/events/url_verification>
    pub async fn verify_url(&self) -> bool {
        let challenge = self.with(|state| state.next_secret("challenge"));
        let body = json!({"token": "deprecated-verification-token", "challenge": challenge, "type": "url_verification"});
        let request = self.signed("/slack/events", "application/json", body.to_string());
        match self.send(&request).await {
            Ok(answer) if answer.status == 200 => {
                answer.body.trim() == challenge
                    || serde_json::from_str::<Value>(&answer.body)
                        .is_ok_and(|body| body["challenge"] == json!(challenge))
            }
            _ => false,
        }
    }

    /// Delivers an event that the app is subscribed to.
    pub(crate) async fn deliver(&self, outgoing: Outgoing) -> Option<Delivered> {
        let wanted = self.with(|state| {
            state.app_url.is_some()
                && state.hears(&outgoing)
                && state.app.events.contains(&subscription(&outgoing.event))
                && state.may_hear(&outgoing)
        });
        if wanted {
            let envelope = self.envelope(&outgoing.team, outgoing.of_org, &outgoing.event);
            Some(self.send_envelope(envelope).await)
        } else {
            None
        }
    }

    /// Delivers events while the caller goes on, as Slack does.
    pub(crate) fn send_in_background(&self, outgoing: Vec<Outgoing>) {
        if outgoing.is_empty() {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let in_flight = InFlight::new(self);
        let sim = self.clone();
        runtime.spawn(async move {
            for event in outgoing {
                sim.deliver(event).await;
            }
            drop(in_flight);
        });
    }

    /// Runs with the state, then delivers the events and waits for their first attempts.
    pub(crate) async fn with_delivered<R>(
        &self,
        act: impl FnOnce(&mut super::state::State) -> R,
    ) -> R {
        let (result, outgoing) = self.with_outbox(act);
        for event in outgoing {
            self.deliver(event).await;
        }
        result
    }

    /// Waits until no request to the app is under way. Retries that wait for their time do not
    /// count.
    pub async fn settle(&self) {
        let mut in_flight = self.inner.in_flight.subscribe();
        // The sender lives as long as the simulator.
        let _ = in_flight.wait_for(|count| *count == 0).await;
    }
}

impl super::state::State {
    /// Whether the app is installed there. A removed one is only told that it is.
    fn hears(&self, outgoing: &Outgoing) -> bool {
        let farewell = matches!(
            outgoing.event["type"].as_str(),
            Some("app_uninstalled" | "tokens_revoked" | "team_access_revoked")
        );
        if outgoing.of_org {
            return true;
        }
        self.team(&outgoing.team)
            .is_some_and(|team| (farewell && team.app.is_some()) || self.has_app(team))
    }

    /// Whether the workspace gave the app a scope that the event is sent for. The page of each event says
    /// which: <https://docs.slack.dev/reference/events>.
    fn may_hear(&self, outgoing: &Outgoing) -> bool {
        let wanted: &[&str] = match subscription(&outgoing.event).as_str() {
            "message.channels" => &["channels:history"],
            "message.groups" => &["groups:history"],
            "message.im" => &["im:history"],
            "message.mpim" => &["mpim:history"],
            "team_join" | "user_change" | "user_profile_changed" => &["users:read"],
            "member_joined_channel" => &["channels:read", "groups:read"],
            _ => &[],
        };
        let app = self.team(&outgoing.team).and_then(|team| team.app.as_ref());
        wanted.is_empty() || app.is_some_and(|app| wanted.iter().any(|it| app.has_scope(it)))
    }

    /// Whether the app is installed in a workspace, and was not removed since.
    pub(super) fn has_app(&self, team: &super::state::Team) -> bool {
        let app = team.app.as_ref();
        app.is_some_and(|app| !self.revoked.contains(&app.token))
    }
}

fn failure(outcome: &Result<Answer, Unanswered>) -> Option<&'static str> {
    match outcome {
        Ok(answer) if (200..300).contains(&answer.status) => None,
        Ok(answer) if (300..400).contains(&answer.status) => Some("too_many_redirects"),
        Ok(_) => Some("http_error"),
        Err(Unanswered::Timeout) => Some("http_timeout"),
        Err(Unanswered::ConnectionFailed) => Some("connection_failed"),
    }
}

/// The name under which the app subscribes to an event.
fn subscription(event: &Value) -> String {
    let kind = event["type"].as_str().unwrap_or_default();
    match (kind, event["channel_type"].as_str()) {
        ("message", Some("im")) => "message.im".to_owned(),
        ("message", Some("group")) => "message.groups".to_owned(),
        ("message", Some("mpim")) => "message.mpim".to_owned(),
        ("message", _) => "message.channels".to_owned(),
        (kind, _) => kind.to_owned(),
    }
}
