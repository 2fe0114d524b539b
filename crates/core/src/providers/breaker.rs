//! When a provider is asked, left alone, and asked again: a value that is told the time.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// So many failures within [`WINDOW`] are no accident.
const THRESHOLD: usize = 5;
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// The first pause; it doubles with each probe that fails, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(15);
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(2);
/// The most that a `Retry-After` is believed: a job works for ten minutes.
const MOST_PATIENCE: SignedDuration = SignedDuration::from_mins(5);
/// How long one probe keeps others back. Its caller may have died.
const PROBE: SignedDuration = SignedDuration::from_secs(20);

/// The judgement of one provider.
///
/// Promises: it is never closed to all for ever: whatever it was told before, five minutes after the last failure
/// somebody may ask. And while it is not at ease, no more than one in [`PROBE`] asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker(State);

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Everybody asks. When the last failures were, the oldest first.
    AtEase { failures: VecDeque<Timestamp> },
    /// Nobody asks before `until`.
    Pausing { until: Timestamp, pause: SignedDuration },
    /// One asks; the next one may from `until` on.
    Probing { until: Timestamp, pause: SignedDuration },
}

/// What is told of a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Requests go to it.
    Closed,
    /// It is left alone until then.
    Open { until: Timestamp },
    /// The pause is over: the next request finds out.
    HalfOpen,
}

impl Default for Breaker {
    fn default() -> Self {
        Self(State::AtEase { failures: VecDeque::new() })
    }
}

impl Breaker {
    /// Whether the caller may ask now. Who is let through after a pause is the probe.
    pub fn permits(&mut self, now: Timestamp) -> bool {
        match self.0 {
            State::AtEase { .. } => true,
            State::Pausing { until, pause } | State::Probing { until, pause } => {
                let over = is_over(until, now);
                if over {
                    self.0 = State::Probing { until: later(now, PROBE), pause };
                }
                over
            }
        }
    }

    /// From when on somebody may ask; not later than five minutes from `now`.
    pub fn ready_at(&self, now: Timestamp) -> Timestamp {
        match self.0 {
            State::AtEase { .. } => now,
            State::Pausing { until, .. } | State::Probing { until, .. } => {
                if is_over(until, now) {
                    now
                } else {
                    until
                }
            }
        }
    }

    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// A `Retry-After` is believed at once; other failures when they come in numbers.
    pub fn failed(&mut self, now: Timestamp, retry_after: Option<Duration>) {
        let asked_for = retry_after.map(|patience| {
            SignedDuration::try_from(patience).unwrap_or(MOST_PATIENCE).min(MOST_PATIENCE)
        });
        match &mut self.0 {
            State::AtEase { failures } => {
                // A clock that was set back would keep failures from the future for ever.
                failures.retain(|at| *at <= now && now.duration_since(*at) < WINDOW);
                failures.push_back(now);
                let many = failures.len() >= THRESHOLD;
                if many || asked_for.is_some() {
                    let pause = if many { FIRST_PAUSE } else { SignedDuration::ZERO };
                    let wait = asked_for.unwrap_or(pause).max(pause);
                    self.0 = State::Pausing { until: later(now, wait), pause: FIRST_PAUSE };
                }
            }
            // Somebody who asked before the pause began.
            State::Pausing { until, .. } => {
                if let Some(wait) = asked_for {
                    *until = (*until).max(later(now, wait)).min(later(now, MOST_PATIENCE));
                }
            }
            State::Probing { pause, .. } => {
                let pause = (*pause + *pause).min(LONGEST_PAUSE);
                let wait = asked_for.unwrap_or(pause).max(pause);
                self.0 = State::Pausing { until: later(now, wait), pause };
            }
        }
    }

    pub fn state(&self, now: Timestamp) -> BreakerState {
        match self.0 {
            State::AtEase { .. } => BreakerState::Closed,
            State::Pausing { until, .. } if !is_over(until, now) => BreakerState::Open { until },
            State::Pausing { .. } | State::Probing { .. } => BreakerState::HalfOpen,
        }
    }
}

/// Also when the clock was set back by more than any pause.
fn is_over(until: Timestamp, now: Timestamp) -> bool {
    until <= now || until.duration_since(now) > MOST_PATIENCE
}

fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).expect("minutes from now are a time")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::constant(1_767_225_600 + second, 0)
    }

    fn failing(count: i64) -> Breaker {
        let mut breaker = Breaker::default();
        (0..count).for_each(|second| breaker.failed(at(second), None));
        breaker
    }

    #[test]
    fn some_failures_are_borne_and_many_are_not() {
        assert!(failing(4).permits(at(4)));
        let mut broken = failing(5);
        assert!(!broken.permits(at(18)));
        assert_eq!(broken.state(at(5)), BreakerState::Open { until: at(19) });
        assert_eq!(broken.ready_at(at(5)), at(19));
        assert!(broken.permits(at(19)));
    }

    #[test]
    fn failures_far_apart_are_no_outage() {
        let mut breaker = Breaker::default();
        for minute in 0..100 {
            breaker.failed(at(60 * minute), None);
            assert!(breaker.permits(at(60 * minute)));
        }
    }

    #[test]
    fn one_finds_out_and_its_answer_counts_for_all() {
        let mut breaker = failing(5);
        assert_eq!(breaker.state(at(19)), BreakerState::HalfOpen);
        assert!(breaker.permits(at(19)) && !breaker.permits(at(20)));
        let mut again = breaker.clone();
        again.failed(at(21), None);
        assert_eq!(again.state(at(21)), BreakerState::Open { until: at(51) }, "twice as long");
        breaker.answered();
        assert!(breaker.permits(at(21)) && breaker.permits(at(21)));
    }

    #[test]
    fn a_probe_that_never_came_back_is_followed_by_another() {
        let mut breaker = failing(5);
        assert!(breaker.permits(at(19)) && !breaker.permits(at(38)) && breaker.permits(at(39)));
    }

    #[test]
    fn the_patience_that_was_asked_for_is_had_at_once_and_within_reason() {
        let mut breaker = Breaker::default();
        breaker.failed(at(0), Some(Duration::from_secs(30)));
        assert_eq!(breaker.state(at(0)), BreakerState::Open { until: at(30) });
        breaker.failed(at(1), Some(Duration::from_secs(40)));
        assert_eq!(breaker.state(at(1)), BreakerState::Open { until: at(41) });
        breaker.failed(at(2), Some(Duration::MAX));
        assert_eq!(breaker.state(at(2)), BreakerState::Open { until: at(302) });
    }

    #[derive(Debug, Clone)]
    enum Step {
        Ask,
        Answered,
        Failed(Option<u64>),
        /// Also backwards: clocks are set.
        Time(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            Just(Step::Ask),
            Just(Step::Answered),
            proptest::option::of(0..1000_u64).prop_map(Step::Failed),
            Just(Step::Failed(None)),
            (-30..400_i64).prop_map(Step::Time),
        ]
    }

    proptest! {
        #[test]
        fn nobody_is_given_up_for_ever(steps in proptest::collection::vec(step(), 0..60), jump in -100_000..100_000_i64) {
            let (mut breaker, mut now) = (Breaker::default(), 0);
            for step in steps {
                match step {
                    Step::Ask => { breaker.permits(at(now)); }
                    Step::Answered => breaker.answered(),
                    Step::Failed(patience) => {
                        breaker.failed(at(now), patience.map(Duration::from_secs));
                    }
                    Step::Time(seconds) => now += seconds,
                }
                // What it tells agrees with what it does.
                let ready = breaker.ready_at(at(now));
                prop_assert!(ready.duration_since(at(now)) <= MOST_PATIENCE);
                prop_assert_eq!(breaker.clone().permits(at(now)), ready == at(now));
                let told_open = matches!(breaker.state(at(now)), BreakerState::Open { .. });
                prop_assert!(!told_open || ready > at(now));
            }
            prop_assert!(breaker.clone().permits(breaker.ready_at(at(now))));
            // Whatever the clock is set to: five minutes later somebody may ask.
            now += jump;
            prop_assert!((0..=300).any(|second| breaker.clone().permits(at(now + second))));
        }

        #[test]
        fn after_a_pause_they_ask_one_by_one(asks in proptest::collection::vec(0..120_i64, 1..50)) {
            let mut breaker = failing(5);
            let mut asks = asks;
            asks.sort_unstable();
            let granted: Vec<_> = asks.into_iter().filter(|s| breaker.permits(at(*s))).collect();
            prop_assert!(granted.iter().all(|second| *second >= 19));
            prop_assert!(granted.windows(2).all(|two| two[1] - two[0] >= 20));
        }
    }
}
