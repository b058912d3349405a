//! Why a signature is not accepted: a code for programs, a sentence for whoever writes them.

use jiff::Timestamp;

/// Every way in which a signed request can be refused. The answer is always 401.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no signature at all.
    #[error(
        "The request is not signed. Sign it with a key of timeoff (RFC 9421, ed25519): it needs the headers Signature-Input and Signature. `timeoff keys add NAME` makes a key."
    )]
    SignatureMissing,
    /// The headers of the signature cannot be read.
    #[error("The signature cannot be read: {0}")]
    SignatureMalformed(String),
    /// Something that must be signed is not.
    #[error(
        "The signature does not cover {0}. It must cover \"@method\" and \"@target-uri\", and \"content-digest\" when there is a body."
    )]
    ComponentMissing(&'static str),
    /// Something is signed that cannot be checked here.
    #[error("The signature covers {0}. Leave that out, or send what it names.")]
    ComponentUnsupported(String),
    /// No `created`.
    #[error(
        "The signature does not say when it was made. Add the parameter `created`, in seconds since 1970."
    )]
    CreatedMissing,
    /// No `nonce`.
    #[error(
        "The signature has no nonce. Add the parameter `nonce`: a random text, a new one for each request, of at most 200 characters."
    )]
    NonceMissing,
    /// No `keyid`.
    #[error(
        "The signature does not say whose it is. Add the parameter `keyid`: the id that `timeoff keys add` printed."
    )]
    KeyMissing,
    /// Another algorithm.
    #[error("The signature says alg=\"{0}\", but timeoff's keys are \"ed25519\".")]
    AlgorithmUnsupported(String),
    /// Made too long ago, or in the future, or ended by itself.
    #[error(
        "The signature is for {made}, and here it is {now}: timeoff accepts 5 minutes either way, and not after `expires`. Sign each request anew, and check the clock."
    )]
    SignatureExpired {
        /// What it says: its `created` or `expires`.
        made: String,
        /// The app's time.
        now: Timestamp,
    },
    /// A body without digest.
    #[error(
        "The request has a body and no digest that timeoff knows. Add the header Content-Digest (RFC 9530) with sha-256 or sha-512, and sign it."
    )]
    DigestMissing,
    /// A digest of another body.
    #[error(
        "The body is not the one of the header Content-Digest. Take the digest of the very bytes that are sent."
    )]
    DigestMismatch,
    /// Nobody registered this key.
    #[error("Nobody knows the key “{0}”. `timeoff keys list` shows those that are registered.")]
    KeyUnknown(String),
    /// Registered, and taken back.
    #[error("The key “{0}” was revoked. `timeoff keys add NAME` makes another.")]
    KeyRevoked(String),
    /// The signature is not of this key, or not of this request.
    #[error(
        "The signature is not of this request by this key. timeoff reads the address as {0}, which must be the very text that was signed as @target-uri; if that is not the address in use, set PUBLIC_URL where timeoff runs."
    )]
    SignatureInvalid(String),
    /// Seen before.
    #[error(
        "This nonce was used before, so the request may be a copy. Make a new one for each request."
    )]
    NonceReused,
}

impl Refused {
    /// The word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignatureMissing => "signature_missing",
            Self::SignatureMalformed(_) => "signature_malformed",
            Self::ComponentMissing(_) => "component_missing",
            Self::ComponentUnsupported(_) => "component_unsupported",
            Self::CreatedMissing => "created_missing",
            Self::NonceMissing => "nonce_missing",
            Self::KeyMissing => "keyid_missing",
            Self::AlgorithmUnsupported(_) => "algorithm_unsupported",
            Self::SignatureExpired { .. } => "signature_expired",
            Self::DigestMissing => "digest_missing",
            Self::DigestMismatch => "digest_mismatch",
            Self::KeyUnknown(_) => "key_unknown",
            Self::KeyRevoked(_) => "key_revoked",
            Self::SignatureInvalid(_) => "signature_invalid",
            Self::NonceReused => "nonce_reused",
        }
    }
}
