//! Slots, booking and the invitation.

use passerelle::icalendar::{Method, Moment, Participation};
use passerelle::kernel::Role;
use serde_json::json;

use super::fixture::{address, another_mentee, booked, calendar, event, letter_to, letters, pair};
use crate::support::app::instant;
use crate::support::each_database;

#[test]
fn s1_t4_common_slots_follow_each_persons_own_clock_through_its_change() {
    each_database(|app| {
        let pair = pair(app);
        let slots = app.get(&pair.mentor, &format!("{}?weeks=5&step=60", pair.slots()));
        let slots = slots.expect(200).json();
        assert_eq!(slots["minutes"], 60, "the programme's usual length");
        let starts: Vec<&str> = slots["slots"]
            .as_array()
            .unwrap()
            .iter()
            .map(|slot| slot["starts_at"].as_str().unwrap())
            .collect();
        let three = |day: u32| [(day, 22), (day, 23), (day + 1, 0)];
        let mut expected: Vec<String> = [6, 13, 20, 27]
            .into_iter()
            .flat_map(three)
            .map(|(day, hour)| format!("2026-10-{day:02}T{hour:02}:00:00Z"))
            .collect();
        // Toronto's clocks changed on 1 November, Vancouver's never again: an hour is lost.
        expected.extend(["2026-11-03T23:00:00Z".into(), "2026-11-04T00:00:00Z".into()]);
        assert_eq!(starts, expected);
        let last = slots["slots"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["mentor_start"], "2026-11-03T19:00:00");
        assert_eq!(last["mentee_start"], "2026-11-03T17:00:00");
    });
}

#[test]
fn slots_are_shown_to_the_pair_and_those_who_look_after_it_and_to_nobody_else() {
    each_database(|app| {
        let (ours, theirs) = (pair(app), pair(app));
        for who in [&ours.mentor, &ours.mentee, &ours.coordinator] {
            app.get(who, &ours.slots()).expect(200);
        }
        for who in [&theirs.mentor, &theirs.mentee, &theirs.coordinator] {
            app.get(who, &ours.slots()).expect(404);
        }
        let wrong = app.get(
            &ours.mentor,
            &format!("{}?minutes=5&step=1&weeks=99", ours.slots()),
        );
        assert_eq!(
            wrong.expect(422).field_errors(),
            [
                "?minutes out-of-range",
                "?step out-of-range",
                "?weeks out-of-range"
            ]
        );
    });
}

#[test]
fn s3_a_meeting_takes_its_time_its_buffers_and_its_day() {
    each_database(|app| {
        let pair = pair(app);
        let other = another_mentee(app, &pair);
        let count = |pair: &super::fixture::Pair| {
            let answer = app.get(&pair.mentor, &format!("{}?weeks=1&step=10", pair.slots()));
            answer.expect(200).json()["slots"].as_array().unwrap().len()
        };
        assert_eq!(
            count(&other),
            13,
            "from 18:00 to 20:00 in steps of ten minutes"
        );
        booked(app, &pair, &pair.mentor, "2026-10-06T23:00:00Z");
        // 18:00–19:00 and 20:00–21:00 are left, and neither has ten minutes to spare.
        assert_eq!(count(&other), 0);
        let early = json!({ "starts_at": "2026-10-06T22:00:00Z", "minutes": 50 });
        app.post(&pair.mentor, &other.meetings(), &early)
            .expect(201);
        let third = json!({ "starts_at": "2026-10-07T00:10:00Z", "minutes": 30 });
        let refused = app
            .post(&pair.mentor, &other.meetings(), &third)
            .expect(409);
        assert_eq!(
            refused.problem(),
            "meeting-time-taken",
            "two meetings a day are enough"
        );
    });
}

#[test]
fn o2_o3_o5_booking_invites_each_person_in_their_language_with_a_token_of_their_own() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({
            "starts_at": "2026-10-06T18:00:00-04:00",
            "url": "https://meet.example.org/a",
            "note": "Bring your CV; it helps,\nreally."
        });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let meeting = made.json();
        assert_eq!(meeting["starts_at"], "2026-10-06T22:00:00Z");
        assert_eq!(meeting["ends_at"], "2026-10-06T23:00:00Z");
        assert_eq!(meeting["title"], "Mentoring with Amina");
        assert_eq!(
            meeting["attendees"][0]["answer"], "accepted",
            "who books, comes"
        );
        assert_eq!(meeting["attendees"][1]["answer"], "needs-action");
        assert_eq!(made.header("etag"), "\"1\"");

        let letters = letters(app);
        assert_eq!(letters.len(), 2);
        let (to_mentor, to_mentee) = (
            letter_to(&letters, pair.mentor_id()),
            letter_to(&letters, pair.mentee_id()),
        );
        assert!(to_mentor.words.text.contains("18:00") || to_mentor.words.text.contains("6:00"));
        assert!(
            to_mentee.words.text.contains("15\u{a0}h"),
            "{}",
            to_mentee.words.text
        );
        assert_eq!(calendar(to_mentee).method, Some(Method::Request));
        let (mine, theirs) = (event(to_mentor), event(to_mentee));
        assert_eq!(theirs.summary.as_deref(), Some("Mentorat avec José"));
        assert_eq!(mine.summary.as_deref(), Some("Mentoring with Amina"));
        assert_eq!(
            theirs.start,
            Some(Moment::Utc(instant("2026-10-06T22:00:00Z")))
        );
        assert_eq!(
            theirs.end,
            Some(Moment::Utc(instant("2026-10-06T23:00:00Z")))
        );
        assert_eq!(
            (theirs.sequence, theirs.uid.clone()),
            (Some(0), mine.uid.clone())
        );
        assert!(
            theirs
                .uid
                .as_deref()
                .unwrap()
                .ends_with("@mail.example.org")
        );
        let organizer = |event: &passerelle::icalendar::ReadEvent| {
            event.organizer.as_ref().unwrap().address.clone()
        };
        assert_ne!(organizer(&mine), organizer(&theirs));
        assert!(organizer(&mine).starts_with("reply+"));
        assert_eq!(to_mentee.payload.reply_to, Some(organizer(&theirs)));
        let known: Vec<Participation> = theirs
            .attendees
            .iter()
            .map(|one| one.participation)
            .collect();
        assert_eq!(known, [Participation::Accepted, Participation::NeedsAction]);
        let text = &to_mentee.payload.calendar.as_ref().unwrap().text;
        assert_eq!(text.matches("RSVP=TRUE").count(), 2);
        assert!(
            !text.contains("VTIMEZONE"),
            "T1: a single meeting is sent in UTC"
        );
        assert!(text.lines().all(|line| line.len() <= 75), "O1");
        assert!(
            theirs
                .description
                .unwrap()
                .contains("Bring your CV; it helps,\nreally.")
        );
    });
}

#[test]
fn o4_a_name_or_title_cannot_smuggle_anything_into_the_calendar() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({
            "starts_at": "2026-10-06T22:00:00Z",
            "title": "Hello\r\nATTENDEE:mailto:evil@example.org\r\nBEGIN:VEVENT",
            "note": "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2"
        });
        app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let letters = letters(app);
        let event = event(letter_to(&letters, pair.mentee_id()));
        assert_eq!(event.attendees.len(), 2);
        assert!(event.summary.unwrap().starts_with("Hello ATTENDEE"));
    });
}

#[test]
fn a_booking_is_refused_for_what_is_wrong_with_it() {
    each_database(|app| {
        let pair = pair(app);
        let fault = |body: serde_json::Value| {
            app.post(&pair.mentor, &pair.meetings(), &body)
                .expect(422)
                .field_errors()
        };
        let at = |starts_at: &str| json!({ "starts_at": starts_at });
        assert_eq!(
            fault(at("2026-10-06T22:00:30Z")),
            ["/starts_at whole-minute"]
        );
        assert_eq!(fault(at("2026-10-06T11:00:00Z")), ["/starts_at past"]);
        assert_eq!(fault(at("2026-10-06T13:00:00Z")), ["/starts_at too-soon"]);
        assert_eq!(fault(at("2026-12-29T23:00:00Z")), ["/starts_at too-far"]);
        assert_eq!(
            fault(json!({ "starts_at": "2026-10-06T22:00:00Z", "minutes": 481 })),
            ["/minutes out-of-range"]
        );
        assert_eq!(
            fault(json!({ "starts_at": "2026-10-06T22:00:00Z", "mode": "in-person", "url": "x" })),
            ["/url web-address", "/location required"]
        );
        let wednesday = at("2026-10-07T22:00:00Z");
        let refused = app
            .post(&pair.mentor, &pair.meetings(), &wednesday)
            .expect(409);
        assert_eq!(refused.problem(), "meeting-time-taken");
        assert!(
            letters(app).is_empty(),
            "nobody is told of what did not happen"
        );
    });
}

#[test]
fn people_who_agree_can_meet_outside_their_hours_but_nobody_is_in_two_places() {
    each_database(|app| {
        let pair = pair(app);
        let wednesday =
            json!({ "starts_at": "2026-10-07T16:00:00Z", "outside_availability": true });
        app.post(&pair.mentee, &pair.meetings(), &wednesday)
            .expect(201);
        let other = another_mentee(app, &pair);
        let same = json!({ "starts_at": "2026-10-07T16:59:00Z", "outside_availability": true });
        let refused = app
            .post(&other.mentee, &other.meetings(), &same)
            .expect(409);
        assert_eq!(refused.problem(), "meeting-time-taken");
        assert!(!refused.text.contains("José") && !refused.text.contains("Amina"));
        let after = json!({ "starts_at": "2026-10-07T17:00:00Z", "outside_availability": true });
        app.post(&other.mentee, &other.meetings(), &after)
            .expect(201);
    });
}

#[test]
fn only_the_pair_and_those_who_look_after_it_book_and_read_their_meetings() {
    each_database(|app| {
        let (ours, theirs) = (pair(app), pair(app));
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        app.post(&theirs.mentor, &ours.meetings(), &body)
            .expect(404);
        let made = booked(app, &ours, &ours.coordinator, "2026-10-06T22:00:00Z");
        assert_eq!(made.json()["attendees"][0]["answer"], "needs-action");
        let coach = app.someone(Role::Coach, None, None);
        for who in [&theirs.mentor, &theirs.mentee, &theirs.coordinator, &coach] {
            app.get(who, &address(&made)).expect(404);
        }
        for who in [&ours.mentor, &ours.mentee, &ours.coordinator] {
            app.get(who, &address(&made)).expect(200);
        }
    });
}

#[test]
fn s3_holidays_of_each_persons_province_pauses_and_times_away_are_not_offered() {
    use diesel::prelude::*;
    use passerelle::db::schema::{availability_exceptions, availability_rules, persons};
    use passerelle::kernel::ids::{AvailabilityExceptionId, AvailabilityRuleId};
    each_database(|app| {
        let pair = pair(app);
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let starts = || -> Vec<String> {
            let answer = app.get(
                &pair.mentor,
                &format!("{}?weeks=3&minutes=180", pair.slots()),
            );
            let slots = answer.expect(200).json()["slots"]
                .as_array()
                .unwrap()
                .clone();
            slots
                .iter()
                .map(|one| one["mentor_start"].as_str().unwrap()[5..16].to_owned())
                .collect()
        };
        app.db(|conn| {
            // Both are there on Monday 12 October, too: Thanksgiving in Ontario and British Columbia.
            for (person, from, until) in [(pair.mentor_id(), 18, 21), (pair.mentee_id(), 15, 18)] {
                diesel::insert_into(availability_rules::table)
                    .values((
                        availability_rules::id.eq(AvailabilityRuleId::new(app.ctx().now)),
                        availability_rules::person_id.eq(person),
                        availability_rules::weekday.eq(1),
                        availability_rules::starts_minute.eq(from * 60),
                        availability_rules::ends_minute.eq(until * 60),
                    ))
                    .execute(conn)?;
            }
            Ok(())
        });
        let mondays_and_tuesdays = [
            "10-06T18:00",
            "10-12T18:00",
            "10-13T18:00",
            "10-19T18:00",
            "10-20T18:00",
            "10-26T18:00",
        ];
        assert_eq!(starts(), mondays_and_tuesdays);
        app.db(|conn| {
            diesel::update(persons::table.find(pair.mentee_id()))
                .set(persons::province.eq("BC"))
                .execute(conn)?;
            Ok(())
        });
        assert_eq!(
            starts(),
            [
                "10-06T18:00",
                "10-13T18:00",
                "10-19T18:00",
                "10-20T18:00",
                "10-26T18:00"
            ],
            "not on Thanksgiving"
        );
        app.db(|conn| {
            diesel::insert_into(availability_exceptions::table)
                .values((
                    availability_exceptions::id.eq(AvailabilityExceptionId::new(app.ctx().now)),
                    availability_exceptions::person_id.eq(pair.mentor_id()),
                    availability_exceptions::kind.eq("away"),
                    availability_exceptions::starts_on.eq(day("2026-10-14")),
                    availability_exceptions::ends_on.eq(day("2026-10-19")),
                    availability_exceptions::created_at.eq(app.ctx().now),
                ))
                .execute(conn)?;
            Ok(())
        });
        assert_eq!(
            starts(),
            ["10-06T18:00", "10-13T18:00", "10-20T18:00", "10-26T18:00"]
        );
        app.db(|conn| {
            diesel::update(persons::table.find(pair.mentee_id()))
                .set((
                    persons::paused_from.eq(day("2026-10-07")),
                    persons::paused_until.eq(day("2026-10-20")),
                ))
                .execute(conn)?;
            Ok(())
        });
        assert_eq!(starts(), ["10-06T18:00", "10-26T18:00"]);
    });
}
