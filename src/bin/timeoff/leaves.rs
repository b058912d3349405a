//! `timeoff admin leaves|retry`: everybody's leave, through the signed API.

use std::time::Duration;

use clap::Subcommand;
use jiff::civil::Date;
use reqwest::Method;
use timeoff::admin::json::{LeaveJson, PageJson, ServiceJson};
use timeoff::leave::entries::Service;
use timeoff::leave::words;

use crate::Failure;
use crate::client::{Api, Server};
use crate::columns::columns;

/// How often the outcome of a retry is asked for, and for how long.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(Subcommand)]
pub enum Leaves {
    /// List everybody's leave, newest first, through the signed API.
    Leaves {
        #[command(flatten)]
        server: Server,
        /// Only leave in this state: pending, confirmed, processing, completed, failed, cancelled, expired, denied.
        #[arg(long)]
        state: Option<String>,
        /// Only leave that could not be entered at, or removed from, this service: calendar, harvest.
        #[arg(long, value_name = "SERVICE")]
        failed_service: Option<String>,
        /// Only this person's leave: a Slack user id.
        #[arg(long)]
        user: Option<String>,
        /// Only this kind of leave, by its key.
        #[arg(long, value_name = "KEY")]
        leave_type: Option<String>,
        /// Only leave that is not over before this day.
        #[arg(long, value_name = "DAY")]
        from: Option<Date>,
        /// Only leave that begins on this day or before.
        #[arg(long, value_name = "DAY")]
        to: Option<Date>,
        /// How many at most, 1 to 200. [default: 50]
        #[arg(long)]
        limit: Option<u16>,
        /// Where the page before ended.
        #[arg(long)]
        cursor: Option<String>,
        /// Print the answer as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Enter failed leave into the calendar and Harvest again, and wait for the outcome.
    Retry {
        /// The leave's id, from `timeoff admin leaves --state failed`.
        id: i64,
        #[command(flatten)]
        server: Server,
        /// Print the answer as JSON.
        #[arg(long)]
        json: bool,
    },
}

pub async fn run(command: Leaves) -> Result<(), Failure> {
    match command {
        Leaves::Leaves {
            server,
            state,
            failed_service,
            user,
            leave_type,
            from,
            to,
            limit,
            cursor,
            json,
        } => {
            let parameters: Vec<(&str, String)> = [
                ("state", state),
                ("failed_service", failed_service),
                ("user", user),
                ("leave_type", leave_type),
                ("from", from.map(|day| day.to_string())),
                ("to", to.map(|day| day.to_string())),
                ("limit", limit.map(|limit| limit.to_string())),
                ("cursor", cursor),
            ]
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
            .collect();
            let page: PageJson = server
                .open()?
                .ask(Method::GET, "/api/leaves", &parameters)
                .await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&page)?);
            } else {
                print!("{}", table(&page));
            }
            Ok(())
        }
        Leaves::Retry { id, server, json } => retry(&server.open()?, id, json).await,
    }
}

/// The days of leave. A list goes over years, so every date has its own.
fn days(leave: &LeaveJson) -> String {
    words::range(leave.first_day, leave.last_day, Date::MIN)
}

fn table(page: &PageJson) -> String {
    if page.leaves.is_empty() {
        return "No leave like that.\n".to_owned();
    }
    let mut rows =
        vec![["ID", "WHO", "KIND", "DAYS", "STATE", "OTHER SERVICES"].map(str::to_owned)];
    rows.extend(page.leaves.iter().map(|leave| {
        [
            leave.id.to_string(),
            leave.user.name.clone(),
            leave.leave_type.clone().unwrap_or_default(),
            days(leave),
            leave.state.clone(),
            services(leave).join("; "),
        ]
    }));
    let mut text = columns(&rows);
    if let Some(cursor) = &page.next_cursor {
        text.extend(["\nThere is more: add --cursor ", cursor, "\n"]);
    }
    text
}

/// “Calendar done”, “Harvest failed: Harvest is down”.
fn services(leave: &LeaveJson) -> Vec<String> {
    let line = |key: &str, service: &ServiceJson| {
        let known = Service::ALL.iter().find(|known| known.as_str() == key);
        let name = known.map_or(key, |known| known.name());
        let state = service.state.replace('_', " ");
        match &service.reason {
            Some(reason) => format!("{name} {state}: {reason}"),
            None => format!("{name} {state}"),
        }
    };
    leave
        .services
        .iter()
        .map(|(name, service)| line(name, service))
        .collect()
}

async fn retry(api: &Api, id: i64, json: bool) -> Result<(), Failure> {
    let path = format!("/api/leaves/{id}");
    let mut leave: LeaveJson = api.ask(Method::POST, &format!("{path}/retry"), &[]).await?;
    let ends = tokio::time::Instant::now() + PATIENCE;
    while leave.state == "processing" {
        if tokio::time::Instant::now() >= ends {
            return Err(format!(
                "Still at work after {} minutes. Look again later: timeoff admin leaves --state processing",
                PATIENCE.as_secs() / 60
            )
            .into());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        leave = api.ask(Method::GET, &path, &[]).await?;
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&leave)?);
    } else {
        println!("{}, {}: {}", leave.user.name, days(&leave), leave.state);
        for line in services(&leave) {
            println!("  {line}");
        }
    }
    if leave.state == "failed" {
        return Err("It failed again.".into());
    }
    Ok(())
}
