//! The system from outside: real PostgreSQL, real HTTP, real signatures, a Slack that behaves
//! like Slack. Stories say what people do and see; invariants try to break what must hold.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot go on says so
#![allow(clippy::large_futures)] // a whole app is in some

mod api;
mod clients;
mod command_line;
mod deployment;
mod functions;
mod invariants;
mod load;
mod migrations;
mod peer;
mod stories;
mod support;
mod traces;
