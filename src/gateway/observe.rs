//! What an operator sees of each request: its span, and how long Slack waited.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info_span};

use super::RequestId;
use crate::platform::ids::WorkspaceId;
use crate::platform::metrics::{self, Metric};
use crate::platform::telemetry::{self, Part};

/// Marks an answer that is not what was asked for, because our side failed, whatever its status.
#[derive(Clone)]
struct Failed;

/// Runs a request within its span; what it is about is told by [`identify`] as soon as it is
/// known.
pub async fn request(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let id = request.extensions().get::<RequestId>().cloned();
    let route = route.as_ref().map_or("", MatchedPath::as_str).to_owned();
    let span = info_span!(
        "request",
        otel.kind = "server",
        otel.name = %format_args!("{} {route}", request.method()),
        otel.status_code = Empty,
        http.request.method = %request.method(),
        http.route = route,
        http.response.status_code = Empty,
        workspace = Empty,
        correlation_id = Empty,
        retry = Empty,
    );
    if let Some(RequestId(id)) = id {
        span.record("correlation_id", id);
    }
    let from_slack = request.method() == Method::POST && route.starts_with("/slack/");
    let answer = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", answer.status().as_u16());
    let failed = answer.status().is_server_error() || answer.extensions().get::<Failed>().is_some();
    if failed {
        span.record("otel.status_code", "ERROR");
        metrics::emit(&[(Metric::RequestsFailed, 1.0)]);
    }
    if from_slack {
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        metrics::emit(&[(Metric::AckDuration, took)]);
    }
    answer
}

/// Says what the request in hand is called and whose it is: on its log lines from here on, and in
/// the traces. `again`: it has come before.
pub fn identify(workspace: &WorkspaceId, correlation_id: &str, again: bool) {
    let span = Span::current();
    span.record("correlation_id", correlation_id);
    span.record("workspace", workspace.as_str());
    if again {
        span.record("retry", true);
    }
    let part = if again {
        Part::Consequence
    } else {
        Part::Cause
    };
    telemetry::join(&span, correlation_id, part);
}

/// An answer that says that our side failed.
pub(super) fn failed(mut answer: Response) -> Response {
    answer.extensions_mut().insert(Failed);
    answer
}
