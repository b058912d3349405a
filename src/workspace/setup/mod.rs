//! The set-up that greets whoever brought the app: a few choices in one direct message, each saved
//! as it is made. It can be left at any time and taken up again, there or in the Home tab.
//!
//! | what | file |
//! |---|---|
//! | how far the workspace has come | `progress.rs`, `store.rs` |
//! | whom the app greets | `greet.rs` |
//! | what the message shows | `message.rs` |
//! | a choice is made, or a step skipped | `choose.rs` |

mod choose;
pub(super) mod greet;
mod message;
mod progress;
pub mod store;

pub use choose::{
    APPROVERS, LEAVE_CHANNEL, SKIP, ZONE, approvers, calendar_checked, follow, leave_channel, skip,
    zone,
};
pub use greet::{
    CONTINUE, Greet, ShowSetup, go_on, greet, greet_admins, greet_installer, home_blocks, show,
};
pub use progress::{Progress, Standing, Step};
