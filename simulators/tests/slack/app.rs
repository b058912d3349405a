//! An app that answers what a test tells it to, and keeps what it was sent.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use simulators::slack::{Channel, DEFAULT_SCOPES, Member, SlackSim, SlackSimConfig, Workspace};

/// One request that the app got.
#[derive(Clone, Debug)]
pub struct Got {
    pub path: String,
    pub headers: HeaderMap,
    pub raw: String,
    /// The event envelope, the interaction payload, or the fields of the command.
    pub body: Value,
}

/// One answer that the app gives.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub body: String,
    pub delay: Duration,
    pub no_retry: bool,
}

impl Reply {
    pub fn ok(body: impl std::fmt::Display) -> Self {
        Self {
            status: 200,
            body: body.to_string(),
            delay: Duration::ZERO,
            no_retry: false,
        }
    }

    pub fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::ok("")
        }
    }

    pub fn late(delay: Duration) -> Self {
        Self {
            delay,
            ..Self::ok("")
        }
    }
}

#[derive(Clone, Default)]
pub struct App {
    got: Arc<Mutex<Vec<Got>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
}

impl App {
    /// Answers the next request like this; after the last one with an empty 200.
    pub fn will(&self, reply: Reply) {
        self.replies.lock().unwrap().push_back(reply);
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub fn last(&self) -> Got {
        self.got().pop().expect("the app got nothing")
    }

    pub fn events(&self, kind: &str) -> Vec<Value> {
        self.got()
            .into_iter()
            .filter(|got| got.body["event"]["type"] == kind)
            .map(|got| got.body)
            .collect()
    }

    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/slack/{path}", post(take))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }
}

async fn take(
    State(app): State<App>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1], String) {
    let raw = String::from_utf8(body.to_vec()).unwrap();
    let body = serde_json::from_str(&raw).unwrap_or_else(|_| {
        let fields: serde_json::Map<String, Value> = form_urlencoded::parse(raw.as_bytes())
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        match fields.get("payload").and_then(Value::as_str) {
            Some(payload) => serde_json::from_str(payload).unwrap(),
            None => Value::Object(fields),
        }
    });
    app.got.lock().unwrap().push(Got {
        path,
        headers,
        raw,
        body,
    });
    let reply = app.replies.lock().unwrap().pop_front();
    let reply = reply.unwrap_or_else(|| Reply::ok(""));
    tokio::time::sleep(reply.delay).await;
    (
        StatusCode::from_u16(reply.status).unwrap(),
        [("x-slack-no-retry", if reply.no_retry { "1" } else { "0" })],
        reply.body,
    )
}

/// A Slack with the workspace `T1` (Asha, Ben, #general, the private #leads) and the app in
/// #general; and what calls its Web API.
pub struct Setup {
    pub sim: SlackSim,
    pub app: App,
    pub token: String,
    http: reqwest::Client,
}

pub async fn setup() -> Setup {
    setup_with(SlackSimConfig::default()).await
}

/// A Slack that waits half a second only, and retries at once.
pub async fn impatient() -> Setup {
    setup_with(SlackSimConfig {
        deadline: Duration::from_millis(500),
        retry_delays: vec![Duration::ZERO; 3],
        ..SlackSimConfig::default()
    })
    .await
}

pub async fn setup_with(config: SlackSimConfig) -> Setup {
    let sim = SlackSim::new(config);
    sim.add_workspace(Workspace::new("T1", "Acme"));
    sim.add_person(
        "T1",
        Member::new("U_ASHA", "asha")
            .real_name("Asha Rao")
            .tz("Asia/Kolkata"),
    );
    sim.add_person(
        "T1",
        Member::new("U_BEN", "ben").real_name("Ben Ray").owner(),
    );
    sim.add_channel(
        "T1",
        Channel::new("C_GENERAL", "general").members(["U_ASHA", "U_BEN"]),
    );
    sim.add_channel(
        "T1",
        Channel::new("C_LEADS", "leads")
            .private()
            .members(["U_BEN"]),
    );
    let token = sim.install_app("T1", DEFAULT_SCOPES);
    sim.add_app_to_channel("T1", "general");
    let app = App::default();
    sim.set_app_url(&app.start().await);
    sim.start().await.unwrap();
    let http = reqwest::Client::new();
    Setup {
        sim,
        app,
        token,
        http,
    }
}

impl Setup {
    /// Calls a method with JSON and the app's token.
    pub async fn call(&self, method: &str, args: Value) -> Value {
        self.call_as(Some(&self.token), method, args).await
    }

    pub async fn call_as(&self, token: Option<&str>, method: &str, args: Value) -> Value {
        let mut call = self
            .http
            .post(format!("{}/{method}", self.sim.api_url()))
            .json(&args);
        if let Some(token) = token {
            call = call.bearer_auth(token);
        }
        call.send().await.unwrap().json().await.unwrap()
    }

    /// Calls a method with a form.
    pub async fn form(&self, method: &str, args: &[(&str, &str)]) -> Value {
        self.http
            .post(format!("{}/{method}", self.sim.api_url()))
            .bearer_auth(&self.token)
            .form(args)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    pub async fn post(&self, url: &str, body: &Value) -> (u16, String) {
        let answer = self.http.post(url).json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Asha runs `/timeoff`, and the app opens this view.
    pub async fn open(&self, view: Value) -> Value {
        self.sim
            .person("T1", "U_ASHA")
            .types("#general", "/timeoff")
            .await;
        let trigger = self.app.last().body["trigger_id"].clone();
        self.call(
            "views.open",
            serde_json::json!({"trigger_id": trigger, "view": view}),
        )
        .await
    }
}
