//! Other systems' APIs: one file each, no business rules.

pub mod blocks;
pub mod google_calendar;
pub mod harvest;
pub mod http;
pub mod openai;
pub mod slack;

pub use http::{Deleted, Service, ServiceError};
