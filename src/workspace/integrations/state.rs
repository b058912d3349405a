//! How a workspace's calendar and account of Harvest stand, in words.

use crate::platform::crypto::Keyring;
use crate::platform::db::TenantTx;
use crate::services::Outside;
use crate::tenant::Integrations;
use crate::tenant::integrations::SetBy;

/// How both stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The calendar's id, if there is one.
    pub calendar_id: Option<String>,
    /// The calendar, in words that follow “Google Calendar: ”.
    pub calendar: String,
    /// Whether an account of Harvest is connected.
    pub harvest_is_on: bool,
    /// Harvest, in words that follow “Harvest: ”.
    pub harvest: String,
}

/// Reads how both stand, with one query. Nobody is called. `keyring`: `None` for a command that
/// has no keys, which then cannot know whether the token is readable.
pub async fn state(
    tx: &mut TenantTx,
    outside: &Outside,
    keyring: Option<&Keyring>,
) -> Result<State, sqlx::Error> {
    let integrations = Integrations::with(tx, outside, keyring).await?;
    Ok(state_of(&integrations, outside, keyring.is_some()))
}

/// The same of integrations that were read already. `has_keys`: a command may have none, and then
/// cannot know whether the token is readable.
pub fn state_of(integrations: &Integrations, outside: &Outside, has_keys: bool) -> State {
    let from = |set_by: SetBy| match set_by {
        SetBy::Environment => " (set by whoever runs timeoff)",
        SetBy::Workspace => "",
    };
    let calendar_id = integrations.calendar.as_ref().map(|it| it.id().to_owned());
    let calendar = match (&outside.google, &calendar_id) {
        (None, _) => "off. This timeoff has no Google account.".to_owned(),
        (Some(google), None) => format!(
            "off. Share a calendar with {} (“Make changes to events”), then name it.",
            google.email()
        ),
        (Some(_), Some(id)) => {
            let from = integrations.calendar_set_by().map_or("", from);
            format!("on, leave appears in {id}{from}.")
        }
    };
    let harvest = match &integrations.harvest {
        None => "off.".to_owned(),
        Some(link) => match &link.client {
            Err(_) if has_keys => format!(
                "broken: the access token of account {} cannot be read any more. Please connect it again.",
                link.account_id
            ),
            _ => format!(
                "on, leave is booked in account {}{}.",
                link.account_id,
                from(link.set_by)
            ),
        },
    };
    State {
        calendar_id,
        calendar,
        harvest_is_on: integrations.harvest.is_some(),
        harvest,
    }
}
