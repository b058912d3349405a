//! Slash commands.

use serde_json::{Value, json};

use super::{
    super::{Answer, SignedRequest, SlackSim, Unanswered, payload},
    ActError, Actor,
};

/// What a person types, as the command with its slash and the text behind it.
pub(crate) fn split_command(typed: &str) -> (&str, &str) {
    let (command, text) = typed.split_once(' ').unwrap_or((typed, ""));
    (command, text.trim())
}

impl SlackSim {
    /// The request of a slash command, not sent.
    pub(crate) fn command_request(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Result<SignedRequest, ActError> {
        let fields = self.with(|state| {
            let channel = state.conversation(actor, channel)?.info.id.clone();
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
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        command: &str,
        text: &str,
    ) -> Result<(), ActError> {
        // An app has its commands where it was given the scope for them.
        let known = self.with(|state| {
            let app = state.team(team).and_then(|team| team.app.as_ref());
            app.is_some_and(|app| app.has_scope("commands"))
                && state.app.commands.iter().any(|it| it.command == command)
        });
        if !known {
            return Err(ActError::UnknownCommand(command.to_owned()));
        }
        let request = self.command_request(actor, channel, command, text)?;
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
            self.show_command_answer(actor, channel, &answer);
        }
        Ok(())
    }

    /// The body of a command's answer is a message, to the person alone unless it says otherwise.
    fn show_command_answer(
        &self,
        actor @ Actor { team, user }: Actor<'_>,
        channel: &str,
        answer: &Answer,
    ) {
        if answer.body.trim().is_empty() {
            return;
        }
        let message = match serde_json::from_str::<Value>(&answer.body) {
            Ok(Value::Object(map)) => Value::Object(map),
            Ok(_) | Err(_) => json!({"text": answer.body}),
        };
        self.with(|state| {
            let Ok(channel) = state
                .conversation(actor, channel)
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
}
