//! The pages behind links in mails that no meeting's answer is: the daily mail of who looks after a programme, and
//! a reply that is held until its attendee says that it is theirs.

use diesel::prelude::*;
use passerelle::db::schema::meetings;
use serde_json::{Value, json};

use crate::digests::{decline, digest, round};
use crate::inbound::corpus::Stage;
use crate::inbound::deciding::link;
use crate::meetings::fixture::{letters, pair};
use crate::support::app::{TestApp, instant};

/// The path of the page on which one daily mail is stopped.
pub fn stop_of_a_digest(app: &TestApp) -> String {
    let pair = pair(app);
    decline(app, &pair);
    round(app, &app.ctx().now.utc().to_rfc3339());
    digest(app, &pair.coordinator).1
}

/// Before the form is taken, after it, and after it was taken once more.
pub fn digests(app: &TestApp) -> Vec<Value> {
    let (wanted, stopped) = (stop_of_a_digest(app), stop_of_a_digest(app));
    let no = app.request("POST", &stopped).form(&[("wanted", "no")]);
    app.send(no).expect(303);
    vec![
        json!({ "name": "digest", "path": wanted, "status": 200 }),
        json!({ "name": "digest-stopped", "path": format!("{stopped}?said=1"), "status": 200 }),
        json!({ "name": "digest-again", "path": format!("{wanted}?said=1"), "status": 200 }),
    ]
}

/// A reply from another address (each has a number, since a message counts once), and the path of the page that asks
/// its attendee about it.
fn held(app: &TestApp, number: u8) -> (Stage, String) {
    // The corpus was written at five past.
    app.clock.set(instant("2026-10-06T12:10:00Z"));
    let stage = Stage::new(app);
    let raw = String::from_utf8(stage.eml("forwarder-other-address")).unwrap();
    let own = raw.replace("7e1f9f0a-1111", &format!("7e1f9f0a-{number}"));
    assert_eq!(stage.receive(app, own.into_bytes()).state.as_str(), "held");
    let path = link(app, &stage);
    (stage, path.split('?').next().unwrap().to_owned())
}

/// Asked, confirmed, too late because the meeting moved, and too late because it is over.
pub fn held_replies(app: &TestApp) -> Vec<Value> {
    let (_, asks) = held(app, 1);
    let (_, done) = held(app, 2);
    app.send(app.request("POST", &done)).expect(200);
    let (moved, outdated) = held(app, 3);
    let (past, over) = held(app, 4);
    app.db(|conn| {
        diesel::update(meetings::table.find(moved.meeting))
            .set((meetings::sequence.eq(1), meetings::time_sequence.eq(1)))
            .execute(conn)?;
        diesel::update(meetings::table.find(past.meeting))
            .set((
                meetings::starts_at.eq(instant("2026-10-06T10:00:00Z")),
                meetings::ends_at.eq(instant("2026-10-06T11:00:00Z")),
            ))
            .execute(conn)?;
        Ok(())
    });
    letters(app);
    let press = "main form button";
    vec![
        json!({ "name": "confirm", "path": asks, "status": 200 }),
        json!({ "name": "confirm-done", "path": done, "status": 200 }),
        json!({ "name": "confirm-moved", "path": outdated, "status": 409, "press": press }),
        json!({ "name": "confirm-over", "path": over, "status": 410 }),
    ]
}

/// The path of a page that asks, for who presses its button.
pub fn asking(app: &TestApp, number: u8) -> String {
    held(app, number).1
}
