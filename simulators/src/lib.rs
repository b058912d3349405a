//! Simulated Slack.
