//! How services other than Slack are called: one connection setup, one time limit, one error.

use std::fmt;
use std::sync::{Arc, OnceLock};

use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};
use url::Url;

use crate::platform::config::TimeLimits;

/// A service's words are cut off here.
const WORDS: usize = 300;

/// A service that the app calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// Google Calendar.
    GoogleCalendar,
    /// Harvest.
    Harvest,
    /// OpenAI, or a service that speaks like it.
    OpenAi,
    /// Slack, where tokens are exchanged and looked at.
    Slack,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GoogleCalendar => "Google Calendar",
            Self::Harvest => "Harvest",
            Self::OpenAi => "OpenAI",
            Self::Slack => "Slack",
        })
    }
}

/// Why a call failed, fit for people and for the log: nothing secret, nothing that we sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceError {
    /// Who was called.
    pub service: Service,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The service's own words about its answer; without an answer, what happened instead.
    pub message: String,
    may_have_happened: bool,
}

impl ServiceError {
    /// Whether the service may have done what it was asked to, although no answer says so: time
    /// ran out or the connection was lost after the request was sent, a gateway gave up waiting,
    /// or the answer to a success cannot be read.
    pub fn may_have_happened(&self) -> bool {
        self.may_have_happened
    }

    /// Nothing was asked for that could have happened: this was only the way there.
    pub(super) fn before_asking(mut self) -> Self {
        self.may_have_happened = false;
        self
    }

    pub(super) fn not_sent(service: Service, message: impl Into<String>) -> Self {
        Self {
            service,
            status: None,
            message: message.into(),
            may_have_happened: false,
        }
    }

    pub(super) fn unreadable(service: Service) -> Self {
        Self {
            may_have_happened: true,
            ..Self::not_sent(service, "gave an answer that cannot be read")
        }
    }

    fn of(service: Service, error: &reqwest::Error, limits: TimeLimits) -> Self {
        let (message, may_have_happened) = if error.is_connect() {
            let why = if error.is_timeout() {
                format!("no connection within {}", seconds(limits.connect))
            } else {
                root_cause(error)
            };
            (format!("could not be reached: {why}"), false)
        } else if error.is_builder() {
            let why = root_cause(error);
            (format!("could not be asked: {why}"), false)
        } else if error.is_timeout() {
            (
                format!("did not answer within {}", seconds(limits.whole)),
                true,
            )
        } else {
            ("closed the connection before it answered".to_owned(), true)
        };
        Self {
            may_have_happened,
            ..Self::not_sent(service, message)
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} answered {status}: {}", self.service, self.message),
            None => write!(f, "{} {}", self.service, self.message),
        }
    }
}

impl std::error::Error for ServiceError {}

/// What became of a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deleted {
    /// It was there.
    Now,
    /// It was gone already.
    Before,
}

/// Sends requests. Cheap to clone; the TLS roots are loaded on the first call.
#[derive(Clone)]
pub struct Http {
    limits: TimeLimits,
    client: Arc<OnceLock<Client>>,
}

/// What a service answered.
pub(super) struct Answer {
    service: Service,
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    body: Vec<u8>,
}

impl Http {
    /// Calls take no longer than `limits`.
    pub fn new(limits: TimeLimits) -> Self {
        Self {
            limits,
            client: Arc::default(),
        }
    }

    /// A request, to be completed by `complete` and sent. An answer with any status is `Ok`.
    /// `route` is the path without what it names, for the trace.
    pub(super) async fn send(
        &self,
        service: Service,
        method: Method,
        url: Url,
        route: &str,
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder + Send,
    ) -> Result<Answer, ServiceError> {
        let span = info_span!(
            "call",
            otel.kind = "client",
            otel.name = %format_args!("{service} {method} {route}"),
            otel.status_code = Empty,
            service = %service,
            http.request.method = method.as_str(),
            url.template = route,
            http.response.status_code = Empty,
            error = Empty,
        );
        let sending = async {
            let sent = self.exchange(service, method, url, complete).await;
            let span = Span::current();
            match &sent {
                Ok(answer) => {
                    span.record("http.response.status_code", answer.status.as_u16());
                    if !answer.status.is_success() {
                        span.record("otel.status_code", "ERROR");
                    }
                }
                Err(error) => {
                    span.record("otel.status_code", "ERROR");
                    span.record("error", error.message.as_str());
                }
            }
            sent
        };
        sending.instrument(span).await
    }

    async fn exchange(
        &self,
        service: Service,
        method: Method,
        url: Url,
        complete: impl FnOnce(RequestBuilder) -> RequestBuilder + Send,
    ) -> Result<Answer, ServiceError> {
        let failed = |error: &reqwest::Error| ServiceError::of(service, error, self.limits);
        let request = complete(self.client().map_err(|e| failed(&e))?.request(method, url));
        let response = request.send().await.map_err(|e| failed(&e))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.map_err(|e| failed(&e))?;
        Ok(Answer {
            service,
            status,
            headers,
            body: body.to_vec(),
        })
    }

    fn client(&self) -> Result<&Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // A second installation of the provider is refused, which is fine: it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.whole)
            // A connection that went stale while the process was frozen would fail in the middle
            // of a request, and nobody could say whether it was carried out.
            .pool_max_idle_per_host(0)
            // Tokens go to the configured address and nowhere else.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

impl Answer {
    /// The body, whatever the status.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// The body of a success.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ServiceError> {
        if !self.status.is_success() {
            return Err(self.refused());
        }
        serde_json::from_slice(&self.body).map_err(|_| ServiceError::unreadable(self.service))
    }

    /// The answer to a delete. What the service no longer knows is as good as deleted.
    pub fn deleted(self) -> Result<Deleted, ServiceError> {
        match self.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Deleted::Before),
            status if status.is_success() => Ok(Deleted::Now),
            _ => Err(self.refused()),
        }
    }

    /// The answer as an error, in the service's own words.
    pub fn refused(self) -> ServiceError {
        let words = own_words(&self.body)
            .or_else(|| self.status.canonical_reason().map(str::to_owned))
            .unwrap_or_else(|| "no reason given".to_owned());
        ServiceError {
            service: self.service,
            status: Some(self.status.as_u16()),
            message: words,
            may_have_happened: matches!(
                self.status,
                StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT
            ),
        }
    }
}

/// What went wrong, from the forms that Google (API and sign-in) and Harvest give it.
fn own_words(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        message: Option<String>,
        error: Option<Value>,
        error_description: Option<String>,
    }
    let body: Body = serde_json::from_slice(body).ok()?;
    let error = body.error.as_ref();
    let words = body
        .message
        .or(body.error_description)
        .or_else(|| error?.get("message")?.as_str().map(str::to_owned))
        .or_else(|| error?.as_str().map(str::to_owned))?;
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(WORDS) {
        Some((end, _)) => Some(format!("{}…", &line[..end])),
        None => Some(line).filter(|line| !line.is_empty()),
    }
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let cause = cause.to_string();
    // People have no use for the number.
    match cause.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => cause,
    }
}

fn seconds(limit: std::time::Duration) -> String {
    format!("{} s", limit.as_secs_f32())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_of_an_error_is_read() {
        for (body, words) in [
            (
                r#"{"error":{"code":404,"message":"Not Found"}}"#,
                Some("Not Found"),
            ),
            (
                r#"{"error":"invalid_grant","error_description":"Invalid JWT\n Signature."}"#,
                Some("Invalid JWT Signature."),
            ),
            (
                r#"{"message":"Task is not active"}"#,
                Some("Task is not active"),
            ),
            (r#"{"error":"Not Found"}"#, Some("Not Found")),
            (r#"{"message":""}"#, None),
            ("<html>Bad gateway</html>", None),
            (r"[1]", None),
        ] {
            assert_eq!(own_words(body.as_bytes()).as_deref(), words, "{body}");
        }
        let long = format!(r#"{{"message":"{}"}}"#, "ä".repeat(1000));
        assert_eq!(
            own_words(long.as_bytes()).unwrap().chars().count(),
            WORDS + 1
        );
    }
}
