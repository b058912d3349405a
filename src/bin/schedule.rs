//! The Lambda function that the clock starts each minute, and that deployments ask to migrate.

use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match timeoff::lambda::schedule().await {
        Ok(()) => ExitCode::SUCCESS,
        // Said already, in the log.
        Err(_) => ExitCode::FAILURE,
    }
}
