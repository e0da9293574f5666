//! Writing hours down by hand.

use serde_json::json;

use super::{an_hour, entries, write};
use crate::meetings::fixture::{another_mentee, pair};
use crate::support::each_database;

#[test]
fn a_mentor_writes_an_hour_down_and_both_and_staff_see_it() {
    each_database(|app| {
        let pair = pair(app);
        let made = write(app, &pair.mentor, &an_hour(&pair)).expect(201);
        assert_eq!(made.json()["status"], "recorded");
        assert_eq!(made.json()["flags"], json!([]));
        assert_eq!(made.json()["person_name"], "José Núñez");
        let read = app.get(&pair.mentee, made.header("location")).expect(200);
        assert!(read.header("etag").starts_with("\"1-"));
        assert_eq!(read.json()["role"], "mentor");
        for who in [
            &pair.mentor,
            &pair.mentee,
            &pair.coordinator,
            &app.administrator(),
        ] {
            assert_eq!(entries(app, who, "").len(), 1);
        }
    });
}

#[test]
fn nobody_writes_or_reads_the_hours_of_others() {
    each_database(|app| {
        let one = pair(app);
        let made = write(app, &one.mentor, &an_hour(&one)).expect(201);
        let other = pair(app);
        for stranger in [&other.mentor, &other.mentee, &other.coordinator] {
            app.get(stranger, made.header("location")).expect(404);
            write(app, stranger, &an_hour(&one)).expect(404);
            assert!(entries(app, stranger, "").is_empty());
        }
        let mut for_the_mentor = an_hour(&one);
        for_the_mentor["person_id"] = json!(one.mentor_id());
        let refused = write(app, &one.mentee, &for_the_mentor).expect(422);
        assert_eq!(refused.field_errors(), ["/person_id hours-not-yours"]);
        let mut for_nobody = an_hour(&one);
        let refused = write(app, &one.coordinator, &for_nobody).expect(422);
        assert_eq!(refused.field_errors(), ["/person_id required"]);
        for_nobody["person_id"] = json!(other.mentor_id());
        let refused = write(app, &one.coordinator, &for_nobody).expect(422);
        assert_eq!(refused.field_errors(), ["/person_id hours-not-of-the-pair"]);
        for_the_mentor["minutes"] = json!(30);
        write(app, &one.coordinator, &for_the_mentor).expect(201);
    });
}

#[test]
fn what_cannot_be_is_refused_with_every_fault_at_once() {
    each_database(|app| {
        let pair = pair(app);
        let mut bad = an_hour(&pair);
        (bad["minutes"], bad["worked_on"]) = (json!(1441), json!("2031-01-01"));
        bad["starts_at"] = json!("2026-10-06T12:00:00Z");
        assert_eq!(
            write(app, &pair.mentor, &bad).expect(422).field_errors(),
            [
                "/minutes out-of-range",
                "/worked_on hours-day-too-far",
                "/starts_at hours-other-day"
            ]
        );
        let mut long = an_hour(&pair);
        long["note"] = json!("é".repeat(2001));
        assert_eq!(
            write(app, &pair.mentor, &long).expect(422).field_errors(),
            ["/note too-long"]
        );
        let mut unknown = an_hour(&pair);
        unknown["status"] = json!("approved");
        assert_eq!(
            write(app, &pair.mentor, &unknown)
                .expect(422)
                .field_errors(),
            ["/status unknown"]
        );
    });
}

#[test]
fn what_looks_odd_is_taken_and_flagged() {
    each_database(|app| {
        let pair = pair(app);
        let flags = |change: &[(&str, serde_json::Value)]| {
            let mut entry = an_hour(&pair);
            for (field, value) in change {
                entry[*field] = value.clone();
            }
            write(app, &pair.mentor, &entry).expect(201).json()["flags"].clone()
        };
        assert_eq!(
            flags(&[("starts_at", json!("2026-10-06T12:00:00Z"))]),
            json!([])
        );
        assert_eq!(
            flags(&[("starts_at", json!("2026-10-06T12:59:00Z"))]),
            json!(["overlap"])
        );
        assert_eq!(
            flags(&[("starts_at", json!("2026-10-06T11:00:00Z"))]),
            json!([])
        );
        assert_eq!(
            flags(&[("worked_on", json!("2026-10-07"))]),
            json!(["future"])
        );
        let before = json!(["outside-programme", "outside-mentorship"]);
        assert_eq!(flags(&[("worked_on", json!("2026-08-20"))]), before);
        assert_eq!(flags(&[("minutes", json!(721))]), json!(["long"]));
        // Three hours and 721 minutes are there already; with these 540 the day has 24 hours and a minute.
        assert_eq!(flags(&[("minutes", json!(540))]), json!(["day-too-long"]));
    });
}

#[test]
fn the_same_twice_is_written_once_unless_it_happened_again() {
    each_database(|app| {
        let pair = pair(app);
        let entry = an_hour(&pair);
        write(app, &pair.mentor, &entry).expect(201);
        let twice = write(app, &pair.mentor, &entry).expect(409);
        assert_eq!(twice.problem(), "hours-recorded-already");
        let mut again = entry.clone();
        again["again"] = json!(true);
        write(app, &pair.mentor, &again).expect(201);
        // The mentee's own hour is another one.
        write(app, &pair.mentee, &entry).expect(201);
        assert_eq!(entries(app, &pair.coordinator, "").len(), 3);
    });
}

#[test]
fn fifty_identical_requests_at_once_write_one_entry() {
    each_database(|app| {
        let pair = pair(app);
        let entry = an_hour(&pair);
        let mut answers: Vec<u16> = std::thread::scope(|scope| {
            let send = || app.post(&pair.mentor, "/api/v1/hours", &entry).status;
            let threads: Vec<_> = (0..50).map(|_| scope.spawn(send)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        answers.sort_unstable();
        assert_eq!((answers[0], &answers[1..]), (201, [409; 49].as_slice()));
        assert_eq!(entries(app, &pair.mentor, "").len(), 1);
    });
}

#[test]
fn a_list_takes_the_same_queries_however_long_it_is_and_pages_do_not_repeat() {
    each_database(|app| {
        let one = pair(app);
        let two = another_mentee(app, &one);
        for (pair, minutes) in [(&one, 10), (&one, 20), (&two, 30), (&two, 40)] {
            let mut entry = an_hour(pair);
            entry["minutes"] = json!(minutes);
            write(app, &pair.mentor, &entry).expect(201);
        }
        let list = |limit: u32| {
            app.get(&one.coordinator, &format!("/api/v1/hours?limit={limit}"))
                .expect(200);
        };
        assert_eq!(app.queries(|| list(1)), app.queries(|| list(4)));
        let mut seen = Vec::new();
        let mut path = "/api/v1/hours?limit=3".to_owned();
        loop {
            let page = app.get(&one.coordinator, &path).expect(200).json();
            let items = page["items"].as_array().unwrap().clone();
            seen.extend(items.iter().map(|item| item["minutes"].as_i64().unwrap()));
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/api/v1/hours?limit=3&cursor={cursor}"),
                None => break,
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, [10, 20, 30, 40]);
        // A mentee sees the pair's entries and no others.
        assert_eq!(entries(app, &two.mentee, "").len(), 2);
        assert_eq!(
            entries(app, &one.mentor, "open=true&from=2026-10-06&to=2026-10-06").len(),
            4
        );
        assert!(entries(app, &one.mentor, "from=2026-10-07").is_empty());
    });
}
