//! The pages, which the OpenAPI document does not hold: a list of all of them with their guard, and a look into
//! the sources that finds one that is missing.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::each_database;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Everybody may open it.
    Public,
    /// The address carries a secret of its own; a wrong one leads nowhere.
    Link,
    /// A session; whoever has none is sent to the sign-in page.
    SignedIn,
    /// A session, or none: it does nothing for whoever has none.
    Harmless,
    /// Only where mail goes to the local mailbox, in development and demonstration.
    Mailbox,
}
use Guard::{Harmless, Link, Mailbox, Public, SignedIn};

/// Every page and every form.
const PAGES: &[(&str, &str, Guard)] = &[
    ("GET", "/", Public),
    ("GET", "/assets/{name}", Link),
    ("GET", "/api/docs", Public),
    ("GET", "/api/docs/{file}", Link),
    ("GET", "/openapi.json", Public),
    ("GET", "/healthz", Public),
    ("GET", "/readyz", Public),
    // Asks for its own token, or for a request from this machine.
    ("GET", "/metrics", Public),
    ("GET", "/sign-in", Public),
    ("POST", "/sign-in", Public),
    ("POST", "/sign-out", Harmless),
    ("GET", "/forgotten-password", Public),
    ("POST", "/forgotten-password", Public),
    ("GET", "/set-password/{token}", Link),
    ("POST", "/set-password/{token}", Link),
    ("GET", "/account", SignedIn),
    ("POST", "/account/password", SignedIn),
    ("POST", "/account/sign-out-everywhere", SignedIn),
    ("GET", "/o/{token}", Link),
    ("POST", "/o/{token}", Link),
    ("GET", "/m/{token}", Link),
    ("POST", "/m/{token}", Link),
    ("GET", "/m/{token}/reminders", Link),
    ("POST", "/m/{token}/reminders", Link),
    ("GET", "/m/{token}/report", Link),
    ("POST", "/m/{token}/report", Link),
    ("GET", "/m/{token}/times", Link),
    ("POST", "/m/{token}/times", Link),
    ("GET", "/feeds/{token}.ics", Link),
    ("GET", "/m/{token}/proposals/{id}", Link),
    ("POST", "/m/{token}/proposals/{id}", Link),
    ("GET", "/c/{token}", Link),
    ("POST", "/c/{token}", Link),
    ("GET", "/pause/{token}", Link),
    ("POST", "/pause/{token}", Link),
    ("GET", "/digest/{token}", Link),
    ("POST", "/digest/{token}", Link),
    ("GET", "/waiting", SignedIn),
    ("POST", "/waiting/mails/{id}", SignedIn),
    ("GET", "/matching", SignedIn),
    ("GET", "/programmes/{id}/match-runs", SignedIn),
    ("POST", "/programmes/{id}/match-runs", SignedIn),
    ("GET", "/programmes/{id}/what-if", SignedIn),
    ("POST", "/programmes/{id}/what-if", SignedIn),
    ("GET", "/match-runs/{id}", SignedIn),
    ("GET", "/proposals/{id}", SignedIn),
    ("POST", "/proposals/{id}", SignedIn),
    ("GET", "/calendar", SignedIn),
    ("POST", "/calendar/feed", SignedIn),
    ("POST", "/calendar/feed/withdraw", SignedIn),
    ("POST", "/calendar/busy", SignedIn),
    ("POST", "/calendar/busy/{id}/check", SignedIn),
    ("POST", "/calendar/busy/{id}/remove", SignedIn),
    ("GET", "/mailbox", Mailbox),
    ("GET", "/mailbox.json", Mailbox),
    ("GET", "/mailbox/{id}", Mailbox),
    ("GET", "/mailbox/{id}/html", Mailbox),
    ("GET", "/mailbox/{id}/raw", Mailbox),
];

#[test]
fn every_page_in_the_sources_has_a_guard_in_the_list() {
    let mut found = BTreeSet::new();
    collect(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")),
        &mut found,
    );
    let listed: BTreeSet<(String, String)> = PAGES
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let unguarded: Vec<_> = found.difference(&listed).collect();
    assert!(
        unguarded.is_empty(),
        "pages without a guard in tests/policy/pages.rs: {unguarded:?}"
    );
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "listed, and not in the sources: {gone:?}");
}

/// The routes that the sources name: `.route("/path", get().to(…))` anywhere, and `#[get("/path")]` in a file of
/// pages (elsewhere that is the API's way).
fn collect(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for method in ["get", "post"] {
                routed(&text, method, found);
                if path.file_name().is_some_and(|name| name == "pages.rs") {
                    for piece in text.split(&format!("#[{method}(\"")).skip(1) {
                        let address = piece.split('"').next().unwrap_or("");
                        found.insert((method.to_uppercase(), address.to_owned()));
                    }
                }
            }
        }
    }
}

fn routed(text: &str, method: &str, found: &mut BTreeSet<(String, String)>) {
    for piece in text.split(".route(").skip(1) {
        let mut quotes = piece.split('"');
        let (Some(before), Some(address), Some(rest)) =
            (quotes.next(), quotes.next(), quotes.next())
        else {
            continue;
        };
        let rest = rest
            .trim_start_matches([',', ' '])
            .trim_start_matches("web::");
        if before.trim().is_empty() && rest.starts_with(&format!("{method}()")) {
            found.insert((method.to_uppercase(), address.to_owned()));
        }
    }
}

#[test]
fn every_page_that_needs_a_session_sends_whoever_has_none_to_sign_in() {
    each_database(|app| {
        for (method, path, guard) in PAGES {
            let path = path
                .replace("{token}", "no-such-token")
                .replace("{name}", "no-such-file")
                .replace("{file}", "no-such-file")
                .replace("/openapi.json", "/api/v1/openapi.json")
                .replace("{id}", "01930f5e-7a00-7000-8000-000000000001");
            let request = app.request(method, &path).header("Accept", "text/html");
            let answer = app.send(request);
            let place = answer.header("location").to_owned();
            let right = match guard {
                Public => answer.status == 200 || answer.status == 400,
                Link => [400, 404, 410, 422].contains(&answer.status),
                SignedIn => answer.status == 303 && place.starts_with("/sign-in"),
                Mailbox => [200, 404].contains(&answer.status),
                Harmless => answer.status == 400 || answer.status == 303,
            };
            assert!(
                right,
                "{method} {path} ({guard:?}): {} {place}",
                answer.status
            );
        }
    });
}
