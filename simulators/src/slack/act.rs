//! What people do, as Slack's own client does it: the page and the story driver both come here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    Answer, SlackSim, Unanswered,
    blocks::check_view,
    elements, payload,
    state::{ChannelState, Message, Outgoing, State},
    view::View,
};

/// Why a person cannot do what they try.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// No such workspace, person, conversation, message, view or element, or not for this person.
    #[error("there is no {0}")]
    Missing(String),
    /// The value is not one that the element offers.
    #[error("{0}")]
    Value(String),
    /// Slack's client does not know the command.
    #[error("{0} is not a valid command.")]
    UnknownCommand(String),
    /// The app did not take the request; the person has seen a message of Slack's about it.
    #[error("{0}")]
    App(String),
}

/// What came of submitting a modal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// The modal closed.
    Closed,
    /// The app put other content into the modal, or a further modal on top.
    Updated,
    /// Errors beside fields, by the field's label. Slack's own (a required field is empty) or the
    /// app's.
    Errors(BTreeMap<String, String>),
    /// The app failed: the modal stays, with Slack's message in it.
    Trouble,
}

/// What Slack's client says beside a required field that is empty.
pub(crate) const REQUIRED: &str = "Please complete this required field.";
const TROUBLE: &str = "We had some trouble connecting. Try again?";

/// The plain state of a modal as the page sends it: block id → action id → value.
fn merge_state(view: &mut View, plain: &Value) -> Result<(), ActError> {
    let mut chosen = Vec::new();
    for (block_id, actions) in plain.as_object().into_iter().flatten() {
        for (action_id, value) in actions.as_object().into_iter().flatten() {
            // An element that the app took away meanwhile is no reason to fail.
            if let Some(found) = elements::find(view.blocks(), block_id, action_id) {
                elements::check(found.element, value).map_err(ActError::Value)?;
                chosen.push((found.key(), value.clone()));
            }
        }
    }
    view.values.extend(chosen);
    Ok(())
}

fn missing(what: &str) -> ActError {
    ActError::Missing(what.to_owned())
}

impl State {
    /// The conversation, when this person may see it.
    fn conversation(
        &self,
        team: &str,
        user: &str,
        channel: &str,
    ) -> Result<&ChannelState, ActError> {
        let team = self.team(team).ok_or_else(|| missing("workspace"))?;
        if team.person(user).is_none() {
            return Err(missing("person"));
        }
        team.find_channel(channel)
            .filter(|channel| channel.has(user) || (!channel.is_im && !channel.info.is_private))
            .ok_or_else(|| ActError::Missing(format!("conversation {channel} for {user}")))
    }
}

impl SlackSim {
    /// Someone writes a message; gives its timestamp.
    pub(crate) async fn write(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        text: &str,
        thread_ts: Option<&str>,
    ) -> Result<String, ActError> {
        self.with_delivered(|state| {
            let channel = state.conversation(team, user, channel)?.info.id.clone();
            let mut message = Message::new(state.next_ts(), user, text);
            message.thread_ts = thread_ts.map(str::to_owned);
            let ts = message.ts.clone();
            state.post(team, &channel, message);
            Ok(ts)
        })
        .await
    }

    /// Someone edits a message of their own.
    pub(crate) async fn edit(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        ts: &str,
        text: &str,
    ) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let channel = state.own_message(team, user, channel, ts)?;
            let edited = (user.to_owned(), state.next_ts());
            state.edit(team, &channel, ts, |message| {
                text.clone_into(&mut message.text);
                message.edited = Some(edited);
            });
            Ok(())
        })
        .await
    }

    /// Someone deletes a message of their own.
    pub(crate) async fn delete(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        ts: &str,
    ) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let channel = state.own_message(team, user, channel, ts)?;
            state.delete(team, &channel, ts);
            Ok(())
        })
        .await
    }

    /// Someone adds a reaction, or takes theirs away.
    ///
    /// <https://docs.slack.dev/reference/events/reaction_added>
    pub(crate) async fn react(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        ts: &str,
        name: &str,
    ) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let channel = state.conversation(team, user, channel)?.info.id.clone();
            state
                .react(team, user, &channel, ts, name)
                .ok_or_else(|| missing("message"))
        })
        .await
    }

    /// The request of a slash command, not sent.
    pub(crate) fn command_request(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Result<super::SignedRequest, ActError> {
        let fields = self.with(|state| {
            let channel = state.conversation(team, user, channel)?.info.id.clone();
            Ok(payload::command(state, team, user, &channel, command, text))
        })?;
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Ok(self.signed_form("/slack/commands", &fields))
    }

    /// Someone runs a slash command.
    pub(crate) async fn run_command(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Result<(), ActError> {
        let known = self.with(|state| state.app.commands.iter().any(|it| it.command == command));
        if !known {
            return Err(ActError::UnknownCommand(command.to_owned()));
        }
        let request = self.command_request(team, user, channel, command, text)?;
        let answer = self.send(&request).await;
        let code = match &answer {
            Err(Unanswered::Timeout) => Some("operation_timeout"),
            Err(Unanswered::ConnectionFailed) => Some("dispatch_failed"),
            Ok(answer) if answer.status != 200 => Some("dispatch_failed"),
            Ok(_) => None,
        };
        if let Some(code) = code {
            let text = format!("{command} failed with the error “{code}”");
            self.with(|state| state.toast(team, user, text.as_str()));
            return Err(ActError::App(text));
        }
        if let Ok(answer) = answer {
            self.show_command_answer(team, user, channel, &answer);
        }
        Ok(())
    }

    /// The body of a command's answer is a message, to the person alone unless it says otherwise.
    fn show_command_answer(&self, team: &str, user: &str, channel: &str, answer: &Answer) {
        if answer.body.trim().is_empty() {
            return;
        }
        let message = match serde_json::from_str::<Value>(&answer.body) {
            Ok(Value::Object(map)) => Value::Object(map),
            Ok(_) | Err(_) => json!({"text": answer.body}),
        };
        self.with(|state| {
            let Ok(channel) = state
                .conversation(team, user, channel)
                .map(|it| it.info.id.clone())
            else {
                return;
            };
            if let Err(error) = state.respond(team, user, &channel, &message) {
                state
                    .problems
                    .push(format!("the answer to a command was refused: {error}"));
            }
        });
    }

    /// Someone acts on an element of a message. `value` is what they choose, for menus.
    pub(crate) async fn press(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        ts: &str,
        key: (&str, &str),
        value: &Value,
    ) -> Result<(), ActError> {
        let request = self.press_request(team, user, channel, ts, key, value)?;
        self.send_action(team, user, &request).await
    }

    /// The request of an action in a message, not sent.
    pub(crate) fn press_request(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        ts: &str,
        key: (&str, &str),
        value: &Value,
    ) -> Result<super::SignedRequest, ActError> {
        let payload = self.with(|state| {
            let channel = state.conversation(team, user, channel)?.info.id.clone();
            let message = state
                .team_mut(team)
                .and_then(|team| team.channel_mut(&channel))
                .and_then(|channel| channel.message_mut(ts))
                .filter(|message| message.visible_to(user))
                .ok_or_else(|| missing("message"))?;
            let blocks = message.blocks.clone().unwrap_or_default();
            let found = elements::find(&blocks, key.0, key.1).ok_or_else(|| missing("button"))?;
            elements::check(found.element, value).map_err(ActError::Value)?;
            if !matches!(found.kind(), "button" | "overflow") {
                message.values.insert(found.key(), value.clone());
            }
            let message = message.clone();
            Ok(payload::message_action(
                state, team, user, &channel, &message, &found, value,
            ))
        })?;
        Ok(self.signed_payload(&payload))
    }

    /// Someone acts on an element of a modal: a button, a menu outside of an input, or an input
    /// with `dispatch_action`. An input without it only keeps its value.
    pub(crate) async fn act_in_view(
        &self,
        team: &str,
        user: &str,
        view_id: &str,
        key: (&str, &str),
        value: &Value,
        plain_state: &Value,
    ) -> Result<(), ActError> {
        let payload = self.with(|state| {
            let view = state
                .team_mut(team)
                .and_then(|team| team.view_mut(view_id))
                .filter(|view| view.user == user)
                .ok_or_else(|| missing("view"))?;
            merge_state(view, plain_state)?;
            let found = elements::find(view.blocks(), key.0, key.1)
                .ok_or_else(|| missing("element in the view"))?;
            elements::check(found.element, value).map_err(ActError::Value)?;
            let (key, block_id) = (found.key(), found.block_id().to_owned());
            let keeps = !matches!(found.kind(), "button" | "overflow");
            let sends = !found.is_input() || found.block["dispatch_action"] == true;
            if keeps {
                view.values.insert(key.clone(), value.clone());
                view.errors.remove(&block_id);
            }
            let view = view.clone();
            let payload = sends
                .then(|| elements::find(view.blocks(), &key.0, &key.1))
                .flatten()
                .map(|found| payload::view_action(state, &view, &found, value));
            state.changed(team, Some(user), "state");
            Ok(payload)
        })?;
        match payload {
            Some(payload) => {
                let request = self.signed_payload(&payload);
                self.send_action(team, user, &request).await
            }
            None => Ok(()),
        }
    }

    async fn send_action(
        &self,
        team: &str,
        user: &str,
        request: &super::SignedRequest,
    ) -> Result<(), ActError> {
        let text = match self.send(request).await {
            Ok(answer) if (200..300).contains(&answer.status) => return Ok(()),
            Ok(answer) => format!("This app responded with Status Code {}.", answer.status),
            Err(Unanswered::Timeout) => {
                "Operation timed out. Apps need to respond within 3 seconds.".to_owned()
            }
            Err(Unanswered::ConnectionFailed) => {
                "This app is not responding. Try again later.".to_owned()
            }
        };
        self.with(|state| state.toast(team, user, text.as_str()));
        Err(ActError::App(text))
    }

    /// The request of a submission, not sent, whatever the fields hold.
    pub(crate) fn submit_request(
        &self,
        team: &str,
        user: &str,
        view_id: &str,
        plain_state: &Value,
    ) -> Result<super::SignedRequest, ActError> {
        let payload = self.with(|state| {
            let view = state
                .team_mut(team)
                .and_then(|team| team.view_mut(view_id))
                .filter(|view| view.user == user && !view.is_home())
                .ok_or_else(|| missing("modal"))?;
            merge_state(view, plain_state)?;
            let view = view.clone();
            Ok(payload::view_submission(state, &view))
        })?;
        Ok(self.signed_payload(&payload))
    }

    /// Someone submits a modal.
    pub(crate) async fn submit(
        &self,
        team: &str,
        user: &str,
        view_id: &str,
        plain_state: &Value,
    ) -> Result<Submitted, ActError> {
        let refused = self.with(|state| {
            let view = state
                .team_mut(team)
                .and_then(|team| team.view_mut(view_id))
                .filter(|view| view.user == user && !view.is_home())
                .ok_or_else(|| missing("modal"))?;
            merge_state(view, plain_state)?;
            if view.text("submit").is_empty() {
                return Err(missing("submit button in this modal"));
            }
            view.trouble = None;
            view.errors = client_errors(view);
            let refused = !view.errors.is_empty();
            state.changed(team, Some(user), "state");
            Ok(refused)
        })?;
        if refused {
            return Ok(self.errors_of(team, view_id));
        }
        let request = self.submit_request(team, user, view_id, plain_state)?;
        let outcome = self.send(&request).await;
        Ok(self.with(|state| {
            let result = match outcome {
                Ok(answer) if answer.status == 200 => {
                    state.take_submission_answer(team, user, view_id, &answer.body)
                }
                _ => Err(None),
            };
            state.changed(team, Some(user), "state");
            match result {
                Ok(submitted) => submitted,
                Err(problem) => {
                    state.problems.extend(problem);
                    if let Some(view) = state.team_mut(team).and_then(|it| it.view_mut(view_id)) {
                        view.trouble = Some(TROUBLE.to_owned());
                    }
                    Submitted::Trouble
                }
            }
        }))
    }

    fn errors_of(&self, team: &str, view_id: &str) -> Submitted {
        self.with(|state| {
            Submitted::Errors(
                state
                    .team(team)
                    .and_then(|team| team.view(view_id))
                    .map(errors_by_label)
                    .unwrap_or_default(),
            )
        })
    }

    /// Someone closes a modal with its close button.
    pub(crate) async fn close_view(
        &self,
        team: &str,
        user: &str,
        view_id: &str,
    ) -> Result<(), ActError> {
        let payload = self.with(|state| {
            let stack = state
                .team_mut(team)
                .and_then(|team| team.modals.get_mut(user))
                .ok_or_else(|| missing("modal"))?;
            let at = stack
                .iter()
                .position(|view| view.id == view_id)
                .ok_or_else(|| missing("modal"))?;
            let view = stack[at].clone();
            // `clear_on_close` closes the views below as well.
            stack.truncate(if view.flag("clear_on_close") { 0 } else { at });
            state.changed(team, Some(user), "state");
            Ok(view
                .flag("notify_on_close")
                .then(|| payload::view_closed(state, &view, view.flag("clear_on_close"))))
        })?;
        if let Some(payload) = payload {
            let request = self.signed_payload(&payload);
            // Nobody waits for what the app says to this.
            let _ = self.send(&request).await;
        }
        Ok(())
    }

    /// Someone opens the app's Home tab.
    ///
    /// <https://docs.slack.dev/reference/events/app_home_opened>
    pub(crate) async fn open_home(&self, team_id: &str, user: &str) -> Result<(), ActError> {
        self.with_delivered(|state| {
            let bot = state
                .team(team_id)
                .filter(|team| team.person(user).is_some())
                .map(|team| team.bot_user_id().to_owned())
                .ok_or_else(|| missing("person"))?;
            if bot.is_empty() {
                return Err(missing("app in this workspace"));
            }
            let channel = state.open_im(team_id, user, &bot);
            let mut event = json!({
                "type": "app_home_opened",
                "user": user,
                "channel": channel,
                "event_ts": state.next_ts(),
                "tab": "home",
            });
            if let Some(view) = state.team(team_id).and_then(|team| team.homes.get(user)) {
                event["view"] = view.to_json();
            }
            state.outbox.push(Outgoing {
                team: team_id.to_owned(),
                event,
            });
            Ok(())
        })
        .await
    }

    /// Someone has read a conversation.
    pub(crate) fn mark_read(&self, team: &str, user: &str, channel: &str) -> Result<(), ActError> {
        self.with(|state| {
            let conversation = state.conversation(team, user, channel)?;
            let id = conversation.info.id.clone();
            let last = conversation.messages.last().map(|it| it.ts.clone());
            if let (Some(last), Some(it)) = (last, state.team_mut(team)) {
                let before = it.read.insert((user.to_owned(), id), last.clone());
                if before.is_none_or(|before| before != last) {
                    state.changed(team, Some(user), "state");
                }
            }
            Ok(())
        })
    }

    /// Someone puts away one of Slack's messages.
    pub(crate) fn dismiss(&self, team: &str, user: &str, toast: &str) {
        self.with(|state| {
            if let Some(toasts) = state
                .team_mut(team)
                .and_then(|team| team.toasts.get_mut(user))
            {
                toasts.retain(|it| it.id != toast);
            }
            state.changed(team, Some(user), "state");
        });
    }

    /// Someone new joins the workspace.
    ///
    /// <https://docs.slack.dev/reference/events/team_join>
    pub async fn join_workspace(&self, team: &str, person: super::Member) {
        self.with_delivered(|state| {
            let id = person.id.clone();
            if let Some(team) = state.team_mut(team) {
                team.people.push(person);
            }
            let user = super::api::member_json(state, team, &id, true);
            let event_ts = state.next_ts();
            state.outbox.push(Outgoing {
                team: team.to_owned(),
                event: json!({"type": "team_join", "user": user, "event_ts": event_ts}),
            });
            state.changed(team, None, "state");
        })
        .await;
    }

    /// Someone's profile or account changes.
    ///
    /// <https://docs.slack.dev/reference/events/user_change>
    pub async fn change_person(
        &self,
        team: &str,
        user: &str,
        change: impl FnOnce(super::Member) -> super::Member,
    ) {
        self.with_delivered(|state| {
            let Some(person) = state
                .team_mut(team)
                .and_then(|team| team.people.iter_mut().find(|it| it.id == user))
            else {
                return;
            };
            *person = change(person.clone());
            let user = super::api::member_json(state, team, user, true);
            let event_ts = state.next_ts();
            state.outbox.push(Outgoing {
                team: team.to_owned(),
                event: json!({"type": "user_change", "user": user, "cache_ts": state.clock.now().as_second(), "event_ts": event_ts}),
            });
            state.changed(team, None, "state");
        })
        .await;
    }

    /// Someone (or the app) joins a channel.
    ///
    /// <https://docs.slack.dev/reference/events/member_joined_channel>
    pub async fn join_channel(&self, team: &str, channel: &str, user: &str) {
        self.with_delivered(|state| state.join(team, channel, user))
            .await;
    }
}

impl State {
    /// The conversation of a message that this person wrote.
    fn own_message(
        &self,
        team: &str,
        user: &str,
        channel: &str,
        ts: &str,
    ) -> Result<String, ActError> {
        let channel = self.conversation(team, user, channel)?;
        channel
            .message(ts)
            .filter(|message| message.user == user)
            .ok_or_else(|| missing("message of this person"))?;
        Ok(channel.info.id.clone())
    }

    /// Adds a member, once, and queues the event.
    pub(crate) fn join(&mut self, team_id: &str, channel: &str, user: &str) {
        let event_ts = self.next_ts();
        let Some(team) = self.team_mut(team_id) else {
            return;
        };
        let Some(id) = team.find_channel(channel).map(|it| it.info.id.clone()) else {
            return;
        };
        let Some(channel) = team.channel_mut(&id) else {
            return;
        };
        if channel.has(user) {
            return;
        }
        channel.info.members.push(user.to_owned());
        let kind = if channel.info.is_private { "G" } else { "C" };
        if team.app_hears(&id) {
            self.outbox.push(Outgoing {
                team: team_id.to_owned(),
                event: json!({
                    "type": "member_joined_channel",
                    "user": user,
                    "channel": id,
                    "channel_type": kind,
                    "team": team_id,
                    "event_ts": event_ts,
                }),
            });
        }
        self.changed(team_id, None, "state");
    }

    /// Adds or removes one person's reaction.
    pub(crate) fn react(
        &mut self,
        team_id: &str,
        user: &str,
        channel: &str,
        ts: &str,
        name: &str,
    ) -> Option<()> {
        let event_ts = self.next_ts();
        let team = self.team_mut(team_id)?;
        let message = team.channel_mut(channel)?.message_mut(ts)?;
        let author = message.user.clone();
        let at = message.reactions.iter().position(|(it, _)| it == name);
        let added = if let Some(at) = at {
            let users = &mut message.reactions[at].1;
            if let Some(mine) = users.iter().position(|it| it == user) {
                users.remove(mine);
                if users.is_empty() {
                    message.reactions.remove(at);
                }
                false
            } else {
                users.push(user.to_owned());
                true
            }
        } else {
            message
                .reactions
                .push((name.to_owned(), vec![user.to_owned()]));
            true
        };
        if team.app_hears(channel) {
            self.outbox.push(Outgoing {
                team: team_id.to_owned(),
                event: json!({
                    "type": if added { "reaction_added" } else { "reaction_removed" },
                    "user": user,
                    "reaction": name,
                    "item_user": author,
                    "item": {"type": "message", "channel": channel, "ts": ts},
                    "event_ts": event_ts,
                }),
            });
        }
        self.messages_changed(team_id, channel);
        Some(())
    }

    /// What the app answered to a submission. An error is what it did wrong, if it is known.
    ///
    /// <https://docs.slack.dev/surfaces/modals#handling_submissions>
    fn take_submission_answer(
        &mut self,
        team_id: &str,
        user: &str,
        view_id: &str,
        body: &str,
    ) -> Result<Submitted, Option<String>> {
        if body.trim().is_empty() {
            self.close_submitted(team_id, user, view_id);
            return Ok(Submitted::Closed);
        }
        let answer: Value = serde_json::from_str(body)
            .map_err(|_| format!("the answer to a submission is no JSON: {body}"))?;
        match answer["response_action"].as_str() {
            None if answer.as_object().is_some_and(Map::is_empty) => {
                self.close_submitted(team_id, user, view_id);
                Ok(Submitted::Closed)
            }
            Some("clear") => {
                if let Some(team) = self.team_mut(team_id) {
                    team.modals.remove(user);
                }
                Ok(Submitted::Closed)
            }
            Some("errors") => self.take_errors(team_id, view_id, &answer["errors"]),
            Some("update") => {
                let content = self.answered_view(&answer)?;
                let hash = self.next_hash();
                if let Some(view) = self.team_mut(team_id).and_then(|it| it.view_mut(view_id)) {
                    view.replace(content, hash);
                }
                Ok(Submitted::Updated)
            }
            Some("push") => {
                let content = self.answered_view(&answer)?;
                self.push_view(team_id, user, content)
                    .map_err(|code| format!("a view was not pushed: {code}"))?;
                Ok(Submitted::Updated)
            }
            _ => Err(Some(format!(
                "the answer to a submission has an unknown response_action: {body}"
            ))),
        }
    }

    fn close_submitted(&mut self, team_id: &str, user: &str, view_id: &str) {
        if let Some(stack) = self
            .team_mut(team_id)
            .and_then(|team| team.modals.get_mut(user))
        {
            stack.retain(|view| view.id != view_id);
        }
    }

    fn take_errors(
        &mut self,
        team_id: &str,
        view_id: &str,
        errors: &Value,
    ) -> Result<Submitted, Option<String>> {
        let errors = errors
            .as_object()
            .filter(|errors| !errors.is_empty())
            .ok_or_else(|| "response_action errors without errors".to_owned())?;
        let Some(view) = self.team_mut(team_id).and_then(|it| it.view_mut(view_id)) else {
            return Err(None);
        };
        let mut taken = BTreeMap::new();
        for (block_id, message) in errors {
            let known = view
                .blocks()
                .iter()
                .any(|block| block["block_id"] == *block_id && block["type"] == "input");
            let Some(message) = message.as_str().filter(|_| known) else {
                return Err(Some(format!(
                    "response_action errors names {block_id}, which is no input block of the view"
                )));
            };
            taken.insert(block_id.clone(), message.to_owned());
        }
        view.errors = taken;
        Ok(Submitted::Errors(errors_by_label(view)))
    }

    fn answered_view(&mut self, answer: &Value) -> Result<Map<String, Value>, Option<String>> {
        let problems = check_view(&answer["view"]);
        if !problems.is_empty() {
            let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
            return Err(Some(format!(
                "the view in an answer was refused: {}",
                problems.join("; ")
            )));
        }
        Ok(self.complete_view(&answer["view"]))
    }
}

/// What Slack's client finds wrong before it sends a submission.
fn client_errors(view: &View) -> BTreeMap<String, String> {
    let mut errors = BTreeMap::new();
    for found in elements::interactive(view.blocks()) {
        let value = elements::current(&found, &view.values);
        if found.required() && elements::is_empty(&value) {
            errors.insert(found.block_id().to_owned(), REQUIRED.to_owned());
            continue;
        }
        let (Some(text), "plain_text_input") = (value.as_str(), found.kind()) else {
            continue;
        };
        let length = text.chars().count() as u64;
        let min = found.element["min_length"].as_u64().unwrap_or(0);
        let max = found.element["max_length"].as_u64().unwrap_or(3000);
        if length > 0 && length < min {
            errors.insert(
                found.block_id().to_owned(),
                format!("Must be at least {min} characters"),
            );
        } else if length > max {
            errors.insert(
                found.block_id().to_owned(),
                format!("Must be no more than {max} characters"),
            );
        }
    }
    errors
}

fn errors_by_label(view: &View) -> BTreeMap<String, String> {
    view.errors
        .iter()
        .map(|(block_id, message)| {
            let label = view
                .blocks()
                .iter()
                .find(|block| block["block_id"] == **block_id)
                .and_then(|block| block["label"]["text"].as_str())
                .unwrap_or(block_id);
            (label.to_owned(), message.clone())
        })
        .collect()
}
