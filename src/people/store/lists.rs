//! The queries of what hangs on a person: occupations, languages, topics, wishes, weekly
//! availability.

use std::collections::HashMap;

use diesel::prelude::*;

use super::insert_all;
use crate::db::Conn;
use crate::db::schema::{
    availability_rules, person_languages, person_occupations, person_topics, person_wishes,
};
use crate::kernel::ids::{
    AvailabilityRuleId, PersonId, PersonLanguageId, PersonOccupationId, PersonTopicId, PersonWishId,
};
use crate::kernel::{Instant, Problem};
use crate::people::model::{
    Language, Occupation, OccupationKind, Person, Profile, Side, Topic, WeeklyWindow, Wish,
    WishKind, WishWord,
};
use crate::reference::LanguageLevel;

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_occupations, treat_none_as_default_value = false)]
struct OccupationRow {
    id: PersonOccupationId,
    person_id: PersonId,
    kind: OccupationKind,
    noc: Option<String>,
    own_words: Option<String>,
    confidence: i32,
    needs_review: bool,
    years: Option<i32>,
    last_year: Option<i32>,
    position: i32,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_languages, treat_none_as_default_value = false)]
struct LanguageRow {
    id: PersonLanguageId,
    person_id: PersonId,
    language: String,
    level: Option<LanguageLevel>,
    wanted: bool,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_topics, treat_none_as_default_value = false)]
struct TopicRow {
    id: PersonTopicId,
    person_id: PersonId,
    side: Side,
    topic: String,
    position: i32,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = person_wishes, treat_none_as_default_value = false)]
struct WishRow {
    id: PersonWishId,
    person_id: PersonId,
    kind: WishKind,
    word: WishWord,
    position: i32,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = availability_rules, treat_none_as_default_value = false)]
struct RuleRow {
    id: AvailabilityRuleId,
    person_id: PersonId,
    weekday: i32,
    starts_minute: i32,
    ends_minute: i32,
}

/// The people with their lists, in the order given: five queries, however many people.
pub fn profiles(conn: &mut Conn, people: Vec<Person>) -> Result<Vec<Profile>, Problem> {
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let mut occupations = occupations(conn, &ids)?;
    let mut languages = languages(conn, &ids)?;
    let mut topics = topics(conn, &ids)?;
    let mut wishes = wishes(conn, &ids)?;
    let mut availability = availability(conn, &ids)?;
    let take = |person: Person| Profile {
        occupations: occupations.remove(&person.id).unwrap_or_default(),
        languages: languages.remove(&person.id).unwrap_or_default(),
        topics: topics.remove(&person.id).unwrap_or_default(),
        wishes: wishes.remove(&person.id).unwrap_or_default(),
        availability: availability.remove(&person.id).unwrap_or_default(),
        person,
    };
    Ok(people.into_iter().map(take).collect())
}

/// A list for each person.
pub type ByPerson<T> = HashMap<PersonId, Vec<T>>;

fn grouped<R, T>(rows: Vec<R>, split: impl Fn(R) -> (PersonId, T)) -> ByPerson<T> {
    let mut groups: ByPerson<T> = HashMap::new();
    for row in rows {
        let (person, item) = split(row);
        groups.entry(person).or_default().push(item);
    }
    groups
}

/// Occupations in each person's order.
pub fn occupations(conn: &mut Conn, ids: &[PersonId]) -> Result<ByPerson<Occupation>, Problem> {
    use person_occupations as t;
    let rows = t::table
        .filter(t::person_id.eq_any(ids))
        .order((t::person_id, t::position, t::id))
        .select(OccupationRow::as_select())
        .load(conn)?;
    Ok(grouped(rows, |row: OccupationRow| {
        let occupation = Occupation {
            kind: row.kind,
            noc: row.noc,
            own_words: row.own_words,
            confidence: row.confidence,
            needs_review: row.needs_review,
            years: row.years,
            last_year: row.last_year,
        };
        (row.person_id, occupation)
    }))
}

/// Languages by code.
pub fn languages(conn: &mut Conn, ids: &[PersonId]) -> Result<ByPerson<Language>, Problem> {
    use person_languages as t;
    let rows = t::table
        .filter(t::person_id.eq_any(ids))
        .order((t::person_id, t::language))
        .select(LanguageRow::as_select())
        .load(conn)?;
    let mut groups = grouped(rows, |row: LanguageRow| {
        let language = Language {
            language: row.language,
            level: row.level,
            wanted: row.wanted,
        };
        (row.person_id, language)
    });
    // The two databases sort text by different rules.
    groups.values_mut().for_each(|list| list.sort_unstable());
    Ok(groups)
}

/// Topics in each person's order.
pub fn topics(conn: &mut Conn, ids: &[PersonId]) -> Result<ByPerson<Topic>, Problem> {
    use person_topics as t;
    let rows = t::table
        .filter(t::person_id.eq_any(ids))
        .order((t::person_id, t::position, t::id))
        .select(TopicRow::as_select())
        .load(conn)?;
    Ok(grouped(rows, |row: TopicRow| {
        (
            row.person_id,
            Topic {
                side: row.side,
                topic: row.topic,
            },
        )
    }))
}

/// Wishes in each person's order.
pub fn wishes(conn: &mut Conn, ids: &[PersonId]) -> Result<ByPerson<Wish>, Problem> {
    use person_wishes as t;
    let rows = t::table
        .filter(t::person_id.eq_any(ids))
        .order((t::person_id, t::position, t::id))
        .select(WishRow::as_select())
        .load(conn)?;
    Ok(grouped(rows, |row: WishRow| {
        let wish = Wish {
            kind: row.kind,
            word: row.word,
        };
        (row.person_id, wish)
    }))
}

/// Weekly availability by weekday and time, local in each person's zone.
pub fn availability(conn: &mut Conn, ids: &[PersonId]) -> Result<ByPerson<WeeklyWindow>, Problem> {
    use availability_rules as t;
    let rows = t::table
        .filter(t::person_id.eq_any(ids))
        .order((t::person_id, t::weekday, t::starts_minute))
        .select(RuleRow::as_select())
        .load(conn)?;
    Ok(grouped(rows, |row: RuleRow| {
        let window = WeeklyWindow {
            weekday: row.weekday,
            starts_minute: row.starts_minute,
            ends_minute: row.ends_minute,
        };
        (row.person_id, window)
    }))
}

fn position(at: usize) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX)
}

/// Saves the lists of new people.
pub fn insert(conn: &mut Conn, profiles: &[Profile]) -> Result<(), Problem> {
    let of = |f: fn(&Profile, &mut Rows)| {
        let mut rows = Rows::default();
        profiles.iter().for_each(|profile| f(profile, &mut rows));
        rows
    };
    of(Rows::add).save(conn)
}

/// Saves what differs between two states of one person's lists.
pub fn replace(conn: &mut Conn, before: &Profile, after: &Profile) -> Result<(), Problem> {
    let id = after.person.id;
    let mut rows = Rows::default();
    if before.occupations != after.occupations {
        use person_occupations as t;
        diesel::delete(t::table.filter(t::person_id.eq(id))).execute(conn)?;
        rows.add_occupations(after);
    }
    if before.languages != after.languages {
        use person_languages as t;
        diesel::delete(t::table.filter(t::person_id.eq(id))).execute(conn)?;
        rows.add_languages(after);
    }
    if before.topics != after.topics {
        use person_topics as t;
        diesel::delete(t::table.filter(t::person_id.eq(id))).execute(conn)?;
        rows.add_topics(after);
    }
    if before.wishes != after.wishes {
        use person_wishes as t;
        diesel::delete(t::table.filter(t::person_id.eq(id))).execute(conn)?;
        rows.add_wishes(after);
    }
    if before.availability != after.availability {
        use availability_rules as t;
        diesel::delete(t::table.filter(t::person_id.eq(id))).execute(conn)?;
        rows.add_availability(after);
    }
    rows.save(conn)
}

/// Rows that wait to be written.
#[derive(Default)]
struct Rows {
    occupations: Vec<OccupationRow>,
    languages: Vec<LanguageRow>,
    topics: Vec<TopicRow>,
    wishes: Vec<WishRow>,
    availability: Vec<RuleRow>,
}

impl Rows {
    fn add(profile: &Profile, rows: &mut Rows) {
        rows.add_occupations(profile);
        rows.add_languages(profile);
        rows.add_topics(profile);
        rows.add_wishes(profile);
        rows.add_availability(profile);
    }

    fn add_occupations(&mut self, profile: &Profile) {
        let now = profile.person.updated_at;
        let rows = profile
            .occupations
            .iter()
            .enumerate()
            .map(|(at, item)| OccupationRow {
                id: PersonOccupationId::new(now),
                person_id: profile.person.id,
                kind: item.kind,
                noc: item.noc.clone(),
                own_words: item.own_words.clone(),
                confidence: item.confidence,
                needs_review: item.needs_review,
                years: item.years,
                last_year: item.last_year,
                position: position(at),
            });
        self.occupations.extend(rows);
    }

    fn add_languages(&mut self, profile: &Profile) {
        let now: Instant = profile.person.updated_at;
        let rows = profile.languages.iter().map(|item| LanguageRow {
            id: PersonLanguageId::new(now),
            person_id: profile.person.id,
            language: item.language.clone(),
            level: item.level,
            wanted: item.wanted,
        });
        self.languages.extend(rows);
    }

    fn add_topics(&mut self, profile: &Profile) {
        let now = profile.person.updated_at;
        let rows = profile
            .topics
            .iter()
            .enumerate()
            .map(|(at, item)| TopicRow {
                id: PersonTopicId::new(now),
                person_id: profile.person.id,
                side: item.side,
                topic: item.topic.clone(),
                position: position(at),
            });
        self.topics.extend(rows);
    }

    fn add_wishes(&mut self, profile: &Profile) {
        let now = profile.person.updated_at;
        let rows = profile.wishes.iter().enumerate().map(|(at, item)| WishRow {
            id: PersonWishId::new(now),
            person_id: profile.person.id,
            kind: item.kind,
            word: item.word,
            position: position(at),
        });
        self.wishes.extend(rows);
    }

    fn add_availability(&mut self, profile: &Profile) {
        let now = profile.person.updated_at;
        let rows = profile.availability.iter().map(|item| RuleRow {
            id: AvailabilityRuleId::new(now),
            person_id: profile.person.id,
            weekday: item.weekday,
            starts_minute: item.starts_minute,
            ends_minute: item.ends_minute,
        });
        self.availability.extend(rows);
    }

    fn save(self, conn: &mut Conn) -> Result<(), Problem> {
        insert_all!(conn, person_occupations::table, self.occupations)?;
        insert_all!(conn, person_languages::table, self.languages)?;
        insert_all!(conn, person_topics::table, self.topics)?;
        insert_all!(conn, person_wishes::table, self.wishes)?;
        insert_all!(conn, availability_rules::table, self.availability)?;
        Ok(())
    }
}
