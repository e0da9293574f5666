//! Mail addresses: what is one, and when two are the same. One rule for people, accounts and replies.

use unicode_normalization::UnicodeNormalization;

/// The longest address that mail servers take, in bytes (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;
/// The longest local part, in bytes (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;

/// Whether a text is an address alone: `amina@example.ca`, `o'brien@example.ca`, `zoé@exämple.ca`.
///
/// RFC 5321 lengths and RFC 6532 letters; quoted local parts and address literals are refused, because no
/// mailbox that a person owns looks so.
pub fn is_address(text: &str) -> bool {
    text.len() <= LONGEST
        && text.rsplit_once('@').is_some_and(|(local, domain)| {
            local.len() <= LONGEST_LOCAL && is_local_part(local) && is_domain(domain)
        })
}

/// The form of an address under which it is unique and compared (rule I5): composed, lower case, an
/// international domain in its own letters. Dots are not folded: they differ at most providers.
pub fn key(address: &str) -> String {
    let address: String = address.trim().nfc().collect();
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let (domain, _) = idna::domain_to_unicode(domain);
            format!("{}@{}", local.to_lowercase(), domain.to_lowercase())
        }
        None => address.to_lowercase(),
    }
}

fn is_local_part(local: &str) -> bool {
    let atom = |c: char| {
        c.is_ascii_alphanumeric()
            || "!#$%&'*+/=?^_`{|}~-".contains(c)
            || (!c.is_ascii() && !c.is_whitespace() && !c.is_control())
    };
    local
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_domain(domain: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part
                .chars()
                .all(|c| c == '-' || c.is_alphanumeric() || is_mark(c))
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.')
        && domain.split('.').all(label)
        && !top.chars().all(|c| c.is_ascii_digit())
        && top.chars().count() >= 2
}

/// The vowel signs of Indic scripts in international domain names.
fn is_mark(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !c.is_control()
        && unicode_normalization::char::is_combining_mark(c)
}
