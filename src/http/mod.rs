//! The web server's assembly: which rooms have which routes, what wraps them, and the OpenAPI document. No
//! feature's code is here.

pub mod problems;
pub mod routes;
pub mod server;
