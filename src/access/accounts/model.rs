//! What an account is, and who may give which role.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::accounts::store::AccountStatus;
use crate::access::policy::Object;
use crate::kernel::ids::{AccountId, GrantId, PersonId, ProgrammeId};
use crate::kernel::{Actor, FieldError, Grant, Instant, Locale, Problem, Role};

/// A role that an account holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldGrant {
    pub id: GrantId,
    pub role: Role,
    /// The programme it holds in; null means everywhere.
    pub programme_id: Option<ProgrammeId>,
    pub granted_at: Instant,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Account {
    pub id: AccountId,
    /// The address that it signs in with.
    #[schema(example = "amelie.roy@example.org")]
    pub email: String,
    pub display_name: String,
    /// The language of its mails.
    pub locale: Locale,
    pub status: AccountStatus,
    /// The person whom it belongs to, for a mentor or mentee.
    pub person_id: Option<PersonId>,
    pub grants: Vec<HeldGrant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub last_login_at: Option<Instant>,
    pub version: i32,
    /// The programmes that it concerns: those of its grants, and those in which its person takes part.
    #[serde(skip)]
    pub programmes: Vec<ProgrammeId>,
}

impl Account {
    /// As the policy sees it.
    pub fn object(&self) -> Object {
        Object {
            programmes: self.programmes.clone(),
            persons: self.person_id.into_iter().collect(),
            account: Some(self.id),
            ..Object::default()
        }
    }

    /// Whether it is an active administrator.
    pub fn administers(&self) -> bool {
        self.status == AccountStatus::Active
            && self.grants.iter().any(|g| g.role == Role::Administrator)
    }
}

/// A role to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    pub role: Role,
    /// The programme it holds in. A coordinator's names one, an administrator's none.
    pub programme_id: Option<ProgrammeId>,
}

impl NewGrant {
    /// Refuses a role without the programme that it needs, or with one that it cannot have.
    pub fn check(&self, pointer: &str) -> Result<(), Problem> {
        let code = match (self.role, self.programme_id) {
            (Role::Coordinator, None) => "required",
            (Role::Administrator, Some(_)) => "grant-everywhere",
            _ => return Ok(()),
        };
        Err(Problem::Invalid(vec![FieldError::new(
            format!("{pointer}/programme_id"),
            code,
        )]))
    }
}

/// Whether `actor` may give or take away the role: never more than they hold.
pub fn may_grant(actor: &Actor, role: Role, programme: Option<ProgrammeId>) -> bool {
    let holds = |grant: &Grant| match grant.role {
        Role::Administrator => true,
        Role::Coordinator => {
            role != Role::Administrator
                && grant.programme_id.is_some()
                && grant.programme_id == programme
        }
        Role::Coach | Role::Mentor | Role::Mentee => false,
    };
    match actor {
        Actor::System(_) => true,
        Actor::Account { grants, .. } => grants.iter().any(holds),
        Actor::Anonymous | Actor::Link { .. } => false,
    }
}

/// Refuses unless `actor` may grant everything that `account` holds: a coordinator must not disable an
/// administrator because both have to do with one programme.
pub fn require_reach(actor: &Actor, account: &Account) -> Result<(), Problem> {
    let all = account
        .grants
        .iter()
        .all(|g| may_grant(actor, g.role, g.programme_id));
    if all { Ok(()) } else { Err(Problem::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_grants_more_than_they_hold() {
        let now = Instant::from_millis(0).unwrap();
        let (ours, other) = (ProgrammeId::new(now), ProgrammeId::new(now));
        let with = |role, programme_id| Actor::Account {
            id: AccountId::new(now),
            person_id: None,
            grants: vec![Grant { role, programme_id }],
        };
        let coordinator = with(Role::Coordinator, Some(ours));
        for role in [Role::Coordinator, Role::Coach, Role::Mentor, Role::Mentee] {
            assert!(may_grant(&coordinator, role, Some(ours)));
            assert!(!may_grant(&coordinator, role, Some(other)));
            assert!(!may_grant(&coordinator, role, None));
        }
        assert!(!may_grant(&coordinator, Role::Administrator, None));
        assert!(!may_grant(&coordinator, Role::Administrator, Some(ours)));
        let administrator = with(Role::Administrator, None);
        assert!(may_grant(&administrator, Role::Administrator, None));
        for role in [Role::Coach, Role::Mentor, Role::Mentee] {
            assert!(!may_grant(&with(role, Some(ours)), role, Some(ours)));
        }
        // A coordinator without a programme (which the rules forbid) reaches nothing.
        assert!(!may_grant(
            &with(Role::Coordinator, None),
            Role::Mentor,
            None
        ));
    }

    #[test]
    fn a_coordinator_needs_a_programme_and_an_administrator_has_none() {
        let programme = ProgrammeId::new(Instant::from_millis(0).unwrap());
        let check = |role, programme_id| NewGrant { role, programme_id }.check("").is_ok();
        assert!(!check(Role::Coordinator, None));
        assert!(check(Role::Coordinator, Some(programme)));
        assert!(check(Role::Administrator, None));
        assert!(!check(Role::Administrator, Some(programme)));
        assert!(check(Role::Mentor, None));
    }
}
