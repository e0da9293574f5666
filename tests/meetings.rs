//! Meetings through the front door: slots, booking, invitations, answers, reminders. The rules are those of
//! calendar mail (O), time (T), links (L) and slots (S); a test that proves one names it.

mod answering;
mod booking;
mod busying;
mod changing;
mod countering;
mod feeding;
pub mod fixture;
mod linking;
mod listing;
pub mod my_calendar;
mod nudging;
mod pausing;
mod racing;
mod reminding;
mod reoffering;
mod replaying;
pub mod series;
mod series_answering;
mod series_changing;
mod zoning;
