//! Mails for those who look after them, and the local mailbox.

use mail_parser::MessageParser;
use passerelle::kernel::Role;
use passerelle::kernel::ids::ProgrammeId;
use passerelle::kernel::settings::{Profile, Transport};
use serde_json::{Value, json};

use crate::mail::{deliver, invitation, queue_one, reset, through};
use crate::programmes;
use crate::support::app::{Someone, TestApp, each_database_with};
use crate::support::each_database;
use crate::support::smtp::{Behaviour, SmtpServer};

fn programme(app: &TestApp, admin: &Someone, slug: &str) -> ProgrammeId {
    let made = app
        .post(admin, "/api/v1/programmes", &programmes::programme(slug))
        .expect(201);
    made.json()["id"].as_str().unwrap().parse().unwrap()
}

fn subjects(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items
        .iter()
        .map(|mail| mail["subject"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_coordinator_sees_the_mails_of_their_programmes_and_nobody_else_sees_any() {
    each_database(|app| {
        let admin = app.administrator();
        let (ours, other) = (
            programme(app, &admin, "genie"),
            programme(app, &admin, "sante"),
        );
        let mine = queue_one(app, reset("a@example.org", "1").of_programme(ours));
        let theirs = queue_one(app, reset("b@example.org", "2").of_programme(other));
        let general = queue_one(app, reset("c@example.org", "3"));
        let coordinator = app.someone(Role::Coordinator, Some(ours), None);
        let list = app.get(&coordinator, "/api/v1/mails").expect(200).json();
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(list["items"][0]["id"], json!(mine));
        assert_eq!(list["items"][0]["to"]["address"], "a@example.org");
        for id in [theirs, general] {
            app.get(&coordinator, &format!("/api/v1/mails/{id}"))
                .expect(404);
            app.send(
                app.request("POST", &format!("/api/v1/mails/{id}/retry"))
                    .bearer_auth(&coordinator.token)
                    .header("If-Match", "*"),
            )
            .expect(404);
        }
        let all = app.get(&admin, "/api/v1/mails").expect(200).json();
        assert_eq!(all["items"].as_array().unwrap().len(), 3);
        for role in [Role::Coach, Role::Mentor, Role::Mentee] {
            let someone = app.someone(role, Some(ours), None);
            app.get(&someone, "/api/v1/mails").expect(403);
            app.get(&someone, &format!("/api/v1/mails/{mine}"))
                .expect(403);
        }
    });
}

#[test]
fn a_mail_is_read_without_the_links_that_open_somebody_else_s_door() {
    each_database(|app| {
        let admin = app.administrator();
        let id = queue_one(app, reset("a@example.org", "1"));
        let invited = queue_one(app, invitation(app, "Amélie", "José", "2"));
        let mail = app.get(&admin, &format!("/api/v1/mails/{id}")).expect(200);
        assert!(mail.header("etag").starts_with("\"1-"));
        let text = mail.json()["text"].as_str().unwrap().to_owned();
        assert!(text.contains("https://mentorat.example/…"), "{text}");
        assert!(!mail.text.contains("SECRET"));
        let mail = app
            .get(&admin, &format!("/api/v1/mails/{invited}"))
            .expect(200);
        assert_eq!(mail.json()["calendar"]["method"], "REQUEST");
        assert_eq!(mail.json()["calendar"]["uid"], "6f1c@mail.example.org");
        assert!(
            !mail.text.contains("token") && !mail.text.contains("/a/T"),
            "{}",
            mail.text
        );
    });
}

#[test]
fn lists_are_paged_and_filtered() {
    each_database(|app| {
        let admin = app.administrator();
        for n in 0..5 {
            queue_one(app, reset("a@example.org", &format!("{n}")));
        }
        queue_one(app, invitation(app, "Amélie", "José", "invitation"));
        let one = app
            .get(&admin, "/api/v1/mails?kind=password-reset&limit=3")
            .expect(200);
        assert_eq!(subjects(&one.json()).len(), 3);
        let cursor = one.json()["next_cursor"].as_str().unwrap().to_owned();
        let two = app
            .get(
                &admin,
                &format!("/api/v1/mails?kind=password-reset&limit=3&cursor={cursor}"),
            )
            .expect(200);
        assert_eq!(subjects(&two.json()).len(), 2);
        let none = app.get(&admin, "/api/v1/mails?status=dead").expect(200);
        assert_eq!(subjects(&none.json()).len(), 0);
        app.get(&admin, "/api/v1/mails?status=lost").expect(422);
    });
}

#[test]
fn a_dead_mail_is_sent_again_when_a_coordinator_says_so() {
    let server = SmtpServer::start(|_, attempt| match attempt {
        1 => Behaviour::Answer("552 5.2.2 mailbox full"),
        _ => Behaviour::Take,
    });
    each_database_with(through(&server), |app| {
        server.clear();
        let admin = app.administrator();
        let ours = programme(app, &admin, "genie");
        let coordinator = app.someone(Role::Coordinator, Some(ours), None);
        let id = queue_one(app, reset("full@example.org", "1").of_programme(ours));
        assert_eq!(deliver(app).dead, 1);
        let dead = app
            .get(&coordinator, "/api/v1/mails?status=dead")
            .expect(200)
            .json();
        assert_eq!(
            dead["items"][0]["last_error"]
                .as_str()
                .unwrap()
                .matches("552")
                .count(),
            1
        );
        let tag = format!("\"{}\"", dead["items"][0]["version"]);
        let again = |tag: Option<&str>| {
            let mut request = app
                .request("POST", &format!("/api/v1/mails/{id}/retry"))
                .bearer_auth(&coordinator.token);
            if let Some(tag) = tag {
                request = request.header("If-Match", tag);
            }
            app.send(request)
        };
        again(None).expect(428);
        again(Some("\"99\"")).expect(412);
        let queued = again(Some(&tag)).expect(200).json();
        assert_eq!(
            (&queued["status"], &queued["attempts"]),
            (&json!("queued"), &json!(0))
        );
        again(Some(&tag)).expect(412);
        assert_eq!(again(Some("*")).expect(409).problem(), "mail-not-dead");
        deliver(app);
        assert!(
            server
                .received()
                .iter()
                .any(|mail| mail.to == "full@example.org")
        );
        let sent = app
            .get(&coordinator, &format!("/api/v1/mails/{id}"))
            .expect(200)
            .json();
        assert_eq!(sent["status"], "sent");
    });
}

#[test]
fn the_local_mailbox_shows_everything_as_its_recipient_sees_it() {
    each_database(|app| {
        let id = queue_one(app, invitation(app, "Amélie <b>", "José", "invitation"));
        queue_one(app, reset("b@example.org", "reset"));
        assert_eq!(deliver(app).sent, 2);
        let open = |path: &str| app.send(app.request("GET", path).header("Accept-Language", "fr"));
        let list = open("/mailbox").expect(200);
        assert!(list.text.contains("Amélie &lt;b&gt;"), "{}", list.text);
        assert!(list.text.contains("Envoyé") && list.text.contains("2 courriels"));
        let found = open("/mailbox?q=nouveau%20mot").expect(200);
        assert!(!found.text.contains("Amélie"), "{}", found.text);
        let page = open(&format!("/mailbox/{id}")).expect(200);
        assert!(
            page.text
                .contains("sandbox=\"allow-popups allow-popups-to-escape-sandbox\"")
        );
        assert!(page.text.contains("BEGIN:VCALENDAR") && page.text.contains("Auto-Submitted"));
        let html = open(&format!("/mailbox/{id}/html")).expect(200);
        let policy = html.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'")
                && policy.contains("sandbox")
                && !policy.contains("allow-scripts")
        );
        assert!(
            html.text
                .contains("href=\"https://mentorat.example/a/T/accept\"")
        );
        assert!(html.text.contains("<base target=\"_blank\">"));
        let raw = open(&format!("/mailbox/{id}/raw")).expect(200);
        assert_eq!(
            MessageParser::new()
                .parse(raw.text.as_bytes())
                .unwrap()
                .parts
                .len(),
            6
        );
        let json = open("/mailbox.json?to=JOSE@example.org").expect(200).json();
        assert_eq!(json["items"].as_array().unwrap().len(), 1);
        assert_eq!(json["items"][0]["method"], "REQUEST");
        assert_eq!(json["items"][0]["reply_to"], "reply+token@mail.example.org");
        open(&format!("/mailbox/{}", uuid::Uuid::nil())).expect(404);
    });
}

#[test]
fn where_mail_really_leaves_there_is_no_local_mailbox() {
    let server = SmtpServer::kind();
    let paths = [
        "/mailbox",
        "/mailbox.json",
        "/mailbox/0199b6a0-0000-7000-8000-000000000000",
    ];
    let gone = |app: &TestApp| {
        for path in paths {
            app.send(app.request("GET", path)).expect(404);
        }
    };
    each_database_with(through(&server), gone);
    each_database_with(
        |settings| {
            settings.profile = Profile::Production;
            settings.mail.transport = Transport::Mailbox;
        },
        gone,
    );
}
