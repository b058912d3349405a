//! What the simulated Slack knows: workspaces, people, channels, messages, views.
//!
//! Everything here is synchronous. [`SlackSim`](super::SlackSim) holds it behind a mutex, which is
//! never held over an await; what has to be sent afterwards waits in [`State::outbox`] and
//! [`State::changes`].

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    clock::Clock,
    faults::Faults,
    model::{AppConfig, Channel, Member, Workspace},
    view::View,
};

pub(crate) struct State {
    pub clock: Clock,
    pub app: AppConfig,
    pub teams: Vec<Team>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    pub oauth_codes: HashMap<String, OauthCode>,
    pub revoked: HashSet<String>,
    /// Access tokens of people who signed in: token → (workspace, person).
    pub user_tokens: HashMap<String, (String, String)>,
    pub calls: Vec<Call>,
    pub deliveries: Vec<Value>,
    pub faults: Faults,
    pub problems: Vec<String>,
    pub app_url: Option<String>,
    pub base_url: String,
    /// Events that the app is to be told.
    pub outbox: Vec<Outgoing>,
    /// What the pages have to fetch again.
    pub changes: Vec<Change>,
    pub trigger_life: Duration,
    last_ts: i64,
    sequence: u64,
}

pub(crate) struct Call {
    pub method: String,
    pub team: Option<String>,
    pub body: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub team: String,
    pub event: Value,
}

/// Something that a page shows is no longer as it was.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub team: String,
    /// Only this person sees the change; everyone when absent.
    pub user: Option<String>,
    pub what: String,
}

pub(crate) struct Team {
    pub workspace: Workspace,
    pub people: Vec<Member>,
    pub channels: Vec<ChannelState>,
    pub app: Option<Installation>,
    pub modals: HashMap<String, Vec<View>>,
    pub homes: HashMap<String, View>,
    pub toasts: HashMap<String, Vec<Toast>>,
    /// The last message that a person has read: (person, channel) → ts.
    pub read: HashMap<(String, String), String>,
}

pub(crate) struct Installation {
    pub token: String,
    pub scopes: Vec<String>,
    pub bot_user_id: String,
    pub bot_id: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Toast {
    pub id: String,
    pub text: String,
}

pub(crate) struct ChannelState {
    pub info: Channel,
    /// A direct conversation between its two members.
    pub is_im: bool,
    pub created: i64,
    pub messages: Vec<Message>,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub ts: String,
    pub user: String,
    /// Set for what the app posted.
    pub bot_id: Option<String>,
    pub text: String,
    pub blocks: Option<Vec<Value>>,
    pub attachments: Option<Value>,
    pub metadata: Option<Value>,
    pub thread_ts: Option<String>,
    pub edited: Option<(String, String)>,
    pub reactions: Vec<(String, Vec<String>)>,
    /// Only this person sees it, and only until the page is loaded anew in the real Slack.
    pub ephemeral_to: Option<String>,
    /// Posted under another name, with `chat:write.customize`.
    pub username: Option<String>,
    /// How people see it: values chosen in the message's menus, which Slack keeps per message.
    pub values: BTreeMap<(String, String), Value>,
}

pub(crate) struct Trigger {
    pub team: String,
    pub user: String,
    pub created: Instant,
    pub used: bool,
    /// The modal that the trigger came from, which a push goes on top of.
    pub view_id: Option<String>,
}

pub(crate) struct ResponseUrl {
    pub team: String,
    pub user: String,
    pub channel: String,
    /// The message that `replace_original` and `delete_original` are about.
    pub original: Option<String>,
    pub created: Timestamp,
    pub uses: u32,
}

#[derive(Clone)]
pub(crate) struct OauthCode {
    pub team: String,
    pub user: String,
    pub scopes: Vec<String>,
    pub redirect_uri: Option<String>,
    /// Of signing in, for the id token.
    pub nonce: Option<String>,
    pub used: bool,
}

impl State {
    pub fn new(clock: Clock, app: AppConfig, trigger_life: Duration) -> Self {
        Self {
            clock,
            app,
            teams: Vec::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            oauth_codes: HashMap::new(),
            revoked: HashSet::new(),
            user_tokens: HashMap::new(),
            calls: Vec::new(),
            deliveries: Vec::new(),
            faults: Faults::default(),
            problems: Vec::new(),
            app_url: None,
            base_url: String::new(),
            outbox: Vec::new(),
            changes: Vec::new(),
            trigger_life,
            last_ts: 0,
            sequence: 0,
        }
    }

    /// The next message timestamp: unique and rising, also while the clock stands still.
    pub fn next_ts(&mut self) -> String {
        let now = self.clock.now().as_microsecond();
        self.last_ts = if now > self.last_ts {
            now
        } else {
            self.last_ts + 100
        };
        format!(
            "{}.{:06}",
            self.last_ts.div_euclid(1_000_000),
            self.last_ts.rem_euclid(1_000_000)
        )
    }

    pub fn next_number(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// An id that looks like Slack's: a letter or two, then capitals and digits.
    pub fn next_id(&mut self, prefix: &str) -> String {
        let number = self.next_number();
        format!("{prefix}{number:09X}")
    }

    /// A secret in the manner of Slack's random ones. It need not be unguessable here.
    pub fn next_secret(&mut self, seed: &str) -> String {
        let number = self.next_number();
        let digest = super::sign::signature(seed, i64::try_from(number).unwrap_or(0), b"");
        digest.trim_start_matches("v0=").chars().take(24).collect()
    }

    pub fn team(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.workspace.id == id)
    }

    pub fn team_mut(&mut self, id: &str) -> Option<&mut Team> {
        self.teams.iter_mut().find(|team| team.workspace.id == id)
    }

    /// The workspace that a bot token belongs to.
    pub fn team_of_token(&self, token: &str) -> Option<&Team> {
        self.teams
            .iter()
            .find(|team| team.app.as_ref().is_some_and(|app| app.token == token))
    }

    pub fn changed(&mut self, team: &str, user: Option<&str>, what: impl Into<String>) {
        self.changes.push(Change {
            team: team.to_owned(),
            user: user.map(str::to_owned),
            what: what.into(),
        });
    }

    pub fn messages_changed(&mut self, team: &str, channel: &str) {
        self.changed(team, None, format!("messages:{channel}"));
        // Unread marks and the list of conversations stand in the state.
        self.changed(team, None, "state");
    }

    pub fn toast(&mut self, team_id: &str, user: &str, text: impl Into<String>) {
        let id = self.next_id("To");
        let text = text.into();
        if let Some(team) = self.team_mut(team_id) {
            team.toasts
                .entry(user.to_owned())
                .or_default()
                .push(Toast { id, text });
        }
        self.changed(team_id, Some(user), "state");
    }

    pub fn trigger(&mut self, team: &str, user: &str, view_id: Option<&str>) -> String {
        let id = format!(
            "{}.{}.{}",
            self.next_number(),
            self.clock.now().as_second(),
            self.next_secret("trigger")
        );
        self.triggers.insert(
            id.clone(),
            Trigger {
                team: team.to_owned(),
                user: user.to_owned(),
                created: Instant::now(),
                used: false,
                view_id: view_id.map(str::to_owned),
            },
        );
        id
    }

    pub fn response_url(
        &mut self,
        family: &str,
        team: &str,
        user: &str,
        channel: &str,
        original: Option<&str>,
    ) -> String {
        let key = format!(
            "{family}/{team}/{}/{}",
            self.next_number(),
            self.next_secret("response")
        );
        self.response_urls.insert(
            key.clone(),
            ResponseUrl {
                team: team.to_owned(),
                user: user.to_owned(),
                channel: channel.to_owned(),
                original: original.map(str::to_owned),
                created: self.clock.now(),
                uses: 0,
            },
        );
        format!("{}/hooks/{key}", self.base_url)
    }

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
            self.outbox.push(Outgoing {
                team: team_id.to_owned(),
                event,
            });
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
        self.outbox.push(Outgoing {
            team: team_id.to_owned(),
            event,
        });
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
            let event = json!({
                "type": "message",
                "subtype": "message_changed",
                "hidden": true,
                "channel": channel_id,
                "channel_type": team.channel(channel_id).map(ChannelState::kind),
                "ts": event_ts,
                "event_ts": event_ts,
                "message": team.message_json(&app_id, &after, false),
                "previous_message": team.message_json(&app_id, &before, false),
            });
            self.outbox.push(Outgoing {
                team: team_id.to_owned(),
                event,
            });
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
            let event = json!({
                "type": "message",
                "subtype": "message_deleted",
                "hidden": true,
                "channel": channel_id,
                "channel_type": team.channel(channel_id).map(ChannelState::kind),
                "ts": event_ts,
                "event_ts": event_ts,
                "deleted_ts": ts,
                "previous_message": team.message_json(&app_id, &message, false),
            });
            self.outbox.push(Outgoing {
                team: team_id.to_owned(),
                event,
            });
        }
        self.messages_changed(team_id, channel_id);
        true
    }

    /// Gives the blocks the ids that Slack makes up where the app left them out, and the fields
    /// that Slack adds to text.
    pub fn complete_blocks(&mut self, blocks: &mut [Value]) {
        for block in blocks {
            let kind = block["type"].as_str().unwrap_or_default().to_owned();
            if let Some(map) = block.as_object_mut()
                && map
                    .get("block_id")
                    .and_then(Value::as_str)
                    .is_none_or(str::is_empty)
            {
                let id = format!("b{:04x}", self.next_number());
                map.insert("block_id".to_owned(), json!(id));
            }
            match kind.as_str() {
                "actions" => {
                    for element in block["elements"].as_array_mut().into_iter().flatten() {
                        self.complete_element(element);
                    }
                }
                "section" if block.get("accessory").is_some() => {
                    self.complete_element(&mut block["accessory"]);
                }
                "input" => {
                    self.complete_element(&mut block["element"]);
                    let map = block.as_object_mut();
                    if let Some(map) = map {
                        map.entry("optional").or_insert(json!(false));
                        map.entry("dispatch_action").or_insert(json!(false));
                    }
                }
                _ => {}
            }
            complete_text(block);
        }
    }

    fn complete_element(&mut self, element: &mut Value) {
        if element["type"] == "image" {
            return;
        }
        if let Some(map) = element.as_object_mut()
            && !map.contains_key("action_id")
        {
            let id = format!("a{:04x}", self.next_number());
            map.insert("action_id".to_owned(), json!(id));
        }
    }
}

/// Slack sends `plain_text` back with `emoji` and `mrkdwn` with `verbatim`.
fn complete_text(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(complete_text),
        Value::Object(map) => {
            if map.get("text").is_some_and(Value::is_string) {
                if map.get("type").is_some_and(|kind| kind == "plain_text") {
                    map.entry("emoji").or_insert(json!(true));
                } else if map.get("type").is_some_and(|kind| kind == "mrkdwn") {
                    map.entry("verbatim").or_insert(json!(false));
                }
            }
            map.values_mut().for_each(complete_text);
        }
        _ => {}
    }
}

impl Team {
    pub fn new(workspace: Workspace) -> Self {
        Self {
            workspace,
            people: Vec::new(),
            channels: Vec::new(),
            app: None,
            modals: HashMap::new(),
            homes: HashMap::new(),
            toasts: HashMap::new(),
            read: HashMap::new(),
        }
    }

    pub fn person(&self, id: &str) -> Option<&Member> {
        self.people.iter().find(|person| person.id == id)
    }

    pub fn channel(&self, id: &str) -> Option<&ChannelState> {
        self.channels.iter().find(|channel| channel.info.id == id)
    }

    pub fn channel_mut(&mut self, id: &str) -> Option<&mut ChannelState> {
        self.channels
            .iter_mut()
            .find(|channel| channel.info.id == id)
    }

    /// By id, or by name with or without `#`.
    pub fn find_channel(&self, name: &str) -> Option<&ChannelState> {
        self.channel(name).or_else(|| {
            let name = name.trim_start_matches('#');
            self.channels
                .iter()
                .find(|channel| !channel.is_im && channel.info.name == name)
        })
    }

    pub fn bot_user_id(&self) -> &str {
        self.app.as_ref().map_or("", |app| &app.bot_user_id)
    }

    /// A bot hears only what is said where it is a member.
    pub fn app_hears(&self, channel_id: &str) -> bool {
        let bot = self.bot_user_id();
        !bot.is_empty()
            && self
                .channel(channel_id)
                .is_some_and(|channel| channel.has(bot))
    }

    pub fn view(&self, id: &str) -> Option<&View> {
        self.modals
            .values()
            .flatten()
            .chain(self.homes.values())
            .find(|view| view.id == id)
    }

    pub fn view_mut(&mut self, id: &str) -> Option<&mut View> {
        self.modals
            .values_mut()
            .flatten()
            .chain(self.homes.values_mut())
            .find(|view| view.id == id)
    }

    /// <https://docs.slack.dev/reference/events/message>
    fn message_event(&self, channel_id: &str, message: &Message, app_id: &str) -> Option<Value> {
        if !self.app_hears(channel_id) {
            return None;
        }
        let mut event = self.message_json(app_id, message, false);
        event["channel"] = json!(channel_id);
        event["channel_type"] = json!(self.channel(channel_id).map(ChannelState::kind));
        event["event_ts"] = json!(message.ts);
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

impl Message {
    pub fn new(ts: String, user: &str, text: &str) -> Self {
        Self {
            ts,
            user: user.to_owned(),
            bot_id: None,
            text: text.to_owned(),
            blocks: None,
            attachments: None,
            metadata: None,
            thread_ts: None,
            edited: None,
            reactions: Vec::new(),
            ephemeral_to: None,
            username: None,
            values: BTreeMap::new(),
        }
    }

    /// Whether this person sees it.
    pub fn visible_to(&self, user: &str) -> bool {
        self.ephemeral_to.as_deref().is_none_or(|to| to == user)
    }
}
