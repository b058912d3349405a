//! What OpenAI lets in, what it answers, and what that takes.

use serde_json::{Value, json};
use simulators::openai::{OpenAiConfig, OpenAiSim};

use crate::{client, send};

async fn openai() -> OpenAiSim {
    let sim = OpenAiSim::new(OpenAiConfig::default());
    sim.start().await.unwrap();
    sim
}

async fn ask_as(sim: &OpenAiSim, key: &str, body: Value) -> (u16, Value) {
    let request = client().post(format!("{}/responses", sim.base_url()));
    send(request.bearer_auth(key).json(&body)).await
}

async fn ask(sim: &OpenAiSim, body: Value) -> (u16, Value) {
    ask_as(sim, &sim.environment()[0].1, body).await
}

fn asked(with: &Value) -> Value {
    let mut body = json!({
        "model": "gpt-6-luna",
        "instructions": "Say which colour.",
        "input": "The sky?",
        "text": {"format": {
            "type": "json_schema", "name": "colour", "strict": true,
            "schema": {
                "type": "object", "properties": {"colour": {"type": "string"}},
                "required": ["colour"], "additionalProperties": false,
            },
        }},
    });
    for (key, value) in with.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[tokio::test]
async fn only_requests_that_are_in_order_get_an_answer() {
    let sim = openai().await;
    sim.answers(json!({"colour": "blue"}));
    let strict = |schema: Value| {
        json!({"text": {"format": {
            "type": "json_schema", "name": "colour", "strict": true, "schema": schema,
        }}})
    };
    let mut refusals = Vec::new();
    for with in [
        json!({"model": null}),
        json!({"model": "gpt-9"}),
        json!({"model": 6}),
        json!({"input": {}}),
        json!({"colour": "blue"}),
        json!({"max_output_tokens": 15}),
        json!({"max_output_tokens": "many"}),
        json!({"temperature": 0}),
        json!({"reasoning": {"effort": "some"}}),
        json!({"model": "gpt-4.1", "reasoning": {"effort": "low"}}),
        json!({"text": {"format": {"type": "xml"}}}),
        json!({"text": {"format": {"type": "json_schema", "name": "a b", "schema": {}}}}),
        json!({"text": {"format": {"type": "json_schema", "name": "colour"}}}),
        strict(json!({"type": "object", "properties": {}})),
        strict(json!({
            "type": "object", "properties": {"colour": {"type": "string"}}, "required": [],
            "additionalProperties": false,
        })),
        json!({"stream": true}),
    ] {
        let (status, body) = ask(&sim, asked(&with)).await;
        let error = &body["error"];
        let text = error["message"].as_str().unwrap();
        refusals.push(format!("{status} {}: {text}", error["code"]));
    }
    for (key, body) in [("sk-something-else", asked(&json!({}))), ("", Value::Null)] {
        let (status, body) = ask_as(&sim, key, body).await;
        let error = &body["error"];
        let text = error["message"].as_str().unwrap();
        refusals.push(format!("{status} {}: {text}", error["code"]));
    }
    let (status, body) = ask(&sim, json!([])).await;
    refusals.push(format!("{status}: {}", body["error"]["message"]));
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    400 "missing_required_parameter": Missing required parameter: 'model'.
    400 "model_not_found": The requested model 'gpt-9' does not exist.
    400 "invalid_type": Invalid type for 'model': expected a string.
    400 "invalid_type": Invalid type for 'input': expected a string or an array of messages.
    400 "unknown_parameter": Unknown parameter: 'colour'.
    400 "integer_below_min_value": Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got 15 instead.
    400 "invalid_type": Invalid type for 'max_output_tokens': expected an integer.
    400 "unsupported_parameter": Unsupported parameter: 'temperature' is not supported with this model.
    400 "invalid_value": Invalid value: '"some"'. Supported values are: 'none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'.
    400 "unsupported_parameter": Unsupported parameter: 'reasoning.effort' is not supported with this model.
    400 "invalid_value": Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.
    400 "invalid_value": Invalid 'text.format.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.
    400 "missing_required_parameter": Missing required parameter: 'text.format.schema'.
    400 "invalid_json_schema": Invalid schema for response_format 'colour': In context=(), 'additionalProperties' is required to be supplied and to be false.
    400 "invalid_json_schema": Invalid schema for response_format 'colour': In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'colour'.
    501 null: This simulator does not follow 'stream'.
    401 "invalid_api_key": Incorrect API key provided: sk-somet***else. You can find your API key at https://platform.openai.com/account/api-keys.
    401 null: You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).
    400: "We could not parse the JSON body of your request."
    "#);

    // None of them used up the answer.
    let (status, body) = ask(&sim, asked(&json!({}))).await;
    assert_eq!(status, 200);
    assert_eq!(
        body["output"][1]["content"][0]["text"],
        "{\"colour\":\"blue\"}"
    );
    let (status, _) = ask(&sim, asked(&json!({}))).await;
    assert_eq!(status, 501, "nobody said what comes next");
}

#[tokio::test]
async fn the_model_cannot_leave_the_form_and_stops_at_its_length() {
    let sim = openai().await;
    sim.answers(json!({"colour": 7}));
    let (status, body) = ask(&sim, asked(&json!({}))).await;
    assert_eq!(status, 501);
    assert_eq!(
        body["error"]["message"],
        "The model cannot answer that, because of its form: 7 is no string."
    );
    sim.answers(json!({"colour": "as blue as it gets"}));
    let short = json!({"model": "gpt-4.1", "max_output_tokens": 16});
    assert_eq!(ask(&sim, asked(&short)).await.1["status"], "completed");
    sim.answers(json!({"colour": "blue".repeat(20)}));
    let (_, body) = ask(&sim, asked(&short)).await;
    assert_eq!(body["status"], "incomplete");
    assert_eq!(body["incomplete_details"]["reason"], "max_output_tokens");
    assert_eq!(body["usage"]["output_tokens"], 16);
}

#[tokio::test]
async fn without_a_form_it_says_anything_and_it_reads_messages_too() {
    let sim = openai().await;
    sim.answers_text("Blue, mostly.");
    let input = json!([
        {"role": "user", "content": "The sky"},
        {"role": "user", "content": [{"type": "input_text", "text": " today?"}]},
    ]);
    let body = json!({"model": "gpt-4.1-2025-04-14", "input": input, "temperature": 0});
    let (status, body) = ask(&sim, body).await;
    assert_eq!(status, 200);
    assert_eq!(body["output"][0]["content"][0]["text"], "Blue, mostly.");
    assert_eq!(
        body["usage"],
        json!({
            "input_tokens": 4,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 4,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 8,
        })
    );
    let elsewhere = client().get(format!("{}/models", sim.base_url()));
    assert_eq!(send(elsewhere).await.0, 404);
}
