//! A mail address as the name of an account: read once, valid from then on.

use crate::kernel::{FieldError, address};

/// A valid mail address: as it was written, and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    shown: String,
    key: String,
}

impl Email {
    /// Reads an address: `local@domain.tld`, as [`address::is_address`] says, so that whoever is in a list of
    /// people can have an account.
    ///
    /// # Errors
    /// The field error `email` (or `required`, when there is nothing) at `pointer`.
    pub fn parse(pointer: &str, text: &str) -> Result<Self, FieldError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new(pointer, "required"));
        }
        if !address::is_address(text) {
            return Err(FieldError::new(pointer, "email-address"));
        }
        Ok(Self {
            shown: text.to_owned(),
            key: Self::key_of(text),
        })
    }

    /// As it was written.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// As it is compared: two spellings that differ in case are one account.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The key of any text, for looking an account up: one that is no address is nobody's.
    pub fn key_of(text: &str) -> String {
        address::key(text)
    }

    /// What stands before the `@`.
    pub fn local(&self) -> &str {
        self.key.split('@').next().unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_written_and_compared_without_case() {
        let email = Email::parse("/email", "  Amelie.Roy+m@Example.ORG ").unwrap();
        assert_eq!(email.shown(), "Amelie.Roy+m@Example.ORG");
        assert_eq!(email.key(), "amelie.roy+m@example.org");
        assert_eq!(email.local(), "amelie.roy+m");
        let zoe = Email::parse("/email", "Zoé@EXÄMPLE.ca").unwrap();
        assert_eq!(zoe.key(), Email::key_of("zoe\u{301}@xn--exmple-cua.ca"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "a",
            "a@",
            "@b.ca",
            "a@b",
            "a b@c.ca",
            "a@b..ca",
            ".a@b.ca",
            "a.@b.ca",
            "a..b@c.ca",
            "a@-b.ca",
            "a@b-.ca",
            "a@b.c",
            "a@b.ca\r\nBcc: x@y.ca",
            "a@b@c.ca",
            "<a@b.ca>",
        ] {
            assert_eq!(
                Email::parse("/email", text).unwrap_err().code,
                "email-address",
                "{text}"
            );
        }
        assert!(Email::parse("/email", &format!("{}@b.ca", "x".repeat(65))).is_err());
        assert_eq!(Email::parse("/email", "  ").unwrap_err().code, "required");
    }
}
