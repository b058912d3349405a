//! Menus outside of forms, and buttons that stand beside a text.

use serde_json::{Value, json};

use super::super::elements::{self, Found};
use super::{Button, Form, Person, Place, has_text, option_value};

/// Whether an element stands beside a text that has these words.
fn is_beside(found: &Found<'_>, words: &str) -> bool {
    found.block["text"]["text"]
        .as_str()
        .is_some_and(|text| text.contains(words))
}

impl Person {
    /// What a person means, in the plain value of an element: the text of an option, the name of a
    /// person or channel; several of these with `, ` between them. `screen` is what they see.
    pub(super) fn plain(
        &self,
        found: &Found<'_>,
        value: &str,
        screen: impl Fn() -> String,
    ) -> Value {
        let many = found.kind().starts_with("multi_") || found.kind() == "checkboxes";
        if value.is_empty() {
            return if many { json!([]) } else { Value::Null };
        }
        let one = |value: &str| -> Value {
            if !elements::options(found.element).is_empty() {
                return option_value(found.element, value).unwrap_or_else(|| {
                    panic!("{value:?} is not offered by this field of:\n{}", screen())
                });
            }
            let name = value.trim_start_matches(['@', '#']);
            let id = self.look(|_, team| {
                if found.kind().contains("users_select") {
                    team.people
                        .iter()
                        .find(|person| {
                            person.id == value || person.name == name || person.real_name == name
                        })
                        .map(|person| person.id.clone())
                } else if found.kind().contains("channels_select")
                    || found.kind().contains("conversations_select")
                {
                    team.find_channel(value).map(|it| it.info.id.clone())
                } else {
                    None
                }
            });
            json!(id.unwrap_or_else(|| value.to_owned()))
        };
        if many {
            value.split(", ").map(one).collect()
        } else {
            one(value)
        }
    }

    /// Chooses in the menu of the newest message that has it beside these words: people or channels
    /// by their names, options by their texts.
    pub async fn picks(&self, beside: &str, value: &str) {
        let found = self.look(|_, team| {
            let mut messages = self.visible(team, None);
            messages.reverse();
            messages.into_iter().find_map(|(channel, message)| {
                elements::interactive(message.blocks.as_deref()?)
                    .iter()
                    .find(|found| found.kind() != "button" && is_beside(found, beside))
                    .map(|found| {
                        let (block, element) = (found.block.clone(), found.element.clone());
                        (channel.clone(), message.ts.clone(), block, element)
                    })
            })
        });
        let Some((channel, ts, block, element)) = found else {
            panic!("no menu stands beside {beside:?}:\n{}", self.screen());
        };
        let found = Found {
            block: &block,
            element: &element,
        };
        let value = self.plain(&found, value, || self.screen());
        let key = found.key();
        let result = self
            .sim
            .press(self.actor(), &channel, &ts, (&key.0, &key.1), &value)
            .await;
        self.done("choose this", result);
    }

    /// Presses the button of the Home tab that stands beside these words.
    pub async fn press_home_beside(&self, beside: &str, text: &str) {
        let found = self.look(|_, team| {
            let view = team.homes.get(&self.id)?;
            elements::interactive(view.blocks())
                .iter()
                .find(|found| has_text(found, text) && is_beside(found, beside))
                .map(|found| (view.id.clone(), found.key()))
        });
        let Some((view, (block_id, action_id))) = found else {
            panic!(
                "no button {text:?} stands beside {beside:?} in the Home tab:\n{}",
                self.home()
            );
        };
        let place = Place::View(view);
        self.press_button(&Button {
            place,
            block_id,
            action_id,
        })
        .await;
    }
}

impl Form {
    /// Presses the button of the modal that stands beside these words.
    pub async fn press_beside(&self, beside: &str, text: &str) {
        let view = self.view();
        let key = elements::interactive(view.blocks())
            .iter()
            .find(|found| has_text(found, text) && is_beside(found, beside))
            .map_or_else(
                || {
                    panic!(
                        "no button {text:?} stands beside {beside:?} in:\n{}",
                        self.text()
                    )
                },
                Found::key,
            );
        let button = Button {
            place: Place::View(self.view_id.clone()),
            block_id: key.0,
            action_id: key.1,
        };
        self.person.press_button(&button).await;
    }
}
