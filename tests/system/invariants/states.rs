//! State machines, transition by transition, as the database has them: what is allowed happens,
//! what is not changes nothing.

use sqlx::AssertSqlSafe;
use timeoff::leave::model::{ActionState, ReplyState};
use timeoff::leave::store::{self, Change};
use timeoff::tenant::store::Actor;

use crate::support::House;

async fn set(house: &House, table: &str, state: &str) {
    sqlx::query(AssertSqlSafe(format!(
        "UPDATE {table} SET state = '{state}'"
    )))
    .execute(&house.database.owner)
    .await
    .expect("a state");
}

#[tokio::test]
async fn an_action_changes_only_as_it_may() {
    let house = House::open().await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    for from in ActionState::ALL {
        for to in ActionState::ALL {
            for really in [from, to] {
                set(&house, "pending_action", really.as_str()).await;
                let change = Change {
                    from: *from,
                    to: *to,
                    actor: Actor::System,
                    note: None,
                };
                let mut tx = house.tx().await;
                let id: i64 = house.value("SELECT action_id FROM pending_action").await;
                let changed = store::change_state(&mut tx, id, change).await;
                tx.commit().await.expect("committed");
                let now: String = house.value("SELECT state FROM pending_action").await;
                let case = format!("{from:?} to {to:?}, being {really:?}");
                if from.may_become(*to) && really == from {
                    assert!(changed.expect(&case), "{case}");
                    assert_eq!(now, to.as_str(), "{case}");
                } else {
                    assert!(!changed.unwrap_or(false), "{case}");
                    assert_eq!(now, really.as_str(), "{case}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_reply_changes_only_as_it_may() {
    let house = House::open().await;
    house.writes(&house.asha(), "on leave tomorrow").await;
    for from in ReplyState::ALL {
        for to in ReplyState::ALL {
            for really in [from, to] {
                set(&house, "channel_reply", really.as_str()).await;
                let mut tx = house.tx().await;
                let id: i64 = house.value("SELECT reply_id FROM channel_reply").await;
                let changed = store::change_reply(&mut tx, id, *from, *to).await;
                tx.commit().await.expect("committed");
                let now: String = house.value("SELECT state FROM channel_reply").await;
                let case = format!("{from:?} to {to:?}, being {really:?}");
                if from.may_become(*to) && really == from {
                    assert!(changed.expect(&case), "{case}");
                    assert_eq!(now, to.as_str(), "{case}");
                } else {
                    assert!(!changed.unwrap_or(false), "{case}");
                    assert_eq!(now, really.as_str(), "{case}");
                }
            }
        }
    }
}
