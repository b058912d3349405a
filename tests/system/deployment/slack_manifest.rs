//! `infra/slack-manifest.yaml` says exactly what the code uses.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use slack_morphism::prelude::SlackAppManifest;
use timeoff::clients::slack::USER_METHOD_SCOPES;
use timeoff::gateway::HEARD;
use timeoff::routes::{COMMAND, SLACK_PATHS, bot_scopes};
use timeoff::workspace::install::status::USER_SCOPES;

const FILE: &str = include_str!("../../../infra/slack-manifest.yaml");
const HOST: &str = "https://timeoff.example.com";

fn manifest() -> Value {
    serde_saphyr::from_str(FILE).expect("YAML")
}

/// The manifest with what the code says in the place of what the code decides. Only names and
/// descriptions are the manifest's own.
fn as_the_code_has_it(manifest: &Value) -> Value {
    let [events, interactivity, commands] = SLACK_PATHS.map(|path| format!("{HOST}{path}"));
    let subscriptions: BTreeSet<&str> = HEARD.iter().map(|heard| heard.subscription).collect();
    let scopes = USER_METHOD_SCOPES.iter().map(|(_, scopes)| *scopes);
    let user_scopes: BTreeSet<&str> = scopes.flatten().copied().collect();
    assert_eq!(
        USER_SCOPES.split(',').collect::<BTreeSet<_>>(),
        user_scopes,
        "what is asked for is what the calls need"
    );
    let own = |pointer: &str| manifest.pointer(pointer).cloned().unwrap_or_default();
    json!({
        "display_information": own("/display_information"),
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "bot_user": {"display_name": own("/features/bot_user/display_name"), "always_online": true},
            "slash_commands": [{
                "command": COMMAND,
                "url": commands,
                "description": own("/features/slash_commands/0/description"),
                "usage_hint": own("/features/slash_commands/0/usage_hint"),
                "should_escape": false,
            }],
        },
        "oauth_config": {
            "redirect_urls": [format!("{HOST}/slack/oauth_redirect")],
            "scopes": {"bot": bot_scopes(), "user": user_scopes},
        },
        "settings": {
            "event_subscriptions": {"request_url": events, "bot_events": subscriptions},
            "interactivity": {"is_enabled": true, "request_url": interactivity},
            "org_deploy_enabled": true,
            "socket_mode_enabled": false,
            "token_rotation_enabled": false,
        },
    })
}

#[test]
fn the_slack_manifest_has_what_the_code_uses_and_nothing_else() {
    let manifest = manifest();
    let (file, code) = (
        serde_json::to_string_pretty(&manifest).expect("JSON"),
        serde_json::to_string_pretty(&as_the_code_has_it(&manifest)).expect("JSON"),
    );
    assert!(
        file == code,
        "infra/slack-manifest.yaml is not what the code uses. The file:\n{file}\nThe code:\n{code}"
    );
}

/// A field that Slack does not know would be lost on the way through its types.
#[test]
fn the_slack_manifest_is_made_of_slacks_fields() {
    let mut manifest = manifest();
    // The one field that slack-morphism's types lack.
    // https://docs.slack.dev/reference/app-manifest#settings
    let settings = manifest["settings"].as_object_mut().expect("settings");
    assert_eq!(
        settings.remove("token_rotation_enabled"),
        Some(json!(false))
    );
    let typed: SlackAppManifest = serde_json::from_value(manifest.clone()).expect("a manifest");
    assert_eq!(serde_json::to_value(typed).expect("JSON"), manifest);
}

#[test]
fn every_scope_in_the_slack_manifest_says_what_it_is_for() {
    let scopes: Vec<&str> = FILE
        .lines()
        .skip_while(|line| line.trim() != "bot:")
        .skip(1)
        .take_while(|line| line.trim().starts_with("- "))
        .collect();
    assert_eq!(scopes.len(), bot_scopes().len());
    for line in scopes {
        assert!(line.contains(" # "), "no reason: {line}");
    }
}
