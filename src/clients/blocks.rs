//! Block Kit, shortened: one function for each block or element that the app shows.
//! Limits are Slack's: <https://docs.slack.dev/reference/block-kit/blocks>.

mod fields;

use slack_morphism::prelude::*;

pub use fields::{choose_channel, choose_people, section_with_menu};
pub use slack_morphism::prelude::{
    SlackActionBlockElement, SlackBlock, SlackHomeView, SlackModalView, SlackView,
};

/// The longest text of a section block, in characters.
const SECTION_LIMIT: usize = 3000;
/// The longest text of a context block, in characters.
const CONTEXT_LIMIT: usize = 2000;
/// The longest text of a confirmation dialog, in characters.
const CONFIRM_LIMIT: usize = 300;

/// Escapes text that a person wrote, so that it cannot mention, link or format.
/// <https://docs.slack.dev/messaging/formatting-message-text/#escaping>
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Cuts a text to `limit` characters, with an ellipsis where something is gone.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Cuts mrkdwn, and neither an escaped character nor a mention in two.
fn shorten_markup(text: &str, limit: usize) -> String {
    let mut short = shorten(text, limit);
    if short == text {
        return short;
    }
    for (opens, closes) in [('&', ';'), ('<', '>')] {
        if let Some(at) = short.rfind(opens)
            && !short[at..].contains(closes)
        {
            short.truncate(at);
            short.push('…');
        }
    }
    short
}

fn plain(text: &str) -> SlackBlockPlainTextOnly {
    SlackBlockPlainTextOnly::from(SlackBlockPlainText::new(text.to_owned()))
}

fn mrkdwn(text: &str) -> SlackBlockMarkDownText {
    // Verbatim: a plain “@channel” or “#general” in what somebody wrote stays plain.
    SlackBlockMarkDownText::new(shorten_markup(text, SECTION_LIMIT)).with_verbatim(true)
}

/// A paragraph in Slack's mrkdwn.
pub fn section(text: &str) -> SlackBlock {
    SlackSectionBlock::new()
        .with_text(mrkdwn(text).into())
        .into()
}

/// A paragraph with a button at its right.
pub fn section_with_button(text: &str, button: SlackBlockButtonElement) -> SlackBlock {
    SlackSectionBlock::new()
        .with_text(mrkdwn(text).into())
        .with_accessory(button.into())
        .into()
}

/// A paragraph with a name, so that an update of the view replaces it in place.
pub fn named_section(block_id: &str, text: &str) -> SlackBlock {
    SlackSectionBlock::new()
        .with_block_id(block_id.into())
        .with_text(mrkdwn(text).into())
        .into()
}

/// A large, plain heading of up to 150 characters.
pub fn header(text: &str) -> SlackBlock {
    SlackHeaderBlock::new(plain(&shorten(text, 150))).into()
}

/// Small grey text.
pub fn context(text: &str) -> SlackBlock {
    SlackContextBlock::new(vec![SlackContextBlockElement::MarkDown(mrkdwn(
        &shorten_markup(text, CONTEXT_LIMIT),
    ))])
    .into()
}

/// A thin line.
pub fn divider() -> SlackBlock {
    SlackDividerBlock::new().into()
}

/// A row of buttons.
pub fn actions(block_id: &str, buttons: Vec<SlackBlockButtonElement>) -> SlackBlock {
    SlackActionsBlock::new(buttons.into_iter().map(Into::into).collect())
        .with_block_id(block_id.into())
        .into()
}

/// A button; `value` comes back with the press.
pub fn button(action_id: &str, text: &str, value: &str) -> SlackBlockButtonElement {
    SlackBlockButtonElement::new(plain(text))
        .with_action_id(action_id.into())
        .with_value(value.to_owned())
}

/// The green button of a row.
pub fn primary(button: SlackBlockButtonElement) -> SlackBlockButtonElement {
    button.with_style(SlackBlockButtonStyle::Primary)
}

/// The red button of a row.
pub fn danger(button: SlackBlockButtonElement) -> SlackBlockButtonElement {
    button.with_style(SlackBlockButtonStyle::Danger)
}

/// Asks before the press is sent.
pub fn confirm(
    button: SlackBlockButtonElement,
    title: &str,
    text: &str,
    yes: &str,
    no: &str,
) -> SlackBlockButtonElement {
    button.with_confirm(SlackBlockConfirmItem::new(
        plain(title),
        mrkdwn(&shorten_markup(text, CONFIRM_LIMIT)).into(),
        plain(yes),
        plain(no),
    ))
}

/// An input of a modal.
pub struct Input {
    block: SlackInputBlock,
}

impl Input {
    fn new(block_id: &str, label: &str, element: SlackInputBlockElement) -> Self {
        Self {
            block: SlackInputBlock::new(plain(label), element).with_block_id(block_id.into()),
        }
    }

    /// A drop-down; each choice is (value, text). `chosen` is a value.
    pub fn select(
        block_id: &str,
        label: &str,
        choices: &[(&str, &str)],
        chosen: Option<&str>,
    ) -> Self {
        let option = |(value, text): &(&str, &str)| {
            SlackBlockChoiceItem::new(plain(&shorten(text, 75)), (*value).to_owned())
        };
        let initial = choices
            .iter()
            .find(|(value, _)| Some(*value) == chosen)
            .map(option);
        let element = SlackBlockStaticSelectElement::new()
            .with_action_id(block_id.into())
            .with_options(choices.iter().map(option).collect())
            .opt_initial_option(initial);
        Self::new(block_id, label, element.into())
    }

    /// A day, as `YYYY-MM-DD`.
    pub fn date(block_id: &str, label: &str, chosen: Option<String>) -> Self {
        let element = SlackBlockDatePickerElement::new()
            .with_action_id(block_id.into())
            .opt_initial_date(chosen);
        Self::new(block_id, label, element.into())
    }

    /// Boxes to tick; each choice is (value, text). `ticked` are values.
    pub fn checkboxes(
        block_id: &str,
        label: &str,
        choices: &[(&str, &str)],
        ticked: &[&str],
    ) -> Self {
        let option = |(value, text): &(&str, &str)| {
            SlackBlockChoiceItem::new(
                SlackBlockText::from(SlackBlockPlainText::new((*text).to_owned())),
                (*value).to_owned(),
            )
        };
        let initial: Vec<_> = choices
            .iter()
            .filter(|(value, _)| ticked.contains(value))
            .map(option)
            .collect();
        let element = SlackBlockCheckboxesElement::new(choices.iter().map(option).collect())
            .with_action_id(block_id.into())
            .opt_initial_options(Some(initial).filter(|some| !some.is_empty()));
        Self::new(block_id, label, element.into())
    }

    /// Several lines of text.
    pub fn text(block_id: &str, label: &str, placeholder: &str, typed: Option<&str>) -> Self {
        let element = SlackBlockPlainTextInputElement::new()
            .with_action_id(block_id.into())
            .with_multiline(true)
            .with_placeholder(plain(placeholder))
            .opt_initial_value(typed.map(str::to_owned));
        Self::new(block_id, label, element.into())
    }

    /// May stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.block.optional = Some(true);
        self
    }

    /// A line of help below the field.
    #[must_use]
    pub fn hint(mut self, text: &str) -> Self {
        self.block.hint = Some(plain(text));
        self
    }

    /// Tells the app at once when the field changes.
    #[must_use]
    pub fn tells_changes(mut self) -> Self {
        self.block.dispatch_action = Some(true);
        self
    }

    /// The finished block.
    pub fn block(self) -> SlackBlock {
        self.block.into()
    }
}

/// A dialog. `metadata` comes back with the submission.
pub fn modal(
    callback_id: &str,
    title: &str,
    submit: Option<&str>,
    metadata: &str,
    blocks: Vec<SlackBlock>,
) -> SlackModalView {
    SlackModalView::new(plain(title), blocks)
        .with_callback_id(callback_id.into())
        .with_close(plain(if submit.is_some() { "Cancel" } else { "Close" }))
        .opt_submit(submit.map(plain))
        .with_private_metadata(metadata.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_cannot_mention_or_link() {
        assert_eq!(
            escape("<!channel> & <@U1>"),
            "&lt;!channel&gt; &amp; &lt;@U1&gt;"
        );
    }

    #[test]
    fn cut_markup_stays_markup() {
        assert_eq!(shorten_markup("a &amp; b &amp; c", 14), "a &amp; b …");
        assert_eq!(shorten_markup("ask <@U1> and <@U2>", 17), "ask <@U1> and …");
        assert_eq!(shorten_markup("ask <@U1> & b", 40), "ask <@U1> & b");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shorten("žluťoučký", 5), "žluť…");
        assert_eq!(shorten("žluť", 5), "žluť");
    }
}
