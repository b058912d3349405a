//! What is needed around the code to run it: that it fits the code.

mod sample_events;
mod slack_manifest;
