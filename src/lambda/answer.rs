//! `bin/api`: an API Gateway in front of the HTTP routes.

use std::sync::{Arc, OnceLock};

use lambda_http::request::RequestContext;
use lambda_http::{Adapter, Error, Request, RequestExt};
use lambda_runtime::Runtime;
use tokio::sync::watch;
use tower::ServiceExt;
use tracing::error;

use super::after_response::{self, TellPosted};
use super::start::{self, Started};
use crate::gateway::RequestId;
use crate::platform::metrics::{self, Metric};

/// Answers requests until Lambda ends the environment.
pub async fn api() -> Result<(), Error> {
    let (posted, last_posted) = watch::channel(String::new());
    let shared = Arc::new(OnceLock::new());
    let registered = after_response::register(shared.clone(), last_posted);
    let (started, work) = tokio::join!(start::start(), registered);
    let (Started { app, telemetry, .. }, work) = (started?, work?);
    // Set once, here.
    let _ = shared.set((app.clone(), telemetry));
    metrics::emit(&[(Metric::ColdStarts, 1.0)]);
    let router = app.router();
    let service = tower::service_fn(move |request: Request| {
        let (router, db) = (router.clone(), app.services.db.clone());
        async move {
            db.after_freeze();
            router.oneshot(named(request)).await
        }
    });
    let runtime = Runtime::new(Adapter::from(service)).layer(TellPosted(posted));
    tokio::select! {
        ended = runtime.run() => ended,
        ended = work => {
            error!("the extension ended");
            ended
        }
    }
}

/// Hands API Gateway's name of the request on.
fn named(mut request: Request) -> Request {
    let id = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        _ => None,
    };
    if let Some(id) = id {
        request.extensions_mut().insert(RequestId(id));
    }
    request
}
