//! Matching through the front door: runs, reasons, decisions, consents, races.

mod command;
mod consenting;
mod deciding;
mod deciding_pages;
mod explaining;
mod overtaken;
mod pages;
mod racing;
mod recording;
mod running;
pub mod scene;
mod warm;
mod withdrawn;
