//! What is made of spans and events.

use std::sync::Mutex;

use async_trait::async_trait;
use imagegen_adapters::app_insights::{Telemetry, What};
use imagegen_adapters::dependency::Dependency;
use jiff::Timestamp;
use tracing::subscriber::with_default;

use super::*;

const JOB: &str = "gen_01ARZ3NDEKTSV4RRFFQ69G5FAV";
/// The job's ULID in hexadecimal.
const OPERATION: &str = "01563e3ab5d3d6764c61efb99302bd5b";

/// A millisecond passes whenever somebody looks.
#[derive(Debug)]
struct Ticking(Mutex<Timestamp>);

#[async_trait]
impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let mut now = self.0.lock().unwrap();
        *now += std::time::Duration::from_millis(1);
        *now
    }

    async fn sleep(&self, _: std::time::Duration) {}
}

/// What is collected while `work` runs.
fn collected_from(work: impl FnOnce()) -> Vec<Telemetry> {
    let buffer = Buffer::new();
    let clock = Arc::new(Ticking(Mutex::new(Timestamp::constant(1_767_225_600, 0))));
    let collector = Collector::new(Arc::clone(&buffer), clock).with_filter(collected());
    with_default(tracing_subscriber::registry().with(collector), work);
    buffer.take_all()
}

fn invocation(function: &str) -> tracing::Span {
    tracing::info_span!(
        target: "imagegen::functions::router",
        "invocation",
        function.name = function,
        trace.id = "4bf92f3577b34da6a3ce929d0e0e4736",
        trace.parent = "00f067aa0ba902b7",
        invocation.id = "i-1",
        invocation.result = tracing::field::Empty,
        invocation.success = tracing::field::Empty,
        generation.id = tracing::field::Empty,
        generation.new = tracing::field::Empty
    )
}

fn request_id(telemetry: &Telemetry) -> &str {
    match &telemetry.what {
        What::Request { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_is_one_operation_from_the_order_on() {
    let all = collected_from(|| {
        for (function, begins) in [("create_generation", true), ("finish_generation", false)] {
            let span = invocation(function);
            let _inside = span.enter();
            // Before anybody knows which job it is about.
            drop(Dependency::begin("Azure DocumentDB", "documents", || "commit"));
            if begins {
                span.record("generation.new", true);
            }
            span.record("generation.id", JOB);
        }
    });
    let [asked, ordered, looked, finished] = &all[..] else { panic!("{all:#?}") };
    assert!(all.iter().all(|it| it.operation == OPERATION), "{all:#?}");
    assert_eq!((request_id(ordered), &ordered.parent), (&OPERATION[16..], &None));
    assert_eq!(finished.parent.as_deref(), Some(&OPERATION[16..]));
    assert_ne!(request_id(finished), request_id(ordered));
    assert_eq!(asked.parent.as_deref(), Some(request_id(ordered)));
    assert_eq!(looked.parent.as_deref(), Some(request_id(finished)));
    let caller = ("caller.operation_id", "4bf92f3577b34da6a3ce929d0e0e4736".to_owned());
    assert!(ordered.properties.contains(&caller), "{:?}", ordered.properties);
}

#[test]
fn what_is_about_no_job_belongs_to_its_callers_trace() {
    let all = collected_from(|| {
        let span = invocation("get_me");
        span.record("invocation.result", "200");
        span.record("invocation.success", true);
    });
    let [request] = &all[..] else { panic!("{all:#?}") };
    assert_eq!(request.operation, "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(request.parent.as_deref(), Some("00f067aa0ba902b7"));
    let What::Request { duration, result, success, .. } = &request.what else { panic!() };
    assert_eq!((result.as_str(), *success, duration.as_millis()), ("200", true, 1));
    assert_eq!(request.properties, [("invocation.id", "i-1".to_owned())]);
}

#[test]
fn calls_are_added_up_and_their_end_is_told() {
    let all = collected_from(|| {
        let _inside = invocation("create_generation").entered();
        for (charge, success) in [(7.5, true), (10.0, false)] {
            let call = Dependency::begin("Azure DocumentDB", "documents", || "commit");
            call.ended(if success { 201 } else { 412 }, success);
            call.charged(charge);
        }
        drop(Dependency::begin("HTTP", "api.replicate.com", || "POST /v1/predictions"));
    });
    let ends: Vec<_> = all
        .iter()
        .filter_map(|it| match &it.what {
            What::Dependency { result, success, .. } => Some((result.as_str(), *success)),
            _ => None,
        })
        .collect();
    assert_eq!(ends, [("201", true), ("412", false), ("given up", false)]);
    let Some(Telemetry { what: What::Request { request_charge, .. }, .. }) = all.last() else {
        panic!("{all:#?}")
    };
    assert!((request_charge - 17.5).abs() < 1e-9);
}

#[test]
fn the_log_and_the_figures_go_along() {
    let all = collected_from(|| {
        let _inside = invocation("reconcile_generations").entered();
        tracing::warn!(target: "imagegen_core::x", provider = "bfl", "The provider failed");
        tracing::debug!(target: "imagegen_core::x", "too much");
        tracing::info!(target: "h2::client", "not ours");
        tracing::debug!(target: metrics::TARGET, metric = "queue_oldest_job_seconds", value = 3_u64);
        tracing::debug!(target: metrics::TARGET, metric = "credits_held_change", value = -2_i64);
    });
    let said: Vec<_> = all
        .iter()
        .filter_map(|it| match &it.what {
            What::Trace { message, .. } => Some(message.clone()),
            What::Metric { name, value } => Some(format!("{name}={value}")),
            _ => None,
        })
        .collect();
    let figures = ["queue_oldest_job_seconds=3", "credits_held_change=-2"];
    assert_eq!(said, ["The provider failed", figures[0], figures[1]]);
    assert_eq!(all[0].properties, [("provider", "bfl".to_owned())]);
}

#[test]
fn outside_of_invocations_lines_are_kept_and_calls_are_not() {
    let all = collected_from(|| {
        tracing::info!(target: "imagegen::commands::serve", "Serving on port 1");
        drop(Dependency::begin("HTTP", "dc.services.visualstudio.com", || "POST /v2.1/track"));
        tracing::warn!(target: "imagegen_adapters::app_insights", "Application Insights refuses");
    });
    assert_eq!(all.len(), 1, "{all:#?}");
}

#[test]
fn a_loop_does_not_fill_the_memory() {
    let all = collected_from(|| {
        let _inside = invocation("finish_generation").entered();
        for _ in 0..1_000 {
            tracing::warn!(target: "imagegen_core::x", "again");
        }
    });
    assert_eq!(all.len(), 201);
}
