//! A workspace's calendar and account of Harvest: checked before they are saved, so that what
//! is saved works, and belongs to the people who save it.
//!
//! | an admin… | file |
//! |---|---|
//! | names a calendar, or none | `calendar.rs` |
//! | connects an account of Harvest, or none | `harvest.rs` |
//! | reads how both stand | `state.rs` |

pub mod calendar;
pub mod harvest;
mod state;

pub use calendar::{CheckedCalendar, check_calendar, save_calendar, turn_calendar_off};
pub use harvest::{CheckedHarvest, check_harvest, save_harvest, turn_harvest_off};
pub use state::{State, state, state_of};

use std::fmt;

use crate::clients::http::ServiceError;

/// Why something was not saved, in words for the person, and which field is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Beside which field the words belong.
    pub field: Field,
    /// What is wrong and what to do.
    pub words: String,
}

/// A field of what is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the fields explain themselves
pub enum Field {
    Calendar,
    HarvestToken,
    HarvestAccount,
    HarvestProject,
    HarvestVacationTask,
    HarvestSickTask,
}

impl Refused {
    fn new(field: Field, words: impl Into<String>) -> Self {
        Self {
            field,
            words: words.into(),
        }
    }

    /// The service did not answer as it should: nothing is known to be wrong with what was typed.
    fn unchecked(field: Field, error: &ServiceError) -> Self {
        let words = format!(
            "This could not be checked, so nothing was saved: {error}. Please try again later."
        );
        Self::new(field, words)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl std::error::Error for Refused {}
