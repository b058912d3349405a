//! What people see when something fails: in words, what happened and what to do.

use insta::assert_snapshot;
use simulators::slack::Fault;

use crate::support::{Cable, House, Plan, server};

async fn house_on_a_cable() -> House {
    let cable = Cable::to(&server()).await;
    House::build(Plan {
        cable: Some(cable),
        ..Plan::default()
    })
    .await
}

#[tokio::test]
async fn the_database_is_away_and_everybody_is_told_and_can_try_again() {
    let house = house_on_a_cable().await;
    let cable = house.cable.as_ref().expect("a cable");
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    asha.opens_home().await;
    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-12").await;
    house.fills(&asha, "Reason", "Moving house").await;
    let form = asha.modal();

    cable.cut();
    // The form, beside a field: what was typed stays.
    form.submit().await;
    assert_snapshot!(form.text(), @"
    # Request time off
    Leave type: (Vacation)
    First day: (2026-03-12)
      ! Sorry, something went wrong on our side and nothing was saved. Please try again in a minute.
    Last day (optional): () ‹Leave it empty for a single day.›
    Part of the day: (Whole day)
    *1 working day*: Thu 12 March
    Nobody else is off then.
    Reason (optional): (Moving house) ‹Only your approvers and people admins see it, never your colleagues. Up to 500 characters.›
    [Send request] [Cancel]
    ");
    // A command.
    house.dev().types("#general", "/timeoff who").await;
    assert_snapshot!(house.dev().channel("#general"), @"timeoff (only you can see this): Sorry, something went wrong on our side and nothing was saved. Please try again in a minute.");
    // A press on a message.
    ben.press("Approve").await;
    let waiting = async {
        while house.slack.calls("response_url").is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), waiting)
        .await
        .expect("Ben is told");
    house.slack.settle().await;
    let said = ben.last_message("@app").expect("a word");
    assert_snapshot!(ben.text_of(&said), @"timeoff (only you can see this): Sorry, something went wrong on our side and nothing was saved. Please try again in a minute.");
    // A press where there is no place for words: Slack shows that it failed.
    house.carla().opens_home().await;
    form.close().await;
    asha.press_home("Request time off").await;
    assert_eq!(asha.toasts(), ["This app responded with Status Code 503."]);
    assert_eq!(house.dev().toasts(), Vec::<String>::new());

    cable.mend();
    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-12").await;
    assert_eq!(house.submits(&asha).await, "");
    house.presses(&ben, "Approve").await;
    let states: String = house
        .value("SELECT string_agg(state, ', ' ORDER BY first_day) FROM pending_action")
        .await;
    assert!(
        ["completed, pending", "pending, completed"].contains(&states.as_str()),
        "{states}"
    );
}

#[tokio::test]
async fn an_error_of_ours_is_told_where_the_person_wrote() {
    let house = House::open().await;
    let (asha, dev) = (house.asha(), house.dev());
    // A fault that no second try heals.
    house
        .execute("ALTER TABLE rate_bucket RENAME TO gone")
        .await;
    house.writes(&asha, "on leave tomorrow").await;
    assert_snapshot!(asha.channel("#leave"), @"");
    assert_eq!(asha.toasts(), Vec::<String>::new());
    assert_eq!(
        dev.channel("#leave").matches("Sorry").count(),
        0,
        "for Asha alone"
    );
}

#[tokio::test]
async fn an_error_of_ours_behind_a_button_without_a_place_for_words_is_told_in_private() {
    let house = House::open().await;
    let asha = house.asha();
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    asha.opens_home().await;
    house.settle().await;
    // A fault that no second try heals.
    house
        .execute("ALTER TABLE leave_record RENAME TO gone")
        .await;
    asha.press_home("Cancel request").await;
    house.settle().await;
    assert_eq!(asha.toasts(), Vec::<String>::new());
    let said = asha.last_message("@app").expect("a word");
    assert_snapshot!(asha.text_of(&said), @"");
}

#[tokio::test]
async fn an_error_of_ours_in_a_dialog_is_told_beside_its_field() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.presses(&ben, "Deny").await;
    // A fault that no second try heals.
    house.execute("ALTER TABLE approval RENAME TO gone").await;
    ben.modal().submit().await;
    assert_snapshot!(ben.modal().text(), @"");
}

#[tokio::test]
async fn a_form_sent_while_the_database_is_away_can_be_sent_again() {
    let house = house_on_a_cable().await;
    let cable = house.cable.as_ref().expect("a cable");
    let asha = house.asha();
    house.types(&asha, "/timeoff").await;
    house.fills(&asha, "First day", "2026-03-12").await;
    house.fills(&asha, "Reason", "Moving house").await;
    cable.cut();
    asha.modal().submit().await;
    cable.mend();
    assert_eq!(house.submits(&asha).await, "");
    let reasons: String = house
        .value("SELECT string_agg(reason, ', ') FROM pending_action")
        .await;
    assert_eq!(reasons, "Moving house");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_named_before_slack_gives_up() {
    let house = house_on_a_cable().await;
    let cable = house.cable.as_ref().expect("a cable");
    let dev = house.dev();
    cable.freeze();
    dev.types("#general", "/timeoff who").await;
    assert_eq!(dev.toasts(), Vec::<String>::new(), "Slack did not give up");
    let said = dev.last_message("#general").expect("a word");
    assert!(
        dev.text_of(&said).contains("nothing was saved"),
        "{}",
        dev.text_of(&said)
    );
    cable.mend();
    house.types(&dev, "/timeoff who").await;
    let said = dev.last_message("#general").expect("an answer");
    assert!(
        !dev.text_of(&said).contains("nothing was saved"),
        "{}",
        dev.text_of(&said)
    );
}

#[tokio::test]
async fn slack_does_not_open_the_form_after_a_command() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.fault(
        "views.open",
        Fault::Error("expired_trigger_id".into()),
        Some(1),
    );
    house.types(&asha, "/timeoff").await;
    assert_snapshot!(asha.channel("#general"), @"timeoff (only you can see this): Slack did not confirm that the form opened. If you do not see it, please try once more.");
    assert_eq!(
        house.slack.calls("views.open").len(),
        1,
        "the trigger is dead: no second attempt"
    );
    assert_eq!(house.ben().channel("#general"), "", "for Asha alone");
    house.types(&asha, "/timeoff").await;
    assert!(asha.find_modal().is_some());
}

#[tokio::test]
async fn slack_does_not_open_the_form_from_the_home_tab() {
    let house = House::open().await;
    let asha = house.asha();
    asha.opens_home().await;
    house.settle().await;
    house.slack.fault(
        "views.open",
        Fault::Error("expired_trigger_id".into()),
        Some(1),
    );
    asha.press_home("Request time off").await;
    house.settle().await;
    assert_snapshot!(asha.dm(), @"timeoff: Slack did not confirm that the form opened. If you do not see it, please try once more.");
}

#[tokio::test]
async fn slack_does_not_open_the_denial_dialog() {
    let house = House::open().await;
    let (asha, ben) = (house.asha(), house.ben());
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.slack.fault(
        "views.open",
        Fault::Error("expired_trigger_id".into()),
        Some(1),
    );
    house.presses(&ben, "Deny").await;
    let said = ben.last_message("@app").expect("a word");
    assert_snapshot!(ben.text_of(&said), @"timeoff (only you can see this): Slack did not confirm that the dialog opened, and nothing was changed. If you do not see it, please press Deny once more.");
    let state: String = house.value("SELECT state FROM pending_action").await;
    assert_eq!(state, "pending");
}

#[tokio::test]
async fn the_answer_is_tried_again_when_slack_is_down_for_a_moment() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.fault("views.open", Fault::ServerError, Some(1));
    house.slack.fault("response_url", Fault::Drop, Some(2));
    house.types(&asha, "/timeoff").await;
    assert_eq!(asha.channel("#general"), "");
    for seconds in [2, 4] {
        house.pass(jiff::SignedDuration::from_secs(seconds));
        house.round().await;
    }
    assert!(
        asha.channel("#general")
            .contains("did not confirm that the form opened"),
        "{}",
        asha.channel("#general")
    );
}

#[tokio::test]
async fn an_answer_that_has_no_place_any_more_goes_to_the_direct_messages() {
    let house = House::open().await;
    let asha = house.asha();
    house.slack.fault(
        "views.open",
        Fault::Error("expired_trigger_id".into()),
        Some(1),
    );
    // The response URL is dead: half an hour is over.
    house
        .slack
        .fault("response_url", Fault::Error("expired_url".into()), None);
    house.types(&asha, "/timeoff").await;
    assert!(
        asha.dm().contains("did not confirm that the form opened"),
        "{}",
        asha.dm()
    );
}

#[tokio::test]
async fn slack_limits_the_app_and_the_message_comes_when_slack_allows_it() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .slack
        .fault("chat.postMessage", Fault::RateLimited(30), Some(2));
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    assert_eq!(asha.dm(), "");
    let calls = house.slack.calls("chat.postMessage").len();
    house.pass(jiff::SignedDuration::from_secs(29));
    house.round().await;
    assert_eq!(
        house.slack.calls("chat.postMessage").len(),
        calls,
        "not before Slack allows it"
    );
    house.pass(jiff::SignedDuration::from_secs(1));
    house.round().await;
    assert_eq!(asha.dm().matches("Vacation").count(), 1, "{}", asha.dm());
    assert_eq!(house.ben().dm().matches("asks for").count(), 1);
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_not_posted_twice() {
    let house = House::open().await;
    let asha = house.asha();
    house
        .slack
        .fault("chat.postMessage", Fault::LoseAnswer, Some(2));
    house.asks(&asha, "2026-03-05", "2026-03-05").await;
    house.pass(jiff::SignedDuration::from_secs(10));
    house.round().await;
    assert_eq!(asha.dm().matches("Vacation").count(), 1, "{}", asha.dm());
    assert_eq!(
        house.ben().dm().matches("asks for").count(),
        1,
        "{}",
        house.ben().dm()
    );
    assert_eq!(house.slack.calls("chat.postMessage").len(), 2);
}
