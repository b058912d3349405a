//! The forms of the settings: which fields each has, how they are filled in and read.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::clients::blocks::{Input, SlackBlock};
use crate::gateway::ViewState;

/// A group of settings that is changed in one dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The leave channel, and who is read from Slack.
    LeaveChannel,
    /// Who decides, and what happens when they do not.
    Approvals,
    /// The working week and all that days are counted with.
    WorkingTime,
    /// What is posted, where and when.
    Messages,
    /// How long data is kept.
    Data,
    /// The zone alone, for the set-up.
    Zone,
}

impl Form {
    const ALL: [Self; 6] = [
        Self::LeaveChannel,
        Self::Approvals,
        Self::WorkingTime,
        Self::Messages,
        Self::Data,
        Self::Zone,
    ];

    /// Its name in buttons and dialogs.
    pub fn key(self) -> &'static str {
        match self {
            Self::LeaveChannel => "leave_channel",
            Self::Approvals => "approvals",
            Self::WorkingTime => "working_time",
            Self::Messages => "messages",
            Self::Data => "data",
            Self::Zone => "zone",
        }
    }

    /// The form of this name.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.key() == key)
    }

    /// What stands over the dialog: up to 24 characters.
    pub fn title(self) -> &'static str {
        match self {
            Self::LeaveChannel => "Leave channel",
            Self::Approvals => "Approvals",
            Self::WorkingTime => "Working time",
            Self::Messages => "Messages",
            Self::Data => "Data",
            Self::Zone => "Time zone",
        }
    }

    /// Its fields, in the order in which they are shown.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::LeaveChannel => LEAVE_CHANNEL,
            Self::Approvals => APPROVALS,
            Self::WorkingTime => WORKING_TIME,
            Self::Messages => MESSAGES,
            Self::Data => DATA,
            Self::Zone => ZONE,
        }
    }
}

/// What kind of field a setting has.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Channel,
    People,
    Number,
    /// Several numbers or texts with commas between them.
    Numbers,
    Words,
    Text,
    Time,
    /// A box with this text.
    Tick(&'static str),
    /// One of (value, text).
    Choice(&'static [(&'static str, &'static str)]),
}

/// The field of one setting.
#[derive(Debug)]
pub(super) struct Field {
    /// The setting; also the name of the field.
    pub setting: &'static str,
    label: &'static str,
    hint: &'static str,
    kind: Kind,
    optional: bool,
}

const fn field(setting: &'static str, label: &'static str, kind: Kind) -> Field {
    Field {
        setting,
        label,
        hint: "",
        kind,
        optional: matches!(kind, Kind::Tick(_)),
    }
}

impl Field {
    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn optional(self) -> Self {
        Self {
            optional: true,
            ..self
        }
    }
}

const PEOPLE_FROM: Kind = Kind::Choice(&[
    ("everyone", "Everyone in the workspace"),
    ("leave_channel", "The members of the leave channel"),
]);

const LEAVE_CHANNEL: &[Field] = &[
    field("leave_channel", "Leave channel", Kind::Channel)
        .optional()
        .hint("People write there that they are away. Leave it empty and no channel is read."),
    field("trigger_words", "Words that I listen for", Kind::Words)
        .hint("With commas between them. A message with none of them is not for me."),
    field(
        "question_expires_minutes",
        "Minutes until “did I read you right?” lapses",
        Kind::Number,
    ),
    field("people_from", "Who can ask for leave", PEOPLE_FROM)
        .hint("A change reads the people from Slack again."),
];

const APPROVALS: &[Field] = &[
    field("approvers", "Approvers", Kind::People)
        .optional()
        .hint("They decide for everybody who has no approver of their own. With nobody here, the workspace's admins do."),
    field("approver_channel", "Approvers' channel", Kind::Channel)
        .optional()
        .hint("Whoever is in it decides too."),
    field(
        "self_approval",
        "Own leave",
        Kind::Tick("An only approver may approve their own leave"),
    ),
    field(
        "remind_after_days",
        "Remind approvers after so many working days",
        Kind::Numbers,
    )
    .optional()
    .hint("With commas between them, such as 1, 3. Empty: no reminders."),
    field(
        "escalate_after_days",
        "Ask the admins too after so many working days",
        Kind::Number,
    ),
];

const MONTHS: Kind = Kind::Choice(&[
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]);

const ZONE_FIELD: Field = field("zone", "Time zone", Kind::Text).hint(
    "A name such as Europe/Madrid, or its city. Each person's own days follow their Slack profile.",
);
const ZONE: &[Field] = &[ZONE_FIELD];

const WORKING_TIME: &[Field] = &[
    ZONE_FIELD,
    field("location", "Place of the public holidays", Kind::Text)
        .hint("For everybody who has no place of their own. The holidays of a place are imported by an operator."),
    field("leave_year_starts", "The leave year begins in", MONTHS),
    field(
        "longest_leave_days",
        "The most working days of one request",
        Kind::Number,
    ),
];

const DAYS: Kind = Kind::Choice(&[
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
]);

const MESSAGES: &[Field] = &[
    field("digest_channel", "Channel for “who is off”", Kind::Channel)
        .optional()
        .hint("Leave it empty and no digest is posted."),
    field("daily_digest_at", "Every day at", Kind::Time)
        .optional()
        .hint("In the workspace's time zone. Empty: no daily digest."),
    field("weekly_digest_at", "Every week at", Kind::Time)
        .optional()
        .hint("Empty: no weekly digest."),
    field("weekly_digest_on", "Day of the weekly digest", DAYS),
    field(
        "announcement_channel",
        "Channel in which approved leave is announced",
        Kind::Channel,
    )
    .optional()
    .hint("Who is away and when, never why. Leave it empty and nothing is announced."),
    field(
        "remind_day_before",
        "Reminder",
        Kind::Tick("Remind people of their own leave the day before"),
    ),
];

const DATA: &[Field] = &[field(
    "retention_days",
    "Days for which data is kept after the app is removed",
    Kind::Number,
)
.hint("Whoever adds the app again within this time finds everything as it was.")];

/// The value of a ticked box.
const YES: &str = "yes";

impl Field {
    /// The field, filled in with what is stored.
    pub fn block(&self, stored: &Value) -> SlackBlock {
        let (name, label) = (self.setting, self.label);
        let text = plain(stored);
        let input = match self.kind {
            Kind::Channel => Input::channel(name, label, stored.as_str()),
            Kind::People => Input::people(name, label, texts(stored)),
            Kind::Number => Input::number(name, label, false, text),
            Kind::Numbers | Kind::Words => {
                let typed = texts(stored).join(", ");
                Input::line(
                    name,
                    label,
                    Some(typed.as_str()).filter(|it| !it.is_empty()),
                )
            }
            Kind::Text => Input::line(name, label, text.as_deref()),
            // Stored with seconds.
            Kind::Time => {
                let time = stored.as_str().and_then(|time| time.get(..5));
                Input::time(name, label, time.map(str::to_owned))
            }
            Kind::Tick(what) => {
                let ticked: &[&str] = if *stored == Value::Bool(true) {
                    &[YES]
                } else {
                    &[]
                };
                Input::checkboxes(name, label, &[(YES, what)], ticked)
            }
            Kind::Choice(choices) => Input::select(name, label, choices, text.as_deref()),
        };
        let input = if self.optional {
            input.optional()
        } else {
            input
        };
        let input = if self.hint.is_empty() {
            input
        } else {
            input.hint(self.hint)
        };
        input.block()
    }

    /// What is typed or chosen, as a setting is stored; `None`: the dialog does not have the field.
    pub fn read(&self, state: &ViewState) -> Option<Value> {
        let name = self.setting;
        if !state.has(name) {
            return None;
        }
        let items = || {
            state
                .text(name)
                .unwrap_or_default()
                .split([',', '\n'])
                .map(str::trim)
                .filter(|item| !item.is_empty())
        };
        Some(match self.kind {
            Kind::Channel => json!(state.conversation(name)),
            Kind::People => json!(state.users(name)),
            Kind::Number => state.text(name).map_or(Value::Null, number),
            Kind::Numbers => items().map(number).collect(),
            Kind::Words => items().collect(),
            Kind::Text => json!(state.text(name)),
            Kind::Time => json!(state.time(name)),
            Kind::Tick(_) => state.ticked(name, YES).into(),
            // A month is a number.
            Kind::Choice(_) => state.choice(name).map_or(Value::Null, number),
        })
    }
}

/// A number if it is one, else the text.
fn number(typed: &str) -> Value {
    typed
        .parse::<i64>()
        .map_or_else(|_| typed.into(), Value::from)
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(plain)
        .collect()
}

/// A few characters that tell one value from another: a dialog remembers with them what it showed.
pub(super) fn mark(value: &Value) -> String {
    let digest = Sha256::digest(value.to_string());
    hex::encode(&digest[..4])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::tenant::Settings;

    #[test]
    fn every_setting_has_a_field_but_those_that_are_set_elsewhere() {
        let fields: BTreeSet<&str> = Form::ALL
            .iter()
            .flat_map(|form| form.fields())
            .map(|field| field.setting)
            .collect();
        let settings = Settings::default().by_name();
        assert!(fields.iter().all(|field| settings.contains_key(*field)));
        let without: Vec<&String> = settings
            .keys()
            .filter(|setting| !fields.contains(setting.as_str()))
            .collect();
        // One is for operators; the other is checked with Google before it is saved.
        assert_eq!(without, ["calendar_id", "requests_per_minute"]);
    }

    #[test]
    fn titles_fit_over_a_dialog() {
        assert!(Form::ALL.iter().all(|form| form.title().len() <= 24));
        assert!(
            Form::ALL
                .iter()
                .all(|form| Form::of(form.key()) == Some(*form))
        );
    }
}
