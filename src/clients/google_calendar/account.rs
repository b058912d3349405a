//! Who the app is for Google: one service account, with which people share their calendars.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::GoogleCalendar;
use crate::clients::http::{Answer, Http, Service, ServiceError};
use crate::platform::clock::Clock;
use crate::platform::config::{GoogleCalendarConfig, Secret};
use crate::platform::service_account::ServiceAccount;

/// May write events, and nothing else. <https://developers.google.com/workspace/calendar/api/auth>
const SCOPE: &str = "https://www.googleapis.com/auth/calendar.events";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// A token is not used in its last minute: it could expire on the way.
const SPARE: SignedDuration = SignedDuration::from_mins(1);

/// The service account. Cheap to clone; clones share the token, which is good for every calendar.
#[derive(Clone)]
pub struct GoogleAccount {
    inner: Arc<Inner>,
}

struct Inner {
    http: Http,
    clock: Clock,
    account: ServiceAccount,
    api_url: Url,
    token: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    value: Secret,
    expires: Timestamp,
}

impl GoogleAccount {
    /// The configured account. Nothing is connected yet.
    pub fn new(config: GoogleCalendarConfig, http: Http, clock: Clock) -> Self {
        Self {
            inner: Arc::new(Inner {
                http,
                clock,
                account: config.account,
                api_url: config.api_url,
                token: Mutex::new(None),
            }),
        }
    }

    /// The address that calendars are shared with.
    pub fn email(&self) -> &str {
        self.inner.account.email()
    }

    /// A calendar, by the id that Google shows in its settings.
    pub fn calendar(&self, id: &str) -> GoogleCalendar {
        let mut events = self.inner.api_url.clone();
        if let Ok(mut path) = events.path_segments_mut() {
            path.pop_if_empty().extend(["calendars", id, "events"]);
        }
        GoogleCalendar {
            account: self.clone(),
            id: id.to_owned(),
            events,
        }
    }

    /// Calls with the token; once more with a new one when Google no longer takes it, which is
    /// safe because Google has done nothing then.
    pub(super) async fn call(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Answer, ServiceError> {
        let token = self.token(None).await?;
        let answer = self.send(method, url, body, &token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let token = self.token(Some(&token)).await?;
        self.send(method, url, body, &token).await
    }

    async fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<&Value>,
        token: &Secret,
    ) -> Result<Answer, ServiceError> {
        let complete = |request: reqwest::RequestBuilder| {
            let request = request.bearer_auth(token.expose());
            match body {
                Some(body) => request.json(body),
                None => request,
            }
        };
        let route = if url.path().ends_with("/events") {
            "/calendars/{calendar}/events"
        } else {
            "/calendars/{calendar}/events/{event}"
        };
        self.inner
            .http
            .send(
                Service::GoogleCalendar,
                method.clone(),
                url.clone(),
                route,
                complete,
            )
            .await
    }

    /// The token, a new one when it is about to expire or is the `refused` one. Whoever comes
    /// meanwhile waits for it.
    async fn token(&self, refused: Option<&Secret>) -> Result<Secret, ServiceError> {
        let mut kept = self.inner.token.lock().await;
        let now = self.inner.clock.now();
        if let Some(token) = &*kept
            && token.expires > now + SPARE
            && refused.is_none_or(|refused| refused.expose() != token.value.expose())
        {
            return Ok(token.value.clone());
        }
        *kept = None;
        let token = self
            .new_token(now)
            .await
            .map_err(ServiceError::before_asking)?;
        let value = token.value.clone();
        *kept = Some(token);
        Ok(value)
    }

    /// <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>
    async fn new_token(&self, now: Timestamp) -> Result<Token, ServiceError> {
        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: i64,
        }
        let account = &self.inner.account;
        let assertion = account
            .assertion(SCOPE, now)
            .map_err(|error| ServiceError::not_sent(Service::GoogleCalendar, error.to_string()))?;
        let form = [("grant_type", GRANT), ("assertion", &assertion)];
        let answer = self
            .inner
            .http
            .send(
                Service::GoogleCalendar,
                Method::POST,
                account.token_uri().clone(),
                "/token",
                |request| request.form(&form),
            )
            .await?;
        let granted: Granted = answer.read()?;
        Ok(Token {
            value: Secret::new(granted.access_token),
            expires: now + SignedDuration::from_secs(granted.expires_in.clamp(0, 86_400)),
        })
    }
}
