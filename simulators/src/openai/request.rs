//! What a request may say.

use serde_json::{Map, Value};

use super::error::ApiError;
use super::{Model, schema};

/// The parameters that the API has. Those of them that change what an answer looks like, and that
/// this simulator does not follow, are refused.
const KNOWN: [&str; 29] = [
    "background",
    "conversation",
    "include",
    "input",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "parallel_tool_calls",
    "previous_response_id",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "service_tier",
    "store",
    "stream",
    "stream_options",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
];
const NOT_FOLLOWED: [&str; 6] = [
    "background",
    "conversation",
    "previous_response_id",
    "prompt",
    "stream",
    "tools",
];
const EFFORTS: [&str; 7] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/// A request that is in order.
pub(super) struct Request<'a> {
    pub body: &'a Map<String, Value>,
    pub model: &'a Model,
    pub instructions: &'a str,
    /// All text of the input.
    pub input: String,
    /// The form of the answer, if one is prescribed strictly.
    pub schema: Option<&'a Value>,
    pub most_output_tokens: Option<u64>,
}

impl<'a> Request<'a> {
    pub fn read(body: &'a Value, models: &'a [Model]) -> Result<Self, ApiError> {
        let body = body.as_object().ok_or_else(|| {
            ApiError::bad_request("We could not parse the JSON body of your request.")
        })?;
        if let Some(unknown) = body.keys().find(|key| !KNOWN.contains(&key.as_str())) {
            let message = format!("Unknown parameter: '{unknown}'.");
            return Err(ApiError::parameter(unknown, "unknown_parameter", message));
        }
        let present = |name: &str| {
            body.get(name)
                .filter(|it| !it.is_null() && **it != Value::Bool(false))
        };
        if let Some(name) = NOT_FOLLOWED.iter().find(|name| present(name).is_some()) {
            let message = format!("This simulator does not follow '{name}'.");
            return Err(ApiError::unscripted(message));
        }
        let model = string(body, "model")?.ok_or_else(|| ApiError::missing("model"))?;
        let model = models
            .iter()
            .find(|known| known.name == model || known.snapshot == model)
            .ok_or_else(|| {
                let message = format!("The requested model '{model}' does not exist.");
                ApiError::parameter("model", "model_not_found", message)
            })?;
        let input = body
            .get("input")
            .ok_or_else(|| ApiError::missing("input"))?;
        let most_output_tokens = most_output_tokens(body)?;
        reasoning(body, model)?;
        Ok(Self {
            body,
            model,
            instructions: string(body, "instructions")?.unwrap_or_default(),
            input: text_of(input)?,
            schema: form(body)?,
            most_output_tokens,
        })
    }
}

fn string<'a>(body: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ApiError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(ApiError::invalid_type(name, "a string")),
    }
}

fn most_output_tokens(body: &Map<String, Value>) -> Result<Option<u64>, ApiError> {
    const NAME: &str = "max_output_tokens";
    let Some(value) = body.get(NAME).filter(|it| !it.is_null()) else {
        return Ok(None);
    };
    let most = value.as_u64();
    let most = most.ok_or_else(|| ApiError::invalid_type(NAME, "an integer"))?;
    if most < 16 {
        let message = format!(
            "Invalid '{NAME}': integer below minimum value. Expected a value >= 16, but got {most} instead."
        );
        return Err(ApiError::parameter(
            NAME,
            "integer_below_min_value",
            message,
        ));
    }
    Ok(Some(most))
}

/// A model that reasons takes an effort and no temperature; the others take it the other way round.
fn reasoning(body: &Map<String, Value>, model: &Model) -> Result<(), ApiError> {
    let effort = body
        .get("reasoning")
        .and_then(|it| it.get("effort"))
        .filter(|it| !it.is_null());
    let temperature = body.get("temperature").filter(|it| !it.is_null());
    match (model.reasons, effort, temperature) {
        (false, Some(_), _) => Err(ApiError::unsupported("reasoning.effort")),
        (true, _, Some(_)) => Err(ApiError::unsupported("temperature")),
        (true, Some(effort), None) if !effort.as_str().is_some_and(|it| EFFORTS.contains(&it)) => {
            let message = format!(
                "Invalid value: '{effort}'. Supported values are: {}.",
                EFFORTS.map(|it| format!("'{it}'")).join(", ")
            );
            Err(ApiError::parameter(
                "reasoning.effort",
                "invalid_value",
                message,
            ))
        }
        _ => Ok(()),
    }
}

/// The input is a text, or messages of texts.
fn text_of(input: &Value) -> Result<String, ApiError> {
    let wrong = || ApiError::invalid_type("input", "a string or an array of messages");
    match input {
        Value::String(text) => Ok(text.clone()),
        Value::Array(messages) => messages
            .iter()
            .map(|message| match message.get("content") {
                Some(Value::String(text)) => Ok(text.clone()),
                Some(Value::Array(parts)) => parts
                    .iter()
                    .map(|part| part.get("text").and_then(Value::as_str).ok_or_else(wrong))
                    .collect(),
                _ => Err(wrong()),
            })
            .collect(),
        _ => Err(wrong()),
    }
}

/// `text.format`.
fn form(body: &Map<String, Value>) -> Result<Option<&Value>, ApiError> {
    let Some(format) = body.get("text").and_then(|text| text.get("format")) else {
        return Ok(None);
    };
    match format.get("type").and_then(Value::as_str) {
        Some("text" | "json_object") => return Ok(None),
        Some("json_schema") => {}
        Some(other) => {
            let message = format!(
                "Invalid value: '{other}'. Supported values are: 'json_object', 'json_schema', and 'text'."
            );
            return Err(ApiError::parameter(
                "text.format.type",
                "invalid_value",
                message,
            ));
        }
        None => return Err(ApiError::missing("text.format.type")),
    }
    let name = format.get("name").and_then(Value::as_str);
    let name = name.ok_or_else(|| ApiError::missing("text.format.name"))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        let message = "Invalid 'text.format.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
        return Err(ApiError::parameter(
            "text.format.name",
            "invalid_value",
            message,
        ));
    }
    let form = format.get("schema");
    let form = form.ok_or_else(|| ApiError::missing("text.format.schema"))?;
    if format.get("strict") != Some(&Value::Bool(true)) {
        return Ok(None);
    }
    schema::check(form).map_err(|why| {
        let message = format!("Invalid schema for response_format '{name}': {why}");
        ApiError::parameter("text.format.schema", "invalid_json_schema", message)
    })?;
    Ok(Some(form))
}
