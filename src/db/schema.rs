//! The tables, as diesel sees them. One list for both databases: the migrations in `migrations/sqlite` and
//! `migrations/postgres` make the same columns; a test compares them with this file.

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    signing_keys (id) {
        id -> SqlUuid,
        kid -> Text,
        private_sealed -> Text,
        public_key -> Text,
        created_at -> SqlInstant,
        activates_at -> SqlInstant,
        retires_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    throttles (id) {
        id -> SqlUuid,
        bucket -> Text,
        count -> Integer,
        window_started_at -> SqlInstant,
        blocked_until -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    audit_log (id) {
        id -> SqlUuid,
        at -> SqlInstant,
        actor_kind -> Text,
        actor_id -> Nullable<SqlUuid>,
        action -> Text,
        object_type -> Text,
        object_id -> Nullable<SqlUuid>,
        programme_id -> Nullable<SqlUuid>,
        before -> Nullable<SqlJson>,
        after -> Nullable<SqlJson>,
        request_id -> Text,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    idempotency_keys (id) {
        id -> SqlUuid,
        scope -> Text,
        key_hash -> Text,
        fingerprint -> Text,
        status -> Nullable<Integer>,
        headers -> Nullable<SqlJson>,
        body_sealed -> Nullable<Text>,
        committed -> Bool,
        created_at -> SqlInstant,
        expires_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    outbox (id) {
        id -> SqlUuid,
        kind -> Text,
        dedupe_key -> Text,
        person_id -> Nullable<SqlUuid>,
        account_id -> Nullable<SqlUuid>,
        programme_id -> Nullable<SqlUuid>,
        subject_type -> Nullable<Text>,
        subject_id -> Nullable<SqlUuid>,
        locale -> Text,
        recipient_sealed -> Text,
        payload_sealed -> Text,
        message_id -> Text,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> SqlInstant,
        leased_until -> Nullable<SqlInstant>,
        leased_by -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at -> SqlInstant,
        sent_at -> Nullable<SqlInstant>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    inbound_messages (id) {
        id -> SqlUuid,
        received_at -> SqlInstant,
        door -> Text,
        dedupe_key -> Text,
        message_id_hash -> Nullable<Text>,
        calendar_hash -> Nullable<Text>,
        size_bytes -> Integer,
        repeats -> Integer,
        meaning -> Text,
        answer -> Nullable<Text>,
        programme_id -> Nullable<SqlUuid>,
        meeting_id -> Nullable<SqlUuid>,
        instance_id -> Nullable<SqlUuid>,
        person_id -> Nullable<SqlUuid>,
        outbox_id -> Nullable<SqlUuid>,
        origin_sealed -> Text,
        body_sealed -> Text,
        state -> Text,
        reason -> Text,
        confirm_hash -> Nullable<Text>,
        settled_at -> Nullable<SqlInstant>,
        settled_by -> Nullable<SqlUuid>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    mail_links (id) {
        id -> SqlUuid,
        purpose -> Text,
        owner_id -> SqlUuid,
        token_hash -> Text,
        token_sealed -> Text,
        expires_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    mailboxes (name) {
        name -> Text,
        leased_by -> Nullable<Text>,
        leased_until -> Nullable<SqlInstant>,
        uid_validity -> BigInt,
        last_uid -> BigInt,
        taken -> BigInt,
        last_success_at -> Nullable<SqlInstant>,
        last_failure_at -> Nullable<SqlInstant>,
        last_error -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    digest_settings (account_id) {
        account_id -> SqlUuid,
        wanted -> Bool,
        hour -> Nullable<Integer>,
        zone -> Nullable<Text>,
        last_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    jobs (id) {
        id -> SqlUuid,
        kind -> Text,
        unique_key -> Text,
        subject_id -> Nullable<SqlUuid>,
        person_id -> Nullable<SqlUuid>,
        payload -> SqlJson,
        run_at -> SqlInstant,
        status -> Text,
        attempts -> Integer,
        leased_until -> Nullable<SqlInstant>,
        leased_by -> Nullable<Text>,
        last_error -> Nullable<Text>,
        created_at -> SqlInstant,
        done_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    imports (id) {
        id -> SqlUuid,
        account_id -> Nullable<SqlUuid>,
        programme_id -> Nullable<SqlUuid>,
        file_name -> Text,
        file_hash -> Text,
        dry_run -> Bool,
        skip_invalid -> Bool,
        status -> Text,
        rows -> Integer,
        created -> Integer,
        changed -> Integer,
        unchanged -> Integer,
        rejected -> Integer,
        report -> SqlJson,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    import_rows (id) {
        id -> SqlUuid,
        import_id -> SqlUuid,
        row -> Integer,
        outcome -> Text,
        person_id -> Nullable<SqlUuid>,
        detail -> SqlJson,
        cells_sealed -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    programmes (id) {
        id -> SqlUuid,
        slug -> Text,
        name_en -> Text,
        name_fr -> Text,
        description_en -> Text,
        description_fr -> Text,
        starts_on -> Date,
        ends_on -> Date,
        target_minutes -> Integer,
        meeting_minutes -> Integer,
        rhythm_days -> Integer,
        zone -> Text,
        province -> Nullable<Text>,
        settings -> SqlJson,
        status -> Text,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        closed_at -> Nullable<SqlInstant>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    match_runs (id) {
        id -> SqlUuid,
        programme_id -> SqlUuid,
        status -> Text,
        engine_version -> Text,
        inputs_hash -> Text,
        settings -> SqlJson,
        instance -> Nullable<SqlJson>,
        summary -> Nullable<SqlJson>,
        outcome -> Nullable<SqlJson>,
        started_at -> SqlInstant,
        finished_at -> Nullable<SqlInstant>,
        created_by -> Nullable<SqlUuid>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    persons (id) {
        id -> SqlUuid,
        given_name -> Text,
        family_name -> Text,
        preferred_name -> Nullable<Text>,
        pronouns -> Nullable<Text>,
        name_key -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        phone -> Nullable<Text>,
        locale -> Text,
        city -> Nullable<Text>,
        province -> Nullable<Text>,
        country -> Text,
        zone -> Text,
        meeting_mode -> Text,
        licence_stage -> Nullable<Text>,
        licence_jurisdiction -> Nullable<Text>,
        headline -> Nullable<Text>,
        status -> Text,
        paused_from -> Nullable<Date>,
        paused_until -> Nullable<Date>,
        coach_id -> Nullable<SqlUuid>,
        origin -> Text,
        mail_suppressed_at -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        archived_at -> Nullable<SqlInstant>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    accounts (id) {
        id -> SqlUuid,
        person_id -> Nullable<SqlUuid>,
        email -> Text,
        email_key -> Text,
        display_name -> Text,
        password_hash -> Nullable<Text>,
        status -> Text,
        locale -> Text,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        last_login_at -> Nullable<SqlInstant>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    account_grants (id) {
        id -> SqlUuid,
        account_id -> SqlUuid,
        role -> Text,
        programme_id -> Nullable<SqlUuid>,
        granted_at -> SqlInstant,
        granted_by -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    account_tokens (id) {
        id -> SqlUuid,
        account_id -> SqlUuid,
        purpose -> Text,
        token_hash -> Text,
        created_at -> SqlInstant,
        expires_at -> SqlInstant,
        used_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    refresh_tokens (id) {
        id -> SqlUuid,
        account_id -> SqlUuid,
        family_id -> SqlUuid,
        token_hash -> Text,
        issued_at -> SqlInstant,
        expires_at -> SqlInstant,
        rotated_at -> Nullable<SqlInstant>,
        revoked_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    person_occupations (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        kind -> Text,
        noc -> Nullable<Text>,
        own_words -> Nullable<Text>,
        confidence -> Integer,
        needs_review -> Bool,
        years -> Nullable<Integer>,
        last_year -> Nullable<Integer>,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    person_languages (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        language -> Text,
        level -> Nullable<Text>,
        wanted -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    person_topics (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        side -> Text,
        topic -> Text,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    person_wishes (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        kind -> Text,
        word -> Text,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    availability_rules (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        weekday -> Integer,
        starts_minute -> Integer,
        ends_minute -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    availability_exceptions (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        kind -> Text,
        starts_on -> Date,
        ends_on -> Date,
        starts_minute -> Nullable<Integer>,
        ends_minute -> Nullable<Integer>,
        note -> Nullable<Text>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    consents (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        kind -> Text,
        text_version -> Text,
        given -> Bool,
        recorded_at -> SqlInstant,
        recorded_by -> Nullable<SqlUuid>,
        source -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    conflicts_of_interest (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        other_person_id -> SqlUuid,
        kind -> Text,
        reason -> Nullable<Text>,
        declared_at -> SqlInstant,
        declared_by -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    participations (id) {
        id -> SqlUuid,
        programme_id -> SqlUuid,
        person_id -> SqlUuid,
        side -> Text,
        capacity -> Integer,
        taken -> Integer,
        held -> Integer,
        waiting_since -> Nullable<SqlInstant>,
        status -> Text,
        left_reason -> Nullable<Text>,
        joined_at -> SqlInstant,
        left_at -> Nullable<SqlInstant>,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    proposals (id) {
        id -> SqlUuid,
        run_id -> SqlUuid,
        programme_id -> SqlUuid,
        mentor_participation_id -> SqlUuid,
        mentee_participation_id -> SqlUuid,
        mentor_id -> SqlUuid,
        mentee_id -> SqlUuid,
        score -> Integer,
        parts -> SqlJson,
        facts -> SqlJson,
        status -> Text,
        reason -> Nullable<Text>,
        replaces_id -> Nullable<SqlUuid>,
        mentorship_id -> Nullable<SqlUuid>,
        decided_at -> Nullable<SqlInstant>,
        decided_by -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    match_decisions (id) {
        id -> SqlUuid,
        proposal_id -> SqlUuid,
        programme_id -> SqlUuid,
        decision -> Text,
        reason -> Nullable<Text>,
        criteria -> SqlJson,
        overridden -> Bool,
        decided_at -> SqlInstant,
        decided_by -> Nullable<SqlUuid>,
        person_id -> Nullable<SqlUuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    match_consents (id) {
        id -> SqlUuid,
        proposal_id -> SqlUuid,
        programme_id -> SqlUuid,
        side -> Text,
        person_id -> SqlUuid,
        status -> Text,
        reason -> Nullable<Text>,
        token_hash -> Text,
        token_sealed -> Text,
        created_at -> SqlInstant,
        asked_at -> Nullable<SqlInstant>,
        due_at -> Nullable<SqlInstant>,
        answered_at -> Nullable<SqlInstant>,
        answer_source -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    mentorships (id) {
        id -> SqlUuid,
        programme_id -> SqlUuid,
        proposal_id -> Nullable<SqlUuid>,
        mentor_participation_id -> SqlUuid,
        mentee_participation_id -> SqlUuid,
        mentor_id -> SqlUuid,
        mentee_id -> SqlUuid,
        status -> Text,
        started_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        end_reason -> Nullable<Text>,
        end_note -> Nullable<Text>,
        created_by -> Nullable<SqlUuid>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    meeting_series (id) {
        id -> SqlUuid,
        mentorship_id -> SqlUuid,
        programme_id -> SqlUuid,
        uid -> Text,
        sequence -> Integer,
        time_sequence -> Integer,
        dtstamp -> SqlInstant,
        zone -> Text,
        local_start -> Text,
        minutes -> Integer,
        every_weeks -> Integer,
        instances -> Integer,
        ends -> Text,
        form -> Text,
        mode -> Text,
        title -> Text,
        location -> Nullable<Text>,
        url -> Nullable<Text>,
        note -> Nullable<Text>,
        status -> Text,
        cancel_reason -> Nullable<Text>,
        created_by -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    meeting_series_attendees (id) {
        id -> SqlUuid,
        series_id -> SqlUuid,
        person_id -> SqlUuid,
        role -> Text,
        partstat -> Text,
        answered_at -> Nullable<SqlInstant>,
        answered_sequence -> Integer,
        answer_source -> Nullable<Text>,
        comment -> Nullable<Text>,
        token_hash -> Text,
        token_sealed -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    meetings (id) {
        id -> SqlUuid,
        mentorship_id -> SqlUuid,
        programme_id -> SqlUuid,
        series_id -> Nullable<SqlUuid>,
        recurrence_local -> Nullable<Text>,
        uid -> Text,
        sequence -> Integer,
        time_sequence -> Integer,
        dtstamp -> SqlInstant,
        starts_at -> SqlInstant,
        ends_at -> SqlInstant,
        zone -> Text,
        local_start -> Text,
        tzdb -> Text,
        mode -> Text,
        title -> Text,
        location -> Nullable<Text>,
        url -> Nullable<Text>,
        note -> Nullable<Text>,
        status -> Text,
        cancel_reason -> Nullable<Text>,
        held_minutes -> Nullable<Integer>,
        created_by -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    meeting_attendees (id) {
        id -> SqlUuid,
        meeting_id -> SqlUuid,
        person_id -> SqlUuid,
        role -> Text,
        partstat -> Text,
        answered_at -> Nullable<SqlInstant>,
        answered_sequence -> Integer,
        answer_source -> Nullable<Text>,
        of_series -> Bool,
        comment -> Nullable<Text>,
        token_hash -> Text,
        token_sealed -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    bookings (meeting_id, person_id) {
        meeting_id -> SqlUuid,
        person_id -> SqlUuid,
        starts_at -> SqlInstant,
        ends_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    meeting_answers (id) {
        id -> SqlUuid,
        meeting_id -> SqlUuid,
        person_id -> SqlUuid,
        partstat -> Text,
        source -> Text,
        sequence -> Integer,
        dtstamp -> Nullable<SqlInstant>,
        comment -> Nullable<Text>,
        applied -> Bool,
        outcome -> Text,
        at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    feeds (id) {
        id -> SqlUuid,
        person_id -> Nullable<SqlUuid>,
        account_id -> Nullable<SqlUuid>,
        token_hash -> Text,
        made_at -> SqlInstant,
        read_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    busy_calendars (id) {
        id -> SqlUuid,
        person_id -> SqlUuid,
        address_sealed -> Text,
        address_tag -> Text,
        shown -> Text,
        whole_days -> Bool,
        etag -> Nullable<Text>,
        last_modified -> Nullable<Text>,
        fingerprint -> Text,
        events -> Integer,
        not_understood -> Integer,
        trouble -> Nullable<Text>,
        failures -> Integer,
        read_at -> SqlInstant,
        checked_at -> SqlInstant,
        next_check_at -> SqlInstant,
        told_at -> Nullable<SqlInstant>,
        leased_by -> Nullable<Text>,
        leased_until -> Nullable<SqlInstant>,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    busy_times (calendar_id, starts_at) {
        calendar_id -> SqlUuid,
        person_id -> SqlUuid,
        starts_at -> SqlInstant,
        ends_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    meeting_counters (id) {
        id -> SqlUuid,
        meeting_id -> SqlUuid,
        person_id -> SqlUuid,
        time_sequence -> Integer,
        starts_at -> SqlInstant,
        ends_at -> SqlInstant,
        note -> Nullable<Text>,
        source -> Text,
        status -> Text,
        reason -> Nullable<Text>,
        decided_by -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        decided_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::kernel::sql::*;

    hours_entries (id) {
        id -> SqlUuid,
        programme_id -> SqlUuid,
        mentorship_id -> SqlUuid,
        person_id -> SqlUuid,
        role -> Text,
        meeting_id -> Nullable<SqlUuid>,
        activity -> Text,
        minutes -> Integer,
        worked_on -> Date,
        starts_at -> Nullable<SqlInstant>,
        note -> Nullable<Text>,
        source -> Text,
        corrects_id -> Nullable<SqlUuid>,
        correction_reason -> Nullable<Text>,
        status -> Text,
        dispute_reason -> Nullable<Text>,
        flags -> SqlJson,
        attested_at -> Nullable<SqlInstant>,
        attested_by -> Nullable<SqlUuid>,
        decided_at -> Nullable<SqlInstant>,
        decided_by -> Nullable<SqlUuid>,
        decision_reason -> Nullable<Text>,
        created_by -> Nullable<SqlUuid>,
        created_at -> SqlInstant,
        updated_at -> SqlInstant,
        version -> Integer,
    }
}

diesel::joinable!(match_runs -> programmes (programme_id));
diesel::joinable!(accounts -> persons (person_id));
diesel::joinable!(account_grants -> accounts (account_id));
diesel::joinable!(account_grants -> programmes (programme_id));
diesel::joinable!(account_tokens -> accounts (account_id));
diesel::joinable!(refresh_tokens -> accounts (account_id));
diesel::joinable!(person_occupations -> persons (person_id));
diesel::joinable!(person_languages -> persons (person_id));
diesel::joinable!(person_topics -> persons (person_id));
diesel::joinable!(person_wishes -> persons (person_id));
diesel::joinable!(availability_rules -> persons (person_id));
diesel::joinable!(availability_exceptions -> persons (person_id));
diesel::joinable!(consents -> persons (person_id));
diesel::joinable!(participations -> persons (person_id));
diesel::joinable!(participations -> programmes (programme_id));
diesel::joinable!(proposals -> match_runs (run_id));
diesel::joinable!(proposals -> programmes (programme_id));
diesel::joinable!(match_decisions -> programmes (programme_id));
diesel::joinable!(match_decisions -> proposals (proposal_id));
diesel::joinable!(match_consents -> programmes (programme_id));
diesel::joinable!(match_consents -> proposals (proposal_id));
diesel::joinable!(match_consents -> persons (person_id));
diesel::joinable!(mentorships -> programmes (programme_id));
diesel::joinable!(mentorships -> proposals (proposal_id));
diesel::joinable!(meetings -> mentorships (mentorship_id));
diesel::joinable!(meetings -> programmes (programme_id));
diesel::joinable!(meetings -> meeting_series (series_id));
diesel::joinable!(meeting_series_attendees -> meeting_series (series_id));
diesel::joinable!(meeting_series_attendees -> persons (person_id));
diesel::joinable!(meeting_attendees -> meetings (meeting_id));
diesel::joinable!(meeting_attendees -> persons (person_id));
diesel::joinable!(bookings -> meetings (meeting_id));
diesel::joinable!(bookings -> persons (person_id));
diesel::joinable!(meeting_answers -> meetings (meeting_id));
diesel::joinable!(meeting_answers -> persons (person_id));
diesel::joinable!(feeds -> persons (person_id));
diesel::joinable!(feeds -> accounts (account_id));
diesel::joinable!(busy_calendars -> persons (person_id));
diesel::joinable!(busy_times -> busy_calendars (calendar_id));
diesel::joinable!(meeting_counters -> meetings (meeting_id));
diesel::joinable!(hours_entries -> meetings (meeting_id));
diesel::joinable!(hours_entries -> mentorships (mentorship_id));
diesel::joinable!(hours_entries -> persons (person_id));
diesel::joinable!(hours_entries -> programmes (programme_id));

diesel::allow_tables_to_appear_in_same_query!(
    signing_keys,
    throttles,
    audit_log,
    idempotency_keys,
    outbox,
    inbound_messages,
    mailboxes,
    mail_links,
    digest_settings,
    jobs,
    imports,
    import_rows,
    programmes,
    match_runs,
    persons,
    accounts,
    account_grants,
    account_tokens,
    refresh_tokens,
    person_occupations,
    person_languages,
    person_topics,
    person_wishes,
    availability_rules,
    availability_exceptions,
    consents,
    conflicts_of_interest,
    participations,
    proposals,
    match_decisions,
    match_consents,
    mentorships,
    meeting_series,
    meeting_series_attendees,
    meetings,
    meeting_attendees,
    bookings,
    meeting_answers,
    feeds,
    busy_calendars,
    busy_times,
    meeting_counters,
    hours_entries,
);
