//! The ledger over the API.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpResponse, Responder, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::hours::attest::{self, Answer};
use crate::hours::correct::{self, Correction};
use crate::hours::decide::{self, Decided, Decision, Seen};
use crate::hours::export::Export;
use crate::hours::model::{Activity, Entry, Flag, Source, Status};
use crate::hours::record::{self, NewEntry};
use crate::hours::report::{self, Report};
use crate::hours::store::{self, Filter};
use crate::hours::totals::{self, By, Total};
use crate::kernel::ids::{HoursEntryId, MeetingId, MentorshipId, PersonId, ProgrammeId};
use crate::kernel::{IfMatch, Instant, Problem};
use crate::mentorships;
use crate::programmes::Side;
use crate::web::problem::ProblemDocument;
use crate::web::{App, Body, Page, PageQuery, Path, Query, Versioned};

/// The routes of this room.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_hours)
        .service(record_hours)
        .service(total_hours)
        .service(export_hours)
        .service(decide_hours)
        .service(read_hours)
        .service(attest_hours)
        .service(dispute_hours)
        .service(approve_hours)
        .service(reject_hours)
        .service(correct_hours)
        .service(report_meeting);
}

/// An entry of the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    pub id: HoursEntryId,
    pub programme_id: ProgrammeId,
    pub mentorship_id: MentorshipId,
    /// Whose time it was.
    pub person_id: PersonId,
    /// The name that the person goes by.
    pub person_name: String,
    pub role: Side,
    pub meeting_id: Option<MeetingId>,
    pub activity: Activity,
    /// Minutes; of a counter-entry the difference, which may be negative.
    pub minutes: i32,
    /// Local date in the programme's zone.
    pub worked_on: NaiveDate,
    pub starts_at: Option<Instant>,
    pub note: Option<String>,
    pub source: Source,
    /// The entry that this one corrects.
    pub corrects_id: Option<HoursEntryId>,
    pub correction_reason: Option<String>,
    pub status: Status,
    pub dispute_reason: Option<String>,
    /// Why somebody should look before they approve.
    pub flags: Vec<Flag>,
    pub attested_at: Option<Instant>,
    pub decided_at: Option<Instant>,
    pub decision_reason: Option<String>,
    pub created_at: Instant,
    pub version: i32,
}

fn views(conn: &mut Conn, entries: Vec<Entry>) -> Result<Vec<EntryView>, Problem> {
    let people: Vec<PersonId> = entries.iter().map(|entry| entry.person_id).collect();
    let names = mentorships::store::names(conn, &people)?;
    let view = |entry: Entry| EntryView {
        person_name: names.get(&entry.person_id).cloned().unwrap_or_default(),
        id: entry.id,
        programme_id: entry.programme_id,
        mentorship_id: entry.mentorship_id,
        person_id: entry.person_id,
        role: entry.role,
        meeting_id: entry.meeting_id,
        activity: entry.activity,
        minutes: entry.minutes,
        worked_on: entry.worked_on,
        starts_at: entry.starts_at,
        note: entry.note,
        source: entry.source,
        corrects_id: entry.corrects_id,
        correction_reason: entry.correction_reason,
        status: entry.status,
        dispute_reason: entry.dispute_reason,
        flags: entry.flags.0,
        attested_at: entry.attested_at,
        decided_at: entry.decided_at,
        decision_reason: entry.decision_reason,
        created_at: entry.created_at,
        version: entry.version,
    };
    Ok(entries.into_iter().map(view).collect())
}

fn view(conn: &mut Conn, entry: Entry) -> Result<EntryView, Problem> {
    views(conn, vec![entry])?.pop().ok_or(Problem::NotFound)
}

fn answer(view: EntryView) -> Versioned<EntryView> {
    let version = view.version;
    Versioned::ok(view, version)
}

fn created(view: EntryView) -> Versioned<EntryView> {
    let (version, location) = (view.version, format!("/api/v1/hours/{}", view.id));
    Versioned::created(view, version, location)
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    cursor: Option<String>,
    /// Only of this programme.
    programme_id: Option<ProgrammeId>,
    /// Only of this mentorship.
    mentorship_id: Option<MentorshipId>,
    /// Only of this person.
    person_id: Option<PersonId>,
    /// Only of this meeting.
    meeting_id: Option<MeetingId>,
    /// Only with this status.
    status: Option<Status>,
    /// Only what is not decided yet.
    #[serde(default)]
    open: bool,
    /// First day.
    from: Option<NaiveDate>,
    /// Last day.
    to: Option<NaiveDate>,
}

impl ListQuery {
    fn filter(&self) -> Filter {
        Filter {
            programme_id: self.programme_id,
            mentorship_id: self.mentorship_id,
            person_id: self.person_id,
            meeting_id: self.meeting_id,
            status: self.status,
            open: self.open,
            from: self.from,
            to: self.to,
        }
    }
}

/// Entries, the latest day first: a coordinator's programmes, a coach's caseload, those of one's own pairs.
#[utoipa::path(tag = "hours", operation_id = "list_hours", params(ListQuery),
    responses((status = 200, body = Page<EntryView>)))]
#[get("/hours")]
async fn list_hours(
    caller: Caller,
    app: Data<App>,
    query: Query<ListQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ListHours)?;
    let filter = query.0.filter().checked()?;
    let page = PageQuery::new(query.0.limit, query.0.cursor);
    let (after, rows) = (page.after()?, page.fetch()?);
    let rows = app
        .db
        .run(move |conn| {
            let entries = store::list(conn, &scope, &filter, after, rows)?;
            views(conn, entries)
        })
        .await?;
    page.page(rows, |entry| (entry.worked_on, entry.id))
}

/// Writes hours down by hand: mentor and mentee their own, a coordinator everybody's. What looks odd is taken
/// and flagged.
#[utoipa::path(tag = "hours", operation_id = "record_hours", request_body = NewEntry,
    responses((status = 201, body = EntryView), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/hours")]
async fn record_hours(
    caller: Caller,
    app: Data<App>,
    body: Body<NewEntry>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let entry = record::record(conn, &caller.ctx, &body.0)?;
        view(conn, entry)
    };
    Ok(created(app.db.run(work).await?))
}

/// One entry.
#[utoipa::path(tag = "hours", operation_id = "read_hours", params(("id" = HoursEntryId, Path)),
    responses((status = 200, body = EntryView), (status = 404, body = ProblemDocument)))]
#[get("/hours/{id}")]
async fn read_hours(
    caller: Caller,
    app: Data<App>,
    id: Path<HoursEntryId>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let entry = store::find(conn, id.0)?;
        let mentorship = mentorships::store::find(conn, entry.mentorship_id)?;
        let coaches = mentorships::store::coaches_of(conn, &mentorship)?;
        policy::allow(
            &caller.ctx.actor,
            Action::ReadHours,
            &mentorship.object(coaches),
        )?;
        view(conn, entry)
    };
    Ok(answer(app.db.run(work).await?))
}

/// Says that the other person's entry is so.
#[utoipa::path(tag = "hours", operation_id = "attest_hours", params(("id" = HoursEntryId, Path)),
    responses((status = 200, body = EntryView), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/hours/{id}/attest")]
async fn attest_hours(
    caller: Caller,
    app: Data<App>,
    id: Path<HoursEntryId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let entry = attest::answer(conn, &caller.ctx, id.0, &if_match, &Answer::Attest)?;
        view(conn, entry)
    };
    Ok(answer(app.db.run(work).await?))
}

/// A reason, which the other side reads.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoursReason)]
struct Reason {
    /// 1 to 2,000 characters.
    reason: String,
}

/// Says that the other person's entry is not so, and why.
#[utoipa::path(tag = "hours", operation_id = "dispute_hours", params(("id" = HoursEntryId, Path)), request_body = Reason,
    responses((status = 200, body = EntryView), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/hours/{id}/dispute")]
async fn dispute_hours(
    caller: Caller,
    app: Data<App>,
    id: Path<HoursEntryId>,
    if_match: IfMatch,
    body: Body<Reason>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let dispute = Answer::Dispute(body.0.reason);
        let entry = attest::answer(conn, &caller.ctx, id.0, &if_match, &dispute)?;
        view(conn, entry)
    };
    Ok(answer(app.db.run(work).await?))
}

/// Approves an entry: from now on it counts.
#[utoipa::path(tag = "hours", operation_id = "approve_hours", params(("id" = HoursEntryId, Path)),
    responses((status = 200, body = EntryView), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/hours/{id}/approve")]
async fn approve_hours(
    caller: Caller,
    app: Data<App>,
    id: Path<HoursEntryId>,
    if_match: IfMatch,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let entry = decide::decide(conn, &caller.ctx, id.0, &if_match, &Decision::Approve)?;
        view(conn, entry)
    };
    Ok(answer(app.db.run(work).await?))
}

/// Rejects an entry, with the reason: it does not count, nor do its counter-entries.
#[utoipa::path(tag = "hours", operation_id = "reject_hours", params(("id" = HoursEntryId, Path)), request_body = Reason,
    responses((status = 200, body = EntryView), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/hours/{id}/reject")]
async fn reject_hours(
    caller: Caller,
    app: Data<App>,
    id: Path<HoursEntryId>,
    if_match: IfMatch,
    body: Body<Reason>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let reject = Decision::Reject(body.0.reason);
        let entry = decide::decide(conn, &caller.ctx, id.0, &if_match, &reject)?;
        view(conn, entry)
    };
    Ok(answer(app.db.run(work).await?))
}

crate::text_enum! {
    /// What is decided about many entries.
    #[schema(as = HoursVerdict)]
    enum Verdict { Approve => "approve", Reject => "reject" }
}

/// A decision about many entries.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BulkDecision {
    decision: Verdict,
    /// Needed to reject.
    reason: Option<String>,
    /// 1 to 200.
    entries: Vec<Seen>,
}

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
struct BulkDecided {
    items: Vec<Decided>,
}

/// Decides many entries, each by itself: the answer says what became of each.
#[utoipa::path(tag = "hours", operation_id = "decide_hours", request_body = BulkDecision,
    responses((status = 200, body = BulkDecided), (status = 422, body = ProblemDocument)))]
#[post("/hours/decisions")]
async fn decide_hours(
    caller: Caller,
    app: Data<App>,
    body: Body<BulkDecision>,
) -> Result<impl Responder, Problem> {
    let BulkDecision {
        decision,
        reason,
        entries,
    } = body.0;
    let decision = match decision {
        Verdict::Approve => Decision::Approve,
        Verdict::Reject => Decision::Reject(reason.unwrap_or_default()),
    };
    let work = move |conn: &mut Conn| decide::decide_many(conn, &caller.ctx, &entries, &decision);
    let items = app.db.run(work).await?;
    Ok(HttpResponse::Ok().json(BulkDecided { items }))
}

/// Corrects an entry by a counter-entry with the difference; the answer is the counter-entry.
#[utoipa::path(tag = "hours", operation_id = "correct_hours", params(("id" = HoursEntryId, Path)), request_body = Correction,
    responses((status = 201, body = EntryView), (status = 409, body = ProblemDocument), (status = 412, body = ProblemDocument)))]
#[post("/hours/{id}/correct")]
async fn correct_hours(
    caller: Caller,
    app: Data<App>,
    id: Path<HoursEntryId>,
    if_match: IfMatch,
    body: Body<Correction>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let entry = correct::correct(conn, &caller.ctx, id.0, &if_match, &body.0)?;
        view(conn, entry)
    };
    Ok(created(app.db.run(work).await?))
}

/// The entries of both people of a meeting.
#[derive(Debug, Serialize, ToSchema)]
struct Reported {
    /// The mentor's first; none for a meeting that did not take place and had none.
    items: Vec<EntryView>,
}

/// Says whether a meeting took place and how long, and records the hours of both. The other person's entry is
/// attested by it; a second report by the other one attests or disputes the first. The same again changes
/// nothing.
#[utoipa::path(tag = "hours", operation_id = "report_meeting", params(("id" = MeetingId, Path)), request_body = Report,
    responses((status = 200, body = Reported), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)))]
#[post("/meetings/{id}/report")]
async fn report_meeting(
    caller: Caller,
    app: Data<App>,
    id: Path<MeetingId>,
    body: Body<Report>,
) -> Result<impl Responder, Problem> {
    let work = move |conn: &mut Conn| {
        let entries = report::report(conn, &caller.ctx, id.0, body.0)?;
        views(conn, entries)
    };
    let items = app.db.run(work).await?;
    Ok(HttpResponse::Ok().json(Reported { items }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TotalQuery {
    /// What to add up by.
    #[param(inline)]
    by: By,
    programme_id: Option<ProgrammeId>,
    mentorship_id: Option<MentorshipId>,
    person_id: Option<PersonId>,
    /// First day.
    from: Option<NaiveDate>,
    /// Last day.
    to: Option<NaiveDate>,
}

/// The totals of a period.
#[derive(Debug, Serialize, ToSchema)]
struct Totals {
    items: Vec<Total>,
}

/// Minutes by programme, person or month, of what the reader may see.
#[utoipa::path(tag = "hours", operation_id = "total_hours", params(TotalQuery),
    responses((status = 200, body = Totals)))]
#[get("/hours/totals")]
async fn total_hours(
    caller: Caller,
    app: Data<App>,
    query: Query<TotalQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::TotalHours)?;
    let query = query.0;
    let filter = Filter {
        programme_id: query.programme_id,
        mentorship_id: query.mentorship_id,
        person_id: query.person_id,
        from: query.from,
        to: query.to,
        ..Filter::default()
    }
    .checked()?;
    let work = move |conn: &mut Conn| totals::totals(conn, &scope, &filter, query.by);
    let items = app.db.run(work).await?;
    Ok(HttpResponse::Ok().json(Totals { items }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    programme_id: Option<ProgrammeId>,
    mentorship_id: Option<MentorshipId>,
    person_id: Option<PersonId>,
    status: Option<Status>,
    /// First day.
    from: Option<NaiveDate>,
    /// Last day.
    to: Option<NaiveDate>,
    /// The language of the headers and words; the reader's unless given.
    lang: Option<crate::kernel::Locale>,
}

/// The ledger as CSV, for a spreadsheet: UTF-8, comma, one row per entry.
#[utoipa::path(tag = "hours", operation_id = "export_hours", params(ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
#[get("/hours/export.csv")]
async fn export_hours(
    caller: Caller,
    app: Data<App>,
    query: Query<ExportQuery>,
) -> Result<impl Responder, Problem> {
    let scope = policy::scope(&caller.ctx.actor, Action::ExportHours)?;
    let query = query.0;
    let filter = Filter {
        programme_id: query.programme_id,
        mentorship_id: query.mentorship_id,
        person_id: query.person_id,
        status: query.status,
        from: query.from,
        to: query.to,
        ..Filter::default()
    }
    .checked()?;
    let export = Export::new(scope, filter, query.lang.unwrap_or(caller.ctx.locale));
    let pieces = futures_util::stream::try_unfold(export, move |mut export| {
        let app = app.clone();
        async move {
            let step = move |conn: &mut Conn| {
                let piece = export.piece(conn)?;
                Ok(piece.map(|piece| (Bytes::from(piece), export)))
            };
            app.db.run(step).await
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"hours.csv\""))
        .streaming(pieces))
}
