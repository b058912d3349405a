//! What a response looks like. <https://developers.openai.com/api/reference/resources/responses>

use jiff::Timestamp;
use serde_json::{Value, json};

use super::request::Request;
use super::state::{Input, Say, tokens};

/// How many tokens a model thinks that thinks.
const THOUGHT: usize = 192;

/// The whole response to a request that is in order.
pub(super) fn body(
    request: &Request<'_>,
    say: &Say,
    input: &Input,
    number: u64,
    now: Timestamp,
) -> Value {
    let thought = if request.model.reasons { THOUGHT } else { 0 };
    let text = match say {
        Say::Answer(answer) => answer.to_string(),
        Say::Text(text) | Say::Refusal(text) => text.clone(),
        Say::Stopped | Say::Failure => String::new(),
    };
    let length = thought + tokens(&text);
    let most = request.most_output_tokens;
    let most = most.and_then(|most| usize::try_from(most).ok());
    let cut = most.filter(|most| length > *most);
    let (status, stopped_by) = match (say, cut) {
        (Say::Failure, _) => ("failed", None),
        (Say::Stopped, _) => ("incomplete", Some("content_filter")),
        (_, Some(_)) => ("incomplete", Some("max_output_tokens")),
        _ => ("completed", None),
    };
    let output_tokens = cut.unwrap_or(length);
    let mut output = Vec::new();
    if request.model.reasons {
        output.push(json!({"id": format!("rs_{number:016x}"), "type": "reasoning", "summary": []}));
    }
    if let Some(content) = content(say, &text, cut, thought) {
        output.push(json!({
            "id": format!("msg_{number:016x}"),
            "type": "message",
            "status": if status == "completed" { "completed" } else { "incomplete" },
            "role": "assistant",
            "content": [content],
        }));
    }
    let error = matches!(say, Say::Failure).then(
        || json!({"code": "server_error", "message": "The model could not finish its response."}),
    );
    let given = |name: &str| request.body.get(name).cloned().unwrap_or_default();
    let effort = request
        .body
        .get("reasoning")
        .and_then(|it| it.get("effort"));
    let effort = effort
        .cloned()
        .or_else(|| request.model.reasons.then(|| json!("medium")));
    let created_at = now.as_second();
    json!({
        "id": format!("resp_{number:016x}"),
        "object": "response",
        "created_at": created_at,
        "completed_at": (status == "completed").then_some(created_at),
        "status": status,
        "background": false,
        "error": error,
        "incomplete_details": stopped_by.map(|reason| json!({"reason": reason})),
        "instructions": given("instructions"),
        "max_output_tokens": given("max_output_tokens"),
        "max_tool_calls": null,
        "model": request.model.snapshot,
        "output": output,
        "parallel_tool_calls": true,
        "previous_response_id": null,
        "prompt_cache_key": given("prompt_cache_key"),
        "reasoning": {"effort": effort, "summary": null},
        "safety_identifier": null,
        "service_tier": "default",
        "store": request.body.get("store").and_then(Value::as_bool).unwrap_or(true),
        "temperature": 1.0,
        "text": request.body.get("text").cloned().unwrap_or_else(|| json!({"format": {"type": "text"}})),
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": input.tokens,
            "input_tokens_details": {"cached_tokens": input.cached, "cache_write_tokens": input.written},
            "output_tokens": output_tokens,
            "output_tokens_details": {"reasoning_tokens": thought.min(output_tokens)},
            "total_tokens": input.tokens + output_tokens,
        },
        "user": null,
        "metadata": {},
    })
}

/// The message's one part, unless the model said nothing.
fn content(say: &Say, text: &str, cut: Option<usize>, thought: usize) -> Option<Value> {
    let said: String = match cut {
        None => text.to_owned(),
        Some(most) => text
            .chars()
            .take(most.saturating_sub(thought) * 4)
            .collect(),
    };
    match say {
        Say::Refusal(_) => Some(json!({"type": "refusal", "refusal": said})),
        _ if said.is_empty() => None,
        _ => Some(json!({
            "type": "output_text", "text": said, "annotations": [], "logprobs": [],
        })),
    }
}
