//! Trouble on request: what Slack's side of the network can do to an app.

use std::time::Duration;

use serde_json::{Value, json};

/// What goes wrong with a matching call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Slack answers `{"ok": false, "error": …}`.
    Error(String),
    /// Slack answers 429 with this `Retry-After`, in seconds.
    ///
    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    RateLimited(u64),
    /// Slack answers 500; towards the app: as if a proxy in front of it had answered 500.
    ServerError,
    /// The call is carried out, and its answer comes this much later.
    Slow(Duration),
    /// The connection closes before the call is carried out.
    Drop,
    /// The call is carried out, and the connection closes before its answer.
    LoseAnswer,
}

impl Fault {
    /// Reads the form of `POST /sim/faults`.
    pub(crate) fn parse(kind: &str, value: &str) -> Option<Self> {
        Some(match kind {
            "error" => Self::Error(if value.is_empty() {
                "internal_error".to_owned()
            } else {
                value.to_owned()
            }),
            "429" => Self::RateLimited(value.parse().unwrap_or(1)),
            "500" => Self::ServerError,
            "slow" => Self::Slow(Duration::from_millis(value.parse().unwrap_or(5000))),
            "drop" => Self::Drop,
            "lose" => Self::LoseAnswer,
            _ => return None,
        })
    }

    fn kind_and_value(&self) -> (&'static str, String) {
        match self {
            Self::Error(code) => ("error", code.clone()),
            Self::RateLimited(seconds) => ("429", seconds.to_string()),
            Self::ServerError => ("500", String::new()),
            Self::Slow(delay) => ("slow", delay.as_millis().to_string()),
            Self::Drop => ("drop", String::new()),
            Self::LoseAnswer => ("lose", String::new()),
        }
    }
}

/// The faults in force, in the order in which they were set.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    method: String,
    fault: Fault,
    times: Option<u32>,
}

impl Faults {
    pub fn add(&mut self, method: &str, fault: Fault, times: Option<u32>) {
        self.entries.push(Entry {
            method: method.to_owned(),
            fault,
            times,
        });
    }

    pub fn clear(&mut self, method: Option<&str>) {
        match method {
            None | Some("*") => self.entries.clear(),
            Some(method) => self.entries.retain(|entry| entry.method != method),
        }
    }

    /// The fault for one call, which counts against its number of times. `*` matches every
    /// method of Slack's, not the requests towards the app.
    pub fn take(&mut self, method: &str) -> Option<Fault> {
        let at = self
            .entries
            .iter()
            .position(|entry| entry.method == method || (entry.method == "*" && method != "app"))?;
        let entry = &mut self.entries[at];
        let fault = entry.fault.clone();
        if let Some(times) = &mut entry.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.entries.remove(at);
            }
        }
        Some(fault)
    }

    pub fn to_json(&self) -> Value {
        self.entries
            .iter()
            .map(|entry| {
                let (kind, value) = entry.fault.kind_and_value();
                json!({"method": entry.method, "kind": kind, "value": value, "times": entry.times})
            })
            .collect()
    }
}
