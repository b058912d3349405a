//! What the simulated services other than Slack share: state behind a lock, trouble on request,
//! a record of the calls, a page that fills up live, and a file that keeps it all.

mod faults;
mod page;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::listener::{Cutter, CuttingListener, cutter};
pub use faults::Fault;
use faults::{Entry, Faults};

/// A service, as far as the others do not have it in common with it.
pub(crate) trait Service: Send + Sync + 'static {
    /// Its name, in logs.
    const NAME: &'static str;
    /// What it knows.
    type State: Kept;

    /// Its way to say that it is in trouble (500) or overrun (429).
    fn trouble(status: StatusCode) -> Response;
}

/// A service with a page that people look at.
pub(crate) trait Shown: Service {
    /// The page's file.
    const PAGE: &'static str;

    /// What its page shows.
    fn shown(state: &Self::State) -> Value;
    /// Somebody takes an entry out in the service's own page.
    fn delete_by_hand(state: &mut Self::State, id: &str, clock: &Clock) -> bool;
}

/// State that a file can keep.
pub(crate) trait Kept: Send + 'static {
    /// What a file should hold.
    fn save(&self) -> serde_json::Result<Value>;
    /// Takes over what a file held.
    fn load(&mut self, kept: Value) -> serde_json::Result<()>;
}

/// A call of the service's API, as it arrived. Tokens are not kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What was called, such as `events.insert`.
    pub method: &'static str,
    /// The path, without the query.
    pub path: String,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// Who says to call.
    pub user_agent: Option<String>,
    /// The body: JSON, a form as an object, or null.
    pub body: Value,
    /// The status of the answer; none when the connection was cut or the answer is still to come.
    pub status: Option<u16>,
}

/// A way from the page to somewhere else.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// A call while it is handled.
pub(crate) struct Incoming<'a> {
    pub call: &'a Call,
    pub headers: &'a HeaderMap,
    pub clock: &'a Clock,
}

/// A running service. Clones share everything.
pub(crate) struct Core<S: Service> {
    shared: Arc<Shared<S::State>>,
}

struct Shared<T> {
    held: Mutex<Held<T>>,
    changes: watch::Sender<u64>,
    clock: Clock,
}

struct Held<T> {
    state: T,
    faults: Faults,
    calls: Vec<Call>,
    links: Vec<Link>,
    base_url: String,
    file: Option<PathBuf>,
}

impl<S: Service> Clone for Core<S> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<S: Service> Core<S> {
    pub fn new(state: S::State, clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                held: Mutex::new(Held {
                    state,
                    faults: Faults::default(),
                    calls: Vec::new(),
                    links: Vec::new(),
                    base_url: String::new(),
                    file: None,
                }),
                changes: watch::Sender::new(0),
                clock,
            }),
        }
    }

    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Looks at the state.
    pub fn look<R>(&self, look: impl FnOnce(&S::State) -> R) -> R {
        look(&self.held().state)
    }

    /// Changes the state; the page and the file follow.
    pub fn change<R>(&self, change: impl FnOnce(&mut S::State) -> R) -> R {
        let mut held = self.held();
        let result = change(&mut held.state);
        self.changed(&held);
        result
    }

    pub fn base_url(&self) -> String {
        self.held().base_url.clone()
    }

    pub fn set_links(&self, links: Vec<Link>) {
        self.held().links = links;
        self.tell();
    }

    pub fn fault(&self, method: &str, fault: Fault, times: Option<u32>) {
        self.held().faults.add(method, fault, times);
        self.tell();
    }

    pub fn clear_faults(&self) {
        self.held().faults.clear();
        self.tell();
    }

    pub fn calls(&self, method: &str) -> Vec<Call> {
        let held = self.held();
        let wanted = held
            .calls
            .iter()
            .filter(|call| method == "*" || call.method == method);
        wanted.cloned().collect()
    }

    pub fn clear_calls(&self) {
        self.held().calls.clear();
    }

    /// From now on the state is kept in `file`; what is in it already is taken over.
    pub fn keep_in(&self, file: &Path) -> std::io::Result<()> {
        let mut held = self.held();
        match std::fs::read(file) {
            Ok(bytes) => {
                let kept = serde_json::from_slice(&bytes)?;
                held.state.load(kept)?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        held.file = Some(file.to_owned());
        Ok(())
    }

    /// Serves `router` until the task is aborted or the runtime ends.
    pub fn serve(
        &self,
        listener: TcpListener,
        router: axum::Router,
    ) -> std::io::Result<(SocketAddr, JoinHandle<()>)> {
        let addr = listener.local_addr()?;
        self.held().base_url = format!("http://{addr}");
        let service = router.into_make_service_with_connect_info::<Cutter>();
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(CuttingListener(listener), service).await {
                tracing::error!(%error, "the simulated {} stopped", S::NAME);
            }
        });
        Ok((addr, task))
    }

    /// Handles a call of `method` with `act`, unless there is trouble. What succeeds and is no
    /// reading counts as a change.
    pub async fn call(
        &self,
        method: &'static str,
        request: Request,
        act: impl FnOnce(&mut S::State, &Incoming<'_>) -> Response,
    ) -> Response {
        let cutter = cutter(&request);
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
        let call = Call {
            method,
            path: parts.uri.path().to_owned(),
            query: query(&parts.uri),
            user_agent: header(&parts.headers, "user-agent").map(str::to_owned),
            body: read_body(&parts.headers, &body),
            status: None,
        };
        let (number, fault) = {
            let mut held = self.held();
            held.calls.push(call.clone());
            (held.calls.len() - 1, held.faults.take(method))
        };
        if fault.is_some() {
            self.tell();
        }
        let act = || {
            let incoming = Incoming {
                call: &call,
                headers: &parts.headers,
                clock: self.clock(),
            };
            let mut held = self.held();
            let response = act(&mut held.state, &incoming);
            if parts.method != Method::GET && response.status().is_success() {
                self.changed(&held);
            }
            response
        };
        let response = match fault {
            None => act(),
            Some(Fault::ServerError) => S::trouble(StatusCode::INTERNAL_SERVER_ERROR),
            Some(Fault::RateLimited(seconds)) => {
                let mut response = S::trouble(StatusCode::TOO_MANY_REQUESTS);
                response.headers_mut().insert("retry-after", seconds.into());
                response
            }
            Some(Fault::Slow(delay)) => {
                let response = act();
                tokio::time::sleep(delay).await;
                response
            }
            Some(Fault::Down) => return cut(cutter),
            Some(Fault::LoseAnswer) => {
                act();
                return cut(cutter);
            }
        };
        // Somebody may have forgotten the calls meanwhile.
        if let Some(call) = self.held().calls.get_mut(number) {
            call.status = Some(response.status().as_u16());
        }
        response
    }

    fn held(&self) -> MutexGuard<'_, Held<S::State>> {
        self.shared
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, held: &Held<S::State>) {
        if let Some(file) = &held.file
            && let Err(error) = save(&held.state, file)
        {
            tracing::error!(%error, "cannot keep what the simulated {} knows", S::NAME);
        }
        self.tell();
    }

    /// Lets the pages look again.
    fn tell(&self) {
        self.shared.changes.send_modify(|version| *version += 1);
    }

    fn set_page_fault(&self, fault: Option<Entry>) {
        {
            let mut held = self.held();
            held.faults.clear();
            if let Some(Entry {
                method,
                fault,
                times,
            }) = fault
            {
                held.faults.add(&method, fault, times);
            }
        }
        self.tell();
    }
}

/// Closes the connection without an answer.
fn cut(cutter: Option<Cutter>) -> Response {
    if let Some(cutter) = cutter {
        cutter.cut();
    }
    // Never written when the connection is cut; a bare router can only say this much.
    StatusCode::BAD_GATEWAY.into_response()
}

/// Whole or not at all, so that a hard stop leaves the file readable.
fn save<T: Kept>(state: &T, file: &Path) -> std::io::Result<()> {
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, serde_json::to_vec_pretty(&state.save()?)?)?;
    std::fs::rename(&fresh, file)
}

fn query(uri: &Uri) -> BTreeMap<String, String> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

fn read_body(headers: &HeaderMap, body: &[u8]) -> Value {
    if header(headers, "content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
    {
        return form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    serde_json::from_slice(body).unwrap_or_default()
}

/// A header that is text.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The token of `Authorization: Bearer …`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    header(headers, "authorization")?.strip_prefix("Bearer ")
}

/// The methods that every simulator of this kind has.
macro_rules! common_methods {
    ($sim:ident) => {
        impl $sim {
            /// Serves the API and the page on a listener until the task is aborted or the runtime
            /// ends.
            pub fn serve(
                &self,
                listener: tokio::net::TcpListener,
            ) -> std::io::Result<(std::net::SocketAddr, tokio::task::JoinHandle<()>)> {
                self.core.serve(listener, self.router())
            }

            /// Serves on a free port of localhost.
            pub async fn start(&self) -> std::io::Result<std::net::SocketAddr> {
                let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
                Ok(self.serve(listener)?.0)
            }

            /// Where the page is. Empty until [`Self::serve`].
            pub fn page_url(&self) -> String {
                self.core.base_url()
            }

            /// Keeps what is known in a file, and takes over what it holds already.
            pub fn keep_in(&self, file: &std::path::Path) -> std::io::Result<()> {
                self.core.keep_in(file)
            }

            /// What the page links to.
            pub fn set_links(&self, links: Vec<$crate::service::Link>) {
                self.core.set_links(links);
            }

            /// Lets calls of a method (`*`: of every method) go wrong: `times` of them, or all
            /// until [`Self::clear_faults`].
            pub fn fault(&self, method: &str, fault: $crate::service::Fault, times: Option<u32>) {
                self.core.fault(method, fault, times);
            }

            /// Ends all faults.
            pub fn clear_faults(&self) {
                self.core.clear_faults();
            }

            /// The calls of a method (`*`: of every method) so far, oldest first.
            pub fn calls(&self, method: &str) -> Vec<$crate::service::Call> {
                self.core.calls(method)
            }

            /// Forgets the calls so far.
            pub fn clear_calls(&self) {
                self.core.clear_calls();
            }

            /// The clock.
            pub fn clock(&self) -> &$crate::Clock {
                self.core.clock()
            }
        }
    };
}
pub(crate) use common_methods;
