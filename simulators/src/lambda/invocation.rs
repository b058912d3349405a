//! What becomes of an invocation.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::sandbox::Environment;

/// An error of a function, or of Lambda in its place, as the caller gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// Such as `Runtime.ExitError`.
    pub error_type: String,
    /// What happened.
    pub error_message: String,
    /// Where, innermost first or last as the runtime likes it.
    pub stack_trace: Vec<String>,
}

impl FunctionError {
    pub(super) fn new(error_type: &str, error_message: impl Into<String>) -> Self {
        Self {
            error_type: error_type.to_owned(),
            error_message: error_message.into(),
            stack_trace: Vec::new(),
        }
    }
}

impl fmt::Display for FunctionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error_type, self.error_message)
    }
}

impl std::error::Error for FunctionError {}

/// How an environment came out of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Frozen, ready for the next.
    Free,
    /// Killed at the deadline.
    TimedOut,
    /// The process ended, or a test killed it, or nothing was started at all: why.
    Gone(String),
}

/// How long an invocation took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// From the start of the process until the response, where one was started for it.
    pub cold_start: Option<Duration>,
    /// From the call until the response or error.
    pub response: Duration,
    /// From the response until the environment was free, or gone.
    pub after: Duration,
    /// How it ended.
    pub end: End,
}

/// An invocation that has been answered. The environment may still be busy with it.
pub struct Invocation {
    /// Its id.
    pub request_id: String,
    /// The HTTP status of Lambda's `Invoke`: 200 also when the function failed, 413 for an event
    /// over 6 MB, 429 when all environments are busy.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>
    pub status: u16,
    /// What the runtime posted, or why there is nothing.
    pub answer: Result<Value, FunctionError>,
    /// From the start of the process until the response, where one was started for it.
    pub cold_start: Option<Duration>,
    /// From the call until the response or error.
    pub response_time: Duration,
    pub(super) environment: Option<Environment>,
    pub(super) end: watch::Receiver<Option<Times>>,
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation")
            .field("request_id", &self.request_id)
            .field("status", &self.status)
            .field("answer", &self.answer)
            .field("cold_start", &self.cold_start)
            .field("response_time", &self.response_time)
            .finish_non_exhaustive()
    }
}

impl Invocation {
    /// The response; null when the function failed.
    pub fn response(&self) -> &Value {
        self.answer.as_ref().unwrap_or(&Value::Null)
    }

    /// The error, if the function failed.
    pub fn error(&self) -> Option<&FunctionError> {
        self.answer.as_ref().err()
    }

    /// Whether a process was started for it.
    pub fn is_cold(&self) -> bool {
        self.cold_start.is_some()
    }

    /// The environment that it ran in. None: nothing could be started.
    pub fn environment(&self) -> Option<&Environment> {
        self.environment.as_ref()
    }

    /// Waits until runtime and extensions have asked for the next event and the environment is
    /// frozen, or until it is gone (at the latest at the deadline). What the function wrote until
    /// then is in [`Function::log`](super::Function::log).
    pub async fn when_free(&self) -> Times {
        let mut end = self.end.clone();
        let gone = || Times {
            cold_start: self.cold_start,
            response: self.response_time,
            after: Duration::ZERO,
            end: End::Gone("nobody carries the invocation out any more".to_owned()),
        };
        match end.wait_for(Option::is_some).await {
            Ok(times) => times.clone().unwrap_or_else(gone),
            Err(_) => gone(),
        }
    }
}
