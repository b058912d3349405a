//! Slack fails while people are asked, told or reminded.

use insta::assert_snapshot;
use simulators::slack::Fault;

use crate::support::{House, Plan, latest, messages};

/// One worker, so that messages go out in order: the requester's first, then the approver's.
async fn house() -> House {
    House::build(Plan {
        workers: 1,
        ..Plan::default()
    })
    .await
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .slack
        .fault("chat.postMessage", Fault::RateLimited(30), Some(2));
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.at("2026-03-02T09:00:29Z").await;
    assert_eq!((messages(&asha), messages(&ben)), (0, 0));
    house.at("2026-03-02T09:00:31Z").await;
    assert_eq!((messages(&asha), messages(&ben)), (1, 1));
    assert!(ben.dm().contains("[Approve] [Deny]"));
}

#[tokio::test]
async fn an_outage_is_waited_out_and_nobody_gets_a_message_twice() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .slack
        .fault("chat.postMessage", Fault::ServerError, None);
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    for minute in 1..15 {
        house.at(&format!("2026-03-02T09:{minute:02}:00Z")).await;
    }
    house.slack.clear_faults();
    house.at("2026-03-02T09:25:00Z").await;
    assert_eq!((messages(&asha), messages(&ben)), (1, 1));
    house.presses(&ben, "Approve").await;
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
}

#[tokio::test]
async fn an_answer_that_was_lost_does_not_double_the_message() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house
        .slack
        .fault("chat.postMessage", Fault::LoseAnswer, Some(2));
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.at("2026-03-02T09:00:30Z").await;
    house.at("2026-03-02T09:01:30Z").await;
    assert_eq!((messages(&asha), messages(&ben)), (1, 1));
}

#[tokio::test]
async fn where_slack_refuses_the_approvers_message_for_good_the_requester_is_told() {
    let house = house().await;
    house
        .execute("INSERT INTO person (workspace_id, user_id, name, time_zone) VALUES ('T1', 'U_GONE', 'Gone', 'UTC')")
        .await;
    house
        .execute("UPDATE person SET approver_id = 'U_GONE' WHERE user_id = 'U_ASHA'")
        .await;
    house.asks(&house.asha(), "2026-03-05", "2026-03-05").await;
    assert_snapshot!(house.asha().dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @U_GONE.
      [Cancel request]
    timeoff: Your request for Vacation, Thu 5 March could not be delivered to @U_GONE in Slack. It is kept. Please tell them in person, or ask a workspace admin to choose another approver.
    ");
    house.round().await;
    assert_eq!(messages(&house.asha()), 2);
}

#[tokio::test]
async fn a_message_that_somebody_deleted_is_posted_anew() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.slack.fault(
        "chat.update",
        Fault::Error("message_not_found".into()),
        Some(2),
    );
    house.presses(&ben, "Approve").await;
    assert_snapshot!(latest(&ben), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by you.
    ");
    assert_snapshot!(latest(&asha), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]
    ");
}

#[tokio::test]
async fn where_a_workspace_lets_nobody_edit_old_messages_the_outcome_is_posted_anew() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.slack.fault(
        "chat.update",
        Fault::Error("edit_window_closed".into()),
        None,
    );
    house.presses(&ben, "Approve").await;
    assert!(latest(&asha).contains("Approved by @ben"));
    assert_eq!(messages(&asha), 2);
}

#[tokio::test]
async fn a_reminder_that_slack_did_not_take_comes_later_and_once() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house
        .slack
        .fault("chat.postMessage", Fault::RateLimited(30), Some(1));
    house.at("2026-03-03T11:00:00Z").await;
    assert_eq!(messages(&ben), 1);
    house.at("2026-03-03T11:00:31Z").await;
    house.at("2026-03-03T11:05:00Z").await;
    assert_eq!(messages(&ben), 2);
}

#[tokio::test]
async fn an_older_reminder_that_cannot_be_deleted_does_no_harm() {
    let house = house().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-20", "2026-03-20").await;
    house.at("2026-03-03T11:00:00Z").await;
    house.slack.fault(
        "chat.delete",
        Fault::Error("message_not_found".into()),
        Some(1),
    );
    house.at("2026-03-05T11:00:00Z").await;
    house.at("2026-03-05T11:10:00Z").await;
    assert_eq!(messages(&ben), 3);
    house.presses(&ben, "Approve").await;
    assert!(latest(&ben).contains("All decided"));
}
