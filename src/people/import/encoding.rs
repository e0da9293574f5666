//! Which character set a text file is written in, and its text as a stream of UTF-8.
//!
//! Spreadsheet programs save "CSV" as UTF-8 with or without a byte order mark, as UTF-16, or in the
//! Windows code page of western Europe. Nobody who exports a list knows which; so the bytes tell.

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{self, Read, Seek, SeekFrom};

const CHUNK: usize = 64 * 1024;

/// The character set of a whole file, read once from its beginning in constant memory; the source
/// is rewound before and after.
///
/// A byte order mark decides. Without one, many NUL bytes mean UTF-16; valid UTF-8 is UTF-8; and a
/// file with more than one broken byte in ten accented characters is Windows-1252. A UTF-8 file with
/// a few broken bytes stays UTF-8, and the broken cells are reported.
///
/// # Errors
/// Those of the source.
pub fn detect(source: &mut (impl Read + Seek)) -> io::Result<&'static Encoding> {
    source.seek(SeekFrom::Start(0))?;
    let mut tally = Tally::default();
    let mut buffer = vec![0; CHUNK];
    let mut first = true;
    let mut carry = 0;
    loop {
        let read = fill(source, buffer.get_mut(carry..).unwrap_or_default())?;
        let have = buffer.get(..carry + read).unwrap_or_default();
        if first {
            if let Some(known) = by_mark(have).or_else(|| by_zeros(have)) {
                source.seek(SeekFrom::Start(0))?;
                return Ok(known);
            }
            first = false;
        }
        let used = tally.take(have, read == 0);
        let length = have.len();
        buffer.copy_within(used..length, 0);
        carry = length - used;
        if read == 0 {
            break;
        }
    }
    source.seek(SeekFrom::Start(0))?;
    Ok(tally.verdict())
}

fn by_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_bom(bytes).map(|(encoding, _)| encoding)
}

/// Text in Latin letters as UTF-16 has a NUL in every other byte.
fn by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut even, mut odd) = (0_usize, 0_usize);
    for pair in bytes.chunks_exact(2) {
        if let [first, second] = pair {
            even += usize::from(*first == 0);
            odd += usize::from(*second == 0);
        }
    }
    let quarter = bytes.len() / 8;
    match (even > quarter, odd > quarter) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut total = 0;
    while let Some(rest) = buffer.get_mut(total..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(n) => total += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(total)
}

/// How much of the text is proper UTF-8 beyond ASCII, and how much is broken.
#[derive(Default)]
struct Tally {
    accented: usize,
    broken: usize,
}

impl Tally {
    /// Counts, and says how many bytes were used; at most three are left for the next call.
    fn take(&mut self, mut bytes: &[u8], last: bool) -> usize {
        let length = bytes.len();
        loop {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.accented += text.chars().filter(|c| !c.is_ascii()).count();
                    return length;
                }
                Err(e) => {
                    let (good, rest) = bytes.split_at(e.valid_up_to());
                    self.accented += std::str::from_utf8(good)
                        .map(|text| text.chars().filter(|c| !c.is_ascii()).count())
                        .unwrap_or_default();
                    match e.error_len() {
                        None if !last => return length - rest.len(),
                        None => {
                            self.broken += 1;
                            return length;
                        }
                        Some(n) => {
                            self.broken += 1;
                            bytes = rest.get(n..).unwrap_or_default();
                        }
                    }
                }
            }
        }
    }

    fn verdict(&self) -> &'static Encoding {
        if self.broken == 0 || self.accented > 10 * self.broken {
            UTF_8
        } else {
            WINDOWS_1252
        }
    }
}

/// A source's text as UTF-8, without its byte order mark, and always ending in a line feed.
pub struct Utf8<R> {
    source: R,
    decoder: Decoder,
    input: Vec<u8>,
    /// The part of `input` that is not decoded yet.
    pending: std::ops::Range<usize>,
    ended: bool,
    finished: bool,
    last: u8,
    /// Decoded bytes that did not fit the caller's buffer.
    spill: Vec<u8>,
    spilled: usize,
}

impl<R: Read> Utf8<R> {
    /// Decodes `source` from where it stands.
    pub fn new(source: R, encoding: &'static Encoding) -> Self {
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            input: vec![0; 8 * 1024],
            pending: 0..0,
            ended: false,
            finished: false,
            last: b'\n',
            spill: Vec::new(),
            spilled: 0,
        }
    }

    /// Decodes the next piece into the spill buffer; an empty one means the end.
    fn decode(&mut self) -> io::Result<()> {
        self.spill.resize(32 * 1024, 0);
        self.spilled = 0;
        let mut written_total = 0;
        while written_total == 0 && !self.finished {
            if self.pending.is_empty() && !self.ended {
                let n = fill(&mut self.source, &mut self.input)?;
                self.pending = 0..n;
                self.ended = n == 0;
            }
            let source = self.input.get(self.pending.clone()).unwrap_or_default();
            let (result, read, written, _) =
                self.decoder
                    .decode_to_utf8(source, &mut self.spill, self.ended);
            self.pending.start += read;
            written_total = written;
            self.finished = self.ended && result == CoderResult::InputEmpty;
        }
        self.spill.truncate(written_total);
        Ok(())
    }
}

impl<R: Read> Read for Utf8<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.spilled >= self.spill.len() {
            self.spill.clear();
            if !self.finished {
                self.decode()?;
            }
            if self.spill.is_empty() {
                if self.last == b'\n' {
                    return Ok(0);
                }
                self.spill.push(b'\n');
            }
            self.spilled = 0;
        }
        let ready = self.spill.get(self.spilled..).unwrap_or_default();
        let n = ready.len().min(out.len());
        for (to, from) in out.iter_mut().zip(ready) {
            *to = *from;
        }
        if let Some(last) = n.checked_sub(1).and_then(|i| ready.get(i)) {
            self.last = *last;
        }
        self.spilled += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn decoded(bytes: &[u8]) -> String {
        let mut source = Cursor::new(bytes);
        let encoding = detect(&mut source).unwrap();
        let mut out = String::new();
        Utf8::new(source, encoding)
            .read_to_string(&mut out)
            .unwrap();
        out
    }

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn the_same_text_is_read_from_every_character_set() {
        let text = "Prénom;Ville\nZoé;Trois-Rivières\n";
        assert_eq!(decoded(text.as_bytes()), text);
        assert_eq!(decoded(&[b"\xEF\xBB\xBF", text.as_bytes()].concat()), text);
        assert_eq!(
            decoded(&utf16(&format!("\u{FEFF}{text}"), u16::to_le_bytes)),
            text
        );
        assert_eq!(
            decoded(&utf16(&format!("\u{FEFF}{text}"), u16::to_be_bytes)),
            text
        );
        assert_eq!(decoded(&utf16(text, u16::to_le_bytes)), text);
        assert_eq!(decoded(&utf16(text, u16::to_be_bytes)), text);
        assert_eq!(decoded(&WINDOWS_1252.encode(text).0), text);
    }

    #[test]
    fn a_broken_byte_late_in_a_long_file_still_tells_windows_1252() {
        let mut bytes = vec![b'a'; 300_000];
        bytes.extend_from_slice(b"caf\xE9\n");
        assert!(decoded(&bytes).ends_with("café\n"));
    }

    #[test]
    fn one_broken_byte_among_many_accents_does_not_garble_the_rest() {
        let text = "é".repeat(100);
        let out = decoded(&[text.as_bytes(), b"\xE9 x\n"].concat());
        assert!(out.starts_with(&text) && out.contains('\u{FFFD}'));
    }

    #[test]
    fn a_character_cut_by_the_chunk_is_not_broken() {
        let mut text = "a".repeat(CHUNK - 1);
        text.push_str("é\n");
        assert_eq!(decoded(text.as_bytes()), text);
    }

    #[test]
    fn a_missing_line_end_is_added_once() {
        assert_eq!(decoded(b"a"), "a\n");
        assert_eq!(decoded(b"a\n"), "a\n");
        assert_eq!(decoded(b""), "");
    }
}
