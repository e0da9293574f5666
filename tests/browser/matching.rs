//! The pages of matches.

use serde_json::{Value, json};

use crate::matching::scene;
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
