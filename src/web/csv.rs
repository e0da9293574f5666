//! CSV files for people to open in a spreadsheet: UTF-8 with a byte order mark, commas, CRLF, and no
//! cell that a spreadsheet would run as a formula.

use crate::kernel::Problem;

/// A CSV file in the making.
pub struct Csv(csv::Writer<Vec<u8>>);

impl Default for Csv {
    fn default() -> Self {
        Self::new()
    }
}

impl Csv {
    /// An empty file.
    pub fn new() -> Self {
        // Without the mark spreadsheets take UTF-8 for the local code page.
        let start = "\u{FEFF}".as_bytes().to_vec();
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(start);
        Self(writer)
    }

    /// Adds a row; every cell is [`harmless`].
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> Result<(), Problem> {
        for cell in cells {
            self.0
                .write_field(harmless(cell).as_ref())
                .map_err(Problem::internal)?;
        }
        self.0
            .write_record(None::<&[u8]>)
            .map_err(Problem::internal)
    }

    /// The file.
    pub fn finish(self) -> Result<Vec<u8>, Problem> {
        self.0
            .into_inner()
            .map_err(|error| Problem::internal(error.to_string()))
    }
}

/// A cell that no spreadsheet runs: an apostrophe goes before what begins like a formula (`=`, `+`,
/// `-`, `@`, their full-width twins, a tab or line break). Plain numbers, such as `-5` or a telephone
/// number, stay as they are. An import takes the apostrophe away again.
pub fn harmless(cell: &str) -> std::borrow::Cow<'_, str> {
    let begins = |text: &str| {
        text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'])
    };
    let runs = begins(cell) || begins(cell.trim_start());
    if runs && !is_number(cell) {
        format!("'{cell}").into()
    } else {
        cell.into()
    }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        && digits.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay_numbers() {
        for bad in [
            "=1+1",
            "+cmd|'/C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1",
            " =1",
            "＝1",
            "\r=1",
        ] {
            assert!(harmless(bad).starts_with('\''), "{bad:?}");
        }
        for good in [
            "-5",
            "+15145550101",
            "3,5",
            "Amina",
            "",
            "a=b",
            "O'Brien",
            "2026-01-01",
        ] {
            assert_eq!(harmless(good), good);
        }
    }

    #[test]
    fn a_file_has_its_mark_its_quotes_and_rows_of_any_length() {
        let mut csv = Csv::new();
        csv.row(["Name", "Note"]).unwrap();
        csv.row(["Zoé \"Zo\"", "a,b\nc", "=x"]).unwrap();
        let text = String::from_utf8(csv.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{FEFF}Name,Note\r\n\"Zoé \"\"Zo\"\"\",\"a,b\nc\",'=x\r\n"
        );
    }
}
