//! Matching in a browser: the programmes, a run, and what would be different.

use std::collections::BTreeMap;

use diesel::prelude::*;
use passerelle::db::schema::{match_runs, participations};
use passerelle::kernel::Role;
use passerelle::kernel::ids::ProgrammeId;
use serde_json::json;

use super::scene::*;
use crate::access::pages::Browser;
use crate::access::{PASSWORD, account};
use crate::support::app::{Answer, TestApp};
use crate::support::each_database;
use crate::support::people::{mentor, open_programme, person};

const STAFF: &str = "coordinator@example.org";

/// A coordinator's browser.
pub fn browser_of<'a>(
    app: &'a TestApp,
    email: &str,
    role: Role,
    of: Option<ProgrammeId>,
) -> Browser<'a> {
    account(app, email, &[(role, of)]);
    let browser = Browser::new(app);
    browser.sign_in(email, PASSWORD).expect(303);
    browser
}

pub fn staff<'a>(app: &'a TestApp, scene: &Scene) -> Browser<'a> {
    browser_of(app, STAFF, Role::Coordinator, Some(scene.programme.id))
}

pub type Fields = Vec<(String, String)>;

/// The value of an attribute in a tag.
fn of<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// What a browser would send of the form whose beginning holds `mark`, without its buttons.
pub fn form(html: &str, mark: &str) -> Fields {
    let mut forms = html.split("<form ").skip(1);
    let form = forms.find(|form| form.split('>').next().unwrap().contains(mark));
    let form = form.unwrap_or_else(|| panic!("no form {mark} in {html}"));
    let form = form.split("</form>").next().unwrap();
    let mut fields = Fields::new();
    for tag in form.split('<') {
        let (Some(name), value) = (of(tag, "name"), of(tag, "value").unwrap_or("")) else {
            continue;
        };
        let ticked = !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
        if tag.starts_with("input ") && !tag.contains("type=\"radio\"") && ticked {
            fields.push((name.to_owned(), value.to_owned()));
        }
        if tag.starts_with("select ") {
            let (_, options) = form.split_once(tag).unwrap();
            let options = options.split("</select>").next().unwrap();
            let chosen = options
                .split("<option")
                .find(|one| one.contains(" selected"));
            let chosen = chosen.or_else(|| options.split("<option").nth(1)).unwrap();
            fields.push((name.to_owned(), of(chosen, "value").unwrap().to_owned()));
        }
    }
    fields
}

/// The what-if page of a scene, in a browser.
struct Trying<'a> {
    browser: Browser<'a>,
    path: String,
}

impl<'a> Trying<'a> {
    fn new(app: &'a TestApp, scene: &Scene) -> Self {
        Self {
            browser: staff(app, scene),
            path: format!("/programmes/{}/what-if", scene.programme.id),
        }
    }

    fn open(&self) -> String {
        self.browser
            .get(&format!("{}?lang=en", self.path))
            .expect(200)
            .text
    }

    /// Fills fields of the form of a page in, and presses a button.
    fn press(&self, html: &str, button: &str, fill: &[(&str, &str)]) -> Answer {
        let mut fields = form(html, "id=\"draft\"");
        for (name, value) in fill {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        fields.push(("do".to_owned(), button.to_owned()));
        let answer = self.send(&self.path, &fields);
        match answer.status {
            303 => self.browser.get(answer.header("location")),
            _ => answer,
        }
    }

    /// Presses the button that saves what a page compared.
    fn save(&self, html: &str) -> Answer {
        let path = self.path.replace("/what-if", "/match-runs");
        let fields = form(html, &format!("action=\"{path}\""));
        self.send(&path, &fields)
    }

    fn send(&self, path: &str, fields: &Fields) -> Answer {
        let each: Vec<(&str, String)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        self.browser.post(path, &each)
    }
}

fn runs(app: &TestApp) -> i64 {
    app.db(|conn| Ok(match_runs::table.count().get_result(conn)?))
}

/// A page's text without its tags, its spaces made one.
pub fn read(html: &str) -> String {
    let html = html.split("<main").nth(1).unwrap_or(html);
    let words: String = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or("", |(_, text)| text))
        .collect::<Vec<_>>()
        .join(" ");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_would_be_different_is_shown_before_anything_is_saved_and_is_saved_as_it_was_shown() {
    each_database(|app| {
        let scene = scene(app);
        scene.run(app);
        let trying = Trying::new(app, &scene);
        let page = trying.open();
        assert!(!page.contains("id=\"difference\""), "nothing asked: {page}");
        let ban = [
            ("kind", "ban"),
            ("mentor", "tremblay"),
            ("mentee", "Diallo"),
        ];
        let shown = trying.press(&page, "compare", &ban).expect(200).text;
        let text = read(&shown);
        assert!(
            text.contains("Amina Diallo would go from Bruno Tremblay to Chen Wei"),
            "{text}"
        );
        assert!(
            text.contains("Amina Diallo with Bruno Tremblay Take out"),
            "{text}"
        );
        assert!(
            text.contains("Both results start from the newest run"),
            "{text}"
        );
        assert!(text.contains("Proved: no other set of all"), "{text}");
        assert_eq!(runs(app), 1, "comparing saves nothing");
        // The same in French, after the switch of language.
        trying
            .browser
            .get(&format!("{}?lang=fr", trying.path))
            .expect(200);
        let french = trying.press(&shown, "compare", &[]).expect(200).text;
        let text = read(&french);
        assert!(
            text.contains("Amina Diallo passerait de Bruno Tremblay à Chen Wei"),
            "{text}"
        );
        // Saved, it is a run of its own, with what was compared and nothing else.
        let saved = trying.save(&shown).expect(303);
        let place = saved.header("location").to_owned();
        let id = place["/match-runs/".len()..]
            .split('?')
            .next()
            .unwrap()
            .to_owned();
        let run = app
            .get(&scene.staff, &format!("/api/v1/match-runs/{id}"))
            .expect(200)
            .json();
        let pairs = pairs(&scene.proposals(app, &run));
        assert!(
            pairs.contains(&pair("Amina Diallo", "Chen Wei")),
            "{pairs:?}"
        );
        let page = trying.browser.get(&place).expect(200).text;
        assert!(read(&page).contains("Le calcul est enregistré"), "{page}");
        assert_eq!(runs(app), 2);
    });
}

#[test]
fn what_the_page_says_is_what_the_api_says() {
    each_database(|app| {
        let scene = scene(app);
        scene.run(app);
        let trying = Trying::new(app, &scene);
        let fill = [
            ("settings/weights/profession", "1"),
            ("settings/weights/language", "60"),
            ("settings/objective", "total"),
            ("settings/floor", "5000"),
            ("kind", "ban"),
            ("mentor", "Bruno"),
            ("mentee", "Amina"),
        ];
        let shown = trying
            .press(&trying.open(), "compare", &fill)
            .expect(200)
            .text;
        let ban = json!({"mentor_participation_id": scene.bruno.id, "mentee_participation_id": scene.amina.id});
        let body = json!({"draft": true, "bans": [ban], "settings": {"objective": "total", "floor": 5000,
            "weights": {"profession": 1, "language": 60}}});
        let draft = scene.run_with(app, &body).expect(200).json();
        let text = read(&shown);
        let number = |side: &str, name: &str| draft[side][name].as_i64().unwrap();
        let thousands = |of: i64| format!("{},{:03}", of / 1000, of % 1000);
        // Both sides by one measure: the draft's weights.
        for side in ["before_by_draft", "after"] {
            let total = thousands(number(side, "score_total"));
            assert!(text.contains(&total), "{side} {total}: {text}");
        }
        let won = number("after", "score_total") - number("before_by_draft", "score_total");
        assert_eq!(draft["points"], won);
        assert_ne!(
            draft["before"]["score_total"],
            draft["before_by_draft"]["score_total"]
        );
        let settings = body["settings"].clone();
        let run = scene
            .run_with(app, &json!({"settings": settings}))
            .expect(201)
            .json();
        let changes = draft["changes"].as_array().unwrap();
        assert!(
            changes.iter().any(|change| change["score_before"].is_i64()),
            "{changes:?}"
        );
        for change in changes {
            let Some(mentor) = change["before"]["participation_id"].as_str() else {
                continue;
            };
            let at = format!(
                "/api/v1/match-runs/{}/why-not?mentor_participation_id={mentor}&mentee_participation_id={}",
                run["id"].as_str().unwrap(),
                change["mentee"]["participation_id"].as_str().unwrap()
            );
            let why = app.get(&scene.staff, &at).expect(200).json();
            assert_eq!(why["score"], change["score_before"], "{change}");
        }
        let row = format!(
            "With a proposed mentor {} {} ",
            number("before", "matched"),
            number("after", "matched")
        );
        assert!(text.contains(&row), "{row}: {text}");
        assert!(text.contains("solved afresh"), "{text}");
        // What was typed is there for the next try.
        let again: BTreeMap<_, _> = form(&shown, "id=\"draft\"").into_iter().collect();
        assert_eq!(again["settings/weights/language"], "60");
        assert_eq!(again["settings/objective"], "total");
    });
}

#[test]
fn a_wrong_form_says_what_is_wrong_at_its_field_and_keeps_what_was_typed() {
    each_database(|app| {
        let scene = scene(app);
        let trying = Trying::new(app, &scene);
        let open = trying.open();
        let refused = |button: &str, fill: &[(&str, &str)], field: &str, says: &str| {
            let page = trying.press(&open, button, fill).expect(422).text;
            assert!(
                page.contains(&format!("href=\"#field-{field}\"")),
                "{field}: {page}"
            );
            assert!(
                page.contains(&format!("id=\"field-{field}\"")),
                "{field}: {page}"
            );
            assert!(read(&page).contains(says), "{says}: {page}");
            page
        };
        let many = [("settings/weights/topics", "many")];
        let page = refused(
            "compare",
            &many,
            "settings/weights/topics",
            "Must lie between 0 and 1000000.",
        );
        assert!(page.contains("value=\"many\""));
        let none: Vec<(String, &str)> = [
            "profession",
            "language",
            "availability",
            "topics",
            "licensing",
            "place",
            "wishes",
        ]
        .iter()
        .map(|part| (format!("settings/weights/{part}"), "0"))
        .collect();
        let none: Vec<(&str, &str)> = none
            .iter()
            .map(|(name, zero)| (name.as_str(), *zero))
            .collect();
        refused(
            "compare",
            &none,
            "settings/weights",
            "At least one part must weigh more than zero.",
        );
        let nobody = [("kind", "pin"), ("mentor", "Nobody"), ("mentee", "Amina")];
        let page = refused(
            "add",
            &nobody,
            "mentor",
            "No mentor of this programme has this name.",
        );
        assert!(page.contains("value=\"Nobody\"") && page.contains("value=\"Amina\""));
        let empty = [("kind", "pin"), ("mentor", "Bruno")];
        refused("add", &empty, "mentee", "This is needed.");
        let places = [("kind", "places"), ("mentor", "Bruno"), ("number", "21")];
        refused(
            "add",
            &places,
            "places/0/places",
            "Must lie between 0 and 20.",
        );
        // Two pairs that cannot both be: the engine's refusal stands at the pair that it means.
        let first = [("kind", "pin"), ("mentor", "Bruno"), ("mentee", "Amina")];
        let one = trying.press(&open, "add", &first).expect(200).text;
        let second = [("kind", "pin"), ("mentor", "Bruno"), ("mentee", "Dina")];
        let two = trying.press(&one, "add", &second).expect(422).text;
        let says = "The mentor has one free place and 2 pairs insisted on.";
        assert!(read(&two).contains(says), "{two}");
        assert!(two.contains("id=\"field-pins/1\""), "{two}");
        // Taken out again, it can be compared.
        trying.press(&two, "drop:pins:1", &[]).expect(200);
    });
}

#[test]
fn of_several_people_of_one_name_one_is_chosen_by_their_address() {
    each_database(|app| {
        let scene = scene(app);
        let twin = || person(app, &named("Li", "Wei", DEVELOPER));
        let (first, second) = (
            mentor(app, &scene.programme, twin(), 1),
            mentor(app, &scene.programme, twin(), 1),
        );
        let trying = Trying::new(app, &scene);
        let open = trying.open();
        let fill = [("kind", "places"), ("mentor", "li wei"), ("number", "3")];
        let page = trying.press(&open, "add", &fill).expect(422).text;
        assert!(
            read(&page).contains("Several people have this name."),
            "{page}"
        );
        for of in [&first, &second] {
            let radio = format!("name=\"mentor_id\" value=\"{}\"", of.id);
            assert!(page.contains(&radio), "{radio}: {page}");
        }
        let chosen = second.id.to_string();
        // A choice is not lost when something else is wrong.
        let pin = [
            ("kind", "pin"),
            ("mentor_id", chosen.as_str()),
            ("mentee", "Nobody"),
        ];
        let wrong = trying.press(&page, "add", &pin).expect(422).text;
        let amina = trying
            .press(&wrong, "add", &[("mentee", "Amina")])
            .expect(200)
            .text;
        assert!(
            amina.contains(&format!("value=\"{chosen}.{}\"", scene.amina.id)),
            "{amina}"
        );
        let page = trying
            .press(&page, "add", &[("mentor_id", &chosen)])
            .expect(200)
            .text;
        let typed: BTreeMap<_, _> = form(&page, "id=\"draft\"").into_iter().collect();
        assert_eq!(typed[&format!("places/{chosen}")], "3");
        // Places are for trying only.
        assert!(
            read(&page).contains("Other places can only be tried."),
            "{page}"
        );
        assert!(!page.contains("Save as a run"), "{page}");
    });
}

#[test]
fn what_is_compared_has_an_address_that_names_nobody_and_is_read_in_either_language() {
    each_database(|app| {
        let scene = scene(app);
        let trying = Trying::new(app, &scene);
        let mut fields = form(&trying.open(), "id=\"draft\"");
        fields.retain(|(name, _)| name != "settings/weights/topics" && name != "kind");
        let ban = [
            ("kind", "ban"),
            ("mentor", "Bruno"),
            ("mentee", "Amina"),
            ("settings/weights/topics", "42"),
        ];
        fields.extend(ban.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let taken = trying.send(&trying.path, &fields).expect(303);
        let place = taken.header("location").to_owned();
        assert!(
            !place.contains("Bruno") && !place.contains("floor"),
            "{place}"
        );
        for (lang, says) in [
            ("en", "Amina Diallo with Bruno Tremblay"),
            ("fr", "Amina Diallo et Bruno Tremblay"),
        ] {
            let page = trying
                .browser
                .get(&format!("{place}&lang={lang}"))
                .expect(200)
                .text;
            assert!(read(&page).contains(says), "{page}");
            let typed: BTreeMap<_, _> = form(&page, "id=\"draft\"").into_iter().collect();
            assert_eq!(typed["settings/weights/topics"], "42");
            let other = if lang == "en" { "fr" } else { "en" };
            let switch = format!(
                "weights%2Ftopics=42&amp;bans={}.{}&amp;do=compare&amp;lang={other}",
                scene.bruno.id, scene.amina.id
            );
            assert!(page.contains(&switch), "{switch}: {page}");
        }
        // What strangers add to an address does nothing, and too long an address is not made.
        trying
            .browser
            .get(&format!("{}?utm_source=mail", trying.path))
            .expect(200);
        let mut many = form(&trying.open(), "id=\"draft\"");
        let nobody = |at: u128| format!("{0}.{0}", uuid::Uuid::from_u128(at));
        many.extend((1..100).map(|at| ("pins".to_owned(), nobody(at))));
        let page = trying.send(&trying.path, &many).expect(422).text;
        assert_eq!(page.matches("name=\"pins\"").count(), 99);
    });
}

#[test]
fn what_is_put_aside_stays_or_is_named_before_anything_is_saved() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        scene
            .decide(app, &amina, &json!({"decision": "hold"}))
            .expect(200);
        let trying = Trying::new(app, &scene);
        let held = format!("{}.{}", scene.bruno.id, scene.amina.id);
        // Insisted on besides, it is what it was.
        let page = trying
            .press(&trying.open(), &format!("pin:{held}"), &[])
            .expect(200)
            .text;
        assert!(read(&page).contains("What is put aside stays."), "{page}");
        let saved = trying.save(&page).expect(303);
        let page = trying
            .browser
            .get(saved.header("location"))
            .expect(200)
            .text;
        assert!(!read(&page).contains("become impossible"), "{page}");
        assert!(read(&page).contains("put aside"), "{page}");
        // Excluded, it is named, and nobody is told that it stays.
        app.clock.advance(chrono::Duration::minutes(1));
        let page = trying
            .press(&trying.open(), &format!("ban:{held}"), &[])
            .expect(200)
            .text;
        let text = read(&page);
        let says = "no longer possible with your changes: Amina Diallo with Bruno Tremblay";
        assert!(text.contains(says), "{text}");
        assert!(!text.contains("What is put aside stays."), "{text}");
        let saved = trying.save(&page).expect(303);
        let page = trying
            .browser
            .get(saved.header("location"))
            .expect(200)
            .text;
        assert!(
            read(&page).contains("One pair that was put aside has become impossible."),
            "{page}"
        );
    });
}

#[test]
fn who_waits_is_listed_page_by_page_the_longest_wait_first() {
    each_database(|app| {
        let scene = scene(app);
        let since = |days| Some(app.ctx().now.minus(chrono::Duration::days(days)));
        for (days, name) in (100..).zip(["Ada", "Bea", "Cleo"].iter().cycle().take(22)) {
            let who = person(app, &named(name, "Waiting", "31301"));
            crate::support::people::mentee(app, &scene.programme, who, since(days));
        }
        let settings = json!({"least_profession_permille": 900});
        let run = scene
            .run_with(app, &json!({"settings": settings}))
            .expect(201)
            .json();
        let browser = staff(app, &scene);
        let at = format!("/match-runs/{}", run["id"].as_str().unwrap());
        let first = browser.get(&format!("{at}?lang=en")).expect(200).text;
        let text = read(&first);
        assert!(text.contains("Who still waits 23"), "{text}");
        let waits = |text: &str| -> Vec<i64> {
            let each = text.split(" for ").skip(1);
            each.filter_map(|rest| rest.split_once(" days")?.0.parse().ok())
                .collect()
        };
        assert_eq!(waits(&text)[..20], (102..=121).rev().collect::<Vec<i64>>());
        let next = format!("{at}?from=20&lang=en");
        assert!(first.contains("?from=20#waiting"), "{first}");
        let last = read(&browser.get(&next).expect(200).text);
        assert_eq!(waits(&last), [101, 100, 10], "{last}");
        let beyond = read(
            &browser
                .get(&format!("{at}?from=999&lang=en"))
                .expect(200)
                .text,
        );
        assert!(!beyond.contains("Everybody who can be matched"), "{beyond}");
        // Those that wait for a decision, by themselves.
        let open = browser
            .get(&format!("{at}?status=proposed&lang=en"))
            .expect(200)
            .text;
        assert!(read(&open).contains("Proposals 2"), "{open}");
        let none = browser
            .get(&format!("{at}?status=rejected&lang=en"))
            .expect(200)
            .text;
        assert!(read(&none).contains("Proposals 0"), "{none}");
    });
}

#[test]
fn a_run_is_started_once_from_what_a_page_showed() {
    each_database(|app| {
        let scene = scene(app);
        let trying = Trying::new(app, &scene);
        let page = trying.open();
        let compared = trying.press(&page, "compare", &[]).expect(200).text;
        assert!(
            read(&compared).contains("Nothing would change for anybody."),
            "{compared}"
        );
        trying.save(&compared).expect(303);
        // Pressed twice, or by a colleague who had the same page open.
        let again = trying.save(&compared).expect(422).text;
        assert!(
            read(&again).contains("There is a newer run by now"),
            "{again}"
        );
        assert_eq!(runs(app), 1);
        // The overview starts one too, and says what it replaces.
        let overview = trying.browser.get("/matching?lang=en").expect(200).text;
        let text = read(&overview);
        assert!(
            text.contains("3 of the 3 mentees who wait have a proposed mentor."),
            "{text}"
        );
        assert!(
            text.contains("A new run replaces the 3 proposals"),
            "{text}"
        );
        trying.save(&overview).expect(303);
        assert_eq!(runs(app), 2);
        let list = format!("/programmes/{}/match-runs?lang=en", scene.programme.id);
        let list = trying.browser.get(&list).expect(200).text;
        assert_eq!(list.matches("href=\"/match-runs/").count(), 2, "{list}");
    });
}

#[test]
fn the_page_of_a_run_says_who_and_why_who_waits_and_why_and_what_is_proved() {
    each_database(|app| {
        let scene = scene(app);
        person(app, &named("Nobody", "Enrolled", CIVIL));
        let hostile = named("<script>alert(1)</script>", "O’Brien & \"Söhne\"", "31301");
        let hostile = person(app, &hostile);
        crate::support::people::mentee(app, &scene.programme, hostile, None);
        // Mentors of another field only: nobody is possible at a floor of likeness.
        let settings = json!({"least_profession_permille": 400});
        let run = scene
            .run_with(app, &json!({"settings": settings}))
            .expect(201)
            .json();
        let browser = staff(app, &scene);
        let at = format!("/match-runs/{}", run["id"].as_str().unwrap());
        let page = browser.get(&format!("{at}?lang=en")).expect(200).text;
        assert!(!page.contains("<script>alert"), "{page}");
        let text = read(&page);
        for says in [
            "Proved: no other set of all",
            "Amina Diallo with Bruno Tremblay",
            "The mentor works in the very occupation that the mentee aims at: Civil engineers (21300).",
            "waits for a decision",
            "Who still waits",
            "is possible for &lt;script&gt;alert(1)&lt;/script&gt;",
            "The professions are too far apart for this programme",
            "By waiting time",
            "Whom to recruit next",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
        let french = browser.get(&format!("{at}?lang=fr")).expect(200).text;
        assert!(read(&french).contains("Prouvé : parmi les"), "{french}");
        // What if not this pair: one step from the run to the answer.
        let link = page.split("/what-if?bans=").nth(1).expect("a link");
        let link = format!(
            "/programmes/{}/what-if?bans={}",
            scene.programme.id,
            link.split('"').next().unwrap()
        );
        let shown = browser.get(&link).expect(200).text;
        assert!(shown.contains("id=\"difference\""), "{shown}");
        assert_eq!(runs(app), 1);
        // A stable set is proved otherwise.
        app.clock.advance(chrono::Duration::minutes(1));
        let stable = json!({"settings": {"objective": "stable"}});
        let stable = scene.run_with(app, &stable).expect(201).json();
        let at = format!("/match-runs/{}?lang=en", stable["id"].as_str().unwrap());
        let page = browser.get(&at).expect(200).text;
        assert!(
            read(&page).contains("no mentee and mentor would both rather have each other."),
            "{page}"
        );
        let older = browser.get(&format!(
            "/match-runs/{}?lang=en",
            run["id"].as_str().unwrap()
        ));
        assert!(read(&older.expect(200).text).contains("There is a newer run."));
    });
}

#[test]
fn only_whoever_may_run_the_matching_of_a_programme_sees_its_pages() {
    each_database(|app| {
        let scene = scene(app);
        let run = scene.run(app);
        let other = open_programme(app, "sante");
        let programme = scene.programme.id;
        let pages = [
            format!("/programmes/{programme}/match-runs"),
            format!("/programmes/{programme}/what-if"),
            format!("/match-runs/{}", run["id"].as_str().unwrap()),
        ];
        let forms = [&pages[0], &pages[1]];
        let seen_by = |email: &str, role: Role, of: Option<ProgrammeId>, status: u16| {
            let browser = browser_of(app, email, role, of);
            for page in &pages {
                browser.get(page).expect(status);
            }
            let token = form(
                &browser.get("/account").expect(200).text,
                "action=\"/sign-out\"",
            );
            let token: Vec<(&str, String)> = vec![("csrf", token[0].1.clone())];
            for path in forms {
                let got = browser.post(path, &token).status;
                assert!(
                    got == status || (status == 200 && got == 303),
                    "{role} {path}: {got}"
                );
            }
            // Without the form's proof nobody does anything.
            for path in forms {
                browser
                    .post(path, &[("do", "compare".to_owned())])
                    .expect(400);
            }
        };
        seen_by("admin@example.org", Role::Administrator, None, 200);
        seen_by("other@example.org", Role::Coordinator, Some(other.id), 404);
        seen_by("coach@example.org", Role::Coach, None, 403);
        let browser = browser_of(app, "coach2@example.org", Role::Coach, None);
        browser.get("/matching").expect(403);
        let browser = browser_of(app, "other2@example.org", Role::Coordinator, Some(other.id));
        let overview = browser.get("/matching?lang=en").expect(200).text;
        assert!(!overview.contains(&programme.to_string()), "{overview}");
        // Who has a mentor waits no more.
        app.clock.advance(chrono::Duration::minutes(1));
        let run = scene.run(app);
        let amina = scene.proposal_of(app, &run, &scene.amina);
        scene
            .decide(app, &amina, &json!({"decision": "approve"}))
            .expect(200);
        let taken = [("kind", "pin"), ("mentor", "Bruno"), ("mentee", "Amina")];
        let browser = browser_of(app, "third@example.org", Role::Coordinator, Some(programme));
        let trying = Trying {
            browser,
            path: pages[1].clone(),
        };
        let page = trying.press(&trying.open(), "add", &taken).expect(422).text;
        assert!(
            read(&page).contains("No mentee of this programme who waits has this name."),
            "{page}"
        );
        // Somebody of another programme is nobody here, and is not named.
        let stranger = mentor(
            app,
            &other,
            person(app, &named("Zoé", "Ailleurs", CIVIL)),
            1,
        );
        let pair = format!("{}.{}", stranger.id, scene.dina.id);
        let page = trying
            .press(&trying.open(), &format!("pin:{pair}"), &[])
            .expect(422)
            .text;
        assert!(!page.contains("Ailleurs"), "{page}");
        assert!(
            read(&page).contains("One of the two does not take part"),
            "{page}"
        );
        let fill = [("kind", "pin"), ("mentor", "Ailleurs"), ("mentee", "Dina")];
        trying.press(&trying.open(), "add", &fill).expect(422);
    });
}

#[test]
fn a_programme_that_is_not_open_and_an_empty_one_answer_plainly() {
    each_database(|app| {
        let scene = scene(app);
        app.db(|conn| {
            diesel::delete(participations::table).execute(conn)?;
            Ok(())
        });
        let trying = Trying::new(app, &scene);
        let compared = trying
            .press(&trying.open(), "compare", &[])
            .expect(200)
            .text;
        assert!(
            read(&compared).contains("Nothing would change for anybody."),
            "{compared}"
        );
        let place = trying
            .save(&compared)
            .expect(303)
            .header("location")
            .to_owned();
        let page = trying
            .browser
            .get(&format!("{place}&lang=en"))
            .expect(200)
            .text;
        assert!(read(&page).contains("This run proposes no pair."), "{page}");
        let close = format!("/api/v1/programmes/{}/close", scene.programme.id);
        let close = app.request("POST", &close).header("If-Match", "*");
        let close = close.bearer_auth(&scene.staff.token);
        let how = json!({"reason": "over", "mentorships": "end"});
        app.send(close.json(&how)).expect(200);
        let page = trying.open();
        assert!(read(&page).contains("This programme is not open"), "{page}");
        let refused = trying.press(&page, "compare", &[]).expect(422).text;
        assert!(refused.contains("role=\"alert\""), "{refused}");
    });
}
