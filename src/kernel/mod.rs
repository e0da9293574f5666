//! The ground floor: the few things that every room stands on and that stand on nothing themselves —
//! typed ids, instants, time zones, the clock, secrets, settings, the problem that every error becomes,
//! and the context in which a use case runs. Nothing here knows a table, a route or a sentence.

pub mod address;
pub mod clock;
pub mod context;
pub mod ids;
pub mod if_match;
pub mod instant;
pub mod locale;
pub mod problem;
pub mod secret;
pub mod settings;
pub mod sql;
pub mod text_enum;
pub mod zone;

pub use clock::{Clock, SystemClock, TestClock};
pub use context::{Actor, Context, Grant, Platform, Role};
pub use if_match::IfMatch;
pub use instant::Instant;
pub use locale::Locale;
pub use problem::{FieldError, Problem};
pub use secret::{Keyring, Token, TokenHash};
pub use settings::Settings;
pub use zone::Zone;
