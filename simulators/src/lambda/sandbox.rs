//! An execution environment: one process, and the API that it talks to.

use std::io;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::log::Log;
use super::state::State;
use super::{FunctionConfig, extensions_api, runtime_api, variables};

/// With an internal extension a process gets this long to end after SIGTERM; without one, nothing.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown>
const TIME_TO_END: Duration = Duration::from_millis(500);

/// A thread deep in the kernel stops late; it does nothing of its own meanwhile.
const LONGEST_FREEZING: Duration = Duration::from_secs(1);

/// How a process ended that was killed.
pub(super) const KILLED: &str = "Runtime exited with error: signal: killed";

/// The state of an environment, for those who change it and those who wait for a change.
#[derive(Clone)]
pub(super) struct Lifecycle {
    pub function: String,
    pub handler: String,
    state: Arc<Mutex<State>>,
    changes: watch::Sender<()>,
}

impl Lifecycle {
    fn new(config: &FunctionConfig) -> Self {
        Self {
            function: config.name.clone(),
            handler: config.handler.clone(),
            state: Arc::default(),
            changes: watch::Sender::new(()),
        }
    }

    /// Looks at the state.
    pub fn look<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state; who waits looks again.
    pub fn change<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let result = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_replace(());
        result
    }

    /// Waits until there is something to take. What is taken is no change to others.
    pub async fn wait_to_take<R>(&self, mut take: impl FnMut(&mut State) -> Option<R>) -> R {
        let mut changes = self.changes.subscribe();
        loop {
            let taken = take(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
            if let Some(taken) = taken {
                return taken;
            }
            // `self` keeps the sender, so that this never fails.
            let _ = changes.changed().await;
        }
    }
}

/// An execution environment of a function: a process that is frozen while there is nothing to do.
/// Clones are the same environment.
#[derive(Clone)]
pub struct Environment {
    process: Arc<Process>,
}

struct Process {
    lifecycle: Lifecycle,
    pid: Pid,
    started: Instant,
    /// Bytes; 0 until somebody looked.
    peak_memory: AtomicU64,
    server: AbortHandle,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
        self.server.abort();
    }
}

impl Process {
    /// Once the process has been waited for, its number may be another's.
    fn signal(&self, signal: Signal) {
        if self.lifecycle.look(|state| state.exited.is_none())
            && let Err(error) = kill_process_group(self.pid, signal)
        {
            tracing::debug!(%error, ?signal, "the function's process is gone");
        }
    }
}

impl Environment {
    pub(super) async fn start(config: &FunctionConfig, log: &Log) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let api = listener.local_addr()?;
        let started = Instant::now();
        let mut child = spawn(config, log, api)?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(id.try_into().ok()?))
            .ok_or_else(|| io::Error::other("the process ended at once"))?;
        let lifecycle = Lifecycle::new(config);

        let router = runtime_api::router()
            .merge(extensions_api::router())
            .with_state(lifecycle.clone());
        let listener = listener.tap_io(|stream| {
            // What is measured shall not wait for Nagle.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "cannot set TCP_NODELAY");
            }
        });
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the simulated Lambda stopped");
            }
        });
        let watched = lifecycle.clone();
        tokio::spawn(async move {
            let ended = match child.wait().await {
                Ok(status) => ended(status),
                Err(error) => error.to_string(),
            };
            watched.change(|state| state.exited = Some(ended));
        });
        Ok(Self {
            process: Arc::new(Process {
                lifecycle,
                pid,
                started,
                peak_memory: AtomicU64::new(0),
                server: server.abort_handle(),
            }),
        })
    }

    pub(super) fn lifecycle(&self) -> &Lifecycle {
        &self.process.lifecycle
    }

    pub(super) fn started(&self) -> Instant {
        self.process.started
    }

    /// The process's number.
    pub fn pid(&self) -> u32 {
        self.process.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Whether the process lives, frozen or not.
    pub fn is_running(&self) -> bool {
        !self.lifecycle().look(State::over)
    }

    /// Whether the process is stopped at this moment, with all of its threads.
    pub fn is_frozen(&self) -> bool {
        let Ok(threads) = std::fs::read_dir(format!("/proc/{}/task", self.pid())) else {
            return false;
        };
        // The state stands behind the name, which is in parentheses and may hold anything.
        let stopped = |stat: &str| {
            let state = stat.rsplit_once(") ");
            state.is_some_and(|(_, state)| state.starts_with('T'))
        };
        threads.flatten().all(|thread| {
            std::fs::read_to_string(thread.path().join("stat")).is_ok_and(|stat| stopped(&stat))
        })
    }

    /// Freezes, and waits until nothing runs any more: threads stop when they next get their turn.
    pub(super) async fn freeze_all(&self) {
        self.freeze();
        let patience = Instant::now() + LONGEST_FREEZING;
        while self.is_running() && !self.is_frozen() && Instant::now() < patience {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Stops the process as Lambda does between invocations. Nothing in it runs, while its
    /// connections stay open and time goes by outside.
    pub fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    /// Lets a frozen process go on.
    pub fn thaw(&self) {
        self.process.signal(Signal::CONT);
    }

    /// Kills the process and what it has started (SIGKILL). It does not get to do anything more.
    pub fn kill(&self) {
        self.note_memory();
        self.process.signal(Signal::KILL);
        self.lifecycle().change(|state| state.killed = true);
    }

    /// Ends the environment as Lambda does when it is no longer needed: SIGTERM and half a second
    /// where an extension is registered, then SIGKILL.
    pub async fn shut_down(&self) {
        self.note_memory();
        if self.lifecycle().look(|state| !state.extensions.is_empty()) {
            self.process.signal(Signal::TERM);
            self.thaw();
            let _ = tokio::time::timeout(TIME_TO_END, self.gone()).await;
        }
        self.kill();
        self.gone().await;
    }

    /// Waits until the process has ended.
    pub async fn gone(&self) {
        self.lifecycle()
            .wait_to_take(|state| state.exited.is_some().then_some(()))
            .await;
    }

    /// After a failed start: the process may end by itself, and say why in the log.
    pub(super) async fn clear_away(&self) {
        self.note_memory();
        let _ = tokio::time::timeout(TIME_TO_END, self.gone()).await;
        self.kill();
        self.gone().await;
    }

    /// The most memory that the process has had resident, in bytes: as of now while it lives, and
    /// afterwards as of the last look (each invocation looks when it is answered and when the
    /// environment is free). None: it never could be read.
    pub fn peak_memory(&self) -> Option<u64> {
        self.note_memory();
        Some(self.process.peak_memory.load(Ordering::SeqCst)).filter(|bytes| *bytes > 0)
    }

    pub(super) fn note_memory(&self) {
        if self.lifecycle().look(|state| state.exited.is_none())
            && let Some(bytes) = peak_memory(Path::new(&format!("/proc/{}/status", self.pid())))
        {
            self.process.peak_memory.fetch_max(bytes, Ordering::SeqCst);
        }
    }
}

fn spawn(config: &FunctionConfig, log: &Log, api: SocketAddr) -> io::Result<Child> {
    Command::new(&config.binary)
        .args(&config.arguments)
        .env_clear()
        .envs(variables::all(config, api))
        .current_dir(variables::task_root(config))
        .stdin(Stdio::null())
        .stdout(log.writer()?)
        .stderr(log.writer()?)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
}

/// In Lambda's words.
fn ended(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(0), _) => "Runtime exited without providing a reason".to_owned(),
        (Some(code), _) => format!("Runtime exited with error: exit status {code}"),
        (None, Some(9)) => KILLED.to_owned(),
        (None, signal) => format!("Runtime exited with error: signal: {}", signal.unwrap_or(0)),
    }
}

fn peak_memory(status: &Path) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
