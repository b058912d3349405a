//! Tenants: which workspace, which people, which settings, and speaking to them. Every feature
//! stands on this; the features of running a workspace are in `workspace/`.

pub mod home;
pub mod integrations;
mod look_up;
pub mod messages;
pub mod model;
pub mod rotation;
mod rules;
pub mod store;

pub use integrations::Integrations;
pub use look_up::look_up;
pub use messages::{Messenger, TellPrivately};
pub use model::{Day, PeopleFrom, Person, Settings, Workspace};
pub use rules::{WrongApprovers, WrongSetting, WrongSettings, check_approvers, zone_named};
