//! The reference tables through the front door: what forms offer while people type.

use crate::support::{app::TestApp, each_database};

fn get(app: &TestApp, path: &str) -> crate::support::app::Answer {
    app.send(app.request("GET", path))
}

fn column(answer: &crate::support::app::Answer, name: &str) -> Vec<String> {
    let json = answer.json();
    let items = json["items"].as_array().cloned().unwrap_or_default();
    items
        .iter()
        .map(|item| item[name].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn occupations_are_found_as_one_types_by_anybody() {
    each_database(|app| {
        let hits = get(app, "/api/v1/occupations?q=infirmiere+aux&lang=fr&limit=3").expect(200);
        assert_eq!(column(&hits, "code")[0], "32101");
        let nurses = get(app, "/api/v1/occupations?q=infimier&lang=fr&limit=3").expect(200);
        assert_eq!(column(&nurses, "lang"), ["fr", "fr", "fr"]);
        let both = get(app, "/api/v1/occupations?q=civil+eng").expect(200);
        assert_eq!(
            column(&both, "occupation_fr")[0],
            "Ingénieurs civils/ingénieures civiles"
        );
        assert_eq!(
            column(&get(app, "/api/v1/occupations?lang=en"), "code").len(),
            10
        );
        assert!(
            column(
                &get(app, "/api/v1/occupations?q=%F0%9F%98%80%00%3C%3E"),
                "code"
            )
            .is_empty()
        );
        let bad = get(app, "/api/v1/occupations?q=x&limit=0").expect(422);
        assert_eq!(bad.field_errors(), ["?limit out-of-range"]);
        let long = "x".repeat(201);
        let bad = get(app, &format!("/api/v1/occupations?q={long}")).expect(422);
        assert_eq!(bad.field_errors(), ["?q too-long"]);
    });
}

#[test]
fn the_tree_can_be_walked_in_both_directions() {
    each_database(|app| {
        let unit = get(app, "/api/v1/occupations/21300").expect(200).json();
        assert_eq!(unit["title_en"], "Civil engineers");
        assert_eq!(unit["level"], "unit_group");
        let parents: Vec<_> = unit["parents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| &p["code"])
            .collect();
        assert_eq!(parents, ["2", "21", "213", "2130"]);
        assert_eq!(unit["regulation"][0]["regulation"], "regulated");
        let minor = get(app, "/api/v1/occupations/2130").expect(200).json();
        assert_eq!(minor["children"][0]["code"], "21300");
        let alias = get(app, "/api/v1/occupations/00018").expect(200).json();
        assert_eq!(alias["children"].as_array().unwrap().len(), 5);
        for nothing in ["99999", "abc", "%00"] {
            let answer = get(app, &format!("/api/v1/occupations/{nothing}"));
            assert_eq!(answer.expect(404).problem(), "not-found");
        }
    });
}

#[test]
fn languages_places_zones_and_countries_are_offered() {
    each_database(|app| {
        let languages = get(app, "/api/v1/languages?q=cantonais").expect(200);
        assert_eq!(languages.json()["items"][0]["macrolanguage"], "zh");
        assert_eq!(column(&get(app, "/api/v1/languages"), "code").len(), 635);
        let places = get(app, "/api/v1/places?q=st+johns&province=NL").expect(200);
        assert_eq!(places.json()["items"][0]["zone"], "America/St_Johns");
        let bad = get(app, "/api/v1/places?q=a&province=TX").expect(422);
        assert_eq!(bad.field_errors(), ["?province unknown-value"]);
        // The test begins in October: daylight time in St. John's is −02:30.
        let zones = get(app, "/api/v1/zones").expect(200).json();
        let zone = |name: &str| {
            let items = zones["items"].as_array().unwrap();
            items
                .iter()
                .find(|item| item["name"] == name)
                .cloned()
                .unwrap()
        };
        assert_eq!(zone("America/St_Johns")["offset_seconds"], -9_000);
        assert_eq!(zone("America/Toronto")["abbreviation_fr"], "HAE");
        assert_eq!(column(&get(app, "/api/v1/countries"), "code").len(), 249);
    });
}

#[test]
fn holidays_are_listed_for_a_province_and_a_year() {
    each_database(|app| {
        let quebec = get(app, "/api/v1/holidays?province=QC&year=2026").expect(200);
        let names = column(&quebec, "name_fr");
        assert!(
            names.contains(&"Fête nationale du Québec".to_owned()),
            "{names:?}"
        );
        let dates = column(&quebec, "date");
        assert!(dates.is_sorted() && dates.contains(&"2026-06-24".to_owned()));
        let bad = get(app, "/api/v1/holidays?province=QC&year=1900").expect(422);
        assert_eq!(bad.field_errors(), ["?year out-of-range"]);
        get(app, "/api/v1/holidays?year=2026").expect(422);
        get(app, "/api/v1/holidays?province=QC&year=2026&month=6").expect(422);
    });
}

#[test]
fn an_answer_that_is_known_already_is_not_sent_again() {
    each_database(|app| {
        let path = "/api/v1/occupations?q=nurse";
        let first = get(app, path).expect(200);
        assert!(first.header("cache-control").contains("max-age"));
        let again = app
            .request("GET", path)
            .header("If-None-Match", first.header("etag"));
        let again = app.send(again).expect(304);
        assert!(again.text.is_empty());
        let other = app
            .request("GET", "/api/v1/occupations?q=nur")
            .header("If-None-Match", first.header("etag"));
        app.send(other).expect(200);
    });
}
