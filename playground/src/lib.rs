//! Playground.
pub use pglite_oxide as _;
