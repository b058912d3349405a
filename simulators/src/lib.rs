//! Services that the time-off system talks to, simulated in this process.
//!
//! Each simulator holds real state behind the real service's HTTP interface, so that story tests
//! and the playground exercise the app through the same requests as production does.

mod assets;
mod cable;
mod clock;
pub mod google_calendar;
pub mod harvest;
pub mod lambda;
mod listener;
pub mod openai;
pub mod rds;
pub mod service;
pub mod slack;

pub use cable::Cable;
pub use clock::Clock;
