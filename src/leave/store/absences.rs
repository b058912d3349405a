//! Who is off when.

use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use crate::leave::model::{ActionState, Portion};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;

/// One day of somebody's leave, as the overviews need it.
#[derive(Debug, Clone)]
pub struct Absence {
    /// Who.
    pub user: SlackUserId,
    /// Their name.
    pub name: String,
    /// Their team.
    pub team: Option<String>,
    /// Where their public holidays are; `None`: the workspace's place.
    pub location: Option<String>,
    /// The date.
    pub day: Date,
    /// The part of it.
    pub portion: Portion,
    /// The state of the request.
    pub state: ActionState,
}

/// Everybody's days of leave between two dates that are waiting or approved, by name and day.
/// With a team, only of its people.
pub async fn absences(
    tx: &mut TenantTx,
    first: Date,
    last: Date,
    team: Option<&str>,
) -> Result<Vec<Absence>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT r.user_id AS "user: SlackUserId", p.name, p.team, p.location, r.day, r.portion AS "portion: Portion", a.state AS "state: ActionState"
           FROM leave_record r
           JOIN pending_action a ON a.workspace_id = r.workspace_id AND a.action_id = r.action_id
           JOIN person p ON p.workspace_id = r.workspace_id AND p.user_id = r.user_id
           WHERE r.day BETWEEN $1 AND $2 AND r.state <> 'cancelled' AND p.active AND ($3::text IS NULL OR p.team = $3)
           ORDER BY p.name, p.user_id, r.day, r.portion"#,
        first.to_sqlx() as _,
        last.to_sqlx() as _,
        team,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Absence {
            user: row.user,
            name: row.name,
            team: row.team,
            location: row.location,
            day: row.day.to_jiff(),
            portion: row.portion,
            state: row.state,
        })
        .collect())
}
