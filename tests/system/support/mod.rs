//! What the tests stand on.

mod asking;
mod database;
mod house;

pub use database::Database;
pub use house::{House, Plan, TEAM, config, id, slack_with_people};
