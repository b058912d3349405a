//! What a workspace and a person are.

use jiff::Timestamp;
use jiff::civil::Date;
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
        }
    }
}

impl Settings {
    /// Says what is wrong with a value, by the setting's name.
    pub fn check(&self) -> Result<(), String> {
        if !(1..=12).contains(&self.leave_year_starts) {
            return Err("leave_year_starts is a month, 1 to 12".to_owned());
        }
        if !(1..=366).contains(&self.longest_leave_days) {
            return Err("longest_leave_days is a number of working days, 1 to 366".to_owned());
        }
        if self.location.trim().is_empty() {
            return Err("location cannot be empty".to_owned());
        }
        if self.remind_after_days.len() > 10
            || self
                .remind_after_days
                .iter()
                .any(|days| !(1..=60).contains(days))
        {
            return Err(
                "remind_after_days holds up to 10 numbers of working days, 1 to 60 each".to_owned(),
            );
        }
        if !self.remind_after_days.is_sorted_by(|a, b| a < b) {
            return Err("remind_after_days must grow, such as [1, 3]".to_owned());
        }
        if !(1..=90).contains(&self.escalate_after_days) {
            return Err("escalate_after_days is a number of working days, 1 to 90".to_owned());
        }
        if !(1..=10_000).contains(&self.requests_per_minute) {
            return Err("requests_per_minute is a number from 1 to 10000".to_owned());
        }
        Ok(())
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
    /// A people admin.
    pub is_admin: bool,
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

    #[test]
    fn wrong_settings_are_named() {
        let wrong = [
            Settings {
                leave_year_starts: 13,
                ..Settings::default()
            },
            Settings {
                longest_leave_days: 0,
                ..Settings::default()
            },
            Settings {
                location: " ".into(),
                ..Settings::default()
            },
            Settings {
                remind_after_days: vec![3, 1],
                ..Settings::default()
            },
            Settings {
                remind_after_days: vec![0],
                ..Settings::default()
            },
            Settings {
                escalate_after_days: 0,
                ..Settings::default()
            },
            Settings {
                requests_per_minute: 0,
                ..Settings::default()
            },
        ];
        let messages: Vec<String> = wrong.iter().map(|s| s.check().unwrap_err()).collect();
        insta::assert_snapshot!(messages.join("\n"), @r"
        leave_year_starts is a month, 1 to 12
        longest_leave_days is a number of working days, 1 to 366
        location cannot be empty
        remind_after_days must grow, such as [1, 3]
        remind_after_days holds up to 10 numbers of working days, 1 to 60 each
        escalate_after_days is a number of working days, 1 to 90
        requests_per_minute is a number from 1 to 10000
        ");
    }
}
