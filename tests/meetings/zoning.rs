//! When the law changes the clocks (rule T6): meetings that were booked under older zone data.

use diesel::prelude::*;
use passerelle::db::schema::{bookings, meetings};
use passerelle::icalendar::{Method, Moment};
use passerelle::kernel::ids::MeetingId;
use passerelle::kernel::zone::TZDB_VERSION;
use passerelle::meetings::zones::{self, Fate};
use serde_json::json;

use super::fixture::{Pair, again, calendar, letter_to, letters, pair};
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
            (moved[0].id, moved[0].resolved_under.as_str()),
            (id, "2025b")
        );
        assert_eq!(moved[0].ought, instant("2026-12-09T01:00:00Z"));
        assert!(letters(app).is_empty(), "to look changes nothing");
        assert_eq!(
            app.db(|conn| zones::apply(conn, &app.ctx(), id)),
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
            app.db(|conn| zones::apply(conn, &app.ctx(), id)),
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
            app.db(|conn| zones::apply(conn, &app.ctx(), id)),
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
