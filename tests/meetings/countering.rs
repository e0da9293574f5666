//! Another time that one side proposes (rule I10): offered, agreed on, declined, taken back, overtaken.

use passerelle::icalendar::{Method, Participation};
use passerelle::kernel::ids::MeetingId;
use passerelle::meetings::counter::{Offer, Proposed, propose_in};
use passerelle::meetings::model::{CounterStatus, Source};
use serde_json::{Value, json};

use super::fixture::{
    Pair, address, again, another_mentee, answer_path, booked, calendar, event, letter_to, letters,
    pair, work,
};
use crate::support::app::{Answer, Someone, TestApp, instant};
use crate::support::each_database;

const NOW: &str = "2026-10-13T22:00:00Z";
const THEN: &str = "2026-10-20T22:30:00Z";

fn propose(app: &TestApp, who: &Someone, made: &Answer, body: Value) -> Answer {
    let path = format!("{}/counter-proposals", address(made));
    app.post(&again(app, who), &path, &body)
}

fn decide(app: &TestApp, who: &Someone, made: &Answer, id: &str, verb: &str) -> Answer {
    let path = format!("{}/counter-proposals/{id}/{verb}", address(made));
    let body = if verb == "decline" {
        json!({ "note": "Je travaille ce soir-là." })
    } else {
        json!({})
    };
    let request = app
        .request("POST", &path)
        .bearer_auth(&again(app, who).token);
    app.send(if verb == "decline" {
        request.json(&body)
    } else {
        request
    })
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

fn meeting(app: &TestApp, pair: &Pair, made: &Answer) -> Value {
    app.get(&again(app, &pair.mentor), &address(made))
        .expect(200)
        .json()
}

fn status(app: &TestApp, pair: &Pair, made: &Answer, n: usize) -> Value {
    let path = format!("{}/counter-proposals", address(made));
    app.get(&again(app, &pair.mentor), &path).expect(200).json()[n]["status"].clone()
}

/// What the form on a proposal's page sends.
fn press(app: &TestApp, path: &str, decision: &str) -> Answer {
    let page = app.send(app.request("GET", path));
    let hidden = |name: &str| {
        let mark = format!("name=\"{name}\" value=\"");
        let (_, rest) = page
            .text
            .split_once(&mark)
            .unwrap_or_else(|| panic!("no {name}: {}", page.text));
        rest.split('"').next().unwrap().to_owned()
    };
    let fields = [
        ("decision", decision.to_owned()),
        ("note", "Non <b>merci</b>".to_owned()),
        ("sequence", hidden("sequence")),
        ("proof", hidden("proof")),
    ];
    app.send(app.request("POST", path).form(&fields))
}

/// A meeting, and another time that the mentor proposes for it; and the path of the mentee's page.
fn proposed(app: &TestApp, pair: &Pair) -> (Answer, String, String) {
    let made = booked(app, pair, &pair.mentor, NOW);
    let body = json!({ "starts_at": THEN, "note": "My train is late <on> Tuesdays" });
    let counter = propose(app, &pair.mentor, &made, body).expect(201);
    let written = letters(app);
    let letter = letter_to(&written, pair.mentee_id());
    let accept = letter.payload.values["accept"].as_str().unwrap();
    let path = accept.replace(&app.base, "");
    let path = path.split('?').next().unwrap().to_owned();
    (made, id(&counter), path)
}

#[test]
fn i10_a_proposal_never_moves_the_meeting_and_is_offered_to_the_other_side_in_their_words() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, NOW);
        let before = meeting(app, &pair, &made);
        let body = json!({ "starts_at": THEN, "note": "My train is late <on> Tuesdays" });
        let counter = propose(app, &pair.mentor, &made, body.clone()).expect(201);
        assert_eq!(counter.json()["status"], "open");
        assert_eq!(counter.json()["source"], "api");
        assert_eq!(meeting(app, &pair, &made), before, "nothing has moved");
        let written = letters(app);
        assert_eq!(written.len(), 1, "the other side only");
        let letter = letter_to(&written, pair.mentee_id());
        assert!(letter.payload.calendar.is_none(), "no entry changes");
        insta::assert_snapshot!(
            "countering_offer_fr",
            without_tokens(&letter.words.text, &app.base)
        );
        // The same once more is no second mail.
        let again = propose(app, &pair.mentor, &made, body).expect(201);
        assert_eq!(id(&again), id(&counter));
        assert!(letters(app).is_empty());
    });
}

/// A mail's text without what differs from run to run.
fn without_tokens(text: &str, base: &str) -> String {
    let text = text.replace(base, "https://mentorat.example");
    let words = text.split_inclusive([' ', '\n']).map(|word| {
        word.find("/m/").map_or_else(
            || word.to_owned(),
            |at| {
                let tail = word.rfind('?').map_or("", |mark| &word[mark..]);
                format!("{}/m/…{tail}", &word[..at])
            },
        )
    });
    words.collect()
}

#[test]
fn i10_accepted_the_meeting_moves_with_sequence_plus_one_and_both_have_said_yes() {
    each_database(|app| {
        let pair = pair(app);
        let (made, counter, _) = proposed(app, &pair);
        let refused = decide(app, &pair.mentor, &made, &counter, "accept");
        assert_eq!(refused.expect(409).problem(), "counter-own");
        let moved = decide(app, &pair.mentee, &made, &counter, "accept")
            .expect(200)
            .json();
        assert_eq!(moved["starts_at"], THEN);
        assert_eq!(moved["sequence"], 1);
        assert_eq!(moved["standing"], "confirmed");
        let written = letters(app);
        assert_eq!(written.len(), 2);
        for person in [pair.mentor_id(), pair.mentee_id()] {
            let letter = letter_to(&written, person);
            assert_eq!(calendar(letter).method, Some(Method::Request));
            let event = event(letter);
            assert_eq!(event.sequence, Some(1));
            let answers: Vec<_> = event
                .attendees
                .iter()
                .map(|one| one.participation)
                .collect();
            assert_eq!(answers, [Participation::Accepted; 2]);
        }
        assert_eq!(status(app, &pair, &made, 0), "accepted");
        let twice = decide(app, &pair.mentee, &made, &counter, "accept");
        assert_eq!(twice.expect(409).problem(), "counter-closed");
        let audit = app
            .get(&pair.coordinator, "/api/v1/audit?limit=200")
            .expect(200);
        for action in [
            "meeting.counter",
            "meeting.counter-accept",
            "meeting.reschedule",
        ] {
            assert!(audit.text.contains(&format!("\"{action}\"")), "{action}");
        }
    });
}

#[test]
fn i10_declined_whoever_proposed_it_gets_a_declinecounter_and_plain_words() {
    each_database(|app| {
        let pair = pair(app);
        let (made, counter, _) = proposed(app, &pair);
        decide(app, &pair.mentee, &made, &counter, "decline").expect(200);
        let written = letters(app);
        assert_eq!(written.len(), 1);
        let letter = letter_to(&written, pair.mentor_id());
        assert_eq!(calendar(letter).method, Some(Method::DeclineCounter));
        let event = event(letter);
        assert_eq!(
            (event.sequence, event.start),
            (Some(0), Some(instant_moment(NOW)))
        );
        insta::assert_snapshot!(
            "countering_declined_en",
            without_tokens(&letter.words.text, &app.base)
        );
        let meeting = meeting(app, &pair, &made);
        assert_eq!(
            (&meeting["starts_at"], &meeting["sequence"]),
            (&json!(NOW), &json!(0))
        );
        assert_eq!(status(app, &pair, &made, 0), "declined");
    });
}

fn instant_moment(at: &str) -> passerelle::icalendar::Moment {
    passerelle::icalendar::Moment::Utc(instant(at))
}

#[test]
fn l1_the_page_of_a_proposal_asks_once_more_and_decides_without_signing_in() {
    each_database(|app| {
        let pair = pair(app);
        let (made, _, path) = proposed(app, &pair);
        for link in [
            path.clone(),
            format!("{path}?decision=accept&said=1&lang=fr"),
        ] {
            app.send(app.request("GET", &link)).expect(200);
            assert_eq!(app.send(app.request("HEAD", &link)).status, 200);
        }
        assert_eq!(
            status(app, &pair, &made, 0),
            "open",
            "looking decides nothing"
        );
        let page = app.send(app.request("GET", &format!("{path}?lang=fr")));
        assert!(
            page.text.contains("propose un autre moment"),
            "{}",
            page.text
        );
        assert!(page.text.contains("&lt;on&gt;"), "{}", page.text);
        let taken = press(app, &path, "accept").expect(303);
        let thanks = app
            .send(app.request("GET", taken.header("location")))
            .expect(200);
        assert!(thanks.text.contains("role=\"status\""), "{}", thanks.text);
        assert_eq!(meeting(app, &pair, &made)["starts_at"], THEN);
        app.send(app.request("GET", &path)).expect(410);
    });
}

#[test]
fn l2_a_token_of_another_meeting_does_not_reach_the_proposal() {
    each_database(|app| {
        let pair = pair(app);
        let (_, counter, _) = proposed(app, &pair);
        let other = another_mentee(app, &pair);
        let body = json!({ "starts_at": "2026-10-06T22:00:00Z" });
        app.post(&again(app, &pair.mentor), &other.meetings(), &body)
            .expect(201);
        let path = answer_path(app, letter_to(&letters(app), other.mentee_id()));
        app.send(app.request("GET", &format!("{path}/proposals/{counter}")))
            .expect(404);
        app.send(app.request("GET", &format!("/m/{}/proposals/{counter}", "0".repeat(40))))
            .expect(404);
    });
}

#[test]
fn whoever_proposed_it_can_take_it_back_and_a_newer_one_takes_the_place_of_an_older() {
    each_database(|app| {
        let pair = pair(app);
        let (made, counter, path) = proposed(app, &pair);
        app.clock.advance(chrono::Duration::minutes(1));
        let next = json!({ "starts_at": "2026-10-27T22:00:00Z" });
        let second = id(&propose(app, &pair.mentor, &made, next).expect(201));
        assert_eq!(status(app, &pair, &made, 0), "superseded");
        let gone = decide(app, &pair.mentee, &made, &counter, "accept");
        assert_eq!(gone.expect(409).problem(), "counter-closed");
        app.send(app.request("GET", &path)).expect(410);
        letters(app);
        decide(app, &pair.mentee, &made, &second, "withdraw").expect(404);
        decide(app, &pair.mentor, &made, &second, "withdraw").expect(200);
        assert!(letters(app).is_empty(), "no needless mail");
        assert_eq!(status(app, &pair, &made, 1), "withdrawn");
    });
}

#[test]
fn a_proposal_of_the_very_time_that_the_other_proposed_is_an_agreement() {
    each_database(|app| {
        let pair = pair(app);
        let (made, ..) = proposed(app, &pair);
        let same = json!({ "starts_at": THEN });
        let agreed = propose(app, &pair.mentee, &made, same).expect(201);
        assert_eq!(agreed.json()["status"], "accepted");
        assert_eq!(meeting(app, &pair, &made)["standing"], "confirmed");
    });
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, NOW);
        let wednesday = json!({ "starts_at": "2026-10-14T22:00:00Z" });
        let refused = propose(app, &pair.mentor, &made, wednesday);
        assert_eq!(refused.expect(409).problem(), "meeting-time-taken");
        let same = propose(app, &pair.mentor, &made, json!({ "starts_at": NOW }));
        assert_eq!(same.expect(422).field_errors(), ["/starts_at same-time"]);
        app.clock.set(instant("2026-10-13T21:00:00Z"));
        let soon = json!({ "starts_at": "2026-10-13T22:30:00Z" });
        let soon = propose(app, &pair.mentor, &made, soon);
        assert_eq!(soon.expect(422).field_errors(), ["/starts_at too-soon"]);
        let path = format!("{}/cancel", address(&made));
        let cancel = app.request("POST", &path).header("If-Match", "*");
        app.send(
            cancel
                .bearer_auth(&again(app, &pair.mentor).token)
                .json(&json!({})),
        )
        .expect(200);
        let gone = propose(app, &pair.mentor, &made, json!({ "starts_at": THEN }));
        assert_eq!(gone.expect(409).problem(), "meeting-cancelled");
    });
}

#[test]
fn a_time_that_was_taken_meanwhile_is_not_moved_to_and_the_proposal_stays() {
    each_database(|app| {
        let pair = pair(app);
        let (made, counter, path) = proposed(app, &pair);
        let other = another_mentee(app, &pair);
        booked(app, &other, &other.mentor, THEN);
        let taken = decide(app, &pair.mentee, &made, &counter, "accept");
        assert_eq!(taken.expect(409).problem(), "meeting-time-taken");
        let page = press(app, &path, "accept").expect(409);
        assert!(page.text.contains("/times"), "{}", page.text);
        assert_eq!(status(app, &pair, &made, 0), "open");
        assert_eq!(meeting(app, &pair, &made)["starts_at"], NOW);
    });
}

#[test]
fn a_move_a_cancellation_and_time_itself_close_what_is_open() {
    each_database(|app| {
        let pair = pair(app);
        let (made, ..) = proposed(app, &pair);
        let post = |verb: &str, body: Value| {
            let path = format!("{}/{verb}", address(&made));
            let request = app.request("POST", &path).header("If-Match", "*");
            app.send(
                request
                    .bearer_auth(&again(app, &pair.mentor).token)
                    .json(&body),
            )
            .expect(200);
        };
        post("reschedule", json!({ "starts_at": "2026-10-27T22:00:00Z" }));
        assert_eq!(status(app, &pair, &made, 0), "superseded");
        app.clock.advance(chrono::Duration::minutes(1));
        propose(app, &pair.mentor, &made, json!({ "starts_at": THEN })).expect(201);
        app.clock.set(instant("2026-10-20T20:29:00Z"));
        work(app);
        assert_eq!(status(app, &pair, &made, 1), "open");
        letters(app);
        app.clock.set(instant("2026-10-20T20:30:00Z"));
        work(app);
        assert_eq!(
            status(app, &pair, &made, 1),
            "expired",
            "two hours before is too late"
        );
        // Whoever proposed it is told, once; whoever did not answer is not.
        let told = letters(app);
        let told: Vec<_> = told
            .iter()
            .filter(|(row, _)| row.kind.as_str() == "meeting-counter-declined")
            .collect();
        assert_eq!(told.len(), 1);
        let (row, letter) = told[0];
        assert_eq!(row.person_id, Some(pair.mentor_id()));
        let words = &letter.words.text;
        assert!(
            words.contains("has not answered in time. Your meeting stays as it is."),
            "{words}"
        );
        assert_eq!(calendar(letter).method, Some(Method::DeclineCounter));
        work(app);
        assert!(letters(app).is_empty());
        propose(
            app,
            &pair.mentor,
            &made,
            json!({ "starts_at": "2026-11-03T23:00:00Z" }),
        )
        .expect(201);
        post("cancel", json!({}));
        assert_eq!(status(app, &pair, &made, 2), "superseded");
    });
}

#[test]
fn i10_a_calendars_proposal_that_cannot_be_is_kept_and_answered_once() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, NOW);
        let meeting_id: MeetingId = id(&made).parse().unwrap();
        let ctx = app.ctx();
        let offer = |start: &str, sequence| Offer {
            meeting: meeting_id,
            attendee: pair.mentee_id(),
            start: instant(start),
            end: instant(start).plus(chrono::Duration::hours(1)),
            note: None,
            source: Source::Calendar,
            sequence,
        };
        let take = |offer: Offer| {
            app.db(|conn| conn.write_tx(|conn| propose_in(conn, &ctx, offer.clone())))
        };
        for _ in 0..2 {
            let done = take(offer("2026-10-14T22:00:00Z", Some(0)));
            let Proposed::TurnedDown(counter) = done else {
                panic!("{done:?}");
            };
            assert_eq!(counter.status, CounterStatus::Refused);
            assert_eq!(counter.reason.as_deref(), Some("meeting-time-taken"));
        }
        let written = letters(app);
        assert_eq!(written.len(), 1, "answered once");
        let letter = letter_to(&written, pair.mentee_id());
        assert_eq!(calendar(letter).method, Some(Method::DeclineCounter));
        insta::assert_snapshot!(
            "countering_refused_fr",
            without_tokens(&letter.words.text, &app.base)
        );
        let good = take(offer(THEN, Some(0)));
        assert!(matches!(good, Proposed::Offered(_)), "{good:?}");
        letter_to(&letters(app), pair.mentor_id());
    });
}

#[test]
fn both_sides_accepting_at_once_move_the_meeting_once() {
    each_database(|app| {
        let pair = pair(app);
        let (made, of_mentor, _) = proposed(app, &pair);
        let body = json!({ "starts_at": "2026-10-27T22:00:00Z" });
        let of_mentee = id(&propose(app, &pair.mentee, &made, body).expect(201));
        letters(app);
        let (one, two) = std::thread::scope(|scope| {
            let one = scope.spawn(|| decide(app, &pair.mentee, &made, &of_mentor, "accept"));
            let two = scope.spawn(|| decide(app, &pair.mentor, &made, &of_mentee, "accept"));
            (one.join().unwrap(), two.join().unwrap())
        });
        let mut both = [one.status, two.status];
        both.sort_unstable();
        assert_eq!(both, [200, 409], "{} {}", one.text, two.text);
        assert_eq!(meeting(app, &pair, &made)["sequence"], 1);
        assert_eq!(letters(app).len(), 2);
    });
}

#[test]
fn whoever_wants_no_such_mails_is_not_told_that_a_proposal_has_lapsed() {
    each_database(|app| {
        let pair = pair(app);
        let made = booked(app, &pair, &pair.mentor, "2026-10-27T22:00:00Z");
        propose(app, &pair.mentor, &made, json!({ "starts_at": THEN })).expect(201);
        let (ctx, who) = (app.ctx(), pair.mentor_id());
        app.db(|conn| passerelle::meetings::reminders::set_wanted(conn, &ctx, who, false));
        letters(app);
        app.clock.set(instant("2026-10-20T20:30:00Z"));
        work(app);
        assert_eq!(status(app, &pair, &made, 0), "expired");
        let told = letters(app);
        let kinds: Vec<&str> = told.iter().map(|(row, _)| row.kind.as_str()).collect();
        assert!(!kinds.contains(&"meeting-counter-declined"), "{kinds:?}");
    });
}
