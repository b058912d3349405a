//! The App Home tab, and writing to the app.

use insta::assert_snapshot;
use simulators::slack::Fault;
use timeoff::tenant::store::PersonChange;

use crate::support::House;

#[tokio::test]
async fn home_shows_own_leave_and_who_is_off() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    asha.opens_home().await;
    house.settle().await;
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 14:30.
    ");
    house
        .takes(&asha, "/timeoff 2026-03-05 to 2026-03-06", &[])
        .await;
    house.asks(&asha, "2026-03-09", "2026-03-09").await;
    house
        .takes(
            &dev,
            "/timeoff 2026-03-02",
            &[("Part of the day", "Afternoon"), ("Reason", "Secret")],
        )
        .await;
    asha.opens_home().await;
    house.settle().await;
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    *Vacation, Thu 5 – Fri 6 March*
    2 working days, approved  [Cancel leave]
    *Vacation, Mon 9 March*
    1 working day, waiting for approval  [Cancel request]
    ---
    *Off today, Mon 2 March*
    • Dev Patel, in the afternoon
    *Off in the next two weeks, until Mon 16 March*
    • Asha Rao: Thu 5 – Fri 6 March
    ~ As of Mon 2 March, 14:30.
    ");
}

#[tokio::test]
async fn the_button_opens_the_form_and_home_shows_the_new_request() {
    let house = House::open().await;
    let asha = house.asha();
    asha.opens_home().await;
    house.settle().await;
    asha.press_home("Request time off").await;
    house.settle().await;
    house.fills(&asha, "First day", "2026-03-05").await;
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    *Vacation, Thu 5 March*
    1 working day, waiting for approval  [Cancel request]
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 14:30.
    ");
}

#[tokio::test]
async fn leave_is_cancelled_in_home() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.takes(&asha, "/timeoff 2026-03-05", &[]).await;
    asha.opens_home().await;
    house.settle().await;
    asha.press_home("Cancel leave").await;
    house.settle().await;
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 14:30.
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
    ");
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: @asha cancelled this.
    timeoff: @asha cancelled leave: Vacation, Thu 5 March. They will be at work.
    ");
}

#[tokio::test]
async fn a_stale_button_in_home_is_answered() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    asha.opens_home().await;
    house.settle().await;
    // It was opened long ago, so nobody keeps it up to date.
    house
        .execute("UPDATE home_view SET opened_at = opened_at - interval '8 days'")
        .await;
    house.presses(&ben, "Deny").await;
    assert_eq!(house.submits(&ben).await, "");
    asha.press_home("Cancel request").await;
    house.settle().await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :x: Denied by @ben.
    timeoff: Nothing was changed: Vacation, Thu 5 March is denied already.
    ");
    assert_snapshot!(asha.home(), @"
    == Your time off ==
    [Request time off] [Refresh]
    Nothing planned. Type `/timeoff` to ask for time off.
    ---
    *Off today, Mon 2 March*
    Nobody.
    *Off in the next two weeks, until Mon 16 March*
    Nobody so far.
    ~ As of Mon 2 March, 14:30.
    ");
}

#[tokio::test]
async fn somebody_unknown_or_switched_off_is_told_in_home() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    house
        .execute("DELETE FROM person WHERE user_id = 'U_DEV'")
        .await;
    house.slack.fault(
        "users.info",
        Fault::Error("user_not_found".to_owned()),
        Some(1),
    );
    dev.opens_home().await;
    house.settle().await;
    assert_snapshot!(dev.home(), @"You are not set up for time off yet. Please ask a workspace admin to add you.");
    // Slack is asked for one person once an hour.
    house.pass(jiff::SignedDuration::from_mins(61));
    dev.opens_home().await;
    house.settle().await;
    assert!(
        dev.home().contains("Your time off"),
        "looked up in the meantime:\n{}",
        dev.home()
    );

    asha.opens_home().await;
    house.settle().await;
    house
        .sets(
            "U_ASHA",
            PersonChange {
                active: Some(false),
                ..PersonChange::default()
            },
        )
        .await;
    asha.press_home("Request time off").await;
    house.settle().await;
    assert!(asha.find_modal().is_none());
    assert_snapshot!(asha.dm(), @"timeoff: Your account is switched off for time off. Please ask a workspace admin.");
    asha.opens_home().await;
    house.settle().await;
    assert_snapshot!(asha.home(), @"
    Your account is switched off for time off. Please ask a workspace admin.
    ~ As of Mon 2 March, 15:31.
    ");
}

#[tokio::test]
async fn writing_to_the_app_is_answered_with_what_it_can_do() {
    let house = House::open().await;
    let asha = house.asha();
    asha.says("@app", "Can I have <!channel> Friday off?").await;
    house.settle().await;
    assert_snapshot!(asha.dm(), @"
    asha: Can I have @channel Friday off?
    timeoff: Here I read commands, not messages. Here is what I can do:
      • `/timeoff` opens the form to ask for time off
      • `/timeoff tomorrow afternoon`, `/timeoff sick today` or `/timeoff 3 to 7 August` opens it filled in
      • `/timeoff list` shows your leave, upcoming and past
      • `/timeoff cancel` takes leave back, approved leave too
      • `/timeoff who` shows who is off today and this week
      In the leave channel plain words are enough: “on leave tomorrow”, “sick today”. I answer there in the thread.
      Your reason is seen only by you, your approvers and people admins. So is the kind of leave, except where you write it in the leave channel.
    ");
}
