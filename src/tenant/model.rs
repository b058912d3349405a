//! What a workspace and a person are.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::platform::ids::{ChannelId, SlackUserId, WorkspaceId};

/// A Slack workspace that installed the app.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// Slack's team id.
    pub id: WorkspaceId,
    /// What people call it.
    pub name: String,
    /// The app's own user in it.
    pub bot: SlackUserId,
    /// What its admins chose.
    pub settings: Settings,
}

/// What a workspace's admins can choose. A field that is not stored has its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Whose public holidays hold for people without a place of their own.
    pub location: String,
    /// The month (1 to 12) on whose first day the leave year begins.
    pub leave_year_starts: i8,
    /// The most working days that one request may take.
    pub longest_leave_days: u16,
    /// People who approve for everybody.
    pub approvers: Vec<SlackUserId>,
    /// A channel whose members approve for everybody.
    pub approver_channel: Option<ChannelId>,
    /// Whether an only approver may approve their own leave.
    pub self_approval: bool,
    /// After how many of their working days an approver is reminded.
    pub remind_after_days: Vec<u8>,
    /// After how many working days the workspace's admins are asked too.
    pub escalate_after_days: u8,
    /// How many requests a minute are taken from one channel.
    pub requests_per_minute: u32,
    /// The channel in which people write that they are away; `None`: no channel is read.
    pub leave_channel: Option<ChannelId>,
    /// What makes a message in it one for the app: any of these, as whole words.
    pub trigger_words: Vec<String>,
    /// After how many minutes “did I read you right?” lapses.
    pub question_expires_minutes: u32,
    /// The workspace's own zone, by its IANA name: for what no single person's zone can be asked,
    /// such as when a digest is sent.
    pub zone: String,
    /// Whether everybody is read from Slack, or the members of the leave channel alone.
    pub people_from: PeopleFrom,
    /// The calendar that shows the workspace's leave, by its Google id; `None`: the one of the
    /// configuration, if the workspace is the one that was installed with it.
    pub calendar_id: Option<String>,
    /// Where the digests of who is off are posted; `None`: nowhere.
    pub digest_channel: Option<ChannelId>,
    /// When the daily digest is posted, in [`Settings::zone`]; `None`: never.
    pub daily_digest_at: Option<Time>,
    /// When the weekly digest is posted, in [`Settings::zone`]; `None`: never.
    pub weekly_digest_at: Option<Time>,
    /// The day of the weekly digest.
    pub weekly_digest_on: Day,
    /// Where approved leave is announced, without its kind and reason; `None`: nowhere.
    pub announcement_channel: Option<ChannelId>,
    /// Whether people are reminded of their own leave the day before.
    pub remind_day_before: bool,
    /// For how many days the data of a workspace is kept that removed the app.
    pub retention_days: u16,
}

/// Whom an import takes over from Slack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeopleFrom {
    /// Everybody in the workspace.
    Everyone,
    /// The members of the leave channel.
    LeaveChannel,
}

/// A day of the week, as it is stored and shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the days explain themselves
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Monday => Self::Monday,
            Day::Tuesday => Self::Tuesday,
            Day::Wednesday => Self::Wednesday,
            Day::Thursday => Self::Thursday,
            Day::Friday => Self::Friday,
            Day::Saturday => Self::Saturday,
            Day::Sunday => Self::Sunday,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            location: "default".to_owned(),
            leave_year_starts: 1,
            longest_leave_days: 60,
            approvers: Vec::new(),
            approver_channel: None,
            self_approval: false,
            remind_after_days: vec![1, 3],
            escalate_after_days: 5,
            requests_per_minute: 30,
            leave_channel: None,
            trigger_words: ["leave", "ooo", "wfh", "sick", "vacation", "pto", "day off"]
                .map(str::to_owned)
                .to_vec(),
            question_expires_minutes: 60,
            zone: "UTC".to_owned(),
            people_from: PeopleFrom::Everyone,
            calendar_id: None,
            digest_channel: None,
            daily_digest_at: Some(Time::constant(9, 0, 0, 0)),
            weekly_digest_at: None,
            weekly_digest_on: Day::Monday,
            announcement_channel: None,
            remind_day_before: true,
            retention_days: 30,
        }
    }
}

/// A person in a workspace's directory.
#[derive(Debug, Clone)]
pub struct Person {
    /// Slack's id.
    pub user: SlackUserId,
    /// The name that people know.
    pub name: String,
    /// Where the person's days begin and end.
    pub zone: TimeZone,
    /// Whose public holidays hold; `None`: the workspace's.
    pub location: Option<String>,
    /// Whose leave is shown beside one's own; `None`: everybody's.
    pub team: Option<String>,
    /// Who approves, if set for this person.
    pub approver: Option<SlackUserId>,
    /// Who they are in Harvest; `None`: nobody, and their leave is not entered there.
    pub harvest_user: Option<u64>,
    /// A people admin; an owner is one too.
    pub is_admin: bool,
    /// Owns the workspace.
    pub is_owner: bool,
    /// `false` once deactivated in Slack or by an admin.
    pub active: bool,
}

impl Person {
    /// The person's own date at an instant.
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_zoned(self.zone.clone()).date()
    }
}

/// The zone of an IANA name; an unknown name is UTC, so that one odd profile stops nobody.
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_not_stored_have_their_defaults() {
        let settings: Settings =
            serde_json::from_str(r#"{"longest_leave_days": 20, "from_a_later_version": true}"#)
                .unwrap();
        assert_eq!(
            settings,
            Settings {
                longest_leave_days: 20,
                ..Settings::default()
            }
        );
        assert_eq!(Settings::default().check(), Ok(()));
    }
}
