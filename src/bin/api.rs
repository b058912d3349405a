//! The Lambda function behind API Gateway: answers Slack at once, and works after the answer.

use std::process::ExitCode;

// One thread serves one request at a time; more would only take longer to start.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match timeoff::lambda::api().await {
        Ok(()) => ExitCode::SUCCESS,
        // Said already, in the log.
        Err(_) => ExitCode::FAILURE,
    }
}
