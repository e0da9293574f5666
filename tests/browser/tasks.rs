//! What people do, once with the keyboard alone and once without scripts.

use serde_json::{Value, json};

use super::meetings::{counter, invited, met_today};
use super::{mails, matching};
use crate::meetings::fixture::{again, another_mentee, answer_path, letter_to, letters, pair};
use crate::support::app::TestApp;

/// What people do, once with the keyboard alone and once without scripts.
pub fn tasks(app: &TestApp) -> Vec<Value> {
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
        add(
            "digest",
            mails::stop_of_a_digest(app),
            press("button[value=no]"),
            "button[value=yes]",
        );
        let number = if by == "keyboard" { 5 } else { 6 };
        add(
            "confirm",
            mails::asking(app, number),
            press("main form button"),
            "[role=status]",
        );
        tasks.extend(matching::tasks(app, by));
    }
    tasks
}
