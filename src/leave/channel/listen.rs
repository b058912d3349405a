//! Which messages of the leave channel are for the app.

use super::read::ReadMessage;
use crate::gateway::{Ack, ChannelMessage, Cx};
use crate::leave::store::{self, Heard};

/// Somebody wrote in the leave channel. What has a trigger word, or stands in a thread in which
/// the app spoke to its author, is read after the ack.
pub async fn heard(cx: &mut Cx, message: ChannelMessage) -> Result<Ack, sqlx::Error> {
    let thread_ts = message.thread_ts.unwrap_or_else(|| message.ts.clone());
    let heard = Heard {
        user: message.user,
        channel: message.channel,
        thread_ts,
        ts: message.ts,
    };
    let in_thread = heard.thread_ts != heard.ts;
    let mut spoken_to = has_trigger(&message.text, &cx.workspace.settings.trigger_words);
    if in_thread {
        if store::thread_is_finished(&mut cx.tx, &heard).await? {
            return Ok(Ack::Done);
        }
        spoken_to |= !store::replies_in_thread(&mut cx.tx, &heard)
            .await?
            .is_empty();
    }
    if !spoken_to {
        return Ok(Ack::Done);
    }
    if let Some(wait) = cx.take_token(&heard.channel).await? {
        return Ok(wait);
    }
    cx.enqueue(&ReadMessage {
        heard,
        text: message.text,
    })
    .await?;
    Ok(Ack::Done)
}

/// Whether a text has one of the triggers as whole words, in any case.
fn has_trigger(text: &str, triggers: &[String]) -> bool {
    let text = words(text);
    triggers.iter().any(|trigger| {
        let trigger = words(trigger);
        !trigger.is_empty()
            && text
                .windows(trigger.len())
                .any(|window| window == trigger.as_slice())
    })
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_is_a_whole_word_in_any_case_and_may_have_a_space() {
        let triggers = ["leave", "day off", "Ünlü"].map(str::to_owned);
        for text in [
            "On LEAVE tomorrow",
            "*leave*: 5 March",
            "taking a day  off",
            "my day-off",
            "ünlü",
        ] {
            assert!(has_trigger(text, &triggers), "{text}");
        }
        for text in ["leaves fall", "sleave", "a day of rest", "off day", ""] {
            assert!(!has_trigger(text, &triggers), "{text}");
        }
        assert!(!has_trigger("anything", &["-".to_owned()]));
    }
}
