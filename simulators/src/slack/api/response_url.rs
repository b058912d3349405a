//! Answers through a `response_url`, and in the body of a command's answer.
//!
//! <https://docs.slack.dev/interactivity/handling-user-interaction#message_responses>

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{super::state::State, ApiError, chat::Content};

const MAX_USES: u32 = 5;
const LIFE: SignedDuration = SignedDuration::from_mins(30);

/// Why a `response_url` did not work.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Unknown, over, or used up: 404 and `{"ok": false, "error": …}`.
    Gone(&'static str),
    /// The message is not acceptable: 400 and the code.
    Bad(String),
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Gone(code) => (
                StatusCode::NOT_FOUND,
                super::json_response(&json!({"ok": false, "error": code})),
            )
                .into_response(),
            Self::Bad(code) => (
                StatusCode::BAD_REQUEST,
                super::json_response(&json!({"ok": false, "error": code})),
            )
                .into_response(),
        }
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Bad(error.code().to_owned())
    }
}

/// Slack takes `true` and `"true"`.
fn flag(message: &Value, key: &str) -> Option<bool> {
    match message.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => Some(text == "true"),
        _ => None,
    }
}

impl State {
    pub(crate) fn use_response_url(&mut self, key: &str, body: &[u8]) -> Result<(), Refused> {
        let now = self.clock.now();
        let url = self
            .response_urls
            .get_mut(key)
            .ok_or(Refused::Gone("no_service"))?;
        if now.duration_since(url.created) > LIFE {
            return Err(Refused::Gone("expired_url"));
        }
        if url.uses >= MAX_USES {
            return Err(Refused::Gone("used_url"));
        }
        let message: Value = serde_json::from_slice(body)
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| Refused::Bad("invalid_payload".to_owned()))?;
        let (team, user, channel) = (url.team.clone(), url.user.clone(), url.channel.clone());
        let original = url.original.clone();
        let deletes = flag(&message, "delete_original").unwrap_or(false);
        let replaces = flag(&message, "replace_original");
        if original.is_some() && replaces.is_none() && !deletes {
            self.problems.push(
                "an answer to an action says nothing of replace_original: the original is replaced"
                    .to_owned(),
            );
        }
        match original {
            Some(ts) if deletes => {
                self.delete(&team, &channel, &ts);
            }
            // A command has no original, and its answers stand beside one another.
            Some(ts) if replaces.unwrap_or(true) => {
                self.replace_original(&team, &channel, &ts, &message)?;
            }
            _ => self.respond(&team, &user, &channel, &message)?,
        }
        if let Some(url) = self.response_urls.get_mut(key) {
            url.uses += 1;
        }
        Ok(())
    }

    /// Also an ephemeral message can be replaced in this way, and in no other.
    fn replace_original(
        &mut self,
        team: &str,
        channel: &str,
        ts: &str,
        message: &Value,
    ) -> Result<(), ApiError> {
        let content = Content::of_message(message)?;
        let mut blocks = content.blocks.filter(|blocks| !blocks.is_empty());
        if let Some(blocks) = &mut blocks {
            self.complete_blocks(blocks);
        }
        let (text, attachments) = (content.text, content.attachments);
        let found = self.edit(team, channel, ts, |message| {
            message.text = text.unwrap_or_default();
            message.blocks = blocks;
            message.attachments = attachments;
            message.values.clear();
        });
        if found {
            Ok(())
        } else {
            Err(ApiError::new("message_not_found"))
        }
    }

    /// Posts a message in answer to what a person did: only they see it, unless it says
    /// `in_channel`.
    pub(crate) fn respond(
        &mut self,
        team_id: &str,
        user: &str,
        channel: &str,
        message: &Value,
    ) -> Result<(), Refused> {
        let content = Content::of_message(message)?;
        let Some((bot_user, bot_id)) = self
            .team(team_id)
            .and_then(|team| team.app.as_ref())
            .map(|app| (app.bot_user_id.clone(), app.bot_id.clone()))
        else {
            return Err(Refused::Gone("no_service"));
        };
        let mut posted = content.into_message(self, &bot_user, &bot_id);
        if message["response_type"] != "in_channel" {
            posted.ephemeral_to = Some(user.to_owned());
        }
        posted.thread_ts = message["thread_ts"].as_str().map(str::to_owned);
        self.post(team_id, channel, posted);
        Ok(())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Gone(code) => f.write_str(code),
            Self::Bad(code) => f.write_str(code),
        }
    }
}
