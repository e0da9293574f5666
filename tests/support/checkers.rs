//! Programs that know nothing of ours and judge what we send: libical, ical.js, and Python's icalendar, vobject and
//! dateutil. Where one is missing the tests that need it say so and pass, unless `PASSERELLE_TEST_CHECKERS=must`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/support/checkers")
        .join(name)
}

fn missing(what: &str) {
    let must = std::env::var("PASSERELLE_TEST_CHECKERS").is_ok_and(|v| v == "must");
    assert!(!must, "{what} is required here");
    eprintln!("Not checked: {what} is missing.");
}

/// A Python with icalendar, vobject and dateutil.
static PYTHON: LazyLock<Option<&'static str>> = LazyLock::new(|| {
    let has = |python: &&str| {
        Command::new(python)
            .args(["-c", "import icalendar, vobject, dateutil"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let found = ["/usr/bin/python3", "python3"].into_iter().find(has);
    if found.is_none() {
        missing("Python with icalendar, vobject and dateutil");
    }
    found
});

/// The program over libical, compiled once.
static LIBICAL: LazyLock<Option<(tempfile::TempDir, PathBuf)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("restrictions");
    let made = Command::new("cc")
        .args(["-O1", "-o"])
        .arg(&program)
        .arg(file("restrictions.c"))
        .arg("-lical")
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !made {
        missing("libical (libical-dev)");
        return None;
    }
    Some((folder, program))
});

/// The folder of modules that holds ical.js.
static ICALJS: LazyLock<Option<PathBuf>> = LazyLock::new(|| {
    let folder = std::env::var_os("PASSERELLE_ICALJS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/checkers/node_modules"),
        PathBuf::from,
    );
    let there = folder.join("ical.js/package.json").exists();
    let node = || {
        let mut node = Command::new("node");
        let status = node.arg("--version").stdout(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    if there && node() {
        return Some(folder);
    }
    missing("ical.js (npm) and node");
    None
});

/// Calendar objects as files.
pub struct Objects {
    folder: tempfile::TempDir,
    files: Vec<PathBuf>,
}

impl Objects {
    pub fn of<T: AsRef<[u8]>>(texts: &[T]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = texts.iter().enumerate().map(|(number, text)| {
            let file = folder.path().join(format!("{number:04}.ics"));
            std::fs::write(&file, text.as_ref()).unwrap();
            file
        });
        let files = files.collect();
        Self { folder, files }
    }

    /// What Python read of each (`objects.py`); `None` without it.
    pub fn python(&self) -> Option<Vec<Value>> {
        let python = (*PYTHON)?;
        let output = Command::new(python)
            .arg(file("objects.py"))
            .args(&self.files)
            .output()
            .unwrap();
        Some(json(&output))
    }

    /// What ical.js read of each (`icaljs.cjs`); `None` without it.
    pub fn icaljs(&self) -> Option<Vec<Value>> {
        let modules = ICALJS.as_ref()?;
        let output = Command::new("node")
            .arg(file("icaljs.cjs"))
            .arg(modules)
            .args(&self.files)
            .output()
            .unwrap();
        Some(json(&output))
    }

    /// libical's faults, a line for each; `None` without it.
    pub fn libical(&self) -> Option<Vec<String>> {
        let (_, program) = LIBICAL.as_ref()?;
        let output = Command::new(program).args(&self.files).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let own = format!("{}/", self.folder.path().display());
        Some(text.lines().map(|line| line.replace(&own, "")).collect())
    }

    /// Everything that any of them finds wrong.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.libical().unwrap_or_default();
        for (number, read) in self.python().into_iter().flatten().enumerate() {
            let list = read["faults"].as_array().cloned().unwrap_or_default();
            faults.extend(list.iter().map(|fault| format!("{number:04}.ics: {fault}")));
        }
        for (number, read) in self.icaljs().into_iter().flatten().enumerate() {
            if let Some(error) = read["error"].as_str() {
                faults.push(format!("{number:04}.ics: ical.js: {error}"));
            }
        }
        faults
    }
}

fn json(output: &std::process::Output) -> Vec<Value> {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let Value::Array(all) = serde_json::from_slice(&output.stdout).unwrap() else {
        panic!("a list");
    };
    all
}

/// What calendars hold after these messages, one list of objects for each person, the oldest first
/// (`replay.py`); `None` without Python.
pub fn replay(people: &[Vec<String>]) -> Option<Vec<Value>> {
    let python = (*PYTHON)?;
    let mut child = Command::new(python)
        .arg(file("replay.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = serde_json::to_vec(people).unwrap();
    let writer = std::thread::spawn(move || input.write_all(&text));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    Some(json(&output))
}
