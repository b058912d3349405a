//! What people do, and what they see.

mod approvals;
mod audit;
mod cancel;
mod commands;
mod days;
mod denial;
mod escalation;
mod form;
mod form_refusals;
mod home;
mod late_presses;
mod midnight;
mod one_message;
mod people;
mod rate_limit;
mod reminders;
mod request;
mod sync;
mod sync_cancel;
mod sync_interrupted;
mod trouble;
mod two_tabs;
mod unreachable;
mod who;
mod who_approves;
