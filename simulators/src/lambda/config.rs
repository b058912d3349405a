//! How a function is set up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A function's code and settings.
#[derive(Clone, Debug)]
pub struct FunctionConfig {
    /// The function's name.
    pub name: String,
    /// The program: a `bootstrap`, or an interpreter with [`Self::arguments`].
    pub binary: PathBuf,
    /// What the program is started with; for Python `-m awslambdaric app.handler`.
    pub arguments: Vec<String>,
    /// The handler's name, which means nothing to a `bootstrap`.
    pub handler: String,
    /// The folder of the code and the process's working directory; by default the program's.
    pub task_root: Option<PathBuf>,
    /// The function's own environment variables. Those that Lambda reserves are not replaced.
    pub environment: BTreeMap<String, String>,
    /// The region.
    pub region: String,
    /// The credentials of the function's role.
    pub credentials: Credentials,
    /// What it may take.
    pub limits: Limits,
}

impl FunctionConfig {
    /// A function of this program, in `eu-central-1`, without variables of its own.
    pub fn new(name: impl Into<String>, binary: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            binary: binary.into(),
            arguments: Vec::new(),
            handler: "bootstrap".to_owned(),
            task_root: None,
            environment: BTreeMap::new(),
            region: "eu-central-1".to_owned(),
            credentials: Credentials::default(),
            limits: Limits::default(),
        }
    }

    /// With an environment variable.
    #[must_use]
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }
}

/// Temporary credentials, as a role has them.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`
    pub session_token: String,
}

impl Default for Credentials {
    /// Keys that open nothing but a simulator.
    fn default() -> Self {
        Self {
            access_key_id: "ASIAPRETENDED0000000".to_owned(),
            secret_access_key: "pretended/secret+access/key".to_owned(),
            session_token: "pretended//session+token==".to_owned(),
        }
    }
}

/// What a function may take.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For an invocation, from the event until runtime and extensions asked for the next.
    pub timeout: Duration,
    /// For the init phase. Lambda's is 10 seconds.
    /// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib>
    pub init: Duration,
    /// What the function is told about its memory, in MB. It is not enforced.
    pub memory_mb: u32,
    /// The reserved concurrency: this many environments at most.
    pub concurrency: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(3),
            init: Duration::from_secs(10),
            memory_mb: 256,
            concurrency: 10,
        }
    }
}
