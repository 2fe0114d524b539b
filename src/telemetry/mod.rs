//! Logs and telemetry.
//!
//! Logs are one JSON object a line on stdout, where the Functions host picks them up. Standard error would be logged as
//! errors, whatever it says. With an Application Insights resource, [`Collector`] sees the same spans and events and
//! makes requests, dependencies, traces and metrics of them.

mod collector;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use imagegen_adapters::app_insights::Buffer;
use imagegen_adapters::dependency;
use imagegen_core::metrics;
use imagegen_core::ports::clock::Clock;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use collector::Collector;

/// Microsoft's clients tell of every call at their `info`, with names of blobs; a failure is logged where it stops. What
/// `LOG_LEVEL` says of them counts more.
const QUIET: &str = "azure_core=warn,azure_data_cosmos=warn,azure_data_cosmos_driver=warn,azure_identity=warn,\
                     typespec_client_core=warn";

/// Starts logging, and collecting into `buffer` if there is one. `level` is a level or directives, as `LOG_LEVEL` has
/// them.
pub fn start(level: &str, buffer: Option<(Arc<Buffer>, Arc<dyn Clock>)>) -> Result<(), String> {
    let level = format!("{QUIET},{level}");
    let filter: Targets = level.parse().map_err(|e| format!("LOG_LEVEL is wrong: {e}"))?;
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false);
    let collector =
        buffer.map(|(buffer, clock)| Collector::new(buffer, clock).with_filter(collected()));
    tracing_subscriber::registry()
        .with(collector)
        .with(lines.with_filter(filter))
        .try_init()
        .map_err(|e| e.to_string())
}

/// What is collected whatever `LOG_LEVEL` says.
fn collected() -> Targets {
    Targets::new()
        .with_default(LevelFilter::OFF)
        .with_target("imagegen", LevelFilter::INFO)
        .with_target("imagegen_core", LevelFilter::INFO)
        .with_target("imagegen_adapters", LevelFilter::INFO)
        // What the sender says of itself would never come to an end.
        .with_target("imagegen_adapters::app_insights", LevelFilter::OFF)
        .with_target(dependency::TARGET, LevelFilter::DEBUG)
        .with_target(metrics::TARGET, LevelFilter::DEBUG)
}
