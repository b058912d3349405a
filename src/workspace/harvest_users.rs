//! Who a person is in Harvest: found by email address, for everybody who has no Harvest id yet.

use std::collections::HashMap;
use std::fmt;

use crate::clients::harvest::User;
use crate::platform::db::TenantTx;
use crate::platform::ids::SlackUserId;
use crate::tenant::store::{self, Actor, Audit};

/// What a look at Harvest's people came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// Who was found, by name, with the id that is noted now.
    pub found: Vec<(String, u64)>,
    /// Who had an id already, by name.
    pub known: Vec<(String, u64)>,
    /// Who is not in Harvest under their Slack address, by name.
    pub missing: Vec<(String, SlackUserId)>,
}

/// Notes the Harvest id of every active person whose address an active Harvest user has. An id
/// that is set stays: an admin knows better than an address.
pub async fn match_by_email(
    tx: &mut TenantTx,
    users: &[User],
    actor: Actor<'_>,
) -> Result<Matched, sqlx::Error> {
    let by_email: HashMap<String, u64> = users
        .iter()
        .filter(|user| user.is_active)
        .map(|user| (user.email.trim().to_lowercase(), user.id))
        .collect();
    let emails: HashMap<SlackUserId, String> = store::emails(tx).await?.into_iter().collect();
    let mut matched = Matched {
        found: Vec::new(),
        known: Vec::new(),
        missing: Vec::new(),
    };
    for person in store::active_people(tx).await? {
        if let Some(id) = person.harvest_user {
            matched.known.push((person.name, id));
            continue;
        }
        let email = emails
            .get(&person.user)
            .map(|email| email.trim().to_lowercase());
        let Some(id) = email.and_then(|email| by_email.get(&email).copied()) else {
            matched.missing.push((person.name, person.user));
            continue;
        };
        store::set_harvest_user(tx, &person.user, Some(id)).await?;
        let entry = Audit {
            actor,
            subject: format!("person:{}", person.user),
            action: "harvest_id",
            from: None,
            to: None,
            detail: serde_json::json!({"harvest_user_id": id, "by": "email"}),
        };
        store::audit(tx, &entry).await?;
        matched.found.push((person.name, id));
    }
    Ok(matched)
}

impl fmt::Display for Matched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut empty = true;
        for (heading, people) in [
            ("Found by email address:", &self.found),
            ("Known already:", &self.known),
        ] {
            if !people.is_empty() {
                empty = false;
                writeln!(f, "{heading}")?;
                for (name, id) in people {
                    writeln!(f, "  {name}: {id}")?;
                }
            }
        }
        if !self.missing.is_empty() {
            empty = false;
            writeln!(f, "Not in Harvest under their Slack address:")?;
            for (name, user) in &self.missing {
                writeln!(f, "  {name} ({user})")?;
            }
            writeln!(
                f,
                "Their leave is not entered in Harvest. `timeoff admin person USER --harvest-id ID` says who they are."
            )?;
        }
        if empty {
            writeln!(
                f,
                "Nobody yet. The people are read from Slack while timeoff runs."
            )?;
        }
        Ok(())
    }
}
