//! Writing, editing, deleting, reacting, and reading.

use serde_json::json;

use super::{
    super::{
        SlackSim,
        state::{Message, State},
    },
    ActError, Actor, missing,
};

impl SlackSim {
    /// Someone writes a message; gives its timestamp.
    pub(crate) async fn write(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        text: &str,
        thread_ts: Option<&str>,
    ) -> Result<String, ActError> {
        self.with_delivered(|state| {
            let channel = state.conversation(actor, channel)?.info.id.clone();
            let mut message = Message::new(state.next_ts(), user, text);
            message.thread_ts = thread_ts.map(str::to_owned);
            let ts = message.ts.clone();
            state.post(team, &channel, message);
            Ok(ts)
        })
        .await
    }

    /// Someone edits a message of their own.
    pub(crate) async fn edit(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        ts: &str,
        text: &str,
    ) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let channel = state.own_message(actor, channel, ts)?;
            let edited = (user.to_owned(), state.next_ts());
            state.edit(team, &channel, ts, |message| {
                text.clone_into(&mut message.text);
                message.edited = Some(edited);
            });
            Ok(())
        })
        .await
    }

    /// Someone deletes a message of their own.
    pub(crate) async fn delete(
        &self,
        actor @ Actor { team, .. }: Actor<'_>,
        channel: &str,
        ts: &str,
    ) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let channel = state.own_message(actor, channel, ts)?;
            state.delete(team, &channel, ts);
            Ok(())
        })
        .await
    }

    /// Someone adds a reaction, or takes theirs away.
    ///
    /// <https://docs.slack.dev/reference/events/reaction_added>
    pub(crate) async fn react(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        ts: &str,
        name: &str,
    ) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let channel = state.conversation(actor, channel)?.info.id.clone();
            state
                .react(team, user, &channel, ts, name)
                .ok_or_else(|| missing("message"))
        })
        .await
    }

    /// Someone has read a conversation.
    pub(crate) fn mark_read(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
    ) -> Result<(), ActError> {
        self.with(|state| {
            let conversation = state.conversation(actor, channel)?;
            let id = conversation.info.id.clone();
            let last = conversation.messages.last().map(|it| it.ts.clone());
            if let (Some(last), Some(it)) = (last, state.team_mut(team)) {
                let before = it.read.insert((user.to_owned(), id), last.clone());
                if before.is_none_or(|before| before != last) {
                    state.changed(team, Some(user), "state");
                }
            }
            Ok(())
        })
    }

    /// Someone puts away one of Slack's messages.
    pub(crate) fn dismiss(&self, Actor { team, user }: Actor<'_>, toast: &str) {
        self.with(|state| {
            if let Some(toasts) = state
                .team_mut(team)
                .and_then(|team| team.toasts.get_mut(user))
            {
                toasts.retain(|it| it.id != toast);
            }
            state.changed(team, Some(user), "state");
        });
    }
}

impl State {
    /// The conversation of a message that this person wrote.
    fn own_message(&self, actor: Actor<'_>, channel: &str, ts: &str) -> Result<String, ActError> {
        let channel = self.conversation(actor, channel)?;
        channel
            .message(ts)
            .filter(|message| message.user == actor.user)
            .ok_or_else(|| missing("message of this person"))?;
        Ok(channel.info.id.clone())
    }

    /// Adds or removes one person's reaction.
    pub(crate) fn react(
        &mut self,
        team_id: &str,
        user: &str,
        channel: &str,
        ts: &str,
        name: &str,
    ) -> Option<()> {
        let event_ts = self.next_ts();
        let team = self.team_mut(team_id)?;
        let message = team.channel_mut(channel)?.message_mut(ts)?;
        let author = message.user.clone();
        let at = message.reactions.iter().position(|(it, _)| it == name);
        let added = if let Some(at) = at {
            let users = &mut message.reactions[at].1;
            if let Some(mine) = users.iter().position(|it| it == user) {
                users.remove(mine);
                if users.is_empty() {
                    message.reactions.remove(at);
                }
                false
            } else {
                users.push(user.to_owned());
                true
            }
        } else {
            message
                .reactions
                .push((name.to_owned(), vec![user.to_owned()]));
            true
        };
        if team.app_hears(channel) {
            self.tell_app(
                team_id,
                json!({
                    "type": if added { "reaction_added" } else { "reaction_removed" },
                    "user": user,
                    "reaction": name,
                    "item_user": author,
                    "item": {"type": "message", "channel": channel, "ts": ts},
                    "event_ts": event_ts,
                }),
            );
        }
        self.messages_changed(team_id, channel);
        Some(())
    }
}
