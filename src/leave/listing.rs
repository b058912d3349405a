//! Leave as it is listed for admins and their programs: what stands for one leave, in which state
//! it is all in all, and how a long list is cut into pages.

use jiff::civil::Date;

use super::entries::{Service, ServiceOutcome};
use super::model::{LeaveRecord, PendingAction};
use crate::platform::ids::SlackUserId;

/// The state of leave as a whole: that of its pending action, until other services have their say.
/// What is `failed` here is what a person can retry, and it is `processing` while that goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum LeaveState {
    /// Waits for an approver.
    Pending,
    /// Decided; not in the other systems yet.
    Confirmed,
    /// On its way into the other systems, or out of them.
    Processing,
    /// Done.
    Completed,
    /// Something is not as it should be at another system; a person may retry.
    Failed,
    /// Taken back.
    Cancelled,
    /// Nobody answered in time.
    Expired,
    /// Refused by an approver.
    Denied,
}

impl LeaveState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Pending,
        Self::Confirmed,
        Self::Processing,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
        Self::Denied,
    ];

    /// The word in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Processing => "processing",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Denied => "denied",
        }
    }

    /// Reads [`LeaveState::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// One leave with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Leave {
    /// What was asked for, and what became of it.
    pub action: PendingAction,
    /// Whose it is, by name.
    pub name: String,
    /// All in all.
    pub state: LeaveState,
    /// Its days that count, in order.
    pub days: Vec<LeaveRecord>,
    /// How it stands at other services.
    pub services: Vec<ServiceOutcome>,
}

/// Which leave is wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct LeaveFilter {
    /// This one.
    pub id: Option<i64>,
    /// In this state.
    pub state: Option<LeaveState>,
    /// With something that is not as it should be at this service.
    pub failed_service: Option<Service>,
    /// Of this person.
    pub user: Option<SlackUserId>,
    /// Not over before this day.
    pub from: Option<Date>,
    /// Begun on this day or before.
    pub to: Option<Date>,
    /// Of this kind, by its key.
    pub leave_type: Option<String>,
    /// Older than this one: where the page before ended.
    pub before: Option<i64>,
}

/// Part of a list, newest first.
#[derive(Debug, Clone)]
pub struct LeavePage {
    /// What is on the page.
    pub leaves: Vec<Leave>,
    /// The last one's id, if more follow.
    pub next: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leave::model::ActionState;

    #[test]
    fn the_states_are_those_of_actions_and_failed() {
        for state in ActionState::ALL {
            assert_eq!(
                LeaveState::parse(state.as_str()).map(LeaveState::as_str),
                Some(state.as_str())
            );
        }
        assert_eq!(LeaveState::ALL.len(), ActionState::ALL.len() + 1);
        assert_eq!(LeaveState::parse("failed"), Some(LeaveState::Failed));
        assert_eq!(LeaveState::parse("Failed"), None);
    }
}
