//! The zone data that is compiled in, against PyPI's `tzdata` (rule T4).

use chrono::{DateTime, TimeDelta, Utc};
use passerelle::kernel::Zone;
use passerelle::kernel::zone::TZDB_VERSION;
use serde_json::Value;

use crate::support::python;

const SCRIPT: &str = r#"
import sys, json, os, zoneinfo, importlib.resources
from datetime import datetime, timedelta, timezone
folder = os.environ.get("PASSERELLE_TEST_TZDATA")
if folder:
    sys.path.insert(0, folder)
import tzdata
zoneinfo.reset_tzpath(to=[])
root = importlib.resources.files("tzdata") / "zoneinfo"
names = [l.split("\t")[2].strip() for l in (root / "zone.tab").read_text().splitlines() if l.startswith("CA\t")]
names += ["Canada/" + n for n in "Atlantic Central Eastern Mountain Newfoundland Pacific Saskatchewan Yukon".split()]
out = {}
for name in names:
    zone, at, last, changes = zoneinfo.ZoneInfo(name), datetime(2024, 1, 1, tzinfo=timezone.utc), None, []
    while at.year < 2037:
        offset = int(at.astimezone(zone).utcoffset().total_seconds())
        if offset != last:
            changes.append([at.strftime("%Y-%m-%dT%H:%M:%SZ"), offset])
            last = offset
        at += timedelta(hours=1)
    out[name] = changes
print(json.dumps([tzdata.IANA_VERSION, out]))
"#;

#[test]
fn t4_every_canadian_zone_agrees_with_pypi_tzdata_from_2024_to_2036() {
    // The continuous checks fetch it; Debian's and pip's own copies may be years old.
    let folder = std::env::var("PASSERELLE_TEST_TZDATA").unwrap_or_default();
    if !std::path::Path::new(&folder).join("tzdata").is_dir() {
        eprintln!(
            "Not compared with PyPI's tzdata: PASSERELLE_TEST_TZDATA names no folder with it."
        );
        return;
    }
    let needs = "import os, sys; f = os.environ.get('PASSERELLE_TEST_TZDATA'); f and sys.path.insert(0, f); import tzdata";
    let Some(said) = python::run(needs, SCRIPT, b"") else {
        return;
    };
    let said: Value = serde_json::from_str(&said).unwrap();
    let theirs = said[0].as_str().unwrap();
    let zones = said[1].as_object().unwrap();
    assert!(zones.len() > 25, "{}", zones.len());
    let mut wrong = Vec::new();
    for (name, changes) in zones {
        let zone = Zone::parse(name).unwrap();
        let mut found = Vec::new();
        let mut at: DateTime<Utc> = "2024-01-01T00:00:00Z".parse().unwrap();
        let end: DateTime<Utc> = "2037-01-01T00:00:00Z".parse().unwrap();
        let mut last = None;
        while at < end {
            let offset = zone.offset_at(at);
            if last.replace(offset) != Some(offset) {
                found.push(serde_json::json!([
                    at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    offset
                ]));
            }
            at += TimeDelta::hours(1);
        }
        if Value::Array(found.clone()) != *changes {
            wrong.push(format!("{name}: we say {found:?}, PyPI says {changes}"));
        }
    }
    let ours = *TZDB_VERSION;
    assert!(
        wrong.is_empty(),
        "our {ours}, their {theirs}:\n{}",
        wrong.join("\n")
    );
}
