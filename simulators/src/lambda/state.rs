//! Where the runtime and the extensions of one environment stand.
//!
//! The rules: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>. What
//! that page leaves open (which call is refused when, and with which words) is as in AWS's own
//! emulator: <https://github.com/aws/aws-lambda-runtime-interface-emulator>.

use std::collections::BTreeMap;
use std::time::Instant;

use axum::body::Bytes;
use serde_json::Value;

use super::FunctionError;
use super::refused::Refused;

/// An environment takes this many extensions.
const MOST_EXTENSIONS: usize = 10;

/// One that asks for events: the runtime, or an extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Party {
    /// Has not asked for anything yet.
    #[default]
    Starting,
    /// Asked for the next event; there is none.
    Waiting,
    /// An event is there for it to fetch.
    Called,
    /// Has fetched the event.
    Working,
    /// The runtime only: has answered, and may still be busy.
    Answered,
}

#[derive(Debug)]
pub(super) struct Extension {
    pub name: String,
    /// Registered for INVOKE.
    pub on_invoke: bool,
    pub party: Party,
}

/// An invocation that the environment carries out.
#[derive(Clone, Debug)]
pub(super) struct Work {
    pub request_id: String,
    pub event: Bytes,
    /// When the environment is killed, in milliseconds since 1970.
    pub deadline_ms: u64,
    pub arn: String,
    pub trace: String,
}

/// What the runtime said, and when.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub result: Result<Value, FunctionError>,
    pub at: Instant,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub runtime: Party,
    pub extensions: BTreeMap<String, Extension>,
    pub work: Option<Work>,
    pub answer: Option<Answer>,
    /// Runtime or extension reported that it cannot go on.
    pub failed: Option<FunctionError>,
    /// How the process ended.
    pub exited: Option<String>,
    /// A test has killed it.
    pub killed: bool,
}

impl State {
    /// The environment is good for nothing any more.
    pub fn over(&self) -> bool {
        self.failed.is_some() || self.exited.is_some() || self.killed
    }

    /// Runtime and extensions have asked for the next event: the end of the init phase and of each
    /// invoke phase.
    pub fn ready(&self) -> bool {
        let waits = |party: Party| party == Party::Waiting;
        waits(self.runtime) && self.extensions.values().all(|it| waits(it.party))
    }

    /// Lets the runtime and the extensions registered for it have an invocation.
    pub fn call(&mut self, work: Work) {
        self.work = Some(work);
        self.answer = None;
        self.runtime = Party::Called;
        for extension in self.extensions.values_mut().filter(|it| it.on_invoke) {
            extension.party = Party::Called;
        }
    }

    /// The runtime asks for the next invocation.
    pub fn runtime_asks(&mut self) -> Result<(), Refused> {
        match self.runtime {
            Party::Starting | Party::Answered => self.runtime = Party::Waiting,
            // A client that lost its connection asks again.
            Party::Waiting | Party::Called => {}
            Party::Working => return Err(Refused::runtime_state("Running", "Ready")),
        }
        Ok(())
    }

    /// What the runtime may fetch, once.
    pub fn runtime_takes(&mut self) -> Option<Work> {
        if self.runtime != Party::Called {
            return None;
        }
        self.runtime = Party::Working;
        self.work.clone()
    }

    /// The runtime answers an invocation.
    pub fn answers(
        &mut self,
        request_id: &str,
        result: Result<Value, FunctionError>,
    ) -> Result<(), Refused> {
        if self.runtime != Party::Working {
            return Err(Refused::runtime_state("Ready", "InvocationResponse"));
        }
        if self
            .work
            .as_ref()
            .is_none_or(|it| it.request_id != request_id)
        {
            return Err(Refused::request_id());
        }
        self.runtime = Party::Answered;
        self.answer = Some(Answer {
            result,
            at: Instant::now(),
        });
        Ok(())
    }

    /// An extension registers. All are internal ones, which start with the runtime: they get no
    /// SHUTDOWN, and come before the runtime's first `next`.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html#runtimes-extensions-registration-api-a>
    pub fn register(&mut self, id: String, name: &str, events: &[String]) -> Result<(), Refused> {
        if let Some(event) = events.iter().find(|event| *event != "INVOKE") {
            return Err(Refused::event_type(event));
        }
        if self.runtime != Party::Starting {
            return Err(Refused::registration_closed());
        }
        if self.extensions.values().any(|it| it.name == name) {
            return Err(Refused::name_taken());
        }
        if self.extensions.len() >= MOST_EXTENSIONS {
            return Err(Refused::too_many_extensions(MOST_EXTENSIONS));
        }
        let extension = Extension {
            name: name.to_owned(),
            on_invoke: !events.is_empty(),
            party: Party::Starting,
        };
        self.extensions.insert(id, extension);
        Ok(())
    }

    /// An extension asks for the next event.
    pub fn extension_asks(&mut self, id: &str) -> Result<(), Refused> {
        let extension = self.extension(id)?;
        if extension.party != Party::Called {
            extension.party = Party::Waiting;
        }
        Ok(())
    }

    /// What an extension may fetch, once.
    pub fn extension_takes(&mut self, id: &str) -> Option<Work> {
        let extension = self.extensions.get_mut(id)?;
        if extension.party != Party::Called {
            return None;
        }
        extension.party = Party::Working;
        self.work.clone()
    }

    /// The extension of an identifier.
    pub fn extension(&mut self, id: &str) -> Result<&mut Extension, Refused> {
        self.extensions
            .get_mut(id)
            .ok_or_else(|| Refused::unknown_extension(id))
    }
}
