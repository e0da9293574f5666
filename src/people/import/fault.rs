//! What can be wrong with a file, a row or a cell: a stable code and the facts around it.
//!
//! No sentence stands here. A [`Reason`] has a code (`import-reason-<code>` in the message files)
//! and the facts that its sentence needs: the piece of the cell that is meant and, where it helps,
//! a hint (a limit, the readings of an ambiguous date, the row that came first).

use serde::Serialize;

use crate::people::model::contact::ContactFault;

/// Whether a finding keeps its row out, or is only shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The row cannot be stored.
    Error,
    /// The row is stored; someone should look.
    Warning,
}

macro_rules! reasons {
    ($($severity:ident { $($(#[$doc:meta])* $name:ident => $code:literal),+ $(,)? })+) => {
        /// Why something in the file cannot be taken as it stands.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
        pub enum Reason { $($($(#[$doc])* #[serde(rename = $code)] $name),+),+ }

        impl Reason {
            /// Every reason, for the test that each has its sentence.
            pub const ALL: &'static [Reason] = &[$($(Reason::$name),+),+];

            /// The stable code, the same in every language.
            pub const fn code(self) -> &'static str {
                match self { $($(Reason::$name => $code),+),+ }
            }

            /// Whether the row is kept out.
            pub const fn severity(self) -> Severity {
                match self { $($(Reason::$name => Severity::$severity),+),+ }
            }
        }
    };
}

reasons! {
    Error {
        /// A value that the row cannot do without is empty.
        Missing => "missing",
        /// Longer than the hint's number of characters.
        TooLong => "too-long",
        /// Bytes that are no text in the file's character set.
        Undecodable => "undecodable",
        /// `#REF!`, `#N/A` and their like: the spreadsheet had no value.
        SheetError => "sheet-error",
        /// More cells than headers: usually an unquoted separator.
        ExtraCells => "extra-cells",
        /// A role that is none of ours.
        UnknownRole => "unknown-role",
        /// `mentore` is a mentor to some and a mentee without its accent to others.
        AmbiguousRole => "ambiguous-role",
        /// Coordinators and administrators are never made by a spreadsheet.
        RoleNotImportable => "role-not-importable",
        /// No letter at all in a name.
        NotAName => "not-a-name",
        /// Not an e-mail address.
        NotAnEmail => "not-an-email",
        /// Several addresses in one cell.
        SeveralEmails => "several-emails",
        /// Not a telephone number.
        NotAPhone => "not-a-phone",
        /// The language of contact is English or French.
        ContactLanguage => "contact-language",
        /// No such province or territory.
        UnknownProvince => "unknown-province",
        /// No such time zone.
        UnknownZone => "unknown-zone",
        /// Five digits that are no unit group.
        UnknownOccupationCode => "unknown-occupation-code",
        /// Four digits: a code of an older classification.
        OldOccupationCode => "old-occupation-code",
        /// Not a number, or outside the hint's range.
        NotANumber => "not-a-number",
        OutOfRange => "out-of-range",
        /// A calendar year where a count of years is asked for.
        YearNotYears => "year-not-years",
        /// Not a stage of licensing.
        UnknownLicenceStage => "unknown-licence-stage",
        /// No such language.
        UnknownLanguage => "unknown-language",
        /// No such level.
        UnknownLevel => "unknown-level",
        /// The same language twice with different levels.
        LevelsDiffer => "levels-differ",
        /// Words in an availability that are neither day nor hour.
        NotAvailability => "not-availability",
        /// Hours without a day.
        HoursWithoutDay => "hours-without-day",
        /// A day without hours.
        DayWithoutHours => "day-without-hours",
        /// One hour without the other: from when, until when?
        HourAlone => "hour-alone",
        /// No such hour.
        NotAnHour => "not-an-hour",
        /// `9-5` without saying morning or evening.
        EndsBeforeStart => "ends-before-start",
        /// Too many windows in a week.
        TooManyWindows => "too-many-windows",
        /// Not a way of meeting.
        UnknownMode => "unknown-mode",
        /// Not a date.
        NotADate => "not-a-date",
        /// A date with two readings; the hint shows both.
        AmbiguousDate => "ambiguous-date",
        /// A date after today.
        FutureDate => "future-date",
        /// The same person stands higher up in the file; the hint is that row.
        DuplicateInFile => "duplicate-in-file",
        /// The person exists, was changed meanwhile or cannot be told apart.
        SeveralMatches => "several-matches",
        /// The person exists and is archived.
        Archived => "archived",
        /// The person exists and belongs to others.
        NotYours => "not-yours",
        /// Neither an address nor a telephone number: the person could not be recognised again.
        NoKey => "no-key",
        /// The record refuses it; the hint is the field.
        Invalid => "invalid",
    }
    Warning {
        /// A column that we do not know; its values are not read.
        UnknownColumn => "unknown-column",
        /// One name cell: first word taken as the given name.
        NameSplit => "name-split",
        /// A place that is not in the list of places: kept as written.
        UnknownCity => "unknown-city",
        /// A place name that exists in several provinces.
        AmbiguousCity => "ambiguous-city",
        /// The city lies in another province than the one given.
        CityElsewhere => "city-elsewhere",
        /// Own words that no official title resembles enough: a person should choose.
        OccupationDoubtful => "occupation-doubtful",
        /// Own words that resemble no official title.
        OccupationUncoded => "occupation-uncoded",
        /// A topic of the person's own, outside the list.
        OwnTopic => "own-topic",
        /// No place that tells a time zone: the hint was taken.
        ZoneAssumed => "zone-assumed",
        /// A value for the other role only.
        NotForThisRole => "not-for-this-role",
    }
}

/// Something wrong with a piece of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub reason: Reason,
    /// The piece of the cell that is meant, at most [`SHOWN`] characters of it.
    pub part: String,
    /// A language-neutral fact for the sentence: a limit, two dates, a row.
    pub hint: String,
}

impl From<ContactFault> for Reason {
    fn from(fault: ContactFault) -> Self {
        match fault {
            ContactFault::NotAName => Reason::NotAName,
            ContactFault::TooLong => Reason::TooLong,
            ContactFault::NotAnEmail => Reason::NotAnEmail,
            ContactFault::SeveralEmails => Reason::SeveralEmails,
            ContactFault::NotAPhone => Reason::NotAPhone,
        }
    }
}

/// How many characters of a value are repeated in a finding.
pub const SHOWN: usize = 120;

impl Fault {
    /// A fault about `part` of a cell.
    pub fn new(reason: Reason, part: &str) -> Self {
        Self {
            reason,
            part: shown(part),
            hint: String::new(),
        }
    }

    /// The same with a fact for its sentence.
    pub fn hint(mut self, hint: impl std::fmt::Display) -> Self {
        self.hint = shown(&hint.to_string());
        self
    }
}

/// The beginning of a value, short enough to repeat.
pub fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(SHOWN).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// What a parser read from a cell, together with what it could not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read<T> {
    pub value: T,
    pub faults: Vec<Fault>,
}

impl<T> Read<T> {
    /// Read without a fault.
    pub fn clean(value: T) -> Self {
        Self {
            value,
            faults: Vec::new(),
        }
    }
}

/// A fault with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Row as a spreadsheet numbers it, the first row being 1.
    pub row: u64,
    /// The column's header as it stands in the file; empty when the whole row is meant.
    pub column: String,
    /// The value, or the piece of it, that is meant.
    pub value: String,
    pub severity: Severity,
    pub reason: Reason,
    /// A fact for the sentence.
    pub hint: String,
}

impl Finding {
    /// Puts a fault in its place.
    pub fn at(row: u64, column: &str, fault: Fault) -> Self {
        Self {
            row,
            column: shown(column),
            value: fault.part,
            severity: fault.reason.severity(),
            reason: fault.reason,
            hint: fault.hint,
        }
    }

    /// Whether the row is kept out by this.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
