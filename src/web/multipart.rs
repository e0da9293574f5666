//! The file in a `multipart/form-data` body (RFC 7578), as a browser's form sends it. Only one file is
//! asked for anywhere, and the whole body is bounded and in memory before this is called.

/// A file of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart<'a> {
    /// The name on the sender's machine, without a path.
    pub name: Option<String>,
    pub bytes: &'a [u8],
}

/// The boundary in a Content-Type, when it is `multipart/form-data`.
pub fn boundary(content_type: &str) -> Option<String> {
    let mut parts = content_type.split(';');
    if !parts
        .next()?
        .trim()
        .eq_ignore_ascii_case("multipart/form-data")
    {
        return None;
    }
    let value = parts.find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case("boundary").then_some(value)
    })?;
    let value = value.trim().trim_matches('"');
    (1..=70).contains(&value.len()).then(|| value.to_owned())
}

/// The first part that is a file, or is named `file`; `None` when there is none or the body is cut.
pub fn file<'a>(body: &'a [u8], boundary: &str) -> Option<FilePart<'a>> {
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(delimiter.as_bytes().get(2..)?)?;
    loop {
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(rest.get(..head_end)?).into_owned();
        let content = rest.get(head_end + 4..)?;
        let end = find(content, delimiter.as_bytes())?;
        let bytes = content.get(..end)?;
        let disposition = head
            .lines()
            .find(|line| {
                line.to_ascii_lowercase()
                    .starts_with("content-disposition:")
            })
            .unwrap_or_default();
        let name = parameter(disposition, "filename").map(|name| file_name(&name));
        if name.is_some() || parameter(disposition, "name").as_deref() == Some("file") {
            return Some(FilePart { name, bytes });
        }
        rest = content.get(end + delimiter.len()..)?;
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn parameter(header: &str, wanted: &str) -> Option<String> {
    header.split(';').find_map(|part| {
        let (name, value) = part.trim().split_once('=')?;
        name.eq_ignore_ascii_case(wanted)
            .then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// The last part of a path, of either kind of system.
pub fn file_name(path: &str) -> String {
    path.rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = b"--XX\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--XX\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"C:\\\\lists\\\\people.csv\"\r\nContent-Type: text/csv\r\n\r\nEmail,Name\r\na@b.ca,--X\r\n--XX--\r\n";

    #[test]
    fn the_file_is_found_among_other_parts() {
        let boundary = boundary("Multipart/Form-Data; charset=utf-8; boundary=\"XX\"").unwrap();
        let part = file(BODY, &boundary).unwrap();
        assert_eq!(part.name.as_deref(), Some("people.csv"));
        assert_eq!(part.bytes, b"Email,Name\r\na@b.ca,--X");
    }

    #[test]
    fn what_is_cut_or_no_form_has_no_file() {
        assert_eq!(boundary("text/csv"), None);
        assert_eq!(file(BODY, "YY"), None);
        for end in 0..BODY.len() - 12 {
            assert_eq!(file(&BODY[..end], "XX"), None, "{end}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = file(&body, "X");
            let _ = file(&[b"--X\r\n", body.as_slice()].concat(), "X");
        }
    }
}
