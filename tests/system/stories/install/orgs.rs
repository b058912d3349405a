//! An organization (Enterprise Grid) installs the app: one token, and each workspace its own tenant.

use insta::assert_snapshot;
use simulators::slack::{Channel, Fault, Member, Workspace};

use super::{installs, installs_with};
use crate::support::{House, Plan};

pub(super) const LABS: &str = "T7";
pub(super) const WORKS: &str = "T8";

/// A house beside which an organization has two workspaces, with people of its own in each.
pub(super) async fn house_with_an_organization() -> House {
    with_organization(House::with_oauth().await)
}

pub(super) fn with_organization(house: House) -> House {
    for (team, name, person) in [(LABS, "Labs", "W_LENA"), (WORKS, "Works", "W_WILL")] {
        house
            .slack
            .add_workspace(Workspace::new(team, name).enterprise("E1"));
        let handle = person.trim_start_matches("W_").to_lowercase();
        let member = Member::new(person, &handle).real_name(&handle);
        house.slack.add_person(team, member.admin());
        let channel = format!("C_{}", name.to_uppercase());
        house
            .slack
            .add_channel(team, Channel::new(&channel, "general").members([person]));
    }
    house
}

pub(super) async fn tenants(house: &House) -> String {
    let rows: Vec<String> = house
        .value("SELECT coalesce(array_agg(format('%s %s, %s people, own token %s, paused %s', w.workspace_id, name, (SELECT count(*) FROM person p WHERE p.workspace_id = w.workspace_id), bot_token IS NOT NULL, paused_at IS NOT NULL) ORDER BY w.workspace_id), '{}') FROM workspace w")
        .await;
    rows.join("\n")
}

#[tokio::test]
async fn an_organization_installs_the_app_for_its_workspaces() {
    let house = house_with_an_organization().await;
    let page = installs_with(&house, LABS, "W_LENA", "&into=org").await;
    assert_snapshot!(page, @"
    200
    ✓ timeoff is in Enterprise
    It is installed for the organization. What happens next:
    • The organization's admins choose which workspaces have it, in Slack under “Manage organization”, “Integrations”.
    • Each of these is ready a minute later, and has people, settings and leave of its own.
    • Everybody there can ask with `/timeoff`.
    Open timeoff in Slack → SLACK/app_redirect?app=A0TIMEOFF
    ");
    house.round().await;
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused f
    ");
    let lena = house.slack.person(LABS, "W_LENA");
    house.types(&lena, "/timeoff list").await;
    assert_snapshot!(lena.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");
    // Its token is kept once, encrypted, and opens only for its own workspaces.
    let kept: Vec<String> = house
        .value("SELECT array_agg(format('%s %s %s', enterprise_id, installer_id, bot_token LIKE '%xox%')) FROM enterprise")
        .await;
    assert_eq!(kept, ["E1 W_LENA f"]);

    // It gives the app to another workspace: ready with the next round.
    house.slack.grant_access("E1", WORKS).await;
    house.round().await;
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused f
    T8 Works, 1 people, own token f, paused f
    ");
    let will = house.slack.person(WORKS, "W_WILL");
    house.types(&will, "/timeoff sick today").await;
    assert_eq!(house.submits(&will).await, "");
    assert_snapshot!(will.dm(), @"
    timeoff: *Sick leave, Mon 2 March*
      1 working day
      :white_check_mark: Noted; no approval needed.
      [Cancel leave]
    ");
    house.types(&lena, "/timeoff who").await;
    assert_snapshot!(lena.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    timeoff (only you can see this): *Off today, Mon 2 March*
      Nobody.
      *Off this week, Mon 2 – Sun 8 March*
      Nobody.
    ");

    // It takes the app away again: that workspace rests, the others go on.
    house.slack.revoke_access(WORKS).await;
    house.settle().await;
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused f
    T8 Works, 1 people, own token f, paused t
    ");
    house.slack.grant_access("E1", WORKS).await;
    house.round().await;
    house.types(&will, "/timeoff list").await;
    assert_snapshot!(will.channel("#general"), @"
    timeoff (only you can see this): == Your upcoming leave ==
      *Sick leave, Mon 2 March*
      1 working day, approved  [Cancel leave]
    ");

    // It removes the app: all of its workspaces rest, and its token is gone.
    house.slack.uninstall_app(LABS).await;
    house.settle().await;
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused t
    T8 Works, 1 people, own token f, paused t
    ");
    let tokens: i64 = house
        .value("SELECT count(*) FROM enterprise WHERE bot_token IS NOT NULL")
        .await;
    assert_eq!(tokens, 0);
    // A month later nothing is left of it.
    house.at("2026-04-02T09:00:00Z").await;
    assert_snapshot!(tenants(&house).await, @"T1 Paper & Co, 4 people, own token t, paused f");
    let left: i64 = house.value("SELECT count(*) FROM enterprise").await;
    assert_eq!(left, 0);
    // The workspace beside it does not notice.
    house.types(&house.asha(), "/timeoff list").await;
    let shown = house.asha().channel("#general");
    assert!(shown.contains("Nothing planned"), "{shown}");
}

#[tokio::test]
async fn the_first_request_of_a_workspace_makes_it_a_tenant_and_is_not_lost() {
    let house = house_with_an_organization().await;
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.round().await;
    // Nobody tells us of this one: its first request does.
    house.slack.fault("app", Fault::Drop, Some(4));
    house.slack.grant_access("E1", WORKS).await;
    house.slack.clear_faults();
    let will = house.slack.person(WORKS, "W_WILL");
    house.types(&will, "/timeoff list").await;
    assert_snapshot!(will.channel("#general"), @"timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.");
    house.types(&will, "/timeoff list").await;
    assert_snapshot!(will.channel("#general"), @"
    timeoff (only you can see this): I do not know you yet, so I am looking you up now. Please try again in a moment. If I still do not know you then, please ask a workspace admin to add you.
    timeoff (only you can see this): == Your upcoming leave ==
      Nothing planned. Type `/timeoff` to ask for time off.
    ");
    // Its name is read with the next round.
    house.round().await;
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token f, paused f
    T8 Works, 1 people, own token f, paused f
    ");
}

#[tokio::test]
async fn of_the_first_requests_of_a_workspace_none_is_refused() {
    let plan = Plan {
        oauth: true,
        connections: 4,
        ..Plan::default()
    };
    let house = with_organization(House::build(plan).await);
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.round().await;
    house.slack.fault("app", Fault::Drop, Some(4));
    house.slack.grant_access("E1", WORKS).await;
    house.slack.clear_faults();
    let will = house.slack.person(WORKS, "W_WILL");
    let at_once: Vec<_> = (0..4)
        .map(|_| will.command_request("#general", "/timeoff help"))
        .collect();
    for reply in house.post_at_once(&at_once).await {
        assert!(!reply.body.contains("not installed"), "{}", reply.body);
    }
    house.settle().await;
    let installed =
        "SELECT count(*) FROM audit_log WHERE workspace_id = 'T8' AND action = 'installed'";
    assert_eq!(house.value::<i64>(installed).await, 1, "once");
}

#[tokio::test]
async fn a_slack_that_has_no_time_for_the_list_is_asked_again() {
    let house = house_with_an_organization().await;
    house
        .slack
        .fault("auth.teams.list", Fault::RateLimited(30), Some(1));
    let page = installs_with(&house, LABS, "W_LENA", "&into=org").await;
    assert!(page.starts_with("200"), "{page}");
    house.app.services.background.close();
    house.app.services.background.wait().await;
    house.app.services.background.reopen();
    let known = "SELECT count(*) FROM workspace";
    assert_eq!(house.value::<i64>(known).await, 1);
    house.round().await;
    assert_eq!(house.value::<i64>(known).await, 2);
    // With a workspace's own installation nothing is joined.
    assert!(
        !tenants(&house)
            .await
            .contains("T1 Paper & Co, 4 people, own token f")
    );
}

#[tokio::test]
async fn a_stranger_that_names_an_organization_is_not_taken_in() {
    let house = house_with_an_organization().await;
    // The app is in Slack's workspace, but the organization never came to us.
    let scopes: Vec<&str> = timeoff::routes::bot_scopes().into_iter().collect();
    house.slack.install_app_in_org("E1", &[WORKS], &scopes);
    let will = house.slack.person(WORKS, "W_WILL");
    house.types(&will, "/timeoff list").await;
    assert_snapshot!(will.channel("#general"), @"timeoff (only you can see this): timeoff is not installed in this workspace. Please ask a workspace admin to add it.");
    assert_eq!(
        house.value::<i64>("SELECT count(*) FROM workspace").await,
        1
    );
    // One workspace of an organization may have the app for itself.
    let page = installs(&house, LABS, "W_LENA").await;
    assert!(page.contains("timeoff is in Labs"), "{page}");
    assert_snapshot!(tenants(&house).await, @"
    T1 Paper & Co, 4 people, own token t, paused f
    T7 Labs, 1 people, own token t, paused f
    ");
    house.slack.uninstall_app(LABS).await;
    house.settle().await;
    let paused: Vec<String> = house
        .value("SELECT array_agg(workspace_id) FROM workspace WHERE paused_at IS NOT NULL")
        .await;
    assert_eq!(paused, [LABS]);
}

#[tokio::test]
async fn home_in_an_organization_says_what_is_off_and_where_to_allow_it() {
    let house = house_with_an_organization().await;
    installs_with(&house, LABS, "W_LENA", "&into=org").await;
    house.round().await;
    house
        .execute("UPDATE enterprise SET scopes = array_remove(scopes, 'users:read.email')")
        .await;
    let home = house
        .opens_home(&house.slack.person(LABS, "W_LENA"))
        .await
        .replace(&house.url, "APP");
    let notice = "I need a permission that I was not given in this workspace.";
    let told: Vec<&str> = home
        .lines()
        .skip_while(|line| !line.contains(notice))
        .take(5)
        .collect();
    assert_snapshot!(told.join("\n"), @"
    I need a permission that I was not given in this workspace. Without it:
    • people are not found in Harvest by their e-mail address

    Update the permissions: Slack asks you once, and everything else stays as it is.
    What is missing: `users:read.email`
    ");
    assert!(!house.opens_home(&house.carla()).await.contains(notice));
}
