//! Fields of forms, and menus beside paragraphs: people, channels, numbers, times.

use slack_morphism::prelude::*;

use super::{Input, mrkdwn, plain, shorten};

/// A menu of the channels that the person is in, private ones too.
pub fn choose_channel(
    action_id: &str,
    placeholder: &str,
    chosen: Option<&str>,
) -> SlackBlockConversationsSelectElement {
    let filter = SlackBlockConversationFilter::new()
        .with_include(vec![
            SlackConversationFilterInclude::Public,
            SlackConversationFilterInclude::Private,
        ])
        // Leave is not told to another company.
        .with_exclude_external_shared_channels(true)
        .with_exclude_bot_users(true);
    SlackBlockConversationsSelectElement::new()
        .with_action_id(action_id.into())
        .with_placeholder(plain(placeholder))
        .with_filter(filter)
        .opt_initial_conversation(chosen.map(Into::into))
}

/// A menu of people, of whom several can be chosen.
pub fn choose_people(
    action_id: &str,
    placeholder: &str,
    chosen: Vec<String>,
) -> SlackBlockMultiUsersSelectElement {
    SlackBlockMultiUsersSelectElement::new()
        .with_action_id(action_id.into())
        .with_placeholder(plain(placeholder))
        .opt_initial_users(Some(chosen).filter(|chosen| !chosen.is_empty()))
}

/// A paragraph with a menu at its right.
pub fn section_with_menu(
    block_id: &str,
    text: &str,
    menu: impl Into<SlackSectionBlockElement>,
) -> SlackBlock {
    SlackSectionBlock::new()
        .with_block_id(block_id.into())
        .with_text(mrkdwn(text).into())
        .with_accessory(menu.into())
        .into()
}

impl Input {
    /// A channel.
    pub fn channel(block_id: &str, label: &str, chosen: Option<&str>) -> Self {
        let element = choose_channel(block_id, "Choose a channel", chosen);
        Self::new(block_id, label, element.into())
    }

    /// Several people.
    pub fn people(block_id: &str, label: &str, chosen: Vec<String>) -> Self {
        let element = choose_people(block_id, "Choose people", chosen);
        Self::new(block_id, label, element.into())
    }

    /// One line of text.
    pub fn line(block_id: &str, label: &str, typed: Option<&str>) -> Self {
        let element = SlackBlockPlainTextInputElement::new()
            .with_action_id(block_id.into())
            .opt_initial_value(typed.map(str::to_owned));
        Self::new(block_id, label, element.into())
    }

    /// A number; `decimal`: it may have a fraction.
    pub fn number(block_id: &str, label: &str, decimal: bool, typed: Option<String>) -> Self {
        let element = SlackBlockNumberInputElement::new(decimal)
            .with_action_id(block_id.into())
            .opt_initial_value(typed);
        Self::new(block_id, label, element.into())
    }

    /// A time of day, as `HH:mm`.
    pub fn time(block_id: &str, label: &str, chosen: Option<String>) -> Self {
        let element = SlackBlockTimePickerElement::new()
            .with_action_id(block_id.into())
            .with_placeholder(plain("Choose a time"))
            .opt_initial_time(chosen);
        Self::new(block_id, label, element.into())
    }

    /// A menu in which several options can be chosen; each is (value, text).
    pub fn several(block_id: &str, label: &str, choices: &[(&str, &str)], chosen: &[&str]) -> Self {
        let option = |(value, text): &(&str, &str)| {
            SlackBlockChoiceItem::new(plain(&shorten(text, 75)), (*value).to_owned())
        };
        let initial: Vec<_> = choices
            .iter()
            .filter(|(value, _)| chosen.contains(value))
            .map(option)
            .collect();
        let element = SlackBlockMultiStaticSelectElement::new()
            .with_action_id(block_id.into())
            .with_placeholder(plain("Choose any"))
            .with_options(choices.iter().map(option).collect())
            .opt_initial_options(Some(initial).filter(|some| !some.is_empty()));
        Self::new(block_id, label, element.into())
    }
}
