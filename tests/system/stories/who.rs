//! `/timeoff who`: who is off today and this week.

use insta::assert_snapshot;
use timeoff::leave::model::Portion;
use timeoff::tenant::store::PersonChange;

use crate::support::{House, TEAM};

#[tokio::test]
async fn nobody_is_off() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff who").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      Nobody.
      *Off this week, Mon 2 – Sun 8 March*
      Nobody.
    ");
    assert_eq!(house.dev().channel("#general"), "", "only Asha sees it");
}

#[tokio::test]
async fn who_shows_today_and_this_week_with_halves() {
    let house = House::open().await;
    let (asha, ben, carla, dev) = (house.asha(), house.ben(), house.carla(), house.dev());
    house
        .takes(
            &dev,
            "/timeoff 2026-03-02 to 2026-03-04",
            &[(
                "Half days",
                "The first day begins at midday, The last day ends at midday",
            )],
        )
        .await;
    house
        .takes(
            &carla,
            "/timeoff 2026-03-04 to 2026-03-06",
            &[("Part of the day", "Afternoon")],
        )
        .await;
    house
        .takes(&asha, "/timeoff 2026-03-06 to 2026-03-12", &[])
        .await;
    house
        .takes(
            &asha,
            "/timeoff 2026-03-02",
            &[("Part of the day", "Morning")],
        )
        .await;
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-02",
                &[
                    ("Part of the day", "Afternoon"),
                    ("Leave type", "Sick leave")
                ]
            )
            .await,
        ""
    );
    house.types(&ben, "/timeoff who").await;
    assert_snapshot!(ben.channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      • Asha Rao
      • Dev Patel, in the afternoon
      *Off this week, Mon 2 – Sun 8 March*
      • Asha Rao: Mon 2 March, Fri 6 March
      • Carla Mendes: Wed 4 – Fri 6 March (afternoons)
      • Dev Patel: Mon 2 March (afternoon), Tue 3 March, Wed 4 March (morning)
    ");
}

#[tokio::test]
async fn a_colleague_never_sees_kind_or_reason_nor_what_is_not_decided() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-02",
                &[("Leave type", "Sick leave"), ("Reason", "Chemotherapy")]
            )
            .await,
        ""
    );
    house
        .takes(&asha, "/timeoff 2026-03-03", &[("Reason", "A wedding")])
        .await;
    // Denied, cancelled, waiting.
    house.asks(&asha, "2026-03-04", "2026-03-04").await;
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&asha, "Cancel request").await;
    house.asks(&asha, "2026-03-06", "2026-03-06").await;

    house.types(&dev, "/timeoff who").await;
    assert_snapshot!(dev.channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      • Asha Rao, until Tue 3 March
      *Off this week, Mon 2 – Sun 8 March*
      • Asha Rao: Mon 2 – Tue 3 March
    ");
    dev.opens_home().await;
    house.settle().await;
    assert_snapshot!(dev.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    • Asha Rao, until Tue 3 March
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Tue 3 March
    ~ As of Mon 2 March, 09:00.
    ");
    let seen = [dev.channel("#general"), dev.home(), dev.dm()].join("\n");
    for private in [
        "Sick",
        "Vacation",
        "Chemo",
        "wedding",
        "denied",
        "cancelled",
        "Wed 4",
        "Thu 5",
        "Fri 6",
    ] {
        assert!(
            !seen.contains(private),
            "Dev should not see {private:?} in:\n{seen}"
        );
    }
}

#[tokio::test]
async fn who_left_is_not_shown() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.takes(&dev, "/timeoff 2026-03-02", &[]).await;
    house
        .sets(
            "U_DEV",
            PersonChange {
                active: Some(false),
                ..PersonChange::default()
            },
        )
        .await;
    house.types(&asha, "/timeoff who").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      Nobody.
      *Off this week, Mon 2 – Sun 8 March*
      Nobody.
    ");
}

#[tokio::test]
async fn a_large_company_fits() {
    let house = House::open().await;
    let asha = house.asha();
    house.execute(
        "WITH people AS (
             INSERT INTO person (workspace_id, user_id, name, time_zone)
             SELECT 'T1', 'U_' || n, 'Bartholomew Featherstonehaugh the ' || n || 'th of many & more', 'UTC' FROM generate_series(1, 300) n RETURNING user_id),
         actions AS (
             INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at)
             SELECT 'T1', user_id, 'vacation', '2026-03-02', '2026-03-02', 'full', 'completed', 'approver', now(), now() FROM people RETURNING action_id, user_id)
         INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
         SELECT 'T1', action_id, user_id, 'vacation', '2026-03-02', 'full', 480, 2026, 'completed', now() FROM actions",
    ).await;
    house.types(&asha, "/timeoff who").await;
    let shown = asha.channel("#general");
    assert_eq!(shown.matches("…and 270 more").count(), 2, "{shown}");
    let summary = house.summary(&asha, "/timeoff 2026-03-02", &[]).await;
    assert!(summary.ends_with("; 292 more"), "{summary}");
    assert_eq!(house.submits(&asha).await, "");
    assert!(
        house.ben().dm().contains("Approve"),
        "{}\n{:?}",
        house.ben().dm(),
        house
            .value::<Option<String>>(
                "SELECT string_agg(kind || ': ' || error, ' ') FROM job WHERE error IS NOT NULL"
            )
            .await
    );
    assert!(asha.toasts().is_empty());
}

#[tokio::test]
async fn everybodys_own_week_and_holidays_say_what_one_absence_is() {
    let house = House::open().await;
    house.slack.add_app_to_channel(TEAM, "C_GENERAL");
    house
        .settings(|settings| {
            "Europe/London".clone_into(&mut settings.zone);
            settings.digest_channel = "C_GENERAL".to_owned().try_into().ok();
        })
        .await;
    // Asha works from Sunday to Thursday, Dev on Saturdays too, and Carla's town has a fair.
    house.week(Some("U_ASHA"), "FFFF--F", "2026-01-01").await;
    house.week(Some("U_DEV"), "FFFFFF-", "2026-01-01").await;
    house
        .holiday("Lisbon", "2026-03-09", Portion::Full, "Town fair")
        .await;
    house
        .execute("UPDATE person SET location = 'Lisbon' WHERE user_id = 'U_CARLA'")
        .await;
    let (asha, ben, carla, dev) = (house.asha(), house.ben(), house.carla(), house.dev());
    for (person, days) in [
        (&asha, ["2026-03-05", "2026-03-08"]),
        (&carla, ["2026-03-06", "2026-03-10"]),
        (&dev, ["2026-03-06", "2026-03-09"]),
    ] {
        for day in days {
            house.is_away(person, day, day).await;
        }
    }
    house.at("2026-03-05T09:00:00Z").await;
    house.types(&ben, "/timeoff who").await;
    let shows = |shown: &str, lines: &[&str]| {
        for line in lines {
            let found = shown.lines().any(|shown| shown.trim() == *line);
            assert!(found, "{line:?} is not in:\n{shown}");
        }
    };
    let seen = ben.channel("#general");
    let (_, who) = seen
        .split_once("(only you can see this)")
        .expect("answered");
    shows(
        who,
        &[
            "• Asha Rao, until Sun 8 March",
            "• Asha Rao: Thu 5 – Sun 8 March",
            "• Carla Mendes: Fri 6 March",
            "• Dev Patel: Fri 6 March",
        ],
    );
    house.at("2026-03-06T09:00:00Z").await;
    let both = ben.channel("#general");
    let digest = both.replace(&seen, "");
    shows(
        &digest,
        &["• Carla Mendes, until Tue 10 March", "• Dev Patel"],
    );
    shows(
        &house.opens_home(&ben).await,
        &[
            "• Carla Mendes, until Tue 10 March",
            "• Dev Patel",
            "• Dev Patel: Mon 9 March",
        ],
    );
}
