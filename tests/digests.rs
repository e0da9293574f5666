//! The daily mail that says what waits for a coordinator, its page, and its hour.

use diesel::prelude::*;
use passerelle::db::schema::outbox;
use passerelle::digests::send;
use passerelle::kernel::Role;
use serde_json::json;

use crate::access::pages::Browser;
use crate::access::{PASSWORD, account};
use crate::meetings::fixture::{Pair, address, again, booked, letters, pair};
use crate::support::app::{Someone, TestApp, instant};
use crate::support::each_database;

/// Does what a worker does in a minute, and counts the digests that it writes.
pub fn round(app: &TestApp, now: &str) -> usize {
    app.clock.set(instant(now));
    let ctx = app.ctx();
    let due = app.db(|conn| send::due(conn, &ctx));
    let written = due
        .iter()
        .filter(|reader| app.db(|conn| send::write(conn, &ctx, reader)));
    written.count()
}

pub fn decline(app: &TestApp, pair: &Pair) {
    let made = booked(app, pair, &pair.mentor, "2026-10-20T22:00:00Z");
    let path = format!("{}/attendees/{}/answer", address(&made), pair.mentee_id());
    let request = app.request("PUT", &path);
    let no = json!({ "answer": "declined" });
    app.send(
        request
            .bearer_auth(&again(app, &pair.mentee).token)
            .json(&no),
    )
    .expect(200);
    letters(app);
}

/// The text of the one mail that was written, without what differs from run to run.
pub fn digest(app: &TestApp, reader: &Someone) -> (String, String) {
    let written = letters(app);
    let mut theirs = written
        .iter()
        .filter(|(row, _)| row.account_id == Some(reader.account_id));
    let (_, letter) = theirs.next().expect("a digest");
    assert!(theirs.next().is_none());
    let stop = letter.payload.unsubscribe.as_ref().expect("one click");
    let stop = stop.as_str().replace(&app.base, "");
    let path = stop.split('?').next().unwrap().to_owned();
    let token = path.rsplit('/').next().unwrap().to_owned();
    let text = letter
        .words
        .text
        .replace(&app.base, "https://mentorat.example");
    (text.replace(&token, "TOKEN"), path)
}

#[test]
fn what_waits_comes_once_at_the_hour_of_the_programme_and_never_when_nothing_does() {
    each_database(|app| {
        let pair = pair(app);
        assert_eq!(round(app, "2026-10-07T11:00:00Z"), 0, "nothing waits");
        decline(app, &pair);
        assert_eq!(round(app, "2026-10-07T13:00:00Z"), 0, "that day is over");
        assert_eq!(
            round(app, "2026-10-08T10:59:00Z"),
            0,
            "seven o'clock in Toronto"
        );
        assert_eq!(round(app, "2026-10-08T11:00:00Z"), 1);
        let (text, _) = digest(app, &pair.coordinator);
        insta::assert_snapshot!("digest_declined_en", text);
        assert_eq!(round(app, "2026-10-08T15:00:00Z"), 0, "once");
        assert_eq!(round(app, "2026-10-09T11:00:00Z"), 1, "until it is done");
    });
}

#[test]
fn several_workers_write_one() {
    each_database(|app| {
        let pair = pair(app);
        decline(app, &pair);
        app.clock.set(instant("2026-10-07T12:00:00Z"));
        let written: usize = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| round(app, "2026-10-07T12:00:00Z")))
                .collect();
            workers.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(written, 1);
        digest(app, &pair.coordinator);
    });
}

#[test]
fn each_chooses_an_hour_and_a_zone_and_bad_ones_are_told() {
    each_database(|app| {
        let pair = pair(app);
        decline(app, &pair);
        let set = |body: serde_json::Value| {
            let request = app.request("PUT", "/api/v1/me/digest");
            app.send(
                request
                    .bearer_auth(&again(app, &pair.coordinator).token)
                    .json(&body),
            )
        };
        let wish = json!({ "wanted": true, "hour": 18, "zone": "America/Vancouver" });
        set(wish.clone()).expect(200);
        let read = app
            .get(&again(app, &pair.coordinator), "/api/v1/me/digest")
            .expect(200);
        assert_eq!(read.json(), wish);
        assert_eq!(round(app, "2026-10-07T12:00:00Z"), 0);
        assert_eq!(round(app, "2026-10-08T01:00:00Z"), 1);
        letters(app);
        let bad = set(json!({ "wanted": true, "hour": 24, "zone": "Mars/Olympus" })).expect(422);
        assert_eq!(bad.field_errors(), ["/hour out-of-range", "/zone zone"]);
        app.get(&again(app, &pair.mentor), "/api/v1/me/digest")
            .expect(403);
    });
}

#[test]
fn o10_one_click_stops_it_without_a_cookie_looking_does_not_and_a_button_starts_it_again() {
    each_database(|app| {
        let pair = pair(app);
        decline(app, &pair);
        assert_eq!(round(app, "2026-10-07T12:00:00Z"), 1);
        let (_, path) = digest(app, &pair.coordinator);
        for link in [
            path.clone(),
            format!("{path}?List-Unsubscribe=One-Click&wanted=no"),
        ] {
            app.send(app.request("GET", &link)).expect(200);
            assert_eq!(app.send(app.request("HEAD", &link)).status, 200);
        }
        assert_eq!(
            round(app, "2026-10-08T12:00:00Z"),
            1,
            "not stopped by looking"
        );
        letters(app);
        let one_click = [("List-Unsubscribe", "One-Click")];
        app.send(app.request("POST", &path).form(&one_click))
            .expect(200);
        assert_eq!(round(app, "2026-10-09T12:00:00Z"), 0);
        app.send(app.request("POST", &path).form(&[("wanted", "yes")]))
            .expect(303);
        assert_eq!(round(app, "2026-10-10T12:00:00Z"), 1);
        app.send(app.request("GET", "/digest/0000000000000000000000000000000000000000"))
            .expect(404);
    });
}

#[test]
fn coordinators_hear_of_their_programmes_and_administrators_of_what_nobody_looks_after() {
    each_database(|app| {
        let ours = pair(app);
        let theirs = pair(app);
        let admin = app.administrator();
        decline(app, &ours);
        assert_eq!(round(app, "2026-10-07T12:00:00Z"), 1);
        let written = letters(app);
        let readers: Vec<_> = written.iter().map(|(row, _)| row.account_id).collect();
        assert_eq!(readers, [Some(ours.coordinator.account_id)]);
        let _ = (theirs, admin);
    });
}

#[test]
fn meetings_without_an_answer_and_silent_pairs_are_in_it() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-27T22:00:00Z");
        assert_eq!(
            round(app, "2026-10-08T12:00:00Z"),
            0,
            "it is too early to worry"
        );
        assert_eq!(round(app, "2026-10-12T12:00:00Z"), 1);
        let (text, _) = digest(app, &pair.coordinator);
        assert!(text.contains("Meetings without an answer"), "{text}");
        assert_eq!(round(app, "2026-12-20T12:00:00Z"), 1);
        let (text, _) = digest(app, &pair.coordinator);
        assert!(text.contains("Pairs that have not met"), "{text}");
    });
}

#[test]
fn the_page_says_the_same_to_whoever_signs_in_and_looks_after_something() {
    each_database(|app| {
        let pair = pair(app);
        decline(app, &pair);
        let nobody = app.send(app.request("GET", "/waiting"));
        assert_eq!(
            nobody.expect(303).header("location"),
            "/sign-in?next=/waiting"
        );
        account(app, "coach@example.org", &[(Role::Coach, None)]);
        let coach = Browser::new(app);
        coach.sign_in("coach@example.org", PASSWORD).expect(303);
        coach.get("/waiting").expect(403);
        let email = "coordinator@example.org";
        account(app, email, &[(Role::Coordinator, Some(pair.programme_id))]);
        let browser = Browser::new(app);
        browser.sign_in(email, PASSWORD).expect(303);
        let page = browser.get("/waiting?lang=fr").expect(200);
        assert!(
            page.text.contains("José Núñez et Amina Diallo"),
            "{}",
            page.text
        );
        assert!(page.text.contains("mailto:"), "{}", page.text);
    });
}

#[test]
fn a_dead_mail_can_be_sent_again_from_the_page() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        app.db(|conn| {
            diesel::update(outbox::table.filter(outbox::person_id.eq(pair.mentee_id())))
                .set((
                    outbox::status.eq("dead"),
                    outbox::last_error.eq("550 5.1.1 no such user"),
                ))
                .execute(conn)?;
            Ok(())
        });
        let email = "coordinator@example.org";
        account(app, email, &[(Role::Coordinator, Some(pair.programme_id))]);
        let browser = Browser::new(app);
        browser.sign_in(email, PASSWORD).expect(303);
        let page = browser.get("/waiting").expect(200);
        let (_, rest) = page.text.split_once("/waiting/mails/").expect("a button");
        let action = format!("/waiting/mails/{}", rest.split('"').next().unwrap());
        browser.submit("/waiting", &action, &[]).expect(303);
        assert_eq!(letters(app).len(), 1, "it waits to be sent");
        let page = browser.get("/waiting").expect(200);
        assert!(!page.text.contains("/waiting/mails/"), "{}", page.text);
    });
}
