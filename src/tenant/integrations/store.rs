//! All SQL of the calendar and the account of Harvest.

use jiff_sqlx::ToSqlx;

use super::StoredHarvest;
use crate::platform::config::{HarvestAccount, TimeOffTasks};
use crate::platform::db::{TenantTx, violates};

/// What the database knows of a workspace's integrations.
pub(super) struct Stored {
    pub from_token: bool,
    pub calendar_id: Option<String>,
    pub harvest: Option<StoredHarvest>,
}

/// An id from the database, which holds none that is not positive.
fn id(stored: i64) -> u64 {
    stored.unsigned_abs()
}

fn stored_id(id: u64) -> Result<i64, sqlx::Error> {
    i64::try_from(id).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// The account of Harvest, for somebody who has read the workspace already.
pub(super) async fn stored_harvest(
    tx: &mut TenantTx,
) -> Result<Option<StoredHarvest>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT access_token, account_id, project_id, vacation_task_id, sick_task_id FROM harvest_account"
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| StoredHarvest {
        encrypted_token: row.access_token,
        account_id: id(row.account_id),
        tasks: TimeOffTasks {
            project: id(row.project_id),
            vacation: id(row.vacation_task_id),
            sick: id(row.sick_task_id),
        },
    }))
}

pub(super) async fn stored(tx: &mut TenantTx) -> Result<Stored, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT w.from_token AS "from_token!", w.settings ->> 'calendar_id' AS calendar_id, h.access_token AS "access_token?", h.account_id AS "account_id?",
                  h.project_id AS "project_id?", h.vacation_task_id AS "vacation_task_id?", h.sick_task_id AS "sick_task_id?"
           FROM workspace w LEFT JOIN harvest_account h USING (workspace_id)"#
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else {
        return Ok(Stored {
            from_token: false,
            calendar_id: None,
            harvest: None,
        });
    };
    let harvest = match (
        row.access_token,
        row.account_id,
        row.project_id,
        row.vacation_task_id,
        row.sick_task_id,
    ) {
        (Some(encrypted_token), Some(account), Some(project), Some(vacation), Some(sick)) => {
            Some(StoredHarvest {
                encrypted_token,
                account_id: id(account),
                tasks: TimeOffTasks {
                    project: id(project),
                    vacation: id(vacation),
                    sick: id(sick),
                },
            })
        }
        _ => None,
    };
    Ok(Stored {
        from_token: row.from_token,
        calendar_id: row.calendar_id,
        harvest,
    })
}

/// Sets the workspace's calendar, or none. `false`: another workspace has it; nothing is changed.
pub async fn save_calendar_id(tx: &mut TenantTx, id: Option<&str>) -> Result<bool, sqlx::Error> {
    tx.savepoint().await?;
    let saved = sqlx::query!(
        "UPDATE workspace SET settings = jsonb_set(settings, '{calendar_id}', coalesce(to_jsonb($1::text), 'null'))",
        id
    )
    .execute(tx.conn())
    .await;
    match saved {
        Ok(_) => Ok(true),
        Err(error) if violates(&error, "workspace_calendar") => {
            tx.rollback_to_savepoint().await?;
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Sets the workspace's account of Harvest; its token comes encrypted.
pub async fn save_harvest(
    tx: &mut TenantTx,
    account: &HarvestAccount,
    encrypted_token: &str,
) -> Result<(), sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let tasks = account.tasks;
    sqlx::query!(
        "INSERT INTO harvest_account (workspace_id, access_token, account_id, project_id, vacation_task_id, sick_task_id, connected_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (workspace_id) DO UPDATE SET access_token = excluded.access_token, account_id = excluded.account_id,
             project_id = excluded.project_id, vacation_task_id = excluded.vacation_task_id, sick_task_id = excluded.sick_task_id,
             connected_at = excluded.connected_at",
        workspace,
        encrypted_token,
        stored_id(account.account_id)?,
        stored_id(tasks.project)?,
        stored_id(tasks.vacation)?,
        stored_id(tasks.sick)?,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Forgets the workspace's account of Harvest. `false`: it had none.
pub async fn delete_harvest(tx: &mut TenantTx) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!("DELETE FROM harvest_account")
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives the integrations of the environment to the transaction's workspace, and to no other from
/// now on.
pub async fn take_environment(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    sqlx::query!("SELECT take_environment()")
        .execute(tx.conn())
        .await?;
    Ok(())
}
