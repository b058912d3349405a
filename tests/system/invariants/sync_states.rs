//! Every change of an entry or a day names the state that it leaves: from any other state it
//! changes nothing.

use sqlx::Executor;
use timeoff::leave::entries::{Entry, EntryState};
use timeoff::leave::model::RecordState;
use timeoff::leave::store::{self, Becomes};

use crate::support::House;

impl House {
    async fn entry_is(&self, state: EntryState) {
        let set = sqlx::query(
            "UPDATE service_entry SET state = $1, error = CASE WHEN $1 IN ('failed', 'remove_failed') THEN 'down' END",
        );
        self.database
            .owner
            .execute(set.bind(state.as_str()))
            .await
            .expect("set");
    }

    async fn record_is(&self, state: RecordState) {
        let set = sqlx::query("UPDATE leave_record SET state = $1");
        self.database
            .owner
            .execute(set.bind(state.as_str()))
            .await
            .expect("set");
    }

    async fn the_entry(&self) -> Entry {
        let mut tx = self.tx().await;
        let entries = store::entries(&mut tx, 1).await.expect("readable");
        entries.into_iter().next().expect("an entry")
    }

    async fn the_record(&self) -> String {
        self.value("SELECT state FROM leave_record").await
    }
}

fn becomes(state: EntryState) -> Becomes<'static> {
    match state {
        EntryState::Waiting => Becomes::NextId("timeoffnext", 1),
        EntryState::Calling => Becomes::Calling(Some("place")),
        EntryState::Done => Becomes::Done(None),
        EntryState::Failed => Becomes::Failed("down"),
        EntryState::Unwanted => Becomes::Unwanted,
        EntryState::Removing => Becomes::Removing,
        EntryState::Removed => Becomes::Removed,
        EntryState::RemoveFailed => Becomes::RemoveFailed("down"),
    }
}

/// Dev's one day of leave, in the calendar alone.
async fn house() -> House {
    let house = House::with_services().await;
    house
        .is_granted(&house.dev(), "2026-03-05", "2026-03-05")
        .await;
    let ids: i64 = house
        .value("SELECT max(action_id) FROM pending_action")
        .await;
    assert_eq!(ids, 1);
    house
}

#[tokio::test]
async fn an_entry_changes_only_from_the_state_that_is_named() {
    let house = house().await;
    for from in EntryState::ALL {
        house.entry_is(*from).await;
        let known = house.the_entry().await;
        for to in EntryState::ALL.iter().filter(|to| from.may_become(**to)) {
            for really in EntryState::ALL {
                house.entry_is(*really).await;
                let mut tx = house.tx().await;
                let changed = store::change_entry(&mut tx, 1, &known, becomes(*to)).await;
                assert_eq!(
                    changed.expect("the database answers"),
                    really == from,
                    "{from:?} → {to:?}, but it is {really:?}"
                );
                tx.commit().await.expect("committed");
                let now = house.the_entry().await.state;
                assert_eq!(now, if really == from { *to } else { *really });
            }
        }
    }
}

#[tokio::test]
async fn a_change_that_is_not_allowed_is_an_error_and_changes_nothing() {
    let house = house().await;
    for from in EntryState::ALL {
        house.entry_is(*from).await;
        let known = house.the_entry().await;
        for to in EntryState::ALL.iter().filter(|to| !from.may_become(**to)) {
            let mut tx = house.tx().await;
            let changed = store::change_entry(&mut tx, 1, &known, becomes(*to)).await;
            let refused = changed.expect_err("it is not allowed").to_string();
            assert!(
                refused.ends_with(&format!("{} may not become {}", from.as_str(), to.as_str())),
                "{refused}"
            );
            tx.commit().await.expect("committed");
            assert_eq!(house.the_entry().await, known);
        }
    }
}

#[tokio::test]
async fn a_retry_begins_only_what_failed() {
    let house = house().await;
    for state in EntryState::ALL {
        house.entry_is(*state).await;
        house.record_is(RecordState::Failed).await;
        let mut tx = house.tx().await;
        let begun = store::retry_entries(&mut tx, 1).await.expect("answered");
        tx.commit().await.expect("committed");
        let (entry, record) = (house.the_entry().await.state, house.the_record().await);
        let expected = match state {
            EntryState::Failed => (1, EntryState::Waiting, "confirmed"),
            EntryState::RemoveFailed => (1, EntryState::Unwanted, "confirmed"),
            other => (0, *other, "failed"),
        };
        assert_eq!((begun, entry, record.as_str()), expected);
    }
    for state in RecordState::ALL {
        house.entry_is(EntryState::Failed).await;
        house.record_is(*state).await;
        let mut tx = house.tx().await;
        store::retry_entries(&mut tx, 1).await.expect("answered");
        tx.commit().await.expect("committed");
        let expected = if *state == RecordState::Failed {
            "confirmed"
        } else {
            state.as_str()
        };
        assert_eq!(house.the_record().await, expected);
    }
}

#[tokio::test]
async fn the_end_of_a_sync_changes_only_days_that_are_approved() {
    let house = house().await;
    for entry in EntryState::ALL {
        for record in RecordState::ALL {
            house.entry_is(*entry).await;
            house.record_is(*record).await;
            let mut tx = house.tx().await;
            store::settle_records(&mut tx, 1).await.expect("answered");
            tx.commit().await.expect("committed");
            let expected = match record {
                RecordState::Confirmed | RecordState::Completed if entry.is_failed() => "failed",
                // What failed before is in order by now.
                RecordState::Failed if !entry.is_failed() => "completed",
                RecordState::Confirmed => "completed",
                other => other.as_str(),
            };
            assert_eq!(house.the_record().await, expected, "{entry:?} {record:?}");
        }
    }
}

#[tokio::test]
async fn an_interruption_ends_only_what_is_in_the_middle() {
    let house = house().await;
    for state in EntryState::ALL {
        house.entry_is(*state).await;
        let mut tx = house.tx().await;
        let ended = store::interrupt_entries(&mut tx, 1, "sent", "not sent").await;
        tx.commit().await.expect("committed");
        let entry = house.the_entry().await;
        let expected = match state {
            EntryState::Waiting => (1, EntryState::Failed, Some("not sent")),
            EntryState::Calling => (1, EntryState::Failed, Some("sent")),
            EntryState::Unwanted => (1, EntryState::RemoveFailed, Some("not sent")),
            EntryState::Removing => (1, EntryState::RemoveFailed, Some("sent")),
            other => (0, *other, other.is_failed().then_some("down")),
        };
        let found = (
            ended.expect("answered"),
            entry.state,
            entry.error.as_deref(),
        );
        assert_eq!(found, expected);
    }
}
