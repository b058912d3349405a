//! Who calls: a signed request becomes a transaction of its key's workspace.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use ed25519_dalek::VerifyingKey;
use tracing::warn;

use super::keys::ApiKey;
use super::problem::Problem;
use super::refused::Refused;
use super::signature::{Claim, Signed};
use super::target::Target;
use super::{Api, store};
use crate::gateway::observe;
use crate::platform::db::TenantTx;

/// A caller whose signature is good. Its nonce is used up already, whatever the answer will be.
pub struct Caller {
    /// A transaction of the key's workspace.
    pub tx: TenantTx,
    /// Names this request in every log line, of its jobs too.
    pub correlation_id: String,
    /// The key that the request is signed with.
    pub key: ApiKey,
}

impl FromRequest<Api> for Caller {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let target =
            Target::of_request(api.public_url.as_ref().as_ref(), &parts.uri, &parts.headers)
                .ok_or(Problem::Request(
                    "The request does not say which host it is for, or says it twice.",
                ))?;
        let (method, headers) = (parts.method.clone(), parts.headers.clone());
        let body = Bytes::from_request(Request::from_parts(parts, body), api)
            .await
            .map_err(|rejected| match rejected.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
                _ => Problem::Request("The request ends before its body does."),
            })?;
        let now = api.services.clock.now();
        let signed = Signed {
            method: method.as_str(),
            target: &target,
            headers: &headers,
            body: &body,
        };
        let claim = Claim::read(&signed, now)?;
        admit(api, &claim).await.inspect_err(|problem| {
            if let Problem::Refused(refused) = problem {
                warn!(
                    key = claim.key_id,
                    code = refused.code(),
                    "a signed request is refused"
                );
            }
        })
    }
}

/// Checks the signature with its key, and uses the nonce up.
async fn admit(api: &Api, claim: &Claim) -> Result<Caller, Problem> {
    let key = store::find_key(&api.services.db, &claim.key_id)
        .await?
        .ok_or_else(|| Refused::KeyUnknown(claim.key_id.clone()))?;
    if key.revoked_at.is_some() {
        return Err(Refused::KeyRevoked(key.name).into());
    }
    let public = VerifyingKey::try_from(key.public_key.as_slice()).map_err(|error| {
        tracing::error!(key = key.id, %error, "a stored key is unreadable");
        Problem::Unavailable
    })?;
    claim.check(&public)?;
    let correlation_id = format!("api:{}:{}", key.id, claim.nonce);
    observe::identify(&key.workspace, &correlation_id, false);
    let (db, now) = (&api.services.db, api.services.clock.now());
    let mut tx = db.begin(&key.workspace, now).await?;
    if !store::use_key(&mut tx, &key.id).await? {
        return Err(Refused::KeyRevoked(key.name).into());
    }
    if !store::use_nonce(&mut tx, &key.id, &claim.nonce, claim.usable_until).await? {
        return Err(Refused::NonceReused.into());
    }
    tx.commit().await?;
    Ok(Caller {
        tx: db.begin(&key.workspace, now).await?,
        correlation_id,
        key,
    })
}
