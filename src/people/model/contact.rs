//! Names, e-mail addresses and telephone numbers.

use super::text::clean;
use crate::kernel::address;

/// Why a text is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactFault {
    NotAName,
    TooLong,
    NotAnEmail,
    SeveralEmails,
    NotAPhone,
}

/// Most characters of a name.
pub const MAX_NAME: usize = 120;

/// A name as it is kept: any script, quotes and emoji included, without line breaks.
///
/// # Errors
/// [`ContactFault::NotAName`] without any letter, [`ContactFault::TooLong`].
pub fn name(cell: &str) -> Result<String, ContactFault> {
    let name = clean(cell);
    if name.chars().count() > MAX_NAME {
        Err(ContactFault::TooLong)
    } else if !name.chars().any(char::is_alphabetic) {
        Err(ContactFault::NotAName)
    } else {
        Ok(name)
    }
}

/// A full name as (given, family): `Diallo, Amina` by its comma, otherwise the first word is the
/// given name. One word is a given name without a family name.
pub fn split_name(full: &str) -> (String, String) {
    if let Some((family, given)) = full.split_once(',') {
        let (family, given) = (family.trim(), given.trim());
        if !family.is_empty() && !given.is_empty() {
            return (given.to_string(), family.to_string());
        }
    }
    match full.split_once(' ') {
        Some((given, family)) => (given.trim().to_string(), family.trim().to_string()),
        None => (full.to_string(), String::new()),
    }
}

/// An e-mail address, its parts as written: `zoé@exämple.ca`, `o'brien@example.ca`,
/// `"Amina" <amina@example.ca>`, `mailto:amina@example.ca`.
///
/// What an address is, [`address::is_address`] says.
///
/// # Errors
/// [`ContactFault::NotAnEmail`] or [`ContactFault::SeveralEmails`].
pub fn email(cell: &str) -> Result<String, ContactFault> {
    let none = || ContactFault::NotAnEmail;
    let text = clean(cell);
    let text = match (text.rfind('<'), text.strip_suffix('>')) {
        (Some(at), Some(inner)) => inner.get(at + 1..).unwrap_or_default(),
        _ => text.as_str(),
    };
    let text = text.trim();
    let text = match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text.get(7..).unwrap_or_default(),
        _ => text,
    };
    if text.matches('@').count() > 1 && text.contains([',', ';', ' ', '/']) {
        return Err(ContactFault::SeveralEmails);
    }
    if address::is_address(text) {
        Ok(text.to_string())
    } else {
        Err(none())
    }
}

/// A telephone number as E.164 with an optional extension (RFC 3966): `+15145550101;ext=12`.
///
/// Ten digits, or eleven that start with 1, are a North American number whose area code and
/// exchange start with 2–9; anything else needs its country code after `+` or `00`.
///
/// # Errors
/// [`ContactFault::NotAPhone`].
pub fn phone(cell: &str) -> Result<String, ContactFault> {
    let none = || ContactFault::NotAPhone;
    let text = clean(cell).to_lowercase();
    let (main, extension) = split_extension(&text);
    if main
        .chars()
        .any(|c| !c.is_ascii_digit() && !" +-.()/\u{2010}\u{2011}\u{2013}".contains(c))
    {
        return Err(none());
    }
    if main.rfind('+').is_some_and(|at| {
        !main
            .get(..at)
            .unwrap_or_default()
            .trim_matches(['(', ' '])
            .is_empty()
    }) {
        return Err(none());
    }
    let digits: String = main.chars().filter(char::is_ascii_digit).collect();
    let international = main.contains('+');
    let number = match digits.strip_prefix("00") {
        Some(rest) if !international => rest.to_string(),
        _ if international => digits,
        _ if digits.len() == 10 => format!("1{digits}"),
        _ if digits.len() == 11 && digits.starts_with('1') => digits,
        _ => return Err(none()),
    };
    let north_american = number.strip_prefix('1').is_some();
    let plausible = if north_american {
        number.len() == 11
            && [1, 4]
                .iter()
                .all(|at| number.as_bytes().get(*at) >= Some(&b'2'))
    } else {
        (8..=15).contains(&number.len()) && !number.starts_with('0')
    };
    let extension_ok = extension.len() <= 6 && extension.chars().all(|c| c.is_ascii_digit());
    if !plausible || !extension_ok {
        return Err(none());
    }
    Ok(if extension.is_empty() {
        format!("+{number}")
    } else {
        format!("+{number};ext={extension}")
    })
}

fn split_extension(text: &str) -> (&str, &str) {
    for mark in [
        ";ext=",
        "extension",
        "poste",
        "post",
        "ext.",
        "ext",
        "x",
        "#",
    ] {
        if let Some((main, extension)) = text.split_once(mark) {
            return (
                main.trim().trim_end_matches([',', ';']),
                extension.trim().trim_start_matches(['.', ':']).trim(),
            );
        }
    }
    (text.trim(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_quotes_emoji_and_every_script_and_lose_line_breaks() {
        assert_eq!(
            name("Jean \"Ti-Jean\"\r\nO’Neil 🎉").unwrap(),
            "Jean \"Ti-Jean\" O’Neil 🎉"
        );
        assert_eq!(name("سارة محمد").unwrap(), "سارة محمد");
        assert_eq!(name("<b>Bob</b>").unwrap(), "<b>Bob</b>");
        assert_eq!(name("123").unwrap_err(), ContactFault::NotAName);
        assert_eq!(name(&"a".repeat(121)).unwrap_err(), ContactFault::TooLong);
    }

    #[test]
    fn a_full_name_is_split_by_its_comma_or_after_the_first_word() {
        let split = |full| split_name(full);
        assert_eq!(split("Diallo, Amina"), ("Amina".into(), "Diallo".into()));
        assert_eq!(split("Amina Ben Ali"), ("Amina".into(), "Ben Ali".into()));
        assert_eq!(split("Suharto"), ("Suharto".into(), String::new()));
    }

    #[test]
    fn addresses_with_apostrophes_and_international_letters_are_addresses() {
        for cell in [
            "amina@example.ca",
            "o'brien@example.ca",
            "zoé@exämple.ca",
            "a+b@xn--e1afmkfd.рф",
            "用户@例子.中国",
            "x.y-z@sub.example.co.uk",
            "संपर्क@डाटामेल.भारत",
        ] {
            assert_eq!(email(cell).as_deref(), Ok(cell), "{cell}");
        }
        assert_eq!(
            email("\"Amina D.\" <amina@example.ca>").as_deref(),
            Ok("amina@example.ca")
        );
        assert_eq!(
            email("MAILTO:amina@example.ca").as_deref(),
            Ok("amina@example.ca")
        );
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for cell in [
            "",
            "amina",
            "@example.ca",
            "amina@",
            "amina@example",
            "a..b@example.ca",
            ".a@example.ca",
            "a@-example.ca",
            "a b@example.ca",
            "a@exa mple.ca",
            "a@1.2.3.4",
            "a@example.c",
            "amina@example.ca\u{0}x y",
            "a@b@example.ca",
        ] {
            assert_eq!(email(cell).unwrap_err(), ContactFault::NotAnEmail, "{cell}");
        }
        let two = email("a@example.ca; b@example.ca").unwrap_err();
        assert_eq!(two, ContactFault::SeveralEmails);
        assert!(email(&format!("{}@example.ca", "a".repeat(65))).is_err());
    }

    #[test]
    fn i5_addresses_that_differ_only_in_case_or_in_the_spelling_of_the_domain_are_one() {
        assert_eq!(
            address::key("Zoé@EXÄMPLE.ca"),
            address::key("zoe\u{301}@xn--exmple-cua.ca")
        );
        assert_ne!(
            address::key("a.b@example.ca"),
            address::key("ab@example.ca")
        );
    }

    #[test]
    fn telephone_numbers_become_e164() {
        for (cell, expected) in [
            ("(514) 555-0101", "+15145550101"),
            ("514.555.0101 poste 12", "+15145550101;ext=12"),
            ("1-514-555-0101 x3", "+15145550101;ext=3"),
            ("+33 6 12 34 56 78", "+33612345678"),
            ("0033 6 12 34 56 78", "+33612345678"),
            ("(+1) 604 555 0101", "+16045550101"),
            ("5145550101", "+15145550101"),
        ] {
            assert_eq!(phone(cell).as_deref(), Ok(expected), "{cell}");
        }
        for cell in [
            "555-0101",
            "call me",
            "+1 114 555 0101",
            "514+555+0101",
            "+0123456789",
            "",
        ] {
            assert_eq!(phone(cell).unwrap_err(), ContactFault::NotAPhone, "{cell}");
        }
    }
}
