//! What admins see: leave that failed at other services, and people without an approver.

use jiff::civil::Date;

use super::paging::{List, Pages, paragraphs};
use super::store::Look;
use crate::clients::blocks::{
    SlackBlock, actions, button, context, divider, escape, header, primary, section,
    section_with_button, shorten,
};
use crate::leave::entries::ServiceOutcome;
use crate::leave::model::PendingAction;
use crate::leave::outcome_words::{self, Reader};
use crate::leave::store;
use crate::leave::visibility::{Viewer, sight};
use crate::leave::{approvers, sync, views, words};
use crate::platform::db::TenantTx;
use crate::services::Services;
use crate::tenant::{Integrations, Person};
use crate::workspace::install::scopes;
use crate::workspace::{people, settings, setup};

/// What the admins' part is made of.
pub struct ForAdmins {
    /// Whether leave goes to any other service.
    pub services: bool,
    /// Leave that waits for a retry, and how it stands.
    pub failed: Vec<(PendingAction, Vec<ServiceOutcome>)>,
    /// People for whom only the admins would be asked.
    pub without_approver: Vec<Person>,
    /// Whether that is everybody.
    pub nobody_has_one: bool,
    /// What is off, what is left to set up, and the settings, as their own rooms show them.
    pub settings: Vec<SlackBlock>,
}

/// Reads what admins see. `people` are all who are active.
pub(super) async fn load(
    tx: &mut TenantTx,
    services: &Services,
    look: &Look,
    people: &[Person],
) -> Result<ForAdmins, sqlx::Error> {
    let integrations =
        Integrations::of_known(tx, services, &look.settings, look.from_token).await?;
    let mut settings = permissions(services, look);
    if !look.is_set_up {
        settings.extend(setup::home_blocks(tx, services, &look.settings, &integrations).await?);
    }
    settings.extend(settings::home_blocks(tx, services, &look.settings, &integrations).await?);
    settings.push(actions("people", vec![people::import_button()]));
    let mut failed = Vec::new();
    if look.failed {
        let actions = store::failed_at_services(tx).await?;
        let ids: Vec<i64> = actions.iter().map(|action| action.id).collect();
        let mut outcomes = store::service_outcomes_of(tx, &ids).await?;
        for action in actions {
            let stands = outcomes.remove(&action.id).unwrap_or_default();
            failed.push((action, stands));
        }
    }
    let without_approver: Vec<Person> = approvers::without_approver(people, &look.settings)
        .into_iter()
        .cloned()
        .collect();
    Ok(ForAdmins {
        services: !sync::switched_on(&integrations).is_empty(),
        failed,
        nobody_has_one: without_approver.len() == people.len(),
        without_approver,
        settings,
    })
}

/// What is off for want of a permission, and the way to give it.
fn permissions(services: &Services, look: &Look) -> Vec<SlackBlock> {
    let Some(granted) = &look.scopes else {
        return Vec::new();
    };
    let missing = scopes::missing(granted, &scopes::bot_scopes());
    scopes::notice(services, look.from_token, &missing).map_or_else(Vec::new, |it| it.blocks)
}

/// The admins' part of the tab.
pub(super) fn blocks(admin: &ForAdmins, pages: &Pages, today: Date) -> Vec<SlackBlock> {
    let mut parts = Vec::new();
    if admin.services {
        parts.extend(failed_syncs(admin, pages, today));
    }
    if !admin.without_approver.is_empty() {
        parts.extend(missing_approvers(admin, pages));
    }
    parts.extend(admin.settings.iter().cloned());
    if !parts.is_empty() {
        let why = context("You see this because you are an admin of this workspace.");
        parts.splice(0..0, [divider(), header("For admins"), why]);
    }
    parts
}

fn failed_syncs(admin: &ForAdmins, pages: &Pages, today: Date) -> Vec<SlackBlock> {
    if admin.failed.is_empty() {
        let text = ":white_check_mark: All leave is in the other services as it should be.";
        return vec![section(text)];
    }
    let page = pages.of(List::FailedSyncs, &admin.failed);
    let heading = format!(
        ":warning: *Leave that is not everywhere as it should be*{}",
        page.position()
    );
    let mut blocks = vec![section(&heading)];
    for (action, outcomes) in page.items {
        let kind = sight(Viewer::Admin, action.state).is_some_and(|sight| sight.kind);
        let what = if kind {
            views::title(action, today)
        } else {
            words::leave_days(action, today)
        };
        let lines = outcome_words::lines(outcomes, Reader::Admin, today).join("\n");
        let retry = primary(button(views::RETRY, "Retry", &action.id.to_string()));
        let text = format!("{}: *{what}*\n{lines}", action.user.mention());
        blocks.push(section_with_button(&text, retry));
    }
    blocks.extend(page.buttons());
    blocks.push(context(
        "Retry does only what failed, and looks first for what is there.",
    ));
    blocks
}

const CHOOSE: &str = "Choose approvers for everybody below, under “Approvals”; whoever runs timeoff \
                      can choose one for a single person: `timeoff admin person USER --approver USER`.";

fn missing_approvers(admin: &ForAdmins, pages: &Pages) -> Vec<SlackBlock> {
    if admin.nobody_has_one {
        let text = format!(
            "*Nobody has an approver yet.* All requests go to the workspace's admins. {CHOOSE}"
        );
        return vec![section(&text)];
    }
    let page = pages.of(List::WithoutApprover, &admin.without_approver);
    let heading = format!("*People without an approver*{}", page.position());
    let names = page
        .items
        .iter()
        .map(|person| format!("• {}", escape(&shorten(&person.name, 80))));
    let mut blocks = paragraphs(&heading, names);
    blocks.extend(page.buttons());
    blocks.push(context(&format!(
        "Their requests go to the workspace's admins. {CHOOSE}"
    )));
    blocks
}
