//! What tests share: databases, a running server, people to act as.

#![allow(dead_code)]

pub mod app;
pub mod calendar_server;
pub mod checkers;
pub mod databases;
pub mod dovecot;
pub mod people;
pub mod python;
pub mod smtp;
pub mod source;

pub use app::{each_database, each_database_with};
