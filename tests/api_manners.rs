//! The manners of the door: what every route does alike, whatever room it belongs to.

mod bad_days;
mod start_page;

use std::io::{Read, Write};
use std::net::TcpStream;

use chrono::Duration;
use passerelle::kernel::{Clock, Role};
use serde_json::{Value, json};

use crate::programmes::programme;
use crate::support::app::{TestApp, each_database_with};
use crate::support::each_database;

/// Sends raw bytes and reads the whole answer.
fn raw(app: &TestApp, request: &str) -> String {
    let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn bad_bodies_are_refused_with_problems_that_name_the_place() {
    each_database(|app| {
        let admin = app.administrator();
        let send = |kind: &str, body: &str| {
            app.send(
                app.request("POST", "/api/v1/programmes")
                    .bearer_auth(&admin.token)
                    .header("Content-Type", kind)
                    .body(body.to_owned()),
            )
        };
        let malformed = send("application/json", "{\"slug\": ").expect(400);
        assert_eq!(malformed.problem(), "malformed-json");
        assert_eq!(malformed.header("content-type"), "application/problem+json");
        assert_eq!(
            send("text/plain", "{}").expect(415).problem(),
            "unsupported-media"
        );
        let mut unknown = programme("a");
        unknown["colour"] = json!("red");
        let unknown = send("application/json", &unknown.to_string()).expect(422);
        assert_eq!(unknown.field_errors(), ["/colour unknown"]);
        let mut wrong = programme("a");
        wrong["meeting_minutes"] = json!("sixty");
        let wrong = send("application/json", &wrong.to_string()).expect(422);
        assert_eq!(wrong.field_errors(), ["/meeting_minutes type"]);
        assert!(
            !wrong.text.contains("sixty"),
            "a value came back: {}",
            wrong.text
        );
        let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        assert!((400..500).contains(&send("application/json", &deep).status));
        let nul = send("application/json", "\u{0}").expect(400);
        assert_eq!(nul.problem(), "malformed-json");
    });
}

#[test]
fn a_huge_body_is_refused_before_it_is_read_whether_its_length_is_told_or_not() {
    each_database_with(
        |settings| settings.server.max_body_bytes = 2_000,
        |app| {
            let admin = app.administrator();
            let told = app.post(
                &admin,
                "/api/v1/programmes",
                &json!({"slug": "x".repeat(5_000)}),
            );
            assert_eq!(told.expect(413).problem(), "too-large");
            let auth = format!("Host: x\r\nAuthorization: Bearer {}", admin.token);
            let chunk = format!("{:x}\r\n{}\r\n", 1_500, "a".repeat(1_500));
            let answer = raw(
                app,
                &format!(
                    "POST /api/v1/programmes HTTP/1.1\r\n{auth}\r\nContent-Type: application/json\r\n\
                     Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{chunk}{chunk}0\r\n\r\n"
                ),
            );
            assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        },
    );
}

#[test]
fn a_bad_cursor_a_bad_limit_and_a_bad_id_are_told_apart() {
    each_database(|app| {
        let admin = app.administrator();
        let get = |path: &str| app.get(&admin, path);
        assert_eq!(
            get("/api/v1/programmes?cursor=%25").expect(400).problem(),
            "bad-cursor"
        );
        assert_eq!(
            get("/api/v1/programmes?cursor=bm90anNvbg")
                .expect(400)
                .problem(),
            "bad-cursor"
        );
        assert_eq!(
            get("/api/v1/programmes?limit=0").expect(422).field_errors(),
            ["?limit out-of-range"]
        );
        assert_eq!(
            get("/api/v1/programmes?limit=x")
                .expect(422)
                .field_errors()
                .len(),
            1
        );
        get("/api/v1/programmes?nonsense=1").expect(422);
        get("/api/v1/programmes/not-an-id").expect(404);
        get("/api/v1/programmes/01931b7e-6f3a-7c21-9d0e-5a4b3c2d1e0f").expect(404);
    });
}

#[test]
fn pages_of_a_list_lead_on_by_link_until_the_end() {
    each_database(|app| {
        let admin = app.administrator();
        for slug in ["a", "b", "c"] {
            app.post(&admin, "/api/v1/programmes", &programme(slug))
                .expect(201);
        }
        let mut path = "/api/v1/programmes?limit=2".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = app.get(&admin, &path).expect(200);
            seen.extend(
                page.json()["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|p| p["slug"].clone()),
            );
            match page.header("link").strip_prefix('<') {
                Some(rest) => path = rest.split('>').next().unwrap().to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ["a", "b", "c"]);
    });
}

#[test]
fn an_unchanged_object_costs_a_304_and_a_stale_change_a_412() {
    each_database(|app| {
        let admin = app.administrator();
        let made = app
            .post(&admin, "/api/v1/programmes", &programme("a"))
            .expect(201);
        let path = made.header("location").to_owned();
        let again = |tag: &str| {
            app.send(
                app.request("GET", &path)
                    .bearer_auth(&admin.token)
                    .header("If-None-Match", tag),
            )
        };
        let tag = again("\"0\"").expect(200).header("etag").to_owned();
        let unchanged = again(&tag).expect(304);
        assert_eq!(
            (unchanged.text.as_str(), unchanged.header("etag")),
            ("", tag.as_str())
        );
        assert_eq!(unchanged.header("cache-control"), "private, no-cache");
        again(&format!("W/{tag}")).expect(304);
        again("\"2\"").expect(200);
        let change = json!({"name_en": "Other"});
        app.patch(&admin, &path, "\"1\"", &change).expect(200);
        assert_eq!(
            app.patch(&admin, &path, "\"1\"", &change)
                .expect(412)
                .problem(),
            "stale"
        );
        again("\"1\"").expect(200);
        let blind = app
            .request("PATCH", &path)
            .bearer_auth(&admin.token)
            .json(&change);
        assert_eq!(
            app.send(blind).expect(428).problem(),
            "precondition-required"
        );
    });
}

#[test]
fn head_options_and_wrong_methods_are_answered_by_the_book() {
    each_database(|app| {
        let admin = app.administrator();
        let send = |method: &str, path: &str| {
            app.send(
                app.request(method, path)
                    .bearer_auth(&admin.token)
                    .header("Accept-Encoding", "identity"),
            )
        };
        let get = send("GET", "/api/v1/programmes").expect(200);
        let head = send("HEAD", "/api/v1/programmes").expect(200);
        assert_eq!(head.text, "");
        assert_eq!(head.header("content-length"), get.text.len().to_string());
        let options = send("OPTIONS", "/api/v1/programmes").expect(204);
        assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS, POST");
        let wrong = send("DELETE", "/api/v1/programmes").expect(405);
        assert_eq!(wrong.problem(), "method-not-allowed");
        assert_eq!(wrong.header("allow"), "GET, HEAD, OPTIONS, POST");
        assert_eq!(
            send("GET", "/api/v1/nowhere").expect(404).problem(),
            "not-found"
        );
        let page = send("POST", "/").expect(405);
        assert_eq!(page.header("allow"), "GET, HEAD, OPTIONS");
    });
}

#[test]
fn problems_speak_the_readers_language_and_are_pages_for_browsers() {
    each_database(|app| {
        let french = app.send(
            app.request("GET", "/api/v1/nowhere")
                .header("Accept-Language", "fr-CA, en;q=0.5"),
        );
        assert_eq!(french.expect(404).json()["title"], "Introuvable");
        let page = app
            .send(
                app.request("GET", "/nowhere")
                    .header("Accept", "text/html,*/*")
                    .header("Accept-Language", "fr"),
            )
            .expect(404);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains("<html lang=\"fr\"") && page.text.contains("Introuvable"));
        let switched = app
            .send(
                app.request("GET", "/?lang=en")
                    .header("Accept-Language", "fr"),
            )
            .expect(200);
        assert!(switched.text.contains("<html lang=\"en\""));
        let cookie = switched.headers.get_all("set-cookie").iter();
        let cookie = cookie
            .filter_map(|v| v.to_str().ok())
            .find(|c| c.starts_with("passerelle_lang=en"));
        let cookie = cookie.expect("the switch is not remembered");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
            "{cookie}"
        );
        let remembered = app.send(
            app.request("GET", "/")
                .header("Accept-Language", "fr")
                .header("Cookie", "passerelle_lang=en"),
        );
        assert!(remembered.text.contains("<html lang=\"en\""));
    });
}

#[test]
fn every_answer_has_a_request_id_and_a_sane_one_is_kept() {
    each_database(|app| {
        let ask = |id: &str| {
            app.send(
                app.request("GET", "/api/v1/nowhere")
                    .header("X-Request-Id", id),
            )
        };
        let kept = ask("support-case_42");
        assert_eq!(kept.header("x-request-id"), "support-case_42");
        assert_eq!(kept.json()["instance"], "support-case_42");
        let replaced = ask("a b\"<script>");
        assert_eq!(replaced.header("x-request-id").len(), 24);
        assert_eq!(replaced.json()["instance"], replaced.header("x-request-id"));
    });
}

#[test]
fn a_client_that_asks_too_often_is_told_when_to_come_back_and_others_are_not_hindered() {
    let few = |settings: &mut passerelle::kernel::Settings| {
        settings.server.rate_per_minute_anonymous = 3;
        settings.server.rate_per_minute_account = 5;
        settings.server.trusted_proxies = vec!["127.0.0.1".into()];
    };
    each_database_with(few, |app| {
        let from = |address: &str| {
            app.send(
                app.request("GET", "/api/v1/nowhere")
                    .header("X-Forwarded-For", address),
            )
        };
        for left in [2, 1, 0] {
            let answer = from("203.0.113.7").expect(404);
            assert_eq!(answer.header("ratelimit-policy"), "\"anonymous\";q=3;w=60");
            let said = answer.header("ratelimit").to_owned();
            assert!(
                said.starts_with(&format!("\"anonymous\";r={left};t=")),
                "{said}"
            );
        }
        let refused = from("203.0.113.7").expect(429);
        assert_eq!(
            (refused.problem().as_str(), refused.header("retry-after")),
            ("too-many-requests", "20")
        );
        from("203.0.113.8").expect(404);
        app.clock.advance(Duration::seconds(20));
        from("203.0.113.7").expect(404);
        from("203.0.113.7").expect(429);
        // Somebody signed in has their own quota, even behind the same address, and keeps the address's whole.
        app.clock.advance(Duration::seconds(60));
        let admin = app.administrator();
        let list = |token: &str| {
            app.send(
                app.request("GET", "/api/v1/programmes")
                    .bearer_auth(token)
                    .header("X-Forwarded-For", "203.0.113.7"),
            )
        };
        for left in [4, 3, 2, 1, 0] {
            let answer = list(&admin.token).expect(200);
            assert!(
                answer
                    .header("ratelimit")
                    .starts_with(&format!("\"account\";r={left};")),
                "{left}"
            );
        }
        list(&admin.token).expect(429);
        from("203.0.113.7").expect(404);
        // Guessed tokens count for the address.
        for _ in 0..2 {
            list("guess").expect(401);
        }
        list("another").expect(429);
    });
}

#[test]
fn what_an_untrusted_machine_says_about_its_address_is_not_believed() {
    each_database_with(
        |settings| settings.server.rate_per_minute_anonymous = 2,
        |app| {
            let from = |address: &str| {
                app.send(
                    app.request("GET", "/api/v1/nowhere")
                        .header("X-Forwarded-For", address),
                )
            };
            from("203.0.113.1").expect(404);
            from("203.0.113.2").expect(404);
            from("203.0.113.3").expect(429);
        },
    );
}

#[test]
fn answers_are_compressed_where_the_client_can_read_it() {
    each_database(|app| {
        let plain = app.send(
            app.request("GET", "/api/v1/openapi.json")
                .header("Accept-Encoding", "identity"),
        );
        let coded = reqwest::blocking::Client::builder()
            .no_gzip()
            .build()
            .unwrap();
        let packed = coded
            .get(format!("{}/api/v1/openapi.json", app.base))
            .header("Accept-Encoding", "gzip")
            .send()
            .unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
        let packed = packed.bytes().unwrap();
        assert!(
            packed.len() * 3 < plain.text.len(),
            "{} of {}",
            packed.len(),
            plain.text.len()
        );
    });
}

#[test]
fn only_configured_origins_may_read_answers_from_a_browser() {
    let shared = |settings: &mut passerelle::kernel::Settings| {
        settings.server.cors_origins = vec!["https://partner.example.org".into()];
    };
    each_database_with(shared, |app| {
        let ask = |origin: &str| {
            app.send(
                app.request("GET", "/api/v1/nowhere")
                    .header("Origin", origin),
            )
        };
        let partner = ask("https://partner.example.org");
        assert_eq!(
            partner.header("access-control-allow-origin"),
            "https://partner.example.org"
        );
        assert_eq!(partner.header("access-control-allow-credentials"), "");
        let stranger = ask("https://evil.example");
        assert_eq!(stranger.header("access-control-allow-origin"), "");
        assert!(stranger.header("vary").to_lowercase().contains("origin"));
        let preflight = |origin: &str| {
            app.send(
                app.request("OPTIONS", "/api/v1/programmes")
                    .header("Origin", origin)
                    .header("Access-Control-Request-Method", "POST")
                    .header(
                        "Access-Control-Request-Headers",
                        "authorization, idempotency-key",
                    ),
            )
            .expect(204)
        };
        let yes = preflight("https://partner.example.org");
        assert!(
            yes.header("access-control-allow-headers")
                .contains("idempotency-key")
        );
        assert!(yes.header("access-control-allow-methods").contains("POST"));
        assert_eq!(
            preflight("https://evil.example").header("access-control-allow-methods"),
            ""
        );
    });
    each_database(|app| {
        let answer = app.send(
            app.request("GET", "/api/v1/nowhere")
                .header("Origin", "https://partner.example.org"),
        );
        assert_eq!(answer.header("access-control-allow-origin"), "");
    });
}

#[test]
fn browsers_are_told_to_trust_nothing_that_we_do_not_serve() {
    let https = |settings: &mut passerelle::kernel::Settings| {
        settings.server.public_url = "https://mentors.example.org".into();
    };
    each_database_with(https, |app| {
        let page = app.send(app.request("GET", "/")).expect(200);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(
            page.header("strict-transport-security")
                .starts_with("max-age=63072000")
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert!(page.header("permissions-policy").contains("camera=()"));
        let cookie = page.header("set-cookie");
        assert!(
            cookie.starts_with("__Host-passerelle_form=") && cookie.contains("Secure"),
            "{cookie}"
        );
        for inline in ["style=", "<style", "onclick", "javascript:"] {
            assert!(!page.text.contains(inline), "{inline}");
        }
        let data = app.send(app.request("GET", "/api/v1/nowhere"));
        assert_eq!(data.header("cache-control"), "no-store");
        assert_eq!(
            data.header("content-security-policy"),
            "default-src 'none'; frame-ancestors 'none'"
        );
    });
    each_database(|app| {
        let page = app.send(app.request("GET", "/")).expect(200);
        assert_eq!(page.header("strict-transport-security"), "");
    });
}

#[test]
fn assets_have_lasting_names_and_docs_come_from_here() {
    each_database(|app| {
        let page = app.send(app.request("GET", "/")).expect(200);
        let css = page
            .text
            .split("href=\"")
            .find(|p| p.starts_with("/assets/passerelle."))
            .unwrap();
        let css = css.split('"').next().unwrap();
        let sheet = app.send(app.request("GET", css)).expect(200);
        assert_eq!(
            sheet.header("cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert!(sheet.header("content-type").starts_with("text/css"));
        assert!(
            !sheet.text.contains("http://")
                && !sheet.text.contains("https://")
                && !sheet.text.contains("@import")
        );
        let known = app
            .request("GET", css)
            .header("If-None-Match", sheet.header("etag"));
        app.send(known).expect(304);
        app.send(app.request("GET", "/assets/passerelle.css"))
            .expect(404);
        let docs = app
            .send(
                app.request("GET", "/api/docs")
                    .header("Accept", "text/html"),
            )
            .expect(200);
        assert!(docs.text.contains("id=\"swagger-ui\""));
        for file in ["swagger-ui.css", "swagger-ui-bundle.js"] {
            app.send(app.request("GET", &format!("/api/docs/{file}")))
                .expect(200);
        }
        app.send(app.request("GET", "/api/docs/index.html"))
            .expect(404);
        let document = app
            .send(app.request("GET", "/api/v1/openapi.json"))
            .expect(200);
        assert_eq!(document.json()["openapi"], "3.1.0");
        assert_eq!(document.json()["servers"][0]["url"], app.base);
    });
}

#[test]
fn probes_say_what_is_and_figures_are_guarded() {
    each_database(|app| {
        app.send(app.request("GET", "/healthz")).expect(200);
        assert_eq!(
            app.send(app.request("GET", "/readyz")).expect(200).json()["status"],
            "ready"
        );
        let admin = app.administrator();
        app.get(
            &admin,
            "/api/v1/programmes/01931b7e-6f3a-7c21-9d0e-5a4b3c2d1e0f",
        )
        .expect(404);
        let figures = app.send(app.request("GET", "/metrics")).expect(200);
        for line in [
            "passerelle_http_requests_total{method=\"GET\",route=\"/api/v1/programmes/{id}\",status=\"404\"} 1",
            "passerelle_http_request_seconds_bucket{method=\"GET\",route=\"/healthz\",le=\"10\"} 1",
            "passerelle_outbox_mails{state=\"waiting\"} 0",
            "passerelle_jobs{state=\"due\"} 0",
            "passerelle_database_connections{state=\"open\"}",
        ] {
            assert!(
                figures.text.contains(line),
                "{line} is missing:\n{}",
                figures.text
            );
        }
        assert!(
            !figures.text.contains("01931b7e"),
            "an id is in the figures"
        );
        let forwarded = app
            .request("GET", "/metrics")
            .header("X-Forwarded-For", "203.0.113.1");
        app.send(forwarded).expect(404);
    });
    let guarded = |settings: &mut passerelle::kernel::Settings| {
        settings.server.metrics_token = "a-token-of-the-test".to_owned().into();
    };
    each_database_with(guarded, |app| {
        app.send(app.request("GET", "/metrics")).expect(401);
        app.send(app.request("GET", "/metrics").bearer_auth("other"))
            .expect(401);
        app.send(
            app.request("GET", "/metrics")
                .bearer_auth("a-token-of-the-test"),
        )
        .expect(200);
    });
}

/// A POST of a programme with an idempotency key.
fn once(app: &TestApp, token: &str, key: &str, body: &Value) -> crate::support::app::Answer {
    app.send(
        app.request("POST", "/api/v1/programmes")
            .bearer_auth(token)
            .header("Idempotency-Key", key)
            .json(body),
    )
}

#[test]
fn the_same_post_twice_is_done_once_and_answered_alike() {
    each_database(|app| {
        let (admin, other) = (app.administrator(), app.administrator());
        let first = once(app, &admin.token, "key-1", &programme("a")).expect(201);
        let second = once(app, &admin.token, "\"key-1\"", &programme("a")).expect(201);
        assert_eq!(first.text, second.text);
        for header in ["location", "etag", "content-type"] {
            assert_eq!(first.header(header), second.header(header));
        }
        assert_eq!(
            (
                first.header("idempotency-replayed"),
                second.header("idempotency-replayed")
            ),
            ("", "true")
        );
        assert_eq!(
            app.get(&admin, "/api/v1/programmes").json()["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        // Another body with the same key is a mistake; another account's key is another key.
        assert_eq!(
            once(app, &admin.token, "key-1", &programme("b"))
                .expect(422)
                .problem(),
            "idempotency-reused"
        );
        assert_eq!(
            once(app, &other.token, "key-1", &programme("a"))
                .expect(409)
                .problem(),
            "slug-taken"
        );
        // A refusal changed nothing and is not kept: the key may try again.
        let mut bad = programme("c");
        bad["meeting_minutes"] = json!(1);
        once(app, &admin.token, "key-2", &bad).expect(422);
        once(app, &admin.token, "key-2", &programme("c")).expect(201);
        assert_eq!(
            once(app, &admin.token, "", &programme("d"))
                .expect(400)
                .problem(),
            "bad-idempotency-key"
        );
        once(app, "guess", "key-1", &programme("a")).expect(401);
        // After a day the key is free.
        app.clock.advance(Duration::hours(25));
        let token = app.administrator().token;
        once(app, &token, "key-1", &programme("a")).expect(409);
        let purged = app.db(|conn| passerelle::web::idempotency::purge(conn, app.clock.now()));
        assert_eq!(purged, 2);
    });
}

#[test]
fn the_same_post_from_many_at_once_is_done_once() {
    each_database(|app| {
        let admin = app.administrator();
        let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..12)
                .map(|_| scope.spawn(|| once(app, &admin.token, "race", &programme("a"))))
                .collect();
            sent.into_iter()
                .map(|t| t.join().unwrap())
                .map(|a| (a.status, a.text))
                .collect()
        });
        let good: Vec<_> = answers
            .iter()
            .filter(|(status, _)| *status == 201)
            .collect();
        assert!(!good.is_empty(), "{answers:?}");
        assert!(good.iter().all(|(_, text)| *text == good[0].1));
        assert!(
            answers.iter().all(|(status, text)| *status == 201
                || (*status == 409 && text.contains("idempotency-in-progress"))),
            "{answers:?}"
        );
        assert_eq!(
            app.get(&admin, "/api/v1/programmes").json()["items"]
                .as_array()
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            once(app, &admin.token, "race", &programme("a"))
                .expect(201)
                .text,
            good[0].1
        );
    });
}

#[test]
fn a_kept_answer_survives_a_restart_and_a_killed_server_blocks_only_for_its_lease() {
    each_database(|app| {
        let admin = app.administrator();
        let first = once(app, &admin.token, "key", &programme("a")).expect(201);
        let restarted = app.second_server();
        let again = once(&restarted, &admin.token, "key", &programme("a")).expect(201);
        assert_eq!(
            (first.text, "true"),
            (again.text.clone(), again.header("idempotency-replayed"))
        );
        // A server that was killed before it answered left its claim behind.
        app.db(|conn| {
            use diesel::prelude::*;
            use passerelle::db::schema::idempotency_keys::dsl as keys;
            diesel::update(keys::idempotency_keys)
                .set((
                    keys::status.eq(None::<i32>),
                    keys::body_sealed.eq(None::<String>),
                    keys::committed.eq(false),
                ))
                .execute(conn)?;
            diesel::delete(passerelle::db::schema::programmes::table).execute(conn)?;
            Ok(())
        });
        let blocked = once(app, &admin.token, "key", &programme("a")).expect(409);
        assert_eq!(
            (blocked.problem().as_str(), blocked.header("retry-after")),
            ("idempotency-in-progress", "1")
        );
        app.clock.advance(Duration::seconds(121));
        once(app, &admin.token, "key", &programme("a")).expect(201);
    });
}

#[test]
fn what_was_done_before_the_server_fell_is_not_done_again() {
    use diesel::prelude::*;
    use passerelle::db::schema::idempotency_keys::dsl as keys;
    each_database(|app| {
        let admin = app.administrator();
        once(app, &admin.token, "key", &programme("a")).expect(201);
        // It fell after the commit and before the answer was kept: the mark of the commit is all there is.
        app.db(|conn| {
            let fell = (
                keys::status.eq(None::<i32>),
                keys::body_sealed.eq(None::<String>),
            );
            diesel::update(keys::idempotency_keys)
                .set(fell)
                .execute(conn)?;
            Ok(())
        });
        let soon = once(app, &admin.token, "key", &programme("a")).expect(409);
        assert_eq!(soon.problem(), "idempotency-in-progress");
        app.clock.advance(Duration::seconds(121));
        let late = once(app, &admin.token, "key", &programme("a")).expect(409);
        assert_eq!(late.problem(), "idempotency-answer-lost");
        let other = once(app, &admin.token, "key", &programme("b")).expect(422);
        assert_eq!(other.problem(), "idempotency-reused");
        let there = app.get(&admin, "/api/v1/programmes").json();
        assert_eq!(there["items"].as_array().unwrap().len(), 1);
        // A failure of ours gives a key back only where nothing was committed.
        let release = |committed: bool| {
            app.db(|conn| {
                let ids = keys::idempotency_keys.select(keys::id);
                let id = ids.first(conn)?;
                diesel::update(keys::idempotency_keys)
                    .set(keys::committed.eq(committed))
                    .execute(conn)?;
                passerelle::web::idempotency::release_unless_committed(conn, id)?;
                Ok(keys::idempotency_keys.count().get_result::<i64>(conn)?)
            })
        };
        assert_eq!((release(true), release(false)), (1, 0));
    });
}

#[test]
fn a_character_or_a_year_that_no_database_holds_is_refused_by_name() {
    each_database(|app| {
        let admin = app.administrator();
        let mut named = programme("nul");
        named["name_en"] = json!("a\u{0}b");
        let refused = app.post(&admin, "/api/v1/programmes", &named).expect(422);
        assert_eq!(refused.field_errors(), ["/name_en forbidden-character"]);
        let mut early = programme("early");
        early["starts_on"] = json!("-9999-01-01");
        let refused = app.post(&admin, "/api/v1/programmes", &early).expect(422);
        assert_eq!(refused.field_errors(), ["/starts_on year"]);
        for query in ["persons?q=a%00", "persons?city=%00", "audit?action=%00"] {
            let refused = app.get(&admin, &format!("/api/v1/{query}")).expect(422);
            assert!(refused.field_errors()[0].ends_with("forbidden-character"));
        }
        for list in ["hours?", "hours/totals?by=programme&", "hours/export.csv?"] {
            let path = format!("/api/v1/{list}from=-9999-01-01");
            assert_eq!(
                app.get(&admin, &path).expect(422).field_errors(),
                ["?from year"]
            );
        }
        // Before anybody is signed in, too.
        let guess = json!({ "email": "a\u{0}@example.org", "password": "x" });
        let request = app.request("POST", "/api/v1/sessions").json(&guess);
        assert_eq!(
            app.send(request).expect(422).field_errors(),
            ["/email forbidden-character"]
        );
        // What comes past the doors, such as a forged cursor, is no fault of ours.
        use base64::Engine as _;
        let mark = format!("[\"-9999-01-01\",\"{}\"]", uuid::Uuid::nil());
        let mark = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(mark);
        let forged = app.get(&admin, &format!("/api/v1/hours?cursor={mark}"));
        assert!([200, 400].contains(&forged.status), "{}", forged.text);
    });
}

#[test]
fn a_packed_body_is_refused_whatever_it_unpacks_to() {
    each_database(|app| {
        let admin = app.administrator();
        for coding in ["gzip", "deflate", "br", "x-anything"] {
            let request = app
                .request("POST", "/api/v1/programmes")
                .bearer_auth(&admin.token)
                .header("Content-Encoding", coding)
                .json(&programme("a"));
            assert_eq!(app.send(request).expect(415).problem(), "unsupported-media");
        }
        let plain = app
            .request("POST", "/api/v1/programmes")
            .header("Authorization", format!("BEARER {}", admin.token))
            .header("Content-Encoding", "identity")
            .json(&programme("a"));
        app.send(plain).expect(201);
    });
}

#[test]
fn a_kept_answer_cannot_be_read_in_the_database() {
    each_database(|app| {
        let admin = app.administrator();
        once(
            app,
            &admin.token,
            "the-key-itself",
            &programme("secret-slug"),
        )
        .expect(201);
        let row: (String, String, String) = app.db(|conn| {
            use diesel::prelude::*;
            use passerelle::db::schema::idempotency_keys::dsl as keys;
            Ok(keys::idempotency_keys
                .select((
                    keys::key_hash,
                    keys::fingerprint,
                    keys::body_sealed.assume_not_null(),
                ))
                .first(conn)?)
        });
        for text in [&row.0, &row.1, &row.2] {
            assert!(
                !text.contains("the-key-itself") && !text.contains("secret-slug"),
                "{text}"
            );
        }
        assert_eq!(row.0.len(), 64);
    });
}

#[test]
fn a_request_under_way_is_finished_when_the_server_is_told_to_stop() {
    each_database_with(
        |settings| settings.server.shutdown_seconds = 10,
        |app| {
            let admin = app.administrator();
            let body = programme("slow").to_string();
            let mut stream = TcpStream::connect(app.base.trim_start_matches("http://")).unwrap();
            let head = format!(
                "POST /api/v1/programmes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                admin.token,
                body.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            // Itself and the one whose body is still to come.
            let both = "passerelle_http_requests_in_flight 2";
            while !app.send(app.request("GET", "/metrics")).text.contains(both) {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            let stopped = app.stop_gracefully();
            std::thread::sleep(std::time::Duration::from_millis(300));
            assert!(
                TcpStream::connect(app.base.trim_start_matches("http://")).is_err(),
                "the listener is still open"
            );
            stream.write_all(body.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
            stopped.join().unwrap();
        },
    );
}

#[test]
fn somebody_elses_object_and_a_deleted_one_look_alike() {
    each_database(|app| {
        let admin = app.administrator();
        let made = app
            .post(&admin, "/api/v1/programmes", &programme("a"))
            .expect(201);
        let path = made.header("location").to_owned();
        let stranger = app.someone(Role::Coordinator, None, None);
        let change = json!({"name_en": "Mine"});
        let theirs = app.patch(&stranger, &path, "\"1\"", &change).expect(404);
        app.db(|conn| {
            diesel::RunQueryDsl::execute(
                diesel::delete(passerelle::db::schema::programmes::table),
                conn,
            )?;
            Ok(())
        });
        let gone = app.patch(&admin, &path, "\"1\"", &change).expect(404);
        assert_eq!(theirs.problem(), gone.problem());
    });
}

#[test]
fn a_cache_that_holds_one_language_is_not_told_that_it_holds_the_other() {
    each_database(|app| {
        let admin = app.administrator();
        let mut body = crate::people::person("Amina");
        body["occupations"] = json!([{"kind": "held", "noc": "21300"}]);
        let id = crate::people::make_person(app, &admin, &body);
        let path = format!("/api/v1/persons/{id}");
        let read = |language: &str, tag: &str| {
            app.send(
                app.request("GET", &path)
                    .bearer_auth(&admin.token)
                    .header("Accept-Language", language)
                    .header("If-None-Match", tag),
            )
        };
        let english = read("en", "\"0\"").expect(200);
        let tag = english.header("etag").to_owned();
        read("en", &tag).expect(304);
        let french = read("fr", &tag).expect(200);
        assert_eq!(
            french.json()["occupations"][0]["title"],
            "Ingénieurs civils/ingénieures civiles"
        );
        // Either reader's tag names the version for a change.
        app.patch(
            &admin,
            &path,
            french.header("etag"),
            &json!({"headline": "Hello"}),
        )
        .expect(200);
        app.patch(&admin, &path, &tag, &json!({"headline": "Hello again"}))
            .expect(412);
    });
}
