//! What stands behind the question mark of a list.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::problem::Problem;
use crate::leave::entries::Service;
use crate::leave::listing::{LeaveFilter, LeaveState};
use crate::platform::ids::SlackUserId;

/// How many leaves a page has, if nothing else is said.
const PAGE: u16 = 50;
/// The most that a page can have.
const LONGEST_PAGE: u16 = 200;
const KNOWN: [&str; 8] = [
    "state",
    "failed_service",
    "user",
    "from",
    "to",
    "leave_type",
    "limit",
    "cursor",
];

/// Reads the parameters of `GET /api/leaves`: what is wanted, and how much of it.
pub fn parse(query: &str) -> Result<(LeaveFilter, u16), Problem> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !KNOWN.contains(&name.as_ref()) {
            return Err(Problem::Parameter(format!(
                "There is no parameter “{name}”. These are there: {}.",
                KNOWN.join(", ")
            )));
        }
        if given.insert(name.to_string(), value.to_string()).is_some() {
            return Err(Problem::Parameter(format!(
                "The parameter “{name}” is there twice."
            )));
        }
    }
    let take = |name: &str, what: &str| Wanted {
        name: name.to_owned(),
        what: what.to_owned(),
        value: given.get(name).map(String::as_str),
    };
    let states: Vec<&str> = LeaveState::ALL.map(LeaveState::as_str).to_vec();
    let day = "a date such as 2026-12-24";
    let filter = LeaveFilter {
        id: None,
        state: take("state", &format!("one of {}", states.join(", "))).read(LeaveState::parse)?,
        failed_service: take("failed_service", "calendar or harvest").read(|text| {
            let mut services = Service::ALL.iter().copied();
            services.find(|service| service.as_str() == text)
        })?,
        user: take("user", "a Slack user id such as U012AB3CD")
            .read(|text| SlackUserId::parse(text).ok())?,
        from: take("from", day).read(date)?,
        to: take("to", day).read(date)?,
        leave_type: take("leave_type", "the key of a leave type, such as vacation")
            .read(|text| (!text.is_empty()).then(|| text.to_owned()))?,
        before: take("cursor", "the next_cursor of the page before").read(number)?,
    };
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && to < from
    {
        return Err(Problem::Parameter(
            "“to” is before “from”, so no leave can be between them.".to_owned(),
        ));
    }
    let limit = take("limit", &format!("a number from 1 to {LONGEST_PAGE}"))
        .read(|text| number(text).filter(|count| *count <= i64::from(LONGEST_PAGE)))?
        .and_then(|count| u16::try_from(count).ok())
        .unwrap_or(PAGE);
    Ok((filter, limit))
}

struct Wanted<'a> {
    name: String,
    what: String,
    value: Option<&'a str>,
}

impl Wanted<'_> {
    fn read<T>(self, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let Some(value) = self.value else {
            return Ok(None);
        };
        read(value).map(Some).ok_or_else(|| {
            let (name, what) = (self.name, self.what);
            Problem::Parameter(format!("“{name}” cannot be “{value}”: it is {what}."))
        })
    }
}

/// A date as the API writes it, and no other way.
fn date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

/// A number from 1 on, such as an id.
pub fn number(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_is_read() {
        let (filter, limit) = parse(
            "state=failed&failed_service=harvest&user=U_ASHA&from=2026-03-01&to=2026-03-31&leave_type=sick&limit=200&cursor=12",
        )
        .unwrap();
        assert_eq!(limit, 200);
        assert_eq!(filter.state, Some(LeaveState::Failed));
        assert_eq!(filter.failed_service, Some(Service::Harvest));
        assert_eq!(filter.user, SlackUserId::parse("U_ASHA").ok());
        assert_eq!(
            (filter.from, filter.to),
            (date("2026-03-01"), date("2026-03-31"))
        );
        assert_eq!(filter.leave_type.as_deref(), Some("sick"));
        assert_eq!(filter.before, Some(12));
        let (filter, limit) = parse("").unwrap();
        assert!(filter.state.is_none() && filter.before.is_none() && limit == PAGE);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let said: Vec<String> = [
            "colour=blue",
            "state=gone",
            "state=failed&state=pending",
            "failed_service=slack",
            "user=asha",
            "from=tomorrow",
            "to=2026-02-30",
            "from=2026-03-02&to=2026-03-01",
            "from=20260302",
            "limit=0",
            "limit=201",
            "limit=-1",
            "limit=%2B5",
            "cursor=abc",
            "cursor=99999999999999999999",
            "leave_type=",
        ]
        .iter()
        .map(|query| parse(query).unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(said.join("\n"), @"
        There is no parameter “colour”. These are there: state, failed_service, user, from, to, leave_type, limit, cursor.
        “state” cannot be “gone”: it is one of pending, confirmed, processing, completed, failed, cancelled, expired, denied.
        The parameter “state” is there twice.
        “failed_service” cannot be “slack”: it is calendar or harvest.
        “user” cannot be “asha”: it is a Slack user id such as U012AB3CD.
        “from” cannot be “tomorrow”: it is a date such as 2026-12-24.
        “to” cannot be “2026-02-30”: it is a date such as 2026-12-24.
        “to” is before “from”, so no leave can be between them.
        “from” cannot be “20260302”: it is a date such as 2026-12-24.
        “limit” cannot be “0”: it is a number from 1 to 200.
        “limit” cannot be “201”: it is a number from 1 to 200.
        “limit” cannot be “-1”: it is a number from 1 to 200.
        “limit” cannot be “+5”: it is a number from 1 to 200.
        “cursor” cannot be “abc”: it is the next_cursor of the page before.
        “cursor” cannot be “99999999999999999999”: it is the next_cursor of the page before.
        “leave_type” cannot be “”: it is the key of a leave type, such as vacation.
        ");
    }
}
