//! The time, from a clock that tests can set.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is set.
    Manual(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// A clock that shows `now` until [`Clock::set`] is called.
    pub fn manual(now: Timestamp) -> Self {
        Self::Manual(Arc::new(Mutex::new(now)))
    }

    /// The present instant, in whole microseconds: PostgreSQL keeps no more,
    /// and what is written must equal what is read back.
    pub fn now(&self) -> Timestamp {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::Manual(at) => *at.lock().unwrap_or_else(PoisonError::into_inner),
        };
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Moves a manual clock; the system's clock is left alone.
    pub fn set(&self, now: Timestamp) {
        if let Self::Manual(at) = self {
            *at.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }
}
