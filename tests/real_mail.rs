//! Mail through a real SMTP server, read by programs that know nothing of ours. They are Python's
//! aiosmtpd, email, icalendar and vobject; without them these tests say so and pass, unless
//! `PASSERELLE_TEST_SMTP=must`.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;

use passerelle::kernel::Settings;
use passerelle::kernel::settings::{SmtpSecurity, Transport};
use serde_json::Value;

use crate::mail::{deliver, invitation, queue_one, reset};
use crate::meetings::fixture::pair;
use crate::meetings::series::{do_it, meeting, path, six};
use crate::support::app::each_database_with;

/// A Python that has what is needed.
static PYTHON: LazyLock<Option<&'static str>> = LazyLock::new(|| {
    let has = |python: &&str| {
        Command::new(python)
            .args(["-c", "import aiosmtpd, icalendar, vobject"])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let found = ["/usr/bin/python3", "python3"].into_iter().find(has);
    if found.is_none() {
        let must = std::env::var("PASSERELLE_TEST_SMTP").is_ok_and(|v| v == "must");
        assert!(
            !must,
            "Python with aiosmtpd, icalendar and vobject is required here"
        );
        eprintln!(
            "Not tested with a real SMTP server: no Python with aiosmtpd, icalendar and vobject."
        );
    }
    found
});

fn support(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/support")
        .join(name)
}

/// A running server; stops when dropped.
struct RealServer {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for RealServer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl RealServer {
    fn start(mode: &str) -> Option<Self> {
        let python = (*PYTHON)?;
        let folder = tempfile::tempdir().unwrap();
        if mode != "plain" {
            certificate(folder.path());
        }
        let mut child = Command::new(python)
            .arg(support("smtp_server.py"))
            .arg(folder.path())
            .arg(mode)
            .args([
                folder.path().join("cert.pem"),
                folder.path().join("key.pem"),
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the server's port");
        Some(Self {
            child,
            folder,
            port,
        })
    }

    fn settings(&self, security: SmtpSecurity) -> impl Fn(&mut Settings) {
        let port = self.port;
        let ca_file = self.folder.path().join("ca.pem").display().to_string();
        move |settings| {
            settings.mail.transport = Transport::Smtp;
            settings.mail.smtp.host = "localhost".into();
            settings.mail.smtp.port = port;
            settings.mail.smtp.security = security;
            settings.mail.smtp.timeout_seconds = 15;
            if security != SmtpSecurity::None {
                settings.mail.smtp.user = "passerelle".into();
                settings.mail.smtp.password = "pass word".to_owned().into();
                settings.mail.smtp.ca_file.clone_from(&ca_file);
            }
        }
    }

    /// The messages taken so far, oldest first.
    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().flatten();
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        files.sort();
        files
    }

    /// What the independent readers understood of the newest message.
    fn newest(&self) -> Value {
        self.all().pop().unwrap()
    }

    /// What the independent readers understood of all messages, the oldest first.
    fn all(&self) -> Vec<Value> {
        let output = Command::new(PYTHON.unwrap())
            .arg(support("independent.py"))
            .args(self.files())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// An authority and a certificate of `localhost` by it.
fn certificate(folder: &Path) {
    let openssl = |args: &[&str]| {
        let done = Command::new("openssl")
            .args(args)
            .current_dir(folder)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(done.success(), "openssl {args:?}");
    };
    let names = "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n";
    std::fs::write(folder.join("names"), names).unwrap();
    let key = [
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ];
    openssl(
        &[
            &[
                "req", "-x509", "-days", "30", "-subj", "/CN=ca", "-keyout", "ca.key", "-out",
                "ca.pem",
            ],
            &key[..],
        ]
        .concat(),
    );
    openssl(
        &[
            &[
                "req",
                "-subj",
                "/CN=localhost",
                "-keyout",
                "key.pem",
                "-out",
                "csr.pem",
            ],
            &key[..],
        ]
        .concat(),
    );
    openssl(&[
        "x509",
        "-req",
        "-in",
        "csr.pem",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "30",
        "-extfile",
        "names",
        "-out",
        "cert.pem",
    ]);
}

#[test]
fn independent_programs_read_an_invitation_as_we_wrote_it() {
    let Some(server) = RealServer::start("plain") else {
        return;
    };
    each_database_with(server.settings(SmtpSecurity::None), |app| {
        let name = "José, \"B\"; \\ 👩‍⚕️ Pérez-Ñandú";
        queue_one(
            app,
            invitation(app, "Amélie O’Connor, ing.", name, "invitation"),
        );
        assert_eq!(deliver(app).sent, 1);
        let read = server.newest();
        assert_eq!(read["defects"], serde_json::json!([]));
        assert_eq!(
            read["from"],
            serde_json::json!([
                "Amélie O’Connor, ing. via Passerelle",
                "passerelle@mail.example.org"
            ])
        );
        assert_eq!(read["to"], "jose@example.org");
        assert_eq!(
            read["kinds"],
            serde_json::json!([
                "multipart/mixed",
                "multipart/alternative",
                "text/plain",
                "text/html",
                "text/calendar",
                "application/ics"
            ])
        );
        assert_eq!(read["copies_equal"], true);
        assert_eq!(read["header_method"], "REQUEST");
        assert_eq!(read["method"], "REQUEST");
        assert_eq!(read["uid"], "6f1c@mail.example.org");
        assert_eq!(read["summary"], "Rencontre : Amélie O’Connor, ing.");
        assert_eq!(read["vobject_summary"], read["summary"]);
        assert_eq!(read["start"], "2026-10-09T12:00:00+00:00");
        assert_eq!(read["vobject_start"], read["start"]);
        assert_eq!(read["organizer"][1], "mailto:reply+token@mail.example.org");
        assert_eq!(
            read["attendees"],
            serde_json::json!([[
                "mailto:jose@example.org",
                "José, 'B'; \\ 👩‍⚕️ Pérez-Ñandú",
                "NEEDS-ACTION",
                "TRUE"
            ]])
        );
        // RFC 5322, 2.1.1
        assert!(read["lines"].as_u64().unwrap() <= 998, "{}", read["lines"]);
    });
}

#[test]
fn o5_everything_that_is_sent_about_a_series_is_mail_that_independent_programs_read() {
    let Some(server) = RealServer::start("plain") else {
        return;
    };
    each_database_with(server.settings(SmtpSecurity::None), |app| {
        let before = server.files().len();
        let pair = pair(app);
        let made = app.post(&pair.mentor, &pair.series(), &six()).expect(201);
        let series = made.json();
        let body = serde_json::json!({ "starts_at": "2026-10-13T23:00:00Z" });
        let second = format!("{}/reschedule", meeting(&series, 1));
        do_it(app, &pair.mentor, &second, &body).expect(200);
        let third = format!("{}/cancel", meeting(&series, 2));
        do_it(app, &pair.mentee, &third, &serde_json::json!({})).expect(200);
        let words = serde_json::json!({ "title": "Entretiens, « CV » ; et café", "note": "Été" });
        app.patch(&pair.mentor, &path(&series), "*", &words)
            .expect(200);
        let all = format!("{}/cancel", path(&series));
        do_it(
            app,
            &pair.mentee,
            &all,
            &serde_json::json!({ "reason": "Malade." }),
        )
        .expect(200);
        while deliver(app).sent > 0 {}
        let read = server.all().split_off(before);
        assert_eq!(read.len(), 10, "five changes, two people");
        let methods: Vec<&str> = read
            .iter()
            .map(|one| one["header_method"].as_str().unwrap())
            .collect();
        assert_eq!(methods.iter().filter(|one| **one == "CANCEL").count(), 4);
        for one in &read {
            assert_eq!(one["defects"], serde_json::json!([]));
            assert_eq!(one["copies_equal"], true);
            assert_eq!(one["header_method"], one["method"]);
            assert_eq!(one["vobject_summary"], one["summary"]);
            assert_eq!(one["vobject_start"], one["start"]);
            assert_eq!(one["uid"], read[0]["uid"]);
            assert!(one["lines"].as_u64().unwrap() <= 998);
        }
    });
}

#[test]
fn mail_leaves_over_starttls_and_over_tls_with_a_password() {
    for (mode, security) in [
        ("starttls", SmtpSecurity::Starttls),
        ("tls", SmtpSecurity::Tls),
    ] {
        let Some(server) = RealServer::start(mode) else {
            return;
        };
        each_database_with(server.settings(security), |app| {
            let before = server.files().len();
            queue_one(app, reset("jose@example.org", mode));
            assert_eq!(deliver(app).sent, 1, "{mode}");
            assert_eq!(server.files().len(), before + 1);
        });
    }
}

#[test]
fn a_server_with_an_unknown_certificate_or_without_tls_gets_neither_mail_nor_password() {
    for (mode, security) in [
        ("starttls", SmtpSecurity::Starttls),
        ("tls", SmtpSecurity::Tls),
        ("plain", SmtpSecurity::Starttls),
    ] {
        let Some(server) = RealServer::start(mode) else {
            return;
        };
        let settings = |settings: &mut Settings| {
            server.settings(security)(settings);
            settings.mail.smtp.ca_file = String::new();
        };
        each_database_with(settings, |app| {
            queue_one(app, reset("jose@example.org", mode));
            assert_eq!(deliver(app).later, 1, "{mode}");
            assert!(server.files().is_empty());
        });
    }
}

/// Keys made for these tests.
const RSA: &str = include_str!("../src/mail/testdata/rsa2048.pem");
const ED25519: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";

const VERIFY: &str = r#"
import sys, json, dkim
name, record, path = json.load(sys.stdin)
mail = open(path, "rb").read()
def dns(asked, timeout=5):
    return record.encode() if asked.decode().rstrip(".") == name else None
def good(message):
    try:
        return dkim.verify(message, dnsfunc=dns)
    except dkim.DKIMException:
        return False
print(json.dumps([good(mail), good(mail.replace(b"Subject: ", b"Subject: x")), good(b"From: x@y.z\r\n" + mail),
    good(mail[:-9] + b"x" + mail[-8:])]))
"#;

#[test]
fn o6_an_independent_program_verifies_our_signature_and_no_change_of_the_mail() {
    for key in [RSA, ED25519] {
        let Some(server) = RealServer::start("plain") else {
            return;
        };
        let settings = |settings: &mut Settings| {
            server.settings(SmtpSecurity::None)(settings);
            settings.mail.dkim.domain = "Mail.Example.org".into();
            settings.mail.dkim.selector = "p2026".into();
            settings.mail.dkim.key = key.to_owned().into();
        };
        each_database_with(settings, |app| {
            let id = queue_one(
                app,
                invitation(app, "Amélie O’Connor, ing.", "José", "invitation"),
            );
            assert_eq!(deliver(app).sent, 1);
            let path = server.files().pop().unwrap();
            let signer = passerelle::mail::dkim::configured(&app.app.platform.settings);
            let signer = signer.unwrap().unwrap();
            assert_eq!(signer.record_name(), "p2026._domainkey.mail.example.org");
            let asked = serde_json::json!([signer.record_name(), signer.record(), path]);
            let said =
                crate::support::python::run("import dkim", VERIFY, asked.to_string().as_bytes());
            let Some(said) = said else { return };
            assert_eq!(said.trim(), "[true, false, false, false]");
            // O9: sent again after a crash it is the same mail, signature included.
            app.db(|conn| {
                use diesel::prelude::*;
                use passerelle::db::schema::outbox;
                diesel::update(outbox::table.find(id))
                    .set(outbox::status.eq("queued"))
                    .execute(conn)?;
                Ok(())
            });
            app.clock.advance(chrono::Duration::hours(1));
            assert_eq!(deliver(app).sent, 1);
            let files = server.files();
            let read = |path: &Path| std::fs::read(path).unwrap();
            assert_eq!(read(&path), read(files.last().unwrap()));
        });
    }
}
