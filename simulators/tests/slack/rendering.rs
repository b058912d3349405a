//! Snapshots show what people see: stable, and readable.

use serde_json::json;

use crate::app::setup;

#[tokio::test]
async fn a_message_with_an_empty_list_of_blocks_shows_its_text() {
    let it = setup().await;
    it.call(
        "chat.postMessage",
        json!({"channel": "C_GENERAL", "text": "Only text", "blocks": []}),
    )
    .await;
    let shown = it.sim.person("T1", "U_ASHA").channel("#general");
    assert!(shown.ends_with(": Only text"), "{shown}");
}

#[tokio::test]
async fn a_message_with_everything() {
    let it = setup().await;
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let option = |text: &str| json!({"text": plain(text), "value": text});
    let answer = it
        .call(
            "chat.postMessage",
            json!({"channel": "C_GENERAL", "text": "x", "blocks": [
                {"type": "header", "text": plain("Away this week")},
                {"type": "section",
                 "text": {"type": "mrkdwn", "text": "<@U_ASHA> in <#C_GENERAL> on <!date^1772701200^{date_num} at {time}|5 March>, R&amp;D\nsee <https://example.com|the page>"},
                 "accessory": {"type": "button", "action_id": "open", "text": plain("Open")}},
                {"type": "section", "fields": [
                    {"type": "mrkdwn", "text": "*Kind*\nVacation"},
                    {"type": "mrkdwn", "text": "*Days*\n2"}]},
                {"type": "divider"},
                {"type": "actions", "elements": [
                    {"type": "static_select", "action_id": "a", "placeholder": plain("Filter"), "options": [option("Mine"), option("All")]},
                    {"type": "users_select", "action_id": "b", "initial_user": "U_BEN"},
                    {"type": "datepicker", "action_id": "c", "initial_date": "2026-03-05"},
                    {"type": "checkboxes", "action_id": "d", "options": [option("One"), option("Two")], "initial_options": [option("Two")]},
                    {"type": "radio_buttons", "action_id": "e", "options": [option("AM"), option("PM")], "initial_option": option("AM")},
                    {"type": "overflow", "action_id": "f", "options": [option("Edit"), option("Cancel")]}]},
                {"type": "context", "elements": [
                    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "sun"},
                    {"type": "mrkdwn", "text": "2 days"}]},
            ]}),
        )
        .await;
    assert_eq!(answer["ok"], true, "{answer}");
    let asha = it.sim.person("T1", "U_ASHA");
    let message = asha.last_message("#general").unwrap();
    asha.reacts(&message, "palm_tree").await;
    it.sim
        .person("T1", "U_BEN")
        .replies(&message, "enjoy!")
        .await;
    // In the zone of who looks.
    assert_eq!(
        asha.channel("#general"),
        "\
timeoff: == Away this week ==
  @asha in #general on 2026-03-05 at 2:30 PM, R&D
  see the page  [Open]
  *Kind* Vacation
  *Days* 2
  ---
  (‹Filter›) (@ben) (2026-03-05) [ ] One  [x] Two (•) AM  ( ) PM [⋯ Edit / Cancel]
  ~ ‹sun› · 2 days
  :palm_tree: 1
  ↳ ben: enjoy!"
    );

    asha.chooses("Mine").await;
    let pressed = it.app.last().body;
    assert_eq!(pressed["actions"][0]["selected_option"]["value"], "Mine");
    assert!(asha.text_of(&message).contains("(Mine) (@ben)"));
}

#[tokio::test]
async fn a_home_tab() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    assert_eq!(asha.home(), "");
    it.call(
        "views.publish",
        json!({"user_id": "U_ASHA", "view": {"type": "home", "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "*20* days left"}},
            {"type": "actions", "elements": [
                {"type": "button", "action_id": "ask", "text": {"type": "plain_text", "text": "Ask"}}]},
        ]}}),
    )
    .await;
    assert_eq!(asha.home(), "*20* days left\n[Ask]");
    asha.press_home("Ask").await;
    assert_eq!(it.app.last().body["actions"][0]["action_id"], "ask");
}

#[tokio::test]
#[should_panic(expected = "U_ASHA sees no button \"Approve\"")]
async fn a_missing_button_fails_the_test() {
    let it = setup().await;
    it.sim.person("T1", "U_ASHA").press("Approve").await;
}
