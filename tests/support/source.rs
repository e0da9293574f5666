//! The program's own source text, for tests that hold it to the rules of the house.

use std::path::{Path, PathBuf};

/// A source file.
pub struct Source {
    /// Its path below `src/`, with slashes.
    pub path: String,
    /// Its code; comments are blanked out, and strings too.
    pub code: String,
    /// Its string literals with the line on which each begins, and the code of that line.
    pub strings: Vec<(usize, String)>,
    /// Lines up to its test module.
    pub lines: usize,
}

impl Source {
    /// The room: the first folder, or the file's own name at the top.
    pub fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap()
    }

    /// The file's own name.
    pub fn file(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    /// Whether it holds nothing but tests.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/")
            || self.file() == "tests.rs"
            || self.file().ends_with("_tests.rs")
    }

    /// The text of line `number` without comments and strings.
    pub fn line(&self, number: usize) -> &str {
        self.code.lines().nth(number - 1).unwrap_or("")
    }
}

/// Every Rust file under `src/`.
pub fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found: Vec<Source> = files(&root, "rs")
        .into_iter()
        .map(|path| read(&root, &path))
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(found.len() > 50, "the source was not found");
    found
}

/// Every file below `folder` whose name ends with `.kind`.
pub fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, kind));
        } else if path.extension().is_some_and(|e| e == kind) {
            found.push(path);
        }
    }
    found
}

fn read(root: &Path, path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let relative = path
        .strip_prefix(root)
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/");
    let (code, strings) = split(&text);
    let lines = text
        .lines()
        .take_while(|l| !l.starts_with("#[cfg(test)]"))
        .count();
    Source {
        path: relative,
        code,
        strings,
        lines,
    }
}

/// Code without comments and strings, and the strings.
fn split(text: &str) -> (String, Vec<(usize, String)>) {
    let characters: Vec<char> = text.chars().collect();
    let (mut code, mut strings) = (String::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    let starts = |at: usize, what: &str| {
        what.chars()
            .enumerate()
            .all(|(i, c)| characters.get(at + i) == Some(&c))
    };
    while at < characters.len() {
        let c = characters[at];
        if starts(at, "//") {
            while at < characters.len() && characters[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            while at < characters.len() && !starts(at, "*/") {
                if characters[at] == '\n' {
                    line += 1;
                    code.push('\n');
                }
                at += 1;
            }
            at += 2;
        } else if c == '"' || raw_string(&characters, at).is_some() {
            let hashes = raw_string(&characters, at);
            let begin = line;
            at += hashes.map_or(1, |n| n + 2);
            let end: String = std::iter::once('"')
                .chain("#".repeat(hashes.unwrap_or(0)).chars())
                .collect();
            let mut literal = String::new();
            while at < characters.len() && !starts(at, &end) {
                if hashes.is_none() && characters[at] == '\\' {
                    at += 1;
                    // A backslash at the end of a line joins it to the next.
                    if characters[at] == '\n' {
                        line += 1;
                        code.push('\n');
                        at += 1;
                        while characters[at].is_whitespace() {
                            at += 1;
                        }
                        continue;
                    }
                }
                if characters[at] == '\n' {
                    line += 1;
                    code.push('\n');
                }
                literal.push(characters[at]);
                at += 1;
            }
            at += end.len();
            code.push_str("\"\"");
            strings.push((begin, literal));
        } else if c == '\''
            && (characters.get(at + 2) == Some(&'\'') || characters.get(at + 1) == Some(&'\\'))
        {
            at += 2;
            while characters[at] != '\''
                || (characters[at - 1] == '\\' && characters[at - 2] != '\\')
            {
                at += 1;
            }
            at += 1;
            code.push_str("' '");
        } else {
            if c == '\n' {
                line += 1;
            }
            code.push(c);
            at += 1;
        }
    }
    (code, strings)
}

/// The number of hashes of a raw string that begins here.
fn raw_string(characters: &[char], at: usize) -> Option<usize> {
    let before = at.checked_sub(1).map_or(' ', |i| characters[i]);
    if characters[at] != 'r' || before.is_alphanumeric() || before == '_' {
        return None;
    }
    let hashes = characters[at + 1..]
        .iter()
        .take_while(|c| **c == '#')
        .count();
    (characters.get(at + 1 + hashes) == Some(&'"')).then_some(hashes)
}

#[test]
fn strings_and_comments_are_told_from_code() {
    let (code, strings) = split(
        "let a = \"x // y\"; // \"no\"\nlet b = r#\"q\"#; let c = '\"'; /* \"n\n */ d(\"two\");",
    );
    let texts: Vec<_> = strings
        .iter()
        .map(|(line, s)| (*line, s.as_str()))
        .collect();
    assert_eq!(texts, [(1, "x // y"), (2, "q"), (3, "two")]);
    assert!(code.contains("let c = ' ';") && !code.contains("no"));
}
