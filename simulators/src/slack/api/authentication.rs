//! Who the caller is: <https://docs.slack.dev/reference/methods#auth>

use serde_json::{Value, json};

use super::{ApiError, Ctx};

pub(super) fn test(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let team = ctx.team()?;
    let app = team
        .app
        .as_ref()
        .ok_or_else(|| ApiError::new("invalid_auth"))?;
    if let Some(user) = &ctx.user {
        return Ok(json!({
            "url": format!("https://{}.slack.com/", team.workspace.domain),
            "team": team.workspace.name,
            "user": team.person(user).map(|person| person.name.clone()),
            "team_id": team.workspace.id,
            "user_id": user,
            "enterprise_id": team.workspace.enterprise_id,
            "is_enterprise_install": false,
        }));
    }
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

/// <https://docs.slack.dev/reference/methods/auth.revoke>
#[expect(clippy::unnecessary_wraps, reason = "all methods have this form")]
pub(super) fn revoke(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let only_testing = ctx.args.boolean("test");
    if !only_testing {
        let team = ctx.team.clone();
        match &ctx.user {
            Some(user) => {
                ctx.state.revoked.insert(ctx.token.clone());
                ctx.state.revoke_person_tokens(&team, user);
            }
            None => ctx.state.uninstall(&team),
        }
    }
    Ok(json!({"revoked": !only_testing}))
}

/// <https://docs.slack.dev/reference/methods/team.info>
pub(super) fn team_info(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let workspace = &ctx.team()?.workspace;
    let mut team = json!({
        "id": workspace.id,
        "name": workspace.name,
        "url": format!("https://{}.slack.com/", workspace.domain),
        "domain": workspace.domain,
        "email_domain": "",
        "icon": {"image_default": true, "image_34": "https://a.slack-edge.com/34.png"},
    });
    if let Some(id) = &workspace.enterprise_id {
        team["enterprise_id"] = json!(id);
        team["enterprise_name"] = json!("Enterprise");
    }
    Ok(json!({"team": team}))
}
