//! Mail: how a word of the platform reaches a person.
//!
//! A use case writes a mail the way it writes any other row: [`outbox::enqueue`] with a
//! [`NewMail`], inside its own transaction, so that a change and the mail that announces it commit
//! together or not at all. What is stored is which template, with what values, to whom, sealed.
//! The worker takes due rows, renders them ([`templates`]), builds the message ([`message`]) and
//! hands it to a [`transport`]: an SMTP server, a folder, or the local mailbox of a demonstration.
//! [`deliver`] is that loop's body: a row is claimed with a lease, sent outside any transaction, and
//! marked; what fails for now is tried again with growing pauses, what is refused for good is dead
//! at once, and in its coordinators' next digest.
//!
//! This room knows no meeting and no account: whom a dead mail concerns is the digests' to know.

pub mod clean;
pub mod contexts;
pub mod deliver;
pub mod dkim;
pub mod imap;
pub mod inbound;
pub mod links;
pub mod message;
pub mod outbox;
pub mod queue;
pub mod templates;
pub mod transport;
pub mod when;

pub use clean::{Line, Link, Text};
pub use deliver::Courier;
pub use outbox::{NewMail, Queued, Recipient, enqueue};
pub use templates::{Kind, Template, Templates};
pub use when::{Day, When};
