//! Optimistic concurrency: every object has a version, and a change names the version that it was made against.

use crate::kernel::Problem;

/// The versions that a change may meet, as an `If-Match` header names them.
#[derive(Debug, Clone)]
pub struct IfMatch(Vec<String>);

impl IfMatch {
    /// Whatever the version: for changes that the platform itself makes.
    pub fn any() -> Self {
        Self::parse("*")
    }

    /// A header's words: ETags separated by commas, `"3"` or, with the mark of what was read, `"3-9f8a2c41"`.
    pub fn parse(header: &str) -> Self {
        let tag = |text: &str| text.trim().trim_start_matches("W/").to_owned();
        Self(header.split(',').map(tag).collect())
    }

    /// Refuses unless `current` is among them, or any will do.
    ///
    /// # Errors
    /// [`Problem::Stale`] (412).
    pub fn require(&self, current: i32) -> Result<(), Problem> {
        let version = |tag: &str| {
            let words = tag.strip_prefix('"')?.strip_suffix('"')?;
            words.split('-').next()?.parse::<i32>().ok()
        };
        let met = |tag: &String| tag == "*" || version(tag) == Some(current);
        if self.0.iter().any(met) {
            Ok(())
        } else {
            Err(Problem::Stale)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_met_with_and_without_its_mark_and_nothing_else_is() {
        let met = |header: &str| IfMatch::parse(header).require(3).is_ok();
        for header in ["\"3\"", "W/\"3\"", "\"3-9f8a2c41\"", "\"2\", \"3\"", "*"] {
            assert!(met(header), "{header}");
        }
        for header in ["", "3", "\"4\"", "\"30\"", "\"-3\"", "\"x\"", "\"\""] {
            assert!(!met(header), "{header}");
        }
    }
}
