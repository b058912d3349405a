//! <https://docs.slack.dev/reference/methods#chat>

use serde_json::{Value, json};

use super::{
    super::{
        blocks::check_message_blocks,
        state::{Message, State},
    },
    ApiError, Ctx,
    args::Args,
};

/// Slack cuts longer messages off; an update of more than 4,000 characters is refused.
const MAX_POST: usize = 40_000;
const MAX_UPDATE: usize = 4_000;

/// What a message says.
pub(crate) struct Content {
    pub text: Option<String>,
    pub blocks: Option<Vec<Value>>,
    pub attachments: Option<Value>,
    pub metadata: Option<Value>,
}

impl Content {
    /// Reads and checks the arguments that all posting methods share.
    fn read(args: &Args, max: usize) -> Result<Self, ApiError> {
        let blocks = match args.structure("blocks") {
            None => None,
            Some(Ok(blocks @ Value::Array(_))) => Some(checked(blocks)?),
            Some(_) => return Err(ApiError::new("invalid_blocks_format")),
        };
        let attachments = match args.structure("attachments") {
            None => None,
            Some(Ok(attachments @ Value::Array(_))) => Some(attachments),
            Some(_) => return Err(ApiError::new("invalid_attachments")),
        };
        let metadata = match args.structure("metadata") {
            None => None,
            Some(Ok(metadata))
                if metadata["event_type"].is_string() && metadata["event_payload"].is_object() =>
            {
                Some(metadata)
            }
            Some(Ok(_)) => return Err(ApiError::new("invalid_metadata_schema")),
            Some(Err(_)) => return Err(ApiError::new("invalid_metadata_format")),
        };
        let markdown = args.string("markdown_text");
        if markdown.is_some() && (blocks.is_some() || args.string("text").is_some()) {
            return Err(ApiError::new("markdown_text_conflict"));
        }
        let text = args.string("text").or(markdown);
        let length = text.as_ref().map_or(0, |text| text.chars().count());
        if length > max {
            return Err(ApiError::new("msg_too_long"));
        }
        let content = Self {
            text,
            blocks,
            attachments,
            metadata,
        };
        if content.says_nothing() {
            return Err(ApiError::new("no_text"));
        }
        Ok(content)
    }

    /// The same from a JSON message: a `response_url` or a command's answer.
    pub fn of_message(message: &Value) -> Result<Self, ApiError> {
        let args: Args = message.clone().into();
        Self::read(&args, MAX_POST)
    }

    fn says_nothing(&self) -> bool {
        self.text.as_ref().is_none_or(String::is_empty)
            && self.blocks.as_ref().is_none_or(Vec::is_empty)
            && self.attachments.is_none()
    }

    pub fn into_message(self, state: &mut State, user: &str, bot_id: &str) -> Message {
        let mut message = Message::new(
            state.next_ts(),
            user,
            self.text.as_deref().unwrap_or_default(),
        );
        message.bot_id = Some(bot_id.to_owned());
        // No blocks are as good as none: the text is shown.
        let blocks = self.blocks.filter(|blocks| !blocks.is_empty());
        message.blocks = blocks.map(|mut blocks| {
            state.complete_blocks(&mut blocks);
            blocks
        });
        message.attachments = self.attachments;
        message.metadata = self.metadata;
        message
    }
}

impl From<Value> for Args {
    fn from(value: Value) -> Self {
        Self::read(
            &[(
                axum::http::header::CONTENT_TYPE,
                axum::http::HeaderValue::from_static("application/json"),
            )]
            .into_iter()
            .collect(),
            None,
            value.to_string().as_bytes(),
        )
    }
}

fn checked(blocks: Value) -> Result<Vec<Value>, ApiError> {
    let problems = check_message_blocks(&blocks);
    if !problems.is_empty() {
        return Err(ApiError::invalid_blocks(&problems));
    }
    match blocks {
        Value::Array(blocks) => Ok(blocks),
        _ => Ok(Vec::new()),
    }
}

impl Ctx<'_> {
    /// Where a message goes: a channel (by id or name), a conversation, or a person, whose
    /// conversation with the app is opened.
    fn destination(&mut self, channel: &str) -> Result<String, ApiError> {
        let not_found = || ApiError::new("channel_not_found");
        let bot = self.bot_user_id();
        let team = self.team()?;
        if let Some(person) = team.person(channel) {
            if person.deleted || person.id == bot {
                return Err(not_found());
            }
            let (team, person) = (self.team.clone(), person.id.clone());
            return Ok(self.state.open_im(&team, &person, &bot));
        }
        let found = team.find_channel(channel).ok_or_else(not_found)?;
        if found.has(&bot) {
            return Ok(found.info.id.clone());
        }
        if found.is_im || found.info.is_private {
            return Err(not_found());
        }
        if self.has_scope("chat:write.public") {
            return Ok(found.info.id.clone());
        }
        Err(ApiError::new("not_in_channel"))
    }

    /// The bot's user id and bot id.
    fn bot(&self) -> Result<(String, String), ApiError> {
        let app = self.team()?.app.as_ref();
        app.map(|app| (app.bot_user_id.clone(), app.bot_id.clone()))
            .ok_or_else(|| ApiError::new("invalid_auth"))
    }

    fn compose(&mut self) -> Result<(String, Message), ApiError> {
        let channel = self.required("channel")?;
        let channel = self.destination(&channel)?;
        let content = Content::read(&self.args, MAX_POST)?;
        let (user, bot_id) = self.bot()?;
        let mut message = content.into_message(self.state, &user, &bot_id);
        if let Some(thread_ts) = self.args.string("thread_ts") {
            if !is_ts(&thread_ts) {
                return Err(ApiError::new("invalid_thread_ts"));
            }
            message.thread_ts = Some(thread_ts);
        }
        if self.has_scope("chat:write.customize") {
            message.username = self.args.string("username");
        }
        Ok((channel, message))
    }
}

fn is_ts(text: &str) -> bool {
    text.split_once('.').is_some_and(|(seconds, micros)| {
        seconds.parse::<u64>().is_ok() && micros.len() == 6 && micros.parse::<u64>().is_ok()
    })
}

pub(super) fn post_message(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let (channel, message) = ctx.compose()?;
    let team = ctx.team.clone();
    ctx.state.post(&team, &channel, message.clone());
    let app_id = ctx.state.app.id.clone();
    Ok(json!({
        "channel": channel,
        "ts": message.ts,
        "message": ctx.team()?.message_json(&app_id, &message, true),
    }))
}

pub(super) fn post_ephemeral(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let user = ctx.required("user")?;
    let (channel, mut message) = ctx.compose()?;
    let found = ctx
        .team()?
        .channel(&channel)
        .ok_or_else(|| ApiError::new("channel_not_found"))?;
    if !found.has(&user) {
        return Err(ApiError::new("user_not_in_channel"));
    }
    message.ephemeral_to = Some(user);
    let ts = message.ts.clone();
    let team = ctx.team.clone();
    ctx.state.post(&team, &channel, message);
    Ok(json!({"message_ts": ts}))
}

/// The channel and timestamp of a message, which the app may change when `own` says so.
fn target(ctx: &Ctx<'_>, not_own: &str) -> Result<(String, String), ApiError> {
    let channel = ctx.required("channel")?;
    let ts = ctx.required("ts")?;
    let team = ctx.team()?;
    let bot = team.bot_user_id();
    // Neither the name of a channel nor the id of a person will do here.
    let found = team
        .channel(&channel)
        .filter(|channel| channel.has(bot) || (!channel.is_im && !channel.info.is_private))
        .ok_or_else(|| ApiError::new("channel_not_found"))?;
    let message = found
        .message(&ts)
        .filter(|message| message.ephemeral_to.is_none())
        .ok_or_else(|| ApiError::new("message_not_found"))?;
    if message.user != bot {
        return Err(ApiError::new(not_own));
    }
    Ok((channel, ts))
}

pub(super) fn update(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let (channel, ts) = target(ctx, "cant_update_message")?;
    let content = Content::read(&ctx.args, MAX_UPDATE)?;
    let (user, _) = ctx.bot()?;
    let mut blocks = content.blocks;
    if let Some(blocks) = &mut blocks {
        ctx.state.complete_blocks(blocks);
    }
    let edited = (user, ctx.state.next_ts());
    let team = ctx.team.clone();
    ctx.state.edit(&team, &channel, &ts, |message| {
        if let Some(text) = content.text {
            message.text = text;
        }
        // Blocks that are not mentioned stay; an empty list removes them.
        if let Some(blocks) = blocks {
            message.blocks = (!blocks.is_empty()).then_some(blocks);
            message.values.clear();
        }
        if content.attachments.is_some() {
            message.attachments = content.attachments;
        }
        if content.metadata.is_some() {
            message.metadata = content.metadata;
        }
        message.edited = Some(edited);
    });
    let app_id = ctx.state.app.id.clone();
    let team = ctx.team()?;
    let message = team
        .channel(&channel)
        .and_then(|channel| channel.message(&ts))
        .ok_or_else(|| ApiError::new("message_not_found"))?;
    let mut json = team.message_json(&app_id, message, true);
    if let Some(json) = json.as_object_mut() {
        // It stands beside the message, here alone.
        json.remove("ts");
    }
    Ok(json!({"channel": channel, "ts": ts, "text": message.text, "message": json}))
}

pub(super) fn delete(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let (channel, ts) = target(ctx, "cant_delete_message")?;
    let team = ctx.team.clone();
    ctx.state.delete(&team, &channel, &ts);
    Ok(json!({"channel": channel, "ts": ts}))
}

pub(super) fn get_permalink(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let channel = ctx.required("channel")?;
    let ts = ctx.required("message_ts")?;
    let team = ctx.team()?;
    let found = team
        .channel(&channel)
        .ok_or_else(|| ApiError::new("channel_not_found"))?;
    let message = found
        .message(&ts)
        .ok_or_else(|| ApiError::new("message_not_found"))?;
    let mut permalink = format!(
        "https://{}.slack.com/archives/{channel}/p{}",
        team.workspace.domain,
        ts.replace('.', "")
    );
    if let Some(thread_ts) = &message.thread_ts {
        permalink = format!("{permalink}?thread_ts={thread_ts}&cid={channel}");
    }
    Ok(json!({"channel": channel, "permalink": permalink}))
}
