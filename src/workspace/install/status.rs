//! A person lets the app show their leave in their Slack status, with a token of their own.

use serde_json::json;

use crate::platform::config::Secret;
use crate::platform::ids::{SlackUserId, WorkspaceId};
use crate::services::Services;
use crate::tenant::home;
use crate::tenant::store::{self, Actor, Audit};

/// What the token must allow.
pub const USER_SCOPES: &str = "users.profile:read,users.profile:write";

/// Keeps a person's token. The name of their workspace; `None`: the app is not installed there.
pub(super) async fn connect(
    services: &Services,
    workspace: &WorkspaceId,
    user: &SlackUserId,
    token: &Secret,
    scopes: &[String],
) -> Result<Option<String>, sqlx::Error> {
    let mut tx = services.db.begin(workspace, services.clock.now()).await?;
    let Some(installed) = store::workspace(&mut tx).await? else {
        return Ok(None);
    };
    let encrypted = services.keyring.encrypt(token.expose());
    store::save_user_token(&mut tx, user, &encrypted, scopes).await?;
    let entry = Audit {
        actor: Actor::Person(user),
        subject: format!("person:{user}"),
        action: "status_allowed",
        from: None,
        to: None,
        detail: json!({}),
    };
    store::audit(&mut tx, &entry).await?;
    home::follow(&mut tx, "status", std::slice::from_ref(user)).await?;
    tx.commit().await?;
    Ok(Some(installed.name))
}
