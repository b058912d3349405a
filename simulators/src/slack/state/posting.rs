//! Posting, changing and deleting messages, with the events that the app is told.

use serde_json::{Value, json};

use super::{ChannelState, Message, State, Team};

impl State {
    /// Adds a message and queues its event for the app.
    pub fn post(&mut self, team_id: &str, channel_id: &str, message: Message) {
        let ephemeral = message.ephemeral_to.clone();
        let event = self
            .team(team_id)
            .and_then(|team| team.message_event(channel_id, &message, &self.app.id));
        if let Some(channel) = self
            .team_mut(team_id)
            .and_then(|team| team.channel_mut(channel_id))
        {
            channel.messages.push(message.clone());
        }
        if ephemeral.is_none()
            && let Some(event) = event
        {
            self.tell_app(team_id, event);
            self.mention_event(team_id, channel_id, &message);
        }
        if ephemeral.is_none()
            && let Some(team) = self.team_mut(team_id)
        {
            // What one writes one has read.
            team.read
                .insert((message.user, channel_id.to_owned()), message.ts);
        }
        self.messages_changed(team_id, channel_id);
    }

    /// <https://docs.slack.dev/reference/events/app_mention>
    fn mention_event(&mut self, team_id: &str, channel_id: &str, message: &Message) {
        let Some(team) = self.team(team_id) else {
            return;
        };
        let Some(app) = &team.app else { return };
        let is_im = team.channel(channel_id).is_some_and(|it| it.is_im);
        if is_im
            || message.bot_id.is_some()
            || !message.text.contains(&format!("<@{}>", app.bot_user_id))
        {
            return;
        }
        let mut event = team.message_json(&self.app.id, message, false);
        event["type"] = json!("app_mention");
        event["channel"] = json!(channel_id);
        event["event_ts"] = json!(message.ts);
        self.tell_app(team_id, event);
    }

    /// Changes a message in place and queues `message_changed`.
    ///
    /// <https://docs.slack.dev/reference/events/message/message_changed>
    pub fn edit(
        &mut self,
        team_id: &str,
        channel_id: &str,
        ts: &str,
        change: impl FnOnce(&mut Message),
    ) -> bool {
        let event_ts = self.next_ts();
        let app_id = self.app.id.clone();
        let Some(team) = self.team_mut(team_id) else {
            return false;
        };
        let Some(message) = team
            .channel_mut(channel_id)
            .and_then(|channel| channel.message_mut(ts))
        else {
            return false;
        };
        let before = message.clone();
        change(message);
        let after = message.clone();
        if after.ephemeral_to.is_none() && team.app_hears(channel_id) {
            let mut event = team.hidden_event("message_changed", channel_id, &event_ts);
            event["message"] = team.message_json(&app_id, &after, false);
            event["previous_message"] = team.message_json(&app_id, &before, false);
            self.tell_app(team_id, event);
        }
        self.messages_changed(team_id, channel_id);
        true
    }

    /// Removes a message and queues `message_deleted`.
    ///
    /// <https://docs.slack.dev/reference/events/message/message_deleted>
    pub fn delete(&mut self, team_id: &str, channel_id: &str, ts: &str) -> bool {
        let event_ts = self.next_ts();
        let app_id = self.app.id.clone();
        let Some(team) = self.team_mut(team_id) else {
            return false;
        };
        let Some(channel) = team.channel_mut(channel_id) else {
            return false;
        };
        let Some(at) = channel.messages.iter().position(|it| it.ts == ts) else {
            return false;
        };
        let message = channel.messages.remove(at);
        if message.ephemeral_to.is_none() && team.app_hears(channel_id) {
            let mut event = team.hidden_event("message_deleted", channel_id, &event_ts);
            event["deleted_ts"] = json!(ts);
            event["previous_message"] = team.message_json(&app_id, &message, false);
            self.tell_app(team_id, event);
        }
        self.messages_changed(team_id, channel_id);
        true
    }
}

impl Team {
    /// What the events about a change of a message have in common.
    fn hidden_event(&self, subtype: &str, channel_id: &str, event_ts: &str) -> Value {
        json!({
            "type": "message",
            "subtype": subtype,
            "hidden": true,
            "channel": channel_id,
            "channel_type": self.channel(channel_id).map(ChannelState::kind),
            "ts": event_ts,
            "event_ts": event_ts,
        })
    }
}
