//! The reply processor, `understand` and `judge`: nobody but the token's own attendee, from their own address,
//! about this meeting and a revision that exists, ever gets an answer applied.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passerelle::icalendar::{Participation, address_key};
use passerelle::kernel::Instant;
use passerelle::mail::inbound::{Known, Meaning, Verdict, judge, judge_proposal, spoken, understand};

const ADDRESS: &str = "jose@example.org";

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
        let incoming = understand(data, Some("reply+token@example.org"), Some("mx.example.org"));
        let received = Instant::from_millis(1_800_000_000_000).expect("an instant");
        for (sequence, time_sequence, address) in [(0, 0, ADDRESS), (3, 2, ADDRESS), (3, 2, "")] {
            let known = Known { uid: "m1@example.org", address, sequence, time_sequence, last_stamp: None };
            let answers = match &incoming.meaning {
                Meaning::Answers(answers) => answers.clone(),
                Meaning::Proposal(proposal) => {
                    if judge_proposal(&proposal.answer, &incoming.sender, &known).is_ok() {
                        assert_eq!(incoming.sender.key, address_key(ADDRESS));
                    }
                    continue;
                }
                _ => continue,
            };
            let _ = spoken(&answers, address);
            for answer in &answers {
                let Verdict::Apply { participation, stamp, comment } = judge(answer, &incoming.sender, &known, received) else {
                    continue;
                };
                assert!(!address.is_empty());
                assert_eq!(incoming.sender.key, address_key(ADDRESS));
                assert_ne!(incoming.sender.dmarc.as_deref(), Some("fail"));
                assert_eq!(answer.uid, known.uid);
                assert!(answer.sequence >= time_sequence && answer.sequence <= sequence);
                assert!(stamp <= received.plus(chrono::Duration::minutes(5)));
                assert!(!matches!(participation, Participation::NeedsAction | Participation::Delegated));
                assert!(comment.is_none_or(|text| text.chars().count() <= 1000));
            }
        }
    }
);
