//! The least that a Lambda function for Slack can do: it checks the signature, and answers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use sha2::Sha256;

/// How far Slack's clock may be from ours.
const WINDOW: Duration = Duration::from_secs(5 * 60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let secret = std::env::var("SLACK_SIGNING_SECRET")?;
    let secret = secret.as_bytes();
    run(service_fn(move |request: Request| async move {
        let status = match signed(secret, &request) {
            Some(()) => 200,
            None => 401,
        };
        let answer = Response::builder().status(status).body(Body::Empty);
        answer.map_err(Error::from)
    }))
    .await
}

/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
fn signed(secret: &[u8], request: &Request) -> Option<()> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let timestamp = header("x-slack-request-timestamp")?;
    let sent = UNIX_EPOCH + Duration::from_secs(timestamp.parse().ok()?);
    let now = SystemTime::now();
    let apart = now
        .duration_since(sent)
        .or_else(|_| sent.duration_since(now));
    if apart.ok()? > WINDOW {
        return None;
    }
    let signature = hex::decode(header("x-slack-signature")?.strip_prefix("v0=")?).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(request.body());
    mac.verify_slice(&signature).ok()
}
