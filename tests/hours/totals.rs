//! Totals and the export.

use serde_json::{Value, json};

use super::{act, an_hour, write};
use crate::meetings::fixture::{again, pair};
use crate::support::app::{Someone, TestApp};
use crate::support::each_database;

fn totals(app: &TestApp, who: &Someone, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/hours/totals?{query}");
    let answer = app.get(&again(app, who), &path).expect(200).json();
    answer["items"].as_array().cloned().unwrap()
}

#[test]
fn totals_are_by_programme_person_and_month_of_what_one_may_see() {
    each_database(|app| {
        let one = pair(app);
        let elsewhere = pair(app);
        for (pair, minutes, day) in [
            (&one, 60, "2026-09-30"),
            (&one, 30, "2026-10-01"),
            (&elsewhere, 500, "2026-10-01"),
        ] {
            let mut entry = an_hour(pair);
            (entry["minutes"], entry["worked_on"]) = (json!(minutes), json!(day));
            let entry = write(app, &pair.mentor, &entry).expect(201).json();
            if minutes == 60 {
                act(app, &pair.coordinator, &entry, "approve", "*", &Value::Null).expect(200);
            }
        }
        let by_month = totals(app, &one.coordinator, "by=month");
        let months: Vec<_> = by_month
            .iter()
            .map(|line| (&line["month"], &line["mentors"]))
            .collect();
        let (september, october) = (json!("2026-09"), json!("2026-10"));
        let (first, second) = (
            json!({"approved": 60, "open": 0}),
            json!({"approved": 0, "open": 30}),
        );
        assert_eq!(months, [(&september, &first), (&october, &second)]);
        let by_person = totals(app, &one.mentee, "by=person&from=2026-10-01");
        assert_eq!(by_person.len(), 1);
        assert_eq!(by_person[0]["person_name"], "José Núñez");
        assert_eq!(by_person[0]["mentors"]["open"], 30);
        assert_eq!(totals(app, &app.administrator(), "by=programme").len(), 2);
        app.get(&one.mentor, "/api/v1/hours/totals").expect(422);
    });
}

#[test]
fn the_export_has_headers_in_both_languages_and_no_formulas() {
    each_database(|app| {
        let pair = pair(app);
        let mut entry = an_hour(&pair);
        entry["note"] = json!("=HYPERLINK(\"http://x\";\"y\"), \"quoted\"\nand a line");
        let entry = write(app, &pair.mentor, &entry).expect(201).json();
        act(app, &pair.coordinator, &entry, "approve", "*", &Value::Null).expect(200);
        let less = json!({"minutes": 20, "reason": "+1-1"});
        act(app, &pair.coordinator, &entry, "correct", "*", &less).expect(201);
        let french = app
            .get(&pair.coordinator, "/api/v1/hours/export.csv?lang=fr")
            .expect(200);
        assert_eq!(french.header("content-type"), "text/csv; charset=utf-8");
        let text = french.text.trim_start_matches('\u{feff}').to_owned();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = reader.headers().unwrap().clone();
        assert_eq!(
            (&head[0], &head[1], &head[10]),
            ("Date", "Personne", "Motif")
        );
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 2);
        let original = rows.iter().find(|row| &row[5] == "60").unwrap();
        assert!(original[8].starts_with("'=HYPERLINK"), "{}", &original[8]);
        assert_eq!((&original[3], &original[6]), ("Génie 2026", "approuvée"));
        let counter = rows.iter().find(|row| &row[5] == "-40").unwrap();
        assert_eq!(
            (&counter[10], &counter[12]),
            ("'+1-1", entry["id"].as_str().unwrap())
        );
        let english = app
            .get(&pair.coordinator, "/api/v1/hours/export.csv?lang=en")
            .expect(200);
        assert!(
            english.text.contains("Date,Person,Role,Programme"),
            "{}",
            english.text
        );
        let stranger = super::pair_elsewhere(app);
        let empty = app
            .get(&stranger.mentor, "/api/v1/hours/export.csv")
            .expect(200);
        assert_eq!(empty.text.lines().count(), 1);
    });
}

#[test]
fn an_export_of_more_than_a_piece_has_every_row_once() {
    use diesel::prelude::*;
    use passerelle::db::{Json, schema::hours_entries as rows};
    use passerelle::hours::Flag;
    use passerelle::kernel::ids::HoursEntryId;
    each_database(|app| {
        let pair = pair(app);
        let now = app.ctx().now;
        app.db(|conn| {
            conn.write_tx(|conn| {
                for minutes in 1..=1201 {
                    diesel::insert_into(rows::table)
                        .values((
                            rows::id.eq(HoursEntryId::new(now)),
                            rows::programme_id.eq(pair.programme_id),
                            rows::mentorship_id.eq(pair.mentorship_id),
                            rows::person_id.eq(pair.mentor_id()),
                            rows::role.eq("mentor"),
                            rows::activity.eq("other"),
                            rows::minutes.eq(minutes),
                            rows::worked_on.eq("2026-10-01".parse::<chrono::NaiveDate>().unwrap()),
                            rows::source.eq("manual"),
                            rows::status.eq("approved"),
                            rows::flags.eq(Json(Vec::<Flag>::new())),
                            rows::created_at.eq(now),
                            rows::updated_at.eq(now),
                            rows::version.eq(1),
                        ))
                        .execute(conn)?;
                }
                Ok::<_, passerelle::kernel::Problem>(())
            })
        });
        let export = app
            .get(&pair.coordinator, "/api/v1/hours/export.csv")
            .expect(200);
        let text = export.text.trim_start_matches('\u{feff}').to_owned();
        let mut minutes: Vec<i32> = csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(|row| row.unwrap()[5].parse().unwrap())
            .collect();
        minutes.sort_unstable();
        assert_eq!(minutes, (1..=1201).collect::<Vec<_>>());
    });
}
