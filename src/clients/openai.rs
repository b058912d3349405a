//! OpenAI's Responses API: a question, and an answer in the form that the question prescribes.
//!
//! <https://developers.openai.com/api/reference/resources/responses/methods/create>
//!
//! Requests and answers have the types of `async-openai`. They travel over [`Http`] like every
//! other call: the crate's own client repeats calls by itself, and logs bodies that it cannot read.

mod prices;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use async_openai::types::responses::{
    CreateResponse, InputParam, OutputItem, OutputMessageContent, Reasoning, ReasoningEffort,
    ResponseFormatJsonSchema, ResponseTextParam, ResponseUsage, Status,
    TextResponseFormatConfiguration,
};
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info, info_span, warn};
use url::Url;

use super::http::{Http, Service, ServiceError};
use crate::platform::config::{OpenAiConfig, Secret};

/// A model at OpenAI, or at a service that speaks like it. Cheap to clone; nothing is connected,
/// and no TLS root loaded, before the first question.
#[derive(Clone)]
pub struct OpenAi {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    url: Url,
    key: Secret,
    model: String,
}

/// What a model is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The name of the answer's form, in `a-z`, `0-9`, `_` and `-`. It also groups questions of a
    /// kind at OpenAI, so that it finds the instructions that it knows already.
    pub name: &'static str,
    /// What to do. It should be the same for every question of a kind.
    pub instructions: &'a str,
    /// What to do it with.
    pub input: &'a str,
    /// The form of the answer: a strict JSON schema, in which every property is required and no
    /// other is allowed.
    pub schema: &'a Value,
    /// The longest answer, with what the model thinks before it.
    pub most_output_tokens: u32,
}

/// How many tokens a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Everything that was sent.
    pub input_tokens: u32,
    /// What of it OpenAI had seen shortly before, which costs less.
    pub cached_input_tokens: u32,
    /// What of it OpenAI keeps for the next time, which costs more.
    pub cache_write_tokens: u32,
    /// The answer, with what the model thought before it.
    pub output_tokens: u32,
}

impl From<ResponseUsage> for Usage {
    fn from(usage: ResponseUsage) -> Self {
        let written = usage.input_tokens_details.cache_write_tokens;
        Self {
            input_tokens: usage.input_tokens,
            cached_input_tokens: usage.input_tokens_details.cached_tokens,
            cache_write_tokens: written.and_then(|n| n.try_into().ok()).unwrap_or_default(),
            output_tokens: usage.output_tokens,
        }
    }
}

/// What a model answered, and what that took.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered<T> {
    /// The answer.
    pub answer: T,
    /// The tokens, if the service counted them.
    pub usage: Option<Usage>,
    /// US dollars, if the model's price is known.
    pub cost_usd: Option<f64>,
}

/// Why there is no answer. Fit for the log: nothing secret, nothing that was sent or answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenAiError {
    /// There was no answer over HTTP, or it was cut off.
    NoAnswer(ServiceError),
    /// The service answered with an error.
    Declined {
        /// The HTTP status.
        status: u16,
        /// OpenAI's word for it, such as `insufficient_quota`.
        code: Option<String>,
    },
    /// The model does not want to.
    Refused,
    /// The model was stopped in the middle of its answer, for this reason.
    Incomplete(Option<String>),
    /// The model broke down, with this word.
    Failed(Option<String>),
    /// The answer is not what the Responses API gives, or not in the form of the question.
    Unreadable,
}

impl OpenAiError {
    /// A word for each kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoAnswer(_) => "no_answer",
            Self::Declined { .. } => "declined",
            Self::Refused => "refused",
            Self::Incomplete(_) => "incomplete",
            Self::Failed(_) => "failed",
            Self::Unreadable => "unreadable",
        }
    }
}

impl fmt::Display for OpenAiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let with = |f: &mut fmt::Formatter<'_>, what: &str, word: Option<&String>| match word {
            Some(word) => write!(f, "{what} ({word})"),
            None => f.write_str(what),
        };
        match self {
            Self::NoAnswer(error) => error.fmt(f),
            Self::Declined { status, code } => {
                with(f, &format!("OpenAI answered {status}"), code.as_ref())
            }
            Self::Refused => f.write_str("the model refused to answer"),
            Self::Incomplete(why) => with(f, "the model did not finish its answer", why.as_ref()),
            Self::Failed(why) => with(f, "the model failed", why.as_ref()),
            Self::Unreadable => f.write_str("the model's answer cannot be read"),
        }
    }
}

impl std::error::Error for OpenAiError {}

/// What the Responses API answers, as far as it matters here. Its parts are read one by one: a
/// kind of output that nobody here has heard of must not spoil the rest.
#[derive(Deserialize)]
struct Body {
    status: Status,
    model: Option<String>,
    #[serde(default)]
    output: Vec<Value>,
    usage: Option<Value>,
    incomplete_details: Option<Value>,
    error: Option<Value>,
}

impl OpenAi {
    /// The configured model.
    pub fn new(config: OpenAiConfig) -> Self {
        let mut url = config.base_url;
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("responses");
        }
        Self {
            inner: Arc::new(Inner {
                http: Http::new(config.time_limits),
                url,
                key: config.api_key,
                model: config.model,
            }),
        }
    }

    /// Asks once, within the configured time: nothing is repeated. Each call is traced, with the
    /// names of OpenTelemetry's conventions for generative AI, and without a word of the question
    /// or the answer.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        question: Question<'_>,
    ) -> Result<Answered<T>, OpenAiError> {
        let span = info_span!(
            "chat",
            otel.kind = "client",
            otel.name = %format_args!("chat {}", self.inner.model),
            otel.status_code = Empty,
            gen_ai.operation.name = "chat",
            gen_ai.provider.name = "openai",
            gen_ai.request.model = self.inner.model,
            gen_ai.response.model = Empty,
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.cache_read.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            question = question.name,
            latency_ms = Empty,
            cost_usd = Empty,
            outcome = Empty,
        );
        self.ask_traced(question).instrument(span).await
    }

    async fn ask_traced<T: DeserializeOwned>(
        &self,
        question: Question<'_>,
    ) -> Result<Answered<T>, OpenAiError> {
        let begun = Instant::now();
        let mut spent = (None, None);
        let answer = match self.send(question).await {
            Ok(body) => {
                spent = self.spent(&body);
                body.answer()
            }
            Err(error) => Err(error),
        };
        let span = Span::current();
        let latency = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        span.record("latency_ms", latency);
        match answer {
            Ok(answer) => {
                span.record("outcome", "answered");
                info!("a model was asked");
                let (usage, cost_usd) = spent;
                Ok(Answered {
                    answer,
                    usage,
                    cost_usd,
                })
            }
            Err(error) => {
                span.record("outcome", error.kind());
                span.record("otel.status_code", "ERROR");
                warn!(%error, "a model was asked in vain");
                Err(error)
            }
        }
    }

    async fn send(&self, question: Question<'_>) -> Result<Body, OpenAiError> {
        let inner = &self.inner;
        let request = self.request(question);
        let sent = inner
            .http
            .send(
                Service::OpenAi,
                Method::POST,
                inner.url.clone(),
                "/responses",
                |http| http.bearer_auth(inner.key.expose()).json(&request),
            )
            .await;
        let answer = sent.map_err(OpenAiError::NoAnswer)?;
        let status = answer.status;
        let body = answer.into_body();
        if !status.is_success() {
            return Err(OpenAiError::Declined {
                status: status.as_u16(),
                code: error_code(&body),
            });
        }
        serde_json::from_slice(&body).map_err(|_| OpenAiError::Unreadable)
    }

    fn request(&self, question: Question<'_>) -> CreateResponse {
        let model = &self.inner.model;
        let reasons = prices::model(model).is_some_and(|model| model.reasons);
        CreateResponse {
            model: Some(model.clone()),
            instructions: Some(question.instructions.to_owned()),
            input: InputParam::Text(question.input.to_owned()),
            text: Some(ResponseTextParam {
                format: TextResponseFormatConfiguration::JsonSchema(ResponseFormatJsonSchema {
                    name: question.name.to_owned(),
                    schema: question.schema.clone(),
                    strict: Some(true),
                    description: None,
                }),
                verbosity: None,
            }),
            // A model that does not reason refuses to be told how much it should.
            reasoning: reasons.then(|| Reasoning::from(ReasoningEffort::Low)),
            max_output_tokens: Some(question.most_output_tokens),
            prompt_cache_key: Some(question.name.to_owned()),
            // Nothing has to be looked up there later.
            store: Some(false),
            ..CreateResponse::default()
        }
    }

    /// The tokens and the dollars, which the trace gets too.
    fn spent(&self, body: &Body) -> (Option<Usage>, Option<f64>) {
        let span = Span::current();
        let answered_by = body.model.as_deref().and_then(word);
        if let Some(model) = &answered_by {
            span.record("gen_ai.response.model", model);
        }
        let usage = body
            .usage
            .clone()
            .and_then(|usage| serde_json::from_value::<ResponseUsage>(usage).ok())
            .map(Usage::from);
        let Some(usage) = usage else {
            return (None, None);
        };
        span.record("gen_ai.usage.input_tokens", usage.input_tokens);
        span.record(
            "gen_ai.usage.cache_read.input_tokens",
            usage.cached_input_tokens,
        );
        span.record("gen_ai.usage.output_tokens", usage.output_tokens);
        let model = answered_by.as_ref().unwrap_or(&self.inner.model);
        let cost = prices::model(model).map(|model| model.cost(&usage));
        if let Some(cost) = cost {
            span.record("cost_usd", cost);
        }
        (Some(usage), cost)
    }
}

impl Body {
    fn answer<T: DeserializeOwned>(self) -> Result<T, OpenAiError> {
        match self.status {
            Status::Completed => {}
            Status::Incomplete => {
                let why = self.incomplete_details.as_ref();
                return Err(OpenAiError::Incomplete(why.and_then(|it| at(it, "reason"))));
            }
            Status::Failed => {
                let why = self.error.as_ref();
                return Err(OpenAiError::Failed(why.and_then(|it| at(it, "code"))));
            }
            _ => return Err(OpenAiError::Unreadable),
        }
        let mut text = String::new();
        for item in self.output {
            let Ok(OutputItem::Message(message)) = serde_json::from_value(item) else {
                continue;
            };
            for content in message.content {
                match content {
                    OutputMessageContent::OutputText(part) => text.push_str(&part.text),
                    OutputMessageContent::Refusal(_) => return Err(OpenAiError::Refused),
                }
            }
        }
        serde_json::from_str(&text).map_err(|_| OpenAiError::Unreadable)
    }
}

/// `{"error": {"code", "type"}}`.
fn error_code(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let error = body.get("error")?;
    at(error, "code").or_else(|| at(error, "type"))
}

fn at(object: &Value, key: &str) -> Option<String> {
    word(object.get(key)?.as_str()?)
}

/// A word that a machine chose. Sentences are not repeated: they may quote what was sent.
fn word(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
    (!text.is_empty() && text.len() <= 64 && text.chars().all(fits)).then(|| text.to_owned())
}
