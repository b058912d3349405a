//! An app made of Slack's own classes is sent what people do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Stdio};

use serde_json::{Value, json};
use simulators::slack::{AppConfig, Member, SlackSim, SlackSimConfig, Submitted};

use timeoff::gateway::HEARD;

use super::{fill, lines, user_scopes};
use crate::support::python::{command, script};

/// Events that only the simulator's own tests hear, or that an app may hear under another name.
const BESIDE: [&str; 5] = [
    "app_mention",
    "member_joined_channel",
    "reaction_added",
    "reaction_removed",
    "user_profile_changed",
];

/// The app in Python, listening.
struct App {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl App {
    /// Starts the app; Slack is told where.
    fn start(slack: &SlackSim) -> Self {
        let mut child = command()
            .arg(script("peer/app.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let token = |team| slack.bot_token(team);
        let config = json!({
            "root": env!("CARGO_MANIFEST_DIR"),
            "api_url": slack.api_url(),
            "signing_secret": slack.signing_secret(),
            "tokens": {"T1": token("T1"), "T2": token("T2"), "T6": token("T6")},
            "heard": HEARD.map(|heard| heard.subscription),
        });
        let stdin = child.stdin.as_mut().expect("a pipe");
        writeln!(stdin, "{config}").expect("it is read");
        let mut said = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut port = String::new();
        said.read_line(&mut port).expect("a line");
        slack.set_app_url(&format!("http://127.0.0.1:{}", port.trim()));
        Self { child, said }
    }

    /// Ends the app: what it reports.
    fn report(mut self) -> Value {
        drop(self.child.stdin.take());
        let mut said = String::new();
        self.said.read_to_string(&mut said).expect("text");
        assert!(self.child.wait().expect("it ends").success(), "{said}");
        serde_json::from_str(&said).expect("JSON")
    }
}

/// One afternoon in a workspace.
async fn people_do_everything(slack: &SlackSim, team: &str, channel: &str, greeting: &str) {
    let asha = slack.person(team, "U_ASHA");
    // A command that opens a dialog, which is refused, filled in, and at another time left.
    asha.types(channel, "/timeoff tomorrow").await;
    let form = asha.modal();
    form.fill("Kind", "Sick").await;
    form.fill("Half", "Half a day").await;
    form.fill("First day", "2026-02-01").await;
    form.fill("Reason", "none of your business").await;
    let refused = [("First day".to_owned(), "That day is over.".to_owned())];
    assert_eq!(form.submit().await, Submitted::Errors(refused.into()));
    form.fill("First day", "2026-03-09").await;
    assert_eq!(form.submit().await, Submitted::Closed);
    asha.chooses("Sick").await;
    asha.press("Approve").await;
    asha.types(channel, "/timeoff").await;
    asha.modal().close().await;
    // An answer for her alone.
    asha.types(channel, "/timeoff help").await;
    asha.press("Got it").await;
    // Home, for the first time and again.
    asha.opens_home().await;
    slack.settle().await;
    asha.opens_home().await;
    asha.press_home("Approve").await;
    // Words.
    let words = asha.says(channel, "thread, please").await;
    asha.press_in(channel, "Look").await;
    asha.replies(&words, "thanks").await;
    asha.edits(&words, "thread, pretty please").await;
    asha.reacts(&words, "eyes").await;
    asha.reacts(&words, "eyes").await;
    asha.deletes(&words).await;
    asha.says("@app", greeting).await;
    let bot = slack.bot_user_id(team);
    asha.says(channel, &format!("<@{bot}> {greeting}")).await;
    // People.
    let newcomer = Member::new("U_NEW", "new").real_name("Newa Lim");
    slack.join_workspace(team, newcomer).await;
    slack.join_channel(team, channel, "U_NEW").await;
    slack
        .change_person(team, "U_NEW", |it| {
            it.real_name("Neva Lim").title("Printer")
        })
        .await;
    slack
        .change_person(team, "U_NEW", Member::deactivated)
        .await;
    slack.settle().await;
}

#[tokio::test]
async fn an_app_of_slacks_own_classes_is_sent_what_slack_would_send_it() {
    let heard = HEARD.iter().map(|heard| heard.subscription);
    let app = AppConfig {
        events: heard.clone().chain(BESIDE).map(str::to_owned).collect(),
        ..AppConfig::default()
    };
    // The verifier of Slack's package looks at the machine's clock.
    let slack = SlackSim::new(SlackSimConfig {
        app,
        ..SlackSimConfig::default()
    });
    slack.start().await.expect("a free port");
    fill(&slack);
    let app = App::start(&slack);
    assert!(slack.verify_url().await);
    people_do_everything(&slack, "T1", "#leave", "hello").await;
    people_do_everything(&slack, "T2", "#away", "good day").await;
    // A private channel, too.
    let asha = slack.person("T1", "U_ASHA");
    asha.says("#leads", "between us").await;
    // An organization installed the app for one of its workspaces, gives it to another, and takes it away again.
    people_do_everything(&slack, "T6", "#gone", "hi").await;
    slack.revoke_access("T7").await;
    slack.grant_access("E_ORG", "T7").await;
    // Somebody let the app do something for them, and takes that back.
    asha.grants(&user_scopes());
    slack.revoke_user_tokens("T1", "U_ASHA").await;
    slack.uninstall_app("T2").await;
    slack.uninstall_app("T6").await;
    slack.settle().await;

    let report = tokio::task::spawn_blocking(|| app.report())
        .await
        .expect("waited for");
    let problems = lines(&report, "problems");
    assert!(problems.is_empty(), "{problems}");
    assert_eq!(slack.problems(), Vec::<String>::new());
    // What the app did with it has reached people, in its own workspace alone.
    insta::assert_snapshot!(asha.channel("#leave"), @"
    timeoff: Approved
    timeoff (only you can see this): Noted
    timeoff: [Look]
    timeoff (only you can see this): Noted
    asha: thanks
    asha: @timeoff hello
    ");
    let other = slack.person("T2", "U_ASHA");
    insta::assert_snapshot!(other.channel("#away"), @"
    timeoff: Approved
    timeoff (only you can see this): Noted
    timeoff: [Look]
    timeoff (only you can see this): Noted
    asha: thanks
    asha: @timeoff good day
    ");
    insta::assert_snapshot!(lines(&report, "lacking"), @"
    app_home_opened: context
    app_home_opened view: app_unfurl_url channel entity_url external_ref message_ts submit_disabled thread_ts title
    app_mention: attachments bot_id bot_profile display_as_bot edited files source_team subtype thread_ts upload user_profile user_team username
    block_actions: app_unfurl bot_access_token function_data
    block_actions message: agent_session assistant_app_thread attachments client_msg_id display_as_bot edited files hidden icons inviter is_locked language latest_reply metadata parent_user_id purpose reactions reply_count reply_users reply_users_count root subscribed subtype topic upload username x_files
    block_actions view: app_unfurl_url channel entity_url external_ref message_ts thread_ts
    member_joined_channel: enterprise inviter
    message: app_context assistant_thread attachments edited files is_starred pinned_to reactions
    message.message_changed message: agent_session assistant_app_thread attachments display_as_bot files hidden icons inviter is_locked language latest_reply metadata parent_user_id purpose reactions reply_count reply_users reply_users_count root subscribed subtype thread_ts topic upload username x_files
    message.message_changed previous_message: agent_session assistant_app_thread attachments display_as_bot edited files hidden icons inviter is_locked language latest_reply metadata parent_user_id purpose reactions reply_count reply_users reply_users_count root subscribed subtype thread_ts topic upload username x_files
    message.message_deleted previous_message: agent_session app_id assistant_app_thread attachments bot_id bot_profile display_as_bot files hidden icons inviter is_locked language latest_reply metadata parent_user_id purpose reactions reply_count reply_users reply_users_count root subscribed subtype thread_ts topic upload username x_files
    team_join user: has_2fa has_files is_invited_user is_stranger is_workflow_bot presence two_factor_type
    team_join user.profile: image_1024 image_original is_custom_image
    user_change user: has_2fa has_files is_invited_user is_stranger is_workflow_bot presence two_factor_type
    user_change user.profile: image_1024 image_original is_custom_image
    user_profile_changed user: has_2fa has_files is_invited_user is_stranger is_workflow_bot presence two_factor_type
    user_profile_changed user.profile: image_1024 image_original is_custom_image
    view_closed view: app_unfurl_url channel entity_url external_ref message_ts thread_ts
    view_submission view: app_unfurl_url channel entity_url external_ref message_ts thread_ts
    ");
}
