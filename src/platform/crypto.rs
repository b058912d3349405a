//! Secrets at rest: Fernet tokens under a list of keys, so that keys can rotate.

use std::fmt;

use fernet::{Fernet, MultiFernet};

/// The key list: the first key encrypts, every key decrypts.
pub struct Keyring(MultiFernet);

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
        if keys.is_empty() {
            return Err(KeyError::NoKey);
        }
        Ok(Self(MultiFernet::new(keys)))
    }

    /// A new random key in the form that [`Keyring::parse`] reads.
    pub fn generate_key() -> String {
        Fernet::generate_key()
    }

    /// Encrypts with the first key.
    pub fn encrypt(&self, secret: &str) -> String {
        self.0.encrypt(secret.as_bytes())
    }

    /// Decrypts with whichever key fits.
    pub fn decrypt(&self, token: &str) -> Result<String, KeyError> {
        let bytes = self.0.decrypt(token).map_err(|_| KeyError::CannotDecrypt)?;
        String::from_utf8(bytes).map_err(|_| KeyError::CannotDecrypt)
    }
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
