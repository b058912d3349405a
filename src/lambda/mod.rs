//! The two functions in AWS Lambda: `bin/api` answers Slack, `bin/schedule` is started by the clock.
//!
//! A cold start is what people notice, and Slack waits 3 seconds. So nothing is done before the
//! first request that it does not need: the parameters are read in one call, beside the first
//! connection to the database; Slack, Google, Harvest and OpenAI are not touched before a job
//! asks for them.

mod after_response;
mod answer;
mod operate;
mod start;

pub use answer::api;
pub use operate::schedule;
