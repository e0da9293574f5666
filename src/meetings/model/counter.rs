//! Another time that an attendee proposes for a meeting (RFC 5546, section 3.2.7 COUNTER; rule I10): what it can
//! become. It never moves the meeting by itself.
//!
//! ```text
//!             ┌─ the other side accepts: the meeting moves ──► accepted
//!             ├─ the other side declines ────────────────────► declined
//! open ───────┼─ whoever proposed it takes it back ──────────► withdrawn
//!             ├─ they propose another one, or the meeting
//!             │  moves or is called off meanwhile ───────────► superseded
//!             └─ its time has come too near ─────────────────► expired
//!
//! a calendar's proposal that cannot be ──────────────────────► refused
//! ```

crate::text_enum! {
    /// Where a proposal of another time stands. All but the first are final.
    pub enum CounterStatus {
        /// The other side has not said.
        Open => "open",
        /// They agreed, and the meeting has moved.
        Accepted => "accepted",
        /// They did not agree.
        Declined => "declined",
        /// Whoever proposed it took it back.
        Withdrawn => "withdrawn",
        /// Something newer holds: another proposal, another time, a cancellation.
        Superseded => "superseded",
        /// Nobody said anything until it was too late.
        Expired => "expired",
        /// It came from a calendar and could not be offered: not a common time, too soon, out of date.
        Refused => "refused",
    }
}

/// What can be done to a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterStep {
    Accept,
    Decline,
    Withdraw,
    Supersede,
    Lapse,
}

/// The proposal is not open any more; what it has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proposal is {0}")]
pub struct Closed(pub CounterStatus);

impl CounterStatus {
    /// The state after a step.
    ///
    /// # Errors
    /// [`Closed`] unless it is open.
    pub const fn after(self, step: CounterStep) -> Result<Self, Closed> {
        match (self, step) {
            (Self::Open, CounterStep::Accept) => Ok(Self::Accepted),
            (Self::Open, CounterStep::Decline) => Ok(Self::Declined),
            (Self::Open, CounterStep::Withdraw) => Ok(Self::Withdrawn),
            (Self::Open, CounterStep::Supersede) => Ok(Self::Superseded),
            (Self::Open, CounterStep::Lapse) => Ok(Self::Expired),
            (closed, _) => Err(Closed(closed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i10_a_proposal_is_decided_once() {
        use CounterStep::{Accept, Decline, Lapse, Supersede, Withdraw};
        for step in [Accept, Decline, Withdraw, Supersede, Lapse] {
            let after = CounterStatus::Open.after(step).unwrap();
            assert_ne!(after, CounterStatus::Open, "{step:?}");
            for again in [Accept, Decline, Withdraw, Supersede, Lapse] {
                assert_eq!(after.after(again), Err(Closed(after)), "{step:?} {again:?}");
            }
        }
        let refused = CounterStatus::Refused;
        assert_eq!(refused.after(Accept), Err(Closed(refused)));
    }
}
