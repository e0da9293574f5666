//! Python as an independent witness.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Runs `script` with `input` on a Python that can do `needs`, and gives what it printed. `None` where there is
/// no such Python; with `PASSERELLE_TEST_SMTP=must`, as in the continuous checks, that is an error.
pub fn run(needs: &str, script: &str, input: &[u8]) -> Option<String> {
    let able = |python: &&str| {
        Command::new(python)
            .args(["-c", needs])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let Some(python) = ["/usr/bin/python3", "python3"].into_iter().find(able) else {
        let must = std::env::var("PASSERELLE_TEST_SMTP").is_ok_and(|v| v == "must");
        assert!(!must, "no Python here can do: {needs}");
        eprintln!("Not compared with an independent program: no Python can do: {needs}");
        return None;
    };
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}
