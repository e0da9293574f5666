//! Inviting somebody to an account: staff by address and name, a mentor or mentee by their person.

use diesel::prelude::*;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::access::accounts::create::{self, NewAccount};
use crate::access::accounts::model::{Account, NewGrant, may_grant};
use crate::access::accounts::store::{self, AccountStatus};
use crate::access::email::Email;
use crate::access::links::{self, Addressee};
use crate::access::policy::{self, Action, Object};
use crate::access::{audit, record};
use crate::db::Conn;
use crate::db::schema::{participations, persons};
use crate::kernel::ids::{AccountId, PersonId, ProgrammeId};
use crate::kernel::{Context, FieldError, Locale, Problem, Role};

/// Whom to invite, and as what.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountInvitation, example = json!({"email": "nadia.haddad@example.org", "display_name": "Nadia Haddad", "locale": "fr",
    "role": "coordinator", "programme_id": "01930f5e-7a00-7000-8000-000000000001"}))]
pub struct Invitation {
    /// The person it is for: name, address and language come from there unless given.
    pub person_id: Option<PersonId>,
    pub email: Option<String>,
    pub display_name: Option<String>,
    pub locale: Option<Locale>,
    pub role: Role,
    /// The programme of the role. A coordinator's names one, an administrator's none.
    pub programme_id: Option<ProgrammeId>,
}

/// Opens an account and mails the link with which its password is set.
///
/// # Errors
/// 403, and 404 for another's programme; 422; 409 `account-exists`, `person-has-account`.
pub fn invite(conn: &mut Conn, ctx: &Context, new: Invitation) -> Result<Account, Problem> {
    let grant = NewGrant {
        role: new.role,
        programme_id: new.programme_id,
    };
    let object = new
        .programme_id
        .map_or_else(Object::general, Object::of_programme);
    match policy::allow(&ctx.actor, Action::InviteAccount, &object) {
        // A coordinator who names no programme has forgotten it.
        Err(Problem::NotFound) if new.programme_id.is_none() && new.role != Role::Administrator => {
            return Err(Problem::field("/programme_id", "required"));
        }
        Err(Problem::NotFound) if new.programme_id.is_none() => return Err(Problem::Forbidden),
        other => other?,
    }
    grant.check("")?;
    if !may_grant(&ctx.actor, grant.role, grant.programme_id) {
        return Err(Problem::Forbidden);
    }
    conn.write_tx(|conn| {
        let new = complete(conn, ctx, &new, grant)?;
        let id = create::insert(conn, ctx, &new, AccountStatus::Invited, None)?;
        let to = Addressee {
            id,
            name: new.display_name,
            email: new.email.shown().to_owned(),
            locale: new.locale,
        };
        links::invite(conn, ctx, &to)?;
        store::find(conn, id)
    })
}

#[derive(Debug, Queryable)]
struct Known {
    preferred_name: Option<String>,
    given_name: String,
    family_name: String,
    email: Option<String>,
    locale: Locale,
}

/// Fills in what the person's record knows; every fault at once.
fn complete(
    conn: &mut Conn,
    ctx: &Context,
    new: &Invitation,
    grant: NewGrant,
) -> Result<NewAccount, Problem> {
    let known = match new.person_id {
        Some(id) => Some(person(conn, ctx, id)?),
        None if matches!(new.role, Role::Mentor | Role::Mentee) => {
            return Err(Problem::field("/person_id", "required"));
        }
        None => None,
    };
    let mut faults = Vec::new();
    let address = new
        .email
        .clone()
        .or_else(|| known.as_ref().and_then(|k| k.email.clone()));
    let email = Email::parse("/email", address.as_deref().unwrap_or(""));
    let name = new.display_name.clone().or_else(|| {
        known.as_ref().map(|k| {
            let first = k.preferred_name.as_ref().unwrap_or(&k.given_name);
            format!("{first} {}", k.family_name)
        })
    });
    let name = display_name(name.as_deref().unwrap_or(""));
    match (email, name) {
        (Ok(email), Ok(display_name)) => {
            return Ok(NewAccount {
                email,
                display_name,
                locale: new.locale.or(known.map(|k| k.locale)).unwrap_or(ctx.locale),
                person_id: new.person_id,
                grants: vec![grant],
            });
        }
        (email, name) => {
            faults.extend(email.err());
            faults.extend(name.err());
        }
    }
    Err(Problem::Invalid(faults))
}

/// A name to show: something, on one line, of at most 200 characters.
pub(super) fn display_name(text: &str) -> Result<String, FieldError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fault = |code| FieldError::new("/display_name", code);
    match name.chars().count() {
        0 => Err(fault("required")),
        1..=200 => Ok(name),
        _ => Err(fault("too-long").with("most", 200)),
    }
}

/// The person's record, if it is the actor's to see: one who runs no programme of theirs finds nobody.
fn person(conn: &mut Conn, ctx: &Context, id: PersonId) -> Result<Known, Problem> {
    let unknown = || Problem::field("/person_id", "not-found");
    let takes_part: Vec<ProgrammeId> = participations::table
        .filter(participations::person_id.eq(id))
        .select(participations::programme_id)
        .load(conn)?;
    let object = Object {
        programmes: takes_part,
        ..Object::default()
    };
    policy::allow(&ctx.actor, Action::InviteAccount, &object).map_err(|_| unknown())?;
    persons::table
        .find(id)
        .select((
            persons::preferred_name,
            persons::given_name,
            persons::family_name,
            persons::email,
            persons::locale,
        ))
        .first(conn)
        .optional()?
        .ok_or_else(unknown)
}

/// Mails the invitation of an account that was never used again, with a new link; the old one is void.
///
/// # Errors
/// 403, 404; 409 `account-in-use`.
pub fn invite_again(conn: &mut Conn, ctx: &Context, id: AccountId) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        let account = store::find(conn, id)?;
        policy::allow(&ctx.actor, Action::ResendInvitation, &account.object())?;
        if account.status != AccountStatus::Invited {
            return Err(Problem::conflict("account-in-use"));
        }
        let to = Addressee {
            id,
            name: account.display_name.clone(),
            email: account.email.clone(),
            locale: account.locale,
        };
        links::invite(conn, ctx, &to)?;
        record(
            conn,
            ctx,
            &audit::Change {
                action: "account.invite-again",
                object_type: "account",
                object_id: id.into(),
                programme_id: account.programmes.first().copied(),
                before: None,
                after: None,
            },
        )
    })
}
