//! One row of a file as a draft of a person, with everything that is wrong or doubtful in it.
//!
//! Pure and independent of other rows, so that rows are read in parallel. A draft holds the
//! [`Changes`] that the row asks for and the profile that they make of nobody; whether the person is
//! there already is [`super::plan`]'s question.

use chrono::{Datelike, NaiveDate};

use super::columns::{Column, Header};
use super::fault::{Fault, Finding, Reason};
use super::values::choice::Role;
use super::values::{self, choice, date, number};
use crate::kernel::{Instant, Locale};
use crate::people::model::changes::Changes;
use crate::people::model::place::{self, Located};
use crate::people::model::text::clean;
use crate::people::model::{Origin, Profile, contact};

/// Most characters of a cell.
pub const MAX_CELL: usize = 4_000;
/// The zone of whoever gives no place that tells one.
pub const FALLBACK_ZONE: &str = "America/Toronto";

/// What is the same for every row of a file.
#[derive(Debug, Clone)]
pub struct Reading {
    pub header: Header,
    /// The role of rows that name none.
    pub default_role: Option<Role>,
    /// Whether rows must have a role: they are enrolled.
    pub role_needed: bool,
    /// The language of whoever names none.
    pub locale: Locale,
    pub today: NaiveDate,
    pub now: Instant,
}

/// What a row says.
#[derive(Debug, Clone)]
pub struct Draft {
    pub row: u64,
    pub roles: Vec<Role>,
    pub changes: Changes,
    /// The person that the row alone makes.
    pub profile: Profile,
    /// Places of a mentor.
    pub capacity: Option<u16>,
    /// Since when a mentee waits.
    pub waiting_since: Option<NaiveDate>,
    pub findings: Vec<Finding>,
    /// The row as it stands in the file.
    pub cells: Vec<String>,
}

impl Draft {
    /// Whether the row cannot be stored.
    pub fn is_rejected(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }

    /// By what the person is recognised, in this file and in the database: the address; without one,
    /// names and telephone number together. `None` when the row has neither.
    pub fn key(&self) -> Option<String> {
        let person = &self.profile.person;
        match (&person.email_key, &person.phone) {
            (Some(email), _) => Some(format!("e:{email}")),
            (None, Some(phone)) => Some(format!("p:{phone}:{}", names_key(&self.profile))),
            (None, None) => None,
        }
    }

    /// Adds what was found out about the whole row.
    pub fn find(&mut self, fault: Fault) {
        self.findings.push(Finding::at(self.row, "", fault));
    }
}

/// The names by which a row without an address is compared; the preferred name may change.
pub fn names_key(profile: &Profile) -> String {
    let person = &profile.person;
    crate::people::model::text::fold(&format!("{} {}", person.family_name, person.given_name))
}

/// Reads a row.
pub fn read(reading: &Reading, row: u64, cells: Vec<String>) -> Draft {
    let mut reader = Reader {
        reading,
        row,
        cells: &cells,
        findings: Vec::new(),
    };
    let roles = reader.roles();
    let mut changes = Changes::default();
    reader.names(&mut changes);
    reader.contact(&mut changes);
    reader.place(&mut changes);
    reader.occupations(&mut changes, &roles);
    reader.languages(&mut changes);
    reader.availability(&mut changes);
    reader.circumstances(&mut changes);
    reader.topics(&mut changes, &roles);
    let (capacity, waiting_since) = reader.enrolment(&roles);
    reader.extra_cells();
    let findings = reader.findings;
    let profile = Profile::blank(reading.now, Origin::Import);
    let mut draft = Draft {
        row,
        roles,
        changes,
        profile,
        capacity,
        waiting_since,
        findings,
        cells,
    };
    complete(reading, &mut draft);
    draft
}

/// Makes the profile, with what only the whole tells.
fn complete(reading: &Reading, draft: &mut Draft) {
    let mut on_nobody = draft.changes.clone();
    on_nobody.locale = on_nobody.locale.or(Some(reading.locale));
    let mut faults = on_nobody.apply(&mut draft.profile);
    let without_zone = faults
        .iter()
        .any(|fault| fault.pointer == "/zone" && fault.code == "required");
    if without_zone {
        faults.retain(|fault| fault.pointer != "/zone");
        draft.profile.person.zone = FALLBACK_ZONE.to_owned();
        draft.find(Fault::new(Reason::ZoneAssumed, "").hint(FALLBACK_ZONE));
    }
    if !draft.is_rejected() {
        // The parsers have found nothing, so whatever the record itself refuses is told plainly.
        for fault in faults {
            draft.find(Fault::new(Reason::Invalid, "").hint(fault.pointer));
        }
        if draft.key().is_none() {
            draft.find(Fault::new(Reason::NoKey, ""));
        }
    }
    let doubtful: Vec<Fault> = draft
        .profile
        .occupations
        .iter()
        .filter(|occupation| occupation.needs_review)
        .map(|occupation| {
            let words = occupation.own_words.as_deref().unwrap_or_default();
            match &occupation.noc {
                Some(noc) => Fault::new(Reason::OccupationDoubtful, words).hint(noc),
                None => Fault::new(Reason::OccupationUncoded, words),
            }
        })
        .collect();
    let column = reading
        .header
        .title_of(Column::Occupation)
        .unwrap_or_default();
    for fault in doubtful {
        draft.findings.push(Finding::at(draft.row, column, fault));
    }
}

/// Reads the cells of one row.
pub(super) struct Reader<'a> {
    reading: &'a Reading,
    row: u64,
    cells: &'a [String],
    findings: Vec<Finding>,
}

impl Reader<'_> {
    pub(super) fn fault(&mut self, column: Column, fault: Fault) {
        let title = self.reading.header.title_of(column).unwrap_or_default();
        self.findings.push(Finding::at(self.row, title, fault));
    }

    /// The cell of a column (list columns joined), `None` when it is empty or no text.
    pub(super) fn cell(&mut self, column: Column) -> Option<String> {
        let mut joined = String::new();
        for (at, known) in self.reading.header.known.iter().enumerate() {
            let Some(known) = known.as_ref().filter(|known| known.column == column) else {
                continue;
            };
            let cell = plain(self.cells.get(at).map(String::as_str).unwrap_or_default());
            if cell.is_empty() {
                continue;
            }
            if !joined.is_empty() {
                joined.push_str("; ");
            }
            match &known.day {
                // A column of hours under a day's name.
                Some(day) => {
                    let hours = values::pieces(cell).map(|piece| format!("{day} {piece}"));
                    joined.push_str(&hours.collect::<Vec<_>>().join("; "));
                }
                None => joined.push_str(cell),
            }
        }
        let reason = if joined.is_empty() {
            return None;
        } else if values::is_sheet_error(&joined) {
            Reason::SheetError
        } else if joined.contains('\u{FFFD}') {
            Reason::Undecodable
        } else if joined.chars().count() > MAX_CELL {
            Reason::TooLong
        } else {
            return Some(joined);
        };
        self.fault(column, Fault::new(reason, &joined).hint(MAX_CELL));
        None
    }

    /// The cell read by a parser; a fault becomes a finding.
    pub(super) fn parsed<T>(
        &mut self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let cell = self.cell(column)?;
        match parse(&cell) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.fault(column, fault);
                None
            }
        }
    }

    fn roles(&mut self) -> Vec<Role> {
        let before = self.findings.len();
        let said = self.parsed(Column::Role, choice::roles);
        let roles = said
            .or(self.reading.default_role.map(|role| vec![role]))
            .unwrap_or_default();
        if roles.is_empty() && self.reading.role_needed && self.findings.len() == before {
            self.fault(Column::Role, Fault::new(Reason::Missing, ""));
        }
        roles
    }

    fn names(&mut self, changes: &mut Changes) {
        let name = |cell: &str| {
            contact::name(cell)
                .map_err(|fault| Fault::new(fault.into(), cell).hint(contact::MAX_NAME))
        };
        let before = self.findings.len();
        changes.given_name = self.parsed(Column::GivenName, name);
        changes.family_name = self.parsed(Column::FamilyName, name);
        changes.preferred_name = self.parsed(Column::PreferredName, name).map(Some);
        let full = self.parsed(Column::FullName, name);
        if let (Some(full), None) = (full, &changes.given_name) {
            let (given, family) = contact::split_name(&full);
            if full.contains(' ') && changes.family_name.is_none() {
                let hint = format!("{given} | {family}");
                self.fault(
                    Column::FullName,
                    Fault::new(Reason::NameSplit, &full).hint(hint),
                );
            }
            changes.given_name = Some(given);
            changes.family_name.get_or_insert(family);
        }
        if changes.given_name.is_none() {
            // Whoever has one name may have it in either column.
            changes.given_name = changes.family_name.take();
        }
        if changes.given_name.is_none() && self.findings.len() == before {
            self.fault(Column::GivenName, Fault::new(Reason::Missing, ""));
        }
        changes.pronouns = self.cell(Column::Pronouns).map(|text| Some(clean(&text)));
    }

    fn contact(&mut self, changes: &mut Changes) {
        let fault = |cell: &str, fault: contact::ContactFault| Fault::new(fault.into(), cell);
        changes.email = self
            .parsed(Column::Email, |cell| {
                contact::email(cell).map_err(|f| fault(cell, f))
            })
            .map(Some);
        changes.phone = self
            .parsed(Column::Phone, |cell| {
                contact::phone(cell).map_err(|f| fault(cell, f))
            })
            .map(Some);
        changes.locale = self.parsed(Column::ContactLanguage, |cell| {
            let code = choice::contact_language(cell)?;
            Locale::parse(code).ok_or(Fault::new(Reason::ContactLanguage, cell))
        });
    }

    fn place(&mut self, changes: &mut Changes) {
        let province = self.parsed(Column::Province, |cell| {
            place::province(cell).ok_or(Fault::new(Reason::UnknownProvince, cell))
        });
        changes.province = province.map(|code| Some(code.to_owned()));
        if let Some(city) = self.cell(Column::City) {
            let city = clean(&city);
            match place::locate(&city, province) {
                Located::Here(_) => {}
                Located::Several(found) => {
                    let hint = format!("{} ({})", found.name, found.province);
                    self.fault(
                        Column::City,
                        Fault::new(Reason::AmbiguousCity, &city).hint(hint),
                    );
                }
                Located::Elsewhere(found) => {
                    let fault = Fault::new(Reason::CityElsewhere, &city).hint(found.province);
                    self.fault(Column::City, fault);
                }
                Located::Unknown => {
                    self.fault(Column::City, Fault::new(Reason::UnknownCity, &city));
                }
            }
            changes.city = Some(Some(city));
        }
        changes.zone = self.parsed(Column::TimeZone, |cell| {
            crate::kernel::Zone::parse(cell.trim())
                .map(|zone| zone.name().to_owned())
                .map_err(|_| Fault::new(Reason::UnknownZone, cell))
        });
    }

    fn circumstances(&mut self, changes: &mut Changes) {
        changes.meeting_mode = self.parsed(Column::Mode, choice::mode);
        changes.licence_stage = self.parsed(Column::Licence, choice::licence).map(Some);
    }

    fn enrolment(&mut self, roles: &[Role]) -> (Option<u16>, Option<NaiveDate>) {
        let today = self.reading.today;
        let capacity = self.parsed(Column::Capacity, number::capacity);
        let since = self.parsed(Column::WaitingSince, |cell| date::past_date(cell, today));
        if let (Some(places), false) = (capacity, roles.contains(&Role::Mentor))
            && !roles.is_empty()
        {
            self.fault(
                Column::Capacity,
                Fault::new(Reason::NotForThisRole, &places.to_string()),
            );
        }
        if let (Some(day), false) = (since, roles.contains(&Role::Mentee))
            && !roles.is_empty()
        {
            let shown = format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
            self.fault(
                Column::WaitingSince,
                Fault::new(Reason::NotForThisRole, &shown),
            );
        }
        (capacity, since)
    }

    fn extra_cells(&mut self) {
        let extra: Vec<&str> = self
            .cells
            .iter()
            .skip(self.reading.header.titles.len())
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        if !extra.is_empty() {
            let fault = Fault::new(Reason::ExtraCells, &extra.join(" | "));
            self.findings.push(Finding::at(self.row, "", fault));
        }
    }
}

/// A cell without the apostrophe that keeps spreadsheets from running it, and without outer blanks.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}
