//! A sync whose process is gone: nothing stays in the middle, and a person heals it.

use insta::assert_snapshot;
use simulators::service::Fault;

use crate::support::House;

impl House {
    /// Whoever ran the last sync is gone, and its lease is over.
    async fn loses_the_worker(&self) {
        self.execute(
            "UPDATE job SET state = 'running', attempts = 1, finished_at = NULL, error = NULL, lease_until = '2026-03-01'
             WHERE job_id = (SELECT max(job_id) FROM job WHERE kind = 'leave.sync')",
        )
        .await;
    }
}

#[tokio::test]
async fn interrupted_before_anything_was_sent() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    house.stop_workers();
    house.ben().press("Approve").await;
    house.loses_the_worker().await;
    house.start_workers();
    house.round().await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✗ Calendar, Thu 5 – Fri 6 March not entered: interrupted before it was sent
      ✗ Harvest, Thu 5 – Fri 6 March not entered: interrupted before it was sent
      A people admin can retry.
      [Cancel leave]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 failed
    2026-03-06 full 480 min 2026 failed
    ");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "completed", "never left on its way");
    assert_eq!(house.outside(), "\n---\n");
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    2026-03-06 Asha Rao: 8 h Vacation
    ");
}

#[tokio::test]
async fn interrupted_in_the_middle_of_a_call() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    // The event is there; of the two days the first may be there, and the second surely is not.
    house
        .harvest()
        .fault("time_entries.create", Fault::LoseAnswer, None);
    house.is_granted(&asha, "2026-03-05", "2026-03-06").await;
    house.harvest().clear_faults();
    house
        .execute("UPDATE service_entry SET state = CASE WHEN first_day = '2026-03-05' THEN 'calling' ELSE 'waiting' END, error = NULL WHERE service = 'harvest'")
        .await;
    house
        .execute("UPDATE pending_action SET state = 'processing'")
        .await;
    house
        .execute("UPDATE leave_record SET state = 'confirmed'")
        .await;
    house.loses_the_worker().await;
    house.round().await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar
      ✗ Harvest, Thu 5 – Fri 6 March not entered: interrupted, may have happened
      A people admin can retry.
      [Cancel leave]
    ");
    assert_snapshot!(house.entries().await, @"
    calendar 2026-03-05 2026-03-06 full done
    harvest 2026-03-05 2026-03-05 full failed interrupted, may have happened
    harvest 2026-03-06 2026-03-06 full failed interrupted before it was sent
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 failed
    2026-03-06 full 480 min 2026 failed
    ");
    assert_eq!(house.outside.time_sheet().lines().count(), 1);
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    2026-03-06 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(house.entries().await, @"
    calendar 2026-03-05 2026-03-06 full done
    harvest 2026-03-05 2026-03-05 full done
    harvest 2026-03-06 2026-03-06 full done
    ");
}

#[tokio::test]
async fn interrupted_while_it_was_removed() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    house.calendar().fault("*", Fault::Down, None);
    house.presses(&asha, "Cancel leave").await;
    house.calendar().clear_faults();
    house
        .execute(
            "UPDATE service_entry SET state = 'removing', error = NULL WHERE service = 'calendar'",
        )
        .await;
    house.loses_the_worker().await;
    house.round().await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
      ✗ Calendar, Thu 5 March not removed: interrupted, may have happened
      ✓ Harvest: removed
      A people admin can retry.
    ");
    house.presses(&carla, "Retry").await;
    assert_eq!(house.outside(), "\n---\n");
}

#[tokio::test]
async fn a_leave_that_no_job_knows_any_more_is_ended_too() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    house
        .execute("UPDATE pending_action SET state = 'processing'")
        .await;
    house
        .execute("UPDATE leave_record SET state = 'confirmed'")
        .await;
    house
        .execute("UPDATE service_entry SET state = 'waiting' WHERE service = 'harvest'")
        .await;
    house.round().await;
    assert_snapshot!(house.entries().await, @"
    calendar 2026-03-05 2026-03-05 full done
    harvest 2026-03-05 2026-03-05 full failed interrupted before it was sent
    ");
    assert_snapshot!(house.records().await, @"2026-03-05 full 480 min 2026 failed");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "completed");
}

#[tokio::test]
async fn without_services_an_interrupted_sync_leaves_no_trace() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.stop_workers();
    house.ben().press("Approve").await;
    house.loses_the_worker().await;
    house.start_workers();
    house.round().await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
    assert_snapshot!(house.records().await, @"2026-03-05 full 480 min 2026 completed");
    assert_eq!(house.carla().dm(), "");
}
