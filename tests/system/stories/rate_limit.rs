//! What people see who do a lot at once.

use insta::assert_snapshot;
use jiff::SignedDuration;

use crate::support::House;

/// A house where three requests a minute are taken from a channel.
async fn strict_house() -> House {
    let house = House::open().await;
    house
        .settings(|settings| settings.requests_per_minute = 3)
        .await;
    house
}

#[tokio::test]
async fn a_command_too_many_is_answered_with_the_seconds_to_wait() {
    let house = strict_house().await;
    let asha = house.asha();
    for _ in 0..3 {
        house.types(&asha, "/timeoff who").await;
    }
    house.types(&asha, "/timeoff").await;
    assert!(asha.find_modal().is_none(), "nothing is processed");
    let said = asha.last_message("#general").expect("an answer");
    assert_snapshot!(asha.text_of(&said), @"timeoff (only you can see this): That was a lot at once. Please wait 20 seconds and try again; nothing was changed.");
    // Nobody else sees it, and nobody else's channel is slow.
    assert_eq!(house.ben().channel("#general"), "");
    house.pass(SignedDuration::from_secs(20));
    house.types(&asha, "/timeoff").await;
    assert!(asha.find_modal().is_some());
}

#[tokio::test]
async fn a_press_too_many_decides_nothing_and_says_so() {
    let house = strict_house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    for text in ["1", "2", "3"] {
        house.types(&ben, "/timeoff who").await;
        ben.says("@app", text).await;
    }
    house.settle().await;
    house.presses(&ben, "Approve").await;
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "pending");
    let said = ben.last_message("@app").expect("a notice");
    assert_snapshot!(ben.text_of(&said), @"timeoff (only you can see this): That was a lot at once. Please wait 20 seconds and try again; nothing was changed.");
    house.pass(SignedDuration::from_secs(20));
    house.presses(&ben, "Approve").await;
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "completed");
}

#[tokio::test]
async fn a_form_sent_too_soon_keeps_what_was_typed() {
    let house = strict_house().await;
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-05").await;
    house.fills(&asha, "Last day", "2026-03-06").await;
    house
        .fills(&asha, "Half days", "The first day begins at midday")
        .await;
    house.fills(&asha, "Reason", "Moving house").await;
    assert_snapshot!(house.submits(&asha).await, @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-05)
      ! That was a lot at once. Please wait 20 seconds and try again; nothing was changed.
    Last day (optional): (2026-03-06) ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    Half days (optional): [x] The first day begins at midday  [ ] The last day ends at midday
    *1½ working days*: Thu 5 (from midday) – Fri 6 March
    Nobody else is off then.
    Reason (optional): (Moving house) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    let asked: i64 = house.value("SELECT count(*) FROM pending_action").await;
    assert_eq!(asked, 0, "nothing is processed");
    house.pass(SignedDuration::from_secs(20));
    assert_eq!(house.submits(&asha).await, "");
    let reason: String = house.value("SELECT reason FROM pending_action").await;
    assert_eq!(reason, "Moving house");
}

#[tokio::test]
async fn a_flood_of_messages_gets_one_notice_a_minute() {
    let house = strict_house().await;
    let asha = house.asha();
    for _ in 0..10 {
        asha.says("@app", "hello?").await;
        house.settle().await;
    }
    assert_snapshot!(asha.dm(), @"
    asha: hello?
    timeoff: Here I read commands, not messages. Here is what I can do:
      • `/timeoff` opens the form to ask for time off
      • `/timeoff tomorrow afternoon`, `/timeoff sick today` or `/timeoff 3 to 7 August` opens it filled in
      • `/timeoff list` shows your leave, upcoming and past
      • `/timeoff cancel` takes leave back, approved leave too
      • `/timeoff who` shows who is off today and this week
      In the leave channel plain words are enough: “on leave tomorrow”, “sick today”. I answer there in the thread.
      Your reason is seen only by you, your approvers and people admins. So is the kind of leave, except where you write it in the leave channel.
    asha: hello?
    timeoff: Here I read commands, not messages. Here is what I can do:
      • `/timeoff` opens the form to ask for time off
      • `/timeoff tomorrow afternoon`, `/timeoff sick today` or `/timeoff 3 to 7 August` opens it filled in
      • `/timeoff list` shows your leave, upcoming and past
      • `/timeoff cancel` takes leave back, approved leave too
      • `/timeoff who` shows who is off today and this week
      In the leave channel plain words are enough: “on leave tomorrow”, “sick today”. I answer there in the thread.
      Your reason is seen only by you, your approvers and people admins. So is the kind of leave, except where you write it in the leave channel.
    asha: hello?
    timeoff: Here I read commands, not messages. Here is what I can do:
      • `/timeoff` opens the form to ask for time off
      • `/timeoff tomorrow afternoon`, `/timeoff sick today` or `/timeoff 3 to 7 August` opens it filled in
      • `/timeoff list` shows your leave, upcoming and past
      • `/timeoff cancel` takes leave back, approved leave too
      • `/timeoff who` shows who is off today and this week
      In the leave channel plain words are enough: “on leave tomorrow”, “sick today”. I answer there in the thread.
      Your reason is seen only by you, your approvers and people admins. So is the kind of leave, except where you write it in the leave channel.
    asha: hello?
    timeoff: That was a lot at once. Please wait 20 seconds and try again; nothing was changed.
    asha: hello?
    asha: hello?
    asha: hello?
    asha: hello?
    asha: hello?
    asha: hello?
    ");
    house.pass(SignedDuration::from_secs(61));
    for _ in 0..10 {
        asha.says("@app", "hello?").await;
    }
    house.settle().await;
    assert_eq!(asha.dm().matches("Please wait").count(), 2);
    assert_eq!(asha.dm().matches("Here is what I can do").count(), 6);
}

#[tokio::test]
async fn in_a_busy_channel_each_person_is_told() {
    let house = strict_house().await;
    house
        .settings(|settings| settings.requests_per_minute = 10)
        .await;
    let (asha, ben) = (house.asha(), house.ben());
    for person in [&asha, &ben] {
        house.asks(person, "2026-03-05", "2026-03-05").await;
        house.types(person, "/timeoff cancel").await;
    }
    for _ in 0..10 {
        house.types(&asha, "/timeoff who").await;
    }
    for person in [&asha, &ben] {
        house.pass(SignedDuration::from_secs(0));
        person.press_in("#general", "Cancel request").await;
        house.settle().await;
        let said = person.last_message("#general").expect("a notice");
        assert!(
            person.text_of(&said).contains("Please wait"),
            "{} was not told: {}",
            person.id(),
            person.channel("#general")
        );
    }
    let alive: i64 = house
        .value("SELECT count(*) FROM pending_action WHERE state = 'pending'")
        .await;
    assert_eq!(alive, 2);
}
