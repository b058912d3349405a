//! All SQL of leave, by what it is about.

mod absences;
mod actions;
mod approvals;
mod entries;
mod given_back;
mod leave_types;
mod listing;
mod replies;
mod settings;

pub use absences::*;
pub use actions::*;
pub use approvals::*;
pub use entries::*;
pub use given_back::*;
pub use leave_types::*;
pub use listing::*;
pub use replies::*;
pub use settings::*;
