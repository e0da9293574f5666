//! Secrets: random tokens that do not print and are stored as hashes, and a keyring that seals what must
//! be read again (a mail that waits, a token that later mails repeat) under the deployment's secret.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::kernel::Instant;

/// The system gave no randomness, or a sealed text could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The operating system's random generator failed.
    #[error("the system gave no random bytes")]
    NoRandomness,
    /// The text was not sealed with this secret for this purpose, or was changed.
    #[error("a sealed text could not be opened with the configured secret")]
    CannotOpen,
}

/// Fills `buffer` from the operating system's generator.
pub fn fill_random(buffer: &mut [u8]) -> Result<(), SecretError> {
    getrandom::fill(buffer).map_err(|_| SecretError::NoRandomness)
}

/// An unguessable token of 192 bits, in 32 URL-safe characters. It neither prints nor compares;
/// what is stored and looked up is its [`TokenHash`] (rule L2).
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// A new random token.
    pub fn random() -> Result<Self, SecretError> {
        let mut bytes = [0u8; 24];
        fill_random(&mut bytes)?;
        Ok(Self(SecretString::from(URL_SAFE_NO_PAD.encode(bytes))))
    }

    /// A token that somebody presented; any text of at most 200 bytes.
    pub fn presented(text: &str) -> Option<Self> {
        (!text.is_empty() && text.len() <= 200).then(|| Self(SecretString::from(text.to_owned())))
    }

    /// The token's text, for the mail or answer that carries it to its owner.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored.
    pub fn hash(&self) -> TokenHash {
        TokenHash(hex(&Sha256::digest(self.expose().as_bytes())))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token, in hex. A token has 192 random bits, so a fast hash is right here
/// (passwords are another matter: see `access::password`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// As stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// SHA-256 of `bytes` in hex, for fingerprints that are no secret.
pub fn fingerprint(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The public keys that verify access tokens, as this process last read them from the database. They are a
/// memory only: whoever finds a key missing, or the memory old, reads them again (see `access::keys`).
#[derive(Debug, Default)]
pub struct KnownKeys {
    /// When they were read; `None` before the first time.
    pub read_at: Option<Instant>,
    /// Raw Ed25519 public keys by `kid`.
    pub keys: BTreeMap<String, KnownKey>,
}

/// One public key.
#[derive(Debug, Clone, Copy)]
pub struct KnownKey {
    /// The raw Ed25519 public key (RFC 8032).
    pub public: [u8; 32],
    /// From this instant it verifies nothing any more.
    pub retires_at: Instant,
}

/// Keys derived from the deployment's one secret, one for each purpose.
pub struct Keyring {
    secret: SecretString,
    known: RwLock<Arc<KnownKeys>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring(…)")
    }
}

impl Keyring {
    /// A keyring over `secret`.
    pub fn new(secret: SecretString) -> Self {
        Self {
            secret,
            known: RwLock::default(),
        }
    }

    /// The public keys that this process remembers.
    pub fn known_keys(&self) -> Arc<KnownKeys> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Remembers the public keys as just read.
    pub fn know(&self, keys: KnownKeys) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// HMAC-SHA-256 of `message` under the key of `purpose`.
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let key = keyed(self.secret.expose_secret().as_bytes(), purpose.as_bytes());
        keyed(&key, message)
    }

    /// Seals `plain` so that it can be read again only with the same secret and `purpose`
    /// (XChaCha20-Poly1305, random nonce, base64url).
    pub fn seal(&self, purpose: &str, plain: &[u8]) -> Result<String, SecretError> {
        let mut nonce = [0u8; 24];
        fill_random(&mut nonce)?;
        let sealed = self
            .cipher(purpose)
            .encrypt(&XNonce::from(nonce), plain)
            .map_err(|_| SecretError::CannotOpen)?;
        let mut out = nonce.to_vec();
        out.extend(sealed);
        Ok(URL_SAFE_NO_PAD.encode(out))
    }

    /// Opens what [`Keyring::seal`] sealed for the same purpose.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<Vec<u8>, SecretError> {
        let bytes = URL_SAFE_NO_PAD
            .decode(sealed)
            .map_err(|_| SecretError::CannotOpen)?;
        let (nonce, body) = bytes.split_at_checked(24).ok_or(SecretError::CannotOpen)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| SecretError::CannotOpen)?;
        self.cipher(purpose)
            .decrypt(&XNonce::from(nonce), body)
            .map_err(|_| SecretError::CannotOpen)
    }

    /// [`Keyring::open`] for text.
    pub fn open_text(&self, purpose: &str, sealed: &str) -> Result<String, SecretError> {
        String::from_utf8(self.open(purpose, sealed)?).map_err(|_| SecretError::CannotOpen)
    }

    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        let key = keyed(
            self.secret.expose_secret().as_bytes(),
            format!("seal:{purpose}").as_bytes(),
        );
        XChaCha20Poly1305::new(&key.into())
    }
}

fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length, so this cannot fail; an all-zero tag would only refuse to open.
    Hmac::<Sha256>::new_from_slice(key).map_or([0; 32], |mut mac| {
        mac.update(message);
        mac.finalize().into_bytes().into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(secret: &str) -> Keyring {
        Keyring::new(SecretString::from(secret.to_owned()))
    }

    #[test]
    fn a_token_does_not_print_and_its_hash_is_stable() {
        let token = Token::random().unwrap();
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_eq!(token.expose().len(), 32);
        assert_eq!(
            token.hash(),
            Token::presented(token.expose()).unwrap().hash()
        );
        assert_ne!(token.hash(), Token::random().unwrap().hash());
    }

    #[test]
    fn a_seal_opens_only_with_the_same_secret_and_purpose_and_unchanged() {
        let sealed = ring("one").seal("mail", "Amélie".as_bytes()).unwrap();
        assert_eq!(ring("one").open_text("mail", &sealed).unwrap(), "Amélie");
        assert!(ring("two").open("mail", &sealed).is_err());
        assert!(ring("one").open("token", &sealed).is_err());
        let mut changed = sealed.clone().into_bytes();
        changed[40] ^= 1;
        assert!(
            ring("one")
                .open("mail", &String::from_utf8(changed).unwrap())
                .is_err()
        );
        assert!(ring("one").open("mail", "").is_err());
    }
}
