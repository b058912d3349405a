//! Trouble on request.

use std::time::Duration;

use serde_json::{Value, json};

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 500, and nothing is done.
    ServerError,
    /// 429 with this `Retry-After`, in seconds, and nothing is done.
    RateLimited(u32),
    /// The call is carried out, and its answer comes this much later.
    Slow(Duration),
    /// The connection closes before the call is carried out.
    Down,
    /// The call is carried out, and the connection closes before its answer.
    LoseAnswer,
}

impl Fault {
    /// Reads what the page sends.
    pub(super) fn parse(kind: &str) -> Option<Self> {
        Some(match kind {
            "500" => Self::ServerError,
            "429" => Self::RateLimited(30),
            // Longer than the app waits.
            "slow" => Self::Slow(Duration::from_secs(15)),
            "down" => Self::Down,
            "lose" => Self::LoseAnswer,
            _ => return None,
        })
    }

    fn kind(self) -> &'static str {
        match self {
            Self::ServerError => "500",
            Self::RateLimited(_) => "429",
            Self::Slow(_) => "slow",
            Self::Down => "down",
            Self::LoseAnswer => "lose",
        }
    }
}

/// The faults in force, in the order in which they were set.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Entry>);

#[derive(Debug)]
pub(super) struct Entry {
    pub method: String,
    pub fault: Fault,
    pub times: Option<u32>,
}

impl Faults {
    pub fn add(&mut self, method: &str, fault: Fault, times: Option<u32>) {
        self.0.push(Entry {
            method: method.to_owned(),
            fault,
            times,
        });
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault for one call, which counts against its number of times.
    pub fn take(&mut self, method: &str) -> Option<Fault> {
        let fits = |entry: &Entry| entry.method == method || entry.method == "*";
        let at = self.0.iter().position(fits)?;
        let entry = &mut self.0[at];
        let fault = entry.fault;
        if let Some(times) = &mut entry.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                self.0.remove(at);
            }
        }
        Some(fault)
    }

    pub fn to_json(&self) -> Value {
        self.0
            .iter()
            .map(|it| json!({"method": it.method, "kind": it.fault.kind(), "times": it.times}))
            .collect()
    }
}
