//! Installing the app.
//!
//! <https://docs.slack.dev/authentication/installing-with-oauth>

use axum::{
    extract::{Query, State as Extract},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};

use super::{
    super::{
        SlackSim, consent,
        state::{OauthCode, State},
    },
    ApiError,
    args::Args,
};

impl SlackSim {
    /// Someone presses "Allow" on Slack's page: the code that Slack sends to the redirect URL.
    pub fn authorize(
        &self,
        team: &str,
        user: &str,
        scopes: &[&str],
        redirect_uri: Option<&str>,
    ) -> String {
        self.with(|state| {
            let code = state.next_secret("code");
            state.oauth_codes.insert(
                code.clone(),
                OauthCode {
                    team: team.to_owned(),
                    user: user.to_owned(),
                    scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
                    redirect_uri: redirect_uri.map(str::to_owned),
                    nonce: None,
                    used: false,
                },
            );
            code
        })
    }
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct Authorize {
    client_id: String,
    #[serde(default)]
    scope: String,
    redirect_uri: Option<String>,
    #[serde(default)]
    state: String,
    nonce: Option<String>,
    team: Option<String>,
    user: Option<String>,
}

/// Slack's page that asks for consent. With `team` and `user` chosen it sends the browser on.
pub(super) async fn authorize(
    Extract(sim): Extract<SlackSim>,
    Query(query): Query<Authorize>,
    headers: HeaderMap,
) -> Response {
    let known = sim.with(|state| state.app.client_id == query.client_id);
    let Some(redirect_uri) = query.redirect_uri.as_deref().filter(|_| known) else {
        return (StatusCode::BAD_REQUEST, "Invalid client_id parameter").into_response();
    };
    if let (Some(team), Some(user)) = (&query.team, &query.user) {
        let scopes: Vec<&str> = query
            .scope
            .split([',', ' '])
            .filter(|it| !it.is_empty())
            .collect();
        let code = sim.authorize(team, user, &scopes, Some(redirect_uri));
        sim.with(|state| {
            if let Some(code) = state.oauth_codes.get_mut(&code) {
                code.nonce.clone_from(&query.nonce);
            }
        });
        let answer = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &query.state)
            .finish();
        let separator = if redirect_uri.contains('?') { '&' } else { '?' };
        return Redirect::to(&format!("{redirect_uri}{separator}{answer}")).into_response();
    }
    let scopes = query.scope.split([',', ' ']).filter(|it| !it.is_empty());
    let nonce = query.nonce.as_deref().unwrap_or_default();
    consent::page(
        &sim,
        &headers,
        &consent::Wish {
            scopes: scopes.collect(),
            redirect_uri,
            state: &query.state,
            team: query.team.as_deref(),
            query: vec![
                ("client_id", query.client_id.as_str()),
                ("scope", &query.scope),
                ("redirect_uri", redirect_uri),
                ("state", &query.state),
                ("nonce", nonce),
            ],
        },
    )
}

/// `client_id:client_secret` of HTTP Basic authentication.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Basic ")?;
    let text = String::from_utf8(base64(encoded)?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Standard base64, the little of it that is needed here.
fn base64(text: &str) -> Option<Vec<u8>> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|it| *it == byte)?;
        bits = (bits << 6) | u32::try_from(value).ok()?;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

/// <https://docs.slack.dev/reference/methods/oauth.v2.access>
pub(super) fn access(
    state: &mut State,
    headers: &HeaderMap,
    args: &Args,
) -> Result<Value, ApiError> {
    let (id, secret) = basic(headers)
        .or_else(|| Some((args.string("client_id")?, args.string("client_secret")?)))
        .ok_or_else(|| ApiError::new("invalid_client_id"))?;
    check_client(state, Some(&id), Some(&secret))?;
    let code = redeem(state, args)?;
    let (team_id, user, scopes) = (code.team, code.user, code.scopes);
    let token = state.install(&team_id, scopes);
    let app_id = state.app.id.clone();
    let team = state
        .team(&team_id)
        .ok_or_else(|| ApiError::new("invalid_code"))?;
    let scope = team
        .app
        .as_ref()
        .map(|app| app.scopes.join(","))
        .unwrap_or_default();
    Ok(json!({
        "app_id": app_id,
        "authed_user": {"id": user},
        "scope": scope,
        "token_type": "bot",
        "access_token": token,
        "bot_user_id": team.bot_user_id(),
        "team": {"id": team_id, "name": team.workspace.name},
        "enterprise": team.workspace.enterprise_id.as_ref().map(|id| json!({"id": id, "name": "Enterprise"})),
        "is_enterprise_install": false,
    }))
}

/// Redeems a code, once, with the same redirect URL as at the start, when one was given there.
fn redeem(state: &mut State, args: &Args) -> Result<OauthCode, ApiError> {
    let code = args
        .string("code")
        .ok_or_else(|| ApiError::new("invalid_code"))?;
    let code = state
        .oauth_codes
        .get_mut(&code)
        .ok_or_else(|| ApiError::new("invalid_code"))?;
    if code.used {
        return Err(ApiError::new("code_already_used"));
    }
    if code.redirect_uri.is_some() && code.redirect_uri != args.string("redirect_uri") {
        return Err(ApiError::new("bad_redirect_uri"));
    }
    code.used = true;
    Ok(code.clone())
}

/// Redeems a code with the client's credentials in the form.
pub(super) fn take_code(state: &mut State, args: &Args) -> Result<OauthCode, ApiError> {
    check_client(
        state,
        args.string("client_id").as_deref(),
        args.string("client_secret").as_deref(),
    )?;
    redeem(state, args)
}

fn check_client(state: &State, id: Option<&str>, secret: Option<&str>) -> Result<(), ApiError> {
    if id != Some(&state.app.client_id) {
        return Err(ApiError::new("invalid_client_id"));
    }
    if secret != Some(&state.app.client_secret) {
        return Err(ApiError::new("bad_client_secret"));
    }
    Ok(())
}
