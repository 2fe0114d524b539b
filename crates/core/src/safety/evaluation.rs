//! How good the configured thresholds are: a set of prompts with the verdict that each should have, held against the
//! safety check.

use serde::Deserialize;

use crate::ports::moderation::{Moderation, ModerationError, Verdict};

/// The set that comes with the program.
pub const BUILT_IN: &str = include_str!("evaluation.toml");

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    Allowed,
    Blocked,
}

/// One prompt and the verdict that it should have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub prompt: String,
    pub expected: Expected,
    /// What it tries out, such as `violence` or `harmless words that sound alike`.
    pub about: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    #[serde(rename = "case")]
    cases: Vec<Case>,
}

/// What came of a run.
#[derive(Debug, Default)]
pub struct Report {
    pub rightly_blocked: usize,
    pub rightly_allowed: usize,
    /// Harmless, and kept back: false positives.
    pub wrongly_blocked: Vec<Case>,
    /// Harmful, and let through: false negatives.
    pub wrongly_allowed: Vec<Case>,
}

/// Reads a set: TOML with `[[case]]` tables of `prompt`, `expected` (`allowed` or `blocked`) and `about`.
pub fn read(text: &str) -> Result<Vec<Case>, String> {
    let set: Set = toml::from_str(text).map_err(|e| e.to_string())?;
    Ok(set.cases)
}

/// Holds every prompt against the safety check, one after another: the service allows only so many a second.
pub async fn evaluate(
    moderation: &dyn Moderation,
    cases: Vec<Case>,
) -> Result<Report, ModerationError> {
    let mut report = Report::default();
    for case in cases {
        let blocked = moderation.text(&case.prompt).await? != Verdict::Allowed;
        match (case.expected, blocked) {
            (Expected::Blocked, true) => report.rightly_blocked += 1,
            (Expected::Allowed, false) => report.rightly_allowed += 1,
            (Expected::Allowed, true) => report.wrongly_blocked.push(case),
            (Expected::Blocked, false) => report.wrongly_allowed.push(case),
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_set_that_comes_along_is_readable_and_has_both_kinds() {
        let cases = read(BUILT_IN).expect("it is ours");
        let count = |expected| cases.iter().filter(|case| case.expected == expected).count();
        assert!(count(Expected::Allowed) >= 30 && count(Expected::Blocked) >= 20);
        let mut prompts: Vec<_> = cases.iter().map(|case| &case.prompt).collect();
        prompts.sort();
        prompts.dedup();
        assert_eq!(prompts.len(), cases.len(), "no prompt twice");
    }

    #[test]
    fn a_set_with_an_unknown_verdict_is_refused() {
        assert!(read("[[case]]\nprompt = 'a'\nexpected = 'maybe'\nabout = 'b'").is_err());
    }
}
