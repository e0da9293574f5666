//! The house keeps its floors: a room imports rooms on lower floors only, never in a circle, and each file
//! of a feature room holds what its place allows (`docs/architecture.md`).

use std::collections::{BTreeMap, BTreeSet};

use crate::support::source::{self, Source};

/// The rooms with their floors; inside floor 4 a room may use those before it.
const FLOORS: &[(&str, u32)] = &[
    ("kernel", 0),
    ("db", 10),
    ("reference", 10),
    ("icalendar", 10),
    ("i18n", 10),
    ("mail", 20),
    ("web", 20),
    ("access", 30),
    ("people", 40),
    ("programmes", 41),
    ("mentorships", 42),
    ("matching", 43),
    ("meetings", 44),
    ("hours", 45),
    ("correspondence", 46),
    ("journey", 47),
    ("surveys", 48),
    ("impact", 49),
    ("digests", 49),
    ("cli", 50),
    ("worker", 50),
    ("http", 50),
];

/// Files that may be longer than the rest, and why.
const LONG: &[(&str, &str)] = &[
    (
        "db/schema.rs",
        "a list of all tables, kept in one place so that it can be compared with the migrations",
    ),
    (
        "kernel/settings.rs",
        "a list of all settings in the order of config/default.toml, and their checks",
    ),
];

fn floor(room: &str) -> Option<u32> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == room)
        .map(|(_, floor)| *floor)
}

/// The rooms that `code` names as `crate::room` or inside `crate::{…}`, with the line of each.
fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back().unwrap_or(' ');
        if before.is_alphanumeric() || before == '_' || before == '$' {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let names: Vec<String> = match rest.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![ident(rest)],
        };
        let macros = rest[ident(rest).len()..].starts_with('!');
        found.extend(
            names
                .into_iter()
                .filter(|_| !macros)
                .map(|name| (line, name)),
        );
    }
    found
}

fn ident(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The first words of the parts of `{a, b::c, d::{e, f}}`, given without its first brace.
fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut parts, mut part) = (0, Vec::new(), String::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(std::mem::take(&mut part)),
            _ => part.push(c),
        }
    }
    parts.push(part);
    parts
        .iter()
        .map(|p| ident(p))
        .filter(|p| !p.is_empty())
        .collect()
}

#[test]
fn imports_are_read_in_every_form() {
    let code = "use crate::{db::{Conn, schema}, i18n};\nlet x = crate::kernel::Id::new();\ncrate::text_enum! {}\nuse my_crate::other;";
    let names: Vec<_> = imports(code).into_iter().map(|(_, n)| n).collect();
    assert_eq!(names, ["db", "i18n", "kernel"]);
}

#[test]
fn no_room_imports_a_higher_floor() {
    let mut wrong = Vec::new();
    for file in rooms() {
        let own = floor(file.room()).unwrap_or_else(|| panic!("{} is on no floor", file.path));
        for (line, name) in imports(&file.code) {
            let Some(other) = floor(&name) else { continue };
            if other > own {
                wrong.push(format!(
                    "src/{}:{line}: {} may not use {name}",
                    file.path,
                    file.room()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_circle_of_rooms() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in rooms() {
        for (_, name) in imports(&file.code) {
            if floor(&name).is_some() && name != file.room() {
                uses.entry(file.room().to_owned()).or_default().insert(name);
            }
        }
    }
    for start in uses.keys() {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = uses[start].iter().collect();
        while let Some(room) = next.pop() {
            assert!(
                room != start,
                "{start} uses itself through others: {:?}",
                uses[start]
            );
            if reached.insert(room) {
                next.extend(uses.get(room).into_iter().flatten());
            }
        }
    }
}

fn rooms() -> Vec<Source> {
    let all = source::all();
    all.into_iter().filter(|f| f.path.contains('/')).collect()
}

fn is_door(file: &str) -> bool {
    let stem = file.trim_end_matches(".rs");
    ["api", "pages", "mailbox", "times"].iter().any(|door| {
        stem == *door
            || stem.ends_with(&format!("_{door}"))
            || stem.starts_with(&format!("{door}_"))
    })
}

#[test]
fn in_a_feature_room_only_the_doors_know_http_and_no_door_holds_a_query() {
    let mut wrong = Vec::new();
    for file in rooms() {
        if !(40..50).contains(&floor(file.room()).unwrap_or(0)) || file.is_test() {
            continue;
        }
        let door =
            is_door(file.file()) || file.path.contains("/api/") || file.path.contains("/pages/");
        let model = file.file() == "model.rs" || file.path.contains("/model/");
        let pure = model || file.path.contains("matching/engine/");
        for (what, forbidden) in [
            ("actix_web", !door),
            ("diesel::", door),
            ("write_tx", door || pure),
            ("&mut Conn", pure),
            ("App::", pure),
        ] {
            if forbidden && file.code.contains(what) {
                wrong.push(format!("src/{}: {what} has no place here", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short_enough_to_be_read() {
    let mut wrong = Vec::new();
    for file in source::all().iter().filter(|f| !f.is_test()) {
        let known = LONG.iter().any(|(path, _)| *path == file.path);
        if file.lines > 400 && !known {
            eprintln!("src/{}: {} lines", file.path, file.lines);
        }
        if file.lines > 600 && !known {
            wrong.push(format!(
                "src/{}: {} lines before its tests; split it by meaning",
                file.path, file.lines
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The name that a type declared on this line has in the OpenAPI document, and whether it is in it at all is told
/// by what stands before it: a derived `ToSchema`, or the head of a `text_enum!`.
fn declared(line: &str) -> Option<&str> {
    let line = line.trim_start();
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let rest = line
        .strip_prefix("struct ")
        .or_else(|| line.strip_prefix("enum "))?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

#[test]
fn a_name_in_the_openapi_document_means_one_type() {
    let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in source::all().iter().filter(|file| !file.is_test()) {
        let (mut described, mut renamed) = (false, None);
        for line in file.code.lines().take(file.lines) {
            let derived = line.contains("ToSchema") && !line.trim_start().starts_with("use ");
            described |= derived || line.contains("text_enum! {");
            if let Some((_, rest)) = line.split_once("#[schema(as = ") {
                renamed = rest.split([')', ',']).next().map(str::to_owned);
            }
            let Some(name) = declared(line) else { continue };
            if std::mem::take(&mut described) {
                let name = renamed.take().unwrap_or_else(|| name.to_owned());
                named.entry(name).or_default().insert(file.path.clone());
            }
            renamed = None;
        }
    }
    assert!(named.len() > 80, "{} types", named.len());
    named.retain(|_, files| files.len() > 1);
    assert!(
        named.is_empty(),
        "give each its own name with #[schema(as = …)]: {named:#?}"
    );
}
