//! <https://docs.slack.dev/reference/methods/auth.test>

use serde_json::{Value, json};

use super::{ApiError, Ctx};

pub(super) fn test(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let team = ctx.team()?;
    let app = team
        .app
        .as_ref()
        .ok_or_else(|| ApiError::new("invalid_auth"))?;
    Ok(json!({
        "url": format!("https://{}.slack.com/", team.workspace.domain),
        "team": team.workspace.name,
        "user": team.person(&app.bot_user_id).map(|bot| bot.name.clone()),
        "team_id": team.workspace.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "enterprise_id": team.workspace.enterprise_id,
        "is_enterprise_install": false,
    }))
}
