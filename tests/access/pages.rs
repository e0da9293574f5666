//! The pages of signing in: what somebody sees in a browser without scripts.

use passerelle::kernel::Role;

use super::{PASSWORD, account, last_link, mails, run_jobs, signed_in};
use crate::support::app::{Answer, TestApp};
use crate::support::{each_database, each_database_with};

/// A browser: it keeps cookies, and sends the forms that pages show.
pub struct Browser<'a> {
    app: &'a TestApp,
    client: reqwest::blocking::Client,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        let client = reqwest::blocking::Client::builder()
            .cookie_store(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { app, client }
    }

    pub fn get(&self, path: &str) -> Answer {
        let request = self.client.get(format!("{}{path}", self.app.base));
        self.app.send(request.header("Accept", "text/html"))
    }

    /// Sends the form of the page `page` to `action`, with `fields` beside its hidden ones.
    pub fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.get(page).text;
        let mut form: Vec<(String, String)> = hidden(&html, action);
        form.extend(
            fields
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        );
        let request = self
            .client
            .post(format!("{}{action}", self.app.base))
            .form(&form);
        self.app.send(request.header("Accept", "text/html"))
    }

    /// Sends a form that no page has shown.
    pub fn post(&self, action: &str, form: &[(&str, String)]) -> Answer {
        let request = self
            .client
            .post(format!("{}{action}", self.app.base))
            .form(form);
        self.app.send(request.header("Accept", "text/html"))
    }

    pub fn sign_in(&self, email: &str, password: &str) -> Answer {
        self.submit(
            "/sign-in",
            "/sign-in",
            &[("email", email), ("password", password)],
        )
    }
}

/// The hidden fields of the form in `html` that posts to `action` (or to the page itself).
fn hidden(html: &str, action: &str) -> Vec<(String, String)> {
    let form = html
        .split("<form ")
        .find(|form| form.contains(&format!("action=\"{action}\"")))
        .or_else(|| {
            html.split("<form ")
                .find(|form| !form.contains("action=") && form.starts_with("method"))
        })
        .unwrap_or("");
    let form = form.split("</form>").next().unwrap();
    form.split("<input ")
        .filter(|input| input.contains("type=\"hidden\""))
        .map(|input| {
            let of = |name: &str| {
                let begin = format!("{name}=\"");
                input
                    .split(&begin)
                    .nth(1)
                    .unwrap_or("")
                    .split('"')
                    .next()
                    .unwrap()
                    .to_owned()
            };
            (of("name"), of("value"))
        })
        .collect()
}

#[test]
fn whoever_opens_a_page_signs_in_and_comes_to_where_they_wanted_to_go() {
    each_database(|app| {
        account(app, "a@example.org", &[(Role::Administrator, None)]);
        let browser = Browser::new(app);
        let sent = browser.get("/account").expect(303);
        assert_eq!(sent.header("location"), "/sign-in?next=/account");
        let page = browser.get("/sign-in?next=/account").expect(200);
        assert!(page.text.contains("<label for=\"field-email\">"));
        assert!(page.header("cache-control").contains("no-store"));
        let refused = browser
            .sign_in("a@example.org", "not the password")
            .expect(422);
        assert!(
            refused
                .text
                .contains("The address or the password is not right")
        );
        assert!(refused.text.contains("value=\"a@example.org\""));
        assert!(!refused.text.contains("not the password"));
        let form = [("email", "a@example.org"), ("password", PASSWORD)];
        let entered = browser
            .submit("/sign-in?next=/account", "/sign-in", &form)
            .expect(303);
        assert_eq!(entered.header("location"), "/account");
        let cookie = entered.header("set-cookie");
        for part in [
            "passerelle_session=p.",
            "HttpOnly",
            "SameSite=Lax",
            "Path=/",
            "Max-Age=",
        ] {
            assert!(cookie.contains(part), "{cookie}");
        }
        // The account's language is French, and the reader had chosen none.
        let page = browser.get("/account").expect(200);
        assert!(
            page.text.contains("Mon compte") && page.text.contains("Amélie Roy"),
            "{}",
            page.text
        );
        assert!(page.text.contains("Administration"));
        // Signed in, the sign-in page leads on.
        assert_eq!(
            browser.get("/sign-in").expect(303).header("location"),
            "/account"
        );
        let out = browser.submit("/account", "/sign-out", &[]).expect(303);
        assert_eq!(out.header("location"), "/sign-in?done=signed-out");
        browser.get("/account").expect(303);
    });
}

#[test]
fn a_link_to_the_sign_in_page_leads_nowhere_else() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        for next in [
            "https://evil.example",
            "//evil.example",
            "/%5Cevil.example",
            "javascript:alert(1)",
        ] {
            let browser = Browser::new(app);
            let form = [("email", "a@example.org"), ("password", PASSWORD)];
            let page = format!("/sign-in?next={next}");
            let entered = browser.submit(&page, "/sign-in", &form).expect(303);
            assert_eq!(entered.header("location"), "/account");
        }
    });
}

#[test]
fn a_form_without_its_token_is_refused() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        let browser = Browser::new(app);
        browser.get("/sign-in");
        let form = [
            ("email", "a@example.org"),
            ("password", PASSWORD),
            ("next", ""),
        ];
        let request = browser
            .client
            .post(format!("{}/sign-in", app.base))
            .form(&form);
        let answer = app.send(request).expect(400);
        assert!(answer.text.contains("form-expired") || answer.text.contains("open for too long"));
        assert!(answer.header("set-cookie").is_empty());
        // Nor is another browser's good enough.
        let other = Browser::new(app);
        let mut form = hidden(&other.get("/sign-in").text, "/sign-in");
        assert!(form.iter().any(|(name, _)| name == "csrf"));
        form.push(("email".into(), "a@example.org".into()));
        form.push(("password".into(), PASSWORD.into()));
        let request = browser.client.post(format!("{}/sign-in", app.base));
        let answer = app.send(request.form(&form)).expect(400);
        assert!(answer.header("set-cookie").is_empty());
    });
}

#[test]
fn under_https_the_cookie_is_secure_and_bound_to_the_host() {
    each_database_with(
        |settings| settings.server.public_url = "https://mentorat.example.org".into(),
        |app| {
            account(app, "a@example.org", &[]);
            // The cookies are Secure: over plain http a browser gives none back, so the test carries them itself.
            let page = app.send(app.request("GET", "/sign-in"));
            let form_cookie = page
                .header("set-cookie")
                .split(';')
                .next()
                .unwrap()
                .to_owned();
            assert!(form_cookie.starts_with("__Host-"));
            let mut form = hidden(&page.text, "/sign-in");
            form.push(("email".into(), "a@example.org".into()));
            form.push(("password".into(), PASSWORD.into()));
            let entered = app
                .send(
                    app.request("POST", "/sign-in")
                        .header("Cookie", form_cookie)
                        .form(&form),
                )
                .expect(303);
            let cookie = entered.header("set-cookie");
            assert!(
                cookie.starts_with("__Host-passerelle_session=p."),
                "{cookie}"
            );
            assert!(
                cookie.contains("Secure") && !cookie.contains("Domain"),
                "{cookie}"
            );
        },
    );
}

#[test]
fn a_forgotten_password_is_asked_for_and_chosen_on_pages() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        let browser = Browser::new(app);
        let bad = browser.submit(
            "/forgotten-password",
            "/forgotten-password",
            &[("email", "nonsense")],
        );
        assert!(bad.expect(422).text.contains("id=\"fault-email\""));
        let known = browser.submit(
            "/forgotten-password",
            "/forgotten-password",
            &[("email", "a@example.org")],
        );
        let unknown = browser.submit(
            "/forgotten-password",
            "/forgotten-password",
            &[("email", "b@example.org")],
        );
        assert_eq!(known.expect(200).text, unknown.expect(200).text);
        run_jobs(app);
        assert_eq!(mails(app).len(), 1);
        let path = format!("/set-password/{}", last_link(app));
        // Opening it, as mail filters do, changes nothing.
        for _ in 0..3 {
            assert!(
                browser
                    .get(&path)
                    .expect(200)
                    .text
                    .contains("a@example.org")
            );
        }
        let choose = |password: &str, again: &str| {
            browser.submit(&path, &path, &[("password", password), ("again", again)])
        };
        let different = choose("quatre lampes bleues", "quatre lampes bleus").expect(422);
        assert!(different.text.contains("id=\"fault-again\""));
        assert!(
            choose("short", "short")
                .expect(422)
                .text
                .contains("id=\"fault-password\"")
        );
        let chosen = choose("quatre lampes bleues", "quatre lampes bleues").expect(303);
        assert_eq!(chosen.header("location"), "/sign-in?done=password-set");
        assert!(
            browser
                .get(&path)
                .expect(410)
                .text
                .contains("/forgotten-password")
        );
        browser
            .sign_in("a@example.org", "quatre lampes bleues")
            .expect(303);
    });
}

#[test]
fn one_changes_the_password_and_signs_out_everywhere_on_the_account_page() {
    each_database(|app| {
        account(app, "a@example.org", &[(Role::Administrator, None)]);
        let (here, there) = (Browser::new(app), Browser::new(app));
        here.sign_in("a@example.org", PASSWORD).expect(303);
        there.sign_in("a@example.org", PASSWORD).expect(303);
        let api = signed_in(app, "a@example.org");
        let change = |current: &str| {
            let new = "quatre lampes bleues";
            here.submit(
                "/account",
                "/account/password",
                &[
                    ("current_password", current),
                    ("password", new),
                    ("again", new),
                ],
            )
        };
        assert!(
            change("not the password")
                .expect(422)
                .text
                .contains("id=\"fault-current_password\"")
        );
        change(PASSWORD).expect(303);
        here.get("/account").expect(200);
        there.get("/account").expect(303);
        app.get(&api.access, "/api/v1/me").expect(401);
        there
            .sign_in("a@example.org", "quatre lampes bleues")
            .expect(303);
        here.submit("/account", "/account/sign-out-everywhere", &[])
            .expect(303);
        there.get("/account").expect(303);
        here.get("/account").expect(303);
    });
}

#[test]
fn a_cookie_that_is_none_signs_nobody_in() {
    each_database(|app| {
        account(app, "a@example.org", &[]);
        let tokens = signed_in(app, "a@example.org");
        for value in ["", "x", "p.x", "p.", &tokens.refresh, &tokens.access.token] {
            let cookie = format!("passerelle_session={value}");
            app.send(app.request("GET", "/account").header("Cookie", cookie))
                .expect(303);
        }
    });
}

#[test]
fn a_page_costs_one_query_to_know_who_asks() {
    each_database(|app| {
        account(
            app,
            "a@example.org",
            &[(Role::Administrator, None), (Role::Coach, None)],
        );
        let browser = Browser::new(app);
        browser.sign_in("a@example.org", PASSWORD).expect(303);
        // Who asks, the account, its roles.
        assert_eq!(app.queries(|| drop(browser.get("/account").expect(200))), 3);
    });
}
