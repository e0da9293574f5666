//! Typed ids: UUIDv7 newtypes, so that a mentor's id cannot be passed where a meeting's is wanted.
//! Version 7 sorts by the time of making, which keeps indexes compact and lists in order.

use crate::kernel::Instant;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = crate::kernel::sql::SqlUuid)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id, made at `now`: later ids sort after earlier ones.
            pub fn new(now: Instant) -> Self { Self(new_uuid(now)) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> { uuid::Uuid::parse_str(s).map(Self) }
        }
        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self { id.0 }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                crate::kernel::sql::text_schema(utoipa::openapi::KnownFormat::Uuid)
            }
        }
        impl utoipa::ToSchema for $name {}
    )+
        /// Calls `$with!` with every id type, so that the database's codecs are written once.
        macro_rules! with_every_id { ($with:ident) => { $with! { $($name),+ } } }
        pub(crate) use with_every_id;
    };
}

ids! {
    /// Someone who can sign in.
    AccountId,
    /// A role held by an account.
    GrantId,
    /// A single-use link to set or reset a password.
    AccountTokenId,
    /// A refresh token; its family is one sign-in on one device.
    RefreshTokenId,
    /// All refresh tokens that came from one sign-in.
    FamilyId,
    /// An access token.
    AccessTokenId,
    /// A key that signs access tokens.
    SigningKeyId,
    /// A counter of attempts.
    ThrottleId,
    /// A line of the audit log.
    AuditId,
    /// A remembered answer to a POST.
    IdempotencyId,
    /// A mail in the outbox.
    OutboxId,
    /// A message that came in.
    InboundId,
    /// A job that waits for its time.
    JobId,
    /// An import of people.
    ImportId,
    /// A row of an import.
    ImportRowId,
    /// A human being: newcomer, mentor, or both over time.
    PersonId,
    /// An occupation of a person.
    PersonOccupationId,
    /// A language of a person.
    PersonLanguageId,
    /// A topic that a person wants or offers.
    PersonTopicId,
    PersonWishId,
    /// A weekly rule of availability.
    AvailabilityRuleId,
    /// An exception to the weekly rules.
    AvailabilityExceptionId,
    /// A consent given or withdrawn.
    ConsentId,
    /// Two people who must not be matched.
    ConflictOfInterestId,
    /// A programme.
    ProgrammeId,
    /// A person's part in a programme, as mentor or mentee.
    ParticipationId,
    /// A run of the matcher.
    MatchRunId,
    /// A pair that a run proposes.
    ProposalId,
    /// A decision about a proposal.
    DecisionId,
    /// What one of the two says to a proposal that is offered.
    MatchConsentId,
    /// A mentor and a mentee who work together.
    MentorshipId,
    /// A meeting of a mentorship.
    MeetingId,
    /// A person's part in a meeting.
    AttendeeId,
    /// An answer to an invitation.
    AnswerId,
    /// Another time that an attendee proposes.
    CounterId,
    /// A secret address that mails carry.
    MailLinkId,
    /// A series of meetings.
    SeriesId,
    /// The secret address of a calendar that programs subscribe to.
    FeedId,
    /// A person's own calendar, of which the platform knows when it is busy.
    BusyCalendarId,
    /// A person's part in a series of meetings.
    SeriesAttendeeId,
    /// An entry in the ledger of hours.
    HoursEntryId,
}

/// A UUIDv7 made at `now`.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where ids are made"
)]
fn new_uuid(now: Instant) -> uuid::Uuid {
    let millis = u64::try_from(now.utc().timestamp_millis()).unwrap_or(0);
    let mut random = [0u8; 10];
    match crate::kernel::secret::fill_random(&mut random) {
        Ok(()) => uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(),
        // Without the system's randomness the generator of the uuid crate still gives unique ids.
        Err(_) => uuid::Uuid::now_v7(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_later_sort_later_and_carry_version_7() {
        let at = |ms| Instant::from_millis(ms).unwrap();
        let (a, b) = (MeetingId::new(at(1_000)), MeetingId::new(at(2_000)));
        assert!(a < b);
        assert_eq!(a.0.get_version_num(), 7);
        assert_ne!(MeetingId::new(at(1_000)), MeetingId::new(at(1_000)));
    }
}
