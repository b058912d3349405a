//! Which workspace something was shown for, written into whatever can be pressed.
//!
//! The workspaces of an organization that installed the app share its token, and with it a person's
//! direct messages with the app. Of a press Slack says there who pressed and in which organization,
//! but no workspace: `team` is null, and `user.team_id` is always the same one for somebody who is in
//! several (<https://github.com/slackapi/bolt-js/issues/1875>). So a view says it in its
//! `private_metadata`, and a message in the `block_id` of each block with something to press; both
//! come back as they were sent.

use serde_json::{Value, json};
use slack_morphism::prelude::SlackView;

use crate::platform::config::Secret;
use crate::platform::ids::WorkspaceId;

/// Ends the workspace's id. No id has it.
const END: char = ':';

/// The app's bot in one workspace.
#[derive(Debug, Clone, Copy)]
pub struct Bot<'a> {
    /// Its token, which may be the bot's in other workspaces too.
    pub token: &'a Secret,
    /// The workspace that it speaks for.
    pub workspace: &'a WorkspaceId,
}

/// Writes the workspace into the blocks of a message. Views say it elsewhere: the names of their
/// blocks are those of the fields.
pub(super) fn mark_blocks(blocks: &mut Value, workspace: &WorkspaceId) {
    for (at, block) in blocks.as_array_mut().into_iter().flatten().enumerate() {
        let can_be_pressed = block["type"] == "actions" || block["accessory"].is_object();
        if can_be_pressed {
            let name = match block["block_id"].as_str() {
                Some(name) => name.to_owned(),
                None => at.to_string(),
            };
            block["block_id"] = json!(format!("{workspace}{END}{name}"));
        }
    }
}

/// A view as it is sent, with the workspace written into it.
pub fn marked_view(view: &SlackView, workspace: &WorkspaceId) -> Value {
    let mut view = json!(view);
    mark_view(&mut view, workspace);
    view
}

fn mark_view(view: &mut Value, workspace: &WorkspaceId) {
    let metadata = view["private_metadata"].as_str().unwrap_or_default();
    view["private_metadata"] = json!(format!("{workspace}{END}{metadata}"));
}

/// The workspace that was written there, and what stood there before. Messages and views from before
/// this was written have none.
pub fn read_mark(marked: &str) -> (Option<WorkspaceId>, &str) {
    let found = marked.split_once(END).and_then(|(workspace, rest)| {
        let workspace = WorkspaceId::parse(workspace).ok()?;
        Some((workspace, rest))
    });
    match found {
        Some((workspace, rest)) => (Some(workspace), rest),
        None => (None, marked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t7() -> WorkspaceId {
        WorkspaceId::parse("T7").unwrap()
    }

    #[test]
    fn what_can_be_pressed_says_where_it_belongs() {
        let mut blocks = json!([
            {"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}},
            {"type": "section", "accessory": {"type": "button"}},
            {"type": "actions", "block_id": "decision", "elements": []},
        ]);
        mark_blocks(&mut blocks, &t7());
        let ids: Vec<&Value> = blocks
            .as_array()
            .unwrap()
            .iter()
            .map(|block| &block["block_id"])
            .collect();
        assert_eq!(ids, [&Value::Null, &json!("T7:1"), &json!("T7:decision")]);
        let mut view = json!({"private_metadata": "{\"form\":\"week\"}"});
        mark_view(&mut view, &t7());
        let read = read_mark(view["private_metadata"].as_str().unwrap());
        assert_eq!(read, (Some(t7()), "{\"form\":\"week\"}"));
        let mut bare = json!({});
        mark_view(&mut bare, &t7());
        assert_eq!(bare["private_metadata"], "T7:");
    }

    #[test]
    fn what_was_sent_without_it_is_read_as_it_is() {
        for plain in ["", "17", "decision", "{\"form\":\"week\"}", "list:V1"] {
            assert_eq!(read_mark(plain), (None, plain));
        }
    }
}
