//! What a person has agreed to: given and withdrawn, by version of the text, every step kept.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::schema::consents;
use crate::kernel::ids::{AccountId, ConsentId, PersonId};
use crate::kernel::{Context, FieldError, Instant, Problem};
use crate::people::model::text::clean;
use crate::people::store::{self, reach};

crate::text_enum! {
    /// What is agreed to.
    pub enum ConsentKind {
        /// To take part and to be matched. Whoever has withdrawn it is not matched; a programme may
        /// require that it was given.
        Matching => "matching",
        /// That the other side of a mentorship receives the address.
        ContactSharing => "contact-sharing",
        /// To be asked how things went, and counted in reports.
        Surveys => "surveys",
        /// The code of ethics.
        Ethics => "ethics",
        /// The agreement to keep confidential what is heard.
        Confidentiality => "confidentiality",
        /// To say of oneself what is used in sums only.
        SelfIdentification => "self-identification",
        /// That wishes, one's own and what one says of oneself for those of others, count in
        /// matching.
        Wishes => "wishes",
    }
}

crate::text_enum! {
    /// How a consent was recorded.
    pub enum ConsentSource {
        /// By the person themself.
        Person => "person",
        /// By staff, for the person (on paper, by telephone).
        Staff => "staff",
        /// By the platform, with an import or the demonstration.
        System => "system",
    }
}

/// One step: a consent given or withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema, Queryable, Selectable, Insertable)]
#[diesel(table_name = consents)]
pub struct Consent {
    pub id: ConsentId,
    #[serde(skip)]
    pub person_id: PersonId,
    pub kind: ConsentKind,
    /// The version of the text that was shown.
    #[schema(example = "2026-09")]
    pub text_version: String,
    /// Given (true) or withdrawn (false).
    pub given: bool,
    pub recorded_at: Instant,
    /// The account that recorded it.
    pub recorded_by: Option<AccountId>,
    pub source: ConsentSource,
}

/// A step as it is written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentInput {
    pub kind: ConsentKind,
    /// At most 40 characters.
    pub text_version: String,
    pub given: bool,
}

/// A person's consents, newest first: the first of each kind is the one in force.
pub fn history(conn: &mut Conn, ctx: &Context, id: PersonId) -> Result<Vec<Consent>, Problem> {
    super::read::allowed(conn, ctx, id, Action::ListConsents)?;
    Ok(consents::table
        .filter(consents::person_id.eq(id))
        .order((consents::recorded_at.desc(), consents::id.desc()))
        .select(Consent::as_select())
        .load(conn)?)
}

/// Of a history that is newest first, what is in force.
pub fn in_force(history: &[Consent]) -> Vec<Consent> {
    let mut current: Vec<Consent> = Vec::new();
    for step in history {
        if !current.iter().any(|known| known.kind == step.kind) {
            current.push(step.clone());
        }
    }
    current
}

/// Who of `ids` has given (true) or withdrawn (false) a consent; nothing for who was never asked.
pub fn current(
    conn: &mut Conn,
    ids: &[PersonId],
    kind: ConsentKind,
) -> Result<HashMap<PersonId, bool>, Problem> {
    let steps: Vec<(PersonId, bool)> = consents::table
        .filter(
            consents::person_id
                .eq_any(ids)
                .and(consents::kind.eq(kind.as_str())),
        )
        .order((consents::recorded_at.asc(), consents::id.asc()))
        .select((consents::person_id, consents::given))
        .load(conn)?;
    // Later steps replace earlier ones.
    Ok(steps.into_iter().collect())
}

/// Records a step. Errors: 404, 422, 409 `consent-unchanged` when it says what is in force already.
pub fn record_step(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    given: &ConsentInput,
) -> Result<Consent, Problem> {
    conn.write_tx(|conn| {
        let person = store::find(conn, id)?;
        let object = reach::record(conn, ctx, &person)?;
        policy::allow(&ctx.actor, Action::RecordConsent, &object)?;
        let source = match ctx.actor.person_id() {
            Some(actor) if actor == id => ConsentSource::Person,
            _ => ConsentSource::Staff,
        };
        record_in(conn, ctx, id, given, source)
    })
}

/// [`record_step`] inside the caller's transaction, without asking the policy.
pub fn record_in(
    conn: &mut Conn,
    ctx: &Context,
    id: PersonId,
    given: &ConsentInput,
    source: ConsentSource,
) -> Result<Consent, Problem> {
    let text_version = clean(&given.text_version);
    if text_version.is_empty() {
        return Err(Problem::field("/text_version", "required"));
    }
    if text_version.chars().count() > 40 {
        let fault = FieldError::new("/text_version", "too-long").with("most", 40);
        return Err(Problem::Invalid(vec![fault]));
    }
    let before: Option<Consent> = consents::table
        .filter(
            consents::person_id
                .eq(id)
                .and(consents::kind.eq(given.kind)),
        )
        .order((consents::recorded_at.desc(), consents::id.desc()))
        .select(Consent::as_select())
        .first(conn)
        .optional()?;
    let same = |b: &Consent| b.given == given.given && b.text_version == text_version;
    if before.as_ref().is_some_and(same) {
        return Err(Problem::conflict("consent-unchanged"));
    }
    let step = Consent {
        id: ConsentId::new(ctx.now),
        person_id: id,
        kind: given.kind,
        text_version,
        given: given.given,
        recorded_at: ctx.now,
        recorded_by: ctx.actor.account_id(),
        source,
    };
    diesel::insert_into(consents::table)
        .values(&step)
        .execute(conn)?;
    record(
        conn,
        ctx,
        &audit::Change {
            action: "person.consent",
            object_type: "person",
            object_id: id.into(),
            programme_id: None,
            before: before.as_ref().map(audit::erased::erase),
            after: Some(&step),
        },
    )?;
    Ok(step)
}
