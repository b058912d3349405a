//! Services that the time-off system talks to, simulated in this process.
//!
//! Each simulator holds real state behind the real service's HTTP interface, so that story tests
//! and the playground exercise the app through the same requests as production does.

pub mod slack;
