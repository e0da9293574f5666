//! What is embedded: the compiler is told to look again when an embedded file is added or changed, and the
//! page templates of every room (`src/ROOM/templates/*.html`) are listed for `web::layout::templates`, which
//! may not name the rooms above it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for folder in [
        "src",
        "migrations",
        "email-templates",
        "config",
        "src/web/assets",
    ] {
        println!("cargo:rerun-if-changed={folder}");
    }
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("page_templates.rs"), page_templates(&root)?)?;
    Ok(())
}

/// A Rust array of `("ROOM/FILE.html", include_str!("…"))`, sorted by name.
fn page_templates(root: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for room in std::fs::read_dir(root.join("src"))? {
        let room = room?;
        let folder = room.path().join("templates");
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder)? {
            let path = file?.path();
            let name = path
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or_default();
            if name.ends_with(".html") {
                let room = room.file_name();
                found.push((format!("{}/{name}", room.to_string_lossy()), path.clone()));
            }
        }
    }
    found.sort();
    let mut code = String::from("&[\n");
    for (name, path) in found {
        writeln!(
            code,
            "    ({name:?}, include_str!({:?})),",
            path.display().to_string()
        )?;
    }
    code.push(']');
    Ok(code)
}
