//! Whether repeating what failed can help.

use std::time::Duration;

/// Whether a failed attempt may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It would fail the same way.
    No,
    /// After the usual pause.
    Yes,
    /// After the pause that a service asked for (`Retry-After`).
    After(Duration),
}
