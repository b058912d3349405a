//! The environment variables of a function's process.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::{FunctionConfig, VERSION};

/// The folder of the code: the process's working directory.
pub(super) fn task_root(config: &FunctionConfig) -> PathBuf {
    config
        .task_root
        .clone()
        .or_else(|| config.binary.parent().map(Path::to_owned))
        .unwrap_or_default()
}

/// All of them: what Lambda sets by default, the function's own, and what Lambda reserves, which
/// the function's own cannot replace. Nothing of this process's environment is among them.
pub(super) fn all(config: &FunctionConfig, api: SocketAddr) -> BTreeMap<String, String> {
    let root = task_root(config).display().to_string();
    let keys = &config.credentials;
    let defaults = [
        ("LANG", "en_US.UTF-8".to_owned()),
        ("PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin".to_owned()),
        ("TZ", ":UTC".to_owned()),
    ];
    let reserved = [
        ("_HANDLER", config.handler.clone()),
        ("AWS_ACCESS_KEY_ID", keys.access_key_id.clone()),
        ("AWS_DEFAULT_REGION", config.region.clone()),
        (
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
            config.limits.memory_mb.to_string(),
        ),
        ("AWS_LAMBDA_FUNCTION_NAME", config.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", VERSION.to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        (
            "AWS_LAMBDA_LOG_GROUP_NAME",
            format!("/aws/lambda/{}", config.name),
        ),
        (
            "AWS_LAMBDA_LOG_STREAM_NAME",
            format!("[{VERSION}]{}", super::random::uuid().replace('-', "")),
        ),
        ("AWS_LAMBDA_RUNTIME_API", api.to_string()),
        ("AWS_REGION", config.region.clone()),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key.clone()),
        ("AWS_SESSION_TOKEN", keys.session_token.clone()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("LAMBDA_TASK_ROOT", root),
    ];
    let named = |(name, value): (&str, String)| (name.to_owned(), value);
    defaults
        .map(named)
        .into_iter()
        .chain(config.environment.clone())
        .chain(reserved.map(named))
        .collect()
}
