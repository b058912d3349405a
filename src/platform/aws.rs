//! What the AWS clients share: credentials, region, and one TLS stack.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// A call to AWS that takes longer than this is tried again.
const ATTEMPT: Duration = Duration::from_millis(1500);
/// A function that waits longer than this at its start has lost its request anyway.
const WHOLE: Duration = Duration::from_secs(5);

/// The configuration inside a Lambda function: credentials and region are in the environment
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>), so nothing is
/// looked for anywhere else.
pub fn of_function() -> SdkConfig {
    let limits = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(WHOLE)
        .build();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http())
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .time_source(SystemTimeSource::new())
        .timeout_config(limits);
    config.set_region(std::env::var("AWS_REGION").ok().map(Region::new));
    config.set_endpoint_url(std::env::var("AWS_ENDPOINT_URL").ok());
    config.build()
}

/// The configuration of the person at the keyboard: environment, profiles, single sign-on.
pub async fn of_person() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http())
        .load()
        .await
}

fn http() -> SharedHttpClient {
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}
