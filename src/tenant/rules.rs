//! What each setting must be: one list of rules, for every way to change a setting.

use std::fmt;

use jiff::tz::{TimeZone, db};
use serde_json::{Map, Value};

use super::model::{PeopleFrom, Settings};
use super::store;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// A setting that cannot be what somebody wants it to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongSetting {
    /// The setting's name, as it is stored.
    pub setting: String,
    /// What it must be, for the person who sets it.
    pub why: String,
}

impl WrongSetting {
    /// A setting that breaks its rule.
    fn of(setting: &str) -> Self {
        let why = match RULES.iter().find(|(name, _)| *name == setting) {
            Some((_, rule)) => (*rule).to_owned(),
            None => "There is no such setting.".to_owned(),
        };
        Self {
            setting: setting.to_owned(),
            why,
        }
    }
}

/// All that is wrong with a choice of settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct WrongSettings(pub Vec<WrongSetting>);

impl fmt::Display for WrongSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, WrongSetting { setting, why }) in self.0.iter().enumerate() {
            let line = if index == 0 { "" } else { "\n" };
            write!(f, "{line}{setting}: {why}")?;
        }
        Ok(())
    }
}

const CHANNEL: &str = "Please choose a channel, such as C012AB3CD, or none.";
const YES_OR_NO: &str = "Please choose true or false.";
const TIME: &str = "Please give a time of day, such as 09:00, or none.";

/// What each setting must be, in words that stand beside its field.
const RULES: [(&str, &str); 22] = [
    (
        "location",
        "Please name the place of the public holidays, in up to 60 characters.",
    ),
    ("leave_year_starts", "Please choose a month, 1 to 12."),
    (
        "longest_leave_days",
        "Please give a number of working days, 1 to 366.",
    ),
    (
        "approvers",
        "Please choose people by their user ids, such as U012AB3CD,U045EF6GH.",
    ),
    ("approver_channel", CHANNEL),
    ("self_approval", YES_OR_NO),
    (
        "remind_after_days",
        "Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.",
    ),
    (
        "escalate_after_days",
        "Please give a number of working days, 1 to 90.",
    ),
    ("requests_per_minute", "Please give a number, 1 to 10000."),
    ("leave_channel", CHANNEL),
    (
        "trigger_words",
        "Please give up to 50 words or short phrases of up to 40 characters, with commas between them, such as leave, day off.",
    ),
    (
        "question_expires_minutes",
        "Please give a number of minutes, 1 to 10080 (a week).",
    ),
    (
        "zone",
        "Please give a time zone by its name, such as Europe/Madrid.",
    ),
    (
        "people_from",
        "Please choose everyone, or set a leave channel whose members are meant (everyone, leave_channel).",
    ),
    (
        "calendar_id",
        "Please give the calendar's id, such as team@group.calendar.google.com. It is shown in the calendar's settings under “Integrate calendar”.",
    ),
    ("digest_channel", CHANNEL),
    ("daily_digest_at", TIME),
    ("weekly_digest_at", TIME),
    ("weekly_digest_on", "Please choose a day, monday to sunday."),
    ("announcement_channel", CHANNEL),
    ("remind_day_before", YES_OR_NO),
    ("retention_days", "Please give a number of days, 1 to 3650."),
];

impl Settings {
    /// Says all that is wrong.
    pub fn check(&self) -> Result<(), WrongSettings> {
        let short = |text: &str, limit| !text.trim().is_empty() && text.chars().count() <= limit;
        let fits_calendar = |id: &String| {
            !id.is_empty()
                && id.len() <= 300
                && !id.chars().any(|c| c.is_whitespace() || c.is_control())
        };
        let word = |words: &String| short(words, 40) && words.chars().any(char::is_alphanumeric);
        let fits = [
            ("location", short(&self.location, 60)),
            (
                "leave_year_starts",
                (1..=12).contains(&self.leave_year_starts),
            ),
            (
                "longest_leave_days",
                (1..=366).contains(&self.longest_leave_days),
            ),
            (
                "remind_after_days",
                self.remind_after_days.len() <= 10
                    && self.remind_after_days.iter().all(|d| (1..=60).contains(d))
                    && self.remind_after_days.is_sorted_by(|a, b| a < b),
            ),
            (
                "escalate_after_days",
                (1..=90).contains(&self.escalate_after_days),
            ),
            (
                "requests_per_minute",
                (1..=10_000).contains(&self.requests_per_minute),
            ),
            (
                "trigger_words",
                self.trigger_words.len() <= 50 && self.trigger_words.iter().all(word),
            ),
            (
                "question_expires_minutes",
                (1..=10_080).contains(&self.question_expires_minutes),
            ),
            ("zone", TimeZone::get(&self.zone).is_ok()),
            (
                "people_from",
                self.people_from == PeopleFrom::Everyone || self.leave_channel.is_some(),
            ),
            (
                "calendar_id",
                self.calendar_id.as_ref().is_none_or(fits_calendar),
            ),
            ("retention_days", (1..=3650).contains(&self.retention_days)),
        ];
        let wrong: Vec<_> = fits
            .iter()
            .filter(|(_, fits)| !fits)
            .map(|(setting, _)| WrongSetting::of(setting))
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(WrongSettings(wrong))
        }
    }

    /// These settings with other values for some of them, by name; or all that is wrong with that.
    /// What was wrong before and is not touched is no reason to refuse.
    pub fn with(&self, changes: &Map<String, Value>) -> Result<Self, WrongSettings> {
        let mut wrong = Vec::new();
        let mut all = self.by_name();
        for (setting, value) in changes {
            let value = match (setting.as_str(), value.as_str()) {
                ("zone", Some(typed)) => {
                    zone_named(typed).map_or_else(|| value.clone(), Value::from)
                }
                _ => value.clone(),
            };
            let alone = Map::from_iter([(setting.clone(), value.clone())]);
            let known = all.contains_key(setting);
            if known && serde_json::from_value::<Self>(Value::Object(alone)).is_ok() {
                all.insert(setting.clone(), value);
            } else {
                wrong.push(WrongSetting::of(setting));
            }
        }
        let Ok(changed) = serde_json::from_value::<Self>(Value::Object(all)) else {
            // Each value can be read by itself, and nothing else is asked of the whole.
            return Err(WrongSettings(wrong));
        };
        let before = self.check().err().map_or_else(Vec::new, |wrong| wrong.0);
        if let Err(WrongSettings(now)) = changed.check() {
            wrong.extend(
                now.into_iter()
                    .filter(|it| changes.contains_key(&it.setting) || !before.contains(it)),
            );
        }
        if wrong.is_empty() {
            Ok(changed)
        } else {
            Err(WrongSettings(wrong))
        }
    }

    /// Every setting by its name, as it is stored.
    pub fn by_name(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            // Settings are a struct of plain values.
            _ => Map::new(),
        }
    }
}

/// Approvers of a changed list who cannot decide; see [`check_approvers`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WrongApprovers {
    /// Who is not in the directory.
    pub unknown: Vec<SlackUserId>,
    /// The names of those who are not active.
    pub inactive: Vec<String>,
}

impl WrongApprovers {
    /// What is wrong, with the words of the caller for those who are unknown.
    pub fn because(self, unknown: String) -> WrongSettings {
        let mut why: Vec<String> = self
            .inactive
            .iter()
            .map(|name| format!("{name} is not active any more. Please choose somebody else."))
            .collect();
        if !self.unknown.is_empty() {
            why.push(unknown);
        }
        WrongSettings(vec![WrongSetting {
            setting: "approvers".to_owned(),
            why: why.join(" "),
        }])
    }
}

/// Says which approvers of a changed list cannot decide, if any of them cannot.
pub async fn check_approvers(
    tx: &mut TenantTx,
    from: &Settings,
    to: &Settings,
) -> Result<Option<WrongApprovers>, sqlx::Error> {
    if from.approvers == to.approvers {
        return Ok(None);
    }
    let mut wrong = WrongApprovers::default();
    for user in &to.approvers {
        match store::person(tx, user).await? {
            Some(person) if person.active => {}
            Some(person) => wrong.inactive.push(person.name),
            None => wrong.unknown.push(user.clone()),
        }
    }
    Ok((wrong != WrongApprovers::default()).then_some(wrong))
}

/// The IANA name of a zone that is typed as such, in any case, or as its city: `madrid`.
pub fn zone_named(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    if let Ok(zone) = TimeZone::get(&typed.replace(' ', "_"))
        && let Some(name) = zone.iana_name()
    {
        return Some(name.to_owned());
    }
    let city = typed.replace(' ', "_");
    db().available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| {
            name.rsplit_once('/')
                .is_some_and(|(_, last)| last.eq_ignore_ascii_case(&city))
        })
        // Old names are kept beside the new ones, and are longer or the same zone.
        .min_by_key(|name| (name.len(), name.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(changes: Value) -> String {
        let Value::Object(changes) = changes else {
            panic!("not by name");
        };
        match Settings::default().with(&changes) {
            Ok(_) => "fits".to_owned(),
            Err(wrong) => wrong.to_string(),
        }
    }

    #[test]
    fn every_setting_has_a_rule_and_every_rule_a_setting() {
        let settings = Settings::default().by_name();
        let names: Vec<&str> = settings.keys().map(String::as_str).collect();
        let mut rules: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
        rules.sort_unstable();
        assert_eq!(rules, names);
        assert_eq!(Settings::default().check(), Ok(()));
    }

    #[test]
    fn a_value_that_breaks_its_rule_is_refused_by_name() {
        let values = [
            json!({"location": " "}),
            json!({"location": "x".repeat(61)}),
            json!({"leave_year_starts": 13}),
            json!({"leave_year_starts": "may"}),
            json!({"longest_leave_days": 0}),
            json!({"longest_leave_days": 70_000}),
            json!({"approvers": ["ben"]}),
            json!({"approver_channel": "general"}),
            json!({"self_approval": "perhaps"}),
            json!({"remind_after_days": [3, 1]}),
            json!({"remind_after_days": [0]}),
            json!({"remind_after_days": [1, 1]}),
            json!({"escalate_after_days": 0}),
            json!({"requests_per_minute": 0}),
            json!({"leave_channel": 7}),
            json!({"trigger_words": ["…"]}),
            json!({"trigger_words": ["x".repeat(41)]}),
            json!({"question_expires_minutes": 0}),
            json!({"zone": "Mars/Olympus"}),
            json!({"people_from": "leave_channel"}),
            json!({"people_from": "friends"}),
            json!({"calendar_id": "my calendar"}),
            json!({"digest_channel": ""}),
            json!({"daily_digest_at": "25:00"}),
            json!({"weekly_digest_at": "noon"}),
            json!({"weekly_digest_on": "someday"}),
            json!({"announcement_channel": "x"}),
            json!({"remind_day_before": 1}),
            json!({"retention_days": 0}),
            json!({"colour": "blue"}),
            json!({"retention_days": 0, "zone": "Mars/Olympus"}),
        ];
        let messages: Vec<String> = values.into_iter().map(wrong).collect();
        insta::assert_snapshot!(messages.join("\n"), @"
        location: Please name the place of the public holidays, in up to 60 characters.
        location: Please name the place of the public holidays, in up to 60 characters.
        leave_year_starts: Please choose a month, 1 to 12.
        leave_year_starts: Please choose a month, 1 to 12.
        longest_leave_days: Please give a number of working days, 1 to 366.
        longest_leave_days: Please give a number of working days, 1 to 366.
        approvers: Please choose people by their user ids, such as U012AB3CD,U045EF6GH.
        approver_channel: Please choose a channel, such as C012AB3CD, or none.
        self_approval: Please choose true or false.
        remind_after_days: Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
        remind_after_days: Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
        remind_after_days: Please give up to 10 numbers of working days, 1 to 60 each and growing, such as 1,3.
        escalate_after_days: Please give a number of working days, 1 to 90.
        requests_per_minute: Please give a number, 1 to 10000.
        leave_channel: Please choose a channel, such as C012AB3CD, or none.
        trigger_words: Please give up to 50 words or short phrases of up to 40 characters, with commas between them, such as leave, day off.
        trigger_words: Please give up to 50 words or short phrases of up to 40 characters, with commas between them, such as leave, day off.
        question_expires_minutes: Please give a number of minutes, 1 to 10080 (a week).
        zone: Please give a time zone by its name, such as Europe/Madrid.
        people_from: Please choose everyone, or set a leave channel whose members are meant (everyone, leave_channel).
        people_from: Please choose everyone, or set a leave channel whose members are meant (everyone, leave_channel).
        calendar_id: Please give the calendar's id, such as team@group.calendar.google.com. It is shown in the calendar's settings under “Integrate calendar”.
        digest_channel: Please choose a channel, such as C012AB3CD, or none.
        daily_digest_at: Please give a time of day, such as 09:00, or none.
        weekly_digest_at: Please give a time of day, such as 09:00, or none.
        weekly_digest_on: Please choose a day, monday to sunday.
        announcement_channel: Please choose a channel, such as C012AB3CD, or none.
        remind_day_before: Please choose true or false.
        retention_days: Please give a number of days, 1 to 3650.
        colour: There is no such setting.
        zone: Please give a time zone by its name, such as Europe/Madrid.
        retention_days: Please give a number of days, 1 to 3650.
        ");
    }

    #[test]
    fn what_was_wrong_before_does_not_stop_another_change() {
        let stored = Settings {
            zone: "Mars/Olympus".to_owned(),
            ..Settings::default()
        };
        let changes = Map::from_iter([("retention_days".to_owned(), json!(60))]);
        assert_eq!(stored.with(&changes).map(|it| it.retention_days), Ok(60));
    }

    #[test]
    fn a_zone_is_known_by_its_name_in_any_case_and_by_its_city() {
        let typed = [
            "Europe/Madrid",
            "europe/madrid",
            "madrid",
            "New York",
            "america/new york",
            "UTC",
            "Kolkata",
            "Olympus",
            "",
        ];
        let named: Vec<String> = typed
            .iter()
            .map(|typed| format!("{typed} → {}", zone_named(typed).unwrap_or_default()))
            .collect();
        insta::assert_snapshot!(named.join("\n"), @"
        Europe/Madrid → Europe/Madrid
        europe/madrid → Europe/Madrid
        madrid → Europe/Madrid
        New York → America/New_York
        america/new york → America/New_York
        UTC → UTC
        Kolkata → Asia/Kolkata
        Olympus → 
         →
        ");
    }
}
