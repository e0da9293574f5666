//! What every handler shares: the state it is given, reading JSON and queries with problems instead of
//! plain-text errors, ETags, pages of a list, how a problem becomes an answer; and for pages the layout, the
//! forms and the assets.

pub mod assets;
pub mod body;
pub mod csv;
pub mod etag;
pub mod form;
pub mod idempotency;
pub mod layout;
pub mod multipart;
pub mod paging;
pub mod problem;
pub mod state;
pub mod turns;

pub use body::{Body, Path, Query};
pub use etag::Versioned;
pub use form::{Form, LinkForm};
pub use paging::{Cursor, Page, PageQuery};
pub use problem::Rendered;
pub use state::App;
pub use turns::Turns;
