//! Rule S4: nobody is in two meetings at once, whatever the number of requests or servers.

use diesel::prelude::*;
use passerelle::db::schema::bookings;
use passerelle::db::{Constraint, constraint};
use passerelle::kernel::ids::MeetingId;
use serde_json::json;

use super::fixture::{another_mentee, booked, letters, pair};
use crate::support::app::instant;
use crate::support::each_database;

#[test]
fn s4_of_fifty_bookings_of_one_time_at_once_exactly_one_wins() {
    each_database(|app| {
        let first = pair(app);
        let pairs: Vec<_> = (0..50).map(|_| another_mentee(app, &first)).collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let requests: Vec<_> = pairs
                .iter()
                .enumerate()
                .map(|(n, pair)| {
                    scope.spawn(move || {
                        // Not the same instant, but always overlapping; half of them by agreement.
                        let body = json!({
                            "starts_at": format!("2026-10-06T22:{:02}:00Z", n % 30),
                            "outside_availability": n % 2 == 0,
                        });
                        let answer = app.post(&pair.mentee, &pair.meetings(), &body);
                        if answer.status != 201 {
                            assert_eq!(answer.problem(), "meeting-time-taken", "{}", answer.text);
                        }
                        answer.status
                    })
                })
                .collect();
            requests
                .into_iter()
                .map(|request| request.join().unwrap())
                .collect()
        });
        let won = statuses.iter().filter(|status| **status == 201).count();
        let refused = statuses.iter().filter(|status| **status == 409).count();
        assert_eq!((won, refused), (1, 49), "{}", app.database.kind);
        let list = app
            .get(&first.mentor, "/api/v1/meetings")
            .expect(200)
            .json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(letters(app).len(), 2, "one invitation for each of the two");
    });
}

#[test]
fn s4_the_database_itself_refuses_what_overlaps_and_takes_what_touches() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-06T22:00:00Z");
        let elsewhere = booked(app, &pair, &pair.mentor, "2026-10-13T22:00:00Z");
        let id: MeetingId = elsewhere.json()["id"].as_str().unwrap().parse().unwrap();
        let move_to = |from: &str, until: &str| {
            app.db(|conn| {
                let moved = conn.write_tx(|conn| {
                    diesel::update(bookings::table.filter(bookings::meeting_id.eq(id)))
                        .set((
                            bookings::starts_at.eq(instant(from)),
                            bookings::ends_at.eq(instant(until)),
                        ))
                        .execute(conn)
                });
                Ok(moved.err().and_then(|error| constraint(&error)))
            })
        };
        let overlap = Some(Constraint::Overlap);
        assert_eq!(
            move_to("2026-10-06T21:00:00Z", "2026-10-06T22:00:01Z"),
            overlap
        );
        assert_eq!(
            move_to("2026-10-06T22:59:59Z", "2026-10-06T23:30:00Z"),
            overlap
        );
        assert_eq!(
            move_to("2026-10-06T22:10:00Z", "2026-10-06T22:20:00Z"),
            overlap
        );
        assert_eq!(
            move_to("2026-10-06T21:00:00Z", "2026-10-06T22:00:00Z"),
            None
        );
        assert_eq!(
            move_to("2026-10-06T23:00:00Z", "2026-10-06T23:30:00Z"),
            None
        );
    });
}

#[test]
fn s3_two_meetings_a_day_hold_in_a_race_too() {
    each_database(|app| {
        let first = pair(app);
        let pairs: Vec<_> = (0..6).map(|_| another_mentee(app, &first)).collect();
        let won = std::thread::scope(|scope| {
            let requests: Vec<_> = pairs
                .iter()
                .zip(["22:00", "22:30", "23:00", "23:30", "22:00", "23:30"])
                .map(|(pair, clock)| {
                    scope.spawn(move || {
                        let body = json!({ "starts_at": format!("2026-10-06T{clock}:00Z"), "minutes": 15 });
                        app.post(&pair.mentee, &pair.meetings(), &body).status
                    })
                })
                .collect();
            requests
                .into_iter()
                .filter(|_| true)
                .map(|one| one.join().unwrap())
                .filter(|s| *s == 201)
                .count()
        });
        assert_eq!(won, 2, "{}", app.database.kind);
    });
}
