//! The refusal of a series, with the list of the instances that cannot take place.

use super::plan::{Plan, Why};
use crate::kernel::{Context, FieldError, Instant, Problem};
use crate::mail::When;
use crate::meetings::when;

/// 409 `series-times-taken`: for each instance that cannot take place its index among all of them, as in the
/// preview, its date on the series' clock, and why.
pub fn problem(ctx: &Context, plan: &Plan) -> Problem {
    let fields = plan
        .instances
        .iter()
        .enumerate()
        .filter_map(|(index, one)| {
            let code = match one.refusal? {
                Why::TooSoon => "instance-too-soon",
                Why::TooFar => "instance-too-far",
                Why::OutsideHours => "instance-outside-hours",
                Why::Taken => "instance-taken",
                Why::DayFull => "instance-day-full",
                Why::WeekFull => "instance-week-full",
            };
            let (start, end) = (Instant::new(one.time.start()), Instant::new(one.time.end()));
            let clock = When::new(start, end, plan.rule.zone, ctx.locale);
            let fault = FieldError::new(format!("/instances/{index}"), code);
            Some(fault.with("date", when::date(ctx.locale, &clock)))
        });
    Problem::Refused {
        code: "series-times-taken",
        fields: fields.collect(),
    }
}
