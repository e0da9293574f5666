//! The mail intake: bytes of a message in, its meaning out.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passerelle::mail::inbound::{Meaning, Reason, head, set_aside, understand, words::words};

fuzz_target!(
    init: {
        // `mail-parser` panics over some damaged multiparts, and `understand` catches it: that is no finding.
        std::panic::set_hook(Box::new(|panic| {
            if !panic.location().is_some_and(|at| at.file().contains("mail-parser")) {
                eprintln!("{panic}");
            }
        }));
    },
    |data: &[u8]| {
        let incoming = understand(data, None, Some("mx.example.org"));
        if let Meaning::Answers(answers) = &incoming.meaning {
            assert!(!answers.is_empty() && answers.len() <= 50);
            for answer in answers {
                assert!(!answer.attendees.is_empty() && answer.attendees.len() <= 100);
                assert!(answer.comment.as_ref().is_none_or(|text| text.chars().count() <= 1000));
            }
        }
        assert!(head(data).len() <= 64 * 1024);
        let aside = set_aside(data, None, Some("mx.example.org"), Reason::TooSlow);
        assert_eq!(aside.meaning, Meaning::Quarantined(Reason::TooSlow));
        let shown = words(data);
        assert!(shown.text.is_none_or(|text| text.chars().count() <= 20_000));
    }
);
