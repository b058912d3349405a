//! The time-off domain: what a day is, asking for leave, deciding on it, taking it back.
//!
//! | a person… | file |
//! |---|---|
//! | types `/timeoff …` | `command.rs` |
//! | fills the form | `form.rs` |
//! | sees their request change | `request.rs` |
//! | approves or denies | `approvals.rs`, by the order in `approvers.rs` |
//! | is reminded of what waits | `reminders.rs` |
//! | takes leave back | `cancel.rs` |
//! | looks who is off, or at their own leave | `overview.rs` |

pub mod approvals;
pub mod approvers;
pub mod cancel;
pub mod command;
pub mod days;
pub mod form;
pub mod model;
pub mod overview;
pub mod policy;
pub mod reminders;
pub mod request;
pub mod store;
pub mod views;
pub mod visibility;
pub mod words;
