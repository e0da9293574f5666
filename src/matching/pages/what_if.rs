//! "What if": other weights, rules, pairs and places are tried in a form; what would change is shown before anything
//! is saved, and saving starts a run from what was compared.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use super::compared::ComparedView;
use super::draft::{self, Asked, Draft, Number};
use super::{overview, words};
use crate::access::PageCaller;
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::i18n;
use crate::kernel::ids::{MatchRunId, ParticipationId, ProgrammeId};
use crate::kernel::{Context, FieldError, Locale, Problem};
use crate::matching::engine::Options;
use crate::matching::meant::{Meant, meant};
use crate::matching::request::PairOf;
use crate::matching::run::{Cancel, GoneBy, StopWhenDropped, run_told};
use crate::matching::store::{self, Taker};
use crate::matching::what_if::{Compared, what_if};
use crate::programmes::settings::{MatchingSettings, Objective};
use crate::programmes::{self, Programme, ProgrammeStatus, Side};
use crate::web::layout::{Fault, Faults, page_with, see_other};
use crate::web::state::locale_of;
use crate::web::{App, Form, Path, Query};

/// What an address may ask for: a pair to begin with. What strangers add to it is ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    /// `MENTOR.MENTEE`, to insist on.
    pin: Option<String>,
    /// `MENTOR.MENTEE`, to do without.
    ban: Option<String>,
}

type Fields = Vec<(String, String)>;

pub(super) async fn show(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    begin: Query<Begin>,
) -> Result<HttpResponse, Problem> {
    let of =
        |text: Option<String>, name: &str| text.map(|text| draft::pair(&text, name)).transpose();
    let (pin, ban) = (of(begin.0.pin, "?pin")?, of(begin.0.ban, "?ban")?);
    let filled = move |own: &MatchingSettings| {
        let mut draft = Draft::of(own);
        let asked = match pin.is_some() || ban.is_some() {
            true => Asked::Compare,
            false => Asked::Show,
        };
        pin.into_iter().for_each(|pair| draft.pin(pair));
        ban.into_iter().for_each(|pair| draft.ban(pair));
        (draft, asked)
    };
    answer(&request, &app, caller.ctx, id.0, filled).await
}

pub(super) async fn take(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let filled = Draft::read(form.0)?;
    answer(&request, &app, caller.ctx, id.0, move |_| filled).await
}

/// Starts a run: as the programme is set where the form says nothing else, or from what was compared.
pub(super) async fn save(
    request: HttpRequest,
    app: Data<App>,
    caller: PageCaller,
    id: Path<ProgrammeId>,
    form: Form<Fields>,
) -> Result<HttpResponse, Problem> {
    let (draft, _) = Draft::read(form.0)?;
    let gone_by = gone_by(draft.seen.as_deref())?;
    let stop = StopWhenDropped::default();
    let (options, ctx, sent) = (stoppable(&stop), caller.ctx.clone(), draft.clone());
    let made = app
        .db
        .run(move |conn| {
            let wanted = sent.request(false)?;
            run_told(conn, &ctx, id.0, &wanted, gone_by, &options)
        })
        .await;
    match made {
        Ok(run) => {
            let lang = locale_of(&request);
            Ok(see_other(&format!(
                "/match-runs/{}?said=1&lang={lang}",
                run.id
            )))
        }
        Err(problem) => {
            let faults = Faults::of(caller.ctx.locale, problem)?;
            refused(&request, &app, caller.ctx, id.0, draft, faults).await
        }
    }
}

fn gone_by(seen: Option<&str>) -> Result<GoneBy, Problem> {
    let id = |text: &str| text.parse::<MatchRunId>();
    match seen {
        None => Ok(GoneBy::Nothing),
        Some("none") => Ok(GoneBy::Newest(None)),
        Some(run) => match id(run) {
            Ok(id) => Ok(GoneBy::Newest(Some(id))),
            Err(_) => Err(Problem::field("/seen", "not-an-id")),
        },
    }
}

fn stoppable(stop: &StopWhenDropped) -> Options {
    Options {
        cancel: Some(Cancel::clone(&stop.0)),
        ..Options::default()
    }
}

/// The page of a form that `filled` fills in, knowing how the programme is set.
async fn answer(
    request: &HttpRequest,
    app: &Data<App>,
    ctx: Context,
    id: ProgrammeId,
    filled: impl FnOnce(&MatchingSettings) -> (Draft, Asked) + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let stop = StopWhenDropped::default();
    let options = stoppable(&stop);
    let view = app
        .db
        .run(move |conn| {
            let mut sheet = Sheet::open(conn, &ctx, id, filled)?;
            sheet.do_it(conn, &ctx, &options)?;
            sheet.view(conn, &ctx)
        })
        .await?;
    show_page(request, &view)
}

/// The page with what a form was refused for.
async fn refused(
    request: &HttpRequest,
    app: &Data<App>,
    ctx: Context,
    id: ProgrammeId,
    draft: Draft,
    faults: Faults,
) -> Result<HttpResponse, Problem> {
    let view = app
        .db
        .run(move |conn| {
            let filled = move |own: &MatchingSettings| (draft.or(own), Asked::Show);
            let mut sheet = Sheet::open(conn, &ctx, id, filled)?;
            sheet.faults = faults;
            sheet.view(conn, &ctx)
        })
        .await?;
    show_page(request, &view)
}

fn show_page(request: &HttpRequest, view: &WhatIfPage) -> Result<HttpResponse, Problem> {
    let status = match view.faults.0.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page_with(request, status, "matching/what_if.html", view)
}

/// Everything that the page is made of.
struct Sheet {
    programme: Programme,
    own: MatchingSettings,
    draft: Draft,
    asked: Asked,
    faults: Faults,
    /// Among whom one has to choose.
    mentors: Vec<Taker>,
    mentees: Vec<Taker>,
    compared: Option<Compared>,
}

impl Sheet {
    fn open(
        conn: &mut Conn,
        ctx: &Context,
        id: ProgrammeId,
        filled: impl FnOnce(&MatchingSettings) -> (Draft, Asked),
    ) -> Result<Self, Problem> {
        let programme = programmes::store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::RunMatching, &programme.object())?;
        let own = programmes::store::settings_of(conn, id)?.matching;
        let (draft, asked) = filled(&own);
        Ok(Self {
            programme,
            own,
            draft,
            asked,
            faults: Faults::default(),
            mentors: Vec::new(),
            mentees: Vec::new(),
            compared: None,
        })
    }

    /// Takes in whom the form adds, and compares. What is wrong is kept to be shown; other problems are given back.
    fn do_it(&mut self, conn: &mut Conn, ctx: &Context, options: &Options) -> Result<(), Problem> {
        if self.asked == Asked::Add {
            self.add(conn, ctx)?;
        }
        if self.asked == Asked::Show || !self.faults.0.is_empty() {
            return Ok(());
        }
        let id = self.programme.id;
        let wanted = self.draft.request(true);
        match wanted.and_then(|wanted| what_if(conn, ctx, id, &wanted, options)) {
            Ok(compared) => self.compared = Some(compared),
            Err(problem) => self.faults = Faults::of(ctx.locale, problem)?,
        }
        Ok(())
    }

    fn add(&mut self, conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
        let adding = self.draft.adding.clone();
        let pair = match adding.kind.as_str() {
            "pin" | "ban" => true,
            "places" => false,
            _ => return Err(Problem::field("/kind", "unknown")),
        };
        let mentor = self.one(conn, ctx, Side::Mentor, &adding.mentor, adding.mentor_id)?;
        let mentee = match pair {
            true => self.one(conn, ctx, Side::Mentee, &adding.mentee, adding.mentee_id)?,
            false => None,
        };
        match (mentor, mentee) {
            (Some(mentor), Some(mentee)) => {
                let pair = PairOf {
                    mentor_participation_id: mentor,
                    mentee_participation_id: mentee,
                };
                match adding.kind.as_str() {
                    "pin" => self.draft.pin(pair),
                    _ => self.draft.ban(pair),
                }
            }
            (Some(mentor), None) if !pair => self.draft.give(mentor, adding.places),
            _ => return Ok(()),
        }
        // The fields are empty again for the next one.
        self.draft.adding = draft::Adding {
            kind: adding.kind,
            ..draft::Adding::default()
        };
        Ok(())
    }

    /// The one who is meant by a name; otherwise a fault at its field, and those among whom one can choose.
    fn one(
        &mut self,
        conn: &mut Conn,
        ctx: &Context,
        side: Side,
        name: &str,
        chosen: Option<ParticipationId>,
    ) -> Result<Option<ParticipationId>, Problem> {
        let code = match meant(conn, ctx, self.programme.id, side, name, chosen)? {
            Meant::One(taker) => return Ok(Some(taker.participation_id)),
            Meant::Several(among) => {
                match side {
                    Side::Mentor => self.mentors = among,
                    Side::Mentee => self.mentees = among,
                }
                "several-of-this-name"
            }
            Meant::TooMany => "too-many-of-this-name",
            Meant::Nobody if name.trim().is_empty() => "required",
            Meant::Nobody => match side {
                Side::Mentor => "no-mentor-of-this-name",
                Side::Mentee => "no-mentee-of-this-name",
            },
        };
        let fault = FieldError::new(format!("/{side}"), code);
        let told = Faults::of(ctx.locale, Problem::Invalid(vec![fault]))?;
        self.faults.0.extend(told.0);
        Ok(None)
    }
}

#[derive(Debug, Serialize)]
struct WhatIfPage {
    programme_id: ProgrammeId,
    programme: String,
    open: bool,
    weights: Vec<FieldView>,
    rules: Vec<FieldView>,
    objectives: Vec<OptionView>,
    objective: String,
    allow_matched_before: bool,
    reconsider_rejected: bool,
    pins: Vec<PairView>,
    bans: Vec<PairView>,
    places: Vec<PlacesView>,
    kinds: Vec<OptionView>,
    kind: String,
    mentor: String,
    mentee: String,
    number_typed: String,
    mentors: Vec<OptionView>,
    mentees: Vec<OptionView>,
    faults: Faults,
    compared: Option<ComparedView>,
}

/// A number of the form.
#[derive(Debug, Serialize)]
struct FieldView {
    name: String,
    label: String,
    hint: String,
    value: String,
    most: i64,
}

#[derive(Debug, Serialize)]
struct OptionView {
    value: String,
    label: String,
}

#[derive(Debug, Serialize)]
struct PairView {
    value: String,
    sentence: String,
    fault: Option<Fault>,
}

#[derive(Debug, Serialize)]
struct PlacesView {
    mentor: ParticipationId,
    name: String,
    typed: String,
}

impl Sheet {
    fn view(self, conn: &mut Conn, ctx: &Context) -> Result<WhatIfPage, Problem> {
        let locale = ctx.locale;
        let id = self.programme.id;
        let names = store::names_of(conn, id, &self.draft.people())?;
        let mut newest = store::newest_of(conn, &[id])?;
        let newest = newest.remove(&id).unwrap_or_default();
        let seen = overview::seen(newest.run.as_ref().map(|run| run.id));
        let (draft, own) = (&self.draft, &self.own);
        let compared = self
            .compared
            .as_ref()
            .map(|compared| ComparedView::of(locale, compared, draft, seen, newest.proposed));
        let field = |one: &Number| FieldView::of(locale, one, draft, own);
        let among = |takers: &[Taker]| takers.iter().map(OptionView::of_taker).collect();
        Ok(WhatIfPage {
            programme_id: id,
            programme: self.programme.name(locale).to_owned(),
            open: self.programme.status == ProgrammeStatus::Open,
            weights: draft::WEIGHTS.iter().map(field).collect(),
            rules: draft::RULES.iter().map(field).collect(),
            objectives: Objective::ALL
                .iter()
                .map(|one| OptionView::of(locale, one.as_str(), words::objective_key(*one)))
                .collect(),
            objective: draft.objective().to_owned(),
            allow_matched_before: draft.allows_matched_before(),
            reconsider_rejected: draft.reconsider_rejected,
            pins: self.pairs(locale, &names, &draft.pins, "pins"),
            bans: self.pairs(locale, &names, &draft.bans, "bans"),
            places: draft
                .places
                .iter()
                .map(|(mentor, typed)| PlacesView {
                    mentor: *mentor,
                    name: named(locale, &names, *mentor),
                    typed: typed.clone(),
                })
                .collect(),
            kinds: [
                ("pin", "match-whatif-kind-pin"),
                ("ban", "match-whatif-kind-ban"),
                ("places", "match-whatif-kind-places"),
            ]
            .map(|(value, key)| OptionView::of(locale, value, key))
            .into(),
            kind: draft.adding.kind.clone(),
            mentor: draft.adding.mentor.clone(),
            mentee: draft.adding.mentee.clone(),
            number_typed: draft.adding.places.clone(),
            mentors: among(&self.mentors),
            mentees: among(&self.mentees),
            compared,
            faults: self.faults,
        })
    }

    fn pairs(
        &self,
        locale: Locale,
        names: &HashMap<ParticipationId, String>,
        list: &[PairOf],
        name: &str,
    ) -> Vec<PairView> {
        let each = list.iter().enumerate().map(|(at, pair)| {
            let mentor = named(locale, names, pair.mentor_participation_id);
            let mentee = named(locale, names, pair.mentee_participation_id);
            let args = [("mentee", mentee.as_str()), ("mentor", mentor.as_str())];
            let field = format!("{name}/{at}");
            PairView {
                value: draft::written(pair),
                sentence: i18n::text_with_pairs(locale, "match-whatif-pair", args),
                fault: self
                    .faults
                    .0
                    .iter()
                    .find(|fault| fault.field == field)
                    .cloned(),
            }
        });
        each.collect()
    }
}

/// The name of somebody of the programme; of nobody else.
fn named(locale: Locale, names: &HashMap<ParticipationId, String>, id: ParticipationId) -> String {
    let name = names.get(&id).cloned();
    name.unwrap_or_else(|| i18n::text(locale, "match-whatif-somebody"))
}

impl FieldView {
    fn of(locale: Locale, number: &Number, draft: &Draft, own: &MatchingSettings) -> Self {
        let key = number.path.replace('/', "-").replace('_', "-");
        let as_set = i18n::number(locale, (number.of)(own));
        let hint = format!("match-setting-{key}-hint");
        let hint = match i18n::has(locale, &hint) {
            true => format!("{} ", i18n::text(locale, &hint)),
            false => String::new(),
        };
        let set =
            i18n::text_with_pairs(locale, "match-whatif-as-set", [("value", as_set.as_str())]);
        Self {
            name: draft::field(number.path),
            label: i18n::text(locale, &format!("match-setting-{key}")),
            hint: format!("{hint}{set}"),
            value: draft.typed(number.path).to_owned(),
            most: number.most,
        }
    }
}

impl OptionView {
    fn of(locale: Locale, value: &str, key: &str) -> Self {
        Self {
            value: value.to_owned(),
            label: i18n::text(locale, key),
        }
    }

    fn of_taker(taker: &Taker) -> Self {
        let label = match &taker.email {
            Some(email) => format!("{} ({email})", taker.name),
            None => taker.name.clone(),
        };
        Self {
            value: taker.participation_id.to_string(),
            label,
        }
    }
}
