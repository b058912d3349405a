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
//! | a calendar or an account of Harvest is named and checked | `calendar.rs`, `harvest.rs` |

pub mod calendar;
pub mod channels;
mod form;
pub mod harvest;
pub(super) mod home;
pub mod leave_types;
mod open;
mod save;
mod week;

pub use calendar::CALENDAR;
pub use channels::{EnterChannel, Purpose, enter, gave_up as entering_gave_up};
pub use form::Form;
pub use home::home_blocks;
pub use open::{OPEN, OpenSettings, gave_up, open, pressed};
pub use save::{FORM, change, is_form, submitted};

use crate::clients::slack::Message;
use crate::gateway::Cx;
use crate::jobs::{Job, JobError};
use crate::platform::ids::SlackUserId;
use crate::services::Services;
use crate::tenant::Messenger;

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

/// Tells an admin in their direct messages what came of a job.
async fn tell(
    services: &Services,
    job: &Job,
    user: &SlackUserId,
    text: &str,
) -> Result<(), JobError> {
    let messenger = Messenger::of(services, &job.workspace).await?;
    let key = format!("tell:{}", job.id);
    messenger
        .show(&key, user, &Message::plain(text), job.is_repeat())
        .await
}
