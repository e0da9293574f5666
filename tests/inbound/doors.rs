//! The pipe and the provider's address.

use std::io::Write;
use std::process::{Output, Stdio};

use diesel::prelude::*;
use hmac::{Hmac, KeyInit, Mac};
use passerelle::db::schema::inbound_messages;
use passerelle::kernel::{Clock, Settings, SystemClock};
use serde_json::json;
use sha2::Sha256;

use super::corpus::{Stage, settings};
use crate::cli::passerelle;
use crate::support::app::{Answer, TestApp};
use crate::support::each_database_with;

const SECRET: &str = "w7Gm2Kq9Zx4Rt8Vb3Nc6Yf1Hd5Js0Lp2";

fn stored(app: &TestApp) -> Vec<(String, String)> {
    app.db(|conn| {
        let columns = (inbound_messages::door, inbound_messages::reason);
        Ok(inbound_messages::table
            .order(inbound_messages::id)
            .select(columns)
            .load(conn)?)
    })
}

fn pipe(app: &TestApp, url: &str, message: &[u8], recipient: Option<&str>) -> Output {
    let mut command = passerelle(&["mail", "receive"]);
    if let Some(recipient) = recipient {
        command.args(["--recipient", recipient]);
    }
    let settings = &app.app.platform.settings;
    use secrecy::ExposeSecret;
    let mut child = command
        .env("PASSERELLE__DATABASE__URL", url)
        .env("PASSERELLE__DATABASE__WAIT_MS", "3000")
        .env(
            "PASSERELLE__SECURITY__SECRET",
            settings.security.secret.expose_secret(),
        )
        .env("PASSERELLE__MAIL__DOMAIN", &settings.mail.domain)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let message = message.to_vec();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&message)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

#[test]
fn a_message_in_the_pipe_is_stored_and_the_exit_code_says_so() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        app.clock.set(SystemClock.now());
        let url = app.database.url.clone();
        let yes = stage.eml("sequence-missing");
        // The server's word for the recipient counts, whatever the headers say.
        let elsewhere = String::from_utf8(yes.clone())
            .unwrap()
            .replace(&format!("To: {}", stage.values["reply"]), "To: x@y.example");
        let done = pipe(
            app,
            &url,
            elsewhere.as_bytes(),
            Some(&stage.values["reply"]),
        );
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(0), "{said}");
        for secret in [&stage.values["address"], &stage.values["token"]] {
            assert!(
                !said.contains(secret.as_str()),
                "the log names somebody: {said}"
            );
        }
        // The test's meeting is over by the machine's clock: it was judged, not merely kept.
        assert_eq!(
            stored(app),
            [("pipe".to_owned(), "meeting-over".to_owned())]
        );
        let large = [yes.as_slice(), &vec![b'x'; 3_000_000]].concat();
        assert_eq!(pipe(app, &url, &large, None).status.code(), Some(0));
        assert_eq!(stored(app)[1].1, "too-large");
        let size: i32 = app.db(|conn| {
            Ok(inbound_messages::table
                .select(diesel::dsl::max(inbound_messages::size_bytes))
                .first::<Option<i32>>(conn)?
                .unwrap())
        });
        assert!(size > 3_000_000);
        assert_eq!(pipe(app, &url, b"", None).status.code(), Some(66));
    });
}

#[test]
fn i14_the_mail_server_tries_again_when_the_database_is_away() {
    each_database_with(settings, |app| {
        let stage = Stage::new(app);
        let yes = stage.eml("thunderbird-accept");
        for url in [
            "sqlite:///nowhere/at/all.db",
            "postgres://nobody@127.0.0.1:1/none",
            "nonsense",
        ] {
            let away = pipe(app, url, &yes, None);
            assert_eq!(
                away.status.code(),
                Some(75),
                "{}",
                String::from_utf8_lossy(&away.stderr)
            );
        }
        assert!(stored(app).is_empty());
    });
}

fn with_secret(change: &mut Settings) {
    settings(change);
    change.mail.inbound.webhook.secret = SECRET.to_owned().into();
}

fn post(app: &TestApp, raw: &[u8], headers: &[(&str, &str)]) -> Answer {
    let mut request = app
        .request("POST", "/api/v1/inbound-mail")
        .header("Content-Type", "message/rfc822");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(raw.to_vec()))
}

fn signature(secret: &str, stamp: &str, raw: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(stamp.as_bytes());
    mac.update(b".");
    mac.update(raw);
    let bytes = mac.finalize().into_bytes();
    format!(
        "sha256={}",
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    )
}

#[test]
fn a_provider_hands_over_messages_with_the_secret_or_a_signature() {
    each_database_with(with_secret, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        let raw = stage.eml("thunderbird-accept");
        for wrong in [
            "",
            "Bearer",
            "Bearer x",
            "Basic x",
            &format!("Bearer {SECRET}x"),
        ] {
            let refused = post(app, &raw, &[("Authorization", wrong)]).expect(401);
            assert_eq!(refused.problem(), "webhook-secret");
        }
        assert!(stored(app).is_empty());
        let bearer = format!("Bearer {SECRET}");
        let to = stage.values["reply"].clone();
        let done = post(
            app,
            &raw,
            &[("Authorization", &bearer), ("X-Passerelle-Recipient", &to)],
        )
        .expect(200);
        assert_eq!(done.json()["state"], "applied");
        assert_eq!(stage.answer(app), "accepted");
        // Twice is one.
        let again = post(app, &raw, &[("Authorization", &bearer)]).expect(200);
        assert_eq!(again.json()["id"], done.json()["id"]);

        let no = stage.eml("thunderbird-decline");
        let now = app.ctx().now.utc().timestamp();
        let (stamp, old) = (now.to_string(), (now - 301).to_string());
        let signed = |stamp: &str, signature: &str| {
            post(
                app,
                &no,
                &[
                    ("X-Passerelle-Timestamp", stamp),
                    ("X-Passerelle-Signature", signature),
                ],
            )
        };
        signed(&stamp, &signature("another", &stamp, &no)).expect(401);
        signed(&stamp, &signature(SECRET, &stamp, &raw)).expect(401);
        signed(&stamp, &signature(SECRET, &old, &no)).expect(401);
        signed(&old, &signature(SECRET, &old, &no)).expect(401);
        signed("9223372036854775807", "sha256=00").expect(401);
        assert_eq!(stored(app).len(), 1);
        signed(&stamp, &signature(SECRET, &stamp, &no)).expect(200);
        let wrong_kind = app
            .request("POST", "/api/v1/inbound-mail")
            .header("Authorization", &bearer)
            .header("Content-Type", "text/plain")
            .body(raw.clone());
        app.send(wrong_kind).expect(415);
    });
}

#[test]
fn i1_a_large_message_is_kept_as_its_headers_and_a_boundless_one_is_refused() {
    each_database_with(with_secret, |app| {
        let stage = Stage::new(app);
        let bearer = format!("Bearer {SECRET}");
        let mut raw = stage.eml("thunderbird-accept");
        raw.resize(5_000_000, b'x');
        let done = post(app, &raw, &[("Authorization", &bearer)]).expect(200);
        assert_eq!(done.json()["state"], "quarantined");
        let id = done.json()["id"].as_str().unwrap().to_owned();
        let seen = app
            .get(
                &stage.pair.coordinator,
                &format!("/api/v1/inbound-mails/{id}"),
            )
            .expect(200)
            .json();
        assert_eq!(
            (&seen["reason"], &seen["size_bytes"]),
            (&json!("too-large"), &json!(5_000_000))
        );
        assert_eq!(seen["sender"], stage.values["address"].as_str());
        raw.resize(65 * 1024 * 1024, b'x');
        // A server may close such a request before it was sent to its end.
        let request = app
            .request("POST", "/api/v1/inbound-mail")
            .header("Content-Type", "message/rfc822")
            .header("Authorization", &bearer);
        let status = request
            .body(raw)
            .send()
            .map(|answer| answer.status().as_u16());
        assert!(status.is_err() || status.unwrap() == 413);
    });
}

#[test]
fn without_a_secret_there_is_no_such_address() {
    each_database_with(settings, |app| {
        let stage = Stage::new(app);
        let raw = stage.eml("thunderbird-accept");
        post(app, &raw, &[("Authorization", "Bearer ")]).expect(404);
        post(app, &raw, &[]).expect(404);
    });
}
