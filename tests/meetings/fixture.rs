//! A mentor in Toronto who reads English and a mentee in Vancouver who reads French, with a common hour or
//! three on Tuesdays; and the mails that they get.

use chrono::{Duration, NaiveDate};
use diesel::prelude::*;
use passerelle::access::tokens;
use passerelle::db::jobs::{self, Job};
use passerelle::db::schema::{
    availability_rules, mentorships, outbox, participations, persons, programmes,
};
use passerelle::db::{Json, cols};
use passerelle::icalendar::{self, ReadCalendar, ReadEvent};
use passerelle::kernel::ids::{
    AvailabilityRuleId, MentorshipId, ParticipationId, PersonId, ProgrammeId,
};
use passerelle::kernel::{Locale, Role};
use passerelle::mail::message::{self, Letter};
use passerelle::mail::queue::Row;
use passerelle::meetings::reminders;
use serde_json::{Value, json};

use crate::support::app::{Answer, Someone, TestApp};

/// Two people who work together, and who looks after them.
pub struct Pair {
    pub programme_id: ProgrammeId,
    pub mentorship_id: MentorshipId,
    pub mentor: Someone,
    pub mentee: Someone,
    pub coordinator: Someone,
}

impl Pair {
    pub fn slots(&self) -> String {
        format!("/api/v1/mentorships/{}/slots", self.mentorship_id)
    }

    pub fn meetings(&self) -> String {
        format!("/api/v1/mentorships/{}/meetings", self.mentorship_id)
    }

    pub fn mentor_id(&self) -> PersonId {
        self.mentor.person_id.unwrap()
    }

    pub fn mentee_id(&self) -> PersonId {
        self.mentee.person_id.unwrap()
    }
}

/// A programme with one pair.
pub fn pair(app: &TestApp) -> Pair {
    let programme = programme(app, json!({}));
    pair_in(app, programme)
}

/// A programme in Ontario with settings of its own. Nobody is asked again unless they say so.
pub fn programme(app: &TestApp, mut settings: Value) -> ProgrammeId {
    if settings["meetings"]["nudge_after_minutes"].is_null() {
        settings["meetings"]["nudge_after_minutes"] = json!(0);
    }
    let now = app.ctx().now;
    let id = ProgrammeId::new(now);
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    app.db(|conn| {
        diesel::insert_into(programmes::table)
            .values((
                programmes::id.eq(id),
                programmes::slug.eq(id.to_string()),
                programmes::name_en.eq("Engineering 2026"),
                programmes::name_fr.eq("Génie 2026"),
                programmes::description_en.eq(""),
                programmes::description_fr.eq(""),
                programmes::starts_on.eq(day("2026-09-01")),
                programmes::ends_on.eq(day("2027-06-30")),
                programmes::target_minutes.eq(1440),
                programmes::meeting_minutes.eq(60),
                programmes::rhythm_days.eq(14),
                programmes::zone.eq("America/Toronto"),
                programmes::settings.eq(Json(settings)),
                programmes::status.eq("open"),
                programmes::created_at.eq(now),
                programmes::updated_at.eq(now),
                programmes::version.eq(1),
            ))
            .execute(conn)?;
        Ok(id)
    })
}

/// A pair in a programme. Tuesdays: the mentor from 18:00 to 21:00 in Toronto, the mentee from 15:00 to 18:00 in
/// Vancouver, which is the same time until Toronto's clocks change on 1 November.
pub fn pair_in(app: &TestApp, programme_id: ProgrammeId) -> Pair {
    let mentor = person(
        app,
        "José",
        "Núñez",
        Locale::En,
        "America/Toronto",
        (18, 21),
    );
    let mentee = person(
        app,
        "Amina",
        "Diallo",
        Locale::Fr,
        "America/Vancouver",
        (15, 18),
    );
    let coordinator = app.someone(Role::Coordinator, Some(programme_id), None);
    Pair {
        programme_id,
        mentorship_id: mentorship(app, programme_id, mentor, mentee),
        mentor: app.someone(Role::Mentor, None, Some(mentor)),
        mentee: app.someone(Role::Mentee, None, Some(mentee)),
        coordinator,
    }
}

/// Another mentee of somebody's mentor.
pub fn another_mentee(app: &TestApp, pair: &Pair) -> Pair {
    let mentee = person(
        app,
        "Mai",
        "Tran",
        Locale::En,
        "America/Vancouver",
        (15, 18),
    );
    Pair {
        programme_id: pair.programme_id,
        mentorship_id: mentorship(app, pair.programme_id, pair.mentor_id(), mentee),
        mentor: pair.mentor.clone(),
        mentee: app.someone(Role::Mentee, None, Some(mentee)),
        coordinator: pair.coordinator.clone(),
    }
}

fn person(
    app: &TestApp,
    given: &str,
    family: &str,
    locale: Locale,
    zone: &str,
    tuesday: (i32, i32),
) -> PersonId {
    let now = app.ctx().now;
    let id = PersonId::new(now);
    let email = format!("{id}@people.example.org");
    app.db(|conn| {
        diesel::insert_into(persons::table)
            .values((
                persons::id.eq(id),
                persons::given_name.eq(given),
                persons::family_name.eq(family),
                persons::name_key.eq(""),
                persons::email.eq(&email),
                persons::email_key.eq(&email),
                persons::locale.eq(locale),
                persons::country.eq("CA"),
                persons::zone.eq(zone),
                persons::meeting_mode.eq("either"),
                persons::status.eq("active"),
                persons::origin.eq("api"),
                persons::created_at.eq(now),
                persons::updated_at.eq(now),
                persons::version.eq(1),
            ))
            .execute(conn)?;
        diesel::insert_into(availability_rules::table)
            .values((
                availability_rules::id.eq(AvailabilityRuleId::new(now)),
                availability_rules::person_id.eq(id),
                availability_rules::weekday.eq(2),
                availability_rules::starts_minute.eq(tuesday.0 * 60),
                availability_rules::ends_minute.eq(tuesday.1 * 60),
            ))
            .execute(conn)?;
        Ok(id)
    })
}

fn mentorship(
    app: &TestApp,
    programme_id: ProgrammeId,
    mentor: PersonId,
    mentee: PersonId,
) -> MentorshipId {
    let id = MentorshipId::new(app.ctx().now);
    let mentor_part = participation(app, programme_id, mentor, "mentor");
    let mentee_part = participation(app, programme_id, mentee, "mentee");
    app.db(|conn| {
        diesel::insert_into(mentorships::table)
            .values((
                mentorships::id.eq(id),
                mentorships::programme_id.eq(programme_id),
                mentorships::mentor_participation_id.eq(mentor_part),
                mentorships::mentee_participation_id.eq(mentee_part),
                mentorships::mentor_id.eq(mentor),
                mentorships::mentee_id.eq(mentee),
                mentorships::status.eq("active"),
                mentorships::started_at.eq(app.ctx().now),
                mentorships::version.eq(1),
            ))
            .execute(conn)?;
        Ok(id)
    })
}

fn participation(
    app: &TestApp,
    programme_id: ProgrammeId,
    person_id: PersonId,
    side: &str,
) -> ParticipationId {
    let now = app.ctx().now;
    let id = ParticipationId::new(now);
    app.db(|conn| {
        let there = participations::table
            .filter(participations::programme_id.eq(programme_id))
            .filter(participations::person_id.eq(person_id))
            .select(participations::id)
            .first(conn)
            .optional()?;
        if let Some(there) = there {
            return Ok(there);
        }
        diesel::insert_into(participations::table)
            .values((
                participations::id.eq(id),
                participations::programme_id.eq(programme_id),
                participations::person_id.eq(person_id),
                participations::side.eq(side),
                participations::capacity.eq(9),
                participations::taken.eq(1),
                participations::held.eq(0),
                participations::status.eq("enrolled"),
                participations::joined_at.eq(now),
                participations::updated_at.eq(now),
                participations::version.eq(1),
            ))
            .execute(conn)?;
        Ok(id)
    })
}

/// The same person with an access token that is good now: a test that moves the clock signs in again.
pub fn again(app: &TestApp, who: &Someone) -> Someone {
    let ctx = app.ctx();
    let token = app.db(|conn| tokens::issue_access(conn, &ctx, who.account_id));
    Someone {
        token,
        ..who.clone()
    }
}

/// Books a meeting as `who`, and forgets the invitations.
pub fn booked(app: &TestApp, pair: &Pair, who: &Someone, starts_at: &str) -> Answer {
    let body = json!({ "starts_at": starts_at });
    let made = app
        .post(&again(app, who), &pair.meetings(), &body)
        .expect(201);
    letters(app);
    made
}

/// The address of a meeting that was just booked.
pub fn address(made: &Answer) -> String {
    made.header("location").to_owned()
}

/// The mails that were written since the last look, by recipient's kind; then forgotten.
pub fn letters(app: &TestApp) -> Vec<(Row, Letter)> {
    let settings = &app.app.platform.settings;
    let keyring = &app.app.platform.keyring;
    app.db(|conn| {
        let rows: Vec<Row> = outbox::table
            .filter(outbox::status.eq("queued"))
            .order(outbox::id)
            .select(cols::<Row>())
            .load(conn)?;
        diesel::update(outbox::table)
            .set(outbox::status.eq("sent"))
            .execute(conn)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let letter = message::open(&row, settings, keyring).unwrap();
                (row, letter)
            })
            .collect())
    })
}

/// The mail to one person among those.
pub fn letter_to(letters: &[(Row, Letter)], person: PersonId) -> &Letter {
    let mut theirs = letters
        .iter()
        .filter(|(row, _)| row.person_id == Some(person));
    let (_, letter) = theirs.next().expect("a mail to this person");
    assert!(theirs.next().is_none(), "one mail to this person");
    letter
}

/// The calendar object in a mail.
pub fn calendar(letter: &Letter) -> ReadCalendar {
    let part = letter.payload.calendar.as_ref().expect("a calendar object");
    let mut read = icalendar::read(part.text.as_bytes(), None).unwrap();
    assert_eq!(read.calendars.len(), 1);
    read.calendars.remove(0)
}

/// The one event in a mail's calendar object.
pub fn event(letter: &Letter) -> ReadEvent {
    let mut calendar = calendar(letter);
    assert_eq!(calendar.events.len(), 1);
    calendar.events.remove(0)
}

/// The path (`/m/…`) of an attendee's answer page, from a mail with buttons.
pub fn answer_path(app: &TestApp, letter: &Letter) -> String {
    let accept = letter.payload.values["answers"]["accept"].as_str().unwrap();
    let path = accept.strip_prefix(&app.base).unwrap_or(accept);
    path.split('?').next().unwrap().to_owned()
}

/// Does every job that is due, as one worker after another would.
pub fn work(app: &TestApp) {
    loop {
        let ctx = app.ctx();
        let claimed: Vec<Job> = app.db(|conn| {
            Ok(jobs::claim(
                conn,
                ctx.now,
                "test",
                Duration::seconds(60),
                10,
            )?)
        });
        if claimed.is_empty() {
            return;
        }
        for job in claimed {
            app.db(|conn| {
                jobs::perform(conn, &job, "test", ctx.now, |conn| {
                    reminders::run(conn, &ctx, &job).map(|_| ())
                })
            });
        }
    }
}
