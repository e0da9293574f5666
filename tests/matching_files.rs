//! `passerelle match` on files, as an outside tool calls it: any matrix in, the proved best set out.

use std::fs;
use std::path::Path;
use std::time::Duration;

use passerelle::matching::engine::npy::Array;
use passerelle::matching::engine::sample::{Dice, Sample};
use passerelle::matching::engine::{Settings, directory};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cli::passerelle;

const ANSWERS: [&str; 4] = [
    "assignment.npy",
    "price_mentee.npy",
    "price_mentor.npy",
    "result.json",
];

/// A folder with scores, capacities and room for the answer.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> &Self {
        fs::write(self.0.path().join(name), bytes).unwrap();
        self
    }

    fn matrix(&self, rows: usize, cols: usize, scores: &[i32], capacity: &[i32]) -> &Self {
        let scores = Array {
            shape: vec![rows, cols],
            data: scores.to_vec(),
        };
        self.put("s.npy", &scores.to_bytes())
            .put("c.npy", &Array::line(capacity.to_vec()).to_bytes())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Solves it; gives back what was said if it was refused.
    fn solve(&self, more: &[&str]) -> Result<(), String> {
        let (scores, capacity, out) = (self.path("s.npy"), self.path("c.npy"), self.path("out"));
        let files = ["match", "--scores", &scores, "--capacity", &capacity];
        self.run(&[&files[..], &["--out", &out], more].concat())
    }

    fn run(&self, arguments: &[&str]) -> Result<(), String> {
        // Somewhere without a database or a configuration, where nothing may be left either.
        let empty = self.0.path().join("empty");
        fs::create_dir_all(&empty).unwrap();
        let output = passerelle(arguments).current_dir(&empty).output().unwrap();
        let left = fs::read_dir(&empty).unwrap().count();
        assert_eq!(left, 0, "files need no settings, no secret and no database");
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8(output.stderr).unwrap()),
        }
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join("out").join(name)).unwrap()
    }

    fn result(&self) -> Value {
        serde_json::from_slice(&self.bytes("result.json")).unwrap()
    }
}

fn header(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..128]).into_owned()
}

#[test]
fn any_matrix_is_solved_and_the_answer_is_in_the_types_that_were_promised() {
    let desk = Desk::new();
    #[rustfmt::skip]
    desk.matrix(4, 3, &[
        9, 8, -1,
        9, -1, -1,
        7, 7, 0,
        -1, -1, -1,
    ], &[1, 1, 0]);
    desk.solve(&[]).unwrap();
    let dtype = |name: &str, descr: &str, shape: &str| {
        let header = header(&desk.bytes(name));
        assert!(header.contains(&format!("'descr': '{descr}'")), "{header}");
        assert!(header.contains(&format!("'shape': ({shape},)")), "{header}");
    };
    dtype("assignment.npy", "<i4", "4");
    dtype("price_mentee.npy", "<i8", "4");
    dtype("price_mentor.npy", "<i8", "3");
    let assignment = Array::<i32>::from_bytes(&desk.bytes("assignment.npy")).unwrap();
    assert_eq!(
        assignment.data,
        [1, 0, -1, -1],
        "nobody is where there is no place"
    );
    let result = desk.result();
    assert_eq!(result["objective"], "coverage");
    assert_eq!(result["matched"], 2);
    assert_eq!(result["score_total"], 17);
    assert_eq!(result["violations"], 0);
    assert_eq!(result["primal_value"], result["dual_value"]);
    assert!(result["threads"].as_u64().unwrap() >= 1);
    assert!(result["kernel"].is_string());
    assert!(result["peak_memory_bytes"].as_u64().unwrap() > 1_000_000);
    let phases = result["phases"].as_array().unwrap();
    assert!(phases.iter().all(|phase| phase["micros"].is_u64()));
    for name in ["read", "scan", "assign", "check"] {
        assert!(
            phases.iter().any(|phase| phase["name"] == name),
            "{name}: {result}"
        );
    }
}

#[test]
fn the_prices_prove_the_set_to_whoever_reads_the_files() {
    let mut dice = Dice(9);
    let (rows, cols) = (60, 25);
    let scores: Vec<i32> = (0..rows * cols)
        .map(|_| {
            if dice.chance(600) {
                dice.below(50) as i32
            } else {
                -1
            }
        })
        .collect();
    let capacity: Vec<i32> = (0..cols).map(|_| dice.below(4) as i32).collect();
    let desk = Desk::new();
    for objective in ["coverage", "total"] {
        desk.matrix(rows, cols, &scores, &capacity);
        desk.solve(&["--objective", objective]).unwrap();
        let prices = |name: &str| Array::<i64>::from_bytes(&desk.bytes(name)).unwrap().data;
        let (u, v) = (prices("price_mentee.npy"), prices("price_mentor.npy"));
        let assignment = Array::<i32>::from_bytes(&desk.bytes("assignment.npy"))
            .unwrap()
            .data;
        let result = desk.result();
        let bonus = result["coverage_bonus"].as_i64().unwrap();
        let mut primal = 0;
        for row in 0..rows {
            for col in (0..cols).filter(|col| capacity[*col] > 0) {
                let score = scores[row * cols + col];
                if score >= 0 {
                    let profit = i64::from(score) + bonus;
                    assert!(u[row] + v[col] >= profit, "no pair has a profit");
                    if assignment[row] == col as i32 {
                        assert_eq!(u[row] + v[col], profit);
                        primal += profit;
                    }
                }
            }
        }
        let places = v
            .iter()
            .zip(&capacity)
            .map(|(price, places)| price * i64::from(*places));
        assert_eq!(u.iter().sum::<i64>() + places.sum::<i64>(), primal);
        assert_eq!(result["dual_value"], json!(primal));
    }
}

#[test]
fn stable_and_one_thread_or_many_give_the_same_bytes() {
    let mut dice = Dice(10);
    let scores: Vec<i32> = (0..200 * 90).map(|_| dice.below(70) as i32 - 9).collect();
    let desk = Desk::new();
    desk.matrix(200, 90, &scores, &[2; 90]);
    for objective in ["coverage", "total", "stable"] {
        let mut first = None;
        for threads in ["1", "2", "5"] {
            desk.solve(&["--objective", objective, "--threads", threads])
                .unwrap();
            assert_eq!(desk.result()["threads"].to_string(), threads);
            assert_eq!(desk.result()["violations"], 0);
            let bytes: Vec<Vec<u8>> = ANSWERS[..3].iter().map(|name| desk.bytes(name)).collect();
            assert!(
                *first.get_or_insert_with(|| bytes.clone()) == bytes,
                "{objective}, {threads}"
            );
        }
    }
}

#[test]
fn nobody_to_match_is_an_answer_and_not_an_error() {
    for (rows, cols) in [(0, 0), (0, 3), (3, 0)] {
        let desk = Desk::new();
        desk.matrix(rows, cols, &vec![0; rows * cols], &vec![1; cols]);
        desk.solve(&[]).unwrap();
        assert_eq!(desk.result()["matched"], 0);
        let assignment = Array::<i32>::from_bytes(&desk.bytes("assignment.npy")).unwrap();
        assert_eq!(assignment.data, vec![-1; rows]);
    }
}

#[test]
fn a_bad_file_is_refused_with_its_name_and_the_reason_and_nothing_is_written() {
    let good = Array {
        shape: vec![2, 2],
        data: vec![1_i32; 4],
    };
    let places = Array::line(vec![1_i32, 1]).to_bytes();
    let renamed = |from: &str, to: &str| {
        let mut bytes = good.to_bytes();
        let is_it = |window: &[u8]| window == from.as_bytes();
        let at = bytes.windows(from.len()).position(is_it).unwrap();
        bytes.splice(at..at + from.len(), to.bytes());
        bytes
    };
    let wide = Array {
        shape: vec![2, 2],
        data: vec![1_i64 << 40; 4],
    };
    for (bytes, reason) in [
        (b"scores".to_vec(), "magic bytes"),
        (good.to_bytes()[..100].to_vec(), "cut short"),
        (good.to_bytes()[..139].to_vec(), "bytes of data"),
        (renamed("<i4", "<f4"), "not a little-endian integer"),
        (renamed("<i4", ">i4"), "not a little-endian integer"),
        (renamed("False", "True "), "C order"),
        (renamed("(2, 2)", "(4,)  "), "mentees × mentors"),
        (renamed("(2, 2)", "(1, 4)"), "one number per mentor"),
        (wide.to_bytes(), "does not fit"),
    ] {
        let desk = Desk::new();
        desk.put("s.npy", &bytes).put("c.npy", &places);
        let said = desk.solve(&[]).unwrap_err();
        assert!(said.contains(reason), "{reason}: {said}");
        assert!(
            said.starts_with("passerelle: ") && said.lines().count() == 1,
            "{said}"
        );
        assert!(!Path::new(&desk.path("out")).exists(), "{reason}");
    }
    let desk = Desk::new();
    let said = desk.solve(&[]).unwrap_err();
    assert!(said.contains("s.npy"), "{said}");
    // Where the answer cannot go.
    desk.matrix(1, 1, &[1], &[1]).put("out", b"a file");
    let said = desk.solve(&[]).unwrap_err();
    assert!(said.contains("out"), "{said}");
}

#[test]
fn arguments_that_do_not_belong_together_are_refused() {
    let desk = Desk::new();
    desk.matrix(1, 1, &[1], &[1]);
    let (scores, out) = (desk.path("s.npy"), desk.path("out"));
    let said = desk
        .run(&["match", "--scores", &scores, "--out", &out])
        .unwrap_err();
    assert!(said.contains("--capacity"), "{said}");
    let said = desk.solve(&["--objective", "best"]).unwrap_err();
    assert!(said.contains("coverage, total, stable"), "{said}");
    let capacity = desk.path("c.npy");
    let without = ["match", "--scores", &scores, "--capacity", &capacity];
    assert!(desk.run(&without).unwrap_err().contains("--out"));
    assert!(desk.run(&["match"]).unwrap_err().contains("--programme"));
}

#[test]
fn a_run_that_is_killed_leaves_nothing_behind() {
    let mut dice = Dice(11);
    let scores: Vec<i32> = (0..1500 * 1500).map(|_| dice.below(1000) as i32).collect();
    let desk = Desk::new();
    desk.matrix(1500, 1500, &scores, &vec![1; 1500]);
    let (scores, capacity, out) = (desk.path("s.npy"), desk.path("c.npy"), desk.path("out"));
    let mut child = passerelle(&[
        "match",
        "--scores",
        &scores,
        "--capacity",
        &capacity,
        "--out",
        &out,
    ])
    .spawn()
    .unwrap();
    std::thread::sleep(Duration::from_millis(30));
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success(), "it was still at work");
    assert!(!Path::new(&out).exists());
}

#[test]
fn an_instance_in_a_folder_is_solved_the_same_way() {
    let instance = Sample::new(3, 40, 25)
        .instance(Settings::default())
        .unwrap();
    let desk = Desk::new();
    let folder = desk.0.path().join("people");
    fs::create_dir(&folder).unwrap();
    for (name, bytes) in directory::write(&instance) {
        fs::write(folder.join(name), bytes).unwrap();
    }
    let (people, out) = (desk.path("people"), desk.path("out"));
    desk.run(&[
        "match",
        "--instance",
        &people,
        "--out",
        &out,
        "--with-scores",
    ])
    .unwrap();
    let result = desk.result();
    assert_eq!(
        (&result["violations"], &result["objective"]),
        (&json!(0), &json!("coverage"))
    );
    assert_eq!(result["primal_value"], result["dual_value"]);
    let scores = Array::<i32>::from_bytes(&desk.bytes("scores.npy")).unwrap();
    assert_eq!(scores.shape, [40, 25]);
    fs::remove_file(folder.join("mentor_week.npy")).unwrap();
    let said = desk
        .run(&["match", "--instance", &people, "--out", &out])
        .unwrap_err();
    assert!(said.contains("mentor_week.npy"), "{said}");
}
