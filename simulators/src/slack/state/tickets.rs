//! What Slack hands out for one use or a short time: triggers, response URLs, OAuth codes.

use std::time::Instant;

use jiff::Timestamp;

use super::State;

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

/// A token that acts for one person.
#[derive(Clone, Debug)]
pub(crate) struct UserToken {
    pub team: String,
    pub user: String,
    pub scopes: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct OauthCode {
    pub team: String,
    pub user: String,
    /// What the app may do; empty when only the person's own consent was asked for.
    pub scopes: Vec<String>,
    /// What the app may do for the person.
    pub user_scopes: Vec<String>,
    /// The app goes to the organization of the workspace.
    pub org_wide: bool,
    pub created: Timestamp,
    pub redirect_uri: Option<String>,
    /// Of signing in, for the id token.
    pub nonce: Option<String>,
    pub used: bool,
}

impl State {
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
}
