//! All SQL of leave, by what it is about.

mod absences;
mod actions;
mod allowances;
mod approvals;
mod entries;
mod given_back;
mod listing;
mod replies;
mod settings;

pub use absences::*;
pub use actions::*;
pub use allowances::*;
pub use approvals::*;
pub use entries::*;
pub use given_back::*;
pub use listing::*;
pub use replies::*;
pub use settings::*;
