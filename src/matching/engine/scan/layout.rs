//! What is laid out once for a task: the mentors as columns, the mentees in chunks of equal targets.

use super::super::columns::{Columns, Professions};
use super::super::instance::Instance;
use super::super::task::Task;

/// Rows that share a profession column and a thread.
const CHUNK: usize = 64;

/// Most bytes of profession columns that are kept from the first scan to the last.
const MOST_KEPT: usize = 24 << 20;

/// Rows of equal targets, and their profession column once it was made (if there is room to keep it).
#[derive(Clone)]
pub(super) struct Chunk {
    pub(super) rows: Vec<u32>,
    pub(super) professions: std::sync::OnceLock<std::sync::Arc<Professions>>,
    pub(super) keep: bool,
}

/// What is laid out once and scanned again and again.
#[derive(Clone)]
pub struct Layout {
    /// The mentors as columns.
    pub columns: std::sync::Arc<Columns>,
    /// Rows in the order of their targets, in chunks of equal targets.
    pub(super) chunks: Vec<Chunk>,
    /// Column of a mentor's position.
    pub(super) col_of: Vec<u32>,
}

/// For whom availability is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The mentees of the task only: half-hours that none of them has are left out.
    Task,
    /// Any mentee who may still come.
    Anybody,
}

impl Layout {
    /// Lays out the columns of a task.
    pub fn new(instance: &Instance, task: &Task, audience: Audience) -> Self {
        let wanted = (audience == Audience::Task).then_some(task.rows.as_slice());
        let (chunks, columns) = rayon::join(
            || Chunk::all(instance, task),
            || Columns::new(instance, wanted, &task.cols),
        );
        let mut col_of = vec![u32::MAX; instance.mentors.len()];
        task.cols
            .iter()
            .enumerate()
            .for_each(|(col, mentor)| col_of[*mentor as usize] = col as u32);
        Self {
            columns: std::sync::Arc::new(columns),
            chunks,
            col_of,
        }
    }

    /// Takes in a row that was added to the task.
    pub fn add_row(&mut self, row: u32) {
        self.chunks.push(Chunk::new(vec![row]));
    }

    /// A row's targets changed: it goes into a chunk of its own.
    pub fn move_row(&mut self, row: u32) {
        self.chunks
            .iter_mut()
            .for_each(|chunk| chunk.rows.retain(|other| *other != row));
        self.chunks.retain(|chunk| !chunk.rows.is_empty());
        self.add_row(row);
    }

    /// Column of a mentor.
    pub fn column(&self, mentor: u32) -> Option<u32> {
        self.col_of
            .get(mentor as usize)
            .copied()
            .filter(|col| *col != u32::MAX)
    }
}

impl Chunk {
    /// All rows in the order of their targets.
    fn all(instance: &Instance, task: &Task) -> Vec<Self> {
        let mut rows: Vec<u32> = (0..task.rows.len() as u32).collect();
        let targets = |row: &u32| &instance.mentees[task.rows[*row as usize] as usize].targets;
        rows.sort_by(|a, b| targets(a).cmp(targets(b)).then(a.cmp(b)));
        let same = rows
            .chunk_by(|a, b| targets(a) == targets(b))
            .flat_map(|same| same.chunks(CHUNK));
        let mut chunks: Vec<Self> = same.map(|rows| Self::new(rows.to_vec())).collect();
        let most = MOST_KEPT / (2 * task.cols.len() + 1);
        chunks
            .iter_mut()
            .skip(most)
            .for_each(|chunk| chunk.keep = false);
        chunks
    }

    fn new(rows: Vec<u32>) -> Self {
        Self {
            rows,
            professions: std::sync::OnceLock::new(),
            keep: true,
        }
    }
}
