//! Months of an account, counted from the day it began: a month from the 31st ends on the last day of a shorter
//! month, and the one after is on the 31st again, because every end is computed from the anchor.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// One month of an account, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// When the first period began.
    anchor: Timestamp,
    /// 0 is the first.
    number: u32,
}

impl Period {
    pub fn first(anchor: Timestamp) -> Self {
        Self { anchor, number: 0 }
    }

    pub fn start(self) -> Timestamp {
        months_after(self.anchor, self.number)
    }

    /// The first moment that does not belong to it.
    pub fn end(self) -> Timestamp {
        months_after(self.anchor, self.number + 1)
    }

    /// The period that `now` falls into, however many have passed meanwhile; never an earlier one than this.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        let mut period = self;
        while period.end() <= now {
            period.number += 1;
        }
        period
    }
}

fn months_after(anchor: Timestamp, months: u32) -> Timestamp {
    let anchor = anchor.to_zoned(TimeZone::UTC);
    anchor
        .checked_add(i64::from(months).months())
        .expect("accounts end before the year 9999")
        .timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn months_from_the_31st_keep_their_day_where_there_is_one() {
        let mut period = Period::first(at("2027-10-31T12:00:00Z"));
        let mut ends = Vec::new();
        for _ in 0..6 {
            ends.push(period.end().to_string());
            period = period.at(period.end());
        }
        assert_eq!(
            ends,
            [
                "2027-11-30T12:00:00Z",
                "2027-12-31T12:00:00Z",
                "2028-01-31T12:00:00Z",
                "2028-02-29T12:00:00Z",
                "2028-03-31T12:00:00Z",
                "2028-04-30T12:00:00Z",
            ]
        );
    }

    #[test]
    fn after_a_long_absence_the_current_month_is_found() {
        let first = Period::first(at("2026-01-15T00:00:00Z"));
        let now = at("2026-09-14T23:59:59Z");
        assert_eq!(first.at(now).start(), at("2026-08-15T00:00:00Z"));
        assert_eq!(first.at(at("2020-01-01T00:00:00Z")), first);
    }
}
