//! Series: answers for all meetings and for one, by every door.

use passerelle::icalendar::Participation;
use passerelle::kernel::ids::SeriesId;
use passerelle::meetings::answer::Outcome;
use passerelle::meetings::model::{Answer, Source};
use passerelle::meetings::series::{Reply, Whose, answer_in, whose};
use serde_json::{Value, json};

use super::fixture::{Pair, again, answer_path, calendar, letter_to, letters, pair};
use super::series::{booked_series, do_it, master, meeting, path, six};
use crate::support::app::{TestApp, instant};
use crate::support::each_database;

fn answers(app: &TestApp, pair: &Pair, series: &Value) -> Vec<String> {
    let mentor = again(app, &pair.mentor);
    (0..6)
        .map(|index| {
            let one = app.get(&mentor, &meeting(series, index)).json();
            one["attendees"][1]["answer"].as_str().unwrap().to_owned()
        })
        .collect()
}

fn say(app: &TestApp, pair: &Pair, path: &str, answer: &str) {
    let mentee = again(app, &pair.mentee);
    let path = format!("{path}/attendees/{}/answer", pair.mentee_id());
    let body = json!({ "answer": answer });
    app.put(&mentee, &path, "*", &body).expect(200);
}

#[test]
fn i9_an_answer_for_the_series_leaves_those_that_were_given_one_by_one() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        say(app, &pair, &meeting(&series, 1), "declined");
        letters(app);
        say(app, &pair, &path(&series), "accepted");
        let mut expected = vec!["accepted"; 6];
        expected[1] = "declined";
        assert_eq!(answers(app, &pair, &series), expected);
        assert!(letters(app).is_empty(), "a yes is no news by mail");
        say(app, &pair, &path(&series), "tentative");
        expected.iter_mut().for_each(|one| *one = "tentative");
        expected[1] = "declined";
        assert_eq!(answers(app, &pair, &series), expected);

        say(app, &pair, &path(&series), "declined");
        let sent = letters(app);
        assert_eq!(sent.len(), 1, "a no is told to the other, once");
        assert!(sent[0].1.payload.calendar.is_none());
        say(app, &pair, &path(&series), "accepted");
        let sent = letters(app);
        let letter = letter_to(&sent, pair.mentor_id());
        let whole = master(letter);
        assert_eq!(
            whole.attendees[1].participation,
            Participation::Accepted,
            "the entry shows it"
        );
        let alone = calendar(letter).events.remove(1);
        assert_eq!(alone.attendees[1].participation, Participation::Declined);
        let history = format!("{}/answers", meeting(&series, 0));
        let lines = app.get(&pair.coordinator, &history).expect(200).json();
        assert_eq!(lines.as_array().unwrap().len(), 4);
    });
}

#[test]
fn i6_an_answer_for_the_series_does_not_speak_for_a_meeting_that_has_moved_since() {
    each_database(|app| {
        let pair = pair(app);
        let series = booked_series(app, &pair, &six());
        let body = json!({ "starts_at": "2026-10-20T23:00:00Z" });
        let third = format!("{}/reschedule", meeting(&series, 2));
        do_it(app, &pair.mentor, &third, &body).expect(200);
        letters(app);
        let id = SeriesId(series["id"].as_str().unwrap().parse().unwrap());
        let reply = |sequence: i32| Reply {
            answer: Answer::Accepted,
            comment: None,
            source: Source::Calendar,
            sequence: Some(sequence),
            stamp: Some(app.ctx().now),
        };
        let take = |instance: Option<&str>, sequence: i32| {
            let instance = instance.map(instant);
            app.db(|conn| {
                conn.write_tx(|conn| {
                    answer_in(
                        conn,
                        &app.ctx(),
                        id,
                        pair.mentee_id(),
                        instance,
                        reply(sequence),
                    )
                })
            })
        };
        // The calendar's copy of the series is that of the invitation.
        assert_eq!(take(None, 0), Outcome::Applied);
        let mut expected = vec!["accepted"; 6];
        expected[2] = "needs-action";
        assert_eq!(answers(app, &pair, &series), expected);
        // A reply to one meeting names the start that the rule gives it, and may carry the series' number.
        assert_eq!(take(Some("2026-10-20T22:00:00Z"), 0), Outcome::Stale);
        assert_eq!(take(Some("2026-10-20T22:00:00Z"), 2), Outcome::Ahead);
        assert_eq!(take(Some("2026-10-20T22:00:00Z"), 1), Outcome::Applied);
        assert_eq!(answers(app, &pair, &series), ["accepted"; 6]);
        assert_eq!(take(Some("2026-10-27T22:00:00Z"), 1), Outcome::Repeated);
        let missing = app.db(|conn| {
            Ok(conn.write_tx(|conn| {
                let at = Some(instant("2026-10-21T22:00:00Z"));
                answer_in(conn, &app.ctx(), id, pair.mentee_id(), at, reply(1))
            }))
        });
        assert_eq!(missing.unwrap_err().code(), "not-found");
    });
}

/// The value of a hidden field.
fn hidden(html: &str, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let rest = html.split(&mark).nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// Answers on a page.
fn press(app: &TestApp, page: &str, answer: &str) -> String {
    let html = app.send(app.request("GET", page)).expect(200).text;
    let request = app.request("POST", page).form(&[
        ("answer", answer),
        ("sequence", &hidden(&html, "sequence")),
        ("proof", &hidden(&html, "proof")),
    ]);
    let there = app.send(request).expect(303).header("location").to_owned();
    app.send(app.request("GET", &there)).expect(200).text
}

/// The page of the date of which the list says `words`.
fn page_of(html: &str, words: &str) -> String {
    let before = html.split(words).next().unwrap();
    let href = before.rsplit("<a href=\"").next().unwrap();
    href.split('"').next().unwrap().to_owned()
}

#[test]
fn l1_l2_the_page_of_a_series_is_for_all_dates_and_that_of_a_date_for_this_one() {
    each_database(|app| {
        let pair = pair(app);
        let made = app.post(&pair.mentor, &pair.series(), &six()).expect(201);
        let series = made.json();
        let sent = letters(app);
        let page = answer_path(app, letter_to(&sent, pair.mentee_id()));
        let token = page.trim_start_matches("/m/").to_owned();
        let found = app.db(|conn| whose(conn, &token));
        let id = SeriesId(series["id"].as_str().unwrap().parse().unwrap());
        assert_eq!(found, Whose::Series(id, pair.mentee_id()));

        let english = |page: &str| {
            let page = format!("{page}?lang=en");
            app.send(app.request("GET", &page)).expect(200).text
        };
        let html = english(&page);
        assert!(
            html.contains("Your answer counts for all 6 dates to come."),
            "{html}"
        );
        assert!(
            html.contains("Yes, I will be there: all 6 dates</button>"),
            "{html}"
        );
        assert_eq!(
            answers(app, &pair, &series),
            ["needs-action"; 6],
            "reading is no answer"
        );
        let thanks = press(app, &page, "accepted");
        assert!(
            thanks.contains("This counts for all 6 dates to come."),
            "{thanks}"
        );
        assert_eq!(answers(app, &pair, &series), ["accepted"; 6]);

        // One date, on its own page, says so before and after.
        let third = page_of(&html, "Tuesday 20 October 2026");
        assert_ne!(third, page);
        let html = english(&third);
        assert!(
            html.contains("Your answer here counts for this date only: Tuesday 20 October"),
            "{html}"
        );
        assert!(
            html.contains(&format!("href=\"{page}\"")),
            "and the way back: {html}"
        );
        let thanks = press(app, &third, "declined");
        assert!(
            thanks.contains("This counts for one date only: Tuesday 20 October"),
            "{thanks}"
        );
        let mut expected = vec!["accepted"; 6];
        expected[2] = "declined";
        assert_eq!(answers(app, &pair, &series), expected);
        let html = english(&page);
        assert!(html.contains("you said: I cannot come"), "{html}");
        assert!(html.contains("keep their answer"), "{html}");
        press(app, &page, "tentative");
        expected.iter_mut().for_each(|one| *one = "tentative");
        expected[2] = "declined";
        assert_eq!(answers(app, &pair, &series), expected);

        // A coordinator may answer for somebody; a stranger finds nothing.
        let other = super::fixture::pair(app);
        let path = format!("{}/attendees/{}/answer", path(&series), pair.mentee_id());
        let yes = json!({ "answer": "accepted" });
        app.put(&other.mentee, &path, "*", &yes).expect(404);
        app.put(&pair.mentor, &path, "*", &yes).expect(404);
        app.put(&pair.coordinator, &path, "*", &yes).expect(200);
    });
}

#[test]
fn the_page_of_a_series_shows_every_date_to_come_on_the_readers_clock_with_its_exceptions() {
    each_database(|app| {
        let pair = pair(app);
        let made = app.post(&pair.mentor, &pair.series(), &six()).expect(201);
        let series = made.json();
        let sent = letters(app);
        let page = |who| format!("{}?lang=en", answer_path(app, letter_to(&sent, who)));
        let (mentor, mentee) = (page(pair.mentor_id()), page(pair.mentee_id()));
        let read = |page: &str| app.send(app.request("GET", page)).expect(200).text;
        for (page, hours, place) in [
            (&mentor, "18:00 to 19:00", "Toronto"),
            (&mentee, "15:00 to 16:00", "Vancouver"),
        ] {
            let html = read(page);
            assert!(html.contains(&format!("Shown in {place} time.")), "{html}");
            let (open, folded) = html.split_once("<details>").expect("a fold");
            for date in ["6 October", "13 October", "20 October", "27 October"] {
                assert!(
                    open.contains(&format!("Tuesday {date} 2026, {hours}")),
                    "{date}: {open}"
                );
            }
            assert!(
                folded.contains("and 2 more until Tuesday 10 November 2026"),
                "{folded}"
            );
            assert!(folded.contains("Tuesday 10 November 2026, "), "{folded}");
        }
        // Vancouver leaves summer time for good in 2026, Toronto goes back an hour.
        assert!(
            read(&mentee).contains("Tuesday 10 November 2026, 16:00 to 17:00"),
            "{}",
            read(&mentee)
        );

        let body = json!({ "starts_at": "2026-10-20T23:00:00Z" });
        let third = format!("{}/reschedule", meeting(&series, 2));
        do_it(app, &pair.mentor, &third, &body).expect(200);
        let second = format!("{}/cancel", meeting(&series, 1));
        do_it(app, &pair.mentor, &second, &json!({})).expect(200);
        let html = read(&mentor);
        assert!(html.contains("all 5 dates to come"), "{html}");
        assert!(
            html.contains("instead of Tuesday 20 October, 18:00"),
            "{html}"
        );
        let off = html.split("does not take place").next().unwrap();
        let off = off.rsplit("<li").next().unwrap();
        assert!(
            off.contains("Tuesday 13 October 2026") && !off.contains("href"),
            "{off}"
        );
        // What is over is no date to come.
        app.clock.set(instant("2026-10-06T23:30:00Z"));
        let html = read(&mentor);
        assert!(html.contains("all 4 dates to come"), "{html}");
        assert!(!html.contains("Tuesday 6 October 2026"), "{html}");
    });
}
