//! All SQL of leave, by what it is about.

mod absences;
mod actions;
mod allowances;
mod approvals;
mod entries;
mod given_back;
mod leave_types;
mod listing;
mod notifications;
mod replies;
mod settings;
mod status;

pub use absences::*;
pub use actions::*;
pub use allowances::*;
pub use approvals::*;
pub use entries::*;
pub use given_back::*;
pub use leave_types::*;
pub use listing::*;
pub use notifications::*;
pub use replies::*;
pub use settings::*;
pub use status::*;
