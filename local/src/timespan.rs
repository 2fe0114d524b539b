//! Durations as .NET writes them: `[d.]hh:mm:ss[.fffffff]`.

use std::time::Duration;

/// `None` when `text` is not a time span, is negative, or names an impossible minute or second.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let (first, rest) = text.trim().split_once(':')?;
    let (minutes, seconds) = rest.split_once(':')?;
    let (days, hours) = match first.split_once('.') {
        Some((days, hours)) => (whole(days)?, below(hours, 24)?),
        None => (0, below(first, 24)?),
    };
    let minutes = below(minutes, 60)?;
    let (seconds, fraction) = match seconds.split_once('.') {
        Some((seconds, fraction)) => (below(seconds, 60)?, nanoseconds(fraction)?),
        None => (below(seconds, 60)?, 0),
    };
    let total = days.checked_mul(86_400)?.checked_add(hours * 3600 + minutes * 60 + seconds)?;
    Some(Duration::new(total, fraction))
}

fn whole(digits: &str) -> Option<u64> {
    // `u64::from_str` also takes a leading `+`.
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn below(digits: &str, limit: u64) -> Option<u64> {
    whole(digits).filter(|number| *number < limit)
}

fn nanoseconds(fraction: &str) -> Option<u32> {
    (fraction.len() <= 7).then_some(())?;
    format!("{fraction:0<9}").parse().ok().filter(|_| whole(fraction).is_some())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn time_spans_of_host_json_are_understood() {
        assert_eq!(parse("00:02:00"), Some(Duration::from_mins(2)));
        assert_eq!(parse("00:00:00.800"), Some(Duration::from_millis(800)));
        assert_eq!(parse("1.02:03:04"), Some(Duration::from_secs(93_784)));
    }

    #[test]
    fn what_is_not_a_time_span_is_none() {
        for text in [
            "",
            "5",
            "00:05",
            "00:60:00",
            "24:00:00",
            "-00:01:00",
            "00:00:00.",
            "a:b:c",
            "00:00:+5",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
