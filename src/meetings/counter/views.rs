//! What the API shows of a proposal of another time.

use serde::Serialize;
use utoipa::ToSchema;

use super::store::Counter;
use crate::kernel::Instant;
use crate::kernel::ids::{CounterId, MeetingId, PersonId};
use crate::meetings::model::{CounterStatus, Source};

/// Another time that an attendee proposes.
#[derive(Debug, Serialize, ToSchema)]
pub struct CounterView {
    pub id: CounterId,
    pub meeting_id: MeetingId,
    /// Who proposes it.
    pub person_id: PersonId,
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// What they wrote with it.
    pub note: Option<String>,
    /// Through which door it came.
    pub source: Source,
    pub status: CounterStatus,
    /// What the other side wrote when it declined; why a calendar's proposal was refused.
    pub reason: Option<String>,
    pub created_at: Instant,
    pub decided_at: Option<Instant>,
}

impl From<Counter> for CounterView {
    fn from(counter: Counter) -> Self {
        Self {
            id: counter.id,
            meeting_id: counter.meeting_id,
            person_id: counter.person_id,
            starts_at: counter.starts_at,
            ends_at: counter.ends_at,
            note: counter.note,
            source: counter.source,
            status: counter.status,
            reason: counter.reason,
            created_at: counter.created_at,
            decided_at: counter.decided_at,
        }
    }
}
