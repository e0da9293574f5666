//! Offering a proposal to its two people, asking them, and taking an offer back.

use chrono::Duration;

use super::lapse;
use super::links;
use super::mails;
use super::model::asked;
use super::next::next_in;
use super::store;
use crate::db::Conn;
use crate::kernel::ids::{MatchConsentId, PersonId};
use crate::kernel::{Context, Problem};
use crate::matching::consent::{ConsentStatus, MatchConsent};
use crate::matching::{Proposal, ProposalStatus, decide};
use crate::mentorships::start::{hold_in, let_go_in};
use crate::programmes;
use crate::programmes::Side;
use crate::programmes::settings::ConsentSettings;

/// Who hears that an offer has come to nothing, of those who were asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Everybody,
    /// Everybody but the person who ended it.
    But(PersonId),
}

/// Holds a place of each and asks those who are asked first. Call it in the transaction that marks the proposal
/// as offered and that holds the programme's row.
///
/// # Errors
/// Whatever would refuse the beginning of the mentorship; then nothing is held, if the caller goes back to a
/// savepoint.
pub(in crate::matching) fn offer_in(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    settings: &ConsentSettings,
) -> Result<(), Problem> {
    hold_in(
        conn,
        ctx,
        proposal.mentor_participation_id,
        proposal.mentee_participation_id,
    )?;
    for (side, status) in asked(settings) {
        let token = links::new_token(ctx)?;
        let consent = MatchConsent {
            id: MatchConsentId::new(ctx.now),
            proposal_id: proposal.id,
            programme_id: proposal.programme_id,
            side,
            person_id: match side {
                Side::Mentor => proposal.mentor_id,
                Side::Mentee => proposal.mentee_id,
            },
            status: ConsentStatus::Waiting,
            reason: None,
            token_hash: token.hash,
            token_sealed: token.sealed,
            created_at: ctx.now,
            asked_at: None,
            due_at: None,
            answered_at: None,
            answer_source: None,
            version: 1,
        };
        store::insert(conn, &consent)?;
        if status == ConsentStatus::Asked {
            ask_in(conn, ctx, proposal, consent, settings)?;
        }
    }
    Ok(())
}

/// Asks one person: from now on the deadline runs.
pub(super) fn ask_in(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    consent: MatchConsent,
    settings: &ConsentSettings,
) -> Result<MatchConsent, Problem> {
    let due = ctx.now.plus(Duration::days(settings.deadline_days.into()));
    let consent = store::save(
        conn,
        MatchConsent {
            status: ConsentStatus::Asked,
            asked_at: Some(ctx.now),
            due_at: Some(due),
            ..consent
        },
    )?;
    mails::ask(conn, ctx, proposal, &consent, mails::Asking::First)?;
    lapse::schedule(conn, ctx, &consent, settings.reminder_days)?;
    Ok(consent)
}

/// Ends an offer without changing the proposal itself: links and jobs are void, the places are free, and those
/// who were asked hear that it does not come about.
///
/// # Errors
/// A database error.
pub(in crate::matching) fn release_in(
    conn: &mut Conn,
    ctx: &Context,
    proposal: &Proposal,
    told: Told,
) -> Result<(), Problem> {
    for consent in store::of_proposal(conn, proposal.id)? {
        lapse::cancel(conn, ctx, consent.id)?;
        let open = matches!(
            consent.status,
            ConsentStatus::Waiting | ConsentStatus::Asked | ConsentStatus::Given
        );
        if !open {
            continue;
        }
        let was_asked = consent.status != ConsentStatus::Waiting;
        let consent = store::save(
            conn,
            MatchConsent {
                status: ConsentStatus::Void,
                ..consent
            },
        )?;
        if was_asked && told != Told::But(consent.person_id) {
            mails::off(conn, ctx, proposal, &consent)?;
        }
    }
    let_go_in(
        conn,
        ctx,
        proposal.mentor_participation_id,
        proposal.mentee_participation_id,
    )
}

/// How an offer ends that does not become a mentorship.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub status: ProposalStatus,
    /// By what it was overtaken.
    pub reason: Option<&'static str>,
    pub told: Told,
}

/// Ends an offer and does what the programme wants to come next, in the caller's transaction.
pub(super) fn end_in(
    conn: &mut Conn,
    ctx: &Context,
    before: &Proposal,
    end: End,
) -> Result<Proposal, Problem> {
    release_in(conn, ctx, before, end.told)?;
    let after = Proposal {
        status: end.status,
        reason: end.reason.map(str::to_owned),
        decided_at: Some(ctx.now),
        version: before.version + 1,
        ..before.clone()
    };
    crate::matching::store::save_proposal(conn, &after, before.version)?;
    decide::audit(conn, ctx, "proposal.offer-ended", before, &after)?;
    let settings = programmes::store::settings_of(conn, before.programme_id)?.consent;
    next_in(conn, ctx, &after, &settings)?;
    Ok(after)
}
