//! A call to somebody else, as a span: whoever collects telemetry makes a dependency of it.
//!
//! The span tells who was called, for what, and how it ended. It never has a URL's query, a header or a body: each may
//! hold a key, or what a user wrote.

use std::fmt::Display;

use tracing::Span;
use tracing::field::{Empty, display};

/// The target of the spans, for filters.
pub const TARGET: &str = "imagegen::dependency";

/// A call under way. Clones are of the same call.
#[derive(Debug, Clone)]
pub struct Dependency(Span);

impl Dependency {
    /// `kind` is what Application Insights files it under (`HTTP`, `Azure DocumentDB`, `Azure blob`), `target` the
    /// host, and `name` the operation: few different ones, without ids. It is only made when somebody listens.
    pub fn begin<N: AsRef<str>>(
        kind: &'static str,
        target: &str,
        name: impl FnOnce() -> N,
    ) -> Self {
        Self(tracing::debug_span!(
            target: TARGET,
            "dependency",
            dependency.kind = kind,
            dependency.target = target,
            dependency.name = name().as_ref(),
            dependency.result = Empty,
            dependency.success = Empty,
            request_charge = Empty,
        ))
    }

    /// For `Instrument`: what happens inside belongs to the call.
    pub fn span(&self) -> Span {
        self.0.clone()
    }

    /// How it ended: a status, or the kind of failure in a word or two.
    pub fn ended(&self, result: impl Display, success: bool) {
        self.0.record("dependency.result", display(result));
        self.0.record("dependency.success", success);
    }

    /// What Cosmos DB charged for it, in request units.
    pub fn charged(&self, request_units: f64) {
        self.0.record("request_charge", request_units);
    }
}
