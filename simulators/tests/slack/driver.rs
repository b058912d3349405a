//! Stories told through the driver.

use serde_json::{Value, json};
use simulators::slack::Submitted;

use crate::app::{Reply, setup};

fn leave_form() -> Value {
    json!({
        "type": "modal",
        "callback_id": "leave",
        "title": {"type": "plain_text", "text": "Time off"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input", "block_id": "first", "dispatch_action": true,
                "label": {"type": "plain_text", "text": "First day"},
                "element": {"type": "datepicker", "action_id": "date", "initial_date": "2026-03-04"},
            },
            {
                "type": "input", "block_id": "kind",
                "label": {"type": "plain_text", "text": "Kind"},
                "hint": {"type": "plain_text", "text": "Only your approvers see this"},
                "element": {
                    "type": "static_select", "action_id": "kind",
                    "placeholder": {"type": "plain_text", "text": "Choose"},
                    "options": [
                        {"text": {"type": "plain_text", "text": "Vacation"}, "value": "vacation"},
                        {"text": {"type": "plain_text", "text": "Sick"}, "value": "sick"},
                    ],
                },
            },
            {
                "type": "input", "block_id": "why", "optional": true,
                "label": {"type": "plain_text", "text": "Reason"},
                "element": {"type": "plain_text_input", "action_id": "why"},
            },
        ],
    })
}

#[tokio::test]
async fn a_form_is_filled_refused_and_sent() {
    let it = setup().await;
    let asha = it.sim.person("T1", "U_ASHA");
    let opened = it.open(leave_form()).await;
    assert_eq!(opened["ok"], true, "{opened}");

    let form = asha.modal();
    assert_eq!(
        form.text(),
        "# Time off\n\
         First day: (2026-03-04)\n\
         Kind: (‹Choose›) ‹Only your approvers see this›\n\
         Reason (optional): ()\n\
         [Send] [Cancel]"
    );

    let Submitted::Errors(errors) = form.submit().await else {
        panic!("a required field is empty");
    };
    assert_eq!(errors["Kind"], "Please complete this required field.");

    form.fill("First day", "2026-03-05").await;
    let action = it.app.last().body;
    assert_eq!(action["type"], "block_actions");
    assert_eq!(action["actions"][0]["selected_date"], "2026-03-05");
    assert_eq!(action["container"]["type"], "view");
    form.fill("Kind", "Sick").await;

    it.app.will(Reply::ok(json!({
        "response_action": "errors", "errors": {"first": "That day is over"},
    })));
    assert!(matches!(form.submit().await, Submitted::Errors(_)));
    assert!(
        form.text()
            .contains("First day: (2026-03-05)\n  ! That day is over")
    );

    assert_eq!(form.submit().await, Submitted::Closed);
    let submission = it.app.last().body;
    assert_eq!(submission["type"], "view_submission");
    let values = &submission["view"]["state"]["values"];
    assert_eq!(values["first"]["date"]["selected_date"], "2026-03-05");
    assert_eq!(values["kind"]["kind"]["selected_option"]["value"], "sick");
    assert_eq!(values["why"]["why"]["value"], Value::Null);
    assert!(asha.find_modal().is_none());
    assert!(it.sim.problems().is_empty());
}

#[tokio::test]
async fn a_button_is_pressed_and_its_message_updated() {
    let it = setup().await;
    let ben = it.sim.person("T1", "U_BEN");
    let posted = it
        .call(
            "chat.postMessage",
            json!({
                "channel": "U_BEN",
                "text": "Asha asks for leave",
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "text": "<@U_ASHA> asks for *vacation*"}},
                    {"type": "actions", "elements": [
                        {"type": "button", "action_id": "approve", "value": "7", "text": {"type": "plain_text", "text": "Approve"}},
                        {"type": "button", "action_id": "deny", "value": "7", "text": {"type": "plain_text", "text": "Deny"}},
                    ]},
                ],
            }),
        )
        .await;
    assert_eq!(posted["ok"], true, "{posted}");
    assert_eq!(
        ben.dm(),
        "timeoff: @asha asks for *vacation*\n  [Approve] [Deny]"
    );

    ben.press("Approve").await;
    let pressed = it.app.last().body;
    assert_eq!(pressed["actions"][0]["action_id"], "approve");
    assert_eq!(pressed["actions"][0]["value"], "7");
    assert_eq!(pressed["message"]["ts"], posted["ts"]);

    let updated = it
        .call(
            "chat.update",
            json!({"channel": posted["channel"], "ts": posted["ts"], "text": "Approved", "blocks": []}),
        )
        .await;
    assert_eq!(updated["ok"], true, "{updated}");
    assert_eq!(ben.dm(), "timeoff: Approved");
}

#[tokio::test]
async fn people_and_channels_are_chosen_in_the_menus_of_a_message() {
    let it = setup().await;
    let ben = it.sim.person("T1", "U_BEN");
    it.sim.add_channel(
        "T1",
        simulators::slack::Channel::new("C_BEN", "bens")
            .private()
            .members(["U_BEN"]),
    );
    it.sim.add_channel(
        "T1",
        simulators::slack::Channel::new("C_SECRET", "secret")
            .private()
            .members(["U_ASHA"]),
    );
    it.call(
        "chat.postMessage",
        json!({
            "channel": "U_BEN",
            "text": "Set up",
            "blocks": [
                {
                    "type": "section", "block_id": "where", "text": {"type": "mrkdwn", "text": "*Where?*"},
                    "accessory": {
                        "type": "conversations_select", "action_id": "where",
                        "filter": {"include": ["public", "private"]},
                    },
                },
                {
                    "type": "section", "block_id": "who", "text": {"type": "mrkdwn", "text": "*Who?*"},
                    "accessory": {
                        "type": "multi_users_select", "action_id": "who", "initial_users": ["U_BEN"],
                    },
                },
            ],
        }),
    )
    .await;
    assert!(ben.dm().contains("*Who?*  (@ben)"), "{}", ben.dm());

    ben.picks("*Where?*", "#bens").await;
    let action = it.app.last().body["actions"][0].clone();
    assert_eq!(action["type"], "conversations_select");
    assert_eq!(action["selected_conversation"], "C_BEN");
    assert_eq!(action["filter"]["include"], json!(["public", "private"]));

    ben.picks("*Who?*", "@asha, @ben").await;
    let body = it.app.last().body;
    assert_eq!(
        body["actions"][0]["selected_users"],
        json!(["U_ASHA", "U_BEN"])
    );
    assert_eq!(body["actions"][0]["initial_users"], json!(["U_BEN"]));
    assert_eq!(
        body["state"]["values"]["where"]["where"]["selected_conversation"],
        "C_BEN"
    );
    assert!(ben.dm().contains("(@asha, @ben)"), "{}", ben.dm());

    // What Slack does not offer cannot be chosen: a channel of others, a direct message, nobody.
    for (menu, value) in [
        ("*Where?*", "C_SECRET"),
        ("*Where?*", "C_NOWHERE"),
        ("*Who?*", "U_NOBODY"),
    ] {
        let ben = ben.clone();
        let chosen = tokio::spawn(async move { ben.picks(menu, value).await });
        assert!(chosen.await.is_err(), "{value} was offered");
    }
}
