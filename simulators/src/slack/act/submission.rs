//! Submitting a modal: what Slack's client checks before, and what the app may answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    super::{
        SignedRequest, SlackSim, blocks::check_view, elements, payload, state::State, view::View,
    },
    ActError, Actor, missing,
    views::merge_state,
};

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
const REQUIRED: &str = "Please complete this required field.";
/// What it says in a modal when the app does not take the submission.
pub(crate) const TROUBLE: &str = "We had some trouble connecting. Try again?";

impl SlackSim {
    /// The request of a submission, not sent, whatever the fields hold.
    pub(crate) fn submit_request(
        &self,
        actor: Actor<'_>,
        view_id: &str,
        plain_state: &Value,
    ) -> Result<SignedRequest, ActError> {
        let payload = self.with(|state| {
            let view = state.modal_of(actor, view_id)?;
            merge_state(view, plain_state)?;
            let view = view.clone();
            Ok(payload::view_submission(state, &view))
        })?;
        Ok(self.signed_payload(&payload))
    }

    /// Someone submits a modal.
    pub(crate) async fn submit(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        view_id: &str,
        plain_state: &Value,
    ) -> Result<Submitted, ActError> {
        let refused = self.with(|state| {
            let view = state.modal_of(actor, view_id)?;
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
        let request = self.submit_request(actor, view_id, plain_state)?;
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
}

impl State {
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
