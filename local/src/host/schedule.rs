//! NCRONTAB: `{second} {minute} {hour} {day} {month} {day of week}` in UTC, Sunday is 0.

use std::time::Duration;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;

#[derive(Debug, Clone)]
pub(crate) struct Schedule(Cron);

impl Schedule {
    /// # Errors
    /// A sentence for the function's author.
    pub(crate) fn parse(text: &str) -> Result<Schedule, String> {
        let mut fields: Vec<&str> = text.split_whitespace().collect();
        if fields.len() == 5 {
            // The host takes five fields too, and fires at second 0.
            fields.insert(0, "0");
        }
        // croner knows more than NCRONTAB; what works here must also work there.
        let foreign =
            |field: &&str| field.contains(['L', 'W', '#', '?', '@', '+']) && !is_name(field);
        if fields.len() != 6 || fields.iter().any(foreign) || fields[5].contains('7') {
            return Err(format!("the schedule {text:?} is not NCRONTAB with six fields"));
        }
        CronParser::builder()
            .seconds(Seconds::Required)
            .year(Year::Disallowed)
            .dom_and_dow(true)
            .build()
            .parse(&rewrite_steps(&fields))
            .map(Schedule)
            .map_err(|e| format!("the schedule {text:?} is not understood: {e}"))
    }

    /// The first time after `time`; `None` when there is none, as for the 30th of February.
    pub(crate) fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        // Civil time has no gaps in UTC, so nothing can be skipped or repeated.
        let civil = time.to_zoned(TimeZone::UTC).datetime();
        let next = self.0.find_next_occurrence(&civil, false).ok()?;
        next.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    }

    /// The host keeps no status of timers that fire every minute or faster.
    pub(crate) fn is_worth_monitoring(&self, now: Timestamp) -> bool {
        let times: Vec<Timestamp> =
            std::iter::successors(self.next_after(now), |time| self.next_after(*time))
                .take(6)
                .collect();
        times.windows(2).all(|pair| {
            Duration::try_from(pair[1].duration_since(pair[0]))
                .is_ok_and(|gap| gap > Duration::from_mins(1))
        })
    }
}

/// `5/10` means "from 5 on, every 10" to NCRONTAB; croner wants the range in full.
fn rewrite_steps(fields: &[&str]) -> String {
    const LAST: [u8; 6] = [59, 59, 23, 31, 12, 6];
    let rewritten = fields.iter().zip(LAST).map(|(field, last)| {
        let parts = field.split(',').map(|part| match part.split_once('/') {
            Some((start, step))
                if !start.is_empty() && start.bytes().all(|byte| byte.is_ascii_digit()) =>
            {
                format!("{start}-{last}/{step}")
            }
            Some(_) | None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join(",")
    });
    rewritten.collect::<Vec<_>>().join(" ")
}

/// `JUL` and `WED` contain letters that are special elsewhere.
fn is_name(field: &str) -> bool {
    const NAMES: &str =
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT";
    field.split([',', '-', '/']).all(|word| {
        word.bytes().all(|byte| byte.is_ascii_digit())
            || NAMES.split(' ').any(|name| name.eq_ignore_ascii_case(word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(schedule: &str, from: &str) -> String {
        let from: Timestamp = from.parse().expect("a time");
        Schedule::parse(schedule)
            .expect(schedule)
            .next_after(from)
            .expect("there is a next")
            .to_string()
    }

    // 2026-11-22 is a Sunday.
    #[test]
    fn schedules_mean_what_ncrontab_says() {
        let sunday_noon = "2026-11-22T12:00:00Z";
        for (schedule, expected) in [
            ("*/15 * * * * *", "2026-11-22T12:00:15Z"),
            ("0 30 9 * * 1-5", "2026-11-23T09:30:00Z"),
            ("0 0 0 * * 0", "2026-11-29T00:00:00Z"),
            ("0 0 0 * * Sun", "2026-11-29T00:00:00Z"),
            ("0 0 0 1 Jan *", "2027-01-01T00:00:00Z"),
            ("5/10 * * * * *", "2026-11-22T12:00:05Z"),
            ("0 5/20 * * * *", "2026-11-22T12:05:00Z"),
            ("0 */5 * * * *", "2026-11-22T12:05:00Z"),
            ("*/5 * * * *", "2026-11-22T12:05:00Z"),
            ("0 0 0 * JUL WED", "2027-07-07T00:00:00Z"),
            // Day and weekday must both hold: the next Friday the 13th.
            ("0 0 0 13 * 5", "2027-08-13T00:00:00Z"),
        ] {
            assert_eq!(next(schedule, sunday_noon), expected, "{schedule}");
        }
    }

    #[test]
    fn a_step_from_a_number_goes_on_to_the_end() {
        assert_eq!(next("0 5/20 * * * *", "2026-11-22T12:30:00Z"), "2026-11-22T12:45:00Z");
        assert_eq!(next("0 0 8/6 * * *", "2026-11-22T14:00:00Z"), "2026-11-22T20:00:00Z");
    }

    #[test]
    fn what_only_croner_knows_is_refused() {
        for schedule in
            ["@daily", "0 0 0 L * *", "0 0 0 * * 7", "0 0 0 * * 5#2", "00:05:00", "* * * *", ""]
        {
            assert!(Schedule::parse(schedule).is_err(), "{schedule}");
        }
    }

    #[test]
    fn fast_timers_are_not_monitored() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        for (schedule, expected) in [
            ("*/15 * * * * *", false),
            ("0 * * * * *", false),
            ("0 */5 * * * *", true),
            ("0 0 0 * * *", true),
        ] {
            assert_eq!(
                Schedule::parse(schedule).expect("good").is_worth_monitoring(now),
                expected,
                "{schedule}"
            );
        }
    }
}
