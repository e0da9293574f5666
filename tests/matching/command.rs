//! `passerelle match`.

use diesel::prelude::*;
use passerelle::db::schema::match_runs;
use passerelle::kernel::ids::MatchRunId;
use serde_json::json;

use crate::support::each_database;

use super::scene::*;

#[test]
fn the_command_runs_explains_compares_replays_and_exports() {
    each_database(|app| {
        let scene = scene(app);
        let folder = tempfile::tempdir().unwrap();
        let command = |args: &[&str]| {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_passerelle"))
                .args(["match", "--programme", "genie"])
                .args(args)
                .current_dir(folder.path())
                .env("PASSERELLE__DATABASE__URL", &app.database.url)
                .env(
                    "PASSERELLE__SECURITY__SECRET",
                    "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1",
                )
                .output()
                .unwrap();
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            (
                output.status.code(),
                text(&output.stdout),
                text(&output.stderr),
            )
        };
        let (code, told, wrong) = command(&["--export", "out"]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(told.contains("3 pairs are proposed"), "{told}");
        assert!(told.contains("Proved: no other set"), "{told}");
        assert!(
            told.contains("Whom to recruit next:\n- Civil engineers (21300): "),
            "{told}"
        );
        let files = folder.path().join("out");
        for name in [
            "header.json",
            "scores.npy",
            "capacity.npy",
            "assignment.npy",
            "price_mentor.npy",
        ] {
            assert!(files.join(name).is_file(), "{name}");
        }
        let address = format!("{}@people.example.org", scene.amina.person_id);
        let (code, told, wrong) = command(&["--explain", &address, "--lang", "fr"]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(
            told.contains("Un jumelage a été proposé à Amina Diallo."),
            "{told}"
        );
        assert!(told.contains("Bruno Tremblay\u{a0}: "), "{told}");
        let (code, told, wrong) = command(&[
            "--what-if",
            r#"{"settings": {"floor": 9999, "objective": "total"}}"#,
        ]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(
            told.starts_with(
                "3 mentees would have another mentor or none: 0 more matched, 3 fewer"
            ),
            "{told}"
        );
        let ban = json!({"bans": [{"mentor_participation_id": scene.bruno.id,
            "mentee_participation_id": scene.amina.id}]});
        let (code, told, wrong) = command(&["--what-if", &ban.to_string(), "--save"]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(told.contains("Saved as a run: "), "{told}");
        let saved: i64 = app.db(|conn| Ok(match_runs::table.count().get_result(conn)?));
        assert_eq!(saved, 2, "a draft is saved when asked, and not before");
        let run: MatchRunId =
            app.db(|conn| Ok(match_runs::table.select(match_runs::id).first(conn)?));
        let (code, told, wrong) = command(&["--replay", &run.to_string()]);
        assert_eq!(code, Some(0), "{wrong}");
        assert!(told.contains("\"same_outcome\": true"), "{told}");
        let (code, _, wrong) =
            command(&["--what-if", r#"{"settings": {"weights": {"topics": -1}}}"#]);
        assert_eq!(code, Some(1));
        assert!(wrong.contains("/settings/weights/topics"), "{wrong}");
    });
}
