//! Who is off, told to a channel: what the digests say, and how they follow.

use insta::assert_snapshot;
use timeoff::leave::model::Portion;
use timeoff::tenant::Day;
use timeoff::tenant::store::PersonChange;

use crate::support::{House, OTHER, TEAM};

/// A house whose digests go to #general at 9:00 in London.
pub async fn house() -> House {
    let house = House::open().await;
    in_general(&house, TEAM).await;
    house
}

/// The digests of a workspace go to its #general, at 9:00 in London.
pub async fn in_general(house: &House, team: &str) {
    house.slack.add_app_to_channel(team, "C_GENERAL");
    house
        .settings_in(team, |settings| {
            "Europe/London".clone_into(&mut settings.zone);
            settings.digest_channel = "C_GENERAL".to_owned().try_into().ok();
        })
        .await;
}

/// What #general of a workspace shows.
pub fn general(house: &House, team: &str) -> String {
    house.slack.person(team, "U_DEV").channel("#general")
}

/// How many digests were posted.
pub fn posted(house: &House) -> usize {
    let posts = house.slack.calls("chat.postMessage");
    let digest = |post: &&serde_json::Value| {
        let key = &post["metadata"]["event_payload"]["key"];
        key.as_str().is_some_and(|key| key.contains(":digest:"))
    };
    posts.iter().filter(digest).count()
}

#[tokio::test]
async fn the_daily_digest_says_who_is_off_and_who_comes() {
    let house = House::with_neighbours().await;
    in_general(&house, TEAM).await;
    // Next door it goes elsewhere, an hour later.
    house
        .settings_in(OTHER, |settings| {
            settings.digest_channel = "C_LEAVE".to_owned().try_into().ok();
            settings.daily_digest_at = Some(jiff::civil::time(10, 0, 0, 0));
        })
        .await;
    let (asha, ben, carla, dev) = (house.asha(), house.ben(), house.carla(), house.dev());
    house.is_away(&asha, "2026-03-03", "2026-03-06").await;
    house.is_away(&ben, "2026-03-04", "2026-03-05").await;
    house.is_away(&dev, "2026-03-09", "2026-03-13").await;
    house.writes(&dev, "sick tomorrow morning").await;
    house.presses_in_leave(&dev, "Confirm").await;
    // What nobody decided is nobody's business.
    house.asks(&carla, "2026-03-03", "2026-03-05").await;
    let other_ben = house.slack.person(OTHER, "U_BEN");
    house
        .is_away_in(OTHER, &other_ben, "2026-03-03", "2026-03-03")
        .await;

    house.at("2026-03-03T08:59:00Z").await;
    assert_eq!(posted(&house), 0);
    house.at("2026-03-03T09:00:00Z").await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: *Off today, Tue 3 March*
      • Asha Rao, until Fri 6 March
      • Dev Patel, in the morning
      *Also off tomorrow, Wed 4 March*
      • Ben Okafor, until Thu 5 March
      *Soon*
      • Dev Patel, Mon 9 – Fri 13 March
    ");
    assert_eq!(posted(&house), 1, "next door it is not time yet");
    house.at("2026-03-03T10:00:00Z").await;
    assert_snapshot!(house.slack.person(OTHER, "U_DEV").channel("#leave"), @"
    timeoff: *Off today, Tue 3 March*
      • Ben Okafor
    ");
    assert_eq!(general(&house, OTHER), "");
    assert_eq!(posted(&house), 2);
    let notification = &house.slack.calls("chat.postMessage").pop().unwrap()["text"];
    assert_snapshot!(notification.as_str().unwrap(), @"Off today: Ben Okafor");
}

#[tokio::test]
async fn nobody_is_mentioned_and_nothing_private_is_said() {
    let house = house().await;
    house
        .execute("UPDATE person SET name = 'Asha <!channel> & <@U_BEN>' WHERE user_id = 'U_ASHA'")
        .await;
    let asha = house.asha();
    house.types(&asha, "/timeoff sick 2026-03-03").await;
    house.fills(&asha, "Reason", "Fever").await;
    assert_eq!(house.submits(&asha).await, "");
    house.at("2026-03-03T09:00:00Z").await;
    let post = house
        .slack
        .calls("chat.postMessage")
        .pop()
        .unwrap()
        .to_string();
    assert!(post.contains("Asha &lt;!channel&gt;"), "{post}");
    for said in ["<@", "<!", "ick", "Fever"] {
        assert!(!post.contains(said), "{said} in {post}");
    }
}

#[tokio::test]
async fn a_digest_is_silent_when_nobody_is_off_or_nobody_works() {
    let house = house().await;
    house
        .is_away(&house.asha(), "2026-03-12", "2026-03-17")
        .await;
    let mut seen = Vec::new();
    for day in 9..=18 {
        let before = posted(&house);
        house.at(&format!("2026-03-{day:02}T09:00:00Z")).await;
        seen.push(format!("{day}: {}", posted(&house) - before));
    }
    // It begins on Thursday the 12th; the 14th and 15th are a weekend.
    assert_eq!(
        seen.join(", "),
        "9: 0, 10: 0, 11: 1, 12: 1, 13: 1, 14: 0, 15: 0, 16: 1, 17: 1, 18: 0"
    );
}

#[tokio::test]
async fn public_holidays_are_named_and_a_holiday_of_everybody_is_silent() {
    let house = house().await;
    house
        .holiday("india", "2026-03-04", Portion::Full, "Holi")
        .await;
    house
        .holiday("mars", "2026-03-04", Portion::Full, "Landing day")
        .await;
    house
        .holiday("default", "2026-03-05", Portion::Full, "Founders' day")
        .await;
    house
        .holiday("india", "2026-03-05", Portion::Full, "Founders' day")
        .await;
    house
        .holiday("default", "2026-03-06", Portion::HalfPm, "Town fair")
        .await;
    let change = PersonChange {
        location: Some("india"),
        ..PersonChange::default()
    };
    house.sets("U_ASHA", change).await;
    house.at("2026-03-04T09:00:00Z").await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: *Off today, Wed 4 March*
      Nobody.
      ~ Public holiday today: Holi (india)
    ");
    house
        .is_away(&house.ben(), "2026-03-06", "2026-03-06")
        .await;
    house.at("2026-03-05T09:00:00Z").await;
    assert_eq!(posted(&house), 1, "nobody works");
    house.at("2026-03-06T09:00:00Z").await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: *Off today, Wed 4 March*
      Nobody.
      ~ Public holiday today: Holi (india)
    timeoff: *Off today, Fri 6 March*
      • Ben Okafor, in the morning
      ~ Public holiday today: Town fair, afternoon
    ");
}

#[tokio::test]
async fn todays_digest_follows_when_leave_is_cancelled_or_comes() {
    let house = House::with_neighbours().await;
    in_general(&house, TEAM).await;
    in_general(&house, OTHER).await;
    let asha = house.asha();
    house
        .takes(&asha, "/timeoff 2026-03-04 to 2026-03-05", &[])
        .await;
    let other_asha = house.slack.person(OTHER, "U_ASHA");
    house
        .is_away_in(OTHER, &other_asha, "2026-03-04", "2026-03-05")
        .await;
    house.at("2026-03-03T09:00:00Z").await;
    house.at("2026-03-04T09:00:00Z").await;
    let (yesterdays, next_door) = (general(&house, TEAM), general(&house, OTHER));
    assert_eq!(yesterdays, next_door);

    let posts = house.slack.calls("chat.postMessage").len();
    house.writes(&house.dev(), "sick today").await;
    house.presses_in_leave(&house.dev(), "Confirm").await;
    asha.press_in("@app", "Cancel leave").await;
    house.settle().await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: *Off today, Tue 3 March*
      Nobody.
      *Off tomorrow, Wed 4 March*
      • Asha Rao, until Thu 5 March
    timeoff: *Off today, Wed 4 March*
      • Dev Patel
    ");
    assert_eq!(
        general(&house, OTHER),
        next_door,
        "next door nothing changed"
    );
    let digests = house.slack.calls("chat.postMessage")[posts..]
        .iter()
        .filter(|post| post["channel"] == "C_GENERAL")
        .count();
    assert_eq!(digests, 0, "an edited message rings no bell");
}

#[tokio::test]
async fn the_weekly_digest_says_who_is_off_in_the_week_and_who_comes_after() {
    let house = House::with_neighbours().await;
    in_general(&house, TEAM).await;
    in_general(&house, OTHER).await;
    for (team, on) in [(TEAM, Day::Monday), (OTHER, Day::Friday)] {
        house
            .settings_in(team, |settings| {
                settings.daily_digest_at = None;
                settings.weekly_digest_at = Some(jiff::civil::time(8, 30, 0, 0));
                settings.weekly_digest_on = on;
            })
            .await;
    }
    house
        .holiday("default", "2026-03-13", Portion::HalfPm, "Town fair")
        .await;
    let (asha, dev) = (house.asha(), house.dev());
    house.is_away(&asha, "2026-03-09", "2026-03-10").await;
    house.is_away(&asha, "2026-03-13", "2026-03-17").await;
    house.is_away(&dev, "2026-03-18", "2026-03-27").await;
    house
        .takes(
            &dev,
            "/timeoff 2026-03-12",
            &[("Part of the day", "Afternoon")],
        )
        .await;
    house.at("2026-03-06T08:30:00Z").await;
    assert_eq!(general(&house, TEAM), "");
    // Next door the coming week is told on Friday, also that nobody is off.
    assert_snapshot!(general(&house, OTHER), @"
    timeoff: == Off in the week of Mon 9 – Sun 15 March ==
      Nobody.
    ");
    house.at("2026-03-09T08:30:00Z").await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: == Off in the week of Mon 9 – Sun 15 March ==
      • Asha Rao: Mon 9 – Tue 10 March, Fri 13 March (morning)
      • Dev Patel: Thu 12 March (afternoon)
      *From the week after*
      • Asha Rao: Mon 16 – Tue 17 March
      • Dev Patel: Wed 18 – Fri 27 March
      ~ Public holidays: Fri 13 March: Town fair, afternoon
    ");
    assert_eq!(posted(&house), 2);
    let notification = &house.slack.calls("chat.postMessage").pop().unwrap()["text"];
    assert_snapshot!(notification.as_str().unwrap(), @"2 people are off in the week of Mon 9 – Sun 15 March");
}

#[tokio::test]
async fn where_sunday_is_worked_the_weekly_digest_of_a_sunday_is_about_that_week() {
    let house = house().await;
    house.week(None, "FFFF--F", "2026-01-01").await;
    house
        .settings(|settings| {
            settings.daily_digest_at = None;
            settings.weekly_digest_at = Some(jiff::civil::time(9, 0, 0, 0));
            settings.weekly_digest_on = Day::Sunday;
        })
        .await;
    let (asha, dev) = (house.asha(), house.dev());
    house.is_away(&asha, "2026-03-08", "2026-03-09").await;
    house.is_away(&dev, "2026-03-15", "2026-03-16").await;
    house.at("2026-03-08T09:00:00Z").await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: == Off in the week of Sun 8 – Sat 14 March ==
      • Asha Rao: Sun 8 – Mon 9 March
      *From the week after*
      • Dev Patel: Sun 15 – Mon 16 March
    ");
    // It follows until that week is over.
    house.at("2026-03-12T09:00:00Z").await;
    house.takes(&asha, "/timeoff 2026-03-12", &[]).await;
    assert_snapshot!(general(&house, TEAM), @"
    timeoff: == Off in the week of Sun 8 – Sat 14 March ==
      • Asha Rao: Sun 8 – Mon 9 March, Thu 12 March
      *From the week after*
      • Dev Patel: Sun 15 – Mon 16 March
    ");
    assert_eq!(posted(&house), 1);
}

/// 500 more people, all of them off on 3 March and the days after.
const CROWD: &str = "
    WITH people AS (
        INSERT INTO person (workspace_id, user_id, name, time_zone)
        SELECT 'T1', 'U_P' || n, 'Person ' || lpad(n::text, 3, '0') || ' & a rather long family name, Esq.', 'UTC' FROM generate_series(1, 500) n RETURNING user_id),
    action AS (
        INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at)
        SELECT 'T1', user_id, 'vacation', '2026-03-03', '2026-03-06', 'full', 'completed', 'approver', '2026-03-02 09:00Z', '2026-03-02 09:00Z'
        FROM people RETURNING action_id, user_id)
    INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
    SELECT 'T1', action_id, user_id, 'vacation', date '2026-03-03' + n, 'full', 480, 2026, 'completed', '2026-03-02 09:00Z'
    FROM action, generate_series(0, 3) n";

#[tokio::test]
async fn five_hundred_people_off_fit_into_one_message() {
    let house = house().await;
    house
        .settings(|settings| {
            settings.weekly_digest_at = settings.daily_digest_at;
            settings.weekly_digest_on = Day::Tuesday;
        })
        .await;
    house.execute(CROWD).await;
    house.at("2026-03-03T09:00:00Z").await;
    let posts = house.slack.calls("chat.postMessage");
    assert_eq!(posted(&house), 2, "the daily and the weekly");
    for post in &posts {
        let blocks = post["blocks"].as_array().unwrap().len();
        assert!(blocks < 20, "{blocks} blocks");
        let said = post.to_string();
        assert!(
            said.contains("…and 440 more. My Home tab shows everybody."),
            "{said}"
        );
        assert!(said.contains("Person 060"), "{said}");
    }
    let texts: Vec<&str> = posts
        .iter()
        .filter_map(|post| post["text"].as_str())
        .collect();
    assert_snapshot!(texts.join("\n"), @"
    Off today: Person 001 &amp; a rather long family name, Esq., Person 002 &amp; a rather long family name, Esq., Person 003 &amp; a rather long family name, Esq., Person 004 &amp; a rather long family name, Esq., Person 005 &amp; a rather long family name, Esq. and 495 more
    500 people are off in the week of Mon 2 – Sun 8 March
    ");
}
