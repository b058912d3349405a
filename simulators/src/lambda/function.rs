//! A function, and the environments that carry out its invocations.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use serde_json::Value;
use tokio::sync::{oneshot, watch};
use tokio::time::{timeout, timeout_at};

use super::invocation::{End, FunctionError, Invocation, Times};
use super::log::Log;
use super::sandbox::{Environment, KILLED};
use super::state::{State, Work};
use super::{ACCOUNT, FunctionConfig, MOST_BYTES, random};

/// A function. Clones are the same function; its processes end with the last of them.
#[derive(Clone)]
pub struct Function {
    shared: Arc<Shared>,
}

struct Shared {
    config: FunctionConfig,
    log: Log,
    pool: Mutex<Pool>,
}

#[derive(Default)]
struct Pool {
    /// Frozen, the most recently used last.
    free: Vec<Environment>,
    busy: usize,
    /// All that live.
    all: Vec<Environment>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        for environment in &self.pool().all {
            environment.kill();
        }
    }
}

struct Call {
    request_id: String,
    event: Bytes,
    at: Instant,
}

/// What the caller is told.
struct Told {
    answer: Result<Value, FunctionError>,
    at: Instant,
    started: Option<Instant>,
    environment: Option<Environment>,
}

impl Function {
    /// A function that nobody has called yet. Fails where its log cannot be kept.
    pub fn new(config: FunctionConfig) -> std::io::Result<Self> {
        let shared = Shared {
            config,
            log: Log::new()?,
            pool: Mutex::default(),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Invokes the function and waits for its response, as `Invoke` with `RequestResponse` does.
    ///
    /// The most recently used free environment is thawed for it; where none is free a further one
    /// is started. The invocation is carried out to its end even when nobody waits for it.
    pub async fn invoke(&self, event: &Value) -> Invocation {
        let call = Call {
            request_id: random::uuid(),
            event: event.to_string().into(),
            at: Instant::now(),
        };
        let request_id = call.request_id.clone();
        if call.event.len() > MOST_BYTES {
            let error = FunctionError::new(
                "RequestEntityTooLargeException",
                format!(
                    "Request must be smaller than {MOST_BYTES} bytes for the InvokeFunction operation"
                ),
            );
            return refused(call, 413, error);
        }
        let Some(reserved) = self.shared.reserve() else {
            let error = FunctionError::new("TooManyRequestsException", "Rate Exceeded.");
            return refused(call, 429, error);
        };
        let at = call.at;
        let (tell, told) = oneshot::channel();
        let (ends, end) = watch::channel(None);
        tokio::spawn(carry_out(
            Arc::clone(&self.shared),
            reserved,
            call,
            tell,
            ends,
        ));
        let told = told.await.unwrap_or_else(|_| Told {
            answer: Err(FunctionError::new(
                "Lambda.Stopped",
                "the simulator stopped",
            )),
            at: Instant::now(),
            started: None,
            environment: None,
        });
        Invocation {
            request_id,
            status: 200,
            answer: told.answer,
            cold_start: told.started.map(|started| told.at - started),
            response_time: told.at - at,
            environment: told.environment,
            end,
        }
    }

    /// The environments whose processes live, frozen or not.
    pub fn environments(&self) -> Vec<Environment> {
        self.shared.pool().all.clone()
    }

    /// Kills all environments at once (SIGKILL), whatever they are doing. The next invocation is
    /// a cold start.
    pub fn kill(&self) {
        for environment in self.environments() {
            environment.kill();
        }
    }

    /// The lines that the function's processes have written to stdout and stderr so far.
    pub fn log(&self) -> std::io::Result<Vec<String>> {
        self.shared.log.lines()
    }

    /// Forgets what was written so far.
    pub fn clear_log(&self) -> std::io::Result<()> {
        self.shared.log.clear()
    }

    /// How the function is set up.
    pub fn config(&self) -> &FunctionConfig {
        &self.shared.config
    }
}

fn refused(call: Call, status: u16, error: FunctionError) -> Invocation {
    let times = Times {
        cold_start: None,
        response: call.at.elapsed(),
        after: Duration::ZERO,
        end: End::Gone(error.error_message.clone()),
    };
    Invocation {
        request_id: call.request_id,
        status,
        answer: Err(error),
        cold_start: None,
        response_time: times.response,
        environment: None,
        end: watch::channel(Some(times)).1,
    }
}

impl Shared {
    fn pool(&self) -> MutexGuard<'_, Pool> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for an invocation: a free environment, or leave to start one.
    #[expect(
        clippy::option_option,
        reason = "no place, a place, a place with a process in it"
    )]
    fn reserve(&self) -> Option<Option<Environment>> {
        let mut pool = self.pool();
        pool.free.retain(Environment::is_running);
        pool.all.retain(Environment::is_running);
        let free = pool.free.pop();
        if free.is_none() && pool.busy + pool.free.len() >= self.config.limits.concurrency {
            return None;
        }
        pool.busy += 1;
        Some(free)
    }

    fn release(&self, environment: Option<Environment>) {
        let mut pool = self.pool();
        pool.busy -= 1;
        pool.free.extend(environment);
        pool.all.retain(Environment::is_running);
    }

    /// The init phase. Where it fails, it is tried once more as a part of the invocation, with the
    /// function's timeout; the second failure is the invocation's.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-init-errors>
    async fn start(&self, request_id: &str) -> Result<Environment, FunctionError> {
        let mut error = None;
        for limit in [self.config.limits.init, self.config.limits.timeout] {
            let environment =
                Environment::start(&self.config, &self.log)
                    .await
                    .map_err(|error| {
                        let message = format!("RequestId: {request_id} Error: {error}");
                        FunctionError::new("Runtime.InvalidEntrypoint", message)
                    })?;
            self.pool().all.push(environment.clone());
            let lifecycle = environment.lifecycle();
            let begun = timeout(
                limit,
                lifecycle.wait_to_take(|state| match failure(state, request_id) {
                    Some(failed) => Some(Err(failed)),
                    None => state.ready().then_some(Ok(())),
                }),
            );
            match begun.await {
                Ok(Ok(())) => return Ok(environment),
                Ok(Err(failed)) => error = Some(failed),
                Err(_) => error = Some(timed_out(request_id, limit)),
            }
            let killed = lifecycle.look(|state| state.killed);
            environment.clear_away().await;
            if killed {
                break;
            }
        }
        Err(error.unwrap_or_else(|| timed_out(request_id, self.config.limits.timeout)))
    }
}

async fn carry_out(
    shared: Arc<Shared>,
    reserved: Option<Environment>,
    call: Call,
    tell: oneshot::Sender<Told>,
    ends: watch::Sender<Option<Times>>,
) {
    let cold = reserved.is_none();
    let environment = match reserved {
        Some(environment) => Ok(environment),
        None => shared.start(&call.request_id).await,
    };
    let environment = match environment {
        Ok(environment) => environment,
        Err(error) => {
            let at = Instant::now();
            shared.release(None);
            ends.send_replace(Some(Times {
                cold_start: None,
                response: at - call.at,
                after: Duration::ZERO,
                end: End::Gone(error.error_message.clone()),
            }));
            let _ = tell.send(Told {
                answer: Err(error),
                at,
                started: None,
                environment: None,
            });
            return;
        }
    };
    let started = cold.then(|| environment.started());
    let limit = shared.config.limits.timeout;
    let deadline = tokio::time::Instant::now() + limit;
    let lifecycle = environment.lifecycle();
    environment.thaw();
    lifecycle.change(|state| state.call(work(&shared.config, &call, limit)));

    let answer = timeout_at(
        deadline,
        lifecycle.wait_to_take(|state| match &state.answer {
            Some(answer) => Some((answer.result.clone(), answer.at)),
            None => failure(state, &call.request_id).map(|error| (Err(error), Instant::now())),
        }),
    );
    let (answer, at) = answer.await.unwrap_or_else(|_| {
        let error = timed_out(&call.request_id, limit);
        (Err(error), Instant::now())
    });
    environment.note_memory();
    // Who called may have gone.
    let _ = tell.send(Told {
        answer,
        at,
        started,
        environment: Some(environment.clone()),
    });

    let free = timeout_at(
        deadline,
        lifecycle.wait_to_take(|state| match failure(state, &call.request_id) {
            Some(error) => Some(End::Gone(error.error_message)),
            None => state.ready().then_some(End::Free),
        }),
    );
    let end = free.await.unwrap_or(End::TimedOut);
    let over = Instant::now();
    if end == End::Free {
        environment.note_memory();
        environment.freeze_all().await;
        shared.release(Some(environment));
    } else {
        environment.kill();
        environment.gone().await;
        shared.release(None);
    }
    ends.send_replace(Some(Times {
        cold_start: started.map(|started| at - started),
        response: at - call.at,
        after: over - at,
        end,
    }));
}

fn work(config: &FunctionConfig, call: &Call, limit: Duration) -> Work {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let deadline = (now + limit).as_millis();
    Work {
        request_id: call.request_id.clone(),
        event: call.event.clone(),
        deadline_ms: u64::try_from(deadline).unwrap_or(u64::MAX),
        arn: format!(
            "arn:aws:lambda:{}:{ACCOUNT}:function:{}",
            config.region, config.name
        ),
        trace: random::trace(now.as_secs()),
    }
}

/// Why an environment is over, in Lambda's words.
fn failure(state: &State, request_id: &str) -> Option<FunctionError> {
    if let Some(error) = &state.failed {
        return Some(error.clone());
    }
    let how = match &state.exited {
        Some(how) => how.as_str(),
        None if state.killed => KILLED,
        None => return None,
    };
    let message = format!("RequestId: {request_id} Error: {how}");
    Some(FunctionError::new("Runtime.ExitError", message))
}

fn timed_out(request_id: &str, limit: Duration) -> FunctionError {
    let message = format!(
        "RequestId: {request_id} Error: Task timed out after {:.2} seconds",
        limit.as_secs_f64()
    );
    FunctionError::new("Sandbox.Timedout", message)
}
