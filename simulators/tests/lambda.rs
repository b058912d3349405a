//! A simulated Lambda against the real runtime client and the real extension client.
//!
//! The function that is invoked is this test program itself, started again by the simulator: see
//! `lambda/function.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

#[path = "lambda/function.rs"]
mod function;
#[path = "lambda/raw.rs"]
mod raw;
#[path = "lambda/rules.rs"]
mod rules;
#[path = "lambda/stories.rs"]
mod stories;
