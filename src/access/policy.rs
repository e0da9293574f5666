//! The policy, in one place and as data: for every action, how far each role reaches. A request asks
//! [`allow`] with the object it is about, a list asks [`scope`] for the part that its reader may see. The name
//! of an action is the `operation_id` of its route in the OpenAPI document; a test walks every route × every
//! role × own and other objects, and fails on a route without a rule.

use crate::kernel::ids::{AccountId, PersonId, ProgrammeId};
use crate::kernel::{Actor, Problem, Role};

/// How far a role reaches in one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Not at all.
    Never,
    /// Objects that concern the person themself.
    Own,
    /// Objects of people whom the coach follows (and their own).
    Caseload,
    /// Objects of the programmes that the coordinator runs.
    Programme,
    /// Every object.
    Any,
}
use Reach::{Any, Caseload, Never, Own, Programme};

/// One row of the policy.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What is done.
    pub action: Action,
    /// Reach of each role, in the order of [`Role::ALL`]: administrator, coordinator, coach, mentor, mentee.
    pub reach: [Reach; 5],
}

macro_rules! policy {
    ($( $(#[$meta:meta])* $variant:ident $name:literal [$($reach:ident),+] )+) => {
        /// Everything that can be done, named as in the OpenAPI document.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $( $(#[$meta])* $variant ),+ }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The `operation_id` of its route.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }

            /// The rule for it.
            pub const fn rule(self) -> Rule {
                match self { $(Self::$variant => Rule { action: self, reach: [$($reach),+] }),+ }
            }
        }
    };
}

/// Routes that need no sign-in, by `operation_id`: what they do is guarded by a token of their own, or public.
pub const PUBLIC: &[&str] = &[
    // access
    "sign_in",
    "refresh_session",
    "request_password_reset",
    "set_password",
    "read_key_set",
    // reference
    "search_occupations",
    "read_occupation",
    "search_languages",
    "search_places",
    "list_zones",
    "list_holidays",
    "list_countries",
    // mail: a provider shows the secret of the configuration
    "receive_inbound_mail",
];

policy! {
    //                                         administrator, coordinator, coach, mentor, mentee
    // ---- access
    ReadMe           "read_me"                 [Own, Own, Own, Own, Own]
    SignOut          "sign_out"                [Any, Any, Any, Any, Any]
    SignOutEverywhere "sign_out_everywhere"    [Any, Any, Any, Any, Any]
    ChangePassword   "change_password"         [Any, Any, Any, Any, Any]
    ListAccounts     "list_accounts"           [Any, Programme, Never, Never, Never]
    InviteAccount    "invite_account"          [Any, Programme, Never, Never, Never]
    ReadAccount      "read_account"            [Any, Programme, Own, Own, Own]
    UpdateAccount    "update_account"          [Any, Programme, Own, Own, Own]
    ResendInvitation "resend_invitation"       [Any, Programme, Never, Never, Never]
    DisableAccount   "disable_account"         [Any, Programme, Never, Never, Never]
    EnableAccount    "enable_account"          [Any, Programme, Never, Never, Never]
    AddGrant         "add_grant"               [Any, Programme, Never, Never, Never]
    RemoveGrant      "remove_grant"            [Any, Programme, Never, Never, Never]
    ListAudit        "list_audit"              [Any, Programme, Never, Never, Never]
    // ---- people
    ListPersons      "list_persons"            [Any, Programme, Caseload, Never, Never]
    CreatePerson     "create_person"           [Any, Any, Any, Never, Never]
    ReadPerson       "read_person"             [Any, Programme, Caseload, Own, Own]
    ReadPersonCard   "read_person_card"        [Any, Programme, Caseload, Own, Own]
    ReadOwnPerson    "read_own_person"         [Own, Own, Own, Own, Own]
    UpdatePerson     "update_person"           [Any, Programme, Caseload, Own, Own]
    PausePerson      "pause_person"            [Any, Programme, Caseload, Own, Own]
    ResumePerson     "resume_person"           [Any, Programme, Caseload, Own, Own]
    ArchivePerson    "archive_person"          [Any, Programme, Never, Never, Never]
    RestorePerson    "restore_person"          [Any, Programme, Never, Never, Never]
    AssignCoach      "assign_coach"            [Any, Programme, Never, Never, Never]
    ListExceptions   "list_exceptions"         [Any, Programme, Caseload, Own, Own]
    AddException     "add_exception"           [Any, Programme, Caseload, Own, Own]
    ChangeException  "change_exception"        [Any, Programme, Caseload, Own, Own]
    RemoveException  "remove_exception"        [Any, Programme, Caseload, Own, Own]
    ListConsents     "list_consents"           [Any, Programme, Caseload, Own, Own]
    RecordConsent    "record_consent"          [Any, Programme, Caseload, Own, Own]
    ListConflicts    "list_conflicts"          [Any, Programme, Caseload, Own, Own]
    DeclareConflict  "declare_conflict"        [Any, Programme, Caseload, Own, Own]
    WithdrawConflict "withdraw_conflict"       [Any, Programme, Caseload, Own, Own]
    CreateImport     "create_import"           [Any, Programme, Never, Never, Never]
    ListImports      "list_imports"            [Any, Programme, Never, Never, Never]
    ReadImport       "read_import"             [Any, Programme, Never, Never, Never]
    ListImportRows   "list_import_rows"        [Any, Programme, Never, Never, Never]
    ReadImportRejects "read_import_rejects"    [Any, Programme, Never, Never, Never]
    // ---- programmes
    ListProgrammes   "list_programmes"         [Any, Any, Any, Any, Any]
    ReadProgramme    "read_programme"          [Any, Any, Any, Any, Any]
    CreateProgramme  "create_programme"        [Any, Never, Never, Never, Never]
    UpdateProgramme  "update_programme"        [Any, Programme, Never, Never, Never]
    OpenProgramme    "open_programme"          [Any, Programme, Never, Never, Never]
    CloseProgramme   "close_programme"         [Any, Programme, Never, Never, Never]
    ReadProgrammeSettings "read_programme_settings" [Any, Programme, Never, Never, Never]
    UpdateProgrammeSettings "update_programme_settings" [Any, Programme, Never, Never, Never]
    ListParticipations "list_participations"   [Any, Programme, Caseload, Own, Own]
    ReadParticipation "read_participation"     [Any, Programme, Caseload, Own, Own]
    EnrolPerson      "enrol_person"            [Any, Programme, Never, Never, Never]
    UpdateParticipation "update_participation" [Any, Programme, Never, Own, Never]
    LeaveProgramme   "leave_programme"         [Any, Programme, Never, Own, Own]
    // ---- matching
    RunMatching      "run_matching"            [Any, Programme, Never, Never, Never]
    ListMatchRuns    "list_match_runs"         [Any, Programme, Never, Never, Never]
    ReadMatchRun     "read_match_run"          [Any, Programme, Never, Never, Never]
    ReplayMatchRun   "replay_match_run"        [Any, Programme, Never, Never, Never]
    ExplainMentee    "explain_mentee"          [Any, Programme, Never, Never, Never]
    ExplainPair      "explain_pair"            [Any, Programme, Never, Never, Never]
    ReadRecruitment  "read_recruitment"        [Any, Programme, Never, Never, Never]
    ListProposals    "list_proposals"          [Any, Programme, Caseload, Never, Never]
    ListRunProposals "list_run_proposals"      [Any, Programme, Never, Never, Never]
    ReadProposal     "read_proposal"           [Any, Programme, Caseload, Never, Never]
    ListAlternatives "list_alternatives"       [Any, Programme, Never, Never, Never]
    ListDecisions    "list_decisions"          [Any, Programme, Caseload, Never, Never]
    DecideProposal   "decide_proposal"         [Any, Programme, Never, Never, Never]
    DecideProposals  "decide_proposals"        [Any, Programme, Never, Never, Never]
    ListMatchConsents "list_match_consents"    [Any, Programme, Caseload, Own, Own]
    ReadMatchConsent "read_match_consent"      [Any, Programme, Caseload, Own, Own]
    AnswerMatchConsent "answer_match_consent"  [Any, Programme, Never, Own, Own]
    ReadMatchRecord  "read_match_record"       [Any, Programme, Never, Own, Own]
    // ---- mentorships
    ListMentorships  "list_mentorships"        [Any, Programme, Caseload, Own, Own]
    ReadMentorship   "read_mentorship"         [Any, Programme, Caseload, Own, Own]
    StartMentorship  "start_mentorship"        [Any, Programme, Never, Never, Never]
    EndMentorship    "end_mentorship"          [Any, Programme, Never, Never, Never]
    // ---- meetings
    ListSlots          "list_slots"            [Any, Programme, Caseload, Own, Own]
    BookMeeting        "book_meeting"          [Any, Programme, Caseload, Own, Own]
    ListMeetings       "list_meetings"         [Any, Programme, Caseload, Own, Own]
    ReadMeeting        "read_meeting"          [Any, Programme, Caseload, Own, Own]
    UpdateMeeting      "update_meeting"        [Any, Programme, Caseload, Own, Own]
    RescheduleMeeting  "reschedule_meeting"    [Any, Programme, Caseload, Own, Own]
    CancelMeeting      "cancel_meeting"        [Any, Programme, Caseload, Own, Own]
    AnswerMeeting      "answer_meeting"        [Any, Programme, Never, Own, Own]
    ListMeetingAnswers "list_meeting_answers"  [Any, Programme, Caseload, Never, Never]
    ProposeMeetingTime "propose_meeting_time"  [Any, Programme, Never, Own, Own]
    ListCounterProposals "list_counter_proposals" [Any, Programme, Caseload, Own, Own]
    AcceptCounterProposal "accept_counter_proposal" [Any, Programme, Never, Own, Own]
    DeclineCounterProposal "decline_counter_proposal" [Any, Programme, Never, Own, Own]
    WithdrawCounterProposal "withdraw_counter_proposal" [Any, Programme, Never, Own, Own]
    // ---- feeds: an address is a secret, so that only its owner is told it; to take it away is a help
    ReadPersonFeed     "read_person_feed"      [Any, Programme, Caseload, Own, Own]
    MakePersonFeed     "make_person_feed"      [Never, Never, Never, Own, Own]
    RevokePersonFeed   "revoke_person_feed"    [Any, Programme, Never, Own, Own]
    ReadAccountFeed    "read_account_feed"     [Any, Own, Never, Never, Never]
    MakeAccountFeed    "make_account_feed"     [Never, Own, Never, Never, Never]
    RevokeAccountFeed  "revoke_account_feed"   [Any, Own, Never, Never, Never]
    ListSeriesSlots    "list_series_slots"     [Any, Programme, Caseload, Own, Own]
    PreviewSeries      "preview_series"        [Any, Programme, Caseload, Own, Own]
    BookSeries         "book_series"           [Any, Programme, Caseload, Own, Own]
    ListSeries         "list_series"           [Any, Programme, Caseload, Own, Own]
    ReadSeries         "read_series"           [Any, Programme, Caseload, Own, Own]
    UpdateSeries       "update_series"         [Any, Programme, Caseload, Own, Own]
    RescheduleSeries   "reschedule_series"     [Any, Programme, Caseload, Own, Own]
    CancelSeries       "cancel_series"         [Any, Programme, Caseload, Own, Own]
    AnswerSeries       "answer_series"         [Any, Programme, Never, Own, Own]
    // ---- busy times: the address is the person's own to give
    ListBusyCalendars  "list_busy_calendars"   [Any, Programme, Caseload, Own, Own]
    AddBusyCalendar    "add_busy_calendar"     [Never, Never, Never, Own, Own]
    CheckBusyCalendar  "check_busy_calendar"   [Any, Programme, Never, Own, Own]
    RemoveBusyCalendar "remove_busy_calendar"  [Any, Programme, Never, Own, Own]
    // ---- hours
    ListHours        "list_hours"              [Any, Programme, Caseload, Own, Own]
    ReadHours        "read_hours"              [Any, Programme, Caseload, Own, Own]
    TotalHours       "total_hours"             [Any, Programme, Caseload, Own, Own]
    ExportHours      "export_hours"            [Any, Programme, Caseload, Own, Own]
    RecordHours      "record_hours"            [Any, Programme, Never, Own, Own]
    AttestHours      "attest_hours"            [Never, Never, Never, Own, Own]
    DisputeHours     "dispute_hours"           [Never, Never, Never, Own, Own]
    ApproveHours     "approve_hours"           [Any, Programme, Never, Never, Never]
    RejectHours      "reject_hours"            [Any, Programme, Never, Never, Never]
    DecideHours      "decide_hours"            [Any, Programme, Never, Never, Never]
    CorrectHours     "correct_hours"           [Any, Programme, Never, Own, Own]
    ReportMeeting    "report_meeting"          [Any, Programme, Never, Own, Own]
    // ---- digests
    ReadDigestSettings "read_digest_settings"  [Own, Own, Never, Never, Never]
    UpdateDigestSettings "update_digest_settings" [Own, Own, Never, Never, Never]
    // ---- mail
    ListMails        "list_mails"              [Any, Programme, Never, Never, Never]
    ReadMail         "read_mail"               [Any, Programme, Never, Never, Never]
    RetryMail        "retry_mail"              [Any, Programme, Never, Never, Never]
    ListInboundMails   "list_inbound_mails"    [Any, Programme, Never, Never, Never]
    ReadInboundMail    "read_inbound_mail"     [Any, Programme, Never, Never, Never]
    ApplyInboundMail   "apply_inbound_mail"    [Any, Programme, Never, Never, Never]
    DismissInboundMail "dismiss_inbound_mail"  [Any, Programme, Never, Never, Never]
}

/// Whom and what an object concerns; built by a room from what it loaded.
#[derive(Debug, Clone, Default)]
pub struct Object {
    /// The programmes it belongs to.
    pub programmes: Vec<ProgrammeId>,
    /// The people it concerns on the mentor's side.
    pub mentors: Vec<PersonId>,
    /// The people it concerns on the mentee's side.
    pub mentees: Vec<PersonId>,
    /// People it belongs to whatever their side (a person's own record).
    pub persons: Vec<PersonId>,
    /// The coaches who follow these people.
    pub coaches: Vec<AccountId>,
    /// The account it is.
    pub account: Option<AccountId>,
}

impl Object {
    /// An object of the whole deployment, which belongs to nobody.
    pub fn general() -> Self {
        Self::default()
    }

    /// An object of `programme`.
    pub fn of_programme(programme: ProgrammeId) -> Self {
        Self {
            programmes: vec![programme],
            ..Self::default()
        }
    }

    /// What belongs to the person `owner`.
    pub fn of_person(owner: PersonId) -> Self {
        Self {
            persons: vec![owner],
            ..Self::default()
        }
    }
}

/// The part of a list that its reader may see; the parts are joined with "or".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Everything.
    pub all: bool,
    /// What belongs to these programmes.
    pub programmes: Vec<ProgrammeId>,
    /// What concerns the people whom this coach follows.
    pub coach: Option<AccountId>,
    /// What concerns this person as mentor.
    pub mentor: Option<PersonId>,
    /// What concerns this person as mentee.
    pub mentee: Option<PersonId>,
}

/// Refuses unless `actor` may do `action` to `object`.
///
/// Nobody known: 401. Known, but no role of theirs may do this to anything: 403. A role may, but not to this
/// object: 404, because its existence is none of their business.
pub fn allow(actor: &Actor, action: Action, object: &Object) -> Result<(), Problem> {
    let (grants, person, account) = match actor {
        Actor::System(_) => return Ok(()),
        Actor::Anonymous => {
            return Err(Problem::Unauthenticated {
                code: "sign-in-needed",
            });
        }
        Actor::Link { .. } => return Err(Problem::NotFound),
        Actor::Account {
            id,
            person_id,
            grants,
        } => (grants, *person_id, *id),
    };
    let concerns = |people: &[PersonId]| {
        person.is_some_and(|p| people.contains(&p) || object.persons.contains(&p))
    };
    let mut reaches_something = false;
    for grant in grants {
        let reach = reach_of(action, grant.role);
        reaches_something |= reach != Never;
        let reached = match (reach, grant.role) {
            (Never, _) => false,
            (Any, _) => true,
            (Programme, _) => grant
                .programme_id
                .is_some_and(|p| object.programmes.contains(&p)),
            (Caseload, _) => object.coaches.contains(&account) || object.account == Some(account),
            (Own, Role::Mentor) => concerns(&object.mentors) || object.account == Some(account),
            (Own, Role::Mentee) => concerns(&object.mentees) || object.account == Some(account),
            (Own, _) => concerns(&[]) || object.account == Some(account),
        };
        if reached {
            return Ok(());
        }
    }
    Err(if reaches_something {
        Problem::NotFound
    } else {
        Problem::Forbidden
    })
}

/// The part of the list `action` that `actor` may see; 401 or 403 where there is none.
pub fn scope(actor: &Actor, action: Action) -> Result<Scope, Problem> {
    let (grants, person, account) = match actor {
        Actor::System(_) => {
            return Ok(Scope {
                all: true,
                ..Scope::default()
            });
        }
        Actor::Anonymous => {
            return Err(Problem::Unauthenticated {
                code: "sign-in-needed",
            });
        }
        Actor::Link { .. } => return Err(Problem::Forbidden),
        Actor::Account {
            id,
            person_id,
            grants,
        } => (grants, *person_id, *id),
    };
    let mut scope = Scope::default();
    let mut reaches_something = false;
    for grant in grants {
        let reach = reach_of(action, grant.role);
        reaches_something |= reach != Never;
        match (reach, grant.role) {
            (Any, _) => scope.all = true,
            (Programme, _) => scope.programmes.extend(grant.programme_id),
            (Caseload, _) => scope.coach = Some(account),
            (Own, Role::Mentor) => scope.mentor = person,
            (Own, Role::Mentee) => scope.mentee = person,
            _ => {}
        }
    }
    if reaches_something {
        Ok(scope)
    } else {
        Err(Problem::Forbidden)
    }
}

fn reach_of(action: Action, role: Role) -> Reach {
    let [administrator, coordinator, coach, mentor, mentee] = action.rule().reach;
    match role {
        Role::Administrator => administrator,
        Role::Coordinator => coordinator,
        Role::Coach => coach,
        Role::Mentor => mentor,
        Role::Mentee => mentee,
    }
}
