//! Every template, in both languages, with typical, empty, very long and hostile values.

use super::*;
use crate::kernel::{Instant, Zone};
use crate::mail::contexts::*;
use crate::mail::{Line, Link, Text, When};

/// What the values look like.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Data {
    Typical,
    Empty,
    Long,
    Hostile,
}

const HOSTILE: &str = "\"><script>alert(1)</script>\r\nBcc: x@y.org\r\n\r\n</mj-text></mjml>{{ 7*7 }}{% raw %} & '=HYPERLINK(1) 👩‍⚕️ مرحبا";

impl Data {
    fn words(self, typical: &str) -> String {
        match self {
            Self::Typical => typical.to_owned(),
            Self::Empty => String::new(),
            Self::Long => "Wolfeschlegelsteinhausenbergerdorff ".repeat(300),
            Self::Hostile => HOSTILE.to_owned(),
        }
    }

    fn line(self, typical: &str) -> Line {
        Line::new(&self.words(typical))
    }

    fn note(self, typical: &str) -> Option<Text> {
        Text::some(Some(&self.words(typical)))
    }

    fn link(self, path: &str) -> Link {
        let tail = match self {
            Self::Hostile => "?a=1&b=\"><img src=x onerror=alert(1)>",
            _ => "",
        };
        Link::new(&format!("https://mentorat.example/{path}{tail}"))
    }

    fn some_link(self, path: &str) -> Option<Link> {
        (self != Self::Empty).then(|| self.link(path))
    }

    fn when(self, locale: Locale) -> When {
        let at = |text: &str| Instant::new(text.parse().unwrap());
        let zone = Zone::parse("America/Toronto").unwrap();
        let (start, end) = match self {
            Self::Long => ("2027-02-01T04:30:00Z", "2027-02-01T05:45:00Z"),
            _ => ("2026-12-08T23:00:00Z", "2026-12-09T00:00:00Z"),
        };
        When::new(at(start), at(end), zone, locale)
    }

    fn meeting(self, locale: Locale) -> MeetingFacts {
        MeetingFacts {
            other: self.line("Amélie O’Connor"),
            when: self.when(locale),
            repeats: None,
            programme: self.line("Génie 2026"),
            place: (self != Self::Empty).then(|| self.line("Café de la Gare, 12 rue Principale")),
            url: self.some_link("salle"),
            note: self.note("J’apporte mon CV.\nÀ bientôt !"),
        }
    }

    fn offers(self, locale: Locale) -> Vec<OfferLink> {
        let offer = |number: u32| OfferLink {
            when: self.when(locale),
            link: self.link(&format!("m/TOKEN/times?at={number}")),
        };
        match self {
            Self::Empty => Vec::new(),
            _ => (1..4).map(offer).collect(),
        }
    }

    fn answers(self) -> AnswerLinks {
        AnswerLinks {
            accept: self.link("a/TOKEN/accept"),
            tentative: self.link("a/TOKEN/tentative"),
            decline: self.link("a/TOKEN/decline"),
        }
    }
}

/// The values of every template; a new kind without values does not compile.
fn values(kind: Kind, data: Data, locale: Locale) -> serde_json::Value {
    fn json<T: Template>(kind: Kind, values: &T) -> serde_json::Value {
        assert_eq!(T::KIND, kind);
        serde_json::to_value(values).unwrap()
    }
    let name = data.line("José");
    let other = data.line("Amélie O’Connor");
    let programme = data.line("Génie 2026");
    let meeting = data.meeting(locale);
    let answers = data.answers();
    let note = data.note("Une autre fois, avec plaisir.");
    match kind {
        Kind::AccountInvitation => json(
            kind,
            &AccountInvitation {
                name,
                link: data.link("mot-de-passe/TOKEN"),
                days: 7,
            },
        ),
        Kind::PasswordReset => json(
            kind,
            &PasswordReset {
                name,
                link: data.link("mot-de-passe/TOKEN"),
                hours: 1,
            },
        ),
        Kind::MentorshipIntroduction => {
            let about = match data {
                Data::Empty => Vec::new(),
                _ => vec![
                    data.line("Amélie est ingénieure civile depuis 12 ans."),
                    data.line("Vous parlez arabe et français."),
                ],
            };
            let side = if data == Data::Typical {
                Side::Mentee
            } else {
                Side::Mentor
            };
            json(
                kind,
                &MentorshipIntroduction {
                    name,
                    side,
                    other,
                    programme,
                    about,
                    link: data.some_link("rencontres/nouvelle"),
                },
            )
        }
        Kind::MentorshipEnded => json(
            kind,
            &MentorshipEnded {
                name,
                other,
                programme,
                note,
            },
        ),
        Kind::ParticipationEnded => json(kind, &ParticipationEnded { name, programme }),
        Kind::HoursRejected => {
            let entry = |date: &str| RejectedHours {
                on: date.parse::<chrono::NaiveDate>().unwrap().into(),
                activity: data.line("préparation"),
                minutes: 45,
                reason: Text::new(&data.words("Cette préparation est déjà notée.\nMerci !")),
            };
            let entries = vec![entry("2026-12-01"), entry("2026-12-08")];
            let rejected = HoursRejected {
                name,
                programme,
                entries,
            };
            json(kind, &rejected)
        }
        Kind::MeetingInvitation => json(
            kind,
            &MeetingInvitation {
                name,
                meeting,
                answers,
            },
        ),
        Kind::MeetingUpdate => {
            let was = (data != Data::Empty).then(|| data.when(locale));
            json(
                kind,
                &MeetingUpdate {
                    name,
                    meeting,
                    was,
                    clocks: data == Data::Empty,
                    answered: data == Data::Long,
                    answers,
                },
            )
        }
        Kind::MeetingCancellation => json(
            kind,
            &MeetingCancellation {
                name,
                meeting,
                note,
                link: data.some_link("rencontres/nouvelle"),
            },
        ),
        Kind::MeetingReminder => json(
            kind,
            &MeetingReminder {
                name,
                meeting,
                answered: data == Data::Typical,
                answers,
                pause: data.link("pause/TOKEN"),
                unsubscribe: data.link("u/TOKEN"),
            },
        ),
        Kind::MeetingFollowUp => json(
            kind,
            &MeetingFollowUp {
                name,
                meeting,
                held: data.link("a/TOKEN/held"),
                not_held: data.link("a/TOKEN/not-held"),
                pause: data.link("pause/TOKEN"),
            },
        ),
        Kind::MeetingCounter => json(
            kind,
            &MeetingCounter {
                name,
                meeting,
                proposed: data.when(locale),
                note,
                accept: data.link("m/TOKEN/proposals/ID?decision=accept"),
                decline: data.link("m/TOKEN/proposals/ID?decision=decline"),
            },
        ),
        Kind::MeetingCounterDeclined => json(
            kind,
            &MeetingCounterDeclined {
                name,
                meeting,
                proposed: data.when(locale),
                why: match data {
                    Data::Typical => CounterRefusal::Declined,
                    Data::Empty => CounterRefusal::Moved,
                    Data::Long => CounterRefusal::Taken,
                    Data::Hostile => CounterRefusal::Unclear,
                },
                note,
                link: data.some_link("m/TOKEN/times"),
            },
        ),
        Kind::MeetingDeclined => json(
            kind,
            &MeetingDeclined {
                name,
                meeting,
                note,
                offers: data.offers(locale),
                link: data.some_link("rencontres/nouvelle"),
            },
        ),
        Kind::MeetingOtherTimes => json(
            kind,
            &MeetingOtherTimes {
                name,
                meeting,
                offers: data.offers(locale),
                link: data.link("m/TOKEN/times"),
            },
        ),
        Kind::MeetingNudge => json(
            kind,
            &MeetingNudge {
                name,
                meeting,
                answers,
                other_times: data.link("m/TOKEN/times"),
                pause: data.link("pause/TOKEN"),
                unsubscribe: data.link("m/TOKEN/reminders"),
            },
        ),
        Kind::MeetingConfirmAnswer => json(
            kind,
            &MeetingConfirmAnswer {
                name,
                meeting,
                answer: match data {
                    Data::Typical => AnswerWord::Declined,
                    Data::Long => AnswerWord::Tentative,
                    _ => AnswerWord::Accepted,
                },
                sender: data.line("jose.alias@example.net"),
                link: data.link("c/TOKEN"),
            },
        ),
        Kind::MeetingUnreadableAnswer => json(
            kind,
            &MeetingUnreadableAnswer {
                name,
                meeting,
                answers,
            },
        ),
        Kind::CalendarUnreachable => json(
            kind,
            &CalendarUnreachable {
                name,
                calendar: data.line("https://calendar.example.com/…"),
                reason: data.line(&crate::i18n::text(locale, "field-calendar-unreachable")),
                days: 14,
                link: data.link("calendar"),
            },
        ),
        Kind::MatchConsent => json(
            kind,
            &MatchConsent {
                name,
                side: if data == Data::Typical {
                    Side::Mentee
                } else {
                    Side::Mentor
                },
                other,
                profession: (data != Data::Empty).then(|| data.line("Génie civil")),
                programme,
                until: data.when(locale),
                reminder: data == Data::Long,
                link: data.link("o/TOKEN"),
            },
        ),
        Kind::MatchOff => json(
            kind,
            &MatchOff {
                name,
                side: if data == Data::Typical {
                    Side::Mentee
                } else {
                    Side::Mentor
                },
                other,
                programme,
            },
        ),
        Kind::CoordinatorDigest => json(
            kind,
            &CoordinatorDigest {
                name,
                count: match data {
                    Data::Typical => 7,
                    Data::Empty => 1,
                    _ => 2,
                },
                sections: vec![
                    DigestSection {
                        title: data.line("Courriels qui ne sont pas arrivés"),
                        lines: vec![
                            data.line("À jose@example.org : « Invitation »"),
                            data.line("À lea@example.org : « Rappel »"),
                        ],
                        more: 3,
                        action: data.line("Corriger l’adresse, puis envoyer de nouveau"),
                        link: data.link("waiting#mails"),
                    },
                    DigestSection {
                        title: data.line("Rencontres refusées sans nouveau moment"),
                        lines: vec![data.line("José et Amélie, mardi 8 décembre, 18 h")],
                        more: 0,
                        action: data.line("Écrire aux deux"),
                        link: data.link("waiting#declined"),
                    },
                ],
                unsubscribe: data.link("digest/TOKEN"),
            },
        ),
    }
}

fn platform() -> PlatformWords {
    PlatformWords {
        name: "Passerelle".into(),
        url: "https://mentorat.example".into(),
    }
}

fn render(kind: Kind, locale: Locale, data: Data) -> Rendered {
    Templates::new(None)
        .render(kind, locale, &platform(), &values(kind, data, locale))
        .unwrap()
}

fn every(mut check: impl FnMut(Kind, Locale, Data, Rendered)) {
    for kind in Kind::ALL {
        for locale in Locale::ALL {
            for data in [Data::Typical, Data::Empty, Data::Long, Data::Hostile] {
                check(*kind, *locale, data, render(*kind, *locale, data));
            }
        }
    }
}

#[test]
fn every_mail_in_both_languages_says_the_same_twice() {
    for kind in Kind::ALL {
        for locale in Locale::ALL {
            let mail = render(*kind, *locale, Data::Typical);
            insta::assert_snapshot!(
                format!("{}_{}", kind.as_str(), locale.as_str()),
                format!(
                    "Subject: {}\nFrom-Name: {}\n\n{}",
                    mail.subject,
                    mail.from_name.unwrap_or_default(),
                    mail.text
                )
            );
            // What the text says in links, the HTML says too, and the other way round.
            let links = |text: &str| -> std::collections::BTreeSet<String> {
                text.split(['"', ' ', '\n', '<', '>'])
                    .filter(|word| word.starts_with("https://mentorat.example/"))
                    .map(str::to_owned)
                    .collect()
            };
            assert_eq!(links(&mail.text), links(&mail.html), "{kind} {locale}");
        }
    }
}

#[test]
fn the_page_of_an_invitation_is_as_it_was_approved() {
    let mail = render(Kind::MeetingInvitation, Locale::Fr, Data::Typical);
    insta::assert_snapshot!(
        "page_of_meeting-invitation_fr",
        mail.html.replace("><", ">\n<")
    );
}

#[test]
fn every_mail_is_whole_whatever_its_values_are() {
    every(|kind, locale, data, mail| {
        let what = format!("{kind} {locale} {data:?}\n{}\n{}", mail.subject, mail.text);
        assert!(
            !mail.subject.is_empty() && mail.subject.chars().count() <= 200,
            "{what}"
        );
        assert!(!mail.subject.contains(['\r', '\n']), "{what}");
        assert!(mail.html.contains(&format!("lang=\"{locale}\"")), "{what}");
        assert!(mail.html.contains("<h1"), "{what}");
        // As Rust would quote a character, not as HTML does.
        assert!(!mail.html.contains("\\u{"), "{what}\n{}", mail.html);
        for broken in ["undefined", "none", "{{", "{%", "Some("] {
            if data != Data::Hostile {
                assert!(!mail.text.contains(broken), "{broken}: {what}");
            }
        }
        assert!(!mail.text.contains("\n\n\n"), "{what}");
    });
}

#[test]
fn no_value_becomes_markup_a_header_or_a_paragraph_of_its_own() {
    every(|kind, locale, data, mail| {
        if data != Data::Hostile {
            return;
        }
        let what = format!("{kind} {locale}\n{}", mail.html);
        assert!(!mail.html.contains("<script"), "{what}");
        assert!(!mail.html.contains("<img"), "{what}");
        assert!(
            !mail.html.to_lowercase().contains("onerror=alert(1)>"),
            "{what}"
        );
        assert!(
            !mail.text.lines().any(|line| line.starts_with("Bcc:")),
            "{}",
            mail.text
        );
        assert!(
            !mail.text.contains("49") && !mail.html.contains("{{ 49"),
            "{what}"
        );
    });
}

#[test]
fn a_mail_loads_nothing_from_anywhere() {
    every(|kind, locale, data, mail| {
        let html = mail.html.to_lowercase();
        for loaded in [
            "<link", "<img", "<script", "@import", "url(", " src=", "<iframe", "fonts.g",
        ] {
            assert!(!html.contains(loaded), "{kind} {locale} {data:?}: {loaded}");
        }
    });
}

#[test]
fn t1_the_local_time_and_the_name_of_the_zone_are_said() {
    let mail = render(Kind::MeetingInvitation, Locale::En, Data::Typical);
    assert!(
        mail.text
            .contains("Tuesday 8 December 2026, 18:00 to 19:00, Toronto time (EST)"),
        "{}",
        mail.text
    );
    let mail = render(Kind::MeetingInvitation, Locale::Fr, Data::Long);
    let expected =
        "dimanche 31 janvier 2027, de 23 h 30 à 0 h 45 (le lendemain), heure de Toronto (HNE)";
    assert!(
        mail.text.replace('\u{a0}', " ").contains(expected),
        "{}",
        mail.text
    );
}

#[test]
fn a_configured_folder_overrides_single_files_and_the_rest_stays() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("en")).unwrap();
    let file = folder.path().join("en/password-reset.txt");
    std::fs::write(
        file,
        "Subject: Ours for {{ name }}\n\nOur words: {{ link }}\n",
    )
    .unwrap();
    let templates = Templates::new(Some(folder.path().to_owned()));
    let of = |kind, locale| {
        templates
            .render(
                kind,
                locale,
                &platform(),
                &values(kind, Data::Typical, locale),
            )
            .unwrap()
    };
    assert_eq!(of(Kind::PasswordReset, Locale::En).subject, "Ours for José");
    assert!(
        of(Kind::PasswordReset, Locale::En)
            .html
            .contains("Choose a new password")
    );
    assert_eq!(
        of(Kind::PasswordReset, Locale::Fr),
        render(Kind::PasswordReset, Locale::Fr, Data::Typical)
    );
}

#[test]
fn a_template_that_asks_for_what_is_not_given_is_an_error_and_not_a_gap() {
    let mut values = values(Kind::PasswordReset, Data::Typical, Locale::En);
    values.as_object_mut().unwrap().remove("link");
    let result = Templates::new(None).render(Kind::PasswordReset, Locale::En, &platform(), &values);
    assert!(matches!(result, Err(TemplateError::Fill(..))));
}
