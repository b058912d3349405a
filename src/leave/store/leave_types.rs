//! Leave types as admins keep them: used and retired ones, in the order of the form.

use super::allowances;
use crate::leave::balance::Allowance;
use crate::platform::db::TenantTx;

/// A leave type as admins see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedType {
    /// The key, such as `vacation`, which stays.
    pub key: String,
    /// The name that people read.
    pub name: String,
    /// Whether an approver decides.
    pub needs_approval: bool,
    /// Whether it can be asked for.
    pub active: bool,
    /// How much of it everybody has a year; `None`: as many days as are agreed.
    pub allowance: Option<Allowance>,
}

/// Every leave type, used or not, in the order of the form; held against other changes until the
/// transaction ends if `to_change`.
pub async fn all_leave_types(
    tx: &mut TenantTx,
    to_change: bool,
) -> Result<Vec<ListedType>, sqlx::Error> {
    if to_change {
        // One at a time, so that two admins cannot retire the last two types together.
        sqlx::query!("SELECT FROM workspace FOR NO KEY UPDATE")
            .execute(tx.conn())
            .await?;
    }
    let rows = sqlx::query!(
        "SELECT leave_type AS key, name, needs_approval, active, allowance FROM leave_type ORDER BY NOT active, position, name"
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ListedType {
                key: row.key,
                name: row.name,
                needs_approval: row.needs_approval,
                active: row.active,
                allowance: row.allowance.map(allowances::read).transpose()?,
            })
        })
        .collect()
}

/// Writes a leave type, new or known.
pub async fn write_leave_type(
    tx: &mut TenantTx,
    leave_type: &ListedType,
) -> Result<(), sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    sqlx::query!(
        "INSERT INTO leave_type (workspace_id, leave_type, name, needs_approval, active, allowance) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (workspace_id, leave_type) DO UPDATE SET name = excluded.name, needs_approval = excluded.needs_approval,
             active = excluded.active, allowance = excluded.allowance",
        workspace,
        leave_type.key,
        leave_type.name,
        leave_type.needs_approval,
        leave_type.active,
        leave_type.allowance.map(allowances::write),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Puts the leave types into the order of their keys.
pub async fn order_leave_types(tx: &mut TenantTx, keys: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE leave_type SET position = ordered.position
         FROM unnest($1::text[]) WITH ORDINALITY AS ordered (leave_type, position)
         WHERE leave_type.leave_type = ordered.leave_type",
        keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
