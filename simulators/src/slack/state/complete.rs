//! What Slack adds to the blocks that an app sends.

use serde_json::{Value, json};

use super::State;

impl State {
    /// Gives the blocks the ids that Slack makes up where the app left them out, and the fields
    /// that Slack adds to text.
    pub fn complete_blocks(&mut self, blocks: &mut [Value]) {
        for block in blocks {
            let kind = block["type"].as_str().unwrap_or_default().to_owned();
            if let Some(map) = block.as_object_mut()
                && map
                    .get("block_id")
                    .and_then(Value::as_str)
                    .is_none_or(str::is_empty)
            {
                let id = format!("b{:04x}", self.next_number());
                map.insert("block_id".to_owned(), json!(id));
            }
            match kind.as_str() {
                "actions" => {
                    for element in block["elements"].as_array_mut().into_iter().flatten() {
                        self.complete_element(element);
                    }
                }
                "section" if block.get("accessory").is_some() => {
                    self.complete_element(&mut block["accessory"]);
                }
                "input" => {
                    self.complete_element(&mut block["element"]);
                    let map = block.as_object_mut();
                    if let Some(map) = map {
                        map.entry("optional").or_insert(json!(false));
                        map.entry("dispatch_action").or_insert(json!(false));
                    }
                }
                _ => {}
            }
            complete_text(block);
        }
    }

    fn complete_element(&mut self, element: &mut Value) {
        if element["type"] == "image" {
            return;
        }
        if let Some(map) = element.as_object_mut()
            && !map.contains_key("action_id")
        {
            let id = format!("a{:04x}", self.next_number());
            map.insert("action_id".to_owned(), json!(id));
        }
    }
}

/// Slack sends `plain_text` back with `emoji` and `mrkdwn` with `verbatim`.
fn complete_text(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(complete_text),
        Value::Object(map) => {
            if map.get("text").is_some_and(Value::is_string) {
                if map.get("type").is_some_and(|kind| kind == "plain_text") {
                    map.entry("emoji").or_insert(json!(true));
                } else if map.get("type").is_some_and(|kind| kind == "mrkdwn") {
                    map.entry("verbatim").or_insert(json!(false));
                }
            }
            map.values_mut().for_each(complete_text);
        }
        _ => {}
    }
}
