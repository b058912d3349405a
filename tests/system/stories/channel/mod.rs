//! The leave channel: what people write, and what is answered.

mod answers;
mod cancelling;
mod corrections;
mod expiry;
mod listening;
mod outside;
mod proposals;
mod strangers;
mod threads;
