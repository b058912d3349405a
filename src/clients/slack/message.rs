//! What is said in Slack, and where.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::blocks::SlackBlock;
use super::belongs::mark_blocks;
use crate::platform::ids::{ChannelId, SlackUserId, WorkspaceId};

/// The text of a message for notifications, and its blocks.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
pub struct Message {
    /// What a notification and a screen reader say.
    pub text: String,
    /// What the message shows; empty: the text.
    pub blocks: Vec<SlackBlock>,
}

impl Message {
    /// A message of one paragraph.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            blocks: Vec::new(),
        }
    }

    /// An empty list of blocks is left out: it would hide the text.
    pub(super) fn add_blocks(&self, body: &mut serde_json::Value, workspace: &WorkspaceId) {
        if !self.blocks.is_empty() {
            body["blocks"] = self.marked_blocks(workspace);
        }
    }

    /// The blocks as they are sent to a workspace, which is written into what can be pressed.
    pub fn marked_blocks(&self, workspace: &WorkspaceId) -> serde_json::Value {
        let mut blocks = json!(self.blocks);
        mark_blocks(&mut blocks, workspace);
        blocks
    }
}

/// A channel, as far as it matters whether the app can be in it.
#[allow(clippy::struct_excessive_bools)] // the flags of Slack's conversation object
#[derive(Debug, Clone, Deserialize)]
pub struct ChannelInfo {
    /// Only its members see it.
    #[serde(default)]
    pub is_private: bool,
    /// Nobody can write there any more.
    #[serde(default)]
    pub is_archived: bool,
    /// The app is in it.
    #[serde(default)]
    pub is_member: bool,
}

/// Where a message is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// The channel, for a direct message its `D…` id.
    pub channel: ChannelId,
    /// The message's id in the channel.
    pub ts: String,
}

/// Where a message goes.
#[derive(Debug, Clone, Copy)]
pub enum Place<'a> {
    /// To a person's direct messages with the app.
    Dm(&'a SlackUserId),
    /// Into a channel.
    Channel(&'a ChannelId),
    /// Into a thread.
    Thread {
        /// The thread's channel.
        channel: &'a ChannelId,
        /// The message that it began with.
        thread_ts: &'a str,
    },
}

impl<'a> Place<'a> {
    /// A channel, or a thread of it.
    pub fn in_channel(channel: &'a ChannelId, thread_ts: Option<&'a str>) -> Self {
        match thread_ts {
            Some(thread_ts) => Self::Thread { channel, thread_ts },
            None => Self::Channel(channel),
        }
    }

    pub(super) fn address(self, body: &mut serde_json::Value) {
        match self {
            Self::Dm(user) => body["channel"] = json!(user),
            Self::Channel(channel) => body["channel"] = json!(channel),
            Self::Thread { channel, thread_ts } => {
                body["channel"] = json!(channel);
                body["thread_ts"] = json!(thread_ts);
            }
        }
    }
}

/// What a person wrote in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// When; also the message's id.
    pub ts: String,
    /// The words, in Slack's markup.
    pub text: String,
}
