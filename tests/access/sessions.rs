//! Signing in and out, refreshing, throttling.

use std::net::IpAddr;

use chrono::Duration;
use diesel::prelude::*;
use passerelle::access::{password, sessions, sign_in as signing};
use passerelle::db::schema::{accounts, refresh_tokens};
use passerelle::kernel::{Context, Role};
use serde_json::json;

use super::{PASSWORD, Tokens, account, send, sign_in, signed_in, tokens_of};
use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;

const ADMIN: &[(Role, Option<passerelle::kernel::ids::ProgrammeId>)] =
    &[(Role::Administrator, None)];

fn refresh(app: &TestApp, token: &str) -> Answer {
    send(
        app,
        "/api/v1/sessions/refresh",
        &json!({"refresh_token": token}),
    )
}

fn works(app: &TestApp, tokens: &Tokens) -> bool {
    app.get(&tokens.access, "/api/v1/me").status == 200
}

#[test]
fn whoever_signs_in_is_told_who_they_are() {
    each_database(|app| {
        let id = account(app, "Amelie@Example.org", ADMIN);
        let answer = sign_in(app, " amelie@example.ORG ", PASSWORD).expect(201);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json()["token_type"], "Bearer");
        assert_eq!(answer.json()["expires_in"], 900);
        let tokens = tokens_of(&answer);
        let me = app.get(&tokens.access, "/api/v1/me").expect(200);
        assert_eq!(me.json()["account_id"], id.to_string());
        assert_eq!(me.json()["email"], "Amelie@Example.org");
        assert_eq!(me.json()["grants"][0]["role"], "administrator");
        // What is stored is no token.
        let stored: Vec<String> = app.db(|conn| {
            Ok(refresh_tokens::table
                .select(refresh_tokens::token_hash)
                .load(conn)?)
        });
        assert_eq!(stored.len(), 1);
        assert!(!stored.contains(&tokens.refresh));
    });
}

#[test]
fn a_refused_sign_in_does_not_tell_why() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let invited = account(app, "b@example.org", ADMIN);
        let disabled = account(app, "c@example.org", ADMIN);
        app.db(|conn| {
            let set = |id, status: &'static str| {
                diesel::update(accounts::table.find(id)).set(accounts::status.eq(status))
            };
            set(invited, "invited").execute(conn)?;
            set(disabled, "disabled").execute(conn)?;
            Ok(())
        });
        let mut answers = vec![
            sign_in(app, "a@example.org", "not the password"),
            sign_in(app, "nobody@example.org", PASSWORD),
            sign_in(app, "b@example.org", PASSWORD),
            sign_in(app, "c@example.org", PASSWORD),
            sign_in(app, "no address at all", PASSWORD),
            sign_in(app, "", ""),
        ]
        .into_iter()
        .map(|answer| {
            let answer = answer.expect(401);
            let mut json = answer.json();
            json["instance"] = json!("");
            json
        });
        let first = answers.next().unwrap();
        assert_eq!(first["type"], "/problems/sign-in-refused");
        assert!(answers.all(|other| other == first));
    });
}

#[test]
fn a_refresh_token_is_good_once_and_its_successor_goes_on() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let mut tokens = signed_in(app, "a@example.org");
        for _ in 0..3 {
            app.clock.advance(Duration::days(20));
            assert!(!works(app, &tokens));
            let next = tokens_of(&refresh(app, &tokens.refresh).expect(200));
            assert_ne!(next.refresh, tokens.refresh);
            assert!(works(app, &next));
            tokens = next;
        }
        app.clock.advance(Duration::days(30));
        assert_eq!(
            refresh(app, &tokens.refresh).expect(401).problem(),
            "session-ended"
        );
    });
}

#[test]
fn a_spent_token_that_comes_again_ends_the_session_for_thief_and_owner() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let stolen = signed_in(app, "a@example.org");
        let elsewhere = signed_in(app, "a@example.org");
        let owner = tokens_of(&refresh(app, &stolen.refresh).expect(200));
        assert!(works(app, &owner));
        app.clock.advance(Duration::seconds(11));
        assert_eq!(
            refresh(app, &stolen.refresh).expect(401).problem(),
            "session-ended"
        );
        // The family is gone: the newest refresh token, and the access tokens, at once.
        assert!(!works(app, &owner));
        refresh(app, &owner.refresh).expect(401);
        // Another sign-in of the same account is another family.
        assert!(works(app, &elsewhere));
        refresh(app, &elsewhere.refresh).expect(200);
    });
}

#[test]
fn a_double_click_gets_the_same_successor_and_logs_nobody_out() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let first = signed_in(app, "a@example.org");
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| refresh(app, &first.refresh)))
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        let next: Vec<Tokens> = answers
            .into_iter()
            .map(|a| tokens_of(&a.expect(200)))
            .collect();
        assert!(
            next.iter()
                .all(|t| t.refresh == next[0].refresh && works(app, t))
        );
        // One successor is stored, not eight.
        let stored: i64 = app.db(|conn| Ok(refresh_tokens::table.count().get_result(conn)?));
        assert_eq!(stored, 2);
        // Once it is spent too, the first one gets nothing more, even within the ten seconds.
        refresh(app, &next[0].refresh).expect(200);
        refresh(app, &first.refresh).expect(401);
        // And a thief who used the grace is found out: both hold the same token, the second use betrays.
        app.clock.advance(Duration::seconds(11));
        refresh(app, &next[0].refresh).expect(401);
        assert!(!works(app, &next[0]));
    });
}

#[test]
fn a_refresh_with_rubbish_or_a_page_cookie_is_refused() {
    each_database(|app| {
        for token in ["", "x", "p.abc", &"x".repeat(300)] {
            assert_eq!(refresh(app, token).expect(401).problem(), "session-ended");
        }
        let answer = send(
            app,
            "/api/v1/sessions/refresh",
            &json!({"refresh_token": 7}),
        );
        assert_eq!(answer.expect(422).field_errors(), ["/refresh_token type"]);
    });
}

#[test]
fn a_disabled_account_cannot_refresh() {
    each_database(|app| {
        let id = account(app, "a@example.org", ADMIN);
        let tokens = signed_in(app, "a@example.org");
        app.db(|conn| {
            diesel::update(accounts::table.find(id))
                .set(accounts::status.eq("disabled"))
                .execute(conn)?;
            Ok(())
        });
        refresh(app, &tokens.refresh).expect(401);
        assert!(!works(app, &tokens));
    });
}

#[test]
fn signing_out_ends_this_session_at_once_and_everywhere_ends_all() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let [here, there] = [
            signed_in(app, "a@example.org"),
            signed_in(app, "a@example.org"),
        ];
        let delete = |who: &Someone, path: &str| {
            app.send(app.request("DELETE", path).bearer_auth(&who.token))
        };
        delete(&here.access, "/api/v1/sessions/current").expect(204);
        assert!(!works(app, &here));
        refresh(app, &here.refresh).expect(401);
        assert!(works(app, &there));
        let third = signed_in(app, "a@example.org");
        delete(&there.access, "/api/v1/sessions").expect(204);
        assert!(!works(app, &there) && !works(app, &third));
    });
}

#[test]
fn eight_wrong_passwords_make_the_ninth_wait_and_the_right_one_too() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        account(app, "b@example.org", ADMIN);
        for _ in 0..8 {
            sign_in(app, "a@example.org", "not the password").expect(401);
        }
        let answer = sign_in(app, "a@example.org", PASSWORD).expect(429);
        assert_eq!(answer.problem(), "too-many-requests");
        let wait: i64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=31).contains(&wait), "{wait}");
        // Others are not concerned, and the same happens to an address that nobody has.
        signed_in(app, "b@example.org");
        for _ in 0..8 {
            sign_in(app, "nobody@example.org", "not the password").expect(401);
        }
        sign_in(app, "nobody@example.org", "not the password").expect(429);
        // After the wait the owner is in, and the slate is clean.
        app.clock.advance(Duration::seconds(wait));
        signed_in(app, "a@example.org");
        for _ in 0..8 {
            sign_in(app, "a@example.org", "not the password").expect(401);
        }
        // However long somebody goes on, nobody waits longer than a quarter of an hour.
        for _ in 0..20 {
            let wait = sign_in(app, "a@example.org", "wrong again")
                .header("retry-after")
                .to_owned();
            app.clock
                .advance(Duration::seconds(wait.parse().unwrap_or(0)));
            assert!(wait.parse().unwrap_or(0) <= 15 * 60 + 1, "{wait}");
        }
    });
}

#[test]
fn parallel_guesses_gain_nothing() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..16)
                .map(|_| scope.spawn(|| sign_in(app, "a@example.org", "not the password").status))
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(
            statuses.iter().filter(|s| **s == 401).count(),
            8,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|s| **s == 429).count(),
            8,
            "{statuses:?}"
        );
    });
}

/// A sign-in from an address of the test's choice; 0 when it succeeded, else the problem's status.
fn from(app: &TestApp, address: &str, email: &str, password: &str) -> u16 {
    let address: IpAddr = address.parse().unwrap();
    let ctx = Context {
        actor: passerelle::kernel::Actor::Anonymous,
        address: Some(address),
        ..app.ctx()
    };
    let attempt = signing::SignIn {
        email: email.into(),
        password: password.to_owned().into(),
        kind: sessions::Kind::Api,
    };
    match app
        .app
        .db
        .run_here(|conn| signing::sign_in(conn, &ctx, attempt))
    {
        Ok(_) => 0,
        Err(problem) => problem.status(),
    }
}

#[test]
fn one_address_that_tries_many_accounts_has_to_wait_and_another_has_not() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        for n in 0..32 {
            let email = format!("nobody{n}@example.org");
            assert_eq!(from(app, "192.0.2.1", &email, "not the password"), 401);
        }
        assert_eq!(from(app, "192.0.2.1", "a@example.org", PASSWORD), 429);
        assert_eq!(from(app, "192.0.2.2", "a@example.org", PASSWORD), 0);
    });
}

#[test]
fn who_guesses_with_an_account_of_their_own_does_not_clean_their_slate_with_it() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        account(app, "guesser@example.org", ADMIN);
        for n in 0..31 {
            let email = format!("nobody{n}@example.org");
            assert_eq!(from(app, "192.0.2.1", &email, "not the password"), 401);
            if n % 10 == 9 {
                assert_eq!(from(app, "192.0.2.1", "guesser@example.org", PASSWORD), 0);
            }
        }
        assert_eq!(from(app, "192.0.2.1", "last@example.org", "wrong"), 401);
        assert_eq!(from(app, "192.0.2.1", "a@example.org", PASSWORD), 429);
    });
}

#[test]
fn an_attack_from_many_addresses_does_not_lock_the_owner_out() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        assert_eq!(from(app, "198.51.100.7", "a@example.org", PASSWORD), 0);
        let mut refused = 0;
        for n in 0..100 {
            let address = format!("203.0.113.{n}");
            refused += u32::from(from(app, &address, "a@example.org", "wrong") == 429);
        }
        // The guessing is slowed down…
        assert!(refused >= 60, "{refused}");
        // … a strange address has to wait with it, a minute at most …
        assert_eq!(from(app, "192.0.2.200", "a@example.org", PASSWORD), 429);
        // … and where the owner signed in before, they are let in.
        assert_eq!(from(app, "198.51.100.7", "a@example.org", PASSWORD), 0);
        for n in 0..50 {
            from(app, &format!("203.0.113.{n}"), "a@example.org", "wrong");
        }
        app.clock.advance(Duration::seconds(61));
        assert_eq!(from(app, "192.0.2.200", "a@example.org", PASSWORD), 0);
    });
}

#[test]
fn an_old_hash_is_made_anew_at_the_next_sign_in() {
    each_database(|app| {
        use argon2::{Argon2, Params, PasswordHasher};
        let id = account(app, "a@example.org", ADMIN);
        let weak = Argon2::from(Params::new(64, 1, 1, None).unwrap());
        let old: argon2::password_hash::phc::PasswordHash = weak
            .hash_password_with_salt(PASSWORD.as_bytes(), b"sixteen bytes...")
            .unwrap();
        let stored = |app: &TestApp| -> String {
            app.db(|conn| {
                let hash = accounts::table.find(id).select(accounts::password_hash);
                Ok(hash.first::<Option<String>>(conn)?.unwrap())
            })
        };
        app.db(|conn| {
            diesel::update(accounts::table.find(id))
                .set(accounts::password_hash.eq(old.to_string()))
                .execute(conn)?;
            Ok(())
        });
        assert!(password::PasswordHash::stored(stored(app)).is_dated());
        signed_in(app, "a@example.org");
        assert!(!password::PasswordHash::stored(stored(app)).is_dated());
        signed_in(app, "a@example.org");
    });
}

#[test]
fn what_is_long_over_is_forgotten() {
    each_database(|app| {
        account(app, "a@example.org", ADMIN);
        let tokens = signed_in(app, "a@example.org");
        sign_in(app, "a@example.org", "not the password").expect(401);
        let purge = |app: &TestApp| app.db(|conn| passerelle::access::purge(conn, app.ctx().now));
        assert_eq!(purge(app), 0);
        app.clock.advance(Duration::days(29));
        assert!(purge(app) >= 1);
        tokens_of(&refresh(app, &tokens.refresh).expect(200));
        app.clock.advance(Duration::days(90));
        assert_eq!(purge(app), 2);
    });
}
