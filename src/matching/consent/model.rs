//! What one of the two says to an offer, and when they may say it.

use diesel::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::Object;
use crate::db::schema::match_consents;
use crate::kernel::ids::{AccountId, MatchConsentId, PersonId, ProgrammeId, ProposalId};
use crate::kernel::{FieldError, Instant, Problem};
use crate::matching::ProposalStatus;
use crate::programmes::Side;
use crate::programmes::leave::MOST_REASON;
use crate::programmes::settings::{Asking, ConsentSettings};

crate::text_enum! {
    /// Where the consent of one of the two stands.
    pub enum ConsentStatus {
        /// The other side is asked first.
        Waiting => "waiting",
        /// Asked, not answered.
        Asked => "asked",
        Given => "given",
        Declined => "declined",
        /// Not answered in time.
        Lapsed => "lapsed",
        /// The offer ended for another reason.
        Void => "void",
    }
}

crate::text_enum! {
    /// What somebody says to an offer.
    pub enum ConsentAnswer { Given => "given", Declined => "declined" }
}

crate::text_enum! {
    /// How an answer came.
    #[schema(as = MatchConsentSource)]
    pub enum AnswerSource {
        /// Through the link in the mail.
        Link => "link",
        /// Through the API, by the person.
        Api => "api",
        /// Written down by a coordinator, after a telephone call for example.
        Staff => "staff",
    }
}

/// The consent of one of the two people of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = match_consents, treat_none_as_null = true)]
pub struct MatchConsent {
    pub id: MatchConsentId,
    pub proposal_id: ProposalId,
    pub programme_id: ProgrammeId,
    pub side: Side,
    pub person_id: PersonId,
    pub status: ConsentStatus,
    /// The person's own words for a no; for coordinators only.
    pub reason: Option<String>,
    pub token_hash: String,
    pub token_sealed: String,
    pub created_at: Instant,
    /// When the person was asked; `None` while the other side is asked first.
    pub asked_at: Option<Instant>,
    /// Until when the answer counts.
    pub due_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    pub answer_source: Option<AnswerSource>,
    pub version: i32,
}

/// An answer as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answering {
    pub answer: ConsentAnswer,
    /// Why not, in the person's own words, up to 1,000 characters. The coordinator reads it, the other side never.
    pub reason: Option<String>,
}

impl Answering {
    /// The reason of a no; a yes has none.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        let reason = self.reason.as_deref().map(str::trim);
        reason
            .filter(|reason| !reason.is_empty() && self.answer == ConsentAnswer::Declined)
            .map(str::to_owned)
    }

    /// # Errors
    /// 422 `/reason too-long`.
    pub fn check(&self) -> Result<(), Problem> {
        let long = |reason: String| reason.chars().count() > MOST_REASON;
        if self.reason().is_some_and(long) {
            let fault = FieldError::new("/reason", "too-long").with("most", MOST_REASON);
            return Err(Problem::Invalid(vec![fault]));
        }
        Ok(())
    }
}

/// What an answer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It says what is known already.
    Repeat,
    /// A yes.
    Give,
    /// A no, perhaps after a yes.
    Decline,
    /// A yes after a no.
    Revive,
}

impl MatchConsent {
    /// What the policy needs to know of it; `coach` follows the person.
    #[must_use]
    pub fn object(&self, coach: Option<AccountId>) -> Object {
        let (mentors, mentees) = match self.side {
            Side::Mentor => (vec![self.person_id], Vec::new()),
            Side::Mentee => (Vec::new(), vec![self.person_id]),
        };
        Object {
            programmes: vec![self.programme_id],
            mentors,
            mentees,
            coaches: coach.into_iter().collect(),
            ..Object::default()
        }
    }

    /// Whether the time to answer is over.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        self.due_at.is_some_and(|due| now >= due)
    }

    /// What an answer does now, while the proposal stands at `proposal`. One may change one's mind until the
    /// mentorship begins: a yes becomes a no at any time, a no becomes a yes before the deadline.
    ///
    /// # Errors
    /// 409 `consent-not-asked`, `consent-deadline-passed`, `consent-mentorship-began`, `consent-over`.
    pub fn step(
        &self,
        proposal: ProposalStatus,
        answer: ConsentAnswer,
        now: Instant,
    ) -> Result<Step, Problem> {
        use ConsentAnswer as A;
        use ConsentStatus as S;
        use ProposalStatus as P;
        match (proposal, self.status, answer) {
            (P::Offered, S::Waiting, _) => Err(Problem::conflict("consent-not-asked")),
            (P::Offered, S::Asked, _) | (P::Declined, S::Declined, A::Given)
                if self.is_over(now) =>
            {
                Err(Problem::conflict("consent-deadline-passed"))
            }
            (P::Offered, S::Asked, A::Given) => Ok(Step::Give),
            (P::Offered, S::Asked | S::Given, A::Declined) => Ok(Step::Decline),
            (P::Offered | P::Approved, S::Given, A::Given)
            | (P::Declined, S::Declined, A::Declined) => Ok(Step::Repeat),
            (P::Declined, S::Declined, A::Given) => Ok(Step::Revive),
            (P::Approved, ..) => Err(Problem::conflict("consent-mentorship-began")),
            (P::Lapsed, S::Lapsed, _) => Err(Problem::conflict("consent-deadline-passed")),
            _ => Err(Problem::conflict("consent-over")),
        }
    }
}

/// The sides that are asked, and whether each is asked at once or after the other.
#[must_use]
pub fn asked(settings: &ConsentSettings) -> Vec<(Side, ConsentStatus)> {
    let both = settings.mentor && settings.mentee;
    let then = |first: Asking| {
        if both && settings.order == first {
            ConsentStatus::Waiting
        } else {
            ConsentStatus::Asked
        }
    };
    let mut sides = Vec::new();
    if settings.mentor {
        sides.push((Side::Mentor, then(Asking::MenteeFirst)));
    }
    if settings.mentee {
        sides.push((Side::Mentee, then(Asking::MentorFirst)));
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::*;
    use ConsentStatus as S;
    use ProposalStatus as P;

    fn consent(status: ConsentStatus) -> MatchConsent {
        let at = |seconds: i64| Instant::from_millis(seconds * 1000).unwrap();
        let nil = uuid::Uuid::nil();
        MatchConsent {
            id: MatchConsentId(nil),
            proposal_id: ProposalId(nil),
            programme_id: ProgrammeId(nil),
            side: Side::Mentor,
            person_id: PersonId(nil),
            status,
            reason: None,
            token_hash: String::new(),
            token_sealed: String::new(),
            created_at: at(0),
            asked_at: Some(at(0)),
            due_at: Some(at(100)),
            answered_at: None,
            answer_source: None,
            version: 1,
        }
    }

    fn step(
        proposal: P,
        status: S,
        answer: ConsentAnswer,
        second: i64,
    ) -> Result<Step, &'static str> {
        let now = Instant::from_millis(second * 1000).unwrap();
        let step = consent(status).step(proposal, answer, now);
        step.map_err(|problem| problem.code())
    }

    #[test]
    fn an_answer_counts_until_the_deadline_and_a_mind_is_changed_until_the_mentorship_begins() {
        let (yes, no) = (ConsentAnswer::Given, ConsentAnswer::Declined);
        for (proposal, status, answer, second, becomes) in [
            (P::Offered, S::Asked, yes, 99, Ok(Step::Give)),
            (P::Offered, S::Asked, no, 99, Ok(Step::Decline)),
            (
                P::Offered,
                S::Asked,
                yes,
                100,
                Err("consent-deadline-passed"),
            ),
            (
                P::Offered,
                S::Asked,
                no,
                100,
                Err("consent-deadline-passed"),
            ),
            (P::Offered, S::Waiting, yes, 1, Err("consent-not-asked")),
            (P::Offered, S::Given, yes, 500, Ok(Step::Repeat)),
            (P::Offered, S::Given, no, 500, Ok(Step::Decline)),
            (P::Declined, S::Declined, no, 500, Ok(Step::Repeat)),
            (P::Declined, S::Declined, yes, 99, Ok(Step::Revive)),
            (
                P::Declined,
                S::Declined,
                yes,
                100,
                Err("consent-deadline-passed"),
            ),
            (P::Declined, S::Void, yes, 1, Err("consent-over")),
            (P::Approved, S::Given, yes, 1, Ok(Step::Repeat)),
            (
                P::Approved,
                S::Given,
                no,
                1,
                Err("consent-mentorship-began"),
            ),
            (
                P::Lapsed,
                S::Lapsed,
                yes,
                200,
                Err("consent-deadline-passed"),
            ),
            (P::Rejected, S::Void, yes, 1, Err("consent-over")),
            (P::Stale, S::Void, no, 1, Err("consent-over")),
        ] {
            let found = step(proposal, status, answer, second);
            assert_eq!(found, becomes, "{proposal} {status} {answer} {second}");
        }
    }

    #[test]
    fn the_mentor_is_asked_first_unless_the_programme_says_otherwise() {
        let of = |mentor, mentee, order| {
            asked(&ConsentSettings {
                mentor,
                mentee,
                order,
                ..ConsentSettings::default()
            })
        };
        let (mentor, mentee) = (Side::Mentor, Side::Mentee);
        for (settings, expected) in [
            (of(false, false, Asking::MentorFirst), vec![]),
            (
                of(true, true, Asking::MentorFirst),
                vec![(mentor, S::Asked), (mentee, S::Waiting)],
            ),
            (
                of(true, true, Asking::MenteeFirst),
                vec![(mentor, S::Waiting), (mentee, S::Asked)],
            ),
            (
                of(true, true, Asking::Together),
                vec![(mentor, S::Asked), (mentee, S::Asked)],
            ),
            // Alone, nobody waits for the other.
            (
                of(true, false, Asking::MenteeFirst),
                vec![(mentor, S::Asked)],
            ),
            (
                of(false, true, Asking::MentorFirst),
                vec![(mentee, S::Asked)],
            ),
        ] {
            assert_eq!(settings, expected);
        }
    }
}
