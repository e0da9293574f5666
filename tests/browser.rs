//! The pages that people reach from mails, in a real browser (tests/browser/run.mjs): axe-core, the keyboard, and
//! no scripts. Runs where Chromium, node and the packages of tests/browser are (`npm ci --prefix tests/browser`);
//! `PASSERELLE_TEST_BROWSER=must` makes their absence an error.

mod accounts;
mod mails;
mod matching;
mod meetings;
mod tasks;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::access::PASSWORD;
use crate::inbound::corpus;
use crate::support::app::TestApp;
use crate::support::databases::TestDatabase;

/// The browser, where everything that the test needs is there.
fn chromium() -> Option<PathBuf> {
    let packages = folder().join("node_modules/axe-core").is_dir();
    let node = Command::new("node").arg("--version").output().is_ok();
    let known = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let found = known.iter().map(PathBuf::from).find(|path| path.exists());
    let found = found.filter(|_| packages && node);
    let must = std::env::var("PASSERELLE_TEST_BROWSER").is_ok_and(|v| v == "must");
    assert!(
        found.is_some() || !must,
        "no Chromium, no node, or no packages: npm ci --prefix tests/browser"
    );
    found
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// Everything that can be seen, with the status that it has, in the order in which the clock goes.
fn pages(app: &TestApp) -> Vec<Value> {
    let mut pages = mails::held_replies(app);
    pages.extend(meetings::pages(app));
    pages.extend(accounts::signed_in(app));
    pages.extend(accounts::front_doors(app));
    pages.extend(matching::offers(app));
    pages.extend(matching::console(app));
    pages.extend(mails::digests(app));
    pages
}

#[test]
fn every_answer_page_is_for_everybody_in_both_languages_light_and_dark_on_a_phone_and_a_desk() {
    let Some(chromium) = chromium() else {
        return;
    };
    // What a browser shows does not depend on the database.
    let app = TestApp::start(TestDatabase::sqlite(), corpus::settings);
    let tasks = tasks::tasks(&app);
    let pages = pages(&app);
    let folder_of_this_run = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder_of_this_run).unwrap();
    let config = folder_of_this_run.join("config.json");
    let what = json!({
        "base": app.base,
        "chromium": chromium,
        "pictures": folder_of_this_run.join("pictures"),
        "password": PASSWORD,
        "pages": pages,
        "tasks": tasks,
    });
    std::fs::write(&config, what.to_string()).unwrap();
    let run = Command::new("node")
        .arg(folder().join("run.mjs"))
        .arg(&config)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{out}\n{err}");
}
