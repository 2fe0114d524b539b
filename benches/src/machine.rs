//! What the figures were taken on.

use std::fs::read_to_string;
use std::process::Command;

use crate::process::Binaries;

pub(crate) struct Machine {
    cores: usize,
    model: String,
    memory_gb: u64,
    date: String,
    versions: String,
    /// Runnable processes in the minute before the run. What is far from zero was not us.
    load_before: f64,
}

const LOCK: &str = include_str!("../../Cargo.lock");
/// Above this, somebody else was using the machine.
const QUIET: f64 = 0.5;

impl Machine {
    pub(crate) fn look(binaries: &Binaries) -> Self {
        let cpu = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = read_to_string("/proc/meminfo").unwrap_or_default();
        let load = read_to_string("/proc/loadavg").unwrap_or_default();
        let kilobytes: u64 = value_of(&memory, "MemTotal").and_then(first_number).unwrap_or(0);
        let rustc = said(Command::new("rustc").arg("--version"));
        let ours = said(Command::new(&binaries.handler).arg("--version"));
        let locked =
            ["warp", "hyper", "tokio", "rusqlite"].map(|name| format!("{name} {}", locked(name)));
        Self {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            model: value_of(&cpu, "model name").unwrap_or("unknown").to_owned(),
            memory_gb: kilobytes / (1024 * 1024),
            date: jiff::Timestamp::now().strftime("%F %H:%M UTC").to_string(),
            versions: format!("{ours}, {}, {rustc}", locked.join(", ")),
            load_before: load.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0.0),
        }
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let Self { cores, model, memory_gb, date, versions, load_before } = self;
        let kernel = read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let state = if *load_before > QUIET { "**busy with other work**" } else { "quiet" };
        vec![
            date.clone(),
            format!("{cores} cores of {model}, {memory_gb} GB, Linux {}", kernel.trim()),
            versions.clone(),
            format!("the machine was {state}: load {load_before} in the minute before the run"),
        ]
    }
}

/// The version in the lock file, or the highest if there are several.
fn locked(name: &str) -> &'static str {
    let wanted = format!("name = \"{name}\"");
    let mut lines = LOCK.lines();
    let mut found = "";
    while lines.any(|line| line == wanted) {
        found = lines.next().and_then(|line| line.split('"').nth(1)).unwrap_or(found);
    }
    found
}

/// Of `name : value` lines, as `/proc` has them.
pub(crate) fn value_of<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let line =
        text.lines().find(|line| line.split(':').next().is_some_and(|n| n.trim() == name))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

pub(crate) fn first_number(text: &str) -> Option<u64> {
    text.split_whitespace().next()?.parse().ok()
}

fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).trim().to_owned()
}
