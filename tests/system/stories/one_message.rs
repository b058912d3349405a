//! One message a request, whatever happens to it; and what people wrote stays what they wrote.

use insta::assert_snapshot;
use serde_json::Value;

use crate::support::House;

fn posted_to<'a>(calls: &'a [Value], user: &str) -> Vec<&'a Value> {
    calls
        .iter()
        .filter(|call| call["channel"] == user)
        .collect()
}

#[tokio::test]
async fn one_message_a_request_follows_every_state() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    let waiting = asha.dm();
    house.presses(&ben, "Approve").await;
    let approved = asha.dm();
    house.presses(&asha, "Cancel leave").await;
    let cancelled = asha.dm();
    assert_snapshot!([waiting, approved, cancelled].join("\n\n"), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      [Cancel request]

    timeoff: *Vacation, Thu 5 March*
      1 working day
      :white_check_mark: Approved by @ben.
      [Cancel leave]

    timeoff: *Vacation, Thu 5 March*
      1 working day
      :leftwards_arrow_with_hook: Cancelled. You are expected at work.
    ");
    let posts = house.slack.calls("chat.postMessage");
    assert_eq!(posted_to(&posts, "U_ASHA").len(), 1);
    assert_eq!(
        posted_to(&posts, "U_BEN").len(),
        2,
        "the request, and the news that it was cancelled"
    );
}

#[tokio::test]
async fn a_denied_request_keeps_its_message() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    house.fills(&ben, "Note", "The week after?").await;
    assert_eq!(house.submits(&ben).await, "");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :x: Denied by @ben.
      > The week after?
    ");
    assert_eq!(
        posted_to(&house.slack.calls("chat.postMessage"), "U_ASHA").len(),
        1
    );
}

#[tokio::test]
async fn two_requests_have_two_messages() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.asks(&asha, "2026-03-06", "2026-03-06").await;
    assert_eq!(
        posted_to(&house.slack.calls("chat.postMessage"), "U_ASHA").len(),
        2
    );
}

#[tokio::test]
async fn a_reason_cannot_mention_link_or_break_out() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let reason =
        "Hi <!channel> <@U_DEV> @here #general & <https://evil.example|click>\n> second line";
    assert_eq!(
        house
            .is_told(&asha, "/timeoff 2026-03-05", &[("Reason", reason)])
            .await,
        ""
    );
    assert_snapshot!(ben.dm(), @"
    timeoff: @asha asks for *Vacation, Thu 5 March*
      1 working day
      > Hi <!channel> <@U_DEV> @here #general & <https://evil.example|click>
      > > second line
      ~ Nobody else is off then.
      [Approve] [Deny]
    ");
    assert_snapshot!(asha.dm(), @"
    timeoff: *Vacation, Thu 5 March*
      1 working day
      :hourglass_flowing_sand: Waiting for @ben.
      ~ Your reason, seen only by your approvers and people admins: Hi <!channel> <@U_DEV> @here #general & <https://evil.example|click>
      > second line
      [Cancel request]
    ");
    for call in house.slack.calls("chat.postMessage") {
        let text = call["blocks"].to_string();
        assert!(
            !text.contains("<!channel>") && !text.contains("<@U_DEV>") && !text.contains("<https:"),
            "{text}"
        );
        // Slack turns a plain @here into a mention unless it is told to take text as it is.
        for block in call["blocks"].as_array().unwrap() {
            for text in [&block["text"], &block["elements"][0]] {
                assert!(
                    text["type"] != "mrkdwn" || text["verbatim"] == true,
                    "{text}"
                );
            }
        }
    }
}

#[tokio::test]
async fn names_are_shown_as_they_are() {
    let house = House::open().await;
    let (asha, ben, dev) = (house.asha(), house.ben(), house.dev());
    house
        .slack
        .change_person("T1", "U_DEV", |member| {
            member.real_name("D<e>v & <!here> *Co*")
        })
        .await;
    house.settle().await;
    house
        .execute("UPDATE leave_type SET name = 'R&R <3' WHERE leave_type = 'vacation'")
        .await;
    house.takes(&dev, "/timeoff 2026-03-02", &[]).await;
    house.types(&asha, "/timeoff who").await;
    assert_snapshot!(asha.channel("#general"), @"
    timeoff (only you can see this): *Off today, Mon 2 March*
      • D<e>v & <!here> *Co*
      *Off this week, Mon 2 – Sun 8 March*
      • D<e>v & <!here> *Co*: Mon 2 March
    ");
    assert_snapshot!(house.sees_form(&asha, "/timeoff 2026-03-02", &[]).await, @"
    # Request time off
    Leave type: (R&R <3)
    First day: (2026-03-02)
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Mon 2 March
    Also off then: D<e>v & <!here> *Co* Mon 2 March
    Reason (optional): (‹Only if you want to say it›) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    assert_eq!(house.submits(&asha).await, "");
    assert_snapshot!(ben.dm(), @"
    timeoff: @dev asks for *R&R <3, Mon 2 March*
      1 working day
      :white_check_mark: Approved by you.
    timeoff: @asha asks for *R&R <3, Mon 2 March*
      1 working day
      ~ Also off then: D<e>v & <!here> *Co* Mon 2 March
      [Approve] [Deny]
    ");
    assert_snapshot!(house.summary(&asha, "/timeoff 2026-03-02", &[]).await, @":warning: You already have leave then: R&R <3, Mon 2 March (waiting for approval). Please choose other days, or cancel that first.");
    assert_snapshot!(house.is_told(&asha, "/timeoff 2026-03-02", &[]).await, @"First day: You already have leave then: R&R <3, Mon 2 March (waiting for approval). Please choose other days, or cancel that first.");
}

#[tokio::test]
async fn the_longest_reason_arrives_whole() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    let reason = "<&>\n".repeat(125);
    assert_eq!(
        house
            .is_told(&asha, "/timeoff 2026-03-05", &[("Reason", &reason)])
            .await,
        ""
    );
    assert_eq!(ben.dm().matches("<&>").count(), 125);
    assert_eq!(asha.dm().matches("<&>").count(), 125);
    // The worst case: each character is written as five.
    assert_eq!(
        house
            .is_told(
                &asha,
                "/timeoff 2026-03-06",
                &[("Reason", &"&".repeat(500))]
            )
            .await,
        ""
    );
    assert_eq!(ben.dm().matches('&').count(), 125 + 500);
    assert!(asha.dm().contains(&"&".repeat(380)));
}
