//! The ledger of hours through the front door.

mod deciding;
mod reporting;
mod totals;
mod writing;

use serde_json::{Value, json};

use crate::meetings::fixture::{Pair, again};
use crate::support::app::{Answer, Someone, TestApp};

/// Writes an hour of preparation down, as `who`, on the first day of the tests.
fn an_hour(pair: &Pair) -> Value {
    json!({
        "mentorship_id": pair.mentorship_id, "activity": "preparation", "minutes": 60,
        "worked_on": "2026-10-06"
    })
}

fn write(app: &TestApp, who: &Someone, entry: &Value) -> Answer {
    app.post(&again(app, who), "/api/v1/hours", entry)
}

/// A verb on an entry, for the version given as its ETag.
fn act(app: &TestApp, who: &Someone, entry: &Value, verb: &str, tag: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/hours/{}/{verb}", entry["id"].as_str().unwrap());
    let request = app
        .request("POST", &path)
        .bearer_auth(&again(app, who).token);
    app.send(request.header("If-Match", tag).json(body))
}

fn entries(app: &TestApp, who: &Someone, query: &str) -> Vec<Value> {
    let answer = app
        .get(&again(app, who), &format!("/api/v1/hours?{query}"))
        .expect(200);
    answer.json()["items"].as_array().cloned().unwrap()
}

/// Two people who have nothing to do with the others.
fn pair_elsewhere(app: &TestApp) -> Pair {
    let pair = crate::meetings::fixture::pair(app);
    Pair {
        mentor: again(app, &pair.mentor),
        coordinator: again(app, &pair.coordinator),
        ..pair
    }
}
