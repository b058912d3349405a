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
use support::chrome::{Chrome, screenshot};

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
