//! The policy, walked: every route of the OpenAPI document × every role × an own and another's object. It fails
//! on a route without a rule, on a rule without a route, and when an answer contradicts the table in
//! `access::policy`. A room that adds a route adds its line there; one whose path has a new kind of object adds
//! it to `world.rs`, and says in `BODIES` what to send where the schema alone does not make a good request.

mod bodies;
mod pages;
mod world;

use std::cell::Cell;
use std::collections::BTreeSet;

use passerelle::access::policy::{Action, PUBLIC, Reach};
use passerelle::kernel::Role;
use serde_json::Value;

use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;
use world::{Side, World};

/// One route of the document.
#[derive(Debug, Clone)]
struct Route {
    name: String,
    method: String,
    path: String,
    operation: Value,
}

impl Route {
    fn action(&self) -> Option<Action> {
        Action::ALL
            .iter()
            .copied()
            .find(|action| action.name() == self.name)
    }

    fn has_object(&self) -> bool {
        self.path.contains('{')
    }
}

/// The OpenAPI document, collected from the same routes that the server serves.
fn document() -> Value {
    serde_json::to_value(passerelle::http::openapi::collected()).unwrap()
}

fn routes_of(document: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ["get", "post", "put", "patch", "delete"].contains(&method.as_str()) {
                routes.push(Route {
                    name: operation["operationId"].as_str().unwrap_or("").to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    operation: operation.clone(),
                });
            }
        }
    }
    routes
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    let document = document();
    let routes = routes_of(&document);
    let named: BTreeSet<&str> = routes.iter().map(|route| route.name.as_str()).collect();
    assert_eq!(
        named.len(),
        routes.len(),
        "two routes share an operation_id, or one has none"
    );
    let ruled: BTreeSet<&str> = Action::ALL.iter().map(|action| action.name()).collect();
    let public: BTreeSet<&str> = PUBLIC.iter().copied().collect();
    assert_eq!(ruled.len(), Action::ALL.len(), "two rules share a name");
    let both: Vec<_> = ruled.intersection(&public).collect();
    assert!(both.is_empty(), "public, and with a rule: {both:?}");
    let known: BTreeSet<&str> = ruled.union(&public).copied().collect();
    let lawless: Vec<_> = named.difference(&known).collect();
    assert!(lawless.is_empty(), "routes without a rule: {lawless:?}");
    let idle: Vec<_> = known.difference(&named).collect();
    assert!(idle.is_empty(), "rules without a route: {idle:?}");
}

#[test]
fn nobody_unknown_gets_past_a_rule_and_the_public_routes_ask_for_nothing() {
    each_database(|app| {
        let document = document();
        let world = World::make(app);
        let mut faults = Vec::new();
        for route in routes_of(&document) {
            let request = request(
                app,
                &document,
                &route,
                &world,
                Role::Administrator,
                Side::Own,
            );
            let answer = app.send(request);
            let wants_sign_in = answer.status == 401 && answer.problem() == "sign-in-needed";
            if wants_sign_in == PUBLIC.contains(&route.name.as_str()) {
                faults.push(format!(
                    "{} {} for nobody: {}",
                    route.method, route.path, answer.status
                ));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

#[test]
fn every_route_answers_every_role_as_the_policy_says() {
    each_database(|app| {
        let document = document();
        let mut faults = Vec::new();
        for route in routes_of(&document) {
            if let Some(action) = route.action() {
                walk(app, &document, &route, action, &mut faults);
            }
        }
        assert!(
            faults.is_empty(),
            "{} contradictions:\n{}",
            faults.len(),
            faults.join("\n")
        );
    });
}

/// Routes about the person that the account belongs to.
const OF_A_PERSON: &[&str] = &["read_own_person"];

/// Routes about the caller alone, whose body names nobody.
const OF_ONESELF: &[&str] = &["update_digest_settings"];

/// Every role, the least first: what an administrator may destroy, others have asked for before.
fn walk(app: &TestApp, document: &Value, route: &Route, action: Action, faults: &mut Vec<String>) {
    let mut world = World::make(app);
    for (role, reach) in Role::ALL.iter().copied().zip(action.rule().reach).rev() {
        for side in [Side::Own, Side::Other] {
            if route.method == "DELETE" {
                world = World::make(app);
            }
            if side == Side::Other && (reach == Reach::Never || !says_something(route, &world)) {
                continue;
            }
            let request = request(app, document, route, &world, role, side);
            let Someone { token, .. } = world.actor(role);
            let answer = app.send(request.bearer_auth(token));
            // Staff are no person of the programmes: asked for their own record, there is none.
            let staff = world.actor(role).person_id.is_none();
            if OF_A_PERSON.contains(&route.name.as_str()) && staff && answer.status == 404 {
                continue;
            }
            if let Err(why) = judge(route, reach, side, &answer) {
                faults.push(format!(
                    "{} {} ({}) as {role}, {side:?} object, reach {reach:?}: {} {why}\n    {}",
                    route.method, route.path, route.name, answer.status, answer.text
                ));
            }
        }
        if !matches!(reach, Reach::Any | Reach::Never) {
            smuggle(app, document, route, &world, role, faults);
        }
    }
}

/// A path that names an own object, and a body that names another's: never a success.
fn smuggle(
    app: &TestApp,
    document: &Value,
    route: &Route,
    world: &World,
    role: Role,
    faults: &mut Vec<String>,
) {
    let told = Cell::new(false);
    let named = |name: &str| {
        let id = world.named(app, &route.path, name, role, Side::Other);
        told.set(told.get() || id.is_some());
        id
    };
    if !route.has_object() || route.method == "GET" {
        return;
    }
    // Only a body that names somebody's object is sent: making the path's object can cost an earlier one.
    let blank = app.request(&route.method, "/");
    drop(bodies::with_body(
        blank,
        document,
        &route.name,
        &route.operation,
        &named,
    ));
    if !told.get() {
        return;
    }
    let request = addressed(app, document, route, world, role, Side::Own);
    let request = bodies::with_body(request, document, &route.name, &route.operation, &named);
    let answer = app.send(request.bearer_auth(&world.actor(role).token));
    if !(400..500).contains(&answer.status) {
        faults.push(format!(
            "{} {} ({}) as {role}, own path, another's object in the body: {}\n    {}",
            route.method, route.path, route.name, answer.status, answer.text
        ));
    }
}

/// Whether another's object can be named in a request to this route at all.
fn says_something(route: &Route, _world: &World) -> bool {
    let of_oneself = OF_ONESELF.contains(&route.name.as_str());
    route.has_object()
        || (!of_oneself && route.method != "GET" && bodies::names_an_object(&route.operation))
}

/// Compares an answer with the table.
fn judge(route: &Route, reach: Reach, side: Side, answer: &Answer) -> Result<(), &'static str> {
    if answer.status >= 500 {
        return Err("is our fault");
    }
    match (reach, side) {
        (Reach::Never, _) if answer.status == 403 => Ok(()),
        (Reach::Never, _) => Err("should be 403: the role has no part in this"),
        (Reach::Any, _) | (_, Side::Own) if [401, 403, 404].contains(&answer.status) => {
            Err("should be allowed")
        }
        (Reach::Any, _) | (_, Side::Own) => Ok(()),
        (_, Side::Other) if route.has_object() && answer.status == 404 => Ok(()),
        // A list beneath another's object shows nothing, which tells nothing.
        (_, Side::Other) if route.method == "GET" && shows_nothing(answer) => Ok(()),
        (_, Side::Other) if route.has_object() => {
            Err("should be 404: the object is none of their business")
        }
        (_, Side::Other) if answer.status >= 400 => Ok(()),
        (_, Side::Other) => Err("should be refused: the object that it names is another's"),
    }
}

fn shows_nothing(answer: &Answer) -> bool {
    answer.status == 200 && answer.json()["items"].as_array().is_some_and(Vec::is_empty)
}

/// A good request to `route` about an own or another's object of `role`.
#[track_caller]
fn request(
    app: &TestApp,
    document: &Value,
    route: &Route,
    world: &World,
    role: Role,
    side: Side,
) -> reqwest::blocking::RequestBuilder {
    let named = |name: &str| {
        // Where the path names the object, the body's own references are right.
        let side = if route.has_object() { Side::Own } else { side };
        world.named(app, &route.path, name, role, side)
    };
    let request = addressed(app, document, route, world, role, side);
    bodies::with_body(request, document, &route.name, &route.operation, &named)
}

/// The request without its body.
#[track_caller]
fn addressed(
    app: &TestApp,
    document: &Value,
    route: &Route,
    world: &World,
    role: Role,
    side: Side,
) -> reqwest::blocking::RequestBuilder {
    let mut path = String::new();
    let mut before = "";
    for segment in route.path.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix('{') {
            Some(_) => path.push_str(&world.object(app, before, &route.name, role, side)),
            None => path.push_str(segment),
        }
        before = segment;
    }
    // The query speaks of the path's object.
    let asked = |name: &str| world.named(app, &route.path, name, role, side);
    let query = bodies::query(document, &route.operation, &asked);
    app.request(&route.method, &format!("{path}{query}"))
        .header("If-Match", "*")
}
