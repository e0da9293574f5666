//! The page "My calendar": one's feed and the calendars that one already has, for whoever signs in.

use diesel::prelude::*;
use passerelle::db::schema::accounts;
use passerelle::kernel::ids::PersonId;
use passerelle::kernel::{Role, Settings};

use super::fixture::{Pair, booked, pair};
use crate::access::pages::Browser;
use crate::access::{PASSWORD, account, account_of};
use crate::support::app::{Someone, TestApp, each_database_with};
use crate::support::calendar_server::CalendarServer;
use crate::support::each_database;

const BUSY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:doctor@calendar.example\r\n\
    SUMMARY:Oncologist\r\nDTSTART:20261013T220000Z\r\nDTEND:20261013T233000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/// An account with a password for a person, who has one without.
pub fn account_of_person(app: &TestApp, who: &Someone, role: Role, email: &str) {
    let person = who.person_id.unwrap();
    app.db(|conn| {
        diesel::update(accounts::table.filter(accounts::person_id.eq(person)))
            .set(accounts::person_id.eq(None::<PersonId>))
            .execute(conn)?;
        Ok(())
    });
    account_of(app, email, &[(role, None)], Some(person));
}

/// Somebody's browser, signed in as the person that they are.
fn browser_of<'a>(app: &'a TestApp, who: &Someone, role: Role, email: &str) -> Browser<'a> {
    account_of_person(app, who, role, email);
    let browser = Browser::new(app);
    browser.sign_in(email, PASSWORD).expect(303);
    browser
}

fn mentor<'a>(app: &'a TestApp, pair: &Pair) -> Browser<'a> {
    browser_of(app, &pair.mentor, Role::Mentor, "mentor@example.org")
}

/// The path of the feed whose address a page shows.
fn feed(app: &TestApp, html: &str) -> String {
    let mark = format!("{}/feeds/", app.base);
    let (_, rest) = html.split_once(&mark).expect("an address");
    format!("/feeds/{}", rest.split(['"', '<']).next().unwrap())
}

#[test]
fn f1_the_address_of_a_feed_is_shown_once_renewed_and_withdrawn_on_the_page() {
    each_database(|app| {
        let pair = pair(app);
        booked(app, &pair, &pair.mentor, "2026-10-20T22:00:00Z");
        let browser = mentor(app, &pair);
        let page = browser.get("/calendar?lang=en").expect(200).text;
        assert!(page.contains("You have no address yet."), "{page}");
        let read = |path: &str| app.send(app.request("GET", path));
        let fresh = browser
            .submit("/calendar", "/calendar/feed", &[])
            .expect(200);
        assert!(fresh.text.contains("webcal://"), "{}", fresh.text);
        let first = feed(app, &fresh.text);
        assert!(read(&first).expect(200).text.contains("BEGIN:VEVENT"));
        let page = browser.get("/calendar?lang=en").expect(200).text;
        assert!(!page.contains("/feeds/"), "shown once: {page}");
        assert!(page.contains("It was last read on"), "{page}");
        let again = browser
            .submit("/calendar", "/calendar/feed", &[])
            .expect(200);
        let second = feed(app, &again.text);
        assert_ne!(first, second);
        read(&first).expect(404);
        read(&second).expect(200);
        browser
            .submit("/calendar", "/calendar/feed/withdraw", &[])
            .expect(303);
        read(&second).expect(404);
        // Without the form's proof nothing happens.
        let bare = app
            .request("POST", "/calendar/feed")
            .form(&[("whose", "mine")]);
        assert_eq!(app.send(bare).expect(303).header("location"), "/sign-in");
        let page = browser.get("/calendar?lang=fr").expect(200).text;
        assert!(page.contains("Vous n’avez pas encore d’adresse."), "{page}");
    });
}

#[test]
fn a_calendar_that_somebody_has_is_added_looked_at_and_removed_on_the_page() {
    let server = CalendarServer::start();
    let port = server.port;
    let friendly = move |settings: &mut Settings| {
        settings.calendars.allow_private = true;
        settings.calendars.ports = vec![port];
        settings.calendars.timeout_seconds = 2;
    };
    each_database_with(friendly, |app| {
        server.calendar(BUSY, "\"1\"");
        let pair = pair(app);
        let browser = mentor(app, &pair);
        let address = server.address("/secret/basic.ics");
        let fields = [("address", address.as_str()), ("whole_days", "yes")];
        // What cannot be read is told at the field, and what was typed is not lost.
        let wrong = [("address", "https://"), ("whole_days", "yes")];
        let refused = browser
            .submit("/calendar?lang=en", "/calendar/busy", &wrong)
            .expect(422);
        assert!(
            refused.text.contains("id=\"fault-address\""),
            "{}",
            refused.text
        );
        let done = browser
            .submit("/calendar?lang=en", "/calendar/busy", &fields)
            .expect(303);
        let page = browser.get(done.header("location")).expect(200).text;
        assert!(page.contains("Your calendar is added."), "{page}");
        assert!(page.contains(": one entry"), "{page}");
        assert!(!page.contains("/secret/"), "its host only: {page}");
        let twice = browser
            .submit("/calendar?lang=en", "/calendar/busy", &fields)
            .expect(422);
        assert!(
            twice.text.contains("You have added this calendar before"),
            "{}",
            twice.text
        );

        let (_, rest) = page.split_once("/calendar/busy/").expect("its form");
        let id = rest.split('/').next().unwrap().to_owned();
        server.bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        let check = format!("/calendar/busy/{id}/check");
        let done = browser.submit("/calendar?lang=en", &check, &[]).expect(303);
        let page = browser.get(done.header("location")).expect(200).text;
        assert!(
            page.contains("The server does not give this calendar out"),
            "{page}"
        );
        let french = browser.get("/calendar?lang=fr").expect(200).text;
        assert!(
            french.contains("Le serveur ne donne pas cet agenda."),
            "{french}"
        );
        // Nobody else's.
        let other = browser_of(app, &pair.mentee, Role::Mentee, "mentee@example.org");
        let foreign = other.get("/calendar").expect(200).text;
        assert!(!foreign.contains(&id), "{foreign}");
        let form = [("csrf", token(&foreign))];
        let pressed = other.post(&format!("/calendar/busy/{id}/remove"), &form);
        pressed.expect(404);
        let remove = format!("/calendar/busy/{id}/remove");
        browser.submit("/calendar", &remove, &[]).expect(303);
        let page = browser.get("/calendar").expect(200).text;
        assert!(!page.contains(&id), "{page}");
    });
}

/// The proof in a page's forms.
fn token(html: &str) -> String {
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").expect("a form");
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn a_coordinator_has_the_feed_of_their_programmes_and_nobody_else_a_page() {
    each_database(|app| {
        let pair = pair(app);
        let email = "coordinator@example.org";
        account(app, email, &[(Role::Coordinator, Some(pair.programme_id))]);
        let browser = Browser::new(app);
        browser.sign_in(email, PASSWORD).expect(303);
        let page = browser.get("/calendar?lang=en").expect(200).text;
        assert!(
            page.contains("in the programmes that you coordinate"),
            "{page}"
        );
        assert!(!page.contains("action=\"/calendar/busy\""), "{page}");
        let fresh = browser
            .submit("/calendar", "/calendar/feed", &[])
            .expect(200);
        app.send(app.request("GET", &feed(app, &fresh.text)))
            .expect(200);
        account(app, "coach@example.org", &[(Role::Coach, None)]);
        let coach = Browser::new(app);
        coach.sign_in("coach@example.org", PASSWORD).expect(303);
        coach.get("/calendar").expect(403);
    });
}
