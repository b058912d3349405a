//! Tenants: which workspace, which people, which settings, and speaking to them. Every feature
//! stands on this; the features of running a workspace are in `workspace/`.

pub mod home;
mod look_up;
pub mod messages;
pub mod model;
pub mod store;

pub use look_up::look_up;
pub use messages::{Messenger, TellPrivately};
pub use model::{Day, PeopleFrom, Person, Settings, Workspace};
