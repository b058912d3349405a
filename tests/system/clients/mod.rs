//! The clients of Google Calendar, Harvest and OpenAI against services that behave like the real
//! ones.

mod google_calendar;
mod harvest;
mod logs;
mod openai;
mod second_opinion;

use std::collections::HashMap;
use std::time::Duration;

use timeoff::clients::http::Http;
use timeoff::platform::config::{Config, ConfigError, TimeLimits};
use timeoff::platform::crypto::Keyring;

/// Short enough for a test that waits for it.
const LIMITS: TimeLimits = TimeLimits {
    connect: Duration::from_secs(2),
    whole: Duration::from_secs(1),
};
/// Longer than that.
const SLOW: Duration = Duration::from_millis(2500);

fn http() -> Http {
    Http::new(LIMITS)
}

/// The configuration of an app with these variables beside the ones that it cannot do without.
fn configured(variables: Vec<(&'static str, String)>) -> Result<Config, ConfigError> {
    let mut all: HashMap<&str, String> = HashMap::from([
        ("DATABASE_URL", "postgres://localhost/timeoff".to_owned()),
        ("SLACK_SIGNING_SECRET", "a secret".to_owned()),
        ("TOKEN_ENCRYPTION_KEYS", Keyring::generate_key()),
    ]);
    all.extend(variables);
    Config::read(|name| all.get(name).cloned())
}
