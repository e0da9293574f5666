//! The reference tables over the API: what forms offer while people type. Public, the same for everybody,
//! and cacheable: an answer's ETag is the hash of its body.

use actix_web::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH, VARY};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::kernel::secret::hex;
use crate::kernel::zone::TZDB_VERSION;
use crate::kernel::{Locale, Problem, Zone};
use crate::reference::holidays::{self, Category, YEARS};
use crate::reference::languages::Language;
use crate::reference::occupations::{self, Level, NocCode, Occupation};
use crate::reference::places::{City, Country, Province};
use crate::reference::professions::{self, Regulation};
use crate::reference::titles;
use crate::web::problem::ProblemDocument;
use crate::web::state::locale_of;
use crate::web::{App, Path, Query};

/// The routes of the reference tables.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(search_occupations)
        .service(read_occupation)
        .service(search_languages)
        .service(search_places)
        .service(list_zones)
        .service(list_holidays)
        .service(list_countries);
}

/// Hits given unless asked otherwise.
const USUAL: u32 = 10;
/// Hits given at most.
const MOST: u32 = 100;
/// Letters of a query that are read.
const LONGEST: usize = 200;

/// A whole answer: reference tables have no pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Items<T> {
    /// Best first, or in the table's own order.
    pub items: Vec<T>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// What has been typed so far, at most 200 characters.
    #[param(example = "infirmiere aux")]
    q: Option<String>,
    /// Titles in this language only; in both unless given.
    lang: Option<Locale>,
    /// Hits wanted, 1 to 100; 10 unless given.
    limit: Option<u32>,
}

/// An occupation that fits what was typed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccupationHit {
    /// NOC 2021, five digits; fewer for a broader group.
    #[schema(example = "32101")]
    pub code: String,
    /// The official job title that fits best.
    #[schema(example = "Infirmier auxiliaire/infirmière auxiliaire")]
    pub title: String,
    /// The language of the title.
    pub lang: Locale,
    /// The title of the group, in English.
    pub occupation_en: String,
    /// The title of the group, in French.
    pub occupation_fr: String,
    /// Training, education, experience and responsibilities, 0 to 5.
    pub teer: Option<u8>,
}

/// Occupations by job title, as one types: any order of words, without accents, with small errors.
/// Without `q` the ten broad categories, from which the tree can be walked.
#[utoipa::path(tag = "reference", operation_id = "search_occupations", params(SearchQuery), security(()),
    responses((status = 200, body = Items<OccupationHit>), (status = 422, body = ProblemDocument)))]
#[get("/occupations")]
async fn search_occupations(
    request: HttpRequest,
    query: Query<SearchQuery>,
) -> Result<HttpResponse, Problem> {
    let Query(SearchQuery { q, lang, limit }) = query;
    let limit = limit_of(limit, MOST)?;
    let typed = typed(q)?;
    let items = if typed.is_empty() {
        let locale = lang.unwrap_or_else(|| locale_of(&request));
        let roots = Occupation::roots().take(limit);
        roots
            .map(|group| hit(group, group.title(locale), locale))
            .collect()
    } else {
        // A few milliseconds at most, but of the processor: not on the thread that answers others.
        let hits = actix_web::web::block(move || titles::search(&typed, lang, limit)).await;
        let hits = hits.map_err(|error| Problem::internal(error.to_string()))?;
        let of = |found: titles::TitleHit| hit(found.code.occupation(), found.title, found.locale);
        hits.into_iter().map(of).collect()
    };
    cacheable(&request, &Items { items })
}

fn hit(group: &Occupation, title: &str, lang: Locale) -> OccupationHit {
    OccupationHit {
        code: group.code.to_owned(),
        title: title.to_owned(),
        lang,
        occupation_en: group.title_en.to_owned(),
        occupation_fr: group.title_fr.to_owned(),
        teer: group.teer,
    }
}

/// A group of the classification.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// One to five digits.
    #[schema(example = "2130")]
    pub code: String,
    pub level: Level,
    /// Training, education, experience and responsibilities, 0 to 5; none for a broad category.
    pub teer: Option<u8>,
    pub title_en: String,
    pub title_fr: String,
}

/// What is known about the regulation of an occupation. A seed, no register: what is missing may well be
/// regulated.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegulationNote {
    /// Null: the whole country.
    pub province: Option<Province>,
    pub regulation: Regulation,
    /// Where this was found.
    pub source: String,
}

/// A group with its place in the tree.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccupationDetail {
    #[serde(flatten)]
    pub group: Group,
    /// From the broad category down to the group right above.
    pub parents: Vec<Group>,
    /// The groups right below; for an alias such as 00018 the occupations that it stands for.
    pub children: Vec<Group>,
    pub regulation: Vec<RegulationNote>,
}

impl Group {
    fn of(group: &Occupation) -> Group {
        Group {
            code: group.code.to_owned(),
            level: group.level(),
            teer: group.teer,
            title_en: group.title_en.to_owned(),
            title_fr: group.title_fr.to_owned(),
        }
    }
}

/// A group of any level, with those above and below it.
#[utoipa::path(tag = "reference", operation_id = "read_occupation", security(()),
    params(("code" = String, Path, description = "One to five digits", example = "21300")),
    responses((status = 200, body = OccupationDetail), (status = 404, body = ProblemDocument)))]
#[get("/occupations/{code}")]
async fn read_occupation(
    request: HttpRequest,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let group = Occupation::find(&code.0).filter(|group| !group.code.is_empty());
    let Some(group) = group else {
        return read_alias(&request, &code.0);
    };
    let above = std::iter::successors(group.parent(), |group| group.parent());
    let mut parents: Vec<Group> = above.map(Group::of).collect();
    parents.reverse();
    let notes = NocCode::parse(group.code)
        .map(professions::regulation)
        .unwrap_or_default();
    let detail = OccupationDetail {
        group: Group::of(group),
        parents,
        children: group.children().map(Group::of).collect(),
        regulation: notes
            .into_iter()
            .map(|note| RegulationNote {
                province: note.province,
                regulation: note.regulation,
                source: note.source.to_owned(),
            })
            .collect(),
    };
    cacheable(&request, &detail)
}

fn read_alias(request: &HttpRequest, code: &str) -> Result<HttpResponse, Problem> {
    let members = occupations::members(code);
    let alias = occupations::alias(code).ok_or(Problem::NotFound)?;
    let detail = OccupationDetail {
        group: Group {
            code: alias.code.to_owned(),
            level: Level::UnitGroup,
            teer: members.first().map(|member| member.teer()),
            title_en: alias.title_en.to_owned(),
            title_fr: alias.title_fr.to_owned(),
        },
        parents: Vec::new(),
        children: members
            .iter()
            .map(|member| Group::of(member.occupation()))
            .collect(),
        regulation: Vec::new(),
    };
    cacheable(request, &detail)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LanguageQuery {
    /// What has been typed so far, or a code; all languages unless given.
    #[param(example = "manda")]
    q: Option<String>,
    /// Languages wanted, 1 to 700; 10 of a search, else all.
    limit: Option<u32>,
}

/// A language.
#[derive(Debug, Serialize, ToSchema)]
pub struct LanguageItem {
    /// BCP 47.
    #[schema(example = "yue")]
    pub code: String,
    pub name_en: String,
    pub name_fr: String,
    /// In the language itself, where known.
    pub name_native: Option<String>,
    /// The language that this one is a kind of; the two are not the same.
    #[schema(example = "zh")]
    pub macrolanguage: Option<String>,
}

/// Languages as one types, those most spoken by newcomers first.
#[utoipa::path(tag = "reference", operation_id = "search_languages", params(LanguageQuery), security(()),
    responses((status = 200, body = Items<LanguageItem>), (status = 422, body = ProblemDocument)))]
#[get("/languages")]
async fn search_languages(
    request: HttpRequest,
    query: Query<LanguageQuery>,
) -> Result<HttpResponse, Problem> {
    let Query(LanguageQuery { q, limit }) = query;
    let typed = typed(q)?;
    let found = if typed.is_empty() {
        let limit = limit_of(limit.or(Some(700)), 700)?;
        Language::all().take(limit).collect()
    } else {
        Language::search(&typed, limit_of(limit, 700)?)
    };
    let item = |language: Language| LanguageItem {
        code: language.code().to_owned(),
        name_en: language.name(Locale::En).to_owned(),
        name_fr: language.name(Locale::Fr).to_owned(),
        name_native: language.native_name().map(str::to_owned),
        macrolanguage: language.macrolanguage().map(|of| of.code().to_owned()),
    };
    cacheable(
        &request,
        &Items {
            items: found.into_iter().map(item).collect(),
        },
    )
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PlaceQuery {
    /// What has been typed so far; the largest cities unless given.
    #[param(example = "monct")]
    q: Option<String>,
    /// Places of this province or territory only.
    province: Option<Province>,
    /// Places wanted, 1 to 100; 10 unless given.
    limit: Option<u32>,
}

/// A city, town or village in Canada.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlaceItem {
    /// GeoNames' number.
    pub id: u32,
    pub name: String,
    pub province: Province,
    pub province_en: String,
    pub province_fr: String,
    /// IANA time zone.
    #[schema(example = "America/Moncton")]
    pub zone: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east, negative in Canada.
    pub longitude: f64,
    /// 0 where unknown.
    pub population: u32,
}

/// Places in Canada as one types, the larger ones first.
#[utoipa::path(tag = "reference", operation_id = "search_places", params(PlaceQuery), security(()),
    responses((status = 200, body = Items<PlaceItem>), (status = 422, body = ProblemDocument)))]
#[get("/places")]
async fn search_places(
    request: HttpRequest,
    query: Query<PlaceQuery>,
) -> Result<HttpResponse, Problem> {
    let Query(PlaceQuery { q, province, limit }) = query;
    let limit = limit_of(limit, MOST)?;
    let typed = typed(q)?;
    let found: Vec<&City> = if typed.is_empty() {
        let cities = City::all().iter();
        cities
            .filter(|city| province.is_none_or(|of| of == city.province))
            .take(limit)
            .collect()
    } else {
        City::search(&typed, province, limit)
    };
    let item = |city: &City| PlaceItem {
        id: city.id,
        name: city.name.to_owned(),
        province: city.province,
        province_en: city.province.name(Locale::En).to_owned(),
        province_fr: city.province.name(Locale::Fr).to_owned(),
        zone: city.zone.name().to_owned(),
        latitude: city.latitude,
        longitude: city.longitude,
        population: city.population,
    };
    cacheable(
        &request,
        &Items {
            items: found.into_iter().map(item).collect(),
        },
    )
}

/// A time zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct ZoneItem {
    /// IANA name.
    #[schema(example = "America/St_Johns")]
    pub name: String,
    pub place_en: String,
    pub place_fr: String,
    /// Seconds east of UTC now.
    #[schema(example = -12600)]
    pub offset_seconds: i32,
    /// What the zone is called now, in English and in French.
    pub abbreviation_en: String,
    pub abbreviation_fr: String,
}

/// The zones and the release of the IANA database that they come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Zones {
    #[schema(example = "2026e")]
    pub tzdb_version: String,
    pub items: Vec<ZoneItem>,
}

/// Time zones worth offering, with the offset that holds now.
#[utoipa::path(tag = "reference", operation_id = "list_zones", security(()),
    responses((status = 200, body = Zones)))]
#[get("/zones")]
async fn list_zones(request: HttpRequest, app: Data<App>) -> Result<HttpResponse, Problem> {
    let now = app.clock.now().utc();
    let item = |zone: Zone| ZoneItem {
        name: zone.name().to_owned(),
        place_en: zone.place_en(),
        place_fr: zone.place_fr(),
        offset_seconds: zone.offset_at(now),
        abbreviation_en: zone.abbreviation_at(now),
        abbreviation_fr: zone.abbreviation_fr_at(now),
    };
    let zones = Zone::offered().filter_map(|name| Zone::parse(name).ok());
    let items = zones.map(item).collect();
    let tzdb_version = (*TZDB_VERSION).to_owned();
    cacheable(
        &request,
        &Zones {
            tzdb_version,
            items,
        },
    )
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HolidayQuery {
    province: Province,
    /// 1970 to 2100.
    #[param(example = 2026)]
    year: i32,
}

/// A holiday.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolidayItem {
    pub date: chrono::NaiveDate,
    pub category: Category,
    pub name_en: String,
    pub name_fr: String,
    /// The day stands in for the holiday, which falls on a weekend.
    pub substitute: bool,
}

/// The statutory and optional holidays of a province or territory in a year.
#[utoipa::path(tag = "reference", operation_id = "list_holidays", params(HolidayQuery), security(()),
    responses((status = 200, body = Items<HolidayItem>), (status = 422, body = ProblemDocument)))]
#[get("/holidays")]
async fn list_holidays(
    request: HttpRequest,
    query: Query<HolidayQuery>,
) -> Result<HttpResponse, Problem> {
    let Query(HolidayQuery { province, year }) = query;
    if !YEARS.contains(&year) {
        let fault = Problem::field("?year", "out-of-range");
        return Err(fault.with("least", YEARS.start()).with("most", YEARS.end()));
    }
    let item = |holiday: holidays::Holiday| HolidayItem {
        date: holiday.date,
        category: holiday.category,
        name_en: holiday.name_en.to_owned(),
        name_fr: holiday.name_fr.to_owned(),
        substitute: holiday.substitute,
    };
    let items = holidays::in_year(province, year)
        .into_iter()
        .map(item)
        .collect();
    cacheable(&request, &Items { items })
}

/// A country of ISO 3166-1.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountryItem {
    #[schema(example = "CI")]
    pub code: String,
    #[schema(example = "CIV")]
    pub alpha3: String,
    pub name_en: String,
    pub name_fr: String,
}

/// All countries.
#[utoipa::path(tag = "reference", operation_id = "list_countries", security(()),
    responses((status = 200, body = Items<CountryItem>)))]
#[get("/countries")]
async fn list_countries(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let item = |country: &Country| CountryItem {
        code: country.alpha2.to_owned(),
        alpha3: country.alpha3.to_owned(),
        name_en: country.name_en.to_owned(),
        name_fr: country.name_fr.to_owned(),
    };
    cacheable(
        &request,
        &Items {
            items: Country::all().iter().map(item).collect(),
        },
    )
}

fn typed(q: Option<String>) -> Result<String, Problem> {
    let typed = q.unwrap_or_default();
    if typed.chars().count() > LONGEST {
        return Err(Problem::field("?q", "too-long").with("most", LONGEST));
    }
    Ok(typed.trim().to_owned())
}

fn limit_of(limit: Option<u32>, most: u32) -> Result<usize, Problem> {
    match limit.unwrap_or(USUAL) {
        limit if (1..=most).contains(&limit) => usize::try_from(limit).map_err(Problem::internal),
        _ => Err(Problem::field("?limit", "out-of-range")
            .with("least", 1)
            .with("most", most)),
    }
}

/// JSON with the hash of its body as ETag; 304 to who has it already. An hour fresh: data changes with a
/// release, and the offsets of zones twice a year.
fn cacheable<T: Serialize>(request: &HttpRequest, body: &T) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(body)?;
    let digest = hex(&Sha256::digest(&body));
    let etag = format!("\"{}\"", digest.get(..32).unwrap_or(&digest));
    let known = request
        .headers()
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let known = known.is_some_and(|known| {
        known
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == etag || tag == "*")
    });
    let mut answer = if known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer.insert_header((ETAG, etag));
    answer.insert_header((CACHE_CONTROL, "public, max-age=3600"));
    // The broad categories are named in the reader's language, which the cookie remembers.
    answer.insert_header((VARY, "Accept-Language, Cookie"));
    if known {
        return Ok(answer.finish());
    }
    Ok(answer.content_type("application/json").body(body))
}
