//! People, enrolments and pairs that several rooms' tests begin with.

use diesel::prelude::*;
use passerelle::db::Json;
use passerelle::db::schema::{
    availability_rules, person_languages, person_occupations, person_topics, persons,
    programmes as rows,
};
use passerelle::kernel::ids::{
    AvailabilityRuleId, ParticipationId, PersonId, PersonLanguageId, PersonOccupationId,
    PersonTopicId, ProgrammeId,
};
use passerelle::kernel::{Instant, Locale};
use passerelle::mentorships::{self, Mentorship, Start, start::Introduction};
use passerelle::programmes::{self, Enrolment, Participation, Programme, Side};
use serde_json::json;

use super::app::TestApp;

/// What a test says of a person; the rest is as in [`Made::default`].
#[derive(Debug, Clone)]
pub struct Made {
    pub given_name: &'static str,
    pub family_name: &'static str,
    pub locale: Locale,
    pub city: Option<&'static str>,
    pub province: Option<&'static str>,
    pub zone: &'static str,
    pub mode: &'static str,
    /// NOC code, kind (`held`, `target`), years.
    pub occupations: Vec<(&'static str, &'static str, i32)>,
    /// Code, level (`B2`, `native`), wanted.
    pub languages: Vec<(&'static str, &'static str, bool)>,
    /// Side (`wants`, `offers`), topic.
    pub topics: Vec<(&'static str, &'static str)>,
    /// Weekday 1–7, start and end in minutes after local midnight.
    pub availability: Vec<(i32, i32, i32)>,
}

impl Default for Made {
    fn default() -> Self {
        Self {
            given_name: "Amina",
            family_name: "Diallo",
            locale: Locale::Fr,
            city: Some("Montréal"),
            province: Some("QC"),
            zone: "America/Toronto",
            mode: "either",
            occupations: vec![("21300", "held", 5), ("21300", "target", 5)],
            languages: vec![("fr", "C1", false), ("en", "B2", false)],
            topics: vec![("wants", "interviews"), ("offers", "interviews")],
            availability: vec![(2, 18 * 60, 21 * 60), (6, 9 * 60, 12 * 60)],
        }
    }
}

/// Saves a person as no route does: everything at once. Their address is `ID@people.example.org`.
pub fn person(app: &TestApp, made: &Made) -> PersonId {
    let now = app.ctx().now;
    let id = PersonId::new(now);
    let email = format!("{id}@people.example.org");
    let key = format!("{} {}", made.given_name, made.family_name).to_lowercase();
    app.db(|conn| {
        diesel::insert_into(persons::table)
            .values((
                persons::id.eq(id),
                persons::given_name.eq(made.given_name),
                persons::family_name.eq(made.family_name),
                persons::name_key.eq(&key),
                persons::email.eq(&email),
                persons::email_key.eq(&email),
                persons::locale.eq(made.locale),
                persons::city.eq(made.city),
                persons::province.eq(made.province),
                persons::country.eq("CA"),
                persons::zone.eq(made.zone),
                persons::meeting_mode.eq(made.mode),
                persons::status.eq("active"),
                persons::origin.eq("api"),
                persons::created_at.eq(now),
                persons::updated_at.eq(now),
                persons::version.eq(1),
            ))
            .execute(conn)?;
        for (position, (noc, kind, years)) in (0..).zip(&made.occupations) {
            diesel::insert_into(person_occupations::table)
                .values((
                    person_occupations::id.eq(PersonOccupationId::new(now)),
                    person_occupations::person_id.eq(id),
                    person_occupations::kind.eq(*kind),
                    person_occupations::noc.eq(*noc),
                    person_occupations::confidence.eq(1000),
                    person_occupations::needs_review.eq(false),
                    person_occupations::years.eq(*years),
                    person_occupations::position.eq(position),
                ))
                .execute(conn)?;
        }
        for (language, level, wanted) in &made.languages {
            diesel::insert_into(person_languages::table)
                .values((
                    person_languages::id.eq(PersonLanguageId::new(now)),
                    person_languages::person_id.eq(id),
                    person_languages::language.eq(*language),
                    person_languages::level.eq(*level),
                    person_languages::wanted.eq(*wanted),
                ))
                .execute(conn)?;
        }
        for (position, (side, topic)) in (0..).zip(&made.topics) {
            diesel::insert_into(person_topics::table)
                .values((
                    person_topics::id.eq(PersonTopicId::new(now)),
                    person_topics::person_id.eq(id),
                    person_topics::side.eq(*side),
                    person_topics::topic.eq(*topic),
                    person_topics::position.eq(position),
                ))
                .execute(conn)?;
        }
        for (weekday, starts, ends) in &made.availability {
            diesel::insert_into(availability_rules::table)
                .values((
                    availability_rules::id.eq(AvailabilityRuleId::new(now)),
                    availability_rules::person_id.eq(id),
                    availability_rules::weekday.eq(*weekday),
                    availability_rules::starts_minute.eq(*starts),
                    availability_rules::ends_minute.eq(*ends),
                ))
                .execute(conn)?;
        }
        Ok(())
    });
    id
}

/// An open programme from September 2026 to June 2027 in Toronto's zone.
pub fn open_programme(app: &TestApp, slug: &str) -> Programme {
    let now = app.ctx().now;
    let id = ProgrammeId::new(now);
    app.db(|conn| {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        diesel::insert_into(rows::table)
            .values((
                rows::id.eq(id),
                rows::slug.eq(slug),
                rows::name_en.eq("Engineering 2026"),
                rows::name_fr.eq("Génie 2026"),
                rows::description_en.eq(""),
                rows::description_fr.eq(""),
                rows::starts_on.eq(day("2026-09-01")),
                rows::ends_on.eq(day("2027-06-30")),
                rows::target_minutes.eq(1440),
                rows::meeting_minutes.eq(60),
                rows::rhythm_days.eq(14),
                rows::zone.eq("America/Toronto"),
                rows::province.eq("QC"),
                rows::settings.eq(Json(json!({}))),
                rows::status.eq("open"),
                rows::created_at.eq(now),
                rows::updated_at.eq(now),
                rows::version.eq(1),
            ))
            .execute(conn)?;
        programmes::store::find(conn, id)
    })
}

/// Enrols somebody as mentor with places.
pub fn mentor(
    app: &TestApp,
    programme: &Programme,
    person: PersonId,
    capacity: i32,
) -> Participation {
    enrol(app, programme, person, Side::Mentor, Some(capacity), None)
}

/// Enrols somebody as mentee who waits since now, or since the given time.
pub fn mentee(
    app: &TestApp,
    programme: &Programme,
    person: PersonId,
    since: Option<Instant>,
) -> Participation {
    enrol(app, programme, person, Side::Mentee, None, since)
}

fn enrol(
    app: &TestApp,
    programme: &Programme,
    person: PersonId,
    side: Side,
    capacity: Option<i32>,
    waiting_since: Option<Instant>,
) -> Participation {
    let enrolment = Enrolment {
        person_id: person,
        side,
        capacity,
        waiting_since,
    };
    app.db(|conn| {
        conn.write_tx(|conn| programmes::enrol_in(conn, &app.ctx(), programme, &enrolment))
    })
}

/// Two people who work together: Bruno Tremblay, mentor with two places, and Amina Diallo, mentee.
#[derive(Debug, Clone)]
pub struct Together {
    pub programme: Programme,
    pub mentor_id: PersonId,
    pub mentee_id: PersonId,
    pub mentor: ParticipationId,
    pub mentee: ParticipationId,
    pub mentorship: Mentorship,
}

/// Makes two people who work together, without sending them a mail.
pub fn together(app: &TestApp, slug: &str) -> Together {
    let programme = open_programme(app, slug);
    together_in(app, &programme)
}

/// [`together`] in a programme that is there.
pub fn together_in(app: &TestApp, programme: &Programme) -> Together {
    let mentor_id = person(
        app,
        &Made {
            given_name: "Bruno",
            family_name: "Tremblay",
            ..Made::default()
        },
    );
    let mentee_id = person(app, &Made::default());
    let mentor = mentor(app, programme, mentor_id, 2).id;
    let mentee = mentee(app, programme, mentee_id, None).id;
    let start = Start {
        mentor,
        mentee,
        proposal_id: None,
        introduction: Introduction::Silent,
    };
    let mentorship =
        app.db(|conn| conn.write_tx(|conn| mentorships::start_in(conn, &app.ctx(), &start)));
    Together {
        programme: programme.clone(),
        mentor_id,
        mentee_id,
        mentor,
        mentee,
        mentorship,
    }
}
