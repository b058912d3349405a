//! The key of a Google service account, as Google hands it out, and what it signs.
//!
//! <https://developers.google.com/identity/protocols/oauth2/service-account#httprest>

use std::fmt;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::json;
use url::Url;

/// What an assertion asks for may live this long; Google allows no more.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Who the app is for Google. The private key never leaves it.
#[derive(Clone)]
pub struct ServiceAccount {
    email: String,
    key_id: Option<String>,
    token_uri: Url,
    key: Arc<RsaKeyPair>,
}

/// Why a key file cannot be used. Never holds a part of the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceAccountError {
    /// The value is not base64.
    #[error("it is not base64; make it with `base64 -w0 key.json`")]
    NotBase64,
    /// What was encoded is not the key file.
    #[error("what is encoded is not the JSON key file of a service account")]
    NotAKeyFile,
    /// A part of the key file is missing or empty.
    #[error("the key file has no {0}")]
    Missing(&'static str),
    /// The token's address is no address.
    #[error("its token_uri is no http(s) address")]
    BadTokenUri,
    /// The key is no RSA key in PKCS #8, or not one of 2048 to 4096 bits.
    #[error("its private_key is not an RSA key in PEM (PKCS #8)")]
    BadKey,
    /// The key could not sign.
    #[error("the private key cannot sign")]
    CannotSign,
}

#[derive(Deserialize)]
struct KeyFile {
    #[serde(default)]
    client_email: String,
    private_key_id: Option<String>,
    #[serde(default)]
    private_key: String,
    #[serde(default)]
    token_uri: String,
}

impl ServiceAccount {
    /// Reads the base64 of the JSON key file. Line breaks, which `base64` puts in, do no harm.
    pub fn parse(base64: &str) -> Result<Self, ServiceAccountError> {
        let packed: String = base64.split_whitespace().collect();
        let json = BASE64
            .decode(packed.as_bytes())
            .map_err(|_| ServiceAccountError::NotBase64)?;
        let file: KeyFile =
            serde_json::from_slice(&json).map_err(|_| ServiceAccountError::NotAKeyFile)?;
        for (field, value) in [
            ("client_email", &file.client_email),
            ("private_key", &file.private_key),
            ("token_uri", &file.token_uri),
        ] {
            if value.is_empty() {
                return Err(ServiceAccountError::Missing(field));
            }
        }
        let token_uri = Url::parse(&file.token_uri)
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http"))
            .ok_or(ServiceAccountError::BadTokenUri)?;
        let der = PrivatePkcs8KeyDer::from_pem_slice(file.private_key.as_bytes())
            .map_err(|_| ServiceAccountError::BadKey)?;
        let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
            .map_err(|_| ServiceAccountError::BadKey)?;
        Ok(Self {
            email: file.client_email,
            key_id: file.private_key_id.filter(|id| !id.is_empty()),
            token_uri,
            key: Arc::new(key),
        })
    }

    /// The address that calendars are shared with.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Where the account's tokens come from.
    pub fn token_uri(&self) -> &Url {
        &self.token_uri
    }

    /// A signed statement (JWT, RS256) with which a token for `scope` can be had, good for an
    /// hour from `now` on.
    pub fn assertion(&self, scope: &str, now: Timestamp) -> Result<String, ServiceAccountError> {
        let mut header = json!({"alg": "RS256", "typ": "JWT"});
        if let Some(id) = &self.key_id {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.email,
            "scope": scope,
            "aud": self.token_uri.as_str(),
            "iat": now.as_second(),
            "exp": (now + LIFE).as_second(),
        });
        let mut token = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.to_string().as_bytes()),
            BASE64URL_NOPAD.encode(claims.to_string().as_bytes())
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| ServiceAccountError::CannotSign)?;
        token.push('.');
        token.push_str(&BASE64URL_NOPAD.encode(&signature));
        Ok(token)
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceAccount({})", self.email)
    }
}
