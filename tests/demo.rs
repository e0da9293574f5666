//! `passerelle demo`, as somebody who has just cloned the project starts it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use crate::cli::passerelle;

struct Demo {
    child: Child,
    base: String,
    said: String,
}

impl Demo {
    /// Starts it and waits until it says that it is ready.
    fn start(folder: &Path, more: &[&str]) -> Self {
        let folder = folder.to_str().unwrap();
        let mut arguments = vec!["demo", "--data", folder, "--port", "0", "--lang", "en"];
        arguments.extend(more);
        let mut child = passerelle(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            said.push_str(&line);
            said.push('\n');
            if line.contains("Ctrl-C") {
                break;
            }
        }
        let base = said
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("no address: {said}"))
            .to_owned();
        Self { child, base, said }
    }

    /// A token of the account that was printed for `role`, with the password that was printed.
    fn token(&self, role: &str) -> String {
        let line = self.said.lines().find(|l| l.contains(role)).unwrap();
        let email = line.split_whitespace().next().unwrap();
        let password = self.said.split("the password is ").nth(1).unwrap();
        let body = json!({"email": email, "password": password.split_whitespace().next().unwrap()});
        let answer = reqwest::blocking::Client::new()
            .post(format!("{}/api/v1/sessions", self.base))
            .json(&body)
            .send()
            .unwrap();
        assert_eq!(answer.status(), 201, "{}", self.said);
        let json: Value = answer.json().unwrap();
        json["access_token"].as_str().unwrap().to_owned()
    }

    fn get(&self, token: &str, path: &str) -> Value {
        let client = reqwest::blocking::Client::new();
        let answer = client
            .get(format!("{}{path}", self.base))
            .bearer_auth(token)
            .send()
            .unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().unwrap()
    }

    /// Who can sign in, as it was printed.
    fn sign_ins(&self) -> Vec<&str> {
        let lines = self.said.lines().map(str::trim);
        lines.filter(|line| line.contains(" — ")).collect()
    }

    fn names(&self) -> Vec<String> {
        let token = self.token("coordinator");
        let page = self.get(&token, "/api/v1/persons?limit=200");
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|p| p["display_name"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Tells it to stop, as Ctrl-C or a service manager does, and waits until it has.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

#[test]
fn the_demonstration_shows_the_whole_product_and_keeps_its_data() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path(), &[]);
    let page = reqwest::blocking::get(&demo.base).unwrap();
    assert_eq!(page.status(), 200);
    let mailbox = reqwest::blocking::get(format!("{}/mailbox", demo.base)).unwrap();
    assert_eq!(mailbox.status(), 200);
    let coordinator = demo.token("coordinator");
    for path in [
        "/api/v1/proposals?status=proposed",
        "/api/v1/mentorships",
        "/api/v1/meetings",
        "/api/v1/hours",
    ] {
        let items = demo.get(&coordinator, path)["items"]
            .as_array()
            .unwrap()
            .len();
        assert!(items > 20, "{path}: {items}");
    }
    for role in ["mentor —", "mentee —"] {
        let token = demo.token(role);
        assert!(
            !demo.get(&token, "/api/v1/meetings")["items"]
                .as_array()
                .unwrap()
                .is_empty()
        );
    }
    let names = demo.names();
    let sign_ins = demo.sign_ins().join("\n");
    assert!(sign_ins.lines().count() >= 7, "{sign_ins}");
    demo.stop();

    let again = Demo::start(folder.path(), &[]);
    assert_eq!(again.names(), names, "a second start keeps the data");
    again.stop();

    std::fs::write(folder.path().join("mine.txt"), "keep").unwrap();
    let fresh = Demo::start(folder.path(), &["--fresh"]);
    assert_eq!(
        fresh.names(),
        names,
        "the population is the same every time"
    );
    assert_eq!(
        fresh.sign_ins().join("\n"),
        sign_ins,
        "the same people sign in every time"
    );
    fresh.stop();
    assert!(
        folder.path().join("mine.txt").exists(),
        "--fresh removes only what the demonstration made"
    );
}
