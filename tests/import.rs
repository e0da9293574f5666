//! Imports of people through the front door.

use diesel::prelude::*;
use passerelle::db::schema::{audit_log, participations, persons};
use passerelle::kernel::Role;
use serde_json::{Value, json};

use crate::people::{make_person, person};
use crate::support::app::{Answer, Someone, TestApp};
use crate::support::{each_database, people as placed};

const HEADER: &str = "Rôle;Prénom;Nom;Courriel;Téléphone;Langue de contact;Ville;Province;Profession;Années;Langues;Disponibilités;Mode de rencontre;Sujets;Nombre de mentorés;En attente depuis\n";

/// Two mentors and a newcomer, as an organisation's spreadsheet has them.
fn list() -> String {
    format!(
        "{HEADER}\
         mentor;Bruno;Tremblay;bruno@example.org;514 555 0101;français;Montréal;QC;Civil engineer;12 ans;Français (langue maternelle), anglais C1;lun-ven 18h-20h;les deux;entrevues, réseautage;2;\n\
         mentore;Carla;Rossi;carla@example.org;;English;Toronto;Ontario;21231;8;en:C1;Sat 9am-noon;online;Interviews;1;\n\
         mentorée;Amina;Diallo;amina@example.org;;FR;Laval;;pharmacienne;5;fr:C1; ar:native;mardi 18h-21h;à distance;Beekeeping;;2026-03-04\n"
    )
}

fn import(app: &TestApp, who: &Someone, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let request = app
        .request("POST", &format!("/api/v1/imports{query}"))
        .bearer_auth(&who.token)
        .header("Content-Type", "text/csv")
        .body(file.into());
    app.send(request)
}

fn counts(answer: &Value) -> [i64; 5] {
    ["rows", "created", "changed", "unchanged", "rejected"].map(|n| answer[n].as_i64().unwrap())
}

fn people(app: &TestApp) -> i64 {
    app.db(|conn| Ok(persons::table.count().get_result(conn)?))
}

fn audit_lines(app: &TestApp) -> i64 {
    app.db(|conn| Ok(audit_log::table.count().get_result(conn)?))
}

fn rows(app: &TestApp, who: &Someone, import: &Value) -> Vec<Value> {
    let id = import["id"].as_str().unwrap();
    let page = app
        .get(who, &format!("/api/v1/imports/{id}/rows?limit=200"))
        .expect(200)
        .json();
    page["items"].as_array().unwrap().clone()
}

fn good() -> String {
    list()
        .replace("mentore;", "mentor;")
        .replace("fr:C1; ar:native", "\"fr:C1; ar:native\"")
}

#[test]
fn a_dry_run_shows_every_row_and_every_fault_and_stores_nobody() {
    each_database(|app| {
        let admin = app.administrator();
        let bad = list()
            .replace("fr:C1; ar:native", "\"fr:C1; ar:native\"")
            .replace("2026-03-04", "03/04/2026")
            .replace("514 555 0101", "call me");
        let shown = import(app, &admin, "?dry_run=true&file_name=list.csv", bad)
            .expect(201)
            .json();
        assert_eq!(shown["status"], "planned");
        assert_eq!(counts(&shown), [3, 0, 0, 0, 3]);
        assert_eq!(people(app), 0);
        let rows = rows(app, &admin, &shown);
        let told: Vec<String> = rows
            .iter()
            .flat_map(|row| {
                let findings = row["findings"].as_array().unwrap().clone();
                let number = row["row"].clone();
                findings
                    .into_iter()
                    .filter(|f| f["error"] == true)
                    .map(move |f| {
                        format!("{number} {} {} {}", f["column"], f["value"], f["reason"])
                            .replace('"', "")
                    })
            })
            .collect();
        assert_eq!(
            told,
            [
                "2 Téléphone call me not-a-phone",
                "3 Rôle mentore ambiguous-role",
                "4 En attente depuis 03/04/2026 ambiguous-date",
            ]
        );
        let said = rows[2]["sentences"].to_string();
        assert!(said.contains("2026-04-03 / 2026-03-04"), "{said}");
    });
}

#[test]
fn a_good_file_is_stored_once_however_often_it_is_imported() {
    each_database(|app| {
        let admin = app.administrator();
        let programme = placed::open_programme(app, "genie");
        let query = format!("?programme={}", programme.id);
        let stored = import(app, &admin, &query, good()).expect(201).json();
        assert_eq!(stored["status"], "stored");
        assert_eq!(
            (counts(&stored), stored["enrolled"].as_i64()),
            ([3, 3, 0, 0, 0], Some(3))
        );
        let coded = rows(app, &admin, &stored);
        assert_eq!(coded[0]["occupations"][0]["noc"], "21300");
        assert_eq!(coded[1]["occupations"][0]["noc"], "21231");
        assert_eq!(coded[2]["languages"], json!(["ar:native", "fr:C1"]));
        let id = coded[2]["person_id"].as_str().unwrap();
        let amina = app
            .get(&admin, &format!("/api/v1/persons/{id}"))
            .expect(200)
            .json();
        assert_eq!(amina["province"], "QC", "Laval tells its province");
        assert_eq!(
            amina["occupations"][1]["kind"], "target",
            "a newcomer's one occupation is also the aim"
        );
        assert_eq!(
            amina["availability"],
            json!([{"weekday": 2, "starts": "18:00", "ends": "21:00"}])
        );
        assert_eq!(amina["topics"]["wants"], json!(["Beekeeping"]));
        let capacity: i32 = app.db(|conn| {
            Ok(participations::table
                .filter(participations::capacity.gt(1))
                .select(participations::capacity)
                .first(conn)?)
        });
        assert_eq!(capacity, 2);

        let lines = audit_lines(app);
        app.clock.advance(chrono::Duration::minutes(5));
        let again = import(app, &admin, &query, good()).expect(201).json();
        assert_eq!(
            (counts(&again), again["enrolled"].as_i64()),
            ([3, 0, 0, 3, 0], Some(0))
        );
        assert_eq!(
            audit_lines(app),
            lines,
            "nothing changed, nothing is audited"
        );
        let same = app
            .get(&admin, &format!("/api/v1/persons/{id}"))
            .expect(200);
        assert!(same.header("etag").starts_with("\"1-"));

        let moved = good()
            .replace("Laval;;", "Québec;;")
            .replace("amina@example.org", "AMINA@example.org");
        let changed = import(app, &admin, &query, moved).expect(201).json();
        assert_eq!(
            counts(&changed),
            [3, 0, 1, 2, 0],
            "an address is the same in capitals"
        );
        let difference = &rows(app, &admin, &changed);
        let difference = difference
            .iter()
            .find(|row| row["outcome"] == "changed")
            .unwrap();
        assert_eq!(
            difference["changes"]["city"],
            json!({"before": "Laval", "after": "Québec"})
        );
    });
}

#[test]
fn one_bad_row_in_four_thousand_stores_nothing_unless_it_is_to_be_skipped() {
    each_database(|app| {
        let admin = app.administrator();
        let mut file = String::from("Role,Given name,Family name,Email,Province\n");
        for n in 0..4_000 {
            let email = if n == 3_998 {
                "nobody".to_owned()
            } else {
                format!("p{n}@example.org")
            };
            file.push_str(&format!(
                "mentee,Person{},Test,{email},ON\n",
                char::from(b'A' + (n % 26) as u8)
            ));
        }
        let refused = import(app, &admin, "", file.clone()).expect(422).json();
        assert_eq!(refused["status"], "refused");
        assert_eq!(counts(&refused), [4000, 3999, 0, 0, 1]);
        assert_eq!(people(app), 0);
        let stored = import(app, &admin, "?skip_invalid=true", file)
            .expect(201)
            .json();
        assert_eq!(counts(&stored), [4000, 3999, 0, 0, 1]);
        assert_eq!(people(app), 3999);
        let path = format!("/api/v1/imports/{}/rejects", stored["id"].as_str().unwrap());
        let rejects = app.get(&admin, &path).expect(200);
        assert!(rejects.header("content-disposition").contains("attachment"));
        let lines: Vec<&str> = rejects
            .text
            .trim_start_matches('\u{feff}')
            .lines()
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(
            lines[0],
            "Role,Given name,Family name,Email,Province,Import reason"
        );
        assert!(
            lines[1].contains("nobody") && lines[1].contains("is not an email address"),
            "{}",
            lines[1]
        );
        let mended = rejects.text.replace(",nobody,", ",somebody@example.org,");
        let then = import(app, &admin, "", mended).expect(201).json();
        assert_eq!(
            counts(&then),
            [1, 1, 0, 0, 0],
            "the mended file is imported as it is"
        );
    });
}

#[test]
fn a_dry_run_of_a_good_file_stores_nobody_either() {
    each_database(|app| {
        let admin = app.administrator();
        let planned = import(app, &admin, "?dry_run=true", good())
            .expect(201)
            .json();
        assert_eq!(planned["status"], "planned");
        assert!(planned["created"].as_i64().unwrap() > 0);
        assert_eq!(people(app), 0);
    });
}

#[test]
fn the_rows_of_an_import_are_forgotten_after_their_time_and_its_counts_stay() {
    each_database(|app| {
        let admin = app.administrator();
        let file = "Given name,E-mail\nAmina,amina@example.org\nBruno,no address\n".to_owned();
        let stored = import(app, &admin, "?skip_invalid=true", file).json();
        let path = format!("/api/v1/imports/{}", stored["id"].as_str().unwrap());
        let rows = || {
            let rows = app.get(&admin, &format!("{path}/rows")).expect(200).json();
            rows["items"].as_array().unwrap().len()
        };
        assert_eq!(rows(), 2);
        let purge = |before| app.db(|conn| passerelle::people::import::store::purge(conn, before));
        let made = app.ctx().now;
        assert_eq!((purge(made), rows()), (0, 2));
        assert_eq!(
            (purge(made.plus(chrono::Duration::seconds(1))), rows()),
            (2, 0)
        );
        assert_eq!(app.get(&admin, &path).expect(200).json()["rejected"], 1);
    });
}

#[test]
fn hostile_names_come_in_as_text_and_go_out_without_formulas() {
    each_database(|app| {
        let admin = app.administrator();
        let names = [
            "=cmd|'/C calc'!A0",
            "<img src=x onerror=alert(1)>",
            "سارة\u{202e} محمد",
            "🎉 Zoé",
            "O'Brien \"Bob\"",
        ];
        let mut file = String::from("Prénom,Courriel,Province\n");
        for (n, name) in names.iter().enumerate() {
            file.push_str(&format!(
                "\"{}\",h{n}@example.org,QC\n",
                name.replace('"', "\"\"")
            ));
        }
        file.push_str("\"Two\r\nLines\",two@example.org,QC\n");
        file.push_str("=1+1,not an address,QC\n");
        let stored = import(app, &admin, "?skip_invalid=true", file)
            .expect(201)
            .json();
        assert_eq!(counts(&stored), [7, 6, 0, 0, 1]);
        let list = app.get(&admin, "/api/v1/persons").expect(200).json();
        let mut found: Vec<String> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|i| i["given_name"].as_str().unwrap().into())
            .collect();
        found.sort();
        let mut expected: Vec<String> = names.iter().map(|n| n.replace('\u{202e}', "")).collect();
        expected.push("Two Lines".into());
        expected.sort();
        assert_eq!(found, expected);
        let path = format!("/api/v1/imports/{}/rejects", stored["id"].as_str().unwrap());
        assert!(app.get(&admin, &path).expect(200).text.contains("\n'=1+1,"));
    });
}

#[test]
fn a_form_utf_16_and_windows_1252_are_read_alike() {
    each_database(|app| {
        let admin = app.administrator();
        let text = "Prénom\tCourriel\tVille\nZoé\tzoe@example.org\tTrois-Rivières\n";
        let utf16: Vec<u8> = format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let latin: Vec<u8> = text
            .chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect();
        assert_eq!(
            counts(&import(app, &admin, "", utf16).expect(201).json()),
            [1, 1, 0, 0, 0]
        );
        assert_eq!(
            counts(&import(app, &admin, "", latin).expect(201).json()),
            [1, 0, 0, 1, 0]
        );
        let form = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"liste.csv\"\r\n\r\n{text}\r\n--frontier--\r\n"
        );
        let request = app
            .request("POST", "/api/v1/imports?dry_run=true")
            .bearer_auth(&admin.token)
            .header("Content-Type", "multipart/form-data; boundary=frontier")
            .body(form);
        let shown = app.send(request).expect(201).json();
        assert_eq!(
            (counts(&shown), &shown["file_name"]),
            ([1, 0, 0, 1, 0], &json!("liste.csv"))
        );
    });
}

#[test]
fn what_is_no_list_is_refused_with_its_reason() {
    each_database(|app| {
        let admin = app.administrator();
        for (file, problem) in [
            (&b""[..], "import-file-empty"),
            (b"hello\nworld\n", "import-file-no-header"),
            (b"PK\x03\x04rubbish", "import-file-bad-workbook"),
            (b"%PDF-1.7", "import-file-unsupported-format"),
            (
                b"Email,Name,Courriel\na@b.ca,x,c@d.ca\n",
                "import-duplicate-columns",
            ),
        ] {
            assert_eq!(import(app, &admin, "", file).expect(400).problem(), problem);
        }
        let mut open_quote = b"Email,Name\na@b.ca,\"Amina\n".to_vec();
        open_quote.extend(std::iter::repeat_n(b'x', 400_000));
        assert_eq!(
            import(app, &admin, "", open_quote).expect(400).problem(),
            "import-file-row-too-long"
        );
        let limit = app.app.platform.settings.server.max_import_bytes;
        import(app, &admin, "", vec![b'a'; limit + 1]).expect(413);
        import(app, &admin, "?colour=red", "Email,Name\n").expect(422);
        assert_eq!(people(app), 0);
    });
}

#[test]
fn a_coordinator_imports_for_their_programme_and_changes_nobody_elses_people() {
    each_database(|app| {
        let admin = app.administrator();
        let (ours, other) = (
            placed::open_programme(app, "ours"),
            placed::open_programme(app, "other"),
        );
        let coordinator = app.someone(Role::Coordinator, Some(ours.id), None);
        let stranger = make_person(app, &admin, &person("Stranger"));
        placed::mentee(app, &other, stranger, None);
        let file = "Role,Given name,Email,City\nmentee,Other,stranger@example.org,Toronto\nmentor,New,new@example.org,Toronto\n";
        let to = |programme: &passerelle::programmes::Programme, more: &str| {
            import(
                app,
                &coordinator,
                &format!("?programme={}{more}", programme.id),
                file,
            )
        };
        to(&other, "").expect(404);
        let stored = to(&ours, "&skip_invalid=true").expect(201).json();
        assert_eq!(counts(&stored), [2, 1, 0, 0, 1]);
        let told = rows(app, &coordinator, &stored);
        assert_eq!(told[0]["findings"][0]["reason"], "not-yours");
        let untouched = app
            .get(&admin, &format!("/api/v1/persons/{stranger}"))
            .json();
        assert_eq!(
            (&untouched["given_name"], &untouched["city"]),
            (&json!("Stranger"), &json!("Montréal"))
        );
        let path = format!("/api/v1/imports/{}", stored["id"].as_str().unwrap());
        let stranger_coordinator = app.someone(Role::Coordinator, Some(other.id), None);
        app.get(&coordinator, &path).expect(200);
        app.get(&stranger_coordinator, &path).expect(404);
        app.get(&stranger_coordinator, &format!("{path}/rejects"))
            .expect(404);
        let listed = |who: &Someone| {
            app.get(who, "/api/v1/imports").expect(200).json()["items"]
                .as_array()
                .unwrap()
                .len()
        };
        assert_eq!(
            (
                listed(&admin),
                listed(&coordinator),
                listed(&stranger_coordinator)
            ),
            (1, 1, 0)
        );
        let mentee = app.someone(Role::Mentee, None, Some(stranger));
        import(app, &mentee, "", file).expect(403);
    });
}

#[test]
fn people_are_recognised_by_address_or_by_names_and_telephone_and_doubles_are_refused() {
    each_database(|app| {
        let admin = app.administrator();
        let by_phone = "Given name,Family name,Phone,Province\nAmina,Diallo,514-555-0101,QC\n";
        assert_eq!(
            counts(&import(app, &admin, "", by_phone).expect(201).json()),
            [1, 1, 0, 0, 0]
        );
        let spelled = "Given name,Family name,Phone,Email,Province\nAMINA,diallo,+1 (514) 555-0101,amina@example.org,QC\n";
        let found = import(app, &admin, "", spelled).expect(201).json();
        assert_eq!(
            counts(&found),
            [1, 0, 1, 0, 0],
            "the address is added to the same person"
        );
        let double = "Given name,Email,Province\nA,a@example.org,QC\nB,A@Example.org,QC\nC,,QC\n";
        let refused = import(app, &admin, "", double).expect(422).json();
        let reasons: Vec<String> = rows(app, &admin, &refused)
            .iter()
            .filter(|row| row["outcome"] == "rejected")
            .map(|row| {
                format!(
                    "{} {}",
                    row["row"],
                    row["findings"][0]["reason"].as_str().unwrap()
                )
            })
            .collect();
        assert_eq!(reasons, ["3 duplicate-in-file", "4 no-key"]);
    });
}

#[test]
fn every_reason_has_its_sentence_in_both_languages() {
    use passerelle::i18n;
    use passerelle::kernel::Locale;
    use passerelle::people::import::fault::Reason;
    use passerelle::people::model::topics;
    for locale in [Locale::En, Locale::Fr] {
        for reason in Reason::ALL {
            let key = format!("import-reason-{}", reason.code());
            let said = i18n::text_with_pairs(locale, &key, [("value", "V"), ("hint", "H")]);
            assert_ne!(said, key);
        }
        for (topic, _) in topics::KNOWN {
            let key = format!("topic-{topic}");
            assert_ne!(i18n::text(locale, &key), key);
        }
    }
}

#[test]
fn a_workbook_is_read_like_a_text() {
    each_database(|app| {
        let admin = app.administrator();
        let rows: [&[&str]; 2] = [
            &["Prénom", "Courriel", "Ville"],
            &["Zoé", "zoe@example.org", "Trois-Rivières"],
        ];
        let stored = import(app, &admin, "", workbook(&rows)).expect(201).json();
        assert_eq!(counts(&stored), [1, 1, 0, 0, 0]);
        let text = "Prénom,Courriel,Ville\nZoé,zoe@example.org,Trois-Rivières\n";
        let same = import(app, &admin, "", text).expect(201).json();
        assert_eq!(counts(&same), [1, 0, 0, 1, 0]);
    });
}

/// An `.xlsx` workbook with these cells.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    use std::io::{Cursor, Write};
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let mut cells = String::new();
    for (r, row) in rows.iter().enumerate() {
        cells.push_str(&format!("<row r=\"{}\">", r + 1));
        for (c, text) in row.iter().enumerate() {
            let place = format!("{}{}", char::from(b'A' + u8::try_from(c).unwrap()), r + 1);
            let cell = format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>");
            cells.push_str(&cell);
        }
        cells.push_str("</row>");
    }
    let link = |kind: &str, target: &str| {
        format!(
            "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/></Relationships>"
        )
    };
    let parts = [
        (
            "[Content_Types].xml",
            format!("<Types xmlns=\"{PACKAGE}/content-types\"/>"),
        ),
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"People\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            link("worksheet", "worksheets/sheet1.xml"),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{cells}</sheetData></worksheet>"),
        ),
    ];
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_command_shows_a_dry_run_stores_once_and_writes_the_rejected_rows() {
    each_database(|app| {
        placed::open_programme(app, "genie");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.csv");
        let rejects = folder.path().join("rejects.csv");
        let bad = "mentor;Nobody;Here;no address;;;Laval;;;;;;;;;\n";
        std::fs::write(&file, format!("{}{bad}", good())).unwrap();
        let run = |arguments: &[&str]| {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_passerelle"))
                .args(["import", "people"])
                .arg(&file)
                .args(arguments)
                .env("PASSERELLE__DATABASE__URL", &app.database.url)
                .env(
                    "PASSERELLE__SECURITY__SECRET",
                    "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1",
                )
                .output()
                .unwrap();
            let out = String::from_utf8(output.stdout).unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            (output.status.code().unwrap(), out, err)
        };
        let (code, out, err) = run(&["--dry-run", "--programme", "genie"]);
        assert_eq!((code, people(app)), (2, 0), "{out}{err}");
        assert!(out.contains("Civil engineer → 21300"), "{out}");
        assert!(
            out.contains("Courriel: “no address” is not an email address."),
            "{out}"
        );
        let (code, out, _) = run(&["--programme", "genie", "--lang", "fr"]);
        assert_eq!((code, people(app)), (2, 0));
        assert!(out.contains("Rien n’a été enregistré"), "{out}");
        let path = rejects.to_str().unwrap();
        let skip = ["--skip-invalid", "--programme", "genie", "--rejects", path];
        let (code, out, err) = run(&skip);
        assert_eq!((code, people(app)), (2, 3), "{out}{err}");
        assert!(out.contains("3 new") && out.contains("3 enrolled"), "{out}");
        assert!(
            std::fs::read_to_string(&rejects)
                .unwrap()
                .contains("no address")
        );
        let (_, out, _) = run(&skip);
        assert!(out.contains("0 new, 0 changed, 3 the same"), "{out}");
        let (code, _, err) = run(&["--programme", "nowhere"]);
        assert_eq!(code, 1);
        assert!(err.contains("Not found"), "{err}");
    });
}
