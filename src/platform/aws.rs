//! What the AWS clients share: credentials, region, and one TLS stack.

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_ssm::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};

/// The authorities of AWS's endpoints. The operating system's store has them too, among many others:
/// reading that would take longer than the rest of a function's start.
/// <https://www.amazontrust.com/repository/>
const AWS_AUTHORITIES: &[u8] = include_bytes!("../../infra/aws/roots.pem");

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
    let endpoint = std::env::var("AWS_ENDPOINT_URL").ok();
    let region = std::env::var("AWS_REGION").ok();
    // An endpoint that somebody else serves may have a certificate of anybody's; so may those of
    // the partitions that are apart, in China for one.
    let elsewhere = endpoint
        .as_ref()
        .is_some_and(|url| url.starts_with("https://"));
    let apart = ["cn-", "us-iso", "eu-iso"];
    let apart = region
        .as_ref()
        .is_some_and(|region| apart.iter().any(|start| region.starts_with(start)));
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(if elsewhere || apart {
            http()
        } else {
            http_to_aws()
        })
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .time_source(SystemTimeSource::new())
        .timeout_config(limits);
    config.set_region(region.map(Region::new));
    config.set_endpoint_url(endpoint);
    config.build()
}

/// The configuration of the person at the keyboard: environment, profiles, single sign-on.
pub async fn of_person() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http())
        .load()
        .await
}

/// For AWS's own endpoints, and for those without TLS.
fn http_to_aws() -> SharedHttpClient {
    let roots = TrustStore::empty().with_pem_certificate(AWS_AUTHORITIES);
    let trust = TlsContext::builder().with_trust_store(roots).build();
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        // There is nothing in it that could be refused.
        .tls_context(trust.unwrap_or_default())
        .build_https()
}

/// For any endpoint.
fn http() -> SharedHttpClient {
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

#[cfg(test)]
mod tests {
    use rustls::RootCertStore;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;

    use super::AWS_AUTHORITIES;

    #[test]
    fn the_authorities_of_aws_are_certificates() {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(AWS_AUTHORITIES) {
            store
                .add(certificate.expect("PEM"))
                .expect("the certificate of an authority");
        }
        // Amazon Root CA 1 to 4, and the one that signed them before.
        assert_eq!(store.len(), 5);
    }
}
