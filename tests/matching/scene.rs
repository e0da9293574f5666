//! A programme with three mentees and two mentors, and what its coordinator asks.

use diesel::prelude::*;
use passerelle::db::jobs;
use passerelle::db::schema::participations;
use passerelle::kernel::Role;
use passerelle::matching::consent::lapse;
use passerelle::programmes::{Participation, Programme};
use serde_json::{Value, json};

use crate::meetings::fixture::{again, letters};
use crate::support::app::{Answer, Someone, TestApp};
use crate::support::people::{Made, mentee, mentor, open_programme, person};

/// A programme with three mentees and two mentors: Bruno, a civil engineer with one place, and Chen, a
/// developer with two. Amina is a civil engineer, Dina a mechanical one, Eric develops.
pub struct Scene {
    pub programme: Programme,
    pub staff: Someone,
    pub bruno: Participation,
    pub chen: Participation,
    pub amina: Participation,
    pub dina: Participation,
    pub eric: Participation,
}

pub const CIVIL: &str = "21300";
pub const MECHANICAL: &str = "21301";
pub const DEVELOPER: &str = "21232";

pub fn named(given: &'static str, family: &'static str, noc: &'static str) -> Made {
    Made {
        given_name: given,
        family_name: family,
        occupations: vec![(noc, "held", 8), (noc, "target", 8)],
        ..Made::default()
    }
}

pub fn scene(app: &TestApp) -> Scene {
    scene_in(app, "genie")
}

/// [`scene`] in a programme with a short name of its own.
pub fn scene_in(app: &TestApp, slug: &str) -> Scene {
    let programme = open_programme(app, slug);
    let make = |made: Made| person(app, &made);
    let bruno = mentor(app, &programme, make(named("Bruno", "Tremblay", CIVIL)), 1);
    let chen = mentor(app, &programme, make(named("Chen", "Wei", DEVELOPER)), 2);
    let since = |days| Some(app.ctx().now.minus(chrono::Duration::days(days)));
    let amina = mentee(
        app,
        &programme,
        make(named("Amina", "Diallo", CIVIL)),
        since(30),
    );
    let dina = mentee(
        app,
        &programme,
        make(named("Dina", "Haddad", MECHANICAL)),
        since(10),
    );
    let eric = mentee(
        app,
        &programme,
        make(named("Eric", "Mbeki", DEVELOPER)),
        since(20),
    );
    let staff = app.someone(Role::Coordinator, Some(programme.id), None);
    Scene {
        programme,
        staff,
        bruno,
        chen,
        amina,
        dina,
        eric,
    }
}

impl Scene {
    pub fn run_with(&self, app: &TestApp, body: &Value) -> Answer {
        let at = format!("/api/v1/programmes/{}/match-runs", self.programme.id);
        app.post(&self.staff, &at, body)
    }

    pub fn run(&self, app: &TestApp) -> Value {
        self.run_with(app, &json!({})).expect(201).json()
    }

    /// [`Self::run`], whatever the time.
    pub fn run_with_now(&self, app: &TestApp) -> Value {
        let at = format!("/api/v1/programmes/{}/match-runs", self.programme.id);
        app.post(&self.staff_now(app), &at, &json!({}))
            .expect(201)
            .json()
    }

    /// The proposals of a run by the name of the mentee.
    pub fn proposals(&self, app: &TestApp, run: &Value) -> Vec<Value> {
        let at = format!(
            "/api/v1/match-runs/{}/proposals",
            run["id"].as_str().unwrap()
        );
        let list = app.get(&self.staff, &at).expect(200).json();
        let mut rows = list["items"].as_array().unwrap().clone();
        rows.sort_by_key(|row| row["mentee"]["name"].as_str().unwrap().to_owned());
        rows
    }

    pub fn proposal_of(&self, app: &TestApp, run: &Value, mentee: &Participation) -> Value {
        let rows = self.proposals(app, run);
        let is = |row: &&Value| row["mentee"]["participation_id"] == json!(mentee.id);
        rows.iter().find(is).cloned().unwrap()
    }

    pub fn decide(&self, app: &TestApp, proposal: &Value, body: &Value) -> Answer {
        let id = proposal["id"].as_str().unwrap();
        app.send(
            app.request("POST", &format!("/api/v1/proposals/{id}/decision"))
                .bearer_auth(&self.staff.token)
                .header("If-Match", format!("\"{}\"", proposal["version"]))
                .json(body),
        )
    }

    pub fn read(&self, app: &TestApp, proposal: &Value) -> Value {
        let id = proposal["id"].as_str().unwrap();
        app.get(&self.staff, &format!("/api/v1/proposals/{id}"))
            .expect(200)
            .json()
    }

    pub fn participation(&self, app: &TestApp, of: &Participation) -> Value {
        app.get(&self.staff, &format!("/api/v1/participations/{}", of.id))
            .expect(200)
            .json()
    }
}

pub fn pairs(rows: &[Value]) -> Vec<(String, String)> {
    let name = |row: &Value, side: &str| row[side]["name"].as_str().unwrap().to_owned();
    rows.iter()
        .map(|row| (name(row, "mentee"), name(row, "mentor")))
        .collect()
}

pub fn pair(mentee: &str, mentor: &str) -> (String, String) {
    (mentee.to_owned(), mentor.to_owned())
}

/// [`scene`] with more places for Chen, whose programme asks people before a mentorship begins.
pub fn asking_scene(app: &TestApp, consent: &Value) -> Scene {
    asking_scene_in(app, "genie", consent)
}

/// [`asking_scene`] in a programme with a short name of its own.
pub fn asking_scene_in(app: &TestApp, slug: &str, consent: &Value) -> Scene {
    let scene = scene_in(app, slug);
    app.db(|conn| {
        diesel::update(participations::table.find(scene.chen.id))
            .set(participations::capacity.eq(4))
            .execute(conn)?;
        Ok(())
    });
    scene.ask(app, consent);
    scene
}

/// Both are asked, the mentor first; after a no the next choice is proposed.
pub fn both() -> Value {
    json!({"mentor": true, "mentee": true})
}

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Mentor,
    Mentee,
}

impl Of {
    fn word(self) -> &'static str {
        match self {
            Self::Mentor => "mentor",
            Self::Mentee => "mentee",
        }
    }
}

impl Scene {
    /// The coordinator, with a token that is good now.
    pub fn staff_now(&self, app: &TestApp) -> Someone {
        again(app, &self.staff)
    }

    /// Sets how people are asked.
    pub fn ask(&self, app: &TestApp, consent: &Value) {
        let at = format!("/api/v1/programmes/{}/settings", self.programme.id);
        let body = json!({"consent": consent});
        app.put(&self.staff_now(app), &at, "*", &body).expect(200);
    }

    /// Approves the proposal for a mentee of a run.
    pub fn offer(&self, app: &TestApp, run: &Value, mentee: &Participation) -> Value {
        let proposal = self.proposal_of(app, run, mentee);
        let done = self.decide(app, &proposal, &json!({"decision": "approve"}));
        done.expect(200).json()["proposal"].clone()
    }

    /// The consent of one side of a proposal, as the coordinator sees it.
    pub fn consent(&self, app: &TestApp, proposal: &Value, of: Of) -> Value {
        let at = format!(
            "/api/v1/match-consents?proposal_id={}",
            proposal["id"].as_str().unwrap()
        );
        let list = app.get(&self.staff_now(app), &at).expect(200).json();
        let items = list["items"].as_array().unwrap();
        let found = items.iter().find(|one| one["side"] == of.word());
        found.cloned().unwrap_or(Value::Null)
    }

    /// Answers for one side through the API, as the coordinator who telephoned.
    pub fn say(&self, app: &TestApp, proposal: &Value, of: Of, answer: &str) -> Answer {
        let consent = self.consent(app, proposal, of);
        say_as(
            app,
            &self.staff_now(app),
            &consent,
            &json!({"answer": answer}),
        )
    }

    /// A proposal as it is now, whatever the time.
    pub fn now(&self, app: &TestApp, proposal: &Value) -> Value {
        let at = format!("/api/v1/proposals/{}", proposal["id"].as_str().unwrap());
        app.get(&self.staff_now(app), &at).expect(200).json()
    }

    /// The open proposals for a mentee.
    pub fn open_for(&self, app: &TestApp, mentee: &Participation, status: &str) -> Vec<Value> {
        let at = format!(
            "/api/v1/proposals?mentee_id={}&status={status}",
            mentee.person_id
        );
        let list = app.get(&self.staff_now(app), &at).expect(200).json();
        list["items"].as_array().unwrap().clone()
    }

    /// Places of a part in the programme: taken and held.
    pub fn places(&self, app: &TestApp, of: &Participation) -> (i32, i32) {
        app.db(|conn| {
            Ok(participations::table
                .find(of.id)
                .select((participations::taken, participations::held))
                .first(conn)?)
        })
    }
}

/// Answers through the API as somebody.
pub fn say_as(app: &TestApp, who: &Someone, consent: &Value, body: &Value) -> Answer {
    let id = consent["id"].as_str().unwrap();
    app.send(
        app.request("POST", &format!("/api/v1/match-consents/{id}/answer"))
            .bearer_auth(&who.token)
            .header("If-Match", "*")
            .json(body),
    )
}

/// The path (`/o/…`) in the newest mail that asks a person; the mails count as sent.
pub fn link_to(app: &TestApp, of: &Participation) -> String {
    let written = letters(app);
    let mut asking = written.iter().rev().filter(|(row, _)| {
        row.person_id == Some(of.person_id) && row.kind.as_str() == "match-consent"
    });
    let (_, letter) = asking.next().expect("a mail that asks");
    let link = letter.payload.values["link"].as_str().unwrap();
    let path = link.strip_prefix(&app.base).unwrap_or(link);
    path.split('?').next().unwrap().to_owned()
}

/// Presses a button of a page behind a link.
pub fn press(app: &TestApp, path: &str, answer: &str, reason: &str) -> Answer {
    let page = app.send(app.request("GET", path));
    let (_, rest) = page.text.split_once("name=\"proof\" value=\"").unwrap();
    let proof = rest.split('"').next().unwrap().to_owned();
    let fields = [("answer", answer), ("reason", reason), ("proof", &proof)];
    app.send(app.request("POST", path).form(&fields))
}

/// Does the jobs that are due, as a worker does.
pub fn work(app: &TestApp, worker: &str) {
    loop {
        let ctx = app.ctx();
        let lease = chrono::Duration::seconds(60);
        let claimed = app.db(|conn| Ok(jobs::claim(conn, ctx.now, worker, lease, 3)?));
        if claimed.is_empty() {
            return;
        }
        for job in claimed {
            app.db(|conn| {
                jobs::perform(conn, &job, worker, ctx.now, |conn| {
                    lapse::run(conn, &ctx, &job).map(|_| ())
                })
            });
        }
    }
}

/// The kinds of mail that wait, by who gets them; they count as sent.
pub fn kinds_to(app: &TestApp, of: &Participation) -> Vec<String> {
    let written = letters(app);
    let theirs = written
        .iter()
        .filter(|(row, _)| row.person_id == Some(of.person_id));
    theirs.map(|(row, _)| row.kind.to_string()).collect()
}
