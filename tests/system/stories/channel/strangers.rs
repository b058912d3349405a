//! People whom the directory does not know, or no longer wants.

use insta::assert_snapshot;
use simulators::slack::{Fault, Member};

use crate::support::House;

#[tokio::test]
async fn a_newcomer_is_registered_from_their_profile() {
    let house = House::open().await;
    house.slack.add_person(
        "T1",
        Member::new("U_NEW", "nia")
            .real_name("Nia Okoro")
            .email("nia@example.com")
            .tz("Africa/Lagos"),
    );
    house.slack.add_to_channel("T1", "C_LEAVE", "U_NEW");
    house.settle().await;
    house
        .execute("DELETE FROM person WHERE user_id = 'U_NEW'")
        .await;
    let nia = house.slack.person("T1", "U_NEW");
    house.writes(&nia, "on leave tomorrow").await;
    assert_snapshot!(nia.channel("#leave"), @"
    nia: on leave tomorrow
      ↳ timeoff: @nia, did I read you right?
          *Tue 3 March* · Vacation · 1 working day
          ~ Confirm asks your approver.
          [Confirm] [Edit] [Cancel]
    ");
    let kept: String = house
        .value(
            "SELECT name || ', ' || email || ', ' || time_zone FROM person WHERE user_id = 'U_NEW'",
        )
        .await;
    assert_eq!(kept, "Nia Okoro, nia@example.com, Africa/Lagos");
    house.presses_in_leave(&nia, "Confirm").await;
    assert!(nia.channel("#leave").contains("Waiting for @ben"));
}

#[tokio::test]
async fn somebody_switched_off_is_told_alone() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .execute("UPDATE person SET switched_off = true WHERE user_id = 'U_ASHA'")
        .await;
    house.writes(&asha, "lunch, then on a sick bike").await;
    house.writes(&asha, "on leave tomorrow").await;
    assert_snapshot!(asha.channel("#leave"), @"
    asha: lunch, then on a sick bike
    asha: on leave tomorrow
    timeoff (only you can see this): Your account is switched off for time off. Please ask a workspace admin.
    ");
    assert_snapshot!(ben.channel("#leave"), @"
    asha: lunch, then on a sick bike
    asha: on leave tomorrow
    ");
}

#[tokio::test]
async fn a_channel_that_cannot_be_written_to_is_told_of_directly() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.fault(
        "chat.postMessage",
        Fault::Error("not_in_channel".to_owned()),
        Some(1),
    );
    house.writes(&asha, "on leave tomorrow").await;
    assert_snapshot!(asha.dm(), @"timeoff: I could not answer you in #leave. Please use `/timeoff` instead; `/timeoff list` shows what was asked for.");
}

#[tokio::test]
async fn without_the_thread_the_message_is_read_alone() {
    let house = House::open().await;
    let asha = house.asha();
    let said = house.writes(&asha, "on leave on the 10th").await;
    house.slack.fault(
        "conversations.replies",
        Fault::Error("missing_scope".to_owned()),
        None,
    );
    house.replies(&asha, &said, "on leave on the 11th").await;
    let last = asha.last_message("#leave").expect("a reply");
    assert_snapshot!(asha.text_of(&last), @"
    timeoff: @asha, did I read you right?
      *Wed 11 March* · Vacation · 1 working day
      ~ Confirm asks your approver.
      [Confirm] [Edit] [Cancel]
    ");
}

#[tokio::test]
async fn whoever_cannot_be_told_in_the_channel_is_told_how_it_ends() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.writes(&asha, "on leave tomorrow").await;
    house.presses_in_leave(&asha, "Confirm").await;
    for method in ["chat.update", "chat.postMessage"] {
        let archived = Fault::Error("is_archived".to_owned());
        house.slack.fault(method, archived, Some(1));
    }
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Tue 3 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
}
