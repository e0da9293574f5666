//! The web server's assembly: which rooms have which routes, what wraps them, and the OpenAPI document. No
//! feature's code is here.
//!
//! What wraps every request, from the outside in:
//!
//! 1. [`circumstances`]: the request's id and the client's address; the log line and the figures at the end.
//! 2. [`headers`]: what protects browsers.
//! 3. compression.
//! 4. [`problems`]: writes problems, as JSON or as a page, in the reader's language.
//! 5. [`cors`]: other origins, where the configuration names them.
//! 6. [`rate`]: so many requests a minute, for each address and each account.
//! 7. [`conditional`]: 304 where the reader has it already.
//! 8. [`idempotency`]: the same POST twice is done once.
//!
//! Then the routes ([`routes`]); what none of them takes ends in [`methods`], as 404 or 405.

pub mod circumstances;
pub mod conditional;
pub mod cors;
pub mod docs;
pub mod examples;
pub mod headers;
pub mod home;
pub mod idempotency;
pub mod limiter;
pub mod manners;
pub mod methods;
pub mod metrics;
pub mod openapi;
pub mod probes;
pub mod problems;
pub mod rate;
pub mod reference_api;
pub mod routes;
pub mod server;
