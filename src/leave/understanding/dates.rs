//! Days as they are written → dates.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use super::Doubt;
use super::phrases::{Base, MonthOf, Point, Week};
use super::words::SpanWord;

/// Further than any leave; a range that long is a mistake.
const LONGEST_RANGE: i32 = 366;

/// What has to be known to tell a date.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub(super) today: Date,
    /// The days have been, and are the most recent ones.
    pub(super) past: bool,
    /// A bare day of the month is the first such on or after this day, if it is set.
    pub(super) month_from: Option<Date>,
    /// A bare weekday is of the week of this day, if it is set.
    pub(super) week_of: Option<Date>,
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

pub(super) fn plus(date: Date, days: i32) -> Date {
    date.saturating_add(days.days())
}

pub(super) fn monday_of(date: Date) -> Date {
    plus(date, -i32::from(date.weekday().to_monday_zero_offset()))
}

/// Days from one to the other, both included.
pub(super) fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first
        .series(1.day())
        .take_while(move |date| *date <= last)
        .take(usize::try_from(LONGEST_RANGE).unwrap_or(0) + 1)
}

/// So many working days from a day on. A weekend day that is named counts.
pub(super) fn working_days(first: Date, count: u32, named: bool) -> Vec<Date> {
    first
        .series(1.day())
        .filter(|date| !is_weekend(*date) || named && *date == first)
        .take(usize::try_from(count.min(400)).unwrap_or(0))
        .collect()
}

/// The working days before a day.
pub(super) fn working_days_before(day: Date, count: u32) -> Vec<Date> {
    (1..1000)
        .map(|back| plus(day, -back))
        .filter(|date| !is_weekend(*date))
        .take(usize::try_from(count.min(400)).unwrap_or(0))
        .collect()
}

impl Calendar {
    fn weekday_of_week(self, weekday: Weekday, weeks: i32) -> Date {
        plus(
            monday_of(self.today),
            weeks * 7 + i32::from(weekday.to_monday_zero_offset()),
        )
    }

    fn month_of(self, months: i32) -> (i16, i8) {
        let first = self.today.first_of_month().saturating_add(months.months());
        (first.year(), first.month())
    }

    /// The date of a point by itself.
    pub(super) fn date(self, point: &Point) -> Result<Vec<Date>, Doubt> {
        let first = self.base(&point.base)?;
        let Some(alias) = &point.alias else {
            return Ok(vec![first]);
        };
        self.agree(first, point, alias)
    }

    fn agree(
        self,
        first: Date,
        point: &Point,
        alias: &super::phrases::Alias,
    ) -> Result<Vec<Date>, Doubt> {
        // A weekday beside a date is looked up from the date, and only has to agree.
        let (date, other) = match (&point.base, &alias.base) {
            (Base::Weekday(weekday, _), other) => (self.base(other)?, Some(*weekday)),
            (_, Base::Weekday(weekday, _)) => (first, Some(*weekday)),
            (_, other) => {
                let second = self.base(other)?;
                if second == first {
                    return Ok(vec![first]);
                }
                if alias.maybe_another {
                    return Ok(vec![first, second]);
                }
                return Err(Doubt::WeekdayDisagrees {
                    date: second,
                    written: first.weekday(),
                });
            }
        };
        match other {
            Some(weekday) if date.weekday() != weekday => {
                if alias.maybe_another {
                    let mut both = vec![self.base(&point.base)?, self.base(&alias.base)?];
                    both.sort_unstable();
                    Ok(both)
                } else {
                    Err(Doubt::WeekdayDisagrees {
                        date,
                        written: weekday,
                    })
                }
            }
            _ => Ok(vec![date]),
        }
    }

    /// The date of a point that is one day.
    pub(super) fn one(self, point: &Point) -> Result<Date, Doubt> {
        let dates = self.date(point)?;
        dates.first().copied().ok_or(Doubt::NoDay)
    }

    fn base(self, base: &Base) -> Result<Date, Doubt> {
        match base {
            Base::Exact(date) => Ok(*date),
            Base::FromToday(days) => Ok(plus(self.today, i32::from(*days))),
            Base::Weekday(weekday, week) => Ok(match week {
                Week::Next => self.weekday_of_week(*weekday, 1),
                Week::Before => self.weekday_of_week(*weekday, -1),
                Week::This => self.weekday_of_week(*weekday, 0),
                Week::Last => self.last_weekday(*weekday),
                Week::Nearest if self.past => self.last_weekday(*weekday),
                Week::Nearest => {
                    let from = self.week_of.unwrap_or(self.today);
                    on_or_after_weekday(from.max(self.today), *weekday)
                }
            }),
            Base::Date { day, month, year } => self.calendar_date(*day, *month, *year),
        }
    }

    fn last_weekday(self, weekday: Weekday) -> Date {
        plus(on_or_after_weekday(self.today, weekday), -7)
    }

    fn calendar_date(self, day: u32, month: MonthOf, year: Option<i16>) -> Result<Date, Doubt> {
        let this_year = self.today.year();
        match month {
            MonthOf::Named(month) => {
                if let Some(year) = year {
                    return exact(year, month, day);
                }
                let date = exact(this_year, month, day)?;
                if self.past && date > self.today {
                    exact(this_year.saturating_sub(1), month, day)
                } else if !self.past && date < self.today {
                    exact(this_year.saturating_add(1), month, day)
                } else {
                    Ok(date)
                }
            }
            MonthOf::This | MonthOf::Next | MonthOf::Last => {
                let (year, month) = self.month_of(match month {
                    MonthOf::Next => 1,
                    MonthOf::Last => -1,
                    _ => 0,
                });
                exact(year, u32::from(month.unsigned_abs()), day)
            }
            MonthOf::Unsaid => {
                let from = if self.past {
                    self.today
                } else {
                    self.month_from.unwrap_or(self.today).max(self.today)
                };
                let here = exact(from.year(), u32::from(from.month().unsigned_abs()), day);
                match here {
                    // "was on leave on the 31st": in the last month that has one.
                    Err(_) if self.past && day <= 31 => {
                        let before = from.first_of_month().saturating_sub(1.day());
                        exact(before.year(), u32::from(before.month().unsigned_abs()), day)
                    }
                    Ok(date) if self.past && date > from => {
                        let before = from.first_of_month().saturating_sub(1.day());
                        exact(before.year(), u32::from(before.month().unsigned_abs()), day)
                    }
                    Ok(date) if !self.past && date < from => {
                        let after = from.last_of_month().saturating_add(1.day());
                        exact(after.year(), u32::from(after.month().unsigned_abs()), day)
                    }
                    other => other,
                }
            }
        }
    }

    /// The first such day on or after another: the second end of a range.
    #[expect(
        clippy::match_same_arms,
        reason = "one arm is one rule, with its own comment"
    )]
    pub(super) fn on_or_after(self, from: Date, point: &Point) -> Result<Date, Doubt> {
        let there = Self {
            today: from,
            past: false,
            month_from: None,
            week_of: None,
        };
        let date = match &point.base {
            Base::FromToday(_) | Base::Exact(_) => self.base(&point.base)?,
            Base::Weekday(_, Week::Next | Week::Before | Week::This | Week::Last) => {
                let said = self.base(&point.base)?;
                match point.base {
                    // "Monday to Thursday of next week"
                    Base::Weekday(weekday, _) if said < from => on_or_after_weekday(from, weekday),
                    _ => said,
                }
            }
            Base::Date {
                month: MonthOf::This | MonthOf::Next | MonthOf::Last,
                ..
            } => self.base(&point.base)?,
            base => there.base(base)?,
        };
        if let Some(alias) = &point.alias
            && !alias.maybe_another
        {
            let weekday = match (&point.base, &alias.base) {
                (Base::Weekday(weekday, _), other) => {
                    let date = there.base(other)?;
                    return if date.weekday() == *weekday {
                        Ok(date)
                    } else {
                        Err(Doubt::WeekdayDisagrees {
                            date,
                            written: *weekday,
                        })
                    };
                }
                (_, Base::Weekday(weekday, _)) => Some(*weekday),
                _ => None,
            };
            if let Some(written) = weekday
                && date.weekday() != written
            {
                return Err(Doubt::WeekdayDisagrees { date, written });
            }
        }
        Ok(date)
    }

    /// Both ends of a range.
    pub(super) fn range(self, first: &Point, last: &Point) -> Result<(Date, Date), Doubt> {
        let (first, last) = self.ends(first, last)?;
        let length = last.since(first).map_or(0, |span| span.get_days());
        if length < 0 {
            return Err(Doubt::NothingLeft);
        }
        if length > LONGEST_RANGE {
            return Err(Doubt::TooMany);
        }
        Ok((first, last))
    }

    fn ends(self, first: &Point, last: &Point) -> Result<(Date, Date), Doubt> {
        if self.past {
            let end = self.one(last)?;
            let start = Self { today: end, ..self };
            let start = match first.base {
                Base::FromToday(_)
                | Base::Exact(_)
                | Base::Weekday(_, Week::Last | Week::Before) => self.one(first)?,
                Base::Weekday(weekday, _) => {
                    let start = on_or_after_weekday(end, weekday);
                    if start > end { plus(start, -7) } else { start }
                }
                Base::Date { .. } => start.one(first)?,
            };
            return Ok((start, end));
        }
        // A range that has begun keeps its past days.
        if let Base::Date {
            month, year: None, ..
        } = first.base
            && first.alias.is_none()
        {
            let recent = Self { past: true, ..self };
            if let Ok(begun) = recent.one(first)
                && begun < self.today
                && (begun.first_of_month() == self.today.first_of_month()
                    || month != MonthOf::Unsaid)
                && let Ok(end) = self.on_or_after(begun, last)
                && end >= self.today
                && end.since(begun).is_ok_and(|span| span.get_days() < 120)
            {
                return Ok((begun, end));
            }
        }
        let start = match (&first.base, &last.base) {
            // "20 Dec to 2 Jan 2027"
            (
                Base::Date {
                    day,
                    month: MonthOf::Named(month),
                    year: None,
                },
                Base::Date {
                    month: MonthOf::Named(last_month),
                    year: Some(year),
                    ..
                },
            ) => {
                let year = if month > last_month {
                    year.saturating_sub(1)
                } else {
                    *year
                };
                exact(year, *month, *day)?
            }
            _ => self.one(first)?,
        };
        Ok((start, self.on_or_after(start, last)?))
    }

    /// The days of a week that is named.
    pub(super) fn span(self, span: SpanWord) -> Result<(Date, Date), Doubt> {
        let monday = monday_of(self.today);
        match span {
            SpanWord::ThisWeek | SpanWord::RestOfWeek => {
                if is_weekend(self.today) {
                    Err(Doubt::WeekIsOver)
                } else {
                    Ok((self.today, plus(monday, 4)))
                }
            }
            SpanWord::NextWeek => Ok((plus(monday, 7), plus(monday, 11))),
            SpanWord::LastWeek => Ok((plus(monday, -7), plus(monday, -3))),
            SpanWord::Weekend(0) => {
                let saturday = on_or_after_weekday(self.today, Weekday::Saturday);
                let saturday = if self.past && saturday != self.today {
                    plus(saturday, -7)
                } else {
                    saturday
                };
                Ok((saturday, plus(saturday, 1)))
            }
            SpanWord::Weekend(weeks) => {
                let saturday = plus(monday, 5 + 7 * i32::from(weeks));
                Ok((saturday, plus(saturday, 1)))
            }
        }
    }
}

pub(super) fn on_or_after_weekday(from: Date, weekday: Weekday) -> Date {
    plus(from, i32::from(from.weekday().until(weekday)))
}

fn exact(year: i16, month: u32, day: u32) -> Result<Date, Doubt> {
    let no_such = || {
        let first = i8::try_from(month)
            .ok()
            .and_then(|month| Date::new(2000, month, 1).ok());
        Doubt::NoSuchDate(match first {
            Some(first) => format!("{day} {} {year}", first.strftime("%B")),
            None => format!("{day}/{month}/{year}"),
        })
    };
    let month = i8::try_from(month).map_err(|_| no_such())?;
    let day_of = i8::try_from(day).map_err(|_| no_such())?;
    // Outside of these, nobody asks for leave, and arithmetic could leave the calendar.
    if !(1990..=2200).contains(&year) {
        return Err(no_such());
    }
    Date::new(year, month, day_of).map_err(|_| no_such())
}
