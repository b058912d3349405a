//! The pages of the pretend Google Calendar and Harvest in a real browser, while the app's clients fill them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may, its helpers too"
)]

mod support;

use std::path::Path;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use jiff::civil::Date;
use playground::{Options, Playground};
use support::chrome::{Chrome, screenshot};
use timeoff::clients::google_calendar::{
    Event, EventId, GoogleAccount, GoogleCalendar, Inserted, When,
};
use timeoff::clients::harvest::{ExternalReference, Harvest, HarvestApi, NewEntry};
use timeoff::clients::http::Http;
use timeoff::platform::clock::Clock;
use timeoff::platform::config::{Config, TimeLimits};
use timeoff::platform::crypto::Keyring;

/// How long a person waits for something to appear.
const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_pages_fill_up_break_and_are_mended_and_a_restart_forgets_nothing() {
    let data = tempfile::tempdir().unwrap();
    let playground = start(data.path()).await;
    let (calendar, harvest) = clients(&playground);
    let today = jiff::Zoned::now().date();
    let chrome = Chrome::start().await;
    let browser = chrome.open().await;

    // From Slack one finds the way.
    browser.goto(playground.page_url()).await.unwrap();
    let links = [
        ("Calendar", playground.services().calendar.page_url()),
        ("Time sheet", playground.services().harvest.page_url()),
    ];
    for (label, url) in &links {
        let link = format!("//a[@data-testid='link'][contains(., '{label}')]");
        let address = sees(&browser, &link).await.attr("href").await.unwrap();
        assert_eq!(address.as_ref(), Some(url));
    }

    browser.goto(&links[0].1).await.unwrap();
    sees(&browser, "//*[@data-testid='empty']").await;
    screenshot(&browser, "calendar-empty").await;
    calendar.insert(&event("Asha away", today)).await.unwrap();
    let asha = "//*[@data-testid='event'][contains(., 'Asha away')]";
    sees(&browser, asha).await;
    presses(&browser, "//*[@data-testid='trouble-500']").await;
    sees(
        &browser,
        "//*[@data-testid='trouble'][contains(., 'answered “500”')]",
    )
    .await;
    let refused = calendar.insert(&event("Ben away", today)).await;
    assert_eq!(refused.unwrap_err().status, Some(500));
    screenshot(&browser, "calendar-in-trouble").await;
    presses(&browser, "//*[@data-testid='all-good']").await;
    sees(
        &browser,
        "//*[@data-testid='trouble-none'][@aria-checked='true']",
    )
    .await;
    let taken = calendar.insert(&event("Ben away", today)).await;
    assert_eq!(taken, Ok(Inserted::New));
    presses(&browser, "//*[@data-testid='event'][contains(., 'Ben')]").await;
    presses(&browser, "//*[@data-testid='delete']").await;
    vanishes(&browser, "//*[@data-testid='event'][contains(., 'Ben')]").await;
    let ben = calendar.get(&event("Ben away", today).id).await.unwrap();
    assert!(ben.unwrap().cancelled);

    browser.goto(&links[1].1).await.unwrap();
    sees(&browser, "//*[@data-testid='empty']").await;
    let people = harvest.users().await.unwrap();
    let asha_there = people
        .iter()
        .find(|user| user.email == "asha@example.com")
        .unwrap();
    harvest
        .create(&entry(&harvest, asha_there.id, today))
        .await
        .unwrap();
    let row = "//*[@data-testid='sheet']//tr[contains(., 'Asha Rao')][contains(., '7:30')]//button[contains(., 'Vacation')]";
    sees(&browser, row).await;
    screenshot(&browser, "time-sheet").await;
    playground.stop().await.unwrap();

    let playground = start(data.path()).await;
    let services = playground.services();
    browser.goto(&services.calendar.page_url()).await.unwrap();
    sees(&browser, asha).await;
    browser.goto(&services.harvest.page_url()).await.unwrap();
    sees(&browser, row).await;
    assert_eq!(services.calendar.events().len(), 1);
    playground.stop().await.unwrap();
}

fn clients(playground: &Playground) -> (GoogleCalendar, Harvest) {
    let mut variables = playground.services().environment();
    variables.extend([
        ("DATABASE_URL", playground.database_url()),
        ("SLACK_SIGNING_SECRET", "not needed".to_owned()),
        ("TOKEN_ENCRYPTION_KEYS", Keyring::generate_key()),
    ]);
    let config = Config::read(|name| {
        let mut variables = variables.iter();
        variables
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.clone())
    })
    .unwrap();
    let http = Http::new(TimeLimits::default());
    let google = config.google_calendar.unwrap();
    let calendar_id = google.calendar_id.clone().unwrap();
    let account = GoogleAccount::new(google, http.clone(), Clock::System);
    (
        account.calendar(&calendar_id),
        HarvestApi::new(&config.harvest, http).account(config.harvest.account.as_ref().unwrap()),
    )
}

fn event(summary: &str, day: Date) -> Event {
    Event {
        id: EventId::derived_from(summary),
        summary: summary.to_owned(),
        when: When::AllDay {
            first: day,
            end: day.tomorrow().unwrap(),
        },
    }
}

fn entry(harvest: &Harvest, user_id: u64, day: Date) -> NewEntry {
    let tasks = harvest.time_off_tasks();
    NewEntry {
        user_id,
        project_id: tasks.project,
        task_id: tasks.vacation,
        spent_date: day,
        hours: 7.5,
        notes: None,
        external_reference: ExternalReference {
            id: "day-1".to_owned(),
            group_id: None,
            permalink: None,
        },
    }
}

async fn sees(browser: &Client, xpath: &str) -> Element {
    let found = browser
        .wait()
        .at_most(SOON)
        .for_element(Locator::XPath(xpath))
        .await;
    match found {
        Ok(element) => element,
        Err(error) => {
            let picture = screenshot(browser, "services-in-vain").await;
            panic!("{xpath}: {error}; see {}", picture.display());
        }
    }
}

async fn presses(browser: &Client, xpath: &str) {
    sees(browser, xpath).await.click().await.unwrap();
}

async fn vanishes(browser: &Client, xpath: &str) {
    let gone = async {
        while !browser
            .find_all(Locator::XPath(xpath))
            .await
            .unwrap()
            .is_empty()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, gone).await.expect(xpath);
}

async fn start(data: &Path) -> Playground {
    playground::start(Options {
        data: data.to_owned(),
        reset: false,
        port: 0,
        progress: |_| {},
    })
    .await
    .unwrap()
}
