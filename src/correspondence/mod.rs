//! Correspondence: what was written to people, for those who have to look after it.
//!
//! `mail` sends and knows nobody; this room is the coordinator's window on it: which mails wait, were
//! sent or are dead, what they say (never the links, which open somebody else's door), and to send a
//! dead one again. In a demonstration and in development it is also the local mailbox at `/mailbox`,
//! where everything can be read as its recipient would.
//!
//! And the other direction: [`incoming`] keeps and acts on what people's calendars and mail servers send back.

pub mod api;
pub mod incoming;
pub mod mailbox;
mod model;
mod read;
mod retry;

pub use model::{Mail, MailCalendar, MailRecipient, MailSummary};
pub use read::{list, read};
pub use retry::retry;
