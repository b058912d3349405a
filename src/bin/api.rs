//! The Lambda function behind API Gateway: answers Slack at once, and works after the answer.

use std::process::ExitCode;

use timeoff::platform::telemetry::{self, LogFormat};

// One thread serves one request at a time; more would only take longer to start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    telemetry::start(LogFormat::Json, "timeoff=info,warn");
    match timeoff::lambda::api().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function ended");
            ExitCode::FAILURE
        }
    }
}
