//! Permissions that this version asks for and a workspace has not given: what is off without them,
//! and the one message that says so.

use std::collections::BTreeSet;

use crate::clients::blocks::section;
use crate::clients::slack::{METHOD_SCOPES, Message};
use crate::gateway::HEARD;
use crate::jobs;
use crate::leave::approvers::admins;
use crate::platform::ids::WorkspaceId;
use crate::services::Services;
use crate::tenant::TellPrivately;
use crate::tenant::messages::Privately;
use crate::tenant::store;
use crate::workspace::people::last_import;

/// Something that the app does, and the bot scopes that it cannot do it without.
#[derive(Debug, PartialEq, Eq)]
pub struct Feature {
    /// The scopes.
    pub scopes: &'static [&'static str],
    /// What people miss, to be read after “without them”.
    pub off: &'static str,
}

/// Every feature that can be off. Each bot scope is in one of them; a test sees to it.
pub const FEATURES: [Feature; 9] = [
    Feature {
        scopes: &["commands"],
        off: "`/timeoff` does not work",
    },
    Feature {
        scopes: &["chat:write", "im:write"],
        off: "nobody is sent requests, decisions and reminders",
    },
    Feature {
        scopes: &["im:history"],
        off: "I do not hear what people write to me, and may repeat a message after an interruption",
    },
    Feature {
        scopes: &["users:read"],
        off: "new people, time zones and admins are not known",
    },
    Feature {
        scopes: &["users:read.email"],
        off: "people are not found in Harvest by their e-mail address",
    },
    Feature {
        scopes: &["channels:history"],
        off: "a public leave channel is not read",
    },
    Feature {
        scopes: &["groups:history"],
        off: "a private leave channel is not read",
    },
    Feature {
        scopes: &["channels:read", "groups:read"],
        off: "the members of a channel cannot be its approvers",
    },
    Feature {
        scopes: &["channels:join"],
        off: "I cannot go into a public channel by myself: `/invite @timeoff` there lets me in",
    },
];

/// The bot scopes that the app needs, and no other: for the methods that it calls, the events that
/// it hears, and its command (`commands`).
pub fn bot_scopes() -> BTreeSet<&'static str> {
    let methods = METHOD_SCOPES.iter().map(|(_, scopes)| *scopes);
    let events = HEARD.iter().map(|heard| heard.scopes);
    let mut all: BTreeSet<_> = methods.chain(events).flatten().copied().collect();
    all.insert("commands");
    all
}

/// The wanted scopes that were not granted, in order.
pub fn missing(granted: &[String], wanted: &BTreeSet<&'static str>) -> Vec<String> {
    wanted
        .iter()
        .filter(|scope| !granted.iter().any(|it| it == *scope))
        .map(|scope| (*scope).to_owned())
        .collect()
}

/// What is off for want of these scopes.
pub fn off(missing: &[String]) -> Vec<&'static Feature> {
    let lacks = |feature: &&Feature| {
        let scopes = feature.scopes.iter();
        scopes
            .into_iter()
            .any(|scope| missing.iter().any(|it| it == scope))
    };
    FEATURES.iter().filter(lacks).collect()
}

/// What is off, and what an admin does about it; `None`: nothing is.
pub fn notice(services: &Services, from_token: bool, missing: &[String]) -> Option<Message> {
    let link = services.oauth.as_ref().map(|app| app.install_link());
    notice_with(link.as_deref(), from_token, missing)
}

/// The same with the link to give more, if there is one. Pure.
pub(in crate::workspace) fn notice_with(
    link: Option<&str>,
    from_token: bool,
    missing: &[String],
) -> Option<Message> {
    if missing.is_empty() {
        return None;
    }
    let mut lines: Vec<String> = off(missing)
        .iter()
        .map(|feature| format!("• {}", feature.off))
        .collect();
    lines.dedup();
    let scopes = missing
        .iter()
        .map(|scope| format!("`{scope}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let what = if missing.len() == 1 {
        "a permission"
    } else {
        "permissions"
    };
    let them = if missing.len() == 1 { "it" } else { "them" };
    let remedy = match link {
        Some(link) => format!(
            "<{link}|Update the permissions>: Slack asks you once, and everything else stays as it is."
        ),
        None if from_token => {
            "Whoever runs timeoff can give me more: in the app's settings at <https://api.slack.com/apps>, under “OAuth & Permissions”, add the scopes and reinstall the app."
                .to_owned()
        }
        None => "Whoever runs timeoff can give me more.".to_owned(),
    };
    let text = format!("I need {what} that I was not given in this workspace.");
    let details = format!(
        "{text} Without {them}:\n{}\n\n{remedy}\nWhat is missing: {scopes}",
        lines.join("\n")
    );
    Some(Message {
        text,
        blocks: vec![section(&details)],
    })
}

/// Tells the admins of a workspace, or whoever installed the app there, which permissions are
/// missing: once for each set of them. How many people are told.
pub async fn tell_missing(
    services: &Services,
    workspace: &WorkspaceId,
    wanted: &BTreeSet<&'static str>,
) -> Result<usize, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let Some(granted) = store::granted(&mut tx).await? else {
        return Ok(0);
    };
    let Some(scopes) = &granted.scopes else {
        return Ok(0);
    };
    let missing = missing(scopes, wanted);
    if missing == granted.told {
        return Ok(0);
    }
    let mut readers = admins(&store::active_people(&mut tx).await?);
    let message = notice(services, granted.from_token, &missing);
    if readers.is_empty() {
        let import = last_import(&mut tx).await?;
        if message.is_some() && import.is_some_and(|it| it.phase.is_under_way()) {
            // The admins are among those who are still being read.
            return Ok(0);
        }
        readers.extend(granted.installer.clone());
    }
    if message.is_some() && readers.is_empty() {
        // Somebody will be known once the people have been read.
        return Ok(0);
    }
    if !store::tell_of_scopes(&mut tx, &missing).await? {
        return Ok(0);
    }
    let mut told = 0;
    if let Some(message) = message {
        for user in readers {
            let tell = TellPrivately {
                user,
                place: Privately::Dm,
                message: message.clone(),
            };
            jobs::enqueue(&mut tx, "scopes", &tell).await?;
            told += 1;
        }
    }
    tx.commit().await?;
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::bot_scopes;

    #[test]
    fn every_scope_that_the_app_asks_for_belongs_to_a_feature() {
        let known: BTreeSet<&str> = FEATURES.iter().flat_map(|it| it.scopes).copied().collect();
        assert_eq!(known, bot_scopes());
    }

    #[test]
    fn what_is_off_follows_from_what_is_missing() {
        let wanted = bot_scopes();
        let granted: Vec<String> = wanted
            .iter()
            .filter(|scope| !scope.starts_with("groups:"))
            .map(|&scope| scope.to_owned())
            .collect();
        let missing = missing(&granted, &wanted);
        assert_eq!(missing, ["groups:history", "groups:read"]);
        let off: Vec<&str> = off(&missing).iter().map(|feature| feature.off).collect();
        assert_eq!(
            off,
            [
                "a private leave channel is not read",
                "the members of a channel cannot be its approvers"
            ]
        );
        assert!(super::off(&[]).is_empty());
    }
}
