//! What the simulated Slack knows: workspaces, people, channels, messages, views.
//!
//! Everything here is synchronous. [`SlackSim`](super::SlackSim) holds it behind a mutex, which is
//! never held over an await; what has to be sent afterwards waits in [`State::outbox`] and
//! [`State::changes`].

mod complete;
mod conversation;
mod installation;
mod message;
mod message_json;
mod posting;
mod status;
mod team;
mod tickets;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use serde_json::Value;

use super::{Clock, faults::Faults, model::AppConfig};
use crate::service::Link;

pub(crate) use conversation::ChannelState;
pub(crate) use installation::Installation;
pub(crate) use message::Message;
pub(crate) use status::Status;
pub(crate) use team::{Team, Toast};
pub(crate) use tickets::{OauthCode, ResponseUrl, Trigger, UserToken};

pub(crate) struct State {
    pub clock: Clock,
    pub app: AppConfig,
    pub teams: Vec<Team>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    pub oauth_codes: HashMap<String, OauthCode>,
    pub revoked: HashSet<String>,
    /// Access tokens of people, who signed in or let the app act for them.
    pub user_tokens: HashMap<String, UserToken>,
    pub calls: Vec<Call>,
    pub deliveries: Vec<Value>,
    pub faults: Faults,
    pub problems: Vec<String>,
    pub app_url: Option<String>,
    /// Where else the page leads.
    pub links: Vec<Link>,
    pub base_url: String,
    /// Events that the app is to be told.
    pub outbox: Vec<Outgoing>,
    /// What the pages have to fetch again.
    pub changes: Vec<Change>,
    pub trigger_life: Duration,
    last_ts: i64,
    sequence: u64,
}

pub(crate) struct Call {
    pub method: String,
    pub team: Option<String>,
    pub body: Value,
}

#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub team: String,
    /// What happened to the organization as a whole, and not in one of its workspaces.
    pub of_org: bool,
    pub event: Value,
}

/// Something that a page shows is no longer as it was.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub team: String,
    /// Only this person sees the change; everyone when absent.
    pub user: Option<String>,
    pub what: String,
}

impl State {
    pub fn new(clock: Clock, app: AppConfig, trigger_life: Duration) -> Self {
        Self {
            clock,
            app,
            teams: Vec::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            oauth_codes: HashMap::new(),
            revoked: HashSet::new(),
            user_tokens: HashMap::new(),
            calls: Vec::new(),
            deliveries: Vec::new(),
            faults: Faults::default(),
            problems: Vec::new(),
            app_url: None,
            links: Vec::new(),
            base_url: String::new(),
            outbox: Vec::new(),
            changes: Vec::new(),
            trigger_life,
            last_ts: 0,
            sequence: 0,
        }
    }

    /// The next message timestamp: unique and rising, also while the clock stands still.
    pub fn next_ts(&mut self) -> String {
        let now = self.clock.now().as_microsecond();
        self.last_ts = if now > self.last_ts {
            now
        } else {
            self.last_ts + 100
        };
        format!(
            "{}.{:06}",
            self.last_ts.div_euclid(1_000_000),
            self.last_ts.rem_euclid(1_000_000)
        )
    }

    pub fn next_number(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// An id that looks like Slack's: a letter or two, then capitals and digits.
    pub fn next_id(&mut self, prefix: &str) -> String {
        let number = self.next_number();
        format!("{prefix}{number:09X}")
    }

    /// A secret in the manner of Slack's random ones. It need not be unguessable here.
    pub fn next_secret(&mut self, seed: &str) -> String {
        let number = self.next_number();
        let digest = super::sign::signature(seed, i64::try_from(number).unwrap_or(0), b"");
        digest.trim_start_matches("v0=").chars().take(24).collect()
    }

    pub fn team(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.workspace.id == id)
    }

    pub fn team_mut(&mut self, id: &str) -> Option<&mut Team> {
        self.teams.iter_mut().find(|team| team.workspace.id == id)
    }

    /// The workspace that a bot token or a person's token belongs to; the first one of those that
    /// an organization's token is for.
    pub fn team_of_token(&self, token: &str) -> Option<&Team> {
        match self.user_tokens.get(token) {
            Some(of_person) => self.team(&of_person.team),
            None => self.teams_of_bot_token(token).next(),
        }
    }

    /// The workspaces that a bot token is for: several if an organization installed the app.
    pub fn teams_of_bot_token(&self, token: &str) -> impl Iterator<Item = &Team> {
        self.teams
            .iter()
            .filter(move |team| team.app.as_ref().is_some_and(|app| app.token == token))
    }

    /// What a token may do.
    pub fn scopes_of_token(&self, token: &str) -> Option<Vec<String>> {
        if let Some(of_person) = self.user_tokens.get(token) {
            return Some(of_person.scopes.clone());
        }
        let app = self.teams_of_bot_token(token).next()?.app.as_ref()?;
        Some(app.scopes.clone())
    }

    pub fn changed(&mut self, team: &str, user: Option<&str>, what: impl Into<String>) {
        self.changes.push(Change {
            team: team.to_owned(),
            user: user.map(str::to_owned),
            what: what.into(),
        });
    }

    /// Queues an event for the app.
    pub fn tell_app(&mut self, team: &str, event: Value) {
        self.outbox.push(Outgoing {
            team: team.to_owned(),
            of_org: false,
            event,
        });
    }

    pub fn messages_changed(&mut self, team: &str, channel: &str) {
        self.changed(team, None, format!("messages:{channel}"));
        // Unread marks and the list of conversations stand in the state.
        self.changed(team, None, "state");
    }

    pub fn toast(&mut self, team_id: &str, user: &str, text: impl Into<String>) {
        let id = self.next_id("To");
        let text = text.into();
        if let Some(team) = self.team_mut(team_id) {
            team.toasts
                .entry(user.to_owned())
                .or_default()
                .push(Toast { id, text });
        }
        self.changed(team_id, Some(user), "state");
    }
}
