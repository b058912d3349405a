//! Pressing buttons and choosing in menus, in messages and views.

use serde_json::Value;

use super::{
    super::{SignedRequest, SlackSim, Unanswered, elements, payload},
    ActError, Actor, missing,
    views::merge_state,
};

impl SlackSim {
    /// Someone acts on an element of a message. `value` is what they choose, for menus.
    pub(crate) async fn press(
        &self,
        actor: Actor<'_>,
        channel: &str,
        ts: &str,
        key: (&str, &str),
        value: &Value,
    ) -> Result<(), ActError> {
        let request = self.press_request(actor, channel, ts, key, value)?;
        self.send_action(actor, &request).await
    }

    /// The request of an action in a message, not sent.
    pub(crate) fn press_request(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        ts: &str,
        key: (&str, &str),
        value: &Value,
    ) -> Result<SignedRequest, ActError> {
        let payload = self.with(|state| {
            let channel = state.conversation(actor, channel)?.info.id.clone();
            let here = state.team(team).ok_or_else(|| missing("workspace"))?;
            let blocks = here
                .channel(&channel)
                .and_then(|channel| channel.message(ts))
                .filter(|message| message.visible_to(user))
                .map(|message| message.blocks.clone().unwrap_or_default())
                .ok_or_else(|| missing("message"))?;
            let found = elements::find(&blocks, key.0, key.1).ok_or_else(|| missing("button"))?;
            elements::check(found.element, value).map_err(ActError::Value)?;
            elements::check_offered(here, user, found.element, value).map_err(ActError::Value)?;
            let message = state
                .team_mut(team)
                .and_then(|team| team.channel_mut(&channel))
                .and_then(|channel| channel.message_mut(ts))
                .ok_or_else(|| missing("message"))?;
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
        actor @ Actor { team, user }: Actor<'_>,
        view_id: &str,
        key: (&str, &str),
        value: &Value,
        plain_state: &Value,
    ) -> Result<(), ActError> {
        let payload = self.with(|state| {
            if let Some(here) = state.team(team)
                && let Some(view) = here.view(view_id)
                && let Some(found) = elements::find(view.blocks(), key.0, key.1)
            {
                elements::check_offered(here, user, found.element, value)
                    .map_err(ActError::Value)?;
            }
            let view = state.view_of(actor, view_id)?;
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
                self.send_action(actor, &request).await
            }
            None => Ok(()),
        }
    }

    async fn send_action(
        &self,
        Actor { team, user }: Actor<'_>,
        request: &SignedRequest,
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
}
