//! The database: one connection type over SQLite and PostgreSQL, the pool, transactions, migrations and the
//! column codecs. The same query code runs on both; where they really differ, the difference is a function
//! here (or in a room's `store.rs`) with both sides next to each other.

pub mod claims;
pub mod codec;
pub mod connection;
pub mod error;
pub mod jobs;
pub mod migrate;
pub mod pool;
pub mod schema;
pub mod upsert;

pub use codec::Json;
pub use connection::{Conn, Manager, MultiBackend, cols};
pub use error::{Constraint, constraint};
pub use pool::Db;
pub use upsert::UpsertExt;
