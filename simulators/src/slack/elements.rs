//! What people choose and type, in Slack's shapes.
//!
//! The page and the story driver speak of plain values: a text, a date, the value of an option, a
//! list of these. Slack has one shape for `state.values` and one for `actions`, by element.
//!
//! <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>

use serde_json::{Map, Value, json};

use super::state::Team;
use super::view::Values;

/// An element that a person can act on, and the block that holds it.
pub(crate) struct Found<'a> {
    pub block: &'a Value,
    pub element: &'a Value,
}

impl<'a> Found<'a> {
    pub fn block_id(&self) -> &'a str {
        self.block["block_id"].as_str().unwrap_or_default()
    }

    pub fn action_id(&self) -> &'a str {
        self.element["action_id"].as_str().unwrap_or_default()
    }

    pub fn kind(&self) -> &'a str {
        self.element["type"].as_str().unwrap_or_default()
    }

    pub fn key(&self) -> (String, String) {
        (self.block_id().to_owned(), self.action_id().to_owned())
    }

    pub fn is_input(&self) -> bool {
        self.block["type"] == "input"
    }

    pub fn required(&self) -> bool {
        self.is_input() && self.block["optional"] != true
    }
}

/// All elements of some blocks, in the order in which they are shown.
pub(crate) fn interactive(blocks: &[Value]) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for block in blocks {
        match block["type"].as_str() {
            Some("actions") => {
                for element in block["elements"].as_array().into_iter().flatten() {
                    found.push(Found { block, element });
                }
            }
            Some("section") if block["accessory"]["action_id"].is_string() => found.push(Found {
                block,
                element: &block["accessory"],
            }),
            Some("input") => found.push(Found {
                block,
                element: &block["element"],
            }),
            _ => {}
        }
    }
    found
}

pub(crate) fn find<'a>(blocks: &'a [Value], block_id: &str, action_id: &str) -> Option<Found<'a>> {
    interactive(blocks)
        .into_iter()
        .find(|found| found.block_id() == block_id && found.action_id() == action_id)
}

/// How an element keeps its value.
enum Shape {
    /// No value: buttons and overflow menus.
    None,
    /// A string under this key.
    Text(&'static str),
    /// A number under this key.
    Number(&'static str),
    /// One whole option.
    Option,
    /// Several whole options.
    Options,
    /// A list of strings under this key.
    Texts(&'static str),
}

fn shape(kind: &str) -> Shape {
    match kind {
        "plain_text_input" | "number_input" | "email_text_input" | "url_text_input" => {
            Shape::Text("value")
        }
        "datepicker" => Shape::Text("selected_date"),
        "timepicker" => Shape::Text("selected_time"),
        "datetimepicker" => Shape::Number("selected_date_time"),
        "static_select" | "external_select" | "radio_buttons" => Shape::Option,
        "checkboxes" | "multi_static_select" | "multi_external_select" => Shape::Options,
        "users_select" => Shape::Text("selected_user"),
        "channels_select" => Shape::Text("selected_channel"),
        "conversations_select" => Shape::Text("selected_conversation"),
        "multi_users_select" => Shape::Texts("selected_users"),
        "multi_channels_select" => Shape::Texts("selected_channels"),
        "multi_conversations_select" => Shape::Texts("selected_conversations"),
        _ => Shape::None,
    }
}

/// All options of a menu, those in groups too.
pub(crate) fn options(element: &Value) -> Vec<&Value> {
    element["options"]
        .as_array()
        .into_iter()
        .flatten()
        .chain(
            element["option_groups"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|group| group["options"].as_array())
                .flatten(),
        )
        .collect()
}

fn option_with_value<'a>(element: &'a Value, value: &str) -> Option<&'a Value> {
    options(element)
        .into_iter()
        .chain(
            // External menus have no options but the one they start with.
            std::iter::once(&element["initial_option"]),
        )
        .find(|option| option["value"] == value)
}

/// The value that the app put in from the start.
pub(crate) fn initial(element: &Value) -> Value {
    for key in [
        "initial_value",
        "initial_date",
        "initial_time",
        "initial_date_time",
        "initial_user",
        "initial_channel",
        "initial_conversation",
        "initial_users",
        "initial_channels",
        "initial_conversations",
    ] {
        if let Some(value) = element.get(key) {
            return value.clone();
        }
    }
    if let Some(option) = element.get("initial_option") {
        return option["value"].clone();
    }
    if let Some(options) = element["initial_options"].as_array() {
        return options
            .iter()
            .map(|option| option["value"].clone())
            .collect();
    }
    Value::Null
}

/// What the element holds now, as a plain value.
pub(crate) fn current(found: &Found<'_>, values: &Values) -> Value {
    values
        .get(&found.key())
        .cloned()
        .unwrap_or_else(|| initial(found.element))
}

pub(crate) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Whether a person could give this element this value, and if not, why.
pub(crate) fn check(element: &Value, value: &Value) -> Result<(), String> {
    if is_empty(value) {
        return Ok(());
    }
    let kind = element["type"].as_str().unwrap_or_default();
    let known = |value: &Value| {
        value
            .as_str()
            .is_some_and(|value| option_with_value(element, value).is_some())
    };
    let fits = match shape(kind) {
        Shape::None if kind == "overflow" => known(value),
        Shape::None => true,
        Shape::Option => known(value),
        Shape::Options => value
            .as_array()
            .is_some_and(|values| values.iter().all(known)),
        Shape::Text("selected_date") => value
            .as_str()
            .is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
        Shape::Text("selected_time") => value
            .as_str()
            .is_some_and(|text| text.parse::<jiff::civil::Time>().is_ok()),
        Shape::Text(_) => value.is_string(),
        Shape::Number(_) => number(value).is_some(),
        Shape::Texts(_) => value
            .as_array()
            .is_some_and(|values| values.iter().all(Value::is_string)),
    };
    if fits {
        Ok(())
    } else {
        Err(format!("{value} is no value of this {kind}"))
    }
}

/// Whether the menus of people and conversations offer this to a person, and if not, why.
///
/// <https://docs.slack.dev/reference/block-kit/composition-objects/conversation-filter-object>
pub(crate) fn check_offered(
    team: &Team,
    user: &str,
    element: &Value,
    value: &Value,
) -> Result<(), String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let ids = match value {
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).collect(),
        Value::String(id) if !id.is_empty() => vec![id.as_str()],
        _ => Vec::new(),
    };
    if let Some(most) = element["max_selected_items"].as_u64()
        && ids.len() as u64 > most
    {
        return Err(format!("no more than {most} can be chosen"));
    }
    let offered = |id: &&str| match kind {
        "users_select" | "multi_users_select" => team.person(id).is_some(),
        "channels_select" | "multi_channels_select" => team
            .channel(id)
            .is_some_and(|channel| channel.kind() == "channel"),
        "conversations_select" | "multi_conversations_select" => {
            let include = element["filter"]["include"].as_array();
            team.channel(id).is_some_and(|channel| {
                let kind = match channel.kind() {
                    "channel" => "public",
                    "group" => "private",
                    other => other,
                };
                let visible = kind == "public" || channel.has(user);
                visible && include.is_none_or(|kinds| kinds.iter().any(|it| it == kind))
            })
        }
        _ => true,
    };
    match ids.iter().find(|id| !offered(id)) {
        Some(id) => Err(format!("{id} is not offered by this {kind}")),
        None => Ok(()),
    }
}

fn number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}

/// Slack sends options back as the app gave them.
fn whole_option(element: &Value, value: &Value) -> Value {
    value
        .as_str()
        .and_then(|value| option_with_value(element, value))
        .cloned()
        .unwrap_or_default()
}

fn chosen(element: &Value, value: &Value) -> Map<String, Value> {
    let kind = element["type"].as_str().unwrap_or_default();
    let mut map = Map::new();
    map.insert("type".to_owned(), json!(kind));
    let empty = is_empty(value);
    let (key, value) = match shape(kind) {
        Shape::None => return map,
        Shape::Text(key) if empty => (key, Value::Null),
        Shape::Number(key) => (key, json!(number(value))),
        Shape::Option => ("selected_option", whole_option(element, value)),
        Shape::Options => (
            "selected_options",
            value
                .as_array()
                .into_iter()
                .flatten()
                .map(|value| whole_option(element, value))
                .collect(),
        ),
        Shape::Texts(key) if empty => (key, json!([])),
        Shape::Text(key) | Shape::Texts(key) => (key, value.clone()),
    };
    map.insert(key.to_owned(), value);
    map
}

/// `state.values` of a message or view.
pub(crate) fn state_values(blocks: &[Value], values: &Values) -> Value {
    let mut state = Map::new();
    for found in interactive(blocks) {
        if matches!(shape(found.kind()), Shape::None) {
            continue;
        }
        let value = chosen(found.element, &current(&found, values));
        state
            .entry(found.block_id())
            .or_insert_with(|| json!({}))
            .as_object_mut()
            .into_iter()
            .for_each(|block| {
                block.insert(found.action_id().to_owned(), Value::Object(value.clone()));
            });
    }
    Value::Object(state)
}

/// One entry of `actions`.
pub(crate) fn action(found: &Found<'_>, value: &Value, action_ts: &str) -> Value {
    let mut map = match found.kind() {
        "overflow" => {
            let mut map = Map::new();
            map.insert("type".to_owned(), json!("overflow"));
            map.insert(
                "selected_option".to_owned(),
                whole_option(found.element, value),
            );
            map
        }
        _ => chosen(found.element, value),
    };
    map.insert("block_id".to_owned(), json!(found.block_id()));
    map.insert("action_id".to_owned(), json!(found.action_id()));
    map.insert("action_ts".to_owned(), json!(action_ts));
    for key in [
        "text",
        "style",
        "placeholder",
        "initial_date",
        "initial_time",
        "initial_option",
        "initial_options",
        "initial_user",
        "initial_users",
        "initial_channel",
        "initial_channels",
        "initial_conversation",
        "initial_conversations",
        "filter",
        "confirm",
        "url",
    ] {
        if let Some(value) = found.element.get(key) {
            map.insert(key.to_owned(), value.clone());
        }
    }
    if found.kind() == "button"
        && let Some(value) = found.element.get("value")
    {
        map.insert("value".to_owned(), value.clone());
    }
    Value::Object(map)
}

/// What the person sees in the element.
pub(crate) fn shown(element: &Value, value: &Value) -> Vec<String> {
    let one = |value: &Value| match value {
        Value::String(text) => option_with_value(element, text)
            .and_then(|option| option["text"]["text"].as_str())
            .unwrap_or(text)
            .to_owned(),
        other => other.to_string(),
    };
    match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().map(one).collect(),
        value if is_empty(value) => Vec::new(),
        value => vec![one(value)],
    }
}
