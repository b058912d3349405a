//! The whole way in a real browser: a sentence in the leave channel, a press, both services; and
//! a service that is down, and a person who retries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may, its helpers too"
)]

mod support;

use fantoccini::key::Key;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use playground::company;
use support::chrome::{Chrome, screenshot};
use support::person::Person;
use support::start;

/// “Sick today, half day tomorrow afternoon”, where both days are days of work; else the same of
/// the next Monday and Tuesday.
fn announcement() -> (String, Date) {
    let today = jiff::Timestamp::now().in_tz("Asia/Kolkata").unwrap().date();
    match today.weekday() {
        Weekday::Friday | Weekday::Saturday | Weekday::Sunday => {
            let monday = today.nth_weekday(1, Weekday::Monday).unwrap();
            let text = "sick on Monday, half day on Tuesday afternoon";
            (text.to_owned(), monday)
        }
        _ => ("sick today, half day tomorrow afternoon".to_owned(), today),
    }
}

#[tokio::test]
async fn a_sentence_reaches_both_services_and_a_failed_one_is_retried() {
    let data = tempfile::tempdir().unwrap();
    let playground = start(data.path()).await;
    let chrome = Chrome::start().await;
    let services = playground.services();
    let (calendar, harvest) = (services.calendar.page_url(), services.harvest.page_url());
    let slack = |user: &str, channel: &str| {
        let (page, team) = (playground.page_url(), company::WORKSPACE);
        format!("{page}/#team={team}&as={user}&channel={channel}")
    };

    // Harvest is down when Asha writes.
    let operator = Person::arrives(&chrome, &harvest).await;
    operator.presses("//*[@data-testid='trouble-down']").await;
    operator.sees("//*[@data-testid='trouble']").await;

    let asha = Person::arrives(&chrome, &slack(company::ASHA, company::LEAVE)).await;
    let (text, first) = announcement();
    asha.types("composer", &format!("{text}{}", Key::Enter))
        .await;
    asha.presses("//*[@data-testid='open-thread']").await;
    asha.sees("//article[contains(., 'did I read you right?')]")
        .await;
    screenshot(&asha.browser, "leave-channel-proposal").await;
    asha.presses("//article//button[.='Confirm']").await;
    asha.sees("//article[contains(., '✓ Calendar') and contains(., '✗ Harvest')]")
        .await;
    screenshot(&asha.browser, "leave-channel-failed").await;

    // The calendar has both days and says nothing of sickness; the time sheet has none.
    let sheet = services.harvest.entries();
    assert!(sheet.is_empty(), "{sheet:?}");
    let planned = services.calendar.events();
    assert_eq!(planned.len(), 2, "{planned:?}");
    let month = Person::arrives(&chrome, &calendar).await;
    if first.month() != jiff::Zoned::now().date().month() {
        month.presses("//*[@data-testid='next']").await;
    }
    month
        .sees("//*[@data-testid='event'][contains(., 'Leave - Asha Rao')]")
        .await;
    screenshot(&month.browser, "calendar-with-leave").await;

    // Carla, who looks after people, is told, and retries when Harvest is up again.
    let carla = Person::arrives(&chrome, &slack(company::CARLA, company::LEAVE)).await;
    carla.opens_the_app().await;
    carla
        .sees("//article[contains(., 'Asha') and contains(., 'Harvest')]")
        .await;
    screenshot(&carla.browser, "failed-sync").await;
    operator.presses("//*[@data-testid='all-good']").await;
    operator
        .sees("//*[@data-testid='trouble-none'][@aria-checked='true']")
        .await;
    for _ in 0..2 {
        // Two requests, of which each is retried.
        if services.harvest.entries().len() < 2 {
            carla.presses("(//article//button[.='Retry'])[1]").await;
            until(|| !services.harvest.entries().is_empty()).await;
        }
    }
    until(|| services.harvest.entries().len() == 2).await;
    asha.sees("//article[contains(., '✓ Harvest') and not(contains(., '✗')) and not(contains(., 'under way'))]")
        .await;
    screenshot(&asha.browser, "leave-channel-done").await;

    let hours: Vec<(Date, u32)> = services
        .harvest
        .entries()
        .into_iter()
        .map(|entry| (entry.date, entry.centihours))
        .collect();
    let second = first.checked_add(1.day()).unwrap();
    assert_eq!(hours, [(first, 800), (second, 400)]);
    assert_eq!(
        services.calendar.events().len(),
        2,
        "what was there is not made twice"
    );
    let sheet = Person::arrives(&chrome, &harvest).await;
    if first.iso_week_date().week() != jiff::Zoned::now().date().iso_week_date().week() {
        sheet.presses("//*[@data-testid='next']").await;
    }
    sheet
        .sees("//*[@data-testid='entry'][contains(., 'Sick')]")
        .await;
    screenshot(&sheet.browser, "time-sheet-with-leave").await;
    asha.saw_no_trouble().await;
    carla.saw_no_trouble().await;
    assert_eq!(playground.slack().problems(), Vec::<String>::new());
    playground.stop().await.unwrap();
}

async fn until(there: impl Fn() -> bool) {
    let waiting = async {
        while !there() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await;
    assert!(waited.is_ok(), "it did not come");
}
