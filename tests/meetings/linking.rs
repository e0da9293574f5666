//! The pages behind the links in mails (rules L1, L2, O10).

use passerelle::db::schema::persons;
use serde_json::{Value, json};

use super::fixture::{Pair, address, again, answer_path, booked, letter_to, letters, pair, work};
use crate::support::app::{Answer, TestApp, instant};
use crate::support::each_database;
use diesel::prelude::*;

/// Books a meeting as the mentor and gives the path of the mentee's page.
fn invited(app: &TestApp, pair: &Pair) -> (Answer, String) {
    let body = json!({ "starts_at": "2026-10-13T22:00:00Z", "note": "Salut <b>toi</b>" });
    let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
    let path = answer_path(app, letter_to(&letters(app), pair.mentee_id()));
    (made, path)
}

fn get(app: &TestApp, path: &str) -> Answer {
    app.send(app.request("GET", path))
}

/// The value of a hidden field on a page.
fn hidden(page: &Answer, name: &str) -> String {
    let mark = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .text
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no {name}: {}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

/// What the form on `page` sends when one presses the button `answer`.
fn press(app: &TestApp, path: &str, page: &Answer, answer: &str, comment: &str) -> Answer {
    let (sequence, proof) = (hidden(page, "sequence"), hidden(page, "proof"));
    let fields = [
        ("answer", answer),
        ("comment", comment),
        ("sequence", &sequence),
        ("proof", &proof),
    ];
    app.send(app.request("POST", path).form(&fields))
}

fn mentees_answer(app: &TestApp, pair: &Pair, made: &Answer) -> Value {
    let meeting = app
        .get(&again(app, &pair.mentor), &address(made))
        .expect(200)
        .json();
    meeting["attendees"][1]["answer"].clone()
}

#[test]
fn l1_reading_a_link_or_its_head_never_changes_anything() {
    each_database(|app| {
        let pair = pair(app);
        let body = json!({ "starts_at": "2026-10-13T22:00:00Z" });
        let made = app.post(&pair.mentor, &pair.meetings(), &body).expect(201);
        let written = letters(app);
        let letter = letter_to(&written, pair.mentee_id());
        let answers = &letter.payload.values["answers"];
        let mut links: Vec<String> = ["accept", "tentative", "decline"]
            .iter()
            .map(|name| answers[*name].as_str().unwrap().replace(&app.base, ""))
            .collect();
        let page = answer_path(app, letter);
        links.push(format!("{page}/reminders"));
        links.push(format!(
            "{page}/reminders?wanted=no&List-Unsubscribe=One-Click"
        ));
        links.push(format!("{page}?answer=declined&sequence=0&proof=x&said=1"));
        let before = app.get(&pair.mentor, &address(&made)).text;
        for link in &links {
            assert_eq!(get(app, link).status, 200, "{link}");
            assert_eq!(app.send(app.request("HEAD", link)).status, 200, "{link}");
        }
        assert_eq!(app.get(&pair.mentor, &address(&made)).text, before);
        let history = app.get(&pair.coordinator, &format!("{}/answers", address(&made)));
        assert_eq!(history.json(), json!([]));
        assert!(letters(app).is_empty());
        app.clock.set(instant("2026-10-12T22:00:00Z"));
        work(app);
        assert_eq!(
            letters(app).len(),
            2,
            "reminders were not stopped by looking"
        );
    });
}

#[test]
fn l1_the_button_answers_without_signing_in_and_one_can_change_ones_mind() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = invited(app, &pair);
        let page = get(app, &format!("{path}?lang=fr&answer=accepted")).expect(200);
        assert!(page.text.contains("Serez-vous là?"), "{}", page.text);
        assert!(
            page.text.contains(
                "mardi 13 octobre 2026, de 15\u{a0}h à 16\u{a0}h (heure locale\u{a0}: Vancouver"
            ),
            "{}",
            page.text
        );
        assert!(page.text.contains("Salut &lt;b&gt;toi&lt;/b&gt;"));
        assert!(!page.text.contains("<script") && !page.text.contains("style="));
        let taken = press(app, &path, &page, "accepted", "").expect(303);
        assert_eq!(mentees_answer(app, &pair, &made), "accepted");
        let thanks = get(app, taken.header("location")).expect(200);
        assert!(
            thanks.text.contains("You will be there."),
            "the reader's own browser decides: {}",
            thanks.text
        );
        app.clock.advance(chrono::Duration::minutes(5));
        let no = press(app, &path, &thanks, "declined", "Je suis <malade>").expect(303);
        assert_eq!(mentees_answer(app, &pair, &made), "declined");
        let told = letters(app);
        assert!(
            letter_to(&told, pair.mentor_id())
                .words
                .text
                .contains("Je suis <malade>")
        );
        let thanks = get(app, no.header("location")).expect(200);
        assert!(thanks.text.contains("Je suis &lt;malade&gt;"));
        let history = app.get(
            &again(app, &pair.coordinator),
            &format!("{}/answers", address(&made)),
        );
        assert_eq!(history.json()[1]["source"], "link");
    });
}

#[test]
fn l2_a_link_works_for_its_own_meeting_and_person_only() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = invited(app, &pair);
        let elsewhere = app.post(
            &pair.mentor,
            &pair.meetings(),
            &json!({ "starts_at": "2026-10-20T22:00:00Z" }),
        );
        elsewhere.expect(201);
        let other = answer_path(app, letter_to(&letters(app), pair.mentor_id()));
        let page = get(app, &other).expect(200);
        // A proof from another meeting's page, none, and a made-up one.
        press(app, &path, &page, "declined", "").expect(400);
        let fields = [("answer", "declined"), ("sequence", "0"), ("proof", "0")];
        app.send(app.request("POST", &path).form(&fields))
            .expect(400);
        let nothing = [("answer", "declined")];
        let bare = app.send(app.request("POST", &path).form(&nothing));
        assert!((400..500).contains(&bare.status));
        assert_eq!(mentees_answer(app, &pair, &made), "needs-action");
        let forged = format!("/m/{}", "0".repeat(40));
        get(app, &forged).expect(404);
        get(app, "/m/x").expect(404);
        get(app, &path.to_uppercase().replace("/M/", "/m/")).expect(200);
    });
}

#[test]
fn a_form_that_another_site_sends_is_refused() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = invited(app, &pair);
        let page = get(app, &path).expect(200);
        let (sequence, proof) = (hidden(&page, "sequence"), hidden(&page, "proof"));
        let fields = [
            ("answer", "declined"),
            ("sequence", &sequence),
            ("proof", &proof),
        ];
        let request = app
            .request("POST", &path)
            .header("Origin", "https://evil.example");
        app.send(request.form(&fields)).expect(400);
        assert_eq!(mentees_answer(app, &pair, &made), "needs-action");
    });
}

#[test]
fn an_answer_to_a_time_that_has_passed_by_changes_nothing_and_shows_the_new_time() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = invited(app, &pair);
        let page = get(app, &path).expect(200);
        let new = json!({ "starts_at": "2026-10-20T22:30:00Z" });
        let reschedule = format!("{}/reschedule", address(&made));
        let moved = app
            .request("POST", &reschedule)
            .bearer_auth(&pair.mentor.token);
        app.send(moved.header("If-Match", "*").json(&new))
            .expect(200);
        let late = press(app, &path, &page, "accepted", "").expect(409);
        assert!(
            late.text.contains("The meeting has a new time"),
            "{}",
            late.text
        );
        assert!(
            late.text.contains("20 October 2026, 15:30"),
            "{}",
            late.text
        );
        assert_eq!(mentees_answer(app, &pair, &made), "needs-action");
        app.clock.advance(chrono::Duration::seconds(1));
        press(app, &path, &late, "accepted", "").expect(303);
        assert_eq!(mentees_answer(app, &pair, &made), "accepted");
        let history = app.get(&pair.coordinator, &format!("{}/answers", address(&made)));
        assert_eq!(history.json()[0]["outcome"], "stale");
    });
}

#[test]
fn l1_a_link_expires_with_the_meeting() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = invited(app, &pair);
        let page = get(app, &path).expect(200);
        app.clock.set(instant("2026-10-13T23:00:00Z"));
        let over = get(app, &path).expect(410);
        assert!(over.text.contains("This meeting is over") && !over.text.contains("<textarea"));
        press(app, &path, &page, "accepted", "").expect(410);
        assert_eq!(mentees_answer(app, &pair, &made), "needs-action");

        let made = booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        let cancel = format!("{}/cancel", address(&made));
        let body = json!({ "reason": "I am <ill>" });
        let mentor = again(app, &pair.mentor);
        app.send(
            app.request("POST", &cancel)
                .bearer_auth(&mentor.token)
                .header("If-Match", "*")
                .json(&body),
        )
        .expect(200);
        let written = letters(app);
        let letter = letter_to(&written, pair.mentee_id());
        let reply = letter.payload.reply_to.as_ref().unwrap();
        let token = reply
            .strip_prefix("reply+")
            .unwrap()
            .split('@')
            .next()
            .unwrap();
        let gone = get(app, &format!("/m/{token}")).expect(410);
        assert!(
            gone.text.contains("This meeting was cancelled")
                && gone.text.contains("I am &lt;ill&gt;")
        );
    });
}

#[test]
fn o10_one_click_stops_the_reminders_of_one_person_and_a_button_starts_them_again() {
    each_database(|app| {
        let pair = pair(app);
        let (_, path) = invited(app, &pair);
        let reminders = format!("{path}/reminders");
        for _ in 0..2 {
            let one_click = [("List-Unsubscribe", "One-Click")];
            app.send(app.request("POST", &reminders).form(&one_click))
                .expect(200);
        }
        app.clock.set(instant("2026-10-12T22:00:00Z"));
        work(app);
        let written = letters(app);
        assert_eq!(written.len(), 1);
        letter_to(&written, pair.mentor_id());
        let page = get(app, &reminders).expect(200);
        assert!(
            page.text.contains("Send me reminders again"),
            "{}",
            page.text
        );
        let again = app
            .send(app.request("POST", &reminders).form(&[("wanted", "yes")]))
            .expect(303);
        let page = get(app, again.header("location")).expect(200);
        assert!(page.text.contains("You get reminders again"));
        app.clock.set(instant("2026-10-13T21:00:00Z"));
        work(app);
        assert_eq!(letters(app).len(), 2);
        app.send(
            app.request("POST", &reminders)
                .form(&[("wanted", "perhaps")]),
        )
        .expect(400);
    });
}

#[test]
fn a_page_shows_hostile_names_as_text() {
    each_database(|app| {
        let pair = pair(app);
        app.db(|conn| {
            diesel::update(persons::table.find(pair.mentor_id()))
                .set(persons::given_name.eq("<img src=x onerror=alert(1)>\u{202e}\"'"))
                .execute(conn)?;
            Ok(())
        });
        let (_, path) = invited(app, &pair);
        let page = get(app, &path).expect(200);
        assert!(page.text.contains("<bdi>&lt;img src=x"), "{}", page.text);
        assert!(!page.text.contains("<img"));
    });
}

#[test]
fn whoever_holds_a_link_moves_the_meeting_to_a_time_that_suits_both() {
    each_database(|app| {
        let pair = pair(app);
        let (made, path) = invited(app, &pair);
        let times = format!("{path}/times");
        // The mentor counts on the time until somebody says no; then any common time may be taken.
        press(app, &path, &get(app, &path), "declined", "").expect(303);
        letters(app);
        let page = get(app, &format!("{times}?lang=fr")).expect(200);
        assert!(page.text.contains("mardi 20 octobre 2026"), "{}", page.text);
        assert!(
            !page.text.contains("value=\"2026-10-13T22:00:00Z\""),
            "not the time that it has"
        );
        let (sequence, proof) = (hidden(&page, "sequence"), hidden(&page, "proof"));
        let choose = |starts_at: &str| {
            let fields = [
                ("starts_at", starts_at),
                ("sequence", &sequence),
                ("proof", &proof),
            ];
            app.send(app.request("POST", &times).form(&fields))
        };
        let wednesday = choose("2026-10-14T22:00:00Z").expect(409);
        assert!(
            wednesday.text.contains("This time is not free"),
            "{}",
            wednesday.text
        );
        let forged = [
            ("starts_at", "2026-10-20T22:00:00Z"),
            ("sequence", "0"),
            ("proof", "x"),
        ];
        app.send(app.request("POST", &times).form(&forged))
            .expect(400);
        assert!(letters(app).is_empty());
        let moved = choose("2026-10-20T22:00:00Z").expect(303);
        let meeting = app.get(&pair.mentor, &address(&made)).expect(200).json();
        assert_eq!(meeting["starts_at"], "2026-10-20T22:00:00Z");
        assert_eq!(
            meeting["attendees"][1]["answer"], "accepted",
            "who moves it, comes"
        );
        assert_eq!(meeting["attendees"][0]["answer"], "needs-action");
        assert_eq!(letters(app).len(), 2);
        get(app, moved.header("location")).expect(200);
        // The same form again was about a time that no longer holds.
        choose("2026-10-27T22:00:00Z").expect(303);
        let meeting = app.get(&pair.mentor, &address(&made)).expect(200).json();
        assert_eq!(meeting["starts_at"], "2026-10-20T22:00:00Z");
        app.clock.set(instant("2026-10-21T00:00:00Z"));
        get(app, &times).expect(410);
    });
}
