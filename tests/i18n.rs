//! Both languages say the same: every key that the program uses exists in English and French with the same
//! arguments, and none is left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::support::source::{self, Source};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// What a message consists of: for its value and each attribute, the arguments.
type Message = BTreeMap<String, BTreeSet<String>>;

/// The messages of a language, by file and key.
fn messages(language: &str) -> BTreeMap<String, BTreeMap<String, Message>> {
    let folder = root().join("src/i18n").join(language);
    let mut all = BTreeMap::new();
    for path in source::files(&folder, "ftl") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        all.insert(name, read(&text));
    }
    assert!(!all.is_empty(), "no messages in {}", folder.display());
    all
}

fn read(text: &str) -> BTreeMap<String, Message> {
    let mut found: BTreeMap<String, Message> = BTreeMap::new();
    let (mut key, mut part) = (String::new(), String::new());
    for line in text.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let begins = line.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
        let attribute = line
            .trim_start()
            .strip_prefix('.')
            .and_then(|rest| rest.split_once('='));
        if begins && let Some((name, _)) = line.split_once('=') {
            key = name.trim().to_owned();
            part = String::new();
            assert!(
                found.insert(key.clone(), Message::new()).is_none(),
                "{key} stands twice"
            );
        } else if let Some((name, _)) = attribute.filter(|_| !begins) {
            part = format!(".{}", name.trim());
        }
        let arguments = found
            .entry(key.clone())
            .or_default()
            .entry(part.clone())
            .or_default();
        for (at, _) in line.match_indices('$') {
            let name = line[at + 1..]
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-');
            arguments.insert(name.collect());
        }
    }
    found
}

/// Messages whose arguments differ for a reason of grammar.
const OTHERWISE: [&str; 1] = [
    // French leaves the minutes of a whole hour out: "18 h".
    "meeting-clock",
];

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    let (english, french) = (messages("en"), messages("fr"));
    let mut wrong = Vec::new();
    let files: BTreeSet<_> = english.keys().chain(french.keys()).collect();
    for file in files {
        let empty = BTreeMap::new();
        let (en, fr) = (
            english.get(file).unwrap_or(&empty),
            french.get(file).unwrap_or(&empty),
        );
        for key in en.keys().chain(fr.keys()).collect::<BTreeSet<_>>() {
            match (en.get(key), fr.get(key)) {
                (Some(a), Some(b)) if a == b || OTHERWISE.contains(&key.as_str()) => {}
                (Some(a), Some(b)) => wrong.push(format!(
                    "{file}: {key} differs: {a:?} in English, {b:?} in French"
                )),
                (None, _) => wrong.push(format!("{file}: {key} is missing in English")),
                (_, None) => wrong.push(format!("{file}: {key} is missing in French")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_key_stands_in_two_files() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (file, keys) in messages("en") {
        for key in keys.into_keys() {
            if let Some(other) = seen.insert(key.clone(), file.clone()) {
                panic!("{key} stands in {other} and {file}");
            }
        }
    }
}

/// Everything that names a key: Rust, page templates, mail templates.
struct Uses {
    rust: Vec<Source>,
    /// Templates with their names.
    templates: Vec<(String, String)>,
}

impl Uses {
    fn read() -> Self {
        let mut paths = source::files(&root().join("src"), "html");
        for kind in ["html", "txt", "mjml"] {
            paths.extend(source::files(&root().join("email-templates"), kind));
        }
        let templates = paths.into_iter().map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        });
        Self {
            rust: source::all(),
            templates: templates.collect(),
        }
    }

    fn literals(&self) -> impl Iterator<Item = (&Source, usize, &str)> {
        self.rust.iter().flat_map(|file| {
            let strings = file.strings.iter();
            strings.map(move |(line, text)| (file, *line, text.as_str()))
        })
    }
}

/// The quoted words after `t(` in a template.
fn template_keys(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for (at, _) in text.match_indices("t(") {
        let before = text[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == '.' {
            continue;
        }
        let rest = &text[at + 2..];
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '\'' | '"')) else {
            continue;
        };
        let key: String = rest[1..].chars().take_while(|c| *c != quote).collect();
        // 'prefix-' ~ value: the key is put together.
        if !key.ends_with('-') {
            keys.push(key);
        }
    }
    keys
}

#[test]
fn every_message_that_a_template_asks_for_exists() {
    let known: BTreeSet<String> = messages("en")
        .into_values()
        .flat_map(BTreeMap::into_keys)
        .collect();
    let mut wrong = Vec::new();
    for (name, text) in Uses::read().templates {
        for key in template_keys(&text) {
            if !known.contains(&key) {
                wrong.push(format!("{name}: no message {key}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls whose literal is the code of a problem or of a field error: what stands before the literal.
const PROBLEM_CALLS: [&str; 4] = [
    "Problem::conflict(",
    "Problem::malformed(",
    "Unauthenticated { code: ",
    "Gone { code: ",
];

/// Literals that directly follow `call` in the code, for every file: (file, line, literal).
fn after<'a>(file: &'a Source, call: &str) -> Vec<(usize, &'a str)> {
    let squeezed: String = file.code.split_whitespace().collect::<Vec<_>>().join(" ");
    let squeezed = squeezed.replace("( ", "(");
    let mut found = Vec::new();
    // Literals are blanked to "" in the code, in order: the n-th "" is the n-th literal.
    for (at, _) in squeezed.match_indices(&format!("{call}\"\"")) {
        let index = squeezed[..at].matches("\"\"").count();
        if let Some((line, text)) = file.strings.get(index) {
            found.push((*line, text.as_str()));
        }
    }
    found
}

/// The last literal argument of calls such as `FieldError::new(pointer, "code")`.
fn last_argument<'a>(file: &'a Source, call: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (at, _) in file.code.match_indices(call) {
        let begin = at + call.len();
        let (mut depth, mut end) = (1, begin);
        for c in file.code[begin..].chars() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            end += c.len_utf8();
        }
        let arguments = file.code[begin..end].trim_end().trim_end_matches(',');
        if arguments.ends_with(", \"\"")
            || arguments.ends_with("\n\"\"")
            || arguments.ends_with(" \"\"")
        {
            let index = file.code[..begin + arguments.len() - 2]
                .matches("\"\"")
                .count();
            if let Some((line, text)) = file.strings.get(index) {
                found.push((*line, text.as_str()));
            }
        }
    }
    found
}

#[test]
fn every_problem_and_field_error_has_its_words() {
    let known: BTreeMap<String, Message> = messages("en").into_values().flatten().collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in Uses::read().rust.iter().filter(|f| !f.is_test()) {
        let within = |line: &usize| *line <= file.lines;
        let calls = PROBLEM_CALLS.iter().flat_map(|call| after(file, call));
        let plain = last_argument(file, "Rendered::plain(");
        for (line, code) in calls.chain(plain).filter(|(line, _)| within(line)) {
            seen += 1;
            let message = known.get(&format!("problem-{code}"));
            if !message.is_some_and(|m| m.contains_key(".detail")) {
                wrong.push(format!(
                    "src/{}:{line}: problem-{code} with .detail is missing",
                    file.path
                ));
            }
        }
        let fields = ["FieldError::new(", "Problem::field("].iter();
        for (line, code) in fields
            .flat_map(|call| last_argument(file, call))
            .filter(|(line, _)| within(line))
        {
            seen += 1;
            if !known.contains_key(&format!("field-{code}")) {
                wrong.push(format!("src/{}:{line}: field-{code} is missing", file.path));
            }
        }
        for call in ["i18n::text(", "i18n::text_with(", "i18n::text_with_pairs("] {
            for (line, key) in second_argument(file, call)
                .into_iter()
                .filter(|(line, _)| within(line))
            {
                seen += 1;
                let (key, attribute) = key.split_once('.').unwrap_or((key, ""));
                if !key.contains('{') && !known.contains_key(key) {
                    wrong.push(format!(
                        "src/{}:{line}: {key}{attribute} is missing",
                        file.path
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 30, "only {seen} uses were found: the scan is broken");
}

/// The second argument of calls, where it is a literal.
fn second_argument<'a>(file: &'a Source, call: &str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (at, _) in file.code.match_indices(call) {
        let begin = at + call.len();
        let rest = &file.code[begin..];
        let Some(comma) = rest.find(',') else {
            continue;
        };
        let after = rest[comma + 1..].trim_start();
        if rest[..comma].contains(['(', ')', '"']) || !after.starts_with("\"\"") {
            continue;
        }
        let index = file.code[..begin + comma].matches("\"\"").count();
        if let Some((line, text)) = file.strings.get(index) {
            found.push((*line, text.as_str()));
        }
    }
    found
}

#[test]
fn no_message_is_left_over() {
    let uses = Uses::read();
    let literals: BTreeSet<&str> = uses.literals().map(|(_, _, text)| text).collect();
    // `format!("role-{}", …)`: every key with this beginning is used.
    let beginnings: Vec<&str> = literals
        .iter()
        .filter_map(|text| text.split_once('{').map(|(before, _)| before))
        .filter(|before| before.len() > 3 && before.ends_with('-') && !before.contains(' '))
        .filter(|before| !matches!(*before, "problem-" | "field-"))
        .collect();
    let mut left = Vec::new();
    for (file, keys) in messages("en") {
        for key in keys.into_keys() {
            let code = key
                .strip_prefix("problem-")
                .or_else(|| key.strip_prefix("field-"));
            let in_rust = literals.contains(key.as_str())
                || code.is_some_and(|code| literals.contains(code))
                || beginnings.iter().any(|b| key.starts_with(b))
                || literals.iter().any(|text| {
                    text.strip_prefix(key.as_str())
                        .is_some_and(|r| r.starts_with('.'))
                });
            let quoted = [format!("'{key}'"), format!("\"{key}\"")];
            let in_template = || {
                uses.templates.iter().any(|(_, text)| {
                    quoted.iter().any(|q| text.contains(q.as_str()))
                        || text.match_indices("t('").any(|(at, _)| {
                            let begin: String =
                                text[at + 3..].chars().take_while(|c| *c != '\'').collect();
                            begin.ends_with('-') && key.starts_with(&begin)
                        })
                })
            };
            if !in_rust && !in_template() {
                left.push(format!("{file}: {key} is used nowhere"));
            }
        }
    }
    assert!(left.is_empty(), "{}", left.join("\n"));
}

/// Rooms whose Rust code speaks to people only through messages; `cli` speaks to operators, in English.
const SPEECHLESS: [&str; 12] = [
    "web",
    "access",
    "people",
    "programmes",
    "mentorships",
    "matching",
    "meetings",
    "hours",
    "mail",
    "http",
    "journey",
    "surveys",
];

#[test]
fn no_sentence_for_a_person_stands_in_rust() {
    let uses = Uses::read();
    let mut wrong = Vec::new();
    for (file, line, text) in uses.literals() {
        if !SPEECHLESS.contains(&file.room()) || file.is_test() || line > file.lines {
            continue;
        }
        let words = text.split_whitespace().count();
        let sentence = words >= 3
            && text.chars().next().is_some_and(char::is_uppercase)
            && text.ends_with(['.', '?', '!'])
            && !text.contains("SELECT ");
        // Words for developers and operators: documentation of the API, reasons of lints, logs, figures.
        let code = [line.saturating_sub(2), line.saturating_sub(1), line]
            .iter()
            .filter(|n| **n > 0)
            .map(|n| file.line(*n))
            .collect::<String>();
        let technical = [
            "reason",
            "tracing::",
            "description",
            "error(",
            "opts(",
            "Opts",
            "internal(",
            "panic!",
            "example",
            "assert",
            "expect",
        ]
        .iter()
        .any(|word| code.contains(word));
        let french =
            words >= 2 && text.chars().any(|c| "éèêàçùôîœ’".contains(c)) && text.contains(' ');
        if (sentence && !technical) || (french && !technical && file.room() != "people") {
            wrong.push(format!(
                "src/{}:{line}: {text:?} belongs in a message file",
                file.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
