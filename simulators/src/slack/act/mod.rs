//! What people do, as Slack's own client does it: the page and the story driver both come here.

mod commands;
mod elements;
mod members;
mod messages;
mod submission;
mod views;

use super::state::{ChannelState, State};

pub(crate) use commands::split_command;
pub use submission::Submitted;
pub(crate) use submission::TROUBLE;

/// Who does something: a person of a workspace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Actor<'a> {
    pub team: &'a str,
    pub user: &'a str,
}

/// Why a person cannot do what they try.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// No such workspace, person, conversation, message, view or element, or not for this person.
    #[error("there is no {0}")]
    Missing(String),
    /// The value is not one that the element offers.
    #[error("{0}")]
    Value(String),
    /// Slack's client does not know the command.
    #[error("{0} is not a valid command.")]
    UnknownCommand(String),
    /// The app did not take the request; the person has seen a message of Slack's about it.
    #[error("{0}")]
    App(String),
}

fn missing(what: &str) -> ActError {
    ActError::Missing(what.to_owned())
}

impl State {
    /// The conversation, when this person may see it.
    fn conversation(
        &self,
        Actor { team, user }: Actor<'_>,
        channel: &str,
    ) -> Result<&ChannelState, ActError> {
        let team = self.team(team).ok_or_else(|| missing("workspace"))?;
        if team.person(user).is_none() {
            return Err(missing("person"));
        }
        team.find_channel(channel)
            .filter(|channel| channel.has(user) || (!channel.is_im && !channel.info.is_private))
            .ok_or_else(|| ActError::Missing(format!("conversation {channel} for {user}")))
    }
}
