//! The timeoff library.
