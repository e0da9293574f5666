-- The house: every table of the first release. Edited in place until that release; afterwards only new migrations.

-- Ranges of a uuid and a time in one exclusion constraint (rule S4); a trusted extension, no superuser needed.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE signing_keys (
    id UUID NOT NULL PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    private_sealed TEXT NOT NULL,
    public_key TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    activates_at TIMESTAMPTZ NOT NULL,
    retires_at TIMESTAMPTZ
);

CREATE TABLE throttles (
    id UUID NOT NULL PRIMARY KEY,
    bucket TEXT NOT NULL UNIQUE,
    count INTEGER NOT NULL,
    window_started_at TIMESTAMPTZ NOT NULL,
    blocked_until TIMESTAMPTZ
);

CREATE TABLE audit_log (
    id UUID NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    action TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id UUID,
    programme_id UUID,
    before JSONB,
    after JSONB,
    request_id TEXT NOT NULL,
    address TEXT
);
CREATE INDEX audit_log_object_type_object_id_idx ON audit_log (object_type, object_id);
CREATE INDEX audit_log_at_idx ON audit_log (at);
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id);
CREATE INDEX audit_log_programme_id_at_idx ON audit_log (programme_id, at);

CREATE TABLE idempotency_keys (
    id UUID NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    status INTEGER,
    headers JSONB,
    body_sealed TEXT,
    committed BOOLEAN NOT NULL DEFAULT FALSE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT idempotency_keys_scope_key_hash_key UNIQUE (scope, key_hash)
);
CREATE INDEX idempotency_keys_expires_at_idx ON idempotency_keys (expires_at);

CREATE TABLE outbox (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    person_id UUID,
    account_id UUID,
    programme_id UUID,
    subject_type TEXT,
    subject_id UUID,
    locale TEXT NOT NULL CHECK (locale IN ('en', 'fr')),
    recipient_sealed TEXT NOT NULL,
    payload_sealed TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'dead')),
    attempts INTEGER NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    leased_until TIMESTAMPTZ,
    leased_by TEXT,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    sent_at TIMESTAMPTZ,
    version INTEGER NOT NULL
);
CREATE INDEX outbox_status_next_attempt_at_idx ON outbox (status, next_attempt_at);
CREATE INDEX outbox_subject_id_idx ON outbox (subject_id);
CREATE INDEX outbox_created_at_idx ON outbox (created_at);

-- What came in by mail, and what became of it (rule I14). The words are sealed, and forgotten after a time.
CREATE TABLE inbound_messages (
    id UUID NOT NULL PRIMARY KEY,
    received_at TIMESTAMPTZ NOT NULL,
    door TEXT NOT NULL CHECK (door IN ('imap', 'pipe', 'webhook')),
    -- One message is one row, however often and through however many doors it comes (rule I7).
    dedupe_key TEXT NOT NULL CONSTRAINT inbound_messages_dedupe_key_key UNIQUE,
    message_id_hash TEXT,
    calendar_hash TEXT,
    size_bytes INTEGER NOT NULL,
    repeats INTEGER NOT NULL,
    meaning TEXT NOT NULL,
    answer TEXT,
    programme_id UUID,
    meeting_id UUID,
    -- The one meeting of a series that it is about (rule I9).
    instance_id UUID,
    person_id UUID,
    outbox_id UUID,
    origin_sealed TEXT NOT NULL,
    body_sealed TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('applied', 'stale', 'held', 'quarantined', 'ignored', 'refused', 'report')),
    reason TEXT NOT NULL,
    confirm_hash TEXT CONSTRAINT inbound_messages_confirm_hash_key UNIQUE,
    settled_at TIMESTAMPTZ,
    settled_by UUID,
    version INTEGER NOT NULL
);
CREATE INDEX inbound_messages_state_idx ON inbound_messages (state, id);
CREATE INDEX inbound_messages_programme_id_idx ON inbound_messages (programme_id, id);
CREATE INDEX inbound_messages_meeting_id_idx ON inbound_messages (meeting_id, person_id);
CREATE INDEX inbound_messages_received_at_idx ON inbound_messages (received_at);
CREATE INDEX inbound_messages_calendar_hash_idx ON inbound_messages (calendar_hash);

-- A mailbox that several servers share: who reads it now, and up to where it was read.
CREATE TABLE mailboxes (
    name TEXT NOT NULL PRIMARY KEY,
    leased_by TEXT,
    leased_until TIMESTAMPTZ,
    uid_validity BIGINT NOT NULL,
    last_uid BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    last_success_at TIMESTAMPTZ,
    last_failure_at TIMESTAMPTZ,
    last_error TEXT
);

CREATE TABLE jobs (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    unique_key TEXT NOT NULL UNIQUE,
    subject_id UUID,
    person_id UUID,
    payload JSONB NOT NULL,
    run_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'cancelled', 'dead')),
    attempts INTEGER NOT NULL,
    leased_until TIMESTAMPTZ,
    leased_by TEXT,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    done_at TIMESTAMPTZ
);
CREATE INDEX jobs_status_run_at_idx ON jobs (status, run_at);
CREATE INDEX jobs_subject_id_idx ON jobs (subject_id);

CREATE TABLE imports (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID,
    programme_id UUID,
    file_name TEXT NOT NULL,
    file_hash TEXT NOT NULL,
    dry_run BOOLEAN NOT NULL,
    skip_invalid BOOLEAN NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('planned', 'stored', 'refused')),
    rows INTEGER NOT NULL,
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    report JSONB NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX imports_created_at_idx ON imports (created_at);

CREATE TABLE import_rows (
    id UUID NOT NULL PRIMARY KEY,
    import_id UUID NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('created', 'changed', 'unchanged', 'rejected')),
    person_id UUID,
    detail JSONB NOT NULL,
    cells_sealed TEXT,
    CONSTRAINT import_rows_import_id_row_key UNIQUE (import_id, row)
);

CREATE TABLE programmes (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name_en TEXT NOT NULL,
    name_fr TEXT NOT NULL,
    description_en TEXT NOT NULL,
    description_fr TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    target_minutes INTEGER NOT NULL,
    meeting_minutes INTEGER NOT NULL,
    rhythm_days INTEGER NOT NULL,
    zone TEXT NOT NULL,
    province TEXT,
    settings JSONB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('draft', 'open', 'closed')),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    closed_at TIMESTAMPTZ,
    version INTEGER NOT NULL,
    CONSTRAINT programmes_dates CHECK (starts_on <= ends_on)
);

CREATE TABLE match_runs (
    id UUID NOT NULL PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programmes (id),
    status TEXT NOT NULL CHECK (status IN ('running', 'done')),
    engine_version TEXT NOT NULL,
    inputs_hash TEXT NOT NULL,
    settings JSONB NOT NULL,
    instance JSONB,
    summary JSONB,
    outcome JSONB,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    created_by UUID,
    version INTEGER NOT NULL,
    CONSTRAINT match_runs_finished CHECK (status = 'running' OR finished_at IS NOT NULL)
);
CREATE INDEX match_runs_programme_id_started_at_idx ON match_runs (programme_id, started_at);
-- One run of a programme at a time.
CREATE UNIQUE INDEX match_runs_one_running ON match_runs (programme_id) WHERE status = 'running';

CREATE TABLE persons (
    id UUID NOT NULL PRIMARY KEY,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    preferred_name TEXT,
    pronouns TEXT,
    name_key TEXT NOT NULL,
    email TEXT,
    email_key TEXT UNIQUE,
    phone TEXT,
    locale TEXT NOT NULL CHECK (locale IN ('en', 'fr')),
    city TEXT,
    province TEXT,
    country TEXT NOT NULL,
    zone TEXT NOT NULL,
    meeting_mode TEXT NOT NULL CHECK (meeting_mode IN ('remote', 'in-person', 'either')),
    licence_stage TEXT,
    licence_jurisdiction TEXT,
    headline TEXT,
    status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'archived')),
    paused_from DATE,
    paused_until DATE,
    coach_id UUID,
    origin TEXT NOT NULL CHECK (origin IN ('api', 'import', 'intake', 'demo')),
    mail_suppressed_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    archived_at TIMESTAMPTZ,
    version INTEGER NOT NULL
);
CREATE INDEX persons_name_key_idx ON persons (name_key);
CREATE INDEX persons_coach_id_idx ON persons (coach_id);
CREATE INDEX persons_status_idx ON persons (status);

CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID REFERENCES persons (id),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    status TEXT NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    locale TEXT NOT NULL CHECK (locale IN ('en', 'fr')),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    last_login_at TIMESTAMPTZ,
    version INTEGER NOT NULL
);

-- A secret address that mails carry, for one purpose and one owner (a person or an account).
CREATE TABLE mail_links (
    id UUID NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('pause', 'digest')),
    owner_id UUID NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    token_sealed TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    UNIQUE (purpose, owner_id)
);

-- When an account gets its digest, and the last local day on which it was due.
CREATE TABLE digest_settings (
    account_id UUID NOT NULL PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
    wanted BOOLEAN NOT NULL,
    hour INTEGER CHECK (hour BETWEEN 0 AND 23),
    zone TEXT,
    last_on DATE
);

CREATE TABLE account_grants (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL CHECK (role IN ('administrator', 'coordinator', 'coach', 'mentor', 'mentee')),
    programme_id UUID REFERENCES programmes (id),
    granted_at TIMESTAMPTZ NOT NULL,
    granted_by UUID
);
CREATE INDEX account_grants_account_id_idx ON account_grants (account_id);
CREATE INDEX account_grants_programme_id_idx ON account_grants (programme_id);

CREATE TABLE account_tokens (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('set-password', 'reset-password')),
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX account_tokens_account_id_idx ON account_tokens (account_id);

CREATE TABLE refresh_tokens (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id),
    family_id UUID NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    issued_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    rotated_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ
);
CREATE INDEX refresh_tokens_family_id_idx ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_account_id_idx ON refresh_tokens (account_id);

CREATE TABLE person_occupations (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('held', 'target')),
    noc TEXT,
    own_words TEXT,
    confidence INTEGER NOT NULL,
    needs_review BOOLEAN NOT NULL,
    years INTEGER,
    last_year INTEGER,
    position INTEGER NOT NULL
);
CREATE INDEX person_occupations_person_id_idx ON person_occupations (person_id);
CREATE INDEX person_occupations_noc_idx ON person_occupations (noc);

CREATE TABLE person_languages (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    language TEXT NOT NULL,
    level TEXT,
    wanted BOOLEAN NOT NULL,
    CONSTRAINT person_languages_person_id_language_key UNIQUE (person_id, language)
);

CREATE TABLE person_topics (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    side TEXT NOT NULL CHECK (side IN ('wants', 'offers')),
    topic TEXT NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT person_topics_person_id_side_topic_key UNIQUE (person_id, side, topic)
);

CREATE TABLE person_wishes (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('is', 'wants', 'insists')),
    word TEXT NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT person_wishes_person_id_kind_word_key UNIQUE (person_id, kind, word)
);

CREATE TABLE availability_rules (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    weekday INTEGER NOT NULL,
    starts_minute INTEGER NOT NULL,
    ends_minute INTEGER NOT NULL,
    CONSTRAINT availability_rules_range CHECK (weekday BETWEEN 1 AND 7 AND starts_minute BETWEEN 0 AND 1439 AND ends_minute BETWEEN 1 AND 2880 AND starts_minute < ends_minute)
);
CREATE INDEX availability_rules_person_id_idx ON availability_rules (person_id);

CREATE TABLE availability_exceptions (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('away', 'extra')),
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    starts_minute INTEGER,
    ends_minute INTEGER,
    note TEXT,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX availability_exceptions_person_id_idx ON availability_exceptions (person_id);

CREATE TABLE consents (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    text_version TEXT NOT NULL,
    given BOOLEAN NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    recorded_by UUID,
    source TEXT NOT NULL
);
CREATE INDEX consents_person_id_idx ON consents (person_id);

CREATE TABLE conflicts_of_interest (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    other_person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('family', 'employer', 'lender-borrower', 'supervisor', 'exclusion', 'other')),
    reason TEXT,
    declared_at TIMESTAMPTZ NOT NULL,
    declared_by UUID,
    CONSTRAINT conflicts_of_interest_person_id_other_person_id_key UNIQUE (person_id, other_person_id)
);
CREATE INDEX conflicts_of_interest_other_person_id_idx ON conflicts_of_interest (other_person_id);

CREATE TABLE participations (
    id UUID NOT NULL PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programmes (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    capacity INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    held INTEGER NOT NULL,
    waiting_since TIMESTAMPTZ,
    status TEXT NOT NULL CHECK (status IN ('enrolled', 'left')),
    left_reason TEXT,
    joined_at TIMESTAMPTZ NOT NULL,
    left_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT participations_programme_id_person_id_side_key UNIQUE (programme_id, person_id, side),
    CONSTRAINT participations_capacity CHECK (taken >= 0 AND held >= 0 AND taken + held <= capacity AND capacity >= 0)
);
CREATE INDEX participations_person_id_idx ON participations (person_id);

CREATE TABLE proposals (
    id UUID NOT NULL PRIMARY KEY,
    run_id UUID NOT NULL REFERENCES match_runs (id),
    programme_id UUID NOT NULL REFERENCES programmes (id),
    mentor_participation_id UUID NOT NULL REFERENCES participations (id),
    mentee_participation_id UUID NOT NULL REFERENCES participations (id),
    mentor_id UUID NOT NULL REFERENCES persons (id),
    mentee_id UUID NOT NULL REFERENCES persons (id),
    score INTEGER NOT NULL,
    parts JSONB NOT NULL,
    facts JSONB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('proposed', 'held', 'offered', 'approved', 'rejected', 'replaced', 'declined', 'lapsed', 'stale')),
    reason TEXT,
    replaces_id UUID,
    mentorship_id UUID,
    decided_at TIMESTAMPTZ,
    decided_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT proposals_run_id_mentor_id_mentee_id_key UNIQUE (run_id, mentor_id, mentee_id)
);
CREATE INDEX proposals_run_id_score_idx ON proposals (run_id, score);
CREATE INDEX proposals_programme_id_status_idx ON proposals (programme_id, status);
CREATE INDEX proposals_mentor_id_idx ON proposals (mentor_id);
CREATE INDEX proposals_mentee_id_idx ON proposals (mentee_id);
-- A mentee is asked about one mentor at a time.
CREATE UNIQUE INDEX proposals_one_offer ON proposals (mentee_participation_id) WHERE status = 'offered';

CREATE TABLE match_decisions (
    id UUID NOT NULL PRIMARY KEY,
    proposal_id UUID NOT NULL REFERENCES proposals (id),
    programme_id UUID NOT NULL REFERENCES programmes (id),
    decision TEXT NOT NULL CHECK (decision IN ('approved', 'rejected', 'held', 'released', 'replaced', 'offered', 'consented', 'declined', 'lapsed')),
    reason TEXT,
    criteria JSONB NOT NULL,
    overridden BOOLEAN NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    person_id UUID
);
CREATE INDEX match_decisions_proposal_id_idx ON match_decisions (proposal_id);

CREATE TABLE match_consents (
    id UUID NOT NULL PRIMARY KEY,
    proposal_id UUID NOT NULL REFERENCES proposals (id),
    programme_id UUID NOT NULL REFERENCES programmes (id),
    side TEXT NOT NULL CHECK (side IN ('mentor', 'mentee')),
    person_id UUID NOT NULL REFERENCES persons (id),
    status TEXT NOT NULL CHECK (status IN ('waiting', 'asked', 'given', 'declined', 'lapsed', 'void')),
    reason TEXT,
    token_hash TEXT NOT NULL UNIQUE,
    token_sealed TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    asked_at TIMESTAMPTZ,
    due_at TIMESTAMPTZ,
    answered_at TIMESTAMPTZ,
    answer_source TEXT CHECK (answer_source IN ('link', 'api', 'staff')),
    version INTEGER NOT NULL,
    CONSTRAINT match_consents_proposal_id_side_key UNIQUE (proposal_id, side)
);
CREATE INDEX match_consents_person_id_idx ON match_consents (person_id);
CREATE INDEX match_consents_programme_id_status_idx ON match_consents (programme_id, status);

CREATE TABLE mentorships (
    id UUID NOT NULL PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programmes (id),
    proposal_id UUID REFERENCES proposals (id),
    mentor_participation_id UUID NOT NULL REFERENCES participations (id),
    mentee_participation_id UUID NOT NULL REFERENCES participations (id),
    mentor_id UUID NOT NULL REFERENCES persons (id),
    mentee_id UUID NOT NULL REFERENCES persons (id),
    status TEXT NOT NULL CHECK (status IN ('active', 'ended')),
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    end_reason TEXT,
    end_note TEXT,
    created_by UUID,
    version INTEGER NOT NULL
);
CREATE INDEX mentorships_mentor_id_idx ON mentorships (mentor_id);
CREATE INDEX mentorships_mentee_id_idx ON mentorships (mentee_id);
CREATE INDEX mentorships_programme_id_status_idx ON mentorships (programme_id, status);

CREATE TABLE meeting_series (
    id UUID NOT NULL PRIMARY KEY,
    mentorship_id UUID NOT NULL REFERENCES mentorships (id),
    programme_id UUID NOT NULL REFERENCES programmes (id),
    uid TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL,
    time_sequence INTEGER NOT NULL,
    dtstamp TIMESTAMPTZ NOT NULL,
    zone TEXT NOT NULL,
    local_start TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    every_weeks INTEGER NOT NULL,
    instances INTEGER NOT NULL,
    ends TEXT NOT NULL CHECK (ends IN ('count', 'until')),
    form TEXT NOT NULL CHECK (form IN ('rule', 'singles')),
    mode TEXT NOT NULL CHECK (mode IN ('remote', 'in-person')),
    title TEXT NOT NULL,
    location TEXT,
    url TEXT,
    note TEXT,
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'cancelled')),
    cancel_reason TEXT,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT meeting_series_rule CHECK (minutes > 0 AND every_weeks > 0 AND instances > 0)
);
CREATE INDEX meeting_series_mentorship_id_idx ON meeting_series (mentorship_id);

CREATE TABLE meeting_series_attendees (
    id UUID NOT NULL PRIMARY KEY,
    series_id UUID NOT NULL REFERENCES meeting_series (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES persons (id),
    role TEXT NOT NULL CHECK (role IN ('mentor', 'mentee')),
    partstat TEXT NOT NULL CHECK (partstat IN ('needs-action', 'accepted', 'declined', 'tentative')),
    answered_at TIMESTAMPTZ,
    answered_sequence INTEGER NOT NULL,
    answer_source TEXT,
    comment TEXT,
    token_hash TEXT NOT NULL UNIQUE,
    token_sealed TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT meeting_series_attendees_series_id_person_id_key UNIQUE (series_id, person_id)
);
CREATE INDEX meeting_series_attendees_person_id_idx ON meeting_series_attendees (person_id);

CREATE TABLE meetings (
    id UUID NOT NULL PRIMARY KEY,
    mentorship_id UUID NOT NULL REFERENCES mentorships (id),
    programme_id UUID NOT NULL REFERENCES programmes (id),
    series_id UUID REFERENCES meeting_series (id),
    recurrence_local TEXT,
    uid TEXT NOT NULL UNIQUE,
    sequence INTEGER NOT NULL,
    time_sequence INTEGER NOT NULL,
    dtstamp TIMESTAMPTZ NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    zone TEXT NOT NULL,
    local_start TEXT NOT NULL,
    tzdb TEXT NOT NULL DEFAULT '',
    mode TEXT NOT NULL CHECK (mode IN ('remote', 'in-person')),
    title TEXT NOT NULL,
    location TEXT,
    url TEXT,
    note TEXT,
    status TEXT NOT NULL CHECK (status IN ('scheduled', 'cancelled', 'held', 'not-held')),
    cancel_reason TEXT,
    held_minutes INTEGER,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT meetings_order CHECK (starts_at < ends_at)
);
CREATE INDEX meetings_mentorship_id_starts_at_idx ON meetings (mentorship_id, starts_at);
CREATE INDEX meetings_programme_id_starts_at_idx ON meetings (programme_id, starts_at);
CREATE INDEX meetings_series_id_idx ON meetings (series_id);
CREATE INDEX meetings_status_ends_at_idx ON meetings (status, ends_at);

CREATE TABLE meeting_attendees (
    id UUID NOT NULL PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES persons (id),
    role TEXT NOT NULL CHECK (role IN ('mentor', 'mentee')),
    partstat TEXT NOT NULL CHECK (partstat IN ('needs-action', 'accepted', 'declined', 'tentative')),
    answered_at TIMESTAMPTZ,
    answered_sequence INTEGER NOT NULL,
    answer_source TEXT,
    of_series BOOLEAN NOT NULL,
    comment TEXT,
    token_hash TEXT NOT NULL UNIQUE,
    token_sealed TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT meeting_attendees_meeting_id_person_id_key UNIQUE (meeting_id, person_id)
);
CREATE INDEX meeting_attendees_person_id_idx ON meeting_attendees (person_id);

CREATE TABLE bookings (
    meeting_id UUID NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES persons (id),
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (meeting_id, person_id),
    CONSTRAINT bookings_order CHECK (starts_at < ends_at),
    -- Rule S4: nobody is in two meetings at once, whatever the number of servers.
    CONSTRAINT bookings_no_overlap EXCLUDE USING gist (person_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
);
CREATE INDEX bookings_person_id_starts_at_idx ON bookings (person_id, starts_at);

CREATE TABLE meeting_answers (
    id UUID NOT NULL PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES persons (id),
    partstat TEXT NOT NULL,
    source TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    dtstamp TIMESTAMPTZ,
    comment TEXT,
    applied BOOLEAN NOT NULL,
    outcome TEXT NOT NULL,
    at TIMESTAMPTZ NOT NULL
);
CREATE INDEX meeting_answers_meeting_id_idx ON meeting_answers (meeting_id);

CREATE TABLE feeds (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID UNIQUE REFERENCES persons (id) ON DELETE CASCADE,
    account_id UUID UNIQUE REFERENCES accounts (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    made_at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    CONSTRAINT feeds_one_owner CHECK ((person_id IS NULL) <> (account_id IS NULL))
);

CREATE TABLE busy_calendars (
    id UUID NOT NULL PRIMARY KEY,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    address_sealed TEXT NOT NULL,
    address_tag TEXT NOT NULL,
    shown TEXT NOT NULL,
    whole_days BOOLEAN NOT NULL,
    etag TEXT,
    last_modified TEXT,
    fingerprint TEXT NOT NULL,
    events INTEGER NOT NULL,
    not_understood INTEGER NOT NULL,
    trouble TEXT,
    failures INTEGER NOT NULL,
    read_at TIMESTAMPTZ NOT NULL,
    checked_at TIMESTAMPTZ NOT NULL,
    next_check_at TIMESTAMPTZ NOT NULL,
    told_at TIMESTAMPTZ,
    leased_by TEXT,
    leased_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT busy_calendars_person_id_address_tag_key UNIQUE (person_id, address_tag)
);
CREATE INDEX busy_calendars_next_check_at_idx ON busy_calendars (next_check_at);

CREATE TABLE busy_times (
    calendar_id UUID NOT NULL REFERENCES busy_calendars (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (calendar_id, starts_at),
    CONSTRAINT busy_times_order CHECK (starts_at < ends_at)
);
CREATE INDEX busy_times_person_id_starts_at_idx ON busy_times (person_id, starts_at);

-- A time that an attendee proposes instead (rule I10). It never moves the meeting by itself.
CREATE TABLE meeting_counters (
    id UUID NOT NULL PRIMARY KEY,
    meeting_id UUID NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    person_id UUID NOT NULL REFERENCES persons (id),
    time_sequence INTEGER NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    note TEXT,
    source TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'declined', 'withdrawn', 'superseded', 'expired', 'refused')),
    reason TEXT,
    decided_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    decided_at TIMESTAMPTZ,
    CONSTRAINT meeting_counters_order CHECK (starts_at < ends_at)
);
CREATE INDEX meeting_counters_meeting_id_idx ON meeting_counters (meeting_id);
CREATE UNIQUE INDEX meeting_counters_one_open ON meeting_counters (meeting_id, person_id) WHERE status = 'open';

CREATE TABLE hours_entries (
    id UUID NOT NULL PRIMARY KEY,
    programme_id UUID NOT NULL REFERENCES programmes (id),
    mentorship_id UUID NOT NULL REFERENCES mentorships (id),
    person_id UUID NOT NULL REFERENCES persons (id),
    role TEXT NOT NULL CHECK (role IN ('mentor', 'mentee')),
    meeting_id UUID REFERENCES meetings (id),
    activity TEXT NOT NULL CHECK (activity IN ('meeting', 'preparation', 'follow-up', 'training', 'other')),
    minutes INTEGER NOT NULL,
    worked_on DATE NOT NULL,
    starts_at TIMESTAMPTZ,
    note TEXT,
    source TEXT NOT NULL CHECK (source IN ('meeting', 'manual', 'correction')),
    corrects_id UUID REFERENCES hours_entries (id),
    correction_reason TEXT,
    status TEXT NOT NULL CHECK (status IN ('recorded', 'attested', 'disputed', 'approved', 'rejected')),
    dispute_reason TEXT,
    flags JSONB NOT NULL,
    attested_at TIMESTAMPTZ,
    attested_by UUID,
    decided_at TIMESTAMPTZ,
    decided_by UUID,
    decision_reason TEXT,
    created_by UUID,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    version INTEGER NOT NULL
);
CREATE INDEX hours_entries_person_id_worked_on_idx ON hours_entries (person_id, worked_on);
CREATE INDEX hours_entries_programme_id_status_idx ON hours_entries (programme_id, status);
CREATE INDEX hours_entries_mentorship_id_idx ON hours_entries (mentorship_id);

ALTER TABLE persons ADD CONSTRAINT persons_coach_id_fkey FOREIGN KEY (coach_id) REFERENCES accounts (id);

-- One open mentorship for a pair, and one mentor at a time for a mentee's participation.
CREATE UNIQUE INDEX mentorships_open_pair ON mentorships (mentor_id, mentee_id) WHERE status = 'active';
CREATE UNIQUE INDEX mentorships_open_mentee ON mentorships (mentee_participation_id) WHERE status = 'active';

-- One hours entry for one meeting and person; corrections are counter-entries and stand beside it.
CREATE UNIQUE INDEX hours_entries_meeting_person ON hours_entries (meeting_id, person_id) WHERE corrects_id IS NULL AND meeting_id IS NOT NULL;
CREATE UNIQUE INDEX hours_entries_one_correction ON hours_entries (corrects_id) WHERE corrects_id IS NOT NULL;

-- One grant of a role for an account (and programme).
CREATE UNIQUE INDEX account_grants_once ON account_grants (account_id, role, COALESCE(programme_id, '00000000-0000-0000-0000-000000000000'::uuid));
CREATE UNIQUE INDEX accounts_person ON accounts (person_id) WHERE person_id IS NOT NULL;
