//! The corpus, damaged at random: no damage makes the reading panic, grow or apply what nobody said. Some seconds
//! in every run; `PASSERELLE_MUTATE_SECONDS=600` for longer. The fuzz targets in `fuzz/` look further, guided by
//! what they reach.

use std::time::{Duration, Instant as Stopwatch};

use passerelle::icalendar::address_key;
use passerelle::kernel::Instant;
use passerelle::mail::inbound::{
    Known, MOST_TIME, Meaning, Verdict, judge, understand_within, words,
};

use super::corpus::{Values, cases, eml};

/// A small generator: the same seed damages alike.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }
}

const PIECES: &[&str] = &[
    "\r\n",
    "\r\n ",
    "\n\n",
    "BEGIN:VEVENT\r\n",
    "END:VEVENT\r\n",
    "END:VCALENDAR\r\n",
    "BEGIN:VCALENDAR\r\n",
    ":",
    ";",
    "\"",
    "\\",
    "=",
    "--",
    "\u{feff}",
    "é",
    "ATTENDEE;PARTSTAT=DECLINED:mailto:x@y.z\r\n",
    "METHOD:COUNTER\r\n",
    "SEQUENCE:99999999999\r\n",
    "DTSTAMP:99991231T235959Z\r\n",
    "RECURRENCE-ID;TZID=X:20261332T256199\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "=?utf-8?b?",
    "reply+x@y.z,",
    "(",
    "<",
    "@",
];

fn damage(raw: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..=dice.roll(6) {
        let at = dice.roll(raw.len() + 1);
        let until = (at + dice.roll(60)).min(raw.len());
        match dice.roll(7) {
            0 => raw.truncate(at),
            1 => drop(raw.drain(at..until)),
            2 => drop(raw.splice(at..at, PIECES[dice.roll(PIECES.len())].bytes())),
            3 => {
                let again = raw[at..until].to_vec();
                drop(raw.splice(at..at, again));
            }
            4 => {
                let from = dice.roll(other.len() + 1);
                let to = (from + dice.roll(400)).min(other.len());
                drop(raw.splice(at..until, other[from..to].iter().copied()));
            }
            _ => {
                if let Some(byte) = raw.get_mut(at) {
                    *byte = u8::try_from(dice.roll(256)).unwrap();
                }
            }
        }
    }
}

fn values() -> Values {
    let plain = [
        "TOKEN",
        "token",
        "reply",
        "other_reply",
        "other_address",
        "wrong_token",
        "ADDRESS",
        "plus_address",
        "percent_address",
        "return",
        "seq",
        "stamp",
        "start",
        "end",
        "later_start",
        "later_end",
        "start_toronto",
        "end_toronto",
        "later_start_toronto",
        "later_end_toronto",
    ];
    let mut values: Values = plain.into_iter().map(|key| (key, "x".to_owned())).collect();
    values.insert("address", "jose@example.org".into());
    values.insert("uid", "m1@example.org".into());
    values.insert("seq", "0".into());
    values.insert("reply", "reply+token@example.org".into());
    values
}

#[test]
fn i1_no_damage_makes_the_reading_panic_or_applies_what_its_attendee_did_not_say() {
    let seconds = std::env::var("PASSERELLE_MUTATE_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let until = Stopwatch::now() + Duration::from_secs(seconds.unwrap_or(4));
    let mails: Vec<Vec<u8>> = cases()
        .iter()
        .map(|case| eml(&case.name, &values()))
        .filter(|raw| raw.len() < 20_000)
        .collect();
    let received = Instant::from_millis(1_800_000_000_000).unwrap();
    let known = Known {
        uid: "m1@example.org",
        address: "jose@example.org",
        sequence: 0,
        time_sequence: 0,
        last_stamp: None,
    };
    let (mut dice, mut round, mut applied) = (Dice(0x9E37_79B9_7F4A_7C15), 0_usize, 0_usize);
    while Stopwatch::now() < until {
        let mut raw = mails[round % mails.len()].clone();
        let other = &mails[dice.roll(mails.len())];
        damage(&mut raw, other, &mut dice);
        // As the doors read: on a thread of its own, whose fall sets the message aside.
        let bytes: std::sync::Arc<[u8]> = raw.as_slice().into();
        let incoming = understand_within(&bytes, None, Some("mx.example.org"), MOST_TIME);
        drop(words::words(&raw));
        if let Meaning::Answers(answers) = &incoming.meaning {
            for answer in answers {
                if let Verdict::Apply { .. } = judge(answer, &incoming.sender, &known, received) {
                    assert_eq!(incoming.sender.key, address_key("jose@example.org"));
                    assert_eq!(
                        (answer.uid.as_str(), answer.sequence),
                        ("m1@example.org", 0)
                    );
                    applied += 1;
                }
            }
        }
        round += 1;
    }
    assert!(
        round > 100 && applied > 0,
        "{round} messages, {applied} answers"
    );
    eprintln!(
        "{round} damaged messages were read; {applied} answers in them would have been applied"
    );
}
