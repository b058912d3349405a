//! Slack's own client calls each method that the app calls.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde_json::{Value, json};
use simulators::slack::{AppConfig, Fault, SignedRequest, SlackSim, SlackSimConfig};
use timeoff::clients::blocks::{modal, section};
use timeoff::clients::slack::{Bot, SlackApi};
use timeoff::platform::config::Secret;
use timeoff::platform::ids::WorkspaceId;

use super::{fill, lines, methods, scopes, user_scopes};
use crate::support::python::{run, script};

/// The fields of a request that was not sent to the app.
fn fields(request: &SignedRequest) -> HashMap<String, String> {
    form_urlencoded::parse(request.body.as_bytes())
        .into_owned()
        .collect()
}

/// The fields of a slash command of somebody in the first workspace.
fn command_of(slack: &SlackSim, user: &str) -> HashMap<String, String> {
    let person = slack.person("T1", user);
    fields(&person.command_request("#leave", "/timeoff"))
}

/// The fields of a slash command that Asha runs.
fn command(slack: &SlackSim) -> HashMap<String, String> {
    command_of(slack, "U_ASHA")
}

/// A modal that Ben has open, and what he could do in it: as many triggers.
async fn modal_of_ben(slack: &SlackSim, triggers: usize) -> Value {
    let token = Secret::new(slack.bot_token("T1").expect("a token"));
    let workspace = WorkspaceId::parse("T1").expect("an id");
    let bot = Bot {
        token: &token,
        workspace: &workspace,
    };
    let blocks = vec![section("Which one?")];
    let view = modal("list", "Leave types", Some("Next"), "", blocks);
    let trigger = &command_of(slack, "U_BEN")["trigger_id"];
    SlackApi::new(&slack.api_url())
        .open_view(bot, trigger, &view)
        .await
        .expect("it opens");
    let form = slack.person("T1", "U_BEN").modal();
    let trigger = || {
        let payload = &fields(&form.submit_request())["payload"];
        let payload: Value = serde_json::from_str(payload).expect("JSON");
        payload["trigger_id"].clone()
    };
    let triggers: Vec<Value> = (0..triggers).map(|_| trigger()).collect();
    json!({"id": form.json()["id"], "triggers": triggers})
}

/// A Slack where every trigger comes too late, and one of them.
async fn late() -> (SlackSim, Value) {
    let slack = SlackSim::new(SlackSimConfig {
        trigger_life: Duration::ZERO,
        ..SlackSimConfig::default()
    });
    slack.start().await.expect("a free port");
    fill(&slack);
    let given = json!({
        "api_url": slack.api_url(),
        "token": slack.bot_token("T1"),
        "trigger": command(&slack)["trigger_id"],
    });
    (slack, given)
}

#[tokio::test]
async fn slacks_own_client_gets_from_every_method_what_it_would_get_at_slack() {
    let config = SlackSimConfig {
        // As many are made ready before Python has started.
        trigger_life: Duration::from_mins(10),
        ..SlackSimConfig::default()
    };
    let slack = SlackSim::new(config);
    slack.start().await.expect("a free port");
    fill(&slack);
    let asha = slack.person("T1", "U_ASHA");
    let written = asha.says("#leave", "on leave tomorrow").await;
    asha.replies(&written, "half a day").await;
    asha.reacts(&written, "palm_tree").await;
    let hello = slack.person("T2", "U_ASHA").says("#away", "hello").await;
    slack.person("T2", "U_ASHA").edits(&hello, "hullo").await;
    for method in ["users.list", "conversations.members"] {
        slack.fault(method, Fault::RateLimited(1), Some(1));
    }

    let app = AppConfig::default();
    let token = |team| slack.bot_token(team);
    let (_late, late) = late().await;
    let own = |team, user| slack.person(team, user).grants(&user_scopes());
    let given = json!({
        "root": env!("CARGO_MANIFEST_DIR"),
        "api_url": slack.api_url(),
        "methods": methods(),
        "scopes": scopes(),
        "tokens": {
            "T1": token("T1"),
            "T2": token("T2"),
            "T3": token("T3"),
            "bare": token("T5"),
            "org": token("T6"),
            "profile bot": token("T8"),
            "asha": own("T1", "U_ASHA"),
            "zoe": own("T1", "U_ZOE"),
            "other asha": own("T2", "U_ASHA"),
            "nobody": null,
        },
        "org_teams": ["T6", "T7"],
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "written": written.ts,
        "triggers": (0..8).map(|_| command(&slack)["trigger_id"].clone()).collect::<Vec<_>>(),
        "modal": modal_of_ben(&slack, 4).await,
        "late": late,
        "commands": [command(&slack)],
    });
    let script = script("peer/web_api.py");
    let (done, said, trouble) =
        run(&[script.to_str().expect("a path")], &[], given.to_string()).await;
    assert!(done, "{said}{trouble}");
    let report: Value = serde_json::from_str(&said).expect("JSON");
    let problems = lines(&report, "problems");
    assert!(problems.is_empty(), "{problems}\n{trouble}");
    // None was skipped.
    let called: Vec<&str> = methods().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        report["called"],
        json!(called.into_iter().collect::<BTreeSet<_>>())
    );
    insta::assert_snapshot!(lines(&report, "lacking"), @"
    auth.test: app_id app_name expires_in
    auth.teams.list teams[]: icon
    chat.postMessage: deprecated_argument
    chat.postMessage message: assistant_app_thread attachments icons language parent_user_id room root subtype username
    chat.update message: assistant_app_thread display_as_bot files language room upload x_files
    conversations.open channel: context_team_id is_open last_read latest unread_count unread_count_display updated
    conversations.history: latest oldest
    conversations.history messages[]: agent_session assistant_app_thread attachments display_as_bot files hidden icons inviter language parent_user_id purpose root subtype topic upload username x_files
    conversations.replies messages[]: assistant_app_thread attachments display_as_bot edited files language last_read upload x_files
    conversations.info channel: connected_limited_team_ids connected_team_ids context_team_id conversation_host_id internal_team_ids is_global_shared is_moved is_non_threadable is_open is_org_default is_org_mandatory is_pending_ext_shared is_read_only is_thread_only locale pending_connected_team_ids properties shared_team_ids updated
    conversations.join channel: context_team_id internal_team_ids is_moved is_pending_ext_shared is_starred last_read pending_connected_team_ids priority properties shared_team_ids updated
    users.info user: enterprise_id enterprise_name has_2fa is_connector_bot is_invited_user is_stranger is_workflow_bot teams
    users.info user.enterprise_user: is_primary_owner
    users.info user.profile: guest_expiration_ts guest_invited_by image_1024 image_original is_custom_image pronouns start_date status_emoji_url
    users.list: offset
    users.list members[]: has_2fa is_invited_user is_workflow_bot locale two_factor_type
    users.list members[].enterprise_user: is_primary_owner
    users.list members[].profile: fields guest_expiration_ts guest_invited_by image_1024 image_original is_custom_image pronouns start_date
    users.profile.get profile: always_active email image_1024 image_original is_custom_image pronouns start_date status_clear_on_focus_end status_emoji_url
    users.profile.set profile: email image_1024 image_original is_custom_image pronouns start_date status_clear_on_focus_end status_emoji_url
    views.open view: app_unfurl_url channel entity_url external_ref message_ts submit_disabled thread_ts
    views.open view.close: verbatim
    views.open view.submit: verbatim
    views.open view.title: verbatim
    views.update view: app_unfurl_url channel entity_url external_ref message_ts submit_disabled thread_ts
    views.update view.close: verbatim
    views.update view.submit: verbatim
    views.update view.title: verbatim
    views.push view: app_unfurl_url channel entity_url external_ref message_ts submit_disabled thread_ts
    views.push view.close: verbatim
    views.push view.submit: verbatim
    views.push view.title: verbatim
    views.publish view: app_unfurl_url channel entity_url external_ref message_ts submit_disabled thread_ts title
    oauth.v2.access: expires_in incoming_webhook refresh_token
    oauth.v2.access authed_user: expires_in refresh_token
    ");
}
