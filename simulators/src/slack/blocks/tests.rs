//! The limits, one by one: what is just allowed passes, one more does not.

use serde_json::{Value, json};

use super::{check_message_blocks, check_view};

fn plain(length: usize) -> Value {
    json!({"type": "plain_text", "text": "x".repeat(length)})
}

fn mrkdwn(length: usize) -> Value {
    json!({"type": "mrkdwn", "text": "x".repeat(length)})
}

fn option(value: &str) -> Value {
    json!({"text": plain(1), "value": value})
}

fn options(count: usize) -> Value {
    (0..count).map(|at| option(&at.to_string())).collect()
}

/// `base` and the fields of `more`.
fn with(base: &Value, more: &Value) -> Value {
    let mut base = base.clone();
    if let (Some(base), Some(more)) = (base.as_object_mut(), more.as_object()) {
        base.extend(more.clone());
    }
    base
}

fn button(more: &Value) -> Value {
    with(&json!({"type": "button", "text": plain(1)}), more)
}

fn actions(element: &Value) -> Value {
    json!({"type": "actions", "elements": [element]})
}

fn input(more: &Value) -> Value {
    with(
        &json!({"type": "input", "label": plain(1), "element": {"type": "plain_text_input"}}),
        more,
    )
}

fn input_of(element: &Value) -> Value {
    input(&json!({"element": element}))
}

fn select(more: &Value) -> Value {
    input_of(&with(
        &json!({"type": "static_select", "options": options(2)}),
        more,
    ))
}

fn modal(more: &Value) -> Value {
    with(
        &json!({"type": "modal", "title": plain(1), "submit": plain(1), "blocks": []}),
        more,
    )
}

fn said(problems: &[super::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn fine(block: &Value) {
    assert_eq!(said(&check_message_blocks(&json!([block]))), [""; 0]);
}

/// The block is refused for exactly this.
#[track_caller]
fn refused(block: &Value, why: &str) {
    let problems = said(&check_message_blocks(&json!([block])));
    let problems: Vec<&str> = problems
        .iter()
        .map(String::as_str)
        .filter(|it| !it.starts_with("failed to match all allowed schemas"))
        .collect();
    assert_eq!(problems, [why]);
}

#[track_caller]
fn view_refused(view: &Value, why: &str) {
    assert_eq!(said(&check_view(view)), [why]);
}

#[test]
fn number_of_blocks() {
    let blocks = |count: usize| -> Value { vec![json!({"type": "divider"}); count].into() };
    assert!(check_message_blocks(&blocks(50)).is_empty());
    assert_eq!(
        said(&check_message_blocks(&blocks(51))),
        ["no more than 50 items allowed [json-pointer:/blocks]"]
    );
    assert!(check_view(&modal(&json!({"blocks": blocks(100)}))).is_empty());
    view_refused(
        &modal(&json!({"blocks": blocks(101)})),
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    );
}

#[test]
fn block_ids() {
    let divider = |id: &str| json!({"type": "divider", "block_id": id});
    fine(&divider(&"x".repeat(255)));
    refused(
        &divider(&"x".repeat(256)),
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    );
    assert_eq!(
        said(&check_message_blocks(&json!([divider("a"), divider("a")]))),
        ["`block_id` \"a\" already exists [json-pointer:/blocks/1/block_id]"]
    );
}

#[test]
fn block_types() {
    refused(
        &json!({"type": "carpet"}),
        "unsupported type: carpet [json-pointer:/blocks/0/type]",
    );
    refused(
        &json!({"block_id": "x"}),
        "missing required field: type [json-pointer:/blocks/0]",
    );
    refused(
        &json!("text"),
        "must provide an object [json-pointer:/blocks/0]",
    );
    refused(
        &json!({"type": "divider", "text": plain(1)}),
        "invalid additional property: text [json-pointer:/blocks/0]",
    );
}

#[test]
fn section() {
    fine(&json!({"type": "section", "text": mrkdwn(3000)}));
    assert_eq!(
        said(&check_message_blocks(
            &json!([{"type": "section", "text": mrkdwn(3001)}])
        )),
        [
            "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ]
    );
    refused(
        &json!({"type": "section", "text": mrkdwn(0)}),
        "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
    );
    refused(
        &json!({"type": "section"}),
        "must define either `text` or `fields` [json-pointer:/blocks/0/type]",
    );
    fine(&json!({"type": "section", "fields": vec![mrkdwn(2000); 10]}));
    refused(
        &json!({"type": "section", "fields": vec![mrkdwn(1); 11]}),
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    );
    refused(
        &json!({"type": "section", "fields": [mrkdwn(2001)]}),
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    );
    refused(
        &json!({"type": "section", "text": mrkdwn(1), "accessory": {"type": "plain_text_input"}}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory/type]",
    );
}

#[test]
fn text_objects() {
    refused(
        &json!({"type": "header", "text": mrkdwn(1)}),
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    );
    refused(
        &json!({"type": "section", "text": {"type": "mrkdwn", "text": "x", "emoji": true}}),
        "invalid additional property: emoji [json-pointer:/blocks/0/text]",
    );
    refused(
        &json!({"type": "section", "text": {"type": "mrkdwn", "text": 7}}),
        "must provide a string [json-pointer:/blocks/0/text/text]",
    );
}

#[test]
fn header_context_and_image() {
    fine(&json!({"type": "header", "text": plain(150)}));
    refused(
        &json!({"type": "header", "text": plain(151)}),
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    );
    fine(&json!({"type": "context", "elements": vec![mrkdwn(1); 10]}));
    refused(
        &json!({"type": "context", "elements": vec![mrkdwn(1); 11]}),
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    );
    refused(
        &json!({"type": "context", "elements": []}),
        "must provide at least 1 items [json-pointer:/blocks/0/elements]",
    );
    refused(
        &json!({"type": "image", "image_url": "https://example.com/a.png"}),
        "missing required field: alt_text [json-pointer:/blocks/0]",
    );
}

#[test]
fn actions_and_action_ids() {
    fine(&json!({"type": "actions", "elements": vec![button(&json!({})); 25]}));
    refused(
        &json!({"type": "actions", "elements": vec![button(&json!({})); 26]}),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    );
    let named = button(&json!({"action_id": "go"}));
    refused(
        &json!({"type": "actions", "elements": [named, named]}),
        "`action_id` \"go\" already exists [json-pointer:/blocks/0/elements/1/action_id]",
    );
    // The same action in two blocks is no problem.
    assert!(check_message_blocks(&json!([actions(&named), actions(&named)])).is_empty());
    fine(&actions(&button(&json!({"action_id": "x".repeat(255)}))));
    refused(
        &actions(&button(&json!({"action_id": "x".repeat(256)}))),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    );
}

#[test]
fn buttons() {
    fine(&actions(&button(
        &json!({"text": plain(75), "value": "x".repeat(2000)}),
    )));
    refused(
        &actions(&button(&json!({"text": plain(76)}))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    );
    refused(
        &actions(&button(&json!({"value": "x".repeat(2001)}))),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    );
    refused(
        &actions(&button(&json!({"style": "warning"}))),
        "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
    );
    refused(
        &actions(&button(&json!({"color": "red"}))),
        "invalid additional property: color [json-pointer:/blocks/0/elements/0]",
    );
    refused(
        &actions(&json!({"type": "multi_static_select", "options": options(1)})),
        "unsupported type: multi_static_select [json-pointer:/blocks/0/elements/0/type]",
    );
    refused(
        &actions(&json!({"type": "button"})),
        "missing required field: text [json-pointer:/blocks/0/elements/0]",
    );
}

#[test]
fn confirmation_dialogs() {
    let confirm = |more: &Value| {
        let dialog = with(
            &json!({"title": plain(100), "text": mrkdwn(300), "confirm": plain(30), "deny": plain(30)}),
            more,
        );
        actions(&button(&json!({"confirm": dialog})))
    };
    let at = "/blocks/0/elements/0/confirm";
    fine(&confirm(&json!({"style": "danger"})));
    for (key, length) in [("title", 100), ("confirm", 30), ("deny", 30)] {
        refused(
            &confirm(&json!({key: plain(length + 1)})),
            &format!(
                "must be less than {} characters [json-pointer:{at}/{key}/text]",
                length + 2 - 1
            ),
        );
    }
    refused(
        &confirm(&json!({"text": plain(301)})),
        &format!("must be less than 301 characters [json-pointer:{at}/text/text]"),
    );
}

#[test]
fn menus() {
    fine(&select(&json!({"options": options(100)})));
    let at = "/blocks/0/element";
    refused(
        &select(&json!({"options": options(101)})),
        &format!("no more than 100 items allowed [json-pointer:{at}/options]"),
    );
    refused(
        &select(&json!({"options": []})),
        &format!("must provide at least 1 items [json-pointer:{at}/options]"),
    );
    let one = |more: &Value| select(&json!({"options": [with(&option("v"), more)]}));
    fine(&one(
        &json!({"text": plain(75), "value": "x".repeat(150), "description": plain(75)}),
    ));
    refused(
        &one(&json!({"text": plain(76)})),
        &format!("must be less than 76 characters [json-pointer:{at}/options/0/text/text]"),
    );
    refused(
        &one(&json!({"text": mrkdwn(1)})),
        &format!("unsupported type: mrkdwn [json-pointer:{at}/options/0/text/type]"),
    );
    refused(
        &one(&json!({"value": "x".repeat(151)})),
        &format!("must be less than 151 characters [json-pointer:{at}/options/0/value]"),
    );
    refused(
        &one(&json!({"value": ""})),
        &format!("must be more than 0 characters [json-pointer:{at}/options/0/value]"),
    );
    refused(
        &one(&json!({"description": plain(76)})),
        &format!("must be less than 76 characters [json-pointer:{at}/options/0/description/text]"),
    );
    refused(
        &one(&json!({"url": "https://example.com"})),
        &format!("invalid additional property: url [json-pointer:{at}/options/0]"),
    );
}

#[test]
fn what_is_chosen_from_the_start() {
    let at = "/blocks/0/element";
    fine(&select(&json!({"initial_option": option("1")})));
    refused(
        &select(&json!({"initial_option": option("7")})),
        &format!("must be one of the provided options [json-pointer:{at}/initial_option]"),
    );
    // The whole option counts, not only its value.
    refused(
        &select(&json!({"initial_option": {"text": plain(2), "value": "1"}})),
        &format!("must be one of the provided options [json-pointer:{at}/initial_option]"),
    );
    refused(
        &input_of(&json!({"type": "checkboxes", "options": options(2), "initial_options": []})),
        &format!("must be one of the provided options [json-pointer:{at}/initial_options]"),
    );
    let grouped = |chosen: &str| {
        input_of(&json!({
            "type": "static_select",
            "option_groups": [{"label": plain(75), "options": options(2)}],
            "initial_option": option(chosen),
        }))
    };
    fine(&grouped("1"));
    refused(
        &grouped("2"),
        &format!("must be one of the provided options [json-pointer:{at}/initial_option]"),
    );
}

#[test]
fn overflow_and_boxes() {
    fine(&actions(
        &json!({"type": "overflow", "options": options(5)}),
    ));
    refused(
        &actions(&json!({"type": "overflow", "options": options(6)})),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    );
    fine(&input_of(
        &json!({"type": "radio_buttons", "options": options(10)}),
    ));
    refused(
        &input_of(&json!({"type": "checkboxes", "options": options(11)})),
        "no more than 10 items allowed [json-pointer:/blocks/0/element/options]",
    );
}

#[test]
fn dates_and_times() {
    let at = "/blocks/0/element";
    fine(&input_of(
        &json!({"type": "datepicker", "initial_date": "2028-02-29"}),
    ));
    for wrong in ["2026-02-29", "1.3.2026", "2026-3-1", ""] {
        refused(
            &input_of(&json!({"type": "datepicker", "initial_date": wrong})),
            &format!(
                "must be a valid date in the format YYYY-MM-DD [json-pointer:{at}/initial_date]"
            ),
        );
    }
    fine(&input_of(
        &json!({"type": "timepicker", "initial_time": "23:59"}),
    ));
    refused(
        &input_of(&json!({"type": "timepicker", "initial_time": "24:00"})),
        &format!("must be a valid time in the format HH:mm [json-pointer:{at}/initial_time]"),
    );
}

#[test]
fn inputs() {
    fine(&input(&json!({"label": plain(2000), "hint": plain(2000)})));
    refused(
        &input(&json!({"label": plain(2001)})),
        "must be less than 2001 characters [json-pointer:/blocks/0/label/text]",
    );
    refused(
        &input(&json!({"hint": plain(2001)})),
        "must be less than 2001 characters [json-pointer:/blocks/0/hint/text]",
    );
    refused(
        &input(&json!({"optional": "yes"})),
        "must provide a boolean [json-pointer:/blocks/0/optional]",
    );
    let at = "/blocks/0/element";
    let text = |more: &Value| input_of(&with(&json!({"type": "plain_text_input"}), more));
    fine(&text(
        &json!({"placeholder": plain(150), "max_length": 3000}),
    ));
    refused(
        &text(&json!({"placeholder": plain(151)})),
        &format!("must be less than 151 characters [json-pointer:{at}/placeholder/text]"),
    );
    refused(
        &text(&json!({"max_length": 3001})),
        &format!("must be less than or equal to 3000 [json-pointer:{at}/max_length]"),
    );
    refused(
        &text(&json!({"initial_value": "four", "max_length": 3})),
        &format!("must be less than 4 characters [json-pointer:{at}/initial_value]"),
    );
    refused(
        &input_of(&button(&json!({}))),
        &format!("unsupported type: button [json-pointer:{at}/type]"),
    );
}

#[test]
fn views() {
    assert!(
        check_view(&modal(&json!({
            "title": plain(24), "submit": plain(24), "close": plain(24),
            "private_metadata": "x".repeat(3000), "callback_id": "x".repeat(255),
        })))
        .is_empty()
    );
    for key in ["title", "submit", "close"] {
        view_refused(
            &modal(&json!({key: plain(25)})),
            &format!("must be less than 25 characters [json-pointer:/view/{key}/text]"),
        );
    }
    view_refused(
        &modal(&json!({"private_metadata": "x".repeat(3001)})),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    );
    view_refused(
        &modal(&json!({"callback_id": "x".repeat(256)})),
        "must be less than 256 characters [json-pointer:/view/callback_id]",
    );
    view_refused(
        &modal(&json!({"hash": "1"})),
        "invalid additional property: hash [json-pointer:/view]",
    );
    view_refused(
        &json!({"type": "modal", "blocks": []}),
        "missing required field: title [json-pointer:/view]",
    );
    view_refused(
        &json!({"type": "modal", "title": plain(1), "blocks": [input(&json!({}))]}),
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
    );
    assert!(check_view(&json!({"type": "home", "blocks": [input(&json!({}))]})).is_empty());
    view_refused(
        &json!({"type": "home", "title": plain(1), "blocks": []}),
        "invalid additional property: title [json-pointer:/view]",
    );
    view_refused(
        &json!({"type": "dialog"}),
        "unsupported type: dialog [json-pointer:/view/type]",
    );
    view_refused(
        &modal(&json!({"blocks": [
            input_of(&json!({"type": "plain_text_input", "focus_on_load": true})),
            input_of(&json!({"type": "datepicker", "focus_on_load": true})),
        ]})),
        "only one element may have `focus_on_load` [json-pointer:/view/blocks/1/element/focus_on_load]",
    );
}
