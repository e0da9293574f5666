//! People from a spreadsheet: a file of rows becomes persons, once, however often it is read.
//!
//! The way of a file: [`encoding`] tells its character set, [`sheet`] (and [`xlsx`]) make rows of
//! cells of it, [`columns`] recognise its headers in English or French, and [`values`] read each
//! cell. What cannot be read is a [`fault::Finding`] with row, column, value and reason. All of
//! this is pure, streams, and has bounds that no file can exceed.

pub mod availability_words;
pub mod columns;
pub mod encoding;
pub mod fault;
pub mod fold;
pub mod sheet;
pub mod values;
pub mod xlsx;
