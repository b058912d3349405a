//! The settings, as admins see and change them in the Home tab.
//!
//! | what | file |
//! |---|---|
//! | how they stand, in Home | `home.rs` |
//! | which fields each form has | `form.rs`, `week.rs` |
//! | a dialog opens | `open.rs` |
//! | a form is saved | `save.rs` |
//! | the app goes into a channel that was chosen | `channels.rs` |
//! | leave types | `leave_types.rs` |

mod channels;
mod form;
mod home;
pub mod leave_types;
mod open;
mod save;
mod week;

pub use channels::{EnterChannel, Purpose, enter, gave_up as entering_gave_up};
pub use form::Form;
pub use home::home_blocks;
pub use open::{OPEN, OpenSettings, gave_up, open, pressed};
pub use save::{FORM, change, submitted};

use crate::gateway::Cx;

/// Refuses whoever is no admin at this moment: a button or an open dialog is no right.
pub fn admins_only(cx: &Cx) -> Result<(), &'static str> {
    if cx
        .person
        .as_ref()
        .is_some_and(|person| person.is_admin && person.active)
    {
        Ok(())
    } else {
        Err("Only admins of this workspace can change how timeoff works here. Nothing was changed.")
    }
}
