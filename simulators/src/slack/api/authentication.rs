//! Who the caller is: <https://docs.slack.dev/reference/methods#auth>

use serde_json::{Value, json};

use super::{super::state::Team, ApiError, Ctx, conversations::page};

pub(super) fn test(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let team = ctx.team()?;
    let of_person = |user: &String| {
        json!({
            "url": format!("https://{}.slack.com/", team.workspace.domain),
            "team": team.workspace.name,
            "user": team.person(user).map(|person| person.name.clone()),
            "team_id": team.workspace.id,
            "user_id": user,
            "is_enterprise_install": false,
        })
    };
    if let Some(user) = &ctx.user {
        return Ok(with_enterprise(of_person(user), team));
    }
    let app = team
        .app
        .as_ref()
        .ok_or_else(|| ApiError::new("invalid_auth"))?;
    if app.of_org {
        let id = &team.workspace.enterprise_id;
        return Ok(json!({
            "url": "https://organization.enterprise.slack.com/",
            "team": "Enterprise",
            "user": team.person(&app.bot_user_id).map(|bot| bot.name.clone()),
            "team_id": id,
            "user_id": app.bot_user_id,
            "bot_id": app.bot_id,
            "enterprise_id": id,
            "is_enterprise_install": true,
        }));
    }
    let answer = json!({
        "url": format!("https://{}.slack.com/", team.workspace.domain),
        "team": team.workspace.name,
        "user": team.person(&app.bot_user_id).map(|bot| bot.name.clone()),
        "team_id": team.workspace.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": false,
    });
    Ok(with_enterprise(answer, team))
}

/// Outside of organizations Slack does not mention one.
fn with_enterprise(mut answer: Value, team: &Team) -> Value {
    if let Some(id) = &team.workspace.enterprise_id {
        answer["enterprise_id"] = json!(id);
    }
    answer
}

/// <https://docs.slack.dev/reference/methods/auth.teams.list>
pub(super) fn teams_list(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let token = ctx.team()?.app.as_ref().map(|app| app.token.clone());
    let teams: Vec<Value> = ctx
        .state
        .teams_of_bot_token(token.as_deref().unwrap_or_default())
        .map(|team| json!({"id": team.workspace.id, "name": team.workspace.name}))
        .collect();
    let (teams, cursor) = page(&ctx.args, &teams, 100)?;
    Ok(json!({"teams": teams, "response_metadata": {"next_cursor": cursor}}))
}

/// <https://docs.slack.dev/reference/methods/auth.revoke>
#[expect(clippy::unnecessary_wraps, reason = "all methods have this form")]
pub(super) fn revoke(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let only_testing = ctx.args.boolean("test");
    if let (false, Some(user)) = (only_testing, &ctx.user) {
        let (team, user) = (ctx.team.clone(), user.clone());
        ctx.state.revoke_user_tokens(&team, &user);
    } else if !only_testing {
        let team = ctx.team.clone();
        ctx.state.uninstall(&team);
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
