//! The job that takes leave to the other services.
//!
//! Before each call a transaction says that it is about to be made, and after it one says what
//! became of it. So whatever kills the process, it is known what may have happened and what
//! surely has not.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::calls::{self, Created};
use super::plan::{self, Change};
use super::{Leave, notice, switched_on};
use crate::jobs::{self, Job, JobError, Work};
use crate::leave::entries::{Entry, EntryState, Service, SkipReason};
use crate::leave::model::ActionState;
use crate::leave::store::{self, Becomes, Change as StateChange};
use crate::leave::work::{SyncLeave, refresh_messages};
use crate::platform::db::TenantTx;
use crate::platform::ids::WorkspaceId;
use crate::services::Services;
use crate::tenant::Integrations;
use crate::tenant::store::Actor;

/// What is left after this long goes to a job of its own: a long leave has many entries, and a
/// job may take no longer than 40 seconds, with a call that waits for its time limit.
const WORK_FOR: Duration = Duration::from_secs(10);
/// Under how many ids an event is tried when people keep deleting it.
const MOST_IDS: i32 = 20;

const SENT: &str = "interrupted, may have happened";
const NOT_SENT: &str = "interrupted before it was sent";
const STAYS: &str = "stays until the events of the remaining days are there";

/// Runs [`SyncLeave`].
pub async fn run(services: &Services, job: &Job) -> Result<(), JobError> {
    let SyncLeave { action_id } = job.work()?;
    let began = Instant::now();
    let mut tx = begin(services, &job.workspace).await?;
    let Some(leave) = Leave::load(&mut tx, action_id).await? else {
        return Ok(());
    };
    // The lane is ours alone: whoever was in the middle of a call is gone.
    let interrupted = store::interrupt_calls(&mut tx, action_id, SENT).await?;
    let integrations = Integrations::of(&mut tx, services).await?;
    let mut touched = prepare(&mut tx, &integrations, &leave).await? || interrupted > 0;
    // What a service is the trouble with, so that nothing more is sent there.
    let mut down: HashMap<Service, String> = HashMap::new();
    loop {
        let Some(entry) = next(&mut tx, action_id, &down).await? else {
            let Some(now) = Leave::load(&mut tx, action_id).await? else {
                return Ok(());
            };
            // It may have changed meanwhile.
            let known = known_services(&mut tx, action_id).await?;
            if reconcile(&mut tx, &now, &known).await? {
                continue;
            }
            finish(&mut tx, &job.correlation_id, &now, touched).await?;
            tx.commit().await?;
            return Ok(());
        };
        if began.elapsed() > WORK_FOR {
            jobs::enqueue(&mut tx, &job.correlation_id, &SyncLeave { action_id }).await?;
            tx.commit().await?;
            return Ok(());
        }
        touched = true;
        let Some(entry) = start(&mut tx, &integrations, action_id, entry, &mut down).await? else {
            continue;
        };
        tx.commit().await?;
        let result = call(&integrations, &leave, &entry).await;
        tx = begin(services, &job.workspace).await?;
        if let Some(why) = note(&mut tx, &leave, &entry, result).await? {
            down.insert(entry.slot.service, why);
        }
    }
}

async fn begin(services: &Services, workspace: &WorkspaceId) -> Result<TenantTx, sqlx::Error> {
    services.db.begin(workspace, services.clock.now()).await
}

/// The first time: which services there are, and what each should have. Later: what changed.
/// Whether anybody will see a difference.
async fn prepare(
    tx: &mut TenantTx,
    integrations: &Integrations,
    leave: &Leave,
) -> Result<bool, sqlx::Error> {
    let id = leave.action.id;
    if leave.action.state != ActionState::Confirmed {
        let known = known_services(tx, id).await?;
        return reconcile(tx, leave, &known).await;
    }
    let mut wanted = switched_on(integrations);
    let any = !wanted.is_empty();
    if wanted.contains(&Service::Harvest) && leave.person.harvest_user.is_none() {
        store::skip_service(tx, id, Service::Harvest, SkipReason::NoHarvestId).await?;
        wanted.retain(|service| *service != Service::Harvest);
    }
    step(tx, id, ActionState::Confirmed, ActionState::Processing).await?;
    reconcile(tx, leave, &wanted).await?;
    Ok(any)
}

/// The services that this leave was sent to.
async fn known_services(tx: &mut TenantTx, action_id: i64) -> Result<Vec<Service>, sqlx::Error> {
    let entries = store::entries(tx, action_id).await?;
    let knows = |service: &&Service| entries.iter().any(|entry| entry.slot.service == **service);
    Ok(Service::ALL.iter().filter(knows).copied().collect())
}

async fn step(
    tx: &mut TenantTx,
    action_id: i64,
    from: ActionState,
    to: ActionState,
) -> Result<bool, sqlx::Error> {
    let change = StateChange {
        from,
        to,
        actor: Actor::System,
        note: None,
    };
    store::change_state(tx, action_id, change).await
}

/// Writes down what is to be done. Whether there is anything.
async fn reconcile(
    tx: &mut TenantTx,
    leave: &Leave,
    services: &[Service],
) -> Result<bool, sqlx::Error> {
    let id = leave.action.id;
    let workspace = tx.workspace().clone();
    let have = store::entries(tx, id).await?;
    let wanted = plan::wanted(&leave.records, &leave.calendar, services, &have);
    let changes = plan::reconcile(&wanted, &have);
    for change in &changes {
        match change {
            Change::Add {
                slot,
                generation,
                failed,
            } => {
                let entry = Entry {
                    slot: *slot,
                    key: plan::key(&workspace, &leave.action, slot, *generation),
                    generation: *generation,
                    remote_id: None,
                    place: None,
                    state: if failed.is_some() {
                        EntryState::Failed
                    } else {
                        EntryState::Waiting
                    },
                    calls: 0,
                    error: failed.clone(),
                };
                store::add_entry(tx, id, &entry).await?;
            }
            Change::Forget(entry) => {
                store::change_entry(tx, id, entry, Becomes::Removed).await?;
            }
            Change::Unwant(entry) => {
                store::change_entry(tx, id, entry, Becomes::Unwanted).await?;
            }
        }
    }
    Ok(!changes.is_empty())
}

/// The entry that is next: first everything that should be there, so that no day is missing at
/// any moment, then what should go. What cannot be sent is failed on the way.
async fn next(
    tx: &mut TenantTx,
    action_id: i64,
    down: &HashMap<Service, String>,
) -> Result<Option<Entry>, sqlx::Error> {
    let entries = store::entries(tx, action_id).await?;
    for entry in &entries {
        if entry.state == EntryState::Waiting {
            match down.get(&entry.slot.service) {
                None => return Ok(Some(entry.clone())),
                Some(why) => {
                    store::change_entry(tx, action_id, entry, Becomes::Failed(why)).await?;
                }
            }
        }
    }
    // What failed just now counts.
    let entries = store::entries(tx, action_id).await?;
    for entry in &entries {
        if entry.state == EntryState::Unwanted {
            let why = if plan::is_needed(entry, &entries) {
                Some(STAYS)
            } else {
                down.get(&entry.slot.service).map(String::as_str)
            };
            let Some(why) = why else {
                return Ok(Some(entry.clone()));
            };
            store::change_entry(tx, action_id, entry, Becomes::RemoveFailed(why)).await?;
        }
    }
    Ok(None)
}

/// Says that a call is about to be made, and where. `None`: there is none to be made, or the entry
/// changed meanwhile.
async fn start(
    tx: &mut TenantTx,
    integrations: &Integrations,
    action_id: i64,
    mut entry: Entry,
    down: &mut HashMap<Service, String>,
) -> Result<Option<Entry>, sqlx::Error> {
    let service = entry.slot.service;
    if entry.state != EntryState::Waiting {
        let started = store::change_entry(tx, action_id, &entry, Becomes::Removing).await?;
        entry.state = EntryState::Removing;
        return Ok(started.then_some(entry));
    }
    let now = match calls::place_of(integrations, service) {
        Ok(now) => now,
        Err(off) => {
            // Nothing is sent, and of what comes next neither.
            store::change_entry(tx, action_id, &entry, Becomes::Failed(&off.why)).await?;
            down.insert(service, off.why);
            return Ok(None);
        }
    };
    // Where it may be already, it is looked for first.
    let place = calls::place_before(integrations, &entry).unwrap_or(now);
    let becomes = Becomes::Calling(Some(&place));
    if !store::change_entry(tx, action_id, &entry, becomes).await? {
        return Ok(None);
    }
    entry.place = Some(place);
    entry.state = EntryState::Calling;
    entry.calls += 1;
    Ok(Some(entry))
}

/// What a call came to.
enum Answer {
    Created(Created),
    Removed,
    Failed(calls::CallFailed),
}

async fn call(integrations: &Integrations, leave: &Leave, entry: &Entry) -> Answer {
    let result = if entry.state == EntryState::Calling {
        calls::create(integrations, leave, entry)
            .await
            .map(Answer::Created)
    } else {
        calls::remove(integrations, entry)
            .await
            .map(|()| Answer::Removed)
    };
    result.unwrap_or_else(Answer::Failed)
}

/// Notes what a call came to. If the service itself is the trouble: why.
async fn note(
    tx: &mut TenantTx,
    leave: &Leave,
    entry: &Entry,
    result: Answer,
) -> Result<Option<String>, JobError> {
    let mut down = None;
    let next_key;
    let becomes = match &result {
        Answer::Created(Created::There(remote_id)) => Becomes::Done(remote_id.as_deref()),
        Answer::Created(Created::IdUsedUp) if entry.generation < MOST_IDS => {
            let generation = entry.generation + 1;
            next_key = plan::key(tx.workspace(), &leave.action, &entry.slot, generation);
            Becomes::NextId(&next_key, generation)
        }
        Answer::Created(Created::IdUsedUp) => {
            Becomes::Failed("the event was deleted by hand too often")
        }
        Answer::Created(Created::BelongsIn(place)) => Becomes::Moves(place),
        Answer::Removed => Becomes::Removed,
        Answer::Failed(failed) => {
            tracing::warn!(action = leave.action.id, service = entry.slot.service.as_str(), why = %failed.why, "leave could not be synchronized");
            down = failed.service_down.then(|| failed.why.clone());
            if entry.state == EntryState::Calling {
                Becomes::Failed(&failed.why)
            } else {
                Becomes::RemoveFailed(&failed.why)
            }
        }
    };
    if store::change_entry(tx, leave.action.id, entry, becomes).await? {
        Ok(down)
    } else {
        Err(JobError::for_good("somebody else ended this call"))
    }
}

/// The end: the days get the state that their entries came to, and people see it.
async fn finish(
    tx: &mut TenantTx,
    correlation_id: &str,
    leave: &Leave,
    touched: bool,
) -> Result<(), sqlx::Error> {
    let id = leave.action.id;
    // The leave before its days, as everybody who changes both does, so that nobody waits in a
    // circle.
    if leave.action.state == ActionState::Processing {
        step(tx, id, ActionState::Processing, ActionState::Completed).await?;
    }
    store::settle_records(tx, id).await?;
    if touched {
        refresh_messages(tx, correlation_id, id).await?;
        notice::tell_admins(tx, correlation_id, id).await?;
    }
    Ok(())
}

/// Ends a sync whose job failed, was interrupted or took too long.
pub async fn gave_up(tx: &mut TenantTx, services: &Services, job: &Job) -> Result<(), JobError> {
    let SyncLeave { action_id } = job.work()?;
    interrupted(tx, services, &job.correlation_id, action_id).await?;
    Ok(())
}

/// A leave is never left in the middle: what was sent may have happened, the rest has not.
async fn interrupted(
    tx: &mut TenantTx,
    services: &Services,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    let Some(leave) = Leave::load(tx, action_id).await? else {
        return Ok(());
    };
    let integrations = Integrations::of(tx, services).await?;
    prepare(tx, &integrations, &leave).await?;
    let ended = store::interrupt_entries(tx, action_id, SENT, NOT_SENT).await?;
    // Its message may still say that it is under way.
    let touched = ended > 0 || leave.action.state == ActionState::Processing;
    if let Some(leave) = Leave::load(tx, action_id).await? {
        finish(tx, correlation_id, &leave, touched).await?;
    }
    Ok(())
}

/// Ends what nobody works on any more although it is in the middle. A job that fails ends its own;
/// this is for what even that did not reach.
pub async fn recover(services: &Services, workspace: &WorkspaceId) -> Result<usize, sqlx::Error> {
    let mut tx = begin(services, workspace).await?;
    let stranded = store::stranded(&mut tx, SyncLeave::KIND).await?;
    let found = stranded.len();
    for action_id in stranded {
        tracing::error!(%workspace, action_id, "nobody works on a leave that is on its way");
        let correlation_id = format!("recover-{action_id}");
        interrupted(&mut tx, services, &correlation_id, action_id).await?;
    }
    tx.commit().await?;
    Ok(found)
}
