//! The account of Harvest in which a workspace's leave is booked.

use crate::clients::harvest::ProjectTask;
use crate::platform::config::HarvestAccount;
use crate::platform::crypto::Keyring;
use crate::platform::db::TenantTx;
use crate::services::Outside;
use crate::tenant::integrations;
use crate::tenant::store::{self, Actor, Audit};

use super::{Field, Refused};

/// An account that was found good, with the names of what leave is booked on.
pub struct CheckedHarvest {
    account: HarvestAccount,
    /// The project.
    pub project: String,
    /// Its task for vacation.
    pub vacation: String,
    /// Its task for sick leave.
    pub sick: String,
}

/// Checks with Harvest that the token is good, its owner may book time for others, and the
/// project has both tasks. Nothing is booked.
pub async fn check_harvest(
    outside: &Outside,
    account: HarvestAccount,
) -> Result<CheckedHarvest, Refused> {
    let refused = |field, words: &str| Err(Refused::new(field, words));
    // It becomes a header.
    let token = account.access_token.expose();
    if token.is_empty() || !token.chars().all(|c| c.is_ascii_graphic()) {
        return refused(
            Field::HarvestToken,
            "This is not an access token. Make one at https://id.getharvest.com/developers, “Create new personal access token”.",
        );
    }
    let harvest = outside.harvest.account(&account);
    let me = match harvest.me().await {
        Ok(me) => me,
        Err(error) if error.status == Some(401) => {
            return refused(
                Field::HarvestToken,
                "Harvest does not take this token together with this account id. Both are shown at https://id.getharvest.com/developers.",
            );
        }
        Err(error) if matches!(error.status, Some(403 | 404)) => {
            return refused(
                Field::HarvestAccount,
                "The token is not for this account. Its id is shown beside the token at https://id.getharvest.com/developers.",
            );
        }
        Err(error) => return Err(Refused::unchecked(Field::HarvestToken, &error)),
    };
    let may_book = ["administrator", "manager"]
        .iter()
        .any(|role| me.access_roles.iter().any(|has| has == role));
    if !may_book {
        return Err(Refused::new(
            Field::HarvestToken,
            format!(
                "The token belongs to {} {}, who may not book time for other people. It must be an administrator's in Harvest.",
                me.first_name, me.last_name
            ),
        ));
    }
    let project = match harvest.project(account.tasks.project).await {
        Ok(Some(project)) if project.is_active => project,
        Ok(Some(_)) => {
            return refused(
                Field::HarvestProject,
                "This project is archived in Harvest.",
            );
        }
        Ok(None) => {
            return refused(
                Field::HarvestProject,
                "Harvest has no such project in this account. Its id is the number in the address of the project's page.",
            );
        }
        Err(error) if error.status == Some(403) => {
            return refused(
                Field::HarvestProject,
                "The token's owner may not see this project.",
            );
        }
        Err(error) => return Err(Refused::unchecked(Field::HarvestProject, &error)),
    };
    let tasks = harvest
        .project_tasks(account.tasks.project)
        .await
        .map_err(|error| Refused::unchecked(Field::HarvestProject, &error))?;
    let vacation = task(&tasks, account.tasks.vacation, Field::HarvestVacationTask)?;
    let sick = task(&tasks, account.tasks.sick, Field::HarvestSickTask)?;
    Ok(CheckedHarvest {
        account,
        project: project.name,
        vacation,
        sick,
    })
}

fn task(tasks: &[ProjectTask], id: u64, field: Field) -> Result<String, Refused> {
    if let Some(task) = tasks.iter().find(|task| task.id == id && task.is_active) {
        return Ok(task.name.clone());
    }
    let known: Vec<String> = tasks
        .iter()
        .filter(|task| task.is_active)
        .take(10)
        .map(|task| format!("{} ({})", task.id, task.name))
        .collect();
    let words = if known.is_empty() {
        "The project has no task on which time can be booked. Please add one in Harvest.".to_owned()
    } else {
        format!(
            "The project has no such task on which time can be booked. It has: {}.",
            known.join(", ")
        )
    };
    Err(Refused::new(field, words))
}

/// Makes a checked account the workspace's. What is booked elsewhere stays there.
pub async fn save_harvest(
    tx: &mut TenantTx,
    keyring: &Keyring,
    checked: &CheckedHarvest,
    actor: Actor<'_>,
) -> Result<(), sqlx::Error> {
    let account = &checked.account;
    let encrypted = keyring.encrypt(account.access_token.expose());
    integrations::save_harvest(tx, account, &encrypted).await?;
    let tasks = account.tasks;
    let detail = serde_json::json!({
        "account_id": account.account_id, "project_id": tasks.project,
        "vacation_task_id": tasks.vacation, "sick_task_id": tasks.sick,
    });
    audit(tx, actor, "harvest_connected", detail).await
}

/// Forgets the workspace's own account. `false`: it had none.
pub async fn turn_harvest_off(tx: &mut TenantTx, actor: Actor<'_>) -> Result<bool, sqlx::Error> {
    let had = integrations::delete_harvest(tx).await?;
    if had {
        audit(tx, actor, "harvest_off", serde_json::json!({})).await?;
    }
    Ok(had)
}

async fn audit(
    tx: &mut TenantTx,
    actor: Actor<'_>,
    action: &str,
    detail: serde_json::Value,
) -> Result<(), sqlx::Error> {
    let entry = Audit {
        actor,
        subject: "integrations".to_owned(),
        action,
        from: None,
        to: None,
        detail,
    };
    store::audit(tx, &entry).await
}
