//! A person's own profile, by a token that the person gave.
//!
//! <https://docs.slack.dev/reference/methods#users>

use serde_json::{Value, json};

use super::{super::state::Status, ApiError, Ctx, member_json};

/// Slack's limit of a status, in characters.
const MAX_STATUS: usize = 100;

/// <https://docs.slack.dev/reference/methods/users.profile.get>
pub(super) fn get(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let own = ctx.user.clone().unwrap_or_else(|| ctx.bot_user_id());
    let user = ctx.args.string("user").filter(|user| !user.is_empty());
    let user = user.unwrap_or(own);
    if ctx.team()?.person(&user).is_none() {
        return Err(ApiError::new("user_not_found"));
    }
    Ok(json!({"profile": profile(ctx, &user)}))
}

fn profile(ctx: &Ctx<'_>, user: &str) -> Value {
    let with_email = ctx.has_scope("users:read.email");
    let mut profile = member_json(ctx.state, &ctx.team, user, with_email)["profile"].take();
    if let Some(profile) = profile.as_object_mut() {
        profile.remove("team");
    }
    profile
}

/// <https://docs.slack.dev/reference/methods/users.profile.set>
pub(super) fn set(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    // A bot has no status to set, whatever its scopes.
    let user = ctx
        .user
        .clone()
        .ok_or_else(|| ApiError::new("not_allowed_token_type"))?;
    let change = match ctx.args.structure("profile") {
        Some(Ok(change)) if change.is_object() => change,
        _ => return Err(ApiError::new("invalid_profile")),
    };
    let mut status = ctx.state.status(&ctx.team, &user);
    let text = |name: &str| change[name].as_str().map(str::to_owned);
    if let Some(text) = text("status_text") {
        if text.chars().count() > MAX_STATUS {
            return Err(ApiError::new("profile_status_set_failed_too_long"));
        }
        status.text = text;
    }
    if let Some(emoji) = text("status_emoji") {
        let named = emoji.len() > 2 && emoji.starts_with(':') && emoji.ends_with(':');
        if !emoji.is_empty() && !named {
            return Err(ApiError::new("profile_status_set_failed_not_emoji_syntax"));
        }
        status.emoji = emoji;
    }
    if let Some(expiration) = change.get("status_expiration") {
        status.expiration = expiration
            .as_i64()
            .ok_or_else(|| ApiError::new("invalid_profile"))?;
    }
    if status.emoji.is_empty() && !status.text.is_empty() {
        ":speech_balloon:".clone_into(&mut status.emoji);
    }
    if status.text.is_empty() && status.emoji.is_empty() {
        status = Status::default();
    }
    let team = ctx.team.clone();
    ctx.state.set_status(&team, &user, status);
    let name = ctx.team()?.person(&user).map(|person| person.name.clone());
    Ok(json!({"username": name, "profile": profile(ctx, &user)}))
}
