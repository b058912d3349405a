//! Slack's Web API, through slack-morphism's connection and types.

use std::sync::OnceLock;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use slack_morphism::errors::{SlackClientApiError, SlackClientError};
use slack_morphism::prelude::*;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};
use url::Url;

use super::blocks::SlackBlock;
use crate::platform::again::Again;
use crate::platform::config::Secret;
use crate::platform::ids::{ChannelId, SlackUserId, WorkspaceId};

/// No call may take longer; the job's own time limit is a multiple of it.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// A metadata event type of ours; the payload names what a message stands for.
const METADATA_TYPE: &str = "timeoff_message";

type Connection = SlackClientHyperHttpsConnector;

/// The Web API. Cheap to clone; the TLS roots are loaded on the first call.
#[derive(Clone)]
pub struct SlackApi {
    url: String,
    client: std::sync::Arc<OnceLock<SlackClient<Connection>>>,
}

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
    fn add_blocks(&self, body: &mut serde_json::Value) {
        if !self.blocks.is_empty() {
            body["blocks"] = json!(self.blocks);
        }
    }
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

    fn address(self, body: &mut serde_json::Value) {
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

/// Who the bot token belongs to.
#[derive(Debug, Clone, Deserialize)]
pub struct Identity {
    /// The workspace.
    pub team_id: WorkspaceId,
    /// Its name.
    pub team: String,
    /// The bot's own user.
    pub user_id: SlackUserId,
    /// The organization, on Enterprise Grid.
    pub enterprise_id: Option<String>,
}

/// A member of a workspace, as far as we keep it.
#[allow(clippy::struct_excessive_bools)] // the flags of Slack's user object
#[derive(Debug, Clone, Deserialize)]
pub struct Member {
    /// The person.
    pub id: SlackUserId,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    is_admin: bool,
    #[serde(default)]
    is_owner: bool,
    #[serde(default)]
    is_restricted: bool,
    #[serde(default)]
    is_stranger: bool,
    #[serde(default)]
    name: String,
    /// IANA name of the zone; Slack leaves it out for some members.
    pub tz: Option<String>,
    #[serde(default)]
    profile: Profile,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Profile {
    #[serde(default)]
    real_name: String,
    #[serde(default)]
    display_name: String,
    email: Option<String>,
}

impl Member {
    /// The name that people know.
    pub fn display_name(&self) -> &str {
        [
            &self.profile.real_name,
            &self.profile.display_name,
            &self.name,
        ]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or(self.id.as_str(), String::as_str)
    }

    /// The address, with the scope `users:read.email`.
    pub fn email(&self) -> Option<&str> {
        self.profile.email.as_deref()
    }

    /// A person of this workspace: no bot, no guest from elsewhere.
    pub fn is_person(&self) -> bool {
        !self.is_bot && !self.is_stranger && self.id.as_str() != "USLACKBOT"
    }

    /// Still there.
    pub fn is_active(&self) -> bool {
        !self.deleted
    }

    /// May run the workspace.
    pub fn is_admin(&self) -> bool {
        (self.is_admin || self.is_owner) && !self.is_restricted
    }
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[error("Slack {method}: {code}")]
pub struct SlackError {
    /// The method called.
    pub method: &'static str,
    /// Slack's error code, or what happened to the connection.
    pub code: String,
    /// Whether repeating can help.
    pub again: Again,
}

#[derive(Deserialize)]
struct Ok {}

/// Messages of a channel or thread.
#[derive(Deserialize)]
struct Entries {
    messages: Vec<Entry>,
    response_metadata: Option<Page>,
}

#[derive(Deserialize)]
struct Entry {
    ts: String,
    user: Option<String>,
    bot_id: Option<String>,
    #[serde(default)]
    text: String,
    metadata: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Page {
    next_cursor: Option<String>,
}

impl SlackApi {
    /// The API at `url`, without a slash at the end.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            client: std::sync::Arc::new(OnceLock::new()),
        }
    }

    fn client(&self) -> Result<&SlackClient<Connection>, SlackError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| SlackError {
                method: "connect",
                code: format!("no TLS roots: {error}"),
                again: Again::Yes,
            })?
            .https_or_http()
            .enable_http1()
            .build();
        let connection = Connection::from(https).with_slack_api_url(&self.url);
        Ok(self.client.get_or_init(|| SlackClient::new(connection)))
    }

    async fn post<T: DeserializeOwned + Send>(
        &self,
        token: &Secret,
        method: &'static str,
        body: &serde_json::Value,
    ) -> Result<T, SlackError> {
        let token = SlackApiToken::new(token.expose().into());
        let session = self.client()?.open_session(&token);
        limited(
            method,
            session.http_session_api.http_post(method, body, None),
        )
        .await
    }

    async fn get<T: DeserializeOwned + Send>(
        &self,
        token: &Secret,
        method: &'static str,
        parameters: &[(&'static str, &str)],
    ) -> Result<T, SlackError> {
        let token = SlackApiToken::new(token.expose().into());
        let session = self.client()?.open_session(&token);
        let parameters: Vec<(&str, Option<&str>)> = parameters
            .iter()
            .map(|(name, value)| (*name, Some(*value)))
            .collect();
        limited(
            method,
            session.http_session_api.http_get(method, &parameters, None),
        )
        .await
    }

    /// Whose token this is. <https://docs.slack.dev/reference/methods/auth.test>
    pub async fn auth_test(&self, token: &Secret) -> Result<Identity, SlackError> {
        self.post(token, "auth.test", &json!({})).await
    }

    /// Posts a message. `key` is kept in the message's metadata, so that
    /// [`SlackApi::find_message`] finds it again.
    /// <https://docs.slack.dev/reference/methods/chat.postMessage>
    pub async fn post_message(
        &self,
        token: &Secret,
        to: Place<'_>,
        message: &Message,
        key: &str,
    ) -> Result<Posted, SlackError> {
        let mut body = json!({
            "text": message.text, "unfurl_links": false, "unfurl_media": false,
            "metadata": {"event_type": METADATA_TYPE, "event_payload": {"key": key}},
        });
        to.address(&mut body);
        message.add_blocks(&mut body);
        self.post(token, "chat.postMessage", &body).await
    }

    /// Changes a message of ours. <https://docs.slack.dev/reference/methods/chat.update>
    pub async fn update_message(
        &self,
        token: &Secret,
        at: &Posted,
        message: &Message,
    ) -> Result<(), SlackError> {
        let body = json!({"channel": at.channel, "ts": at.ts, "text": message.text, "blocks": message.blocks});
        self.post::<Ok>(token, "chat.update", &body).await.map(drop)
    }

    /// Deletes a message of ours. <https://docs.slack.dev/reference/methods/chat.delete>
    pub async fn delete_message(&self, token: &Secret, at: &Posted) -> Result<(), SlackError> {
        let body = json!({"channel": at.channel, "ts": at.ts});
        self.post::<Ok>(token, "chat.delete", &body).await.map(drop)
    }

    /// Looks for a message of ours among the last hundred of its place. Used before a repeat,
    /// because an attempt that was cut off may have posted already.
    pub async fn find_message(
        &self,
        token: &Secret,
        place: Place<'_>,
        key: &str,
    ) -> Result<Option<Posted>, SlackError> {
        let opened;
        let (channel, thread_ts) = match place {
            Place::Dm(user) => {
                opened = self.open_dm(token, user).await?;
                (&opened, None)
            }
            Place::Channel(channel) => (channel, None),
            Place::Thread { channel, thread_ts } => (channel, Some(thread_ts)),
        };
        let ours = |entry: &Entry| {
            entry.metadata.as_ref().is_some_and(|m| {
                m["event_type"] == METADATA_TYPE && m["event_payload"]["key"] == key
            })
        };
        let found = match thread_ts {
            None => self.history(token, channel).await?,
            Some(thread_ts) => self.replies(token, channel, thread_ts).await?,
        };
        Ok(found.into_iter().find(ours).map(|entry| Posted {
            channel: channel.clone(),
            ts: entry.ts,
        }))
    }

    /// What one person wrote in a thread, oldest first, the thread's first message included.
    pub async fn written_in_thread(
        &self,
        token: &Secret,
        channel: &ChannelId,
        thread_ts: &str,
        user: &SlackUserId,
    ) -> Result<Vec<Written>, SlackError> {
        let own =
            |entry: &Entry| entry.user.as_deref() == Some(user.as_str()) && entry.bot_id.is_none();
        let replies = self.replies(token, channel, thread_ts).await?;
        Ok(replies
            .into_iter()
            .filter(own)
            .map(|entry| Written {
                ts: entry.ts,
                text: entry.text,
            })
            .collect())
    }

    /// The last hundred messages of a channel. <https://docs.slack.dev/reference/methods/conversations.history>
    async fn history(&self, token: &Secret, channel: &ChannelId) -> Result<Vec<Entry>, SlackError> {
        let parameters = [
            ("channel", channel.as_str()),
            ("limit", "100"),
            ("include_all_metadata", "true"),
        ];
        let page: Entries = self
            .get(token, "conversations.history", &parameters)
            .await?;
        Ok(page.messages)
    }

    /// A whole thread, page by page. <https://docs.slack.dev/reference/methods/conversations.replies>
    async fn replies(
        &self,
        token: &Secret,
        channel: &ChannelId,
        thread_ts: &str,
    ) -> Result<Vec<Entry>, SlackError> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let parameters = [
                ("channel", channel.as_str()),
                ("ts", thread_ts),
                ("limit", "200"),
                ("include_all_metadata", "true"),
                ("cursor", &cursor),
            ];
            let page: Entries = self
                .get(token, "conversations.replies", &parameters)
                .await?;
            all.extend(page.messages);
            match next(page.response_metadata) {
                Some(more) => cursor = more,
                None => return Ok(all),
            }
        }
    }

    /// The direct message channel with a person. <https://docs.slack.dev/reference/methods/conversations.open>
    pub async fn open_dm(
        &self,
        token: &Secret,
        user: &SlackUserId,
    ) -> Result<ChannelId, SlackError> {
        #[derive(Deserialize)]
        struct Opened {
            channel: Channel,
        }
        #[derive(Deserialize)]
        struct Channel {
            id: ChannelId,
        }
        let opened: Opened = self
            .post(token, "conversations.open", &json!({"users": user}))
            .await?;
        Ok(opened.channel.id)
    }

    /// Shows a message to one person alone. <https://docs.slack.dev/reference/methods/chat.postEphemeral>
    pub async fn post_ephemeral(
        &self,
        token: &Secret,
        place: Place<'_>,
        user: &SlackUserId,
        message: &Message,
    ) -> Result<(), SlackError> {
        let mut body = json!({"user": user, "text": message.text});
        place.address(&mut body);
        message.add_blocks(&mut body);
        self.post::<Ok>(token, "chat.postEphemeral", &body)
            .await
            .map(drop)
    }

    /// Answers through the `response_url` of a command or press; the URL itself is the secret.
    /// <https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses>
    pub async fn respond(
        &self,
        response_url: &Url,
        message: &Message,
        replace: bool,
    ) -> Result<(), SlackError> {
        let mut body = json!({
            "response_type": "ephemeral", "replace_original": replace, "text": message.text,
        });
        message.add_blocks(&mut body);
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &tracing::Span::current(),
            is_sensitive_url: true,
        };
        let connector = &self.client()?.http_api.connector;
        limited(
            "response_url",
            connector.http_post_uri::<_, Ok>(response_url.clone(), &body, context),
        )
        .await
        .map(drop)
    }

    /// Opens a dialog; the trigger lives for 3 seconds. <https://docs.slack.dev/reference/methods/views.open>
    pub async fn open_view(
        &self,
        token: &Secret,
        trigger_id: &str,
        view: &SlackModalView,
    ) -> Result<(), SlackError> {
        let body = json!({"trigger_id": trigger_id, "view": SlackView::Modal(view.clone())});
        self.post::<Ok>(token, "views.open", &body).await.map(drop)
    }

    /// Changes an open dialog; what is typed in fields that stay, stays. <https://docs.slack.dev/reference/methods/views.update>
    pub async fn update_view(
        &self,
        token: &Secret,
        view_id: &str,
        view: &SlackModalView,
    ) -> Result<(), SlackError> {
        let body = json!({"view_id": view_id, "view": SlackView::Modal(view.clone())});
        self.post::<Ok>(token, "views.update", &body)
            .await
            .map(drop)
    }

    /// Sets a person's Home tab. <https://docs.slack.dev/reference/methods/views.publish>
    pub async fn publish_home(
        &self,
        token: &Secret,
        user: &SlackUserId,
        view: &SlackHomeView,
    ) -> Result<(), SlackError> {
        let body = json!({"user_id": user, "view": SlackView::Home(view.clone())});
        self.post::<Ok>(token, "views.publish", &body)
            .await
            .map(drop)
    }

    /// Everybody in a channel, page by page. <https://docs.slack.dev/reference/methods/conversations.members>
    pub async fn channel_members(
        &self,
        token: &Secret,
        channel: &ChannelId,
    ) -> Result<Vec<SlackUserId>, SlackError> {
        #[derive(Deserialize)]
        struct Members {
            members: Vec<SlackUserId>,
            response_metadata: Option<Page>,
        }
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Members = self
                .get(
                    token,
                    "conversations.members",
                    &[
                        ("channel", channel.as_str()),
                        ("limit", "200"),
                        ("cursor", &cursor),
                    ],
                )
                .await?;
            all.extend(page.members);
            match next(page.response_metadata) {
                Some(more) => cursor = more,
                None => return Ok(all),
            }
        }
    }

    /// One person's profile. <https://docs.slack.dev/reference/methods/users.info>
    pub async fn user(&self, token: &Secret, user: &SlackUserId) -> Result<Member, SlackError> {
        #[derive(Deserialize)]
        struct Info {
            user: Member,
        }
        let info: Info = self
            .get(token, "users.info", &[("user", user.as_str())])
            .await?;
        Ok(info.user)
    }

    /// Everybody in the workspace, page by page. <https://docs.slack.dev/reference/methods/users.list>
    pub async fn users(&self, token: &Secret) -> Result<Vec<Member>, SlackError> {
        #[derive(Deserialize)]
        struct Users {
            members: Vec<Member>,
            response_metadata: Option<Page>,
        }
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Users = self
                .get(
                    token,
                    "users.list",
                    &[("limit", "200"), ("cursor", &cursor)],
                )
                .await?;
            all.extend(page.members);
            match next(page.response_metadata) {
                Some(more) => cursor = more,
                None => return Ok(all),
            }
        }
    }
}

fn next(page: Option<Page>) -> Option<String> {
    page.and_then(|p| p.next_cursor)
        .filter(|cursor| !cursor.is_empty())
}

async fn limited<T>(
    method: &'static str,
    call: impl Future<Output = ClientResult<T>>,
) -> Result<T, SlackError> {
    let span = info_span!(
        "slack",
        otel.kind = "client",
        otel.name = %format_args!("Slack {method}"),
        otel.status_code = Empty,
        slack.method = method,
        error = Empty,
    );
    let called = tokio::time::timeout(TIME_LIMIT, call.instrument(span.clone())).await;
    let answer = match called {
        Ok(result) => result.map_err(|error| describe(method, error)),
        Err(_) => Err(SlackError {
            method,
            code: format!("no answer within {} s", TIME_LIMIT.as_secs()),
            again: Again::Yes,
        }),
    };
    if let Err(error) = &answer {
        span.record("otel.status_code", "ERROR");
        span.record("error", error.code.as_str());
    }
    answer
}

/// Keeps what helps an operator and nothing that a message said.
fn describe(method: &'static str, error: SlackClientError) -> SlackError {
    let (code, again) = match error {
        SlackClientError::ApiError(error) => {
            // Slack's own passing troubles. https://docs.slack.dev/reference/methods/chat.postMessage#errors
            let passing = [
                "internal_error",
                "fatal_error",
                "service_unavailable",
                "request_timeout",
                "ratelimited",
                "rate_limited",
            ];
            let again = if passing.contains(&error.code.as_str()) {
                Again::Yes
            } else {
                Again::No
            };
            (explain(&error), again)
        }
        SlackClientError::RateLimitError(error) => (
            "rate limited".to_owned(),
            error.retry_after.map_or(Again::Yes, Again::After),
        ),
        SlackClientError::HttpError(error) => {
            let again = if error.status_code.is_server_error() {
                Again::Yes
            } else {
                Again::No
            };
            (format!("HTTP {}", error.status_code), again)
        }
        SlackClientError::ProtocolError(error) => (
            format!("unreadable answer: {}", error.json_error),
            Again::No,
        ),
        _ => ("connection failed".to_owned(), Again::Yes),
    };
    SlackError {
        method,
        code,
        again,
    }
}

/// The error code, and for a refused block what is wrong with it.
fn explain(error: &SlackClientApiError) -> String {
    #[derive(Deserialize)]
    struct Body {
        response_metadata: Option<Details>,
    }
    #[derive(Deserialize)]
    struct Details {
        #[serde(default)]
        messages: Vec<String>,
    }
    let details = error
        .http_response_body
        .as_deref()
        .and_then(|body| serde_json::from_str::<Body>(body).ok())
        .and_then(|body| body.response_metadata)
        .map(|details| details.messages)
        .unwrap_or_default();
    if details.is_empty() {
        error.code.clone()
    } else {
        format!("{} ({})", error.code, details.join("; "))
    }
}
