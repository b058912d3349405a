//! What the simulated Harvest knows.

use std::collections::{BTreeMap, VecDeque};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::ApiError;
use super::{HarvestConfig, HarvestSim, HarvestUser, TimeEntry};
use crate::service::Kept;

/// A day has no more, in hundredths of an hour.
const DAY: f64 = 2400.0;

pub(super) struct State {
    pub config: HarvestConfig,
    pub users: Vec<HarvestUser>,
    pub owner_role: String,
    pub project_active: bool,
    pub tasks: Vec<Task>,
    /// In the order of their ids.
    pub entries: Vec<Entry>,
    next_id: u64,
    /// When the latest calls came.
    recent: VecDeque<Timestamp>,
    /// Other accounts, which know nothing of this one.
    pub others: Vec<State>,
}

pub(super) struct Task {
    pub id: u64,
    pub name: &'static str,
    pub is_active: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub id: u64,
    pub user: u64,
    pub project: u64,
    pub task: u64,
    pub date: Date,
    pub centihours: u32,
    pub is_running: bool,
    pub notes: Option<String>,
    pub reference: Option<Reference>,
    pub created: Timestamp,
}

/// <https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/#the-time-entry-object>
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Reference {
    pub id: String,
    pub group_id: Option<String>,
    pub permalink: Option<String>,
}

impl State {
    pub fn new(config: HarvestConfig) -> Self {
        let task = |id, name| Task {
            id,
            name,
            is_active: true,
        };
        Self {
            config,
            users: vec![HarvestUser::new(
                HarvestSim::OWNER,
                "Harvest Administrator",
                "harvest@example.com",
            )],
            owner_role: "administrator".to_owned(),
            project_active: true,
            tasks: vec![
                task(HarvestSim::VACATION, "Vacation"),
                task(HarvestSim::SICK, "Sick leave"),
            ],
            entries: Vec::new(),
            next_id: 636_709_355,
            recent: VecDeque::new(),
            others: Vec::new(),
        }
    }

    /// Another account. The ids of entries are told apart over all accounts.
    pub fn add_account(&mut self, access_token: &str, account_id: u64) {
        let mut other = Self::new(HarvestConfig {
            access_token: access_token.to_owned(),
            account_id,
            ..self.config.clone()
        });
        other.next_id += 1_000_000_000 * (self.others.len() as u64 + 1);
        self.others.push(other);
    }

    /// An account by its id.
    pub fn account(&mut self, id: u64) -> Option<&mut Self> {
        if self.config.account_id == id {
            return Some(self);
        }
        let mut others = self.others.iter_mut();
        others.find(|other| other.config.account_id == id)
    }

    /// Whether this call is one too many; if so, in how many seconds it would not be.
    pub fn overrun(&mut self, now: Timestamp) -> Option<u64> {
        let (most, window) = self.config.rate_limit?;
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::from_secs(15));
        while self.recent.front().is_some_and(|at| *at + window <= now) {
            self.recent.pop_front();
        }
        if self.recent.len() < most {
            self.recent.push_back(now);
            return None;
        }
        let free = self.recent.front().map_or(now, |at| *at + window);
        u64::try_from(free.duration_since(now).as_secs().max(1)).ok()
    }

    pub fn user(&self, id: u64) -> Option<&HarvestUser> {
        self.users.iter().find(|user| user.id == id)
    }

    pub fn task_name(&self, id: u64) -> &'static str {
        let task = self.tasks.iter().find(|task| task.id == id);
        task.map_or("?", |task| task.name)
    }

    /// Adds what the body of a request says.
    /// <https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/#create-a-time-entry-via-duration>
    pub fn create(&mut self, body: &Value, now: Timestamp) -> Result<&Entry, ApiError> {
        let wrong = ApiError::unprocessable;
        let number = |name: &str| body.get(name).filter(|it| !it.is_null()).map(id_of);
        let user = number("user_id").unwrap_or(Some(HarvestSim::OWNER));
        let user = user
            .and_then(|id| self.user(id))
            .ok_or_else(|| wrong("User can't be found"))?;
        if !user.is_active {
            return Err(wrong("User is not active"));
        }
        let user = user.id;
        let project = number("project_id").ok_or_else(|| wrong("Project can't be blank"))?;
        if project != Some(HarvestSim::PROJECT) {
            return Err(wrong("Project can't be found"));
        }
        if !self.project_active {
            return Err(wrong("Project is not active"));
        }
        let task = number("task_id").ok_or_else(|| wrong("Task can't be blank"))?;
        let task = task
            .and_then(|id| self.tasks.iter().find(|task| task.id == id))
            .ok_or_else(|| wrong("Task is not assigned to this project"))?;
        if !task.is_active {
            return Err(wrong("Task is not active"));
        }
        let date = body.get("spent_date").and_then(Value::as_str);
        let date: Date = date
            .ok_or_else(|| wrong("Spent date can't be blank"))?
            .parse()
            .map_err(|_| wrong("Spent date is not a date"))?;
        let hours = body.get("hours").filter(|it| !it.is_null());
        let (centihours, is_running) = match hours.map(Value::as_f64) {
            // Without hours a timer begins to run.
            None => (0, true),
            Some(hours) => (centihours(hours)?, false),
        };
        let reference = body.get("external_reference").filter(|it| !it.is_null());
        let entry = Entry {
            id: self.next_id,
            user,
            project: HarvestSim::PROJECT,
            task: task.id,
            date,
            centihours,
            is_running,
            notes: body["notes"].as_str().map(str::to_owned),
            reference: reference.map(Reference::parse).transpose()?,
            created: now,
        };
        self.next_id += 1;
        self.entries.push(entry);
        // There is one: it was just added.
        self.entries.last().ok_or_else(ApiError::not_found)
    }

    pub fn delete(&mut self, id: u64) -> Result<(), ApiError> {
        let at = self.entries.iter().position(|entry| entry.id == id);
        self.entries.remove(at.ok_or_else(ApiError::not_found)?);
        Ok(())
    }

    pub fn visible(&self) -> Vec<TimeEntry> {
        let mut entries: Vec<TimeEntry> = self
            .entries
            .iter()
            .map(|entry| TimeEntry {
                date: entry.date,
                person: self
                    .user(entry.user)
                    .map(HarvestUser::name)
                    .unwrap_or_default(),
                task: self.task_name(entry.task).to_owned(),
                centihours: entry.centihours,
                notes: entry.notes.clone(),
                reference: entry.reference.as_ref().map(|it| it.id.clone()),
                id: entry.id,
            })
            .collect();
        entries.sort();
        entries
    }

    pub fn shown(&self) -> Value {
        let users: Vec<Value> = self
            .users
            .iter()
            .filter(|user| user.id != HarvestSim::OWNER)
            .map(|user| json!({"id": user.id, "name": user.name(), "email": user.email, "active": user.is_active}))
            .collect();
        let entries: Vec<Value> = self
            .entries
            .iter()
            .map(|entry| {
                json!({
                    "id": entry.id, "user": entry.user, "date": entry.date, "task": self.task_name(entry.task),
                    "centihours": entry.centihours, "notes": entry.notes,
                })
            })
            .collect();
        json!({"users": users, "entries": entries})
    }
}

/// Harvest takes numbers, also as text.
fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn centihours(hours: Option<f64>) -> Result<u32, ApiError> {
    let hours = hours.ok_or_else(|| ApiError::unprocessable("Hours is not a number"))?;
    let rounded = (hours * 100.0).round();
    if rounded < 0.0 {
        return Err(ApiError::unprocessable(
            "Hours must be greater than or equal to 0",
        ));
    }
    if rounded > DAY {
        return Err(ApiError::unprocessable(
            "Hours must be less than or equal to 24",
        ));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is a whole number from 0 to 2400"
    )]
    Ok(rounded as u32)
}

impl Reference {
    fn parse(value: &Value) -> Result<Self, ApiError> {
        let text = |name: &str| match &value[name] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        Ok(Self {
            id: text("id")
                .ok_or_else(|| ApiError::unprocessable("External reference id can't be blank"))?,
            group_id: text("group_id"),
            permalink: text("permalink"),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    next_id: u64,
    entries: Vec<Entry>,
    /// Those of other accounts.
    #[serde(default)]
    others: BTreeMap<u64, File>,
}

impl State {
    fn file(&self) -> File {
        let others = self.others.iter();
        File {
            next_id: self.next_id,
            entries: self.entries.clone(),
            others: others.map(|it| (it.config.account_id, it.file())).collect(),
        }
    }

    fn take_over(&mut self, file: File) {
        (self.next_id, self.entries) = (file.next_id, file.entries);
        for (id, file) in file.others {
            // What nobody has an account for any more is forgotten.
            if let Some(other) = self.account(id) {
                other.take_over(file);
            }
        }
    }
}

impl Kept for State {
    fn save(&self) -> serde_json::Result<Value> {
        serde_json::to_value(self.file())
    }

    fn load(&mut self, kept: Value) -> serde_json::Result<()> {
        self.take_over(serde_json::from_value(kept)?);
        Ok(())
    }
}
