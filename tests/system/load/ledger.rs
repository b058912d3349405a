//! What was sent, and what that promises.

use std::collections::BTreeMap;
use std::time::Duration;

use simulators::slack::SignedRequest;
use timeoff::gateway::{Parsed, SlackRequest, parse};

use super::plan::{Outcome, Who};
use super::town::{Town, mark};

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Home,
    Profile,
    Unknown,
    Elsewhere,
    Message,
    Look,
    Command,
    Form,
    Denial,
    Press,
}

impl Kind {
    pub const ALL: [Self; 10] = [
        Self::Home,
        Self::Profile,
        Self::Unknown,
        Self::Elsewhere,
        Self::Message,
        Self::Look,
        Self::Command,
        Self::Form,
        Self::Denial,
        Self::Press,
    ];

    /// As the table names it.
    #[allow(dead_code)] // the table is the bench's
    pub fn name(self) -> &'static str {
        match self {
            Self::Home => "event: `app_home_opened`",
            Self::Profile => "event: `user_change`",
            Self::Unknown => "event: one that the app does not know",
            Self::Elsewhere => "event: a message in another channel",
            Self::Message => "event: a message in the leave channel",
            Self::Look => "command: `list`, `who`, `help`",
            Self::Command => "command: `/timeoff DAY` (opens the form)",
            Self::Form => "the form is sent",
            Self::Denial => "a denial is sent",
            Self::Press => "a button is pressed",
        }
    }
}

/// What the answers to the requests of a step must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Nothing.
    Silence,
    /// Words, once: copies get none.
    OneSpeaks,
    /// Errors beside fields, each time: what was refused is no copy when it comes again.
    Errors,
    /// One at most is told that it came too late.
    AtMostOneSpeaks,
    /// Of two rivals one gets the day and one gets errors; copies of the winner get nothing.
    OneWins,
}

/// A request to be sent.
#[derive(Debug)]
pub struct Parcel {
    pub kind: Kind,
    pub request: SignedRequest,
    /// Which step it belongs to.
    pub group: usize,
    /// Which of the step's different requests it is.
    pub number: usize,
}

/// A request as it is known to the app.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// Slack's id of the workspace.
    pub team: String,
    /// What the app calls the request in its jobs.
    pub correlation: String,
}

/// What the app calls a request, if it knows its kind.
pub fn name_of(request: &SignedRequest) -> Option<Name> {
    let parsed = parse(request.body.as_bytes()).expect("a body as Slack sends it");
    let Parsed::Request(request) = parsed else {
        return None;
    };
    let correlation = match &*request {
        SlackRequest::Event(event) => event.event_id.clone(),
        other => other.dedupe_key(),
    };
    Some(Name {
        team: request.team().to_string(),
        correlation,
    })
}

/// Everything that was sent, once all of it is answered.
pub struct Sent {
    pub town: Town,
    /// Each request that the app knows, with the kind of job that it promises, once.
    pub requests: BTreeMap<Name, Option<&'static str>>,
    /// Who asks for which of their workspace's days, and what must come of it.
    pub wanted: BTreeMap<(Who, usize), Outcome>,
    /// The names that people have given themselves.
    pub names: BTreeMap<Who, String>,
    pub acks: BTreeMap<Kind, Vec<Duration>>,
    pub copies: usize,
    pub sending: Duration,
    pub until_done: Duration,
    pub violations: Vec<String>,
}

/// The marks of workspaces in a text that are not this one's.
pub fn foreign_marks(text: &str, workspace: usize) -> Vec<String> {
    let own = mark(workspace);
    let mut foreign: Vec<String> = text
        .match_indices('W')
        .filter_map(|(at, _)| text.get(at..at + 4))
        .filter(|found| found.bytes().skip(1).all(|byte| byte.is_ascii_digit()) && *found != own)
        .map(str::to_owned)
        .collect();
    foreign.sort();
    foreign.dedup();
    foreign
}
