//! Channels and direct conversations.

use super::{super::model::Channel, Message, State};

pub(crate) struct ChannelState {
    pub info: Channel,
    /// A direct conversation between its two members.
    pub is_im: bool,
    pub created: i64,
    pub messages: Vec<Message>,
}

impl ChannelState {
    pub fn has(&self, user: &str) -> bool {
        self.info.members.iter().any(|member| member == user)
    }

    pub fn message(&self, ts: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.ts == ts)
    }

    pub fn message_mut(&mut self, ts: &str) -> Option<&mut Message> {
        self.messages.iter_mut().find(|message| message.ts == ts)
    }

    /// The `channel_type` of message events.
    pub fn kind(&self) -> &'static str {
        if self.is_im {
            "im"
        } else if self.info.is_private {
            "group"
        } else {
            "channel"
        }
    }

    /// The name that commands and interactions carry.
    pub fn payload_name(&self) -> &str {
        if self.is_im {
            "directmessage"
        } else if self.info.is_private {
            "privategroup"
        } else {
            &self.info.name
        }
    }

    /// The other side of a direct conversation.
    pub fn other<'a>(&'a self, user: &str) -> Option<&'a str> {
        self.info
            .members
            .iter()
            .find(|member| *member != user)
            .map(String::as_str)
    }

    pub fn replies(&self, ts: &str) -> Vec<&Message> {
        self.messages
            .iter()
            .filter(|message| {
                message.thread_ts.as_deref() == Some(ts)
                    && message.ts != ts
                    && message.ephemeral_to.is_none()
            })
            .collect()
    }
}

impl State {
    /// The conversation between two people (or a person and the app), made when there is none.
    pub fn open_im(&mut self, team_id: &str, one: &str, other: &str) -> String {
        let existing = self.team(team_id).and_then(|team| {
            team.channels
                .iter()
                .find(|channel| {
                    channel.is_im
                        && channel.info.members.iter().any(|member| member == one)
                        && channel.info.members.iter().any(|member| member == other)
                })
                .map(|channel| channel.info.id.clone())
        });
        if let Some(id) = existing {
            return id;
        }
        let id = self.next_id("D");
        let created = self.clock.now().as_second();
        if let Some(team) = self.team_mut(team_id) {
            team.channels.push(ChannelState {
                info: Channel::new(&id, "directmessage").members([one, other]),
                is_im: true,
                created,
                messages: Vec::new(),
            });
        }
        self.changed(team_id, None, "state");
        id
    }
}
