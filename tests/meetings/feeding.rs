//! Feeds: what a calendar program reads at a secret address (rule F1).

use diesel::prelude::*;
use passerelle::db::schema::{account_grants, accounts, feeds, persons};
use passerelle::icalendar::{self, Method, ReadCalendar, Status};
use passerelle::kernel::Role;
use serde_json::json;

use super::fixture::{Pair, address, again, booked, letters, pair, pair_in, programme};
use crate::support::app::{Answer, Someone, TestApp, instant};
use crate::support::each_database;

/// The path of a new address of somebody's own meetings.
fn made(app: &TestApp, who: &Someone) -> String {
    let path = format!("/api/v1/persons/{}/feed", who.person_id.unwrap());
    path_of(app, &app.post(&again(app, who), &path, &json!({})))
}

fn made_for_programmes(app: &TestApp, who: &Someone) -> String {
    let path = format!("/api/v1/accounts/{}/feed", who.account_id);
    path_of(app, &app.post(&again(app, who), &path, &json!({})))
}

fn path_of(app: &TestApp, answer: &Answer) -> String {
    assert_eq!(answer.status, 201, "{}", answer.text);
    let address = answer.json()["address"].as_str().unwrap().to_owned();
    let subscribe = answer.json()["subscribe"].as_str().unwrap().to_owned();
    assert_eq!(subscribe, address.replacen("http", "webcal", 1));
    address.strip_prefix(&app.base).unwrap().to_owned()
}

/// What a program gets that is not signed in.
fn fetch(app: &TestApp, path: &str) -> Answer {
    app.send(app.request("GET", path))
}

fn calendar(answer: &Answer) -> ReadCalendar {
    assert_eq!(answer.status, 200, "{}", answer.text);
    icalendar::read(answer.text.as_bytes(), None)
        .unwrap()
        .calendars
        .remove(0)
}

/// As a calendar program sees the text: long lines joined.
fn unfolded(answer: &Answer) -> String {
    answer.text.replace("\r\n ", "")
}

fn book_with_words(app: &TestApp, pair: &Pair) -> Answer {
    let body = json!({"starts_at": "2026-10-13T22:00:00Z", "title": "About the interview",
        "url": "https://meet.example.org/amina-jose", "note": "Bring the letter, please."});
    let booked = app.post(&again(app, &pair.mentor), &pair.meetings(), &body);
    letters(app);
    booked.expect(201)
}

#[test]
fn f1_a_persons_feed_is_read_without_sign_in_and_says_what_the_person_sees_elsewhere() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        let path = made(app, &pair.mentee);
        assert!(path.starts_with("/feeds/") && path.ends_with(".ics"));
        assert!(path.len() >= "/feeds/.ics".len() + 22, "128 bits or more");
        let answer = fetch(app, &path);
        assert_eq!(
            answer.header("content-type"),
            "text/calendar; charset=utf-8"
        );
        assert!(answer.header("cache-control").starts_with("private"));
        let text = unfolded(&answer);
        for line in [
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
            "X-PUBLISHED-TTL:PT1H\r\n",
            "NAME:Passerelle\u{a0}: mes rencontres\r\n",
            "X-WR-CALNAME:Passerelle\u{a0}: mes rencontres\r\n",
        ] {
            assert!(text.contains(line), "{line} is missing in {text}");
        }
        assert!(!text.contains("METHOD:REQUEST") && !text.contains("ATTENDEE"));
        let addresses: Vec<&str> = text.matches("mailto:").collect();
        assert_eq!(addresses.len(), 1, "the platform's own: {text}");
        assert!(
            text.contains("mailto:passerelle@mail.example.org"),
            "{text}"
        );
        assert!(!text.contains("people.example.org"), "{text}");
        let calendar = calendar(&answer);
        assert_eq!(calendar.method, Some(Method::Publish));
        assert_eq!(calendar.events.len(), 1);
        let event = &calendar.events[0];
        assert_eq!(event.summary.as_deref(), Some("Mentorat avec José"));
        assert_eq!(
            event.status,
            Some(Status::Tentative),
            "she has not answered"
        );
        assert!(!text.contains("Núñez"), "the mentee sees first names");
    });
}

#[test]
fn f1_a_head_has_the_headers_and_the_same_bytes_are_not_sent_twice() {
    each_database(|app| {
        let pair = pair(app);
        let booked = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        let path = made(app, &pair.mentee);
        let first = fetch(app, &path);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() > 20, "strong: {tag}");
        let head = app.send(app.request("HEAD", &path)).expect(200);
        assert_eq!(
            (head.header("etag"), head.text.as_str()),
            (tag.as_str(), "")
        );
        // Hours later, when others have looked and the clock has moved, not one byte differs.
        app.clock.set(instant("2026-10-07T03:00:00Z"));
        let second = fetch(app, &path);
        assert_eq!(first.text, second.text);
        let ask = |tag: &str| {
            let request = app.request("GET", &path).header("If-None-Match", tag);
            app.send(request)
        };
        let unchanged = ask(&tag).expect(304);
        assert_eq!(
            (unchanged.header("etag"), unchanged.text.as_str()),
            (tag.as_str(), "")
        );
        // An answer is a change.
        let answer = format!("{}/attendees/{}/answer", address(&booked), pair.mentee_id());
        let request = app
            .request("PUT", &answer)
            .bearer_auth(&again(app, &pair.mentee).token);
        let body = json!({"answer": "accepted"});
        app.send(request.header("If-Match", "*").json(&body))
            .expect(200);
        let changed = ask(&tag).expect(200);
        assert_ne!(changed.header("etag"), tag);
        let (before, after) = (calendar(&first), calendar(&changed));
        assert_eq!(after.events[0].status, Some(Status::Confirmed));
        assert!(after.events[0].stamp > before.events[0].stamp);
        assert_eq!(after.events[0].uid, before.events[0].uid);
    });
}

#[test]
fn f1_a_strong_tag_is_never_that_of_compressed_bytes() {
    each_database(|app| {
        let pair = pair(app);
        let path = made(app, &pair.mentee);
        let request = app
            .request("GET", &path)
            .header("Accept-Encoding", "br, gzip");
        let answer = app.send(request).expect(200);
        assert!(
            answer.text.starts_with("BEGIN:VCALENDAR"),
            "{}",
            answer.text
        );
        assert_eq!(answer.header("content-encoding"), "identity");
    });
}

#[test]
fn f1_a_cancelled_meeting_stays_thirty_days_as_cancelled_and_leaves() {
    each_database(|app| {
        let pair = pair(app);
        let booked = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        let path = made(app, &pair.mentee);
        app.send(
            app.request("POST", &format!("{}/cancel", address(&booked)))
                .bearer_auth(&again(app, &pair.mentor).token)
                .header("If-Match", "*")
                .json(&json!({"reason": "A secret reason"})),
        )
        .expect(200);
        app.clock.set(instant("2026-11-05T11:59:00Z"));
        let answer = fetch(app, &path);
        let calendar_then = calendar(&answer);
        assert_eq!(calendar_then.events[0].status, Some(Status::Cancelled));
        assert_eq!(calendar_then.events[0].sequence, Some(1));
        app.clock.set(instant("2026-11-05T12:01:00Z"));
        assert_eq!(calendar(&fetch(app, &path)).events.len(), 0);
    });
}

#[test]
fn a_coordinators_feed_holds_their_programmes_now_and_nothing_confidential() {
    each_database(|app| {
        let pair = pair(app);
        let elsewhere = programme(app, json!({}));
        let elsewhere = pair_in(app, elsewhere);
        book_with_words(app, &pair);
        booked(app, &elsewhere, &elsewhere.mentor, "2026-10-13T23:00:00Z");
        let path = made_for_programmes(app, &pair.coordinator);
        let answer = fetch(app, &path);
        let calendar = calendar(&answer);
        assert_eq!(calendar.events.len(), 1, "their own programme's only");
        let summary = calendar.events[0].summary.as_deref();
        assert_eq!(summary, Some("José Núñez and Amina Diallo"));
        let text = unfolded(&answer);
        for secret in [
            "interview",
            "meet.example.org",
            "Bring",
            "people.example.org",
        ] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        // Whoever coordinates nothing any more has no feed, and has it again with the next programme.
        let grants = account_grants::table
            .filter(account_grants::account_id.eq(pair.coordinator.account_id));
        let set = |programme| {
            app.db(|conn| {
                diesel::update(grants)
                    .set(account_grants::programme_id.eq(programme))
                    .execute(conn)?;
                Ok(())
            });
        };
        set(elsewhere.programme_id);
        assert!(fetch(app, &path).expect(200).text.contains("230000Z"));
        app.db(|conn| {
            diesel::update(grants)
                .set(account_grants::role.eq(Role::Coach))
                .execute(conn)?;
            Ok(())
        });
        fetch(app, &path).expect(404);
    });
}

#[test]
fn a_persons_feed_shows_the_words_of_the_meeting_to_whoever_is_in_it() {
    each_database(|app| {
        let pair = pair(app);
        book_with_words(app, &pair);
        let answer = fetch(app, &made(app, &pair.mentor));
        let event = calendar(&answer).events.remove(0);
        assert_eq!(event.summary.as_deref(), Some("About the interview"));
        assert_eq!(
            event.url.as_deref(),
            Some("https://meet.example.org/amina-jose")
        );
        assert!(event.description.unwrap().contains("Bring the letter"));
    });
}

#[test]
fn l2_a_new_address_ends_the_old_one_and_a_revoked_one_leads_nowhere() {
    each_database(|app| {
        let pair = pair(app);
        let first = made(app, &pair.mentee);
        let second = made(app, &pair.mentee);
        assert_ne!(first, second);
        fetch(app, &first).expect(404);
        fetch(app, &second).expect(200);
        let about = format!("/api/v1/persons/{}/feed", pair.mentee_id());
        let shown = app.get(&pair.mentee, &about).expect(200).json();
        assert_eq!(
            (&shown["active"], &shown["read_at"]),
            (&json!(true), &json!("2026-10-06T12:00:00Z"))
        );
        let secret = second
            .trim_start_matches("/feeds/")
            .trim_end_matches(".ics");
        let stored: Vec<String> =
            app.db(|conn| Ok(feeds::table.select(feeds::token_hash).load(conn)?));
        assert_eq!(stored.len(), 1);
        assert!(!stored[0].contains(secret), "stored as a hash");
        assert!(!shown.to_string().contains(secret), "told once");
        // A coordinator can take it away and cannot have it.
        app.post(&pair.coordinator, &about, &json!({})).expect(403);
        app.delete(&pair.coordinator, &about, "*").expect(204);
        fetch(app, &second).expect(404);
        app.delete(&pair.coordinator, &about, "*").expect(204);
        let shown = app.get(&pair.mentee, &about).expect(200).json();
        assert_eq!(shown["active"], false);
        let lines = app
            .get(&app.administrator(), "/api/v1/audit")
            .expect(200)
            .text;
        assert!(
            lines.contains("feed.make") && lines.contains("feed.revoke"),
            "{lines}"
        );
    });
}

#[test]
fn a_pause_keeps_the_feed_and_an_archived_person_or_a_disabled_account_has_none() {
    each_database(|app| {
        let pair = pair(app);
        let path = made(app, &pair.mentee);
        let status = |word: &str| {
            app.db(|conn| {
                diesel::update(persons::table.find(pair.mentee_id()))
                    .set(persons::status.eq(word))
                    .execute(conn)?;
                Ok(())
            });
        };
        status("paused");
        fetch(app, &path).expect(200);
        status("archived");
        fetch(app, &path).expect(404);
        status("active");
        fetch(app, &path).expect(200);
        app.db(|conn| {
            diesel::update(accounts::table.find(pair.mentee.account_id))
                .set(accounts::status.eq("disabled"))
                .execute(conn)?;
            Ok(())
        });
        fetch(app, &path).expect(404);
    });
}

#[test]
fn whoever_guesses_addresses_is_slowed_down_and_a_good_one_is_still_read() {
    each_database(|app| {
        let pair = pair(app);
        let path = made(app, &pair.mentee);
        let guess = |n: u32| fetch(app, &format!("/feeds/guess-{n}.ics")).status;
        let answers: Vec<u16> = (0..30).map(guess).collect();
        assert_eq!(answers[0], 404);
        assert_eq!(answers[29], 429, "{answers:?}");
        fetch(app, &path).expect(200);
    });
}

#[test]
fn an_independent_reader_finds_the_same_in_a_feed() {
    each_database(|app| {
        let pair = pair(app);
        book_with_words(app, &pair);
        let answer = fetch(app, &made(app, &pair.mentor));
        let Some(read) = crate::support::python::run(
            "import icalendar, vobject",
            "import sys, json, icalendar, vobject
data = sys.stdin.buffer.read()
c = icalendar.Calendar.from_ical(data)
v = vobject.readOne(data.decode())
e = c.walk('VEVENT')[0]
print(json.dumps([str(c['NAME']), str(c['METHOD']), c['REFRESH-INTERVAL'].to_ical().decode(),
  str(e['SUMMARY']), e['DTSTART'].dt.isoformat(), v.vevent.summary.value, max(len(l) for l in data.split(b'\\r\\n'))]))",
            answer.text.as_bytes(),
        ) else {
            return;
        };
        let read: serde_json::Value = serde_json::from_str(&read).unwrap();
        assert_eq!(read[0], "Passerelle: my meetings");
        assert_eq!((&read[1], &read[2]), (&json!("PUBLISH"), &json!("PT1H")));
        assert_eq!(
            (&read[3], &read[5]),
            (&json!("About the interview"), &json!("About the interview"))
        );
        assert_eq!(read[4], "2026-10-13T22:00:00+00:00");
        assert!(read[6].as_u64().unwrap() <= 75);
    });
}
