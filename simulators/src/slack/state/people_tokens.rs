//! Tokens that people gave the app for their own profile, and the status that they let it set.

use jiff::Timestamp;
use serde_json::json;

use super::State;
use crate::slack::api::member_json;

/// What a token may do, and for whom.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub team: String,
    /// The person who gave it; none: it is the bot's.
    pub user: Option<String>,
    pub scopes: Vec<String>,
}

/// The status beside somebody's name.
///
/// <https://docs.slack.dev/apis/web-api/user-presence-and-status#custom_status>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    pub text: String,
    pub emoji: String,
    /// In seconds since 1970; 0: it stays.
    pub expiration: i64,
}

impl Status {
    /// What is seen of it at an instant: nothing once its time is over.
    fn at(&self, now: Timestamp) -> Self {
        if self.expiration != 0 && self.expiration <= now.as_second() {
            Self::default()
        } else {
            self.clone()
        }
    }
}

impl State {
    /// A person consents that the app acts for them: the token.
    pub fn grant_person_token(&mut self, team: &str, user: &str, scopes: Vec<String>) -> String {
        let token = format!("xoxp-{}", self.next_secret(user));
        let holder = Holder {
            team: team.to_owned(),
            user: Some(user.to_owned()),
            scopes,
        };
        self.person_tokens.insert(token.clone(), holder);
        token
    }

    /// Whose token this is.
    pub fn holder_of_token(&self, token: &str) -> Option<Holder> {
        let bots = self.team_of_token(token).map(|team| Holder {
            team: team.workspace.id.clone(),
            user: None,
            scopes: team
                .app
                .as_ref()
                .map(|app| app.scopes.clone())
                .unwrap_or_default(),
        });
        bots.or_else(|| self.person_tokens.get(token).cloned())
    }

    /// A person takes back what they gave the app, or the app gives it back itself.
    ///
    /// <https://docs.slack.dev/reference/events/tokens_revoked>
    pub fn revoke_person_tokens(&mut self, team: &str, user: &str) {
        let event_ts = self.next_ts();
        let tokens: Vec<String> = self
            .person_tokens
            .iter()
            .filter(|(_, it)| it.team == team && it.user.as_deref() == Some(user))
            .map(|(token, _)| token.clone())
            .collect();
        self.revoked.extend(tokens);
        self.tell_app(
            team,
            json!({"type": "tokens_revoked", "tokens": {"oauth": [user], "bot": []}, "event_ts": event_ts}),
        );
    }

    pub fn status(&self, team: &str, user: &str) -> Status {
        let now = self.clock.now();
        self.team(team)
            .and_then(|team| team.statuses.get(user))
            .map(|status| status.at(now))
            .unwrap_or_default()
    }

    /// Sets somebody's status, whoever does so, and tells the app of the changed profile.
    pub fn set_status(&mut self, team_id: &str, user: &str, status: Status) {
        if let Some(team) = self.team_mut(team_id) {
            team.statuses.insert(user.to_owned(), status);
        }
        let person = member_json(self, team_id, user, true);
        let (event_ts, now) = (self.next_ts(), self.clock.now().as_second());
        self.tell_app(
            team_id,
            json!({"type": "user_change", "user": person, "cache_ts": now, "event_ts": event_ts}),
        );
        self.changed(team_id, None, "state");
    }
}
