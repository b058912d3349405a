//! Messages as the Web API and the events show them.

use serde_json::{Value, json};

use super::{ChannelState, Message, Team};

impl Team {
    /// <https://docs.slack.dev/reference/events/message>
    pub(super) fn message_event(
        &self,
        channel_id: &str,
        message: &Message,
        app_id: &str,
    ) -> Option<Value> {
        if !self.app_hears(channel_id) {
            return None;
        }
        let mut event = self.message_json(app_id, message, false);
        event["channel"] = json!(channel_id);
        event["channel_type"] = json!(self.channel(channel_id).map(ChannelState::kind));
        event["event_ts"] = json!(message.ts);
        let parent = message.thread_ts.as_ref().filter(|it| **it != message.ts);
        if let Some(parent) = parent.and_then(|ts| self.channel(channel_id)?.message(ts)) {
            event["parent_user_id"] = json!(parent.user);
        }
        Some(event)
    }

    /// A message as the Web API and the events show it.
    pub fn message_json(&self, app_id: &str, message: &Message, with_metadata: bool) -> Value {
        let mut json = json!({
            "type": "message",
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "team": self.workspace.id,
        });
        if let Some(bot_id) = &message.bot_id {
            json["bot_id"] = json!(bot_id);
            json["app_id"] = json!(app_id);
            json["bot_profile"] = json!({
                "id": bot_id,
                "app_id": app_id,
                "user_id": message.user,
                "name": self.person(&message.user).map(|bot| bot.name.clone()).unwrap_or_default(),
                "icons": {"image_36": "https://a.slack-edge.com/36.png", "image_48": "https://a.slack-edge.com/48.png", "image_72": "https://a.slack-edge.com/72.png"},
                "deleted": false,
                "updated": 0,
                "team_id": self.workspace.id,
            });
        } else {
            json["client_msg_id"] = json!(format!("client-{}", message.ts));
        }
        if let Some(blocks) = &message.blocks {
            json["blocks"] = json!(blocks);
        } else if message.bot_id.is_none() {
            // Slack's client sends what people type as rich text.
            json["blocks"] = json!([{
                "type": "rich_text",
                "block_id": format!("r{}", message.ts.replace('.', "")),
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": message.text}]}],
            }]);
        }
        if let Some(attachments) = &message.attachments {
            json["attachments"] = attachments.clone();
        }
        if with_metadata && let Some(metadata) = &message.metadata {
            json["metadata"] = metadata.clone();
        }
        if let Some(username) = &message.username {
            json["username"] = json!(username);
        }
        if let Some(thread_ts) = &message.thread_ts {
            json["thread_ts"] = json!(thread_ts);
        }
        if let Some((user, ts)) = &message.edited {
            json["edited"] = json!({"user": user, "ts": ts});
        }
        if !message.reactions.is_empty() {
            json["reactions"] = message
                .reactions
                .iter()
                .map(|(name, users)| json!({"name": name, "users": users, "count": users.len()}))
                .collect();
        }
        json
    }

    /// A message as `conversations.history` shows it: a parent says how its thread stands.
    pub fn history_json(
        &self,
        app_id: &str,
        channel: &ChannelState,
        message: &Message,
        with_metadata: bool,
    ) -> Value {
        let mut json = self.message_json(app_id, message, with_metadata);
        let replies = channel.replies(&message.ts);
        if let Some(last) = replies.last() {
            let mut users: Vec<&str> = replies.iter().map(|it| it.user.as_str()).collect();
            users.sort_unstable();
            users.dedup();
            json["thread_ts"] = json!(message.ts);
            json["reply_count"] = json!(replies.len());
            json["reply_users_count"] = json!(users.len());
            json["reply_users"] = json!(users);
            json["latest_reply"] = json!(last.ts);
            json["is_locked"] = json!(false);
            json["subscribed"] = json!(false);
        } else if let Some(thread_ts) = &message.thread_ts
            && *thread_ts != message.ts
            && let Some(parent) = channel.message(thread_ts)
        {
            json["parent_user_id"] = json!(parent.user);
        }
        json
    }
}
