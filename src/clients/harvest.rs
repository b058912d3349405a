//! Harvest's API: time entries and people.
//!
//! <https://help.getharvest.com/api-v2/>

use std::sync::Arc;

use jiff::civil::Date;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use super::http::{Answer, Deleted, Http, Service, ServiceError};
use crate::platform::config::{HarvestAccount, HarvestConfig, Secret, TimeOffTasks};

/// The most that Harvest puts on a page. <https://help.getharvest.com/api-v2/introduction/overview/pagination/>
const PER_PAGE: &str = "2000";

/// Harvest, in the name of no account yet. Cheap to clone.
#[derive(Clone)]
pub struct HarvestApi {
    inner: Arc<Api>,
}

struct Api {
    http: Http,
    url: Url,
    user_agent: String,
}

/// An account. Cheap to clone.
#[derive(Clone)]
pub struct Harvest {
    api: HarvestApi,
    token: Secret,
    account: u64,
    tasks: TimeOffTasks,
}

/// Time to book: hours of one person on one day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NewEntry {
    /// Harvest's id of the person.
    pub user_id: u64,
    /// The project.
    pub project_id: u64,
    /// The task, one of the project's.
    pub task_id: u64,
    /// The day.
    pub spent_date: Date,
    /// How long. Harvest keeps two decimals.
    pub hours: f64,
    /// What everybody who sees the time sheet reads: nothing private.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// What the entry stands for.
    pub external_reference: ExternalReference,
}

/// What a time entry stands for in the system that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalReference {
    /// The thing's id; entries are found by it.
    pub id: String,
    /// The id of what it belongs to.
    pub group_id: Option<String>,
    /// Where people see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permalink: Option<String>,
}

/// A time entry.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "EntryBody")]
pub struct Entry {
    /// Harvest's id.
    pub id: u64,
    /// Whose it is.
    pub user_id: u64,
    /// On which project.
    pub project_id: u64,
    /// On which task.
    pub task_id: u64,
    /// On which day.
    pub spent_date: Date,
    /// How long.
    pub hours: f64,
    /// What it stands for.
    pub external_reference: Option<ExternalReference>,
}

#[derive(Deserialize)]
struct EntryBody {
    id: u64,
    spent_date: Date,
    hours: f64,
    user: Named,
    project: Named,
    task: Named,
    external_reference: Option<ExternalReference>,
}

#[derive(Deserialize)]
struct Named {
    id: u64,
}

impl From<EntryBody> for Entry {
    fn from(body: EntryBody) -> Self {
        Self {
            id: body.id,
            user_id: body.user.id,
            project_id: body.project.id,
            task_id: body.task.id,
            spent_date: body.spent_date,
            hours: body.hours,
            external_reference: body.external_reference,
        }
    }
}

/// A person in Harvest.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct User {
    /// Harvest's id.
    pub id: u64,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The address that people are matched by.
    pub email: String,
    /// Whether time can be booked.
    pub is_active: bool,
    /// What they may do in the account: `administrator`, `manager`, `member`.
    /// <https://help.getharvest.com/api-v2/users-api/users/users/#the-user-object>
    #[serde(default)]
    pub access_roles: Vec<String>,
}

/// A task on which time can be booked in a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectTask {
    /// The task's id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether time can be booked.
    pub is_active: bool,
}

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// Its name.
    pub name: String,
    /// Whether time can be booked.
    pub is_active: bool,
}

impl HarvestApi {
    /// The configured way to Harvest. Nothing is connected yet.
    pub fn new(config: &HarvestConfig, http: Http) -> Self {
        // Harvest wants a name and an address. <https://help.getharvest.com/api-v2/introduction/overview/general/>
        let user_agent = match &config.contact {
            Some(contact) => format!("timeoff ({contact})"),
            None => "timeoff".to_owned(),
        };
        Self {
            inner: Arc::new(Api {
                http,
                url: config.api_url.clone(),
                user_agent,
            }),
        }
    }

    /// An account of it.
    pub fn account(&self, account: &HarvestAccount) -> Harvest {
        Harvest {
            api: self.clone(),
            token: account.access_token.clone(),
            account: account.account_id,
            tasks: account.tasks,
        }
    }
}

impl Harvest {
    /// The account's id.
    pub fn account_id(&self) -> u64 {
        self.account
    }

    /// What time off is booked on.
    pub fn time_off_tasks(&self) -> TimeOffTasks {
        self.tasks
    }

    /// Books time. <https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/#create-a-time-entry-via-duration>
    pub async fn create(&self, entry: &NewEntry) -> Result<Entry, ServiceError> {
        self.call(Method::POST, &["time_entries"], &[], |request| {
            request.json(entry)
        })
        .await?
        .read()
    }

    /// The entries whose external reference has this id.
    /// <https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/#list-all-time-entries>
    pub async fn find_by_reference(&self, id: &str) -> Result<Vec<Entry>, ServiceError> {
        self.all(&["time_entries"], &[("external_reference_id", id)])
            .await
    }

    /// Takes an entry out of the time sheet.
    /// <https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/#delete-a-time-entry>
    pub async fn delete(&self, id: u64) -> Result<Deleted, ServiceError> {
        let id = id.to_string();
        self.call(Method::DELETE, &["time_entries", &id], &[], |request| {
            request
        })
        .await?
        .deleted()
    }

    /// Everybody, also those who have left. <https://help.getharvest.com/api-v2/users-api/users/users/#list-all-users>
    pub async fn users(&self) -> Result<Vec<User>, ServiceError> {
        self.all(&["users"], &[]).await
    }

    /// Whose access token it is. <https://help.getharvest.com/api-v2/users-api/users/users/#retrieve-the-currently-authenticated-user>
    pub async fn me(&self) -> Result<User, ServiceError> {
        self.call(Method::GET, &["users", "me"], &[], |request| request)
            .await?
            .read()
    }

    /// A project. `None`: there is none with this id, or the token may not see it.
    /// <https://help.getharvest.com/api-v2/projects-api/projects/projects/#retrieve-a-project>
    pub async fn project(&self, id: u64) -> Result<Option<Project>, ServiceError> {
        let id = id.to_string();
        let answer = self
            .call(Method::GET, &["projects", &id], &[], |request| request)
            .await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        answer.read().map(Some)
    }

    /// The tasks of a project.
    /// <https://help.getharvest.com/api-v2/projects-api/projects/task-assignments/#list-all-task-assignments-for-a-specific-project>
    pub async fn project_tasks(&self, project: u64) -> Result<Vec<ProjectTask>, ServiceError> {
        #[derive(Deserialize)]
        struct Assignment {
            is_active: bool,
            task: Task,
        }
        #[derive(Deserialize)]
        struct Task {
            id: u64,
            name: String,
        }
        let project = project.to_string();
        let assignments: Vec<Assignment> = self
            .all(&["projects", &project, "task_assignments"], &[])
            .await?;
        let tasks = assignments.into_iter().map(|assignment| ProjectTask {
            id: assignment.task.id,
            name: assignment.task.name,
            is_active: assignment.is_active,
        });
        Ok(tasks.collect())
    }

    /// Everything of a list, page by page; the list has the name of its path's end in the answer.
    async fn all<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, ServiceError> {
        let list = path.last().copied().unwrap_or_default();
        let (mut all, mut page) = (Vec::new(), 1_u64);
        loop {
            let number = page.to_string();
            let mut query = query.to_vec();
            query.extend([("per_page", PER_PAGE), ("page", number.as_str())]);
            let answer = self
                .call(Method::GET, path, &query, |request| request)
                .await?;
            let mut body: Map<String, Value> = answer.read()?;
            let next = body.get("next_page").and_then(Value::as_u64);
            let items = body.remove(list).unwrap_or_default();
            let items: Vec<T> = serde_json::from_value(items)
                .map_err(|_| ServiceError::unreadable(Service::Harvest))?;
            all.extend(items);
            match next {
                Some(next) if next > page => page = next,
                _ => return Ok(all),
            }
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder + Send,
    ) -> Result<Answer, ServiceError> {
        let api = &self.api.inner;
        let mut url = api.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let route = template(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        api.http
            .send(Service::Harvest, method, url, &route, |request| {
                complete(
                    request
                        .bearer_auth(self.token.expose())
                        .header("Harvest-Account-Id", self.account)
                        .header("User-Agent", &api.user_agent),
                )
            })
            .await
    }
}

/// A path with `{id}` for each number.
fn template(path: &[&str]) -> String {
    let is_id = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    path.iter()
        .map(|part| {
            if is_id(part) {
                "/{id}".to_owned()
            } else {
                format!("/{part}")
            }
        })
        .collect()
}
