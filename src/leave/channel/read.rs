//! Reading a message of the leave channel, and deciding what to say to it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::reply::{Asked, Said, replace_open, say, tell};
use super::said_before::{Answered, still_said};
use super::{propose, take_back};
use crate::clients::slack::Message;
use crate::jobs::{self, Job, JobError, Policy, Work};
use crate::leave::periods::WantedDay;
use crate::leave::request;
use crate::leave::store::{self, Heard};
use crate::leave::understanding::{self, Confidence, Doubt, Intent, Reading, second_opinion};
use crate::leave::words;
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::messages::{Privately, TellPrivately};
use crate::tenant::{look_up, store as directory};

/// Job: reads a message of the leave channel and answers it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadMessage {
    /// The message.
    pub heard: Heard,
    /// What it says. It is in no log, and goes nowhere but to a language model, if one is on.
    pub text: String,
}

impl Work for ReadMessage {
    const KIND: &'static str = "leave.read_message";
    const POLICY: Policy = Policy::UpTo(8);

    /// What somebody writes in a thread is read in order.
    fn lane(&self) -> Option<String> {
        let Heard {
            user,
            channel,
            thread_ts,
            ..
        } = &self.heard;
        Some(format!("thread:{channel}:{thread_ts}:{user}"))
    }
}

/// Runs [`ReadMessage`].
pub async fn read(services: &Services, job: &Job) -> Result<(), JobError> {
    let ReadMessage { heard, text } = job.work()?;
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let Some(workspace) = directory::workspace(&mut tx).await? else {
        return Ok(());
    };
    let known = directory::person(&mut tx, &heard.user).await?;
    // Leave may have been decided while this waited.
    let finished = store::thread_is_finished(&mut tx, &heard).await?;
    let is_answered = store::reply_to(&mut tx, &heard).await?.is_some();
    let answered = Answered::in_thread(&mut tx, &heard).await?;
    tx.rollback().await?;
    if finished || is_answered {
        return Ok(());
    }
    let person = match known {
        Some(person) => Some(person),
        None => look_up(services, &job.workspace, &heard.user).await?,
    };
    let Some(person) = person else {
        return Ok(());
    };
    let earlier = still_said(services, job, &heard, &answered).await?;
    let today = person.today(heard.sent_at().unwrap_or_else(|| services.clock.now()));
    let message = understanding::Message {
        text: &text,
        today,
        zone: &person.zone,
        thread: &earlier,
        about_leave: answered.proposal_dropped,
    };
    let reading = second_opinion::read(services.openai.as_ref(), &message).await;
    if reading.intent == Intent::None {
        return Ok(());
    }
    let mut tx = services
        .db
        .begin(&job.workspace, services.clock.now())
        .await?;
    let person = match request::registered(Some(person)) {
        Ok(person) => person,
        Err(why) => {
            tell(&mut tx, job, &heard, Message::plain(why)).await?;
            tx.commit().await?;
            return Ok(());
        }
    };
    let asked = Asked {
        job,
        heard: &heard,
        person: &person,
        settings: &workspace.settings,
        today,
    };
    answer(&mut tx, &asked, &reading).await?;
    tx.commit().await?;
    Ok(())
}

/// Tells the author that their message was not read.
pub async fn gave_up(tx: &mut TenantTx, job: &Job) -> Result<(), JobError> {
    let ReadMessage { heard, .. } = job.work()?;
    let tell = TellPrivately {
        user: heard.user,
        place: Privately::Dm,
        message: Message::plain(format!(
            "I could not read your message in <#{}>, so nothing was asked for. If it was about leave, please use `/timeoff`.",
            heard.channel
        )),
    };
    jobs::enqueue(tx, &job.correlation_id, &tell).await?;
    Ok(())
}

async fn answer(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    reading: &Reading,
) -> Result<(), sqlx::Error> {
    let notes = notes(reading, asked.today);
    match reading.intent {
        Intent::None => Ok(()),
        Intent::Unclear => {
            replace_open(tx, asked).await?;
            let mut question = notes;
            if !question.last().is_some_and(|last| last.ends_with('?')) {
                question.push("Which day or days do you mean?".to_owned());
            }
            say(tx, asked, Said::question(question)).await.map(drop)
        }
        Intent::Request => {
            let types = store::leave_types(tx).await?;
            let Some(default) = types.first() else {
                let why =
                    "There is no kind of leave to choose from yet. Please ask a people admin.";
                return tell(tx, asked.job, asked.heard, Message::plain(why)).await;
            };
            let mut wanted: Vec<WantedDay> = reading.days.iter().map(WantedDay::from).collect();
            // A workspace may have renamed the kinds that messages name.
            for day in &mut wanted {
                if !types.iter().any(|known| known.key == day.leave_type) {
                    day.leave_type.clone_from(&default.key);
                }
            }
            replace_open(tx, asked).await?;
            propose::propose(tx, asked, &wanted, notes).await
        }
        Intent::Cancel => {
            let days: Vec<Date> = reading.days.iter().map(|day| day.date).collect();
            take_back::offer(tx, asked, &days, notes).await
        }
    }
}

/// What the person should know of how they were read.
fn notes(reading: &Reading, today: Date) -> Vec<String> {
    let mut notes: Vec<String> = reading
        .doubts
        .iter()
        // The days themselves are named below.
        .filter(|doubt| reading.dropped.is_empty() || **doubt != Doubt::BeforeThisYear)
        .map(ToString::to_string)
        .collect();
    if !reading.dropped.is_empty() {
        let days: Vec<String> = reading
            .dropped
            .iter()
            .map(|date| words::day(*date, today))
            .collect();
        notes.push(format!(
            "Before this year, so left out: {}. For earlier days, please ask a people admin.",
            words::list(&days)
        ));
    }
    if notes.is_empty() && reading.confidence != Confidence::High {
        notes.push(
            "I am not quite sure that I read this right. Please look at the days.".to_owned(),
        );
    }
    notes
}
