//! Secrets at rest: Fernet tokens under a list of keys, so that keys can rotate.

use std::fmt;

use fernet::{Fernet, MultiFernet};
use ring::rand::{SecureRandom, SystemRandom};

/// The key list: the first key encrypts, every key decrypts.
pub struct Keyring {
    first: Fernet,
    all: MultiFernet,
}

/// Why a keyring could not be made or a secret not be opened. Never holds the secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// An entry of the list is not 32 bytes in URL-safe base64.
    #[error("key {0} of the list is not a Fernet key (32 bytes, URL-safe base64)")]
    NotAKey(usize),
    /// The list is empty.
    #[error("the list holds no key")]
    NoKey,
    /// None of the keys opens the token.
    #[error("a stored secret cannot be decrypted with any key of TOKEN_ENCRYPTION_KEYS")]
    CannotDecrypt,
}

impl Keyring {
    /// Reads a comma-separated list of Fernet keys.
    pub fn parse(list: &str) -> Result<Self, KeyError> {
        let keys = list
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .enumerate()
            .map(|(index, key)| Fernet::new(key).ok_or(KeyError::NotAKey(index + 1)))
            .collect::<Result<Vec<_>, _>>()?;
        let Some(first) = keys.first().cloned() else {
            return Err(KeyError::NoKey);
        };
        Ok(Self {
            first,
            all: MultiFernet::new(keys),
        })
    }

    /// A new random key in the form that [`Keyring::parse`] reads.
    pub fn generate_key() -> String {
        Fernet::generate_key()
    }

    /// Encrypts with the first key.
    pub fn encrypt(&self, secret: &str) -> String {
        self.first.encrypt(secret.as_bytes())
    }

    /// Decrypts with whichever key fits.
    pub fn decrypt(&self, token: &str) -> Result<String, KeyError> {
        let bytes = self
            .all
            .decrypt(token)
            .map_err(|_| KeyError::CannotDecrypt)?;
        String::from_utf8(bytes).map_err(|_| KeyError::CannotDecrypt)
    }

    /// The same secret under the first key; `None`: it is already.
    pub fn rotate(&self, token: &str) -> Result<Option<String>, KeyError> {
        if self.first.decrypt(token).is_ok() {
            return Ok(None);
        }
        Ok(Some(self.encrypt(&self.decrypt(token)?)))
    }
}

/// The system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomNumbers;

/// Bytes that nobody can guess.
pub fn random<const BYTES: usize>() -> Result<[u8; BYTES], NoRandomNumbers> {
    let mut bytes = [0; BYTES];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| NoRandomNumbers)?;
    Ok(bytes)
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_encrypts_and_every_key_decrypts() {
        let (old, new) = (Keyring::generate_key(), Keyring::generate_key());
        let before = Keyring::parse(&old).unwrap().encrypt("xoxb-1");
        let both = Keyring::parse(&format!("{new}, {old}")).unwrap();
        assert_eq!(both.decrypt(&before).unwrap(), "xoxb-1");
        let after = both.encrypt("xoxb-2");
        assert_eq!(
            Keyring::parse(&new).unwrap().decrypt(&after).unwrap(),
            "xoxb-2"
        );
        assert_eq!(
            Keyring::parse(&old).unwrap().decrypt(&after),
            Err(KeyError::CannotDecrypt)
        );
    }

    #[test]
    fn a_secret_of_an_older_key_goes_under_the_first() {
        let (old, new) = (Keyring::generate_key(), Keyring::generate_key());
        let before = Keyring::parse(&old).unwrap().encrypt("xoxb-1");
        let both = Keyring::parse(&format!("{new},{old}")).unwrap();
        let after = both.rotate(&before).unwrap().unwrap();
        let only_new = Keyring::parse(&new).unwrap();
        assert_eq!(only_new.decrypt(&after).unwrap(), "xoxb-1");
        assert_eq!(both.rotate(&after), Ok(None));
        assert_eq!(only_new.rotate(&before), Err(KeyError::CannotDecrypt));
    }

    #[test]
    fn a_bad_list_names_the_entry_and_shows_no_secret() {
        let good = Keyring::generate_key();
        let error = Keyring::parse(&format!("{good},short")).unwrap_err();
        assert_eq!(error, KeyError::NotAKey(2));
        assert!(!error.to_string().contains("short"));
        assert_eq!(Keyring::parse(" , ").unwrap_err(), KeyError::NoKey);
        assert_eq!(
            format!("{:?}", Keyring::parse(&good).unwrap()),
            "Keyring(…)"
        );
    }
}
