//! <https://docs.slack.dev/reference/methods#conversations>

use serde_json::{Value, json};

use super::{
    super::state::{ChannelState, Message},
    ApiError, Ctx,
    args::Args,
};

/// One page of a list by `limit` and `cursor`, and the cursor of the next one.
///
/// <https://docs.slack.dev/apis/web-api/pagination>
pub(super) fn page<'a, T>(
    args: &Args,
    items: &'a [T],
    default_limit: usize,
) -> Result<(&'a [T], String), ApiError> {
    let limit = match args.string("limit").as_deref() {
        None | Some("" | "0") => default_limit,
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|limit| (1..=1000).contains(limit))
            .ok_or_else(|| ApiError::new("invalid_limit"))?,
    };
    let start = match args.string("cursor").filter(|it| !it.is_empty()) {
        None => 0,
        Some(cursor) => hex::decode(&cursor)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.strip_prefix("next:")?.parse::<usize>().ok())
            .filter(|start| *start <= items.len())
            .ok_or_else(|| ApiError::new("invalid_cursor"))?,
    };
    let end = items.len().min(start + limit);
    let next = if end < items.len() {
        hex::encode(format!("next:{end}"))
    } else {
        String::new()
    };
    Ok((&items[start..end], next))
}

/// A conversation as Slack shows it to the app.
///
/// <https://docs.slack.dev/reference/objects/conversation-object>
fn conversation_json(channel: &ChannelState, bot: &str, with_members: bool) -> Value {
    let info = &channel.info;
    if channel.is_im {
        return json!({
            "id": info.id,
            "created": channel.created,
            "is_archived": false,
            "is_im": true,
            "is_org_shared": false,
            "user": channel.other(bot),
            "priority": 0,
        });
    }
    let mut json = json!({
        "id": info.id,
        "name": info.name,
        "name_normalized": info.name,
        "is_channel": !info.is_private,
        "is_group": info.is_private,
        "is_im": false,
        "is_mpim": false,
        "is_private": info.is_private,
        "created": channel.created,
        "is_archived": false,
        "is_general": info.name == "general",
        "unlinked": 0,
        "is_shared": false,
        "is_org_shared": false,
        "is_ext_shared": false,
        "pending_shared": [],
        "is_member": channel.has(bot),
        "creator": info.members.first().map_or("", String::as_str),
        "topic": {"value": info.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    });
    if with_members {
        json["num_members"] = json!(info.members.len());
    }
    json
}

impl Ctx<'_> {
    /// The conversation of the `channel` argument, as far as the app may know of it, with the
    /// scope that its kind needs.
    fn conversation(&self, family: &str) -> Result<&ChannelState, ApiError> {
        let id = self.required("channel")?;
        let team = self.team()?;
        let bot = team.bot_user_id();
        let channel = team
            .channel(&id)
            .filter(|channel| channel.has(bot) || (!channel.is_im && !channel.info.is_private))
            .ok_or_else(|| ApiError::new("channel_not_found"))?;
        self.need_scope(&format!("{}:{family}", scope_prefix(channel)))?;
        Ok(channel)
    }

    fn readable(&self) -> Result<&ChannelState, ApiError> {
        let bot = self.bot_user_id();
        let channel = self.conversation("history")?;
        if channel.has(&bot) {
            Ok(channel)
        } else {
            Err(ApiError::new("not_in_channel"))
        }
    }
}

fn scope_prefix(channel: &ChannelState) -> &'static str {
    match channel.kind() {
        "im" => "im",
        "group" => "groups",
        _ => "channels",
    }
}

pub(super) fn open(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let bot = ctx.bot_user_id();
    if let Some(id) = ctx.args.string("channel") {
        let found = ctx
            .team()?
            .channel(&id)
            .filter(|channel| channel.is_im && channel.has(&bot))
            .ok_or_else(|| ApiError::new("channel_not_found"))?;
        return Ok(json!({"no_op": true, "already_open": true, "channel": {"id": found.info.id}}));
    }
    let users = ctx
        .args
        .string("users")
        .filter(|users| !users.is_empty())
        .ok_or_else(|| ApiError::new("users_list_not_supplied"))?;
    let users: Vec<&str> = users.split(',').map(str::trim).collect();
    let team = ctx.team()?;
    for user in &users {
        match team.person(user) {
            None => return Err(ApiError::new("user_not_found")),
            Some(person) if person.deleted => return Err(ApiError::new("user_disabled")),
            Some(_) => {}
        }
    }
    let [user] = users.as_slice() else {
        // Conversations of several people are not simulated.
        return Err(ApiError::new("too_many_users"));
    };
    ctx.need_scope("im:write")?;
    let before = ctx.team()?.channels.len();
    let team = ctx.team.clone();
    let id = ctx.state.open_im(&team, user, &bot);
    let opened = ctx.team()?.channels.len() > before;
    let mut answer = if ctx.args.boolean("return_im") {
        let channel = ctx
            .team()?
            .channel(&id)
            .map(|channel| conversation_json(channel, &bot, false));
        json!({"channel": channel})
    } else {
        json!({"channel": {"id": id}})
    };
    if !opened {
        answer["no_op"] = json!(true);
        answer["already_open"] = json!(true);
    }
    Ok(answer)
}

/// The conversations of some types that the app knows of.
fn of_types<'a>(ctx: &'a Ctx<'_>) -> Result<Vec<&'a ChannelState>, ApiError> {
    let types = ctx
        .args
        .string("types")
        .filter(|types| !types.is_empty())
        .unwrap_or_else(|| "public_channel".to_owned());
    let mut kinds = Vec::new();
    for kind in types.split(',').map(str::trim) {
        let (kind, scope) = match kind {
            "public_channel" => ("channel", "channels:read"),
            "private_channel" => ("group", "groups:read"),
            "im" => ("im", "im:read"),
            "mpim" => ("mpim", "mpim:read"),
            _ => return Err(ApiError::new("invalid_types")),
        };
        ctx.need_scope(scope)?;
        kinds.push(kind);
    }
    let team = ctx.team()?;
    let bot = team.bot_user_id();
    Ok(team
        .channels
        .iter()
        .filter(|channel| {
            kinds.contains(&channel.kind()) && (channel.kind() == "channel" || channel.has(bot))
        })
        .collect())
}

/// The part of a list of conversations that the arguments ask for.
fn one_page(
    ctx: &Ctx<'_>,
    channels: &[&ChannelState],
    bot: &str,
    with_num_members: bool,
) -> Result<Value, ApiError> {
    let (channels, cursor) = page(&ctx.args, channels, 100)?;
    let channels: Vec<Value> = channels
        .iter()
        .map(|channel| {
            let mut json = conversation_json(channel, bot, with_num_members);
            if channel.is_im {
                json["is_user_deleted"] = json!(false);
            }
            json
        })
        .collect();
    Ok(json!({"channels": channels, "response_metadata": {"next_cursor": cursor}}))
}

pub(super) fn list(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let bot = ctx.bot_user_id();
    let channels = of_types(ctx)?;
    one_page(ctx, &channels, &bot, true)
}

/// `users.conversations`: those that a member is in, the app itself by default.
pub(super) fn of_user(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let bot = ctx.bot_user_id();
    let user = ctx.args.string("user").unwrap_or_else(|| bot.clone());
    if ctx.team()?.person(&user).is_none() {
        return Err(ApiError::new("user_not_found"));
    }
    let channels: Vec<&ChannelState> = of_types(ctx)?
        .into_iter()
        .filter(|channel| channel.has(&user))
        .collect();
    one_page(ctx, &channels, &bot, false)
}

pub(super) fn info(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let bot = ctx.bot_user_id();
    let channel = ctx.conversation("read")?;
    let mut json = conversation_json(channel, &bot, ctx.args.boolean("include_num_members"));
    json["last_read"] = json!("0000000000.000000");
    Ok(json!({"channel": json}))
}

pub(super) fn members(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let channel = ctx.conversation("read")?;
    let (members, cursor) = page(&ctx.args, &channel.info.members, 100)?;
    Ok(json!({"members": members, "response_metadata": {"next_cursor": cursor}}))
}

/// A timestamp argument as microseconds.
fn micros(args: &Args, name: &str, error: &str) -> Result<Option<i64>, ApiError> {
    let Some(text) = args.string(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    ts_micros(&text)
        .map(Some)
        .ok_or_else(|| ApiError::new(error))
}

fn ts_micros(text: &str) -> Option<i64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<6}");
    seconds
        .parse::<i64>()
        .ok()?
        .checked_mul(1_000_000)?
        .checked_add(fraction.get(..6)?.parse::<i64>().ok()?)
}

/// The messages between `oldest` and `latest`, both left out unless `inclusive`.
fn between<'a>(
    args: &Args,
    messages: impl Iterator<Item = &'a Message>,
) -> Result<Vec<&'a Message>, ApiError> {
    let oldest = micros(args, "oldest", "invalid_ts_oldest")?;
    let latest = micros(args, "latest", "invalid_ts_latest")?;
    let inclusive = args.boolean("inclusive");
    Ok(messages
        .filter(|message| {
            let ts = ts_micros(&message.ts).unwrap_or_default();
            oldest.is_none_or(|oldest| ts > oldest || (inclusive && ts == oldest))
                && latest.is_none_or(|latest| ts < latest || (inclusive && ts == latest))
        })
        .collect())
}

/// The part of some messages that the arguments ask for.
fn messages_page(
    ctx: &Ctx<'_>,
    channel: &ChannelState,
    messages: &[&Message],
    default_limit: usize,
) -> Result<Value, ApiError> {
    let (messages, cursor) = page(&ctx.args, messages, default_limit)?;
    let with_metadata = ctx.args.boolean("include_all_metadata");
    let team = ctx.team()?;
    let app_id = &ctx.state.app.id;
    let messages: Vec<Value> = messages
        .iter()
        .map(|message| team.history_json(app_id, channel, message, with_metadata))
        .collect();
    let mut answer = json!({"messages": messages, "has_more": !cursor.is_empty()});
    if !cursor.is_empty() {
        answer["response_metadata"] = json!({"next_cursor": cursor});
    }
    Ok(answer)
}

pub(super) fn history(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let channel = ctx.readable()?;
    let mut messages = between(
        &ctx.args,
        channel.messages.iter().filter(|message| {
            message.ephemeral_to.is_none()
                && message
                    .thread_ts
                    .as_ref()
                    .is_none_or(|thread| *thread == message.ts)
        }),
    )?;
    messages.reverse();
    let mut answer = messages_page(ctx, channel, &messages, 100)?;
    answer["pin_count"] = json!(0);
    answer["channel_actions_ts"] = Value::Null;
    answer["channel_actions_count"] = json!(0);
    Ok(answer)
}

pub(super) fn replies(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let ts = ctx.required("ts")?;
    let channel = ctx.readable()?;
    let parent = channel
        .message(&ts)
        .filter(|message| message.ephemeral_to.is_none())
        .ok_or_else(|| ApiError::new("thread_not_found"))?;
    let replies = between(&ctx.args, channel.replies(&ts).into_iter())?;
    let messages: Vec<&Message> = std::iter::once(parent).chain(replies).collect();
    messages_page(ctx, channel, &messages, 1000)
}

pub(super) fn join(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let id = ctx.required("channel")?;
    let bot = ctx.bot_user_id();
    let channel = ctx
        .team()?
        .channel(&id)
        .filter(|channel| channel.has(&bot) || !channel.info.is_private)
        .ok_or_else(|| ApiError::new("channel_not_found"))?;
    if channel.is_im || channel.info.is_private {
        return Err(ApiError::new("method_not_supported_for_channel_type"));
    }
    let was_member = channel.has(&bot);
    let team = ctx.team.clone();
    ctx.state.join(&team, &id, &bot);
    let channel = ctx
        .team()?
        .channel(&id)
        .map(|channel| conversation_json(channel, &bot, false));
    let mut answer = json!({"channel": channel});
    if was_member {
        answer["warning"] = json!("already_in_channel");
        answer["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    Ok(answer)
}
