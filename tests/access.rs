//! Accounts and permission through the front door.

mod accounts;
mod audit;
mod door;
pub mod pages;
mod passwords;
mod sessions;
mod tokens;

use std::sync::LazyLock;

use chrono::Duration;
use diesel::prelude::*;
use passerelle::access::accounts::model::NewGrant;
use passerelle::access::accounts::{NewAccount, create_with_password};
use passerelle::access::password::{Password, PasswordHash};
use passerelle::access::{self, Email};
use passerelle::db::jobs;
use passerelle::db::schema::outbox;
use passerelle::kernel::ids::{AccountId, PersonId, ProgrammeId};
use passerelle::kernel::{Locale, Role};
use serde_json::{Value, json};

use crate::support::app::{Answer, Someone, TestApp};

/// The password of everybody in these tests.
pub const PASSWORD: &str = "violon sept carotte";

static HASH: LazyLock<PasswordHash> =
    LazyLock::new(|| Password::unchecked(PASSWORD).hash().unwrap());

/// An account that signs in with `email` and [`PASSWORD`].
pub fn account(app: &TestApp, email: &str, roles: &[(Role, Option<ProgrammeId>)]) -> AccountId {
    account_of(app, email, roles, None)
}

/// [`account`] of a person.
pub fn account_of(
    app: &TestApp,
    email: &str,
    roles: &[(Role, Option<ProgrammeId>)],
    person_id: Option<PersonId>,
) -> AccountId {
    let new = NewAccount {
        email: Email::parse("", email).unwrap(),
        display_name: "Amélie Roy".into(),
        locale: Locale::Fr,
        person_id,
        grants: roles
            .iter()
            .map(|(role, programme_id)| NewGrant {
                role: *role,
                programme_id: *programme_id,
            })
            .collect(),
    };
    app.db(|conn| conn.write_tx(|conn| create_with_password(conn, &app.ctx(), &new, &HASH)))
}

/// POST without a token.
pub fn send(app: &TestApp, path: &str, body: &Value) -> Answer {
    app.send(app.request("POST", path).json(body))
}

/// An attempt to sign in.
pub fn sign_in(app: &TestApp, email: &str, password: &str) -> Answer {
    send(
        app,
        "/api/v1/sessions",
        &json!({"email": email, "password": password}),
    )
}

/// A session, as its tokens.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: Someone,
    pub refresh: String,
}

#[track_caller]
pub fn tokens_of(answer: &Answer) -> Tokens {
    let json = answer.json();
    let account_id = json["account_id"].as_str().unwrap().parse().unwrap();
    Tokens {
        access: Someone {
            account_id,
            person_id: None,
            token: json["access_token"].as_str().unwrap().into(),
        },
        refresh: json["refresh_token"].as_str().unwrap().into(),
    }
}

/// Signed in with the right password.
#[track_caller]
pub fn signed_in(app: &TestApp, email: &str) -> Tokens {
    tokens_of(&sign_in(app, email, PASSWORD).expect(201))
}

/// Does what waits in the queue, as a worker would.
pub fn run_jobs(app: &TestApp) {
    let ctx = app.ctx();
    app.db(|conn| {
        for job in jobs::claim(conn, ctx.now, "test", Duration::seconds(60), 100)? {
            jobs::perform(conn, &job, "test", ctx.now, |conn| {
                assert!(access::run(conn, &ctx, &job)?);
                Ok(())
            })?;
        }
        Ok(())
    });
}

/// The mails in the outbox, oldest first: kind, address, link.
pub fn mails(app: &TestApp) -> Vec<(String, String, String)> {
    let rows: Vec<(String, String, String)> = app.db(|conn| {
        Ok(outbox::table
            .order((outbox::created_at, outbox::id))
            .select((
                outbox::kind,
                outbox::recipient_sealed,
                outbox::payload_sealed,
            ))
            .load(conn)?)
    });
    let open = |purpose: &str, sealed: &str| -> Value {
        let text = app.app.platform.keyring.open_text(purpose, sealed).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    rows.into_iter()
        .map(|(kind, to, payload)| {
            let address = open("mail-recipient", &to)["address"]
                .as_str()
                .unwrap()
                .to_owned();
            let link = open("mail-payload", &payload)["values"]["link"].clone();
            (kind, address, link.as_str().unwrap_or("").to_owned())
        })
        .collect()
}

/// The token in the last mail's link.
#[track_caller]
pub fn last_link(app: &TestApp) -> String {
    let (_, _, link) = mails(app).pop().expect("a mail");
    let begin = format!("{}/set-password/", app.base);
    link.strip_prefix(&begin)
        .unwrap_or_else(|| panic!("{link}"))
        .to_owned()
}
