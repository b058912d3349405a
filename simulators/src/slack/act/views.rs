//! Opening the Home tab, closing modals, and what a person has typed into a view.

use serde_json::{Value, json};

use super::{
    super::{SlackSim, elements, payload, state::State, view::View},
    ActError, Actor, missing,
};

/// The plain state of a modal as the page sends it: block id → action id → value.
pub(super) fn merge_state(view: &mut View, plain: &Value) -> Result<(), ActError> {
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

impl State {
    /// A view in front of this person: a modal or the Home tab.
    pub(super) fn view_of(
        &mut self,
        Actor { team, user }: Actor<'_>,
        view_id: &str,
    ) -> Result<&mut View, ActError> {
        self.team_mut(team)
            .and_then(|team| team.view_mut(view_id))
            .filter(|view| view.user == user)
            .ok_or_else(|| missing("view"))
    }

    /// A modal in front of this person.
    pub(super) fn modal_of(
        &mut self,
        actor: Actor<'_>,
        view_id: &str,
    ) -> Result<&mut View, ActError> {
        self.view_of(actor, view_id)
            .ok()
            .filter(|view| !view.is_home())
            .ok_or_else(|| missing("modal"))
    }
}

impl SlackSim {
    /// Someone closes a modal with its close button.
    pub(crate) async fn close_view(
        &self,
        Actor { team, user }: Actor<'_>,
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
    pub(crate) async fn open_home(
        &self,
        Actor {
            team: team_id,
            user,
        }: Actor<'_>,
    ) -> Result<(), ActError> {
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
            state.tell_app(team_id, event);
            Ok(())
        })
        .await
    }
}
