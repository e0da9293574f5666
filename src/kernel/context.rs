//! The context of a use case: who acts, when, in which language, under which request id, on which platform.
//! It is made at a door (`http`, `worker`, `cli`) and passed down; nothing below looks for it elsewhere.

use std::net::IpAddr;
use std::sync::Arc;

use crate::kernel::ids::{AccountId, PersonId, ProgrammeId};
use crate::kernel::{Instant, Keyring, Locale, Settings};

crate::text_enum! {
    /// What an account may be.
    pub enum Role {
        Administrator => "administrator",
        Coordinator => "coordinator",
        Coach => "coach",
        Mentor => "mentor",
        Mentee => "mentee",
    }
}

/// A role, for one programme or for all.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The programme it holds in; `None` means everywhere (a coordinator's grant always names one).
    pub programme_id: Option<ProgrammeId>,
}

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// Nobody known.
    Anonymous,
    /// Somebody who signed in.
    Account {
        /// Their account.
        id: AccountId,
        /// The person they are, where they are a mentor or mentee.
        person_id: Option<PersonId>,
        /// Their roles.
        grants: Vec<Grant>,
    },
    /// A person who follows a link from a mail, without signing in.
    Link {
        /// The person to whom the link was sent.
        person_id: PersonId,
    },
    /// The platform itself: a job, a command; the word says which.
    System(&'static str),
}

impl Actor {
    /// The account that acts.
    pub fn account_id(&self) -> Option<AccountId> {
        match self {
            Self::Account { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The person who acts.
    pub fn person_id(&self) -> Option<PersonId> {
        match self {
            Self::Account { person_id, .. } => *person_id,
            Self::Link { person_id } => Some(*person_id),
            _ => None,
        }
    }

    /// Whether the actor holds `role` anywhere.
    pub fn has(&self, role: Role) -> bool {
        matches!(self, Self::Account { grants, .. } if grants.iter().any(|g| g.role == role))
    }

    /// The programmes that the actor coordinates.
    pub fn coordinated(&self) -> Vec<ProgrammeId> {
        match self {
            Self::Account { grants, .. } => grants
                .iter()
                .filter(|g| g.role == Role::Coordinator)
                .filter_map(|g| g.programme_id)
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// What is the same for every request of one deployment.
#[derive(Debug)]
pub struct Platform {
    /// The configuration.
    pub settings: Settings,
    /// The keys derived from the deployment's secret.
    pub keyring: Keyring,
}

/// The circumstances of a use case.
#[derive(Debug, Clone)]
pub struct Context {
    /// Who acts.
    pub actor: Actor,
    /// The time of the request: one instant for all that it does.
    pub now: Instant,
    /// The reader's language.
    pub locale: Locale,
    /// The id under which logs and audit lines of this request are found.
    pub request_id: String,
    /// Where the request came from.
    pub address: Option<IpAddr>,
    /// The deployment.
    pub platform: Arc<Platform>,
}

impl Context {
    /// The context of the platform's own work `what` (a job's kind, a command's name).
    pub fn system(what: &'static str, now: Instant, platform: Arc<Platform>) -> Self {
        Self {
            actor: Actor::System(what),
            now,
            locale: Locale::En,
            request_id: format!("{what}-{}", now.utc().timestamp_micros()),
            address: None,
            platform,
        }
    }

    /// The deployment's settings.
    pub fn settings(&self) -> &Settings {
        &self.platform.settings
    }

    /// The deployment's keys.
    pub fn keyring(&self) -> &Keyring {
        &self.platform.keyring
    }

    /// The same circumstances for another actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self {
            actor,
            ..self.clone()
        }
    }
}
