//! What a reply is to all that answer in the channel: speaking, and ending what is open.

use jiff::civil::Date;

use crate::clients::slack::Message;
use crate::jobs::{self, Job};
use crate::leave::model::{ActionState, PendingAction, ReplyKind, ReplyState};
use crate::leave::store::{self, Heard, NewReply, Reply};
use crate::leave::work::ShowReply;
use crate::platform::db::TenantTx;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::store::Actor;
use crate::tenant::{Person, Settings};

/// Somebody who is answered.
pub(super) struct Asked<'a> {
    pub job: &'a Job,
    pub heard: &'a Heard,
    pub person: &'a Person,
    pub settings: &'a Settings,
    /// The person's date when they wrote.
    pub today: Date,
}

/// What is said to somebody.
pub(super) struct Said {
    kind: ReplyKind,
    notes: Vec<String>,
    days: Vec<Date>,
    replaces: Vec<i64>,
}

impl Said {
    fn of(kind: ReplyKind, notes: Vec<String>) -> Self {
        Self {
            kind,
            notes,
            days: Vec::new(),
            replaces: Vec::new(),
        }
    }

    /// A question, or why there is nothing to do.
    pub fn question(words: Vec<String>) -> Self {
        Self::of(ReplyKind::Question, words)
    }

    /// A list was shown to its reader alone.
    pub fn choice() -> Self {
        Self::of(ReplyKind::Choice, Vec::new())
    }

    /// Leave to confirm, in place of undecided requests.
    pub fn proposal(warnings: Vec<String>, replaces: Vec<i64>) -> Self {
        Self {
            replaces,
            ..Self::of(ReplyKind::Proposal, warnings)
        }
    }

    /// Days to take back.
    pub fn cancellation(warnings: Vec<String>, days: Vec<Date>) -> Self {
        Self {
            days,
            ..Self::of(ReplyKind::Cancellation, warnings)
        }
    }
}

/// Writes a reply down and promises to show it.
pub(super) async fn say(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    said: Said,
) -> Result<Option<i64>, sqlx::Error> {
    let minutes = i64::from(asked.settings.question_expires_minutes);
    let new = NewReply {
        kind: said.kind,
        notes: said.notes,
        days: said.days,
        replaces: said.replaces,
        expires_at: tx.now() + jiff::SignedDuration::from_mins(minutes),
    };
    let Some(reply_id) = store::insert_reply(tx, asked.heard, &new).await? else {
        return Ok(None);
    };
    jobs::enqueue(tx, &asked.job.correlation_id, &ShowReply { reply_id }).await?;
    Ok(Some(reply_id))
}

/// Tells the author something that nobody else in the channel sees.
pub(super) async fn tell(
    tx: &mut TenantTx,
    job: &Job,
    heard: &Heard,
    message: Message,
) -> Result<(), sqlx::Error> {
    let in_thread = heard.thread_ts != heard.ts;
    let tell = TellPrivately {
        user: heard.user.clone(),
        place: Privately::InChannel {
            channel: heard.channel.clone(),
            thread_ts: in_thread.then(|| heard.thread_ts.clone()),
        },
        message,
    };
    jobs::enqueue(tx, &job.correlation_id, &tell).await
}

/// What is open in the thread, and what it proposes.
pub(super) async fn open_in_thread(
    tx: &mut TenantTx,
    heard: &Heard,
) -> Result<Vec<(Reply, Vec<PendingAction>)>, sqlx::Error> {
    let mut open = Vec::new();
    for reply in store::replies_in_thread(tx, heard).await? {
        if reply.state == ReplyState::Open {
            let mut proposed = store::proposed_in(tx, reply.id).await?;
            proposed.retain(PendingAction::awaits_author);
            open.push((reply, proposed));
        }
    }
    Ok(open)
}

/// A later message was read: what is open in the thread is not to be answered any more.
pub(super) async fn replace_open(tx: &mut TenantTx, asked: &Asked<'_>) -> Result<(), sqlx::Error> {
    for (reply, _) in open_in_thread(tx, asked.heard).await? {
        close(tx, &asked.job.correlation_id, &reply, ReplyState::Replaced).await?;
    }
    Ok(())
}

/// Ends an open reply in a state other than confirmed: what it proposes is dropped with it.
/// `false`: it was answered in the meantime.
pub(super) async fn close(
    tx: &mut TenantTx,
    correlation_id: &str,
    reply: &Reply,
    state: ReplyState,
) -> Result<bool, sqlx::Error> {
    if !store::change_reply(tx, reply.id, ReplyState::Open, state).await? {
        return Ok(false);
    }
    let (to, actor) = match state {
        ReplyState::Expired => (ActionState::Expired, Actor::System),
        _ => (ActionState::Cancelled, Actor::Person(&reply.to.user)),
    };
    store::drop_proposed(tx, reply.id, to, actor).await?;
    let show = ShowReply { reply_id: reply.id };
    jobs::enqueue(tx, correlation_id, &show).await?;
    Ok(true)
}
