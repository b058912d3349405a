//! The leave channel: somebody writes that they will be away, and the app answers in the thread.
//!
//! | what happens | file |
//! |---|---|
//! | somebody writes | `listen.rs` decides whether it is for the app |
//! | it is read, with what its author wrote before | `read.rs`, by `understanding/` |
//! | of that, what was dropped does not count | `said_before.rs` |
//! | leave is proposed | `propose.rs` |
//! | leave is taken back | `take_back.rs` |
//! | its author presses a button | `answer.rs` |
//! | nobody answers | `expire.rs` |
//! | the reply shows how all that stands | `show.rs` |
//! | and what becomes of an earlier request | `giving_way.rs` |
//!
//! What they share of a reply is in `reply.rs`.

mod answer;
mod expire;
mod giving_way;
mod listen;
mod propose;
mod read;
mod reply;
mod said_before;
mod show;
mod take_back;

pub use answer::{cancel, confirm, edit, keep, yes};
pub use expire::expire;
pub use listen::heard;
pub use read::{ReadMessage, gave_up as read_gave_up, read};
pub use show::{gave_up as show_gave_up, show};

/// Buttons of a reply, as `routes.rs` knows them. Sends what is proposed.
pub const CONFIRM: &str = "channel.confirm";
/// Opens what is proposed in the form.
pub const EDIT: &str = "channel.edit";
/// Drops what is proposed.
pub const CANCEL: &str = "channel.cancel";
/// Takes the leave back.
pub const YES: &str = "channel.yes";
/// Leaves the leave as it is.
pub const KEEP: &str = "channel.keep";
