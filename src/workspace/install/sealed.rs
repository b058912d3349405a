//! What travels to Slack and back with a person who consents: for what, in which browser, until
//! when. It is kept nowhere; that it came back once is, once it did.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::platform::crypto::{Keyring, NoRandomNumbers, random};

/// How long a person may take on Slack's page; as long as Slack's own code lives.
const LIFE: SignedDuration = SignedDuration::from_mins(10);

/// What a person goes to Slack for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// To install the app, or to give it further permissions.
    Install,
    /// To let it show their leave in their status.
    Status,
}

/// What the state of an authorization holds. Encrypted as a whole.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sealed {
    pub purpose: Purpose,
    /// Names the authorization, its cookie too.
    pub nonce: String,
    /// The hash of the cookie's value.
    browser: String,
    until: Timestamp,
}

/// An authorization that begins.
pub(super) struct Begun {
    /// The state for Slack.
    pub state: String,
    /// The cookie's name.
    pub cookie: String,
    /// The cookie's value.
    pub secret: String,
}

/// Why an authorization that came back is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unbelieved {
    /// There is no state, or it is not ours.
    NotOurs,
    /// It is too old.
    Late(Purpose),
    /// This browser did not begin it.
    OtherBrowser(Purpose),
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

fn cookie_name(nonce: &str) -> String {
    format!("timeoff_{nonce}")
}

/// Begins an authorization. Each has a cookie of its own, so that two windows do not disturb each
/// other.
pub(super) fn begin(
    keyring: &Keyring,
    now: Timestamp,
    purpose: Purpose,
) -> Result<Begun, NoRandomNumbers> {
    let (nonce, secret) = (hex::encode(random::<16>()?), hex::encode(random::<32>()?));
    let sealed = Sealed {
        purpose,
        browser: hash(&secret),
        until: now + LIFE,
        nonce,
    };
    // A struct of strings is always JSON.
    let json = serde_json::to_string(&sealed).unwrap_or_default();
    Ok(Begun {
        state: keyring.encrypt(&json),
        cookie: cookie_name(&sealed.nonce),
        secret,
    })
}

/// How long the browser keeps a cookie, in seconds.
pub(super) fn life() -> i64 {
    LIFE.as_secs()
}

impl Sealed {
    /// Opens a state that came back. `cookie` gives the value of the browser's cookie of a name.
    pub fn open(
        keyring: &Keyring,
        now: Timestamp,
        state: &str,
        cookie: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, Unbelieved> {
        let sealed: Self = keyring
            .decrypt(state)
            .ok()
            .and_then(|json| serde_json::from_str(&json).ok())
            .ok_or(Unbelieved::NotOurs)?;
        if now >= sealed.until {
            return Err(Unbelieved::Late(sealed.purpose));
        }
        // What is compared are hashes: how soon they differ tells nothing of the secret.
        let same =
            cookie(&cookie_name(&sealed.nonce)).is_some_and(|it| hash(&it) == sealed.browser);
        if !same {
            return Err(Unbelieved::OtherBrowser(sealed.purpose));
        }
        Ok(sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_browser_that_began_comes_back_and_in_time() {
        let keyring = Keyring::parse(&Keyring::generate_key()).unwrap();
        let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
        let begun = begin(&keyring, now, Purpose::Install).unwrap();
        let open = |at: &str, state: &str, name: &str, value: &str| {
            let at: Timestamp = at.parse().unwrap();
            Sealed::open(&keyring, at, state, |asked| {
                (asked == name).then(|| value.to_owned())
            })
            .map(|sealed| sealed.purpose)
        };
        let (state, cookie, secret) = (&begun.state, &begun.cookie, &begun.secret);
        let last = "2026-03-02T09:09:59Z";
        assert_eq!(open(last, state, cookie, secret), Ok(Purpose::Install));
        let late = Err(Unbelieved::Late(Purpose::Install));
        assert_eq!(open("2026-03-02T09:10:00Z", state, cookie, secret), late);
        let other = Err(Unbelieved::OtherBrowser(Purpose::Install));
        assert_eq!(open(last, state, "timeoff_1", secret), other);
        assert_eq!(open(last, state, cookie, "guessed"), other);
        let another = begin(&keyring, now, Purpose::Install).unwrap();
        assert_eq!(open(last, state, cookie, &another.secret), other);
        // What other keys, or ours for another thing, have encrypted.
        let foreign = Keyring::parse(&Keyring::generate_key()).unwrap();
        let theirs = begin(&foreign, now, Purpose::Install).unwrap();
        for state in [&theirs.state, "", "x", &keyring.encrypt("xoxb-1")] {
            assert_eq!(open(last, state, cookie, secret), Err(Unbelieved::NotOurs));
        }
    }
}
