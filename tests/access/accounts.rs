//! Accounts: invitation, roles, who may do what to whom.

use diesel::prelude::*;
use passerelle::access::accounts::create_first_administrator;
use passerelle::db::schema::persons;
use passerelle::kernel::{Locale, Role};
use serde_json::{Value, json};

use super::{PASSWORD, account, account_of, last_link, mails, send, sign_in, signed_in};
use crate::support::app::{Answer, Someone, TestApp};
use crate::support::each_database;
use crate::support::people::{self, Made, open_programme, together};

fn invite(app: &TestApp, who: &Someone, body: &Value) -> Answer {
    app.post(who, "/api/v1/accounts", body)
}

fn act(app: &TestApp, who: &Someone, id: impl std::fmt::Display, what: &str) -> Answer {
    app.post(who, &format!("/api/v1/accounts/{id}/{what}"), &json!({}))
}

#[test]
fn an_invited_colleague_chooses_a_password_and_signs_in() {
    each_database(|app| {
        let admin = app.administrator();
        let programme = open_programme(app, "genie");
        let made = invite(app, &admin, &json!({
            "email": "Nadia.Haddad@example.org", "display_name": " Nadia \n Haddad ", "locale": "fr",
            "role": "coordinator", "programme_id": programme.id
        }))
        .expect(201);
        assert_eq!(made.json()["status"], "invited");
        assert_eq!(made.json()["display_name"], "Nadia Haddad");
        assert_eq!(
            made.json()["grants"][0]["programme_id"],
            programme.id.to_string()
        );
        let (kind, to, _) = mails(app).pop().unwrap();
        assert_eq!(
            (kind.as_str(), to.as_str()),
            ("account-invitation", "Nadia.Haddad@example.org")
        );
        let body = json!({"token": last_link(app), "password": "quatre lampes bleues"});
        send(app, "/api/v1/passwords", &body).expect(204);
        sign_in(app, "nadia.haddad@example.org", "quatre lampes bleues").expect(201);
        let read = app.get(&admin, made.header("location")).expect(200).json();
        assert_eq!(read["status"], "active");
        assert!(read["last_login_at"].is_string());
        // Once in use, there is nothing to send again.
        let id = read["id"].as_str().unwrap();
        assert_eq!(
            act(app, &admin, id, "invitation").expect(409).problem(),
            "account-in-use"
        );
        let twice = json!({"email": "NADIA.haddad@example.org", "display_name": "N", "role": "administrator"});
        assert_eq!(
            invite(app, &admin, &twice).expect(409).problem(),
            "account-exists"
        );
    });
}

#[test]
fn a_person_is_invited_with_what_is_known_of_them_and_once() {
    each_database(|app| {
        let pair = together(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(pair.programme.id), None);
        let body = json!({"person_id": pair.mentee_id, "role": "mentee", "programme_id": pair.programme.id});
        let made = invite(app, &staff, &body).expect(201).json();
        assert_eq!(made["display_name"], "Amina Diallo");
        assert_eq!(made["locale"], "fr");
        assert_eq!(
            made["email"],
            format!("{}@people.example.org", pair.mentee_id)
        );
        let again = json!({"person_id": pair.mentee_id, "role": "mentee", "programme_id": pair.programme.id,
            "email": "other@example.org"});
        assert_eq!(
            invite(app, &staff, &again).expect(409).problem(),
            "person-has-account"
        );
        // The link of an invitation that is sent again replaces the first.
        let first = last_link(app);
        app.clock.advance(chrono::Duration::seconds(1));
        act(app, &staff, made["id"].as_str().unwrap(), "invitation").expect(202);
        let choose = |token: &str| {
            send(
                app,
                "/api/v1/passwords",
                &json!({"token": token, "password": "quatre lampes bleues"}),
            )
        };
        choose(&first).expect(410);
        choose(&last_link(app)).expect(204);
    });
}

#[test]
fn an_invitation_names_every_fault() {
    each_database(|app| {
        let admin = app.administrator();
        let programme = open_programme(app, "genie");
        let staff = app.someone(Role::Coordinator, Some(programme.id), None);
        let faults =
            |who: &Someone, body: Value| invite(app, who, &body).expect(422).field_errors();
        assert_eq!(
            faults(
                &admin,
                json!({"email": "nonsense", "display_name": " ", "role": "coach"})
            ),
            ["/email email-address", "/display_name required"]
        );
        assert_eq!(
            faults(
                &admin,
                json!({"email": "a@b.ca", "display_name": "A", "role": "coordinator"})
            ),
            ["/programme_id required"]
        );
        assert_eq!(
            faults(
                &staff,
                json!({"email": "a@b.ca", "display_name": "A", "role": "coach"})
            ),
            ["/programme_id required"]
        );
        assert_eq!(
            faults(
                &admin,
                json!({"email": "a@b.ca", "display_name": "A", "role": "administrator", "programme_id": programme.id})
            ),
            ["/programme_id grant-everywhere"]
        );
        assert_eq!(
            faults(
                &admin,
                json!({"email": "a@b.ca", "display_name": "A", "role": "mentor"})
            ),
            ["/person_id required"]
        );
        let nobody = uuid::Uuid::nil();
        assert_eq!(
            faults(&admin, json!({"person_id": nobody, "role": "mentor"})),
            ["/person_id not-found"]
        );
        assert_eq!(
            faults(
                &admin,
                json!({"email": "a@b.ca", "display_name": "A", "role": "coordinator", "programme_id": nobody})
            ),
            ["/programme_id not-found"]
        );
        assert_eq!(
            faults(
                &admin,
                json!({"email": "a@b.ca", "display_name": "A", "role": "king"})
            ),
            ["/role unknown-value"]
        );
        // A person without an address needs one.
        let silent = people::person(app, &Made::default());
        app.db(|conn| {
            let none = (
                persons::email.eq(None::<String>),
                persons::email_key.eq(None::<String>),
            );
            diesel::update(persons::table.find(silent))
                .set(none)
                .execute(conn)?;
            Ok(())
        });
        assert_eq!(
            faults(&admin, json!({"person_id": silent, "role": "mentor"})),
            ["/email required"]
        );
    });
}

#[test]
fn nobody_grants_more_than_they_hold() {
    each_database(|app| {
        let (ours, theirs) = (together(app, "ours"), together(app, "theirs"));
        let staff = app.someone(Role::Coordinator, Some(ours.programme.id), None);
        let as_role = |role: &str, programme: Option<&Value>| json!({"email": format!("{role}@example.org"), "display_name": "X", "role": role, "programme_id": programme});
        let (here, there) = (json!(ours.programme.id), json!(theirs.programme.id));
        invite(app, &staff, &as_role("administrator", None)).expect(403);
        invite(app, &staff, &as_role("coordinator", Some(&there))).expect(404);
        invite(app, &staff, &as_role("coordinator", Some(&here))).expect(201);
        // Somebody else's person is nobody.
        let stranger =
            json!({"person_id": theirs.mentor_id, "role": "mentor", "programme_id": here});
        assert_eq!(
            invite(app, &staff, &stranger).expect(422).field_errors(),
            ["/person_id not-found"]
        );
        // Nor by the back door: an account within reach gets no role beyond it.
        let coach = account(
            app,
            "coach@example.org",
            &[(Role::Coach, Some(ours.programme.id))],
        );
        let grant = |role: &str, programme: Option<&Value>| {
            let body = json!({"role": role, "programme_id": programme});
            app.post(&staff, &format!("/api/v1/accounts/{coach}/grants"), &body)
        };
        grant("administrator", None).expect(403);
        grant("coordinator", Some(&there)).expect(403);
        let made = grant("coordinator", Some(&here)).expect(201);
        assert_eq!(
            grant("coordinator", Some(&here)).expect(409).problem(),
            "grant-exists"
        );
        // And takes none away that they could not give.
        let shared = account(
            app,
            "both@example.org",
            &[
                (Role::Administrator, None),
                (Role::Coach, Some(ours.programme.id)),
            ],
        );
        let read = app
            .get(&staff, &format!("/api/v1/accounts/{shared}"))
            .expect(200)
            .json();
        let remove = |account: &str, grant: &Value| {
            app.delete(
                &staff,
                &format!(
                    "/api/v1/accounts/{account}/grants/{}",
                    grant["id"].as_str().unwrap()
                ),
                "*",
            )
        };
        let held = |grants: &Value, role: &str| -> Value {
            let mut all = grants.as_array().unwrap().iter();
            all.find(|grant| grant["role"] == role).unwrap().clone()
        };
        remove(&shared.to_string(), &held(&read["grants"], "administrator")).expect(403);
        act(app, &staff, shared, "disable").expect(403);
        app.patch(
            &staff,
            &format!("/api/v1/accounts/{shared}"),
            "*",
            &json!({"display_name": "Y"}),
        )
        .expect(403);
        remove(
            &coach.to_string(),
            &held(&made.json()["grants"], "coordinator"),
        )
        .expect(200);
    });
}

#[test]
fn the_last_administrator_cannot_go_even_when_two_leave_at_once() {
    each_database(|app| {
        let (one, two) = (app.administrator(), app.administrator());
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads = [(&one, &two), (&two, &one)].map(|(who, whom)| {
                scope.spawn(move || act(app, who, whom.account_id, "disable").status)
            });
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        // The second is refused as last one, or was disabled before it could ask.
        assert_eq!(
            statuses.iter().filter(|s| **s == 200).count(),
            1,
            "{statuses:?}"
        );
        let left = [one, two]
            .into_iter()
            .find(|who| app.get(who, "/api/v1/me").status == 200)
            .unwrap();
        let me = app
            .get(&left, &format!("/api/v1/accounts/{}", left.account_id))
            .json();
        let grant = me["grants"][0]["id"].as_str().unwrap();
        let path = format!("/api/v1/accounts/{}/grants/{grant}", left.account_id);
        assert_eq!(
            app.delete(&left, &path, "*").expect(409).problem(),
            "last-administrator"
        );
        assert_eq!(
            act(app, &left, left.account_id, "disable")
                .expect(409)
                .problem(),
            "account-oneself"
        );
        // An invited administrator is not one who could help.
        invite(
            app,
            &left,
            &json!({"email": "a@b.ca", "display_name": "A", "role": "administrator"}),
        )
        .expect(201);
        app.delete(&left, &path, "*").expect(409);
    });
}

#[test]
fn a_disabled_account_is_out_at_once_and_comes_back_with_its_password() {
    each_database(|app| {
        let admin = app.administrator();
        let id = account(app, "a@example.org", &[(Role::Administrator, None)]);
        let tokens = signed_in(app, "a@example.org");
        let disabled = act(app, &admin, id, "disable").expect(200).json();
        assert_eq!(disabled["status"], "disabled");
        app.get(&tokens.access, "/api/v1/me").expect(401);
        sign_in(app, "a@example.org", PASSWORD).expect(401);
        assert_eq!(
            act(app, &admin, id, "disable").expect(200).json()["version"],
            disabled["version"]
        );
        act(app, &admin, id, "enable").expect(200);
        signed_in(app, "a@example.org");
        app.get(&tokens.access, "/api/v1/me").expect(401);
    });
}

#[test]
fn a_name_is_changed_under_its_version() {
    each_database(|app| {
        let admin = app.administrator();
        let id = account(app, "a@example.org", &[(Role::Mentor, None)]);
        let path = format!("/api/v1/accounts/{id}");
        let patch = |version: &str, body: Value| app.patch(&admin, &path, version, &body);
        let changed = patch(
            "\"1\"",
            json!({"display_name": "José 🙂 \"d'Arc\"", "locale": "en"}),
        )
        .expect(200);
        assert_eq!(changed.header("etag"), "\"2\"");
        assert_eq!(changed.json()["display_name"], "José 🙂 \"d'Arc\"");
        assert_eq!(
            patch("\"1\"", json!({"locale": "fr"}))
                .expect(412)
                .problem(),
            "stale"
        );
        assert_eq!(
            patch("*", json!({"display_name": ""}))
                .expect(422)
                .field_errors(),
            ["/display_name required"]
        );
        assert_eq!(
            patch("*", json!({"email": "x@y.ca"}))
                .expect(422)
                .field_errors(),
            ["/email unknown"]
        );
        let none = app.send(
            app.request("PATCH", &path)
                .bearer_auth(&admin.token)
                .json(&json!({})),
        );
        none.expect(428);
        // Everybody may change their own.
        let own = signed_in(app, "a@example.org").access;
        app.patch(&own, &path, "\"2\"", &json!({"display_name": "Zoé"}))
            .expect(200);
    });
}

#[test]
fn a_list_of_accounts_is_filtered_paged_and_costs_the_same_for_many() {
    each_database(|app| {
        let admin = app.administrator();
        let (ours, theirs) = (together(app, "ours"), together(app, "theirs"));
        for n in 0..12 {
            account(
                app,
                &format!("coach{n:02}@example.org"),
                &[(Role::Coach, Some(ours.programme.id))],
            );
        }
        account(
            app,
            "far@example.org",
            &[(Role::Coach, Some(theirs.programme.id))],
        );
        account_of(
            app,
            "Mentor@example.org",
            &[(Role::Mentor, None)],
            Some(ours.mentor_id),
        );
        let emails = |answer: &Answer| -> Vec<String> {
            let items = answer.json()["items"].as_array().unwrap().clone();
            items
                .iter()
                .map(|i| i["email"].as_str().unwrap().to_owned())
                .collect()
        };
        let coaches = app
            .get(&admin, "/api/v1/accounts?role=coach&limit=5")
            .expect(200);
        assert_eq!(emails(&coaches)[0], "coach00@example.org");
        let next = coaches.json()["next_cursor"].as_str().unwrap().to_owned();
        assert!(coaches.header("link").contains("rel=\"next\""));
        let second = app.get(
            &admin,
            &format!("/api/v1/accounts?role=coach&limit=5&cursor={next}"),
        );
        assert_eq!(emails(&second.expect(200))[0], "coach05@example.org");
        // A coordinator sees who holds a role in their programme, and whose person takes part in it.
        let staff = app.someone(Role::Coordinator, Some(ours.programme.id), None);
        let seen = emails(&app.get(&staff, "/api/v1/accounts").expect(200));
        assert!(
            seen.contains(&"Mentor@example.org".to_owned()) && seen.len() == 14,
            "{seen:?}"
        );
        assert!(!seen.contains(&"far@example.org".to_owned()));
        // Three queries: who asks, the accounts, their roles.
        for limit in [1, 12] {
            let path = format!("/api/v1/accounts?limit={limit}");
            assert_eq!(app.queries(|| drop(app.get(&admin, &path).expect(200))), 3);
        }
        app.get(&admin, "/api/v1/accounts?cursor=%25").expect(400);
        app.get(&admin, "/api/v1/accounts?rank=high").expect(422);
    });
}

#[test]
fn whoever_runs_the_machine_makes_the_first_administrator_and_lets_one_in_again() {
    each_database(|app| {
        let make = |email: &str| {
            app.app.db.run_here(|conn| {
                create_first_administrator(conn, &app.ctx(), email, "Odile Chef", Locale::Fr)
            })
        };
        let choose = |link: &str, password: &str| {
            let token = link.rsplit('/').next().unwrap();
            send(
                app,
                "/api/v1/passwords",
                &json!({"token": token, "password": password}),
            )
            .expect(204)
        };
        let link = make("odile@example.org").unwrap();
        assert!(link.starts_with(&format!("{}/set-password/", app.base)));
        choose(&link, PASSWORD);
        let odile = signed_in(app, "odile@example.org").access;
        let other = account(app, "b@example.org", &[(Role::Administrator, None)]);
        let me = odile.account_id;
        act(app, &signed_in(app, "b@example.org").access, me, "disable").expect(200);
        sign_in(app, "odile@example.org", PASSWORD).expect(401);
        choose(&make("Odile@example.org").unwrap(), "quatre lampes bleues");
        let back = super::tokens_of(
            &sign_in(app, "odile@example.org", "quatre lampes bleues").expect(201),
        );
        act(app, &back.access, other, "disable").expect(200);
        assert!(make("nonsense").is_err());
    });
}
