//! Programmes: what an organisation offers for a time, with its dates, target hours, meeting rhythm and the
//! settings of its matching; and participation: a person's part in it as mentor (with a capacity) or as mentee
//! (waiting since).
//!
//! A programme goes draft → open → closed ([`ProgrammeStatus::go`](model::ProgrammeStatus::go)). People are
//! enrolled while it is not closed, and matched while it is open. Closing lets everybody leave; what becomes of
//! mentorships that are still open is decided one room higher, in `mentorships::close_programme`, because it
//! concerns meetings too.
//!
//! A participation counts its places: `capacity` (1 to 20 for a mentor, 1 for a mentee) and how many are
//! `taken` by open mentorships and `held` for pairs whose consent is awaited; the database keeps the sum of both
//! between 0 and `capacity`. Only [`places`] changes them.

pub mod api;
pub mod create;
pub mod enrol;
pub mod imported;
pub mod leave;
pub mod life;
pub mod mails;
pub mod model;
pub mod participants;
pub mod participation;
pub mod participation_api;
pub mod places;
pub mod settings;
pub mod store;
pub mod update;

pub use enrol::{Enrolment, enrol_in};
pub use model::{Programme, ProgrammeStatus};
pub use participation::{Participation, ParticipationStatus, Side};
pub use settings::ProgrammeSettings;
