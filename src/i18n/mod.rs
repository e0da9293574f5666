//! The languages of the interface: every sentence that a person reads stands in `src/i18n/{en,fr}/*.ftl`
//! (Fluent), one file for each room, the same keys in both; a test fails on a missing or unused key.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader};
use unic_langid::langid;

use crate::kernel::Locale;

fluent_templates::static_loader! {
    static MESSAGES = {
        locales: "./src/i18n",
        fallback_language: "en",
        // Without this, Fluent wraps every argument in invisible direction marks, which then travel in
        // mails, CSV files and calendar titles.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// Arguments of a message; numbers stay numbers so that plurals work.
pub type Args<'a> = HashMap<Cow<'static, str>, FluentValue<'a>>;

static ENGLISH: LanguageIdentifier = langid!("en");
static FRENCH: LanguageIdentifier = langid!("fr");

/// The Fluent tag of a locale.
pub fn language(locale: Locale) -> &'static LanguageIdentifier {
    match locale {
        Locale::En => &ENGLISH,
        Locale::Fr => &FRENCH,
    }
}

/// The message `key`.
pub fn text(locale: Locale, key: &str) -> String {
    lookup(locale, key, None)
}

/// The message `key` with arguments.
pub fn text_with(locale: Locale, key: &str, args: &Args<'_>) -> String {
    lookup(locale, key, Some(args))
}

/// The message `key` with text arguments, as problems carry them. An argument that is a whole number is
/// passed as a number, so that plurals work.
pub fn text_with_pairs<'a>(
    locale: Locale,
    key: &str,
    pairs: impl IntoIterator<Item = (&'static str, &'a str)>,
) -> String {
    let args: Args<'a> = pairs
        .into_iter()
        .map(|(name, value)| {
            let value = value
                .parse::<i32>()
                .map_or_else(|_| FluentValue::from(value), FluentValue::from);
            (Cow::Borrowed(name), value)
        })
        .collect();
    lookup(locale, key, Some(&args))
}

/// The message `key` with arguments, or `None` where the language does not have it.
pub fn find(locale: Locale, key: &str, args: &Args<'_>) -> Option<String> {
    MESSAGES.try_lookup_with_args(language(locale), key, args)
}

/// A whole number with its thousands apart: `−12,345` in English, `−12 345` with no-break
/// spaces in French.
pub fn number(locale: Locale, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let apart = match locale {
        Locale::En => ',',
        Locale::Fr => '\u{a0}',
    };
    let mut text = String::new();
    if number < 0 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(apart);
        }
        text.push(digit);
    }
    text
}

/// Whether `key` exists in `locale` itself.
pub fn has(locale: Locale, key: &str) -> bool {
    MESSAGES.try_lookup(language(locale), key).is_some()
}

fn lookup(locale: Locale, key: &str, args: Option<&Args<'_>>) -> String {
    let found = match args {
        Some(args) => MESSAGES.try_lookup_with_args(language(locale), key, args),
        None => MESSAGES.try_lookup(language(locale), key),
    };
    found.unwrap_or_else(|| {
        // A missing message is a defect that a test finds; a person still gets an answer.
        tracing::error!(key, locale = locale.as_str(), "a message is missing");
        key.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart_in_the_way_of_the_language() {
        let both = |of| (number(Locale::En, of), number(Locale::Fr, of));
        assert_eq!(both(0), ("0".into(), "0".into()));
        assert_eq!(both(999), ("999".into(), "999".into()));
        assert_eq!(both(-1000), ("−1,000".into(), "−1\u{a0}000".into()));
        assert_eq!(
            both(1_234_567),
            ("1,234,567".into(), "1\u{a0}234\u{a0}567".into())
        );
    }
}
