//! What Slack sends, as our own tolerant types: fields that we do not use may be missing, new
//! or odd; fields that we use must be right.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::events::{Event, EventKind, known_event};
use super::fields::{or_default, or_none, short, short_or_none};
use crate::clients::slack::read_mark;
use crate::platform::ids::{ChannelId, EnterpriseId, SlackUserId, WorkspaceId};
use crate::tenant::Settings;

/// A request that is ours to answer.
#[derive(Debug, Clone)]
pub enum SlackRequest {
    /// A slash command.
    Command(SlashCommand),
    /// A press or a choice in a message, dialog or Home tab.
    Action(BlockAction),
    /// A dialog was submitted.
    Submission(ViewSubmission),
    /// A dialog was closed.
    Closed(ViewClosed),
    /// Something happened in the workspace.
    Event(Event),
}

/// What a body turned out to be.
#[derive(Debug)]
pub enum Parsed {
    /// Slack asks whether this URL is ours; the answer is the challenge.
    Verification(String),
    /// A request of a known kind.
    Request(Box<SlackRequest>),
    /// Well-formed, but nothing that we know.
    Unknown,
}

/// A body that is not what its kind requires.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("malformed request: {0}")]
pub struct Malformed(String);

/// `/timeoff …`. <https://docs.slack.dev/interactivity/implementing-slash-commands>
#[derive(Debug, Clone, Deserialize)]
pub struct SlashCommand {
    /// The workspace in which it was typed.
    pub team_id: WorkspaceId,
    /// The organization, on Enterprise Grid.
    #[serde(default, deserialize_with = "or_none")]
    enterprise_id: Option<EnterpriseId>,
    /// `true`: the organization installed the app for its workspaces.
    #[serde(default)]
    is_enterprise_install: Option<String>,
    /// Where it was typed.
    pub channel_id: ChannelId,
    /// Who typed it.
    pub user_id: SlackUserId,
    /// The command with its slash.
    pub command: String,
    /// What follows it.
    #[serde(default)]
    pub text: String,
    /// Good for answers during half an hour.
    pub response_url: Url,
    /// Good for one dialog within 3 seconds.
    #[serde(deserialize_with = "short")]
    pub trigger_id: String,
}

/// One press or choice. <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
#[derive(Debug, Clone)]
pub struct BlockAction {
    /// The workspace.
    pub team: WorkspaceId,
    /// The organization, if it installed the app for its workspaces.
    pub org: Option<EnterpriseId>,
    /// Who pressed.
    pub user: SlackUserId,
    /// Where the pressed message is; `None` in a dialog or Home tab.
    pub channel: Option<ChannelId>,
    /// The thread that the pressed message is an answer in.
    pub thread_ts: Option<String>,
    /// Whether the pressed message is one that only this person sees.
    pub ephemeral: bool,
    /// The dialog or Home tab, with what is typed in it.
    pub view: Option<View>,
    /// Good for one dialog within 3 seconds.
    pub trigger_id: String,
    /// For answers beside the message.
    pub response_url: Option<Url>,
    /// What was pressed.
    pub action_id: String,
    /// A button's value.
    pub value: String,
    /// What is chosen in a menu: ids of people or channels, or the values of options.
    pub chosen: Vec<String>,
    /// When; the same press sent again carries the same.
    pub action_ts: String,
}

/// A dialog as Slack returns it.
#[derive(Debug, Clone, Deserialize)]
pub struct View {
    /// The dialog.
    #[serde(deserialize_with = "short")]
    pub id: String,
    /// Changes with each update.
    #[serde(default)]
    pub hash: String,
    /// Which dialog of ours it is.
    #[serde(default)]
    pub callback_id: String,
    /// What we put there.
    #[serde(default)]
    pub private_metadata: String,
    /// What the person typed and chose.
    #[serde(default, deserialize_with = "or_default")]
    pub state: ViewState,
}

impl View {
    /// Which workspace it was shown for; the metadata is then what we put there.
    fn take_mark(&mut self) -> Option<WorkspaceId> {
        let (workspace, metadata) = read_mark(&self.private_metadata);
        self.private_metadata = metadata.to_owned();
        workspace
    }
}

/// The values of a dialog's fields. Our fields have the same block id and action id.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ViewState {
    #[serde(default, deserialize_with = "or_default")]
    values: HashMap<String, HashMap<String, FieldValue>>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct FieldValue {
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    selected_date: Option<String>,
    #[serde(default)]
    selected_option: Option<Choice>,
    #[serde(default)]
    selected_options: Option<Vec<Choice>>,
    #[serde(default)]
    selected_time: Option<String>,
    #[serde(default)]
    selected_conversation: Option<String>,
    #[serde(default)]
    selected_users: Option<Vec<String>>,
}

#[derive(Debug, Clone, Deserialize)]
struct Choice {
    value: String,
}

/// What an action chose, whatever menu it was made in; a shape that we do not know is nothing.
/// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
fn chosen(action: &Value) -> Vec<String> {
    const ONE: [&str; 5] = [
        "selected_conversation",
        "selected_channel",
        "selected_user",
        "selected_date",
        "selected_time",
    ];
    const MANY: [&str; 3] = [
        "selected_users",
        "selected_conversations",
        "selected_channels",
    ];
    let many = |name: &str| action[name].as_array().into_iter().flatten();
    let one = ONE.iter().map(|name| &action[*name]);
    let several = MANY.iter().flat_map(|name| many(name));
    let options = std::iter::once(&action["selected_option"])
        .chain(many("selected_options"))
        .map(|option| &option["value"]);
    one.chain(several)
        .chain(options)
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

impl ViewState {
    fn field(&self, name: &str) -> Option<&FieldValue> {
        self.values.get(name)?.get(name)
    }

    /// Typed text; empty text is `None`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.field(name)?
            .value
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// A chosen day as `YYYY-MM-DD`.
    pub fn date(&self, name: &str) -> Option<&str> {
        self.field(name)?.selected_date.as_deref()
    }

    /// The chosen option's value.
    pub fn choice(&self, name: &str) -> Option<&str> {
        self.field(name)?
            .selected_option
            .as_ref()
            .map(|choice| choice.value.as_str())
    }

    /// Whether the dialog has this field at all.
    pub fn has(&self, name: &str) -> bool {
        self.field(name).is_some()
    }

    /// A chosen time of day as `HH:mm`.
    pub fn time(&self, name: &str) -> Option<&str> {
        self.field(name)?.selected_time.as_deref()
    }

    /// The id of a chosen channel.
    pub fn conversation(&self, name: &str) -> Option<&str> {
        self.field(name)?.selected_conversation.as_deref()
    }

    /// The ids of chosen people.
    pub fn users(&self, name: &str) -> &[String] {
        self.field(name)
            .and_then(|field| field.selected_users.as_deref())
            .unwrap_or_default()
    }

    /// The values of several chosen options or ticked boxes.
    pub fn choices(&self, name: &str) -> Vec<&str> {
        self.field(name)
            .and_then(|field| field.selected_options.as_ref())
            .map(|all| all.iter().map(|choice| choice.value.as_str()).collect())
            .unwrap_or_default()
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str, value: &str) -> bool {
        self.choices(name).contains(&value)
    }

    /// The name of some field, for an error that belongs to none.
    pub(super) fn any_field(&self) -> Option<&str> {
        self.values.keys().map(String::as_str).min()
    }
}

/// A submitted dialog. <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>
#[derive(Debug, Clone)]
pub struct ViewSubmission {
    /// The workspace.
    pub team: WorkspaceId,
    /// The organization, if it installed the app for its workspaces.
    pub org: Option<EnterpriseId>,
    /// Who submitted.
    pub user: SlackUserId,
    /// The dialog.
    pub view: View,
}

/// A closed dialog.
#[derive(Debug, Clone)]
pub struct ViewClosed {
    /// The workspace.
    pub team: WorkspaceId,
    /// The organization, if it installed the app for its workspaces.
    pub org: Option<EnterpriseId>,
    /// Who closed it.
    pub user: SlackUserId,
    /// The dialog.
    pub view: View,
}

impl SlackRequest {
    /// Whether a workspace has any use for it: of what is said in channels, only the leave
    /// channel's messages are read, and of the others nothing is kept.
    pub fn concerns(&self, settings: &Settings) -> bool {
        match self {
            Self::Event(Event {
                kind: EventKind::ChannelMessage(message),
                ..
            }) => settings.leave_channel.as_ref() == Some(&message.channel),
            Self::Event(Event {
                kind: EventKind::JoinedChannel(joined),
                ..
            }) => settings.leave_channel.as_ref() == Some(&joined.channel),
            _ => true,
        }
    }

    /// The tenant.
    pub fn team(&self) -> &WorkspaceId {
        match self {
            Self::Command(command) => &command.team_id,
            Self::Action(action) => &action.team,
            Self::Submission(submission) => &submission.team,
            Self::Closed(closed) => &closed.team,
            Self::Event(event) => &event.team,
        }
    }

    /// The organization, if it installed the app for its workspaces.
    pub fn org(&self) -> Option<&EnterpriseId> {
        match self {
            Self::Command(command) => {
                let of_org = command.is_enterprise_install.as_deref() == Some("true");
                command.enterprise_id.as_ref().filter(|_| of_org)
            }
            Self::Action(action) => action.org.as_ref(),
            Self::Submission(submission) => submission.org.as_ref(),
            Self::Closed(closed) => closed.org.as_ref(),
            // There it may be the other company's.
            Self::Event(event) => event.org.as_ref().filter(|_| !event.shared),
        }
    }

    /// Who acts.
    pub fn user(&self) -> Option<&SlackUserId> {
        match self {
            Self::Command(command) => Some(&command.user_id),
            Self::Action(action) => Some(&action.user),
            Self::Submission(submission) => Some(&submission.user),
            Self::Closed(closed) => Some(&closed.user),
            Self::Event(event) => match &event.kind {
                EventKind::AppHomeOpened(opened) => Some(&opened.user),
                EventKind::DirectMessage(message) => Some(&message.user),
                EventKind::ChannelMessage(message) => Some(&message.user),
                EventKind::MemberChanged(member) => Some(&member.id),
                EventKind::JoinedChannel(joined) => Some(&joined.user),
                EventKind::Installation(_) => None,
            },
        }
    }

    /// What the same request has in common however often it is delivered.
    pub fn dedupe_key(&self) -> String {
        match self {
            Self::Command(command) => format!("command:{}", command.trigger_id),
            Self::Action(action) => {
                let press = if action.action_ts.is_empty() {
                    &action.trigger_id
                } else {
                    &action.action_ts
                };
                format!("action:{}:{}:{press}", action.user, action.action_id)
            }
            Self::Submission(submission) => format!("view:{}", submission.view.id),
            Self::Closed(closed) => format!("closed:{}", closed.view.id),
            Self::Event(event) => format!("event:{}", event.event_id),
        }
    }

    /// Whose bucket it draws from: the channel's, or the person's where there is no channel.
    /// `None`: nobody asked for it, so nobody can be told to slow down, and it must not be lost;
    /// or people talk among themselves, and the handler takes a token when it is spoken to.
    pub fn bucket(&self) -> Option<String> {
        let channel = match self {
            Self::Event(Event {
                kind:
                    EventKind::MemberChanged(_)
                    | EventKind::JoinedChannel(_)
                    | EventKind::ChannelMessage(_)
                    | EventKind::Installation(_),
                ..
            }) => return None,
            Self::Command(command) => Some(&command.channel_id),
            Self::Action(action) => action.channel.as_ref(),
            Self::Event(Event {
                kind: EventKind::DirectMessage(message),
                ..
            }) => Some(&message.channel),
            _ => None,
        };
        channel
            .map(ToString::to_string)
            .or_else(|| self.user().map(ToString::to_string))
    }
}

/// Reads a body that Slack signed. JSON is an event; a form is a command or, with a `payload`,
/// an interaction. The path says nothing: each accepts every kind.
pub fn parse(body: &[u8]) -> Result<Parsed, Malformed> {
    let text =
        std::str::from_utf8(body).map_err(|_| Malformed("the body is not UTF-8".to_owned()))?;
    if text.trim_start().starts_with('{') {
        return parse_event(text);
    }
    let form: HashMap<String, String> = form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), value.replace('\0', NO_NUL)))
        .collect();
    if let Some(payload) = form.get("payload") {
        parse_interaction(payload)
    } else if form.contains_key("command") {
        let fields: serde_json::Map<String, Value> = form
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        let command = read::<SlashCommand>(Value::Object(fields), "slash command")?;
        Ok(Parsed::Request(Box::new(SlackRequest::Command(command))))
    } else if text.contains('=') {
        // Slack's ssl_check and whatever comes next.
        Ok(Parsed::Unknown)
    } else {
        Err(Malformed("neither JSON nor a form".to_owned()))
    }
}

fn read<T: for<'de> Deserialize<'de>>(value: Value, what: &str) -> Result<T, Malformed> {
    serde_json::from_value(value).map_err(|error| Malformed(format!("{what}: {error}")))
}

fn json(text: &str) -> Result<Value, Malformed> {
    let mut value =
        serde_json::from_str(text).map_err(|error| Malformed(format!("not JSON: {error}")))?;
    if text.contains("\\u0000") {
        replace_nul(&mut value);
    }
    Ok(value)
}

/// Stands in for NUL, which PostgreSQL does not keep and nobody types.
const NO_NUL: &str = "\u{fffd}";

fn replace_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', NO_NUL),
        Value::Array(values) => values.iter_mut().for_each(replace_nul),
        Value::Object(fields) => fields.values_mut().for_each(replace_nul),
        _ => {}
    }
}

fn parse_event(text: &str) -> Result<Parsed, Malformed> {
    #[derive(Deserialize)]
    struct Callback {
        team_id: Option<WorkspaceId>,
        #[serde(default, deserialize_with = "or_none")]
        context_team_id: Option<WorkspaceId>,
        #[serde(default, deserialize_with = "or_none")]
        enterprise_id: Option<EnterpriseId>,
        #[serde(default, deserialize_with = "or_none")]
        is_ext_shared_channel: Option<bool>,
        #[serde(deserialize_with = "short")]
        event_id: String,
        #[serde(default, deserialize_with = "or_none")]
        event_time: Option<i64>,
        #[serde(default, deserialize_with = "or_none")]
        authorizations: Option<Vec<Authorization>>,
    }
    /// <https://docs.slack.dev/apis/events-api#authorizations>
    #[derive(Deserialize)]
    struct Authorization {
        #[serde(default, deserialize_with = "or_none")]
        team_id: Option<WorkspaceId>,
        #[serde(default, deserialize_with = "or_none")]
        enterprise_id: Option<EnterpriseId>,
        #[serde(default)]
        is_enterprise_install: bool,
    }
    let body = json(text)?;
    match body["type"].as_str() {
        Some("url_verification") => match body["challenge"].as_str() {
            Some(challenge) => Ok(Parsed::Verification(challenge.to_owned())),
            None => Err(Malformed("url_verification without a challenge".to_owned())),
        },
        Some("event_callback") if body["event"]["type"].is_string() => {
            // An event of no concern may lack what ours have, such as a team.
            let Some(kind) = known_event(&body["event"]) else {
                return Ok(Parsed::Unknown);
            };
            let callback: Callback = read(body, "event")?;
            // What happens to a whole organization may name that in the team's place.
            let is_workspace = |team: &WorkspaceId| team.as_str().starts_with('T');
            let outer = callback.team_id.filter(is_workspace);
            let context = callback.context_team_id.filter(is_workspace);
            let shared = callback.is_ext_shared_channel == Some(true);
            let authorizations = callback.authorizations.unwrap_or_default();
            // In a channel that is shared with another company, what its people do happens in their
            // workspace; the authorization is that of ours.
            let ours = authorizations
                .first()
                .filter(|it| !it.is_enterprise_install)
                .and_then(|it| it.team_id.clone());
            let authorized = authorizations
                .first()
                .and_then(|it| it.enterprise_id.clone());
            let by_org = authorizations
                .into_iter()
                .find(|it| it.is_enterprise_install)
                .map(|it| it.enterprise_id);
            let of_org = by_org.is_some();
            let org = match (&outer, by_org) {
                (_, Some(org)) => org.or(callback.enterprise_id.clone()),
                // An organization does so, but Slack may say it as if one of its workspaces did.
                _ if kind.is_of_org() => callback.enterprise_id.clone().or(authorized),
                // What happens to a whole organization has no team.
                (None, None) => callback.enterprise_id.clone(),
                (Some(_), None) => None,
            };
            let team = if of_org {
                // An organization's authorization names no workspace: the one through which we hear
                // it does. A shared channel's own may be the other company's.
                let ours = !shared || callback.enterprise_id == org;
                context.or(outer.filter(|_| ours))
            } else {
                ours.or(outer)
            };
            let team = match (team, &org) {
                (Some(team), _) => team,
                (None, Some(org)) => WorkspaceId::parse(org.as_str())
                    .map_err(|error| Malformed(format!("event: {error}")))?,
                (None, None) => return Err(Malformed("event: no team".to_owned())),
            };
            Ok(Parsed::Request(Box::new(SlackRequest::Event(Event {
                team,
                event_id: callback.event_id,
                at: callback
                    .event_time
                    .and_then(|at| Timestamp::from_second(at).ok()),
                org,
                shared,
                kind,
            }))))
        }
        Some("event_callback") => Err(Malformed("event: no event with a type".to_owned())),
        Some(_) => Ok(Parsed::Unknown),
        None => Err(Malformed("JSON without a type".to_owned())),
    }
}

#[derive(Deserialize)]
struct Id<T> {
    id: T,
}

fn parse_interaction(payload: &str) -> Result<Parsed, Malformed> {
    #[derive(Deserialize)]
    #[allow(clippy::struct_field_names)] // Slack's names
    struct Actions {
        team: Option<Id<WorkspaceId>>,
        #[serde(flatten)]
        org: Org,
        user: UserRef,
        channel: Option<Id<ChannelId>>,
        container: Option<Container>,
        view: Option<View>,
        #[serde(default, deserialize_with = "short")]
        trigger_id: String,
        response_url: Option<Url>,
        actions: Vec<Value>,
    }
    #[derive(Deserialize)]
    struct UserRef {
        id: SlackUserId,
        team_id: Option<WorkspaceId>,
    }
    #[derive(Default, Deserialize)]
    struct Container {
        #[serde(default)]
        is_ephemeral: bool,
        #[serde(default, deserialize_with = "short_or_none")]
        message_ts: Option<String>,
        #[serde(default, deserialize_with = "short_or_none")]
        thread_ts: Option<String>,
    }
    #[derive(Deserialize)]
    #[allow(clippy::struct_field_names)] // Slack's names
    struct Action {
        #[serde(deserialize_with = "short")]
        action_id: String,
        #[serde(default, deserialize_with = "or_default")]
        block_id: String,
        #[serde(default)]
        value: Option<String>,
        #[serde(default, deserialize_with = "short")]
        action_ts: String,
    }
    #[derive(Deserialize)]
    struct Views {
        team: Option<Id<WorkspaceId>>,
        #[serde(flatten)]
        org: Org,
        user: UserRef,
        view: View,
    }
    #[derive(Deserialize)]
    struct Org {
        #[serde(default, deserialize_with = "or_none")]
        enterprise: Option<Id<EnterpriseId>>,
        #[serde(default, deserialize_with = "or_none")]
        is_enterprise_install: Option<bool>,
    }
    impl Org {
        fn installed(self) -> Option<EnterpriseId> {
            self.enterprise
                .filter(|_| self.is_enterprise_install == Some(true))
                .map(|it| it.id)
        }
    }
    // What was pressed belongs to the workspace that it was shown for. Of an organization's
    // installation only that is to be relied on; what is older than the mark goes by the person's
    // own workspace, which the organization may have to bring in. One that has shown something was
    // there: if it is gone, it stays gone, and may have been another company's.
    fn tenant(
        team: Option<Id<WorkspaceId>>,
        user: &UserRef,
        shown_for: Option<WorkspaceId>,
        org: Option<EnterpriseId>,
    ) -> Result<(WorkspaceId, Option<EnterpriseId>), Malformed> {
        if let (Some(workspace), Some(_)) = (shown_for, &org) {
            return Ok((workspace, None));
        }
        team.map(|team| team.id)
            .or_else(|| user.team_id.clone())
            .map(|workspace| (workspace, org))
            .ok_or_else(|| Malformed("no team".to_owned()))
    }

    let body = json(payload)?;
    let request = match body["type"].as_str() {
        Some("block_actions") => {
            let mut actions: Actions = read(body, "block action")?;
            let Some(action) = actions.actions.into_iter().next() else {
                return Ok(Parsed::Unknown);
            };
            let chosen = chosen(&action);
            let action: Action = read(action, "block action")?;
            let shown_for = match &mut actions.view {
                Some(view) => view.take_mark(),
                None => read_mark(&action.block_id).0,
            };
            let container = actions.container.unwrap_or_default();
            let org = actions.org.installed();
            let (team, org) = tenant(actions.team, &actions.user, shown_for, org)?;
            SlackRequest::Action(BlockAction {
                team,
                org,
                user: actions.user.id,
                channel: actions.channel.map(|channel| channel.id),
                ephemeral: container.is_ephemeral,
                // The first message of a thread stands in the channel.
                thread_ts: container
                    .thread_ts
                    .filter(|thread| Some(thread) != container.message_ts.as_ref()),
                view: actions.view,
                trigger_id: actions.trigger_id,
                response_url: actions.response_url,
                action_id: action.action_id,
                value: action.value.unwrap_or_default(),
                chosen,
                action_ts: action.action_ts,
            })
        }
        Some("view_submission") => {
            let mut views: Views = read(body, "view submission")?;
            let shown_for = views.view.take_mark();
            let (team, org) = tenant(views.team, &views.user, shown_for, views.org.installed())?;
            SlackRequest::Submission(ViewSubmission {
                team,
                org,
                user: views.user.id,
                view: views.view,
            })
        }
        Some("view_closed") => {
            let mut views: Views = read(body, "view closing")?;
            let shown_for = views.view.take_mark();
            let (team, org) = tenant(views.team, &views.user, shown_for, views.org.installed())?;
            SlackRequest::Closed(ViewClosed {
                team,
                org,
                user: views.user.id,
                view: views.view,
            })
        }
        Some(_) => return Ok(Parsed::Unknown),
        None => return Err(Malformed("a payload without a type".to_owned())),
    };
    Ok(Parsed::Request(Box::new(request)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_menu_chose_is_read_whatever_the_menu() {
        let chose = [
            json!({"selected_conversation": "C1"}),
            json!({"selected_channel": "C2"}),
            json!({"selected_user": "U1"}),
            json!({"selected_users": ["U1", "U2"]}),
            json!({"selected_option": {"text": {"type": "plain_text", "text": "One"}, "value": "1"}}),
            json!({"selected_options": [{"value": "1"}, {"value": "2"}]}),
            json!({"selected_time": "09:00"}),
            // Nothing chosen, or nothing that we know.
            json!({"selected_conversation": null}),
            json!({"selected_users": []}),
            json!({"selected_users": "U1", "selected_option": 7, "selected_channel": {"id": "C1"}}),
            json!({"selected_mood": "sunny"}),
        ];
        let chosen: Vec<String> = chose
            .into_iter()
            .map(|mut action| {
                action["action_id"] = "menu".into();
                let payload = json!({
                    "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1"}, "actions": [action],
                });
                let body = form_urlencoded::Serializer::new(String::new())
                    .append_pair("payload", &payload.to_string())
                    .finish();
                match parse(body.as_bytes()) {
                    Ok(Parsed::Request(request)) => match *request {
                        SlackRequest::Action(action) => action.chosen.join(","),
                        other => panic!("{other:?}"),
                    },
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        assert_eq!(
            chosen,
            [
                "C1", "C2", "U1", "U1,U2", "1", "1,2", "09:00", "", "", "", ""
            ]
        );
    }

    /// Whose press it is, and which organization may take the workspace in.
    fn pressed(block_id: &str, of_org: bool) -> String {
        let payload = json!({
            "type": "block_actions", "team": null, "user": {"id": "U1", "team_id": "T1"},
            "enterprise": {"id": "E1"}, "is_enterprise_install": of_org,
            "actions": [{"action_id": "press", "block_id": block_id}],
        });
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        match parse(body.as_bytes()) {
            Ok(Parsed::Request(request)) => {
                let taken_in = request.org().map_or("-", EnterpriseId::as_str);
                format!("{} into {taken_in}", request.team())
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_press_belongs_to_the_workspace_that_showed_the_button() {
        assert_eq!(pressed("T8:decision", true), "T8 into -");
        assert_eq!(pressed("decision", true), "T1 into E1");
        // Of an installation of its own Slack says which workspace it is.
        assert_eq!(pressed("T8:decision", false), "T1 into -");
    }

    /// Whose event it is, whether it is an organization's, and which may take the workspace in.
    fn heard(more: &Value) -> String {
        let mut event = json!({
            "type": "event_callback", "event_id": "Ev1",
            "event": {"type": "app_home_opened", "user": "U1", "tab": "home"},
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            event[name] = value.clone();
        }
        match parse(event.to_string().as_bytes()) {
            Ok(Parsed::Request(request)) => match *request {
                SlackRequest::Event(event) => {
                    let of = event.org.as_ref().map(EnterpriseId::as_str);
                    let (team, request) = (event.team.clone(), SlackRequest::Event(event.clone()));
                    let taken_in = request.org().map(EnterpriseId::as_str);
                    format!(
                        "{team} of {} into {}",
                        of.unwrap_or("-"),
                        taken_in.unwrap_or("-")
                    )
                }
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_event_in_a_shared_channel_is_never_the_other_company_s() {
        let ours = json!([{"team_id": null, "enterprise_id": "E1", "is_enterprise_install": true}]);
        let theirs = |context: Value, shared: bool, enterprise: Value| {
            heard(&json!({
                "team_id": "T_THEIRS", "enterprise_id": enterprise, "context_team_id": context,
                "is_ext_shared_channel": shared, "authorizations": ours,
            }))
        };
        // Through whom we hear it is said; the other company may be an organization, too.
        assert_eq!(theirs(json!("T1"), true, json!(null)), "T1 of E1 into -");
        assert_eq!(theirs(json!("T1"), true, json!("E2")), "T1 of E1 into -");
        assert_eq!(theirs(json!("T1"), false, json!("E2")), "T1 of E1 into E1");
        // It is not said: nobody's, but for a workspace that is the organization's by its own words.
        assert_eq!(theirs(json!(null), true, json!(null)), "E1 of E1 into -");
        assert_eq!(theirs(json!("E1"), true, json!("E2")), "E1 of E1 into -");
        let our_own = json!({
            "team_id": "T1", "enterprise_id": "E1", "is_ext_shared_channel": true, "authorizations": ours,
        });
        assert_eq!(heard(&our_own), "T1 of E1 into -");
    }

    #[test]
    fn access_is_given_and_taken_by_an_organization_however_slack_says_it() {
        let changes = [
            json!({"type": "team_access_granted", "team_ids": ["T7"]}),
            json!({"type": "team_access_revoked", "team_ids": ["T7"]}),
        ];
        for change in changes {
            let told = |enterprise: Value, team: Value| {
                heard(&json!({
                    "team_id": team, "enterprise_id": enterprise, "event": change,
                    "authorizations": [{"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": false}],
                }))
            };
            assert_eq!(told(json!("E1"), json!("T1")), "T1 of E1 into E1");
            assert_eq!(told(json!(null), json!("T1")), "T1 of E1 into E1");
            assert_eq!(told(json!(null), json!(null)), "T1 of E1 into E1");
            let bare = json!({"team_id": "T1", "enterprise_id": "E1", "event": change});
            assert_eq!(heard(&bare), "T1 of E1 into E1");
        }
        // Of other events the same envelope is that of one workspace.
        let of_workspace = json!({
            "team_id": "T1", "enterprise_id": "E1",
            "authorizations": [{"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": false}],
        });
        assert_eq!(heard(&of_workspace), "T1 of - into -");
    }

    #[test]
    fn an_event_belongs_to_the_workspace_that_authorized_us() {
        let in_shared_channel = json!({
            "team_id": "T_THEIRS",
            "authorizations": [{"team_id": "T_OURS", "enterprise_id": null, "is_enterprise_install": false}],
        });
        assert_eq!(heard(&in_shared_channel), "T_OURS of - into -");
        assert_eq!(heard(&json!({"team_id": "T1"})), "T1 of - into -");
        assert_eq!(
            heard(&json!({"team_id": "T1", "authorizations": "odd"})),
            "T1 of - into -"
        );
        let of_org = heard(&json!({
            "team_id": "T1", "enterprise_id": "E1",
            "authorizations": [{"team_id": null, "enterprise_id": "E1", "is_enterprise_install": true}],
        }));
        assert_eq!(of_org, "T1 of E1 into E1");
    }
}
