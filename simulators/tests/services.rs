//! The simulated Google Calendar, Harvest and OpenAI, called without the app's clients.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "these are tests")]

#[path = "services/google_calendar.rs"]
mod google_calendar;
#[path = "services/harvest.rs"]
mod harvest;
#[path = "services/openai.rs"]
mod openai;
#[path = "services/page.rs"]
mod page;

use serde_json::Value;

/// Every request its own connection, and no certificates: it only speaks to localhost.
fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap()
}

/// The status and the body, null when it is no JSON.
async fn send(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}
