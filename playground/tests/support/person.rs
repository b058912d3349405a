//! Somebody in front of a browser.

use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use jiff::civil::Date;

use super::chrome::{Chrome, screenshot};

/// How long a person waits for something to appear.
const SOON: Duration = Duration::from_secs(20);

/// Somebody in front of a browser.
pub struct Person {
    pub browser: Client,
}

impl Person {
    pub async fn arrives(chrome: &Chrome, url: &str) -> Self {
        let browser = chrome.open().await;
        browser.goto(url).await.unwrap();
        Self { browser }
    }

    /// Waits until it is there, and shows what there was instead when it does not come.
    pub async fn sees(&self, xpath: &str) -> Element {
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

    pub async fn presses(&self, xpath: &str) {
        loop {
            match self.sees(xpath).await.click().await {
                Ok(()) => return,
                // It was just drawn anew.
                Err(error) if error.is_stale_element_reference() => {}
                Err(error) => panic!("{xpath} cannot be pressed: {error}"),
            }
        }
    }

    pub async fn types(&self, testid: &str, text: &str) {
        let place = self.sees(&format!("//*[@data-testid='{testid}']")).await;
        place.send_keys(text).await.unwrap();
    }

    pub async fn dates(&self, action: &str, date: Date) {
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
    pub async fn opens_the_app(&self) {
        self.presses("//a[@data-channel][.//*[.='APP']]").await;
    }

    pub async fn saw_no_trouble(&self) {
        let notices = self
            .browser
            .find_all(Locator::Css("[data-testid=toast]"))
            .await
            .unwrap();
        assert!(notices.is_empty(), "{} notices", notices.len());
    }
}
