//! How the app gets into workspaces, leaves them, and comes back.

mod consent;
mod orgs;
mod orgs_changing;
mod permissions;
mod refusals;
mod removed;
mod shared_channels;
mod status;
mod two_in_one_org;
mod without_a_scope;

use crate::support::browser::{Browser, Page, text};
use crate::support::{House, logs};

/// Somebody installs the app from their browser, with all that follows; the page that they see.
async fn installs(house: &House, team: &str, user: &str) -> String {
    installs_with(house, team, user, "").await
}

async fn installs_with(house: &House, team: &str, user: &str, pressing: &str) -> String {
    let mut browser = Browser::default();
    let begin = format!("{}/slack/install", house.url);
    let back = browser.consents(&begin, team, user, pressing).await;
    let page = browser.get(&back).await;
    if let Some(token) = house.slack.bot_token(team) {
        logs::plant_secret(&token);
    }
    house.settle().await;
    shown(house, &page)
}

fn shown(house: &House, page: &Page) -> String {
    text(page, &house.url, &house.slack)
}
