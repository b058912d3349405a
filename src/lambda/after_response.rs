//! The work after the response.
//!
//! Lambda gives the client its response when the runtime posts it, and freezes the environment
//! when the runtime and every extension have asked for the next event. So an internal extension
//! does not ask before the jobs of the invocation are done.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_extension::{Extension, LambdaEvent, NextEvent, service_fn};
use lambda_runtime::LambdaInvocation;
use tokio::sync::watch;
use tower::{Layer, Service};
use tracing::{error, info, warn};

use crate::app::App;
use crate::platform::telemetry::Telemetry;

/// How many jobs run at once.
const WORKERS: usize = 4;
/// A collector that takes longer than this loses what is sent to it.
const FLUSH: Duration = Duration::from_secs(5);
/// Kept back from the deadline, for Lambda to see that the environment is free.
const MARGIN: Duration = Duration::from_secs(1);

/// The invocation whose response was posted last.
pub(super) type Posted = watch::Sender<String>;

/// Says when the response of an invocation has been posted.
pub(super) struct TellPosted(pub Posted);

impl<S> Layer<S> for TellPosted {
    type Service = Telling<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Telling {
            inner,
            posted: self.0.clone(),
        }
    }
}

/// A runtime service that says when it has posted a response.
pub(super) struct Telling<S> {
    inner: S,
    posted: Posted,
}

impl<S> Service<LambdaInvocation> for Telling<S>
where
    S: Service<LambdaInvocation>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, invocation: LambdaInvocation) -> Self::Future {
        let id = invocation.context.request_id.clone();
        let posted = self.posted.clone();
        let answered = self.inner.call(invocation);
        Box::pin(async move {
            // The service around the handler posts the response itself.
            let result = answered.await;
            posted.send_replace(id);
            result
        })
    }
}

/// Until when an invocation may last, from now on.
pub(super) fn time_left(deadline_ms: u64) -> Duration {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Duration::from_millis(deadline_ms)
        .saturating_sub(now)
        .saturating_sub(MARGIN)
}

/// Registers the extension; the returned future works through each invocation's jobs. The app may
/// still be on its way: it is there before the first invocation.
pub(super) async fn register(
    ready: Arc<OnceLock<(App, Telemetry)>>,
    posted: watch::Receiver<String>,
) -> Result<impl Future<Output = Result<(), lambda_extension::Error>>, lambda_extension::Error> {
    let work = service_fn(move |event: LambdaEvent| {
        let (ready, posted) = (ready.clone(), posted.clone());
        async move {
            if let (NextEvent::Invoke(invocation), Some((app, telemetry))) =
                (event.next, ready.get())
            {
                after(app, posted, &invocation.request_id, invocation.deadline_ms).await;
                telemetry
                    .flush(time_left(invocation.deadline_ms).min(FLUSH))
                    .await;
            }
            Ok::<_, Infallible>(())
        }
    });
    let registered = Extension::new()
        .with_extension_name("timeoff")
        .with_events(&["INVOKE"])
        .with_events_processor(work)
        .register()
        .await?;
    Ok(registered.run())
}

async fn after(app: &App, mut posted: watch::Receiver<String>, id: &str, deadline_ms: u64) {
    let answered = posted.wait_for(|last| last == id);
    match tokio::time::timeout(time_left(deadline_ms), answered).await {
        Ok(Ok(_)) => {}
        // The runtime is gone, and so are we; or the time is up.
        Ok(Err(_)) | Err(_) => return,
    }
    let left = time_left(deadline_ms);
    match tokio::time::timeout(left, app.runner.drain(left, WORKERS)).await {
        Ok(Ok(drained)) if drained.more => {
            info!(
                ran = drained.ran,
                "the time is up; the schedule takes the rest"
            );
        }
        Ok(Ok(_)) => {}
        Ok(Err(error)) => error!(%error, "cannot run the jobs; the schedule takes them"),
        // The database does not answer: a job has a time limit of its own.
        Err(_) => warn!("the jobs did not end in time; the schedule takes them"),
    }
    let background = &app.services.background;
    background.close();
    if tokio::time::timeout(time_left(deadline_ms), background.wait())
        .await
        .is_err()
    {
        warn!("something in the background was not done in time");
    }
    background.reopen();
}
