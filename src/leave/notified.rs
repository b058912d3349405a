//! What people are told without asking, and the states of it. Needs nothing but `model.rs`.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::model::states;

/// What a digest is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum DigestKind {
    /// One day.
    Daily,
    /// One week.
    Weekly,
}

impl DigestKind {
    /// The word in the database and in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }
}

/// One digest: a day, or the week that begins on a Monday. There is one of it, whoever sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Which of the two.
    pub kind: DigestKind,
    /// The day, or the Monday.
    pub day: Date,
}

states! {
    /// What is posted to a channel by itself.
    Posting {
        /// Who is off.
        Digest = "digest",
        /// That leave was approved.
        Announcement = "announcement",
    }
}

states! {
    /// Where somebody's status in Slack stands.
    StatusState {
        /// It is to be set.
        Setting = "setting",
        /// It is set.
        Set = "set",
        /// The person has a status of their own, which stays.
        LeftAlone = "left_alone",
        /// It is to go.
        Clearing = "clearing",
        /// There is none of ours.
        Cleared = "cleared",
        /// The person wants it no more: it is to go, and the token with it.
        Ending = "ending",
    }
}

/// What a status says, and when Slack takes it down by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusText {
    /// The words.
    pub text: String,
    /// Until when.
    pub ends_at: Timestamp,
}

/// Somebody's status, as far as it is the app's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveStatus {
    /// Where it stands.
    pub state: StatusState,
    /// What is, or is to be, there.
    pub wanted: Option<StatusText>,
    /// The text that was last written there.
    pub ours: Option<String>,
}
