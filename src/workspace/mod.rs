//! Running a workspace: installing it, keeping its people, its App Home tab.

pub mod harvest_users;
pub mod home;
pub mod install;
pub mod integrations;
pub mod people;
pub mod settings;
pub mod setup;
