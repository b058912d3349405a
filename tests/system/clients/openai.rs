//! OpenAI's Responses API.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use simulators::openai::{OpenAiConfig, OpenAiSim};
use simulators::service::Fault;
use timeoff::clients::openai::{OpenAi, OpenAiError, Question, Usage};
use timeoff::platform::config::TimeLimits;

use super::logs::{logged, own_lines};
use super::{LIMITS, SLOW, configured};

const METHOD: &str = "responses.create";

#[derive(Debug, PartialEq, Deserialize)]
struct Colour {
    colour: String,
}

fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": ["red", "blue"]}},
        "required": ["colour"],
        "additionalProperties": false,
    })
}

fn question(schema: &Value) -> Question<'_> {
    Question {
        name: "colour",
        instructions: "PLANTED-INSTRUCTIONS",
        input: "PLANTED-INPUT",
        schema,
        most_output_tokens: 1000,
    }
}

/// A client of this simulator, with other variables beside or instead of the usual ones.
pub fn client(sim: &OpenAiSim, limits: TimeLimits, other: &[(&'static str, &str)]) -> OpenAi {
    let mut variables = sim.environment();
    variables.extend(
        other
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    let mut config = configured(variables).unwrap().openai.unwrap();
    assert_eq!(config.time_limits.whole, Duration::from_secs(20));
    config.time_limits = limits;
    OpenAi::new(config)
}

async fn setup() -> (OpenAiSim, OpenAi) {
    let sim = OpenAiSim::new(OpenAiConfig::default());
    sim.start().await.unwrap();
    let client = client(&sim, LIMITS, &[]);
    (sim, client)
}

async fn error(openai: &OpenAi) -> OpenAiError {
    openai.ask::<Colour>(question(&schema())).await.unwrap_err()
}

#[tokio::test]
async fn a_question_gets_an_answer_in_its_form_and_its_price() {
    let (sim, openai) = setup().await;
    sim.answers(json!({"colour": "blue"}));
    let schema = schema();
    let answered = openai.ask::<Colour>(question(&schema)).await.unwrap();
    assert_eq!(answered.answer.colour, "blue");
    let usage = answered.usage.unwrap();
    assert_eq!(
        usage,
        Usage {
            input_tokens: 9,
            cached_input_tokens: 0,
            cache_write_tokens: 0,
            output_tokens: 197,
        }
    );
    let dollars = answered.cost_usd.unwrap();
    assert!(
        (dollars - (9.0 * 0.10 + 197.0 * 0.50) / 1e6).abs() < 1e-12,
        "{dollars}"
    );

    let calls = sim.calls();
    assert_eq!(calls.len(), 1);
    insta::assert_snapshot!(serde_json::to_string_pretty(&calls[0].body).unwrap(), @r#"
    {
      "input": "PLANTED-INPUT",
      "instructions": "PLANTED-INSTRUCTIONS",
      "max_output_tokens": 1000,
      "model": "gpt-6-luna",
      "prompt_cache_key": "colour",
      "reasoning": {
        "effort": "low"
      },
      "store": false,
      "text": {
        "format": {
          "name": "colour",
          "schema": {
            "additionalProperties": false,
            "properties": {
              "colour": {
                "enum": [
                  "red",
                  "blue"
                ],
                "type": "string"
              }
            },
            "required": [
              "colour"
            ],
            "type": "object"
          },
          "strict": true,
          "type": "json_schema"
        }
      }
    }
    "#);
}

#[tokio::test]
async fn instructions_that_openai_has_seen_cost_less() {
    let (sim, openai) = setup().await;
    let schema = schema();
    let long = "Say which colour it is. ".repeat(300);
    let question = Question {
        instructions: &long,
        ..question(&schema)
    };
    let mut costs = Vec::new();
    for _ in 0..2 {
        sim.answers(json!({"colour": "red"}));
        let answered = openai.ask::<Colour>(question).await.unwrap();
        costs.push((answered.usage.unwrap(), answered.cost_usd.unwrap()));
    }
    assert_eq!(costs[0].0.cache_write_tokens, 1792);
    assert_eq!(costs[1].0.cached_input_tokens, 1792);
    assert!(costs[1].1 < costs[0].1 * 0.5, "{costs:?}");
}

#[tokio::test]
async fn a_model_that_does_not_reason_is_not_told_how_much_it_should() {
    let (sim, _) = setup().await;
    let openai = client(&sim, LIMITS, &[("AI_MODEL", "gpt-4.1")]);
    sim.answers(json!({"colour": "red"}));
    let answered = openai.ask::<Colour>(question(&schema())).await.unwrap();
    assert_eq!(answered.answer.colour, "red");
    assert!(answered.cost_usd.is_some());
}

#[tokio::test]
async fn a_model_without_a_known_price_costs_nobody_knows_what() {
    let sim = OpenAiSim::new(OpenAiConfig {
        models: vec![simulators::openai::Model::new("llama", "llama")],
        ..OpenAiConfig::default()
    });
    sim.start().await.unwrap();
    let openai = client(&sim, LIMITS, &[("AI_MODEL", "llama")]);
    sim.answers(json!({"colour": "red"}));
    let schema = schema();
    let (answered, log) = logged(openai.ask::<Colour>(question(&schema))).await;
    assert_eq!(answered.unwrap().cost_usd, None);
    assert!(log.contains("gen_ai.usage.output_tokens=4"), "{log}");
    assert!(!log.contains("cost_usd"), "{log}");
}

#[tokio::test]
async fn every_way_to_fail_is_an_error_after_one_call() {
    let (sim, openai) = setup().await;
    let mut errors = Vec::new();
    for fault in [
        Fault::ServerError,
        Fault::RateLimited(1),
        Fault::Slow(SLOW),
        Fault::Down,
        Fault::LoseAnswer,
    ] {
        sim.answers(json!({"colour": "red"}));
        sim.fault(METHOD, fault, Some(1));
        errors.push(format!("{fault:?}: {}", error(&openai).await));
    }
    assert_eq!(sim.calls().len(), 5, "nothing is repeated");

    let (sim, openai) = setup().await;
    sim.refuses("PLANTED-REFUSAL");
    errors.push(error(&openai).await.to_string());
    sim.stops();
    errors.push(error(&openai).await.to_string());
    sim.breaks_down();
    errors.push(error(&openai).await.to_string());
    for text in ["", "{\"colour\":", "red", "[]", "{\"colour\": 7}"] {
        sim.answers_text(text);
        assert_eq!(error(&openai).await, OpenAiError::Unreadable, "{text}");
    }
    sim.answers(json!({"colour": "red"}));
    let schema = schema();
    let short = Question {
        most_output_tokens: 100,
        ..question(&schema)
    };
    let stopped = openai.ask::<Colour>(short).await.unwrap_err();
    errors.push(stopped.to_string());

    let elsewhere = format!("{}/other", sim.base_url());
    for (name, value) in [
        ("OPENAI_API_KEY", "sk-PLANTED"),
        ("AI_MODEL", "gpt-9"),
        ("OPENAI_BASE_URL", elsewhere.as_str()),
        ("OPENAI_BASE_URL", "http://127.0.0.1:1/v1"),
    ] {
        let other = client(&sim, LIMITS, &[(name, value)]);
        errors.push(error(&other).await.to_string());
    }
    insta::assert_snapshot!(errors.join("\n"), @"
    ServerError: OpenAI answered 500 (server_error)
    RateLimited(1): OpenAI answered 429 (rate_limit_exceeded)
    Slow(2.5s): OpenAI did not answer within 1 s
    Down: OpenAI closed the connection before it answered
    LoseAnswer: OpenAI closed the connection before it answered
    the model refused to answer
    the model did not finish its answer (content_filter)
    the model failed (server_error)
    the model did not finish its answer (max_output_tokens)
    OpenAI answered 401 (invalid_api_key)
    OpenAI answered 400 (model_not_found)
    OpenAI answered 404 (invalid_request_error)
    OpenAI could not be reached: Connection refused
    ");
}

#[tokio::test]
async fn a_form_that_is_not_strict_enough_is_declined() {
    let (sim, openai) = setup().await;
    sim.answers(json!({"colour": "red"}));
    let mut loose = schema();
    loose
        .as_object_mut()
        .unwrap()
        .remove("additionalProperties");
    let declined = openai.ask::<Colour>(question(&loose)).await;
    assert_eq!(
        declined,
        Err(OpenAiError::Declined {
            status: 400,
            code: Some("invalid_json_schema".to_owned())
        })
    );
}

#[tokio::test]
async fn a_trace_has_the_figures_and_nothing_else() {
    let (sim, openai) = setup().await;
    sim.answers(json!({"colour": "blue"}));
    let schema = schema();
    let (_, answered) = logged(openai.ask::<Colour>(question(&schema))).await;
    sim.refuses("PLANTED-REFUSAL");
    let (_, refused) = logged(openai.ask::<Colour>(question(&schema))).await;
    sim.answers_text("PLANTED-ANSWER");
    let (_, odd) = logged(openai.ask::<Colour>(question(&schema))).await;
    let wrong_key = client(&sim, LIMITS, &[("OPENAI_API_KEY", "sk-PLANTED")]);
    let (_, declined) = logged(wrong_key.ask::<Colour>(question(&schema))).await;
    sim.fault(METHOD, Fault::Slow(SLOW), Some(1));
    let (_, late) = logged(openai.ask::<Colour>(question(&schema))).await;
    let all = [answered, refused, odd, declined, late].join("");
    let key = &sim.environment()[0].1;
    assert!(!all.contains("PLANTED") && !all.contains(key), "{all}");
    assert!(!all.contains("blue"), "{all}");
    insta::assert_snapshot!(own_lines(&all), @r#"
    INFO chat{otel.kind="client" otel.name=chat gpt-6-luna gen_ai.operation.name="chat" gen_ai.provider.name="openai" gen_ai.request.model="gpt-6-luna" question="colour" gen_ai.response.model="gpt-6-luna" gen_ai.usage.input_tokens=9 gen_ai.usage.cache_read.input_tokens=0 gen_ai.usage.output_tokens=197 cost_usd=9.94e-5 latency_ms=… outcome="answered"}: timeoff::clients::openai: a model was asked
    WARN chat{otel.kind="client" otel.name=chat gpt-6-luna gen_ai.operation.name="chat" gen_ai.provider.name="openai" gen_ai.request.model="gpt-6-luna" question="colour" gen_ai.response.model="gpt-6-luna" gen_ai.usage.input_tokens=9 gen_ai.usage.cache_read.input_tokens=0 gen_ai.usage.output_tokens=196 cost_usd=9.89e-5 latency_ms=… outcome="refused" otel.status_code="ERROR"}: timeoff::clients::openai: a model was asked in vain error=the model refused to answer
    WARN chat{otel.kind="client" otel.name=chat gpt-6-luna gen_ai.operation.name="chat" gen_ai.provider.name="openai" gen_ai.request.model="gpt-6-luna" question="colour" gen_ai.response.model="gpt-6-luna" gen_ai.usage.input_tokens=9 gen_ai.usage.cache_read.input_tokens=0 gen_ai.usage.output_tokens=196 cost_usd=9.89e-5 latency_ms=… outcome="unreadable" otel.status_code="ERROR"}: timeoff::clients::openai: a model was asked in vain error=the model's answer cannot be read
    WARN chat{otel.kind="client" otel.name=chat gpt-6-luna gen_ai.operation.name="chat" gen_ai.provider.name="openai" gen_ai.request.model="gpt-6-luna" question="colour" latency_ms=… outcome="declined" otel.status_code="ERROR"}: timeoff::clients::openai: a model was asked in vain error=OpenAI answered 401 (invalid_api_key)
    WARN chat{otel.kind="client" otel.name=chat gpt-6-luna gen_ai.operation.name="chat" gen_ai.provider.name="openai" gen_ai.request.model="gpt-6-luna" question="colour" latency_ms=… outcome="no_answer" otel.status_code="ERROR"}: timeoff::clients::openai: a model was asked in vain error=OpenAI did not answer within 1 s
    "#);
}
