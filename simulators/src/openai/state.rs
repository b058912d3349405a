//! What the simulated OpenAI knows: what its model will say, and which instructions it has seen.

use std::collections::{HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::OpenAiConfig;
use super::request::Request;
use crate::service::Kept;

/// What the model does the next time it is asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Say {
    Answer(Value),
    Text(String),
    Refusal(String),
    Stopped,
    Failure,
}

pub(super) struct State {
    pub config: OpenAiConfig,
    pub script: VecDeque<Say>,
    pub asked: Asked,
}

/// What was asked so far.
#[derive(Default)]
pub(super) struct Asked {
    seen: HashSet<String>,
    number: u64,
}

/// Tokens of a request.
pub(super) struct Input {
    pub tokens: usize,
    pub cached: usize,
    pub written: usize,
}

/// Prompts are cached from this length on, in steps of this many tokens.
///
/// <https://developers.openai.com/api/docs/guides/prompt-caching>
const CACHED_FROM: usize = 1024;
const CACHED_IN_STEPS_OF: usize = 128;

impl State {
    pub fn new(config: OpenAiConfig) -> Self {
        Self {
            config,
            script: VecDeque::new(),
            asked: Asked::default(),
        }
    }
}

impl Asked {
    /// The number of this response.
    pub fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// The beginning of a prompt that was seen before is cheaper.
    pub fn count_input(&mut self, request: &Request<'_>) -> Input {
        let beginning = tokens(request.instructions);
        let cacheable = if beginning < CACHED_FROM {
            0
        } else {
            beginning - beginning % CACHED_IN_STEPS_OF
        };
        let key = format!("{} {}", request.model.name, request.instructions);
        let known = !self.seen.insert(key);
        Input {
            tokens: beginning + tokens(&request.input),
            cached: if known { cacheable } else { 0 },
            written: if known { 0 } else { cacheable },
        }
    }
}

/// About four characters each.
pub(super) fn tokens(text: &str) -> usize {
    text.chars().count().div_ceil(4)
}

impl Kept for State {
    fn save(&self) -> serde_json::Result<Value> {
        serde_json::to_value(&self.script)
    }

    fn load(&mut self, kept: Value) -> serde_json::Result<()> {
        self.script = serde_json::from_value(kept)?;
        Ok(())
    }
}
