//! Giving days of leave back: single ones, or all from a day on.

use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use super::{Change, change_state, records};
use crate::leave::model::{ActionState, LeaveSpan, PendingAction, Portion, RecordState};
use crate::platform::db::TenantTx;
use crate::tenant::store::{Actor, Audit, audit};

/// The last day of an action that counts and is before `today`.
pub async fn last_day_before(
    tx: &mut TenantTx,
    id: i64,
    today: Date,
) -> Result<Option<Date>, sqlx::Error> {
    let day = sqlx::query_scalar!(
        "SELECT max(day) FROM leave_record WHERE action_id = $1 AND day < $2 AND state <> 'cancelled'",
        id,
        today.to_sqlx() as _,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(day.map(jiff_sqlx::Date::to_jiff))
}

/// Ends approved leave that has begun: `last` becomes its last day, and the days after it are
/// cancelled. `false`: it was changed in the meantime.
pub async fn end_early(
    tx: &mut TenantTx,
    action: &PendingAction,
    last: Date,
    actor: Actor<'_>,
) -> Result<bool, sqlx::Error> {
    let now = tx.now();
    // One day that is left of a range that began at midday is an afternoon.
    let done = sqlx::query!(
        "UPDATE pending_action SET last_day = $4, ends_midday = false, changed_at = $5,
             portion = CASE WHEN starts_midday AND first_day = $4 THEN 'half_pm' ELSE portion END,
             starts_midday = starts_midday AND first_day < $4
         WHERE action_id = $1 AND state = $2 AND last_day = $3",
        action.id,
        action.state.as_str(),
        action.span.last().to_sqlx() as _,
        last.to_sqlx() as _,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "UPDATE leave_record SET state = 'cancelled', changed_at = $3 WHERE action_id = $1 AND day > $2 AND state = ANY($4)",
        action.id,
        last.to_sqlx() as _,
        now.to_sqlx() as _,
        &RecordState::Cancelled.predecessors(),
    )
    .execute(tx.conn())
    .await?;
    let entry = Audit {
        actor,
        subject: format!("action:{}", action.id),
        action: "ended_early",
        from: Some(action.state.as_str()),
        to: Some(action.state.as_str()),
        detail: serde_json::json!({"last_day": last, "last_day_before": action.span.last()}),
    };
    audit(tx, &entry).await?;
    Ok(true)
}

/// What became of the wish to give days back.
#[must_use = "days that were not given back are still leave, and the person has to know"]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GivenBack {
    /// None of them is leave of this action, or it was changed in the meantime.
    Nothing,
    /// These days; the others stay.
    Days(Vec<Date>),
    /// All that was left: the action is cancelled.
    All,
}

/// Holds an action until the end of the transaction, so that nobody else changes it between the
/// look at it and the change.
pub async fn hold(tx: &mut TenantTx, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "SELECT FROM pending_action WHERE action_id = $1 FOR NO KEY UPDATE",
        id
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives single days of an action back, whether it is decided or not. An end that goes moves the
/// first or the last day; a day in the middle leaves a hole. The action must be held by [`hold`].
pub async fn cancel_days(
    tx: &mut TenantTx,
    action: &PendingAction,
    days: &[Date],
    actor: Actor<'_>,
) -> Result<GivenBack, sqlx::Error> {
    if !action.state.may_become(ActionState::Cancelled) {
        return Ok(GivenBack::Nothing);
    }
    let (gone, left): (Vec<Date>, Vec<Date>) = records(tx, action.id)
        .await?
        .into_iter()
        .filter(|record| record.state != RecordState::Cancelled)
        .map(|record| record.day)
        .partition(|day| days.contains(day));
    let (Some(first_gone), Some(last_gone)) = (gone.first(), gone.last()) else {
        return Ok(GivenBack::Nothing);
    };
    let (Some(first_left), Some(last_left)) = (left.first(), left.last()) else {
        let change = Change {
            from: action.state,
            to: ActionState::Cancelled,
            actor,
            note: None,
        };
        let done = change_state(tx, action.id, change).await?;
        return Ok(if done {
            GivenBack::All
        } else {
            GivenBack::Nothing
        });
    };
    // An end that stays may be a day that never counted, such as a Sunday.
    let first = if first_gone < first_left {
        *first_left
    } else {
        action.span.first()
    };
    let last = if last_gone > last_left {
        *last_left
    } else {
        action.span.last()
    };
    let now = tx.now();
    let shorter = shortened(&action.span, first, last);
    let done = sqlx::query!(
        "UPDATE pending_action SET first_day = $5, last_day = $6, portion = $7, starts_midday = $8, ends_midday = $9, changed_at = $10
         WHERE action_id = $1 AND state = $2 AND first_day = $3 AND last_day = $4",
        action.id,
        action.state.as_str(),
        action.span.first().to_sqlx() as _,
        action.span.last().to_sqlx() as _,
        first.to_sqlx() as _,
        last.to_sqlx() as _,
        shorter.portion.as_str(),
        shorter.starts_midday,
        shorter.ends_midday,
        now.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(GivenBack::Nothing);
    }
    let dates: Vec<jiff_sqlx::Date> = gone.iter().map(|day| day.to_sqlx()).collect();
    sqlx::query!(
        "UPDATE leave_record SET state = 'cancelled', changed_at = $3 WHERE action_id = $1 AND day = ANY($2) AND state = ANY($4)",
        action.id,
        &dates as _,
        now.to_sqlx() as _,
        &RecordState::Cancelled.predecessors(),
    )
    .execute(tx.conn())
    .await?;
    let entry = Audit {
        actor,
        subject: format!("action:{}", action.id),
        action: "days_given_back",
        from: Some(action.state.as_str()),
        to: Some(action.state.as_str()),
        detail: serde_json::json!({"days": gone}),
    };
    audit(tx, &entry).await?;
    Ok(GivenBack::Days(gone))
}

/// How a shortened span is written down.
#[derive(Debug, PartialEq, Eq)]
struct Shortened {
    portion: Portion,
    starts_midday: bool,
    ends_midday: bool,
}

/// A half end goes with its day; one day that is left of a range with half ends is that half.
fn shortened(span: &LeaveSpan, first: Date, last: Date) -> Shortened {
    let starts_midday = span.starts_midday() && first == span.first();
    let ends_midday = span.ends_midday() && last == span.last();
    if first < last {
        return Shortened {
            portion: span.portion(),
            starts_midday,
            ends_midday,
        };
    }
    Shortened {
        portion: span.on(first).unwrap_or(span.portion()),
        starts_midday: false,
        ends_midday: false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_half_end_goes_with_its_day() {
        let (mon, tue, wed) = (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4));
        let span = LeaveSpan::new(mon, wed, Portion::Full)
            .unwrap()
            .with_half_ends(true, true);
        let show = |first, last| {
            let it = shortened(&span, first, last);
            (it.portion, it.starts_midday, it.ends_midday)
        };
        assert_eq!(show(mon, wed), (Portion::Full, true, true));
        assert_eq!(show(mon, tue), (Portion::Full, true, false));
        assert_eq!(show(tue, wed), (Portion::Full, false, true));
        assert_eq!(show(tue, tue), (Portion::Full, false, false));
        assert_eq!(show(mon, mon), (Portion::HalfPm, false, false));
        assert_eq!(show(wed, wed), (Portion::HalfAm, false, false));
    }
}
