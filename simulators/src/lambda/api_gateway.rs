//! An HTTP API of API Gateway in front of a function, for those who speak HTTP.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{ACCOUNT, Function, Invocation, random};

/// It gives up on a function after this long.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html>
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The front of a function. Clones are the same front.
#[derive(Clone)]
pub struct ApiGateway {
    function: Function,
    url: String,
    invocations: Arc<Mutex<Vec<Invocation>>>,
}

impl ApiGateway {
    /// Listens on a free port of localhost.
    pub async fn start(function: Function) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let gateway = Self {
            function,
            url: format!("http://{}", listener.local_addr()?),
            invocations: Arc::default(),
        };
        let router = Router::new().fallback(pass).with_state(gateway.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(gateway)
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until the environments of every invocation so far are free, and hands those
    /// invocations out, in the order of their answers.
    pub async fn settle(&self) -> Vec<Invocation> {
        let invocations = std::mem::take(
            &mut *self
                .invocations
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
        for invocation in &invocations {
            invocation.when_free().await;
        }
        invocations
    }
}

async fn pass(
    State(gateway): State<ApiGateway>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let event = event(&method, &uri, &headers, &body);
    let Ok(invocation) = tokio::time::timeout(TIME_LIMIT, gateway.function.invoke(&event)).await
    else {
        return said(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
    };
    let answer = match (&invocation.answer, invocation.status) {
        (Ok(answer), 200) => response(answer),
        (_, 429) => said(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
        _ => said(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"),
    };
    gateway
        .invocations
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(invocation);
    answer
}

/// A request in payload format 2.0.
fn event(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Value {
    let mut all: BTreeMap<&str, String> = BTreeMap::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        all.entry(name.as_str())
            .and_modify(|before| *before = format!("{before},{value}"))
            .or_insert_with(|| value.into_owned());
    }
    let kind = all.get("content-type").map_or("", String::as_str);
    // Only what is text by its type is passed on as text.
    let text = kind.starts_with("text/") || kind.starts_with("application/json");
    let (body, encoded) = match std::str::from_utf8(body) {
        Ok(body) if text => (body.to_owned(), false),
        _ => (BASE64.encode(body), true),
    };
    let now = Timestamp::now();
    let host = all.get("host").cloned().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": uri.path(),
        "rawQueryString": uri.query().unwrap_or_default(),
        "headers": all,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "simulated",
            "domainName": host,
            "domainPrefix": "simulated",
            "http": {
                "method": method.as_str(),
                "path": uri.path(),
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": all.get("user-agent").cloned().unwrap_or_default(),
            },
            "requestId": random::uuid(),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": encoded,
    });
    if !body.is_empty() {
        event["body"] = body.into();
    }
    event
}

/// What the client gets of a function's answer.
fn response(answer: &Value) -> Response {
    let status = answer["statusCode"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .and_then(|status| StatusCode::from_u16(status).ok());
    let Some(status) = status else {
        return said(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
    };
    let body = answer["body"].as_str().unwrap_or_default();
    let body = if answer["isBase64Encoded"].as_bool() == Some(true) {
        BASE64.decode(body.as_bytes()).unwrap_or_default()
    } else {
        body.as_bytes().to_vec()
    };
    let mut response = Response::builder().status(status);
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        // The server counts itself.
        if !name.eq_ignore_ascii_case(header::CONTENT_LENGTH.as_str()) {
            response = response.header(name, value.as_str().unwrap_or_default());
        }
    }
    response
        .body(Body::from(body))
        .unwrap_or_else(|_| said(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error"))
}

fn said(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({"message": message}))).into_response()
}
