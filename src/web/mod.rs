//! What every handler shares: the state it is given, reading JSON and queries with problems instead of
//! plain-text errors, ETags, pages of a list, and how a problem becomes an answer.

pub mod body;
pub mod etag;
pub mod paging;
pub mod problem;
pub mod state;

pub use body::{Body, Path, Query};
pub use etag::{IfMatch, Versioned};
pub use paging::{Cursor, Page, PageQuery};
pub use problem::Rendered;
pub use state::App;
