//! The Lambda function that the clock starts each minute, and that deployments ask to migrate.

use std::process::ExitCode;

use timeoff::platform::telemetry::{self, LogFormat};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::start(LogFormat::Json, "timeoff=info,warn");
    match timeoff::lambda::schedule().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
