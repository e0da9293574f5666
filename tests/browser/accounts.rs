//! What anybody can open, and the pages of people who are signed in.

use serde_json::{Value, json};

use passerelle::kernel::Role;

use super::meetings::{answer, invited};
use crate::access::account;
use crate::meetings::fixture::pair;
use crate::meetings::my_calendar::account_of_person;
use crate::support::app::{Someone, TestApp};

/// Pages of people who are signed in.
pub fn signed_in(app: &TestApp) -> Vec<Value> {
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

/// What anybody can open, and the local mailbox with an invitation in its frame.
pub fn front_doors(app: &TestApp) -> Vec<Value> {
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
