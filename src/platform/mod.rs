//! The ground floor: nothing here knows Slack's shapes or leave.

pub mod again;
pub mod aws;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod db;
pub mod ids;
pub mod lenient;
pub mod metrics;
pub mod parameters;
pub mod service_account;
pub mod telemetry;
