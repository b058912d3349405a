//! A message.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub ts: String,
    pub user: String,
    /// Set for what the app posted.
    pub bot_id: Option<String>,
    pub text: String,
    pub blocks: Option<Vec<Value>>,
    pub attachments: Option<Value>,
    pub metadata: Option<Value>,
    pub thread_ts: Option<String>,
    pub edited: Option<(String, String)>,
    pub reactions: Vec<(String, Vec<String>)>,
    /// Only this person sees it, and only until the page is loaded anew in the real Slack.
    pub ephemeral_to: Option<String>,
    /// Posted under another name, with `chat:write.customize`.
    pub username: Option<String>,
    /// How people see it: values chosen in the message's menus, which Slack keeps per message.
    pub values: BTreeMap<(String, String), Value>,
}

impl Message {
    pub fn new(ts: String, user: &str, text: &str) -> Self {
        Self {
            ts,
            user: user.to_owned(),
            bot_id: None,
            text: text.to_owned(),
            blocks: None,
            attachments: None,
            metadata: None,
            thread_ts: None,
            edited: None,
            reactions: Vec::new(),
            ephemeral_to: None,
            username: None,
            values: BTreeMap::new(),
        }
    }

    /// Whether this person sees it.
    pub fn visible_to(&self, user: &str) -> bool {
        self.ephemeral_to.as_deref().is_none_or(|to| to == user)
    }
}
