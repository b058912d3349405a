//! How an app gets into a workspace, as people see it: Slack's page that asks for consent, and the
//! link that leads to an app.
//!
//! A browser is signed in as whoever its page of the pretend Slack shows: the page notes that in a
//! cookie, and these know by it whom to ask.

use axum::{
    extract::{Query, State as Extract},
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Redirect, Response},
};

use super::{
    SlackSim,
    model::Member,
    state::{State, Team},
};

/// In which the page notes who it shows: a workspace's id, `~`, a person's.
const SIGNED_IN: &str = "pretend_slack";

/// What an app asks for.
pub(super) struct Wish<'a> {
    /// Scopes of the app's bot.
    pub scopes: Vec<String>,
    /// Scopes of the person's own token.
    pub user_scopes: Vec<String>,
    /// The workspace, if the link that led here named one.
    pub team: Option<&'a str>,
    /// The query of this page, for links back to it.
    pub query: Vec<(&'a str, &'a str)>,
}

/// Slack's page that asks for consent: the person who is signed in, what is asked for, and the way to
/// be somebody else.
pub(super) fn page(sim: &SlackSim, headers: &HeaderMap, wish: &Wish<'_>) -> Response {
    let page = sim.with(|state| {
        let people: Vec<(&Team, &Member)> = state
            .teams
            .iter()
            .filter(|team| wish.team.is_none_or(|it| it == team.workspace.id))
            .flat_map(|team| team.people.iter().map(move |person| (team, person)))
            .filter(|(_, person)| !person.is_bot && !person.deleted)
            .collect();
        let signed_in = signed_in(headers);
        let me = people
            .iter()
            .find(|(team, person)| {
                signed_in.as_ref().is_some_and(|(in_team, user)| {
                    *in_team == team.workspace.id && *user == person.id
                })
            })
            .or(people.first())
            .copied();
        match me {
            Some(me) => write(state, wish, me, &people),
            None => "<h1>Nobody works here yet.</h1>".to_owned(),
        }
    });
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Allow access? · Pretend Slack</title>\
         <link rel=\"icon\" href=\"/assets/icon.svg\"><link rel=\"stylesheet\" href=\"/assets/style.css\">\
         <link rel=\"stylesheet\" href=\"/assets/consent.css\"><main class=\"consent\">{page}</main></html>"
    );
    Html(page).into_response()
}

fn write(
    state: &State,
    wish: &Wish<'_>,
    (team, me): (&Team, &Member),
    people: &[(&Team, &Member)],
) -> String {
    let (app, workspace) = (escape(&state.app.name), escape(&team.workspace.name));
    let allow = link(wish, &[("team", &team.workspace.id), ("user", &me.id)]);
    let cancel = link(wish, &[("press", "cancel")]);
    let for_org = match &team.workspace.enterprise_id {
        Some(enterprise) if !wish.scopes.is_empty() => format!(
            "<a class=\"btn\" href=\"{}\">Allow for the organization {}</a> ",
            link(
                wish,
                &[
                    ("team", &team.workspace.id),
                    ("user", &me.id),
                    ("into", "org")
                ]
            ),
            escape(enterprise)
        ),
        _ => String::new(),
    };
    let others: Vec<String> = people
        .iter()
        .filter(|(other_team, other)| {
            (&other_team.workspace.id, &other.id) != (&team.workspace.id, &me.id)
        })
        .map(|(team, person)| {
            format!(
                "<li><a href=\"{}\">{}</a> <span class=\"quiet\">in {}</span></li>",
                link(wish, &[("team", &team.workspace.id), ("user", &person.id)]),
                escape(&person.real_name),
                escape(&team.workspace.name)
            )
        })
        .collect();
    let list = |title: &str, scopes: &[String]| {
        let items: Vec<String> = scopes
            .iter()
            .map(|scope| format!("<li>{} <code>{}</code></li>", meaning(scope), escape(scope)))
            .collect();
        match items.as_slice() {
            [] => String::new(),
            items => format!("<h2>{title}</h2><ul>{}</ul>", items.concat()),
        }
    };
    format!(
        "<p class=\"quiet\">Pretend Slack · you are {me}</p>\
         <h1><strong>{app}</strong> is asking to be let into <strong>{workspace}</strong></h1>\
         {bot}{own}\
         <p class=\"consent-buttons\"><a class=\"btn\" href=\"{cancel}\" data-testid=\"refuse\">Cancel</a> {for_org}\
         <a class=\"btn primary\" href=\"{allow}\" data-testid=\"allow\">Allow</a></p>\
         <details><summary>Allow as somebody else</summary><ul>{others}</ul></details>",
        me = escape(&me.real_name),
        bot = list(&format!("What {app} wants to do"), &wish.scopes),
        own = list("What it wants to do for you", &wish.user_scopes),
        others = others.concat(),
    )
}

/// The same page with more in its query.
fn link(wish: &Wish<'_>, more: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in wish
        .query
        .iter()
        .filter(|(name, _)| *name != "team")
        .chain(more)
    {
        query.append_pair(name, value);
    }
    escape(&format!("?{}", query.finish()))
}

/// What a scope is for, in the words of <https://docs.slack.dev/reference/scopes>, shortened.
fn meaning(scope: &str) -> &'static str {
    match scope {
        "channels:history" => "Read messages in public channels that it is in",
        "channels:join" => "Join public channels",
        "channels:read" => "See which public channels there are",
        "chat:write" => "Send messages as itself",
        "commands" => "Add commands that people can use",
        "groups:history" => "Read messages in private channels that it is in",
        "groups:read" => "See which private channels it is in",
        "im:history" => "Read direct messages that people write to it",
        "im:read" => "See with whom it has direct messages",
        "im:write" => "Begin direct messages with people",
        "users:read" => "See who is in the workspace",
        "users:read.email" => "See people's e-mail addresses",
        "users.profile:read" => "See profiles and statuses",
        "users.profile:write" => "Change the profile and status",
        _ => "Use",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// Who the page in this browser shows.
fn signed_in(headers: &HeaderMap) -> Option<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == SIGNED_IN)
        .and_then(|(_, who)| who.split_once('~'))
        .map(|(team, user)| (team.to_owned(), user.to_owned()))
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct ToApp {
    team: Option<String>,
}

/// Leads to the conversation with the app, in its workspace.
///
/// <https://docs.slack.dev/interactivity/deep-linking>
pub(super) async fn app_redirect(
    Extract(sim): Extract<SlackSim>,
    Query(to): Query<ToApp>,
    headers: HeaderMap,
) -> Redirect {
    let signed_in = signed_in(&headers);
    let first = || sim.with(|state| Some(state.teams.first()?.workspace.id.clone()));
    let team = to
        .team
        .or_else(|| signed_in.as_ref().map(|(team, _)| team.clone()))
        .or_else(first)
        .unwrap_or_default();
    let mut place = form_urlencoded::Serializer::new(String::new());
    place.append_pair("team", &team);
    if let Some((_, user)) = signed_in.filter(|(in_team, _)| *in_team == team) {
        place.append_pair("as", &user);
    }
    place.append_pair("channel", "app");
    Redirect::to(&format!("/#{}", place.finish()))
}
