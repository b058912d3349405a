//! Functions that speak to the APIs without a client: they do what no client does.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

const ID: &str = "lambda-extension-identifier";
const ERROR_TYPE: &str = "lambda-extension-function-error-type";

struct Api {
    client: Client,
    base: String,
}

impl Api {
    fn new() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().tls_certs_only([]).no_proxy().build();
        let base = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
        Self {
            client: client.unwrap(),
            base: format!("http://{base}"),
        }
    }

    fn runtime(&self, path: &str) -> String {
        format!("{}/2018-06-01/runtime/{path}", self.base)
    }

    fn extension(&self, path: &str) -> String {
        format!("{}/2020-01-01/extension/{path}", self.base)
    }

    async fn next(&self) -> Response {
        let url = self.runtime("invocation/next");
        self.client.get(url).send().await.unwrap()
    }

    /// Asks for the next event, and stays until there is one.
    async fn extension_next(&self, id: &str) -> Response {
        let request = self.client.get(self.extension("event/next")).header(ID, id);
        request.send().await.unwrap()
    }

    async fn answer(&self, invocation: &Response) {
        let id = invocation.headers()["lambda-runtime-aws-request-id"]
            .to_str()
            .unwrap();
        let url = self.runtime(&format!("invocation/{id}/response"));
        self.client.post(url).body("1").send().await.unwrap();
    }

    async fn register(&self, name: &str, events: &[&str]) -> String {
        let request = self.register_request(name, events);
        let response = request.send().await.unwrap();
        response.headers()[ID].to_str().unwrap().to_owned()
    }

    fn register_request(&self, name: &str, events: &[&str]) -> RequestBuilder {
        self.client
            .post(self.extension("register"))
            .header("lambda-extension-name", name)
            .json(&json!({"events": events}))
    }
}

/// Says what a request is answered.
async fn tell(what: &str, request: RequestBuilder) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap_or_default();
    let body = match body["errorType"].as_str() {
        Some(kind) => format!("{kind}: {}", body["errorMessage"].as_str().unwrap()),
        None => body.to_string(),
    };
    println!("{what} → {status} {body}");
}

pub async fn rules() {
    let api = Api::new();
    let post = |url: String| api.client.post(url).body("{}");
    let get = |url: String| api.client.get(url);
    let register = || api.extension("register");
    tell("register without a name", post(register())).await;
    let named = post(register()).header("lambda-extension-name", "x");
    tell("register without JSON", named.body("INVOKE")).await;
    let shutdown = api.register_request("x", &["INVOKE", "SHUTDOWN"]);
    tell("register for SHUTDOWN", shutdown).await;
    let account = api.register_request("idle", &[]);
    let account = account.header("lambda-extension-accept-feature", "accountId");
    let idle = account.send().await.unwrap();
    let id = idle.headers()[ID].to_str().unwrap().to_owned();
    println!("registered: {}", idle.json::<Value>().await.unwrap());
    tell("register again", api.register_request("idle", &[])).await;
    let next = || api.extension("event/next");
    tell("next without an identifier", get(next())).await;
    tell("next of a stranger", get(next()).header(ID, "stranger")).await;
    tell(
        "exit without a reason",
        post(api.extension("exit/error")).header(ID, &id),
    )
    .await;
    tell(
        "answer to nothing",
        post(api.runtime("invocation/1/response")),
    )
    .await;

    // An extension without events asks once, and is never called.
    let unheard = get(next()).header(ID, &id);
    tokio::spawn(async move { unheard.send().await });
    let invocation = api.next().await;
    let request = invocation.headers()["lambda-runtime-aws-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    tell("register late", api.register_request("late", &["INVOKE"])).await;
    tell("next while at work", get(api.runtime("invocation/next"))).await;
    tell(
        "answer to another",
        post(api.runtime("invocation/1/response")),
    )
    .await;
    let response = || post(api.runtime(&format!("invocation/{request}/response")));
    let streamed = response().header("lambda-runtime-function-response-mode", "streaming");
    tell("streamed answer", streamed).await;
    tell("answer", response().body("{\"ok\": true}")).await;
    tell("second answer", response()).await;
    api.next().await;
}

pub async fn events() {
    let api = Api::new();
    let id = api.register("eager", &["INVOKE"]).await;
    let (invocation, event) = tokio::join!(api.next(), api.extension_next(&id));
    let header = |name: &str| invocation.headers()[name].to_str().unwrap();
    let deadline: u64 = header("lambda-runtime-deadline-ms").parse().unwrap();
    let told = event.json::<Value>().await.unwrap();
    let agree = told["requestId"] == header("lambda-runtime-aws-request-id")
        && told["deadlineMs"] == deadline
        && told["invokedFunctionArn"] == header("lambda-runtime-invoked-function-arn")
        && told["tracing"]["value"] == header("lambda-runtime-trace-id");
    println!(
        "{} {} agree={agree}",
        told["eventType"], told["tracing"]["type"]
    );
    api.answer(&invocation).await;
    // The runtime asks again. The extension does so only after a while.
    let later = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        api.extension_next(&id).await
    };
    tokio::join!(api.next(), later);
}

pub async fn init_error() {
    let api = Api::new();
    let body = json!({
        "errorType": "Runtime.NoParameters",
        "errorMessage": "the parameters cannot be read",
        "stackTrace": ["main", {"line": 7}],
    });
    let request = api.client.post(api.runtime("init/error"));
    request.json(&body).send().await.unwrap();
    std::future::pending::<()>().await;
}

pub async fn extension_init_error() {
    let api = Api::new();
    let id = api.register("broken", &["INVOKE"]).await;
    fail(&api, "init/error", &id, "Extension.NoConfiguration").await;
}

pub async fn extension_exit_error() {
    let api = Api::new();
    let id = api.register("broken", &["INVOKE"]).await;
    tokio::join!(api.next(), api.extension_next(&id));
    fail(&api, "exit/error", &id, "Extension.GaveUp").await;
}

async fn fail(api: &Api, path: &str, id: &str, kind: &str) {
    let request = api.client.post(api.extension(path)).header(ID, id);
    request.header(ERROR_TYPE, kind).send().await.unwrap();
    std::future::pending::<()>().await;
}
