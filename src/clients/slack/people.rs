//! Who is who in a workspace, as Slack tells it.

use serde::Deserialize;

use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::platform::lenient::{or_default, or_none};

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
    /// What the token may do, in order; `None`: Slack did not say.
    #[serde(skip)]
    pub scopes: Option<Vec<String>>,
}

/// A member of a workspace, as far as we keep it.
#[allow(clippy::struct_excessive_bools)] // the flags of Slack's user object
#[derive(Debug, Clone, Deserialize)]
pub struct Member {
    /// The person.
    pub id: SlackUserId,
    #[serde(default, deserialize_with = "or_default")]
    deleted: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_bot: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_admin: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_owner: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_restricted: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_stranger: bool,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    /// The workspace of the account; on Enterprise Grid one of them.
    #[serde(default, deserialize_with = "or_none")]
    team_id: Option<WorkspaceId>,
    #[serde(default, deserialize_with = "or_none")]
    enterprise_user: Option<EnterpriseUser>,
    /// IANA name of the zone; Slack leaves it out for some members.
    pub tz: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    profile: Profile,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Profile {
    #[serde(default, deserialize_with = "or_default")]
    real_name: String,
    #[serde(default, deserialize_with = "or_default")]
    display_name: String,
    email: Option<String>,
}

/// <https://docs.slack.dev/reference/objects/user-object#enterprise_user>
#[derive(Debug, Clone, Deserialize)]
struct EnterpriseUser {
    #[serde(default, deserialize_with = "or_default")]
    teams: Vec<WorkspaceId>,
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

    /// Has an account in a workspace. Slack also shows us people of other companies who write in a
    /// shared channel, and with an organization's token everybody in the organization.
    pub fn is_of(&self, workspace: &WorkspaceId) -> bool {
        match &self.enterprise_user {
            Some(user) if !user.teams.is_empty() => user.teams.contains(workspace),
            _ => self.team_id.as_ref().is_none_or(|team| team == workspace),
        }
    }

    /// Still there.
    pub fn is_active(&self) -> bool {
        !self.deleted
    }

    /// Owns the workspace.
    pub fn is_owner(&self) -> bool {
        self.is_owner && !self.is_restricted
    }

    /// May run the workspace.
    pub fn is_admin(&self) -> bool {
        (self.is_admin || self.is_owner) && !self.is_restricted
    }
}

/// A page of a workspace's people.
#[derive(Debug, Clone)]
pub struct UsersPage {
    /// Who could be read.
    pub members: Vec<Member>,
    /// Who is there, but with a profile of a kind that we do not know.
    pub unread: Vec<SlackUserId>,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<String>,
}

impl UsersPage {
    /// One odd profile does not keep the others out.
    pub(super) fn read(users: Vec<serde_json::Value>, next: Option<String>) -> Self {
        let (mut members, mut unread) = (Vec::new(), Vec::new());
        for user in users {
            match Member::deserialize(&user) {
                Ok(member) => members.push(member),
                Err(error) => {
                    tracing::warn!(%error, "the profile of a person cannot be read");
                    unread.extend(SlackUserId::deserialize(&user["id"]).ok());
                }
            }
        }
        Self {
            members,
            unread,
            next,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_of_the_workspaces_of_their_account() {
        let of = |account: serde_json::Value| {
            let mut user = json!({"id": "U1", "name": null, "profile": {"real_name": null}});
            for (name, value) in account.as_object().into_iter().flatten() {
                user[name] = value.clone();
            }
            let member = Member::deserialize(user).unwrap();
            ["T1", "T2"].map(|team| member.is_of(&WorkspaceId::parse(team).unwrap()))
        };
        assert_eq!(of(json!({"team_id": "T1"})), [true, false]);
        let in_org = json!({"team_id": "T1", "enterprise_user": {"teams": ["T2"]}});
        assert_eq!(of(in_org), [false, true]);
        let of_org = json!({"team_id": "T2", "enterprise_user": {"teams": []}});
        assert_eq!(of(of_org), [false, true]);
        assert_eq!(of(json!({})), [true, true], "Slack did not say");
    }
}
