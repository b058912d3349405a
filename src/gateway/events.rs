//! The events that the app hears, each with the bot scopes that Slack sends it for.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::fields::{short, short_or_none};
use crate::clients::slack::Member;
use crate::platform::ids::{ChannelId, EnterpriseId, SlackUserId, WorkspaceId};

/// An event. <https://docs.slack.dev/apis/events-api/#event-type-structure>
#[derive(Debug, Clone)]
pub struct Event {
    /// The workspace.
    pub team: WorkspaceId,
    /// The same for each delivery of one event.
    pub event_id: String,
    /// When it happened, to the second; `None`: Slack did not say.
    pub at: Option<Timestamp>,
    /// The organization, if it installed the app for its workspaces.
    pub org: Option<EnterpriseId>,
    /// In a channel that is shared with another company.
    pub shared: bool,
    /// What happened.
    pub kind: EventKind,
}

/// The events that we know.
#[derive(Debug, Clone)]
pub enum EventKind {
    /// Somebody opened the app's Home tab.
    AppHomeOpened(AppHomeOpened),
    /// Somebody wrote to the app.
    DirectMessage(DirectMessage),
    /// Somebody wrote in a channel that the app is in.
    ChannelMessage(ChannelMessage),
    /// Somebody joined or changed their profile; Slack sends all of it.
    MemberChanged(Box<Member>),
    /// Somebody joined a channel that the app is in.
    JoinedChannel(JoinedChannel),
    /// The app may no longer, or may again, be in a workspace.
    Installation(InstallationChange),
}

impl EventKind {
    /// Whether only organizations do this.
    pub(super) fn is_of_org(&self) -> bool {
        let access = |change: &InstallationChange| {
            use InstallationChange::{AccessGranted, AccessRevoked};
            matches!(change, AccessGranted | AccessRevoked(_))
        };
        matches!(self, Self::Installation(change) if access(change))
    }
}

/// <https://docs.slack.dev/reference/events/member_joined_channel>
#[derive(Debug, Clone, Deserialize)]
pub struct JoinedChannel {
    /// Who.
    pub user: SlackUserId,
    /// Which channel.
    pub channel: ChannelId,
}

/// What became of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallationChange {
    /// The app was removed. <https://docs.slack.dev/reference/events/app_uninstalled>
    Uninstalled,
    /// Tokens no longer work. <https://docs.slack.dev/reference/events/tokens_revoked>
    TokensRevoked {
        /// Whose own tokens.
        people: Vec<SlackUserId>,
        /// Whether the app's own is one of them.
        bot: bool,
    },
    /// An organization gave the app to further workspaces.
    /// <https://docs.slack.dev/reference/events/team_access_granted>
    AccessGranted,
    /// An organization took the app away from workspaces.
    /// <https://docs.slack.dev/reference/events/team_access_revoked>
    AccessRevoked(Vec<WorkspaceId>),
}

/// <https://docs.slack.dev/reference/events/app_home_opened>
#[derive(Debug, Clone, Deserialize)]
pub struct AppHomeOpened {
    /// Who.
    pub user: SlackUserId,
    /// `home` or `messages`.
    pub tab: String,
}

/// <https://docs.slack.dev/reference/events/message.im>
#[derive(Debug, Clone, Deserialize)]
pub struct DirectMessage {
    /// Who wrote.
    pub user: SlackUserId,
    /// The direct messages with the app.
    pub channel: ChannelId,
    /// What they wrote.
    #[serde(default)]
    pub text: String,
}

/// What a person wrote in a channel. <https://docs.slack.dev/reference/events/message.channels>
#[derive(Debug, Clone, Deserialize)]
pub struct ChannelMessage {
    /// Who wrote.
    pub user: SlackUserId,
    /// Where.
    pub channel: ChannelId,
    /// The message's id in the channel.
    #[serde(deserialize_with = "short")]
    pub ts: String,
    /// The first message of the thread that it is in.
    #[serde(default, deserialize_with = "short_or_none")]
    pub thread_ts: Option<String>,
    /// What they wrote, in Slack's markup.
    #[serde(default)]
    pub text: String,
}

/// An event that the app hears, and how it is read.
pub struct Heard {
    /// Its name among the bot events of the app's settings.
    pub subscription: &'static str,
    /// The bot scopes that an app must have to be sent it: the page of each event,
    /// <https://docs.slack.dev/reference/events>.
    pub scopes: &'static [&'static str],
    /// `type` of the event, and `channel_type` if that matters.
    names: (&'static str, Option<&'static str>),
    read: fn(&Value) -> Option<EventKind>,
}

/// Every event that is heard. Others are acknowledged and ignored.
pub const HEARD: [Heard; 12] = [
    Heard {
        subscription: "app_home_opened",
        scopes: &[],
        names: ("app_home_opened", None),
        read: |event| Some(EventKind::AppHomeOpened(read(event)?)),
    },
    Heard {
        subscription: "message.im",
        scopes: &["im:history"],
        names: ("message", Some("im")),
        read: |event| Some(EventKind::DirectMessage(read(own_words(event)?)?)),
    },
    Heard {
        subscription: "message.channels",
        scopes: &["channels:history"],
        names: ("message", Some("channel")),
        read: |event| Some(EventKind::ChannelMessage(read(own_words(event)?)?)),
    },
    Heard {
        subscription: "message.groups",
        scopes: &["groups:history"],
        names: ("message", Some("group")),
        read: |event| Some(EventKind::ChannelMessage(read(own_words(event)?)?)),
    },
    Heard {
        subscription: "team_join",
        scopes: &["users:read"],
        names: ("team_join", None),
        read: |event| Some(EventKind::MemberChanged(read(&event["user"])?)),
    },
    Heard {
        subscription: "user_change",
        scopes: &["users:read"],
        names: ("user_change", None),
        read: |event| Some(EventKind::MemberChanged(read(&event["user"])?)),
    },
    // Says the same of a profile, and is the one that Slack means to keep.
    Heard {
        subscription: "user_profile_changed",
        scopes: &["users:read"],
        names: ("user_profile_changed", None),
        read: |event| Some(EventKind::MemberChanged(read(&event["user"])?)),
    },
    Heard {
        subscription: "member_joined_channel",
        scopes: &["channels:read", "groups:read"],
        names: ("member_joined_channel", None),
        read: |event| Some(EventKind::JoinedChannel(read(event)?)),
    },
    Heard {
        subscription: "app_uninstalled",
        scopes: &[],
        names: ("app_uninstalled", None),
        read: |_| Some(EventKind::Installation(InstallationChange::Uninstalled)),
    },
    Heard {
        subscription: "tokens_revoked",
        scopes: &[],
        names: ("tokens_revoked", None),
        read: |event| {
            let revoked: RevokedTokens = read(&event["tokens"])?;
            Some(EventKind::Installation(InstallationChange::TokensRevoked {
                people: revoked.oauth,
                bot: !revoked.bot.is_empty(),
            }))
        },
    },
    Heard {
        subscription: "team_access_granted",
        scopes: &[],
        names: ("team_access_granted", None),
        read: |_| Some(EventKind::Installation(InstallationChange::AccessGranted)),
    },
    Heard {
        subscription: "team_access_revoked",
        scopes: &[],
        names: ("team_access_revoked", None),
        read: |event| {
            let teams = read(&event["team_ids"])?;
            Some(EventKind::Installation(InstallationChange::AccessRevoked(
                teams,
            )))
        },
    },
];

#[derive(Deserialize)]
struct RevokedTokens {
    #[serde(default)]
    oauth: Vec<SlackUserId>,
    #[serde(default)]
    bot: Vec<Value>,
}

/// Events that are not for us, or have a shape that we do not know, are `None`: Slack adds
/// fields and kinds at any time.
pub(super) fn known_event(event: &Value) -> Option<EventKind> {
    let heard = HEARD.iter().find(|heard| {
        let (name, channel_type) = heard.names;
        event["type"] == name && channel_type.is_none_or(|it| event["channel_type"] == it)
    })?;
    (heard.read)(event)
}

fn read<'de, T: Deserialize<'de>>(value: &'de Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// Only what a person wrote: no edit, no join, no bot. Words that came with a file, or that a
/// thread also showed to the channel, are a person's own too.
/// <https://docs.slack.dev/reference/events/message#subtypes>
fn own_words(event: &Value) -> Option<&Value> {
    let written = match event["subtype"].as_str() {
        None => event["subtype"].is_null(),
        Some(subtype) => ["file_share", "thread_broadcast"].contains(&subtype),
    };
    (written && event["bot_id"].is_null()).then_some(event)
}
