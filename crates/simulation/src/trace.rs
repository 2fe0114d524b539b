//! What happened in a run, line by line, when somebody wants to know.

use std::sync::Mutex;
use std::time::Duration;

use crate::world::locked;

/// Whether a run is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    Off,
    /// Kept in the report.
    Kept,
    /// Printed while it happens, between the lines of the core's own log.
    Printed,
}

#[derive(Debug)]
pub(crate) struct Trace {
    recording: Recording,
    lines: Mutex<Vec<String>>,
}

impl Trace {
    pub(crate) fn new(recording: Recording) -> Self {
        Self { recording, lines: Mutex::default() }
    }

    /// `line` is only made when it is wanted.
    pub(crate) fn note(&self, at: Duration, line: impl FnOnce() -> String) {
        let stamped = |line: String| format!("{:>12.3} {line}", at.as_secs_f64());
        match self.recording {
            Recording::Off => {}
            Recording::Kept => locked(&self.lines).push(stamped(line())),
            Recording::Printed => println!("{}", stamped(line())),
        }
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *locked(&self.lines))
    }
}
