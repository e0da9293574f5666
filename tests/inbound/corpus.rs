//! The corpus: messages in the shapes of real programs, each with what becomes of it, in one table
//! (`tests/corpus/inbound/expected.tsv`). Each is filled with the token, UID and times of a real meeting and
//! handed to the room as a door would.
//!
//! A line `@@begin ENCODING [CHARSET]` … `@@end` is encoded when the message is made: `base64`, `qp`, `raw`
//! (the charset's bytes), `fold` (cut by octets). `@@repeat N TEXT` repeats lines (`|` stands for a line end);
//! `@@lf` in the first line keeps bare line ends.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use diesel::prelude::*;
use passerelle::correspondence::incoming::{Arrival, Received, receive};
use passerelle::db::schema::{
    inbound_messages, meeting_answers, meeting_attendees, meeting_counters, meetings, outbox,
    persons,
};
use passerelle::kernel::Settings;
use passerelle::kernel::ids::{MeetingId, PersonId};
use passerelle::mail::inbound::Door;
use passerelle::mail::message;
use passerelle::mail::queue::{self, Filter};

use crate::meetings::fixture::{Pair, letters, pair};
use crate::support::app::{TestApp, instant};
use crate::support::each_database_with;

/// The meeting's time, and when the answers were written: five minutes after the test's beginning.
pub const MEETING: &str = "2026-10-13T22:00:00Z";
const STAMP: &str = "20261006T120500Z";

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    pub before: String,
    pub state: String,
    pub why: String,
    pub answer: String,
    pub mails: String,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/inbound")
}

pub fn cases() -> Vec<Case> {
    let table = std::fs::read_to_string(folder().join("expected.tsv")).unwrap();
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            let [name, before, state, why, answer, mails] = cells.try_into().expect(line);
            Case {
                name,
                before,
                state,
                why,
                answer,
                mails,
            }
        })
        .collect()
}

/// What the placeholders stand for.
pub type Values = BTreeMap<&'static str, String>;

/// The message `name` with its placeholders filled and its parts encoded.
pub fn eml(name: &str, values: &Values) -> Vec<u8> {
    let text = std::fs::read_to_string(folder().join(format!("{name}.eml"))).expect(name);
    let mut text = filled(&text, values);
    let bare = text.starts_with("@@lf\n");
    if bare {
        text = text.replacen("@@lf\n", "", 1);
    }
    let end: &[u8] = if bare { b"\n" } else { b"\r\n" };
    let (mut out, mut lines) = (Vec::new(), text.lines());
    while let Some(line) = lines.next() {
        if let Some(how) = line.strip_prefix("@@begin ") {
            let inner: Vec<&str> = lines.by_ref().take_while(|line| *line != "@@end").collect();
            out.extend(encoded(how, &inner.join("\r\n")));
        } else if let Some(what) = line.strip_prefix("@@repeat ") {
            let (times, what) = what.split_once(' ').unwrap();
            for _ in 0..times.parse::<usize>().unwrap() {
                out.extend_from_slice(what.replace('|', "\r\n").as_bytes());
                out.extend_from_slice(end);
            }
            continue;
        } else {
            out.extend_from_slice(line.as_bytes());
        }
        out.extend_from_slice(end);
    }
    out
}

fn filled(text: &str, values: &Values) -> String {
    let mut text = text.to_owned();
    for (key, value) in values {
        text = text.replace(&format!("{{{{{key}}}}}"), value);
    }
    assert!(
        !text.contains("{{"),
        "{}",
        &text[text.find("{{").unwrap()..]
    );
    text
}

fn encoded(how: &str, text: &str) -> Vec<u8> {
    let (how, charset) = how.split_once(' ').unwrap_or((how, "utf-8"));
    let bytes: Vec<u8> = match charset {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-16" => {
            let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        }
        label => {
            let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap();
            encoding.encode(text).0.into_owned()
        }
    };
    match how {
        "base64" => {
            let one = base64::engine::general_purpose::STANDARD.encode(bytes);
            let lines: Vec<&[u8]> = one.as_bytes().chunks(76).collect();
            lines.join(&b"\r\n"[..])
        }
        "qp" => quoted(&bytes),
        "raw" => bytes,
        "fold" => folded(&bytes),
        other => panic!("{other}"),
    }
}

fn quoted(bytes: &[u8]) -> Vec<u8> {
    let (mut out, mut width) = (Vec::new(), 0);
    for (at, byte) in bytes.iter().enumerate() {
        let is_end = *byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') || *byte == b'\n';
        let piece = match byte {
            _ if is_end => vec![*byte],
            b'=' | 0..=31 | 127.. => format!("={byte:02X}").into_bytes(),
            plain => vec![*plain],
        };
        if !is_end && width + piece.len() > 75 {
            out.extend_from_slice(b"=\r\n");
            width = 0;
        }
        width = if is_end { 0 } else { width + piece.len() };
        out.extend(piece);
    }
    out
}

/// As programs do that count octets and know no characters.
fn folded(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines: Vec<Vec<u8>> = lines
        .map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            line.chunks(74).collect::<Vec<_>>().join(&b"\r\n "[..])
        })
        .collect();
    lines.join(&b"\r\n"[..])
}

/// A pair with one meeting, and what the placeholders are for its mentor.
pub struct Stage {
    pub pair: Pair,
    pub meeting: MeetingId,
    pub values: Values,
}

/// With the settings that the corpus is written for.
pub fn settings(settings: &mut Settings) {
    settings.mail.return_address = "bounce@mail.example.org".into();
    settings.mail.inbound.authserv_id = "mx.mail.example.org".into();
}

impl Stage {
    pub fn new(app: &TestApp) -> Self {
        let pair = pair(app);
        let body = serde_json::json!({ "starts_at": MEETING });
        let made = app.post(&pair.mentee, &pair.meetings(), &body).expect(201);
        let meeting: MeetingId = made.json()["id"].as_str().unwrap().parse().unwrap();
        let written = letters(app);
        let invitation = |person: PersonId| {
            let found = written
                .iter()
                .find(|(row, _)| row.person_id == Some(person));
            let (row, letter) = found.unwrap();
            (
                row.id,
                letter.payload.reply_to.clone().unwrap(),
                letter.to.address.clone(),
            )
        };
        let (mail, reply, address) = invitation(pair.mentor_id());
        let (_, other_reply, other_address) = invitation(pair.mentee_id());
        let uid = app.db(|conn| {
            let same = meetings::table.find(meeting).select(meetings::uid);
            Ok(same.first::<String>(conn)?)
        });
        let token = reply["reply+".len()..reply.find('@').unwrap()].to_owned();
        let platform = &app.app.platform;
        let returns = message::return_path(&platform.settings, &platform.keyring, mail);
        let (local, domain) = address.split_once('@').unwrap();
        let values = Values::from([
            ("TOKEN", token.to_uppercase()),
            ("token", token),
            ("reply", reply),
            ("other_reply", other_reply),
            ("other_address", other_address),
            (
                "wrong_token",
                "0123456789abcdef0123456789abcdef01234567".into(),
            ),
            ("ADDRESS", address.to_uppercase()),
            ("plus_address", format!("{local}+calendar@{domain}")),
            ("percent_address", address.replace('@', "%40")),
            ("address", address),
            ("return", returns.unwrap_or_default()),
            ("uid", uid),
            ("seq", "0".into()),
            ("stamp", STAMP.into()),
            ("start", "20261013T220000Z".into()),
            ("end", "20261013T230000Z".into()),
            ("later_start", "20261013T230000Z".into()),
            ("later_end", "20261014T000000Z".into()),
            ("start_toronto", "20261013T180000".into()),
            ("end_toronto", "20261013T190000".into()),
            ("later_start_toronto", "20261013T190000".into()),
            ("later_end_toronto", "20261013T200000".into()),
        ]);
        Self {
            pair,
            meeting,
            values,
        }
    }

    /// As if nothing had come yet, with the meeting as a case wants it.
    pub fn reset(&mut self, app: &TestApp, before: &str) {
        let sequence = i32::from(before == "moved");
        let status = if before == "cancelled" {
            "cancelled"
        } else {
            "scheduled"
        };
        let (start, end) = match before {
            "over" => ("2026-10-06T10:00:00Z", "2026-10-06T11:00:00Z"),
            _ => (MEETING, "2026-10-13T23:00:00Z"),
        };
        let answered = (before == "answered").then(|| instant("2026-10-06T12:08:00Z"));
        let partstat = if answered.is_some() {
            "accepted"
        } else {
            "needs-action"
        };
        self.values.insert("seq", sequence.to_string());
        app.db(|conn| {
            diesel::delete(inbound_messages::table).execute(conn)?;
            diesel::delete(outbox::table.filter(outbox::kind.ne("meeting-invitation")))
                .execute(conn)?;
            diesel::update(outbox::table)
                .set(outbox::status.eq("sent"))
                .execute(conn)?;
            diesel::delete(meeting_answers::table).execute(conn)?;
            diesel::delete(meeting_counters::table).execute(conn)?;
            diesel::update(persons::table)
                .set(persons::mail_suppressed_at.eq(None::<passerelle::kernel::Instant>))
                .execute(conn)?;
            diesel::update(meetings::table.find(self.meeting))
                .set((
                    meetings::sequence.eq(sequence),
                    meetings::time_sequence.eq(sequence),
                    meetings::status.eq(status),
                    meetings::starts_at.eq(instant(start)),
                    meetings::ends_at.eq(instant(end)),
                ))
                .execute(conn)?;
            diesel::update(meeting_attendees::table)
                .set((
                    meeting_attendees::partstat.eq(partstat),
                    meeting_attendees::answered_at.eq(answered),
                    meeting_attendees::comment.eq(None::<String>),
                ))
                .execute(conn)?;
            Ok(())
        });
        app.clock.set(instant("2026-10-06T12:10:00Z"));
    }

    /// Hands a message to the room, as the pipe does that knows no envelope.
    pub fn receive(&self, app: &TestApp, raw: Vec<u8>) -> Received {
        let arrival = Arrival {
            door: Door::Pipe,
            size: raw.len(),
            raw,
            envelope_to: None,
        };
        app.db(|conn| receive(conn, &app.ctx(), arrival))
    }

    pub fn eml(&self, name: &str) -> Vec<u8> {
        eml(name, &self.values)
    }

    /// The answer of the mentor, whose token the messages carry.
    pub fn answer(&self, app: &TestApp) -> String {
        self.answer_of(app, self.pair.mentor_id())
    }

    pub fn answer_of(&self, app: &TestApp, person: PersonId) -> String {
        app.db(|conn| {
            let theirs = meeting_attendees::table
                .filter(meeting_attendees::meeting_id.eq(self.meeting))
                .filter(meeting_attendees::person_id.eq(person));
            Ok(theirs.select(meeting_attendees::partstat).first(conn)?)
        })
    }

    /// The mails that wait to be sent, by what they are about an incoming message, sorted.
    pub fn mails(&self, app: &TestApp) -> String {
        let rows = app.db(|conn| {
            let filter = Filter {
                status: Some(passerelle::mail::outbox::MailStatus::Queued),
                ..Filter::default()
            };
            queue::list(conn, &filter, 50)
        });
        let mut names: Vec<&str> = rows
            .iter()
            .filter_map(|row| match row.kind.as_str() {
                "meeting-confirm-answer" => Some("confirm"),
                "meeting-unreadable-answer" => Some("unreadable"),
                "meeting-invitation" => Some("invitation"),
                _ => None,
            })
            .collect();
        names.sort_unstable();
        if names.is_empty() {
            "-".to_owned()
        } else {
            names.join(",")
        }
    }
}

#[test]
fn i2_every_message_of_the_corpus_becomes_what_the_table_says() {
    let cases = cases();
    assert!(cases.len() >= 60, "{}", cases.len());
    let files = std::fs::read_dir(folder()).unwrap().count() - 1;
    assert_eq!(files, cases.len(), "messages and lines of the table");
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        let mut wrong = Vec::new();
        for case in &cases {
            stage.reset(app, &case.before);
            let received = stage.receive(app, stage.eml(&case.name));
            let became = [
                received.state.as_str().to_owned(),
                received.why.as_str().to_owned(),
                stage.answer(app),
                stage.mails(app),
            ];
            let expected = [&case.state, &case.why, &case.answer, &case.mails];
            if became.iter().ne(expected) {
                wrong.push(format!("{}: {became:?}, not {expected:?}", case.name));
            }
            // I11: nobody was added, and nobody else answers.
            assert_eq!(
                stage.answer_of(app, stage.pair.mentee_id()).as_str(),
                match case.before.as_str() {
                    "answered" => "accepted",
                    _ => "needs-action",
                }
            );
            let attendees: i64 =
                app.db(|conn| Ok(meeting_attendees::table.count().get_result(conn)?));
            assert_eq!(attendees, 2, "{}", case.name);
            // I7: once more is the same, and writes to nobody.
            let mails = stage.mails(app);
            let again = stage.receive(app, stage.eml(&case.name));
            assert!(again.again && again.id == received.id, "{}", case.name);
            assert_eq!(stage.mails(app), mails, "{}", case.name);
        }
        assert!(
            wrong.is_empty(),
            "{} of {}:\n{}",
            wrong.len(),
            cases.len(),
            wrong.join("\n")
        );
    });
}

#[test]
fn i8_a_note_is_kept_whatever_it_is_written_in() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        for (name, note) in [
            ("windows-1252", "Désolé – à bientôt…"),
            ("windows-1252-declared-as-utf-8", "Désolé – à bientôt…"),
            ("latin-1-undeclared", "Désolé"),
            ("utf-16", "Très bien"),
            (
                "exchange-decline-with-comment",
                "Je suis désolée, je serai\n en déplacement ce jour-là.",
            ),
            ("apple-calendar-decline", "Une autre fois, avec plaisir"),
        ] {
            stage.reset(app, "plain");
            stage.receive(app, stage.eml(name));
            let kept: Option<String> = app.db(|conn| {
                let mine = meeting_attendees::table
                    .filter(meeting_attendees::person_id.eq(stage.pair.mentor_id()));
                Ok(mine.select(meeting_attendees::comment).first(conn)?)
            });
            assert_eq!(kept.as_deref(), Some(note), "{name}");
        }
    });
}

#[test]
fn i12_a_report_marks_the_address_until_it_is_changed() {
    each_database_with(settings, |app| {
        let mut stage = Stage::new(app);
        stage.reset(app, "plain");
        stage.receive(app, stage.eml("report-postfix-failed"));
        let person = format!("/api/v1/persons/{}", stage.pair.mentor_id());
        let admin = app.administrator();
        let shown = app.get(&admin, &person).expect(200);
        assert!(
            shown.json()["mail_suppressed_at"].is_string(),
            "{}",
            shown.text
        );
        let dead = app
            .get(&admin, "/api/v1/mails?status=dead")
            .expect(200)
            .json();
        assert_eq!(dead["items"].as_array().unwrap().len(), 1);
        assert!(
            dead["items"][0]["last_error"]
                .as_str()
                .unwrap()
                .contains("5.1.1")
        );
        // The same address once more changes nothing; another one is not failing.
        let same = serde_json::json!({ "email": stage.values["address"] });
        let kept = app.patch(&admin, &person, "*", &same).expect(200);
        assert!(
            kept.json()["mail_suppressed_at"].is_string(),
            "{}",
            kept.text
        );
        let other = serde_json::json!({ "email": "jose.nunez@new.example.org" });
        let changed = app.patch(&admin, &person, "*", &other).expect(200);
        assert!(
            changed.json()["mail_suppressed_at"].is_null(),
            "{}",
            changed.text
        );
        // A report about the address that they had does not mark the new one.
        stage.reset(app, "plain");
        let late = String::from_utf8(stage.eml("report-mailbox-full")).unwrap();
        stage.receive(app, late.into_bytes());
        let shown = app.get(&admin, &person).expect(200);
        assert!(
            shown.json()["mail_suppressed_at"].is_null(),
            "{}",
            shown.text
        );
    });
}
