//! What somebody said before in a thread, and still means. Slack has the texts; the replies tell
//! what became of them.

use std::collections::BTreeSet;

use crate::jobs::{Job, JobError};
use crate::leave::model::{PendingAction, ReplyKind, ReplyState};
use crate::leave::store::{self, Heard, Reply};
use crate::platform::again::Again;
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::Messenger;

/// What became of the messages that were answered.
#[derive(Debug, Default)]
pub(super) struct Answered {
    /// Their ids, in order.
    messages: Vec<String>,
    /// Those whose proposal, or question, was dropped.
    dropped: BTreeSet<String>,
    /// Whether leave was proposed and dropped: a follow-up may still name other days for it.
    pub proposal_dropped: bool,
}

impl Answered {
    /// Looks up what was said to the author of a message, in its thread.
    pub async fn in_thread(tx: &mut TenantTx, heard: &Heard) -> Result<Self, sqlx::Error> {
        let mut replies = Vec::new();
        for reply in store::replies_in_thread(tx, heard).await? {
            let proposed = store::proposed_in(tx, reply.id).await?;
            let sent = proposed.iter().any(PendingAction::was_sent);
            replies.push((reply, sent));
        }
        Ok(Self::from(replies.as_slice()))
    }

    /// Whether a message before the present one still says something.
    fn still_says(&self, ts: &str) -> bool {
        match self.messages.first() {
            // From the first reply on each message is read. What got no answer said nothing, or
            // only that what was proposed is to be dropped.
            Some(first) if ts >= first.as_str() => {
                self.messages.iter().any(|answered| answered == ts) && !self.dropped.contains(ts)
            }
            _ => true,
        }
    }
}

/// Each reply, in order, and whether something that it proposes was sent.
impl From<&[(Reply, bool)]> for Answered {
    fn from(replies: &[(Reply, bool)]) -> Self {
        let mut answered = Self::default();
        // What the proposal that comes next is built on, and was not sent.
        let mut unsent: Vec<String> = Vec::new();
        let mut something_sent = false;
        for (reply, sent) in replies {
            let ts = reply.to.ts.clone();
            answered.messages.push(ts.clone());
            let dropped = match reply.state {
                ReplyState::Cancelled => true,
                // What nobody answered may be taken up again, unless something else stands.
                ReplyState::Expired => something_sent || reply.kind == ReplyKind::Cancellation,
                ReplyState::Open | ReplyState::Confirmed | ReplyState::Replaced => false,
            };
            if *sent {
                something_sent = true;
                unsent.clear();
            } else if reply.state == ReplyState::Confirmed {
                unsent.clear();
            } else if dropped {
                if reply.kind == ReplyKind::Proposal {
                    answered.proposal_dropped = true;
                    answered.dropped.extend(unsent.drain(..));
                }
                answered.dropped.insert(ts);
            } else {
                unsent.push(ts);
            }
        }
        answered
    }
}

/// What the person wrote in the thread before this message and still means, oldest first.
pub(super) async fn still_said(
    services: &Services,
    job: &Job,
    heard: &Heard,
    answered: &Answered,
) -> Result<Vec<String>, JobError> {
    if heard.thread_ts == heard.ts {
        return Ok(Vec::new());
    }
    let messenger = Messenger::of(services, &job.workspace).await?;
    let written = services
        .slack
        .written_in_thread(
            messenger.token(),
            &heard.channel,
            &heard.thread_ts,
            &heard.user,
        )
        .await;
    match written {
        Ok(written) => Ok(written
            .into_iter()
            .filter(|written| written.ts.as_str() < heard.ts.as_str())
            .filter(|written| answered.still_says(&written.ts))
            .map(|written| written.text)
            .collect()),
        // The thread may be gone, or a scope missing: the message still says what it says.
        Err(error) if error.again == Again::No => {
            tracing::warn!(%error, "cannot read the thread");
            Ok(Vec::new())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::{ChannelId, SlackUserId};

    /// The messages that still say something, of one message for each reply: its kind, its state,
    /// and whether it was sent.
    fn left(replies: &[(ReplyKind, ReplyState, bool)]) -> String {
        let replies: Vec<(Reply, bool)> = (1..)
            .zip(replies)
            .map(|(id, (kind, state, sent))| {
                let reply = Reply {
                    id,
                    to: Heard {
                        user: SlackUserId::parse("U1").unwrap(),
                        channel: ChannelId::parse("C1").unwrap(),
                        thread_ts: "1.0".to_owned(),
                        ts: format!("{id}.0"),
                    },
                    kind: *kind,
                    state: *state,
                    notes: Vec::new(),
                    days: Vec::new(),
                    expires_at: jiff::Timestamp::UNIX_EPOCH,
                };
                (reply, *sent)
            })
            .collect();
        let answered = Answered::from(replies.as_slice());
        let said: Vec<&str> = answered
            .messages
            .iter()
            .map(String::as_str)
            .filter(|ts| answered.still_says(ts))
            .collect();
        said.join(" ")
    }

    #[test]
    fn what_was_dropped_and_what_led_to_it_was_not_said() {
        use ReplyKind::{Cancellation, Proposal, Question};
        use ReplyState::{Cancelled, Confirmed, Expired, Open, Replaced};
        for (replies, expected) in [
            (vec![(Proposal, Open, false)], "1.0"),
            (vec![(Proposal, Cancelled, false)], ""),
            // One was corrected before it was dropped.
            (
                vec![(Proposal, Replaced, false), (Proposal, Cancelled, false)],
                "",
            ),
            // A correction of what was sent was dropped.
            (
                vec![(Proposal, Confirmed, true), (Proposal, Cancelled, false)],
                "1.0",
            ),
            (
                vec![
                    (Proposal, Confirmed, true),
                    (Question, Replaced, false),
                    (Proposal, Replaced, false),
                    (Proposal, Cancelled, false),
                    (Proposal, Open, false),
                ],
                "1.0 5.0",
            ),
            // Nobody answered.
            (
                vec![(Proposal, Expired, false), (Proposal, Open, false)],
                "1.0 2.0",
            ),
            (
                vec![(Proposal, Confirmed, true), (Proposal, Expired, false)],
                "1.0",
            ),
            // A part of it was sent.
            (vec![(Proposal, Cancelled, true)], "1.0"),
            // Leave was kept, or given back.
            (
                vec![
                    (Proposal, Confirmed, true),
                    (Cancellation, Cancelled, false),
                ],
                "1.0",
            ),
            (
                vec![
                    (Proposal, Confirmed, true),
                    (Cancellation, Confirmed, false),
                ],
                "1.0 2.0",
            ),
        ] {
            assert_eq!(left(&replies), expected, "{replies:?}");
        }
    }

    #[test]
    fn what_got_no_answer_counts_only_before_the_first_one() {
        let answered = Answered {
            messages: vec!["3.0".to_owned(), "5.0".to_owned()],
            ..Answered::default()
        };
        let said = ["1.0", "3.0", "4.0", "5.0", "6.0"].map(|ts| answered.still_says(ts));
        assert_eq!(said, [true, true, false, true, false]);
    }
}
