//! How far the job is: one line that changes on a terminal, a line for each state elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use super::Generation;

const WIDTH: usize = 30;

pub(super) struct Progress {
    start: Instant,
    on_terminal: bool,
    last_status: String,
}

impl Progress {
    pub(super) fn start(now: Instant) -> Self {
        Self {
            start: now,
            on_terminal: std::io::stdout().is_terminal(),
            last_status: String::new(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    pub(super) fn show(&mut self, generation: &Generation) {
        let line = line(generation, self.elapsed());
        if self.on_terminal {
            // A terminal that has gone away is no reason to stop.
            let _ = write!(std::io::stdout(), "\r\x1b[2K{line}")
                .and_then(|()| std::io::stdout().flush());
        } else if self.last_status != generation.status {
            println!("{line}");
        }
        self.last_status.clone_from(&generation.status);
    }

    pub(super) fn end(&mut self, generation: &Generation) {
        self.last_status.clear();
        self.show(generation);
        if self.on_terminal {
            println!();
        }
    }
}

fn line(generation: &Generation, elapsed: Duration) -> String {
    let done =
        if generation.status == "succeeded" { 1.0 } else { generation.progress.clamp(0.0, 1.0) };
    let waiting = match generation.position {
        Some(position) if position > 0 && generation.status == "queued" => {
            format!("  {position} before it")
        }
        _ => String::new(),
    };
    format!(
        "{:<10} {} {:3.0} %  {:.1} s{waiting}",
        generation.status,
        bar(done),
        done * 100.0,
        elapsed.as_secs_f64()
    )
}

fn bar(done: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "done is between 0 and 1"
    )]
    let full = (done * 30.0).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(WIDTH.saturating_sub(full)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line_of(generation: serde_json::Value) -> String {
        let generation = serde_json::from_value(generation).expect("a generation");
        line(&generation, Duration::from_millis(1240))
    }

    #[test]
    fn a_line_says_state_share_and_time() {
        let half = line_of(json!({"id": "gen_1", "status": "running", "progress": 0.5}));
        let bar = format!("{}{}", "█".repeat(15), "░".repeat(15));
        assert_eq!(half, format!("running    {bar}  50 %  1.2 s"));
    }

    #[test]
    fn who_waits_is_told_how_many_are_before() {
        let line = line_of(json!({"id": "gen_1", "status": "queued", "position": 3}));
        assert!(line.ends_with("  3 before it"), "{line}");
    }
}
