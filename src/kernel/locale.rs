//! The two languages of the interface, equal everywhere.

crate::text_enum! {
    /// A language of the interface.
    pub enum Locale { En => "en", Fr => "fr" }
}

impl Locale {
    /// The best of ours for an `Accept-Language` header (RFC 9110, 12.5.4); English when it names neither.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',').take(20) {
            let mut words = part.split(';');
            let tag = words.next().unwrap_or("").trim().to_ascii_lowercase();
            let quality = words
                .find_map(|w| {
                    w.trim()
                        .strip_prefix("q=")
                        .and_then(|q| q.parse::<f32>().ok())
                })
                .unwrap_or(1.0);
            let primary = tag.split('-').next().unwrap_or("");
            if let Some(locale) = Self::parse(primary)
                && quality > 0.0
                && best.is_none_or(|(q, _)| quality > q)
            {
                best = Some((quality, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }

    /// The other language.
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Fr,
            Self::Fr => Self::En,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_language_wins_by_quality_not_by_place() {
        let pick = Locale::from_accept_language;
        assert_eq!(pick("de, en;q=0.7, fr-CA;q=0.9"), Some(Locale::Fr));
        assert_eq!(pick("en-US,en;q=0.9"), Some(Locale::En));
        assert_eq!(pick("ar"), None);
        assert_eq!(pick("fr;q=0, en;q=0.1"), Some(Locale::En));
    }
}
