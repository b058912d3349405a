//! The bodies of commands and interactions.
//!
//! <https://docs.slack.dev/reference/interaction-payloads>

use serde_json::{Value, json};

use super::{
    elements::{self, Found},
    state::{ChannelState, Message, State, Team},
    view::View,
};

/// The parts of an interaction that say who and where.
fn base(state: &State, team: &Team, user: &str, kind: &str) -> Value {
    let person = team.person(user);
    json!({
        "type": kind,
        "user": {
            "id": user,
            "username": person.map_or("", |it| &it.name),
            "name": person.map_or("", |it| &it.name),
            "team_id": home_of(state, team, user),
        },
        // Payloads of an organization's installation may leave out the workspace.
        "team": if of_org(team) { Value::Null } else { team_json(team) },
        "api_app_id": state.app.id,
        "token": "deprecated-verification-token",
        "enterprise": team.workspace.enterprise_id.as_ref().map(|id| json!({"id": id, "name": "Enterprise"})),
        "is_enterprise_install": of_org(team),
    })
}

/// The workspace that Slack names beside a person. In an organization that installed the app it is
/// always the same one, wherever they are: <https://github.com/slackapi/bolt-js/issues/1875>.
fn home_of<'a>(state: &'a State, team: &'a Team, user: &str) -> &'a str {
    let here = team.workspace.id.as_str();
    let Some(org) = team
        .workspace
        .enterprise_id
        .as_deref()
        .filter(|_| of_org(team))
    else {
        return here;
    };
    state
        .teams
        .iter()
        .filter(|other| other.workspace.enterprise_id.as_deref() == Some(org))
        .find(|other| other.person(user).is_some())
        .map_or(here, |home| home.workspace.id.as_str())
}

fn of_org(team: &Team) -> bool {
    team.app.as_ref().is_some_and(|app| app.of_org)
}

fn team_json(team: &Team) -> Value {
    let mut json = json!({"id": team.workspace.id, "domain": team.workspace.domain});
    if let Some(id) = &team.workspace.enterprise_id {
        json["enterprise_id"] = json!(id);
        json["enterprise_name"] = json!("Enterprise");
    }
    json
}

/// The fields of a slash command.
///
/// <https://docs.slack.dev/interactivity/implementing-slash-commands>
pub(crate) fn command(
    state: &mut State,
    team_id: &str,
    user: &str,
    channel_id: &str,
    command: &str,
    text: &str,
) -> Vec<(&'static str, String)> {
    let trigger = state.trigger(team_id, user, None);
    let response_url = state.response_url("commands", team_id, user, channel_id, None);
    let app_id = state.app.id.clone();
    let Some(team) = state.team(team_id) else {
        return Vec::new();
    };
    let mut fields = vec![
        ("token", "deprecated-verification-token".to_owned()),
        ("team_id", team_id.to_owned()),
        ("team_domain", team.workspace.domain.clone()),
    ];
    if let Some(id) = &team.workspace.enterprise_id {
        fields.push(("enterprise_id", id.clone()));
        fields.push(("enterprise_name", "Enterprise".to_owned()));
    }
    let channel_name = team
        .channel(channel_id)
        .map(ChannelState::payload_name)
        .unwrap_or_default();
    let user_name = team.person(user).map_or("", |it| &it.name);
    fields.extend([
        ("channel_id", channel_id.to_owned()),
        ("channel_name", channel_name.to_owned()),
        ("user_id", user.to_owned()),
        ("user_name", user_name.to_owned()),
        ("command", command.to_owned()),
        ("text", text.to_owned()),
        ("api_app_id", app_id),
        ("is_enterprise_install", of_org(team).to_string()),
        ("response_url", response_url),
        ("trigger_id", trigger),
    ]);
    fields
}

/// Someone acted on an element of a message.
///
/// <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>
pub(crate) fn message_action(
    state: &mut State,
    team_id: &str,
    user: &str,
    channel_id: &str,
    message: &Message,
    found: &Found<'_>,
    value: &Value,
) -> Value {
    let trigger = state.trigger(team_id, user, None);
    let response_url = state.response_url("actions", team_id, user, channel_id, Some(&message.ts));
    let action_ts = state.next_ts();
    let Some(team) = state.team(team_id) else {
        return Value::Null;
    };
    let is_ephemeral = message.ephemeral_to.is_some();
    let mut payload = base(state, team, user, "block_actions");
    payload["trigger_id"] = json!(trigger);
    payload["response_url"] = json!(response_url);
    payload["container"] = json!({
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel_id,
        "is_ephemeral": is_ephemeral,
    });
    if let Some(thread_ts) = &message.thread_ts {
        payload["container"]["thread_ts"] = json!(thread_ts);
    }
    payload["channel"] = json!({
        "id": channel_id,
        "name": team.channel(channel_id).map(ChannelState::payload_name).unwrap_or_default(),
    });
    // Slack does not keep ephemeral messages and so cannot send them along.
    if !is_ephemeral {
        payload["message"] = team.message_json(&state.app.id, message, false);
    }
    let blocks = message.blocks.as_deref().unwrap_or_default();
    payload["state"] = json!({"values": elements::state_values(blocks, &message.values)});
    payload["actions"] = json!([elements::action(found, value, &action_ts)]);
    payload
}

/// Someone acted on an element of a modal or of the Home tab.
pub(crate) fn view_action(
    state: &mut State,
    view: &View,
    found: &Found<'_>,
    value: &Value,
) -> Value {
    let in_modal = (!view.is_home()).then_some(view.id.as_str());
    let trigger = state.trigger(&view.team, &view.user, in_modal);
    let action_ts = state.next_ts();
    let Some(team) = state.team(&view.team) else {
        return Value::Null;
    };
    let mut payload = base(state, team, &view.user, "block_actions");
    payload["trigger_id"] = json!(trigger);
    payload["container"] = json!({"type": "view", "view_id": view.id});
    payload["view"] = view.to_json();
    payload["actions"] = json!([elements::action(found, value, &action_ts)]);
    payload
}

/// Someone submitted a modal.
///
/// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload>
pub(crate) fn view_submission(state: &mut State, view: &View) -> Value {
    let trigger = state.trigger(&view.team, &view.user, Some(&view.id));
    let urls: Vec<Value> = elements::interactive(view.blocks())
        .iter()
        .filter(|found| found.element["response_url_enabled"] == true)
        .filter_map(|found| {
            let channel = elements::current(found, &view.values);
            let channel = channel.as_str()?;
            let url = state.response_url("app", &view.team, &view.user, channel, None);
            Some(json!({
                "response_url": url,
                "channel_id": channel,
                "block_id": found.block_id(),
                "action_id": found.action_id(),
            }))
        })
        .collect();
    let Some(team) = state.team(&view.team) else {
        return Value::Null;
    };
    let mut payload = base(state, team, &view.user, "view_submission");
    payload["trigger_id"] = json!(trigger);
    payload["view"] = view.to_json();
    payload["response_urls"] = json!(urls);
    payload
}

/// Someone closed a modal that asked to be told.
pub(crate) fn view_closed(state: &State, view: &View, is_cleared: bool) -> Value {
    let Some(team) = state.team(&view.team) else {
        return Value::Null;
    };
    let mut payload = base(state, team, &view.user, "view_closed");
    payload["view"] = view.to_json();
    payload["is_cleared"] = json!(is_cleared);
    payload
}
