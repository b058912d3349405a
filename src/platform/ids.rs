//! Slack's identifiers as types, so that a channel never lands where a person belongs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A string that is no identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{found}” is not a Slack {wanted} id")]
pub struct InvalidId {
    wanted: &'static str,
    found: String,
}

macro_rules! slack_id {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $prefixes:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, sqlx::Type)]
        #[serde(try_from = "String", into = "String")]
        #[sqlx(transparent)]
        pub struct $name(String);

        impl $name {
            /// Accepts Slack's form: a known first letter, then capitals and digits.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let first_fits = text.chars().next().is_some_and(|c| $prefixes.contains(c));
                // Tests and simulators use readable ids such as U_ASHA.
                let rest_fits = text.len() <= 64
                    && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
                if first_fits && text.len() > 1 && rest_fits {
                    Ok(Self(text))
                } else {
                    Err(InvalidId { wanted: $wanted, found: text })
                }
            }

            /// The identifier as Slack writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slack_id!(
    /// A tenant: Slack's team id (`T…`; an org-wide install also has an `E…`).
    WorkspaceId, "team", "TE"
);
slack_id!(
    /// An organization of workspaces, on Enterprise Grid.
    EnterpriseId, "organization", "E"
);
slack_id!(
    /// A person or bot in a workspace (`U…`, or `W…` on Enterprise Grid).
    SlackUserId, "user", "UW"
);
slack_id!(
    /// A channel, group or direct message (`C…`, `G…`, `D…`).
    ChannelId, "channel", "CGD"
);

impl SlackUserId {
    /// How a message mentions the person: Slack shows the name.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_right_kind_are_accepted_and_others_refused() {
        assert!(SlackUserId::parse("U0123ABC").is_ok());
        assert!(SlackUserId::parse("W0123ABC").is_ok());
        for wrong in ["", "U", "C0123", "u0123", "U01 23", "U01;DROP", "<@U0123>"] {
            assert!(SlackUserId::parse(wrong).is_err(), "{wrong:?} was accepted");
        }
        assert!(ChannelId::parse("D024BE91L").is_ok());
        assert!(WorkspaceId::parse("T061EG9R6").is_ok());
    }
}
