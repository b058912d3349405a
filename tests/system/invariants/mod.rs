//! What must always hold, and attempts to break it.

mod ack;
mod crash;
mod database;
mod doors;
mod fuzz;
mod jobs;
mod limits;
mod once;
pub(crate) mod payloads;
mod rotation;
mod states;
mod sync_crash;
mod sync_states;
mod tenants;
mod trouble;
