//! The pages of matches.

use serde_json::{Value, json};

use passerelle::kernel::Role;

use crate::access::account;
use crate::matching::scene::{self, Scene};
use crate::support::app::TestApp;

/// The page of a match that is offered: before the answer and after it.
pub fn offers(app: &TestApp) -> Vec<Value> {
    let scene = scene::asking_scene(app, &scene::both());
    let run = scene.run(app);
    scene.offer(app, &run, &scene.amina);
    let path = scene::link_to(app, &scene.bruno);
    vec![
        json!({ "name": "offer", "path": path, "status": 200 }),
        json!({ "name": "offer-no", "path": format!("{path}?answer=declined"), "status": 200 }),
    ]
}

/// Who coordinates the programme of [`console`].
const STAFF: &str = "matching@example.org";

/// A programme that is decided about in the console, and its coordinator.
fn coordinated(app: &TestApp, slug: &str, email: &str) -> Scene {
    let scene = scene::asking_scene_in(app, slug, &scene::both());
    account(app, email, &[(Role::Coordinator, Some(scene.programme.id))]);
    scene
}

/// The console's pages of matching.
pub fn console(app: &TestApp) -> Vec<Value> {
    let scene = coordinated(app, "console", STAFF);
    let first = scene.run(app);
    app.clock.advance(chrono::Duration::minutes(1));
    let run = scene.run_with_now(app);
    let offered = scene.offer(app, &run, &scene.eric);
    let open = scene.proposal_of(app, &run, &scene.amina);
    let at = |kind: &str, of: &Value| format!("/{kind}/{}", of["id"].as_str().unwrap());
    let what_if = format!("/programmes/{}/what-if", scene.programme.id);
    let ban = format!("{what_if}?bans={}.{}", scene.bruno.id, scene.amina.id);
    let wrong = format!("{what_if}?settings/weights/topics=2000000&do=compare");
    let nobody = json!({ "input[name=mentor]": "Nobody of this name" });
    let decided = format!(
        "{}?after={}",
        at("proposals", &open),
        offered["id"].as_str().unwrap()
    );
    let page = |name: &str, path: String| json!({ "name": name, "path": path, "status": 200, "as": STAFF });
    vec![
        page("matching", "/matching".to_owned()),
        page(
            "runs",
            format!("/programmes/{}/match-runs", scene.programme.id),
        ),
        json!({ "name": "run", "path": at("match-runs", &run), "status": 200, "as": STAFF, "open": "main summary" }),
        page("run-older", at("match-runs", &first)),
        page("what-if", what_if.clone()),
        json!({ "name": "what-if-rules", "path": what_if, "status": 200, "as": STAFF, "open": "#draft section:last-of-type summary" }),
        page("what-if-compared", ban),
        json!({ "name": "what-if-fault", "path": wrong, "status": 422, "as": STAFF }),
        json!({ "name": "what-if-nobody", "path": what_if, "status": 422, "as": STAFF, "open_first": "#draft section:nth-of-type(2) summary",
            "fill": nobody, "press": "#draft button[value=add]" }),
        page("proposal", at("proposals", &open)),
        page("proposal-after", decided),
        page("proposal-offered", at("proposals", &offered)),
        json!({ "name": "proposal-fault", "path": at("proposals", &open), "status": 422, "as": STAFF,
            "press": "button[value=reject]" }),
    ]
}

/// What a coordinator does in the console, with an account of its own for each way of doing it.
pub fn tasks(app: &TestApp, by: &str) -> Vec<Value> {
    let email = format!("matching-by-{by}@example.org");
    let scene = coordinated(app, by, &email);
    let run = scene.run_with_now(app);
    let at = |of: &Value| format!("/proposals/{}", of["id"].as_str().unwrap());
    let task = |name: &str, path: String, steps: Value, done: &str| json!({ "name": name, "by": by, "as": email, "path": path, "steps": steps, "done": done });
    let try_it = json!([
        { "to": "input[name='settings/weights/language']", "type": "60" },
        { "to": "#draft p.cluster button[value=compare]" },
    ]);
    let reject = json!([
        { "to": "textarea[name=reason]", "type": "They know each other" },
        { "to": "button[value=reject]" },
    ]);
    let what_if = format!("/programmes/{}/what-if", scene.programme.id);
    let save = json!([
        { "to": "#draft p.cluster button[value=compare]" },
        { "to": "section form[action$='/match-runs'] button" },
    ]);
    vec![
        task("what-if", what_if.clone(), try_it, "#difference"),
        task(
            "approve",
            at(&scene.proposal_of(app, &run, &scene.amina)),
            json!([{ "to": "button[value=approve]" }]),
            "[role=status]",
        ),
        task(
            "reject",
            at(&scene.proposal_of(app, &run, &scene.dina)),
            reject,
            "[role=status]",
        ),
        task("save-what-if", what_if, save, "[role=status]"),
    ]
}
