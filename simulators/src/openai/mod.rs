//! A simulated OpenAI: its Responses API with the rules of strict structured outputs. What the
//! model answers, the test says beforehand; an answer that the schema forbids cannot be said, as
//! the real one cannot give it.
//!
//! The app calls [`OpenAiSim::base_url`].

mod api;
mod error;
mod request;
mod response;
mod schema;
mod state;

use std::net::SocketAddr;

use axum::response::Response;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::service::{Call, Core, Fault, Service};
use state::{Say, State};

/// How the simulated OpenAI is set up.
#[derive(Clone, Debug)]
pub struct OpenAiConfig {
    /// The one key that it knows.
    pub api_key: String,
    /// The models that the key may use.
    pub models: Vec<Model>,
    /// The time.
    pub clock: Clock,
}

impl Default for OpenAiConfig {
    fn default() -> Self {
        Self {
            api_key: "sk-pretend-0123456789".to_owned(),
            models: vec![
                Model::new("gpt-6-luna", "gpt-6-luna").reasoning(),
                Model::new("gpt-4.1", "gpt-4.1-2025-04-14"),
            ],
            clock: Clock::system(),
        }
    }
}

/// A model.
#[derive(Clone, Debug)]
pub struct Model {
    name: String,
    snapshot: String,
    reasons: bool,
}

impl Model {
    /// A model that does not reason. Answers name its snapshot.
    pub fn new(name: &str, snapshot: &str) -> Self {
        Self {
            name: name.to_owned(),
            snapshot: snapshot.to_owned(),
            reasons: false,
        }
    }

    /// A model that thinks before it answers: it takes `reasoning`, and no `temperature`.
    #[must_use]
    pub fn reasoning(mut self) -> Self {
        self.reasons = true;
        self
    }
}

/// The simulated OpenAI. Clones share their state.
#[derive(Clone)]
pub struct OpenAiSim {
    core: Core<OpenAi>,
}

struct OpenAi;

impl Service for OpenAi {
    const NAME: &'static str = "OpenAI";
    type State = State;

    fn trouble(status: axum::http::StatusCode) -> Response {
        error::trouble(status)
    }
}

impl OpenAiSim {
    /// An OpenAI whose model has nothing to say yet.
    pub fn new(config: OpenAiConfig) -> Self {
        let clock = config.clock.clone();
        Self {
            core: Core::new(State::new(config), clock),
        }
    }

    /// Serves on a free port of localhost.
    pub async fn start(&self) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        Ok(self.serve(listener)?.0)
    }

    /// Serves on a listener until the task is aborted or the runtime ends.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
        self.core.serve(listener, api::router(self.core.clone()))
    }

    /// What `https://api.openai.com/v1` is for the real one.
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.core.base_url())
    }

    /// The environment variables that make the app ask here.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let key = self.core.look(|state| state.config.api_key.clone());
        vec![
            ("OPENAI_API_KEY", key),
            ("OPENAI_BASE_URL", self.base_url()),
        ]
    }

    /// The model's next answer. Answers are given in the order in which they were said here.
    pub fn answers(&self, answer: Value) {
        self.say(Say::Answer(answer));
    }

    /// The next answer breaks the promise of its form: this text, whatever the schema.
    pub fn answers_text(&self, text: &str) {
        self.say(Say::Text(text.to_owned()));
    }

    /// The next time, the model refuses with these words.
    pub fn refuses(&self, words: &str) {
        self.say(Say::Refusal(words.to_owned()));
    }

    /// The next answer is stopped by the filter for harmful content.
    pub fn stops(&self) {
        self.say(Say::Stopped);
    }

    /// The next time, the model breaks down: the call succeeds and its response has failed.
    pub fn breaks_down(&self) {
        self.say(Say::Failure);
    }

    fn say(&self, say: Say) {
        self.core.change(|state| state.script.push_back(say));
    }

    /// Lets calls of a method (`responses.create`, or `*`) go wrong: `times` of them, or all
    /// until [`Self::clear_faults`].
    pub fn fault(&self, method: &str, fault: Fault, times: Option<u32>) {
        self.core.fault(method, fault, times);
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.core.clear_faults();
    }

    /// The calls so far, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.core.calls("*")
    }
}
