//! The form of a what-if with everything that its page is made of: whom it adds, what is compared, what is wrong.

use super::draft::{Adding, Draft, Kind};
use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::{ParticipationId, ProgrammeId};
use crate::kernel::{Context, FieldError, Problem};
use crate::matching::engine::Options;
use crate::matching::meant::{Meant, meant};
use crate::matching::request::PairOf;
use crate::matching::store::{self, Newest, Taker};
use crate::matching::what_if::{Compared, what_if};
use crate::programmes::settings::MatchingSettings;
use crate::programmes::{self, Programme, Side};
use crate::web::layout::Faults;

/// The form and what has become of it.
pub struct Sheet {
    pub(super) programme: Programme,
    /// As the programme is set.
    pub(super) own: MatchingSettings,
    /// Where matching stood before anything was compared: a run that is finished meanwhile is not one that was seen.
    pub(super) newest: Newest,
    pub(super) draft: Draft,
    pub(super) faults: Faults,
    /// Among whom one has to choose.
    pub(super) mentors: Vec<Taker>,
    pub(super) mentees: Vec<Taker>,
    pub(super) compared: Option<Compared>,
}

impl Sheet {
    /// The form of a programme, as the programme is set where it says nothing of its own.
    ///
    /// # Errors
    /// 403, 404.
    pub fn open(
        conn: &mut Conn,
        ctx: &Context,
        id: ProgrammeId,
        draft: Draft,
    ) -> Result<Self, Problem> {
        let programme = programmes::store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::RunMatching, &programme.object())?;
        let own = programmes::store::settings_of(conn, id)?.matching;
        let mut newest = store::newest_of(conn, &[id])?;
        Ok(Self {
            newest: newest.remove(&id).unwrap_or_default(),
            draft: draft.or(&own),
            programme,
            own,
            faults: Faults::default(),
            mentors: Vec::new(),
            mentees: Vec::new(),
            compared: None,
        })
    }

    /// The query of the address that says what the form says.
    pub fn query(&self) -> String {
        self.draft.query(&self.own)
    }

    pub fn is_faultless(&self) -> bool {
        self.faults.0.is_empty()
    }

    /// What it was refused for, to be shown.
    pub fn refuse(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// Compares. What is wrong is kept to be shown; other problems are given back.
    ///
    /// # Errors
    /// A problem that nobody can mend in the form.
    pub fn compare(
        &mut self,
        conn: &mut Conn,
        ctx: &Context,
        options: &Options,
    ) -> Result<(), Problem> {
        let id = self.programme.id;
        let wanted = self.draft.request(true);
        match wanted.and_then(|wanted| what_if(conn, ctx, id, &wanted, options)) {
            Ok(compared) => self.compared = Some(compared),
            Err(problem) => self.faults = Faults::of(ctx.locale, problem)?,
        }
        Ok(())
    }

    /// Takes in whom the fields for adding name; otherwise says at the fields what is wrong.
    ///
    /// # Errors
    /// A database error.
    pub fn add(&mut self, conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
        let adding = self.draft.adding.clone();
        let mentor = self.one(conn, ctx, Side::Mentor, &adding.mentor, adding.mentor_id)?;
        let of_pair = adding.kind != Kind::Places;
        let mentee = match of_pair {
            true => self.one(conn, ctx, Side::Mentee, &adding.mentee, adding.mentee_id)?,
            false => None,
        };
        match (adding.kind, mentor, mentee) {
            (Kind::Pin, Some(mentor), Some(mentee)) => self.draft.pin(pair(mentor, mentee)),
            (Kind::Ban, Some(mentor), Some(mentee)) => self.draft.ban(pair(mentor, mentee)),
            (Kind::Places, Some(mentor), _) => self.draft.give(mentor, adding.places),
            _ => return Ok(()),
        }
        // The fields are empty again for the next one.
        self.draft.adding = Adding {
            kind: adding.kind,
            ..Adding::default()
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

fn pair(mentor: ParticipationId, mentee: ParticipationId) -> PairOf {
    PairOf {
        mentor_participation_id: mentor,
        mentee_participation_id: mentee,
    }
}
