//! When the law changes the clocks (rule T6): meetings that were booked under older zone data.

use diesel::prelude::*;
use passerelle::db::schema::{bookings, meetings};
use passerelle::icalendar::{Method, Moment, ReadEvent};
use passerelle::kernel::ids::{MeetingId, SeriesId};
use passerelle::kernel::zone::TZDB_VERSION;
use passerelle::mail::message::Letter;
use passerelle::meetings::zones::{self, Fate, What};
use serde_json::{Value, json};

use super::fixture::{Pair, again, calendar, letter_to, letters, pair};
use super::series::{booked_series, do_it, master, meeting};
use crate::cli::passerelle;
use crate::support::app::{TestApp, instant};
use crate::support::each_database;

/// A meeting at six in the evening of 8 December in Vancouver, as release 2025b resolved it: at UTC−8, which
/// Vancouver has not had since November 2026.
fn booked_under_old_data(app: &TestApp, pair: &Pair) -> MeetingId {
    let id = book(app, pair, "2026-12-09T02:00:00Z");
    app.db(|conn| {
        diesel::update(meetings::table.find(id))
            .set((
                meetings::zone.eq("America/Vancouver"),
                meetings::local_start.eq("2026-12-08T18:00:00"),
                meetings::tzdb.eq("2025b"),
            ))
            .execute(conn)?;
        Ok(())
    });
    id
}

fn book(app: &TestApp, pair: &Pair, starts_at: &str) -> MeetingId {
    let body = json!({"starts_at": starts_at, "outside_availability": true});
    let made = app
        .post(&again(app, &pair.mentor), &pair.meetings(), &body)
        .expect(201);
    letters(app);
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

fn tzdb(app: &TestApp, id: MeetingId) -> String {
    app.db(|conn| {
        Ok(meetings::table
            .find(id)
            .select(meetings::tzdb)
            .first(conn)?)
    })
}

#[test]
fn t6_a_meeting_remembers_the_zone_data_it_was_booked_under() {
    each_database(|app| {
        let pair = pair(app);
        let id = book(app, &pair, "2026-12-09T02:00:00Z");
        assert_eq!(tzdb(app, id), **TZDB_VERSION);
        assert!(app.db(|conn| zones::moved(conn, &app.ctx())).is_empty());
    });
}

#[test]
fn t6_a_meeting_that_moved_is_listed_and_mended_with_an_update_to_everybody() {
    each_database(|app| {
        let pair = pair(app);
        let id = booked_under_old_data(app, &pair);
        let moved = app.db(|conn| zones::moved(conn, &app.ctx()));
        assert_eq!(moved.len(), 1);
        assert_eq!(
            (moved[0].what, moved[0].resolved_under.as_str()),
            (What::Meeting(id), "2025b")
        );
        assert_eq!(moved[0].ought, instant("2026-12-09T01:00:00Z"));
        assert!(letters(app).is_empty(), "to look changes nothing");
        assert_eq!(
            app.db(|conn| zones::apply(conn, &app.ctx(), What::Meeting(id))),
            Fate::Mended
        );
        let written = letters(app);
        assert_eq!(written.len(), 2);
        for (person, words) in [
            (pair.mentor_id(), "The law about clocks has changed"),
            (pair.mentee_id(), "La loi sur l’heure a changé"),
        ] {
            let letter = letter_to(&written, person);
            assert!(letter.words.text.contains(words), "{}", letter.words.text);
            let calendar = calendar(letter);
            assert_eq!(calendar.method, Some(Method::Request));
            let event = &calendar.events[0];
            assert_eq!(event.sequence, Some(1));
            assert_eq!(
                event.start,
                Some(Moment::Utc(instant("2026-12-09T01:00:00Z")))
            );
            assert_eq!(
                event.end,
                Some(Moment::Utc(instant("2026-12-09T02:00:00Z")))
            );
        }
        assert!(
            letter_to(&written, pair.mentee_id())
                .words
                .text
                .contains("18\u{a0}h")
        );
        let taken: Vec<_> = app.db(|conn| {
            let rows = bookings::table.filter(bookings::meeting_id.eq(id));
            Ok(rows
                .select(bookings::starts_at)
                .load::<passerelle::kernel::Instant>(conn)?)
        });
        assert_eq!(taken, [instant("2026-12-09T01:00:00Z"); 2]);
        assert_eq!(tzdb(app, id), **TZDB_VERSION);
        assert!(app.db(|conn| zones::moved(conn, &app.ctx())).is_empty());
        assert_eq!(
            app.db(|conn| zones::apply(conn, &app.ctx(), What::Meeting(id))),
            Fate::Gone,
            "once"
        );
        assert!(letters(app).is_empty());
    });
}

#[test]
fn t6_nobody_is_put_into_two_meetings_at_once() {
    each_database(|app| {
        let pair = pair(app);
        let id = booked_under_old_data(app, &pair);
        book(app, &pair, "2026-12-09T01:00:00Z");
        assert_eq!(
            app.db(|conn| zones::apply(conn, &app.ctx(), What::Meeting(id))),
            Fate::Conflict
        );
        assert!(letters(app).is_empty());
        assert_eq!(
            app.db(|conn| zones::moved(conn, &app.ctx())).len(),
            1,
            "still listed"
        );
        assert_eq!(tzdb(app, id), "2025b");
    });
}

#[test]
fn t6_the_second_of_two_equal_hours_has_not_moved() {
    each_database(|app| {
        let pair = pair(app);
        // 01:30 comes twice in Toronto on 1 November 2026; this is the second.
        let id = book(app, &pair, "2026-11-01T06:30:00Z");
        app.db(|conn| {
            diesel::update(meetings::table.find(id))
                .set(meetings::tzdb.eq("2025b"))
                .execute(conn)?;
            Ok(())
        });
        assert!(app.db(|conn| zones::moved(conn, &app.ctx())).is_empty());
        assert_eq!(app.db(|conn| zones::confirm(conn, &app.ctx())), 1);
        assert_eq!(tzdb(app, id), **TZDB_VERSION);
        assert_eq!(app.db(|conn| zones::confirm(conn, &app.ctx())), 0);
    });
}

/// Weekly meetings as release 2025b resolved them: booked in Toronto, then put on another clock.
fn series_under_old_data(
    app: &TestApp,
    pair: &Pair,
    starts_at: &str,
    zone: &str,
    hour: &str,
) -> Value {
    let body = json!({ "starts_at": starts_at, "count": 4, "outside_availability": true });
    let series = booked_series(app, pair, &body);
    let id = SeriesId(series["id"].as_str().unwrap().parse().unwrap());
    app.db(|conn| {
        use passerelle::db::schema::meeting_series;
        let rows: Vec<(MeetingId, String)> = meetings::table
            .filter(meetings::series_id.eq(id))
            .select((meetings::id, meetings::recurrence_local.assume_not_null()))
            .load(conn)?;
        for (meeting, local) in rows {
            let local = format!("{}T{hour}", &local[..10]);
            diesel::update(meetings::table.find(meeting))
                .set((
                    meetings::zone.eq(zone),
                    meetings::local_start.eq(&local),
                    meetings::recurrence_local.eq(&local),
                    meetings::tzdb.eq("2025b"),
                ))
                .execute(conn)?;
        }
        diesel::update(meeting_series::table.find(id))
            .set((
                meeting_series::zone.eq(zone),
                meeting_series::local_start.eq(format!("{}T{hour}", &starts_at[..10])),
            ))
            .execute(conn)?;
        Ok(())
    });
    series
}

#[test]
fn t6_a_series_is_mended_as_a_whole_with_one_update_and_keeps_its_exceptions() {
    each_database(|app| {
        let pair = pair(app);
        // Six in the evening in Vancouver; in Toronto it is nine.
        let series = series_under_old_data(
            app,
            &pair,
            "2026-12-08T21:00:00-05:00",
            "America/Vancouver",
            "18:00:00",
        );
        // The third has another time of its own, on the mentor's clock; the second is called off.
        let body = json!({ "starts_at": "2026-12-23T20:00:00Z", "outside_availability": true });
        let third = format!("{}/reschedule", meeting(&series, 2));
        do_it(app, &pair.mentor, &third, &body).expect(200);
        let second = format!("{}/cancel", meeting(&series, 1));
        do_it(app, &pair.mentor, &second, &json!({})).expect(200);
        letters(app);

        let moved = app.db(|conn| zones::moved(conn, &app.ctx()));
        assert_eq!(moved.len(), 1, "one line for the series: {moved:?}");
        let id = SeriesId(series["id"].as_str().unwrap().parse().unwrap());
        assert_eq!((moved[0].what, moved[0].meetings), (What::Series(id), 2));
        assert_eq!(moved[0].is, instant("2026-12-09T02:00:00Z"));
        let mend = || app.db(|conn| zones::apply(conn, &app.ctx(), What::Series(id)));
        assert_eq!(mend(), Fate::Mended);

        let written = letters(app);
        assert_eq!(written.len(), 2, "one update for each person");
        for (person, words) in [
            (pair.mentor_id(), "The law about clocks has changed"),
            (pair.mentee_id(), "La loi sur l’heure a changé"),
        ] {
            let letter = letter_to(&written, person);
            assert!(letter.words.text.contains(words), "{}", letter.words.text);
            let text = &letter.payload.calendar.as_ref().unwrap().text;
            assert!(text.contains("TZID:America/Vancouver\r\n"), "{text}");
            assert!(
                text.contains("TZOFFSETTO:-0700\r\n"),
                "the new definition: {text}"
            );
            assert!(!text.contains("TZOFFSETTO:-0800"), "{text}");
            let whole = master(letter);
            let vancouver = |at: &str| Moment::Local {
                at: at.parse().unwrap(),
                tzid: "America/Vancouver".into(),
            };
            // Three changes: the third moved, the second called off, and this.
            assert_eq!(whole.sequence, Some(3));
            assert_eq!(whole.start, Some(vancouver("2026-12-08T18:00:00")));
            assert_eq!(whole.exceptions, [vancouver("2026-12-15T18:00:00")]);
            let alone: Vec<_> = calendar(letter)
                .events
                .into_iter()
                .filter(|one| one.recurrence_id.is_some())
                .collect();
            assert_eq!(alone.len(), 1, "the one that was moved by itself");
            assert_eq!(
                alone[0].recurrence_id,
                Some(vancouver("2026-12-22T18:00:00"))
            );
            assert_eq!(
                alone[0].start.as_ref().and_then(Moment::instant),
                Some(instant("2026-12-23T20:00:00Z"))
            );
        }
        let mentor = again(app, &pair.mentor);
        let starts: Vec<String> = [0, 2, 3]
            .map(|index| app.get(&mentor, &meeting(&series, index)).json())
            .map(|one| one["starts_at"].as_str().unwrap().to_owned())
            .into();
        assert_eq!(
            starts,
            [
                "2026-12-09T01:00:00Z",
                "2026-12-23T20:00:00Z",
                "2026-12-30T01:00:00Z"
            ]
        );
        let called_off = app.get(&mentor, &meeting(&series, 1)).json();
        assert_eq!(called_off["status"], "cancelled");
        assert!(app.db(|conn| zones::moved(conn, &app.ctx())).is_empty());
        assert_eq!(mend(), Fate::Gone, "once");
        assert!(letters(app).is_empty());
    });
}

#[test]
fn t6_a_meeting_of_a_series_that_would_collide_stays_and_the_others_are_mended() {
    each_database(|app| {
        let pair = pair(app);
        let series = series_under_old_data(
            app,
            &pair,
            "2026-12-08T21:00:00-05:00",
            "America/Vancouver",
            "18:00:00",
        );
        book(app, &pair, "2026-12-16T01:00:00Z");
        let id = SeriesId(series["id"].as_str().unwrap().parse().unwrap());
        let mend = || app.db(|conn| zones::apply(conn, &app.ctx(), What::Series(id)));
        assert_eq!(mend(), Fate::Partly);
        let written = letters(app);
        assert_eq!(written.len(), 2);
        let alone = event_of(
            letter_to(&written, pair.mentee_id()),
            "2026-12-16T02:00:00Z",
        );
        assert!(
            alone.recurrence_id.is_some(),
            "calendars are told where it is"
        );
        let moved = app.db(|conn| zones::moved(conn, &app.ctx()));
        assert_eq!((moved.len(), moved[0].meetings), (1, 1), "still listed");
        assert_eq!(mend(), Fate::Conflict);
        assert!(letters(app).is_empty(), "nothing new to say");
    });
}

/// The event that begins at an instant.
fn event_of(letter: &Letter, starts_at: &str) -> ReadEvent {
    let mut events = calendar(letter).events.into_iter();
    let at = Some(instant(starts_at));
    events
        .find(|one| one.start.as_ref().and_then(Moment::instant) == at)
        .expect("an event then")
}

#[test]
fn t3_t6_a_series_that_cannot_be_told_any_more_becomes_single_entries() {
    each_database(|app| {
        let pair = pair(app);
        // Cairo has had a summer clock again since 2023; before, 18:00 there was 16:00 in UTC all year.
        let series = series_under_old_data(
            app,
            &pair,
            "2026-10-06T12:00:00-04:00",
            "Africa/Cairo",
            "18:00:00",
        );
        let id = SeriesId(series["id"].as_str().unwrap().parse().unwrap());
        let moved = app.db(|conn| zones::moved(conn, &app.ctx()));
        assert_eq!((moved.len(), moved[0].meetings), (1, 4));
        let fate = app.db(|conn| zones::apply(conn, &app.ctx(), What::Series(id)));
        assert_eq!(fate, Fate::Mended);
        let written = letters(app);
        let mine: Vec<_> = written
            .iter()
            .filter(|(row, _)| row.person_id == Some(pair.mentee_id()))
            .map(|(_, letter)| calendar(letter))
            .collect();
        let methods: Vec<_> = mine.iter().filter_map(|one| one.method).collect();
        let count = |method| methods.iter().filter(|one| **one == method).count();
        assert_eq!(
            (count(Method::Cancel), count(Method::Request)),
            (1, 4),
            "{methods:?}"
        );
        for one in mine
            .iter()
            .filter(|one| one.method == Some(Method::Request))
        {
            assert!(
                matches!(one.events[0].start, Some(Moment::Utc(_))),
                "{one:?}"
            );
            assert_eq!(one.events[0].rule, None);
        }
        let mentor = again(app, &pair.mentor);
        let first = app.get(&mentor, &meeting(&series, 0)).json();
        assert_eq!(first["starts_at"], "2026-10-06T15:00:00Z");
        assert!(app.db(|conn| zones::moved(conn, &app.ctx())).is_empty());
    });
}

#[test]
fn t6_the_operator_sees_and_mends_it_with_one_command() {
    each_database(|app| {
        let pair = pair(app);
        let id = booked_under_old_data(app, &pair);
        // The command has a real clock: a winter that is far away.
        app.db(|conn| {
            let (start, end) = (
                instant("2090-12-09T02:00:00Z"),
                instant("2090-12-09T03:00:00Z"),
            );
            diesel::update(meetings::table.find(id))
                .set((
                    meetings::starts_at.eq(start),
                    meetings::ends_at.eq(end),
                    meetings::local_start.eq("2090-12-08T18:00:00"),
                ))
                .execute(conn)?;
            Ok(())
        });
        let run = |arguments: &[&str]| {
            let settings = &app.app.platform.settings;
            use secrecy::ExposeSecret as _;
            let output = passerelle(arguments)
                .env(
                    "PASSERELLE__DATABASE__URL",
                    settings.database.url.expose_secret(),
                )
                .env(
                    "PASSERELLE__SECURITY__SECRET",
                    settings.security.secret.expose_secret(),
                )
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(
                said.contains(&format!("Zone data: {}", *TZDB_VERSION)),
                "{output:?}"
            );
            (output.status.success(), said)
        };
        let (good, said) = run(&["zones", "check"]);
        assert!(
            !good && said.contains("2090-12-08T18:00:00 America/Vancouver (resolved under 2025b)"),
            "{said}"
        );
        assert!(
            said.contains("2090-12-09T02:00:00Z -> 2090-12-09T01:00:00Z  moved"),
            "{said}"
        );
        let (good, said) = run(&["zones", "check", "--apply"]);
        assert!(
            good && said.contains("mended") && said.contains("Moved: 1. Left: 0."),
            "{said}"
        );
        assert_eq!(letters(app).len(), 2);
        let (good, said) = run(&["zones", "check"]);
        assert!(good && said.contains("Moved: 0."), "{said}");
    });
    let output = passerelle(&["--version"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        said.contains(&format!("zone data {}", *TZDB_VERSION)),
        "{said}"
    );
}
