//! What people do, and what they see.

mod cancel;
mod commands;
mod days;
mod form;
mod form_refusals;
mod home;
mod midnight;
mod one_message;
mod rate_limit;
mod request;
mod trouble;
mod two_tabs;
mod who;
