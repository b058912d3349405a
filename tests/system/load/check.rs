//! What the database and Slack have in the end, compared with what was sent and what had to come of
//! it. The database is read as its owner, whom row-level security does not bind.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};

use super::Report;
use super::ledger::{Name, Sent, foreign_marks};
use super::plan::Outcome;
use super::town::{APPROVERS, Town, day, in_words, mark, name, owner_of, team, user};

/// Compares everything.
pub async fn compare(sent: &Sent) -> Report {
    let owner = sent.town.database.owner.acquire().await;
    look(sent, &mut owner.expect("the database answers")).await
}

/// Compares what the owner of the database sees on a connection.
pub async fn look(sent: &Sent, owner: &mut PgConnection) -> Report {
    let mut wrong = sent.violations.clone();
    let jobs = jobs(sent, owner, &mut wrong).await;
    let found = requests_for_leave(owner).await;
    leave(&found, sent, &mut wrong);
    parents(owner, &mut wrong).await;
    people(sent, owner, &mut wrong).await;
    slack(sent, &mut wrong);
    messages(&sent.town, &found, &mut wrong);
    let forms = sqlx::query_scalar(
        "SELECT extract(epoch FROM finished_at - created_at)::float8 FROM job
         WHERE kind = 'leave.open_form' AND finished_at IS NOT NULL ORDER BY 1",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("readable");
    Report {
        acks: sent.acks.clone(),
        copies: sent.copies,
        by_itself: sent.town.slack.deliveries().len(),
        sending: sent.sending,
        until_done: sent.until_done,
        jobs,
        forms,
        violations: wrong,
    }
}

/// Every job is done and belongs to a request of its own workspace; every request has promised what
/// it had to, once. How many jobs there were.
async fn jobs(sent: &Sent, owner: &mut PgConnection, wrong: &mut Vec<String>) -> i64 {
    let unfinished: Vec<(String, String, String, Option<String>)> =
        sqlx::query_as("SELECT workspace_id, kind, state, error FROM job WHERE state <> 'done'")
            .fetch_all(&mut *owner)
            .await
            .expect("readable");
    for job in unfinished {
        wrong.push(format!("a job was not done: {job:?}"));
    }
    let done: Vec<(String, String, String, i64)> = sqlx::query_as(
        "SELECT workspace_id, correlation_id, kind, count(*) FROM job WHERE correlation_id NOT IN ('install', 'schedule') GROUP BY 1, 2, 3",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("readable");
    let mut promised: BTreeMap<(&Name, &str), i64> = BTreeMap::new();
    let mut total = 0;
    for (team, correlation, kind, count) in &done {
        total += count;
        let name = Name {
            team: team.clone(),
            correlation: correlation.clone(),
        };
        match sent.requests.get_key_value(&name) {
            Some((name, _)) => {
                promised.insert((name, kind), *count);
            }
            None => wrong.push(format!(
                "{team} has {count} jobs {kind} for {correlation}, which nobody sent there"
            )),
        }
    }
    for (name, promise) in &sent.requests {
        let Some(kind) = promise else { continue };
        let count = promised.get(&(name, *kind)).copied().unwrap_or_default();
        if count != 1 {
            wrong.push(format!("{name:?} has {count} jobs {kind} instead of one"));
        }
    }
    total
}

/// A request for leave, with everything that hangs on it.
#[derive(Debug)]
struct Found {
    /// For what is printed.
    #[allow(dead_code)]
    id: i64,
    team: String,
    user: String,
    first: Date,
    last: Date,
    state: String,
    awaits: String,
    decided_by: Option<String>,
    leave_type: String,
    /// “workspace person date portion state” of each record.
    records: Vec<String>,
    approvers: Vec<String>,
    /// “from>to by actor” of each line of the audit log.
    audit: Vec<String>,
    posted: Vec<String>,
}

impl FromRow<'_, PgRow> for Found {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let date = |column: &str| -> Result<Date, sqlx::Error> {
            row.try_get::<jiff_sqlx::Date, _>(column)
                .map(jiff_sqlx::Date::to_jiff)
        };
        Ok(Self {
            id: row.try_get("action_id")?,
            team: row.try_get("workspace_id")?,
            user: row.try_get("user_id")?,
            first: date("first_day")?,
            last: date("last_day")?,
            state: row.try_get("state")?,
            awaits: row.try_get("awaits")?,
            decided_by: row.try_get("decided_by")?,
            leave_type: row.try_get("name")?,
            records: row.try_get("records")?,
            approvers: row.try_get("approvers")?,
            audit: row.try_get("audit")?,
            posted: row.try_get("posted")?,
        })
    }
}

async fn requests_for_leave(owner: &mut PgConnection) -> Vec<Found> {
    // Joined by the number alone, so that rows of another workspace would be found.
    sqlx::query_as(
        "SELECT a.*, t.name,
             ARRAY(SELECT concat_ws(' ', r.workspace_id, r.user_id, r.day, r.portion, r.state) FROM leave_record r WHERE r.action_id = a.action_id ORDER BY 1) AS records,
             ARRAY(SELECT p.workspace_id || ' ' || p.approver_id FROM approval p WHERE p.action_id = a.action_id ORDER BY 1) AS approvers,
             ARRAY(SELECT concat(l.workspace_id, ' ', l.from_state, '>', l.to_state, ' by ', l.actor) FROM audit_log l
                   WHERE l.subject = 'action:' || a.action_id ORDER BY l.audit_id) AS audit,
             ARRAY(SELECT m.workspace_id || ' ' || m.key FROM posted_message m WHERE m.key LIKE 'action:' || a.action_id || ':%' ORDER BY 1) AS posted
         FROM pending_action a LEFT JOIN leave_type t ON t.workspace_id = a.workspace_id AND t.leave_type = a.leave_type
         ORDER BY a.action_id",
    )
    .fetch_all(&mut *owner)
    .await
    .expect("readable")
}

/// Each request is there once, in a state that it may be in, with what belongs to it and nothing else.
fn leave(found: &[Found], sent: &Sent, wrong: &mut Vec<String>) {
    let mut open: BTreeMap<(String, String, Date), Outcome> = sent
        .wanted
        .iter()
        .map(|((who, number), outcome)| {
            let key = (team(who.0), user(who.1), day(who.0, *number));
            (key, *outcome)
        })
        .collect();
    for action in found {
        let key = (action.team.clone(), action.user.clone(), action.first);
        let Some(outcome) = open.remove(&key) else {
            let whose = owner_of(action.first, sent.town.size).map(mark);
            wrong.push(format!(
                "nobody asked for this, or it is there twice (the day is {whose:?}'s): {action:?}"
            ));
            continue;
        };
        for complaint in action.complaints(outcome) {
            wrong.push(format!("{complaint}: {action:?}"));
        }
    }
    for (lost, _) in open {
        wrong.push(format!("lost: {lost:?}"));
    }
}

impl Found {
    fn complaints(&self, outcome: Outcome) -> Vec<&'static str> {
        let mut complaints = Vec::new();
        let mut hold = |it: bool, complaint: &'static str| {
            if !it {
                complaints.push(complaint);
            }
        };
        hold(outcome.states.contains(&self.state.as_str()), "wrong state");
        hold(self.first == self.last, "more than the day");
        let awaits = if outcome.asked { "approver" } else { "author" };
        hold(self.awaits == awaits, "awaits the wrong one");
        let number = &self.team[1..];
        hold(
            self.leave_type == format!("Vacation W{number}"),
            "the leave type of another workspace",
        );

        let record_state = match self.state.as_str() {
            "pending" => "pending",
            "completed" => "completed",
            _ => "cancelled",
        };
        let (team, user) = (&self.team, &self.user);
        let record = format!("{team} {user} {} full {record_state}", self.first);
        let records = if outcome.asked { vec![record] } else { vec![] };
        hold(
            self.records == records,
            "the records are not one for the day",
        );
        let approvers: Vec<String> = APPROVERS.iter().map(|it| format!("{team} {it}")).collect();
        let asked = if outcome.asked { approvers } else { vec![] };
        // Who takes it back at once is quicker than the question.
        let in_time = self.state == "cancelled" && self.approvers.is_empty();
        hold(
            self.approvers == asked || in_time,
            "the wrong people were asked",
        );

        let own = self
            .audit
            .iter()
            .all(|line| line.starts_with(&format!("{team} ")));
        hold(own, "another workspace's audit log");
        let ways = |from: &str| {
            let from = format!("{team} {from}>");
            self.audit
                .iter()
                .filter(|line| line.starts_with(&from))
                .count()
        };
        hold(
            ways("") == usize::from(outcome.asked),
            "not asked for exactly once",
        );
        hold(
            ways("pending") == usize::from(self.state != "pending"),
            "not decided exactly once",
        );
        hold(
            ways("confirmed") <= 1 && ways("processing") <= 1,
            "done twice",
        );
        let decider = self.decided_by.as_deref();
        hold(
            decider.is_none_or(|by| APPROVERS.contains(&by) || by == user),
            "decided by somebody who was not asked",
        );
        let own = self
            .posted
            .iter()
            .all(|key| key.starts_with(&format!("{team} ")));
        hold(own, "another workspace's message");
        complaints
    }
}

/// No row's parent is of another workspace.
async fn parents(owner: &mut PgConnection, wrong: &mut Vec<String>) {
    for (what, sql) in [
        (
            "a request for leave of another workspace's reply",
            "SELECT count(*) FROM pending_action a JOIN channel_reply r USING (reply_id) WHERE a.workspace_id <> r.workspace_id OR a.user_id <> r.user_id",
        ),
        (
            "a request for leave of nobody's",
            "SELECT count(*) FROM pending_action a LEFT JOIN person p USING (workspace_id, user_id) WHERE p.user_id IS NULL",
        ),
        (
            "a message for another workspace's reply",
            "SELECT count(*) FROM posted_message m LEFT JOIN channel_reply r ON m.key = 'reply:' || r.reply_id
             WHERE m.key LIKE 'reply:%' AND m.workspace_id IS DISTINCT FROM r.workspace_id",
        ),
        (
            "a message for another workspace's request",
            "SELECT count(*) FROM posted_message m LEFT JOIN pending_action a ON split_part(m.key, ':', 2) = a.action_id::text
             WHERE m.key LIKE 'action:%' AND m.workspace_id IS DISTINCT FROM a.workspace_id",
        ),
        (
            "a job for another workspace's request",
            "SELECT count(*) FROM job j LEFT JOIN pending_action a ON j.payload ->> 'action_id' = a.action_id::text
             WHERE j.payload ? 'action_id' AND j.workspace_id IS DISTINCT FROM a.workspace_id",
        ),
        (
            "a job for another workspace's reply",
            "SELECT count(*) FROM job j LEFT JOIN channel_reply r ON j.payload ->> 'reply_id' = r.reply_id::text
             WHERE j.payload ? 'reply_id' AND j.workspace_id IS DISTINCT FROM r.workspace_id",
        ),
        (
            "an audit line about another workspace's request",
            "SELECT count(*) FROM audit_log l LEFT JOIN pending_action a ON l.subject = 'action:' || a.action_id
             WHERE l.subject LIKE 'action:%' AND l.workspace_id IS DISTINCT FROM a.workspace_id",
        ),
    ] {
        let count: i64 = sqlx::query_scalar(sql)
            .fetch_one(&mut *owner)
            .await
            .expect(what);
        if count > 0 {
            wrong.push(format!("{what}: {count} times"));
        }
    }
}

/// Everybody is in the directory of their workspace, under the name that they gave themselves last.
async fn people(sent: &Sent, owner: &mut PgConnection, wrong: &mut Vec<String>) {
    let size = sent.town.size;
    let mut expected = BTreeSet::new();
    for workspace in 0..size.workspaces {
        for person in 0..size.people {
            let own = sent.names.get(&(workspace, person)).cloned();
            let name = own.unwrap_or_else(|| name(workspace, person));
            expected.insert((team(workspace), user(person), name));
        }
    }
    let found: Vec<(String, String, String)> =
        sqlx::query_as("SELECT workspace_id, user_id, name FROM person")
            .fetch_all(&mut *owner)
            .await
            .expect("readable");
    let found: BTreeSet<_> = found.into_iter().collect();
    for person in expected.symmetric_difference(&found) {
        let what = if found.contains(person) {
            "is in the directory and should not be"
        } else {
            "should be in the directory"
        };
        wrong.push(format!("{person:?} {what}"));
    }
}

/// Every call to Slack came with the token of a workspace and was about that workspace alone, and
/// nothing was posted twice.
fn slack(sent: &Sent, wrong: &mut Vec<String>) {
    let town = &sent.town;
    let mut posted: BTreeSet<(usize, String)> = BTreeSet::new();
    for call in town.slack.calls("*") {
        let (method, args) = (&call["method"], &call["args"]);
        let workspace = call["team"]
            .as_str()
            .and_then(|team| (0..town.size.workspaces).find(|it| super::town::team(*it) == team));
        let Some(workspace) = workspace else {
            wrong.push(format!("a call without the token of a workspace: {call}"));
            continue;
        };
        let text = args.to_string();
        let foreign = foreign_marks(&text, workspace);
        let strayed: Vec<Date> = dates(&text)
            .filter(|day| owner_of(*day, town.size).is_some_and(|it| it != workspace))
            .collect();
        if !foreign.is_empty() || !strayed.is_empty() {
            wrong.push(format!(
                "{} was told of {foreign:?} {strayed:?}: {call}",
                mark(workspace)
            ));
        }
        if method == "chat.postMessage" {
            let key = args["metadata"]["event_payload"]["key"].to_string();
            if !posted.insert((workspace, key)) {
                wrong.push(format!("posted twice: {call}"));
            }
        }
    }
    for problem in town.slack.problems() {
        wrong.push(format!("Slack would have trouble: {problem}"));
    }
}

/// The days in a text, as fields have them: 2026-03-09.
fn dates(text: &str) -> impl Iterator<Item = Date> {
    text.match_indices('-').filter_map(|(at, _)| {
        let start = at.checked_sub(4)?;
        text.get(start..start + 10)?.parse().ok()
    })
}

/// What approvers see is how the request stands: an older picture never replaced a newer.
fn messages(town: &Town, found: &[Found], wrong: &mut Vec<String>) {
    // Nobody was asked about what was taken back at once.
    let asked = |it: &&Found| it.awaits == "approver" && !it.approvers.is_empty();
    for action in found.iter().filter(asked) {
        for approver in APPROVERS {
            let approver = town.slack.person(&action.team, approver);
            let asks = format!("<@{}> asks for *", action.user);
            let message = approver.find_message("@app", &[&asks, &in_words(action.first)]);
            let Some(message) = message else {
                wrong.push(format!("{} does not see {action:?}", approver.id()));
                continue;
            };
            let waits = approver.press_request_on(&message, "Approve").is_some();
            if waits != (action.state == "pending") {
                wrong.push(format!(
                    "{} sees an old picture of {action:?}: {}",
                    approver.id(),
                    approver.text_of(&message)
                ));
            }
        }
    }
}
