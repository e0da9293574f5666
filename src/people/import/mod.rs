//! People from a spreadsheet: a file of rows becomes persons, once, however often it is read.
//!
//! The way of a file: [`encoding`] tells its character set, [`sheet`] (and [`xlsx`]) make rows of
//! cells of it, [`columns`] recognise its headers in English or French, [`values`] read each cell and
//! [`row`] makes a draft of a person of them. What cannot be read is a [`fault::Finding`] with row,
//! column, value and reason. All of that is pure, streams, and has bounds that no file can exceed.
//! [`plan`] compares drafts with who is there, [`run`] stores them, [`store`] keeps what became of
//! each row and [`report`] tells it.
//!
//! A person is recognised by their address (whatever its case); a row without one by names and
//! telephone number together. A cell that is empty changes nothing; a list that is given replaces
//! the whole list.

pub mod availability_words;
pub mod columns;
pub mod encoding;
pub mod fault;
pub mod plan;
pub mod report;
pub mod row;
mod row_lists;
pub mod run;
pub mod sheet;
pub mod store;
pub mod values;
pub mod xlsx;

pub use run::{Enrol, Options, Wish, import};
