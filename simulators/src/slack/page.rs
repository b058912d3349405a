//! The web page and its server side: `GET /sim/state`, `/sim/messages`, `/sim/events`
//! (server-sent), `POST /sim/act`, `/sim/faults`. `docs/page-protocol.md` describes them; what
//! changes here changes there.

use std::convert::Infallible;

use axum::{
    Json, Router,
    extract::{Query, State as Extract},
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{get, post},
};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;

use super::{
    ActError, Fault, SlackSim, Submitted,
    act::{Actor, TROUBLE, split_command},
    consent,
    model::{Member, SlashCommand},
    state::{ChannelState, Message, State, Team},
    view::View,
};
use crate::assets;

pub(super) fn router(sim: SlackSim) -> Router {
    assets::router("index.html")
        .route("/sim/state", get(state))
        .route("/sim/messages", get(messages))
        .route("/sim/events", get(events))
        .route("/sim/act", post(act))
        .route("/sim/faults", post(faults))
        .route("/app_redirect", get(consent::app_redirect))
        .with_state(sim)
}

#[derive(Debug, Deserialize)]
struct Who {
    team: Option<String>,
    #[serde(rename = "as")]
    user: Option<String>,
    channel: Option<String>,
    thread: Option<String>,
}

async fn state(Extract(sim): Extract<SlackSim>, Query(who): Query<Who>) -> Json<Value> {
    Json(sim.with(|state| {
        let Some(team_id) = who
            .team
            .or_else(|| state.teams.first().map(|team| team.workspace.id.clone()))
        else {
            return json!({"team": null, "teams": [], "me": null, "people": []});
        };
        let known = who.user.filter(|user| {
            state
                .team(&team_id)
                .and_then(|it| it.person(user))
                .is_some()
        });
        if let Some(user) = &known {
            // The conversation with the app is always in the list.
            let bot = state
                .team(&team_id)
                .map(|team| team.bot_user_id().to_owned())
                .unwrap_or_default();
            if !bot.is_empty() && *user != bot {
                state.open_im(&team_id, user, &bot);
            }
        }
        state_json(state, &team_id, known.as_deref())
    }))
}

fn state_json(state: &State, team_id: &str, user: Option<&str>) -> Value {
    let teams: Vec<Value> = state
        .teams
        .iter()
        .map(|team| json!({"id": team.workspace.id, "name": team.workspace.name}))
        .collect();
    let Some(team) = state.team(team_id) else {
        return json!({"team": null, "teams": teams, "me": null, "people": []});
    };
    let installed = state.has_app(team);
    let commands: &[SlashCommand] = if installed { &state.app.commands } else { &[] };
    let mut json = json!({
        "team": {"id": team.workspace.id, "name": team.workspace.name},
        "teams": teams,
        "me": null,
        "people": team.people.iter().map(|it| person_json(state, team, it)).collect::<Vec<_>>(),
        "app": {
            "installed": installed,
            "install_url": state.install_url,
            "bot_user_id": team.bot_user_id(),
            "name": state.app.name,
            "description": state.app.description,
            "commands": commands.iter().map(|it| json!({
                "command": it.command, "hint": it.hint, "description": it.description,
            })).collect::<Vec<_>>(),
        },
        "faults": state.faults.to_json(),
        "links": state.links,
    });
    let Some(user) = user else { return json };
    json["me"] = team
        .person(user)
        .map(|person| person_json(state, team, person))
        .unwrap_or_default();
    json["channels"] = team
        .channels
        .iter()
        .filter(|it| !it.is_im && (!it.info.is_private || it.has(user)))
        .map(|it| {
            json!({
                "id": it.info.id,
                "name": it.info.name,
                "topic": it.info.topic,
                "is_private": it.info.is_private,
                "is_member": it.has(user),
                "unread": unread(team, it, user),
            })
        })
        .collect();
    json["dms"] = team
        .channels
        .iter()
        .filter(|it| it.is_im && it.has(user))
        .map(|it| json!({"id": it.info.id, "with": it.other(user), "unread": unread(team, it, user)}))
        .collect();
    json["home"] = team.homes.get(user).map(view_json).unwrap_or_default();
    json["modals"] = team
        .modals
        .get(user)
        .into_iter()
        .flatten()
        .map(view_json)
        .collect();
    json["toasts"] = team
        .toasts
        .get(user)
        .into_iter()
        .flatten()
        .map(|toast| json!({"id": toast.id, "text": toast.text}))
        .collect();
    json
}

fn person_json(state: &State, team: &Team, person: &Member) -> Value {
    let status = state.status(&team.workspace.id, &person.id);
    json!({
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "tz": person.tz,
        "is_admin": person.is_admin,
        "is_bot": person.is_bot,
        "deleted": person.deleted,
        "status": (!status.emoji.is_empty()).then(|| json!({"emoji": status.emoji, "text": status.text})),
    })
}

/// The view with what only Slack's client knows: the errors beside fields and its own message.
fn view_json(view: &View) -> Value {
    let mut json = view.to_json();
    json["errors"] = json!(view.errors);
    json["trouble"] = json!(view.trouble);
    json
}

/// How many messages someone has not read.
fn unread(team: &Team, channel: &ChannelState, user: &str) -> usize {
    let key = (user.to_owned(), channel.info.id.clone());
    let read = team.read.get(&key).map_or("", String::as_str);
    channel
        .messages
        .iter()
        .filter(|message| {
            message.ts.as_str() > read && message.user != user && message.visible_to(user)
        })
        .count()
}

async fn messages(Extract(sim): Extract<SlackSim>, Query(who): Query<Who>) -> Response {
    let (Some(team), Some(user), Some(channel)) = (who.team, who.user, who.channel) else {
        return (StatusCode::BAD_REQUEST, "team, as and channel are needed").into_response();
    };
    let found = sim.with(|state| {
        let channel = state.team(&team)?.channel(&channel)?;
        if !channel.has(&user) && (channel.is_im || channel.info.is_private) {
            return None;
        }
        let in_view = |message: &&Message| {
            message.visible_to(&user)
                && match &who.thread {
                    Some(thread) => {
                        message.ts == *thread || message.thread_ts.as_ref() == Some(thread)
                    }
                    None => message
                        .thread_ts
                        .as_ref()
                        .is_none_or(|thread| *thread == message.ts),
                }
        };
        let messages = channel.messages.iter().filter(in_view);
        Some(
            messages
                .map(|message| message_json(channel, message))
                .collect::<Vec<_>>(),
        )
    });
    match found {
        Some(messages) => Json(json!({"messages": messages})).into_response(),
        None => (StatusCode::NOT_FOUND, "no such conversation").into_response(),
    }
}

fn message_json(channel: &ChannelState, message: &Message) -> Value {
    let reactions: Vec<Value> = message
        .reactions
        .iter()
        .map(|(name, users)| json!({"name": name, "users": users}))
        .collect();
    json!({
        "ts": message.ts,
        "user": message.user,
        "username": message.username,
        "text": message.text,
        "blocks": message.blocks,
        // Slack does not mark what apps change.
        "edited": message.edited.is_some() && message.bot_id.is_none(),
        "ephemeral": message.ephemeral_to.is_some(),
        "thread_ts": message.thread_ts,
        "reply_count": channel.replies(&message.ts).len(),
        "reactions": reactions,
        "state": {"values": super::elements::state_values(
            message.blocks.as_deref().unwrap_or_default(),
            &message.values,
        )},
    })
}

async fn events(
    Extract(sim): Extract<SlackSim>,
    Query(who): Query<Who>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = sim.inner.changes.subscribe();
    let stream = stream::unfold(receiver, move |mut receiver| {
        let (sim, team, user) = (sim.clone(), who.team.clone(), who.user.clone());
        async move {
            loop {
                let mut changed = match receiver.recv().await {
                    Ok(change) => {
                        let mine = team.as_ref().is_none_or(|team| *team == change.team)
                            && (change.user.is_none() || change.user == user);
                        if !mine {
                            continue;
                        }
                        vec![change.what]
                    }
                    // The page was too slow to hear it all: it fetches everything again.
                    Err(RecvError::Lagged(_)) => sim.everything(team.as_deref()),
                    Err(RecvError::Closed) => return None,
                };
                // What comes in one breath is one message.
                while let Ok(change) = receiver.try_recv() {
                    if team.as_ref().is_none_or(|team| *team == change.team)
                        && (change.user.is_none() || change.user == user)
                    {
                        changed.push(change.what);
                    }
                }
                changed.sort_unstable();
                changed.dedup();
                let event = Event::default().data(json!({"changed": changed}).to_string());
                return Some((Ok(event), receiver));
            }
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

impl SlackSim {
    fn everything(&self, team: Option<&str>) -> Vec<String> {
        self.with(|state| {
            state
                .teams
                .iter()
                .filter(|it| team.is_none_or(|team| team == it.workspace.id))
                .flat_map(|team| &team.channels)
                .map(|channel| format!("messages:{}", channel.info.id))
                .chain(std::iter::once("state".to_owned()))
                .collect()
        })
    }
}

#[derive(Debug, Deserialize)]
struct Act {
    #[serde(rename = "do")]
    what: String,
    team: String,
    #[serde(rename = "as")]
    user: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    text: String,
    thread_ts: Option<String>,
    #[serde(default)]
    command: String,
    #[serde(default)]
    ts: String,
    #[serde(default)]
    block_id: String,
    #[serde(default)]
    action_id: String,
    #[serde(default)]
    value: Value,
    #[serde(default)]
    view_id: String,
    #[serde(default)]
    state: Value,
    #[serde(default)]
    toast: String,
    #[serde(default)]
    name: String,
}

async fn act(Extract(sim): Extract<SlackSim>, Json(act): Json<Act>) -> Json<Value> {
    let result = carry_out(&sim, &act).await;
    Json(match result {
        Ok(None) => json!({"ok": true, "error": null, "errors": null}),
        Ok(Some(errors)) => json!({"ok": false, "error": null, "errors": errors}),
        Err(error) => json!({"ok": false, "error": error.to_string(), "errors": null}),
    })
}

/// Does one thing. Errors beside fields, by block id, are no failure.
async fn carry_out(sim: &SlackSim, act: &Act) -> Result<Option<Value>, ActError> {
    let actor = Actor {
        team: &act.team,
        user: &act.user,
    };
    let key = (act.block_id.as_str(), act.action_id.as_str());
    match act.what.as_str() {
        "message" if act.text.starts_with('/') => {
            let (command, text) = split_command(&act.text);
            sim.run_command(actor, &act.channel, command, text).await?;
        }
        "message" => {
            sim.write(actor, &act.channel, &act.text, act.thread_ts.as_deref())
                .await?;
        }
        "command" => {
            sim.run_command(actor, &act.channel, &act.command, &act.text)
                .await?;
        }
        "edit" => {
            sim.edit(actor, &act.channel, &act.ts, &act.text).await?;
        }
        "delete" => sim.delete(actor, &act.channel, &act.ts).await?,
        "react" => {
            sim.react(actor, &act.channel, &act.ts, &act.name).await?;
        }
        "join" => sim.join_channel(&act.team, &act.channel, &act.user).await,
        "press" => {
            sim.press(actor, &act.channel, &act.ts, key, &act.value)
                .await?;
        }
        "modal_action" => {
            sim.act_in_view(actor, &act.view_id, key, &act.value, &act.state)
                .await?;
        }
        "submit" => {
            let submitted = sim.submit(actor, &act.view_id, &act.state).await?;
            match submitted {
                Submitted::Closed | Submitted::Updated => {}
                Submitted::Errors(_) => {
                    return Ok(sim.with(|state| {
                        let view = state.team(actor.team)?.view(&act.view_id)?;
                        Some(json!(view.errors))
                    }));
                }
                Submitted::Trouble => {
                    return Err(ActError::App(TROUBLE.to_owned()));
                }
            }
        }
        "close" => sim.close_view(actor, &act.view_id).await?,
        "home" => sim.open_home(actor).await?,
        "home_action" => {
            let view = sim
                .with(|state| Some(state.team(actor.team)?.homes.get(actor.user)?.id.clone()))
                .ok_or_else(|| ActError::Missing("Home tab".to_owned()))?;
            sim.act_in_view(actor, &view, key, &act.value, &act.state)
                .await?;
        }
        "read" => sim.mark_read(actor, &act.channel)?,
        "dismiss" => sim.dismiss(actor, &act.toast),
        other => return Err(ActError::Missing(format!("action {other}"))),
    }
    Ok(None)
}

#[derive(Debug, Deserialize)]
struct FaultForm {
    method: String,
    kind: String,
    #[serde(default)]
    value: Value,
    times: Option<u32>,
}

async fn faults(Extract(sim): Extract<SlackSim>, Json(form): Json<FaultForm>) -> Json<Value> {
    let value = match &form.value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    sim.with(|state| {
        state.faults.clear(Some(&form.method));
        if let Some(fault) = Fault::parse(&form.kind, &value) {
            state.faults.add(&form.method, fault, form.times);
        }
        let teams: Vec<String> = state
            .teams
            .iter()
            .map(|team| team.workspace.id.clone())
            .collect();
        for team in teams {
            state.changed(&team, None, "state");
        }
    });
    Json(json!({"ok": true}))
}
