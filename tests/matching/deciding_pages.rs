//! Deciding about proposals in a browser, one after the other.

use diesel::prelude::*;
use passerelle::db::schema::{mentorships, persons, proposals};
use passerelle::kernel::Role;
use serde_json::{Value, json};

use super::pages::{browser_of, form, read, staff};
use super::scene::*;
use crate::access::account;
use crate::access::pages::Browser;
use crate::support::app::{Answer, TestApp};
use crate::support::each_database;
use crate::support::people::open_programme;

/// The page of a proposal.
fn at(proposal: &Value) -> String {
    format!("/proposals/{}", proposal["id"].as_str().unwrap())
}

/// Presses a button of a page that was shown.
fn press(browser: &Browser, shown: &Answer, path: &str, decision: &str, reason: &str) -> Answer {
    let mut fields = form(&shown.text, "id=\"decision\"");
    fields.push(("reason".to_owned(), reason.to_owned()));
    fields.push(("decision".to_owned(), decision.to_owned()));
    let each: Vec<(&str, String)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    browser.post(path, &each)
}

fn path_of(location: &str) -> String {
    location.split('?').next().unwrap().to_owned()
}

fn mentorships_in(app: &TestApp) -> i64 {
    app.db(|conn| Ok(mentorships::table.count().get_result(conn)?))
}

#[test]
fn a_queue_is_decided_one_by_one_the_best_fit_first() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let browser = staff(app, &scene);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let shown = browser.get(&format!("{}?lang=en", at(&amina))).expect(200);
        let text = read(&shown.text);
        for says in [
            "Amina Diallo with Bruno Tremblay",
            "Mentee Amina Diallo Aims at Civil engineers",
            "Mentor Bruno Tremblay Has worked as Civil engineers",
            "One free place",
            "The mentor works in the very occupation that the mentee aims at",
            "the mentorship begins, and a mail introduces the two",
            "Other mentors for Amina Diallo",
            "3 proposals wait for your decision.",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        // No rejection without a reason; what was chosen is not lost.
        let refused = press(&browser, &shown, &at(&amina), "reject", "  ").expect(422);
        assert!(
            refused.text.contains("id=\"fault-reason\""),
            "{}",
            refused.text
        );
        let done = press(&browser, &shown, &at(&amina), "approve", "").expect(303);
        assert_eq!(mentorships_in(app), 1);
        // The next one comes, and what was done is said.
        let next = browser.get(done.header("location")).expect(200);
        let text = read(&next.text);
        assert!(
            text.contains("Amina Diallo with Bruno Tremblay: approved."),
            "{text}"
        );
        assert!(
            text.contains("2 proposals wait for your decision."),
            "{text}"
        );
        let second = path_of(done.header("location"));
        assert_ne!(second, at(&amina));
        // A second press on the same button goes to the same place, and one that lands on the next page decides nothing.
        let twice = press(&browser, &shown, &at(&amina), "approve", "").expect(303);
        assert_eq!(path_of(twice.header("location")), second);
        let unseen = press(&browser, &next, &second, "approve", "").expect(422);
        assert!(
            read(&unseen.text).contains("Nothing was decided."),
            "{}",
            unseen.text
        );
        assert_eq!(mentorships_in(app), 1);
        app.clock.advance(chrono::Duration::seconds(2));
        let done = press(&browser, &next, &second, "hold", "").expect(303);
        let third = path_of(done.header("location"));
        let next = browser.get(done.header("location")).expect(200);
        assert!(read(&next.text).contains(": put aside."), "{}", next.text);
        app.clock.advance(chrono::Duration::seconds(2));
        let reason = "They know each other’s family & would rather not.";
        let done = press(&browser, &next, &third, "reject", reason).expect(303);
        // Nothing waits any more: the page of the last one says what was decided, in both languages.
        assert_eq!(path_of(done.header("location")), third);
        let last = browser.get(done.header("location")).expect(200);
        let text = read(&last.text);
        assert!(text.contains(": rejected."), "{text}");
        assert!(
            text.contains("No proposal waits for your decision."),
            "{text}"
        );
        let said = "decided against this match. Reason given: They know each other’s family &amp; would rather not.";
        assert!(text.contains(said), "{text}");
        assert!(!last.text.contains("id=\"decision\""), "{}", last.text);
        let french = browser.get(&format!("{third}?lang=fr")).expect(200).text;
        assert!(read(&french).contains("a écarté ce jumelage."), "{french}");
        // What was put aside is taken up again.
        let held = browser.get(&format!("{second}?lang=en")).expect(200);
        assert!(!held.text.contains("value=\"hold\""), "{}", held.text);
        press(&browser, &held, &second, "release", "").expect(303);
        let open = browser.get(&format!("{second}?lang=en")).expect(200).text;
        assert!(read(&open).contains("waits for a decision"), "{open}");
    });
}

#[test]
fn whoever_decides_on_what_has_changed_meanwhile_is_told_and_sees_what_holds_now() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let browser = staff(app, &scene);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let shown = browser.get(&format!("{}?lang=en", at(&amina))).expect(200);
        let hold = json!({"decision": "hold"});
        scene.decide(app, &amina, &hold).expect(200);
        let late = press(&browser, &shown, &at(&amina), "approve", "").expect(422);
        let text = read(&late.text);
        assert!(text.contains("Somebody has decided meanwhile"), "{text}");
        assert!(text.contains("put aside"), "{text}");
        assert_eq!(mentorships_in(app), 0);
        // Now that it was seen, it can be decided.
        press(&browser, &late, &at(&amina), "approve", "").expect(303);
        assert_eq!(mentorships_in(app), 1);
        for wrong in ["replace:nobody", "approve:x", "burn", ""] {
            press(&browser, &late, &at(&amina), wrong, "").expect(422);
        }
    });
}

#[test]
fn another_mentor_is_proposed_instead_and_decided_next() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let browser = staff(app, &scene);
        let dina = scene.proposal_of(app, &run, &scene.dina);
        let shown = browser.get(&format!("{}?lang=en", at(&dina))).expect(200);
        let button = format!("value=\"replace:{}\"", scene.bruno.id);
        assert!(shown.text.contains(&button), "{}", shown.text);
        let instead = format!("replace:{}", scene.bruno.id);
        let done = press(&browser, &shown, &at(&dina), &instead, "").expect(303);
        let new = path_of(done.header("location"));
        assert_ne!(new, at(&dina));
        let next = browser.get(done.header("location")).expect(200);
        let text = read(&next.text);
        assert!(text.contains("Dina Haddad with Bruno Tremblay"), "{text}");
        assert!(
            text.contains("Dina Haddad with Chen Wei: replaced."),
            "{text}"
        );
        app.clock.advance(chrono::Duration::seconds(2));
        press(&browser, &next, &new, "approve", "").expect(303);
        let mentee: Vec<_> = app.db(|conn| {
            Ok(mentorships::table
                .select(mentorships::mentee_id)
                .load::<passerelle::kernel::ids::PersonId>(conn)?)
        });
        assert_eq!(mentee, [scene.dina.person_id]);
        // Bruno’s only place is taken: the first choice is refused with the reason, and stands as overtaken.
        let amina = scene.proposal_of(app, &run, &scene.amina);
        let shown = browser.get(&format!("{}?lang=en", at(&amina))).expect(200);
        let refused = press(&browser, &shown, &at(&amina), "approve", "").expect(422);
        let text = read(&refused.text);
        assert!(
            text.contains("This proposal cannot be approved any more"),
            "{text}"
        );
        assert!(text.contains("overtaken"), "{text}");
        // By what, it says later too.
        let later = browser
            .get(&format!("{}?lang=en", at(&amina)))
            .expect(200)
            .text;
        assert!(
            read(&later).contains("The mentor has no place left."),
            "{later}"
        );
    });
}

#[test]
fn a_coach_reads_and_decides_nothing_and_nobody_else_sees_a_proposal() {
    each_database(|app| {
        let scene = asking_scene(app, &both());
        let run = scene.run(app);
        let offer = scene.offer(app, &run, &scene.amina);
        scene.say(app, &offer, Of::Mentor, "given").expect(200);
        let path = link_to(app, &scene.amina);
        super::scene::press(app, &path, "declined", "He was my examiner.").expect(303);
        let coach = browser_of(app, "coach@example.org", Role::Coach, None);
        coach.get(&at(&offer)).expect(404);
        let follows = account(app, "coach2@example.org", &[(Role::Coach, None)]);
        app.db(|conn| {
            diesel::update(persons::table.find(scene.amina.person_id))
                .set(persons::coach_id.eq(Some(follows)))
                .execute(conn)?;
            Ok(())
        });
        let coach = Browser::new(app);
        coach
            .sign_in("coach2@example.org", crate::access::PASSWORD)
            .expect(303);
        let shown = coach.get(&format!("{}?lang=en", at(&offer))).expect(200);
        assert!(
            read(&shown.text).contains("one of the two said no"),
            "{}",
            shown.text
        );
        for hidden in [
            "id=\"decision\"",
            "examiner",
            "replace:",
            "what-if",
            "id=\"history\"",
        ] {
            assert!(!shown.text.contains(hidden), "{hidden}: {}", shown.text);
        }
        let token = form(
            &coach.get("/account").expect(200).text,
            "action=\"/sign-out\"",
        );
        let form = [
            ("csrf", token[0].1.clone()),
            ("decision", "reject".to_owned()),
            ("reason", "no".to_owned()),
            ("version", "1".to_owned()),
        ];
        coach.post(&at(&offer), &form).expect(403);
        coach.post(&at(&offer), &form[1..]).expect(400);
        let other = open_programme(app, "sante");
        let stranger = browser_of(app, "other@example.org", Role::Coordinator, Some(other.id));
        stranger.get(&at(&offer)).expect(404);
        // The coordinator reads the words of the no, and proposes the next choice.
        let browser = staff(app, &scene);
        let page = browser
            .get(&format!("{}?lang=en", at(&offer)))
            .expect(200)
            .text;
        assert!(
            read(&page).contains("Amina Diallo said no. Reason given: He was my examiner."),
            "{page}"
        );
        let stale: i64 = app.db(|conn| {
            Ok(proposals::table
                .filter(proposals::reason.eq("no"))
                .count()
                .get_result(conn)?)
        });
        assert_eq!(stale, 0);
        // A coordinator who is the other one of the two does not, wherever they look.
        let grants = [(Role::Coordinator, Some(scene.programme.id))];
        let bruno = app.someone_with(&grants, Some(scene.bruno.person_id));
        let record = |who: &crate::support::app::Someone| {
            let at = format!("/api/v1/participations/{}/match-record", scene.amina.id);
            app.get(who, &at).expect(200).text
        };
        assert!(record(&scene.staff).contains("examiner"));
        assert!(!record(&bruno).contains("examiner"), "{}", record(&bruno));
        // What waits leads to where it is decided.
        let waiting = browser.get("/waiting?lang=en").expect(200).text;
        let decides = waiting.matches("href=\"/proposals/").count();
        assert!(decides >= 2, "{waiting}");
    });
}
