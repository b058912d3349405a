//! Who may see what of somebody's leave: one function that everything asks.

use super::model::ActionState;

/// Who looks, in relation to the person on leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// The person.
    Owner,
    /// Somebody who decides on this leave.
    Approver,
    /// A people admin of the workspace.
    Admin,
    /// Anybody else in the workspace.
    Colleague,
}

/// What is shown beside the dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// Vacation, sick and so on; otherwise the person is “away”.
    pub kind: bool,
    /// What the person wrote.
    pub reason: bool,
}

/// What `viewer` sees of leave in `state`; `None`: not even that it exists.
pub fn sight(viewer: Viewer, state: ActionState) -> Option<Sight> {
    match viewer {
        Viewer::Owner | Viewer::Approver | Viewer::Admin => Some(Sight {
            kind: true,
            reason: true,
        }),
        Viewer::Colleague => match state {
            ActionState::Confirmed | ActionState::Processing | ActionState::Completed => {
                Some(Sight {
                    kind: false,
                    reason: false,
                })
            }
            // What is not decided, or never came to be, is nobody else's business.
            ActionState::Pending
            | ActionState::Cancelled
            | ActionState::Expired
            | ActionState::Denied => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colleague_sees_that_somebody_is_away_and_no_more() {
        for state in ActionState::ALL {
            let approved = matches!(
                state,
                ActionState::Confirmed | ActionState::Processing | ActionState::Completed
            );
            let expected = approved.then_some(Sight {
                kind: false,
                reason: false,
            });
            assert_eq!(sight(Viewer::Colleague, *state), expected, "{state:?}");
            for insider in [Viewer::Owner, Viewer::Approver, Viewer::Admin] {
                assert_eq!(
                    sight(insider, *state),
                    Some(Sight {
                        kind: true,
                        reason: true
                    })
                );
            }
        }
    }
}
