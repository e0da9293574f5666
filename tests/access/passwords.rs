//! Forgotten passwords, links by mail, changing a password.

use chrono::Duration;
use passerelle::kernel::Role;
use serde_json::json;

use super::{PASSWORD, account, last_link, mails, run_jobs, send, sign_in, signed_in};
use crate::support::app::{Answer, TestApp};
use crate::support::each_database;

const NEW: &str = "quatre lampes bleues";

fn forgotten(app: &TestApp, email: &str) -> Answer {
    send(app, "/api/v1/password-resets", &json!({"email": email}))
}

fn choose(app: &TestApp, token: &str, password: &str) -> Answer {
    send(
        app,
        "/api/v1/passwords",
        &json!({"token": token, "password": password}),
    )
}

#[test]
fn a_forgotten_password_is_replaced_by_a_link_that_works_once() {
    each_database(|app| {
        account(app, "Amelie@example.org", &[(Role::Administrator, None)]);
        let before = signed_in(app, "amelie@example.org");
        forgotten(app, "AMELIE@example.org").expect(202);
        run_jobs(app);
        let mail = mails(app).pop().unwrap();
        assert_eq!(
            (mail.0.as_str(), mail.1.as_str()),
            ("password-reset", "Amelie@example.org")
        );
        let link = last_link(app);
        // A bad choice does not spend the link.
        let bad = choose(app, &link, "short").expect(422);
        assert_eq!(bad.field_errors(), ["/password too-short"]);
        assert_eq!(
            choose(app, &link, "motdepasse2026!")
                .expect(422)
                .field_errors(),
            ["/password password-common"]
        );
        assert_eq!(
            choose(app, &link, "Amelie@Example.org")
                .expect(422)
                .field_errors(),
            ["/password password-like-email"]
        );
        choose(app, &link, NEW).expect(204);
        // Whoever was signed in is out, the old password is gone, the new one is good.
        app.get(&before.access, "/api/v1/me").expect(401);
        sign_in(app, "amelie@example.org", PASSWORD).expect(401);
        sign_in(app, "amelie@example.org", NEW).expect(201);
        let again = choose(app, &link, "another good phrase").expect(410);
        assert_eq!(again.problem(), "password-link-used");
        sign_in(app, "amelie@example.org", NEW).expect(201);
    });
}

#[test]
fn asking_for_a_password_answers_the_same_whether_the_account_exists() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        let (known, unknown) = (
            forgotten(app, "a@example.org"),
            forgotten(app, "b@example.org"),
        );
        assert_eq!((known.status, &known.text), (202, &unknown.text));
        assert_eq!(known.status, unknown.status);
        // Not even the work that is done is different.
        let one = app.queries(|| drop(forgotten(app, "a@example.org").expect(202)));
        let other = app.queries(|| drop(forgotten(app, "b@example.org").expect(202)));
        assert_eq!(one, other);
        run_jobs(app);
        assert!(mails(app).iter().all(|(_, to, _)| to == "a@example.org"));
        assert_eq!(
            forgotten(app, "nonsense").expect(422).field_errors(),
            ["/email email-address"]
        );
    });
}

#[test]
fn nobody_can_fill_a_mailbox_with_links_and_only_the_newest_works() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        for _ in 0..6 {
            forgotten(app, "a@example.org").expect(202);
            run_jobs(app);
            app.clock.advance(Duration::seconds(1));
        }
        let sent = mails(app);
        assert_eq!(sent.len(), 3);
        let token = |n: usize| sent[n].2.rsplit('/').next().unwrap().to_owned();
        choose(app, &token(0), NEW).expect(410);
        choose(app, &token(1), NEW).expect(410);
        choose(app, &token(2), NEW).expect(204);
        app.clock.advance(Duration::minutes(16));
        forgotten(app, "a@example.org").expect(202);
        run_jobs(app);
        assert_eq!(mails(app).len(), 4);
    });
}

#[test]
fn a_link_is_good_for_its_hours_and_rubbish_never() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        forgotten(app, "a@example.org").expect(202);
        run_jobs(app);
        app.clock.advance(Duration::hours(2));
        choose(app, &last_link(app), NEW).expect(410);
        for token in ["", "x", "' OR 1=1 --", &"x".repeat(500)] {
            choose(app, token, NEW).expect(410);
        }
    });
}

#[test]
fn of_two_who_use_a_link_at_once_one_wins() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        forgotten(app, "a@example.org").expect(202);
        run_jobs(app);
        let link = last_link(app);
        let passwords = [
            NEW,
            "cinq chaises vertes",
            "huit tasses rondes",
            "deux clous rouillés",
        ];
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads = passwords.map(|p| {
                scope.spawn({
                    let link = &link;
                    move || choose(app, link, p).status
                })
            });
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert_eq!(
            statuses.iter().filter(|s| **s == 204).count(),
            1,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|s| **s == 410).count(),
            3,
            "{statuses:?}"
        );
        let good = passwords
            .iter()
            .filter(|p| sign_in(app, "a@example.org", p).status == 201);
        assert_eq!(good.count(), 1);
    });
}

#[test]
fn a_password_is_changed_by_who_knows_it_and_the_other_sessions_end() {
    each_database(|app| {
        account(app, "a@example.org", &[(Role::Administrator, None)]);
        let (here, there) = (
            signed_in(app, "a@example.org"),
            signed_in(app, "a@example.org"),
        );
        let change = |current: &str, password: &str| {
            let body = json!({"current_password": current, "password": password});
            app.send(
                app.request("PUT", "/api/v1/me/password")
                    .bearer_auth(&here.access.token)
                    .json(&body),
            )
        };
        assert_eq!(
            change("not the password", NEW).expect(422).field_errors(),
            ["/current_password password-wrong"]
        );
        assert_eq!(
            change(PASSWORD, "short").expect(422).field_errors(),
            ["/password too-short"]
        );
        change(PASSWORD, NEW).expect(204);
        app.get(&here.access, "/api/v1/me").expect(200);
        app.get(&there.access, "/api/v1/me").expect(401);
        sign_in(app, "a@example.org", NEW).expect(201);
        // Guessing the present password from a session that was left open is slowed down too.
        let mut statuses = (0..10).map(|_| change("not the password", NEW).status);
        assert!(statuses.any(|status| status == 429));
    });
}

#[test]
fn whoever_was_invited_and_forgot_is_invited_again_and_whoever_is_disabled_is_not_written_to() {
    each_database(|app| {
        let admin = app.administrator();
        let body =
            json!({"email": "new@example.org", "display_name": "N", "role": "administrator"});
        app.post(&admin, "/api/v1/accounts", &body).expect(201);
        forgotten(app, "new@example.org").expect(202);
        run_jobs(app);
        let kinds: Vec<_> = mails(app).into_iter().map(|(kind, ..)| kind).collect();
        assert_eq!(kinds, ["account-invitation", "account-invitation"]);
        let gone = account(app, "gone@example.org", &[]);
        let path = format!("/api/v1/accounts/{gone}/disable");
        app.post(&admin, &path, &json!({})).expect(200);
        forgotten(app, "gone@example.org").expect(202);
        run_jobs(app);
        assert_eq!(mails(app).len(), 2);
    });
}
