//! Fills an empty database with the demonstration: its people and programmes through the same use cases that
//! the API calls, at times in the past, so that what is shown is what the product makes.

use chrono::Duration;
use serde_json::json;

use crate::access::Email;
use crate::access::accounts::model::NewGrant;
use crate::access::accounts::{NewAccount, create_with_password};
use crate::access::password::{Password, PasswordHash};
use crate::cli::demo::population::{Figure, SEED, population};
use crate::cli::demo::{asking, history};
use crate::db::Conn;
use crate::kernel::ids::{AccountId, ParticipationId, PersonId};
use crate::kernel::{Context, IfMatch, Problem, Role};
use crate::matching;
use crate::people;
use crate::people::consents::{ConsentInput, ConsentKind, ConsentSource};
use crate::people::model::Origin;
use crate::people::model::changes::Changes;
use crate::programmes::enrol::{Enrolment, enrol_in};
use crate::programmes::model::NewProgramme;
use crate::programmes::{self, Programme, Side};

/// How many of each.
pub const MENTEES: usize = 300;
pub const MENTORS: usize = 190;

/// The password of every account of the demonstration, which listens on this machine only unless asked.
pub const PASSWORD: &str = "pont-entre-deux-rives";

/// A person of the demonstration, enrolled.
pub struct Enrolled {
    pub figure: Figure,
    pub person_id: PersonId,
    pub participation_id: ParticipationId,
    pub programme: usize,
}

/// Fills the database at the time of `ctx`.
pub fn fill(conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        let programmes = make_programmes(conn, &ago(ctx, 210))?;
        let hash = Password::unchecked(PASSWORD).hash()?;
        staff(conn, ctx, &programmes, &hash)?;
        let people = make_people(conn, ctx, &programmes)?;
        let pair = history::write(conn, ctx, &programmes, &people)?;
        sign_ins_of_people(conn, ctx, &people, pair.iter().flatten(), &hash)
    })
}

/// The circumstances `days` days before.
pub fn ago(ctx: &Context, days: i64) -> Context {
    Context {
        now: ctx.now.minus(Duration::days(days)),
        ..ctx.clone()
    }
}

fn make_programmes(conn: &mut Conn, ctx: &Context) -> Result<Vec<Programme>, Problem> {
    let start = ctx.now.utc_date();
    let of = |slug: &str, en: &str, fr: &str, en_more: &str, fr_more: &str| {
        serde_json::from_value::<NewProgramme>(json!({
            "slug": slug, "name_en": en, "name_fr": fr, "description_en": en_more, "description_fr": fr_more,
            "starts_on": start, "ends_on": start + Duration::days(540), "target_minutes": 1440,
            "meeting_minutes": 60, "rhythm_days": 14, "zone": "America/Toronto", "province": "QC"
        }))
    };
    let new = [
        of(
            "health-and-education",
            "Health and Education",
            "Santé et éducation",
            "Nurses, physicians, pharmacists, teachers: from a licence abroad to practice here.",
            "Soins, médecine, pharmacie, enseignement : du permis d’ailleurs à la pratique d’ici.",
        )?,
        of(
            "engineering-and-business",
            "Engineering and Business",
            "Génie et affaires",
            "Engineers, developers, accountants: the first position at one’s level.",
            "Génie, informatique, comptabilité : un premier poste à sa mesure.",
        )?,
    ];
    new.into_iter()
        .map(|new| {
            let made = programmes::create::create(conn, ctx, new)?;
            programmes::life::open(conn, ctx, made.id, &IfMatch::any())
        })
        .collect()
}

fn staff(
    conn: &mut Conn,
    ctx: &Context,
    programmes: &[Programme],
    hash: &PasswordHash,
) -> Result<(), Problem> {
    let everywhere = |role| {
        vec![NewGrant {
            role,
            programme_id: None,
        }]
    };
    let of = |index: usize| NewGrant {
        role: Role::Coordinator,
        programme_id: programmes.get(index).map(|p| p.id),
    };
    let new = [
        (
            "Dominique Tremblay",
            "admin@demo.example.org",
            everywhere(Role::Administrator),
        ),
        (
            "Claude Bouchard",
            "coordination@demo.example.org",
            vec![of(0), of(1)],
        ),
        ("Sasha Nguyen", "health@demo.example.org", vec![of(0)]),
        ("Andrea Singh", "engineering@demo.example.org", vec![of(1)]),
        (
            "Camille Roy",
            "coach@demo.example.org",
            everywhere(Role::Coach),
        ),
    ];
    for (name, email, grants) in new {
        account(conn, ctx, name, email, None, &grants, hash)?;
    }
    Ok(())
}

fn account(
    conn: &mut Conn,
    ctx: &Context,
    name: &str,
    email: &str,
    person_id: Option<PersonId>,
    grants: &[NewGrant],
    hash: &PasswordHash,
) -> Result<AccountId, Problem> {
    let new = NewAccount {
        email: Email::parse("/email", email).map_err(|fault| Problem::Invalid(vec![fault]))?,
        display_name: name.to_owned(),
        locale: ctx.locale,
        person_id,
        grants: grants.to_vec(),
    };
    create_with_password(conn, ctx, &new, hash)
}

fn make_people(
    conn: &mut Conn,
    ctx: &Context,
    programmes: &[Programme],
) -> Result<Vec<Enrolled>, Problem> {
    let figures = population(SEED, MENTEES, MENTORS);
    figures
        .into_iter()
        .map(|figure| {
            let joined = ago(
                ctx,
                if figure.is_mentor {
                    200
                } else {
                    figure.waited_days
                },
            );
            let person_id = make_person(conn, &joined, &figure)?;
            let programme = programmes.get(figure.programme).ok_or(Problem::NotFound)?;
            let side = if figure.is_mentor {
                Side::Mentor
            } else {
                Side::Mentee
            };
            let enrolment = Enrolment {
                person_id,
                side,
                capacity: figure.is_mentor.then_some(figure.capacity),
                waiting_since: (!figure.is_mentor).then_some(joined.now),
            };
            let part = enrol_in(conn, &joined, programme, &enrolment)?;
            let programme = figure.programme;
            Ok(Enrolled {
                figure,
                person_id,
                participation_id: part.id,
                programme,
            })
        })
        .collect()
}

fn make_person(conn: &mut Conn, ctx: &Context, figure: &Figure) -> Result<PersonId, Problem> {
    let clock = |minute: i32| format!("{:02}:{:02}", minute / 60, minute % 60);
    let occupation =
        |kind: &str, noc: &str| json!({"kind": kind, "noc": noc, "years": figure.years});
    let mut occupations = vec![occupation("held", figure.held)];
    occupations.extend(
        figure
            .target
            .map(|noc| json!({"kind": "target", "noc": noc})),
    );
    let topics = if figure.is_mentor {
        json!({"offers": figure.topics})
    } else {
        json!({"wants": figure.topics})
    };
    let changes: Changes = serde_json::from_value(json!({
        "given_name": figure.given_name,
        "family_name": figure.family_name,
        "preferred_name": figure.preferred_name,
        "email": figure.email,
        "phone": figure.phone,
        "locale": figure.locale,
        "city": figure.city,
        "province": figure.province,
        "meeting_mode": figure.mode,
        "licence_stage": if figure.is_mentor { "licensed" } else { "assessment" },
        "licence_jurisdiction": figure.province,
        "occupations": occupations,
        "languages": figure.languages.iter().map(|(code, level)| json!({"language": code, "level": level})).collect::<Vec<_>>(),
        "topics": topics,
        "wishes": {"is": figure.says, "wants": figure.wishes},
        "availability": figure.availability.iter()
            .map(|(day, start, end)| json!({"weekday": day, "starts": clock(*start), "ends": clock(*end)}))
            .collect::<Vec<_>>(),
    }))?;
    let person = people::create::create_in(conn, ctx, &changes, Origin::Demo)?.person;
    let agreed = !figure.says.is_empty() || !figure.wishes.is_empty();
    let wishes = agreed.then_some(ConsentKind::Wishes);
    for kind in [ConsentKind::Matching, ConsentKind::ContactSharing]
        .into_iter()
        .chain(wishes)
    {
        let given = ConsentInput {
            kind,
            text_version: "2026-01".to_owned(),
            given: true,
        };
        people::consents::record_in(conn, ctx, person.id, &given, ConsentSource::System)?;
    }
    Ok(person.id)
}

/// A mentor and a mentee who meet can sign in, to see the platform with their eyes.
fn sign_ins_of_people<'a>(
    conn: &mut Conn,
    ctx: &Context,
    people: &[Enrolled],
    pair: impl Iterator<Item = &'a (Role, PersonId)>,
    hash: &PasswordHash,
) -> Result<(), Problem> {
    for &(role, person_id) in pair {
        if let Some(one) = people.iter().find(|p| p.person_id == person_id) {
            let name = format!("{} {}", one.figure.given_name, one.figure.family_name);
            let grants = [NewGrant {
                role,
                programme_id: None,
            }];
            account(
                conn,
                ctx,
                &name,
                &one.figure.email,
                Some(person_id),
                &grants,
                hash,
            )?;
        }
    }
    Ok(())
}

/// Runs the matcher for everybody who waits, in both programmes, and approves a few of what it proposes, as a
/// coordinator would on the first morning.
pub fn match_waiting(conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
    for programme in programmes::store::list(conn, None, 10)? {
        matching::run(conn, ctx, programme.id, &matching::Request::default(), None)?;
        if programme.slug == asking::ASKING {
            asking::let_it_ask(conn, ctx, &programme)?;
            asking::ask_some(conn, ctx, &programme)?;
        }
    }
    Ok(())
}
