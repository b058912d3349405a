//! The Web API: `POST /api/{method}`.
//!
//! <https://docs.slack.dev/apis/web-api>

mod args;
mod authentication;
mod chat;
mod conversations;
mod error;
mod oauth;
mod openid;
mod profile;
mod reactions;
mod response_url;
mod users;
mod views;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, RawQuery, Request, State as Extract},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use serde_json::{Value, json};

use super::{Fault, SlackSim, state::State};
use crate::listener::{Cutter, cutter};
use args::Args;
use error::ApiError;
pub use oauth::Consent;
pub(crate) use users::member_json;

/// One call of one method by one installed app.
struct Ctx<'a> {
    state: &'a mut State,
    /// The workspace of the token.
    team: String,
    /// Whose token it is, if it is not the app's own.
    user: Option<String>,
    /// Whether the token is an organization's, for several workspaces.
    of_org: bool,
    scopes: Vec<String>,
    args: Args,
}

type Handler = fn(&mut Ctx<'_>) -> Result<Value, ApiError>;

/// What Slack's documentation says of each method.
struct Method {
    /// The call needs one of these; none needed when empty.
    scopes: &'static [&'static str],
    /// Methods that read take their arguments as a form or query only.
    ///
    /// <https://docs.slack.dev/apis/web-api#slack-web-api__basics__post-bodies__json-encoded-bodies>
    json: bool,
    handler: Handler,
}

const READ: &[&str] = &["channels:read", "groups:read", "mpim:read", "im:read"];
const HISTORY: &[&str] = &[
    "channels:history",
    "groups:history",
    "mpim:history",
    "im:history",
];

/// What can be called with a person's token.
const OWN: &[&str] = &[
    "auth.test",
    "auth.revoke",
    "users.profile.get",
    "users.profile.set",
];

fn method(name: &str) -> Option<Method> {
    let (scopes, json, handler): (&'static [&'static str], bool, Handler) = match name {
        "auth.test" => (&[], true, authentication::test),
        "auth.teams.list" => (&[], false, authentication::teams_list),
        "auth.revoke" => (&[], false, authentication::revoke),
        "team.info" => (&["team:read"], false, authentication::team_info),
        "reactions.add" => (&["reactions:write"], true, reactions::add),
        "reactions.remove" => (&["reactions:write"], true, reactions::remove),
        "chat.postMessage" => (&["chat:write"], true, chat::post_message),
        "chat.update" => (&["chat:write"], true, chat::update),
        "chat.delete" => (&["chat:write"], true, chat::delete),
        "chat.postEphemeral" => (&["chat:write"], true, chat::post_ephemeral),
        "chat.getPermalink" => (&[], false, chat::get_permalink),
        "conversations.open" => (&["im:write", "mpim:write"], true, conversations::open),
        "conversations.list" => (READ, false, conversations::list),
        "conversations.info" => (READ, false, conversations::info),
        "conversations.members" => (READ, false, conversations::members),
        "conversations.history" => (HISTORY, false, conversations::history),
        "conversations.replies" => (HISTORY, false, conversations::replies),
        "conversations.join" => (&["channels:join"], true, conversations::join),
        "users.info" => (&["users:read"], false, users::info),
        "users.list" => (&["users:read"], false, users::list),
        "users.profile.get" => (&["users.profile:read"], false, profile::get),
        "users.profile.set" => (&["users.profile:write"], true, profile::set),
        "users.conversations" => (READ, false, conversations::of_user),
        "users.lookupByEmail" => (&["users:read.email"], false, users::lookup_by_email),
        "views.open" => (&[], true, views::open),
        "views.push" => (&[], true, views::push),
        "views.update" => (&[], true, views::update),
        "views.publish" => (&[], true, views::publish),
        _ => return None,
    };
    Some(Method {
        scopes,
        json,
        handler,
    })
}

pub(super) fn router(sim: SlackSim) -> Router {
    Router::new()
        .route("/api/{method}", any(call))
        .route("/hooks/{*key}", post(respond))
        .route("/oauth/v2/authorize", get(oauth::authorize))
        .route("/openid/connect/authorize", get(oauth::authorize))
        .with_state(sim)
}

/// What to do with the answer of a call that a fault is set for.
enum Outcome {
    Answer(Response),
    /// Nothing reaches the client.
    Cut,
}

async fn call(
    Extract(sim): Extract<SlackSim>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let cutter = cutter(&request);
    let body = read_body(request).await;
    let args = Args::read(&headers, query.as_deref(), &body);
    let token = token(&headers, &args);
    sim.with(|state| {
        let team = token
            .as_deref()
            .and_then(|token| state.team_of_token(token))
            .map(|team| team.workspace.id.clone());
        state.calls.push(super::state::Call {
            method: name.clone(),
            team,
            body: args.to_json(),
        });
    });
    let outcome = under_faults(&sim, &name, || answer(&sim, &name, &headers, token, args)).await;
    finish(outcome, cutter)
}

async fn respond(
    Extract(sim): Extract<SlackSim>,
    Path(key): Path<String>,
    request: Request,
) -> Response {
    let cutter = cutter(&request);
    let body = read_body(request).await;
    sim.with(|state| {
        let team = state.response_urls.get(&key).map(|url| url.team.clone());
        state.calls.push(super::state::Call {
            method: "response_url".to_owned(),
            team,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        });
    });
    let outcome = under_faults(&sim, "response_url", || {
        match sim.with(|state| state.use_response_url(&key, &body)) {
            Ok(()) => "ok".into_response(),
            Err(error) => error.into_response(),
        }
    })
    .await;
    finish(outcome, cutter)
}

async fn under_faults(
    sim: &SlackSim,
    method: &str,
    carry_out: impl FnOnce() -> Response,
) -> Outcome {
    let fault = sim.with(|state| state.faults.take(method));
    Outcome::Answer(match fault {
        None => carry_out(),
        Some(Fault::Error(code)) => {
            json_response(&json!({"ok": false, "error": code})).into_response()
        }
        Some(Fault::RateLimited(seconds)) => (
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, seconds.to_string())],
            json_response(&json!({"ok": false, "error": "ratelimited"})),
        )
            .into_response(),
        Some(Fault::ServerError) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Some(Fault::Slow(delay)) => {
            let answer = carry_out();
            tokio::time::sleep(delay).await;
            answer
        }
        Some(Fault::Drop) => return Outcome::Cut,
        Some(Fault::LoseAnswer) => {
            carry_out();
            return Outcome::Cut;
        }
    })
}

fn finish(outcome: Outcome, cutter: Option<Cutter>) -> Response {
    match (outcome, cutter) {
        (Outcome::Answer(response), _) => response,
        (Outcome::Cut, cutter) => {
            if let Some(cutter) = cutter {
                cutter.cut();
            }
            // Never written when the connection is cut; a bare router can only say this much.
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

async fn read_body(request: Request) -> Bytes {
    axum::body::to_bytes(request.into_body(), 1 << 20)
        .await
        .unwrap_or_default()
}

fn token(headers: &HeaderMap, args: &Args) -> Option<String> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::to_owned)
        .or_else(|| args.form_token())
}

fn answer(
    sim: &SlackSim,
    name: &str,
    headers: &HeaderMap,
    token: Option<String>,
    args: Args,
) -> Response {
    if name == "oauth.v2.access" {
        let result = sim.with(|state| oauth::access(state, headers, &args));
        return json_response(&error::to_json(result)).into_response();
    }
    if let Some(result) = sim.with(|state| openid::call(state, name, token.as_deref(), &args)) {
        return json_response(&error::to_json(result)).into_response();
    }
    let granted = sim.with(|state| token.as_deref().and_then(|it| state.scopes_of_token(it)));
    let result = sim.with(|state| dispatch(state, name, token, args));
    let mut response = json_response(&error::to_json(result)).into_response();
    if let Some(granted) = granted {
        tell_scopes(response.headers_mut(), name, &granted);
    }
    response
}

/// The scopes of the token, and those that the method looks for.
///
/// <https://docs.slack.dev/authentication/installing-with-oauth#inspecting>
fn tell_scopes(headers: &mut HeaderMap, name: &str, granted: &[String]) {
    let accepted = method(name).map(|method| method.scopes.join(","));
    for (header, scopes) in [
        ("x-oauth-scopes", Some(granted.join(","))),
        ("x-accepted-oauth-scopes", accepted),
    ] {
        if let Some(scopes) = scopes.and_then(|it| HeaderValue::from_str(&it).ok()) {
            headers.insert(header, scopes);
        }
    }
}

fn dispatch(
    state: &mut State,
    name: &str,
    token: Option<String>,
    args: Args,
) -> Result<Value, ApiError> {
    let method = method(name)
        .ok_or_else(|| ApiError::new("unknown_method").with("req_method", json!(name)))?;
    let token = token
        .filter(|token| !token.is_empty())
        .ok_or_else(|| ApiError::new("not_authed"))?;
    if state.revoked.contains(&token) {
        return Err(ApiError::new("token_revoked"));
    }
    let scopes = state
        .scopes_of_token(&token)
        .ok_or_else(|| ApiError::new("invalid_auth"))?;
    let user = state.user_tokens.get(&token).map(|it| it.user.clone());
    let (team, of_org) = team_meant(state, &token, &args)?;
    let gone = |user: &String| {
        let person = state.team(&team).and_then(|team| team.person(user));
        person.is_none_or(|person| person.deleted)
    };
    if user.as_ref().is_some_and(gone) {
        return Err(ApiError::new("account_inactive"));
    }
    if !method.scopes.is_empty() && !method.scopes.iter().any(|it| has_scope(&scopes, it)) {
        return Err(ApiError::missing_scope(&method.scopes.join(","), &scopes));
    }
    // What an app does in a person's name beyond their profile is not simulated.
    if user.is_some() && !OWN.contains(&name) {
        return Err(ApiError::new("not_allowed_token_type"));
    }
    let mut ctx = Ctx {
        state,
        team,
        user,
        of_org,
        scopes,
        args: if method.json {
            args
        } else {
            args.without_json()
        },
    };
    (method.handler)(&mut ctx)
}

/// The workspace that a call is about. An organization's token is for several: a call says which, or
/// names what is in one of them.
fn team_meant(state: &State, token: &str, args: &Args) -> Result<(String, bool), ApiError> {
    let first = state
        .team_of_token(token)
        .ok_or_else(|| ApiError::new("invalid_auth"))?;
    let of_org =
        !state.user_tokens.contains_key(token) && first.app.as_ref().is_some_and(|app| app.of_org);
    if !of_org {
        return Ok((first.workspace.id.clone(), false));
    }
    let named = |name: &str| args.string(name);
    if let Some(wanted) = named("team_id") {
        return state
            .teams_of_bot_token(token)
            .find(|team| team.workspace.id == wanted)
            .map(|team| (wanted, team.workspace.enterprise_id.is_some()))
            .ok_or_else(|| ApiError::new("team_access_not_granted"));
    }
    let trigger = named("trigger_id").and_then(|id| Some(state.triggers.get(&id)?.team.clone()));
    let holds = |team: &&super::state::Team| {
        trigger.as_ref() == Some(&team.workspace.id)
            || named("view_id").is_some_and(|id| team.view(&id).is_some())
            || ["channel", "user", "users", "user_id"]
                .iter()
                .filter_map(|name| named(name))
                .any(|id| team.channel(&id).is_some() || team.person(&id).is_some())
    };
    let team = state.teams_of_bot_token(token).find(holds).unwrap_or(first);
    Ok((team.workspace.id.clone(), true))
}

fn has_scope(scopes: &[String], wanted: &str) -> bool {
    scopes.iter().any(|scope| scope == wanted)
}

impl Ctx<'_> {
    fn has_scope(&self, wanted: &str) -> bool {
        has_scope(&self.scopes, wanted)
    }

    fn need_scope(&self, wanted: &str) -> Result<(), ApiError> {
        if self.has_scope(wanted) {
            Ok(())
        } else {
            Err(ApiError::missing_scope(wanted, &self.scopes))
        }
    }

    fn team(&self) -> Result<&super::state::Team, ApiError> {
        self.state
            .team(&self.team)
            .ok_or_else(|| ApiError::new("team_not_found"))
    }

    fn bot_user_id(&self) -> String {
        self.team()
            .map(|team| team.bot_user_id().to_owned())
            .unwrap_or_default()
    }

    /// An argument that the method cannot do without.
    fn required(&self, name: &str) -> Result<String, ApiError> {
        self.args
            .string(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                ApiError::invalid_arguments([format!(
                    "missing required field: {name} [json-pointer:/{name}]"
                )])
            })
    }
}

fn json_response(body: &Value) -> impl IntoResponse + use<> {
    (
        [(header::CONTENT_TYPE, "application/json; charset=utf-8")],
        body.to_string(),
    )
}
