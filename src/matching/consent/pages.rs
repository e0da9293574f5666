//! The page behind the link in the mail that asks for consent: one question, without sign-in and without
//! JavaScript. Reading it changes nothing, whatever stands in its address; only its form does, and only a form
//! that one of our own pages made for this offer.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::answer::answer_by_link;
use super::links;
use super::model::{Answering, ConsentAnswer};
use super::other::{self, OtherPerson};
use super::store::{self, Contact};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::secret::hex;
use crate::kernel::{Actor, Context, Locale, Problem};
use crate::matching::consent::{ConsentStatus, MatchConsent};
use crate::matching::moment::moment;
use crate::matching::store as proposals;
use crate::matching::{Proposal, ProposalStatus};
use crate::programmes::{self, Side};
use crate::web::layout::{Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, LinkForm, Path};

/// The purpose under which forms are signed.
const PROOF: &str = "match-consent-form";

/// The routes of the page.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/o/{token}", web::get().to(show))
        .route("/o/{token}", web::head().to(show))
        .route("/o/{token}", web::post().to(take));
}

/// What the form sends.
#[derive(Debug, Deserialize)]
struct Form {
    answer: ConsentAnswer,
    reason: Option<String>,
    /// That the form is ours, for this offer.
    proof: String,
}

/// Everything that the page shows.
struct Sheet {
    consent: MatchConsent,
    proposal: Proposal,
    contact: Contact,
    other: OtherPerson,
    programme: (String, String),
}

fn sheet(conn: &mut Conn, token: &str) -> Result<Sheet, Problem> {
    let consent = store::by_token(conn, &links::hash(token)?)?;
    // Nobody was given a link before they are asked.
    if consent.asked_at.is_none() {
        return Err(Problem::NotFound);
    }
    let proposal = proposals::find_proposal(conn, consent.proposal_id)?;
    let programme = programmes::store::find(conn, consent.programme_id)?;
    Ok(Sheet {
        contact: store::contact(conn, consent.person_id)?,
        other: other::other_of(conn, &proposal, consent.side)?,
        programme: (programme.name_en, programme.name_fr),
        consent,
        proposal,
    })
}

async fn show(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    let Path(token) = token;
    let address = format!("/o/{token}");
    let sheet = app.db.run(move |conn| sheet(conn, &token)).await?;
    let ctx = app.context(&request, link_of(&sheet.consent));
    page(&request, &ctx, &sheet, &address, Faults::default(), None)
}

fn link_of(consent: &MatchConsent) -> Actor {
    Actor::Link {
        person_id: consent.person_id,
    }
}

async fn take(
    request: HttpRequest,
    app: Data<App>,
    token: Path<String>,
    form: LinkForm<Form>,
) -> Result<HttpResponse, Problem> {
    let (Path(token), LinkForm(form)) = (token, form);
    let address = format!("/o/{token}");
    let presented = token.clone();
    let found = app.db.run(move |conn| sheet(conn, &presented)).await?;
    let ctx = app.context(&request, link_of(&found.consent));
    if !proves(&ctx, &found.consent, &form.proof) {
        return Err(Problem::malformed("form-expired"));
    }
    let given = Answering {
        answer: form.answer,
        reason: form.reason,
    };
    let (id, within, reason) = (found.consent.id, ctx.clone(), given.reason.clone());
    let answered = app
        .db
        .run(move |conn| answer_by_link(conn, &within, id, &given).map(|_| ()))
        .await;
    let Err(problem) = answered else {
        let lang: Locale = locale_of(&request);
        return Ok(see_other(&format!("{address}?lang={lang}")));
    };
    // What was refused is said above what holds now.
    let faults = Faults::of(ctx.locale, problem)?;
    let now = app.db.run(move |conn| sheet(conn, &token)).await?;
    page(&request, &ctx, &now, &address, faults, reason)
}

/// What the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It asks.
    Asked,
    /// Yes; the other side has not answered yet.
    Given,
    /// No; it can still become a yes.
    Declined,
    /// The mentorship has begun.
    Began,
    /// No, and no way back.
    DeclinedForGood,
    /// The deadline has passed.
    Late,
    /// The offer ended otherwise.
    Over,
}

fn state_of(sheet: &Sheet, ctx: &Context) -> State {
    use ConsentStatus as C;
    use ProposalStatus as P;
    let late = sheet.consent.is_over(ctx.now);
    match (sheet.proposal.status, sheet.consent.status) {
        (P::Offered, C::Asked) if !late => State::Asked,
        (P::Offered, C::Asked) | (_, C::Lapsed) => State::Late,
        (P::Offered, C::Given) => State::Given,
        (P::Declined, C::Declined) if !late => State::Declined,
        (_, C::Declined) => State::DeclinedForGood,
        (P::Approved, C::Given) => State::Began,
        _ => State::Over,
    }
}

/// The messages of the heading and of the sentence below it.
fn keys(state: State, side: Side) -> (&'static str, &'static str) {
    match (state, side) {
        (State::Asked, Side::Mentor) => ("consent-question-mentor", "consent-lead-mentor"),
        (State::Asked, Side::Mentee) => ("consent-question-mentee", "consent-lead-mentee"),
        (State::Given, _) => ("consent-said-yes", "consent-next-given"),
        (State::Declined, _) => ("consent-said-no", "consent-next-declined"),
        (State::DeclinedForGood, _) => ("consent-said-no", "consent-thanks-no"),
        (State::Began, _) => ("consent-began", "consent-began-lead"),
        (State::Late, _) => ("consent-late", "consent-late-lead"),
        (State::Over, _) => ("consent-over", "consent-over-lead"),
    }
}

/// What the template needs.
#[derive(Debug, Serialize)]
struct ConsentPage<'a> {
    state: State,
    heading: String,
    lead: String,
    /// The side that is asked: `mentor` or `mentee`.
    side: Side,
    other: &'a str,
    professions: Vec<&'a str>,
    languages: Vec<&'a str>,
    city: Option<&'a str>,
    reasons: Vec<&'a str>,
    programme: &'a str,
    /// Until when the answer counts, on the reader's clock.
    until: Option<String>,
    /// RFC 3339.
    due_at: Option<String>,
    reason: Option<String>,
    faults: Faults,
    action: &'a str,
    proof: String,
}

fn page(
    request: &HttpRequest,
    ctx: &Context,
    sheet: &Sheet,
    action: &str,
    faults: Faults,
    reason: Option<String>,
) -> Result<HttpResponse, Problem> {
    let state = state_of(sheet, ctx);
    let words = |list: &'_ [other::InBoth]| -> Vec<String> {
        list.iter()
            .map(|one| one.of(ctx.locale).to_owned())
            .collect()
    };
    let other = &sheet.other;
    let (professions, languages, reasons) = (
        words(&other.professions),
        words(&other.languages),
        words(&other.reasons),
    );
    let open = matches!(state, State::Asked | State::Given | State::Declined);
    let status = match (open || state == State::Began, faults.0.is_empty()) {
        (true, true) => StatusCode::OK,
        (true, false) => StatusCode::CONFLICT,
        (false, _) => StatusCode::GONE,
    };
    let due = sheet.consent.due_at.filter(|_| open);
    let programme = match ctx.locale {
        Locale::En => &sheet.programme.0,
        Locale::Fr => &sheet.programme.1,
    };
    let (heading, lead) = keys(state, sheet.consent.side);
    let say = |key: &str| {
        let args = [
            ("name", sheet.contact.first_name()),
            ("other", other.first_name.as_str()),
            ("programme", programme.as_str()),
        ];
        i18n::text_with_pairs(ctx.locale, key, args)
    };
    let page = ConsentPage {
        state,
        heading: say(heading),
        lead: say(lead),
        side: sheet.consent.side,
        other: &other.first_name,
        professions: professions.iter().map(String::as_str).collect(),
        languages: languages.iter().map(String::as_str).collect(),
        city: other.city.as_deref(),
        reasons: reasons.iter().map(String::as_str).collect(),
        programme,
        until: due.map(|due| moment(ctx.locale, sheet.contact.zone(), due)),
        due_at: due.map(|due| due.rfc3339()),
        reason: reason.or_else(|| sheet.consent.reason.clone()),
        faults,
        action,
        proof: proof(ctx, &sheet.consent),
    };
    page_with(request, status, "matching/consent.html", &page)
}

/// Signs a form for one consent.
fn proof(ctx: &Context, consent: &MatchConsent) -> String {
    hex(&ctx.keyring().mac(PROOF, consent.id.to_string().as_bytes()))
}

fn proves(ctx: &Context, consent: &MatchConsent, given: &str) -> bool {
    let wanted = proof(ctx, consent);
    wanted.as_bytes().ct_eq(given.as_bytes()).into()
}
