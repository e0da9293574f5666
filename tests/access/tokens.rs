//! Access tokens: what is refused, and what goes on through a rotation.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::Duration;
use diesel::prelude::*;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use passerelle::access::{keys, tokens};
use passerelle::db::Db;
use passerelle::db::schema::{account_grants, accounts, signing_keys};
use passerelle::kernel::{Clock, Keyring, Platform, Role};
use passerelle::web::{App, Turns};
use serde_json::{Value, json};

use crate::support::app::{Someone, TestApp};
use crate::support::each_database;

const ANYTHING: &str = "/api/v1/programmes";

fn part(token: &str, index: usize) -> Value {
    let bytes = BASE64.decode(token.split('.').nth(index).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn text(value: &Value) -> String {
    BASE64.encode(serde_json::to_vec(value).unwrap())
}

#[track_caller]
fn refused(app: &TestApp, who: &Someone, token: String, code: &str) {
    let bearer = Someone {
        token,
        ..who.clone()
    };
    let answer = app.get(&bearer, ANYTHING).expect(401);
    assert_eq!(answer.problem(), code);
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
}

/// A token signed by the deployment's own key, with header and claims of the test's choice.
fn signed(app: &TestApp, header: impl Fn(&mut Header), claims: &Value) -> String {
    let key = app.db(|conn| keys::current(conn, &app.ctx()));
    let mut plain = Header::new(Algorithm::EdDSA);
    plain.typ = Some("at+jwt".into());
    plain.kid = Some(key.kid);
    header(&mut plain);
    jsonwebtoken::encode(&plain, claims, &key.private).unwrap()
}

#[test]
fn a_token_that_is_not_ours_unchanged_and_for_us_is_refused() {
    each_database(|app| {
        let who = app.administrator();
        app.get(&who, ANYTHING).expect(200);
        let (header, claims) = (part(&who.token, 0), part(&who.token, 1));
        let signature = who.token.rsplit('.').next().unwrap();
        let with = |name: &str, value: Value| {
            let mut changed = claims.clone();
            changed[name] = value;
            changed
        };
        let without = |name: &str| {
            let mut changed = claims.clone();
            changed.as_object_mut().unwrap().remove(name);
            changed
        };
        // Signed by us, the test's way of signing is good: what follows fails for its own reason.
        let own = signed(app, |_| {}, &claims);
        app.get(
            &Someone {
                token: own,
                ..who.clone()
            },
            ANYTHING,
        )
        .expect(200);

        let none = json!({"alg": "none", "typ": "at+jwt", "kid": header["kid"]});
        for token in [
            "rubbish".into(),
            "a.b.c".into(),
            "x".repeat(5_000),
            // no signature, in both usual spellings
            format!("{}.{}.", text(&none), text(&claims)),
            format!(
                "{}.{}.{signature}",
                text(&json!({"alg": "None", "typ": "at+jwt", "kid": header["kid"]})),
                text(&claims)
            ),
            // another person's id under a signature that was made for this one
            format!(
                "{}.{}.{signature}",
                text(&header),
                text(&with("sub", json!(uuid::Uuid::nil())))
            ),
            format!(
                "{}.{}.{}",
                text(&header),
                text(&claims),
                BASE64.encode([0; 64])
            ),
            // signed by us, for somebody else or by somebody else
            signed(
                app,
                |_| {},
                &with("aud", json!("https://elsewhere.example/api")),
            ),
            signed(
                app,
                |_| {},
                &with("iss", json!("https://elsewhere.example")),
            ),
            signed(app, |_| {}, &without("aud")),
            signed(app, |_| {}, &without("iss")),
            signed(app, |_| {}, &without("exp")),
            signed(app, |_| {}, &without("sub")),
            // an account that is not there
            signed(app, |_| {}, &with("sub", json!(uuid::Uuid::nil()))),
            // a session that is not there
            signed(app, |_| {}, &with("sid", json!(uuid::Uuid::nil()))),
            // our key, but no access token, no key's name, or a name that we never gave
            signed(app, |h| h.typ = Some("JWT".into()), &claims),
            signed(app, |h| h.kid = None, &claims),
            signed(app, |h| h.kid = Some("k1-0000000000000000".into()), &claims),
            signed(app, |h| h.kid = Some("k4294967295-x".into()), &claims),
        ] {
            refused(app, &who, token, "token-invalid");
        }
        another_key_under_our_name(app, &who, &header, &claims);
    });
}

fn another_key_under_our_name(app: &TestApp, who: &Someone, header: &Value, claims: &Value) {
    let kid = header["kid"].as_str().unwrap().to_owned();
    let mut der = vec![
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    der.extend([7; 32]);
    let mut plain = Header::new(Algorithm::EdDSA);
    plain.typ = Some("at+jwt".into());
    plain.kid = Some(kid.clone());
    let forged = jsonwebtoken::encode(&plain, claims, &EncodingKey::from_ed_der(&der)).unwrap();
    refused(app, who, forged, "token-invalid");
    // The published key taken as the secret of a symmetric signature.
    let set = app
        .send(app.request("GET", "/.well-known/jwks.json"))
        .json();
    let public = BASE64
        .decode(set["keys"][0]["x"].as_str().unwrap())
        .unwrap();
    let mut plain = Header::new(Algorithm::HS256);
    plain.typ = Some("at+jwt".into());
    plain.kid = Some(kid);
    let confused =
        jsonwebtoken::encode(&plain, claims, &EncodingKey::from_secret(&public)).unwrap();
    refused(app, who, confused, "token-invalid");
}

#[test]
fn a_token_is_good_for_its_minutes_and_not_a_second_more() {
    each_database(|app| {
        let who = app.administrator();
        let claims = part(&who.token, 1);
        assert_eq!(
            claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
            15 * 60
        );
        app.clock.advance(Duration::seconds(15 * 60 - 1));
        app.get(&who, ANYTHING).expect(200);
        app.clock.advance(Duration::seconds(1));
        refused(app, &who, who.token.clone(), "token-expired");
    });
}

#[test]
fn no_token_at_all_asks_for_one() {
    each_database(|app| {
        let answer = app.send(app.request("GET", ANYTHING)).expect(401);
        assert_eq!(answer.problem(), "sign-in-needed");
        let basic = app
            .request("GET", ANYTHING)
            .header("Authorization", "Basic YTpi");
        assert_eq!(app.send(basic).expect(401).problem(), "sign-in-needed");
    });
}

#[test]
fn a_disabled_account_and_a_revoked_role_take_effect_at_once() {
    each_database(|app| {
        let (who, programme) = (app.administrator(), crate::programmes::programme("un"));
        app.post(&who, ANYTHING, &programme).expect(201);
        app.db(|conn| {
            diesel::delete(
                account_grants::table.filter(account_grants::account_id.eq(who.account_id)),
            )
            .execute(conn)?;
            Ok(())
        });
        let refused_role = app.post(&who, ANYTHING, &crate::programmes::programme("deux"));
        assert_eq!(refused_role.expect(403).problem(), "forbidden");
        app.db(|conn| {
            diesel::update(accounts::table.find(who.account_id))
                .set(accounts::status.eq("disabled"))
                .execute(conn)?;
            Ok(())
        });
        refused(app, &who, who.token.clone(), "token-invalid");
    });
}

#[test]
fn knowing_who_asks_costs_one_query_and_the_keys_none() {
    each_database(|app| {
        let one_role = app.administrator();
        let three_roles = app.someone_with(
            &[
                (Role::Administrator, None),
                (Role::Coach, None),
                (Role::Mentor, None),
            ],
            None,
        );
        app.get(&one_role, ANYTHING).expect(200);
        // One for the account with its roles, one for the list.
        for who in [&one_role, &three_roles] {
            assert_eq!(app.queries(|| drop(app.get(who, ANYTHING).expect(200))), 2);
        }
        // A forged name of a key is recognised without any.
        let forged = signed(
            app,
            |h| h.kid = Some("k9-0123456789abcdef".into()),
            &part(&one_role.token, 1),
        );
        let queries = app.queries(|| refused(app, &one_role, forged.clone(), "token-invalid"));
        assert_eq!(queries, 0);
    });
}

#[test]
fn the_key_set_is_published_with_public_halves_only() {
    each_database(|app| {
        let who = app.administrator();
        let answer = app
            .send(app.request("GET", "/.well-known/jwks.json"))
            .expect(200);
        assert!(answer.header("cache-control").contains("max-age"));
        let keys = answer.json()["keys"].as_array().unwrap().clone();
        assert_eq!(keys.len(), 1);
        assert_eq!(keys[0]["kid"], part(&who.token, 0)["kid"]);
        let names: Vec<_> = keys[0].as_object().unwrap().keys().cloned().collect();
        assert_eq!(names, ["kty", "crv", "alg", "use", "kid", "x"]);
        // Whoever has only the published key can check a token.
        let jwk: jsonwebtoken::jwk::Jwk = serde_json::from_value(keys[0].clone()).unwrap();
        let mut rules = jsonwebtoken::Validation::new(Algorithm::EdDSA);
        rules.validate_exp = false;
        rules.set_audience(&[format!("{}/api/v1", app.base)]);
        let key = jsonwebtoken::DecodingKey::from_jwk(&jwk).unwrap();
        jsonwebtoken::decode::<Value>(&who.token, &key, &rules).unwrap();
    });
}

#[test]
fn a_rotation_announces_the_new_key_a_day_before_and_logs_nobody_out() {
    each_database(|app| {
        let published = || {
            let set = app
                .send(app.request("GET", "/.well-known/jwks.json"))
                .json();
            set["keys"].as_array().unwrap().len()
        };
        let kid = |who: &Someone| part(&who.token, 0)["kid"].as_str().unwrap().to_owned();
        let first = app.administrator();
        app.clock.advance(Duration::days(89) - Duration::minutes(1));
        assert_eq!(kid(&app.administrator()), kid(&first));
        assert_eq!(published(), 1);
        // Less than a day left: the successor is published, and does not sign yet.
        app.clock.advance(Duration::days(1) - Duration::minutes(4));
        let before = app.administrator();
        assert_eq!(kid(&before), kid(&first));
        assert_eq!(published(), 2);
        // Ten minutes later it signs, and the token of the old key is still good.
        app.clock.advance(Duration::minutes(10));
        let after = app.administrator();
        assert_ne!(kid(&after), kid(&before));
        app.get(&before, ANYTHING).expect(200);
        app.get(&after, ANYTHING).expect(200);
        // When no token of the old key can be alive, the old key is gone.
        app.clock.advance(Duration::hours(2));
        app.administrator();
        assert_eq!(published(), 1);
    });
}

#[test]
fn a_retired_key_verifies_nothing_from_that_second_on_though_it_is_remembered() {
    each_database(|app| {
        let who = app.administrator();
        let mut claims = part(&who.token, 1);
        claims["exp"] = json!(claims["iat"].as_i64().unwrap() + 200 * 24 * 3600);
        let stolen = signed(app, |_| {}, &claims);
        app.clock
            .advance(Duration::days(90) + Duration::hours(2) - Duration::seconds(20));
        let bearer = Someone {
            token: stolen.clone(),
            ..who.clone()
        };
        app.get(&bearer, ANYTHING).expect(200);
        app.clock.advance(Duration::seconds(21));
        refused(app, &who, stolen, "token-invalid");
    });
}

#[test]
fn several_servers_on_one_database_agree_on_their_keys() {
    each_database(|app| {
        let other = another_server(app);
        let ctx = |app: &App| {
            passerelle::kernel::Context::system("test", app.clock.now(), Arc::clone(&app.platform))
        };
        // Both need a first key in the same moment, in several threads.
        let who = app.administrator();
        app.db(|conn| Ok(diesel::delete(signing_keys::table).execute(conn)?));
        let names: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = [&app.app, &other, &app.app, &other]
                .map(|server| {
                    scope.spawn(move || {
                        let current =
                            |conn: &mut passerelle::db::Conn| keys::current(conn, &ctx(server));
                        server.db.run_here(current).unwrap().kid
                    })
                })
                .into_iter()
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(names.iter().all(|name| *name == names[0]), "{names:?}");
        assert_eq!(
            app.db(|conn| Ok(signing_keys::table.count().get_result::<i64>(conn)?)),
            1
        );
        // A key that one of them made later is known to the other as soon as a token names it.
        app.clock.advance(Duration::days(91));
        let token = other
            .db
            .run_here(|conn| tokens::issue_access(conn, &ctx(&other), who.account_id));
        app.get(
            &Someone {
                token: token.unwrap(),
                ..who
            },
            ANYTHING,
        )
        .expect(200);
    });
}

/// A second process on the same database: the same secret and address, its own memory.
fn another_server(app: &TestApp) -> App {
    let settings = app.app.platform.settings.clone();
    let keyring = Keyring::new(settings.security.secret.clone());
    App {
        db: Db::new(&settings.database),
        platform: Arc::new(Platform { settings, keyring }),
        clock: Arc::clone(&app.app.clock),
        turns: Turns::default(),
    }
}

#[test]
fn keys_retired_at_once_end_every_token_within_a_minute_on_other_servers_too() {
    each_database(|app| {
        let who = app.administrator();
        app.get(&who, ANYTHING).expect(200);
        let other = another_server(app);
        let ctx = passerelle::kernel::Context::system(
            "test",
            app.clock.now(),
            Arc::clone(&other.platform),
        );
        other
            .db
            .run_here(|conn| keys::retire_all(conn, &ctx))
            .unwrap();
        app.clock.advance(Duration::seconds(61));
        refused(app, &who, who.token.clone(), "token-invalid");
        app.get(&app.administrator(), ANYTHING).expect(200);
    });
}
