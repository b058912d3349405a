//! How a workspace, an organization or a person lets the app in.
//! <https://docs.slack.dev/authentication/installing-with-oauth>

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::method::Method;
use super::people::Identity;
use super::{SlackApi, SlackError};
use crate::clients::http::Service;
use crate::platform::again::Again;
use crate::platform::config::{OauthConfig, Secret};
use crate::platform::ids::{EnterpriseId, SlackUserId, WorkspaceId};

/// The app at Slack, to be let in.
#[derive(Debug, Clone)]
pub struct OauthApp {
    client_id: String,
    client_secret: Secret,
    /// `PUBLIC_URL`, without a slash at the end.
    public_url: String,
    /// Slack's own pages, without a slash at the end.
    slack: String,
}

impl OauthApp {
    /// The app of a configuration, at the Slack whose Web API is at `slack_api_url`.
    pub fn new(config: OauthConfig, slack_api_url: &str) -> Self {
        let slack = slack_api_url.strip_suffix("/api").unwrap_or(slack_api_url);
        Self {
            client_id: config.client_id,
            client_secret: config.client_secret,
            public_url: config.public_url.as_str().trim_end_matches('/').to_owned(),
            slack: slack.to_owned(),
        }
    }

    /// Where a workspace installs the app, or gives it further permissions.
    pub fn install_link(&self) -> String {
        format!("{}/slack/install", self.public_url)
    }

    /// Where a person lets the app show their leave in their status.
    pub fn status_link(&self) -> String {
        format!("{}/slack/status", self.public_url)
    }

    /// Where Slack sends people back to.
    pub fn redirect_uri(&self) -> String {
        format!("{}/slack/oauth_redirect", self.public_url)
    }

    /// Whether people reach the app by https.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Under which path a browser sends what the app noted in it.
    pub fn cookie_path(&self) -> String {
        let path = Url::parse(&self.public_url)
            .map(|url| url.path().trim_end_matches('/').to_owned())
            .unwrap_or_default();
        format!("{path}/slack")
    }

    /// Slack's page that asks for consent.
    pub fn authorize_url(&self, scopes: &str, user_scopes: &str, state: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client_id)
            .append_pair("scope", scopes)
            .append_pair("user_scope", user_scopes)
            .append_pair("redirect_uri", &self.redirect_uri())
            .append_pair("state", state)
            .finish();
        format!("{}/oauth/v2/authorize?{query}", self.slack)
    }

    /// The same in the desktop app; `None`: this is not the real Slack, which has none.
    /// <https://docs.slack.dev/interactivity/deep-linking>
    pub fn desktop_link(&self, app_id: &str, team: &WorkspaceId) -> Option<String> {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("team", team.as_str())
            .append_pair("id", app_id)
            .append_pair("tab", "home")
            .finish();
        (self.slack == "https://slack.com").then(|| format!("slack://app?{query}"))
    }

    /// Where the app is in Slack: <https://docs.slack.dev/interactivity/deep-linking#open-an-app>
    pub fn open_link(&self, app_id: &str, team: Option<&WorkspaceId>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("app", app_id);
        if let Some(team) = team {
            query.append_pair("team", team.as_str());
        }
        format!("{}/app_redirect?{}", self.slack, query.finish())
    }
}

/// What Slack gave for a code.
#[derive(Debug)]
pub struct Access {
    /// The app's id at Slack.
    pub app_id: String,
    /// Who consented.
    pub user: SlackUserId,
    /// What was let in.
    pub granted: Granted,
}

/// Who let the app in.
#[derive(Debug)]
pub enum Granted {
    /// One workspace.
    Workspace {
        /// Which, and the app's user in it.
        identity: Identity,
        /// The bot token.
        token: Secret,
    },
    /// All workspaces of an organization that it chooses.
    Organization(Organization),
    /// One person, for their own profile.
    Person {
        /// Where the person is; `None`: in a whole organization.
        team: Option<WorkspaceId>,
        /// The token.
        token: Secret,
        /// What it may do.
        scopes: Vec<String>,
    },
}

/// An organization that installed the app.
#[derive(Debug)]
pub struct Organization {
    /// Which.
    pub id: EnterpriseId,
    /// What people call it.
    pub name: String,
    /// The app's user in its workspaces.
    pub bot: SlackUserId,
    /// The bot token for all of them.
    pub token: Secret,
    /// What it may do.
    pub scopes: Vec<String>,
}

/// A workspace of an organization.
#[derive(Debug, Clone, Deserialize)]
pub struct Team {
    /// Which.
    pub id: WorkspaceId,
    /// What people call it.
    #[serde(default)]
    pub name: String,
}

/// The answer of `oauth.v2.access`: <https://docs.slack.dev/reference/methods/oauth.v2.access>
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    app_id: String,
    access_token: Option<String>,
    #[serde(default)]
    scope: String,
    bot_user_id: Option<SlackUserId>,
    team: Option<Team>,
    enterprise: Option<Enterprise>,
    #[serde(default)]
    is_enterprise_install: bool,
    authed_user: AuthedUser,
}

#[derive(Deserialize)]
struct Enterprise {
    id: EnterpriseId,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct AuthedUser {
    id: SlackUserId,
    access_token: Option<String>,
    #[serde(default)]
    scope: String,
}

/// Scopes as Slack lists them.
pub(super) fn scopes(list: &str) -> Vec<String> {
    let mut scopes: Vec<String> = list
        .split([',', ' '])
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

impl Answer {
    /// `None`: not what Slack documents.
    fn read(self) -> Option<Access> {
        let granted = match (self.access_token, self.bot_user_id) {
            (Some(token), Some(bot)) if self.is_enterprise_install => {
                let enterprise = self.enterprise?;
                Granted::Organization(Organization {
                    id: enterprise.id,
                    name: enterprise.name,
                    bot,
                    token: Secret::new(token),
                    scopes: scopes(&self.scope),
                })
            }
            (Some(token), Some(bot)) => {
                let team = self.team?;
                Granted::Workspace {
                    identity: Identity {
                        team_id: team.id,
                        team: team.name,
                        user_id: bot,
                        enterprise_id: self.enterprise.map(|it| it.id.to_string()),
                        scopes: Some(scopes(&self.scope)),
                    },
                    token: Secret::new(token),
                }
            }
            _ => Granted::Person {
                team: self.team.map(|team| team.id),
                token: Secret::new(self.authed_user.access_token?),
                scopes: scopes(&self.authed_user.scope),
            },
        };
        Some(Access {
            app_id: self.app_id,
            user: self.authed_user.id,
            granted,
        })
    }
}

impl SlackApi {
    /// Exchanges the code that a browser brought from Slack; each works once, for ten minutes.
    /// <https://docs.slack.dev/reference/methods/oauth.v2.access>
    pub async fn exchange(&self, app: &OauthApp, code: &str) -> Result<Access, SlackError> {
        let form = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose()),
            ("code", code),
            ("redirect_uri", &app.redirect_uri()),
        ];
        let method = Method::OauthAccess;
        let (body, _) = self.ask(method, |request| request.form(&form)).await?;
        serde_json::from_value::<Answer>(body)
            .ok()
            .and_then(Answer::read)
            .ok_or_else(|| unreadable(method))
    }

    /// Whose token this is, and what it may do. <https://docs.slack.dev/reference/methods/auth.test>
    pub async fn auth_test(&self, token: &Secret) -> Result<Identity, SlackError> {
        let method = Method::AuthTest;
        let (body, headers) = self
            .ask(method, |request| request.bearer_auth(token.expose()))
            .await?;
        let mut identity: Identity =
            serde_json::from_value(body).map_err(|_| unreadable(method))?;
        // https://docs.slack.dev/authentication/installing-with-oauth#inspecting
        identity.scopes = headers
            .get("x-oauth-scopes")
            .and_then(|list| list.to_str().ok())
            .map(scopes);
        Ok(identity)
    }

    /// The workspaces of the organization that a token is for, page by page.
    /// <https://docs.slack.dev/reference/methods/auth.teams.list>
    pub async fn teams(&self, token: &Secret) -> Result<Vec<Team>, SlackError> {
        #[derive(Deserialize)]
        struct Teams {
            teams: Vec<Team>,
            response_metadata: Option<super::Page>,
        }
        let (mut all, mut cursor) = (Vec::new(), String::new());
        loop {
            let parameters = [("limit", "100"), ("cursor", cursor.as_str())];
            let page: Teams = self.get(token, Method::Teams, &parameters).await?;
            all.extend(page.teams);
            match super::next(page.response_metadata) {
                Some(more) => cursor = more,
                None => return Ok(all),
            }
        }
    }

    /// A call whose secrets are in no address, and of whose answer the headers matter too; the
    /// client that makes the others offers neither.
    async fn ask(
        &self,
        method: Method,
        complete: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder + Send,
    ) -> Result<(Value, HeaderMap), SlackError> {
        let method = method.name();
        let failed = |code: String, again| SlackError::new(method, code, again);
        let url = Url::parse(&format!("{}/{method}", self.url))
            .map_err(|_| failed("not an address".to_owned(), Again::No))?;
        let route = format!("/{method}");
        let asking = self
            .http
            .send(Service::Slack, reqwest::Method::POST, url, &route, complete);
        // Boxed: it would be in the future of every caller, up to the program's own.
        let answer = Box::pin(asking)
            .await
            .map_err(|error| failed(error.message, Again::Yes))?;
        let (status, headers) = (answer.status, answer.headers.clone());
        if status.as_u16() == 429 {
            let pause = headers
                .get("retry-after")
                .and_then(|seconds| seconds.to_str().ok()?.parse().ok())
                .map(std::time::Duration::from_secs);
            return Err(failed(
                "rate limited".to_owned(),
                pause.map_or(Again::Yes, Again::After),
            ));
        }
        if !status.is_success() {
            let again = if status.is_server_error() {
                Again::Yes
            } else {
                Again::No
            };
            return Err(failed(format!("HTTP {status}"), again));
        }
        let body: Value = answer
            .read()
            .map_err(|error| failed(error.message, Again::No))?;
        if body["ok"] == true {
            return Ok((body, headers));
        }
        let code = body["error"].as_str().unwrap_or("no reason given");
        let again = if super::error::is_passing(code) {
            Again::Yes
        } else {
            Again::No
        };
        Err(failed(code.to_owned(), again))
    }
}

fn unreadable(method: Method) -> SlackError {
    SlackError::new(method.name(), "unreadable answer", Again::No)
}
