//! Signing in with Slack.
//!
//! <https://docs.slack.dev/authentication/sign-in-with-slack>

use serde_json::{Value, json};

use super::{
    super::state::{State, UserToken},
    ApiError,
    args::Args,
    oauth::take_code,
};

/// The methods of OpenID Connect, which need no bot token.
pub(super) fn call(
    state: &mut State,
    method: &str,
    token: Option<&str>,
    args: &Args,
) -> Option<Result<Value, ApiError>> {
    match method {
        "openid.connect.token" => Some(access(state, args)),
        "openid.connect.userInfo" => Some(user_info(state, token)),
        _ => None,
    }
}

/// <https://docs.slack.dev/reference/methods/openid.connect.token>
///
/// The id token's claims are Slack's; its signature is none, as there is no key here.
fn access(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let code = take_code(state, args)?;
    let token = format!("xoxp-{}", state.next_secret(&code.user));
    let claims = claims(state, &code.team, &code.user)?;
    let mut id_claims = claims;
    let now = state.clock.now().as_second();
    id_claims["iss"] = json!("https://slack.com");
    id_claims["aud"] = json!(state.app.client_id);
    id_claims["iat"] = json!(now);
    id_claims["exp"] = json!(now + 300);
    if let Some(nonce) = &code.nonce {
        id_claims["nonce"] = json!(nonce);
    }
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "simulated"});
    let id_token = format!(
        "{}.{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(id_claims.to_string().as_bytes()),
        base64url(b"simulated"),
    );
    let of_person = UserToken {
        team: code.team.clone(),
        user: code.user.clone(),
        scopes: code.scopes.clone(),
    };
    state.user_tokens.insert(token.clone(), of_person);
    Ok(json!({"access_token": token, "token_type": "Bearer", "id_token": id_token}))
}

/// <https://docs.slack.dev/reference/methods/openid.connect.userInfo>
fn user_info(state: &State, token: Option<&str>) -> Result<Value, ApiError> {
    let token = token.ok_or_else(|| ApiError::new("not_authed"))?;
    let of_person = state
        .user_tokens
        .get(token)
        .ok_or_else(|| ApiError::new("invalid_auth"))?;
    claims(state, &of_person.team, &of_person.user)
}

fn claims(state: &State, team_id: &str, user: &str) -> Result<Value, ApiError> {
    let team = state
        .team(team_id)
        .ok_or_else(|| ApiError::new("team_not_found"))?;
    let person = team
        .person(user)
        .filter(|person| !person.deleted)
        .ok_or_else(|| ApiError::new("account_inactive"))?;
    let mut names = person.real_name.splitn(2, ' ');
    Ok(json!({
        "sub": person.id,
        "https://slack.com/user_id": person.id,
        "https://slack.com/team_id": team.workspace.id,
        "https://slack.com/team_name": team.workspace.name,
        "https://slack.com/team_domain": team.workspace.domain,
        "email": person.email,
        "email_verified": true,
        "name": person.real_name,
        "given_name": names.next().unwrap_or_default(),
        "family_name": names.next().unwrap_or_default(),
        "locale": "en-US",
    }))
}

fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .chain(std::iter::repeat(&0))
            .take(3)
            .fold(0_usize, |bits, byte| (bits << 8) | usize::from(*byte));
        for index in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * index)) & 63]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64url;

    #[test]
    fn encodes_without_padding() {
        assert_eq!(base64url(b""), "");
        assert_eq!(base64url(b"f"), "Zg");
        assert_eq!(base64url(b"fo"), "Zm8");
        assert_eq!(base64url(b"foo"), "Zm9v");
        assert_eq!(base64url(&[0xFB, 0xFF]), "-_8");
    }
}
