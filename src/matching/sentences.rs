//! Reasons as sentences, in English and in French, from the messages of this room. What is said is exactly what
//! the facts say: no number alone, and nothing about anybody that did not count.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n::{self, Args};
use crate::kernel::Locale;
use crate::matching::engine::Rule;
use crate::matching::facts::{
    Facts, LicenceHelp, LocalWindow, MeetingWay, Profession, SharedLanguage,
};
use crate::matching::model::PartPoints;
use crate::reference::languages::Language;
use crate::reference::occupations::Occupation;

/// Why a part of the score is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ScoreReason)]
pub struct Reason {
    /// The part of the score.
    pub part: &'static str,
    /// Points that it earned.
    pub points: u16,
    /// Most points that it can earn.
    pub most: u16,
    /// The sentence in English.
    pub en: String,
    /// The sentence in French.
    pub fr: String,
}

/// The reasons of a pair, in the order of the parts; parts that weigh nothing are left out.
#[must_use]
pub fn reasons(parts: &PartPoints, facts: &Facts) -> Vec<Reason> {
    let most = &facts.most;
    let rows: [(&'static str, u16, u16, Sentence); 7] = [
        ("profession", parts.profession, most.profession, profession),
        ("language", parts.language, most.language, language),
        (
            "availability",
            parts.availability,
            most.availability,
            availability,
        ),
        ("topics", parts.topics, most.topics, topics),
        ("licensing", parts.licensing, most.licensing, licensing),
        ("place", parts.place, most.place, place),
        ("wishes", parts.wishes, most.wishes, wishes),
    ];
    rows.into_iter()
        .filter(|(_, _, most, _)| *most > 0)
        .map(|(part, points, most, say)| Reason {
            part,
            points,
            most,
            en: say(facts, Locale::En),
            fr: say(facts, Locale::Fr),
        })
        .collect()
}

/// What two people have in common, for the mail that introduces them: the parts that earned something.
#[must_use]
pub fn in_common(parts: &PartPoints, facts: &Facts, locale: Locale) -> Vec<String> {
    let earned = reasons(parts, facts)
        .into_iter()
        .filter(|reason| reason.points > 0 && !matches!(reason.part, "licensing" | "wishes"));
    earned
        .map(|reason| match locale {
            Locale::En => reason.en,
            Locale::Fr => reason.fr,
        })
        .collect()
}

type Sentence = fn(&Facts, Locale) -> String;

fn say<const N: usize>(
    locale: Locale,
    key: &str,
    args: [(
        &'static str,
        fluent_templates::fluent_bundle::FluentValue<'_>,
    ); N],
) -> String {
    let args: Args<'_> = args
        .into_iter()
        .map(|(name, value)| (Cow::Borrowed(name), value))
        .collect();
    i18n::text_with(locale, key, &args)
}

fn profession(facts: &Facts, locale: Locale) -> String {
    let Some(Profession {
        target,
        occupation,
        likeness,
        experience,
    }) = &facts.profession
    else {
        return i18n::text(locale, "match-profession-unknown");
    };
    let key = match likeness {
        1000.. => "match-profession-same",
        700..=999 => "match-profession-close",
        400..=699 => "match-profession-related",
        1..=399 => "match-profession-far",
        0 => "match-profession-none",
    };
    let mut sentence = say(
        locale,
        key,
        [
            ("target", occupation_title(target, locale).into()),
            ("occupation", occupation_title(occupation, locale).into()),
        ],
    );
    if *likeness > 0 && *experience < 1000 {
        sentence.push(' ');
        sentence.push_str(&i18n::text(locale, "match-profession-experience"));
    }
    sentence
}

/// The title of an occupation with its code: `Civil engineers (21300)`.
#[must_use]
pub fn occupation_title(code: &str, locale: Locale) -> String {
    match Occupation::find(code) {
        Some(found) => format!("{} ({code})", found.title(locale)),
        None => code.to_owned(),
    }
}

/// The name of a language; its code where the reference has no name.
#[must_use]
pub fn language_name(code: &str, locale: Locale) -> String {
    match Language::from_code(code) {
        Ok(language) => language.name(locale).to_owned(),
        Err(_) => code.to_owned(),
    }
}

/// A level in the words of the common framework: a mother tongue, or `C1`.
fn level_name(level: u8, locale: Locale) -> String {
    match level {
        12.. => i18n::text(locale, "match-level-native"),
        11 => "C2".to_owned(),
        9 | 10 => "C1".to_owned(),
        7 | 8 => "B2".to_owned(),
        5 | 6 => "B1".to_owned(),
        3 | 4 => "A2".to_owned(),
        0..=2 => "A1".to_owned(),
    }
}

fn language(facts: &Facts, locale: Locale) -> String {
    let Some(SharedLanguage {
        language,
        relative,
        mentee_level,
        mentor_level,
        asked,
    }) = &facts.language
    else {
        return i18n::text(locale, "match-language-none");
    };
    let levels = (
        level_name(*mentee_level, locale),
        level_name(*mentor_level, locale),
    );
    let name = language_name(language, locale);
    if let Some(relative) = relative {
        return say(
            locale,
            "match-language-relative",
            [
                ("language", name.into()),
                ("relative", language_name(relative, locale).into()),
            ],
        );
    }
    let key = if *asked {
        "match-language-shared"
    } else {
        "match-language-not-asked"
    };
    say(
        locale,
        key,
        [
            ("language", name.into()),
            ("mentee", levels.0.into()),
            ("mentor", levels.1.into()),
        ],
    )
}

fn availability(facts: &Facts, locale: Locale) -> String {
    let time = &facts.availability;
    if time.minutes == 0 {
        return i18n::text(locale, "match-time-none");
    }
    let mut sentence = say(
        locale,
        "match-time-common",
        [
            ("duration", duration(time.minutes, locale).into()),
            ("windows", windows(&time.mentee.windows, locale).into()),
        ],
    );
    if let Some(mentor) = &time.mentor {
        sentence.push(' ');
        sentence.push_str(&say(
            locale,
            "match-time-zones",
            [("windows", windows(&mentor.windows, locale).into())],
        ));
    }
    if time.least_minutes < time.minutes {
        sentence.push(' ');
        sentence.push_str(&say(
            locale,
            "match-time-least",
            [("duration", duration(time.least_minutes, locale).into())],
        ));
    }
    sentence
}

/// `3 hours`, `1 hour 30 minutes`, `30 minutes`.
fn duration(minutes: u16, locale: Locale) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    let of = |key: &str, count: u16| say(locale, key, [("count", count.into())]);
    match (hours, rest) {
        (0, rest) => of("match-minutes", rest),
        (hours, 0) => of("match-hours", hours),
        (hours, rest) => format!("{} {}", of("match-hours", hours), of("match-minutes", rest)),
    }
}

/// Most stretches of a week that a sentence names.
const MOST_WINDOWS: usize = 4;

fn windows(windows: &[LocalWindow], locale: Locale) -> String {
    let named = windows.iter().take(MOST_WINDOWS);
    let mut list: Vec<String> = named.map(|window| window_words(window, locale)).collect();
    if windows.len() > MOST_WINDOWS {
        list.push(i18n::text(locale, "match-more"));
    }
    list.join(", ")
}

fn window_words(window: &LocalWindow, locale: Locale) -> String {
    let key = match window.weekday {
        1 => "match-weekday-1",
        2 => "match-weekday-2",
        3 => "match-weekday-3",
        4 => "match-weekday-4",
        5 => "match-weekday-5",
        6 => "match-weekday-6",
        _ => "match-weekday-7",
    };
    say(
        locale,
        "match-window",
        [
            ("day", i18n::text(locale, key).into()),
            ("from", clock(window.starts_minute, locale).into()),
            ("to", clock(window.ends_minute, locale).into()),
        ],
    )
}

/// `18:00` in English, `18 h` or `18 h 30` in French, where a no-break space keeps the hour whole.
fn clock(minutes: u16, locale: Locale) -> String {
    // Midnight at the end of a day is 24:00, an hour after it is 01:00.
    let of_day = if minutes > 1440 {
        minutes - 1440
    } else {
        minutes
    };
    let (hour, minute) = (of_day / 60, of_day % 60);
    match (locale, minute) {
        (Locale::En, _) => format!("{hour:02}:{minute:02}"),
        (Locale::Fr, 0) => format!("{hour}\u{a0}h"),
        (Locale::Fr, _) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
    }
}

fn topics(facts: &Facts, locale: Locale) -> String {
    if facts.topics_asked == 0 {
        return i18n::text(locale, "match-topics-not-asked");
    }
    let shared = u32::try_from(facts.topics.len()).unwrap_or(0);
    if shared == 0 {
        return i18n::text(locale, "match-topics-none");
    }
    let names: Vec<String> = facts
        .topics
        .iter()
        .map(|topic| topic_name(topic, locale))
        .collect();
    let key = if shared == facts.topics_asked {
        "match-topics-all"
    } else {
        "match-topics-shared"
    };
    say(
        locale,
        key,
        [
            ("shared", shared.into()),
            ("asked", facts.topics_asked.into()),
            ("topics", names.join(", ").into()),
        ],
    )
}

/// The name of a topic of the list; own words as they are.
fn topic_name(topic: &str, locale: Locale) -> String {
    let key = format!("topic-{topic}");
    if crate::people::model::topics::is_known(topic) && i18n::has(locale, &key) {
        i18n::text(locale, &key)
    } else {
        topic.to_owned()
    }
}

fn licensing(facts: &Facts, locale: Locale) -> String {
    let key = match facts.licence {
        Some(LicenceHelp::SameJurisdiction) => "match-licence-same",
        Some(LicenceHelp::OtherJurisdiction) => "match-licence-other",
        None => "match-licence-none",
    };
    i18n::text(locale, key)
}

fn place(facts: &Facts, locale: Locale) -> String {
    let city = |name: &Option<String>| name.clone().unwrap_or_default();
    match facts.meeting {
        Some(MeetingWay::SameCity) => {
            let here = city(&facts.mentee_city);
            say(locale, "match-place-city", [("city", here.into())])
        }
        Some(MeetingWay::WithinReach) => say(
            locale,
            "match-place-reach",
            [
                ("mentee", city(&facts.mentee_city).into()),
                ("mentor", city(&facts.mentor_city).into()),
            ],
        ),
        Some(MeetingWay::SameProvince) => i18n::text(locale, "match-place-province"),
        Some(MeetingWay::Remote) => i18n::text(locale, "match-place-remote"),
        None => i18n::text(locale, "match-place-none"),
    }
}

fn wishes(facts: &Facts, locale: Locale) -> String {
    let told = [
        ("match-wishes-mentee", &facts.mentee_wishes),
        ("match-wishes-mentor", &facts.mentor_wishes),
    ];
    let sentences: Vec<String> = told
        .into_iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(key, words)| {
            let names: Vec<String> = words
                .iter()
                .map(|word| i18n::text(locale, &format!("wish-{word}")))
                .collect();
            say(locale, key, [("wishes", names.join(", ").into())])
        })
        .collect();
    if sentences.is_empty() {
        i18n::text(locale, "match-wishes-none")
    } else {
        sentences.join(" ")
    }
}

/// The message that names a rule: "No shared language at the least level".
#[must_use]
pub fn rule_key(rule: Rule) -> &'static str {
    match rule {
        Rule::MenteeNotActive => "match-rule-mentee-not-active",
        Rule::MenteeNoConsent => "match-rule-mentee-no-consent",
        Rule::MenteePaused => "match-rule-mentee-paused",
        Rule::MentorNotActive => "match-rule-mentor-not-active",
        Rule::MentorNoConsent => "match-rule-mentor-no-consent",
        Rule::MentorPaused => "match-rule-mentor-paused",
        Rule::NoCapacity => "match-rule-no-capacity",
        Rule::SamePerson => "match-rule-same-person",
        Rule::ConflictOfInterest => "match-rule-conflict-of-interest",
        Rule::MatchedBefore => "match-rule-matched-before",
        Rule::Banned => "match-rule-banned",
        Rule::Declined => "match-rule-declined",
        Rule::WayOfMeeting => "match-rule-way-of-meeting",
        Rule::Language => "match-rule-language",
        Rule::Insistence => "match-rule-insistence",
        Rule::Profession => "match-rule-profession",
        Rule::Overlap => "match-rule-overlap",
        Rule::BelowFloor => "match-rule-below-floor",
    }
}

/// What would have to change for a rule to hold: the message `match-change-…`, where something can.
#[must_use]
pub fn change_key(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::MenteeNoConsent => "match-change-mentee-consent",
        Rule::MenteePaused => "match-change-mentee-pause",
        Rule::MentorNoConsent => "match-change-mentor-consent",
        Rule::MentorPaused => "match-change-mentor-pause",
        Rule::NoCapacity => "match-change-capacity",
        Rule::MatchedBefore => "match-change-matched-before",
        Rule::Banned => "match-change-banned",
        Rule::WayOfMeeting => "match-change-way-of-meeting",
        Rule::Language => "match-change-language",
        Rule::Profession => "match-change-profession",
        Rule::Overlap => "match-change-overlap",
        Rule::BelowFloor => "match-change-floor",
        _ => return None,
    })
}

/// The stable word of a rule, as the engine writes it: `no_capacity`.
#[must_use]
pub fn rule_word(rule: Rule) -> String {
    let json = serde_json::to_value(rule).ok();
    json.and_then(|word| word.as_str().map(str::to_owned))
        .unwrap_or_default()
}
