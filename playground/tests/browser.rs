//! People use the playground in a real browser.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may, its helpers too"
)]

mod support;

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use jiff::civil::{Date, Weekday};
use playground::{Options, Playground, company};
use support::chrome::{Chrome, screenshot};

/// How long a person waits for something to appear.
const SOON: Duration = Duration::from_secs(20);

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

/// A Monday some weeks ahead.
fn a_monday(weeks: i32) -> Date {
    let today = jiff::Zoned::now().date();
    today.nth_weekday(weeks, Weekday::Monday).unwrap()
}

/// Somebody in front of a browser.
struct Person {
    browser: Client,
}

impl Person {
    async fn arrives(chrome: &Chrome, url: &str) -> Self {
        let browser = chrome.open().await;
        browser.goto(url).await.unwrap();
        Self { browser }
    }

    /// Waits until it is there, and shows what there was instead when it does not come.
    async fn sees(&self, xpath: &str) -> Element {
        let found = self
            .browser
            .wait()
            .at_most(SOON)
            .for_element(Locator::XPath(xpath))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => {
                let picture = screenshot(&self.browser, "not-seen").await;
                let page = self.browser.find(Locator::Css("body")).await.unwrap();
                let text = page.text().await.unwrap();
                panic!(
                    "{xpath} did not appear ({error}); see {}. The page says:\n{text}",
                    picture.display()
                )
            }
        }
    }

    async fn presses(&self, xpath: &str) {
        loop {
            match self.sees(xpath).await.click().await {
                Ok(()) => return,
                // It was just drawn anew.
                Err(error) if error.is_stale_element_reference() => {}
                Err(error) => panic!("{xpath} cannot be pressed: {error}"),
            }
        }
    }

    async fn types(&self, testid: &str, text: &str) {
        let place = self.sees(&format!("//*[@data-testid='{testid}']")).await;
        place.send_keys(text).await.unwrap();
    }

    async fn dates(&self, action: &str, date: Date) {
        let field = self
            .sees(&format!("//input[@data-action-id='{action}']"))
            .await;
        // As the browser's language, American English, writes it.
        let typed = date.strftime("%m%d%Y").to_string();
        field.send_keys(&typed).await.unwrap();
        let value = field.prop("value").await.unwrap();
        assert_eq!(value, Some(date.to_string()), "typed {typed}");
    }

    /// Opens the conversation with the app.
    async fn opens_the_app(&self) {
        self.presses("//a[@data-channel][.//*[.='APP']]").await;
    }

    async fn saw_no_trouble(&self) {
        let notices = self
            .browser
            .find_all(Locator::Css("[data-testid=toast]"))
            .await
            .unwrap();
        assert!(notices.is_empty(), "{} notices", notices.len());
    }
}
