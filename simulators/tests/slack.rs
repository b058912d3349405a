//! The simulated Slack against a small app of the tests' own.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

#[path = "slack/app.rs"]
mod app;
#[path = "slack/client.rs"]
mod client;
#[path = "slack/consent.rs"]
mod consent;
#[path = "slack/driver.rs"]
mod driver;
#[path = "slack/page.rs"]
mod page;
#[path = "slack/profile.rs"]
mod profile;
#[path = "slack/rendering.rs"]
mod rendering;
#[path = "slack/requests.rs"]
mod requests;
#[path = "slack/web_api.rs"]
mod web_api;
