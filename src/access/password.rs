//! Passwords: which ones are taken, how they are kept, how they are compared.
//!
//! The rules follow NIST SP 800-63B and OWASP: length counts, kinds of characters do not; what an attacker
//! tries first is refused; every Unicode text is allowed, and typed the same on every keyboard (NFKC).
//! Kept is an Argon2id hash with the parameters that OWASP recommends (19 MiB, two passes, one lane):
//! about 20 ms on one core of a small machine.

use std::collections::HashSet;
use std::sync::LazyLock;
use std::time::Duration;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;

use crate::access::email::Email;
use crate::kernel::secret::fill_random;
use crate::kernel::{FieldError, Problem};

/// Memory of one hash, in KiB; passes; lanes (OWASP Password Storage Cheat Sheet).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Passwords are hashed two at a time in one process: a flood of sign-ins leaves cores and memory to others.
static PLACES: Semaphore = Semaphore::const_new(2);
/// How long a sign-in waits for its place.
const WAIT: Duration = Duration::from_secs(5);

/// Passwords that are tried first, longer than the least length, folded as [`fold`] does.
static COMMON: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    include_str!("common_passwords.txt")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});
/// Words that carry no secret of their own: a password made of these alone is as good as none.
const WORDS: &[&str] = &[
    "password",
    "passwort",
    "motdepasse",
    "passerelle",
    "welcome",
    "bienvenue",
    "bonjour",
    "soleil",
    "admin",
    "administrator",
    "administrateur",
    "login",
    "letmein",
    "iloveyou",
    "jetaime",
    "qwerty",
    "azerty",
    "secret",
    "changeme",
    "mentor",
    "mentee",
    "mentorat",
    "canada",
    "quebec",
    "montreal",
    "toronto",
    "football",
    "hockey",
    "dragon",
    "monkey",
    "princess",
    "sunshine",
    "doudou",
    "loulou",
    "test",
    "user",
    "temp",
    "pass",
    "abc",
    "hello",
    "master",
    "the",
    "my",
    "mon",
    "ma",
    "is",
    "est",
];
/// Rows of keyboards and alphabets, walked in either direction.
const ROWS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "qwertzuiop",
];

/// What a chosen password has to be.
#[derive(Debug, Clone, Copy)]
pub struct PasswordPolicy {
    /// The least number of characters.
    pub least: usize,
    /// The greatest number of characters; only to bound the work.
    pub most: usize,
}

/// The policy of the platform.
pub const POLICY: PasswordPolicy = PasswordPolicy {
    least: 12,
    most: 200,
};

/// A password that somebody chose and that is good enough. It does not print.
#[derive(Debug, Clone)]
pub struct Password(SecretString);

impl PasswordPolicy {
    /// Takes `text` as the password of the account `email`.
    ///
    /// # Errors
    /// At `pointer`: `too-short`, `too-long`, `password-like-email`, `password-common`.
    pub fn choose(&self, pointer: &str, text: &str, email: &Email) -> Result<Password, FieldError> {
        let normal: String = text.nfkc().collect();
        let length = normal.chars().count();
        if length < self.least {
            return Err(FieldError::new(pointer, "too-short").with("least", self.least));
        }
        if length > self.most {
            return Err(FieldError::new(pointer, "too-long").with("most", self.most));
        }
        let lower = normal.to_lowercase();
        let bare = letters_and_digits(&lower);
        if lower == email.key()
            || [email.local(), email.key()]
                .into_iter()
                .any(|part| bare == letters_and_digits(part) || fold(&lower) == fold(part))
        {
            return Err(FieldError::new(pointer, "password-like-email"));
        }
        if is_common(&lower) {
            return Err(FieldError::new(pointer, "password-common"));
        }
        Ok(Password(SecretString::from(normal)))
    }
}

impl Password {
    /// A password that no policy is asked about: for the people of the demonstration.
    pub fn unchecked(text: &str) -> Self {
        Self(SecretString::from(text.nfkc().collect::<String>()))
    }

    /// Hashes it, with a random salt. Takes about 20 ms: never inside a transaction.
    pub fn hash(&self) -> Result<PasswordHash, Problem> {
        let mut salt = [0u8; 16];
        fill_random(&mut salt)?;
        let hash: phc::PasswordHash = argon2()?
            .hash_password_with_salt(self.0.expose_secret().as_bytes(), &salt)
            .map_err(|error| Problem::internal(error.to_string()))?;
        Ok(PasswordHash(hash.to_string()))
    }
}

/// A password as it is kept: `$argon2id$v=19$m=…`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl PasswordHash {
    /// From the database.
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// For the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it was made with other parameters than today's, and should be made anew at the next sign-in.
    pub fn is_dated(&self) -> bool {
        let (memory, passes, lanes) = COST;
        !self
            .0
            .starts_with(&format!("$argon2id$v=19$m={memory},t={passes},p={lanes}$"))
    }
}

/// Whether `presented` is the password that `hash` keeps. Without an account the same work is done on a hash
/// that nothing fits, so that the time of an answer does not tell whether an address is known.
pub fn matches(hash: Option<&PasswordHash>, presented: &str) -> bool {
    /// A hash of no password, with today's parameters.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let normal: String = presented.nfkc().take(1_000).collect();
    let kept = hash.map_or(NOBODY, PasswordHash::as_str);
    let fits = argon2().is_ok_and(|argon2| argon2.verify_password(normal.as_bytes(), kept).is_ok());
    fits && hash.is_some()
}

/// Waits for the right to hash; hold it while a use case that hashes runs.
///
/// # Errors
/// 503 when too many others wait.
pub async fn place() -> Result<SemaphorePermit<'static>, Problem> {
    let busy = |_| Problem::Busy {
        retry_after_seconds: 5,
    };
    tokio::time::timeout(WAIT, PLACES.acquire())
        .await
        .map_err(busy)?
        .map_err(Problem::internal)
}

fn argon2() -> Result<Argon2<'static>, Problem> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None)
        .map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Lower-case letters and digits only, accents aside: two spellings of one address are the same.
fn letters_and_digits(text: &str) -> String {
    text.nfd()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Lower-case letters and digits only, with the usual disguises undone: `P@ssw0rd!` is `password`.
fn fold(text: &str) -> String {
    text.nfd()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            '@' => Some('a'),
            '$' => Some('s'),
            '!' => Some('i'),
            _ if c.is_alphanumeric() => Some(c),
            _ => None,
        })
        .collect()
}

/// [`fold`], with the digits that stand for letters read as those.
fn undisguised(text: &str) -> String {
    let letter = |c| match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    fold(text).chars().map(letter).collect()
}

/// Whether an attacker would try it early: on the list, made of common words and digits, one thing repeated,
/// or a walk along the keyboard.
fn is_common(lower: &str) -> bool {
    let folded = fold(lower);
    // Years and exclamation marks around a word add nothing; what stands inside may be a disguised letter.
    let letters = undisguised(lower.trim_matches(|c: char| !c.is_alphabetic()));
    // Only what is no disguise is cut here: `$3cr3t…3!!` begins and ends with disguised letters.
    let whole =
        undisguised(lower.trim_matches(|c: char| !c.is_alphanumeric() && c != '$' && c != '@'));
    let without_digits: String = folded.chars().filter(|c| !c.is_ascii_digit()).collect();
    let few_different = lower.chars().collect::<HashSet<_>>().len() < 5;
    few_different
        || COMMON.contains(folded.as_str())
        || COMMON.contains(letters.as_str())
        || is_repeated(&folded)
        || is_walk(&folded)
        || [&letters, &whole, &without_digits, &folded]
            .into_iter()
            .any(|text| is_made_of_words(text))
}

/// The same piece two times or more: `jesuis1jesuis1`.
fn is_repeated(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=chars.len() / 2)
        .filter(|size| chars.len().is_multiple_of(*size))
        .any(|size| {
            let mut pieces = chars.chunks(size);
            let first = pieces.next();
            pieces.all(|piece| Some(piece) == first)
        })
}

/// At least three quarters of its steps follow a row of the keyboard or the alphabet.
fn is_walk(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let follows = |pair: &[char]| match pair {
        [a, b] => {
            let (ahead, back) = (format!("{a}{b}"), format!("{b}{a}"));
            a == b
                || ROWS
                    .iter()
                    .any(|row| row.contains(&ahead) || row.contains(&back))
        }
        _ => false,
    };
    let steps = chars.len().saturating_sub(1);
    steps >= 4 && chars.windows(2).filter(|pair| follows(pair)).count() * 4 >= steps * 3
}

/// Whether common words, end to end, make up the whole text (digits around them do not help).
fn is_made_of_words(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_ascii_digit());
    if text.is_empty() {
        return false;
    }
    // reached[i]: the first i bytes are words.
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for at in 0..text.len() {
        if !reached.get(at).copied().unwrap_or(false) {
            continue;
        }
        let rest = text.get(at..).unwrap_or("");
        for word in WORDS.iter().filter(|word| rest.starts_with(**word)) {
            if let Some(end) = reached.get_mut(at + word.len()) {
                *end = true;
            }
        }
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(text: &str) -> Result<Password, &'static str> {
        let email = Email::parse("/email", "amelie.roy@example.org").unwrap();
        POLICY
            .choose("/password", text, &email)
            .map_err(|fault| fault.code)
    }

    #[test]
    fn whether_there_is_a_password_takes_as_long_to_find_out_as_whether_it_fits() {
        let hash = Password::unchecked("violon sept carotte").hash().unwrap();
        let fastest = |hash: Option<&PasswordHash>| {
            let times = (0..5).map(|_| {
                let since = std::time::Instant::now();
                assert!(!matches(hash, "another password"));
                since.elapsed()
            });
            times.min().unwrap()
        };
        let (somebody, nobody) = (fastest(Some(&hash)), fastest(None));
        assert!(nobody * 3 > somebody, "{nobody:?} and {somebody:?}");
    }

    #[test]
    fn length_counts_and_kinds_of_characters_do_not() {
        assert_eq!(choose("elevenchars").unwrap_err(), "too-short");
        assert!(choose("violon sept carotte").is_ok());
        assert!(choose("каждый охотник").is_ok());
        assert!(choose("été à la mer 🙂").is_ok());
        assert_eq!(choose(&"a é".repeat(80)).unwrap_err(), "too-long");
    }

    #[test]
    fn what_an_attacker_tries_first_is_refused() {
        for text in [
            "passwordpassword",
            "P@ssw0rd!2026",
            "motdepasse123",
            "MotDePasse2026!",
            "qwertyuiop123",
            "azertyuiop12",
            "123456789012",
            "aaaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijkl",
            "Bienvenue2026",
            "passerelle2026",
            "jesuis1jesuis1",
            "987654321098",
            "Administrator1",
            "ILoveYou12345",
            "correcthorsebatterystaple",
            "trustno1trustno1",
            "$3cr3tM0tD3P4ss3!!",
        ] {
            assert_eq!(choose(text).map(|_| ()), Err("password-common"), "{text}");
        }
        for text in [
            "welcome to canada",
            "mon chat dort tard",
            "3 pommes et 2 poires",
        ] {
            assert!(choose(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_password_like_the_address_is_refused_whatever_its_spelling() {
        for text in [
            "amelie.roy@example.org",
            "Amelie.Roy@Example.org",
            "amelieroyexampleorg",
            "AmelieRoy@exampleorg",
        ] {
            assert_eq!(choose(text).unwrap_err(), "password-like-email", "{text}");
        }
        let email = Email::parse("/email", "amelie.roy.tremblay@example.org").unwrap();
        let fault = POLICY
            .choose("/password", "Amelie Roy Tremblay", &email)
            .unwrap_err();
        assert_eq!(fault.code, "password-like-email");
    }

    #[test]
    fn a_hash_fits_its_password_only_however_the_keyboard_composes_it() {
        let hash = choose("un été à Sainte-Adèle").unwrap().hash().unwrap();
        assert!(matches(Some(&hash), "un été à Sainte-Adèle"));
        let decomposed: String = "un été à Sainte-Adèle".nfd().collect();
        assert!(matches(Some(&hash), &decomposed));
        assert!(!matches(Some(&hash), "un été à Sainte-Adele"));
        assert!(!matches(None, ""));
        assert!(!hash.is_dated());
        assert!(PasswordHash::stored("$argon2id$v=19$m=4096,t=3,p=1$x$y".into()).is_dated());
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }

    #[test]
    fn an_unknown_account_costs_the_same_work_as_a_known_one() {
        let hash = choose("violon sept carotte").unwrap().hash().unwrap();
        let time = |hash: Option<&PasswordHash>| {
            let start = std::time::Instant::now();
            for _ in 0..5 {
                assert!(!matches(hash, "not the password"));
            }
            start.elapsed().as_secs_f64()
        };
        time(None);
        let (known, unknown) = (time(Some(&hash)), time(None));
        assert!((0.4..2.5).contains(&(known / unknown)), "{known} {unknown}");
    }
}
