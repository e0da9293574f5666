//! A small world for the walk: two programmes, a pair in each, somebody of every role in the first, and the
//! objects that paths and bodies name. Every room adds its kinds of object here.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::prelude::*;
use passerelle::access::Email;
use passerelle::access::accounts::model::NewGrant;
use passerelle::access::accounts::{NewAccount, create_with_password, store};
use passerelle::access::password::PasswordHash;
use passerelle::db::Conn;
use passerelle::db::schema::{match_consents, participations, persons, proposals};
use passerelle::kernel::ids::{
    AccountId, MatchConsentId, ParticipationId, PersonId, ProgrammeId, ProposalId,
};
use passerelle::kernel::{Instant, Locale, Problem, Role};
use passerelle::mail::contexts::PasswordReset;
use passerelle::mail::inbound::store::{self as inbound, Findings, NewMessage, Origin};
use passerelle::mail::inbound::{Door, Kind, State, Why};
use passerelle::mail::{NewMail, Queued, Recipient, enqueue};
use passerelle::matching::{Proposal, ProposalStatus};
use serde_json::{Value, json};

use crate::support::app::{Someone, TestApp};
use crate::support::people::{Made, Together, mentee, mentor, person, together};

/// Whose object is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// One that the role reaches.
    Own,
    /// One that it does not, unless it reaches all.
    Other,
}

static COUNT: AtomicU32 = AtomicU32::new(0);

/// What stands in one of the two programmes.
pub struct Half {
    pub pair: Together,
    /// An account that belongs to the programme and to nobody in the walk.
    pub spare: AccountId,
    /// Its grant.
    pub spare_grant: String,
    meeting: OnceCell<String>,
    series: OnceCell<String>,
    matched: OnceCell<Matched>,
}

/// A run of the matcher, and what it proposed.
struct Matched {
    run: String,
    proposal: String,
    mentor: ParticipationId,
    mentee: ParticipationId,
    people: [PersonId; 2],
}

pub struct World {
    pub ours: Half,
    pub theirs: Half,
    actors: Vec<(Role, Someone)>,
}

impl World {
    pub fn make(app: &TestApp) -> Self {
        let ours = Half::make(app);
        let theirs = Half::make(app);
        let programme = Some(ours.pair.programme.id);
        let person_of = |role| match role {
            Role::Mentor => Some(ours.pair.mentor_id),
            Role::Mentee => Some(ours.pair.mentee_id),
            _ => None,
        };
        let actors: Vec<(Role, Someone)> = Role::ALL
            .iter()
            .map(|role| {
                let of = if *role == Role::Coordinator {
                    programme
                } else {
                    None
                };
                (*role, app.someone(*role, of, person_of(*role)))
            })
            .collect();
        let world = Self {
            ours,
            theirs,
            actors,
        };
        world.follow(app, &[world.ours.pair.mentor_id, world.ours.pair.mentee_id]);
        world
    }

    /// The coach follows these people.
    fn follow(&self, app: &TestApp, people: &[PersonId]) {
        let coach = self.actor(Role::Coach).account_id;
        app.db(|conn| {
            diesel::update(persons::table.filter(persons::id.eq_any(people)))
                .set(persons::coach_id.eq(coach))
                .execute(conn)?;
            Ok(())
        });
    }

    /// Whoever acts in `role`.
    pub fn actor(&self, role: Role) -> &Someone {
        let found = self.actors.iter().find(|(of, _)| *of == role);
        &found.expect("somebody of every role").1
    }

    fn half(&self, side: Side) -> &Half {
        match side {
            Side::Own => &self.ours,
            Side::Other => &self.theirs,
        }
    }

    /// What stands for the parameter `{…}` after the path's segment `kind`.
    #[track_caller]
    pub fn object(
        &self,
        app: &TestApp,
        kind: &str,
        operation: &str,
        role: Role,
        side: Side,
    ) -> String {
        let half = self.half(side);
        let pair = &half.pair;
        match kind {
            "programmes" => pair.programme.id.to_string(),
            "mentorships" => pair.mentorship.id.to_string(),
            "participations" if role == Role::Mentee => pair.mentee.to_string(),
            "participations" => pair.mentor.to_string(),
            "people" | "persons" if role == Role::Mentor => pair.mentor_id.to_string(),
            "people" | "persons" => pair.mentee_id.to_string(),
            // Of feeds, a coordinator has one of their own.
            "accounts" if role == Role::Coordinator && operation.ends_with("_feed") => match side {
                Side::Own => self.actor(role).account_id.to_string(),
                Side::Other => half.spare.to_string(),
            },
            "accounts" => match (role, side) {
                (Role::Administrator | Role::Coordinator, _) | (_, Side::Other) => {
                    half.spare.to_string()
                }
                (own, Side::Own) => self.actor(own).account_id.to_string(),
            },
            "grants" => half.spare_grant.clone(),
            "meetings" => half.meeting(app, self.actor(Role::Administrator)),
            "counter-proposals" => {
                // One takes back what is one's own, and decides about what is the other's.
                let own = operation == "withdraw_counter_proposal";
                half.counter(
                    app,
                    self.actor(Role::Administrator),
                    (role == Role::Mentee) == own,
                )
            }
            "series" => half.series(app, self.actor(Role::Administrator)),
            "mails" => half.mail(app),
            "inbound-mails" => half.inbound_mail(app),
            "hours" => {
                // One attests and disputes what the other has written down, and corrects one's own.
                let answers = ["attest_hours", "dispute_hours"].contains(&operation);
                let of_mentee = (role == Role::Mentee) != answers;
                half.entry(app, self.actor(Role::Administrator), of_mentee)
            }
            "occupations" => "21300".to_owned(),
            "match-runs" => self.matched(app, side).run.clone(),
            "proposals" => self.matched(app, side).proposal.clone(),
            "match-consents" => self.consent(app, role, side),
            "imports" => self.import(app, side),
            "exceptions" => {
                let day = "2026-12-21";
                let body = json!({"kind": "away", "starts_on": day, "ends_on": day});
                self.beneath_person(app, "exceptions", role, side, &body)
            }
            "conflicts" => {
                let (mentor, mentee) = (pair.mentor_id, pair.mentee_id);
                let other = if role == Role::Mentor { mentee } else { mentor };
                let body = json!({"kind": "other", "other_person_id": other});
                self.beneath_person(app, "conflicts", role, side, &body)
            }
            "busy-calendars" => self.busy_calendar(app, role, side),
            "attendees" if role == Role::Mentee => pair.mentee_id.to_string(),
            "attendees" => pair.mentor_id.to_string(),
            _ => panic!("tests/policy/world.rs knows no object for {kind} ({operation}): add it"),
        }
    }

    /// A calendar of the person of `role`, at an address that nobody may ask.
    fn busy_calendar(&self, app: &TestApp, role: Role, side: Side) -> String {
        use passerelle::db::schema::busy_calendars as c;
        use passerelle::kernel::ids::BusyCalendarId;
        let person: PersonId = self.object(app, "persons", "", role, side).parse().unwrap();
        let now = app.ctx().now;
        let id = BusyCalendarId::new(now);
        let keyring = &app.app.platform.keyring;
        let address = keyring
            .seal("busy-calendar", b"https://127.0.0.1/a.ics")
            .unwrap();
        app.db(|conn| {
            diesel::insert_into(c::table)
                .values((
                    c::id.eq(id),
                    c::person_id.eq(person),
                    c::address_sealed.eq(&address),
                    c::address_tag.eq(id.to_string()),
                    c::shown.eq("https://127.0.0.1/…"),
                    c::whole_days.eq(true),
                    c::fingerprint.eq(""),
                    c::events.eq(0),
                    c::not_understood.eq(0),
                    c::failures.eq(0),
                    c::read_at.eq(now),
                    c::checked_at.eq(now),
                    c::next_check_at.eq(now),
                    c::created_at.eq(now),
                ))
                .execute(conn)?;
            Ok(())
        });
        id.to_string()
    }

    /// What an administrator makes beneath the person of `role`.
    fn beneath_person(
        &self,
        app: &TestApp,
        kind: &str,
        role: Role,
        side: Side,
        body: &Value,
    ) -> String {
        let person = self.object(app, "persons", "", role, side);
        let path = format!("/api/v1/persons/{person}/{kind}");
        let made = app.post(self.actor(Role::Administrator), &path, body);
        if made.status == 409 {
            // It is there from the role before.
            let all = app
                .get(self.actor(Role::Administrator), &path)
                .expect(200)
                .json();
            return all["items"][0]["id"].as_str().unwrap().to_owned();
        }
        made.expect(201).json()["id"].as_str().unwrap().to_owned()
    }

    /// A run of the matcher with a proposal; the coach follows its people too.
    fn matched(&self, app: &TestApp, side: Side) -> &Matched {
        let half = self.half(side);
        half.matched.get_or_init(|| {
            let made = half.match_two(app, self.actor(Role::Administrator));
            if side == Side::Own {
                self.follow(app, &made.people);
            }
            made
        })
    }

    /// An offer to the pair, in which both are asked: the consent of the mentor, or for a mentee their own.
    fn consent(&self, app: &TestApp, role: Role, side: Side) -> String {
        let model: ProposalId = self.matched(app, side).proposal.parse().unwrap();
        let pair = &self.half(side).pair;
        let asked = if role == Role::Mentee {
            "mentee"
        } else {
            "mentor"
        };
        let id = app.db(|conn| {
            let there = match_consents::table
                .inner_join(proposals::table)
                .filter(proposals::mentee_id.eq(pair.mentee_id))
                .filter(match_consents::side.eq(asked))
                .select(match_consents::id)
                .first::<MatchConsentId>(conn)
                .optional()?;
            match there {
                Some(id) => Ok(id),
                None => offered(conn, app.ctx().now, pair, model, asked),
            }
        });
        id.to_string()
    }

    /// An import into the programme of which a row was rejected.
    fn import(&self, app: &TestApp, side: Side) -> String {
        let programme = self.half(side).pair.programme.id;
        let path = format!("/api/v1/imports?dry_run=true&skip_invalid=true&programme={programme}");
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = format!(
            "Role,First name,Last name,Email\nmentor,Bruno,Roy,walk-{number}@example.org\nmentor,Carla,Roy,nonsense\n"
        );
        let request = app
            .request("POST", &path)
            .bearer_auth(&self.actor(Role::Administrator).token)
            .header("Content-Type", "text/csv")
            .body(file);
        let made = app.send(request).expect(201).json();
        made["id"].as_str().unwrap().to_owned()
    }

    /// What stands for the field or query parameter `name` of the route `path`, if it names an object.
    pub fn named(
        &self,
        app: &TestApp,
        path: &str,
        name: &str,
        role: Role,
        side: Side,
    ) -> Option<String> {
        let pair = &self.half(side).pair;
        Some(match name {
            "mentor_participation_id" if path.contains("match-runs") => {
                self.matched(app, side).mentor.to_string()
            }
            "mentee_participation_id" if path.contains("match-runs") => {
                self.matched(app, side).mentee.to_string()
            }
            "other_person_id" if role == Role::Mentor => pair.mentee_id.to_string(),
            "other_person_id" => pair.mentor_id.to_string(),
            "programme" | "programme_id" => pair.programme.id.to_string(),
            "person_id" if role == Role::Mentor => pair.mentor_id.to_string(),
            "person_id" => pair.mentee_id.to_string(),
            "mentor_id" => pair.mentor_id.to_string(),
            "mentee_id" => pair.mentee_id.to_string(),
            "mentor_participation_id" => pair.mentor.to_string(),
            "mentee_participation_id" => pair.mentee.to_string(),
            "mentorship_id" => pair.mentorship.id.to_string(),
            _ => return None,
        })
    }
}

/// The fields that [`World::named`] knows.
pub const NAMES: &[&str] = &[
    "programme",
    "programme_id",
    "person_id",
    "other_person_id",
    "mentor_id",
    "mentee_id",
    "mentor_participation_id",
    "mentee_participation_id",
    "mentorship_id",
];

impl Half {
    fn make(app: &TestApp) -> Self {
        let pair = together(
            app,
            &format!("walk-{}", COUNT.fetch_add(1, Ordering::Relaxed)),
        );
        let (spare, spare_grant) = spare(app, pair.programme.id);
        Self {
            pair,
            spare,
            spare_grant,
            meeting: OnceCell::new(),
            series: OnceCell::new(),
            matched: OnceCell::new(),
        }
    }

    fn match_two(&self, app: &TestApp, administrator: &Someone) -> Matched {
        let people = [person(app, &Made::default()), person(app, &Made::default())];
        let mentor = mentor(app, &self.pair.programme, people[0], 1).id;
        let mentee = mentee(app, &self.pair.programme, people[1], None).id;
        let path = format!("/api/v1/programmes/{}/match-runs", self.pair.programme.id);
        let run = app
            .post(administrator, &path, &json!({}))
            .expect(201)
            .json();
        let run = run["id"].as_str().unwrap().to_owned();
        let list = app.get(
            administrator,
            &format!("/api/v1/match-runs/{run}/proposals"),
        );
        let list = list.expect(200).json();
        Matched {
            run,
            proposal: list["items"][0]["id"].as_str().unwrap().to_owned(),
            mentor,
            mentee,
            people,
        }
    }

    /// Hours of the mentor or the mentee.
    fn entry(&self, app: &TestApp, administrator: &Someone, of_mentee: bool) -> String {
        let person = if of_mentee {
            self.pair.mentee_id
        } else {
            self.pair.mentor_id
        };
        let body = json!({
            "mentorship_id": self.pair.mentorship.id, "person_id": person, "activity": "preparation",
            "minutes": 30, "worked_on": "2026-10-05", "again": true
        });
        let made = app.post(administrator, "/api/v1/hours", &body).expect(201);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// A mail of the programme.
    fn mail(&self, app: &TestApp) -> String {
        let words = PasswordReset {
            name: "Spare".into(),
            link: "https://example.org".into(),
            hours: 2,
        };
        let to = Recipient::account(self.spare, "Spare", "spare@example.org", Locale::En);
        let key = format!("walk/{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mail = NewMail::new(&words, to, key)
            .unwrap()
            .of_programme(self.pair.programme.id);
        match app.db(|conn| enqueue(conn, &app.ctx(), mail)) {
            Queued::New(id) => id.to_string(),
            Queued::AlreadyThere => panic!("a mail with a key of its own"),
        }
    }

    /// Another time for the meeting of the pair, proposed by its mentee or its mentor; the same one while it waits.
    fn counter(&self, app: &TestApp, administrator: &Someone, of_mentee: bool) -> String {
        let meeting = self.meeting(app, administrator);
        let path = format!("/api/v1/meetings/{meeting}/counter-proposals");
        let person = if of_mentee {
            self.pair.mentee_id
        } else {
            self.pair.mentor_id
        };
        let body = json!({"starts_at": "2026-10-20T22:00:00Z", "person_id": person});
        let made = app.post(administrator, &path, &body);
        if made.status == 201 {
            return made.json()["id"].as_str().unwrap().to_owned();
        }
        // It was accepted: the meeting is there now.
        let body = json!({"starts_at": "2026-10-13T22:00:00Z", "person_id": person});
        let made = app.post(administrator, &path, &body).expect(201);
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// A message that came in about the programme, and waits.
    fn inbound_mail(&self, app: &TestApp) -> String {
        let meeting = self.meeting(app, &app.administrator()).parse().unwrap();
        let origin = Origin::default();
        let new = NewMessage {
            door: Door::Pipe,
            dedupe_key: format!("walk/{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            message_id_hash: None,
            calendar_hash: None,
            size_bytes: 1,
            kind: Kind::Words,
            origin: &origin,
            body: b"x",
        };
        let found = Findings {
            answer: Some("accepted".into()),
            programme_id: Some(self.pair.programme.id),
            meeting_id: Some(meeting),
            person_id: Some(self.pair.mentor_id),
            ..Findings::default()
        };
        let id = app.db(|conn| {
            let id = inbound::insert(conn, &app.ctx(), &new)?.unwrap();
            inbound::settle(conn, id, (State::Held, Why::Words), &found)?;
            Ok(id)
        });
        id.to_string()
    }

    /// A meeting of the pair, booked when it is first asked for.
    fn meeting(&self, app: &TestApp, administrator: &Someone) -> String {
        let book = || {
            let path = format!("/api/v1/mentorships/{}/meetings", self.pair.mentorship.id);
            let body = json!({"starts_at": "2026-10-13T22:00:00Z"});
            let made = app.post(administrator, &path, &body).expect(201);
            made.json()["id"].as_str().unwrap().to_owned()
        };
        self.meeting.get_or_init(book).clone()
    }

    /// A series of the pair, booked when it is first asked for.
    fn series(&self, app: &TestApp, administrator: &Someone) -> String {
        let book = || {
            let path = format!("/api/v1/mentorships/{}/series", self.pair.mentorship.id);
            let body = json!({"starts_at": "2026-11-10T23:00:00Z", "count": 3});
            let made = app.post(administrator, &path, &body).expect(201);
            made.json()["id"].as_str().unwrap().to_owned()
        };
        self.series.get_or_init(book).clone()
    }
}

/// Writes an offer to a pair, as an approval would if they did not work together already.
fn offered(
    conn: &mut Conn,
    now: Instant,
    pair: &Together,
    model: ProposalId,
    asked: &str,
) -> Result<MatchConsentId, Problem> {
    let row: Proposal = proposals::table
        .find(model)
        .select(Proposal::as_select())
        .first(conn)?;
    let offer = Proposal {
        id: ProposalId::new(now),
        mentor_participation_id: pair.mentor,
        mentee_participation_id: pair.mentee,
        mentor_id: pair.mentor_id,
        mentee_id: pair.mentee_id,
        status: ProposalStatus::Offered,
        ..row
    };
    diesel::insert_into(proposals::table)
        .values(&offer)
        .execute(conn)?;
    for id in [pair.mentor, pair.mentee] {
        diesel::update(participations::table.find(id))
            .set((participations::capacity.eq(3), participations::held.eq(1)))
            .execute(conn)?;
    }
    let mut found = None;
    for (side, person) in [("mentor", pair.mentor_id), ("mentee", pair.mentee_id)] {
        let id = MatchConsentId::new(now);
        diesel::insert_into(match_consents::table)
            .values((
                match_consents::id.eq(id),
                match_consents::proposal_id.eq(offer.id),
                match_consents::programme_id.eq(offer.programme_id),
                match_consents::side.eq(side),
                match_consents::person_id.eq(person),
                match_consents::status.eq("asked"),
                match_consents::token_hash.eq(id.to_string()),
                match_consents::token_sealed.eq(""),
                match_consents::created_at.eq(now),
                match_consents::asked_at.eq(Some(now)),
                match_consents::due_at.eq(Some(now.plus(chrono::Duration::days(7)))),
                match_consents::version.eq(1),
            ))
            .execute(conn)?;
        if side == asked {
            found = Some(id);
        }
    }
    found.ok_or(Problem::NotFound)
}

fn spare(app: &TestApp, programme: ProgrammeId) -> (AccountId, String) {
    let new = NewAccount {
        email: Email::parse("", &format!("spare-{programme}@example.org")).unwrap(),
        display_name: "Spare".into(),
        locale: Locale::En,
        person_id: None,
        grants: vec![NewGrant {
            role: Role::Coach,
            programme_id: Some(programme),
        }],
    };
    let hash = PasswordHash::stored("none".into());
    app.db(|conn| {
        let id = conn.write_tx(|conn| create_with_password(conn, &app.ctx(), &new, &hash))?;
        let account = store::find(conn, id)?;
        Ok((id, account.grants[0].id.to_string()))
    })
}
