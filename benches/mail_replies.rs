//! Replies: read, and read and applied, a second, beside Python's `email` and `icalendar` reading the same files.

use std::path::Path;
use std::process::Command;
use std::time::Instant as Stopwatch;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use passerelle::correspondence::incoming::{Arrival, receive};
use passerelle::db::schema::{
    meeting_attendees, meetings, mentorships, participations, persons, programmes,
};
use passerelle::db::{Conn, Db, Json};
use passerelle::kernel::ids::{
    AttendeeId, MeetingId, MentorshipId, ParticipationId, PersonId, ProgrammeId,
};
use passerelle::kernel::{Context, Locale, Problem, Token};
use passerelle::mail::inbound::{Door, Meaning, State, understand};

const REPLIES: usize = 2000;
const ADDRESS: &str = "jose@example.org";

/// What `email` and `icalendar` need to know an answer: the parts, the method, the attendee's PARTSTAT.
const PYTHON: &str = r#"
import email, email.policy, pathlib, sys, time
from icalendar import Calendar
files = sorted(pathlib.Path(sys.argv[1]).glob("*.eml"))
since, answers = time.perf_counter(), 0
for file in files:
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() in ("text/calendar", "application/ics"):
            calendar = Calendar.from_ical(part.get_payload(decode=True))
            event = calendar.walk("VEVENT")[0]
            who = event.get("ATTENDEE")
            if str(calendar["METHOD"]) == "REPLY" and who.params["PARTSTAT"] == "ACCEPTED":
                answers += 1
assert answers == 2 * len(files), answers
print(len(files) / (time.perf_counter() - since))
"#;

pub fn run(db: &Db, ctx: &Context) {
    let folder = tempfile::tempdir().expect("a folder");
    db.run_here(|conn| conn.write_tx(|conn| write(conn, ctx, folder.path())))
        .expect("meetings with replies");
    let mut files: Vec<_> = std::fs::read_dir(folder.path())
        .expect("files")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();

    let since = Stopwatch::now();
    for file in &files {
        let raw = std::fs::read(file).expect("a reply");
        let meaning = understand(&raw, None, None).meaning;
        assert!(matches!(meaning, Meaning::Answers(_)));
    }
    let read = super::say("replies read from files", REPLIES, since);

    let since = Stopwatch::now();
    for file in &files {
        let raw = std::fs::read(file).expect("a reply");
        let arrival = Arrival {
            door: Door::Pipe,
            size: raw.len(),
            raw,
            envelope_to: None,
        };
        let received = db.run_here(|conn| receive(conn, ctx, arrival));
        assert_eq!(received.expect("stored").state, State::Applied);
    }
    let what = "replies read, stored and applied (a transaction each, SQLite)";
    let applied = super::say(what, REPLIES, since);

    let python = Command::new("python3")
        .args(["-c", PYTHON])
        .arg(folder.path())
        .output();
    let rate = python
        .ok()
        .filter(|output| output.status.success())
        .and_then(|output| {
            String::from_utf8_lossy(&output.stdout)
                .trim()
                .parse::<f64>()
                .ok()
        });
    match rate {
        Some(rate) => {
            println!("{rate:>10.0} a second  the same files read by Python's email and icalendar");
            println!("{:>10.1} times       as fast read", read / rate);
            println!(
                "{:>10.1} times       as fast read, stored and applied",
                applied / rate
            );
        }
        None => println!("           (Python with icalendar is not here: no comparison)"),
    }
}

/// One pair with many meetings, and a reply to each from the mentor, as Google writes it.
fn write(conn: &mut Conn, ctx: &Context, folder: &Path) -> Result<(), Problem> {
    let now = ctx.now;
    let programme = ProgrammeId::new(now);
    let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
    diesel::insert_into(programmes::table)
        .values((
            (
                programmes::id.eq(programme),
                programmes::slug.eq("bench"),
                programmes::name_en.eq("Bench"),
                programmes::name_fr.eq("Banc"),
                programmes::description_en.eq(""),
                programmes::description_fr.eq(""),
                programmes::starts_on.eq(day(2020)),
                programmes::ends_on.eq(day(2090)),
                programmes::target_minutes.eq(1440),
            ),
            (
                programmes::meeting_minutes.eq(60),
                programmes::rhythm_days.eq(14),
                programmes::zone.eq("America/Toronto"),
                programmes::settings.eq(Json(serde_json::json!({}))),
                programmes::status.eq("open"),
                programmes::created_at.eq(now),
                programmes::updated_at.eq(now),
                programmes::version.eq(1),
            ),
        ))
        .execute(conn)?;
    let mentor = person(conn, ctx, ADDRESS)?;
    let mentee = person(conn, ctx, "amina@example.org")?;
    let mentorship = MentorshipId::new(now);
    let parts = [
        participation(conn, ctx, programme, mentor, "mentor")?,
        participation(conn, ctx, programme, mentee, "mentee")?,
    ];
    let [mentor_part, mentee_part] = parts;
    diesel::insert_into(mentorships::table)
        .values((
            mentorships::id.eq(mentorship),
            mentorships::programme_id.eq(programme),
            mentorships::mentor_participation_id.eq(mentor_part),
            mentorships::mentee_participation_id.eq(mentee_part),
            mentorships::mentor_id.eq(mentor),
            mentorships::mentee_id.eq(mentee),
            mentorships::status.eq("active"),
            mentorships::started_at.eq(now),
            mentorships::version.eq(1),
        ))
        .execute(conn)?;
    for n in 0..REPLIES {
        let ahead = Duration::hours(i64::try_from(n).expect("a number") + 24);
        let id = MeetingId::new(now);
        let uid = format!("{id}@localhost.invalid");
        diesel::insert_into(meetings::table)
            .values((
                meetings::id.eq(id),
                meetings::mentorship_id.eq(mentorship),
                meetings::programme_id.eq(programme),
                meetings::uid.eq(&uid),
                (
                    meetings::sequence.eq(0),
                    meetings::time_sequence.eq(0),
                    meetings::dtstamp.eq(now),
                    meetings::starts_at.eq(now.plus(ahead)),
                    meetings::ends_at.eq(now.plus(ahead + Duration::minutes(30))),
                    meetings::zone.eq("America/Toronto"),
                    meetings::local_start.eq(""),
                    meetings::tzdb.eq(""),
                    meetings::mode.eq("remote"),
                    meetings::title.eq("Bench"),
                    meetings::status.eq("scheduled"),
                    meetings::created_at.eq(now),
                    meetings::updated_at.eq(now),
                    meetings::version.eq(1),
                ),
            ))
            .execute(conn)?;
        for (person, side) in [(mentor, "mentor"), (mentee, "mentee")] {
            let token = format!("{side}{n:034}");
            let hash = Token::presented(&token).expect("a token").hash();
            diesel::insert_into(meeting_attendees::table)
                .values((
                    meeting_attendees::id.eq(AttendeeId::new(now)),
                    meeting_attendees::meeting_id.eq(id),
                    meeting_attendees::person_id.eq(person),
                    meeting_attendees::role.eq(side),
                    meeting_attendees::partstat.eq("needs-action"),
                    meeting_attendees::answered_sequence.eq(0),
                    meeting_attendees::of_series.eq(false),
                    meeting_attendees::token_hash.eq(hash.as_str()),
                    meeting_attendees::token_sealed.eq(""),
                    meeting_attendees::version.eq(1),
                ))
                .execute(conn)?;
        }
        let reply = reply(&format!("mentor{n:034}"), &uid, n);
        std::fs::write(folder.join(format!("{n:05}.eml")), reply).map_err(Problem::internal)?;
    }
    Ok(())
}

fn person(conn: &mut Conn, ctx: &Context, address: &str) -> Result<PersonId, Problem> {
    let id = PersonId::new(ctx.now);
    diesel::insert_into(persons::table)
        .values((
            persons::id.eq(id),
            persons::given_name.eq("Bench"),
            persons::family_name.eq(""),
            persons::name_key.eq(""),
            persons::email.eq(address),
            persons::email_key.eq(address),
            persons::locale.eq(Locale::En),
            persons::country.eq("CA"),
            persons::zone.eq("America/Toronto"),
            persons::meeting_mode.eq("either"),
            persons::status.eq("active"),
            persons::origin.eq("api"),
            persons::created_at.eq(ctx.now),
            persons::updated_at.eq(ctx.now),
            persons::version.eq(1),
        ))
        .execute(conn)?;
    Ok(id)
}

fn participation(
    conn: &mut Conn,
    ctx: &Context,
    programme: ProgrammeId,
    person: PersonId,
    side: &str,
) -> Result<ParticipationId, Problem> {
    let id = ParticipationId::new(ctx.now);
    diesel::insert_into(participations::table)
        .values((
            participations::id.eq(id),
            participations::programme_id.eq(programme),
            participations::person_id.eq(person),
            participations::side.eq(side),
            participations::capacity.eq(9),
            participations::taken.eq(1),
            participations::held.eq(0),
            participations::status.eq("enrolled"),
            participations::joined_at.eq(ctx.now),
            participations::updated_at.eq(ctx.now),
            participations::version.eq(1),
        ))
        .execute(conn)?;
    Ok(id)
}

fn reply(token: &str, uid: &str, n: usize) -> String {
    let organizer = format!("reply+{token}@localhost.invalid");
    let calendar = format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\nCALSCALE:GREGORIAN\r\n\
         METHOD:REPLY\r\nBEGIN:VEVENT\r\nDTSTART:20261013T220000Z\r\nDTEND:20261013T230000Z\r\nDTSTAMP:20261006T120500Z\r\n\
         ORGANIZER;CN=Amina via Passerelle:mailto:{organizer}\r\nUID:{uid}\r\n\
         ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=José Núñez\r\n ;X-NUM-GUESTS=0:mailto:{ADDRESS}\r\n\
         CREATED:20261006T115900Z\r\nDESCRIPTION:Rencontre de mentorat\\, première.\r\nLAST-MODIFIED:20261006T120500Z\r\n\
         LOCATION:\r\nSEQUENCE:0\r\nSTATUS:CONFIRMED\r\nSUMMARY:Mentoring with Amina\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let encoded = STANDARD.encode(&calendar);
    format!(
        "MIME-Version: 1.0\r\nSender: Google Calendar <calendar-notification@google.com>\r\nAuto-Submitted: auto-generated\r\n\
         Message-ID: <calendar-{n:08}@google.com>\r\nDate: Tue, 06 Oct 2026 12:05:00 +0000\r\nSubject: Accepted: Mentoring\r\n\
         From: =?UTF-8?Q?Jos=C3=A9?= <{ADDRESS}>\r\nTo: {organizer}\r\nContent-Type: multipart/mixed; boundary=\"m\"\r\n\r\n\
         --m\r\nContent-Type: multipart/alternative; boundary=\"a\"\r\n\r\n\
         --a\r\nContent-Type: text/plain; charset=\"UTF-8\"\r\n\r\nJosé has accepted this invitation.\r\n\
         --a\r\nContent-Type: text/html; charset=\"UTF-8\"\r\n\r\n<p>José has accepted this invitation.</p>\r\n\
         --a\r\nContent-Type: text/calendar; charset=\"UTF-8\"; method=REPLY\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{calendar}\r\n--a--\r\n\
         --m\r\nContent-Type: application/ics; name=\"invite.ics\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--m--\r\n"
    )
}
