//! Keys of programs: their names, their ids, and the files that hold the private halves.

use std::fmt;

use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, KeypairBytes,
};
use ed25519_dalek::{SigningKey, VerifyingKey};
use jiff::Timestamp;

use crate::platform::crypto::random;
use crate::platform::ids::WorkspaceId;
use crate::tenant::store::Actor;

/// What people call a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

impl KeyName {
    /// Accepts up to 40 letters, digits and `.`, `_`, `-`, which can be a file's name as well.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let begins = text
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_alphanumeric());
        // What looks like an id would make "revoke" ambiguous.
        let id = text.starts_with("key_");
        if begins && !id && text.len() <= 40 && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadKey::Name(text.to_owned()))
        }
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key as it is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// What requests call it: their `keyid`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The workspace that it opens.
    pub workspace: WorkspaceId,
    /// The public half, 32 bytes.
    pub public_key: Vec<u8>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When a request was last accepted from it.
    pub last_used_at: Option<Timestamp>,
}

impl ApiKey {
    /// The program that has the key, for the audit log.
    pub fn actor(&self) -> Actor<'_> {
        Actor::ApiKey {
            id: &self.id,
            name: &self.name,
        }
    }
}

/// Something that is no key, or no name for one.
#[derive(Debug, thiserror::Error)]
pub enum BadKey {
    /// Not a name.
    #[error(
        "“{0}” cannot be the name of a key: up to 40 letters, digits and . _ - can, with a letter or digit first and not key_."
    )]
    Name(String),
    /// Not a public key in PEM.
    #[error(
        "This is not an Ed25519 public key in PEM (“-----BEGIN PUBLIC KEY-----”). `openssl pkey -in PRIVATE.pem -pubout` prints the one of a private key."
    )]
    Public,
    /// A public key with which anybody could sign.
    #[error("This public key is one of the few that are unsafe. Make another key.")]
    Weak,
    /// Not a private key in PEM.
    #[error(
        "This is not an Ed25519 private key in PEM (“-----BEGIN PRIVATE KEY-----”). `timeoff keys add NAME` makes one."
    )]
    Private,
    /// The system has no random numbers.
    #[error("The system gives no random numbers.")]
    Random,
}

/// The line of a key file that says whose key it is. PEM allows text before the key.
const KEY_ID: &str = "Key-Id: ";

/// A private key and the id that it is registered under, if the file says so.
#[derive(Debug)]
pub struct KeyFile {
    /// What requests call it.
    pub id: Option<String>,
    /// The private half.
    pub key: SigningKey,
}

impl KeyFile {
    /// Reads a file: PKCS#8 in PEM, perhaps with the id above it.
    pub fn read(text: &str) -> Result<Self, BadKey> {
        let begin = text.find("-----BEGIN").ok_or(BadKey::Private)?;
        let (head, pem) = text.split_at(begin);
        let id = head.lines().find_map(|line| line.strip_prefix(KEY_ID));
        Ok(Self {
            id: id.map(|id| id.trim().to_owned()),
            key: SigningKey::from_pkcs8_pem(pem.trim_end()).map_err(|_| BadKey::Private)?,
        })
    }

    /// The text of a file.
    pub fn write(id: &str, key: &SigningKey) -> Result<String, BadKey> {
        // Without the public half: some readers do not know the newer form that has it.
        let pair = KeypairBytes {
            secret_key: key.to_bytes(),
            public_key: None,
        };
        let pem = pair
            .to_pkcs8_pem(LineEnding::LF)
            .map_err(|_| BadKey::Private)?;
        Ok(format!("{KEY_ID}{id}\n{}", pem.as_str()))
    }
}

/// A new key pair.
pub fn generate() -> Result<SigningKey, BadKey> {
    Ok(SigningKey::from_bytes(
        &random().map_err(|_| BadKey::Random)?,
    ))
}

/// A new id for a key.
pub fn new_id() -> Result<String, BadKey> {
    Ok(format!("key_{}", random_hex::<8>()?))
}

/// A new nonce for a request.
pub fn new_nonce() -> Result<String, BadKey> {
    random_hex::<16>()
}

fn random_hex<const BYTES: usize>() -> Result<String, BadKey> {
    Ok(hex::encode(random::<BYTES>().map_err(|_| BadKey::Random)?))
}

/// Reads a public key in PEM.
pub fn read_public(pem: &str) -> Result<VerifyingKey, BadKey> {
    let key = VerifyingKey::from_public_key_pem(pem.trim()).map_err(|_| BadKey::Public)?;
    if key.is_weak() {
        return Err(BadKey::Weak);
    }
    Ok(key)
}

/// A public key in PEM.
pub fn write_public(key: &VerifyingKey) -> Result<String, BadKey> {
    key.to_public_key_pem(LineEnding::LF)
        .map_err(|_| BadKey::Public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_read_as_it_was_written() {
        let key = generate().unwrap();
        let text = KeyFile::write("key_1", &key).unwrap();
        assert!(
            text.starts_with("Key-Id: key_1\n-----BEGIN PRIVATE KEY-----\n"),
            "{text}"
        );
        let read = KeyFile::read(&text).unwrap();
        assert_eq!((read.id.as_deref(), &read.key), (Some("key_1"), &key));
        let (_, plain) = text.split_once('\n').unwrap();
        let read = KeyFile::read(&format!("{plain}\n\n")).unwrap();
        assert_eq!((read.id, read.key), (None, key));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = generate().unwrap();
        let public = write_public(&key.verifying_key()).unwrap();
        assert_eq!(
            read_public(&format!("\n{public}\n")).unwrap(),
            key.verifying_key()
        );
        let private = KeyFile::write("key_1", &key).unwrap();
        for wrong in [
            "",
            "-----BEGIN",
            "-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----",
            &public,
        ] {
            assert!(
                matches!(KeyFile::read(wrong), Err(BadKey::Private)),
                "{wrong}"
            );
        }
        for wrong in ["", "oops", &private] {
            assert!(matches!(read_public(wrong), Err(BadKey::Public)), "{wrong}");
        }
        // The neutral element: everybody's signature fits.
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let weak = write_public(&VerifyingKey::from_bytes(&neutral).unwrap()).unwrap();
        assert!(matches!(read_public(&weak), Err(BadKey::Weak)));
    }

    #[test]
    fn names_can_be_files() {
        for good in ["payroll", "a", "Carla.laptop-2_x", "7"] {
            assert_eq!(KeyName::parse(good).unwrap().as_str(), good);
        }
        let long = "a".repeat(41);
        for wrong in [
            "", ".hidden", "-x", "../x", "a b", "a/b", "ä", "key_1", &long,
        ] {
            assert!(KeyName::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
