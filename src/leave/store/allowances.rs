//! How much leave of a kind a year has, for everybody and for single people.

use crate::leave::balance::{Allowance, Allowed, Taken};
use crate::leave::model::Portion;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// What a person has instead of the allowance of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnAllowance {
    /// So much.
    Days(Allowance),
    /// As many days as are agreed.
    NoLimit,
}

pub(super) fn read(half_days: i32) -> Result<Allowance, sqlx::Error> {
    u32::try_from(half_days)
        .ok()
        .and_then(Allowance::of_half_days)
        .ok_or_else(|| sqlx::Error::Decode(format!("{half_days} half days a year").into()))
}

pub(super) fn write(allowance: Allowance) -> i32 {
    i32::try_from(allowance.half_days()).unwrap_or(i32::MAX)
}

/// Sets how much of a kind everybody has a year; `None`: as many days as are agreed. `false`: no
/// such kind.
pub async fn set_allowance(
    tx: &mut TenantTx,
    leave_type: &str,
    allowance: Option<Allowance>,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "UPDATE leave_type SET allowance = $2 WHERE leave_type = $1",
        leave_type,
        allowance.map(write),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// How much of each kind everybody has a year, by the kind's key; kinds without a limit are not
/// among them.
pub async fn allowances(tx: &mut TenantTx) -> Result<Vec<(String, Allowance)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT leave_type, allowance AS "allowance!" FROM leave_type WHERE active AND allowance IS NOT NULL ORDER BY position, name"#
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.leave_type, read(row.allowance)?)))
        .collect()
}

/// Sets what a person has instead of everybody's allowance of a kind; `None`: that holds again.
/// `false`: no such person or kind.
pub async fn set_own_allowance(
    tx: &mut TenantTx,
    user: &SlackUserId,
    leave_type: &str,
    own: Option<OwnAllowance>,
) -> Result<bool, sqlx::Error> {
    let Some(own) = own else {
        sqlx::query!(
            "DELETE FROM person_allowance WHERE user_id = $1 AND leave_type = $2",
            user.as_str(),
            leave_type,
        )
        .execute(tx.conn())
        .await?;
        return sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM person WHERE user_id = $1) AND EXISTS (SELECT FROM leave_type WHERE leave_type = $2) AS "known!""#,
            user.as_str(),
            leave_type,
        )
        .fetch_one(tx.conn())
        .await;
    };
    let half_days = match own {
        OwnAllowance::Days(allowance) => Some(write(allowance)),
        OwnAllowance::NoLimit => None,
    };
    let done = sqlx::query!(
        "INSERT INTO person_allowance (workspace_id, user_id, leave_type, half_days)
         SELECT p.workspace_id, p.user_id, t.leave_type, $3::int FROM person p JOIN leave_type t ON t.workspace_id = p.workspace_id
         WHERE p.user_id = $1 AND t.leave_type = $2
         ON CONFLICT (workspace_id, user_id, leave_type) DO UPDATE SET half_days = excluded.half_days",
        user.as_str(),
        leave_type,
        half_days,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What a person has instead of everybody's allowances, by the kind's key.
pub async fn own_allowances(
    tx: &mut TenantTx,
    user: &SlackUserId,
) -> Result<Vec<(String, OwnAllowance)>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT leave_type, half_days FROM person_allowance WHERE user_id = $1 ORDER BY leave_type",
        user.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let own = match row.half_days {
                Some(half_days) => OwnAllowance::Days(read(half_days)?),
                None => OwnAllowance::NoLimit,
            };
            Ok((row.leave_type, own))
        })
        .collect()
}

/// The kinds of which a person has so much a year, in the order of the form.
pub async fn allowed(tx: &mut TenantTx, user: &SlackUserId) -> Result<Vec<Allowed>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT t.leave_type, t.name, CASE WHEN o.user_id IS NULL THEN t.allowance ELSE o.half_days END AS "allowance!"
           FROM leave_type t
           LEFT JOIN person_allowance o ON o.workspace_id = t.workspace_id AND o.leave_type = t.leave_type AND o.user_id = $1
           WHERE t.active AND CASE WHEN o.user_id IS NULL THEN t.allowance ELSE o.half_days END IS NOT NULL
           ORDER BY t.position, t.name"#,
        user.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Allowed {
                leave_type: row.leave_type,
                name: row.name,
                allowance: read(row.allowance)?,
            })
        })
        .collect()
}

/// A person's days of leave that are booked or wait, from a leave year on.
pub async fn taken(
    tx: &mut TenantTx,
    user: &SlackUserId,
    from_year: i16,
) -> Result<Vec<Taken>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT r.leave_type, r.leave_year, r.portion AS "portion: Portion", a.state = 'pending' AS "waiting!", count(*)::int AS "days!"
           FROM leave_record r JOIN pending_action a ON a.workspace_id = r.workspace_id AND a.action_id = r.action_id
           WHERE r.user_id = $1 AND r.state <> 'cancelled' AND r.leave_year >= $2
           GROUP BY r.leave_type, r.leave_year, r.portion, a.state = 'pending' ORDER BY r.leave_type, r.leave_year, r.portion"#,
        user.as_str(),
        i32::from(from_year),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Taken {
            leave_type: row.leave_type,
            leave_year: i16::try_from(row.leave_year).unwrap_or(i16::MAX),
            portion: row.portion,
            waiting: row.waiting,
            days: u32::try_from(row.days).unwrap_or_default(),
        })
        .collect())
}
