//! Leave that is taken back leaves the calendar and the time sheet.

use insta::assert_snapshot;
use jiff::civil::Date;
use simulators::service::Fault;
use simulators::slack::Person;
use timeoff::leave::store::{self, GivenBack};
use timeoff::leave::{cancel, sync};
use timeoff::tenant::store::Actor;

use crate::support::{House, Plan, id};

impl House {
    /// `person` gives days of their newest leave back.
    async fn gives_back(&self, person: &Person, days: &[&str]) -> GivenBack {
        let days: Vec<Date> = days.iter().map(|day| day.parse().unwrap()).collect();
        let newest: i64 = self
            .value("SELECT max(action_id) FROM pending_action")
            .await;
        let mut tx = self.tx().await;
        let action = store::action(&mut tx, newest).await.unwrap().unwrap();
        let user = id(person.id());
        let given =
            cancel::cancel_days(&mut tx, "test", action.id, &days, Actor::Person(&user)).await;
        tx.commit().await.unwrap();
        self.settle().await;
        given.unwrap()
    }

    /// The same, and other days stay.
    async fn gives_some_back(&self, person: &Person, days: &[&str]) {
        let given = self.gives_back(person, days).await;
        let days = days.iter().map(|day| day.parse().unwrap()).collect();
        assert_eq!(given, GivenBack::Days(days));
    }
}

#[tokio::test]
async fn cancelled_leave_is_removed_from_both() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-05", "2026-03-06").await;
    assert_eq!(house.outside().lines().count(), 4);
    house.presses(&asha, "Cancel leave").await;
    assert_eq!(house.outside(), "\n---\n");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
      ✓ Calendar: removed · ✓ Harvest: removed
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 cancelled
    2026-03-06 full 480 min 2026 cancelled
    ");
    assert_eq!(house.carla().dm(), "");
}

#[tokio::test]
async fn what_is_gone_already_counts_as_removed() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    let event = house.calendar().events()[0].id.clone();
    let entry = house.harvest().entries()[0].id;
    assert!(house.calendar().delete_by_hand(&event) && house.harvest().delete_by_hand(entry));
    house.presses(&asha, "Cancel leave").await;
    assert!(
        asha.dm()
            .contains("✓ Calendar: removed · ✓ Harvest: removed"),
        "{}",
        asha.dm()
    );
}

#[tokio::test]
async fn what_cannot_be_removed_is_shown_and_retried_by_a_person() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    house.calendar().fault("*", Fault::ServerError, None);
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-06: Leave - Asha Rao
    ---
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
      ✗ Calendar, Thu 5 March not removed: Google Calendar answered 500: Backend Error
      ✓ Harvest: removed
      A people admin can retry.
    ");
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 March*
      ✗ Calendar, Thu 5 March not removed: Google Calendar answered 500: Backend Error
      ✓ Harvest: removed
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    house.calendar().clear_faults();
    house.round().await;
    assert_ne!(house.outside.events(), "", "nothing is tried by itself");
    house.presses(&carla, "Retry").await;
    assert_eq!(house.outside(), "\n---\n");
    assert_snapshot!(carla.dm(), @"
    timeoff: :white_check_mark: @asha's leave is everywhere as it should be now.
      *Vacation, Thu 5 March*
      ✓ Calendar: removed
      ✓ Harvest: removed
    ");
}

#[tokio::test]
async fn ending_leave_early_shortens_the_event() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-03", "2026-03-09").await;
    house.at("2026-03-05T05:00:00Z").await;
    house.presses(&asha, "Cancel leave").await;
    assert_snapshot!(house.outside(), @"
    2026-03-03 to 2026-03-05: Leave - Asha Rao
    ---
    2026-03-03 Asha Rao: 8 h Vacation
    2026-03-04 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 3 – Wed 4 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar · ✓ Harvest
    ");
}

#[tokio::test]
async fn a_day_given_back_in_the_middle_leaves_two_events() {
    let house = House::with_services().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.is_granted(&asha, "2026-03-09", "2026-03-13").await;
    house.gives_some_back(&asha, &["2026-03-11"]).await;
    assert_snapshot!(house.outside(), @"
    2026-03-09 to 2026-03-11: Leave - Asha Rao
    2026-03-12 to 2026-03-14: Leave - Asha Rao
    ---
    2026-03-09 Asha Rao: 8 h Vacation
    2026-03-10 Asha Rao: 8 h Vacation
    2026-03-12 Asha Rao: 8 h Vacation
    2026-03-13 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Mon 9 – Fri 13 March, without Wed 11 March*
      4 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar · ✓ Harvest
      [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Mon 9 – Fri 13 March, without Wed 11 March*
      4 working days
      :white_check_mark: Approved by you.
    timeoff: @asha gave days of leave back: Vacation, Mon 9 – Fri 13 March, without Wed 11 March, instead of Mon 9 – Fri 13 March.
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-09 full 480 min 2026 completed
    2026-03-10 full 480 min 2026 completed
    2026-03-11 full 480 min 2026 cancelled
    2026-03-12 full 480 min 2026 completed
    2026-03-13 full 480 min 2026 completed
    ");

    // The same day again is nothing; an end moves the end; the last days take all away.
    assert_eq!(
        house.gives_back(&asha, &["2026-03-11", "2026-03-20"]).await,
        GivenBack::Nothing
    );
    house.gives_some_back(&asha, &["2026-03-09"]).await;
    assert_snapshot!(house.outside.events(), @"
    2026-03-10 to 2026-03-11: Leave - Asha Rao
    2026-03-12 to 2026-03-14: Leave - Asha Rao
    ");
    assert!(
        asha.dm()
            .contains("Tue 10 – Fri 13 March, without Wed 11 March"),
        "{}",
        asha.dm()
    );
    house
        .gives_some_back(&asha, &["2026-03-12", "2026-03-13"])
        .await;
    assert_snapshot!(house.outside(), @"
    2026-03-10 to 2026-03-11: Leave - Asha Rao
    ---
    2026-03-10 Asha Rao: 8 h Vacation
    ");
    assert!(
        asha.dm().contains("*Vacation, Tue 10 March*"),
        "{}",
        asha.dm()
    );
    assert_eq!(
        house.gives_back(&asha, &["2026-03-10"]).await,
        GivenBack::All
    );
    assert_eq!(house.outside(), "\n---\n");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "cancelled");
    assert_eq!(
        house.gives_back(&asha, &["2026-03-10"]).await,
        GivenBack::Nothing
    );
}

#[tokio::test]
async fn a_day_of_a_request_that_waits_can_be_given_back_too() {
    let house = House::with_services().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-09", "2026-03-13").await;
    house.gives_some_back(&asha, &["2026-03-11"]).await;
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Mon 9 – Fri 13 March, without Wed 11 March*
      4 working days
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
    house.presses(&ben, "Approve").await;
    assert_snapshot!(house.outside(), @"
    2026-03-09 to 2026-03-11: Leave - Asha Rao
    2026-03-12 to 2026-03-14: Leave - Asha Rao
    ---
    2026-03-09 Asha Rao: 8 h Vacation
    2026-03-10 Asha Rao: 8 h Vacation
    2026-03-12 Asha Rao: 8 h Vacation
    2026-03-13 Asha Rao: 8 h Vacation
    ");
}

#[tokio::test]
async fn the_old_event_stays_until_the_new_ones_are_there() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.is_granted(&asha, "2026-03-09", "2026-03-13").await;
    house
        .calendar()
        .fault("events.insert", Fault::ServerError, None);
    house.gives_some_back(&asha, &["2026-03-11"]).await;
    assert_snapshot!(house.outside(), @"
    2026-03-09 to 2026-03-14: Leave - Asha Rao
    ---
    2026-03-09 Asha Rao: 8 h Vacation
    2026-03-10 Asha Rao: 8 h Vacation
    2026-03-12 Asha Rao: 8 h Vacation
    2026-03-13 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Mon 9 – Fri 13 March, without Wed 11 March*
      ✗ Calendar, Mon 9 – Tue 10 March and Thu 12 – Fri 13 March not entered; Mon 9 – Fri 13 March not removed: Google Calendar answered 500: Backend Error
      ✓ Harvest
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    house.calendar().clear_faults();
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside.events(), @"
    2026-03-09 to 2026-03-11: Leave - Asha Rao
    2026-03-12 to 2026-03-14: Leave - Asha Rao
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-09 full 480 min 2026 completed
    2026-03-10 full 480 min 2026 completed
    2026-03-11 full 480 min 2026 cancelled
    2026-03-12 full 480 min 2026 completed
    2026-03-13 full 480 min 2026 completed
    ");
}

#[tokio::test]
async fn an_event_that_had_to_stay_goes_with_the_whole_leave() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-09", "2026-03-11").await;
    house
        .calendar()
        .fault("events.insert", Fault::ServerError, None);
    house.gives_some_back(&asha, &["2026-03-10"]).await;
    assert_snapshot!(house.outside.events(), @"2026-03-09 to 2026-03-12: Leave - Asha Rao");
    house.presses(&asha, "Cancel leave").await;
    assert_eq!(house.outside(), "\n---\n");
    assert_snapshot!(house.carla().dm(), @"
    timeoff: :white_check_mark: @asha's leave is everywhere as it should be now.
      *Vacation, Mon 9 – Wed 11 March*
      ✓ Calendar: removed
      ✓ Harvest: removed
    ");
}

#[tokio::test]
async fn what_failed_is_not_sent_again_because_another_day_is_given_back() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.calendar().fault("*", Fault::Down, None);
    house.is_granted(&asha, "2026-03-09", "2026-03-11").await;
    house.calendar().clear_faults();
    house.gives_some_back(&asha, &["2026-03-10"]).await;
    assert_snapshot!(house.entries().await, @"
    calendar 2026-03-09 2026-03-09 full failed Google Calendar closed the connection before it answered
    calendar 2026-03-09 2026-03-11 full remove_failed stays until the events of the remaining days are there
    calendar 2026-03-11 2026-03-11 full failed Google Calendar closed the connection before it answered
    harvest 2026-03-09 2026-03-09 full done
    harvest 2026-03-10 2026-03-10 full removed
    harvest 2026-03-11 2026-03-11 full done
    ");
    assert_eq!(house.outside.events(), "");
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside(), @"
    2026-03-09 to 2026-03-10: Leave - Asha Rao
    2026-03-11 to 2026-03-12: Leave - Asha Rao
    ---
    2026-03-09 Asha Rao: 8 h Vacation
    2026-03-11 Asha Rao: 8 h Vacation
    ");
}

#[tokio::test]
async fn leave_that_is_on_its_way_can_be_cancelled() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.calendar().fault(
        "events.insert",
        Fault::Slow(std::time::Duration::from_secs(1)),
        None,
    );
    house.ben().press("Approve").await;
    house
        .until(|| !house.calendar().calls("events.insert").is_empty())
        .await;
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "processing");
    house.until(|| asha.dm().contains("Cancel leave")).await;
    house.presses(&asha, "Cancel leave").await;
    assert_eq!(house.outside(), "\n---\n");
    assert!(asha.dm().contains("Cancelled"), "{}", asha.dm());
}

#[tokio::test]
async fn there_is_nothing_to_retry_where_nothing_failed() {
    let house = House::with_services().await;
    let (asha, ben) = (house.asha(), house.ben());
    let carla = id("U_CARLA");
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    house.asks(&ben, "2026-03-06", "2026-03-06").await;
    let mut tx = house.tx().await;
    for (action, told) in [
        (
            "SELECT min(action_id) FROM pending_action",
            "Nothing of this leave has failed: all of it is as it should be.",
        ),
        (
            "SELECT max(action_id) FROM pending_action",
            "This leave was never approved.",
        ),
    ] {
        let action: i64 = house.value(action).await;
        let retried = sync::retry(&mut tx, "test", action, Actor::Person(&carla)).await;
        assert_eq!(retried.unwrap(), sync::Retry::NotFailed(told));
    }
    let retried = sync::retry(&mut tx, "test", 4711, Actor::Person(&carla)).await;
    assert_eq!(retried.unwrap(), sync::Retry::NotFound);
}

#[tokio::test]
async fn what_a_lost_answer_left_goes_too_when_a_retry_is_overtaken_by_a_cancellation() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .calendar()
        .fault("events.insert", Fault::LoseAnswer, Some(1));
    house
        .harvest()
        .fault("time_entries.create", Fault::LoseAnswer, Some(1));
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    assert_eq!(
        house.outside().lines().count(),
        3,
        "both are there, and nobody knows"
    );
    // The retry has yet to begin when the leave is cancelled.
    house.stop_workers();
    carla.press("Retry").await;
    asha.press("Cancel leave").await;
    house.start_workers();
    house.round().await;
    assert_eq!(house.outside(), "\n---\n");
    assert_snapshot!(house.entries().await, @"
    calendar 2026-03-05 2026-03-05 full removed
    harvest 2026-03-05 2026-03-05 full removed
    ");
    assert!(
        asha.dm()
            .contains("✓ Calendar: removed · ✓ Harvest: removed"),
        "{}",
        asha.dm()
    );
}

#[tokio::test]
async fn days_are_in_order_again_when_a_later_change_removes_what_could_not_be_removed() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house.is_granted(&asha, "2026-03-09", "2026-03-13").await;
    house
        .calendar()
        .fault("events.delete", Fault::ServerError, Some(1));
    house.gives_some_back(&asha, &["2026-03-11"]).await;
    assert_snapshot!(house.records().await, @"
    2026-03-09 full 480 min 2026 failed
    2026-03-10 full 480 min 2026 failed
    2026-03-11 full 480 min 2026 cancelled
    2026-03-12 full 480 min 2026 failed
    2026-03-13 full 480 min 2026 failed
    ");
    house.gives_some_back(&asha, &["2026-03-13"]).await;
    assert_snapshot!(house.outside.events(), @"
    2026-03-09 to 2026-03-11: Leave - Asha Rao
    2026-03-12 to 2026-03-13: Leave - Asha Rao
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-09 full 480 min 2026 completed
    2026-03-10 full 480 min 2026 completed
    2026-03-11 full 480 min 2026 cancelled
    2026-03-12 full 480 min 2026 completed
    2026-03-13 full 480 min 2026 cancelled
    ");
    assert!(
        carla.dm().contains("everywhere as it should be now"),
        "{}",
        carla.dm()
    );
}

#[tokio::test]
async fn days_given_back_at_the_same_moment_never_leave_approved_leave_without_a_day() {
    let plan = Plan {
        connections: 4,
        ..Plan::default()
    };
    let house = House::build(plan).await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-09", "2026-03-11").await;
    let user = id(asha.id());
    let days =
        |days: &[&str]| -> Vec<Date> { days.iter().map(|day| day.parse().unwrap()).collect() };
    let (middle, ends) = (days(&["2026-03-10"]), days(&["2026-03-09", "2026-03-11"]));
    let (mut first, mut second) = (house.tx().await, house.tx().await);
    // Both know the leave as it was.
    let action = store::action(&mut first, 1).await.unwrap().unwrap();
    let given =
        cancel::cancel_days(&mut first, "test", action.id, &middle, Actor::Person(&user)).await;
    assert_eq!(given.unwrap(), GivenBack::Days(middle));
    let overtaken = async {
        let given =
            cancel::cancel_days(&mut second, "test", action.id, &ends, Actor::Person(&user)).await;
        second.commit().await.unwrap();
        given.unwrap()
    };
    let overtaking = async {
        let waits = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')";
        while !house.value::<bool>(waits).await {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        first.commit().await.unwrap();
    };
    let (given, ()) = tokio::join!(overtaken, overtaking);
    assert_eq!(given, GivenBack::All, "these were the last days");
    house.settle().await;
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "cancelled");
    assert_snapshot!(house.records().await, @"
    2026-03-09 full 480 min 2026 cancelled
    2026-03-10 full 480 min 2026 cancelled
    2026-03-11 full 480 min 2026 cancelled
    ");
}
