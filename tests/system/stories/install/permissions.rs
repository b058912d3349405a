//! A new version needs permissions that a workspace has not given.

use insta::assert_snapshot;
use timeoff::routes::bot_scopes;

use super::{installs, orgs, shown};
use crate::support::browser::Browser;
use crate::support::{House, OTHER, Plan, TEAM};

pub(super) async fn house_without(scopes: &[&str], oauth: bool) -> House {
    let granted = bot_scopes()
        .into_iter()
        .filter(|scope| !scopes.contains(scope))
        .collect();
    House::build(Plan {
        oauth,
        scopes: Some(granted),
        ..Plan::default()
    })
    .await
}

/// How many messages said that something is missing.
fn told(house: &House) -> usize {
    let posts = house.slack.calls("chat.postMessage");
    let says = |post: &&serde_json::Value| post.to_string().contains("that I was not given");
    posts.iter().filter(says).count()
}

#[tokio::test]
async fn the_admins_are_told_once_what_is_off_and_where_to_allow_it() {
    let house = house_without(&["groups:history", "groups:read"], true).await;
    house.neighbours_without_the_app();
    installs(&house, OTHER, "U_CARLA").await;
    house.round().await;
    let text = house.carla().dm().replace(&house.url, "APP");
    assert_snapshot!(text, @"
    timeoff: I need permissions that I was not given in this workspace. Without them:
      • a private leave channel is not read
      • the members of a channel cannot be its approvers

      Update the permissions: Slack asks you once, and everything else stays as it is.
      What is missing: `groups:history`, `groups:read`
    ");
    assert_eq!(house.asha().dm(), "");
    let other_carla = house.slack.person(OTHER, "U_CARLA");
    let next_door = other_carla.dm();
    assert!(
        !next_door.contains("I need"),
        "nothing is missing there: {next_door}"
    );
    house.at("2026-03-03T09:00:00Z").await;
    assert_eq!(told(&house), 1, "once");

    // The link gives what was missing, and what is missing later is told again.
    installs(&house, TEAM, "U_CARLA").await;
    house.round().await;
    house.execute("UPDATE workspace SET scopes = array_remove(scopes, 'users:read.email') WHERE workspace_id = 'T1'").await;
    house.round().await;
    house.round().await;
    assert_eq!(told(&house), 2);
}

#[tokio::test]
async fn without_a_page_to_install_from_the_operator_is_named() {
    let house = house_without(&["users:read.email"], false).await;
    house.round().await;
    assert_snapshot!(house.carla().dm(), @"
    timeoff: I need a permission that I was not given in this workspace. Without it:
      • people are not found in Harvest by their e-mail address

      Whoever runs timeoff can give me more: in the app's settings at https://api.slack.com/apps, under “OAuth & Permissions”, add the scopes and reinstall the app.
      What is missing: `users:read.email`
    ");
}

#[tokio::test]
async fn a_workspace_without_an_admin_is_told_through_who_installed_it() {
    let house = house_without(&["groups:read"], true).await;
    house.execute("UPDATE person SET is_admin = false").await;
    house.round().await;
    assert!(
        house.slack.calls("chat.postMessage").is_empty(),
        "nobody can be told"
    );
    house
        .execute("UPDATE workspace SET installer_id = 'U_DEV'")
        .await;
    house.round().await;
    assert!(house.dev().dm().contains("I need a permission"));
}

#[tokio::test]
async fn home_says_to_admins_what_is_off_and_where_to_allow_it() {
    for oauth in [true, false] {
        let house = house_without(&["users:read.email"], oauth).await;
        house.neighbours_move_in().await;
        let notice = "I need a permission that I was not given in this workspace.";
        let home = house.opens_home(&house.carla()).await;
        let told: Vec<&str> = home
            .lines()
            .skip_while(|line| !line.contains(notice))
            .take(5)
            .collect();
        let told = told.join("\n").replace(&house.url, "APP");
        if oauth {
            assert_snapshot!(told, @"
            I need a permission that I was not given in this workspace. Without it:
            • people are not found in Harvest by their e-mail address

            Update the permissions: Slack asks you once, and everything else stays as it is.
            What is missing: `users:read.email`
            ");
        } else {
            assert_snapshot!(told, @"
            I need a permission that I was not given in this workspace. Without it:
            • people are not found in Harvest by their e-mail address

            Whoever runs timeoff can give me more: in the app's settings at https://api.slack.com/apps, under “OAuth & Permissions”, add the scopes and reinstall the app.
            What is missing: `users:read.email`
            ");
        }
        assert!(!house.opens_home(&house.asha()).await.contains(notice));
        let next_door = house.slack.person(OTHER, "U_CARLA");
        assert!(!house.opens_home(&next_door).await.contains(notice));
    }
}

#[tokio::test]
async fn two_schedules_at_once_tell_an_admin_once() {
    let granted = bot_scopes().into_iter();
    let house = House::build(Plan {
        connections: 8,
        workers: 4,
        scopes: Some(granted.filter(|scope| *scope != "groups:read").collect()),
        ..Plan::default()
    })
    .await;
    for _ in 0..5 {
        let rounds = house.rounds_at_once().await;
        let told: usize = rounds.iter().map(|round| round.missing_permissions).sum();
        assert_eq!(told, 1);
        // It is as if they were never told, so that more than one race is run.
        house
            .execute("UPDATE workspace SET scopes_told = NULL")
            .await;
    }
    assert_eq!(house.slack.calls("chat.postMessage").len(), 5);
}

#[tokio::test]
async fn the_admins_of_an_organizations_workspaces_are_told_too() {
    let house = orgs::house_with_an_organization().await;
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let slack = browser.get(&begin).await.location();
    let fewer = slack.replace("groups%3Aread%2C", "");
    assert_ne!(slack, fewer);
    let back = format!("{fewer}&team={}&user=W_LENA&into=org", orgs::LABS);
    let back = browser.get(&back).await.location();
    let page = shown(&house, &browser.get(&back).await);
    assert!(page.contains("installed for the organization"), "{page}");
    house.slack.grant_access("E1", orgs::WORKS).await;
    house.settle().await;
    for _ in 0..3 {
        house.round().await;
    }
    for (team, user) in [(orgs::LABS, "W_LENA"), (orgs::WORKS, "W_WILL")] {
        let admin = house.slack.person(team, user);
        let told = admin.dm().matches("I need a permission").count();
        assert_eq!(told, 1, "{user} sees {}", admin.dm());
    }
    let lena = house.slack.person(orgs::LABS, "W_LENA");
    let message = lena.dm().replace(&house.url, "APP");
    assert!(
        message.contains("Update the permissions") && message.contains("`groups:read`"),
        "{message}"
    );
    assert_eq!(
        house.carla().dm(),
        "",
        "nothing is missing in a workspace of its own"
    );
}
