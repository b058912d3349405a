//! The words after `/timeoff`.

use insta::assert_snapshot;

use crate::support::House;

#[tokio::test]
async fn help_says_what_there_is() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff help").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): Here is what I can do:
      • `/timeoff` opens the form to ask for time off
      • `/timeoff tomorrow afternoon`, `/timeoff sick today` or `/timeoff 3 to 7 August` opens it filled in
      • `/timeoff list` shows your leave, upcoming and past
      • `/timeoff cancel` takes leave back, approved leave too
      • `/timeoff who` shows who is off today and this week
      In the leave channel plain words are enough: “on leave tomorrow”, “sick today”. I answer there in the thread.
      Your reason is seen only by you, your approvers and people admins. So is the kind of leave, except where you write it in the leave channel.
    ");
    assert_eq!(house.dev().channel("#general"), "", "only Asha sees it");
}

#[tokio::test]
async fn unknown_words_are_answered_with_help() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .types(&asha, "/timeoff yesterday's <!channel> & *fish*")
        .await;
    let answer = asha.channel("#general");
    assert_snapshot!(answer.lines().next().unwrap(), @"timeoff (only you can see this): I do not know “yesterday's <!channel> & *fish*”. Here is what I can do:");
    for unknown in [
        "2026-02-30",
        "-009999-01-01",
        "my manager is on leave",
        &"long ".repeat(500),
    ] {
        house.types(&asha, &format!("/timeoff {unknown}")).await;
        assert!(asha.find_modal().is_none(), "{unknown}");
    }
    assert!(asha.toasts().is_empty(), "{:?}", asha.toasts());
}

#[tokio::test]
async fn a_day_opens_the_form_filled_in() {
    let house = House::open().await;
    let asha = house.asha();
    let mut opened = Vec::new();
    for words in [
        "tomorrow",
        "friday",
        "FRI",
        "monday",
        "2026-08-03",
        "monday to wednesday",
        "friday - monday",
        "2026-08-03 until 2026-08-07",
        "yesterday",
    ] {
        let form = house
            .sees_form(&asha, &format!("/timeoff {words}"), &[])
            .await;
        let days: Vec<&str> = form
            .lines()
            .filter(|line| line.starts_with("First day") || line.starts_with("Last day"))
            .map(|line| line.trim_end_matches(" ‹Leave it empty for a single day.›"))
            .collect();
        opened.push(format!("{words}: {}", days.join(", ")));
    }
    assert_snapshot!(opened.join("\n"), @"
    tomorrow: First day: (2026-03-03), Last day (optional): ()
    friday: First day: (2026-03-06), Last day (optional): ()
    FRI: First day: (2026-03-06), Last day (optional): ()
    monday: First day: (2026-03-02), Last day (optional): ()
    2026-08-03: First day: (2026-08-03), Last day (optional): ()
    monday to wednesday: First day: (2026-03-02), Last day (optional): (2026-03-04)
    friday - monday: First day: (2026-03-06), Last day (optional): (2026-03-09)
    2026-08-03 until 2026-08-07: First day: (2026-08-03), Last day (optional): (2026-08-07)
    yesterday: First day: (2026-03-01), Last day (optional): ()
    ");
}

#[tokio::test]
async fn the_words_of_the_leave_channel_open_the_form_filled_in() {
    let house = House::open().await;
    let asha = house.asha();
    let mut opened = Vec::new();
    for words in [
        "sick today",
        "tomorrow afternoon",
        "next week",
        "from 5th, back on the 10th",
        "5th and 12th",
    ] {
        let form = house
            .sees_form(&asha, &format!("/timeoff {words}"), &[])
            .await;
        let fields: Vec<&str> = form
            .lines()
            .filter(|line| {
                ["Leave type", "First day", "Last day", "Part of"]
                    .iter()
                    .any(|label| line.starts_with(label))
            })
            .map(|line| line.trim_end_matches(" ‹Leave it empty for a single day.›"))
            .collect();
        opened.push(format!("{words}: {}", fields.join(", ")));
    }
    assert_snapshot!(opened.join("\n"), @"
    sick today: Leave type: (Sick leave), First day: (2026-03-02), Last day (optional): (), Part of the day: (Whole day)
    tomorrow afternoon: Leave type: (Vacation), First day: (2026-03-03), Last day (optional): (), Part of the day: (Afternoon)
    next week: Leave type: (Vacation), First day: (2026-03-09), Last day (optional): (2026-03-13), Part of the day: (Whole day)
    from 5th, back on the 10th: Leave type: (Vacation), First day: (2026-03-05), Last day (optional): (2026-03-09), Part of the day: (Whole day)
    5th and 12th: Leave type: (Vacation), First day: (2026-03-05), Last day (optional): (), Part of the day: (Whole day)
    ");
}

#[tokio::test]
async fn the_form_that_tomorrow_opens_can_be_sent_as_it_is() {
    let house = House::open().await;
    let asha = house.asha();
    assert_snapshot!(house.sees_form(&asha, "/timeoff tomorrow", &[]).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-03)
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Tue 3 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 3 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
}

#[tokio::test]
async fn list_is_short_for_who_has_nothing() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");
}

#[tokio::test]
async fn list_shows_upcoming_and_past() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .takes(
            &asha,
            "/timeoff 2026-02-02 to 2026-02-03",
            &[("Reason", "A secret")],
        )
        .await;
    house
        .takes(
            &asha,
            "/timeoff 2026-03-02 to 2026-03-03",
            &[("Half days", "The first day begins at midday")],
        )
        .await;
    house.asks(&asha, "2026-04-01", "2026-04-01").await;
    house.asks(&asha, "2026-05-01", "2026-05-01").await;
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    house.asks(&asha, "2026-05-04", "2026-05-04").await;
    house.presses(&asha, "Cancel request").await;
    house.takes(&house.dev(), "/timeoff 2026-03-04", &[]).await;
    house.types(&asha, "/timeoff list").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      *Vacation, Mon 2 (from midday) – Tue 3 March*
      1½ working days, approved  [Cancel leave]
      *Vacation, Wed 1 April*
      1 working day, waiting for approval  [Cancel request]
      ---
      == Past, denied and cancelled ==
      • Vacation, Mon 4 May, 1 working day, cancelled
      • Vacation, Fri 1 May, 1 working day, denied
      • Vacation, Mon 2 – Tue 3 February, 2 working days, approved
    ");
}

#[tokio::test]
async fn list_stays_readable_with_many_entries() {
    let house = House::open().await;
    let asha = house.asha();
    house.execute(
        "WITH days AS (SELECT d::date AS day FROM generate_series('2026-01-01'::date, '2026-12-31', '3 days') d),
         actions AS (
             INSERT INTO pending_action (workspace_id, user_id, leave_type, first_day, last_day, portion, state, awaits, created_at, changed_at)
             SELECT 'T1', 'U_ASHA', 'vacation', day, day, 'full', 'completed', 'approver', now(), now() FROM days RETURNING action_id, first_day)
         INSERT INTO leave_record (workspace_id, action_id, user_id, leave_type, day, portion, minutes, leave_year, state, changed_at)
         SELECT 'T1', action_id, 'U_ASHA', 'vacation', first_day, 'full', 480, 2026, 'completed', now() FROM actions",
    ).await;
    let mut ends = Vec::new();
    for command in ["/timeoff list", "/timeoff cancel"] {
        house.types(&asha, command).await;
        let shown = asha.text_of(&asha.last_message("#general").unwrap());
        assert_eq!(shown.matches("[Cancel leave]").count(), 40);
        ends.push(
            shown
                .lines()
                .skip_while(|line| !line.contains(" later"))
                .collect::<Vec<_>>()
                .join("\n"),
        );
    }
    assert_snapshot!(ends.join("\n\n"), @"
    ~ …and 62 later. Each has its button in its own message from me.
    ---
    == Past, denied and cancelled ==
    • Vacation, Fri 27 February, 1 working day, approved
    • Vacation, Tue 24 February, 1 working day, approved
    • Vacation, Sat 21 February, 1 working day, approved
    • Vacation, Wed 18 February, 1 working day, approved
    • Vacation, Sun 15 February, 1 working day, approved
    • Vacation, Thu 12 February, 1 working day, approved
    • Vacation, Mon 9 February, 1 working day, approved
    • Vacation, Fri 6 February, 1 working day, approved
    • Vacation, Tue 3 February, 1 working day, approved
    • Vacation, Sat 31 January, 1 working day, approved
    …and earlier ones.

    ~ …and 62 later. Each has its button in its own message from me.
    ");
    asha.opens_home().await;
    house.settle().await;
    assert_eq!(asha.home().matches("[Cancel leave]").count(), 8);
    assert!(
        asha.home().contains("*Your leave* (1–8 of 102)"),
        "{}",
        asha.home()
    );
    assert!(asha.toasts().is_empty(), "{:?}", asha.toasts());
}
