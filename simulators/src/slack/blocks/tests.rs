//! The limits, one by one.
