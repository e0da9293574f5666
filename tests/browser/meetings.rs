//! The pages of meetings behind the links in mails: answers, other times, reminders, reports and series.

use serde_json::{Value, json};

use crate::meetings::fixture::{Pair, address, again, answer_path, letter_to, letters, pair, work};
use crate::meetings::series;
use crate::support::app::{Answer, Someone, TestApp, instant};

/// A meeting that the mentor books, and the paths of the mentor's and the mentee's pages.
pub fn invited(app: &TestApp, pair: &Pair, starts_at: &str) -> (Answer, String, String) {
    let body = json!({
        "starts_at": starts_at,
        "note": "Bring your CV — and your questions about the licence, please.",
        "url": "https://meet.example.org/a-very-long-room-name-that-has-to-wrap-somewhere-on-a-phone",
    });
    let made = app
        .post(&again(app, &pair.mentor), &pair.meetings(), &body)
        .expect(201);
    let written = letters(app);
    let of = |person| answer_path(app, letter_to(&written, person));
    let (mentor, mentee) = (of(pair.mentor_id()), of(pair.mentee_id()));
    (made, mentor, mentee)
}

pub fn answer(app: &TestApp, who: &Someone, made: &Answer, says: &str) {
    let person = who.person_id.unwrap();
    let path = format!("{}/attendees/{person}/answer", address(made));
    let request = app
        .request("PUT", &path)
        .bearer_auth(&again(app, who).token);
    app.send(request.json(&json!({ "answer": says })))
        .expect(200);
    letters(app);
}

/// A proposal of another time by `who`, as the path after `/m/TOKEN`.
pub fn counter(app: &TestApp, who: &Someone, made: &Answer) -> String {
    let path = format!("{}/counter-proposals", address(made));
    let body =
        json!({ "starts_at": "2026-10-27T22:00:00Z", "note": "My train is late on Tuesdays." });
    let made = app.post(&again(app, who), &path, &body).expect(201);
    letters(app);
    format!("/proposals/{}", made.json()["id"].as_str().unwrap())
}

/// The path of the pause in the reminders of the day before.
fn pause_of(app: &TestApp, pair: &Pair) -> String {
    let written = letters(app);
    let mut theirs = written
        .iter()
        .filter(|(row, _)| row.person_id == Some(pair.mentee_id()));
    let (_, letter) = theirs.next().expect("a reminder");
    let page = letter.payload.values["pause"].as_str().unwrap();
    let path = page.replace(&app.base, "");
    path.split('?').next().unwrap().to_owned()
}

/// The pages of a meeting in each of its states. Moves the clock to the day before most meetings.
pub fn pages(app: &TestApp) -> Vec<Value> {
    let mut pages = Vec::new();
    let mut add = |name: &str, path: String, status: u16| {
        pages.push(json!({ "name": name, "path": path, "status": status }));
    };
    let open = pair(app);
    let (made, mentor, mentee) = invited(app, &open, "2026-10-13T22:00:00Z");
    add("answer", format!("{mentee}?answer=accepted"), 200);
    add("answer-no", format!("{mentee}?answer=declined"), 200);
    add("times-ask", format!("{mentee}/times"), 200);
    add(
        "times-offered",
        format!("{mentee}/times?at=2026-10-20T22:00:00Z"),
        200,
    );
    add(
        "times-taken",
        format!("{mentee}/times?at=2026-10-21T22:00:00Z"),
        200,
    );
    add("reminders", format!("{mentee}/reminders"), 200);
    add("reminders-done", format!("{mentee}/reminders?said=1"), 200);
    let proposal = counter(app, &open.mentor, &made);
    add("counter", format!("{mentee}{proposal}"), 200);
    add("counter-own", format!("{mentor}{proposal}"), 200);
    let said = pair(app);
    let (made, mentor, mentee) = invited(app, &said, "2026-10-13T22:00:00Z");
    answer(app, &said.mentee, &made, "accepted");
    add("answered", format!("{mentee}?said=1"), 200);
    answer(app, &said.mentee, &made, "declined");
    add("declined", format!("{mentee}?said=1"), 200);
    add(
        "moves",
        format!("{mentor}/times?at=2026-10-20T22:00:00Z"),
        200,
    );
    let gone = pair(app);
    let (made, mentor, mentee) = invited(app, &gone, "2026-10-13T22:00:00Z");
    let proposal = counter(app, &gone.mentor, &made);
    let withdraw = format!(
        "{}/counter-proposals/{}/withdraw",
        address(&made),
        &proposal[11..]
    );
    app.send(
        app.request("POST", &withdraw)
            .bearer_auth(&again(app, &gone.mentor).token),
    )
    .expect(200);
    add("counter-closed", format!("{mentee}{proposal}"), 410);
    let cancel = app.request("POST", &format!("{}/cancel", address(&made)));
    let cancel = cancel
        .header("If-Match", "*")
        .bearer_auth(&again(app, &gone.mentor).token);
    app.send(cancel.json(&json!({ "reason": "I am ill this week. I am sorry!" })))
        .expect(200);
    letters(app);
    add("cancelled", mentor, 410);
    // The day before: reminders carry the way to a pause; afterwards the question whether they met.
    app.clock.set(instant("2026-10-12T22:00:00Z"));
    work(app);
    let pause = pause_of(app, &open);
    add("pause", pause, 200);
    let away = pair(app);
    let (_, _, mentee) = invited(app, &away, "2026-10-20T22:00:00Z");
    add("report-early", format!("{mentee}/report"), 200);
    let met = pair(app);
    let (mentor, mentee) = met_today(app, &met);
    add("report", format!("{mentee}/report"), 200);
    add(
        "report-no",
        format!("{mentor}/report?outcome=not-held"),
        200,
    );
    pages.extend(of_series(app));
    pages
}

/// The paths of two people who met two hours ago.
pub fn met_today(app: &TestApp, pair: &Pair) -> (String, String) {
    let now = app.ctx().now;
    app.clock.set(instant("2026-10-12T12:00:00Z"));
    let body = json!({ "starts_at": "2026-10-12T19:00:00Z", "outside_availability": true });
    app.post(&again(app, &pair.mentor), &pair.meetings(), &body)
        .expect(201);
    let written = letters(app);
    let of = |person| answer_path(app, letter_to(&written, person));
    let paths = (of(pair.mentor_id()), of(pair.mentee_id()));
    app.clock.set(now);
    paths
}

/// A series with a date that was moved, one that was called off and one that was answered by itself.
fn of_series(app: &TestApp) -> Vec<Value> {
    let pair = pair(app);
    let body = json!({ "starts_at": "2026-10-20T18:00:00-04:00", "count": 9 });
    let made = app.post(&again(app, &pair.mentor), &pair.series(), &body);
    let series = made.expect(201).json();
    let written = letters(app);
    let whole = answer_path(app, letter_to(&written, pair.mentee_id()));
    let moved = json!({ "starts_at": "2026-11-05T23:00:00Z", "outside_availability": true });
    for (index, verb, body) in [(1, "cancel", json!({})), (2, "reschedule", moved)] {
        let path = format!("{}/{verb}", series::meeting(&series, index));
        series::do_it(app, &pair.mentor, &path, &body).expect(200);
    }
    let one = series::meeting(&series, 3);
    let path = format!("{one}/attendees/{}/answer", pair.mentee_id());
    let no = json!({ "answer": "declined" });
    app.put(&again(app, &pair.mentee), &path, "*", &no)
        .expect(200);
    letters(app);
    let html = app.send(app.request("GET", &whole)).expect(200).text;
    let first = html
        .split("<ul class=\"dates\">")
        .nth(1)
        .expect("its dates");
    let date = first
        .split("href=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    vec![
        json!({ "name": "series", "path": whole, "status": 200 }),
        json!({ "name": "series-all", "path": whole, "status": 200, "open": "main summary" }),
        json!({ "name": "series-taken", "path": format!("{whole}?said=1"), "status": 200 }),
        json!({ "name": "series-date", "path": date, "status": 200 }),
        json!({ "name": "series-date-taken", "path": format!("{date}?said=1"), "status": 200 }),
    ]
}
