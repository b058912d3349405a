//! Configuration of the services that may be off: Google Calendar, Harvest and OpenAI.

use std::time::Duration;

use url::Url;

use super::Secret;
use crate::platform::service_account::ServiceAccount;

/// Who the app is for Google, and the calendar of the workspace of `SLACK_BOT_TOKEN`.
#[derive(Debug, Clone)]
pub struct GoogleCalendarConfig {
    /// `GOOGLE_SERVICE_ACCOUNT_JSON_BASE64`: who the app is for Google, in every workspace.
    pub account: ServiceAccount,
    /// `GOOGLE_CALENDAR_ID`: that workspace's calendar, which is shared with the account.
    pub calendar_id: Option<String>,
    /// `GOOGLE_API_URL`: where the Calendar API is.
    pub api_url: Url,
}

/// How Harvest is called, and the account of the workspace of `SLACK_BOT_TOKEN`.
#[derive(Debug, Clone)]
pub struct HarvestConfig {
    /// `HARVEST_API_URL`: where the API is.
    pub api_url: Url,
    /// `PUBLIC_URL`: where Harvest finds the people behind the app.
    pub contact: Option<String>,
    /// `HARVEST_…`: that workspace's account; `None`: it has none from here.
    pub account: Option<HarvestAccount>,
}

/// An account of Harvest, and what time off is booked on there.
#[derive(Debug, Clone)]
pub struct HarvestAccount {
    /// `HARVEST_ACCESS_TOKEN`: a personal access token.
    pub access_token: Secret,
    /// `HARVEST_ACCOUNT_ID`.
    pub account_id: u64,
    /// What time off is booked on.
    pub tasks: TimeOffTasks,
}

/// The project and tasks of Harvest that time off is booked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOffTasks {
    /// `HARVEST_PROJECT_ID`.
    pub project: u64,
    /// `HARVEST_VACATION_TASK_ID`.
    pub vacation: u64,
    /// `HARVEST_SICK_TASK_ID`.
    pub sick: u64,
}

/// The app at Slack, for workspaces that install it by themselves.
#[derive(Debug, Clone)]
pub struct OauthConfig {
    /// `SLACK_CLIENT_ID`.
    pub client_id: String,
    /// `SLACK_CLIENT_SECRET`.
    pub client_secret: Secret,
    /// `PUBLIC_URL`: where Slack sends people back to.
    pub public_url: Url,
}

/// A model that reads what the built-in rules do not understand for certain.
#[derive(Debug, Clone)]
pub struct OpenAiConfig {
    /// `OPENAI_API_KEY`.
    pub api_key: Secret,
    /// `OPENAI_BASE_URL`: where the API is, with its version.
    pub base_url: Url,
    /// `AI_MODEL`: which model is asked.
    pub model: String,
    /// How long a call may take.
    pub time_limits: TimeLimits,
}

/// How long a call to such a service may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// Until there is a connection.
    pub connect: Duration,
    /// Until the answer is complete.
    pub whole: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            whole: Duration::from_secs(10),
        }
    }
}

/// The usual `AI_MODEL`. `docs/decisions.md` says why.
const MODEL: &str = "gpt-6-luna";

/// A variable's trimmed value, if it has one.
pub(super) type Get<'a> = &'a dyn Fn(&str) -> Option<String>;

const GOOGLE_ACCOUNT: &str = "GOOGLE_SERVICE_ACCOUNT_JSON_BASE64";

const HARVEST: [(&str, &str); 5] = [
    (
        "HARVEST_ACCESS_TOKEN",
        "a personal access token, from https://id.getharvest.com/developers",
    ),
    ("HARVEST_ACCOUNT_ID", "shown beside the access token"),
    (
        "HARVEST_PROJECT_ID",
        "the project that time off is booked on",
    ),
    ("HARVEST_VACATION_TASK_ID", "its task for vacation"),
    ("HARVEST_SICK_TASK_ID", "its task for sick leave"),
];

const OAUTH: [(&str, &str); 2] = [
    (
        "SLACK_CLIENT_ID",
        "from “Basic Information” of the Slack app",
    ),
    ("SLACK_CLIENT_SECRET", "shown beside the client id"),
];

/// `None`: no workspace installs the app by itself, or `wrong` says what is.
pub(super) fn oauth(
    get: Get<'_>,
    public_url: Option<&Url>,
    wrong: &mut Vec<String>,
) -> Option<OauthConfig> {
    let [client_id, client_secret] = group("installing from Slack", get, &OAUTH, wrong)?;
    if get("PUBLIC_URL").is_none() {
        wrong.push(
            "PUBLIC_URL is missing for installing from Slack: where people reach timeoff, such as https://timeoff.example.com"
                .to_owned(),
        );
    }
    Some(OauthConfig {
        client_id: client_id?,
        client_secret: Secret::new(client_secret?),
        public_url: public_url?.clone(),
    })
}

/// `None`: Google Calendar is off, or `wrong` says what is. The account alone is enough: each
/// workspace may name a calendar of its own.
pub(super) fn google(get: Get<'_>, wrong: &mut Vec<String>) -> Option<GoogleCalendarConfig> {
    let (account, calendar_id) = (get(GOOGLE_ACCOUNT), get("GOOGLE_CALENDAR_ID"));
    if account.is_none() && calendar_id.is_none() {
        return None;
    }
    if account.is_none() {
        wrong.push(format!(
            "{GOOGLE_ACCOUNT} is missing for Google Calendar: the service account's JSON key file, in base64"
        ));
    }
    let api_url = api_url(
        "GOOGLE_API_URL",
        "https://www.googleapis.com/calendar/v3",
        get,
        wrong,
    );
    let account = account.and_then(|account| {
        let read = ServiceAccount::parse(&account);
        if let Err(error) = &read {
            wrong.push(format!("{GOOGLE_ACCOUNT} is malformed: {error}"));
        }
        read.ok()
    });
    Some(GoogleCalendarConfig {
        account: account?,
        calendar_id,
        api_url: api_url?,
    })
}

/// `None`: `wrong` says what is.
pub(super) fn harvest(get: Get<'_>, wrong: &mut Vec<String>) -> Option<HarvestConfig> {
    let api_url = api_url(
        "HARVEST_API_URL",
        "https://api.harvestapp.com/v2",
        get,
        wrong,
    );
    let account = harvest_account(get, wrong);
    Some(HarvestConfig {
        api_url: api_url?,
        contact: get("PUBLIC_URL"),
        account,
    })
}

fn harvest_account(get: Get<'_>, wrong: &mut Vec<String>) -> Option<HarvestAccount> {
    let [token, ids @ ..] = group("Harvest", get, &HARVEST, wrong)?;
    for ((name, _), id) in HARVEST[1..].iter().zip(&ids) {
        if id.is_some() && number(id.as_deref()).is_none() {
            wrong.push(format!("{name} is malformed: Harvest's ids are numbers"));
        }
    }
    let [account, project, vacation, sick] = ids.map(|id| number(id.as_deref()));
    Some(HarvestAccount {
        access_token: Secret::new(token?),
        account_id: account?,
        tasks: TimeOffTasks {
            project: project?,
            vacation: vacation?,
            sick: sick?,
        },
    })
}

/// `None`: no model is asked, or `wrong` says what is. The key alone switches it on: a model's
/// name or an address without one sends nothing anywhere.
pub(super) fn openai(get: Get<'_>, wrong: &mut Vec<String>) -> Option<OpenAiConfig> {
    let key = get("OPENAI_API_KEY")?;
    let base_url = api_url("OPENAI_BASE_URL", "https://api.openai.com/v1", get, wrong);
    if !key.chars().all(|c| c.is_ascii_graphic()) {
        wrong.push(
            "OPENAI_API_KEY is malformed: a key has no spaces and no special characters".to_owned(),
        );
    }
    let model = get("AI_MODEL").unwrap_or_else(|| MODEL.to_owned());
    if !model.chars().all(|c| c.is_ascii_graphic()) {
        wrong.push(format!(
            "AI_MODEL is malformed: a model's name has no spaces, such as {MODEL}"
        ));
    }
    Some(OpenAiConfig {
        api_key: Secret::new(key),
        base_url: base_url?,
        model,
        // People wait for the reply in their thread; what a model thinks takes some seconds.
        time_limits: TimeLimits {
            whole: Duration::from_secs(20),
            ..TimeLimits::default()
        },
    })
}

fn number(value: Option<&str>) -> Option<u64> {
    value?.parse().ok().filter(|number| *number > 0)
}

/// The values of variables that only make sense together; `None` when there is none of them.
fn group<const N: usize>(
    service: &str,
    get: Get<'_>,
    variables: &[(&str, &str); N],
    wrong: &mut Vec<String>,
) -> Option<[Option<String>; N]> {
    let values = variables.map(|(name, _)| get(name));
    if values.iter().all(Option::is_none) {
        return None;
    }
    for ((name, what), value) in variables.iter().zip(&values) {
        if value.is_none() {
            wrong.push(format!("{name} is missing for {service}: {what}"));
        }
    }
    Some(values)
}

fn api_url(name: &str, usual: &str, get: Get<'_>, wrong: &mut Vec<String>) -> Option<Url> {
    let url = get(name).unwrap_or_else(|| usual.to_owned());
    let url = Url::parse(&url)
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http"));
    if url.is_none() {
        wrong.push(format!(
            "{name} is malformed: it must begin with https:// or http://"
        ));
    }
    url
}
