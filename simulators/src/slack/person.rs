//! Acting as a person, for story tests.
//!
//! Everything here does what the page does, through the same code. A person who tries what is not
//! there makes the test fail, so the methods panic with what the person sees instead.

#![allow(
    clippy::missing_panics_doc,
    reason = "every method here is a step of a test and panics when it cannot be done"
)]

mod menus;
mod unsent;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    ActError, SignedRequest, SlackSim, Submitted,
    act::{Actor, split_command},
    elements::{self, Found},
    render::Eyes,
    state::{Message, State, Status, Team},
    view::View,
};

/// A person of a workspace.
#[derive(Clone)]
pub struct Person {
    sim: SlackSim,
    team: String,
    id: String,
}

/// A message that a person sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The conversation's id.
    pub channel: String,
    /// The message's timestamp, which is its id.
    pub ts: String,
}

/// A modal in front of a person.
#[derive(Clone)]
pub struct Form {
    person: Person,
    view_id: String,
}

/// Where a button is.
enum Place {
    Message { channel: String, ts: String },
    View(String),
}

struct Button {
    place: Place,
    block_id: String,
    action_id: String,
}

fn has_text(found: &Found<'_>, text: &str) -> bool {
    found.kind() == "button" && found.element["text"]["text"] == text
}

fn button_of(message: &Message, text: &str) -> Option<(String, String)> {
    elements::interactive(message.blocks.as_deref()?)
        .iter()
        .find(|found| has_text(found, text))
        .map(Found::key)
}

impl Person {
    pub(super) fn new(sim: &SlackSim, team: &str, id: &str) -> Self {
        let known = sim.with(|state| state.team(team).and_then(|it| it.person(id)).is_some());
        assert!(known, "there is no person {id} in workspace {team}");
        Self {
            sim: sim.clone(),
            team: team.to_owned(),
            id: id.to_owned(),
        }
    }

    /// Lets whoever set up this Slack know what is about to be written.
    fn overheard(&self, text: &str) {
        if let Some(overhears) = self.sim.inner.config.overhears {
            overhears(text);
        }
    }

    fn actor(&self) -> Actor<'_> {
        Actor {
            team: &self.team,
            user: &self.id,
        }
    }

    /// The person sets a status themselves: an emoji and a text, and until when it stays, if it ends
    /// by itself. Empty texts take it down.
    pub async fn sets_status(&self, emoji: &str, text: &str, until: Option<Timestamp>) {
        self.overheard(text);
        self.sim
            .with_delivered(|state| {
                let status = Status {
                    text: text.to_owned(),
                    emoji: emoji.to_owned(),
                    expiration: until.map_or(0, Timestamp::as_second),
                };
                state.set_status(&self.team, &self.id, status);
            })
            .await;
    }

    /// What others see beside the person's name, with the end that Slack shows.
    pub fn status(&self) -> String {
        let status = self.look(|state, _| state.status(&self.team, &self.id));
        let end = Timestamp::from_second(status.expiration)
            .ok()
            .filter(|_| status.expiration != 0)
            .map(|end| format!(" (until {end})"));
        let end = end.unwrap_or_default();
        format!("{} {}{end}", status.emoji, status.text)
            .trim()
            .to_owned()
    }

    /// The person lets the app act for them, and this is its token.
    pub fn grants(&self, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.sim
            .with(|state| state.grant_user_token(&self.team, &self.id, scopes))
    }

    /// The person takes back what they let the app do: its token is revoked, and the app is told
    /// when it is subscribed to `tokens_revoked`.
    pub async fn takes_back(&self) {
        self.sim.revoke_user_tokens(&self.team, &self.id).await;
    }

    /// The person's user id.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn look<R>(&self, look: impl FnOnce(&State, &Team) -> R) -> R {
        self.sim.with(|state| {
            let team = state.team(&self.team).unwrap_or_else(|| {
                panic!("there is no workspace {}", self.team);
            });
            look(state, team)
        })
    }

    fn done<T>(&self, what: &str, result: Result<T, ActError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            // The person sees that the app failed: it is for the test to look at.
            Err(ActError::App(_)) => None,
            Err(error) => panic!("{} cannot {what}: {error}", self.id),
        }
    }

    /// Types into a conversation (`#general`, an id, or `@app`) and presses return: what starts
    /// with one of the app's commands is sent as a command.
    pub async fn types(&self, channel: &str, text: &str) {
        if text.starts_with('/') {
            self.overheard(text);
            let (command, rest) = split_command(text);
            let channel = self.conversation(channel);
            let result = self
                .sim
                .run_command(self.actor(), &channel, command, rest)
                .await;
            self.done(&format!("run {command}"), result);
        } else {
            self.says(channel, text).await;
        }
    }

    /// Writes a message.
    pub async fn says(&self, channel: &str, text: &str) -> Shown {
        self.overheard(text);
        let channel = self.conversation(channel);
        let result = self.sim.write(self.actor(), &channel, text, None).await;
        let ts = self.done("write there", result).unwrap_or_default();
        Shown { channel, ts }
    }

    /// Writes into the thread of a message.
    pub async fn replies(&self, to: &Shown, text: &str) -> Shown {
        self.overheard(text);
        let result = self
            .sim
            .write(self.actor(), &to.channel, text, Some(&to.ts))
            .await;
        let ts = self.done("reply there", result).unwrap_or_default();
        Shown {
            channel: to.channel.clone(),
            ts,
        }
    }

    /// Edits an own message.
    pub async fn edits(&self, message: &Shown, text: &str) {
        self.overheard(text);
        let result = self
            .sim
            .edit(self.actor(), &message.channel, &message.ts, text)
            .await;
        self.done("edit this", result);
    }

    /// Deletes an own message.
    pub async fn deletes(&self, message: &Shown) {
        let result = self
            .sim
            .delete(self.actor(), &message.channel, &message.ts)
            .await;
        self.done("delete this", result);
    }

    /// Adds a reaction, or takes the own one away.
    pub async fn reacts(&self, message: &Shown, name: &str) {
        let result = self
            .sim
            .react(self.actor(), &message.channel, &message.ts, name)
            .await;
        self.done("react to this", result);
    }

    /// The id of a conversation that the person names. `@app` is the one with the app.
    fn conversation(&self, name: &str) -> String {
        self.sim.with(|state| {
            if name == "@app" {
                let bot = state
                    .team(&self.team)
                    .map(|team| team.bot_user_id().to_owned())
                    .unwrap_or_default();
                return state.open_im(&self.team, &self.id, &bot);
            }
            state
                .team(&self.team)
                .and_then(|team| team.find_channel(name))
                .unwrap_or_else(|| panic!("there is no conversation {name}"))
                .info
                .id
                .clone()
        })
    }

    /// Presses the newest button with this text: in the top modal when one is open, else in any
    /// message that the person sees.
    pub async fn press(&self, text: &str) {
        let button = self.button(text, None);
        self.press_button(&button).await;
    }

    /// Presses the newest button with this text in one conversation (`@app`: with the app).
    pub async fn press_in(&self, channel: &str, text: &str) {
        let channel = self.conversation(channel);
        let button = self.button(text, Some(&channel));
        self.press_button(&button).await;
    }

    /// Presses a button of one message.
    pub async fn press_on(&self, message: &Shown, text: &str) {
        let key = self
            .message_of(message)
            .and_then(|message| button_of(&message, text))
            .unwrap_or_else(|| panic!("there is no button {text:?} in {message:?}"));
        let button = Button {
            place: Place::Message {
                channel: message.channel.clone(),
                ts: message.ts.clone(),
            },
            block_id: key.0,
            action_id: key.1,
        };
        self.press_button(&button).await;
    }

    /// Presses a button of the Home tab.
    pub async fn press_home(&self, text: &str) {
        let (view, key) = self
            .look(|_, team| {
                let view = team.homes.get(&self.id)?;
                elements::interactive(view.blocks())
                    .iter()
                    .find(|found| has_text(found, text))
                    .map(|found| (view.id.clone(), found.key()))
            })
            .unwrap_or_else(|| {
                panic!(
                    "there is no button {text:?} in the Home tab:\n{}",
                    self.home()
                )
            });
        let button = Button {
            place: Place::View(view),
            block_id: key.0,
            action_id: key.1,
        };
        self.press_button(&button).await;
    }

    /// Chooses an option of a menu in a message: the newest menu that offers this text.
    pub async fn chooses(&self, option: &str) {
        let found = self.look(|_, team| {
            let mut messages = self.visible(team, None);
            messages.reverse();
            messages.into_iter().find_map(|(channel, message)| {
                elements::interactive(message.blocks.as_deref()?)
                    .iter()
                    .find_map(|found| {
                        let value = option_value(found.element, option)?;
                        Some((channel.clone(), message.ts.clone(), found.key(), value))
                    })
            })
        });
        let (channel, ts, key, value) =
            found.unwrap_or_else(|| panic!("no menu in a message offers {option:?}"));
        let result = self
            .sim
            .press(self.actor(), &channel, &ts, (&key.0, &key.1), &value)
            .await;
        self.done("choose this", result);
    }

    /// All messages that the person sees, by time.
    fn visible<'a>(&self, team: &'a Team, only: Option<&str>) -> Vec<(String, &'a Message)> {
        let mut messages: Vec<(String, &Message)> = team
            .channels
            .iter()
            .filter(|channel| {
                only.is_none_or(|only| channel.info.id == only)
                    && (channel.has(&self.id) || (!channel.is_im && !channel.info.is_private))
            })
            .flat_map(|channel| {
                channel
                    .messages
                    .iter()
                    .filter(|message| message.visible_to(&self.id))
                    .map(|message| (channel.info.id.clone(), message))
            })
            .collect();
        messages.sort_by(|one, other| one.1.ts.cmp(&other.1.ts));
        messages
    }

    fn button(&self, text: &str, channel: Option<&str>) -> Button {
        let found = self.look(|_, team| {
            if channel.is_none()
                && let Some(view) = team.modals.get(&self.id).and_then(|stack| stack.last())
            {
                // A modal covers everything else.
                return elements::interactive(view.blocks())
                    .iter()
                    .find(|found| has_text(found, text))
                    .map(|found| (Place::View(view.id.clone()), found.key()));
            }
            let mut messages = self.visible(team, channel);
            messages.reverse();
            messages.into_iter().find_map(|(channel, message)| {
                let key = button_of(message, text)?;
                let ts = message.ts.clone();
                Some((Place::Message { channel, ts }, key))
            })
        });
        let (place, (block_id, action_id)) = found.unwrap_or_else(|| {
            panic!(
                "{} sees no button {text:?}. In front of them:\n{}",
                self.id,
                self.screen()
            )
        });
        Button {
            place,
            block_id,
            action_id,
        }
    }

    async fn press_button(&self, button: &Button) {
        let key = (button.block_id.as_str(), button.action_id.as_str());
        let result = match &button.place {
            Place::Message { channel, ts } => {
                self.sim
                    .press(self.actor(), channel, ts, key, &Value::Null)
                    .await
            }
            Place::View(id) => {
                self.sim
                    .act_in_view(self.actor(), id, key, &Value::Null, &Value::Null)
                    .await
            }
        };
        self.done("press this", result);
    }

    /// The modal on top.
    pub fn modal(&self) -> Form {
        self.find_modal().unwrap_or_else(|| {
            panic!(
                "{} has no modal open. In front of them:\n{}",
                self.id,
                self.screen()
            )
        })
    }

    /// The modal on top, if one is open.
    pub fn find_modal(&self) -> Option<Form> {
        let view_id = self.look(|_, team| Some(team.modals.get(&self.id)?.last()?.id.clone()))?;
        Some(Form {
            person: self.clone(),
            view_id,
        })
    }

    /// Opens the app's Home tab.
    pub async fn opens_home(&self) {
        let result = self.sim.open_home(self.actor()).await;
        self.done("open the Home tab", result);
    }

    /// The Home tab as text.
    pub fn home(&self) -> String {
        self.look(|state, team| {
            let eyes = Eyes::of(state, &self.team, &self.id)?;
            Some(eyes.view(team.homes.get(&self.id)?))
        })
        .unwrap_or_default()
    }

    /// The conversation with the app as text.
    pub fn dm(&self) -> String {
        self.channel("@app")
    }

    /// A conversation as text, as this person sees it.
    pub fn channel(&self, name: &str) -> String {
        let id = self.conversation(name);
        self.look(|state, team| {
            let eyes = Eyes::of(state, &self.team, &self.id)?;
            Some(eyes.conversation(team.channel(&id)?, &self.id))
        })
        .unwrap_or_default()
    }

    /// One message as text.
    pub fn text_of(&self, message: &Shown) -> String {
        let found = self.message_of(message);
        self.look(|state, _| {
            let eyes = Eyes::of(state, &self.team, &self.id)?;
            Some(eyes.message(&found?).trim_end().to_owned())
        })
        .unwrap_or_default()
    }

    fn message_of(&self, message: &Shown) -> Option<Message> {
        self.look(|_, team| {
            team.channel(&message.channel)?
                .message(&message.ts)
                .filter(|it| it.visible_to(&self.id))
                .cloned()
        })
    }

    /// The newest message of a conversation that this person sees.
    pub fn last_message(&self, channel: &str) -> Option<Shown> {
        let channel = self.conversation(channel);
        self.look(|_, team| {
            let (channel, message) = self.visible(team, Some(&channel)).pop()?;
            Some(Shown {
                channel,
                ts: message.ts.clone(),
            })
        })
    }

    /// The newest message of a conversation in which all these words stand, in its text or its blocks.
    pub fn find_message(&self, channel: &str, words: &[&str]) -> Option<Shown> {
        let channel = self.conversation(channel);
        self.look(|_, team| {
            let mut messages = team.channel(&channel)?.messages.iter().rev();
            let found = messages.find(|message| {
                let blocks = message.blocks.as_ref().map(|it| json!(it).to_string());
                let says = |words: &&str| {
                    message.text.contains(words)
                        || blocks.as_ref().is_some_and(|blocks| blocks.contains(words))
                };
                message.visible_to(&self.id) && words.iter().all(says)
            })?;
            Some(Shown {
                channel: channel.clone(),
                ts: found.ts.clone(),
            })
        })
    }

    /// The newest answer in the thread of a message.
    pub fn find_reply(&self, to: &Shown) -> Option<Shown> {
        self.look(|_, team| {
            let replies = team.channel(&to.channel)?.replies(&to.ts);
            Some(Shown {
                channel: to.channel.clone(),
                ts: replies.last()?.ts.clone(),
            })
        })
    }

    /// Slack's own error messages to this person.
    pub fn toasts(&self) -> Vec<String> {
        self.look(|_, team| {
            team.toasts
                .get(&self.id)
                .into_iter()
                .flatten()
                .map(|toast| toast.text.clone())
                .collect()
        })
    }

    /// Everything in front of the person, for the message of a panic.
    fn screen(&self) -> String {
        let mut parts: Vec<String> = self.look(|state, team| {
            let Some(eyes) = Eyes::of(state, &self.team, &self.id) else {
                return Vec::new();
            };
            let modals = team.modals.get(&self.id).into_iter().flatten();
            let mut parts: Vec<String> = modals.map(|view| eyes.view(view)).collect();
            for channel in team.channels.iter().filter(|it| it.has(&self.id)) {
                parts.push(format!(
                    "{}:\n{}",
                    channel.payload_name(),
                    eyes.conversation(channel, &self.id)
                ));
            }
            parts
        });
        parts.extend(self.toasts());
        parts.join("\n\n")
    }
}

/// The value of the option with this text.
fn option_value(element: &Value, text: &str) -> Option<Value> {
    elements::options(element)
        .into_iter()
        .find(|option| option["text"]["text"] == text)
        .map(|option| option["value"].clone())
}

impl Form {
    fn view(&self) -> View {
        self.find_view().unwrap_or_else(|| {
            panic!(
                "the modal is closed. In front of {}:\n{}",
                self.person.id,
                self.person.screen()
            )
        })
    }

    fn find_view(&self) -> Option<View> {
        self.person
            .look(|_, team| team.view(&self.view_id).cloned())
    }

    /// Whether the modal is still there.
    pub fn is_open(&self) -> bool {
        self.find_view().is_some()
    }

    /// The modal as text.
    pub fn text(&self) -> String {
        let view = self.view();
        self.person.look(|state, _| {
            Eyes::of(state, &self.person.team, &self.person.id)
                .map(|eyes| eyes.view(&view))
                .unwrap_or_default()
        })
    }

    /// The view as Slack keeps it.
    pub fn json(&self) -> Value {
        self.view().to_json()
    }

    /// Fills an input: a text, a date (`2026-03-05`), a time (`09:30`), the text of an option, the
    /// name of a person or channel; several of these with `, ` between them. An empty text clears
    /// it. The input is known by its label; an element outside of an input by the text of its
    /// section, by its placeholder or by its action id.
    pub async fn fill(&self, label: &str, value: &str) {
        let view = self.view();
        let found = elements::interactive(view.blocks());
        let found = found
            .iter()
            .find(|found| found.block["label"]["text"] == label)
            .or_else(|| {
                found.iter().find(|found| {
                    found.block["text"]["text"] == label
                        || found.element["placeholder"]["text"] == label
                        || found.action_id() == label
                })
            })
            .unwrap_or_else(|| panic!("there is no field {label:?} in:\n{}", self.text()));
        self.person.overheard(value);
        let plain = self.plain(found, value);
        let key = found.key();
        let result = self
            .person
            .sim
            .act_in_view(
                self.person.actor(),
                &self.view_id,
                (&key.0, &key.1),
                &plain,
                &Value::Null,
            )
            .await;
        self.person.done(&format!("fill {label:?}"), result);
    }

    /// What a person means, in the plain value of the element.
    fn plain(&self, found: &Found<'_>, value: &str) -> Value {
        self.person.plain(found, value, || self.text())
    }

    /// Presses a button in the modal.
    pub async fn press(&self, text: &str) {
        let view = self.view();
        let key = elements::interactive(view.blocks())
            .iter()
            .find(|found| has_text(found, text))
            .map_or_else(
                || panic!("there is no button {text:?} in:\n{}", self.text()),
                Found::key,
            );
        let button = Button {
            place: Place::View(self.view_id.clone()),
            block_id: key.0,
            action_id: key.1,
        };
        self.person.press_button(&button).await;
    }

    /// Presses the submit button.
    pub async fn submit(&self) -> Submitted {
        let result = self
            .person
            .sim
            .submit(self.person.actor(), &self.view_id, &Value::Null)
            .await;
        match result {
            Ok(submitted) => submitted,
            Err(error) => panic!("{} cannot submit: {error}", self.person.id),
        }
    }

    /// The signed request of submitting, not sent, also when required fields are empty.
    pub fn submit_request(&self) -> SignedRequest {
        self.person
            .sim
            .submit_request(self.person.actor(), &self.view_id, &Value::Null)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Presses the close button.
    pub async fn close(&self) {
        let result = self
            .person
            .sim
            .close_view(self.person.actor(), &self.view_id)
            .await;
        self.person.done("close this", result);
    }
}
