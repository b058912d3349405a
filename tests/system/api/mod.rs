//! The signed API from outside.

mod doors;
mod leaves;
mod python;
