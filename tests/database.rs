//! What both databases promise to the rooms above.

use passerelle::kernel::Problem;

use crate::support::each_database;

#[test]
fn a_use_case_inside_a_larger_transaction_is_undone_with_it_and_alone() {
    use diesel::prelude::*;
    use passerelle::db::schema::throttles::dsl;
    use passerelle::kernel::ids::ThrottleId;
    each_database(|app| {
        let ctx = app.ctx();
        let count = |conn: &mut passerelle::db::Conn, bucket: &str| -> Result<(), Problem> {
            let row = (
                dsl::id.eq(ThrottleId::new(ctx.now)),
                dsl::bucket.eq(bucket.to_owned()),
                dsl::count.eq(1),
                dsl::window_started_at.eq(ctx.now),
            );
            diesel::insert_into(dsl::throttles)
                .values(row)
                .execute(conn)?;
            Ok(())
        };
        app.db(|conn| {
            conn.write_tx(|conn| {
                count(conn, "kept")?;
                let inner: Result<(), Problem> = conn.write_tx(|conn| {
                    count(conn, "undone alone")?;
                    // The same again breaks the unique rule: on PostgreSQL nothing else would work without a savepoint.
                    count(conn, "undone alone")
                });
                assert!(inner.is_err());
                count(conn, "kept too")
            })
        });
        let left: i64 = app.db(|conn| Ok(dsl::throttles.count().get_result(conn)?));
        assert_eq!(left, 2);
        let all: Result<(), Problem> = app.app.db.run_here(|conn| {
            conn.write_tx(|conn| {
                conn.write_tx(|conn| count(conn, "undone with the rest"))?;
                Err(Problem::NotFound)
            })
        });
        assert!(all.is_err());
        let left: i64 = app.db(|conn| Ok(dsl::throttles.count().get_result(conn)?));
        assert_eq!(left, 2);
    });
}
