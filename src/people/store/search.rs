//! The list of people: filters, sorting, and the part that its reader may see.

use diesel::dsl::not;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use serde::{Deserialize, Serialize};

use crate::access::policy::Scope;
use crate::db::schema::{participations, person_languages, person_occupations, persons};
use crate::db::{Conn, MultiBackend};
use crate::kernel::ids::{PersonId, ProgrammeId};
use crate::kernel::sql::SqlUuid;
use crate::kernel::{Instant, Problem};
use crate::people::model::text::fold;
use crate::people::model::{Person, PersonStatus};

crate::text_enum! {
    /// What a list of people is sorted by; `-` in front turns it round.
    #[schema(as = PersonSort)]
    pub enum Sort {
        Name => "name",
        NameDown => "-name",
        Created => "created_at",
        CreatedDown => "-created_at",
        Updated => "updated_at",
        UpdatedDown => "-updated_at",
    }
}

/// Which people are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words that must all occur in the names or the address, whatever their accents and case.
    pub q: Option<String>,
    /// `mentor` or `mentee`.
    pub side: Option<String>,
    pub programme: Option<ProgrammeId>,
    /// BCP 47 code.
    pub language: Option<String>,
    /// Beginning of a NOC code: a unit group or any group above it.
    pub occupation: Option<String>,
    /// As it is written in the record, whatever its case.
    pub city: Option<String>,
    pub province: Option<String>,
    /// `None`: everybody but the archived.
    pub status: Option<PersonStatus>,
    pub needs_review: Option<bool>,
}

/// The last row of a page: what the list is sorted by, and the id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Mark {
    pub name: String,
    pub at: Instant,
    pub id: PersonId,
}

impl Mark {
    /// The mark of a row.
    pub fn of(person: &Person, sort: Sort) -> Self {
        let at = match sort {
            Sort::Updated | Sort::UpdatedDown => person.updated_at,
            _ => person.created_at,
        };
        Self {
            name: person.name_key.clone(),
            at,
            id: person.id,
        }
    }
}

type Condition = Box<dyn BoxableExpression<persons::table, MultiBackend, SqlType = Bool>>;

/// Either of two conditions. Boxed first: an expression of many parts over two databases takes the
/// compiler minutes.
fn or(a: Condition, b: Condition) -> Condition {
    Box::new(a.or(b))
}

/// The condition under which a scope reaches a person; see [`super::reach::record`].
pub fn within(scope: &Scope) -> Condition {
    use participations as p;
    let mut condition: Condition = Box::new(scope.all.into_sql::<Bool>());
    if !scope.programmes.is_empty() {
        let ours = p::table
            .filter(p::programme_id.eq_any(scope.programmes.clone()))
            .select(p::person_id);
        let unplaced = not(persons::id.eq_any(p::table.select(p::person_id)));
        condition = or(condition, Box::new(persons::id.eq_any(ours)));
        condition = or(condition, Box::new(unplaced));
    }
    if let Some(coach) = scope.coach {
        // In words, because the column may be null and a boxed condition may not.
        let theirs = diesel::dsl::sql::<Bool>("coach_id IS NOT NULL AND coach_id = ")
            .bind::<SqlUuid, _>(coach);
        condition = or(condition, Box::new(theirs));
    }
    for person in [scope.mentor, scope.mentee].into_iter().flatten() {
        condition = or(condition, Box::new(persons::id.eq(person)));
    }
    condition
}

/// People of the scope who pass the filter, sorted, after the mark.
pub fn list(
    conn: &mut Conn,
    scope: &Scope,
    filter: &Filter,
    sort: Sort,
    after: Option<Mark>,
    rows: i64,
) -> Result<Vec<Person>, Problem> {
    let mut query = persons::table.select(Person::as_select()).into_boxed();
    if !scope.all {
        query = query.filter(within(scope));
    }
    for condition in conditions(filter) {
        query = query.filter(condition);
    }
    if let Some(mark) = after {
        query = query.filter(beyond(sort, mark));
    }
    query = match sort {
        Sort::Name => query.order((persons::name_key.asc(), persons::id.asc())),
        Sort::NameDown => query.order((persons::name_key.desc(), persons::id.desc())),
        Sort::Created => query.order((persons::created_at.asc(), persons::id.asc())),
        Sort::CreatedDown => query.order((persons::created_at.desc(), persons::id.desc())),
        Sort::Updated => query.order((persons::updated_at.asc(), persons::id.asc())),
        Sort::UpdatedDown => query.order((persons::updated_at.desc(), persons::id.desc())),
    };
    Ok(query.limit(rows).load(conn)?)
}

fn beyond(sort: Sort, mark: Mark) -> Condition {
    use persons as t;
    let Mark { name, at, id } = mark;
    match sort {
        Sort::Name => Box::new(
            t::name_key
                .gt(name.clone())
                .or(t::name_key.eq(name).and(t::id.gt(id))),
        ),
        Sort::NameDown => Box::new(
            t::name_key
                .lt(name.clone())
                .or(t::name_key.eq(name).and(t::id.lt(id))),
        ),
        Sort::Created => Box::new(
            t::created_at
                .gt(at)
                .or(t::created_at.eq(at).and(t::id.gt(id))),
        ),
        Sort::CreatedDown => Box::new(
            t::created_at
                .lt(at)
                .or(t::created_at.eq(at).and(t::id.lt(id))),
        ),
        Sort::Updated => Box::new(
            t::updated_at
                .gt(at)
                .or(t::updated_at.eq(at).and(t::id.gt(id))),
        ),
        Sort::UpdatedDown => Box::new(
            t::updated_at
                .lt(at)
                .or(t::updated_at.eq(at).and(t::id.lt(id))),
        ),
    }
}

fn conditions(filter: &Filter) -> Vec<Condition> {
    let mut all: Vec<Condition> = match filter.status {
        Some(status) => vec![Box::new(persons::status.eq(status.as_str()))],
        None => vec![Box::new(
            persons::status.ne(PersonStatus::Archived.as_str()),
        )],
    };
    all.extend(filter.q.iter().flat_map(|q| of_words(q)));
    if let Some(city) = &filter.city {
        all.push(Box::new(
            // The database folds both sides: SQLite leaves É as it is.
            lower(coalesce_text(persons::city, "")).eq(lower(city.clone())),
        ));
    }
    if let Some(province) = &filter.province {
        all.push(Box::new(
            coalesce_text(persons::province, "").eq(province.clone()),
        ));
    }
    all.extend(through_lists(filter));
    all
}

/// That every word of `text` (the first eight) occurs in the names or the address, whatever its accents and case.
pub fn of_words(text: &str) -> Vec<Condition> {
    let each = text.split_whitespace().take(8).map(|word| {
        let (name, address) = (fold(word), word.to_lowercase());
        let by_address: Condition = Box::new(
            coalesce_text(persons::email_key, "")
                .like(contains(&address))
                .escape('\\'),
        );
        // A word of signs only (`@`) folds to nothing; then only the address can hold it.
        if name.is_empty() {
            by_address
        } else {
            let by_name = persons::name_key.like(contains(&name)).escape('\\');
            or(Box::new(by_name), by_address)
        }
    });
    each.collect()
}

fn through_lists(filter: &Filter) -> Vec<Condition> {
    use {participations as p, person_languages as l, person_occupations as o};
    let mut all: Vec<Condition> = Vec::new();
    if let Some(language) = &filter.language {
        let speakers = l::table
            .filter(l::language.eq(language.clone()))
            .select(l::person_id);
        all.push(Box::new(persons::id.eq_any(speakers)));
    }
    if let Some(code) = &filter.occupation {
        let begins = format!("{}%", escaped(code));
        let workers = o::table
            .filter(coalesce_text(o::noc, "").like(begins).escape('\\'))
            .select(o::person_id);
        all.push(Box::new(persons::id.eq_any(workers)));
    }
    if let Some(needs_review) = filter.needs_review {
        let waiting = persons::id.eq_any(
            o::table
                .filter(o::needs_review.eq(true))
                .select(o::person_id),
        );
        all.push(if needs_review {
            Box::new(waiting)
        } else {
            Box::new(not(waiting))
        });
    }
    let enrolled = || p::table.filter(p::status.eq("enrolled"));
    if let Some(side) = &filter.side {
        let people = enrolled().filter(p::side.eq(side.clone()));
        let people: Condition = match filter.programme {
            None => Box::new(persons::id.eq_any(people.select(p::person_id))),
            Some(programme) => {
                let there = people.filter(p::programme_id.eq(programme));
                Box::new(persons::id.eq_any(there.select(p::person_id)))
            }
        };
        all.push(people);
    } else if let Some(programme) = filter.programme {
        let there = enrolled().filter(p::programme_id.eq(programme));
        all.push(Box::new(persons::id.eq_any(there.select(p::person_id))));
    }
    all
}

diesel::define_sql_function! {
    /// Lower case: of ASCII letters on SQLite, of all on PostgreSQL.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

diesel::define_sql_function! {
    /// A text that may be null, as one that may not.
    #[sql_name = "COALESCE"]
    fn coalesce_text(
        text: diesel::sql_types::Nullable<diesel::sql_types::Text>,
        instead: diesel::sql_types::Text,
    ) -> diesel::sql_types::Text;
}

fn contains(text: &str) -> String {
    format!("%{}%", escaped(text))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
