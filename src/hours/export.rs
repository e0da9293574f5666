//! The ledger as a spreadsheet: CSV in the reader's language, written piece by piece, so that a large ledger
//! takes no more memory than a small one.
//!
//! A cell that a spreadsheet would run as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line break)
//! gets an apostrophe before it ([`harmless`]). Numbers and dates are written by us and need none.

use std::collections::HashMap;

use crate::access::Scope;
use crate::db::Conn;
use crate::hours::model::Entry;
use crate::hours::store::{self, Filter, Mark};
use crate::i18n;
use crate::kernel::ids::{PersonId, ProgrammeId};
use crate::kernel::{Locale, Problem};
use crate::mentorships;
use crate::programmes;
use crate::web::csv::harmless;

/// Rows of a piece.
const ROWS: usize = 1_000;

/// The columns, by the message that heads each.
const COLUMNS: [&str; 14] = [
    "hours-column-date",
    "hours-column-person",
    "hours-column-role",
    "hours-column-programme",
    "hours-column-activity",
    "hours-column-minutes",
    "hours-column-status",
    "hours-column-flags",
    "hours-column-note",
    "hours-column-source",
    "hours-column-reason",
    "hours-column-mentorship",
    "hours-column-corrects",
    "hours-column-id",
];

/// An export in progress.
#[derive(Debug)]
pub struct Export {
    scope: Scope,
    filter: Filter,
    locale: Locale,
    /// Names of programmes that have been met.
    programmes: HashMap<ProgrammeId, String>,
    next: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Head,
    After(Option<Mark>),
    End,
}

impl Export {
    /// An export of what `scope` may see, in a language.
    #[must_use]
    pub fn new(scope: Scope, filter: Filter, locale: Locale) -> Export {
        Export {
            scope,
            filter,
            locale,
            programmes: HashMap::new(),
            next: Next::Head,
        }
    }

    /// The next piece of the file; `None` after the last one.
    ///
    /// # Errors
    /// A database error.
    pub fn piece(&mut self, conn: &mut Conn) -> Result<Option<Vec<u8>>, Problem> {
        match self.next {
            Next::End => Ok(None),
            Next::Head => {
                self.next = Next::After(None);
                // The mark tells spreadsheets that the text is UTF-8.
                let mut text = "\u{feff}".as_bytes().to_vec();
                let head = COLUMNS.map(|key| i18n::text(self.locale, key));
                text.extend(csv(std::iter::once(head.to_vec()))?);
                Ok(Some(text))
            }
            Next::After(mark) => {
                let rows = i64::try_from(ROWS).map_err(Problem::internal)?;
                let entries = store::list(conn, &self.scope, &self.filter, mark, rows)?;
                self.next = match entries.last() {
                    Some(last) if entries.len() == ROWS => {
                        Next::After(Some((last.worked_on, last.id)))
                    }
                    _ => Next::End,
                };
                let people: Vec<PersonId> = entries.iter().map(|entry| entry.person_id).collect();
                let names = mentorships::store::names(conn, &people)?;
                for entry in &entries {
                    if !self.programmes.contains_key(&entry.programme_id) {
                        let programme = programmes::store::find(conn, entry.programme_id)?;
                        let name = match self.locale {
                            Locale::En => programme.name_en,
                            Locale::Fr => programme.name_fr,
                        };
                        self.programmes.insert(entry.programme_id, name);
                    }
                }
                let name = |id| names.get(&id).map_or("", String::as_str);
                Ok(Some(csv(entries
                    .iter()
                    .map(|entry| self.row(entry, name(entry.person_id))))?))
            }
        }
    }

    fn row(&self, entry: &Entry, person: &str) -> Vec<String> {
        let word =
            |kind: &str, value: &str| i18n::text(self.locale, &format!("hours-{kind}-{value}"));
        let flags: Vec<String> = entry
            .flags
            .0
            .iter()
            .map(|flag| word("flag", flag.as_str()))
            .collect();
        let programme = self
            .programmes
            .get(&entry.programme_id)
            .map_or("", String::as_str);
        let reasons = [
            &entry.correction_reason,
            &entry.dispute_reason,
            &entry.decision_reason,
        ];
        let reasons: Vec<String> = reasons
            .into_iter()
            .flatten()
            .map(|r| self.reason(r))
            .collect();
        vec![
            entry.worked_on.to_string(),
            cell(person),
            word("role", entry.role.as_str()),
            cell(programme),
            word("activity", entry.activity.as_str()),
            entry.minutes.to_string(),
            word("status", entry.status.as_str()),
            flags.join(", "),
            cell(entry.note.as_deref().unwrap_or_default()),
            word("source", entry.source.as_str()),
            cell(&reasons.join(" / ")),
            entry.mentorship_id.to_string(),
            entry
                .corrects_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            entry.id.to_string(),
        ]
    }

    fn reason(&self, reason: &str) -> String {
        if reason == super::correct::NEW_REPORT {
            i18n::text(self.locale, "hours-reason-new-report")
        } else {
            reason.to_owned()
        }
    }
}

fn csv(rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, Problem> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(&row).map_err(Problem::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Problem::internal(error.to_string()))
}

/// A text from a person, made harmless to spreadsheets.
fn cell(text: &str) -> String {
    harmless(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_never_begins_like_a_formula() {
        for text in [
            "=1+1", " =1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1",
        ] {
            assert!(cell(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("Amina =)"), "Amina =)");
        assert_eq!(cell(""), "");
    }

    #[test]
    fn every_word_of_the_ledger_exists_in_both_languages() {
        use crate::hours::model::{Activity, Flag, Source, Status};
        let words = |kind: &str, values: Vec<&str>| {
            values
                .into_iter()
                .map(|value| format!("hours-{kind}-{value}"))
                .collect::<Vec<_>>()
        };
        let keys = [
            COLUMNS.map(str::to_owned).to_vec(),
            words(
                "activity",
                Activity::ALL.iter().map(|v| v.as_str()).collect(),
            ),
            words("flag", Flag::ALL.iter().map(|v| v.as_str()).collect()),
            words("source", Source::ALL.iter().map(|v| v.as_str()).collect()),
            words("status", Status::ALL.iter().map(|v| v.as_str()).collect()),
            words(
                "role",
                crate::programmes::Side::ALL
                    .iter()
                    .map(|v| v.as_str())
                    .collect(),
            ),
            vec!["hours-reason-new-report".to_owned()],
        ];
        for key in keys.concat() {
            for locale in [Locale::En, Locale::Fr] {
                assert!(i18n::has(locale, &key), "{key} is missing in {locale}");
            }
        }
    }
}
