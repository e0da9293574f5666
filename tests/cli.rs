//! The commands, as an operator types them.

use std::process::{Command, Output, Stdio};

use crate::support::databases::TestDatabase;

/// The program, with nothing of the surrounding environment's configuration.
pub fn passerelle(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_passerelle"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PASSERELLE__") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn config_check_names_every_fault_and_prints_no_secret() {
    let output = passerelle(&["config", "check"])
        .env("PASSERELLE__PROFILE", "production")
        .env(
            "PASSERELLE__SECURITY__SECRET",
            "change-me-please-this-is-short",
        )
        .output()
        .unwrap();
    let said = said(&output);
    assert!(!output.status.success(), "{said}");
    for setting in ["security.secret", "mail.transport", "server.public_url"] {
        assert!(said.contains(&format!("error: {setting}")), "{said}");
    }
    assert!(!said.contains("change-me-please"), "{said}");
}

#[test]
fn a_sound_configuration_is_said_to_be_sound_and_a_misspelt_setting_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1\n").unwrap();
    let check = |name: &str, value: &str| {
        passerelle(&["config", "check"])
            .env("PASSERELLE__SECURITY__SECRET_FILE", &secret)
            .env(name, value)
            .output()
            .unwrap()
    };
    let sound = check("PASSERELLE__SERVER__PORT", "8081");
    assert!(
        sound.status.success() && said(&sound).contains("The configuration is sound."),
        "{}",
        said(&sound)
    );
    let misspelt = check("PASSERELLE__SERVER__PROT", "8081");
    assert!(
        !misspelt.status.success() && said(&misspelt).contains("prot"),
        "{}",
        said(&misspelt)
    );
}

#[test]
fn serve_refuses_to_start_in_production_with_a_weak_secret() {
    let output = passerelle(&["serve"])
        .env("PASSERELLE__PROFILE", "production")
        .env("PASSERELLE__SECURITY__SECRET", "secret")
        .env("PASSERELLE__DATABASE__URL", "sqlite:///nowhere/at/all.db")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(
        said(&output).contains("security.secret"),
        "{}",
        said(&output)
    );
}

#[test]
fn three_servers_that_migrate_at_once_make_one_schema() {
    let folder = tempfile::tempdir().unwrap();
    let mut urls = vec![format!(
        "sqlite://{}",
        folder.path().join("new.db").display()
    )];
    urls.extend(TestDatabase::unmigrated_postgres());
    for url in urls {
        let children: Vec<_> = (0..3)
            .map(|_| {
                passerelle(&["migrate"])
                    .env("PASSERELLE__DATABASE__URL", &url)
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        let outputs: Vec<Output> = children
            .into_iter()
            .map(|c| c.wait_with_output().unwrap())
            .collect();
        for output in &outputs {
            assert!(output.status.success(), "{}", said(output));
        }
        let applied = |o: &&Output| !said(o).contains("applied: 0");
        assert_eq!(
            outputs.iter().filter(applied).count(),
            1,
            "exactly one did the work: {outputs:?}"
        );
    }
}

#[test]
fn a_weak_or_unreadable_dkim_key_is_said_before_anything_starts() {
    let check = |key: &str| {
        let output = passerelle(&["config", "check"])
            .env(
                "PASSERELLE__SECURITY__SECRET",
                "kX3v9QmT7rLw2ZpB8nYc5HdJ4sGf6Ua1",
            )
            .env("PASSERELLE__MAIL__FROM_ADDRESS", "p@mail.example.org")
            .env("PASSERELLE__MAIL__DKIM__DOMAIN", "example.org")
            .env("PASSERELLE__MAIL__DKIM__KEY", key)
            .output()
            .unwrap();
        (output.status.success(), said(&output))
    };
    let weak = check(include_str!("../src/mail/testdata/rsa1024.pem"));
    assert!(
        !weak.0 && weak.1.contains("error: mail.dkim.key is weak"),
        "{weak:?}"
    );
    let rubbish = check("rubbish");
    assert!(
        !rubbish.0 && rubbish.1.contains("error: mail.dkim.key is no private key"),
        "{rubbish:?}"
    );
    let good = check(include_str!("../src/mail/testdata/rsa2048.pem"));
    assert!(good.0 && good.1.contains("sound"), "{good:?}");
    let missing = passerelle(&["config", "check"])
        .env("PASSERELLE__MAIL__DKIM__KEY_FILE", "/nowhere/at/all.pem")
        .output()
        .unwrap();
    assert!(
        !missing.status.success() && said(&missing).contains("mail.dkim.key_file"),
        "{missing:?}"
    );
}

#[test]
fn the_records_to_publish_are_printed() {
    let output = passerelle(&["mail", "dns"])
        .env("PASSERELLE__MAIL__FROM_ADDRESS", "p@mail.example.org")
        .env("PASSERELLE__MAIL__DKIM__DOMAIN", "mail.example.org")
        .env(
            "PASSERELLE__MAIL__DKIM__KEY",
            include_str!("../src/mail/testdata/rsa2048.pem"),
        )
        .output()
        .unwrap();
    let said = said(&output);
    for record in [
        "mail.example.org. IN TXT \"v=spf1 ",
        "passerelle._domainkey.mail.example.org. IN TXT \"v=DKIM1; k=rsa; p=MIIB",
        "_dmarc.mail.example.org. IN TXT \"v=DMARC1; p=none",
    ] {
        assert!(said.contains(record), "{record} in {said}");
    }
    assert!(
        said.lines()
            .filter(|l| l.contains("IN TXT"))
            .all(|l| l.split('"').all(|part| part.len() <= 255)),
        "{said}"
    );
    assert!(!said.contains("PRIVATE"), "{said}");
}

#[test]
fn the_first_administrator_gets_a_link_and_an_operator_can_end_every_signing_key() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("p.db").display());
    let account = |arguments: &[&str]| {
        let output = passerelle(&[&["account"], arguments].concat())
            .env("PASSERELLE__DATABASE__URL", &url)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let link = account(&["create-admin", "zoé@exämple.ca", "--name", "Zoé Roy"]);
    assert!(link.contains("/set-password/"), "{link}");
    assert!(account(&["retire-keys"]).contains("retired"));
}

#[test]
fn a_command_that_needs_people_says_where_it_looked_for_the_database_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["match", "--programme", "health"][..],
        &["import", "people", "people.csv", "--dry-run"],
    ] {
        let output = passerelle(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = said(&output);
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("no database at data/passerelle.db"), "{said}");
        assert!(said.contains("passerelle migrate"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
