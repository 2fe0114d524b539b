//! How many calls a minute are let through: 600 that create, 3000 others, in life.

use std::sync::Mutex;
use std::time::Instant;

/// A bucket that fills evenly and holds a minute's worth.
pub(in crate::cloud) struct Bucket {
    state: Mutex<Option<(Instant, f64)>>,
}

/// What a call is told about the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cloud) struct Room {
    pub(in crate::cloud) granted: bool,
    pub(in crate::cloud) remaining: u32,
    /// Seconds until there is one more.
    pub(in crate::cloud) reset: u32,
}

impl Bucket {
    pub(in crate::cloud) const fn new() -> Self {
        Self { state: Mutex::new(None) }
    }

    pub(in crate::cloud) fn take(&self, per_minute: u32, now: Instant) -> Room {
        let capacity = f64::from(per_minute.max(1));
        let per_second = capacity / 60.0;
        let mut state = self.state.lock().expect("no holder panics");
        let (since, left) = state.unwrap_or((now, capacity));
        let filled = (left + now.duration_since(since).as_secs_f64() * per_second).min(capacity);
        let granted = filled >= 1.0;
        let left = if granted { filled - 1.0 } else { filled };
        *state = Some((now, left));
        Room {
            granted,
            remaining: whole(left),
            reset: whole(((1.0 - left.fract()) / per_second).ceil()).max(1),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to what fits before"
)]
fn whole(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_minutes_worth_at_once_and_then_one_at_a_time() {
        let (bucket, start) = (Bucket::new(), Instant::now());
        assert_eq!(bucket.take(600, start), Room { granted: true, remaining: 599, reset: 1 });
        assert_eq!((1..600).filter(|_| bucket.take(600, start).granted).count(), 599);
        assert!(!bucket.take(600, start).granted);
        assert!(bucket.take(600, start + Duration::from_millis(101)).granted);
        assert!(!bucket.take(600, start + Duration::from_millis(102)).granted);
    }

    #[test]
    fn a_slow_bucket_tells_how_long_to_wait() {
        let (bucket, start) = (Bucket::new(), Instant::now());
        assert!(bucket.take(1, start).granted);
        assert_eq!(bucket.take(1, start).reset, 60);
    }
}
