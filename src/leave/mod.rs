//! The time-off domain: what a day is, asking for leave, deciding on it, taking it back.
//!
//! | a person… | file |
//! |---|---|
//! | types `/timeoff …` | `command.rs` |
//! | fills the form | `form.rs` |
//! | sees their request change | `request.rs` |
//! | is asked to decide | `asking.rs`, by the order in `approvers.rs` |
//! | approves or denies | `approvals.rs` |
//! | is reminded of what waits | `reminders.rs` |
//! | takes leave back | `cancel.rs` |
//! | looks who is off, or at their own leave | `overview.rs` |
//!
//! What a message means is `understanding/`. These stand on `work.rs` (the jobs that requests promise), `views.rs` and `words.rs` (what
//! people read), `store/` (all SQL), `policy.rs`, `visibility.rs` and `reminder_times.rs` (rules),
//! and on `days.rs` and `model.rs`, which need nothing.

pub mod approvals;
pub mod approvers;
pub mod asking;
pub mod cancel;
pub mod command;
pub mod days;
pub mod form;
pub mod model;
pub mod overview;
pub mod policy;
mod reminder_times;
pub mod reminders;
pub mod request;
pub mod store;
pub mod understanding;
pub mod views;
pub mod visibility;
pub mod words;
pub mod work;
