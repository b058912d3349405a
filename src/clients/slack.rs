//! Slack's Web API, through slack-morphism's connection and types.

mod belongs;
mod error;
mod message;
mod method;
mod oauth;
mod people;
mod profile;

use std::sync::OnceLock;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use slack_morphism::prelude::*;
use tracing::field::Empty;
use tracing::{Instrument as _, info_span};
use url::Url;

pub use belongs::{Bot, marked_view, read_mark};
pub use error::SlackError;
pub use message::{ChannelInfo, Message, Place, Posted, Written};
pub use method::{METHOD_SCOPES, USER_METHOD_SCOPES};
pub use oauth::{Access, Granted, OauthApp, Organization, Team};
pub use people::{Identity, Member, UsersPage};
pub use profile::ProfileStatus;

use crate::clients::http::Http;
use crate::platform::again::Again;
use crate::platform::config::{Secret, TimeLimits};
use crate::platform::ids::{ChannelId, SlackUserId, WorkspaceId};
use error::describe;
use method::Method;

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
    http: Http,
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
            http: Http::new(TimeLimits::default()),
        }
    }

    fn client(&self) -> Result<&SlackClient<Connection>, SlackError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let https = hyper_rustls::HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| {
                SlackError::new("connect", format!("no TLS roots: {error}"), Again::Yes)
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
        method: Method,
        body: &serde_json::Value,
    ) -> Result<T, SlackError> {
        let (method, token) = (method.name(), SlackApiToken::new(token.expose().into()));
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
        method: Method,
        parameters: &[(&'static str, &str)],
    ) -> Result<T, SlackError> {
        let (method, token) = (method.name(), SlackApiToken::new(token.expose().into()));
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

    /// Posts a message. `key` is kept in the message's metadata, so that
    /// [`SlackApi::find_message`] finds it again.
    /// <https://docs.slack.dev/reference/methods/chat.postMessage>
    pub async fn post_message(
        &self,
        bot: Bot<'_>,
        to: Place<'_>,
        message: &Message,
        key: &str,
    ) -> Result<Posted, SlackError> {
        let mut body = json!({
            "text": message.text, "unfurl_links": false, "unfurl_media": false,
            "metadata": {"event_type": METADATA_TYPE, "event_payload": {"key": key}},
        });
        to.address(&mut body);
        message.add_blocks(&mut body, bot.workspace);
        self.post(bot.token, Method::PostMessage, &body).await
    }

    /// Changes a message of ours. <https://docs.slack.dev/reference/methods/chat.update>
    pub async fn update_message(
        &self,
        bot: Bot<'_>,
        at: &Posted,
        message: &Message,
    ) -> Result<(), SlackError> {
        let blocks = message.marked_blocks(bot.workspace);
        let body =
            json!({"channel": at.channel, "ts": at.ts, "text": message.text, "blocks": blocks});
        self.post::<Ok>(bot.token, Method::UpdateMessage, &body)
            .await
            .map(drop)
    }

    /// Deletes a message of ours. <https://docs.slack.dev/reference/methods/chat.delete>
    pub async fn delete_message(&self, token: &Secret, at: &Posted) -> Result<(), SlackError> {
        let body = json!({"channel": at.channel, "ts": at.ts});
        self.post::<Ok>(token, Method::DeleteMessage, &body)
            .await
            .map(drop)
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
        let page: Entries = self.get(token, Method::History, &parameters).await?;
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
            let page: Entries = self.get(token, Method::Replies, &parameters).await?;
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
            .post(token, Method::OpenConversation, &json!({"users": user}))
            .await?;
        Ok(opened.channel.id)
    }

    /// Shows a message to one person alone. <https://docs.slack.dev/reference/methods/chat.postEphemeral>
    pub async fn post_ephemeral(
        &self,
        bot: Bot<'_>,
        place: Place<'_>,
        user: &SlackUserId,
        message: &Message,
    ) -> Result<(), SlackError> {
        let mut body = json!({"user": user, "text": message.text});
        place.address(&mut body);
        message.add_blocks(&mut body, bot.workspace);
        self.post::<Ok>(bot.token, Method::PostEphemeral, &body)
            .await
            .map(drop)
    }

    /// Answers through the `response_url` of a command or press in a workspace; the URL itself is the
    /// secret.
    /// <https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses>
    pub async fn respond(
        &self,
        workspace: &WorkspaceId,
        response_url: &Url,
        message: &Message,
        replace: bool,
    ) -> Result<(), SlackError> {
        let mut body = json!({
            "response_type": "ephemeral", "replace_original": replace, "text": message.text,
        });
        message.add_blocks(&mut body, workspace);
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
        bot: Bot<'_>,
        trigger_id: &str,
        view: &SlackModalView,
    ) -> Result<(), SlackError> {
        let view = marked_view(&SlackView::Modal(view.clone()), bot.workspace);
        let body = json!({"trigger_id": trigger_id, "view": view});
        self.post::<Ok>(bot.token, Method::OpenView, &body)
            .await
            .map(drop)
    }

    /// Opens a dialog on top of another; the trigger lives for 3 seconds. <https://docs.slack.dev/reference/methods/views.push>
    pub async fn push_view(
        &self,
        bot: Bot<'_>,
        trigger_id: &str,
        view: &SlackModalView,
    ) -> Result<(), SlackError> {
        let view = marked_view(&SlackView::Modal(view.clone()), bot.workspace);
        let body = json!({"trigger_id": trigger_id, "view": view});
        self.post::<Ok>(bot.token, Method::PushView, &body)
            .await
            .map(drop)
    }

    /// Changes an open dialog; what is typed in fields that stay, stays. <https://docs.slack.dev/reference/methods/views.update>
    pub async fn update_view(
        &self,
        bot: Bot<'_>,
        view_id: &str,
        view: &SlackModalView,
    ) -> Result<(), SlackError> {
        let view = marked_view(&SlackView::Modal(view.clone()), bot.workspace);
        let body = json!({"view_id": view_id, "view": view});
        self.post::<Ok>(bot.token, Method::UpdateView, &body)
            .await
            .map(drop)
    }

    /// Sets a person's Home tab. <https://docs.slack.dev/reference/methods/views.publish>
    pub async fn publish_home(
        &self,
        bot: Bot<'_>,
        user: &SlackUserId,
        view: &SlackHomeView,
    ) -> Result<(), SlackError> {
        let view = marked_view(&SlackView::Home(view.clone()), bot.workspace);
        let body = json!({"user_id": user, "view": view});
        self.post::<Ok>(bot.token, Method::PublishView, &body)
            .await
            .map(drop)
    }

    /// What a channel is to the app. <https://docs.slack.dev/reference/methods/conversations.info>
    pub async fn channel_info(
        &self,
        token: &Secret,
        channel: &ChannelId,
    ) -> Result<ChannelInfo, SlackError> {
        #[derive(Deserialize)]
        struct Info {
            channel: ChannelInfo,
        }
        let parameters = [("channel", channel.as_str())];
        let info: Info = self.get(token, Method::ChannelInfo, &parameters).await?;
        Ok(info.channel)
    }

    /// Goes into a public channel; no harm where the app is in it already.
    /// <https://docs.slack.dev/reference/methods/conversations.join>
    pub async fn join_channel(
        &self,
        token: &Secret,
        channel: &ChannelId,
    ) -> Result<(), SlackError> {
        self.post::<Ok>(token, Method::Join, &json!({"channel": channel}))
            .await
            .map(drop)
    }

    /// Everybody in a channel, page by page.
    pub async fn channel_members(
        &self,
        token: &Secret,
        channel: &ChannelId,
    ) -> Result<Vec<SlackUserId>, SlackError> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let (members, next) = self.channel_members_page(token, channel, &cursor).await?;
            all.extend(members);
            match next {
                Some(more) => cursor = more,
                None => return Ok(all),
            }
        }
    }

    /// A page of the people in a channel, from a cursor on, and the cursor of the next one.
    /// <https://docs.slack.dev/reference/methods/conversations.members>
    pub async fn channel_members_page(
        &self,
        token: &Secret,
        channel: &ChannelId,
        cursor: &str,
    ) -> Result<(Vec<SlackUserId>, Option<String>), SlackError> {
        #[derive(Deserialize)]
        struct Members {
            members: Vec<SlackUserId>,
            response_metadata: Option<Page>,
        }
        let parameters = [
            ("channel", channel.as_str()),
            ("limit", "200"),
            ("cursor", cursor),
        ];
        let page: Members = self.get(token, Method::Members, &parameters).await?;
        Ok((page.members, next(page.response_metadata)))
    }

    /// One person's profile. <https://docs.slack.dev/reference/methods/users.info>
    pub async fn user(&self, token: &Secret, user: &SlackUserId) -> Result<Member, SlackError> {
        #[derive(Deserialize)]
        struct Info {
            user: Member,
        }
        let info: Info = self
            .get(token, Method::User, &[("user", user.as_str())])
            .await?;
        Ok(info.user)
    }

    /// A page of the people in a workspace, from a cursor on. A token of an organization must be
    /// told which workspace. <https://docs.slack.dev/reference/methods/users.list>
    pub async fn users_page(
        &self,
        token: &Secret,
        team: &WorkspaceId,
        cursor: &str,
    ) -> Result<UsersPage, SlackError> {
        #[derive(Deserialize)]
        struct Users {
            members: Vec<serde_json::Value>,
            response_metadata: Option<Page>,
        }
        let parameters = [
            ("team_id", team.as_str()),
            ("limit", "200"),
            ("cursor", cursor),
        ];
        let page: Users = self.get(token, Method::Users, &parameters).await?;
        Ok(UsersPage::read(page.members, next(page.response_metadata)))
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
    let answer = if let Ok(result) = called {
        result.map_err(|error| describe(method, error))
    } else {
        let code = format!("no answer within {} s", TIME_LIMIT.as_secs());
        Err(SlackError::new(method, code, Again::Yes))
    };
    if let Err(error) = &answer {
        span.record("otel.status_code", "ERROR");
        span.record("error", error.code.as_str());
    }
    answer
}
