//! Installing the app.
//!
//! <https://docs.slack.dev/authentication/installing-with-oauth>

use axum::{
    extract::{Query, State as Extract},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    super::{
        SlackSim, consent,
        state::{OauthCode, State, UserToken},
    },
    ApiError,
    args::Args,
};

/// How long a code lives.
///
/// <https://docs.slack.dev/authentication/installing-with-oauth#exchanging>
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What is asked for on Slack's page.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// Bot scopes.
    pub scopes: Vec<String>,
    /// Scopes of the person's own token.
    pub user_scopes: Vec<String>,
    /// Whether the app goes to the whole organization of the workspace.
    pub org_wide: bool,
}

impl SlackSim {
    /// Someone presses "Allow" on Slack's page: the code that Slack sends to the redirect URL.
    pub fn authorize(
        &self,
        team: &str,
        user: &str,
        scopes: &[&str],
        redirect_uri: Option<&str>,
    ) -> String {
        let consent = Consent {
            scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
            ..Consent::default()
        };
        self.allow(team, user, consent, redirect_uri)
    }

    /// Someone allows what the page asks for: the code that Slack sends to the redirect URL.
    pub fn allow(
        &self,
        team: &str,
        user: &str,
        consent: Consent,
        redirect_uri: Option<&str>,
    ) -> String {
        self.with(|state| {
            let code = state.next_secret("code");
            let created = state.clock.now();
            state.oauth_codes.insert(
                code.clone(),
                OauthCode {
                    team: team.to_owned(),
                    user: user.to_owned(),
                    scopes: consent.scopes,
                    user_scopes: consent.user_scopes,
                    org_wide: consent.org_wide,
                    created,
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
    #[serde(default)]
    user_scope: String,
    redirect_uri: Option<String>,
    #[serde(default)]
    state: String,
    nonce: Option<String>,
    team: Option<String>,
    user: Option<String>,
    /// `org`: for the whole organization of the workspace.
    into: Option<String>,
    /// `cancel`: the person does not allow it.
    press: Option<String>,
}

fn scopes(list: &str) -> Vec<String> {
    list.split([',', ' '])
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Slack's page that asks for consent. With `team` and `user` chosen, or cancelled, it sends the
/// browser on.
pub(super) async fn authorize(
    Extract(sim): Extract<SlackSim>,
    Query(query): Query<Authorize>,
    headers: HeaderMap,
) -> Response {
    let known = sim.with(|state| state.app.client_id == query.client_id);
    let Some(redirect_uri) = query.redirect_uri.as_deref().filter(|_| known) else {
        return (StatusCode::BAD_REQUEST, "Invalid client_id parameter").into_response();
    };
    let back = |name: &str, value: &str| {
        let answer = form_urlencoded::Serializer::new(String::new())
            .append_pair(name, value)
            .append_pair("state", &query.state)
            .finish();
        let separator = if redirect_uri.contains('?') { '&' } else { '?' };
        Redirect::to(&format!("{redirect_uri}{separator}{answer}")).into_response()
    };
    if query.press.as_deref() == Some("cancel") {
        return back("error", "access_denied");
    }
    if let (Some(team), Some(user)) = (&query.team, &query.user) {
        let consent = Consent {
            scopes: scopes(&query.scope),
            user_scopes: scopes(&query.user_scope),
            org_wide: query.into.as_deref() == Some("org"),
        };
        let code = sim.allow(team, user, consent, Some(redirect_uri));
        sim.with(|state| {
            if let Some(code) = state.oauth_codes.get_mut(&code) {
                code.nonce.clone_from(&query.nonce);
            }
        });
        return back("code", &code);
    }
    let wish = consent::Wish {
        scopes: scopes(&query.scope),
        user_scopes: scopes(&query.user_scope),
        team: query.team.as_deref(),
        query: vec![
            ("client_id", query.client_id.as_str()),
            ("scope", &query.scope),
            ("user_scope", &query.user_scope),
            ("redirect_uri", redirect_uri),
            ("state", &query.state),
            ("nonce", query.nonce.as_deref().unwrap_or_default()),
        ],
    };
    consent::page(&sim, &headers, &wish)
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
    let app_id = state.app.id.clone();
    let team = state
        .team(&code.team)
        .ok_or_else(|| ApiError::new("invalid_code"))?;
    let (team_id, team_name) = (code.team.clone(), team.workspace.name.clone());
    let enterprise_id = team.workspace.enterprise_id.clone();
    let enterprise = enterprise_id
        .as_ref()
        .map(|id| json!({"id": id, "name": "Enterprise"}));
    let mut authed_user = json!({"id": code.user});
    if !code.user_scopes.is_empty() {
        let token = format!("xoxp-{}", state.next_secret(&code.user));
        authed_user["scope"] = json!(code.user_scopes.join(","));
        authed_user["access_token"] = json!(token);
        authed_user["token_type"] = json!("user");
        let of_person = UserToken {
            team: code.team.clone(),
            user: code.user.clone(),
            scopes: code.user_scopes.clone(),
        };
        state.user_tokens.insert(token, of_person);
    }
    let mut answer = json!({
        "app_id": app_id,
        "authed_user": authed_user,
        "team": {"id": team_id, "name": team_name},
        "enterprise": enterprise,
        "is_enterprise_install": false,
    });
    if code.scopes.is_empty() {
        if code.org_wide && enterprise_id.is_some() {
            answer["team"] = Value::Null;
            answer["is_enterprise_install"] = json!(true);
        }
        return Ok(answer);
    }
    let token = match enterprise_id.filter(|_| code.org_wide) {
        Some(enterprise) => {
            answer["team"] = Value::Null;
            answer["is_enterprise_install"] = json!(true);
            state.install_org(&enterprise, std::slice::from_ref(&team_id), code.scopes)
        }
        None if team_has_app_of_org(state, &team_id) => {
            return Err(ApiError::new("cannot_install_an_org_installed_app"));
        }
        None => state.install(&team_id, code.scopes),
    };
    let team = state
        .team(&team_id)
        .ok_or_else(|| ApiError::new("invalid_code"))?;
    let granted = team.app.as_ref().map(|app| app.scopes.join(","));
    answer["scope"] = json!(granted.unwrap_or_default());
    answer["token_type"] = json!("bot");
    answer["access_token"] = json!(token);
    answer["bot_user_id"] = json!(team.bot_user_id());
    Ok(answer)
}

fn team_has_app_of_org(state: &State, team: &str) -> bool {
    let app = state.team(team).and_then(|team| team.app.as_ref());
    app.is_some_and(|app| app.of_org && !state.revoked.contains(&app.token))
}

/// Redeems a code, once, with the same redirect URL as at the start, when one was given there.
fn redeem(state: &mut State, args: &Args) -> Result<OauthCode, ApiError> {
    let code = args
        .string("code")
        .ok_or_else(|| ApiError::new("invalid_code"))?;
    let now = state.clock.now();
    let code = state
        .oauth_codes
        .get_mut(&code)
        .filter(|code| now.duration_since(code.created) < CODE_LIFE)
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
