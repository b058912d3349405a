//! The form of `/timeoff`, and what it says while it is open.

use insta::assert_snapshot;
use simulators::slack::Fault;
use timeoff::tenant::store::PersonChange;

use crate::support::House;

#[tokio::test]
async fn timeoff_opens_the_form_with_every_field() {
    let house = House::open().await;
    let asha = house.asha();
    assert_snapshot!(house.sees_form(&asha, "/timeoff", &[]).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: ()
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Choose a day to see how many working days that is and who else is off.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    let offered = asha.modal().json()["blocks"][0]["element"]["options"].clone();
    let offered: Vec<&str> = offered
        .as_array()
        .unwrap()
        .iter()
        .map(|option| option["text"]["text"].as_str().unwrap())
        .collect();
    assert_eq!(offered, ["Vacation", "Sick leave"]);
    assert_eq!(
        asha.channel("#general"),
        "",
        "nobody sees that Asha typed the command"
    );
}

#[tokio::test]
async fn each_part_of_the_day_can_be_asked_for() {
    let house = House::open().await;
    let asha = house.asha();
    for (day, part) in [
        ("2026-03-03", "Whole day"),
        ("2026-03-04", "Morning"),
        ("2026-03-05", "Afternoon"),
    ] {
        assert_eq!(
            house
                .is_told(
                    &asha,
                    "/timeoff",
                    &[("First day", day), ("Part of the day", part)]
                )
                .await,
            ""
        );
    }
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 3 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    timeoff: *Vacation, Wed 4 March, morning*
      half a working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    timeoff: *Vacation, Thu 5 March, afternoon*
      half a working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-03 full 480 min 2026 pending
    2026-03-04 half_am 240 min 2026 pending
    2026-03-05 half_pm 240 min 2026 pending
    ");
}

#[tokio::test]
async fn mornings_of_a_range_are_counted_as_halves() {
    let house = House::open().await;
    let asha = house.asha();
    let fields = [
        ("First day", "2026-03-05"),
        ("Last day", "2026-03-10"),
        ("Part of the day", "Morning"),
    ];
    assert_snapshot!(house.sees_form(&asha, "/timeoff", &fields).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
    Last day (optional): (2026-03-10) ‹Leave it empty for a single day.›
    Part of the day: (Morning)
    *2 working days*: Thu 5 – Tue 10 March, mornings
    Not counted: Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 – Tue 10 March, mornings*
      2 working days
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 half_am 240 min 2026 pending
    2026-03-06 half_am 240 min 2026 pending
    2026-03-09 half_am 240 min 2026 pending
    2026-03-10 half_am 240 min 2026 pending
    ");
}

#[tokio::test]
async fn a_range_may_begin_or_end_at_midday() {
    let house = House::open().await;
    let asha = house.asha();
    let both = "The first day begins at midday, The last day ends at midday";
    let fields = [
        ("First day", "2026-03-05"),
        ("Last day", "2026-03-10"),
        ("Half days", both),
    ];
    assert_snapshot!(house.sees_form(&asha, "/timeoff", &fields).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
    Last day (optional): (2026-03-10) ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Half days (optional): [x] The first day begins at midday  [x] The last day ends at midday
    *3 working days*: Thu 5 (from midday) – Tue 10 March (until midday)
    Not counted: Sat 7 – Sun 8 March (weekend)
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 (from midday) – Tue 10 March (until midday)*
      3 working days
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]
    ");
    assert_snapshot!(house.records().await, @"
    2026-03-05 half_pm 240 min 2026 pending
    2026-03-06 full 480 min 2026 pending
    2026-03-09 full 480 min 2026 pending
    2026-03-10 half_am 240 min 2026 pending
    ");
}

#[tokio::test]
async fn half_ends_are_offered_only_where_they_mean_something() {
    let house = House::open().await;
    let asha = house.asha();
    let form = house
        .sees_form(&asha, "/timeoff", &[("First day", "2026-03-05")])
        .await;
    assert!(
        !form.contains("Half days"),
        "a single day has parts, not ends:\n{form}"
    );
    house.fills(&asha, "Last day", "2026-03-06").await;
    house
        .fills(&asha, "Half days", "The first day begins at midday")
        .await;
    assert_snapshot!(asha.modal().text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
    Last day (optional): (2026-03-06) ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Half days (optional): [x] The first day begins at midday  [ ] The last day ends at midday
    *1½ working days*: Thu 5 (from midday) – Fri 6 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    house.fills(&asha, "Part of the day", "Afternoon").await;
    assert_snapshot!(asha.modal().text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
    Last day (optional): (2026-03-06) ‹Leave it empty for a single day.›
    Part of the day: (Afternoon)
    *1 working day*: Thu 5 – Fri 6 March, afternoons
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    house.fills(&asha, "Part of the day", "Whole day").await;
    house.fills(&asha, "Last day", "").await;
    assert_snapshot!(asha.modal().text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Thu 5 March
    Nobody else is off then.
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
}

#[tokio::test]
async fn the_open_form_warns_before_it_is_sent() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    let warnings = [
        house
            .summary(
                &asha,
                "/timeoff",
                &[("First day", "2026-03-05"), ("Last day", "2026-03-04")],
            )
            .await,
        house
            .summary(&asha, "/timeoff", &[("First day", "2026-03-07")])
            .await,
        house
            .summary(
                &asha,
                "/timeoff",
                &[("First day", "2026-03-06"), ("Last day", "2026-03-12")],
            )
            .await,
        house
            .summary(&asha, "/timeoff", &[("First day", "2025-12-31")])
            .await,
    ];
    assert_snapshot!(warnings.join("\n"), @"
    :warning: The last day is before the first day. Please choose a later one, or leave it empty for a single day.
    :warning: You are off then anyway: Sat 7 March (weekend). Please choose a working day.
    :warning: You already have leave then: Vacation, Thu 5 – Fri 6 March (waiting for approval). Please choose other days, or cancel that first.
    :warning: Leave can be entered from Thu 1 January 2026 on. For earlier days, please ask a people admin.
    ");
}

#[tokio::test]
async fn the_form_shows_who_else_of_the_team_is_off_then() {
    let house = House::open().await;
    let (asha, carla, dev) = (house.asha(), house.carla(), house.dev());
    house
        .takes(&dev, "/timeoff 2026-03-06 to 2026-03-10", &[])
        .await;
    house
        .takes(
            &carla,
            "/timeoff 2026-03-09",
            &[("Part of the day", "Afternoon")],
        )
        .await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05 to 2026-03-11", &[]).await, @"
    *5 working days*: Thu 5 – Wed 11 March
    Not counted: Sat 7 – Sun 8 March (weekend)
    Also off then: Carla Mendes Mon 9 March (afternoon); Dev Patel Fri 6 – Tue 10 March
    ");
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-12", &[]).await, @"
    *1 working day*: Thu 12 March
    Nobody else is off then.
    ");

    let team = |name| PersonChange {
        team: Some(name),
        ..PersonChange::default()
    };
    house.sets("U_ASHA", team("design")).await;
    house.sets("U_CARLA", team("design")).await;
    house.sets("U_DEV", team("engineering")).await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05 to 2026-03-11", &[]).await, @"
    *5 working days*: Thu 5 – Wed 11 March
    Not counted: Sat 7 – Sun 8 March (weekend)
    Also off then: Carla Mendes Mon 9 March (afternoon)
    ");
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-12", &[]).await, @"
    *1 working day*: Thu 12 March
    Nobody else in your team is off then.
    ");
}

#[tokio::test]
async fn leave_of_a_colleague_that_is_not_decided_is_not_shown() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.asks(&dev, "2026-03-05", "2026-03-06").await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05", &[]).await, @"
    *1 working day*: Thu 5 March
    Nobody else is off then.
    ");
    house.presses(&house.ben(), "Approve").await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05", &[]).await, @"
    *1 working day*: Thu 5 March
    Also off then: Dev Patel Thu 5 March
    ");
    house.types(&dev, "/timeoff cancel").await;
    house.presses(&dev, "Cancel leave").await;
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-05", &[]).await, @"
    *1 working day*: Thu 5 March
    Nobody else is off then.
    ");
}

#[tokio::test]
async fn a_colleagues_kind_and_reason_are_never_in_the_form() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    let fields = [("Leave type", "Sick leave"), ("Reason", "An operation")];
    assert_eq!(
        house.is_told(&dev, "/timeoff 2026-03-05", &fields).await,
        ""
    );
    let form = house.sees_form(&asha, "/timeoff 2026-03-05", &[]).await;
    assert!(form.contains("Dev Patel Thu 5 March"), "{form}");
    assert!(!form.contains("operation"), "{form}");
    assert!(!asha.modal().json().to_string().contains("operation"));
}

#[tokio::test]
async fn what_is_typed_stays_while_the_form_changes() {
    let house = House::open().await;
    let asha = house.asha();
    let fields = [
        ("Leave type", "Sick leave"),
        ("Reason", "Cold & fever"),
        ("First day", "2026-03-05"),
        ("Last day", "2026-03-06"),
        ("Half days", "The last day ends at midday"),
        ("First day", "2026-03-04"),
    ];
    assert_snapshot!(house.sees_form(&asha, "/timeoff", &fields).await, @"
    # Request time off
    Leave type: (Sick leave)
    First day: (2026-03-04)
    Last day (optional): (2026-03-06) ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Half days (optional): [ ] The first day begins at midday  [x] The last day ends at midday
    *2½ working days*: Wed 4 – Fri 6 March (until midday)
    Nobody else is off then.
    Reason (optional): (Cold & fever) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
}

#[tokio::test]
async fn sick_leave_needs_no_approval_and_the_approver_is_told() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff today",
                &[("Leave type", "Sick leave"), ("Reason", "Migraine")]
            )
            .await,
        ""
    );
    assert_snapshot!(asha.dm(), @"
    timeoff: *Sick leave, Mon 2 March*
      1 working day
      :white_check_mark: Noted; no approval needed.
      ~ Your reason, seen only by your approvers and people admins: Migraine
      [Cancel leave]
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha is away: *Sick leave, Mon 2 March*
      1 working day
      > Migraine
      :information_source: No approval needed.
    ");
    assert_snapshot!(house.records().await, @"2026-03-02 full 480 min 2026 completed");
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM approval WHERE remind_at IS NOT NULL")
            .await,
        0,
        "nobody is reminded of it"
    );
}

#[tokio::test]
async fn a_workspace_without_leave_types_is_told_so() {
    let house = House::open().await;
    let asha = house.asha();
    house.execute("UPDATE leave_type SET active = false").await;
    assert_snapshot!(house.sees_form(&asha, "/timeoff", &[]).await, @"
    # Request time off
    There is no kind of leave to choose from yet. Please ask a people admin.
    [Close]
    ");
    assert!(asha.toasts().is_empty());
}

#[tokio::test]
async fn a_form_that_slack_does_not_open_is_told_of() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.fault(
        "views.open",
        Fault::Error("expired_trigger_id".to_owned()),
        Some(2),
    );
    house.types(&asha, "/timeoff tomorrow").await;
    assert!(asha.find_modal().is_none());
    house.until(|| !asha.channel("#general").is_empty()).await;
    assert_snapshot!(asha.channel("#general"), @"timeoff (only you can see this): Slack did not confirm that the form opened. If you do not see it, please try once more.");
    asha.opens_home().await;
    house.settle().await;
    asha.press_home("Request time off").await;
    house.settle().await;
    assert!(asha.find_modal().is_none());
    house.until(|| !asha.dm().is_empty()).await;
    assert_snapshot!(asha.dm(), @"timeoff: Slack did not confirm that the form opened. If you do not see it, please try once more.");
}

#[tokio::test]
async fn an_update_that_fails_does_not_stop_the_form() {
    let house = House::open().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    // Closed in the meantime, or trouble at Slack.
    for fault in [
        Fault::Error("not_found".to_owned()),
        Fault::ServerError,
        Fault::Drop,
    ] {
        house.slack.fault("views.update", fault, Some(1));
        house.fills(&asha, "First day", "2026-03-05").await;
    }
    house.fills(&asha, "Last day", "2026-03-06").await;
    assert!(
        asha.modal().text().contains("*2 working days*"),
        "the next change brings the next update"
    );
    assert_eq!(house.submits(&asha).await, "");
    assert_eq!(asha.channel("#general"), "");
    assert_eq!(asha.dm().matches("Vacation").count(), 1);
}

#[tokio::test]
async fn the_approver_sees_what_is_decided_and_what_is_not() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house.takes(&dev, "/timeoff 2026-03-05", &[]).await;
    house.asks(&dev, "2026-03-06", "2026-03-06").await;
    house.asks(&asha, "2026-03-05", "2026-03-06").await;
    assert_snapshot!(house.ben().text_of(&house.ben().last_message("@app").unwrap()), @"
    timeoff: @asha asks for *Vacation, Thu 5 – Fri 6 March*
      2 working days
      ~ Also off then: Dev Patel Thu 5 March; Dev Patel Fri 6 March (not decided yet)
      [Approve] [Deny]
    ");
}

#[tokio::test]
async fn closing_the_form_leaves_nothing() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .sees_form(&asha, "/timeoff tomorrow", &[("Reason", "Dentist")])
        .await;
    asha.modal().close().await;
    house.settle().await;
    assert_eq!(
        house
            .value::<i64>("SELECT count(*) FROM pending_action")
            .await,
        0
    );
    assert_eq!(asha.dm(), "");
    assert!(
        house.slack.problems().is_empty(),
        "{:?}",
        house.slack.problems()
    );
}
