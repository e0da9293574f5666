//! Persons: list, make, read, change.

use actix_web::web::Data;
use actix_web::{Responder, get, patch, post};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::kernel::ids::{PersonId, ProgrammeId};
use crate::kernel::{Context, IfMatch, Problem};
use crate::people::model::changes::Changes;
use crate::people::model::{PersonStatus, Profile, place};
use crate::people::store::search::{Filter, Mark, Sort};
use crate::people::view::{PersonCard, PersonSummary, PersonView};
use crate::people::{create, read, update};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_persons)
        .service(create_person)
        .service(read_own_person)
        .service(read_person_card)
        .service(read_person)
        .service(update_person);
}

crate::text_enum! {
    /// On which side of a mentorship.
    pub enum SideFilter { Mentor => "mentor", Mentee => "mentee" }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// `name` (the default), `created_at` or `updated_at`; with `-` in front from the end.
    #[param(inline)]
    sort: Option<Sort>,
    /// Words of names or of the address; accents and case do not matter.
    q: Option<String>,
    /// Enrolled on this side now.
    #[param(inline)]
    role: Option<SideFilter>,
    /// Enrolled in this programme now.
    programme: Option<ProgrammeId>,
    /// Speaks this language (BCP 47).
    language: Option<String>,
    /// Has an occupation whose NOC code begins so.
    occupation: Option<String>,
    /// Lives in this city.
    city: Option<String>,
    /// Lives in this province (two letters).
    province: Option<String>,
    /// Everybody but the archived unless given.
    status: Option<PersonStatus>,
    /// Whether an occupation waits for a person to choose its code.
    needs_review: Option<bool>,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let province = match self.province.as_deref() {
            None => None,
            Some(text) => {
                let code = place::province(text).ok_or(Problem::field("?province", "province"))?;
                Some(code.to_owned())
            }
        };
        Ok(Filter {
            q: self.q.clone(),
            side: self.role.map(|side| side.as_str().to_owned()),
            programme: self.programme,
            language: self.language.clone(),
            occupation: self.occupation.clone(),
            city: self.city.clone(),
            province,
            status: self.status,
            needs_review: self.needs_review,
        })
    }
}

/// The record as an answer with its ETag.
pub(super) fn shown(profile: Profile, ctx: &Context) -> Versioned<PersonView> {
    let version = profile.person.version;
    Versioned::ok(PersonView::of(profile, ctx.locale), version)
}

/// People, as far as the reader may see them.
#[utoipa::path(tag = "people", operation_id = "list_persons",
    params(ListQuery),
    responses((status = 200, body = Page<PersonSummary>), (status = 403, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[get("/persons")]
async fn list_persons(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let Query(query) = query;
    let filter = query.filter()?;
    let page = PageQuery::new(query.limit, query.cursor);
    let sort = query.sort.unwrap_or(Sort::Name);
    let (after, rows) = (page.after::<Mark>()?, page.fetch()?);
    let locale = caller.ctx.locale;
    let rows = app
        .db
        .run(move |conn| read::list(conn, &caller.ctx, &filter, sort, after, rows))
        .await?;
    let page = page.page(rows, |row| Mark::of(&row.profile.person, sort))?;
    Ok(page.map(|row| PersonSummary::of(row, locale)))
}

/// Makes a person.
#[utoipa::path(tag = "people", operation_id = "create_person", request_body = Changes,
    responses((status = 201, body = PersonView), (status = 403, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 422, body = ProblemDocument)))]
#[post("/persons")]
async fn create_person(
    caller: Caller,
    app: Data<App>,
    body: Body<Changes>,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| create::create(conn, &ctx, body.0))
        .await?;
    let person = &profile.person;
    let (version, location) = (person.version, format!("/api/v1/persons/{}", person.id));
    let view = PersonView::of(profile, caller.ctx.locale);
    Ok(Versioned::created(view, version, location))
}

/// A person's record.
#[utoipa::path(tag = "people", operation_id = "read_person",
    params(("id" = PersonId, Path)),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}")]
async fn read_person(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app.db.run(move |conn| read::read(conn, &ctx, id.0)).await?;
    Ok(shown(profile, &caller.ctx))
}

/// What the other side of a mentorship sees of a person.
#[utoipa::path(tag = "people", operation_id = "read_person_card",
    params(("id" = PersonId, Path)),
    responses((status = 200, body = PersonCard), (status = 404, body = ProblemDocument)))]
#[get("/persons/{id}/card")]
async fn read_person_card(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| read::read_card(conn, &ctx, id.0))
        .await?;
    let version = profile.person.version;
    Ok(Versioned::ok(
        PersonCard::of(profile, caller.ctx.locale),
        version,
    ))
}

/// The record of whoever asks.
#[utoipa::path(tag = "people", operation_id = "read_own_person",
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument)))]
#[get("/me/person")]
async fn read_own_person(caller: Caller, app: Data<App>) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app.db.run(move |conn| read::read_own(conn, &ctx)).await?;
    Ok(shown(profile, &caller.ctx))
}

/// Changes what is given of a person.
#[utoipa::path(tag = "people", operation_id = "update_person", request_body = Changes,
    params(("id" = PersonId, Path), ("If-Match" = String, Header, description = "The ETag that was read.")),
    responses((status = 200, body = PersonView), (status = 404, body = ProblemDocument), (status = 409, body = ProblemDocument),
        (status = 412, body = ProblemDocument), (status = 422, body = ProblemDocument), (status = 428, body = ProblemDocument)))]
#[patch("/persons/{id}")]
async fn update_person(
    caller: Caller,
    app: Data<App>,
    id: Path<PersonId>,
    if_match: IfMatch,
    body: Body<Changes>,
) -> Result<impl Responder, Problem> {
    let ctx = caller.ctx.clone();
    let profile = app
        .db
        .run(move |conn| update::update(conn, &ctx, id.0, &if_match, &body.0))
        .await?;
    Ok(shown(profile, &caller.ctx))
}
