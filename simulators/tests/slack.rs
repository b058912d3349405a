//! The simulated Slack against a small app of the tests' own.

#[path = "slack/app.rs"]
mod app;
#[path = "slack/driver.rs"]
mod driver;
