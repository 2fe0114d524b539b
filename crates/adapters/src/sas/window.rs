//! From when to when a link opens.

use std::time::Duration;

use jiff::Timestamp;

/// From when to when a link opens, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub(super) start: Timestamp,
    pub(super) expiry: Timestamp,
}

/// `ttl` is not between 1 minute and 24 hours, or the time is not of this age of the world.
#[derive(Debug, thiserror::Error)]
#[error("a link cannot last {ttl:?} from {now}")]
pub struct InvalidWindow {
    now: Timestamp,
    ttl: Duration,
}

impl Window {
    /// How long [`around`](Self::around) gives the same link, so that browsers cache what it shows.
    const SAME_LINK: i64 = 3600;

    /// The `Cache-Control` for links of [`around`](Self::around): a picture never changes, and after the hour it is
    /// asked for by another link.
    pub const CACHE_CONTROL: &str = "private, max-age=3600, immutable";

    /// Clocks differ; a link is good on a server whose clock is this far behind.
    const SKEW: i64 = 300;

    /// The same window for every `now` of one hour, good for at least `ttl` from each.
    pub fn around(now: Timestamp, ttl: Duration) -> Result<Self, InvalidWindow> {
        let second = now.as_second();
        let hour = second - second.rem_euclid(Self::SAME_LINK);
        Self::new(hour, hour + Self::SAME_LINK, ttl).ok_or(InvalidWindow { now, ttl })
    }

    /// For a link that is used once, such as an upload's.
    pub fn from_now(now: Timestamp, ttl: Duration) -> Result<Self, InvalidWindow> {
        let second = now.as_second();
        Self::new(second, second + 1, ttl).ok_or(InvalidWindow { now, ttl })
    }

    /// The moment from which the link opens something.
    pub(crate) fn start(&self) -> Timestamp {
        self.start
    }

    /// The moment from which the link opens nothing any more.
    pub fn expiry(&self) -> Timestamp {
        self.expiry
    }

    /// For a use at any time from the second `first` until the second `last`, and `ttl` from then.
    fn new(first: i64, last: i64, ttl: Duration) -> Option<Self> {
        if !(Duration::from_mins(1)..=Duration::from_hours(24)).contains(&ttl) {
            return None;
        }
        let seconds = i64::try_from(ttl.as_millis().div_ceil(1000)).ok()?;
        let start = Timestamp::from_second(first - Self::SKEW).ok()?;
        let expiry = Timestamp::from_second(last + seconds).ok()?;
        Some(Self { start, expiry })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn one_window_serves_a_whole_hour_and_lasts_long_enough_at_its_end() {
        let ttl = Duration::from_mins(10);
        let first = Window::around(at("2026-01-01T10:00:00Z"), ttl).unwrap();
        let last = Window::around(at("2026-01-01T10:59:59.999Z"), ttl).unwrap();
        assert_eq!(first, last);
        assert_eq!(first.start, at("2026-01-01T09:55:00Z"));
        assert_eq!(first.expiry, at("2026-01-01T11:10:00Z"));
    }

    #[test]
    fn a_link_lasts_a_minute_to_a_day() {
        let now = at("2026-01-01T10:00:00Z");
        for (ttl, fine) in
            [(59_999, false), (60_000, true), (86_400_000, true), (86_400_001, false)]
        {
            let window = Window::around(now, Duration::from_millis(ttl));
            assert_eq!(window.is_ok(), fine, "{ttl} ms");
        }
        assert!(Window::around(Timestamp::MAX, Duration::from_hours(1)).is_err());
        assert!(Window::from_now(now, Duration::MAX).is_err());
    }
}
