//! The time as the simulated services see it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// Gives message timestamps, event times and request signatures their time.
///
/// A manual clock stands still until a test moves it. Deadlines (the 3 seconds for an answer and
/// for a trigger) do not follow it: they are about real waiting.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<Mutex<Timestamp>>>,
}

impl Clock {
    /// Follows the machine's clock.
    pub fn system() -> Self {
        Self::default()
    }

    /// Stands at `now` until [`Clock::set`] or [`Clock::advance`].
    pub fn manual(now: Timestamp) -> Self {
        Self {
            manual: Some(Arc::new(Mutex::new(now))),
        }
    }

    /// The present time.
    pub fn now(&self) -> Timestamp {
        match &self.manual {
            Some(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
            None => Timestamp::now(),
        }
    }

    /// Moves a manual clock; a system clock is not moved.
    pub fn set(&self, now: Timestamp) {
        if let Some(time) = &self.manual {
            *time.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }

    /// Moves a manual clock by `step`.
    pub fn advance(&self, step: SignedDuration) {
        if let Ok(now) = self.now().checked_add(step) {
            self.set(now);
        }
    }
}
