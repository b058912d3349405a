//! The signed API from the side of whoever asks.

use std::time::Duration;

use clap::Args;
use reqwest::{Client, Method, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use serde_json::Value;
use timeoff::admin::keys::{self, KeyFile};
use timeoff::admin::signature::{self, Signed};
use timeoff::admin::target::Target;
use timeoff::platform::clock::Clock;

use crate::Failure;

/// Where timeoff is, if nothing says so.
const HERE: &str = "http://127.0.0.1:3000";
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Which server, and as whom.
#[derive(Args)]
pub struct Server {
    /// Where timeoff is. [default: PUBLIC_URL, or http://127.0.0.1:3000]
    #[arg(long, env = "TIMEOFF_URL", hide_env_values = true)]
    url: Option<String>,
    /// The file with the private key, from `timeoff keys add NAME`.
    #[arg(
        long,
        env = "TIMEOFF_KEY_FILE",
        hide_env_values = true,
        value_name = "FILE"
    )]
    key: Option<String>,
    /// The key's id, if the file does not say it.
    #[arg(
        long,
        env = "TIMEOFF_KEY_ID",
        hide_env_values = true,
        value_name = "ID"
    )]
    key_id: Option<String>,
}

/// A caller of the signed API.
pub struct Api {
    base: String,
    key_id: String,
    file: KeyFile,
    http: Client,
}

impl Server {
    /// Reads the key; nothing is asked yet.
    pub fn open(self) -> Result<Api, Failure> {
        let from_env = || std::env::var("PUBLIC_URL").ok();
        let base = [self.url, from_env()]
            .into_iter()
            .flatten()
            .find(|url| !url.trim().is_empty())
            .unwrap_or_else(|| HERE.to_owned());
        let path = self.key.filter(|path| !path.is_empty()).ok_or(
            "Which key? Name its file with --key FILE or TIMEOFF_KEY_FILE. `timeoff keys add NAME` makes a key.",
        )?;
        let text = std::fs::read_to_string(&path).map_err(|error| {
            format!(
                "Cannot read the key file {path}: {error}. `timeoff keys add NAME` makes a key."
            )
        })?;
        let file = KeyFile::read(&text).map_err(|error| format!("{path}: {error}"))?;
        let key_id = self
            .key_id
            .filter(|id| !id.is_empty())
            .or_else(|| file.id.clone())
            .ok_or_else(|| {
                format!("{path} does not say the key's id. Name it with --key-id or TIMEOFF_KEY_ID; `timeoff keys list` shows it.")
            })?;
        // A second installation of the provider is refused, which is fine: it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder()
            .timeout(TIME_LIMIT)
            // The signature is for one address, and what answers with another is not timeoff.
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Api {
            base: base.trim().trim_end_matches('/').to_owned(),
            key_id,
            file,
            http,
        })
    }
}

impl Api {
    /// Asks and reads the answer, or says what is wrong in words.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        parameters: &[(&str, String)],
    ) -> Result<T, Failure> {
        let base = &self.base;
        let no_address = || format!("“{base}” is not an address such as {HERE}.");
        let mut url = Url::parse(&format!("{base}{path}")).map_err(|_| no_address())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(no_address().into());
        }
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        let signed = Signed {
            method: method.as_str(),
            target: &Target::from(&url),
            headers: &reqwest::header::HeaderMap::new(),
            body: b"",
        };
        let (nonce, now) = (keys::new_nonce()?, Clock::System.now());
        let headers = signature::sign(&self.key_id, &self.file.key, &signed, &nonce, now)?;
        let mut request = self.http.request(method, url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let text = answer
            .text()
            .await
            .map_err(|error| self.unreachable(&error))?;
        read(status, &text).map_err(|why| match why {
            Some(told) => told.into(),
            None => format!(
                "{base} answered {status} and not as timeoff does. Is it the right address? --url or TIMEOFF_URL names another."
            )
            .into(),
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let base = &self.base;
        if error.is_timeout() {
            return format!("{base} did not answer in {} seconds.", TIME_LIMIT.as_secs()).into();
        }
        format!(
            "Cannot reach timeoff at {base}. Is it running (`timeoff all`)? --url or TIMEOFF_URL names another address."
        )
        .into()
    }
}

/// What was asked for; or what timeoff says instead; or nothing, for an answer that is not its.
fn read<T: DeserializeOwned>(status: StatusCode, text: &str) -> Result<T, Option<String>> {
    if status.is_success() {
        return serde_json::from_str(text).map_err(|_| None);
    }
    let answer: Value = serde_json::from_str(text).map_err(|_| None)?;
    let error = &answer["error"];
    match (error["message"].as_str(), error["code"].as_str()) {
        (Some(message), Some(code)) => Err(Some(format!("{message} ({code})"))),
        _ => Err(None),
    }
}
