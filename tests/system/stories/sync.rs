//! Leave in the calendar and in the time sheet.

use insta::assert_snapshot;
use simulators::service::Fault;
use simulators::slack::Clock;
use timeoff::leave::days::WorkingWeek;
use timeoff::leave::model::Portion;
use timeoff::leave::store;

use crate::support::{House, MONDAY, Outside, id};

#[tokio::test]
async fn approved_leave_is_in_the_calendar_and_in_the_time_sheet() {
    let house = House::with_services().await;
    let asha = house.asha();
    // Over a weekend: one event, and two entries of time.
    house.is_granted(&asha, "2026-03-06", "2026-03-09").await;
    assert_snapshot!(house.outside(), @"
    2026-03-06 to 2026-03-10: Leave - Asha Rao
    ---
    2026-03-06 Asha Rao: 8 h Vacation
    2026-03-09 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Fri 6 – Mon 9 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar · ✓ Harvest
      [Cancel leave]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-06 full 480 min 2026 completed
    2026-03-09 full 480 min 2026 completed
    ");
    assert_snapshot!(house.carla().dm(), @"");
    let body = house.calendar().calls("events.insert")[0].body.to_string();
    assert!(
        !body.contains("acation") && !body.contains("attendees"),
        "{body}"
    );
}

#[tokio::test]
async fn half_days_have_their_hours_and_sick_leave_its_task() {
    let house = House::with_services().await;
    let (asha, ben) = (house.asha(), house.ben());
    // Ben works other hours, six a day.
    let mut tx = house.tx().await;
    let week = WorkingWeek::parse(
        "FFFFF--",
        "2026-01-01".parse().unwrap(),
        360,
        "09:00,12:30,16:00",
    )
    .unwrap();
    store::save_working_week(&mut tx, Some(&id("U_BEN")), &week)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    house
        .is_told(
            &asha,
            "/timeoff 2026-03-05",
            &[
                ("Leave type", "Sick leave"),
                ("Part of the day", "Morning"),
                ("Reason", "fever"),
            ],
        )
        .await;
    house
        .is_told(
            &ben,
            "/timeoff 2026-03-06",
            &[
                ("Leave type", "Sick leave"),
                ("Part of the day", "Afternoon"),
            ],
        )
        .await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 11:00 to 2026-03-05 15:00 Asia/Kolkata: Leave - Asha Rao (AM)
    2026-03-06 12:30 to 2026-03-06 16:00 Europe/London: Leave - Ben Okafor (PM)
    ---
    2026-03-05 Asha Rao: 4 h Sick leave
    2026-03-06 Ben Okafor: 3 h Sick leave
    ");
    for call in house.calendar().calls("*") {
        let body = call.body.to_string().to_lowercase();
        assert!(!body.contains("sick") && !body.contains("fever"), "{body}");
    }
    for call in house.harvest().calls("*") {
        let body = call.body.to_string();
        assert!(!body.contains("fever"), "{body}");
    }
}

#[tokio::test]
async fn a_person_without_a_harvest_id_is_skipped_and_told_so() {
    let house = House::with_services().await;
    let dev = house.dev();
    house.is_granted(&dev, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-06: Leave - Dev Patel
    ---
    ");
    assert_snapshot!(dev.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      ✓ Calendar · Harvest: skipped, you have no Harvest id
      [Cancel leave]
    ");
    assert_snapshot!(house.records().await, @"2026-03-05 full 480 min 2026 completed");
    assert_eq!(house.carla().dm(), "", "nothing failed");
}

#[tokio::test]
async fn a_service_that_is_off_is_not_mentioned() {
    let now = MONDAY.parse().unwrap();
    let outside = Outside {
        harvest: None,
        ..Outside::both(&Clock::manual(now))
    };
    let house = House::with(outside).await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      ✓ Calendar
      [Cancel leave]
    ");
}

#[tokio::test]
async fn while_the_services_are_slow_the_message_says_that_it_is_under_way() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.calendar().fault(
        "events.insert",
        Fault::Slow(std::time::Duration::from_secs(1)),
        None,
    );
    house.ben().press("Approve").await;
    house.until(|| asha.dm().contains("under way")).await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      Calendar: under way · Harvest: under way
      [Cancel leave]
    ");
    house.settle().await;
    assert!(
        asha.dm().contains("✓ Calendar · ✓ Harvest"),
        "{}",
        asha.dm()
    );
}

#[tokio::test]
async fn what_is_done_stays_when_the_other_service_fails_and_a_person_retries() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, None);
    house.is_granted(&asha, "2026-03-05", "2026-03-06").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    ---
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar
      ✗ Harvest, Thu 5 – Fri 6 March not entered: Harvest answered 500: There was a server error.
      A people admin can retry.
      [Cancel leave]
    ");
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 – Fri 6 March*
      ✓ Calendar
      ✗ Harvest, Thu 5 – Fri 6 March not entered: Harvest answered 500: There was a server error.
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 failed
    2026-03-06 full 480 min 2026 failed
    ");
    assert_snapshot!(house.entries().await, @"
    calendar 2026-03-05 2026-03-06 full done
    harvest 2026-03-05 2026-03-05 full failed Harvest answered 500: There was a server error.
    harvest 2026-03-06 2026-03-06 full failed Harvest answered 500: There was a server error.
    ");
    assert_eq!(
        house.harvest().calls("time_entries.create").len(),
        1,
        "a service that is down is not asked for the next day"
    );

    // Nothing happens by itself, however long it takes.
    house.harvest().clear_faults();
    house.at("2026-03-04T09:00:00Z").await;
    assert!(house.outside.time_sheet().is_empty());

    let insertions = house.calendar().calls("events.insert").len();
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    2026-03-06 Asha Rao: 8 h Vacation
    ");
    assert_snapshot!(carla.dm(), @"
    timeoff: :white_check_mark: @asha's leave is everywhere as it should be now.
      *Vacation, Thu 5 – Fri 6 March*
      ✓ Calendar
      ✓ Harvest
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      :white_check_mark: Approved by @ben.
      ✓ Calendar · ✓ Harvest
      [Cancel leave]
    timeoff: Your leave begins tomorrow: *Vacation, Thu 5 – Fri 6 March*
      2 working days
      You are back on Mon 9 March.
      Approved by @ben.
      [Cancel leave]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 completed
    2026-03-06 full 480 min 2026 completed
    ");
    assert_eq!(
        house.calendar().calls("events.insert").len(),
        insertions,
        "only what failed runs"
    );
    let who: String = house
        .value("SELECT actor FROM audit_log WHERE action = 'retried'")
        .await;
    assert_eq!(who, "U_CARLA");
}

#[tokio::test]
async fn a_retry_that_fails_again_says_so_in_the_same_message() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .calendar()
        .fault("events.insert", Fault::ServerError, Some(1));
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    house
        .calendar()
        .fault("events.get", Fault::RateLimited(30), Some(1));
    house.presses(&carla, "Retry").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 March*
      ✗ Calendar, Thu 5 March not entered: Google Calendar answered 429: Rate Limit Exceeded
      ✓ Harvest
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    house.presses(&carla, "Retry").await;
    assert_snapshot!(carla.dm(), @"
    timeoff: :white_check_mark: @asha's leave is everywhere as it should be now.
      *Vacation, Thu 5 March*
      ✓ Calendar
      ✓ Harvest
    ");
    assert_eq!(house.rings(&carla), 1);
}

#[tokio::test]
async fn a_day_that_harvest_refuses_does_not_keep_the_others_from_it() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .harvest()
        .set_task_active(simulators::harvest::HarvestSim::VACATION, false);
    house.is_granted(&asha, "2026-03-05", "2026-03-06").await;
    assert_eq!(house.harvest().calls("time_entries.create").len(), 2);
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 – Fri 6 March*
      ✓ Calendar
      ✗ Harvest, Thu 5 – Fri 6 March not entered: Harvest answered 422: Task is not active
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    ");
    house
        .harvest()
        .set_task_active(simulators::harvest::HarvestSim::VACATION, true);
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside(), @"
    2026-03-05 to 2026-03-07: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    2026-03-06 Asha Rao: 8 h Vacation
    ");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_for_and_nothing_doubles() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .calendar()
        .fault("events.insert", Fault::LoseAnswer, Some(1));
    house
        .harvest()
        .fault("time_entries.create", Fault::LoseAnswer, Some(1));
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      ✗ Calendar, Thu 5 March not entered: Google Calendar closed the connection before it answered; it may have happened nevertheless
      ✗ Harvest, Thu 5 March not entered: Harvest closed the connection before it answered; it may have happened nevertheless
      A people admin can retry.
      [Cancel leave]
    ");
    let there = house.outside();
    house.presses(&carla, "Retry").await;
    assert_eq!(house.outside(), there, "found, not created again");
    assert_snapshot!(there, @"
    2026-03-05 to 2026-03-06: Leave - Asha Rao
    ---
    2026-03-05 Asha Rao: 8 h Vacation
    ");
    assert_eq!(house.calendar().calls("events.insert").len(), 1);
    assert_eq!(house.harvest().calls("time_entries.create").len(), 1);
    assert!(
        asha.dm().contains("✓ Calendar · ✓ Harvest"),
        "{}",
        asha.dm()
    );
}

#[tokio::test]
async fn an_event_that_was_deleted_by_hand_comes_back_under_another_id() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .calendar()
        .fault("events.insert", Fault::LoseAnswer, Some(1));
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    let id = house.calendar().events()[0].id.clone();
    assert!(house.calendar().delete_by_hand(&id));
    house.presses(&carla, "Retry").await;
    let events = house.calendar().events();
    assert_eq!(events.len(), 1);
    assert_ne!(events[0].id, id);
}

#[tokio::test]
async fn leave_that_is_deleted_by_hand_never_comes_back_by_itself() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    let id = house.calendar().events()[0].id.clone();
    assert!(house.calendar().delete_by_hand(&id));
    house.at("2026-03-04T09:00:00Z").await;
    house.at("2026-03-05T09:00:00Z").await;
    assert_eq!(house.outside.events(), "");
}

#[tokio::test]
async fn only_a_people_admin_retries_and_a_late_press_is_told() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    house.is_granted(&asha, "2026-03-05", "2026-03-05").await;
    let stale = carla.last_message("@app").unwrap();
    house.execute("UPDATE person SET is_admin = false").await;
    carla.press_on(&stale, "Retry").await;
    house.settle().await;
    assert_snapshot!(carla.dm(), @"
    timeoff: :warning: @asha's leave is not everywhere as it should be.
      *Vacation, Thu 5 March*
      ✓ Calendar
      ✗ Harvest, Thu 5 March not entered: Harvest answered 500: There was a server error.
      ~ Nothing is tried again by itself, because somebody may have changed it there by hand. Retry does only what failed, and looks first for what is there.
      [Retry]
    timeoff (only you can see this): Only a people admin can try this again.
    ");
    house
        .execute("UPDATE person SET is_admin = true WHERE user_id IN ('U_CARLA', 'U_DEV')")
        .await;
    // Somebody else is faster.
    let mut tx = house.tx().await;
    let action: i64 = house.value("SELECT action_id FROM pending_action").await;
    let retried = timeoff::leave::sync::retry(
        &mut tx,
        "test",
        action,
        timeoff::tenant::store::Actor::Person(&id("U_DEV")),
    )
    .await
    .unwrap();
    assert_eq!(retried, timeoff::leave::sync::Retry::Started);
    tx.commit().await.unwrap();
    carla.press_on(&stale, "Retry").await;
    house.settle().await;
    assert_snapshot!(carla.dm(), @"
    timeoff: :white_check_mark: @asha's leave is everywhere as it should be now.
      *Vacation, Thu 5 March*
      ✓ Calendar
      ✓ Harvest
    timeoff (only you can see this): Only a people admin can try this again.
    timeoff (only you can see this): Nothing was changed. This leave is being tried again already.
    ");
    assert_eq!(house.harvest().entries().len(), 1);
}

#[tokio::test]
async fn a_long_leave_goes_on_in_another_job() {
    let house = House::with_services().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-04-29").await;
    // 40 days in 300 ms each are longer than a job works.
    house.harvest().fault(
        "time_entries.create",
        Fault::Slow(std::time::Duration::from_millis(300)),
        None,
    );
    house.presses(&house.ben(), "Approve").await;
    assert_eq!(house.harvest().entries().len(), 40);
    assert_eq!(house.calendar().events().len(), 1);
    assert!(
        asha.dm().contains("✓ Calendar · ✓ Harvest"),
        "{}",
        asha.dm()
    );
    let jobs: i64 = house
        .value("SELECT count(*) FROM job WHERE kind = 'leave.sync' AND state = 'done'")
        .await;
    assert!(jobs > 1, "{jobs}");
}

#[tokio::test]
async fn a_retry_leaves_alone_what_did_not_fail_although_a_holiday_is_gone() {
    let house = House::with_services().await;
    let (asha, carla) = (house.asha(), house.carla());
    house
        .holiday("default", "2026-03-11", Portion::Full, "Holi")
        .await;
    house
        .harvest()
        .fault("time_entries.create", Fault::ServerError, Some(1));
    house.is_granted(&asha, "2026-03-10", "2026-03-12").await;
    assert_snapshot!(house.outside(), @"
    2026-03-10 to 2026-03-13: Leave - Asha Rao
    ---
    ");
    let calls = house.calendar().calls("*").len();
    house.execute("DELETE FROM public_holiday").await;
    house.presses(&carla, "Retry").await;
    assert_snapshot!(house.outside(), @"
    2026-03-10 to 2026-03-13: Leave - Asha Rao
    ---
    2026-03-10 Asha Rao: 8 h Vacation
    2026-03-12 Asha Rao: 8 h Vacation
    ");
    assert_eq!(
        house.calendar().calls("*").len(),
        calls,
        "the calendar was in order"
    );
}
