//! The statuses beside people's names.

use jiff::Timestamp;

use super::State;
use crate::slack::api::member_json;

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
        self.tell_of_person(team_id, &person);
        self.changed(team_id, None, "state");
    }
}
