//! Pending actions and their records: asking, finding, changing state.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use crate::leave::days::LeaveDay;
use crate::leave::model::{
    ActionState, Awaits, LeaveSpan, LeaveType, PendingAction, Portion, RecordState, forbidden,
};
use crate::leave::policy;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::store::{Actor, Audit, audit};

/// What somebody asks for, checked.
#[derive(Debug)]
pub struct NewAction<'a> {
    /// Whose leave.
    pub user: &'a SlackUserId,
    /// The kind.
    pub leave_type: &'a LeaveType,
    /// The days.
    pub span: LeaveSpan,
    /// Why.
    pub reason: Option<&'a str>,
    /// Which of the days count.
    pub days: &'a [LeaveDay],
}

/// What became of a new pending action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// All of its days are written.
    Whole(i64),
    /// Leave of the same person has one of the halves already, also if it was asked for at the
    /// same moment. The transaction must be taken back.
    Partly(i64),
}

/// Writes a pending action and its records.
pub async fn insert_action(
    tx: &mut TenantTx,
    new: &NewAction<'_>,
) -> Result<Inserted, sqlx::Error> {
    let id = insert_row(tx, new, Awaits::Approver, None).await?;
    insert_records(tx, id, new).await
}

/// Writes a pending action that its author is asked about in a reply. It takes no day yet.
pub async fn propose(
    tx: &mut TenantTx,
    new: &NewAction<'_>,
    reply: i64,
) -> Result<i64, sqlx::Error> {
    insert_row(tx, new, Awaits::Author, Some(reply)).await
}

/// The author agreed to what was proposed, as it was or changed: from now on an approver is
/// awaited. `None`: it is not theirs to decide any more.
pub async fn agree(
    tx: &mut TenantTx,
    id: i64,
    new: &NewAction<'_>,
) -> Result<Option<Inserted>, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE pending_action SET awaits = $3, leave_type = $4, first_day = $5, last_day = $6, portion = $7, starts_midday = $8,
             ends_midday = $9, reason = $10, changed_at = $11,
             kind_chosen_privately = kind_chosen_privately OR leave_type <> $4
         WHERE action_id = $1 AND user_id = $2 AND state = 'pending' AND awaits = 'author'",
        id,
        new.user.as_str(),
        Awaits::Approver.as_str(),
        new.leave_type.key,
        new.span.first().to_sqlx() as _,
        new.span.last().to_sqlx() as _,
        new.span.portion().as_str(),
        new.span.starts_midday(),
        new.span.ends_midday(),
        new.reason,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    insert_records(tx, id, new).await.map(Some)
}

async fn insert_row(
    tx: &mut TenantTx,
    new: &NewAction<'_>,
    awaits: Awaits,
    reply: Option<i64>,
) -> Result<i64, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    sqlx::query_scalar!(
        "INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, starts_midday, ends_midday,
             reason, state, awaits, reply_id, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', $10, $11, $12, $12) RETURNING action_id",
        workspace,
        new.user.as_str(),
        new.leave_type.key,
        new.span.first().to_sqlx() as _,
        new.span.last().to_sqlx() as _,
        new.span.portion().as_str(),
        new.span.starts_midday(),
        new.span.ends_midday(),
        new.reason,
        awaits.as_str(),
        reply,
        now.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await
}

async fn insert_records(
    tx: &mut TenantTx,
    action_id: i64,
    new: &NewAction<'_>,
) -> Result<Inserted, sqlx::Error> {
    let (workspace, now) = (tx.workspace().as_str().to_owned(), tx.now());
    let (mut dates, mut portions, mut minutes, mut years) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (day, portion, length) in policy::leave_days(new.days) {
        dates.push(day.date.to_sqlx());
        portions.push(portion.as_str().to_owned());
        minutes.push(i32::try_from(length).unwrap_or(i32::MAX));
        years.push(i32::from(day.leave_year));
    }
    // DO NOTHING waits for a rival transaction, and the count below tells whether it won.
    let inserted = sqlx::query!(
        "INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
         SELECT $1, $2, $3, $4, d.day, d.portion, d.minutes, d.leave_year, 'pending', $9
         FROM unnest($5::date[], $6::text[], $7::int[], $8::int[]) AS d (day, portion, minutes, leave_year)
         ON CONFLICT DO NOTHING",
        workspace,
        action_id,
        new.user.as_str(),
        new.leave_type.key,
        &dates as _,
        &portions,
        &minutes,
        &years,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(if inserted.rows_affected() == dates.len() as u64 {
        Inserted::Whole(action_id)
    } else {
        Inserted::Partly(action_id)
    })
}

/// The person's own leave that has one of these halves already, oldest first.
pub async fn overlapping(
    tx: &mut TenantTx,
    user: &SlackUserId,
    days: &[LeaveDay],
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let (mut dates, mut portions) = (Vec::new(), Vec::new());
    for (day, portion, _) in policy::leave_days(days) {
        dates.push(day.date.to_sqlx());
        portions.push(portion.as_str().to_owned());
    }
    let ids: Vec<i64> = sqlx::query_scalar!(
        "SELECT DISTINCT r.action_id FROM leave_record r
         JOIN unnest($2::date[], $3::text[]) AS d (day, portion) ON d.day = r.day AND (d.portion = r.portion OR 'full' IN (d.portion, r.portion))
         WHERE r.user_id = $1 AND r.state <> 'cancelled' ORDER BY r.action_id",
        user.as_str(),
        &dates as _,
        &portions,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut actions = Vec::new();
    for id in ids {
        actions.extend(action(tx, id).await?);
    }
    Ok(actions)
}

/// A row of `pending_action` with its type, before it becomes a [`PendingAction`].
#[expect(clippy::struct_excessive_bools, reason = "the columns of the table")]
struct ActionRow {
    action_id: i64,
    user_id: SlackUserId,
    first_day: jiff_sqlx::Date,
    last_day: jiff_sqlx::Date,
    portion: Portion,
    starts_midday: bool,
    ends_midday: bool,
    reason: Option<String>,
    state: ActionState,
    awaits: Awaits,
    reply_id: Option<i64>,
    kind_chosen_privately: bool,
    created_at: jiff_sqlx::Timestamp,
    decided_by: Option<SlackUserId>,
    decision_note: Option<String>,
    overdue: bool,
    leave_type: String,
    leave_type_name: String,
    needs_approval: bool,
    half_days: i32,
    given_back: Vec<jiff_sqlx::Date>,
}

impl TryFrom<ActionRow> for PendingAction {
    type Error = sqlx::Error;

    fn try_from(row: ActionRow) -> Result<Self, sqlx::Error> {
        let span = LeaveSpan::new(row.first_day.to_jiff(), row.last_day.to_jiff(), row.portion)
            .map_err(|error| sqlx::Error::Decode(error.into()))?
            .with_half_ends(row.starts_midday, row.ends_midday);
        Ok(Self {
            id: row.action_id,
            user: row.user_id,
            leave_type: LeaveType {
                key: row.leave_type,
                name: row.leave_type_name,
                needs_approval: row.needs_approval,
            },
            span,
            reason: row.reason,
            state: row.state,
            awaits: row.awaits,
            reply: row.reply_id,
            kind_chosen_privately: row.kind_chosen_privately,
            created_at: row.created_at.to_jiff(),
            decided_by: row.decided_by,
            note: row.decision_note,
            overdue: row.overdue,
            half_days: u32::try_from(row.half_days).unwrap_or_default(),
            given_back: row
                .given_back
                .into_iter()
                .map(jiff_sqlx::Date::to_jiff)
                .collect(),
        })
    }
}

/// The pending actions that a condition on `a` chooses.
macro_rules! select_actions {
    ($condition:literal $(, $argument:expr)*) => {
        sqlx::query_as!(
            ActionRow,
            r#"SELECT a.action_id, a.user_id AS "user_id: SlackUserId", a.first_day, a.last_day, a.portion AS "portion: Portion",
                      a.starts_midday, a.ends_midday, a.reason, a.state AS "state: ActionState",
                      a.awaits AS "awaits: Awaits", a.reply_id, a.kind_chosen_privately, a.created_at,
                      a.decided_by AS "decided_by: SlackUserId", a.decision_note, a.overdue_told_at IS NOT NULL AS "overdue!",
                      a.leave_type, t.name AS leave_type_name, t.needs_approval,
                      (SELECT coalesce(sum(CASE r.portion WHEN 'full' THEN 2 ELSE 1 END), 0)::int
                       FROM leave_record r WHERE r.workspace_id = a.workspace_id AND r.action_id = a.action_id
                         -- Days that were given back count no more; those that ended with the leave tell what it was.
                         AND (r.state <> 'cancelled' OR (a.state IN ('cancelled', 'expired', 'denied') AND r.changed_at = a.changed_at))) AS "half_days!",
                      ARRAY(SELECT r.day FROM leave_record r
                       WHERE r.workspace_id = a.workspace_id AND r.action_id = a.action_id AND r.state = 'cancelled'
                         AND r.day BETWEEN a.first_day AND a.last_day AND a.state NOT IN ('cancelled', 'expired', 'denied')
                       ORDER BY r.day) AS "given_back!: Vec<jiff_sqlx::Date>"
               FROM pending_action a JOIN leave_type t ON t.workspace_id = a.workspace_id AND t.leave_type = a.leave_type "#
                + $condition
            $(, $argument)*
        )
    };
}

fn all(rows: Vec<ActionRow>) -> Result<Vec<PendingAction>, sqlx::Error> {
    rows.into_iter().map(PendingAction::try_from).collect()
}

/// One pending action.
pub async fn action(tx: &mut TenantTx, id: i64) -> Result<Option<PendingAction>, sqlx::Error> {
    select_actions!("WHERE a.action_id = $1", id)
        .fetch_optional(tx.conn())
        .await?
        .map(PendingAction::try_from)
        .transpose()
}

/// Several pending actions, in no order.
pub async fn actions(tx: &mut TenantTx, ids: &[i64]) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!("WHERE a.action_id = ANY($1)", ids)
        .fetch_all(tx.conn())
        .await?;
    all(rows)
}

/// A person's leave that waits, or is approved and not over on `today`, soonest first.
pub async fn upcoming(
    tx: &mut TenantTx,
    user: &SlackUserId,
    today: Date,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.user_id = $1 AND a.awaits = 'approver' AND (a.state = 'pending' OR (a.last_day >= $2 AND a.state IN ('confirmed', 'processing', 'completed')))
         ORDER BY a.first_day, a.action_id",
        user.as_str(),
        today.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// A person's leave that is over, or that did not come to be, latest first.
pub async fn past(
    tx: &mut TenantTx,
    user: &SlackUserId,
    today: Date,
    limit: i64,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.user_id = $1 AND a.awaits = 'approver' AND a.state <> 'pending' AND (a.last_day < $2 OR a.state IN ('cancelled', 'expired', 'denied'))
         ORDER BY a.first_day DESC, a.action_id DESC LIMIT $3",
        user.as_str(),
        today.to_sqlx() as _,
        limit
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// What was proposed in a reply, in the order of its days.
pub async fn proposed_in(tx: &mut TenantTx, reply: i64) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.reply_id = $1 ORDER BY a.first_day, a.action_id",
        reply
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// The requests that a proposal takes the place of, whatever became of them meanwhile.
pub async fn replaced_by(tx: &mut TenantTx, reply: i64) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "JOIN channel_reply n ON n.workspace_id = a.workspace_id AND a.action_id = ANY (n.replaces)
         WHERE n.reply_id = $1 ORDER BY a.action_id",
        reply
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// Ends what a reply proposes and its author did not send: `to` is cancelled or expired.
pub async fn drop_proposed(
    tx: &mut TenantTx,
    reply: i64,
    to: ActionState,
    actor: Actor<'_>,
) -> Result<(), sqlx::Error> {
    if !ActionState::Pending.may_become(to) {
        return Err(forbidden(ActionState::Pending.as_str(), to.as_str()));
    }
    let now = tx.now();
    let dropped = sqlx::query_scalar!(
        "UPDATE pending_action SET state = $2, changed_at = $3
         WHERE reply_id = $1 AND state = 'pending' AND awaits = 'author' RETURNING action_id",
        reply,
        to.as_str(),
        now.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    for id in dropped {
        let entry = Audit {
            actor,
            subject: format!("action:{id}"),
            action: to.as_str(),
            from: Some(ActionState::Pending.as_str()),
            to: Some(to.as_str()),
            detail: serde_json::json!({}),
        };
        audit(tx, &entry).await?;
    }
    Ok(())
}

/// What waits for an approver's answer, oldest first.
pub async fn waiting_for(
    tx: &mut TenantTx,
    approver: &SlackUserId,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.state = 'pending' AND a.awaits = 'approver' AND EXISTS (
             SELECT FROM approval p WHERE p.workspace_id = a.workspace_id AND p.action_id = a.action_id AND p.approver_id = $1)
         ORDER BY a.created_at, a.action_id",
        approver.as_str()
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// Leave of which something is not as it should be at another service, and nothing is under way:
/// it waits for a person to try again. Oldest first.
pub async fn failed_at_services(tx: &mut TenantTx) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE EXISTS (SELECT FROM service_entry e WHERE e.workspace_id = a.workspace_id AND e.action_id = a.action_id
                 AND e.state IN ('failed', 'remove_failed'))
           AND NOT EXISTS (SELECT FROM service_entry e WHERE e.workspace_id = a.workspace_id AND e.action_id = a.action_id
                 AND e.state IN ('waiting', 'calling', 'unwanted', 'removing'))
           AND a.state IN ('completed', 'cancelled')
         ORDER BY a.first_day, a.action_id"
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// Undecided requests that begin on a day or before it and of which people were not told, oldest
/// first.
pub async fn begun_undecided(
    tx: &mut TenantTx,
    by: Date,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.state = 'pending' AND a.awaits = 'approver' AND a.overdue_told_at IS NULL AND a.first_day <= $1
         ORDER BY a.created_at, a.action_id",
        by.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// Approved leave that begins between two days and whose requester was not reminded, soonest
/// first.
pub async fn beginning(
    tx: &mut TenantTx,
    from: Date,
    to: Date,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.state IN ('confirmed', 'processing', 'completed') AND a.day_before_at IS NULL AND a.first_day BETWEEN $1 AND $2
         ORDER BY a.first_day, a.action_id",
        from.to_sqlx() as _,
        to.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// Undecided requests that did not go to the admins yet and that somebody was asked about by
/// an instant.
pub async fn not_escalated(
    tx: &mut TenantTx,
    asked_by: Timestamp,
) -> Result<Vec<PendingAction>, sqlx::Error> {
    let rows = select_actions!(
        "WHERE a.state = 'pending' AND a.awaits = 'approver' AND a.escalated_at IS NULL AND EXISTS (
             SELECT FROM approval p WHERE p.workspace_id = a.workspace_id AND p.action_id = a.action_id AND p.asked_at <= $1)
         ORDER BY a.created_at, a.action_id",
        asked_by.to_sqlx() as _
    )
    .fetch_all(tx.conn())
    .await?;
    all(rows)
}

/// Undecided requests whose approvers have all left.
pub async fn without_approver(tx: &mut TenantTx) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT a.action_id FROM pending_action a
         WHERE a.state = 'pending' AND a.awaits = 'approver'
           AND EXISTS (SELECT FROM approval p WHERE p.workspace_id = a.workspace_id AND p.action_id = a.action_id)
           AND NOT EXISTS (
               SELECT FROM approval p JOIN person o ON o.workspace_id = p.workspace_id AND o.user_id = p.approver_id
               WHERE p.workspace_id = a.workspace_id AND p.action_id = a.action_id AND o.active)
         ORDER BY a.action_id"
    )
    .fetch_all(tx.conn())
    .await
}

/// A change of state: what it leaves, what it reaches, who did it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// The state that the action must be in.
    pub from: ActionState,
    /// The state that it gets.
    pub to: ActionState,
    /// Who.
    pub actor: Actor<'a>,
    /// What an approver says with a denial.
    pub note: Option<&'a str>,
}

/// Changes the state, if the action still is where the change begins. `false`: somebody was
/// first. The records follow, and the audit log has it.
pub async fn change_state(
    tx: &mut TenantTx,
    id: i64,
    change: Change<'_>,
) -> Result<bool, sqlx::Error> {
    if !change.from.may_become(change.to) {
        return Err(forbidden(change.from.as_str(), change.to.as_str()));
    }
    let now = tx.now();
    let decided_by = match change.actor {
        Actor::Person(user) => Some(user.as_str()),
        Actor::ApiKey { .. } | Actor::System => None,
    };
    let done = sqlx::query!(
        "UPDATE pending_action SET state = $3, changed_at = $4, decided_by = coalesce($5, decided_by), decision_note = coalesce($6, decision_note)
         WHERE action_id = $1 AND state = $2",
        id,
        change.from.as_str(),
        change.to.as_str(),
        now.to_sqlx() as _,
        decided_by,
        change.note,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    if let Some(records) = records_follow(change.to) {
        sqlx::query!(
            "UPDATE leave_record SET state = $2, changed_at = $3 WHERE action_id = $1 AND state = ANY($4)",
            id,
            records.as_str(),
            now.to_sqlx() as _,
            &records.predecessors(),
        )
        .execute(tx.conn())
        .await?;
    }
    let entry = Audit {
        actor: change.actor,
        subject: format!("action:{id}"),
        action: change.to.as_str(),
        from: Some(change.from.as_str()),
        to: Some(change.to.as_str()),
        detail: serde_json::json!({}),
    };
    audit(tx, &entry).await?;
    Ok(true)
}

/// The state that an action's records get with the action's new state.
fn records_follow(state: ActionState) -> Option<RecordState> {
    match state {
        ActionState::Confirmed => Some(RecordState::Confirmed),
        // At the end of a sync each day gets its own state, by how it went.
        ActionState::Pending | ActionState::Processing | ActionState::Completed => None,
        ActionState::Cancelled | ActionState::Expired | ActionState::Denied => {
            Some(RecordState::Cancelled)
        }
    }
}

/// Notes that the admins are asked too; `false`: they were already.
pub async fn mark_escalated(tx: &mut TenantTx, action_id: i64) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE pending_action SET escalated_at = $2 WHERE action_id = $1 AND state = 'pending' AND escalated_at IS NULL",
        action_id,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that people were told of a first day that passed; `false`: they were already.
pub async fn mark_overdue(tx: &mut TenantTx, action_id: i64) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    let done = sqlx::query!(
        "UPDATE pending_action SET overdue_told_at = $2 WHERE action_id = $1 AND state = 'pending' AND overdue_told_at IS NULL",
        action_id,
        now.to_sqlx() as _
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
