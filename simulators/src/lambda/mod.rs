//! A simulated AWS Lambda: it runs a function's real program as Lambda does.
//!
//! A [`Function`] starts its process at the first [`Function::invoke`], serves it the Runtime API
//! and the Extensions API, hands the response out when the runtime posts it, and keeps the
//! environment busy until the runtime *and* every extension asked for the next event. Then it is
//! frozen (SIGSTOP to the process group) until it is needed again. At the deadline it is killed.
//! Each environment carries out one invocation at a time; a second one at the same time starts a
//! further environment.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use simulators::lambda::{Function, FunctionConfig};
//!
//! let function = Function::new(FunctionConfig::new("api", "target/release/api"))?;
//! let invocation = function.invoke(&serde_json::json!({"hello": "world"})).await;
//! println!("{:?} in {:?}", invocation.answer, invocation.response_time);
//! let times = invocation.when_free().await; // the work after the response is done
//! println!("busy for {:?} more", times.after);
//! # Ok(())
//! # }
//! ```
//!
//! A freeze of a minute cannot be waited for. What it leaves behind can be made at once: wait for
//! [`Invocation::when_free`], close or stall the connections at their other end (for the database
//! [`RdsSim::cut_all`](crate::rds::RdsSim::cut_all) and
//! [`RdsSim::stall_all`](crate::rds::RdsSim::stall_all)), then invoke again. The process sees no
//! difference: it has not run, and its connections are dead. Only its clock has not moved.
//!
//! Not simulated: streamed responses, external extensions, SnapStart, provisioned concurrency, the
//! Logs and Telemetry APIs, limits of memory and CPU, retries of asynchronous invocations.

mod api_gateway;
mod config;
mod extensions_api;
mod function;
mod invocation;
mod log;
mod random;
mod refused;
mod runtime_api;
mod sandbox;
mod state;
mod variables;

pub use api_gateway::ApiGateway;
pub use config::{Credentials, FunctionConfig, Limits};
pub use function::Function;
pub use invocation::{End, FunctionError, Invocation, Times};
pub use sandbox::Environment;

/// The account that functions belong to.
const ACCOUNT: &str = "123456789012";
const VERSION: &str = "$LATEST";
/// An event and a response have 6 MB, and the answer around it a little more.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const MOST_BYTES: usize = 6 * 1024 * 1024 + 100;
