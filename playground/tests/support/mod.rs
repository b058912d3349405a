//! What the tests in a browser stand on.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod chrome;
pub mod person;

use std::path::Path;

use playground::{Options, Playground};

/// A playground that keeps its data there.
pub async fn start(data: &Path) -> Playground {
    playground::start(Options {
        data: data.to_owned(),
        reset: false,
        port: 0,
        progress: |_| {},
    })
    .await
    .unwrap()
}
