//! The token endpoint: a signed JWT for an access token.
//!
//! <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::state::State;
use super::{KEY, KEY_ID};
use crate::service::{Incoming, header};

/// Google's own name for the endpoint, which its libraries put into `aud` wherever they send it.
const AUDIENCE: &str = "https://oauth2.googleapis.com/token";
const SCOPES: [&str; 2] = [
    "https://www.googleapis.com/auth/calendar",
    "https://www.googleapis.com/auth/calendar.events",
];
/// A token lives this long, and so may an assertion.
const LIFE: i64 = 3600;
/// How far the clocks of the two sides may differ.
const SKEW: i64 = 300;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    scope: String,
    aud: String,
    iat: i64,
    exp: i64,
}

pub(super) struct Refused(&'static str, String);

impl Refused {
    fn grant(description: impl Into<String>) -> Self {
        Self("invalid_grant", description.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({"error": self.0, "error_description": self.1});
        (StatusCode::BAD_REQUEST, Json(body)).into_response()
    }
}

pub(super) fn token(state: &mut State, incoming: &Incoming<'_>) -> Result<Response, Refused> {
    let form = |name: &str| incoming.call.body[name].as_str().unwrap_or_default();
    if form("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" {
        let description = format!("Invalid grant_type: {}", form("grant_type"));
        return Err(Refused("unsupported_grant_type", description));
    }
    let here =
        header(incoming.headers, "host").map(|host| format!("http://{host}{}", incoming.call.path));
    let now = incoming.clock.now();
    check(state, form("assertion"), here.as_deref(), now)?;
    state.tokens_made += 1;
    let token = format!(
        "ya29.pretend-{}-{}",
        state.tokens_made,
        now.as_microsecond()
    );
    state
        .tokens
        .insert(token.clone(), now + SignedDuration::from_secs(LIFE));
    let granted = json!({"access_token": token, "expires_in": LIFE - 1, "token_type": "Bearer"});
    Ok(Json(granted).into_response())
}

fn check(
    state: &State,
    assertion: &str,
    here: Option<&str>,
    now: Timestamp,
) -> Result<(), Refused> {
    let signature_wrong = || Refused::grant("Invalid JWT Signature.");
    let malformed = || Refused::grant("Invalid JWT: the assertion is malformed.");
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let header: Header = part(header).ok_or_else(malformed)?;
    let claims: Claims = part(claims).ok_or_else(malformed)?;

    if claims.iss != state.config.account {
        return Err(Refused::grant("Invalid grant: account not found"));
    }
    let known = header.kid.is_none_or(|kid| kid == KEY_ID) && !state.key_revoked;
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes());
    let fits = signature.is_ok_and(|signature| {
        RsaKeyPair::from_pkcs8(KEY).is_ok_and(|key| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref())
                .verify(signed.as_bytes(), &signature)
                .is_ok()
        })
    });
    if header.alg != "RS256" || !known || !fits {
        return Err(signature_wrong());
    }
    if claims.aud != AUDIENCE && Some(claims.aud.as_str()) != here {
        return Err(Refused::grant(format!(
            "Invalid JWT: Failed audience check. The right audience is {AUDIENCE}"
        )));
    }
    let now = now.as_second();
    let timely = claims.exp - claims.iat <= LIFE
        && claims.iat <= now + SKEW
        && claims.exp > now - SKEW
        && claims.iat < claims.exp;
    if !timely {
        return Err(Refused::grant(
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. \
             Check your iat and exp values in the JWT claim.",
        ));
    }
    let mut scopes = claims.scope.split_whitespace().peekable();
    if scopes.peek().is_none() || scopes.any(|scope| !SCOPES.contains(&scope)) {
        return Err(Refused(
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.".to_owned(),
        ));
    }
    Ok(())
}

fn part<T: DeserializeOwned>(part: &str) -> Option<T> {
    let json = BASE64URL_NOPAD.decode(part.as_bytes()).ok()?;
    serde_json::from_slice(&json).ok()
}
