//! People use the playground in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may, its helpers too"
)]

mod support;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fantoccini::Locator;
use fantoccini::key::Key;
use jiff::civil::{Date, Weekday};
use playground::company;
use support::chrome::{Chrome, screenshot};
use support::person::Person;
use support::start;

/// The ground that the other tests stand on: a page, a click, a picture.
#[tokio::test]
async fn a_browser_shows_a_page_and_clicks() {
    const PAGE: &str =
        "<title>Hello</title><button onclick='this.textContent=\"Clicked\"'>Click</button>";
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/", get(|| async { Html(PAGE) }));
    tokio::spawn(async move { axum::serve(listener, router).await });

    let chrome = Chrome::start().await;
    let browser = chrome.open().await;
    browser.goto(&format!("http://{address}/")).await.unwrap();
    assert_eq!(browser.title().await.unwrap(), "Hello");
    let button = browser.find(Locator::Css("button")).await.unwrap();
    button.click().await.unwrap();
    assert_eq!(button.text().await.unwrap(), "Clicked");
    assert!(screenshot(&browser, "hello").await.exists());
}

/// The story that a newcomer plays first, with two people in two windows; and it is still there after a restart.
#[tokio::test]
async fn asha_asks_for_leave_ben_approves_and_a_restart_forgets_nothing() {
    let data = tempfile::tempdir().unwrap();
    let playground = start(data.path()).await;
    let chrome = Chrome::start().await;

    // Whoever opens the page is somebody at once: Asha.
    let asha = Person::arrives(&chrome, playground.page_url()).await;
    asha.sees("//*[@data-testid='person-switcher']//strong[.='Asha Rao']")
        .await;
    asha.types("composer", "/timeoff ").await;
    asha.types("composer", Key::Enter.to_string().as_str())
        .await;

    let monday = a_monday(4);
    asha.sees("//*[@data-testid='modal']//h2[.='Request time off']")
        .await;
    asha.dates("first_day", monday).await;
    asha.sees("//*[@data-testid='modal'][contains(., '1 working day')]")
        .await;
    asha.dates("last_day", monday.tomorrow().unwrap()).await;
    asha.sees("//*[@data-testid='modal'][contains(., '2 working days')]")
        .await;
    screenshot(&asha.browser, "asha-asks").await;
    asha.presses("//*[@data-testid='modal-submit']").await;
    asha.opens_the_app().await;
    asha.sees("//article[contains(., 'Waiting for')]").await;

    let ben = Person::arrives(
        &chrome,
        &format!(
            "{}/#team={}&as={}",
            playground.page_url(),
            company::WORKSPACE,
            company::BEN
        ),
    )
    .await;
    ben.sees("//*[@data-testid='person-switcher']//strong[.='Ben Okafor']")
        .await;
    ben.opens_the_app().await;
    ben.sees("//article[contains(., 'asks for') and contains(., '2 working days')]")
        .await;
    screenshot(&ben.browser, "ben-decides").await;
    ben.presses("//article//button[.='Approve']").await;
    ben.sees("//article[contains(., 'Approved by you')]").await;
    // Her window changes by itself.
    asha.sees("//article[contains(., 'Approved by')]").await;
    screenshot(&asha.browser, "asha-is-told").await;
    asha.saw_no_trouble().await;
    ben.saw_no_trouble().await;
    assert_eq!(playground.slack().problems(), Vec::<String>::new());
    playground.stop().await.unwrap();

    let playground = start(data.path()).await;
    let asha = Person::arrives(&chrome, playground.page_url()).await;
    asha.opens_the_app().await;
    asha.presses("//*[@data-testid='tab-home']").await;
    asha.sees("//main[contains(., '2 working days, approved')]")
        .await;
    screenshot(&asha.browser, "asha-at-home").await;
    playground.stop().await.unwrap();
}

/// A Monday some weeks ahead.
fn a_monday(weeks: i32) -> Date {
    let today = jiff::Zoned::now().date();
    today.nth_weekday(weeks, Weekday::Monday).unwrap()
}
