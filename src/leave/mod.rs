//! The time-off domain: what a day is, asking for leave, deciding on it, taking it back.
//!
//! | a person… | file |
//! |---|---|
//! | types `/timeoff …` | `command.rs` |
//! | writes in the leave channel | `channel/`, which reads with `understanding/` |
//! | fills the form | `form.rs` |
//! | sees their request change | `request.rs` |
//! | is asked to decide | `asking.rs`, by the order in `approvers.rs` |
//! | approves or denies | `approvals.rs` |
//! | is reminded of what waits | `reminders.rs` |
//! | takes leave back | `cancel.rs` |
//! | reads in a channel who is off, or that leave was approved | `digest/`, `announcement.rs` |
//! | is reminded that their leave begins | `day_before.rs` |
//! | shows their leave as their Slack status | `status/` |
//! | finds it in the calendar and the time sheet, or tries that again | `sync/` |
//! | looks who is off, or at their own leave | `overview.rs` |
//! | sees how much leave is left | `balance.rs` |
//! | lists everybody's leave, as an admin | `listing.rs` |
//!
//! What a message means is `understanding/`. These stand on `work.rs` (the jobs that requests promise), `views.rs` and `words.rs` (what
//! people read), `store/` (all SQL), `periods.rs`, `policy.rs`, `visibility.rs` and `reminder_times.rs` (rules), `follow.rs` (what follows
//! approved leave), `posting.rs` (posting to a channel), `outcome_words.rs` (how leave stands at other services), and on `days.rs`, `entries.rs`,
//! `notified.rs` and `model.rs`, which need nothing.

pub mod announcement;
pub mod approvals;
pub mod approvers;
pub mod asking;
pub mod balance;
pub mod cancel;
pub mod channel;
pub mod command;
pub mod day_before;
pub mod days;
pub mod digest;
pub mod entries;
pub mod follow;
pub mod form;
pub mod listing;
pub mod model;
pub mod notified;
pub mod outcome_words;
pub mod overview;
mod periods;
pub mod policy;
mod posting;
mod reminder_times;
pub mod reminders;
pub mod request;
pub mod status;
pub mod store;
pub mod sync;
pub mod understanding;
pub mod views;
pub mod visibility;
pub mod words;
pub mod work;
