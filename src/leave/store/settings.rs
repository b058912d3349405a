//! What admins set: leave types, working weeks, public holidays; and the calendar they make.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use jiff_sqlx::ToSqlx;

use super::absences::Absence;
use crate::leave::days::{Holiday, PersonCalendar, WorkingWeek};
use crate::leave::model::{LeaveType, Portion};
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::{Person, Settings};

/// The leave types that every workspace begins with.
pub async fn add_default_leave_types(tx: &mut TenantTx) -> Result<(), sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    sqlx::query!(
        "INSERT INTO leave_type (workspace_id, leave_type, name, needs_approval, position)
         VALUES ($1, 'vacation', 'Vacation', true, 1), ($1, 'sick', 'Sick leave', false, 2)
         ON CONFLICT DO NOTHING",
        workspace
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds a leave type, or changes the one with this key.
pub async fn save_leave_type(tx: &mut TenantTx, leave_type: &LeaveType) -> Result<(), sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    sqlx::query!(
        "INSERT INTO leave_type (workspace_id, leave_type, name, needs_approval, position)
         VALUES ($1, $2, $3, $4, (SELECT coalesce(max(position), 0) + 1 FROM leave_type))
         ON CONFLICT (workspace_id, leave_type) DO UPDATE SET name = excluded.name, needs_approval = excluded.needs_approval, active = true",
        workspace,
        leave_type.key,
        leave_type.name,
        leave_type.needs_approval,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The leave types that can be asked for, in the order of the form.
pub async fn leave_types(tx: &mut TenantTx) -> Result<Vec<LeaveType>, sqlx::Error> {
    sqlx::query_as!(LeaveType, "SELECT leave_type AS key, name, needs_approval FROM leave_type WHERE active ORDER BY position, name")
        .fetch_all(tx.conn())
        .await
}

/// Working weeks and public holidays, from which anybody's calendar is made.
#[derive(Debug, Default)]
pub struct Calendars {
    weeks: HashMap<String, Vec<WorkingWeek>>,
    holidays: BTreeMap<String, BTreeMap<Date, Vec<Holiday>>>,
    location: String,
    leave_year_starts: i8,
}

impl Calendars {
    /// A person's calendar.
    pub fn of(&self, person: &Person) -> PersonCalendar {
        let location = person.location.as_ref().unwrap_or(&self.location);
        self.made(person.user.as_str(), location)
    }

    /// The calendar of somebody who is off.
    pub fn of_absent(&self, absence: &Absence) -> PersonCalendar {
        let location = absence.location.as_ref().unwrap_or(&self.location);
        self.made(absence.user.as_str(), location)
    }

    /// The calendar of somebody without a week and a place of their own.
    pub fn of_workspace(&self) -> PersonCalendar {
        self.made("", &self.location)
    }

    /// The public holidays of a date, by place.
    pub fn holidays_on(&self, date: Date) -> impl Iterator<Item = (&str, &Holiday)> {
        self.holidays.iter().flat_map(move |(location, days)| {
            let here = days.get(&date).into_iter().flatten();
            here.map(move |holiday| (location.as_str(), holiday))
        })
    }

    fn made(&self, user: &str, location: &str) -> PersonCalendar {
        let weeks = |user: &str| self.weeks.get(user).cloned().unwrap_or_default();
        PersonCalendar {
            own_weeks: if user.is_empty() {
                Vec::new()
            } else {
                weeks(user)
            },
            workspace_weeks: weeks(""),
            holidays: self.holidays.get(location).cloned().unwrap_or_default(),
            leave_year_starts: self.leave_year_starts,
        }
    }
}

/// A row of `working_pattern`, before it becomes a [`WorkingWeek`].
struct WeekRow {
    from_day: jiff_sqlx::Date,
    week: Vec<String>,
    full_day_minutes: i32,
    starts_at: jiff_sqlx::Time,
    halves_meet_at: jiff_sqlx::Time,
    ends_at: jiff_sqlx::Time,
}

impl From<WeekRow> for WorkingWeek {
    fn from(row: WeekRow) -> Self {
        Self {
            from: row.from_day.to_jiff(),
            // The table allows exactly seven known words.
            days: std::array::from_fn(|index| {
                row.week.get(index).and_then(|word| Portion::parse(word))
            }),
            full_day_minutes: u32::try_from(row.full_day_minutes).unwrap_or_default(),
            starts_at: row.starts_at.to_jiff(),
            halves_meet_at: row.halves_meet_at.to_jiff(),
            ends_at: row.ends_at.to_jiff(),
        }
    }
}

/// The workspace's own working weeks, by the day from which each holds.
pub async fn workspace_weeks(tx: &mut TenantTx) -> Result<Vec<WorkingWeek>, sqlx::Error> {
    let rows = sqlx::query_as!(
        WeekRow,
        "SELECT from_day, week, full_day_minutes, starts_at, halves_meet_at, ends_at FROM working_pattern WHERE user_id = '' ORDER BY from_day"
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(WorkingWeek::from).collect())
}

/// A person's calendar for the days between two dates.
pub async fn calendar(
    tx: &mut TenantTx,
    person: &Person,
    settings: &Settings,
    first: Date,
    last: Date,
) -> Result<PersonCalendar, sqlx::Error> {
    let calendars = load_calendars(tx, Some(person), settings, first, last).await?;
    Ok(calendars.of(person))
}

/// Everybody's calendars for the days between two dates.
pub async fn calendars(
    tx: &mut TenantTx,
    settings: &Settings,
    first: Date,
    last: Date,
) -> Result<Calendars, sqlx::Error> {
    load_calendars(tx, None, settings, first, last).await
}

/// What calendars are made of, for one person or (`None`) for all.
async fn load_calendars(
    tx: &mut TenantTx,
    person: Option<&Person>,
    settings: &Settings,
    first: Date,
    last: Date,
) -> Result<Calendars, sqlx::Error> {
    let mut calendars = Calendars {
        weeks: HashMap::new(),
        holidays: BTreeMap::new(),
        location: settings.location.clone(),
        leave_year_starts: settings.leave_year_starts,
    };
    let location = person.map(|person| person.location.as_deref().unwrap_or(&settings.location));
    let rows = sqlx::query!(
        r#"SELECT user_id AS "user_id?", from_day AS "from_day?", week AS "week?", full_day_minutes AS "full_day_minutes?", starts_at AS "starts_at?",
             halves_meet_at AS "halves_meet_at?", ends_at AS "ends_at?",
             NULL::text AS "location?", NULL::date AS "day?", NULL::text AS "portion?: Portion", NULL::text AS "name?"
           FROM working_pattern WHERE $1::text IS NULL OR user_id IN ('', $1)
           UNION ALL
           SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, location, day, portion, name
           FROM public_holiday WHERE ($2::text IS NULL OR location = $2) AND day BETWEEN $3 AND $4
           ORDER BY 9, 10"#,
        person.map(|person| person.user.as_str()),
        location,
        first.to_sqlx() as _,
        last.to_sqlx() as _,
    )
    .fetch_all(tx.conn())
    .await?;
    for row in rows {
        if let (Some(location), Some(day), Some(portion), Some(name)) =
            (row.location, row.day, row.portion, row.name)
        {
            let days = calendars.holidays.entry(location).or_default();
            let holiday = Holiday { portion, name };
            days.entry(day.to_jiff()).or_default().push(holiday);
        } else if let (
            Some(user_id),
            Some(from_day),
            Some(week),
            Some(full_day_minutes),
            Some(starts_at),
            Some(halves_meet_at),
            Some(ends_at),
        ) = (
            row.user_id,
            row.from_day,
            row.week,
            row.full_day_minutes,
            row.starts_at,
            row.halves_meet_at,
            row.ends_at,
        ) {
            let week = WeekRow {
                from_day,
                week,
                full_day_minutes,
                starts_at,
                halves_meet_at,
                ends_at,
            };
            let weeks = calendars.weeks.entry(user_id).or_default();
            weeks.push(week.into());
        }
    }
    Ok(calendars)
}

/// Sets the working week of a person, or of the workspace (`None`), from a day on.
pub async fn save_working_week(
    tx: &mut TenantTx,
    user: Option<&SlackUserId>,
    week: &WorkingWeek,
) -> Result<(), sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    let days: Vec<String> = week
        .days
        .iter()
        .map(|day| day.map_or("off", Portion::as_str).to_owned())
        .collect();
    sqlx::query!(
        "INSERT INTO working_pattern (workspace_id, user_id, from_day, week, full_day_minutes, starts_at, halves_meet_at, ends_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (workspace_id, user_id, from_day) DO UPDATE SET week = excluded.week, full_day_minutes = excluded.full_day_minutes,
             starts_at = excluded.starts_at, halves_meet_at = excluded.halves_meet_at, ends_at = excluded.ends_at",
        workspace,
        user.map_or("", SlackUserId::as_str),
        week.from.to_sqlx() as _,
        &days,
        i32::try_from(week.full_day_minutes).unwrap_or(i32::MAX),
        week.starts_at.to_sqlx() as _,
        week.halves_meet_at.to_sqlx() as _,
        week.ends_at.to_sqlx() as _,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds a public holiday, or renames it.
pub async fn save_holiday(
    tx: &mut TenantTx,
    location: &str,
    day: Date,
    holiday: &Holiday,
) -> Result<(), sqlx::Error> {
    let workspace = tx.workspace().as_str().to_owned();
    sqlx::query!(
        "INSERT INTO public_holiday (workspace_id, location, day, portion, name) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (workspace_id, location, day, portion) DO UPDATE SET name = excluded.name",
        workspace,
        location,
        day.to_sqlx() as _,
        holiday.portion.as_str(),
        holiday.name,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
