//! The queries of the digests, the same text for both databases. Nothing is decided here.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::gather::Reach;
use crate::db::schema::{
    account_grants, accounts, digest_settings, hours_entries, inbound_messages, match_consents,
    match_runs, meeting_attendees, meetings, mentorships, outbox, participations, programmes,
    proposals,
};
use crate::db::{Conn, MultiBackend, UpsertExt, cols};
use crate::hours::model::Status as HoursStatus;
use crate::kernel::ids::{
    AccountId, MeetingId, MentorshipId, ParticipationId, PersonId, ProgrammeId, ProposalId,
};
use crate::kernel::{Instant, Locale, Role};
use crate::mail::deliver::OVERDUE;
use crate::mail::inbound::State as InboundState;
use crate::mail::outbox::MailStatus;
use crate::mail::queue::Row as Mail;
use crate::matching::consent::ConsentStatus;
use crate::matching::model::{ProposalStatus, RunStatus};
use crate::meetings::model::{Partstat, State};
use crate::meetings::store::Meeting;
use crate::programmes::ParticipationStatus;

/// An account that may get a digest.
#[derive(Debug, Clone, Queryable)]
pub struct Account {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub locale: Locale,
}

/// The accounts that coordinate or administer.
pub fn readers(conn: &mut Conn) -> QueryResult<Vec<(Account, Role, Option<ProgrammeId>)>> {
    let rows: Vec<(AccountId, String, String, Locale, Role, Option<ProgrammeId>)> = accounts::table
        .inner_join(account_grants::table.on(account_grants::account_id.eq(accounts::id)))
        .filter(accounts::status.eq("active"))
        .filter(account_grants::role.eq_any([Role::Coordinator, Role::Administrator]))
        .order((accounts::id, account_grants::id))
        .select((
            accounts::id,
            accounts::display_name,
            accounts::email,
            accounts::locale,
            account_grants::role,
            account_grants::programme_id,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, name, email, locale, role, programme)| {
            let account = Account {
                id,
                name,
                email,
                locale,
            };
            (account, role, programme)
        })
        .collect())
}

/// What an account has said about its digest.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = digest_settings)]
pub struct Setting {
    pub account_id: AccountId,
    pub wanted: bool,
    /// The deployment's hour where none is given.
    pub hour: Option<i32>,
    /// The zone of the account's first programme where none is given.
    pub zone: Option<String>,
    /// The last local day on which one was due.
    pub last_on: Option<NaiveDate>,
}

/// All that was said.
pub fn settings(conn: &mut Conn) -> QueryResult<Vec<Setting>> {
    digest_settings::table
        .select(Setting::as_select())
        .load(conn)
}

/// What one account has said.
pub fn setting(conn: &mut Conn, id: AccountId) -> QueryResult<Option<Setting>> {
    digest_settings::table
        .find(id)
        .select(Setting::as_select())
        .first(conn)
        .optional()
}

/// Keeps what an account says; when one was last due stays.
pub fn save(conn: &mut Conn, setting: &Setting) -> QueryResult<()> {
    diesel::insert_into(digest_settings::table)
        .values(setting)
        .upsert(&["account_id"], &["wanted", "hour", "zone"])
        .execute(conn)
        .map(|_| ())
}

/// Marks the digest of a local day as due, once: false when another worker was faster, or when it is not wanted
/// any more.
pub fn claim(conn: &mut Conn, id: AccountId, day: NaiveDate) -> QueryResult<bool> {
    let untouched = Setting {
        account_id: id,
        wanted: true,
        hour: None,
        zone: None,
        last_on: None,
    };
    diesel::insert_into(digest_settings::table)
        .values(&untouched)
        .upsert(&["account_id"], &[])
        .execute(conn)?;
    let not_yet = digest_settings::last_on
        .is_null()
        .or(digest_settings::last_on.lt(day).assume_not_null());
    let row = digest_settings::table
        .find(id)
        .filter(digest_settings::wanted.eq(true))
        .filter(not_yet);
    let claimed = diesel::update(row)
        .set(digest_settings::last_on.eq(Some(day)))
        .execute(conn)?;
    Ok(claimed == 1)
}

/// The zones and names of the programmes, and whether somebody coordinates them.
pub fn programme_zones(conn: &mut Conn) -> QueryResult<Vec<(ProgrammeId, String)>> {
    programmes::table
        .order(programmes::id)
        .select((programmes::id, programmes::zone))
        .load(conn)
}

/// Mails that are dead, the newest first; what was overdue needs nobody, nor does the reader's own digest.
pub fn dead_mails(conn: &mut Conn, reach: &Reach, most: i64) -> QueryResult<Vec<Mail>> {
    let mut query = outbox::table
        .filter(outbox::status.eq(MailStatus::Dead))
        .filter(
            outbox::last_error
                .is_null()
                .or(outbox::last_error.ne(OVERDUE).assume_not_null()),
        )
        .filter(
            outbox::account_id
                .is_null()
                .or(outbox::account_id.ne(reach.account).assume_not_null()),
        )
        .into_boxed::<MultiBackend>();
    query = if reach.without_programme {
        query.filter(
            outbox::programme_id.is_null().or(outbox::programme_id
                .eq_any(reach.programmes.clone())
                .assume_not_null()),
        )
    } else {
        query.filter(outbox::programme_id.eq_any(reach.programmes.clone()))
    };
    query
        .order(outbox::id.desc())
        .limit(most)
        .select(cols::<Mail>())
        .load(conn)
}

/// The meetings with an attendee who answered so, as part of a query.
#[diesel::dsl::auto_type(no_type_alias)]
fn answered(partstat: Partstat) -> _ {
    meeting_attendees::table
        .filter(meeting_attendees::partstat.eq(partstat))
        .select(meeting_attendees::meeting_id)
}

/// Meetings that stand and that somebody declined, from `since` on.
pub fn declined(
    conn: &mut Conn,
    reach: &Reach,
    since: Instant,
    most: i64,
) -> QueryResult<Vec<Meeting>> {
    meetings::table
        .filter(meetings::programme_id.eq_any(&reach.programmes))
        .filter(meetings::status.eq(State::Scheduled))
        .filter(meetings::starts_at.gt(since))
        .filter(meetings::id.eq_any(answered(Partstat::Declined)))
        .order((meetings::starts_at, meetings::id))
        .limit(most)
        .select(Meeting::as_select())
        .load(conn)
}

/// Coming meetings that somebody has not answered and nobody declined, which begin before `soon` or whose
/// invitation is older than `before`.
pub fn unanswered(
    conn: &mut Conn,
    reach: &Reach,
    now: Instant,
    (soon, before): (Instant, Instant),
    most: i64,
) -> QueryResult<Vec<Meeting>> {
    meetings::table
        .filter(meetings::programme_id.eq_any(&reach.programmes))
        .filter(meetings::status.eq(State::Scheduled))
        .filter(meetings::starts_at.gt(now))
        .filter(
            meetings::starts_at
                .lt(soon)
                .or(meetings::dtstamp.lt(before)),
        )
        .filter(meetings::id.eq_any(answered(Partstat::NeedsAction)))
        .filter(meetings::id.ne_all(answered(Partstat::Declined)))
        .order((meetings::starts_at, meetings::id))
        .limit(most)
        .select(Meeting::as_select())
        .load(conn)
}

/// Messages that came in and are held or set aside: whose they seem to be, and when they came, the oldest first.
pub fn held_messages(
    conn: &mut Conn,
    reach: &Reach,
    most: i64,
) -> QueryResult<Vec<(Option<PersonId>, Instant)>> {
    inbound_messages::table
        .filter(inbound_messages::programme_id.eq_any(reach.programmes.clone()))
        .filter(inbound_messages::state.eq_any([InboundState::Held, InboundState::Quarantined]))
        .order((inbound_messages::received_at, inbound_messages::id))
        .limit(most)
        .select((inbound_messages::person_id, inbound_messages::received_at))
        .load(conn)
}

/// Proposals that wait for a decision, with mentor and mentee, the oldest first.
pub fn open_proposals(
    conn: &mut Conn,
    reach: &Reach,
    most: i64,
) -> QueryResult<Vec<(ProposalId, PersonId, PersonId)>> {
    proposals::table
        .filter(proposals::programme_id.eq_any(&reach.programmes))
        .filter(proposals::status.eq(ProposalStatus::Proposed))
        .order(proposals::id)
        .limit(most)
        .select((proposals::id, proposals::mentor_id, proposals::mentee_id))
        .load(conn)
}

/// Somebody who was asked about a pair, its mentor and mentee, and until when the answer counts.
pub type Due = (PersonId, PersonId, PersonId, Option<Instant>);

/// Consents that are asked for and whose deadline is not later than `due`, the soonest first.
pub fn consents_due(
    conn: &mut Conn,
    reach: &Reach,
    due: Instant,
    most: i64,
) -> QueryResult<Vec<Due>> {
    match_consents::table
        .inner_join(proposals::table)
        .filter(match_consents::programme_id.eq_any(&reach.programmes))
        .filter(match_consents::status.eq(ConsentStatus::Asked))
        .filter(match_consents::due_at.assume_not_null().le(due))
        .filter(proposals::status.eq(ProposalStatus::Offered))
        .order((match_consents::due_at, match_consents::id))
        .limit(most)
        .select((
            match_consents::person_id,
            proposals::mentor_id,
            proposals::mentee_id,
            match_consents::due_at,
        ))
        .load(conn)
}

/// An offer that came to nothing.
#[derive(Debug, Clone)]
pub struct Ended {
    pub proposal: ProposalId,
    pub mentor: PersonId,
    pub mentee: PersonId,
    pub status: ProposalStatus,
    /// By what it was overtaken.
    pub reason: Option<String>,
    /// Who said no, or nothing.
    pub by: Option<PersonId>,
}

/// Offers that ended after `since` in a no, in silence or overtaken, and whose mentee still waits: has no mentor, is
/// in no open proposal, and no run has looked at them again. The oldest first.
pub fn offers_ended(
    conn: &mut Conn,
    reach: &Reach,
    since: Instant,
    most: i64,
) -> QueryResult<Vec<Ended>> {
    let mut found = Vec::new();
    for programme in &reach.programmes {
        let last_run: Option<Instant> = match_runs::table
            .filter(match_runs::programme_id.eq(programme))
            .filter(match_runs::status.eq(RunStatus::Done))
            .order(match_runs::started_at.desc())
            .select(match_runs::started_at)
            .first(conn)
            .optional()?;
        let since = last_run.map_or(since, |run| run.max(since));
        let left = usize::try_from(most)
            .unwrap_or(usize::MAX)
            .saturating_sub(found.len());
        found.extend(ended_in(conn, *programme, since)?.into_iter().take(left));
    }
    Ok(found)
}

fn ended_in(conn: &mut Conn, programme: ProgrammeId, since: Instant) -> QueryResult<Vec<Ended>> {
    let waiting = participations::table
        .filter(participations::programme_id.eq(programme))
        .filter(participations::status.eq(ParticipationStatus::Enrolled))
        .filter((participations::taken + participations::held).eq(0))
        .select(participations::id);
    let open = [
        ProposalStatus::Proposed,
        ProposalStatus::Held,
        ProposalStatus::Offered,
    ];
    let looked_after: Vec<ParticipationId> = proposals::table
        .filter(proposals::programme_id.eq(programme))
        .filter(proposals::status.eq_any(open))
        .select(proposals::mentee_participation_id)
        .load(conn)?;
    type Row = (
        (ProposalId, ParticipationId, PersonId, PersonId),
        (ProposalStatus, Option<String>),
        (PersonId, ConsentStatus),
    );
    let ended = [
        ProposalStatus::Declined,
        ProposalStatus::Lapsed,
        ProposalStatus::Stale,
    ];
    let rows: Vec<Row> = proposals::table
        .inner_join(match_consents::table)
        .filter(proposals::programme_id.eq(programme))
        .filter(proposals::status.eq_any(ended))
        .filter(proposals::decided_at.assume_not_null().gt(since))
        .filter(proposals::mentee_participation_id.eq_any(waiting))
        .order((proposals::decided_at, proposals::id))
        .select((
            (
                proposals::id,
                proposals::mentee_participation_id,
                proposals::mentor_id,
                proposals::mentee_id,
            ),
            (proposals::status, proposals::reason),
            (match_consents::person_id, match_consents::status),
        ))
        .load(conn)?;
    let mut found: Vec<Ended> = Vec::new();
    for ((id, mentee_part, mentor, mentee), (status, reason), (person, said)) in rows {
        if looked_after.contains(&mentee_part) {
            continue;
        }
        let by = matches!(said, ConsentStatus::Declined | ConsentStatus::Lapsed).then_some(person);
        match found.last_mut().filter(|last| last.proposal == id) {
            Some(ended) => ended.by = ended.by.or(by),
            None => found.push(Ended {
                proposal: id,
                mentor,
                mentee,
                status,
                reason,
                by,
            }),
        }
    }
    Ok(found)
}

/// An active mentorship, and the rhythm in days in which its programme's pairs meet.
pub type Pair = (MentorshipId, PersonId, PersonId, Instant, i32);

/// The active mentorships, the oldest first.
pub fn pairs(conn: &mut Conn, reach: &Reach) -> QueryResult<Vec<Pair>> {
    mentorships::table
        .inner_join(programmes::table)
        .filter(mentorships::programme_id.eq_any(&reach.programmes))
        .filter(mentorships::status.eq("active"))
        .order((mentorships::started_at, mentorships::id))
        .select((
            mentorships::id,
            mentorships::mentor_id,
            mentorships::mentee_id,
            mentorships::started_at,
            programmes::rhythm_days,
        ))
        .load(conn)
}

/// The meetings of some mentorships from `since` on that were not called off and took, or will take, place.
pub fn meetings_since(
    conn: &mut Conn,
    of: &[MentorshipId],
    since: Instant,
) -> QueryResult<Vec<(MentorshipId, Instant)>> {
    meetings::table
        .filter(meetings::mentorship_id.eq_any(of))
        .filter(meetings::status.eq_any([State::Scheduled, State::Held]))
        .filter(meetings::starts_at.gt(since))
        .order((meetings::starts_at, meetings::id))
        .select((meetings::mentorship_id, meetings::starts_at))
        .load(conn)
}

/// Entries of hours to decide about: whose, how many minutes, of which day, the oldest first.
pub fn open_hours(
    conn: &mut Conn,
    reach: &Reach,
    most: i64,
) -> QueryResult<Vec<(PersonId, i32, NaiveDate)>> {
    hours_entries::table
        .filter(hours_entries::programme_id.eq_any(&reach.programmes))
        .filter(hours_entries::status.eq_any([HoursStatus::Attested, HoursStatus::Disputed]))
        .order(hours_entries::id)
        .limit(most)
        .select((
            hours_entries::person_id,
            hours_entries::minutes,
            hours_entries::worked_on,
        ))
        .load(conn)
}

/// The id of a meeting, for the lists of this room.
#[must_use]
pub fn ids(found: &[Meeting]) -> Vec<MeetingId> {
    found.iter().map(|meeting| meeting.id).collect()
}
