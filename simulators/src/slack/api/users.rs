//! <https://docs.slack.dev/reference/methods#users>

use serde_json::{Value, json};

use super::{
    super::{
        model::Member,
        state::{State, Team},
    },
    ApiError, Ctx,
    conversations::page,
};

/// A person as Slack shows them, with the e-mail address only to who may read it.
///
/// <https://docs.slack.dev/reference/objects/user-object>
pub(crate) fn member_json(state: &State, team_id: &str, user: &str, with_email: bool) -> Value {
    let Some(team) = state.team(team_id) else {
        return Value::Null;
    };
    team.person(user)
        .map(|person| member(state, team, person, with_email))
        .unwrap_or_default()
}

fn member(state: &State, team: &Team, person: &Member, with_email: bool) -> Value {
    let mut names = person.real_name.splitn(2, ' ');
    let now = state.clock.now();
    let zone = jiff::tz::TimeZone::get(&person.tz).unwrap_or(jiff::tz::TimeZone::UTC);
    let offset = zone.to_offset_info(now);
    let mut profile = json!({
        "title": person.title,
        "phone": "",
        "skype": "",
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "fields": null,
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "avatar_hash": "g0a1b2c3d4e5",
        "first_name": names.next().unwrap_or_default(),
        "last_name": names.next().unwrap_or_default(),
        "image_24": "https://a.slack-edge.com/24.png",
        "image_32": "https://a.slack-edge.com/32.png",
        "image_48": "https://a.slack-edge.com/48.png",
        "image_72": "https://a.slack-edge.com/72.png",
        "image_192": "https://a.slack-edge.com/192.png",
        "image_512": "https://a.slack-edge.com/512.png",
        "status_text_canonical": "",
        "team": team.workspace.id,
    });
    if with_email && !person.email.is_empty() {
        profile["email"] = json!(person.email);
    }
    if person.is_bot {
        profile["api_app_id"] = json!(state.app.id);
        profile["bot_id"] = json!(team.app.as_ref().map(|app| app.bot_id.clone()));
        profile["always_active"] = json!(true);
    }
    let mut json = json!({
        "id": person.id,
        "team_id": team.workspace.id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": false,
        "updated": now.as_second(),
    });
    // A deactivated account has lost its rights and its place.
    if !person.deleted {
        let more = json!({
            "color": "9f69e7",
            "real_name": person.real_name,
            "tz": person.tz,
            "tz_label": offset.abbreviation(),
            "tz_offset": offset.offset().seconds(),
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "is_primary_owner": false,
            "is_restricted": false,
            "is_ultra_restricted": false,
            "is_email_confirmed": !person.is_bot,
            "who_can_share_contact_card": "EVERYONE",
        });
        if let (Some(json), Value::Object(more)) = (json.as_object_mut(), more) {
            json.extend(more);
        }
    }
    if let Some(enterprise) = &team.workspace.enterprise_id {
        json["enterprise_user"] = json!({
            "id": person.id,
            "enterprise_id": enterprise,
            "enterprise_name": "Enterprise",
            "is_admin": person.is_admin,
            "is_owner": person.is_owner,
            "teams": [team.workspace.id],
        });
    }
    json
}

/// Every workspace has this one, which is no bot by its flags.
fn slackbot() -> Member {
    Member::new("USLACKBOT", "slackbot")
        .real_name("Slackbot")
        .email("")
        .tz("America/Los_Angeles")
}

pub(super) fn info(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let id = ctx.required("user")?;
    let with_email = ctx.has_scope("users:read.email");
    if ctx.of_org {
        // An organization's token does not say which workspace is meant.
        ctx.required("team_id")?;
    }
    let team = ctx.team()?;
    let slackbot = slackbot();
    let person = if id == slackbot.id {
        Some(&slackbot)
    } else {
        team.person(&id)
    };
    let person = person.ok_or_else(|| ApiError::new("user_not_found"))?;
    Ok(json!({"user": member(ctx.state, team, person, with_email)}))
}

pub(super) fn list(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let with_email = ctx.has_scope("users:read.email");
    if ctx.of_org {
        // An organization's token does not say which workspace is meant.
        ctx.required("team_id")?;
    }
    let team = ctx.team()?;
    let slackbot = slackbot();
    let people: Vec<&Member> = std::iter::once(&slackbot).chain(&team.people).collect();
    // Without a limit Slack tries to give everyone at once.
    let (people, cursor) = page(&ctx.args, &people, people.len().max(1))?;
    let members: Vec<Value> = people
        .iter()
        .map(|person| member(ctx.state, team, person, with_email))
        .collect();
    Ok(json!({
        "members": members,
        "cache_ts": ctx.state.clock.now().as_second(),
        "response_metadata": {"next_cursor": cursor},
    }))
}

pub(super) fn lookup_by_email(ctx: &mut Ctx<'_>) -> Result<Value, ApiError> {
    let email = ctx.required("email")?;
    let team = ctx.team()?;
    let person = team
        .people
        .iter()
        .find(|person| {
            !person.deleted && !person.is_bot && person.email.eq_ignore_ascii_case(&email)
        })
        .ok_or_else(|| ApiError::new("users_not_found"))?;
    Ok(json!({"user": member(ctx.state, team, person, true)}))
}
