//! The calendar reader: whatever the bytes, it neither panics nor grows, and what can be written again is read the
//! same again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use passerelle::icalendar::read;

fuzz_target!(|data: &[u8]| {
    let (charset, bytes) = match data.split_first() {
        Some((0, rest)) => (Some("windows-1252"), rest),
        Some((1, rest)) => (Some("utf-16"), rest),
        Some((2, rest)) => (Some("iso-2022-jp"), rest),
        _ => (None, data),
    };
    let Ok(reading) = read(bytes, charset) else { return };
    let events: usize = reading.calendars.iter().map(|calendar| calendar.events.len()).sum();
    assert!(events <= 50 && reading.calendars.len() <= 50);
    for calendar in &reading.calendars {
        for event in &calendar.events {
            for moment in [&event.start, &event.end, &event.recurrence_id].into_iter().flatten() {
                let _ = calendar.instant(moment);
            }
        }
        let Some(strict) = calendar.strict() else { continue };
        let Ok(text) = strict.write() else { continue };
        let again = read(text.as_bytes(), None).expect("what we write can be read");
        assert_eq!(again.calendars[0].method, Some(strict.method));
        assert_eq!(again.calendars[0].events.len(), strict.events.len());
    }
});
