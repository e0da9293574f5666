//! What people's calendars hold after our mails: random changes go through the API, every calendar object that was
//! sent goes in its order into a calendar that knows nothing of ours (`support/checkers/replay.py`), and both must
//! end with the same meetings at the same times with the same answers, none twice and none left over.

use std::collections::BTreeMap;

use passerelle::kernel::ids::PersonId;
use serde_json::{Value, json};

use super::fixture::{Pair, again, letters, pair};
use super::series::{do_it, path};
use crate::support::app::{TestApp, instant};
use crate::support::checkers::{Objects, replay};
use crate::support::each_database_with;

/// A small generator: the same seed, the same story (Marsaglia's xorshift).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let len = u64::try_from(all.len()).unwrap();
        (len > 0).then(|| &all[usize::try_from(self.roll(len)).unwrap()])
    }
}

struct Story<'a> {
    app: &'a TestApp,
    pair: Pair,
    dice: Dice,
    /// What each person was sent, the oldest first.
    sent: BTreeMap<PersonId, Vec<String>>,
    done: Vec<String>,
}

impl Story<'_> {
    fn collect(&mut self) {
        for (row, letter) in letters(self.app) {
            if let (Some(person), Some(part)) = (row.person_id, letter.payload.calendar) {
                self.sent.entry(person).or_default().push(part.text);
            }
        }
    }

    fn meetings(&self) -> Vec<Value> {
        let who = again(self.app, &self.pair.coordinator);
        let list = self.app.get(&who, "/api/v1/meetings?limit=200").json();
        let all = list["items"].as_array().unwrap().clone();
        let here = |one: &Value| one["mentorship_id"] == json!(self.pair.mentorship_id);
        all.into_iter().filter(here).collect()
    }

    fn series(&self) -> Vec<Value> {
        let who = again(self.app, &self.pair.coordinator);
        let list = self.app.get(&who, &self.pair.series()).expect(200).json();
        list.as_array().unwrap().clone()
    }

    fn open(&self) -> Vec<Value> {
        let now = self.app.ctx().now.rfc3339();
        let ahead = |one: &Value| {
            one["status"] == "scheduled" && one["ends_at"].as_str().unwrap() > now.as_str()
        };
        self.meetings().into_iter().filter(ahead).collect()
    }

    /// A start on a Tuesday evening of the coming weeks; any hour, because the two have agreed on it.
    fn start(&mut self) -> String {
        let now = self.app.ctx().now;
        let days = 1 + i64::try_from(self.dice.roll(150)).unwrap();
        let minutes = 30 * i64::try_from(self.dice.roll(48)).unwrap();
        let midnight = now
            .utc()
            .date_naive()
            .and_time(chrono::NaiveTime::MIN)
            .and_utc();
        let at = midnight + chrono::Duration::days(days) + chrono::Duration::minutes(minutes);
        at.to_rfc3339()
    }

    /// One thing that somebody does; what the rules refuse changes nothing.
    fn step(&mut self) {
        let (app, kind) = (self.app, self.dice.roll(14));
        // Staff: the pace of a mentor's or a mentee's changes is held down.
        let mentor = again(app, &self.pair.coordinator);
        let starts_at = self.start();
        let (all, open) = (self.series(), self.open());
        let standing: Vec<Value> = all
            .into_iter()
            .filter(|one| one["status"] == "scheduled")
            .collect();
        let series = self.dice.one_of(&standing).cloned();
        let meeting = self.dice.one_of(&open).cloned();
        let answer = *self
            .dice
            .one_of(&["accepted", "tentative", "declined"])
            .unwrap();
        let of_meeting = |one: &Value| format!("/api/v1/meetings/{}", one["id"].as_str().unwrap());
        let answered = |path: String| {
            let path = format!("{path}/attendees/{}/answer", self.pair.mentee_id());
            let mentee = again(app, &self.pair.mentee);
            app.put(&mentee, &path, "*", &json!({ "answer": answer }))
        };
        let from = series.as_ref().map(|one| {
            let of_it = |meeting: &&Value| meeting["series_id"] == one["id"];
            let ids: Vec<Value> = open.iter().filter(of_it).map(|m| m["id"].clone()).collect();
            ids
        });
        let from = from.and_then(|ids| self.dice.one_of(&ids).cloned());
        let count = 2 + self.dice.roll(7);
        let every = 1 + self.dice.roll(2);
        let zone = *self
            .dice
            .one_of(&[
                "America/Toronto",
                "America/St_Johns",
                "Europe/Brussels",
                "Australia/Lord_Howe",
                "America/Regina",
                "Africa/Cairo",
            ])
            .unwrap();
        let (what, status) = match (kind, series, meeting) {
            (0 | 1, _, _) => {
                let body = json!({
                    "starts_at": starts_at, "count": count, "every_weeks": every, "zone": zone,
                    "conflicts": "skip", "outside_availability": true
                });
                let done = app.post(&mentor, &self.pair.series(), &body);
                (format!("book series {body}"), done.status)
            }
            (2, _, _) => {
                let body = json!({ "starts_at": starts_at, "outside_availability": true });
                let done = app.post(&mentor, &self.pair.meetings(), &body);
                (format!("book {body}"), done.status)
            }
            (3 | 4, _, Some(one)) => {
                let body = json!({ "starts_at": starts_at, "outside_availability": true });
                let path = format!("{}/reschedule", of_meeting(&one));
                let done = do_it(app, &self.pair.coordinator, &path, &body);
                (format!("move {} {body}", one["starts_at"]), done.status)
            }
            (5, _, Some(one)) => {
                let path = format!("{}/cancel", of_meeting(&one));
                let done = do_it(app, &self.pair.coordinator, &path, &json!({}));
                (format!("cancel {}", one["starts_at"]), done.status)
            }
            (6 | 7, _, Some(one)) => {
                let done = answered(of_meeting(&one));
                (format!("{answer} {}", one["starts_at"]), done.status)
            }
            (8, Some(one), _) => {
                let done = answered(path(&one));
                (format!("{answer} all"), done.status)
            }
            (9, Some(one), _) => {
                let body = json!({ "note": format!("Bring, please; {starts_at}") });
                let done = app.patch(&mentor, &path(&one), "*", &body);
                (format!("reword all {body}"), done.status)
            }
            (10, _, Some(one)) => {
                let body = json!({ "title": format!("One, by itself; {starts_at}") });
                let done = app.patch(&mentor, &of_meeting(&one), "*", &body);
                (format!("reword {} {body}", one["starts_at"]), done.status)
            }
            (11, Some(one), _) => {
                let body = json!({
                    "from": from, "starts_at": starts_at, "conflicts": "skip",
                    "every_weeks": every, "outside_availability": true
                });
                let path = format!("{}/reschedule", path(&one));
                let done = do_it(app, &self.pair.coordinator, &path, &body);
                (format!("move all {body}"), done.status)
            }
            (12, Some(one), _) => {
                let body = json!({ "from": from });
                let done = do_it(
                    app,
                    &self.pair.mentee,
                    &format!("{}/cancel", path(&one)),
                    &body,
                );
                (format!("cancel from {body}"), done.status)
            }
            (13, _, _) => {
                app.clock
                    .advance(chrono::Duration::days(i64::try_from(count).unwrap()));
                ("days pass".to_owned(), 200)
            }
            _ => return,
        };
        assert!(
            [200, 201, 409, 422, 429].contains(&status),
            "{what}: {status}"
        );
        self.done.push(format!("{status} {what}"));
        self.collect();
    }

    /// Every entry is sent once more with a new note, so that the answers are in everybody's calendar.
    fn tell_all(&mut self) {
        let mentor = again(self.app, &self.pair.coordinator);
        let body = json!({ "note": "As it stands." });
        for one in self.series() {
            self.app.patch(&mentor, &path(&one), "*", &body);
        }
        for one in self.open().iter().filter(|one| one["series_id"].is_null()) {
            let path = format!("/api/v1/meetings/{}", one["id"].as_str().unwrap());
            self.app.patch(&mentor, &path, "*", &body).expect(200);
        }
        self.collect();
    }

    /// What the platform says that a person has: start, end, and the answers of meetings still ahead.
    fn ours(&self) -> Vec<(String, String, Option<Vec<String>>)> {
        let now = self.app.ctx().now.rfc3339();
        let mut all: Vec<_> = self
            .meetings()
            .iter()
            .filter(|one| one["status"] != "cancelled")
            .map(|one| {
                let text = |name: &str| one[name].as_str().unwrap().to_owned();
                let people = one["attendees"].as_array().unwrap();
                let mut answers: Vec<String> = people
                    .iter()
                    .map(|who| who["answer"].as_str().unwrap().to_uppercase())
                    .collect();
                answers.sort();
                let ahead = text("ends_at") > now;
                (text("starts_at"), text("ends_at"), ahead.then_some(answers))
            })
            .collect();
        all.sort();
        all
    }
}

/// The same of a calendar.
fn theirs(calendar: &Value, now: &str) -> Vec<(String, String, Option<Vec<String>>)> {
    let events = calendar["events"].as_array().unwrap();
    let mut all: Vec<_> = events
        .iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            let answers = one["answers"].as_object().unwrap().values();
            let mut answers: Vec<String> =
                answers.map(|a| a.as_str().unwrap().to_owned()).collect();
            answers.sort();
            let ahead = text("end").as_str() > now;
            (text("start"), text("end"), ahead.then_some(answers))
        })
        .collect();
    all.sort();
    all
}

#[test]
fn i9_o7_o8_calendars_end_with_what_we_hold_whatever_happened() {
    let stories: u64 = std::env::var("PASSERELLE_TEST_STORIES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(6);
    let patient = |settings: &mut passerelle::kernel::Settings| {
        settings.server.rate_per_minute_account = 1_000_000;
    };
    each_database_with(patient, |app| {
        let mut objects: Vec<String> = Vec::new();
        for seed in 1..=stories {
            app.clock.set(instant("2026-10-05T12:00:00Z"));
            let mut story = Story {
                app,
                pair: pair(app),
                dice: Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)),
                sent: BTreeMap::new(),
                done: Vec::new(),
            };
            for _ in 0..24 {
                story.step();
            }
            story.tell_all();
            let people: Vec<Vec<String>> = [story.pair.mentor_id(), story.pair.mentee_id()]
                .iter()
                .map(|person| story.sent.get(person).cloned().unwrap_or_default())
                .collect();
            let Some(calendars) = replay(&people) else {
                return;
            };
            let now = app.ctx().now.rfc3339();
            let ours = story.ours();
            for calendar in &calendars {
                let said = format!("seed {seed}:\n{}", story.done.join("\n"));
                assert_eq!(calendar["faults"], json!([]), "{said}");
                assert_eq!(theirs(calendar, &now), ours, "{said}");
            }
            objects.extend(people.into_iter().flatten());
        }
        assert!(objects.len() > 40, "{}", objects.len());
        let faults = Objects::of(&objects).faults();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}
