//! Other systems' APIs: one file each, no business rules.

pub mod blocks;
pub mod slack;
