//! Programmes through the front door.

use serde_json::{Value, json};

use crate::support::each_database;

/// A valid programme.
pub fn programme(slug: &str) -> Value {
    json!({
        "slug": slug, "name_en": "Engineering 2026", "name_fr": "Génie 2026",
        "starts_on": "2026-09-01", "ends_on": "2027-06-30", "target_minutes": 1440,
        "meeting_minutes": 60, "rhythm_days": 14, "zone": "America/Toronto", "province": "QC"
    })
}

#[test]
fn an_administrator_makes_a_programme_and_reads_it_back_with_its_etag() {
    each_database(|app| {
        let admin = app.administrator();
        let made = app
            .post(&admin, "/api/v1/programmes", &programme("genie-2026"))
            .expect(201);
        let read = app.get(&admin, made.header("location")).expect(200);
        assert_eq!(read.json()["name_fr"], "Génie 2026");
        assert_eq!(read.header("etag"), "\"1\"");
        let again = app
            .post(&admin, "/api/v1/programmes", &programme("genie-2026"))
            .expect(409);
        assert_eq!(again.problem(), "slug-taken");
    });
}

#[test]
fn every_fault_of_a_programme_is_told_at_once_with_its_pointer() {
    each_database(|app| {
        let admin = app.administrator();
        let mut bad = programme("Génie 2026");
        bad["meeting_minutes"] = json!(5);
        bad["zone"] = json!("Mars/Olympus");
        let answer = app.post(&admin, "/api/v1/programmes", &bad).expect(422);
        assert_eq!(
            answer.field_errors(),
            ["/slug slug", "/meeting_minutes out-of-range", "/zone zone"]
        );
    });
}
