//! What is printed.

use std::fmt::Write as _;

use crate::machine::Machine;

/// One figure.
pub(crate) struct Row {
    /// Such as `N1`; empty under the same number's row.
    pub(crate) number: &'static str,
    pub(crate) what: String,
    pub(crate) value: String,
    pub(crate) goal: String,
    /// `None` where there is no goal.
    pub(crate) met: Option<bool>,
    /// The same of something else in the same run, and the ratio, where that makes sense.
    pub(crate) beside: String,
}

impl Row {
    pub(crate) fn new(
        number: &'static str,
        what: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self {
            number,
            what: what.into(),
            value: value.into(),
            goal: String::new(),
            met: None,
            beside: String::new(),
        }
    }

    pub(crate) fn goal(self, goal: impl Into<String>, met: bool) -> Self {
        Self { goal: goal.into(), met: Some(met), ..self }
    }

    pub(crate) fn beside(self, beside: impl Into<String>) -> Self {
        Self { beside: beside.into(), ..self }
    }
}

const HEADS: [&str; 6] = ["", "what", "value", "goal", "met", "beside it, same run"];

pub(crate) fn render(machine: &Machine, rows: &[Row], markdown: bool) -> String {
    let cells = rows.iter().map(|row| {
        let met = match row.met {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        [row.number, &row.what, &row.value, &row.goal, met, &row.beside].map(str::to_owned)
    });
    let cells: Vec<[String; 6]> = cells.collect();
    let mut text = String::new();
    for line in machine.lines() {
        line_of(&mut text, if markdown { "- " } else { "" }, &line);
    }
    line_of(&mut text, "", "");
    if markdown {
        line_of(&mut text, "", &format!("| {} |", HEADS.join(" | ")));
        line_of(&mut text, "", "|---|---|---|---|---|---|");
        for row in cells {
            line_of(&mut text, "", &format!("| {} |", row.join(" | ")));
        }
    } else {
        let heads = HEADS.map(str::to_owned);
        let width = |n: usize| {
            let all = std::iter::once(&heads).chain(&cells);
            all.map(|row: &[String; 6]| row[n].chars().count()).max().unwrap_or(0)
        };
        let widths: [usize; 6] = std::array::from_fn(width);
        for row in std::iter::once(&heads).chain(&cells) {
            let padded = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            line_of(&mut text, "", padded.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
    text
}

fn line_of(text: &mut String, before: &str, line: &str) {
    writeln!(text, "{before}{line}").expect("a String takes everything");
}

/// `12,345`
pub(crate) fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12,345/s`
pub(crate) fn per_second(rate: f64) -> String {
    format!("{}/s", count(whole(rate)))
}

pub(crate) fn ms(time: std::time::Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures to be read are small and not negative"
)]
pub(crate) fn whole(n: f64) -> u64 {
    n.round() as u64
}

/// The middle one, and the one that 99 % do not exceed; of at least one.
pub(crate) fn median_and_p99<T: Ord + Copy>(mut all: Vec<T>) -> (T, T) {
    all.sort_unstable();
    (all[all.len() / 2], all[(all.len() * 99).div_ceil(100).min(all.len()) - 1])
}
