//! What the browser test stands on.

pub mod chrome;
