//! The start page, signed out and signed in.

use passerelle::kernel::Role;

use crate::access::pages::Browser;
use crate::access::{PASSWORD, account, account_of};
use crate::support::each_database;
use crate::support::people::together;

#[test]
fn the_start_page_shows_what_comes_next_to_each_role_and_nothing_of_others() {
    each_database(|app| {
        let welcome = app.send(app.request("GET", "/")).expect(200);
        assert!(welcome.text.contains("href=\"/sign-in\""));
        let pair = together(app, "genie");
        let programme = pair.programme.id;
        account(
            app,
            "c@example.org",
            &[(Role::Coordinator, Some(programme))],
        );
        account_of(
            app,
            "m@example.org",
            &[(Role::Mentor, None)],
            Some(pair.mentor_id),
        );
        let start = |email: &str| {
            let browser = Browser::new(app);
            browser.sign_in(email, PASSWORD).expect(303);
            browser.get("/?lang=en").expect(200).text
        };
        let coordinator = start("c@example.org");
        for sentence in [
            "One mentorship is under way.",
            "No proposal waits for a decision.",
            "Every email has arrived.",
            "No meeting is booked.",
            "href=\"/account\"",
        ] {
            assert!(coordinator.contains(sentence), "{sentence}: {coordinator}");
        }
        let mentor = start("m@example.org");
        assert!(mentor.contains("One mentorship is under way."), "{mentor}");
        for not_theirs in ["Proposals", "Mails"] {
            assert!(!mentor.contains(not_theirs), "{not_theirs}: {mentor}");
        }
    });
}
