//! The pages that people reach from mails, in a real browser (tests/browser/run.mjs): axe-core, the keyboard, and
//! no scripts. Runs where Chromium, node and the packages of tests/browser are (`npm ci --prefix tests/browser`);
//! `PASSERELLE_TEST_BROWSER=must` makes their absence an error.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use passerelle::kernel::Role;

use crate::access::{PASSWORD, account};
use crate::matching::scene;
use crate::meetings::fixture::{
    Pair, address, again, another_mentee, answer_path, letter_to, letters, pair, work,
};
use crate::meetings::my_calendar::account_of_person;
use crate::meetings::series;
use crate::support::app::{Answer, Someone, TestApp, instant};
use crate::support::each_database;

/// The browser, where everything that the test needs is there.
fn chromium() -> Option<PathBuf> {
    let packages = folder().join("node_modules/axe-core").is_dir();
    let node = Command::new("node").arg("--version").output().is_ok();
    let known = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];
    let found = known.iter().map(PathBuf::from).find(|path| path.exists());
    let found = found.filter(|_| packages && node);
    let must = std::env::var("PASSERELLE_TEST_BROWSER").is_ok_and(|v| v == "must");
    assert!(
        found.is_some() || !must,
        "no Chromium, no node, or no packages: npm ci --prefix tests/browser"
    );
    found
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// A meeting that the mentor books, and the paths of the mentor's and the mentee's pages.
fn invited(app: &TestApp, pair: &Pair, starts_at: &str) -> (Answer, String, String) {
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

fn answer(app: &TestApp, who: &Someone, made: &Answer, says: &str) {
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
fn counter(app: &TestApp, who: &Someone, made: &Answer) -> String {
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

/// Everything that can be seen, with the status that it has.
fn pages(app: &TestApp) -> Vec<Value> {
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
    pages.extend(signed_in(app));
    pages.extend(front_doors(app));
    pages.extend(offers(app));
    pages
}

/// The paths of two people who met two hours ago.
fn met_today(app: &TestApp, pair: &Pair) -> (String, String) {
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

/// Pages of people who are signed in.
fn signed_in(app: &TestApp) -> Vec<Value> {
    let pair = pair(app);
    let (made, ..) = invited(app, &pair, "2026-10-20T22:00:00Z");
    answer(app, &pair.mentee, &made, "declined");
    let (mentor, mentee) = ("mentor@example.org", "mentee@example.org");
    account_of_person(app, &pair.mentor, Role::Mentor, mentor);
    account_of_person(app, &pair.mentee, Role::Mentee, mentee);
    let staff = "coordinator@example.org";
    account(app, staff, &[(Role::Coordinator, Some(pair.programme_id))]);
    calendar_of(app, &pair.mentee);
    vec![
        json!({ "name": "calendar", "path": "/calendar", "status": 200, "as": mentor }),
        json!({ "name": "calendar-fresh", "path": "/calendar", "status": 200, "as": mentor,
            "press": "form[action='/calendar/feed'] button" }),
        json!({ "name": "calendar-fault", "path": "/calendar", "status": 422, "as": mentor,
            "fill": { "input[name=address]": "https://localhost/calendar.ics" },
            "press": "form[action='/calendar/busy'] button" }),
        json!({ "name": "calendar-trouble", "path": "/calendar", "status": 200, "as": mentee }),
        json!({ "name": "calendar-programmes", "path": "/calendar", "status": 200, "as": staff }),
        json!({ "name": "waiting", "path": "/waiting", "status": 200, "as": staff }),
        json!({ "name": "start", "path": "/", "status": 200, "as": mentee }),
        json!({ "name": "account", "path": "/account", "status": 200, "as": mentee }),
    ]
}

/// What anybody can open, and the local mailbox with an invitation in its frame.
fn front_doors(app: &TestApp) -> Vec<Value> {
    use diesel::prelude::*;
    use passerelle::db::schema::outbox;
    use passerelle::kernel::ids::OutboxId;
    let pair = pair(app);
    invited(app, &pair, "2026-10-20T22:00:00Z");
    let invitation: OutboxId = app.db(|conn| {
        Ok(outbox::table
            .filter(outbox::kind.eq("meeting-invitation"))
            .order(outbox::id.desc())
            .select(outbox::id)
            .first(conn)?)
    });
    let wrong = json!({ "input[name=email]": "nobody@example.org", "input[name=password]": "wrong password" });
    vec![
        json!({ "name": "welcome", "path": "/", "status": 200 }),
        json!({ "name": "sign-in", "path": "/sign-in", "status": 200 }),
        json!({ "name": "sign-in-fault", "path": "/sign-in", "status": 422, "fill": wrong,
            "press": "main button[type=submit]" }),
        json!({ "name": "forgotten", "path": "/forgotten-password", "status": 200 }),
        json!({ "name": "no-such-link", "path": "/set-password/0123456789012345678901234567890123456789", "status": 410 }),
        json!({ "name": "mailbox", "path": "/mailbox", "status": 200 }),
        json!({ "name": "mail", "path": format!("/mailbox/{invitation}"), "status": 200, "frame": "a[href*='/m/']" }),
    ]
}

/// A calendar of theirs that cannot be read any more.
fn calendar_of(app: &TestApp, who: &Someone) {
    use diesel::prelude::*;
    use passerelle::db::schema::busy_calendars as table;
    use passerelle::kernel::ids::BusyCalendarId;
    let now = app.ctx().now;
    app.db(|conn| {
        diesel::insert_into(table::table)
            .values((
                (
                    table::id.eq(BusyCalendarId::new(now)),
                    table::person_id.eq(who.person_id.unwrap()),
                    table::address_sealed.eq(""),
                    table::address_tag.eq("x"),
                    table::shown.eq("https://calendar.example.com/…"),
                    table::whole_days.eq(true),
                    table::fingerprint.eq(""),
                    table::events.eq(214),
                    table::not_understood.eq(2),
                ),
                (
                    table::trouble.eq(Some("calendar-refused")),
                    table::failures.eq(9),
                    table::read_at.eq(now),
                    table::checked_at.eq(now),
                    table::next_check_at.eq(now.plus(chrono::Duration::days(1))),
                    table::created_at.eq(now),
                ),
            ))
            .execute(conn)?;
        Ok(())
    });
}

/// The page of a match that is offered: before the answer and after it.
fn offers(app: &TestApp) -> Vec<Value> {
    let scene = scene::asking_scene(app, &scene::both());
    let run = scene.run(app);
    scene.offer(app, &run, &scene.amina);
    let path = scene::link_to(app, &scene.bruno);
    vec![
        json!({ "name": "offer", "path": path, "status": 200 }),
        json!({ "name": "offer-no", "path": format!("{path}?answer=declined"), "status": 200 }),
    ]
}

/// What people do, once with the keyboard alone and once without scripts.
fn tasks(app: &TestApp) -> Vec<Value> {
    let mut tasks = Vec::new();
    for by in ["keyboard", "no-script"] {
        let mut add = |name: &str, path: String, steps: Value, done: &str| {
            let task =
                json!({ "name": name, "by": by, "path": path, "steps": steps, "done": done });
            tasks.push(task);
        };
        let press = |selector: &str| json!([{ "to": selector }]);
        let two = pair(app);
        let (_, _, mentee) = invited(app, &two, "2026-10-13T22:00:00Z");
        let yes = json!([
            { "to": "textarea[name=comment]", "type": "See you then" },
            { "to": "button[value=accepted]" },
        ]);
        add("answer", mentee.clone(), yes, "[role=status]");
        let other = another_mentee(app, &two);
        let (_, _, mentee) = invited(app, &other, "2026-10-20T22:00:00Z");
        let no = json!([
            { "to": "textarea[name=comment]", "type": "I work that evening" },
            { "to": "button[value=declined]" },
        ]);
        add("decline", mentee, no, "a[href*='times?at=']");
        let three = pair(app);
        let (_, _, mentee) = invited(app, &three, "2026-10-13T22:00:00Z");
        let choose = json!([
            { "to": "input[name=starts_at]" },
            { "to": "main form button[type=submit]" },
        ]);
        add(
            "propose",
            format!("{mentee}/times"),
            choose,
            "button[value=withdraw]",
        );
        let four = pair(app);
        let (made, _, mentee) = invited(app, &four, "2026-10-13T22:00:00Z");
        let proposal = counter(app, &four.mentor, &made);
        let accept = press("button[value=accept]");
        add(
            "agree",
            format!("{mentee}{proposal}"),
            accept,
            "[role=status]",
        );
        let five = pair(app);
        let (_, _, mentee) = invited(app, &five, "2026-10-13T22:00:00Z");
        let stop = press("button[value=no]");
        add(
            "stop",
            format!("{mentee}/reminders"),
            stop,
            "button[value=yes]",
        );
        let six = pair(app);
        let (mentor, mentee) = met_today(app, &six);
        let minutes = json!([
            { "to": "input[name=minutes]", "type": "45" },
            { "to": "button[value=held]" },
        ]);
        add(
            "report",
            format!("{mentee}/report"),
            minutes,
            "[role=status]",
        );
        add(
            "report-no",
            format!("{mentor}/report"),
            press("button[value=not-held]"),
            "[role=status]",
        );
        let seven = pair(app);
        let body = json!({ "starts_at": "2026-10-20T18:00:00-04:00", "count": 9 });
        app.post(&again(app, &seven.mentor), &seven.series(), &body)
            .expect(201);
        let whole = answer_path(app, letter_to(&letters(app), seven.mentee_id()));
        let date = json!([
            { "to": "main summary" },
            { "to": "details a[href^='/m/']" },
            { "to": "button[value=declined]" },
        ]);
        add("series-date", whole.clone(), date, "[role=status]");
        add(
            "series",
            whole,
            press("button[value=accepted]"),
            "[role=status]",
        );
    }
    tasks
}

#[test]
fn every_answer_page_is_for_everybody_in_both_languages_light_and_dark_on_a_phone_and_a_desk() {
    let Some(chromium) = chromium() else {
        return;
    };
    each_database(|app| {
        if app.database.kind != "SQLite" {
            return;
        }
        let tasks = tasks(app);
        let pages = pages(app);
        let folder_of_this_run = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder_of_this_run).unwrap();
        let config = folder_of_this_run.join("config.json");
        let what = json!({
            "base": app.base,
            "chromium": chromium,
            "pictures": folder_of_this_run.join("pictures"),
            "password": PASSWORD,
            "pages": pages,
            "tasks": tasks,
        });
        std::fs::write(&config, what.to_string()).unwrap();
        let run = Command::new("node")
            .arg(folder().join("run.mjs"))
            .arg(&config)
            .output()
            .unwrap();
        let (out, err) = (
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr),
        );
        assert!(run.status.success(), "{out}\n{err}");
    });
}
