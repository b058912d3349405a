//! A person's own status, by a token that the person gave.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::method::Method;
use super::{Ok, SlackApi, SlackError};
use crate::platform::config::Secret;

/// The status beside somebody's name.
/// <https://docs.slack.dev/apis/web-api/user-presence-and-status#custom_status>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileStatus {
    /// The words, up to 100 characters.
    #[serde(rename = "status_text", default)]
    pub text: String,
    /// `:name:` of an emoji.
    #[serde(rename = "status_emoji", default)]
    pub emoji: String,
    /// In seconds since 1970; 0: it stays until somebody takes it down.
    #[serde(rename = "status_expiration", default)]
    expiration: i64,
}

impl ProfileStatus {
    /// A status that Slack takes down by itself.
    pub fn new(text: &str, emoji: &str, ends_at: Timestamp) -> Self {
        Self {
            text: text.to_owned(),
            emoji: emoji.to_owned(),
            expiration: ends_at.as_second(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.emoji.is_empty()
    }

    /// When Slack takes it down.
    pub fn ends_at(&self) -> Option<Timestamp> {
        (self.expiration > 0)
            .then(|| Timestamp::from_second(self.expiration).ok())
            .flatten()
    }
}

#[derive(Deserialize)]
struct Answer {
    profile: ProfileStatus,
}

impl SlackApi {
    /// The status of whoever gave the token. <https://docs.slack.dev/reference/methods/users.profile.get>
    pub async fn profile_status(&self, token: &Secret) -> Result<ProfileStatus, SlackError> {
        let answer: Answer = self.get(token, Method::Profile, &[]).await?;
        Ok(answer.profile)
    }

    /// Sets it; an empty one takes it down. <https://docs.slack.dev/reference/methods/users.profile.set>
    pub async fn set_profile_status(
        &self,
        token: &Secret,
        status: &ProfileStatus,
    ) -> Result<(), SlackError> {
        self.post::<Ok>(token, Method::SetProfile, &json!({"profile": status}))
            .await
            .map(drop)
    }

    /// Makes a token useless. <https://docs.slack.dev/reference/methods/auth.revoke>
    pub async fn revoke(&self, token: &Secret) -> Result<(), SlackError> {
        self.get::<Ok>(token, Method::Revoke, &[]).await.map(drop)
    }
}
