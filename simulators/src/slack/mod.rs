//! A simulated Slack: workspaces with real state behind Slack's Web API, which sends an app the
//! same signed requests as Slack does and refuses what Slack refuses.
//!
//! Three ways in:
//! - an app calls the Web API at [`SlackSim::api_url`];
//! - a story test acts as a person through [`SlackSim::person`];
//! - people use the web page that [`SlackSim::serve`] shows at `/`.
//!
//! ```no_run
//! # use simulators::slack::*;
//! # async fn story() -> std::io::Result<()> {
//! let slack = SlackSim::new(SlackSimConfig::default());
//! slack.add_workspace(Workspace::new("T1", "Acme"));
//! slack.add_person("T1", Member::new("U_ASHA", "asha").tz("Asia/Kolkata"));
//! slack.add_channel("T1", Channel::new("C1", "general").members(["U_ASHA"]));
//! slack.install_app("T1", DEFAULT_SCOPES);
//! slack.set_app_url("http://127.0.0.1:3000");
//! slack.start().await?;
//!
//! let asha = slack.person("T1", "U_ASHA");
//! asha.types("#general", "/timeoff tomorrow").await;
//! let form = asha.modal();
//! form.fill("First day", "2026-03-05").await;
//! assert_eq!(form.submit().await, Submitted::Closed);
//! assert_eq!(asha.dm(), "timeoff: You asked for 1 day");
//! # Ok(())
//! # }
//! ```

mod act;
mod api;
mod blocks;
mod consent;
mod deliver;
mod elements;
mod faults;
mod model;
mod page;
mod payload;
mod person;
mod render;
mod sign;
mod state;
mod view;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    sync::{broadcast, watch},
    task::JoinHandle,
};

pub use crate::clock::Clock;
pub use act::{ActError, Submitted};
pub use api::Consent;
pub use deliver::{Answer, Delivered, SignedRequest, Unanswered};
pub use faults::Fault;
pub use model::{AppConfig, Channel, DEFAULT_SCOPES, Member, SlashCommand, Workspace};
pub use person::{Form, Person, Shown};
pub use sign::signature;

use crate::listener::{Cutter, CuttingListener};
use crate::service::Link;
use state::{Change, ChannelState, Outgoing, State, Team};

/// How the simulated Slack behaves.
#[derive(Clone, Debug)]
pub struct SlackSimConfig {
    /// Signs the requests to the app.
    pub signing_secret: String,
    /// The time of messages, events and signatures.
    pub clock: Clock,
    /// How long the app has to answer: 3 seconds at Slack.
    pub deadline: Duration,
    /// How long Slack waits before each retry of an event.
    ///
    /// <https://docs.slack.dev/apis/events-api#error-handling>
    pub retry_delays: Vec<Duration>,
    /// How long a trigger lives: 3 seconds at Slack.
    pub trigger_life: Duration,
    /// The app's configuration at Slack.
    pub app: AppConfig,
    /// Is told every text that a [`Person`] types, writes or fills in, before it is sent.
    pub overhears: Option<fn(&str)>,
}

impl Default for SlackSimConfig {
    fn default() -> Self {
        Self {
            signing_secret: "signing-secret".to_owned(),
            clock: Clock::system(),
            deadline: Duration::from_secs(3),
            retry_delays: [0, 60, 300].map(Duration::from_secs).to_vec(),
            trigger_life: Duration::from_secs(3),
            app: AppConfig::default(),
            overhears: None,
        }
    }
}

/// The simulated Slack. Clones share their state.
#[derive(Clone)]
pub struct SlackSim {
    inner: Arc<Inner>,
}

struct Inner {
    config: SlackSimConfig,
    state: Mutex<State>,
    http: reqwest::Client,
    changes: broadcast::Sender<Change>,
    in_flight: watch::Sender<usize>,
}

impl SlackSim {
    /// An empty Slack.
    pub fn new(config: SlackSimConfig) -> Self {
        // The client needs a provider to be built, although it only speaks to localhost.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            // Each request its own connection: a server that a test restarts leaves no half-dead
            // ones behind.
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::limited(2))
            .build()
            .unwrap_or_default();
        Self {
            inner: Arc::new(Inner {
                state: Mutex::new(State::new(
                    config.clock.clone(),
                    config.app.clone(),
                    config.trigger_life,
                )),
                config,
                http,
                changes: broadcast::Sender::new(1024),
                in_flight: watch::Sender::new(0),
            }),
        }
    }

    /// Adds a workspace.
    pub fn add_workspace(&self, workspace: Workspace) {
        self.with(|state| state.teams.push(Team::new(workspace)));
    }

    /// Adds a person who has been there all along: no event is sent.
    pub fn add_person(&self, team: &str, person: Member) {
        self.with(|state| {
            if let Some(team) = state.team_mut(team) {
                team.people.push(person);
            }
        });
    }

    /// Adds a channel that has been there all along: no event is sent.
    pub fn add_channel(&self, team: &str, channel: Channel) {
        self.with(|state| {
            let created = state.clock.now().as_second();
            if let Some(team) = state.team_mut(team) {
                team.channels.push(ChannelState {
                    info: channel,
                    is_im: false,
                    created,
                    messages: Vec::new(),
                });
            }
        });
    }

    /// Installs the app with these bot scopes and gives its token. The bot user is `U0BOT` and
    /// the workspace's id after its `T` (`U0BOT1` in `T1`).
    pub fn install_app<S: AsRef<str>>(&self, team: &str, scopes: &[S]) -> String {
        self.with(|state| {
            state.install(
                team,
                scopes.iter().map(|it| it.as_ref().to_owned()).collect(),
            )
        })
    }

    /// Installs the app with a token that it has already: what an app keeps outlives this Slack.
    pub fn restore_app<S: AsRef<str>>(&self, team: &str, scopes: &[S], token: &str) {
        self.with(|state| {
            let scopes = scopes.iter().map(|it| it.as_ref().to_owned()).collect();
            state.install(team, scopes);
            if let Some(app) = state.team_mut(team).and_then(|team| team.app.as_mut()) {
                token.clone_into(&mut app.token);
            }
        });
    }

    /// Where a workspace without the app can add it. The page leads there.
    pub fn set_install_url(&self, url: &str) {
        self.with(|state| state.install_url = Some(url.to_owned()));
    }

    /// An organization installs the app for these workspaces of its own, and gets its token. The bot
    /// user is `U0BOT` and the organization's id in all of them.
    ///
    /// <https://docs.slack.dev/enterprise/organization-ready-apps>
    pub fn install_app_in_org<S: AsRef<str>>(
        &self,
        enterprise: &str,
        teams: &[&str],
        scopes: &[S],
    ) -> String {
        self.with(|state| {
            let teams: Vec<String> = teams.iter().map(|&team| team.to_owned()).collect();
            let scopes = scopes.iter().map(|it| it.as_ref().to_owned()).collect();
            state.install_org(enterprise, &teams, scopes)
        })
    }

    /// An organization that has the app gives it to a further workspace, and the app is told.
    ///
    /// <https://docs.slack.dev/reference/events/team_access_granted>
    pub async fn grant_access(&self, enterprise: &str, team: &str) {
        self.with_delivered(|state| state.grant_access(enterprise, team))
            .await;
    }

    /// An organization takes the app away from one of its workspaces, and the app is told.
    ///
    /// <https://docs.slack.dev/reference/events/team_access_revoked>
    pub async fn revoke_access(&self, team: &str) {
        self.with_delivered(|state| state.revoke_access(team)).await;
    }

    /// A person takes back what the app may do for them, and the app is told.
    ///
    /// <https://docs.slack.dev/reference/events/tokens_revoked>
    pub async fn revoke_user_tokens(&self, team: &str, user: &str) {
        self.with_delivered(|state| state.revoke_user_tokens(team, user))
            .await;
    }

    /// Takes the app's token away: its calls answer `token_revoked` from now on.
    pub fn revoke_token(&self, team: &str) {
        self.with(|state| {
            if let Some(token) = state
                .team(team)
                .and_then(|team| team.app.as_ref())
                .map(|app| app.token.clone())
            {
                state.revoked.insert(token);
            }
        });
    }

    /// A workspace admin removes the app (or, where an organization installed it, the
    /// organization's admin from all its workspaces): its token is revoked, and the app is told when it is
    /// subscribed to `tokens_revoked` and `app_uninstalled`.
    ///
    /// <https://docs.slack.dev/reference/events/app_uninstalled>
    pub async fn uninstall_app(&self, team: &str) {
        self.with_delivered(|state| state.uninstall(team)).await;
    }

    /// Makes the app a member of a channel, without an event.
    pub fn add_app_to_channel(&self, team: &str, channel: &str) {
        let bot = self.bot_user_id(team);
        self.add_to_channel(team, channel, &bot);
    }

    /// Makes a person a member of a channel (by id or name), without an event.
    pub fn add_to_channel(&self, team: &str, channel: &str, user: &str) {
        self.with(|state| {
            let Some(team) = state.team_mut(team) else {
                return;
            };
            let Some(id) = team.find_channel(channel).map(|it| it.info.id.clone()) else {
                return;
            };
            if let Some(channel) = team.channel_mut(&id)
                && !channel.has(user)
            {
                channel.info.members.push(user.to_owned());
            }
        });
    }

    /// The user id of the app's bot.
    pub fn bot_user_id(&self, team: &str) -> String {
        self.with(|state| {
            state
                .team(team)
                .map(|team| team.bot_user_id().to_owned())
                .unwrap_or_default()
        })
    }

    /// The app's bot token.
    pub fn bot_token(&self, team: &str) -> Option<String> {
        self.with(|state| Some(state.team(team)?.app.as_ref()?.token.clone()))
    }

    /// Where the app's `/slack/…` paths are: `http://127.0.0.1:3000`.
    pub fn set_app_url(&self, url: &str) {
        self.with(|state| state.app_url = Some(url.trim_end_matches('/').to_owned()));
    }

    /// What the page links to beside Slack, such as the other simulators' pages.
    pub fn set_links(&self, links: Vec<Link>) {
        self.with(|state| state.links = links);
    }

    /// The secret that signs the requests to the app.
    pub fn signing_secret(&self) -> &str {
        &self.inner.config.signing_secret
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.inner.config.clock
    }

    /// Slack's Web API, hooks and page as a router. [`SlackSim::serve`] adds to it what a router
    /// alone cannot do: closing a connection without an answer.
    pub fn router(&self) -> axum::Router {
        api::router(self.clone()).merge(page::router(self.clone()))
    }

    /// Serves everything on a listener until the task is aborted or the runtime ends.
    pub fn serve(&self, listener: TcpListener) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
        let addr = listener.local_addr()?;
        self.with(|state| state.base_url = format!("http://{addr}"));
        let service = self
            .router()
            .into_make_service_with_connect_info::<Cutter>();
        let task = tokio::spawn(async move {
            let listener = CuttingListener(listener);
            if let Err(error) = axum::serve(listener, service).await {
                tracing::error!(%error, "the simulated Slack stopped");
            }
        });
        Ok((addr, task))
    }

    /// Serves everything on a free port of localhost.
    pub async fn start(&self) -> std::io::Result<SocketAddr> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        Ok(self.serve(listener)?.0)
    }

    /// The base URL of the Web API, what `https://slack.com/api` is for the real one. Empty host
    /// until [`SlackSim::serve`].
    pub fn api_url(&self) -> String {
        self.with(|state| format!("{}/api", state.base_url))
    }

    /// Tells where the router is served, when something else than [`SlackSim::serve`] does it.
    pub fn set_base_url(&self, url: &str) {
        self.with(|state| url.trim_end_matches('/').clone_into(&mut state.base_url));
    }

    /// Lets calls of a method go wrong: `times` of them, or all until [`SlackSim::clear_faults`].
    /// The method `*` means every Web API method, `app` the requests towards the app.
    pub fn fault(&self, method: &str, fault: Fault, times: Option<u32>) {
        self.with(|state| state.faults.add(method, fault, times));
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.with(|state| state.faults.clear(None));
    }

    /// The arguments of each call of a Web API method (`*`: of every method) so far, oldest
    /// first. `response_url` is a method here.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        self.with(|state| {
            state
                .calls
                .iter()
                .filter(|call| method == "*" || call.method == method)
                .map(|call| {
                    let mut body = call.body.clone();
                    if method == "*" {
                        body = json!({"method": call.method, "team": call.team, "args": body});
                    }
                    body
                })
                .collect()
        })
    }

    /// Forgets the calls and deliveries so far.
    pub fn clear_calls(&self) {
        self.with(|state| {
            state.calls.clear();
            state.deliveries.clear();
        });
    }

    /// Every request that was sent to the app: `{path, kind, event_id, retry_num, status, failure}`.
    pub fn deliveries(&self) -> Vec<Value> {
        self.with(|state| state.deliveries.clone())
    }

    /// What the app did wrong where the real Slack only shows people a vague error: an answer
    /// that is no JSON, an error for a block that does not exist, a refused view in an answer.
    pub fn problems(&self) -> Vec<String> {
        self.with(|state| state.problems.clone())
    }

    /// A person to act as. Panics, as its actions do, when there is no such person.
    pub fn person(&self, team: &str, user: &str) -> Person {
        Person::new(self, team, user)
    }

    /// Runs with the state, and then tells pages and the app what changed.
    fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let (result, outgoing) = self.with_outbox(act);
        self.send_in_background(outgoing);
        result
    }

    /// Runs with the state and gives the events that the caller has to deliver.
    fn with_outbox<R>(&self, act: impl FnOnce(&mut State) -> R) -> (R, Vec<Outgoing>) {
        let mut state = self
            .inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut state);
        let changes = std::mem::take(&mut state.changes);
        let outgoing = std::mem::take(&mut state.outbox);
        drop(state);
        for change in changes {
            // No page may be listening.
            let _ = self.inner.changes.send(change);
        }
        (result, outgoing)
    }
}
