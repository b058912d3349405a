//! What Slack sends, as its documentation shows it: with far more than we read.

use jiff::civil::Date;
use serde_json::{Value, json};
use simulators::slack::{SignedRequest, SlackSim};

use crate::support::TEAM;

/// An event as it stands in its envelope, with an id of our choice.
pub fn event(id: &str, event: &Value) -> Value {
    json!({
        "token": "deprecated", "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": null,
        "api_app_id": "A1", "event": event, "type": "event_callback", "event_id": id, "event_time": 1_772_442_000,
        "authorizations": [{"enterprise_id": null, "team_id": TEAM, "user_id": "U0BOT1", "is_bot": true, "is_enterprise_install": false}],
        "is_ext_shared_channel": false, "event_context": "4-eyJldCI",
    })
}

/// Somebody opens the app's Home tab.
pub fn home_opened(id: &str, user: &str) -> Value {
    event(
        id,
        &json!({"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home", "event_ts": "1772442000.000100"}),
    )
}

/// Somebody writes to the app.
pub fn written_to(id: &str, user: &str, text: &str) -> Value {
    event(
        id,
        &json!({
            "type": "message", "channel_type": "im", "channel": format!("D_{user}"), "user": user, "text": text,
            "ts": "1772442000.000200", "team": TEAM, "client_msg_id": "6b5f…",
            "blocks": [{"type": "rich_text", "block_id": "b", "elements": [{"type": "from_the_future"}]}],
        }),
    )
}

/// The fields of a command.
pub fn command<'a>(
    user: &'a str,
    channel: &'a str,
    text: &'a str,
    trigger: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("token", "deprecated"),
        ("team_id", TEAM),
        ("team_domain", "paper-co"),
        ("channel_id", channel),
        ("channel_name", "general"),
        ("user_id", user),
        ("user_name", "somebody"),
        ("command", "/timeoff"),
        ("text", text),
        ("api_app_id", "A1"),
        ("is_enterprise_install", "false"),
        ("response_url", "http://127.0.0.1:9/hooks/none"),
        ("trigger_id", trigger),
    ]
}

/// A form as bytes.
pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// An interaction as bytes.
pub fn interaction(payload: &Value) -> String {
    form(&[("payload", &payload.to_string())])
}

/// A press on a button in a message.
pub fn press(user: &str, action_id: &str, value: &str, ts: &str) -> Value {
    json!({
        "type": "block_actions", "api_app_id": "A1", "token": "deprecated",
        "user": {"id": user, "username": "somebody", "name": "somebody", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "paper-co"}, "enterprise": null, "is_enterprise_install": false,
        "container": {"type": "message", "message_ts": "1.2", "channel_id": format!("D_{user}"), "is_ephemeral": false},
        "channel": {"id": format!("D_{user}"), "name": "directmessage"},
        "trigger_id": format!("trigger.{user}.{ts}"),
        "message": {"type": "message", "text": "…", "blocks": [{"type": "from_the_future"}]},
        "state": {"values": {}},
        "actions": [{
            "type": "button", "action_id": action_id, "block_id": "decision", "value": value, "action_ts": ts,
            "text": {"type": "plain_text", "text": "Press", "emoji": true}, "style": "primary",
        }],
    })
}

fn view(id: &str, callback_id: &str, private_metadata: &str, values: &Value) -> Value {
    json!({
        "id": id, "team_id": TEAM, "type": "modal", "callback_id": callback_id, "hash": "1772442000.abc",
        "private_metadata": private_metadata, "blocks": [{"type": "from_the_future"}], "state": {"values": values},
        "title": {"type": "plain_text", "text": "…"}, "clear_on_close": false, "notify_on_close": false,
        "previous_view_id": null, "root_view_id": id, "app_id": "A1", "external_id": "", "bot_id": "B1",
    })
}

fn on_view(kind: &str, user: &str, view: &Value) -> Value {
    json!({
        "type": kind, "api_app_id": "A1", "token": "deprecated", "trigger_id": format!("trigger.{}", view["id"]),
        "user": {"id": user, "username": "somebody", "name": "somebody", "team_id": TEAM},
        "team": {"id": TEAM, "domain": "paper-co"}, "enterprise": null, "is_enterprise_install": false,
        "view": view, "response_urls": [],
    })
}

/// The leave form is sent, for one whole day.
pub fn asks_for(user: &str, view_id: &str, day: Date) -> Value {
    let values = json!({
        "leave_type": {"leave_type": {"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "Vacation"}, "value": "vacation"}}},
        "first_day": {"first_day": {"type": "datepicker", "selected_date": day.to_string()}},
        "last_day": {"last_day": {"type": "datepicker", "selected_date": null}},
        "portion": {"portion": {"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "Whole day"}, "value": "full"}}},
        "reason": {"reason": {"type": "plain_text_input", "value": "Moving house"}},
    });
    on_view(
        "view_submission",
        user,
        &view(view_id, "leave.form", "", &values),
    )
}

/// A day is chosen in the open form.
pub fn chooses(user: &str, view_id: &str, ts: &str) -> Value {
    let values =
        json!({"first_day": {"first_day": {"type": "datepicker", "selected_date": "2026-03-05"}}});
    let mut payload = on_view(
        "block_actions",
        user,
        &view(view_id, "leave.form", "", &values),
    );
    payload["container"] = json!({"type": "view", "view_id": view_id});
    payload["actions"] = json!([{
        "type": "datepicker", "action_id": "first_day", "block_id": "first_day", "selected_date": "2026-03-05",
        "initial_date": null, "action_ts": ts,
    }]);
    payload
}

/// The denial of a request is sent.
pub fn denies(user: &str, view_id: &str, action_id: i64, note: &str) -> Value {
    let values = json!({"note": {"note": {"type": "plain_text_input", "value": note}}});
    on_view(
        "view_submission",
        user,
        &view(view_id, "leave.denial", &action_id.to_string(), &values),
    )
}

/// A dialog is closed.
pub fn closes(user: &str, view_id: &str) -> Value {
    let mut payload = on_view(
        "view_closed",
        user,
        &view(view_id, "leave.form", "", &json!({})),
    );
    payload["is_cleared"] = json!(false);
    payload
}

/// Signs a body now, for any of the paths.
pub fn signed(slack: &SlackSim, path: &str, body: String) -> SignedRequest {
    let kind = if body.starts_with('{') {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    slack.signed(path, kind, body)
}
