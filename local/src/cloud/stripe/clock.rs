//! Stripe's time. It is the real one, and whatever it was advanced by. What becomes due is done one after the other,
//! each at its own moment, so that two runs of the same story are the same.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::books::{Asked, Books, within_at};
use super::refusal::{Done, Refusal};
use super::{Shared, cycle, invoices, purchase};
use crate::cloud::{Answer, Call};

/// How far Stripe's time is ahead of the real one, in seconds.
const AHEAD: &str = "ahead";
/// Nobody waits longer than this for a story to be told.
const FARTHEST: i64 = 20 * 366 * 86_400;

fn real_now() -> i64 {
    Timestamp::now().as_second()
}

fn ahead(books: &Books<'_>) -> i64 {
    books.word(AHEAD).and_then(|seconds| seconds.parse().ok()).unwrap_or(0)
}

pub(super) fn now(books: &Books<'_>) -> i64 {
    real_now() + ahead(books)
}

/// Does everything that is due by now; called again and again.
pub(super) fn catch_up(shared: &Shared) {
    while step(shared, None) {}
}

/// Does the next thing that is due by `until`, or by now; whether there was one.
fn step(shared: &Shared, until: Option<i64>) -> bool {
    let done = within_at(shared, Asked::default(), Some(0), |books| {
        let Some((due, object)) = books.next_due(until.unwrap_or_else(|| now(books))) else {
            return Ok(None);
        };
        Ok(Some((due, object)))
    });
    let Ok(Some((due, object))) = done else { return false };
    let stepped = within_at(shared, Asked::default(), Some(due), |books| {
        // Between the two somebody may have changed it; what is read now counts.
        let Some((due, object)) = books.next_due(due).filter(|(_, now)| now["id"] == object["id"])
        else {
            return Ok(());
        };
        match object["object"].as_str().unwrap_or_default() {
            "checkout.session" => {
                purchase::expire(books, &object);
            }
            "subscription" => cycle::turn(books, &object),
            _ => invoices::turn(books, &object),
        }
        // When the clock is being advanced, time is where the story is.
        if until.is_some() {
            books.set_word(AHEAD, &(due - real_now()).max(ahead(books)).to_string());
        }
        Ok(())
    });
    stepped.is_ok()
}

/// Moves time on to `target`, step by step.
fn advance(shared: &Shared, target: i64) {
    while step(shared, Some(target)) {}
    let kept = within_at(shared, Asked::default(), Some(target), |books| {
        books.set_word(AHEAD, &(target - real_now()).max(ahead(books)).to_string());
        Ok(())
    });
    kept.expect("nothing in it is refused");
}

/// `GET` and `POST /_local/stripe/_clock`.
pub(super) fn handle(shared: &Shared, call: &Call) -> Done<Answer> {
    let present = || within_at(shared, Asked::default(), None, |books| Ok(books.now));
    if call.method == http::Method::POST {
        let order: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let wish = order["advance"].as_str();
        let now = present()?;
        let target = wish.and_then(|wish| target(wish, now)).ok_or_else(|| {
            Refusal::invalid(
                "advance",
                "advance: such as 31d, 12h, 90m, 30s or 2027-01-31T00:00:00Z",
            )
        })?;
        if target < now || target > now + FARTHEST {
            return Err(Refusal::invalid(
                "advance",
                "advance: time goes on, by 20 years at the most",
            ));
        }
        advance(shared, target);
    }
    let now = present()?;
    let shown = Timestamp::from_second(now).expect("it is within centuries").to_string();
    let body = json!({ "now": shown, "seconds": now, "ahead_seconds": now - real_now() });
    Ok(crate::cloud::json(http::StatusCode::OK, &body))
}

fn target(wish: &str, now: i64) -> Option<i64> {
    if let Ok(moment) = wish.parse::<Timestamp>() {
        return Some(moment.as_second());
    }
    let unit = match wish.chars().last()? {
        'd' => 86_400,
        'h' => 3_600,
        'm' => 60,
        's' => 1,
        _ => return None,
    };
    let count: i64 = wish[..wish.len() - 1].parse().ok()?;
    count.checked_mul(unit)?.checked_add(now)
}

/// The end of the period that begins at `start`, counted from `anchor`: the 31st stays the 31st where there is one.
pub(super) fn period_end(anchor: i64, start: i64, interval: &str, count: i64) -> i64 {
    let count = count.max(1);
    let span = |times: i64| -> Span {
        match interval {
            "day" => (count * times).days(),
            "week" => (count * times).weeks(),
            "year" => (count * times).years(),
            _ => (count * times).months(),
        }
    };
    let begin = Timestamp::from_second(anchor).expect("it is within centuries");
    let begin = begin.to_zoned(TimeZone::UTC);
    let ends = (1..).map(|times| {
        let end = begin.checked_add(span(times)).expect("it is within centuries");
        end.timestamp().as_second()
    });
    ends.into_iter().find(|end| *end > start).expect("time goes on")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(moment: &str) -> i64 {
        moment.parse::<Timestamp>().expect("a moment").as_second()
    }

    #[test]
    fn the_31st_stays_the_31st_where_there_is_one() {
        let anchor = seconds("2026-01-31T10:00:00Z");
        let mut start = anchor;
        let mut ends = Vec::new();
        for _ in 0..4 {
            start = period_end(anchor, start, "month", 1);
            ends.push(Timestamp::from_second(start).expect("in range").to_string());
        }
        assert_eq!(
            ends,
            [
                "2026-02-28T10:00:00Z",
                "2026-03-31T10:00:00Z",
                "2026-04-30T10:00:00Z",
                "2026-05-31T10:00:00Z"
            ]
        );
    }

    #[test]
    fn other_intervals_are_counted_too() {
        let anchor = seconds("2024-02-29T00:00:00Z");
        assert_eq!(period_end(anchor, anchor, "year", 1), seconds("2025-02-28T00:00:00Z"));
        assert_eq!(period_end(anchor, anchor, "week", 2), seconds("2024-03-14T00:00:00Z"));
        assert_eq!(period_end(anchor, anchor, "day", 1), seconds("2024-03-01T00:00:00Z"));
    }

    #[test]
    fn a_wish_is_a_duration_or_a_moment() {
        assert_eq!(target("31d", 0), Some(31 * 86_400));
        assert_eq!(target("2h", 10), Some(7_210));
        assert_eq!(target("1970-01-02T00:00:00Z", 0), Some(86_400));
        for wish in ["", "d", "soon", "9999999999999999999d"] {
            assert_eq!(target(wish, 0), None, "{wish}");
        }
    }
}
