//! Files that macros embed: the compiler is told to look again when one of them is added or changed.

fn main() {
    for folder in [
        "src/i18n",
        "migrations",
        "email-templates",
        "config",
        "src/web/assets",
    ] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
