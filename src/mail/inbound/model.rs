//! What becomes of a message that came in (I14), and why: the words of table, API and page.

use super::understand::{Meaning, Reason};
use crate::icalendar::Limit;

crate::text_enum! {
    /// The way by which a message came.
    pub enum Door {
        /// Fetched from a mailbox.
        Imap => "imap",
        /// Piped by a mail server into `passerelle mail receive`.
        Pipe => "pipe",
        /// Posted by a provider.
        Webhook => "webhook",
    }
}

crate::text_enum! {
    /// What has become of it.
    #[schema(as = InboundState)]
    pub enum State {
        /// It did what it said.
        Applied => "applied",
        /// It is about something that is over, or older than what holds.
        Stale => "stale",
        /// Waits for its attendee or a coordinator.
        Held => "held",
        /// Set aside for a coordinator to look at.
        Quarantined => "quarantined",
        /// Nothing to do.
        Ignored => "ignored",
        /// It asked for what nobody outside may do.
        Refused => "refused",
        /// A mail server's report.
        Report => "report",
    }
}

crate::text_enum! {
    /// What a message is, at a glance.
    #[schema(as = InboundKind)]
    pub enum Kind {
        Answer => "answer",
        Proposal => "proposal",
        Refresh => "refresh",
        Report => "report",
        AutomaticReply => "automatic-reply",
        /// An Outlook attachment that nobody else can read.
        Tnef => "tnef",
        /// Words of a person.
        Words => "words",
        /// Not understood.
        Unknown => "unknown",
    }
}

crate::text_enum! {
    /// Why a message is in its state. Each has its sentence in the message files, as `inbound-why-CODE`.
    pub enum Why {
        // applied
        Answered => "answered",
        Repeated => "repeated",
        Proposed => "proposed",
        Agreed => "agreed",
        TurnedDown => "turned-down",
        Refreshed => "refreshed",
        Confirmed => "confirmed",
        ByCoordinator => "by-coordinator",
        // stale
        Outdated => "outdated",
        Superseded => "superseded",
        MeetingCancelled => "meeting-cancelled",
        MeetingOver => "meeting-over",
        MeetingReported => "meeting-reported",
        // held
        OtherSender => "other-sender",
        OtherAttendee => "other-attendee",
        Delegated => "delegated",
        Counter => "counter",
        Instance => "instance",
        Words => "words",
        // quarantined
        TooLarge => "too-large",
        TooManyEvents => "too-many-events",
        TooManyAttendees => "too-many-attendees",
        TooDeep => "too-deep",
        TooSlow => "too-slow",
        Unreadable => "unreadable",
        SeveralSenders => "several-senders",
        SeveralTokens => "several-tokens",
        PartsDiffer => "parts-differ",
        Incomplete => "incomplete",
        NoToken => "no-token",
        UnknownToken => "unknown-token",
        WrongMeeting => "wrong-meeting",
        FutureRevision => "future-revision",
        Forged => "forged",
        Failed => "failed",
        // refused
        NotForOutsiders => "not-for-outsiders",
        // ignored
        NoAnswer => "no-answer",
        AutomaticReply => "automatic-reply",
        OnlyTnef => "only-tnef",
        Dismissed => "dismissed",
        // report
        Undeliverable => "undeliverable",
        Delayed => "delayed",
        UnknownMail => "unknown-mail",
    }
}

impl Kind {
    /// Of what was understood.
    #[must_use]
    pub const fn of(meaning: &Meaning) -> Self {
        match meaning {
            Meaning::Answers(_) => Self::Answer,
            Meaning::Proposal(_) => Self::Proposal,
            Meaning::Refresh { .. } => Self::Refresh,
            Meaning::Report(_) => Self::Report,
            Meaning::AutomaticReply => Self::AutomaticReply,
            Meaning::OnlyTnef => Self::Tnef,
            Meaning::Words => Self::Words,
            Meaning::Quarantined(_) => Self::Unknown,
        }
    }
}

/// What a message that nobody may act on becomes.
#[must_use]
pub const fn set_aside_as(reason: Reason) -> (State, Why) {
    let why = match reason {
        Reason::NotForOutsiders(_) => return (State::Refused, Why::NotForOutsiders),
        Reason::TooLarge | Reason::TooMuch(Limit::Size) => Why::TooLarge,
        Reason::TooMuch(Limit::Events) => Why::TooManyEvents,
        Reason::TooMuch(Limit::Attendees) => Why::TooManyAttendees,
        Reason::TooMuch(Limit::Depth) => Why::TooDeep,
        Reason::TooSlow => Why::TooSlow,
        Reason::Unreadable => Why::Unreadable,
        Reason::SeveralSenders => Why::SeveralSenders,
        Reason::SeveralTokens => Why::SeveralTokens,
        Reason::PartsDiffer => Why::PartsDiffer,
        Reason::Incomplete => Why::Incomplete,
    };
    (State::Quarantined, why)
}
