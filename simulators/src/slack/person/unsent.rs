//! What a person does as the request that Slack would send for it, for a test that sends it itself:
//! several times, late, or together with others.

use serde_json::Value;

use super::{Person, Place, Shown, button_of};
use crate::slack::{
    SignedRequest,
    act::split_command,
    state::{Message, Outgoing},
};

impl Person {
    /// The signed request of a command, not sent.
    pub fn command_request(&self, channel: &str, text: &str) -> SignedRequest {
        self.overheard(text);
        let (command, rest) = split_command(text);
        let channel = self.conversation(channel);
        self.sim
            .command_request(self.actor(), &channel, command, rest)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Writes a message whose event is not sent.
    pub fn says_request(&self, channel: &str, text: &str) -> (Shown, SignedRequest) {
        self.overheard(text);
        let channel = self.conversation(channel);
        let (ts, events) = self.sim.with_outbox(|state| {
            let message = Message::new(state.next_ts(), &self.id, text);
            let ts = message.ts.clone();
            state.post(&self.team, &channel, message);
            ts
        });
        let heard = |outgoing: &&Outgoing| outgoing.event["type"] == "message";
        let event = events.iter().find(heard).map_or_else(
            || panic!("the app does not hear what is said in {channel}"),
            |outgoing| outgoing.event.clone(),
        );
        let envelope = self.sim.event_envelope(&self.team, &event);
        let request = self.sim.event_request(&envelope, None);
        (Shown { channel, ts }, request)
    }

    /// The signed request of pressing the newest button with this text in a message, not sent.
    pub fn press_request(&self, text: &str) -> SignedRequest {
        let button = self.button(text, None);
        let Place::Message { channel, ts } = &button.place else {
            panic!("the button {text:?} is in a modal");
        };
        self.sim
            .press_request(
                self.actor(),
                channel,
                ts,
                (&button.block_id, &button.action_id),
                &Value::Null,
            )
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The signed request of pressing a button of one message, not sent; `None`: the message has no
    /// such button.
    pub fn press_request_on(&self, message: &Shown, text: &str) -> Option<SignedRequest> {
        let (block_id, action_id) = button_of(&self.message_of(message)?, text)?;
        let key = (block_id.as_str(), action_id.as_str());
        self.sim
            .press_request(
                self.actor(),
                &message.channel,
                &message.ts,
                key,
                &Value::Null,
            )
            // It went in the meantime.
            .ok()
    }
}
