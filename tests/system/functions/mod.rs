//! The two functions as they are deployed: the release binaries under a simulated Lambda, with
//! Parameter Store from moto, a simulated RDS with TLS and IAM before a real PostgreSQL, and the
//! simulated Slack.
//!
//! `scripts/test` builds the binaries and says where they are (`TIMEOFF_LAMBDA_BINARIES`), and
//! starts moto (`TEST_AWS_ENDPOINT_URL`).

mod cloud;
mod events;
mod logs;
mod operating;
mod secrets;
mod serving;
mod trouble;
