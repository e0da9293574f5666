//! What waits for an answer in the demonstration: one of its programmes asks mentor and mentee before a mentorship
//! begins, and on the first morning some have answered, some have not.

use crate::access::accounts::store::addressee_of;
use crate::db::Conn;
use crate::kernel::{Actor, Context, Grant, IfMatch, Problem, Role};
use crate::matching::consent::answer;
use crate::matching::consent::model::{Answering, ConsentAnswer};
use crate::matching::store::{Filter, Sort, list_proposals};
use crate::matching::{Judgement, ProposalStatus, Verdict, consent, decide};
use crate::programmes::settings::ConsentSettings;
use crate::programmes::{self, Programme};

/// The short name of the programme that asks, and who coordinates it.
pub const ASKING: &str = "engineering-and-business";
const COORDINATOR: &str = "engineering@demo.example.org";

/// Lets a programme ask both, the mentor first.
pub fn let_it_ask(conn: &mut Conn, ctx: &Context, programme: &Programme) -> Result<(), Problem> {
    let mut settings = programmes::store::settings_of(conn, programme.id)?;
    settings.consent = ConsentSettings {
        mentor: true,
        mentee: true,
        ..ConsentSettings::default()
    };
    let id = programme.id;
    programmes::update::set_settings(conn, ctx, id, &IfMatch::any(), settings)?;
    Ok(())
}

/// What becomes of each of the best proposals, in their order: the answers of those who are asked, one after the
/// other.
const MORNING: &[&[ConsentAnswer]] = &[
    &[],
    &[ConsentAnswer::Given],
    &[ConsentAnswer::Given, ConsentAnswer::Given],
    &[],
    &[ConsentAnswer::Declined],
    &[ConsentAnswer::Given],
];

/// Approves a few of what the run proposed, as the coordinator, and answers for some of the people.
pub fn ask_some(conn: &mut Conn, ctx: &Context, programme: &Programme) -> Result<(), Problem> {
    let Some((coordinator, _)) = addressee_of(conn, COORDINATOR)? else {
        return Ok(());
    };
    let acting = ctx.acting_as(Actor::Account {
        id: coordinator.id,
        person_id: None,
        grants: vec![Grant {
            role: Role::Coordinator,
            programme_id: Some(programme.id),
        }],
    });
    let filter = Filter {
        programme_id: Some(programme.id),
        status: Some(ProposalStatus::Proposed),
        ..Filter::default()
    };
    let everybody = crate::access::Scope {
        all: true,
        ..crate::access::Scope::default()
    };
    let rows = i64::try_from(MORNING.len()).unwrap_or(0);
    let best = list_proposals(conn, &everybody, &filter, Sort::Best, None, rows)?;
    for (proposal, answers) in best.iter().zip(MORNING) {
        let approve = Judgement::new(Verdict::Approve);
        decide(conn, &acting, proposal.id, None, &approve)?;
        for said in *answers {
            let consents = consent::store::of_proposal(conn, proposal.id)?;
            let asked = |one: &&consent::MatchConsent| one.status == consent::ConsentStatus::Asked;
            let Some(one) = consents.iter().find(asked) else {
                break;
            };
            let given = Answering {
                answer: *said,
                reason: None,
            };
            let them = ctx.acting_as(Actor::Link {
                person_id: one.person_id,
            });
            answer::answer_by_link(conn, &them, one.id, &given)?;
        }
    }
    Ok(())
}
