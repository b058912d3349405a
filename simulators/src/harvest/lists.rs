//! Lists in pages, and what is in them.
//!
//! <https://help.getharvest.com/api-v2/introduction/overview/pagination/>

use jiff::civil::Date;
use serde_json::{Value, json};

use super::error::ApiError;
use super::state::{Entry, State};
use super::{HarvestSim, HarvestUser};
use crate::service::Call;

/// What a list makes of a query: its name, and all items that fit.
pub(super) fn page(call: &Call, name: &str, items: &[Value]) -> Result<Value, ApiError> {
    let number = |parameter: &str, usual: usize, most: usize| {
        let text = call.query.get(parameter).map_or("", String::as_str);
        if text.is_empty() {
            return Ok(usual);
        }
        match text.parse::<usize>() {
            Ok(number) if (1..=most).contains(&number) => Ok(number),
            _ => Err(ApiError::unprocessable(format!(
                "{parameter} must be between 1 and {most}"
            ))),
        }
    };
    let per_page = number("per_page", 2000, 2000)?;
    let page = number("page", 1, usize::MAX)?;
    let pages = items.len().div_ceil(per_page).max(1);
    let shown: Vec<&Value> = items
        .iter()
        .skip((page - 1).saturating_mul(per_page))
        .take(per_page)
        .collect();
    Ok(json!({
        name: shown,
        "per_page": per_page,
        "total_pages": pages,
        "total_entries": items.len(),
        "next_page": (page < pages).then(|| page + 1),
        "previous_page": (page > 1).then(|| page - 1),
        "page": page,
    }))
}

/// <https://help.getharvest.com/api-v2/timesheets-api/timesheets/time-entries/#list-all-time-entries>
pub(super) fn time_entries(state: &State, call: &Call) -> Result<Vec<Value>, ApiError> {
    let query = |name: &str| {
        call.query
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    };
    let id = |name: &str| {
        query(name)
            .map(str::parse::<u64>)
            .transpose()
            .map_err(|_| ApiError::unprocessable(format!("{name} is not a number")))
    };
    let date = |name: &str| {
        query(name)
            .map(str::parse::<Date>)
            .transpose()
            .map_err(|_| ApiError::unprocessable(format!("{name} is not a date")))
    };
    let (user, project, task) = (id("user_id")?, id("project_id")?, id("task_id")?);
    let (from, to) = (date("from")?, date("to")?);
    let reference = query("external_reference_id");
    let mut found: Vec<&Entry> = state
        .entries
        .iter()
        .filter(|it| user.is_none_or(|user| it.user == user))
        .filter(|it| project.is_none_or(|project| it.project == project))
        .filter(|it| task.is_none_or(|task| it.task == task))
        .filter(|it| from.is_none_or(|from| it.date >= from))
        .filter(|it| to.is_none_or(|to| it.date <= to))
        .filter(|it| {
            reference.is_none_or(|wanted| it.reference.as_ref().is_some_and(|it| it.id == wanted))
        })
        .collect();
    // The latest day comes first.
    found.sort_by_key(|it| std::cmp::Reverse((it.date, it.id)));
    Ok(found.iter().map(|it| entry_json(state, it)).collect())
}

pub(super) fn entry_json(state: &State, entry: &Entry) -> Value {
    let hours = f64::from(entry.centihours) / 100.0;
    let reference = entry.reference.as_ref().map(|it| {
        // Harvest names the service after the place that the link leads to.
        let service = it.permalink.as_deref().and_then(host);
        let icon = service.map(|host| format!("https://proxy.harvestfiles.com/{host}.png"));
        json!({
            "id": it.id, "group_id": it.group_id, "account_id": null, "permalink": it.permalink,
            "service": service, "service_icon_url": icon,
        })
    });
    json!({
        "id": entry.id,
        "spent_date": entry.date,
        "user": {"id": entry.user, "name": state.user(entry.user).map(HarvestUser::name)},
        "client": {"id": 5_735_776, "name": "Internal", "currency": "EUR"},
        "project": {"id": entry.project, "name": "Time off", "code": "OFF"},
        "task": {"id": entry.task, "name": state.task_name(entry.task)},
        "hours": hours,
        "hours_without_timer": hours,
        "rounded_hours": hours,
        "notes": entry.notes,
        "is_locked": false,
        "locked_reason": null,
        "is_closed": false,
        "is_billed": false,
        "is_running": entry.is_running,
        "billable": false,
        "budgeted": false,
        "billable_rate": null,
        "cost_rate": null,
        "invoice": null,
        "external_reference": reference,
        "timer_started_at": entry.is_running.then_some(entry.created),
        "started_time": null,
        "ended_time": null,
        "created_at": entry.created,
        "updated_at": entry.created,
    })
}

fn host(link: &str) -> Option<&str> {
    let (_, rest) = link.split_once("://")?;
    rest.split('/').next()
}

/// <https://help.getharvest.com/api-v2/users-api/users/users/#list-all-users>
pub(super) fn users(state: &State, call: &Call) -> Vec<Value> {
    let active = call.query.get("is_active").map(|text| text == "true");
    let users = state.users.iter().rev();
    users
        .filter(|user| active.is_none_or(|active| user.is_active == active))
        .map(|user| user_json(state, user))
        .collect()
}

/// <https://help.getharvest.com/api-v2/projects-api/projects/projects/#the-project-object>
pub(super) fn project_json(state: &State) -> Value {
    json!({
        "id": HarvestSim::PROJECT,
        "name": "Time off",
        "code": "OFF",
        "is_active": state.project_active,
        "is_billable": false,
        "is_fixed_fee": false,
        "bill_by": "none",
        "budget": null,
        "budget_by": "none",
        "client": {"id": 5_735_776, "name": "Internal", "currency": "EUR"},
        "starts_on": null,
        "ends_on": null,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
    })
}

/// <https://help.getharvest.com/api-v2/projects-api/projects/task-assignments/#the-task-assignment-object>
pub(super) fn task_assignments(state: &State) -> Vec<Value> {
    let tasks = state.tasks.iter().rev();
    tasks
        .map(|task| {
            json!({
                "id": task.id + 1_000_000,
                "billable": false,
                "is_active": task.is_active,
                "created_at": "2020-01-01T00:00:00Z",
                "updated_at": "2020-01-01T00:00:00Z",
                "hourly_rate": null,
                "budget": null,
                "project": {"id": HarvestSim::PROJECT, "name": "Time off", "code": "OFF"},
                "task": {"id": task.id, "name": task.name},
            })
        })
        .collect()
}

pub(super) fn user_json(state: &State, user: &HarvestUser) -> Value {
    let role = if user.id == HarvestSim::OWNER {
        state.owner_role.as_str()
    } else {
        "member"
    };
    json!({
        "id": user.id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "telephone": "",
        "timezone": "UTC",
        "has_access_to_all_future_projects": true,
        "is_contractor": false,
        "is_active": user.is_active,
        "weekly_capacity": 144_000,
        "default_hourly_rate": null,
        "cost_rate": null,
        "roles": [],
        "access_roles": [role],
        "avatar_url": format!("https://cache.harvestapp.com/avatars/{}.png", user.id),
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
    })
}
