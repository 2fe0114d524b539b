//! Logs: one JSON object a line on stdout, where the Functions host picks them up. Standard error would be logged as
//! errors, whatever it says.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging. `level` is a level or directives, as `LOG_LEVEL` has them.
pub fn start(level: &str) -> Result<(), String> {
    let filter: Targets = level.parse().map_err(|e| format!("LOG_LEVEL is wrong: {e}"))?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false);
    tracing_subscriber::registry().with(filter).with(lines).try_init().map_err(|e| e.to_string())
}
