//! What the form refuses: each message stands beside its field, and what was typed stays.

use insta::assert_snapshot;
use timeoff::leave::model::Portion;
use timeoff::tenant::store::PersonChange;

use crate::support::House;

async fn nothing_was_written(house: &House) {
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM pending_action")
            .await,
        0
    );
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM leave_record")
            .await,
        0
    );
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM audit_log WHERE subject LIKE 'action:%'")
            .await,
        0
    );
    assert_eq!(house.ben().dm(), "");
    assert!(
        house.slack.problems().is_empty(),
        "{:?}",
        house.slack.problems()
    );
}

#[tokio::test]
async fn a_last_day_before_the_first_is_refused() {
    let house = House::open().await;
    assert_snapshot!(house.is_told(&house.asha(), "/timeoff", &[("First day", "2026-03-05"), ("Last day", "2026-03-04")]).await, @"Last day: The last day is before the first day. Please choose a later one, or leave it empty for a single day.");
    nothing_was_written(&house).await;
}

#[tokio::test]
async fn days_off_only_are_refused_with_the_reason_of_each() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .holiday(
            "default",
            "2026-03-09",
            Portion::Full,
            "Founders' <Day> & more",
        )
        .await;
    house
        .holiday("default", "2026-03-10", Portion::HalfPm, "Town fair")
        .await;
    house.week(Some("U_ASHA"), "FF-aF--", "2026-01-01").await;
    let told = [
        house.is_told(&asha, "/timeoff 2026-03-07", &[]).await,
        house
            .is_told(&asha, "/timeoff 2026-03-07 to 2026-03-09", &[])
            .await,
        house.is_told(&asha, "/timeoff 2026-03-09", &[]).await,
        house.is_told(&asha, "/timeoff 2026-03-04", &[]).await,
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-05",
                &[("Part of the day", "Afternoon")],
            )
            .await,
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-10",
                &[("Part of the day", "Afternoon")],
            )
            .await,
    ];
    assert_snapshot!(told.join("\n"), @"
    First day: You are off then anyway: Sat 7 March (weekend). Please choose a working day.
    Last day: You are off then anyway: Sat 7 – Sun 8 March (weekend) and Mon 9 March (Founders' <Day> & more). Please choose a working day.
    First day: You are off then anyway: Mon 9 March (Founders' <Day> & more). Please choose a working day.
    First day: You are off then anyway: Wed 4 March (you do not work then). Please choose a working day.
    First day: You are off then anyway: Thu 5 March (you do not work then). Please choose a working day.
    First day: You are off then anyway: Tue 10 March (Town fair). Please choose a working day.
    ");
    nothing_was_written(&house).await;
}

#[tokio::test]
async fn a_long_list_of_days_off_is_cut() {
    let house = House::open().await;
    house.week(Some("U_ASHA"), "-------", "2026-01-01").await;
    for day in ["2026-03-03", "2026-03-05", "2026-03-11", "2026-03-13"] {
        house
            .holiday("default", day, Portion::Full, "Carnival")
            .await;
    }
    assert_snapshot!(house.is_told(&house.asha(), "/timeoff 2026-03-02 to 2026-03-20", &[]).await, @"Last day: You are off then anyway: 15 days on which you do not work, Sat 7 – Sun 8 March (weekend) and Sat 14 – Sun 15 March (weekend). Please choose a working day.");
}

#[tokio::test]
async fn days_before_the_first_of_january_are_refused() {
    let house = House::open().await;
    let asha = house.asha();
    assert_snapshot!(house.is_told(&asha, "/timeoff 2025-12-31 to 2026-01-05", &[]).await, @"First day: Leave can be entered from Thu 1 January 2026 on. For earlier days, please ask a people admin.");
    nothing_was_written(&house).await;
    assert_eq!(
        house.is_told(&asha, "/timeoff 2026-01-01", &[]).await,
        "",
        "the first day that is allowed"
    );
}

#[tokio::test]
async fn more_days_than_the_limit_are_refused() {
    let house = House::open().await;
    let asha = house.asha();
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-03-02 to 2026-05-25", &[]).await, @"Last day: That is 61 working days; one request may take up to 60. Please split it, or ask a people admin.");
    nothing_was_written(&house).await;
    assert_eq!(
        house
            .is_told(&asha, "/timeoff 2026-03-02 to 2026-05-22", &[])
            .await,
        "",
        "60 days are allowed"
    );
    house
        .settings(|settings| settings.longest_leave_days = 5)
        .await;
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-06-01 to 2026-06-08", &[("Half days", "The last day ends at midday")]).await, @"Last day: That is 5½ working days; one request may take up to 5. Please split it, or ask a people admin.");
}

#[tokio::test]
async fn more_than_two_years_are_refused() {
    let house = House::open().await;
    house
        .settings(|settings| settings.longest_leave_days = 366)
        .await;
    let asha = house.asha();
    let told = [
        house
            .is_told(&asha, "/timeoff 2026-03-02 to 2028-03-04", &[])
            .await,
        house
            .is_told(&asha, "/timeoff 2026-03-02 to 9999-12-31", &[])
            .await,
        house
            .is_told(&asha, "/timeoff 2028-03-07 to 2030-03-05", &[])
            .await,
    ];
    assert_snapshot!(told.join("\n"), @"
    Last day: That is more than two years. Please check the last day.
    Last day: That is more than two years. Please check the last day.
    First day: That is more than two years ahead. Please check the year.
    ");
    nothing_was_written(&house).await;
}

#[tokio::test]
async fn leave_that_is_pending_already_is_named() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-10").await;
    let told = [
        house
            .is_told(&asha, "/timeoff 2026-03-10 to 2026-03-12", &[])
            .await,
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-05 to 2026-03-10",
                &[("Leave type", "Sick leave")],
            )
            .await,
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-06",
                &[("Part of the day", "Morning")],
            )
            .await,
    ];
    assert_snapshot!(told.join("\n"), @"
    First day: You already have leave then: Vacation, Thu 5 – Tue 10 March (waiting for approval). Please choose other days, or cancel that first.
    First day: You already have leave then: Vacation, Thu 5 – Tue 10 March (waiting for approval). Please choose other days, or cancel that first.
    First day: You already have leave then: Vacation, Thu 5 – Tue 10 March (waiting for approval). Please choose other days, or cancel that first.
    ");
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM pending_action")
            .await,
        1
    );
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM leave_record")
            .await,
        4
    );
}

#[tokio::test]
async fn leave_that_is_approved_already_is_named() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .takes(
            &asha,
            "/timeoff 2026-03-05",
            &[("Part of the day", "Afternoon")],
        )
        .await;
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-09",
                &[("Leave type", "Sick leave")]
            )
            .await,
        ""
    );
    house.asks(&asha, "2026-03-10", "2026-03-11").await;
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-03-04 to 2026-03-12", &[]).await, @"First day: You already have leave then: Vacation, Thu 5 March, afternoon (approved), Sick leave, Mon 9 March (approved) and Vacation, Tue 10 – Wed 11 March (waiting for approval). Please choose other days, or cancel that first.");
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-04 to 2026-03-05",
                &[("Half days", "The last day ends at midday")]
            )
            .await,
        "",
        "only the afternoon is taken"
    );
}

#[tokio::test]
async fn days_of_denied_or_cancelled_leave_are_free_again() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&asha, "Cancel request").await;
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    assert_snapshot!(house.records().await, @"
    2026-03-05 full 480 min 2026 cancelled
    2026-03-05 full 480 min 2026 cancelled
    2026-03-05 full 480 min 2026 pending
    ");
}

#[tokio::test]
async fn a_reason_over_500_characters_is_refused_and_500_fit() {
    let house = House::open().await;
    let asha = house.asha();
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-03-05", &[("Reason", &"ž".repeat(501))]).await, @"Reason: The reason has 501 characters; up to 500 fit. Please shorten it.");
    nothing_was_written(&house).await;
    house
        .fills(&asha, "Reason", &format!("  {}\n", "ž".repeat(500)))
        .await;
    assert_eq!(
        house.submits(&asha).await,
        "",
        "blanks around it do not count"
    );
    assert_eq!(
        house
            .value::<i32>("SELECT char_length(reason) FROM pending_action")
            .await,
        500
    );
}

#[tokio::test]
async fn what_was_typed_stays_after_a_refusal() {
    let house = House::open().await;
    let asha = house.asha();
    let fields = [
        ("Leave type", "Sick leave"),
        ("First day", "2026-03-06"),
        ("Last day", "2026-03-05"),
        ("Part of the day", "Morning"),
        ("Reason", "Tooth < wisdom"),
    ];
    house.sees_form(&asha, "/timeoff", &fields).await;
    assert_snapshot!(house.submits(&asha).await, @"
    # Request time off
    Leave type: (Sick leave)
    First day: (2026-03-06)
    Last day (optional): (2026-03-05) ‹Leave it empty for a single day.›
      ! The last day is before the first day. Please choose a later one, or leave it empty for a single day.
    Part of the day: (Morning)
    :warning: The last day is before the first day. Please choose a later one, or leave it empty for a single day.
    Reason (optional): (Tooth < wisdom) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    house.fills(&asha, "Last day", "").await;
    assert_eq!(house.submits(&asha).await, "", "the same form, corrected");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Sick leave, Fri 6 March, morning*
      half a working day
      :white_check_mark: Noted; no approval needed.
      ~ Your reason, seen only by your approvers and people admins: Tooth < wisdom
      [Cancel leave]
    ");
}

#[tokio::test]
async fn a_form_without_a_first_day_is_refused_also_when_slack_lets_it_through() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    let request = asha.modal().submit_request();
    assert_snapshot!(house.sends(&request).await.body, @r#"{"errors":{"first_day":"Please choose the first day."},"response_action":"errors"}"#);
    nothing_was_written(&house).await;
}

#[tokio::test]
async fn values_that_the_form_does_not_offer_are_refused_or_ignored() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff 2026-03-05").await;
    let request = asha.modal().submit_request();
    let kind = house
        .sends(&house.forged(&request, "%22vacation%22", "%22sabbatical%22"))
        .await;
    assert_snapshot!(kind.body, @r#"{"errors":{"leave_type":"This kind of leave is no longer offered. Please choose another."},"response_action":"errors"}"#);
    let day = house
        .sends(&house.forged(&request, "2026-03-05", "2026-02-30"))
        .await;
    assert_snapshot!(day.body, @r#"{"errors":{"first_day":"Please choose the first day."},"response_action":"errors"}"#);
    nothing_was_written(&house).await;
    let part = house
        .sends(&house.forged(&request, "%22full%22", "%22a+bit%22"))
        .await;
    assert_eq!((part.status, part.body.as_str()), (200, ""));
    assert_snapshot!(house.records().await, @"2026-03-05 full 480 min 2026 pending");
}

#[tokio::test]
async fn a_leave_type_that_was_withdrawn_is_refused() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff 2026-03-05").await;
    house
        .execute("UPDATE leave_type SET active = false WHERE leave_type = 'vacation'")
        .await;
    assert_snapshot!(house.submits(&asha).await, @"
    # Request time off
    Leave type: (Vacation)
      ! This kind of leave is no longer offered. Please choose another.
    First day: (2026-03-05)
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Thu 5 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    nothing_was_written(&house).await;
    house.fills(&asha, "Leave type", "Sick leave").await;
    assert_eq!(house.submits(&asha).await, "");
}

#[tokio::test]
async fn a_person_who_is_not_registered_is_told_so() {
    let house = House::open().await;
    let dev = house.dev();
    house.types(&dev, "/timeoff 2026-03-05").await;
    house
        .execute("DELETE FROM person WHERE user_id = 'U_DEV'")
        .await;
    assert_snapshot!(house.submits(&dev).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
      ! You are not set up for time off yet. Please ask a workspace admin to add you.
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Thu 5 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    dev.modal().close().await;
    for command in [
        "/timeoff",
        "/timeoff list",
        "/timeoff cancel",
        "/timeoff who",
        "/timeoff help",
    ] {
        house
            .execute("DELETE FROM person WHERE user_id = 'U_DEV'")
            .await;
        house.types(&dev, command).await;
        assert!(dev.find_modal().is_none(), "{command}");
    }
    assert_snapshot!(dev.channel("#general"), @"
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    ");
    nothing_was_written(&house).await;
}

#[tokio::test]
async fn a_member_of_the_workspace_who_is_not_registered_is_looked_up() {
    let house = House::open().await;
    let dev = house.dev();
    house
        .execute("DELETE FROM person WHERE user_id = 'U_DEV'")
        .await;
    house.types(&dev, "/timeoff").await;
    house.types(&dev, "/timeoff").await;
    assert!(
        dev.modal().text().contains("Request time off"),
        "the second try opens the form"
    );
    assert_eq!(
        house
            .value::<String>("SELECT name FROM person WHERE user_id = 'U_DEV'")
            .await,
        "Dev Patel"
    );
}

#[tokio::test]
async fn a_person_who_is_switched_off_is_told_so() {
    let house = House::open().await;
    let dev = house.dev();
    house.asks(&dev, "2026-03-10", "2026-03-10").await;
    house.types(&dev, "/timeoff 2026-03-05").await;
    house
        .sets(
            "U_DEV",
            PersonChange {
                active: Some(false),
                ..PersonChange::default()
            },
        )
        .await;
    assert_snapshot!(house.submits(&dev).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
      ! Your account is switched off for time off. Please ask a workspace admin.
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Thu 5 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    dev.modal().close().await;
    house.types(&dev, "/timeoff").await;
    house.types(&dev, "/timeoff list").await;
    assert_snapshot!(dev.channel("#general"), @"
    timeoff (only you can see this): Your account is switched off for time off. Please ask a workspace admin.
    timeoff (only you can see this): Your account is switched off for time off. Please ask a workspace admin.
    ");
    house.presses(&dev, "Cancel request").await;
    assert_snapshot!(dev.dm(), @"
    timeoff: *Vacation, Tue 10 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    timeoff (only you can see this): Your account is switched off for time off. Please ask a workspace admin.
    ");
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM pending_action WHERE state = 'pending'")
            .await,
        1
    );
}
