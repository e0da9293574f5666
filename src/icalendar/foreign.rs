//! Zones by other programs' names (T5): an IANA name, a Windows name by CLDR's map, the definition in
//! the message itself, or none at all. A reply never fails over a zone.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Weekday};

use super::{
    model::Moment,
    read::{ReadCalendar, ReadObservance, ReadZone},
    rule::parse_day,
};
use crate::kernel::{Instant, Zone};

/// Windows names in lower case, and the IANA zone of their first territory.
static WINDOWS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    include_str!("windows_zones.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(windows, iana)| (windows.to_lowercase(), iana))
        .collect()
});

/// The zone that goes by this name in calendars: IANA, with or without a prefix such as
/// `/citadel.org/20210210_1/`, or Windows.
#[must_use]
pub fn zone_by_name(tzid: &str) -> Option<Zone> {
    let name = tzid.trim().trim_matches('"');
    let iana = Zone::parse(name).ok().or_else(|| {
        // The last three, two or one parts of a prefixed name: America/Argentina/Salta.
        let starts = name.rmatch_indices('/').take(3).collect::<Vec<_>>();
        starts
            .into_iter()
            .rev()
            .filter_map(|(slash, _)| name.get(slash + 1..))
            .find_map(|tail| Zone::parse(tail).ok())
    });
    iana.or_else(|| {
        let windows = WINDOWS.get(&name.to_lowercase())?;
        Zone::parse(windows).ok()
    })
}

impl ReadCalendar {
    /// The instant of a moment of this object (T5); `None` where its zone is unknown, for floating
    /// times and for whole days.
    #[must_use]
    pub fn instant(&self, moment: &Moment) -> Option<Instant> {
        let Moment::Local { at, tzid } = moment else {
            return moment.instant();
        };
        if let Some(zone) = zone_by_name(tzid) {
            return Some(Instant::new(zone.resolve(*at)));
        }
        let zone = self.zones.iter().find(|zone| zone.tzid == *tzid)?;
        let seconds = i64::from(offset_at(zone, *at)?);
        let utc = at.checked_sub_signed(Duration::seconds(seconds))?;
        Some(Instant::new(utc.and_utc()))
    }
}

/// Seconds east of UTC by the message's own definition: those of the observance that began last.
pub(super) fn offset_at(zone: &ReadZone, local: NaiveDateTime) -> Option<i32> {
    let begun = zone
        .observances
        .iter()
        .filter_map(|observance| Some((began(observance, local)?, observance.to_seconds?)))
        .max_by_key(|(began, _)| *began);
    match begun {
        Some((_, seconds)) => Some(seconds),
        // Before everything that it defines.
        None => zone.observances.first()?.to_seconds,
    }
}

/// The last beginning of an observance at or before `local`.
fn began(observance: &ReadObservance, local: NaiveDateTime) -> Option<NaiveDateTime> {
    let onset = observance.onset.filter(|onset| *onset <= local)?;
    let Some(rule) = observance.rule.as_deref().and_then(yearly) else {
        return Some(onset);
    };
    [local.year(), local.year() - 1]
        .into_iter()
        .filter_map(|year| day_of(rule, year))
        .map(|day| day.and_time(onset.time()))
        .find(|at| *at <= local)
        .filter(|at| *at >= onset)
        .or(Some(onset))
}

/// Month, which one (from the end when negative) and weekday of `FREQ=YEARLY;BYMONTH=3;BYDAY=2SU`.
fn yearly(rule: &str) -> Option<(u32, i32, Weekday)> {
    let rule = rule.to_ascii_uppercase();
    let part = |wanted: &str| {
        rule.split(';').find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim() == wanted).then(|| value.trim().to_owned())
        })
    };
    let month = part("BYMONTH")?.parse().ok()?;
    let by_day = part("BYDAY")?;
    let place = by_day.find(|c: char| c.is_ascii_alphabetic())?;
    let (nth, day) = by_day.split_at(place);
    Some((month, nth.parse().ok()?, parse_day(day)?))
}

fn day_of((month, nth, weekday): (u32, i32, Weekday), year: i32) -> Option<NaiveDate> {
    if let Ok(nth) = u8::try_from(nth) {
        return NaiveDate::from_weekday_of_month_opt(year, month, weekday, nth);
    }
    // The last one is in the fifth week or the fourth.
    let last = [5, 4]
        .into_iter()
        .find_map(|week| NaiveDate::from_weekday_of_month_opt(year, month, weekday, week))?;
    last.checked_add_signed(Duration::weeks(i64::from(nth) + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::icalendar::read;

    #[test]
    fn t5_every_windows_name_leads_to_a_zone_that_exists() {
        assert!(WINDOWS.len() > 130);
        for (windows, iana) in WINDOWS.iter() {
            assert!(Zone::parse(iana).is_ok(), "{windows}: {iana}");
        }
    }

    #[test]
    fn t5_a_zone_is_known_by_its_iana_name_its_prefixed_name_or_its_windows_name() {
        let name = |tzid| zone_by_name(tzid).map(Zone::name);
        assert_eq!(name("America/St_Johns"), Some("America/St_Johns"));
        assert_eq!(
            name("/citadel.org/20210210_1/America/Argentina/Salta"),
            Some("America/Argentina/Salta")
        );
        assert_eq!(name("newfoundland standard time"), Some("America/St_Johns"));
        assert_eq!(name("\"Romance Standard Time\""), Some("Europe/Paris"));
        assert_eq!(name("My own zone"), None);
    }

    #[test]
    fn t5_a_private_zone_is_read_from_the_message_and_an_unknown_one_is_ignored() {
        let text = |zone: &str| {
            format!(
                "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VTIMEZONE\nTZID:Customized\n\
                 BEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0230\nTZOFFSETTO:-0330\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\n\
                 BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:-0330\nTZOFFSETTO:-0230\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\n\
                 END:VTIMEZONE\nBEGIN:VEVENT\nUID:1\nDTSTART;TZID={zone}:20261006T180000\nDTEND;TZID={zone}:20261208T180000\nEND:VEVENT\nEND:VCALENDAR"
            )
        };
        let instants = |zone: &str| {
            let calendar = read(text(zone).as_bytes(), None)
                .unwrap()
                .calendars
                .remove(0);
            let event = &calendar.events[0];
            [&event.start, &event.end].map(|moment| {
                let instant = calendar.instant(moment.as_ref().unwrap());
                instant.map(|at| at.rfc3339())
            })
        };
        let expected =
            ["2026-10-06T20:30:00Z", "2026-12-08T21:30:00Z"].map(|at| Some(at.to_owned()));
        assert_eq!(instants("Customized"), expected);
        assert_eq!(instants("Newfoundland Standard Time"), expected);
        assert_eq!(instants("Elsewhere"), [None, None]);
    }
}
