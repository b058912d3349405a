//! The admins' message about leave that is not at the other services as it should be.

use crate::clients::blocks::{actions, button, context, primary, section};
use crate::clients::slack::Message;
use crate::jobs::{self, Job, JobError};
use crate::leave::entries::{Outcome, ServiceOutcome};
use crate::leave::model::PendingAction;
use crate::leave::outcome_words::{self, Reader};
use crate::leave::visibility::{Viewer, sight};
use crate::leave::work::ShowFailedSync;
use crate::leave::{approvers, store, views, words};
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::Messenger;
use crate::tenant::home;
use crate::tenant::store as directory;

/// Where the keys of the messages about one leave begin; the admin follows.
fn keys(action_id: i64) -> String {
    format!("action:{action_id}:sync:")
}

fn any_failed(outcomes: &[ServiceOutcome]) -> bool {
    outcomes
        .iter()
        .any(|service| matches!(service.outcome, Outcome::Failed(_)))
}

/// Promises that the admins are told what failed, and that those who were told see what became
/// of it.
pub async fn tell_admins(
    tx: &mut TenantTx,
    correlation_id: &str,
    action_id: i64,
) -> Result<(), sqlx::Error> {
    let failed = any_failed(&store::service_outcomes(tx, action_id).await?);
    let keys = keys(action_id);
    let told = directory::posted_keys(tx, &keys).await?;
    let people = directory::active_people(tx).await?;
    home::follow(tx, correlation_id, &approvers::admins(&people)).await?;
    for person in people {
        let was_told = told
            .iter()
            .any(|key| key.strip_prefix(&keys) == Some(person.user.as_str()));
        if !was_told && !person.is_admin {
            continue;
        }
        let work = ShowFailedSync {
            action_id,
            admin: person.user,
        };
        // A first message may be on its way.
        if was_told || failed || jobs::is_promised(tx, &work).await? {
            jobs::enqueue(tx, correlation_id, &work).await?;
        }
    }
    Ok(())
}

/// Runs [`ShowFailedSync`].
pub async fn show_failed(services: &Services, job: &Job) -> Result<(), JobError> {
    let ShowFailedSync { action_id, admin } = job.work()?;
    let now = services.clock.now();
    let mut tx = services.db.begin(&job.workspace, now).await?;
    let Some(action) = store::action(&mut tx, action_id).await? else {
        return Ok(());
    };
    let Some(reader) = directory::person(&mut tx, &admin).await? else {
        return Ok(());
    };
    let outcomes = store::service_outcomes(&mut tx, action_id).await?;
    tx.rollback().await?;
    let message = message(&action, &outcomes, reader.today(now));
    let messenger = Messenger::of(services, &job.workspace).await?;
    let key = format!("{}{admin}", keys(action_id));
    if any_failed(&outcomes) {
        return messenger
            .show(&key, &admin, &message, job.is_repeat())
            .await;
    }
    let over = !outcomes
        .iter()
        .any(|service| service.outcome == Outcome::UnderWay);
    // What fails after it was in order is new, and rings again.
    messenger.update(&key, &message, over).await
}

fn message(
    action: &PendingAction,
    outcomes: &[ServiceOutcome],
    today: jiff::civil::Date,
) -> Message {
    let who = action.user.mention();
    let kind = sight(Viewer::Admin, action.state).is_some_and(|sight| sight.kind);
    let what = if kind {
        views::title(action, today)
    } else {
        words::leave_days(action, today)
    };
    let lines = outcome_words::lines(outcomes, Reader::Admin, today).join("\n");
    let failed = any_failed(outcomes);
    let under_way = outcomes
        .iter()
        .any(|service| service.outcome == Outcome::UnderWay);
    let heading = if failed {
        format!(":warning: {who}'s leave is not everywhere as it should be.")
    } else if under_way {
        format!(":hourglass_flowing_sand: {who}'s leave is being tried again.")
    } else {
        format!(":white_check_mark: {who}'s leave is everywhere as it should be now.")
    };
    let mut blocks = vec![section(&format!("{heading}\n*{what}*\n{lines}"))];
    if failed {
        blocks.push(context(
            "Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.",
        ));
        let retry = button(views::RETRY, "Retry", &action.id.to_string());
        blocks.push(actions("retry", vec![primary(retry)]));
    }
    Message {
        text: heading,
        blocks,
    }
}
