//! A file as rows of cells: delimited text or an `.xlsx` workbook, in constant memory.
//!
//! [`read`] calls its visitor first with the header and then with each row that is not blank. Row
//! numbers are those that a spreadsheet shows. Nothing a file contains can make this use more than
//! a few megabytes: a cell, a row, the number of columns and what a workbook unpacks to are bounded.

use super::columns::Header;
use super::encoding::{Utf8, detect};
use super::xlsx;
use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Most bytes of one row of text. A quote that is never closed would otherwise swallow the file.
pub const MAX_ROW_BYTES: usize = 256 * 1024;
/// Most columns that are looked at.
pub const MAX_COLUMNS: usize = 256;
/// Most rows of a file.
pub const MAX_ROWS: u64 = 200_000;
/// The header stands in one of the first rows; titles and notes may stand above it.
const HEADER_WITHIN: usize = 10;
const SAMPLE: usize = 64 * 1024;

/// Why a file cannot be read at all.
#[derive(Debug)]
pub enum Unreadable {
    /// Nothing in it.
    Empty,
    /// No row in the first ten names two columns that we know.
    NoHeader,
    /// A workbook that is broken, encrypted or no `.xlsx`.
    BadWorkbook,
    /// An older or other spreadsheet format (`.xls`, `.ods`) or something else that is no text.
    UnsupportedFormat,
    /// The row (a spreadsheet's number) is longer than [`MAX_ROW_BYTES`]: an open quote, probably.
    RowTooLong(u64),
    /// More than [`MAX_ROWS`] rows, or a workbook that unpacks to more than its bound.
    TooLarge,
    /// The source failed.
    Io(io::Error),
}

impl Unreadable {
    /// The stable code: `import-file-<code>` in the message files.
    pub const fn code(&self) -> &'static str {
        match self {
            Unreadable::Empty => "empty",
            Unreadable::NoHeader => "no-header",
            Unreadable::BadWorkbook => "bad-workbook",
            Unreadable::UnsupportedFormat => "unsupported-format",
            Unreadable::RowTooLong(_) => "row-too-long",
            Unreadable::TooLarge => "too-large",
            Unreadable::Io(_) => "unreadable",
        }
    }
}

impl From<io::Error> for Unreadable {
    fn from(e: io::Error) -> Self {
        Unreadable::Io(e)
    }
}

/// What the visitor is called with.
pub enum Visit<'a> {
    Header(&'a Header),
    Row { row: u64, cells: &'a [String] },
}

/// Whether the visitor wants more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Continue,
    Stop,
}

/// Reads the whole file from its beginning; `visit` sees the header, then every row with a value.
///
/// # Errors
/// [`Unreadable`]; rows before the fault were visited.
pub fn read(
    source: &mut (impl Read + Seek),
    visit: &mut dyn FnMut(Visit<'_>) -> Flow,
) -> Result<(), Unreadable> {
    source.seek(SeekFrom::Start(0))?;
    let mut magic = [0_u8; 8];
    let mut length = 0;
    while let Some(rest) = magic.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match source.read(rest)? {
            0 => break,
            n => length += n,
        }
    }
    source.seek(SeekFrom::Start(0))?;
    let mut finder = HeaderFinder::new(visit);
    match magic.get(..length).unwrap_or_default() {
        [] => return Err(Unreadable::Empty),
        [b'P', b'K', 3, 4, ..] => xlsx::rows(source, &mut |row, cells| finder.take(row, cells))?,
        [0xD0, 0xCF, 0x11, 0xE0, ..] | [b'%', b'P', b'D', b'F', ..] | [0x1F, 0x8B, ..] => {
            return Err(Unreadable::UnsupportedFormat);
        }
        _ => text_rows(source, &mut finder)?,
    }
    finder.finish()
}

/// Passes rows on once the header is found.
struct HeaderFinder<'v> {
    visit: &'v mut dyn FnMut(Visit<'_>) -> Flow,
    found: bool,
    looked_at: usize,
    rows: u64,
    fault: Option<Unreadable>,
}

impl<'v> HeaderFinder<'v> {
    fn new(visit: &'v mut dyn FnMut(Visit<'_>) -> Flow) -> Self {
        Self {
            visit,
            found: false,
            looked_at: 0,
            rows: 0,
            fault: None,
        }
    }

    fn take(&mut self, row: u64, cells: &[String]) -> Flow {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Flow::Continue;
        }
        if self.found {
            self.rows += 1;
            if self.rows > MAX_ROWS {
                self.fault = Some(Unreadable::TooLarge);
                return Flow::Stop;
            }
            return (self.visit)(Visit::Row { row, cells });
        }
        let header = Header::of(row, cells);
        if header.score() >= 2 {
            self.found = true;
            return (self.visit)(Visit::Header(&header));
        }
        self.looked_at += 1;
        if self.looked_at >= HEADER_WITHIN {
            Flow::Stop
        } else {
            Flow::Continue
        }
    }

    fn finish(self) -> Result<(), Unreadable> {
        match self.fault {
            Some(fault) => Err(fault),
            None if self.found => Ok(()),
            None if self.looked_at == 0 => Err(Unreadable::Empty),
            None => Err(Unreadable::NoHeader),
        }
    }
}

// ------------------------------------------------------------------------------- delimited text

fn text_rows(
    source: &mut (impl Read + Seek),
    finder: &mut HeaderFinder<'_>,
) -> Result<(), Unreadable> {
    let encoding = detect(source)?;
    let sample = sample(source, encoding)?;
    if sample.contains('\0') {
        return Err(Unreadable::UnsupportedFormat);
    }
    let delimiter = delimiter_of(&sample);
    source.seek(SeekFrom::Start(0))?;
    let budget = Rc::new(Cell::new(MAX_ROW_BYTES));
    let bounded = Bounded {
        inner: Utf8::new(source, encoding),
        left: Rc::clone(&budget),
    };
    let mut reader = csv_reader(delimiter, bounded);
    let mut record = csv::StringRecord::new();
    let mut cells: Vec<String> = Vec::new();
    let mut row = 0;
    loop {
        budget.set(MAX_ROW_BYTES);
        let before = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(_) if budget.get() == 0 => return Err(Unreadable::RowTooLong(row + 1)),
            Err(e) => return Err(Unreadable::Io(io::Error::other(e))),
        }
        let lines = reader.position().line().saturating_sub(before);
        row += 1 + blank_lines_before(&record, lines);
        cells.clear();
        cells.extend(record.iter().take(MAX_COLUMNS).map(String::from));
        if finder.take(row, &cells) == Flow::Stop {
            return Ok(());
        }
    }
}

/// The csv reader skips blank lines, which a spreadsheet counts as rows.
fn blank_lines_before(record: &csv::StringRecord, lines: u64) -> u64 {
    let inside: usize = record.iter().map(|cell| cell.matches('\n').count()).sum();
    lines.saturating_sub(1 + u64::try_from(inside).unwrap_or(u64::MAX))
}

fn csv_reader<R: Read>(delimiter: u8, source: R) -> csv::Reader<R> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(source)
}

fn sample(
    source: &mut (impl Read + Seek),
    encoding: &'static encoding_rs::Encoding,
) -> Result<String, Unreadable> {
    source.seek(SeekFrom::Start(0))?;
    let limit = u64::try_from(SAMPLE).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    Utf8::new(source, encoding)
        .take(limit)
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The separator under which one of the first rows names most of our columns; at equal counts the
/// one that makes most cells, then the comma.
fn delimiter_of(sample: &str) -> u8 {
    let score = |delimiter: u8| {
        csv_reader(delimiter, sample.as_bytes())
            .records()
            .flatten()
            .take(HEADER_WITHIN)
            .map(|record| {
                let cells: Vec<String> =
                    record.iter().take(MAX_COLUMNS).map(String::from).collect();
                (Header::of(0, &cells).score(), cells.len())
            })
            .max()
            .unwrap_or_default()
    };
    let mut best = (b',', score(b','));
    for delimiter in [b';', b'\t'] {
        let scored = score(delimiter);
        if scored > best.1 {
            best = (delimiter, scored);
        }
    }
    best.0
}

/// A source that fails when a row asks for more than its share.
struct Bounded<R> {
    inner: R,
    left: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let allowed = out.len().min(self.left.get());
        if allowed == 0 && !out.is_empty() {
            return Err(io::Error::other("a row is too long"));
        }
        let n = self
            .inner
            .read(out.get_mut(..allowed).unwrap_or_default())?;
        self.left.set(self.left.get().saturating_sub(n));
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// The rows with their numbers.
    fn table(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Unreadable> {
        let mut rows = Vec::new();
        read(&mut Cursor::new(bytes), &mut |visit| {
            if let Visit::Row { row, cells } = visit {
                rows.push((row, cells.to_vec()));
            }
            Flow::Continue
        })?;
        Ok(rows)
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(
            head in proptest::sample::select(vec![
                &b"Email,Name\n"[..], b"Email;Name\n", b"PK\x03\x04", b"\xFF\xFEE\0m\0", b"\xFE\xFF", b"",
            ]),
            rest in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
        ) {
            let _ = table(&[head, rest.as_slice()].concat());
        }
    }

    #[test]
    fn comma_semicolon_and_tab_are_told_apart() {
        for (text, cells) in [
            (
                "Email,Given name,Notes\na@b.ca,Zoé,x;y\n",
                ["a@b.ca", "Zoé", "x;y"],
            ),
            (
                "Courriel;Prénom;Langues\na@b.ca;Zoé;\"fr:C1; ar\"\n",
                ["a@b.ca", "Zoé", "fr:C1; ar"],
            ),
            (
                "Email\tFirst name\tCity, Province\na@b.ca\tZoé\tx,y\n",
                ["a@b.ca", "Zoé", "x,y"],
            ),
        ] {
            assert_eq!(
                table(text.as_bytes()).unwrap(),
                [(2, cells.map(String::from).to_vec())]
            );
        }
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
        let text = "List of 2026\n\nEmail,Name\n\n\"a@b.ca\",\"Amina\nDiallo\"\n,\nc@d.ca,Zoé";
        let rows = table(text.as_bytes()).unwrap();
        let numbers: Vec<u64> = rows.iter().map(|(row, _)| *row).collect();
        assert_eq!(numbers, [5, 7]);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_refused_in_bounded_memory() {
        let mut text = String::from("Email,Name\na@b.ca,\"Amina\n");
        text.push_str(&"x,y\n".repeat(200_000));
        assert!(matches!(
            table(text.as_bytes()),
            Err(Unreadable::RowTooLong(2))
        ));
    }

    #[test]
    fn what_is_no_table_is_refused_with_its_reason() {
        assert!(matches!(table(b""), Err(Unreadable::Empty)));
        assert!(matches!(table(b"\n\n  \n"), Err(Unreadable::Empty)));
        assert!(matches!(
            table(b"hello\nworld\n"),
            Err(Unreadable::NoHeader)
        ));
        assert!(matches!(
            table(b"\xD0\xCF\x11\xE0rest"),
            Err(Unreadable::UnsupportedFormat)
        ));
        assert!(matches!(
            table(b"PK\x03\x04 not a workbook"),
            Err(Unreadable::BadWorkbook)
        ));
    }
}
