//! <https://docs.slack.dev/reference/methods#reactions>

use serde_json::{Value, json};

use super::{ApiError, Ctx};

/// The message of the arguments, the reaction, and whether the app has reacted so already.
fn target(ctx: &Ctx<'_>) -> Result<(String, String, String, bool), ApiError> {
    let channel = ctx.required("channel")?;
    let ts = ctx.required("timestamp")?;
    let name = ctx.required("name")?;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-+':".contains(c);
    if !name.chars().all(allowed) {
        return Err(ApiError::new("invalid_name"));
    }
    let team = ctx.team()?;
    let bot = team.bot_user_id();
    let found = team
        .channel(&channel)
        .filter(|channel| channel.has(bot))
        .ok_or_else(|| ApiError::new("channel_not_found"))?;
    let message = found
        .message(&ts)
        .filter(|message| message.ephemeral_to.is_none())
        .ok_or_else(|| ApiError::new("message_not_found"))?;
    let reacted = message
        .reactions
        .iter()
        .any(|(it, users)| *it == name && users.iter().any(|user| user == bot));
    Ok((channel, ts, name, reacted))
}

fn toggle(ctx: &mut Ctx<'_>, channel: &str, ts: &str, name: &str) -> Result<Value, ApiError> {
    let (team, bot) = (ctx.team.clone(), ctx.bot_user_id());
    ctx.state
        .react(&team, &bot, channel, ts, name)
        .ok_or_else(|| ApiError::new("message_not_found"))?;
    Ok(json!({}))
}

pub(super) fn add(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let (channel, ts, name, reacted) = target(ctx)?;
    if reacted {
        return Err(ApiError::new("already_reacted"));
    }
    toggle(ctx, &channel, &ts, &name)
}

pub(super) fn remove(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let (channel, ts, name, reacted) = target(ctx)?;
    if !reacted {
        return Err(ApiError::new("no_reaction"));
    }
    toggle(ctx, &channel, &ts, &name)
}
