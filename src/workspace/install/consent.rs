//! To Slack's page that asks for consent, and back: installing the app (`GET /slack/install`), and
//! letting it set one's status (`GET /slack/status`). Both end at `GET /slack/oauth_redirect`.
//!
//! Going there writes nothing: the state holds everything, encrypted, and a cookie ties it to the
//! browser. Coming back works once.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use tracing::{Instrument as _, error, info, warn};

use super::sealed::{self, Purpose, Sealed, Unbelieved};
use super::{install, orgs, pages, status};
use crate::clients::slack::{Access, Granted, OauthApp, SlackError};
use crate::jobs::Runner;
use crate::platform::again::Again;
use crate::platform::config::Secret;
use crate::services::Services;
use crate::tenant::store::{self, Installation};

/// The database is asked for no longer than this while a person looks at an empty page.
const PATIENCE: Duration = Duration::from_secs(5);
/// Slack's code and state are shorter; so is every honest request.
const LONGEST: usize = 2000;

/// What the pages need.
#[derive(Clone)]
pub struct Consent {
    /// The database, the keys, Slack.
    pub services: Services,
    /// Woken when an installation has promised work.
    pub runner: Runner,
    /// The bot scopes that are asked for.
    pub scopes: BTreeSet<&'static str>,
}

/// `GET /slack/install`.
pub async fn install_page(State(it): State<Consent>) -> Response {
    let scopes: Vec<&str> = it.scopes.iter().copied().collect();
    it.begin(Purpose::Install, &scopes.join(","), "")
}

/// `GET /slack/status`.
pub async fn status_page(State(it): State<Consent>) -> Response {
    it.begin(Purpose::Status, "", status::USER_SCOPES)
}

/// `GET /slack/oauth_redirect`.
pub async fn redirected(
    State(it): State<Consent>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(app) = it.services.oauth.clone() else {
        return pages::not_set_up().into_response();
    };
    let query = Query::read(query.as_deref().unwrap_or_default());
    let now = it.services.clock.now();
    let opened = Sealed::open(&it.services.keyring, now, &query.state, |name| {
        cookie(&headers, name)
    });
    let sealed = match opened {
        Ok(sealed) => sealed,
        Err(unbelieved) => {
            info!(?unbelieved, "an authorization is not believed");
            return match unbelieved {
                Unbelieved::NotOurs => pages::not_ours(&app),
                Unbelieved::Late(purpose) => pages::late(&app, purpose),
                Unbelieved::OtherBrowser(purpose) => pages::other_browser(&app, purpose),
            }
            .into_response();
        }
    };
    // A panic must not leave the person with a broken connection.
    let returned = AssertUnwindSafe(it.returned(&app, &sealed, &query)).catch_unwind();
    let page = returned.await.unwrap_or_else(|_| {
        error!("an installation panicked");
        pages::not_saved(&app, sealed.purpose)
    });
    // The cookie stays until it ends by itself: whoever loads this page once more is to read that
    // it was finished, and not that it was begun elsewhere.
    page.into_response()
}

/// What Slack sends along.
#[derive(Default)]
struct Query {
    code: String,
    state: String,
    error: String,
}

impl Query {
    fn read(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let field = match name.as_ref() {
                "code" => &mut read.code,
                "state" => &mut read.state,
                "error" => &mut read.error,
                _ => continue,
            };
            if value.len() <= LONGEST {
                *field = value.into_owned();
            }
        }
        read
    }
}

impl Consent {
    fn begin(&self, purpose: Purpose, scopes: &str, user_scopes: &str) -> Response {
        let Some(app) = &self.services.oauth else {
            return pages::not_set_up().into_response();
        };
        let now = self.services.clock.now();
        let begun = match sealed::begin(&self.services.keyring, now, purpose) {
            Ok(begun) => begun,
            Err(error) => {
                error!(%error, "cannot begin an installation");
                return pages::not_saved(app, purpose).into_response();
            }
        };
        let address = app.authorize_url(scopes, user_scopes, &begun.state);
        let Ok(address) = HeaderValue::from_str(&address) else {
            error!("the address of Slack's page is no header");
            return pages::our_credentials(app, purpose).into_response();
        };
        let headers = [
            (header::LOCATION, address),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        let answer = (StatusCode::FOUND, headers).into_response();
        with_cookie(answer, app, &begun.cookie, &begun.secret, sealed::life())
    }

    async fn returned(&self, app: &OauthApp, sealed: &Sealed, query: &Query) -> pages::Page {
        let purpose = sealed.purpose;
        match query.error.as_str() {
            "" => {}
            "access_denied" => return pages::cancelled(app, purpose),
            other => {
                info!("Slack sent somebody back with an error");
                return pages::slack_said_no(app, purpose, other);
            }
        }
        // Before Slack is asked: of two windows that come back at once, one asks.
        let now = self.services.clock.now();
        let first = store::redeem_state(&self.services.db, &sealed.nonce, now);
        match in_time(first).await {
            Some(true) => {}
            Some(false) => return pages::used(app, purpose),
            None => return pages::not_saved(app, purpose),
        }
        let access = match self.services.slack.exchange(app, &query.code).await {
            Ok(access) => access,
            Err(error) => return refused(app, purpose, &error),
        };
        match purpose {
            Purpose::Install => self.install(app, access).await,
            Purpose::Status => self.connect(app, access).await,
        }
    }

    async fn install(&self, app: &OauthApp, access: Access) -> pages::Page {
        let Access {
            app_id,
            user,
            granted,
        } = access;
        let page = match granted {
            Granted::Workspace { identity, token } => {
                let installation = Installation {
                    identity: &identity,
                    encrypted_token: &self.services.keyring.encrypt(token.expose()),
                    scopes: identity.scopes.as_deref(),
                    installer: Some(&user),
                    from_token: false,
                };
                in_time(install(&self.services, &installation))
                    .await
                    .map(|came_back| {
                        info!(workspace = %identity.team_id, ?came_back, "installed");
                        pages::installed(app, &app_id, &identity.team_id, &identity.team, came_back)
                    })
            }
            Granted::Organization(organization) => {
                in_time(orgs::install(&self.services, &organization, &user))
                    .await
                    .map(|()| {
                        info!(enterprise = %organization.id, "installed for an organization");
                        self.read_workspaces();
                        pages::installed_in_org(app, &app_id, &organization.name)
                    })
            }
            Granted::Person { .. } => {
                warn!("Slack gave no bot token for an installation");
                return pages::not_what_was_asked(app, Purpose::Install);
            }
        };
        self.runner.wake();
        page.unwrap_or_else(|| pages::not_saved(app, Purpose::Install))
    }

    /// The schedule reads them too, if this does not come to its end.
    fn read_workspaces(&self) {
        let (services, runner) = (self.services.clone(), self.runner.clone());
        let reading = async move {
            if let Err(error) = orgs::read_new(&services).await {
                warn!(%error, "the workspaces of an organization are read later");
            }
            runner.wake();
        };
        self.services.background.spawn(reading.in_current_span());
    }

    async fn connect(&self, app: &OauthApp, access: Access) -> pages::Page {
        let Granted::Person {
            team,
            token,
            scopes,
        } = access.granted
        else {
            warn!("Slack gave no token of a person");
            return pages::not_what_was_asked(app, Purpose::Status);
        };
        let Some(team) = team else {
            self.give_back(token);
            return pages::status_of_whole_org(app);
        };
        let connecting = status::connect(&self.services, &team, &access.user, &token, &scopes);
        let page = match in_time(connecting).await {
            Some(Some(name)) => pages::status_connected(app, &access.app_id, &team, &name),
            Some(None) => {
                self.give_back(token);
                pages::status_without_app(app)
            }
            None => pages::not_saved(app, Purpose::Status),
        };
        self.runner.wake();
        page
    }

    /// Revokes a person's token that is not kept. Nothing waits for it, and one that Slack does not
    /// hear of is known to nobody any more.
    fn give_back(&self, token: Secret) {
        let services = self.services.clone();
        let revoking = async move {
            if let Err(error) = services.slack.revoke(&token).await {
                warn!(%error, "a token is forgotten without being revoked");
            }
        };
        self.services.background.spawn(revoking.in_current_span());
    }
}

/// What the database gives, unless it fails or takes too long: then the log says so.
async fn in_time<T>(work: impl Future<Output = Result<T, sqlx::Error>>) -> Option<T> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(done)) => return Some(done),
        Ok(Err(error)) => error!(%error, "an installation could not be saved"),
        Err(_) => error!("an installation could not be saved: the database did not answer in time"),
    }
    None
}

/// Slack did not exchange a code: <https://docs.slack.dev/reference/methods/oauth.v2.access#errors>
fn refused(app: &OauthApp, purpose: Purpose, error: &SlackError) -> pages::Page {
    match error.code.as_str() {
        "invalid_code" | "code_already_used" | "code_expired" => {
            info!(%error, "a code was refused");
            pages::code_refused(app, purpose)
        }
        "cannot_install_an_org_installed_app" => pages::org_has_it(app),
        _ if error.again != Again::No => {
            warn!(%error, "an installation had to be broken off");
            pages::slack_down(app, purpose)
        }
        "invalid_client_id" | "bad_client_secret" | "bad_redirect_uri" | "invalid_scopes"
        | "no_scopes" | "unreadable answer" => {
            error!(%error, "nobody can install the app: look at SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, PUBLIC_URL and the app's redirect URLs");
            pages::our_credentials(app, purpose)
        }
        code => {
            warn!(%error, "an installation was refused");
            pages::slack_said_no(app, purpose, code)
        }
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

/// Sets a cookie for so many seconds.
fn with_cookie(
    mut answer: Response,
    app: &OauthApp,
    name: &str,
    value: &str,
    seconds: i64,
) -> Response {
    let secure = if app.is_https() { "; Secure" } else { "" };
    let line = format!(
        "{name}={value}; Max-Age={seconds}; Path={}; HttpOnly; SameSite=Lax{secure}",
        app.cookie_path()
    );
    if let Ok(line) = HeaderValue::from_str(&line) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    answer
}
