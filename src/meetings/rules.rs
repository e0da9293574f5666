//! The rules under which meetings of a programme are booked and spoken of: the deployment's settings
//! (`[meetings]` in the configuration), and what a programme says otherwise in its own.

use chrono::TimeDelta;
use std::num::NonZeroU16;

use super::model::Side;
use super::slots::Limits;
use crate::kernel::settings::Meetings as Deployment;
use crate::programmes::settings::MeetingSettings;

/// The rules in force for one programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// How long before a meeting reminders leave.
    pub reminders: Vec<TimeDelta>,
    /// How long after a meeting it is asked whether it took place.
    pub follow_up: TimeDelta,
    /// How long after an invitation whoever has not answered is asked again; `None` is never.
    pub nudge: Option<TimeDelta>,
    /// How long before a meeting nobody is asked again.
    pub nudge_least_left: TimeDelta,
    notice: TimeDelta,
    horizon: TimeDelta,
    buffer: TimeDelta,
    daily: Option<NonZeroU16>,
    weekly: Option<NonZeroU16>,
}

impl Rules {
    /// The deployment's rules with a programme's own on top.
    #[must_use]
    pub fn of(deployment: &Deployment, own: &MeetingSettings) -> Self {
        let minutes = |own: Option<u32>, ours: u32| TimeDelta::minutes(own.unwrap_or(ours).into());
        let most = |own: Option<u32>, ours: u32| {
            NonZeroU16::new(u16::try_from(own.unwrap_or(ours)).unwrap_or(u16::MAX))
        };
        let reminders = own
            .reminders_minutes
            .as_ref()
            .unwrap_or(&deployment.reminders_minutes);
        Self {
            reminders: reminders
                .iter()
                .map(|lead| TimeDelta::minutes((*lead).into()))
                .collect(),
            follow_up: minutes(own.follow_up_minutes, deployment.follow_up_minutes),
            nudge: Some(minutes(
                own.nudge_after_minutes,
                deployment.nudge_after_minutes,
            ))
            .filter(|after| *after > TimeDelta::zero()),
            nudge_least_left: minutes(
                own.nudge_least_left_minutes,
                deployment.nudge_least_left_minutes,
            ),
            notice: minutes(
                own.minimum_notice_minutes,
                deployment.minimum_notice_minutes,
            ),
            horizon: TimeDelta::days(own.horizon_days.unwrap_or(deployment.horizon_days).into()),
            buffer: minutes(own.buffer_minutes, deployment.buffer_minutes),
            daily: most(own.daily_maximum, deployment.daily_maximum),
            weekly: most(own.weekly_maximum, deployment.weekly_maximum),
        }
    }

    /// What they ask of one attendee: buffers, notice and horizon of both, the maxima of the mentor (a
    /// maximum of 0 is none).
    #[must_use]
    pub fn limits(&self, side: Side) -> Limits {
        let (daily, weekly) = match side {
            Side::Mentor => (self.daily, self.weekly),
            Side::Mentee => (None, None),
        };
        Limits {
            buffer_before: self.buffer,
            buffer_after: self.buffer,
            notice: self.notice,
            horizon: self.horizon,
            daily,
            weekly,
        }
    }

    /// How far ahead meetings can be booked.
    #[must_use]
    pub const fn horizon(&self) -> TimeDelta {
        self.horizon
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Settings;

    #[test]
    fn a_programme_overrides_what_it_names_and_nothing_else() {
        let deployment = Settings::defaults().unwrap().meetings;
        let plain = Rules::of(&deployment, &MeetingSettings::default());
        assert_eq!(plain.reminders, [TimeDelta::days(1), TimeDelta::hours(1)]);
        let own = MeetingSettings {
            reminders_minutes: Some(vec![30]),
            daily_maximum: Some(0),
            ..MeetingSettings::default()
        };
        let own = Rules::of(&deployment, &own);
        assert_eq!(own.reminders, [TimeDelta::minutes(30)]);
        assert_eq!(own.limits(Side::Mentor).daily, None);
        assert_eq!(own.follow_up, plain.follow_up);
        assert_eq!(
            own.limits(Side::Mentor).weekly,
            plain.limits(Side::Mentor).weekly
        );
    }

    #[test]
    fn s3_the_maxima_are_the_mentors_only() {
        let deployment = Settings::defaults().unwrap().meetings;
        let rules = Rules::of(&deployment, &MeetingSettings::default());
        assert!(rules.limits(Side::Mentor).daily.is_some());
        assert_eq!(rules.limits(Side::Mentee).daily, None);
        assert_eq!(
            rules.limits(Side::Mentee).notice,
            rules.limits(Side::Mentor).notice
        );
    }
}
