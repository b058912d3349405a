//! What is needed around the code to run it: that it fits the code.

mod metrics;
mod sample_events;
mod slack_manifest;
