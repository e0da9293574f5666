//! What each template needs, as types: a value that a template uses and nobody gives does not
//! compile, and a test renders every one of them in both languages.

use serde::{Deserialize, Serialize};

use super::{
    clean::{Line, Link, Text},
    templates::{Kind, Template},
    when::{Day, When},
};

macro_rules! templates {
    ($($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        pub struct $name { $($(#[$field_meta])* pub $field: $type),+ }

        impl Template for $name {
            const KIND: Kind = Kind::$name;
        }
    )+};
}

/// A meeting, as its recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingFacts {
    /// The name of the other side.
    pub other: Line,
    /// In the recipient's zone and language.
    pub when: When,
    /// How it repeats, for a series; a whole sentence in the recipient's language.
    #[serde(default)]
    pub repeats: Option<Line>,
    /// The programme's name in the recipient's language.
    pub programme: Line,
    /// A room, a café, "by telephone".
    pub place: Option<Line>,
    /// Where to meet online.
    pub url: Option<Link>,
    /// A note of whoever planned it.
    pub note: Option<Text>,
}

/// The three buttons: each leads to a page that asks once more (L1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerLinks {
    pub accept: Link,
    pub tentative: Link,
    pub decline: Link,
}

/// What somebody answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnswerWord {
    Accepted,
    Tentative,
    Declined,
}

/// Which side of a mentorship the recipient is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Mentor,
    Mentee,
}

/// Another time, and the page that asks once more about it (L1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferLink {
    pub when: When,
    pub link: Link,
}

/// One kind of things that wait, in a digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestSection {
    pub title: Line,
    /// The first few, in the recipient's words.
    pub lines: Vec<Line>,
    /// How many there are beside these.
    pub more: u32,
    /// What to do about them, in the recipient's words.
    pub action: Line,
    /// Where to do it.
    pub link: Link,
}

/// Why another time that somebody proposed will not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CounterRefusal {
    /// The other side did not agree.
    Declined,
    /// One of the two is not free then.
    Taken,
    /// Sooner than meetings can be booked, or past.
    TooSoon,
    /// Further ahead than meetings can be booked.
    TooFar,
    /// The meeting has another time since.
    Moved,
    /// The other side did not say until it was too late.
    Unanswered,
    /// No time that could be understood, or the meeting's own.
    Unclear,
}

/// An hours entry that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedHours {
    pub on: Day,
    /// In the recipient's language.
    pub activity: Line,
    pub minutes: i32,
    /// What the coordinator wrote.
    pub reason: Text,
}

templates! {
    /// An account was opened: choose a password.
    AccountInvitation {
        name: Line,
        link: Link,
        /// How long the link works, in days.
        days: u32,
    }

    /// Somebody forgot the password.
    PasswordReset {
        name: Line,
        link: Link,
        /// How long the link works, in hours.
        hours: u32,
    }

    /// A mentorship begins; to each side.
    MentorshipIntroduction {
        name: Line,
        side: Side,
        other: Line,
        programme: Line,
        /// What they have in common, as whole sentences in the recipient's language.
        about: Vec<Line>,
        /// Where to choose a time for the first meeting.
        link: Option<Link>,
    }

    /// Would they like to work together? To whoever is asked before a mentorship begins.
    MatchConsent {
        name: Line,
        /// The side that is asked.
        side: Side,
        /// The first name of the other.
        other: Line,
        /// What a mentor has worked as, or a mentee aims at.
        profession: Option<Line>,
        programme: Line,
        /// Until when the answer counts; start and end are the same.
        until: When,
        /// The deadline is near.
        reminder: bool,
        /// The page that asks (L1).
        link: Link,
    }

    /// An offer does not come about; to whoever was asked and did not end it.
    MatchOff {
        name: Line,
        side: Side,
        other: Line,
        programme: Line,
    }

    /// A mentorship has ended; to each side.
    MentorshipEnded {
        name: Line,
        other: Line,
        programme: Line,
        /// What the coordinator wants to say about it; never the internal reason.
        note: Option<Text>,
    }

    /// Somebody takes part in a programme no longer, by another's decision.
    ParticipationEnded {
        name: Line,
        programme: Line,
    }

    /// Hours were not accepted; everything of ten minutes in one mail.
    HoursRejected {
        name: Line,
        programme: Line,
        entries: Vec<RejectedHours>,
    }

    /// A meeting was booked.
    MeetingInvitation {
        name: Line,
        meeting: MeetingFacts,
        answers: AnswerLinks,
    }

    /// A meeting changed.
    MeetingUpdate {
        name: Line,
        meeting: MeetingFacts,
        /// The time it had, when it moved.
        was: Option<When>,
        /// The hour is the agreed one and the instant is not: the law about clocks has changed.
        clocks: bool,
        /// Whether the recipient has accepted it as it is now.
        answered: bool,
        answers: AnswerLinks,
    }

    /// A meeting will not take place.
    MeetingCancellation {
        name: Line,
        meeting: MeetingFacts,
        /// What whoever cancelled wrote.
        note: Option<Text>,
        /// Where to choose another time.
        link: Option<Link>,
    }

    /// A meeting is near.
    MeetingReminder {
        name: Line,
        meeting: MeetingFacts,
        /// Whether the recipient has accepted already.
        answered: bool,
        answers: AnswerLinks,
        /// Where to pause one's participation.
        pause: Link,
        /// Stops the reminders; also the one-click address of the header (O10).
        unsubscribe: Link,
    }

    /// A meeting should have taken place.
    MeetingFollowUp {
        name: Line,
        meeting: MeetingFacts,
        /// "It took place": asks for the length, then writes the hours.
        held: Link,
        /// "It did not happen".
        not_held: Link,
        /// Where to pause one's participation.
        pause: Link,
    }

    /// The other side declined.
    MeetingDeclined {
        name: Line,
        meeting: MeetingFacts,
        /// What they wrote.
        note: Option<Text>,
        /// Common times, one click each; none where the two have none.
        offers: Vec<OfferLink>,
        /// Where to choose another time.
        link: Option<Link>,
    }

    /// The recipient declined in their calendar: other times.
    MeetingOtherTimes {
        name: Line,
        meeting: MeetingFacts,
        /// Common times, one click each.
        offers: Vec<OfferLink>,
        /// All common times.
        link: Link,
    }

    /// The recipient has not answered an invitation for a while.
    MeetingNudge {
        name: Line,
        meeting: MeetingFacts,
        answers: AnswerLinks,
        /// Where to find another time.
        other_times: Link,
        /// Where to pause one's participation.
        pause: Link,
        /// Stops mails of this kind; also the one-click address of the header (O10).
        unsubscribe: Link,
    }

    /// The other side proposes another time (I10).
    MeetingCounter {
        name: Line,
        /// The meeting as it stands.
        meeting: MeetingFacts,
        /// The time that they propose.
        proposed: When,
        /// What they wrote.
        note: Option<Text>,
        accept: Link,
        decline: Link,
    }

    /// Another time that the recipient proposed will not be; with a DECLINECOUNTER (I10).
    MeetingCounterDeclined {
        name: Line,
        /// The meeting as it stands.
        meeting: MeetingFacts,
        /// The time that they had proposed.
        proposed: When,
        why: CounterRefusal,
        /// What the other side wrote.
        note: Option<Text>,
        /// Where to choose a common time.
        link: Option<Link>,
    }

    /// An answer in their name came from another address; to the attendee.
    MeetingConfirmAnswer {
        name: Line,
        meeting: MeetingFacts,
        answer: AnswerWord,
        /// The address that it came from.
        sender: Line,
        /// Where to say that it is theirs.
        link: Link,
    }

    /// Their answer could not be read; to the attendee.
    MeetingUnreadableAnswer {
        name: Line,
        meeting: MeetingFacts,
        answers: AnswerLinks,
    }

    /// A calendar of the recipient's own could not be read for some time.
    CalendarUnreachable {
        name: Line,
        /// Its address as it may be shown.
        calendar: Line,
        /// Why, as a whole sentence in the recipient's language.
        reason: Line,
        /// For how many days what is known of it counts, from when it could last be read.
        days: i64,
        /// Where to look after it.
        link: Link,
    }

    /// What waits for a coordinator, once a day.
    CoordinatorDigest {
        name: Line,
        /// How many things there are.
        count: u32,
        /// In order of harm if left.
        sections: Vec<DigestSection>,
        /// Stops the digest; also the one-click address of the header (O10).
        unsubscribe: Link,
    }
}
