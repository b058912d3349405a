//! The calendar that shows a workspace's leave.
//!
//! Every workspace's calendar is shared with the same service account, so an id alone would let one
//! workspace write into another's calendar. An admin therefore shows that the calendar is theirs:
//! by an event in it whose title names the workspace, which only somebody can make who may change the
//! calendar. And a calendar shows the leave of one workspace only.

use crate::clients::google_calendar::{EventId, GoogleCalendar};
use crate::clients::http::ServiceError;
use crate::platform::db::TenantTx;
use crate::platform::ids::WorkspaceId;
use crate::services::Outside;
use crate::tenant::integrations::save_calendar_id;
use crate::tenant::store::{self, Actor, Audit};

use super::{Field, Refused};

/// A calendar that was found good for a workspace.
#[derive(Clone)]
pub struct CheckedCalendar {
    workspace: WorkspaceId,
    calendar: GoogleCalendar,
    /// The events that showed whose it is.
    proof: Vec<EventId>,
}

/// Who names the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// An admin of the workspace, who has to show that the calendar is theirs.
    Admin,
    /// Whoever runs the installation, and may write into every calendar anyway.
    Operator,
}

/// The title of the event by which an admin shows that a calendar is theirs.
pub fn proof_title(workspace: &WorkspaceId) -> String {
    format!("timeoff {workspace}")
}

/// Checks a calendar with Google, as far as one can without writing into it. `present`: the
/// calendar that the workspace has already, which needs no second proof.
pub async fn check_calendar(
    outside: &Outside,
    workspace: &WorkspaceId,
    id: &str,
    present: Option<&str>,
    by: NamedBy,
) -> Result<CheckedCalendar, Refused> {
    let refused = |words: String| Err(Refused::new(Field::Calendar, words));
    let Some(google) = &outside.google else {
        return refused(
            "This timeoff has no Google account, so leave cannot appear in a calendar. Please ask whoever runs it to set GOOGLE_SERVICE_ACCOUNT_JSON_BASE64."
                .to_owned(),
        );
    };
    let id = calendar_id(id)?;
    let calendar = google.calendar(id);
    let title = proof_title(workspace);
    let look = match calendar.look(&title).await {
        Ok(Some(look)) if look.writable => look,
        Ok(Some(_)) => return refused(not_writable(google.email())),
        Ok(None) => return refused(not_shared(google.email())),
        Err(error) if error.status == Some(403) => return refused(not_writable(google.email())),
        Err(error) => return Err(Refused::unchecked(Field::Calendar, &error)),
    };
    let is_present = present.is_some_and(|present| present.eq_ignore_ascii_case(id));
    if by == NamedBy::Admin && !is_present && look.titled.is_empty() {
        return refused(format!(
            "To show that this calendar is yours, please add an event with the title “{title}” to it, on any day, and save again. The event is removed then."
        ));
    }
    Ok(CheckedCalendar {
        workspace: workspace.clone(),
        calendar,
        proof: look
            .titled
            .into_iter()
            .filter_map(|id| EventId::parse(id).ok())
            .collect(),
    })
}

/// The id of a calendar as somebody types it. Only Google knows whether there is such a calendar.
pub fn calendar_id(typed: &str) -> Result<&str, Refused> {
    let id = typed.trim();
    if id.len() <= 300 && looks_like_an_id(id) {
        return Ok(id);
    }
    Err(Refused::new(
        Field::Calendar,
        "This is not a calendar's id. Google Calendar shows it in the calendar's settings under “Integrate calendar”; it looks like team@group.calendar.google.com.",
    ))
}

/// Whether Google might take it for one calendar: an address. `primary` would be the service
/// account's own.
fn looks_like_an_id(id: &str) -> bool {
    let (name, domain) = id.rsplit_once('@').unwrap_or_default();
    let fits = |c: char| c.is_ascii_graphic() && !"/?#\\\"<>@".contains(c);
    !name.is_empty() && domain.contains('.') && name.chars().chain(domain.chars()).all(fits)
}

fn not_shared(account: &str) -> String {
    format!(
        "Google shows no such calendar. Please share it with {account} (in the calendar's settings, “Share with specific people”, with “Make changes to events”) and check the id."
    )
}

fn not_writable(account: &str) -> String {
    format!(
        "The calendar is shared, but not for writing. Please give {account} the permission “Make changes to events”."
    )
}

impl CheckedCalendar {
    /// Its id.
    pub fn id(&self) -> &str {
        self.calendar.id()
    }

    /// Takes the events out that showed whose calendar it is. To be called once it is saved; if
    /// it fails, they only stay.
    pub async fn tidy(&self) -> Result<(), ServiceError> {
        for event in &self.proof {
            self.calendar.delete(event).await?;
        }
        Ok(())
    }
}

/// Makes a checked calendar the workspace's. Events that stand elsewhere stay there, and are
/// changed there when their leave is.
pub async fn save_calendar(
    tx: &mut TenantTx,
    outside: &Outside,
    checked: &CheckedCalendar,
    actor: Actor<'_>,
) -> Result<Result<(), Refused>, sqlx::Error> {
    if *tx.workspace() != checked.workspace {
        return Err(sqlx::Error::Protocol(
            "the calendar was checked for another workspace".to_owned(),
        ));
    }
    let id = checked.id();
    let integrations = crate::tenant::Integrations::with(tx, outside, None).await?;
    let of_the_environment = outside
        .calendar_id
        .as_ref()
        .is_some_and(|environment| environment.eq_ignore_ascii_case(id));
    let is_ours = integrations.environment_calendar().is_some();
    if (of_the_environment && !is_ours) || !save_calendar_id(tx, Some(id)).await? {
        return Ok(Err(Refused::new(
            Field::Calendar,
            "Another workspace shows its leave in this calendar. Please choose another one, or make a new calendar for this workspace.",
        )));
    }
    audit(
        tx,
        actor,
        "calendar_set",
        serde_json::json!({"calendar_id": id}),
    )
    .await?;
    Ok(Ok(()))
}

/// Leave appears in no calendar from now on, or in the environment's, if that is this
/// workspace's.
pub async fn turn_calendar_off(tx: &mut TenantTx, actor: Actor<'_>) -> Result<(), sqlx::Error> {
    save_calendar_id(tx, None).await?;
    audit(tx, actor, "calendar_off", serde_json::json!({})).await
}

async fn audit(
    tx: &mut TenantTx,
    actor: Actor<'_>,
    action: &str,
    detail: serde_json::Value,
) -> Result<(), sqlx::Error> {
    let entry = Audit {
        actor,
        subject: "integrations".to_owned(),
        action,
        from: None,
        to: None,
        detail,
    };
    store::audit(tx, &entry).await
}

#[cfg(test)]
mod tests {
    use super::looks_like_an_id;

    #[test]
    fn an_id_is_an_address() {
        for good in [
            "c_1f2e3d@group.calendar.google.com",
            "asha.rao+off@example.co.uk",
            "en-indian-holiday@group.v.calendar.google.com",
        ] {
            assert!(looks_like_an_id(good), "{good}");
        }
        for wrong in [
            "",
            "primary",
            "@example.com",
            "asha@example",
            "a b@example.com",
            "a@b@example.com",
            "https://calendar.google.com/x@y.z",
            "<mailto:a@example.com|a@example.com>",
        ] {
            assert!(!looks_like_an_id(wrong), "{wrong}");
        }
    }
}
