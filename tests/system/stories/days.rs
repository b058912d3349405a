//! Which days count: working weeks, public holidays, halves, leave years.

use insta::assert_snapshot;
use timeoff::leave::model::Portion;
use timeoff::tenant::store::PersonChange;

use crate::support::House;

#[tokio::test]
async fn monday_to_friday_count_unless_a_week_says_otherwise() {
    let house = House::open().await;
    let asha = house.asha();
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05 to 2026-03-10", &[]).await, @"
    *4 working days*: Thu 5 – Tue 10 March
    Not counted: Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    ");
    house.week(None, "F---FF-", "2026-01-01").await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05 to 2026-03-10", &[]).await, @"
    *3 working days*: Thu 5 – Tue 10 March
    Not counted: Thu 5 March (you do not work then), Sun 8 March (weekend) and Tue 10 March (you do not work then)
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn a_persons_own_week_holds_from_its_day_on() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.week(Some("U_ASHA"), "FFF-a--", "2026-03-09").await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05 to 2026-03-13", &[]).await, @"
    *5½ working days*: Thu 5 – Fri 13 March
    Not counted: Sat 7 – Sun 8 March (weekend), Thu 12 March (you do not work then) and Fri 13 March, afternoon (you do not work then)
    Nobody else is off then.
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 pending
    2026-03-06 full 480 min 2026 pending
    2026-03-09 full 480 min 2026 pending
    2026-03-10 full 480 min 2026 pending
    2026-03-11 full 480 min 2026 pending
    2026-03-13 half_am 240 min 2026 pending
    ");
    assert_snapshot!(house.summary(&dev, "/timeoff 2026-03-05 to 2026-03-13", &[]).await, @"
    *7 working days*: Thu 5 – Fri 13 March
    Not counted: Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn public_holidays_are_those_of_the_persons_place() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house
        .holiday("default", "2026-03-06", Portion::Full, "Office day")
        .await;
    house
        .holiday("IN", "2026-03-04", Portion::Full, "Holi <1> & friends")
        .await;
    house
        .sets(
            "U_ASHA",
            PersonChange {
                location: Some("IN"),
                ..PersonChange::default()
            },
        )
        .await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-03 to 2026-03-09", &[]).await, @"
    *4 working days*: Tue 3 – Mon 9 March
    Not counted: Wed 4 March (Holi <1> & friends) and Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    ");
    assert_snapshot!(house.summary(&dev, "/timeoff 2026-03-03 to 2026-03-09", &[]).await, @"
    *4 working days*: Tue 3 – Mon 9 March
    Not counted: Fri 6 March (Office day) and Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    ");
    house
        .settings(|settings| settings.location = "IN".to_owned())
        .await;
    assert_snapshot!(house.summary(&dev, "/timeoff 2026-03-03 to 2026-03-09", &[]).await, @"
    *4 working days*: Tue 3 – Mon 9 March
    Not counted: Wed 4 March (Holi <1> & friends) and Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn half_a_holiday_leaves_half_a_day_and_says_why() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .holiday("default", "2026-12-24", Portion::HalfPm, "Christmas Eve")
        .await;
    house
        .holiday("default", "2026-12-25", Portion::Full, "Christmas Day")
        .await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-12-23 to 2026-12-28", &[]).await, @"
    *2½ working days*: Wed 23 – Mon 28 December
    Not counted: Thu 24 December, afternoon (Christmas Eve), Fri 25 December (Christmas Day) and Sat 26 – Sun 27 December (weekend)
    Nobody else is off then.
    ");
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-12-24", &[]).await, @"
    *half a working day*: Thu 24 December
    Not counted: Thu 24 December, afternoon (Christmas Eve)
    Nobody else is off then.
    ");
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-12-24", &[("Part of the day", "Morning")]).await, @"
    *half a working day*: Thu 24 December, morning
    Nobody else is off then.
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(house.records().await, @"2026-12-24 half_am 240 min 2026 pending");
    // The afternoon is free anyway.
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-12-24", &[("Part of the day", "Afternoon")]).await, @"First day: You are off then anyway: Thu 24 December (Christmas Eve). Please choose a working day.");
}

#[tokio::test]
async fn days_off_that_are_many_are_cut_short() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .holiday("default", "2026-04-03", Portion::Full, "Good Friday")
        .await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-02 to 2026-04-10", &[]).await, @"
    *29 working days*: Mon 2 March – Fri 10 April
    Not counted: 5 weekends and Fri 3 April (Good Friday)
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn days_off_of_every_week_are_counted_and_not_listed() {
    let house = House::open().await;
    let asha = house.asha();
    house.week(Some("U_ASHA"), "F-F-a--", "2026-01-01").await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-02 to 2026-04-10", &[]).await, @"
    *15 working days*: Mon 2 March – Fri 10 April
    Not counted: 12 days on which you do not work, 6 half days on which you do not work and 5 weekends
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn leave_over_new_year_belongs_to_two_leave_years() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .holiday("default", "2027-01-01", Portion::Full, "New Year's Day")
        .await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-12-30 to 2027-01-05", &[]).await, @"
    *4 working days*: Wed 30 December 2026 – Tue 5 January 2027
    Not counted: Fri 1 January 2027 (New Year's Day) and Sat 2 – Sun 3 January 2027 (weekend)
    By leave year: 2 working days in 2026 and 2 working days in 2027
    Nobody else is off then.
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(house.records().await, @"
    2026-12-30 full 480 min 2026 pending
    2026-12-31 full 480 min 2026 pending
    2027-01-04 full 480 min 2027 pending
    2027-01-05 full 480 min 2027 pending
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Wed 30 December 2026 – Tue 5 January 2027*
      4 working days
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
}

#[tokio::test]
async fn the_leave_year_may_begin_in_april() {
    let house = House::open().await;
    house
        .settings(|settings| settings.leave_year_starts = 4)
        .await;
    let asha = house.asha();
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-30 to 2026-04-02", &[("Half days", "The first day begins at midday")]).await, @"
    *3½ working days*: Mon 30 March (from midday) – Thu 2 April
    By leave year: 1½ working days in 2025/26 and 2 working days in 2026/27
    Nobody else is off then.
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(house.records().await, @"
    2026-03-30 half_pm 240 min 2025 pending
    2026-03-31 full 480 min 2025 pending
    2026-04-01 full 480 min 2026 pending
    2026-04-02 full 480 min 2026 pending
    ");
    // New Year is in the middle of one leave year, so nothing is to be said.
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-12-31 to 2027-01-04", &[]).await, @"
    *3 working days*: Thu 31 December 2026 – Mon 4 January 2027
    Not counted: Sat 2 – Sun 3 January 2027 (weekend)
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn two_different_halves_share_a_date() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house
        .takes(
            &asha,
            "/timeoff 2026-03-04",
            &[("Part of the day", "Morning")],
        )
        .await;
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-04",
                &[
                    ("Part of the day", "Afternoon"),
                    ("Leave type", "Sick leave")
                ]
            )
            .await,
        ""
    );
    assert_snapshot!(house.records().await, @"
    2026-03-04 half_am 240 min 2026 completed
    2026-03-04 half_pm 240 min 2026 completed
    ");
    assert_snapshot!(house.summary(&dev, "/timeoff 2026-03-04", &[]).await, @"
    *1 working day*: Wed 4 March
    Also off then: Asha Rao Wed 4 March
    ");
}

#[tokio::test]
async fn the_database_itself_refuses_overlap() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house
        .takes(
            &asha,
            "/timeoff 2026-03-04",
            &[("Part of the day", "Morning")],
        )
        .await;
    house.asks(&dev, "2026-03-04", "2026-03-04").await;
    // As the owner of the tables, past every check of the app.
    let again = |portion: &str, state: &str| {
        let sql = format!(
            "INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
             SELECT workspace_id, action_id, user_id, leave_type, day, '{portion}', 1, leave_year, '{state}', changed_at
             FROM leave_record WHERE user_id = 'U_ASHA' LIMIT 1"
        );
        let owner = house.database.owner.clone();
        async move {
            match sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&owner).await {
                Ok(_) => "written".to_owned(),
                Err(error) => error
                    .as_database_error()
                    .and_then(|error| error.constraint())
                    .unwrap_or_default()
                    .to_owned(),
            }
        }
    };
    assert_eq!(
        again("half_am", "pending").await,
        "leave_record_one_morning"
    );
    assert_eq!(again("full", "confirmed").await, "leave_record_one_morning");
    assert_eq!(
        again("full", "failed").await,
        "leave_record_one_morning",
        "leave that failed to reach a calendar is leave"
    );
    assert_eq!(again("half_pm", "completed").await, "written");
    assert_eq!(
        again("half_pm", "completed").await,
        "leave_record_one_afternoon"
    );
    assert_eq!(
        again("full", "cancelled").await,
        "written",
        "cancelled leave takes no room"
    );
}
