//! The types of leave and their states.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::platform::ids::SlackUserId;

/// Which part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Portion {
    /// The whole day.
    Full,
    /// The morning.
    HalfAm,
    /// The afternoon.
    HalfPm,
}

impl Portion {
    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::HalfAm => "half_am",
            Self::HalfPm => "half_pm",
        }
    }

    /// Reads [`Portion::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Full, Self::HalfAm, Self::HalfPm]
            .into_iter()
            .find(|portion| portion.as_str() == text)
    }

    /// Half days in it: 2 or 1.
    pub fn half_days(self) -> u32 {
        match self {
            Self::Full => 2,
            Self::HalfAm | Self::HalfPm => 1,
        }
    }

    /// What of this day is also in the other part.
    pub fn and(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Full, part) | (part, Self::Full) => Some(part),
            (one, two) if one == two => Some(one),
            _ => None,
        }
    }

    /// What of this day is left without the other part.
    pub fn without(self, other: Self) -> Option<Self> {
        match (self, other) {
            (_, Self::Full) => None,
            (Self::Full, Self::HalfAm) => Some(Self::HalfPm),
            (Self::Full, Self::HalfPm) => Some(Self::HalfAm),
            (one, two) if one == two => None,
            (one, _) => Some(one),
        }
    }
}

/// The days that somebody asks for, before it is known which of them count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveSpan {
    first: Date,
    last: Date,
    portion: Portion,
    starts_midday: bool,
    ends_midday: bool,
}

/// The last day is before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the last day is before the first day")]
pub struct EndsBeforeStart;

impl LeaveSpan {
    /// The same part of each day from `first` to `last`, both included.
    pub fn new(first: Date, last: Date, portion: Portion) -> Result<Self, EndsBeforeStart> {
        if last < first {
            return Err(EndsBeforeStart);
        }
        Ok(Self {
            first,
            last,
            portion,
            starts_midday: false,
            ends_midday: false,
        })
    }

    /// Makes the first day an afternoon and the last day a morning. That means something only
    /// for whole days over a range; otherwise the span stays as it is.
    #[must_use]
    pub fn with_half_ends(mut self, starts_midday: bool, ends_midday: bool) -> Self {
        if self.portion == Portion::Full && self.first < self.last {
            self.starts_midday = starts_midday;
            self.ends_midday = ends_midday;
        }
        self
    }

    /// The first day.
    pub fn first(&self) -> Date {
        self.first
    }

    /// The last day, included.
    pub fn last(&self) -> Date {
        self.last
    }

    /// The part of each day.
    pub fn portion(&self) -> Portion {
        self.portion
    }

    /// Whether the first day begins at midday.
    pub fn starts_midday(&self) -> bool {
        self.starts_midday
    }

    /// Whether the last day ends at midday.
    pub fn ends_midday(&self) -> bool {
        self.ends_midday
    }

    /// The part of a day that is asked for; `None` outside of the span.
    pub fn on(&self, date: Date) -> Option<Portion> {
        if date < self.first || self.last < date {
            None
        } else if date == self.first && self.starts_midday {
            Some(Portion::HalfPm)
        } else if date == self.last && self.ends_midday {
            Some(Portion::HalfAm)
        } else {
            Some(self.portion)
        }
    }

    /// Every date in it.
    pub fn dates(&self) -> impl Iterator<Item = Date> {
        let last = self.last;
        self.first
            .series(jiff::ToSpan::days(1))
            .take_while(move |date| *date <= last)
    }
}

/// Saturday or Sunday, for words only: which days count is the working week's matter.
pub fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, sqlx::Type)]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        pub enum $name {
            $($(#[$variant_doc])* $variant),+
        }

        impl $name {
            /// Every state.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word in the database and the API.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

pub(super) use states;

states! {
    /// The state of a proposal.
    ActionState {
        /// Waits for its author or for an approver.
        Pending = "pending",
        /// Decided; the leave is not in the other systems yet.
        Confirmed = "confirmed",
        /// On its way into the other systems.
        Processing = "processing",
        /// Done.
        Completed = "completed",
        /// Taken back by its author.
        Cancelled = "cancelled",
        /// Its author did not answer in time.
        Expired = "expired",
        /// Refused by an approver.
        Denied = "denied",
    }
}

impl ActionState {
    /// Whether the state may follow this one.
    pub fn may_become(self, next: Self) -> bool {
        use ActionState::{Cancelled, Completed, Confirmed, Denied, Expired, Pending, Processing};
        matches!(
            (self, next),
            (Pending, Confirmed | Cancelled | Expired | Denied)
                | (Confirmed, Processing | Cancelled)
                // What is on its way can be taken back: its entries are removed after it.
                | (Processing, Completed | Cancelled)
                // Approved leave can be taken back.
                | (Completed, Cancelled)
        )
    }
}

states! {
    /// The state of one day of leave.
    RecordState {
        /// Asked for.
        Pending = "pending",
        /// Approved.
        Confirmed = "confirmed",
        /// Approved, and in the other systems.
        Completed = "completed",
        /// Approved, but another system refused; a person may retry.
        Failed = "failed",
        /// Not taken.
        Cancelled = "cancelled",
    }
}

impl RecordState {
    /// Whether the state may follow this one.
    pub fn may_become(self, next: Self) -> bool {
        use RecordState::{Cancelled, Completed, Confirmed, Failed, Pending};
        match self {
            Pending => matches!(next, Confirmed | Cancelled),
            Confirmed => matches!(next, Completed | Failed | Cancelled),
            // A person retries.
            Failed => matches!(next, Confirmed | Cancelled),
            // One of its days is given back, and the rest does not go through.
            Completed => matches!(next, Failed | Cancelled),
            Cancelled => false,
        }
    }

    /// The states that may become this one, as the database has them.
    pub fn predecessors(self) -> Vec<String> {
        Self::ALL
            .iter()
            .filter(|state| state.may_become(self))
            .map(|state| state.as_str().to_owned())
            .collect()
    }
}

states! {
    /// Whose answer a proposal waits for.
    Awaits {
        /// The author: "did I read you right?"
        Author = "author",
        /// An approver.
        Approver = "approver",
    }
}

impl ReplyState {
    /// Whether the state may follow this one.
    pub fn may_become(self, next: Self) -> bool {
        self == Self::Open && next != Self::Open
    }
}

states! {
    /// What the app says to a message in the leave channel.
    ReplyKind {
        /// Leave to confirm.
        Proposal = "proposal",
        /// What it needs to know, or why there is nothing to do.
        Question = "question",
        /// Days to take back.
        Cancellation = "cancellation",
        /// A list of leave to take back, for the person alone.
        Choice = "choice",
    }
}

states! {
    /// Where a reply in the leave channel stands.
    ReplyState {
        /// Its author may answer.
        Open = "open",
        /// Its author agreed.
        Confirmed = "confirmed",
        /// Its author wants nothing of it.
        Cancelled = "cancelled",
        /// A later message of its author was read instead.
        Replaced = "replaced",
        /// Its author did not answer in time.
        Expired = "expired",
    }
}

/// A change of state that the rules do not know: a mistake in the program.
pub(super) fn forbidden(from: &str, to: &str) -> sqlx::Error {
    sqlx::Error::InvalidArgument(format!("{from} may not become {to}"))
}

/// A kind of leave in a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveType {
    /// The key, such as `vacation`.
    pub key: String,
    /// The name that people read.
    pub name: String,
    /// Whether an approver decides.
    pub needs_approval: bool,
}

/// A leave type's name as it is typed, if it fits into a menu of Slack's.
pub fn leave_type_name(typed: &str) -> Result<String, &'static str> {
    let name = typed.trim();
    if name.is_empty() || name.chars().count() > 75 || name.chars().any(char::is_control) {
        return Err("The name must have 1 to 75 characters.");
    }
    Ok(name.to_owned())
}

/// A day of a person's own leave that is asked for or approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnDay {
    /// The request that it belongs to.
    pub action: i64,
    /// The date.
    pub day: Date,
    /// The part of it.
    pub portion: Portion,
    /// Whether the request was approved.
    pub decided: bool,
}

impl OwnDay {
    /// What was taken stays taken; what nobody decided can be taken back however late it is.
    pub fn can_be_taken_back(&self, today: Date) -> bool {
        !self.decided || self.day >= today
    }
}

/// Leave that somebody asked for, with all that is known of it.
#[derive(Debug, Clone)]
pub struct PendingAction {
    /// The row.
    pub id: i64,
    /// Whose leave.
    pub user: SlackUserId,
    /// The kind.
    pub leave_type: LeaveType,
    /// The days.
    pub span: LeaveSpan,
    /// Why, for the approvers only.
    pub reason: Option<String>,
    /// Where it stands.
    pub state: ActionState,
    /// Whose answer it waits for while it is pending.
    pub awaits: Awaits,
    /// The reply in the leave channel in which it was proposed.
    pub reply: Option<i64>,
    /// Whether its kind was chosen in the form, not written in the leave channel.
    pub kind_chosen_privately: bool,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Who decided or cancelled.
    pub decided_by: Option<SlackUserId>,
    /// What the approver said with a denial.
    pub note: Option<String>,
    /// Whether its first day passed without a decision and people were told.
    pub overdue: bool,
    /// Half days that count.
    pub half_days: u32,
    /// Days between the first and the last that were given back.
    pub given_back: Vec<Date>,
}

/// One day of leave, as it is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveRecord {
    /// The date.
    pub day: Date,
    /// The part of it.
    pub portion: Portion,
    /// Its length in minutes.
    pub minutes: u32,
    /// How it stands.
    pub state: RecordState,
}

impl PendingAction {
    /// Whether its author was asked about it and did not answer yet.
    pub fn awaits_author(&self) -> bool {
        self.state == ActionState::Pending && self.awaits == Awaits::Author
    }

    /// Whether its author sent it, whatever became of it since.
    pub fn was_sent(&self) -> bool {
        self.awaits == Awaits::Approver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One line a state: what may follow it.
    fn table<S: Copy>(all: &[S], word: fn(S) -> &'static str, may: fn(S, S) -> bool) -> String {
        let line = |from: &S| {
            let next: Vec<&str> = all
                .iter()
                .filter(|to| may(*from, **to))
                .map(|to| word(*to))
                .collect();
            let next = if next.is_empty() {
                "nothing".to_owned()
            } else {
                next.join(", ")
            };
            format!("{} → {next}", word(*from))
        };
        all.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_change_of_state_is_either_allowed_or_not() {
        let table = table(
            ActionState::ALL,
            ActionState::as_str,
            ActionState::may_become,
        );
        insta::assert_snapshot!(table, @r"
        pending → confirmed, cancelled, expired, denied
        confirmed → processing, cancelled
        processing → completed, cancelled
        completed → cancelled
        cancelled → nothing
        expired → nothing
        denied → nothing
        ");
    }

    #[test]
    fn a_reply_is_answered_once() {
        let table = table(ReplyState::ALL, ReplyState::as_str, ReplyState::may_become);
        insta::assert_snapshot!(table, @r"
        open → confirmed, cancelled, replaced, expired
        confirmed → nothing
        cancelled → nothing
        replaced → nothing
        expired → nothing
        ");
    }

    #[test]
    fn every_change_of_a_record_is_either_allowed_or_not() {
        let table: Vec<String> = RecordState::ALL
            .iter()
            .map(|to| format!("{} ← [{}]", to.as_str(), to.predecessors().join(", ")))
            .collect();
        insta::assert_snapshot!(table.join("\n"), @r"
        pending ← []
        confirmed ← [pending, failed]
        completed ← [confirmed]
        failed ← [confirmed, completed]
        cancelled ← [pending, confirmed, completed, failed]
        ");
    }

    #[test]
    fn halves_of_a_day_combine() {
        use Portion::{Full, HalfAm, HalfPm};
        assert_eq!(Full.and(HalfPm), Some(HalfPm));
        assert_eq!(HalfAm.and(HalfPm), None);
        assert_eq!(HalfAm.and(HalfAm), Some(HalfAm));
        assert_eq!(Full.without(HalfAm), Some(HalfPm));
        assert_eq!(HalfAm.without(HalfPm), Some(HalfAm));
        assert_eq!(HalfAm.without(Full), None);
        assert_eq!(HalfAm.without(HalfAm), None);
        for portion in [Full, HalfAm, HalfPm] {
            assert_eq!(Portion::parse(portion.as_str()), Some(portion));
        }
    }

    #[test]
    fn half_ends_mean_something_only_for_whole_days_over_a_range() {
        let (monday, tuesday) = (jiff::civil::date(2026, 3, 2), jiff::civil::date(2026, 3, 3));
        let one = LeaveSpan::new(monday, monday, Portion::Full)
            .unwrap()
            .with_half_ends(true, true);
        assert_eq!(one.on(monday), Some(Portion::Full));
        let two = LeaveSpan::new(monday, tuesday, Portion::Full)
            .unwrap()
            .with_half_ends(true, true);
        assert_eq!(
            (two.on(monday), two.on(tuesday)),
            (Some(Portion::HalfPm), Some(Portion::HalfAm))
        );
        let mornings = LeaveSpan::new(monday, tuesday, Portion::HalfAm)
            .unwrap()
            .with_half_ends(true, true);
        assert_eq!(
            (mornings.on(monday), mornings.on(tuesday)),
            (Some(Portion::HalfAm), Some(Portion::HalfAm))
        );
        assert_eq!(
            LeaveSpan::new(tuesday, monday, Portion::Full),
            Err(EndsBeforeStart)
        );
    }
}
