//! What the tests stand on.

mod api;
mod asking;
#[allow(dead_code)] // the benchmark installs nothing
pub mod browser;
mod cable;
mod database;
mod deciding;
mod house;
mod http;
#[allow(dead_code)] // the benchmark keeps no logs
pub mod logs;
mod outside;
mod process;
#[allow(dead_code)] // the benchmark runs none
pub mod python;

pub use api::{Key, Request, code};
pub use cable::Cable;
pub use database::{Database, server};
#[allow(unused_imports)] // not in the benchmark
pub use deciding::{latest, messages};
#[allow(unused_imports)] // the benchmark shares this
pub use house::config;
pub use house::{House, MONDAY, OTHER, Plan, TEAM, id, slack_with_people};
pub use http::{Reply, exchange, post};
pub use outside::Outside;
pub use process::{Said, Server, timeoff};
