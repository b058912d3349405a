//! A second workspace adds the app by itself, in a real browser, sets it up and uses it; the first one
//! notices nothing. People and channels have the same ids in both.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may, its helpers too"
)]

mod support;

use fantoccini::key::Key;
use jiff::civil::Weekday;
use playground::company;
use support::chrome::{Chrome, screenshot};
use support::person::Person;
use support::start;

#[tokio::test]
async fn a_workspace_adds_the_app_sets_it_up_and_asks_for_leave() {
    let data = tempfile::tempdir().unwrap();
    let playground = start(data.path()).await;
    let chrome = Chrome::start().await;
    let slack = |user: &str, channel: &str| {
        let (page, team) = (playground.page_url(), company::NEIGHBOURS);
        format!("{page}/#team={team}&as={user}&channel={channel}")
    };

    // Whoever opens the page is in the first workspace, and looks into the other.
    let noor = Person::arrives(&chrome, playground.page_url()).await;
    noor.presses("//*[@data-testid='team-switcher']/option[.='Harbour Books']")
        .await;
    noor.sees("//*[@data-testid='person-switcher']//strong[.='Noor Haddad']")
        .await;
    noor.sees("//*[@data-testid='not-installed'][contains(., 'timeoff is not in Harbour Books')]")
        .await;
    noor.types("composer", &format!("/timeoff{}", Key::Enter))
        .await;
    noor.sees("//*[@data-testid='toast'][contains(., 'is not a command here')]")
        .await;
    screenshot(&noor.browser, "not-installed").await;

    // Slack asks, and the app says what it did.
    noor.presses("//*[@data-testid='add-app']").await;
    noor.sees("//h1[contains(., 'Harbour Books')]").await;
    screenshot(&noor.browser, "consent").await;
    noor.presses("//*[@data-testid='allow']").await;
    noor.sees("//h1[contains(., 'timeoff is in Harbour Books')]")
        .await;
    screenshot(&noor.browser, "installed").await;
    noor.presses("//a[.='Open timeoff in Slack']").await;
    noor.sees("//*[@data-testid='person-switcher']//strong[.='Noor Haddad']")
        .await;
    noor.sees("//*[@data-testid='channel-title'][contains(., 'timeoff')]")
        .await;

    // The app greets whoever added it, with a few choices.
    noor.sees("//article[contains(., 'Welcome to timeoff') and contains(., '0 of 4 done')]")
        .await;
    screenshot(&noor.browser, "set-up").await;
    noor.presses("//select[@data-action-id='setup.leave_channel']//option[contains(., 'leave')]")
        .await;
    noor.sees("//article[contains(., '1 of 4 done')]").await;
    noor.presses("//*[@data-action-id='setup.approvers']//label[contains(., 'Luis Vega')]//input")
        .await;
    noor.sees("//article[contains(., '2 of 4 done')]").await;
    noor.presses("//article//button[.='Use Europe/Copenhagen']")
        .await;
    noor.sees("//article[contains(., '3 of 4 done')]").await;
    screenshot(&noor.browser, "set-up-nearly-done").await;
    noor.presses("//article//button[.='Skip']").await;
    noor.sees("//article[contains(., 'All set')]").await;
    screenshot(&noor.browser, "set-up-done").await;

    // Mia writes in the channel that was chosen, and the approver who was chosen is asked.
    let mia = Person::arrives(&chrome, &slack(company::MIA, "leave")).await;
    let monday = jiff::Zoned::now()
        .date()
        .nth_weekday(3, Weekday::Monday)
        .unwrap();
    mia.types("composer", &format!("on leave on {monday}{}", Key::Enter))
        .await;
    mia.presses("//*[@data-testid='open-thread']").await;
    mia.presses("//article//button[.='Confirm']").await;
    let luis = Person::arrives(&chrome, &slack(company::LUIS, "app")).await;
    luis.sees("//article[contains(., 'asks for') and contains(., '1 working day')]")
        .await;
    luis.presses("//article//button[.='Approve']").await;
    luis.sees("//article[contains(., 'Approved by you')]").await;
    mia.sees("//article[contains(., 'Approved by')]").await;
    screenshot(&mia.browser, "approved-in-the-second").await;

    // In the first workspace Asha has Noor's id, and Ben has Luis's.
    for user in [company::ASHA, company::BEN, company::CARLA] {
        let dm = playground.slack().person(company::WORKSPACE, user).dm();
        assert_eq!(dm, "", "{user} of the first workspace was told something");
    }
    let ben = playground.slack().person(company::WORKSPACE, company::BEN);
    assert_eq!(ben.channel("#leave"), "");
    assert_eq!(playground.services().calendar.events().len(), 0);
    noor.saw_no_trouble().await;
    luis.saw_no_trouble().await;
    mia.saw_no_trouble().await;
    assert_eq!(playground.slack().problems(), Vec::<String>::new());
    playground.stop().await.unwrap();

    // It is still installed after a restart, with its settings and what was approved.
    let playground = start(data.path()).await;
    let address = format!(
        "{}/#team={}&as={}&channel=app",
        playground.page_url(),
        company::NEIGHBOURS,
        company::MIA
    );
    let mia = Person::arrives(&chrome, &address).await;
    mia.types("composer", &format!("/timeoff list{}", Key::Enter))
        .await;
    mia.sees("//article[contains(., '1 working day, approved')]")
        .await;
    mia.types(
        "composer",
        &format!("/timeoff {}{}", monday.tomorrow().unwrap(), Key::Enter),
    )
    .await;
    mia.presses("//*[@data-testid='modal-submit']").await;
    mia.sees("//article[contains(., 'Waiting for')]").await;
    let address = format!(
        "{}/#team={}&as={}&channel=app",
        playground.page_url(),
        company::NEIGHBOURS,
        company::LUIS
    );
    let luis = Person::arrives(&chrome, &address).await;
    luis.sees("//article[contains(., 'asks for')]//button[.='Approve']")
        .await;
    mia.saw_no_trouble().await;
    playground.stop().await.unwrap();
}
