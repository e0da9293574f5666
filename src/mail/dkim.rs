//! DKIM signatures (RFC 6376, RFC 8463): a mail says which domain stands behind it.
//!
//! The signature is made over the bytes that leave, with relaxed canonicalization of headers and body, and its
//! time is the mail's own: the same row makes the same bytes however often it is sent (rule O9). Every header
//! that a reader acts on is signed, `List-Unsubscribe` among them (RFC 8058, 4), and From once more than it is
//! there, so that nobody can add a second one.
//!
//! Signing is `ring`'s, which is in the tree for TLS and refuses RSA keys under 2048 bits. `lettre` has a DKIM
//! feature of its own; it stamps the time of sending, takes only PKCS#1, and signs with the `rsa` crate, whose
//! private key operations leak their timing (RUSTSEC-2023-0071).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use secrecy::ExposeSecret as _;

use crate::kernel::Settings;

/// Headers that are signed where they are there, in the order of the signature.
const SIGNED: &[&str] = &[
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "Content-Language",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// Why a key cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("is no private key in PEM (PKCS#8 or PKCS#1), nor an Ed25519 seed in base64")]
    Unreadable,
    #[error("is weak or damaged: an RSA key has 2048 to 4096 bits")]
    Weak,
    #[error("could not sign")]
    Signing,
}

/// The signer that the settings name; none where there is no key.
///
/// # Errors
/// [`KeyError`].
pub fn configured(settings: &Settings) -> Result<Option<Signer>, KeyError> {
    let dkim = &settings.mail.dkim;
    match dkim.key.expose_secret() {
        "" => Ok(None),
        key => Signer::new(&dkim.domain, &dkim.selector, key).map(Some),
    }
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Ed25519KeyPair),
}

/// A key with the name under which its public half is published.
pub struct Signer {
    domain: String,
    selector: String,
    pair: Pair,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// A signer for `domain` with the key `text`: PEM as `openssl genpkey` writes it, or a bare Ed25519 seed of
    /// 32 bytes in base64.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn new(domain: &str, selector: &str, text: &str) -> Result<Self, KeyError> {
        Ok(Self {
            domain: domain.to_ascii_lowercase(),
            selector: selector.to_owned(),
            pair: pair(text)?,
        })
    }

    const fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "rsa-sha256",
            Pair::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The name of the DNS record that publishes the key.
    pub fn record_name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }

    /// The text of that record.
    pub fn record(&self) -> String {
        match &self.pair {
            Pair::Rsa(pair) => {
                let key = public_key_info(pair.public_key().as_ref());
                format!("v=DKIM1; k=rsa; p={}", BASE64.encode(key))
            }
            Pair::Ed25519(pair) => {
                let key = BASE64.encode(pair.public_key().as_ref());
                format!("v=DKIM1; k=ed25519; p={key}")
            }
        }
    }

    /// The header line, with its line end, that goes before `message` (CRLF line ends); `at` is in seconds since
    /// 1970.
    ///
    /// # Errors
    /// [`KeyError::Signing`] for what is no message.
    pub fn sign(&self, message: &[u8], at: i64) -> Result<String, KeyError> {
        let (head, body) = halves(message).ok_or(KeyError::Signing)?;
        let headers = fields(head);
        let mut names = String::new();
        let mut signed = Vec::new();
        for name in SIGNED {
            // The last one first, as RFC 6376 (5.4.2) counts; we write each once.
            let found = headers.iter().rev();
            let mut found = found.filter(|(own, _)| own.eq_ignore_ascii_case(name));
            if let Some((_, value)) = found.next() {
                let _ = write!(names, "{}:", name.to_ascii_lowercase());
                relaxed(name, value, &mut signed);
                signed.extend_from_slice(b"\r\n");
            }
        }
        // Once more than it is there: an added From breaks the signature.
        names.push_str("from");
        let hash = BASE64.encode(digest(&SHA256, &relaxed_body(body)));
        let unsigned = format!(
            "v=1; a={}; c=relaxed/relaxed;\r\n d={}; s={};\r\n t={at};\r\n h={};\r\n bh={hash};\r\n b=",
            self.algorithm(),
            self.domain,
            self.selector,
            folded(&names, ':'),
        );
        relaxed("DKIM-Signature", unsigned.as_bytes(), &mut signed);
        let signature = self.raw(&signed)?;
        let signature = folded_every(&BASE64.encode(signature), 70);
        Ok(format!("DKIM-Signature: {unsigned}{signature}\r\n"))
    }

    /// The signature of bytes; Ed25519 signs their hash (RFC 8463, 3).
    fn raw(&self, bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Ed25519(pair) => {
                let hash = digest(&SHA256, bytes);
                Ok(pair.sign(hash.as_ref()).as_ref().to_vec())
            }
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    bytes,
                    &mut signature,
                )
                .map_err(|_| KeyError::Signing)?;
                Ok(signature)
            }
        }
    }
}

fn pair(text: &str) -> Result<Pair, KeyError> {
    let text = text.trim();
    let body = |label: &str| {
        let begin = format!("-----BEGIN {label}-----");
        let end = format!("-----END {label}-----");
        let (_, rest) = text.split_once(begin.as_str())?;
        let (body, _) = rest.split_once(end.as_str())?;
        let body: String = body.split_whitespace().collect();
        BASE64.decode(body).ok()
    };
    if let Some(der) = body("RSA PRIVATE KEY") {
        let pair = RsaKeyPair::from_der(&der).map_err(|_| KeyError::Weak)?;
        return Ok(Pair::Rsa(Box::new(pair)));
    }
    if let Some(der) = body("PRIVATE KEY") {
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der) {
            return Ok(Pair::Ed25519(pair));
        }
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|error| {
            // "wrong algorithm" is another kind of key; the rest is an RSA key that does not do.
            match error.to_string().as_str() {
                "WrongAlgorithm" | "InvalidEncoding" => KeyError::Unreadable,
                _ => KeyError::Weak,
            }
        })?;
        return Ok(Pair::Rsa(Box::new(pair)));
    }
    let seed = BASE64.decode(text).map_err(|_| KeyError::Unreadable)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Unreadable)?;
    Ok(Pair::Ed25519(pair))
}

/// A PKCS#1 public key as SubjectPublicKeyInfo (RFC 5280), which is what verifiers expect in `p=`.
fn public_key_info(pkcs1: &[u8]) -> Vec<u8> {
    /// AlgorithmIdentifier of rsaEncryption with its NULL.
    const RSA: &[u8] = &[
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let mut bits = vec![0];
    bits.extend_from_slice(pkcs1);
    let mut inside = RSA.to_vec();
    inside.extend(der(0x03, &bits));
    der(0x30, &inside)
}

/// One DER element.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let bytes: Vec<u8> = length
        .to_be_bytes()
        .into_iter()
        .skip_while(|byte| *byte == 0)
        .collect();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or(0));
            out.extend(bytes);
        }
    }
    out.extend_from_slice(content);
    out
}

/// Head and body of a message.
fn halves(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((message.get(..at + 2)?, message.get(at + 4..)?))
}

/// The header fields of a head, folded lines joined with their line ends.
fn fields(head: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        if line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        {
            if let Some((_, value)) = all.last_mut() {
                value.extend_from_slice(line);
            }
            continue;
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let name = String::from_utf8_lossy(name).trim().to_owned();
            all.push((name, value.to_vec()));
        }
    }
    all
}

/// Appends a header in relaxed form (RFC 6376, 3.4.2), without its line end.
fn relaxed(name: &str, value: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(name.to_ascii_lowercase().as_bytes());
    out.push(b':');
    let words = value.split(|byte| byte.is_ascii_whitespace());
    let mut words = words.filter(|word| !word.is_empty());
    if let Some(first) = words.next() {
        out.extend_from_slice(first);
    }
    for word in words {
        out.push(b' ');
        out.extend_from_slice(word);
    }
}

/// A body in relaxed form (RFC 6376, 3.4.4): blanks at line ends and empty lines at the end do not count.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut kept = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut blank = false;
        let mut empty = true;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            empty = false;
            out.push(*byte);
        }
        out.extend_from_slice(b"\r\n");
        if !empty {
            kept = out.len();
        }
    }
    out.truncate(kept);
    out
}

/// Breaks a list after separators so that no line grows long.
fn folded(list: &str, separator: char) -> String {
    let mut out = String::new();
    let mut width = 0;
    for part in list.split_inclusive(separator) {
        if width + part.len() > 70 {
            out.push_str("\r\n  ");
            width = 2;
        }
        out.push_str(part);
        width += part.len();
    }
    out
}

fn folded_every(text: &str, width: usize) -> String {
    let mut out = String::new();
    for (number, c) in text.chars().enumerate() {
        if number > 0 && number % width == 0 {
            out.push_str("\r\n  ");
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8463, appendix A.1.
    const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

    fn signer() -> Signer {
        Signer::new("Football.example.com", "brisbane", SEED).unwrap()
    }

    #[test]
    fn the_record_of_the_key_in_rfc_8463_is_the_one_that_stands_there() {
        let public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        assert_eq!(signer().record(), format!("v=DKIM1; k=ed25519; p={public}"));
        assert_eq!(
            signer().record_name(),
            "brisbane._domainkey.football.example.com"
        );
    }

    #[test]
    fn bodies_and_headers_are_relaxed_as_in_rfc_6376() {
        // Section 3.4.5.
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b""), b"");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        assert_eq!(relaxed_body(b"no end"), b"no end\r\n");
        let mut out = Vec::new();
        relaxed("B", b" Y\t\r\n\tZ  \r\n", &mut out);
        assert_eq!(out, b"b:Y Z");
    }

    #[test]
    fn o9_the_same_mail_has_the_same_signature_and_another_body_another() {
        let mail = |body: &str| format!("From: a@b.c\r\nSubject: x\r\n\r\n{body}\r\n").into_bytes();
        let one = signer().sign(&mail("hello"), 1_800_000_000).unwrap();
        assert_eq!(one, signer().sign(&mail("hello"), 1_800_000_000).unwrap());
        assert_eq!(
            one,
            signer().sign(&mail("hello  \r\n"), 1_800_000_000).unwrap()
        );
        assert_ne!(one, signer().sign(&mail("hallo"), 1_800_000_000).unwrap());
        assert!(one.contains("h=from:subject:from;"), "{one}");
        assert!(one.lines().all(|line| line.len() <= 78), "{one}");
        assert_eq!(signer().sign(b"no message", 0), Err(KeyError::Signing));
    }

    #[test]
    fn what_is_no_key_or_a_weak_one_is_refused() {
        for text in [
            "",
            "nonsense",
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "c2hvcnQ=",
        ] {
            let error = Signer::new("a.b", "s", text).unwrap_err();
            assert_eq!(error, KeyError::Unreadable, "{text}");
        }
        // 1,024 bits, made for this test.
        let weak = include_str!("testdata/rsa1024.pem");
        assert_eq!(Signer::new("a.b", "s", weak).unwrap_err(), KeyError::Weak);
        let good = include_str!("testdata/rsa2048.pem");
        let signer = Signer::new("a.b", "s", good).unwrap();
        assert!(
            signer
                .record()
                .starts_with("v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A")
        );
    }
}
