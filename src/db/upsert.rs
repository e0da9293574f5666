//! `INSERT … ON CONFLICT`, which both databases know in the same words and diesel's `MultiBackend` does not.

use diesel::query_builder::{AstPass, InsertStatement, Query, QueryFragment, QueryId};
use diesel::{Expression, QueryResult, QuerySource, RunQueryDsl};

use crate::db::{Conn, MultiBackend};

/// `INSERT … ON CONFLICT (keys) DO NOTHING | DO UPDATE SET c = excluded.c … [RETURNING …]`.
pub struct Upsert<I, R = ()> {
    insert: I,
    keys: &'static [&'static str],
    set: &'static [&'static str],
    returning: R,
}

/// Adds [`UpsertExt::upsert`] to diesel's insert statements.
pub trait UpsertExt: Sized {
    /// On a conflict over `keys`, sets the columns `set` to the new values; with an empty `set`, does nothing.
    fn upsert(self, keys: &'static [&'static str], set: &'static [&'static str]) -> Upsert<Self> {
        Upsert {
            insert: self,
            keys,
            set,
            returning: (),
        }
    }
}

impl<T: QuerySource, U, Op> UpsertExt for InsertStatement<T, U, Op> {}

impl<I> Upsert<I> {
    /// Returns `columns` of the row that was inserted or updated.
    pub fn returning<R>(self, columns: R) -> Upsert<I, Ret<R>> {
        Upsert {
            insert: self.insert,
            keys: self.keys,
            set: self.set,
            returning: Ret(columns),
        }
    }
}

impl<I, R> QueryId for Upsert<I, R> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<I, R: Expression> Query for Upsert<I, Ret<R>> {
    type SqlType = R::SqlType;
}
impl<I, R> RunQueryDsl<Conn> for Upsert<I, R> {}

impl<I, R> QueryFragment<MultiBackend> for Upsert<I, R>
where
    I: QueryFragment<MultiBackend>,
    R: MaybeReturning,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        self.insert.walk_ast(out.reborrow())?;
        out.push_sql(" ON CONFLICT");
        if !self.keys.is_empty() {
            out.push_sql(" (");
            for (i, key) in self.keys.iter().enumerate() {
                if i > 0 {
                    out.push_sql(", ");
                }
                out.push_identifier(key)?;
            }
            out.push_sql(")");
        }
        if self.set.is_empty() {
            out.push_sql(" DO NOTHING");
        } else {
            out.push_sql(" DO UPDATE SET ");
            for (i, column) in self.set.iter().enumerate() {
                if i > 0 {
                    out.push_sql(", ");
                }
                out.push_identifier(column)?;
                out.push_sql(" = excluded.");
                out.push_identifier(column)?;
            }
        }
        self.returning.walk(out)
    }
}

/// Nothing, or a `RETURNING` clause.
pub trait MaybeReturning {
    /// Writes the clause.
    fn walk<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()>;
}
impl MaybeReturning for () {
    fn walk<'b>(&'b self, _: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        Ok(())
    }
}
/// The columns of a `RETURNING` clause.
pub struct Ret<E>(pub E);
impl<E: QueryFragment<MultiBackend>> MaybeReturning for Ret<E> {
    fn walk<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(" RETURNING ");
        self.0.walk_ast(out)
    }
}
