//! The first sheet of an `.xlsx` workbook that has a value, row by row.
//!
//! A workbook is a packed archive, and a small one can unpack to gigabytes. Before anything is kept
//! in memory every part is unpacked once to nowhere and counted.

use super::sheet::{Flow, MAX_COLUMNS, Unreadable};
use calamine::{DataRef, Reader, Xlsx};
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most bytes that the parts which are kept in memory (texts, styles) unpack to.
const MAX_KEPT: u64 = 64 * 1024 * 1024;
/// Most bytes that the whole workbook unpacks to.
const MAX_UNPACKED: u64 = 512 * 1024 * 1024;
/// Most bytes of a sheet between two tags, or in one: a cell's text. The reader holds it whole.
const MAX_RUN: usize = 1024 * 1024;
/// Most parts in the archive.
const MAX_PARTS: usize = 2_000;

/// Calls `take` with each row's number (the first is 1) and cells.
///
/// # Errors
/// [`Unreadable`].
pub fn rows(
    source: &mut (impl Read + Seek),
    take: &mut dyn FnMut(u64, &[String]) -> Flow,
) -> Result<(), Unreadable> {
    check_size(source)?;
    source.seek(SeekFrom::Start(0))?;
    // The workbook reader is not ours; whatever a hostile file does to it ends here.
    catch_unwind(AssertUnwindSafe(|| read_sheet(source, take)))
        .unwrap_or(Err(Unreadable::BadWorkbook))
}

fn check_size(source: &mut (impl Read + Seek)) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(&mut *source).map_err(|_| Unreadable::BadWorkbook)?;
    if archive.len() > MAX_PARTS {
        return Err(Unreadable::TooLarge);
    }
    let (mut kept, mut all) = (0_u64, 0_u64);
    for index in 0..archive.len() {
        let part = archive
            .by_index(index)
            .map_err(|_| Unreadable::BadWorkbook)?;
        let is_sheet = part
            .name()
            .map_err(|_| Unreadable::BadWorkbook)?
            .to_ascii_lowercase()
            .contains("worksheets/");
        let left = MAX_UNPACKED.saturating_sub(all).saturating_add(1);
        let mut runs = Runs::default();
        let bytes =
            io::copy(&mut part.take(left), &mut runs).map_err(|_| Unreadable::BadWorkbook)?;
        if is_sheet && runs.longest > MAX_RUN {
            return Err(Unreadable::TooLarge);
        }
        all += bytes;
        if !is_sheet {
            kept += bytes;
        }
        if all > MAX_UNPACKED || kept > MAX_KEPT {
            return Err(Unreadable::TooLarge);
        }
    }
    Ok(())
}

/// Where an unpacked part goes: nowhere, but the longest run of bytes without the beginning of a tag is measured.
#[derive(Debug, Default)]
struct Runs {
    run: usize,
    longest: usize,
}

impl io::Write for Runs {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for (n, piece) in bytes.split(|byte| *byte == b'<').enumerate() {
            if n > 0 {
                self.run = 0;
            }
            self.run += piece.len();
            self.longest = self.longest.max(self.run);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn read_sheet(
    source: &mut (impl Read + Seek),
    take: &mut dyn FnMut(u64, &[String]) -> Flow,
) -> Result<(), Unreadable> {
    let mut book = Xlsx::new(source).map_err(|_| Unreadable::BadWorkbook)?;
    for name in book.sheet_names() {
        if read_cells(&mut book, &name, take)? {
            return Ok(());
        }
    }
    Err(Unreadable::Empty)
}

/// Whether the sheet had a value.
fn read_cells<RS: Read + Seek>(
    book: &mut Xlsx<RS>,
    name: &str,
    take: &mut dyn FnMut(u64, &[String]) -> Flow,
) -> Result<bool, Unreadable> {
    let Ok(mut reader) = book.worksheet_cells_reader(name) else {
        // A chart sheet has no cells.
        return Ok(false);
    };
    let mut cells: Vec<String> = Vec::new();
    let mut current = None;
    let mut any = false;
    loop {
        let cell = reader.next_cell().map_err(|_| Unreadable::BadWorkbook)?;
        let Some(cell) = cell else { break };
        let (row, column) = cell.get_position();
        if current != Some(row) {
            if let Some(done) = current
                && take(u64::from(done) + 1, &cells) == Flow::Stop
            {
                return Ok(true);
            }
            cells.clear();
            current = Some(row);
        }
        let text = text_of(cell.get_value());
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if text.is_empty() || column >= MAX_COLUMNS {
            continue;
        }
        any = true;
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        if let Some(slot) = cells.get_mut(column) {
            *slot = text;
        }
    }
    if let Some(done) = current {
        take(u64::from(done) + 1, &cells);
    }
    Ok(any)
}

/// A cell as one would type it: dates as `2026-03-04`, whole numbers without a fraction.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::Int(number) => number.to_string(),
        // Telephone numbers and codes are stored as floating point: `{}` writes 5145550101 as such.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(when) if when.is_duration() => when.as_f64().to_string(),
        DataRef::DateTime(when) => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        DataRef::Error(error) => error.to_string(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::SimpleFileOptions;

    /// A workbook with one sheet made of the given rows of XML cells.
    pub fn workbook(rows: &str) -> Vec<u8> {
        archive(&[
            (
                "[Content_Types].xml",
                "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
            ),
            (
                "_rels/.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
            ),
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"People\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
            ),
            (
                "xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>",
            ),
            (
                "xl/styles.xml",
                "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
            ),
            (
                "xl/worksheets/sheet1.xml",
                &format!(
                    "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
                ),
            ),
        ])
    }

    fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: &[u8]) -> Result<Vec<(u64, Vec<String>)>, Unreadable> {
        let mut out = Vec::new();
        rows(&mut Cursor::new(bytes), &mut |row, cells| {
            out.push((row, cells.to_vec()));
            Flow::Continue
        })?;
        Ok(out)
    }

    #[test]
    fn texts_numbers_and_dates_are_read_as_one_would_type_them() {
        let book = workbook(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Courriel</t></is></c></row>\
             <row r=\"3\"><c r=\"B3\"><v>5145550101</v></c><c r=\"D3\" s=\"1\"><v>46085</v></c></row>",
        );
        let rows = read(&book).unwrap();
        assert_eq!(rows[0], (1, vec!["Courriel".to_string()]));
        assert_eq!(rows[1].0, 3);
        assert_eq!(rows[1].1, ["", "5145550101", "", "2026-03-04"]);
    }

    #[test]
    fn a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_kept() {
        let text = "a".repeat(70 * 1024 * 1024);
        let bomb = archive(&[
            ("xl/workbook.xml", "<workbook/>"),
            ("xl/sharedStrings.xml", &text),
        ]);
        assert!(bomb.len() < 1024 * 1024);
        assert!(matches!(read(&bomb), Err(Unreadable::TooLarge)));
    }

    #[test]
    fn a_cell_of_many_megabytes_is_refused_before_the_reader_holds_it() {
        let text = "a".repeat(MAX_RUN + 1);
        let huge =
            format!("<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>{text}</t></is></c></row>");
        let book = workbook(&huge);
        assert!(matches!(read(&book), Err(Unreadable::TooLarge)));
    }
}
